//! The event that one webhook tells of.

use super::places::Place;
use super::visit::{Kind, Step, Visit};

/// The event that one webhook tells of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event<'a> {
    pub(super) visit: &'a Visit,
    pub(super) place: &'a Place,
    pub(super) organization: &'a str,
    /// When the webhook was sent, UTC milliseconds; anything later is not in it.
    pub(super) at: i64,
    pub(super) step: Step,
    /// When the archiver received it, UTC milliseconds.
    pub(super) received: i64,
    /// Whether the location already has its new name.
    pub(super) renamed: bool,
}

/// Letter of the printed label and `type` of a position.
pub(super) fn kind_names(kind: Kind) -> (char, &'static str) {
    match kind {
        Kind::WalkIn => ('A', "anonymous"),
        Kind::Booking => ('B', "booking"),
        Kind::Manual => ('M', "manual"),
    }
}
