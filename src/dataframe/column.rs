//! The columns of the ticket frame, each named once.

/// Location: its index in `TicketFrame::locations` (u32).
pub const PLACE: &str = "place";
/// Local service date, in days since 1970-01-01 (i32, null = unknown).
pub const SERVICE_DAY: &str = "service_day";
/// Booked for a slot (bool).
pub const IS_BOOKING: &str = "is_booking";
/// Booked for a slot that was moved (bool).
pub const IS_RESCHEDULED: &str = "is_rescheduled";
/// Called more than once, or put back (bool).
pub const IS_RECALLED: &str = "is_recalled";
/// Known from feedback alone (bool).
pub const IS_FEEDBACK_ONLY: &str = "is_feedback_only";
/// Queue as sent: its index in `TicketFrame::queues` (u32, 0 = none).
pub const QUEUE: &str = "queue";
/// Service chosen at registration: its index in `TicketFrame::categories` (u32, 0 = none).
pub const CATEGORY: &str = "category";
/// Rating, from 1 to the top of the scale (i32, null = none).
pub const RATING: &str = "rating";
/// Headline wait, whole seconds (i32, null = none or excluded).
pub const WAIT_S: &str = "wait_s";
/// Wait to the first call, whole seconds (i32, null = none or excluded).
pub const CALL_WAIT_S: &str = "call_wait_s";
/// Service time, whole seconds (i32, null = none or excluded).
pub const SERVICE_S: &str = "service_s";
/// How long a ticket that was not served stood in the queue until it ended, or until the run if it is open, whole seconds
/// (i32, null = served, never in the queue, or an end whose time is unknown or excluded).
pub const LEFT_S: &str = "left_s";
/// Counts in the denominator of the share served within the target (bool).
pub const OFFERED: &str = "offered";
/// Served within the target (bool).
pub const WITHIN: &str = "within";
/// The visitor came: entered the queue, or was called or checked in. Not a booking still ahead, or cancelled before it
/// began (bool).
pub const CAME: &str = "came";
/// Start of the time in line, UTC milliseconds (i64, null = not in line).
pub const LINE_FROM: &str = "line_from";
/// End of the time in line, excluded, UTC milliseconds (i64, null = not in line).
pub const LINE_TO: &str = "line_to";

/// Local hour of the arrival, 0 to 23 (i32, null = unknown).
pub const HOUR: &str = "hour";
/// Size of the party (i32).
pub const PEOPLE: &str = "people";
/// How it ended: the index in `Outcome::ALL` (u32).
pub const OUTCOME: &str = "outcome";
/// Type as sent: its index in `TicketFrame::ticket_types` (u32, 0 = none).
pub const TICKET_TYPE: &str = "ticket_type";
/// Band of the lead time: its index in `LEAD_BANDS` (u32, null = not a cancelled booking).
pub const LEAD_BAND: &str = "lead_band";
/// A booking whose wait ended before it began (bool).
pub const EARLY: &str = "early";
