//! The dates that a report is about.

use chrono::NaiveDate;

/// First and last service date, both included; `None` has no limit.
pub(crate) type Window = (Option<NaiveDate>, Option<NaiveDate>);
