//! A month of a night: what is counted of it, and its tickets if something may have changed.

use crate::ticket::{Census, Fold};

/// A month.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) census: Census,
    /// Its tickets, if something may have changed, until they are finished.
    pub(super) touched: Option<Fold>,
}
