//! A period during a night: its census, and its tickets if they may have changed.

use crate::ticket::{Census, Fold};

use super::period::Period;

/// A period during a night.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) census: Census,
    /// Its tickets, if something may have changed, until they are finished.
    pub(super) touched: Option<Fold>,
}

impl Part {
    /// A period whose tickets may have changed.
    pub(super) fn of(period: Period, fold: Fold) -> Self {
        let mut census = fold.census();
        census.strays = fold.strays(period.span());
        Self { census, touched: Some(fold) }
    }
}
