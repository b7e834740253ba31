//! The report model: the plain values that charts, pages and tests read.

use chrono::{NaiveDate, NaiveDateTime};

use crate::calendar::{DayStart, WeekStart};
pub use crate::dataframe::{Scale, WaitEnd};
pub use crate::metric::{
    ControlRow, Counter, CurveRow, Dimension, FEW, FEW_FOR_P90, Figures, FileRow, Finding, Flag,
    FunnelRow, HourCell, HourOfDay, LAST_MINUTE, LeftWaits, LostRow, MEASURES, PlaceGroup, Section,
    Segment, Signal, WaitBandRow,
};
pub use crate::statistics::what_changed::{
    Judged, Measure as Change, State, Told, TooLittle, Verdict,
};

/// One location.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LocationReport {
    /// Name as archived: any Unicode text, never trusted.
    pub name: String,
    /// Stable ASCII id, safe as a file name.
    pub id: String,
    /// The group that it lies in, with those above it: `North/City`; `None` without one.
    pub group: Option<String>,
    /// IANA time zone of its local days; of several, all of them with their dates.
    pub zone: String,
    /// The time at which its days begin.
    pub day_start: DayStart,
    /// Target of the wait, minutes.
    pub target_minutes: f64,
    /// Whether no check-in or check-out was ever archived, so that it is unknown who was served, and no ticket lapses.
    pub lacks_check_ins: bool,
    /// Its last local day that is whole; `None` if none is.
    pub last_whole: Option<NaiveDate>,
    /// Its figures.
    pub section: Section,
}

impl LocationReport {
    /// Whether it is known who was served. Without a check-in it is all the same, if every ticket of the days that are over was
    /// closed: a visit that was served and not archived would still be open.
    #[must_use]
    pub fn tells_served(&self) -> bool {
        let is_over = |day: &Option<NaiveDate>| day.is_none_or(|day| Some(day) <= self.last_whole);
        let closed = |(day, of): &(Option<NaiveDate>, Figures)| of.open == 0 || !is_over(day);
        let section = &self.section;
        !self.lacks_check_ins || (section.figures.closed() > 0 && section.daily.iter().all(closed))
    }
}

/// A location that is known and has no ticket in the window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AbsentLocation {
    /// Name as archived; never trusted.
    pub name: String,
    /// Stable ASCII id, safe as a file name.
    pub id: String,
    /// The last day on which anybody is known to have been there.
    pub last_seen: Option<NaiveDate>,
}

/// One organization, which gets one tree of files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OrganizationReport {
    /// Name of the organization (tenant) as archived; never trusted.
    pub organization: String,
    /// The figures of all its locations together, computed from tickets (quantiles are never averaged).
    pub all: Section,
    /// Its locations, by name.
    pub locations: Vec<LocationReport>,
    /// Groups of its locations, by name; empty if the configuration has none.
    pub groups: Vec<PlaceGroup>,
    /// Its locations without a ticket in the window, those that were seen last first.
    pub absent: Vec<AbsentLocation>,
    /// Its locations against all of them; empty below ten.
    pub funnel: Vec<FunnelRow>,
    /// The last day that is over by the clock of every location; `None` if none is.
    pub last_whole: Option<NaiveDate>,
    /// Names of locations of which no ticket comes any more, and the day of the last one.
    pub silent_locations: Vec<(String, NaiveDate)>,
    /// Every counter of data quality, of the whole archive.
    pub quality: Vec<Counter>,
    /// Number of the organization's tickets in the whole archive.
    pub archived_tickets: u64,
    /// Every file that was read.
    pub files: Vec<FileRow>,
    /// The sum of `files`, without a path and dates.
    pub lines: FileRow,
    /// First service date requested, if any.
    pub from: Option<NaiveDate>,
    /// Last service date requested, if any.
    pub to: Option<NaiveDate>,
    /// First service date with a ticket.
    pub first_date: Option<NaiveDate>,
    /// Last service date with a ticket.
    pub last_date: Option<NaiveDate>,
    /// Local date and time at which anything last happened to a ticket of the organization, in the window or not.
    pub data_through: Option<NaiveDateTime>,
    /// IANA zone of that time; `None` without it.
    pub data_through_zone: Option<String>,
    /// Whether nothing new has arrived since then for longer than is normal.
    pub is_silent: bool,
    /// The instant of the report, if it was given; printed so that the report can be reproduced.
    pub as_of: Option<String>,
    /// The scale of ratings.
    pub scale: Scale,
    /// Ratings of groups with fewer ratings than this are hidden; 0 hides none.
    pub hide_below: u64,
    /// On which weekday weeks begin.
    pub week_starts_on: WeekStart,
    /// Where the headline wait ends.
    pub wait_ends_at: WaitEnd,
    /// Longer waits are left out as implausible, hours.
    pub max_wait_hours: f64,
    /// Zone used where no other is configured.
    pub default_zone: String,
    /// The time at which days begin where no other is configured.
    pub default_day_start: DayStart,
    /// Whether at least one location has no configured zone; pages then show a note.
    pub zone_is_default: bool,
    /// Warnings shown before the figures, such as too many rejected records or files left out.
    pub warnings: Vec<String>,
    /// A sentence on files that were not read; empty if there are none.
    pub not_read: String,
    /// What it is about besides dates, in words; empty for all tickets.
    pub filter: String,
    /// Version of queuestat.
    pub version: String,
}

impl OrganizationReport {
    /// Whether it is known who was served: at a location, or at any. Without a check-in anywhere, all must tell.
    #[must_use]
    pub fn tells_served(&self, location: Option<&LocationReport>) -> bool {
        let all = self.locations.iter().filter(|_| location.is_none());
        let mut all = location.into_iter().chain(all);
        all.clone().any(|one| !one.lacks_check_ins) || all.all(LocationReport::tells_served)
    }
}
