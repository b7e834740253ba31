//! What a workbook says of itself: the window, the settings in force, and the account of the records.

use chrono::{NaiveDate, NaiveDateTime};

use crate::calendar::WeekStart;
use crate::dataframe::{Scale, WaitEnd};
use crate::metric::FileRow;

/// What a workbook says of itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct About {
    /// Name of the organization (tenant) as archived; never trusted.
    pub organization: String,
    /// First and last service date that were asked for.
    pub window: (Option<NaiveDate>, Option<NaiveDate>),
    /// First and last service date with a ticket.
    pub dates: Option<(NaiveDate, NaiveDate)>,
    /// The instant of the run in RFC 3339, if it was given.
    pub as_of: Option<String>,
    /// Local date and time at which anything last happened to a ticket of the organization, and its zone.
    pub data_through: Option<(NaiveDateTime, String)>,
    /// What it is about besides dates, in words; empty for all tickets.
    pub filter: String,
    /// Time zones of the locations, as words, each with the number of its locations.
    pub zones: Vec<(String, u64)>,
    /// Whether no zone was chosen for some location, so that it is taken to be in UTC.
    pub zone_is_default: bool,
    /// The times at which their days begin.
    pub day_starts: Vec<(String, u64)>,
    /// Targets of the wait, minutes.
    pub targets: Vec<(f64, u64)>,
    /// On which weekday weeks begin.
    pub week_starts_on: WeekStart,
    /// Where the headline wait ends.
    pub wait_ends_at: WaitEnd,
    /// Longer waits are not believed, hours.
    pub max_wait_hours: f64,
    /// Whether waits that the clock ended are left out.
    pub leave_out_bursts: bool,
    /// The scale of ratings.
    pub scale: Scale,
    /// Ratings of groups with fewer ratings are hidden; 0 hides none.
    pub hide_below: u64,
    /// Figures of earlier service dates are kept as they were made.
    pub made_before: Option<NaiveDate>,
    /// Number of files that were read, or should have been.
    pub files: u64,
    /// The account of their records.
    pub account: FileRow,
    /// Version of queuestat.
    pub version: String,
}
