//! How to read records.

use super::envelope::Pointer;
use super::rating::Scale;

/// How to read records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The instant that the run is made for, UTC milliseconds: later times are out of range.
    pub as_of: i64,
    /// Earlier times are out of range, UTC milliseconds.
    pub earliest: i64,
    /// Where the payload is; if not given, it is searched for everywhere.
    pub payload: Option<Pointer>,
    /// Where the receive time is; if not given, it is searched for around the payload.
    pub received_at: Option<Pointer>,
    /// The scale of ratings.
    pub scale: Scale,
}
