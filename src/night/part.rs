//! A month of a night: what is counted of it, and its tickets if something may have changed.

use crate::ticket::{Census, Fold};

/// A month.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) census: Census,
    /// Its tickets, if something may have changed.
    pub(super) touched: Option<Fold>,
}

/// The tickets of a month as they are kept.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) tickets: Vec<u8>,
    /// Their numbers.
    pub(super) ids: Vec<u8>,
}
