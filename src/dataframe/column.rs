//! Every column of the ticket frame, once.

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

/// Local hour of the arrival, 0 to 23 (i32, null = unknown).
pub const HOUR: &str = "hour";
/// Size of the party (i32).
pub const PEOPLE: &str = "people";
/// How it ended: its place in `Outcome::ALL` (u32).
pub const OUTCOME: &str = "outcome";
/// Type as sent: its place in `TicketFrame::ticket_types`; 0 = none (u32).
pub const TICKET_TYPE: &str = "ticket_type";
/// Band of the lead time: its place in `LEAD_BANDS` (u32, null = no cancelled booking).
pub const LEAD_BAND: &str = "lead_band";
/// A booking whose wait ended before it began (bool).
pub const EARLY: &str = "early";
