//! What a report says, as plain values: the one shape that charts, pages and tests read.
//!
//! Tables come up from `metric` as dataframes. Figures and pages want typed rows they can loop over, and tests want
//! something they can write by hand; so `model` turns the tables into these structs once, and nothing above it
//! touches a dataframe.

use chrono::{NaiveDate, NaiveDateTime};

pub use crate::dataframe::{Scale, WaitEnd};
pub use crate::metric::{Counter, FileRow};

/// The summary columns of one group of tickets (`locations.csv`, `daily.csv`, `weekly.csv`).
///
/// Counts are tickets unless the name says otherwise, rates are shares between 0 and 1, times are seconds.
/// `None` means "not known" (a denominator of zero) and is shown as a dash, never as 0.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Tickets of any outcome.
    pub tickets: u64,
    /// Tickets that are not bookings.
    pub walk_ins: u64,
    /// Tickets that are bookings.
    pub bookings: u64,
    /// People on those tickets; a ticket without a number counts as one.
    pub people: u64,
    /// Tickets that were served.
    pub served: u64,
    /// Tickets the customer cancelled.
    pub cancelled_by_customer: u64,
    /// Tickets the staff cancelled.
    pub cancelled_by_staff: u64,
    /// Tickets called and then removed.
    pub no_show: u64,
    /// Tickets removed without a call.
    pub removed: u64,
    /// Tickets with status `rejected` and no event that says why.
    pub rejected: u64,
    /// Tickets without an end yet.
    pub open: u64,
    /// Cancelled by either side, over closed tickets.
    pub cancellation_rate: Option<f64>,
    /// Cancelled by the customer, over closed tickets.
    pub customer_cancellation_rate: Option<f64>,
    /// Cancelled by staff, over closed tickets.
    pub staff_cancellation_rate: Option<f64>,
    /// No-shows over closed tickets.
    pub no_show_rate: Option<f64>,
    /// Closed and not served, over closed tickets.
    pub lost_rate: Option<f64>,
    /// Number of ratings.
    pub ratings: u64,
    /// Mean of the ratings.
    pub rating_mean: Option<f64>,
    /// Number of ratings of 1, 2, 3, 4 and 5, in this order; zeros on another scale than 1 to 5.
    pub rating_counts: [u64; 5],
    /// Share of ratings of satisfied customers: 4 or 5, unless the scale says otherwise.
    pub csat: Option<f64>,
    /// Lower end of the 95 % Wilson interval of `csat`.
    pub csat_low: Option<f64>,
    /// Upper end of the 95 % Wilson interval of `csat`.
    pub csat_high: Option<f64>,
    /// Served tickets with a rating, over served tickets.
    pub response_rate: Option<f64>,
    /// Number of waits used.
    pub waits: u64,
    /// Mean wait, seconds.
    pub wait_mean_s: Option<f64>,
    /// Median wait, seconds.
    pub wait_p50_s: Option<f64>,
    /// 90th percentile of the wait, seconds.
    pub wait_p90_s: Option<f64>,
    /// 95th percentile of the wait, seconds.
    pub wait_p95_s: Option<f64>,
    /// Longest wait, seconds.
    pub wait_max_s: Option<u64>,
    /// Bookings whose wait ended before it began; their wait counts as 0.
    pub early: u64,
    /// Served within the target, over offered tickets.
    pub within_target_rate: Option<f64>,
    /// Number of waits to the first call used.
    pub calls: u64,
    /// Median wait to the first call, seconds.
    pub call_wait_p50_s: Option<f64>,
    /// 90th percentile of the wait to the first call, seconds.
    pub call_wait_p90_s: Option<f64>,
    /// Number of service times used.
    pub services: u64,
    /// Median service time, seconds.
    pub service_p50_s: Option<f64>,
    /// 90th percentile of the service time, seconds.
    pub service_p90_s: Option<f64>,
}

/// One weekday and hour of local arrival (`hourly.csv`).
#[derive(Debug, Clone, PartialEq)]
pub struct HourCell {
    /// ISO weekday, 1 = Monday to 7 = Sunday.
    pub weekday: u8,
    /// Local hour of the day, 0 to 23.
    pub hour: u8,
    /// Tickets that arrived in it.
    pub tickets: u64,
    /// Number of waits used.
    pub waits: u64,
    /// Median wait, seconds.
    pub wait_p50_s: Option<f64>,
    /// 90th percentile of the wait, seconds.
    pub wait_p90_s: Option<f64>,
    /// Mean number of tickets in line during this weekday and hour.
    pub line_mean: Option<f64>,
    /// Largest number of tickets in line at one instant of it.
    pub line_max: Option<u64>,
}

/// One row of `cancellations.csv`: closed tickets that were not served.
#[derive(Debug, Clone, PartialEq)]
pub struct LostRow {
    /// `cancelled_by_customer`, `cancelled_by_staff`, `no_show`, `removed` or `rejected`.
    pub outcome: String,
    /// Type of the ticket as sent (`anonymous`, `booking`, `manual`, …).
    pub ticket_type: String,
    /// Lead time band of a cancelled booking; `None` for everything else.
    pub lead_band: Option<String>,
    /// Number of tickets.
    pub tickets: u64,
}

/// One row of `ratings_by_wait.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct WaitBandRow {
    /// Minutes, left-closed: `00-05`, `05-10`, `10-20`, `20-30`, `30-60`, `60+`.
    pub wait_band: String,
    /// Number of ratings.
    pub ratings: u64,
    /// Mean rating.
    pub rating_mean: Option<f64>,
    /// Share of ratings of satisfied customers.
    pub csat: Option<f64>,
    /// Lower end of the 95 % Wilson interval.
    pub csat_low: Option<f64>,
    /// Upper end of the 95 % Wilson interval.
    pub csat_high: Option<f64>,
}

/// Everything known of one group of tickets: a location, or all locations of an organization.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Section {
    /// The group as a whole.
    pub figures: Figures,
    /// By service date, ascending; days without tickets have no entry, `None` = service date unknown.
    pub daily: Vec<(Option<NaiveDate>, Figures)>,
    /// By ISO week (`2021-W03`), ascending; `None` = service date unknown.
    pub weekly: Vec<(Option<String>, Figures)>,
    /// By weekday and hour, ascending.
    pub hourly: Vec<HourCell>,
    /// Closed and not served, by outcome, type and lead time.
    pub lost: Vec<LostRow>,
    /// Number of ratings of each value of the scale, ascending; empty without a rating.
    pub ratings: Vec<(u64, u64)>,
    /// Ratings by wait band, in the order of the bands.
    pub ratings_by_wait: Vec<WaitBandRow>,
    /// Waits per started minute, ascending; 180 stands for 180 and over.
    pub histogram: Vec<(u32, u64)>,
}

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
