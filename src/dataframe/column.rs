//! Every column name, once: of the ticket frame and of the CSV files.

/// How a column is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text: always quoted, made inert for spreadsheets.
    Text,
    /// A whole number.
    Count,
    /// A rate or mean: 4 decimals.
    Rate,
    /// Seconds: 2 decimals.
    Seconds,
}

// Columns of the ticket frame only.

/// Place of the location in `TicketFrame::locations` (u32).
pub const PLACE: &str = "place";
/// Days since 1970 of the local service date (i32, null = unknown).
pub const SERVICE_DAY: &str = "service_day";
/// Booked for a slot (bool).
pub const IS_BOOKING: &str = "is_booking";
/// Booked for a slot that was moved (bool).
pub const IS_RESCHEDULED: &str = "is_rescheduled";
/// Called more than once, or put back (bool).
pub const IS_RECALLED: &str = "is_recalled";
/// Nothing but feedback is known of it (bool).
pub const IS_FEEDBACK_ONLY: &str = "is_feedback_only";
/// Queue as sent: its place in `TicketFrame::queues` (u32, 0 = none).
pub const QUEUE: &str = "queue";
/// Service chosen at registration: its place in `TicketFrame::categories` (u32, 0 = none).
pub const CATEGORY: &str = "category";
/// 1 to the top of the scale (i32, null = none).
pub const RATING: &str = "rating";
/// Headline wait, whole seconds (i32, null = none or excluded).
pub const WAIT_S: &str = "wait_s";
/// Wait to the first call, whole seconds (i32).
pub const CALL_WAIT_S: &str = "call_wait_s";
/// Service time, whole seconds (i32).
pub const SERVICE_S: &str = "service_s";
/// Counts in the denominator of the target (bool).
pub const OFFERED: &str = "offered";
/// Served within the target (bool).
pub const WITHIN: &str = "within";
/// Entered the queue, or was called, checked in, or closed after it had entered: not a booking still ahead, or cancelled
/// before it began (bool).
pub const CAME: &str = "came";
/// Begin of the time in line, UTC milliseconds (i64, null = not in line).
pub const LINE_FROM: &str = "line_from";
/// End of the time in line, UTC milliseconds (i64).
pub const LINE_TO: &str = "line_to";

// Columns of the CSV files.

/// Tenant.
pub const ORGANIZATION: &str = "organization";
/// Display name of the location.
pub const LOCATION: &str = "location";
/// Stable ASCII id of the location.
pub const LOCATION_ID: &str = "location_id";
/// Local date of the visit.
pub const SERVICE_DATE: &str = "service_date";
/// ISO week of the visit, `2021-W03`.
pub const ISO_WEEK: &str = "iso_week";
/// 1 = Monday to 7 = Sunday, local.
pub const WEEKDAY: &str = "weekday";
/// 0 to 23, local.
pub const HOUR: &str = "hour";
/// How a ticket ended; in the ticket frame its place in `Outcome::ALL` (u32).
pub const OUTCOME: &str = "outcome";
/// Type of a ticket as sent; in the ticket frame its place in `TicketFrame::ticket_types` (u32).
pub const TICKET_TYPE: &str = "ticket_type";
/// Time between a cancellation and the start of the slot; in the ticket frame its place in `LEAD_BANDS` (u32, null = no
/// cancelled booking).
pub const LEAD_BAND: &str = "lead_band";
/// Wait in minutes, left-closed.
pub const WAIT_BAND: &str = "wait_band";
/// Started minute of the wait.
pub const MINUTE: &str = "minute";
/// Number of tickets.
pub const TICKETS: &str = "tickets";
/// Number of people.
pub const PEOPLE: &str = "people";
/// Number of ratings.
pub const RATINGS: &str = "ratings";
/// Mean rating.
pub const RATING_MEAN: &str = "rating_mean";
/// A value of the scale of ratings.
pub const VALUE: &str = "value";
/// Its share of all ratings.
pub const SHARE: &str = "share";
/// Share of ratings of satisfied customers.
pub const CSAT: &str = "csat";
/// Lower end of its 95 % Wilson interval.
pub const CSAT_LOW: &str = "csat_low";
/// Upper end of its 95 % Wilson interval.
pub const CSAT_HIGH: &str = "csat_high";
/// Number of waits used.
pub const WAITS: &str = "waits";
/// Median wait.
pub const WAIT_P50_S: &str = "wait_p50_s";
/// 90th percentile of the wait.
pub const WAIT_P90_S: &str = "wait_p90_s";
/// Bookings whose wait ended before it began.
pub const EARLY: &str = "early";
/// Mean number of tickets in line.
pub const LINE_MEAN: &str = "line_mean";
/// Largest number of tickets in line.
pub const LINE_MAX: &str = "line_max";
/// Name of a counter.
pub const MEASURE: &str = "measure";
/// What a counter is counted by.
pub const DETAIL: &str = "detail";
/// A count.
pub const COUNT: &str = "count";

/// The summary columns of `locations.csv`, `daily.csv` and `weekly.csv`, in order, with the way they are printed.
pub const SUMMARY: [(&str, Kind); 41] = [
    (TICKETS, Kind::Count),
    ("walk_ins", Kind::Count),
    ("bookings", Kind::Count),
    (PEOPLE, Kind::Count),
    ("served", Kind::Count),
    ("cancelled_by_customer", Kind::Count),
    ("cancelled_by_staff", Kind::Count),
    ("no_show", Kind::Count),
    ("removed", Kind::Count),
    ("rejected", Kind::Count),
    ("open", Kind::Count),
    ("cancellation_rate", Kind::Rate),
    ("customer_cancellation_rate", Kind::Rate),
    ("staff_cancellation_rate", Kind::Rate),
    ("no_show_rate", Kind::Rate),
    ("lost_rate", Kind::Rate),
    (RATINGS, Kind::Count),
    (RATING_MEAN, Kind::Rate),
    ("rating_1", Kind::Count),
    ("rating_2", Kind::Count),
    ("rating_3", Kind::Count),
    ("rating_4", Kind::Count),
    ("rating_5", Kind::Count),
    (CSAT, Kind::Rate),
    (CSAT_LOW, Kind::Rate),
    (CSAT_HIGH, Kind::Rate),
    ("response_rate", Kind::Rate),
    (WAITS, Kind::Count),
    ("wait_mean_s", Kind::Rate),
    (WAIT_P50_S, Kind::Seconds),
    (WAIT_P90_S, Kind::Seconds),
    ("wait_p95_s", Kind::Seconds),
    ("wait_max_s", Kind::Count),
    (EARLY, Kind::Count),
    ("within_target_rate", Kind::Rate),
    ("calls", Kind::Count),
    ("call_wait_p50_s", Kind::Seconds),
    ("call_wait_p90_s", Kind::Seconds),
    ("services", Kind::Count),
    ("service_p50_s", Kind::Seconds),
    ("service_p90_s", Kind::Seconds),
];
