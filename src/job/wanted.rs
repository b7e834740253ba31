//! What a report is to be about.

use chrono::NaiveDate;

/// What part of the tickets is reported, and what is made of it.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// First service date, included; `None` has no limit.
    pub from: Option<NaiveDate>,
    /// Last service date, included; `None` has no limit.
    pub to: Option<NaiveDate>,
    /// The part of the report that is made; all of it if `None`.
    pub only: Option<Only>,
}

/// Part of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    /// The CSV files.
    Csv,
}
