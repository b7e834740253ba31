//! How records are to be read.

use super::envelope::Pointer;
use super::rating::Scale;

/// How records are to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The instant the run is made for, UTC milliseconds: later times are out of range.
    pub as_of: i64,
    /// Earlier times are out of range, UTC milliseconds.
    pub earliest: i64,
    /// Where the payload is; looked for everywhere if it is not said.
    pub payload: Option<Pointer>,
    /// Where the receive time is; looked for around the payload if it is not said.
    pub received_at: Option<Pointer>,
    /// The scale of ratings.
    pub scale: Scale,
}
