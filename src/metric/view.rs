//! What figures depend on besides tickets: rules, and how far the data reach.

use chrono::NaiveDate;

use crate::calendar::Clock;

use super::group::Rules;

/// What the figures of an organization depend on besides its tickets.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// What is hidden, the scale of ratings, and on which weekday weeks begin.
    pub rules: Rules,
    /// Newest instant at which anything happened, UTC milliseconds.
    pub data_through: Option<i64>,
    /// The last day on which anybody is known to have been anywhere; `None` if that is not known.
    pub last_seen: Option<NaiveDate>,
}

/// The last day that is over by the clock of every place; `None` if none is.
#[must_use]
pub fn whole_everywhere(
    clocks: impl Iterator<Item = Clock>,
    data_through: Option<i64>,
) -> Option<NaiveDate> {
    clocks.filter_map(|clock| last_whole(clock, data_through)).min()
}

/// The last local day that is over at an instant, UTC milliseconds.
#[must_use]
pub fn last_whole(clock: Clock, data_through: Option<i64>) -> Option<NaiveDate> {
    clock.local(data_through?)?.date.pred_opt()
}
