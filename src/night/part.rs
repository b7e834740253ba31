//! A month during a night: its census, and its tickets if they may have changed.

use crate::ticket::{Census, Fold};

use super::month::Month;

/// A month during a night.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) census: Census,
    /// Its tickets, if something may have changed, until they are finished.
    pub(super) touched: Option<Fold>,
}

impl Part {
    /// A month whose tickets may have changed.
    pub(super) fn of(month: Month, fold: Fold) -> Self {
        let mut census = fold.census();
        census.strays = fold.strays(month.span());
        Self { census, touched: Some(fold) }
    }
}
