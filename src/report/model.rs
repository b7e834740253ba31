//! What a report says, as plain values: the one shape that charts, pages and tests read.

use chrono::{NaiveDate, NaiveDateTime};

pub use crate::dataframe::{Scale, WaitEnd};
pub use crate::metric::{
    Counter, FEW, Figures, FileRow, HourCell, LostRow, Measure, Section, WaitBandRow,
};

/// One location.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LocationReport {
    /// Name as archived; any Unicode text, never trusted.
    pub name: String,
    /// Stable ASCII id, safe as a file name.
    pub id: String,
    /// IANA time zone of its local days.
    pub zone: String,
    /// Target of the wait, minutes.
    pub target_minutes: f64,
    /// No check-in or check-out was ever archived, so nobody is known to be served and no ticket lapses.
    pub lacks_check_ins: bool,
    /// Its figures.
    pub section: Section,
}

/// One organization: one tree of files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OrganizationReport {
    /// Name of the tenant as archived; never trusted.
    pub organization: String,
    /// All its locations together, computed from the tickets (quantiles are never averaged).
    pub all: Section,
    /// Its locations, by name.
    pub locations: Vec<LocationReport>,
    /// Every counter of the accounting.
    pub quality: Vec<Counter>,
    /// Every file read.
    pub files: Vec<FileRow>,
    /// Sum of `files`; its path and dates are empty.
    pub lines: FileRow,
    /// First service date asked for, if any.
    pub from: Option<NaiveDate>,
    /// Last service date asked for, if any.
    pub to: Option<NaiveDate>,
    /// First service date with a ticket.
    pub first_date: Option<NaiveDate>,
    /// Last service date with a ticket.
    pub last_date: Option<NaiveDate>,
    /// Local date and time at which anything happened last to a ticket of the organization, in the window or not.
    pub data_through: Option<NaiveDateTime>,
    /// Zone of that time, if it is not that of all locations.
    pub data_through_zone: Option<String>,
    /// Nothing new came since then, for longer than can be.
    pub is_silent: bool,
    /// The instant the report is made for, if it was given; printed so that the report can be made again.
    pub as_of: Option<String>,
    /// The scale of ratings.
    pub scale: Scale,
    /// Groups with fewer ratings show none of them; 0 = all are shown.
    pub hide_below: u64,
    /// Where the headline wait ends.
    pub wait_ends_at: WaitEnd,
    /// Longest wait that is believed, hours.
    pub max_wait_hours: f64,
    /// Zone used where no other is configured; `UTC` with `zone_is_default` asks for a visible note.
    pub default_zone: String,
    /// No zone was configured for at least one location.
    pub zone_is_default: bool,
    /// What the reader must know before the figures (rejected records over the gate, files left out); empty if nothing.
    pub warnings: Vec<String>,
    /// A sentence on files that were not read; empty if there are none.
    pub not_read: String,
    /// Version of queuestat.
    pub version: String,
}
