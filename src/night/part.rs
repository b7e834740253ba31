//! A month during a night: its census, and its tickets if they may have changed.

use crate::ticket::{Census, Fold};

/// A month during a night.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) census: Census,
    /// Its tickets, if something may have changed, until they are finished.
    pub(super) touched: Option<Fold>,
}
