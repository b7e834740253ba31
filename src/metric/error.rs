//! Why tables cannot be made.

/// Tables could not be made of a ticket frame.
#[derive(Debug, thiserror::Error)]
pub enum MetricError {
    /// A column of the frame is missing, or has another type than its documentation says: an internal error.
    #[error("column `{0}` of the ticket frame is missing or of another type")]
    Column(&'static str),
    /// A date or an instant lies outside the calendar.
    #[error("an instant lies outside the calendar")]
    Calendar,
}
