//! A month during a night: its census, and its tickets if they may have changed.

use crate::ticket::{Census, Fold};

/// A month during a night.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) census: Census,
    /// Its tickets, if they may have changed.
    pub(super) touched: Option<Fold>,
}

/// The tickets of a month in their stored form.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) tickets: Vec<u8>,
    /// Hashes of their ids.
    pub(super) ids: Vec<u8>,
}
