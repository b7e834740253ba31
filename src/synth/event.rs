//! What one webhook is about.

use super::places::Place;
use super::visit::{Kind, Step, Visit};

/// What one line tells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event<'a> {
    pub(super) visit: &'a Visit,
    pub(super) place: &'a Place,
    pub(super) organization: &'a str,
    /// When the webhook was sent; what happens later is not in it.
    pub(super) at: i64,
    pub(super) step: Step,
    /// When the archiver got it.
    pub(super) received: i64,
    /// The location has its new name already.
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
