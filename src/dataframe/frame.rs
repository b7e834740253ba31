//! The ticket frame: its parts, the settings it depends on, and its errors.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use polars::prelude::{DataFrame, PolarsError};

use crate::calendar::Clock;
use crate::ticket::{Anomaly, Scale};

use super::derive::WaitRules;

/// The settings that a frame is built with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How waits are measured.
    pub waits: WaitRules,
    /// The scale of ratings; carried along, the rows do not depend on it.
    pub scale: Scale,
    /// First service date to keep; `None` keeps all before `to`.
    pub from: Option<NaiveDate>,
    /// Last service date to keep; `None` keeps all from `from` on.
    pub to: Option<NaiveDate>,
}

/// A location of the frame.
#[derive(Debug, Clone, PartialEq)]
pub struct LocationColumn {
    /// Display name.
    pub name: String,
    /// Stable ASCII id, as of [`location_ids`](super::location_ids).
    pub id: String,
    /// Clock of its local days.
    pub clock: Clock,
    /// Whether the zone was configured; else it is UTC for want of one.
    pub zone_is_chosen: bool,
    /// Whether a check-in or check-out event was ever archived; if not, no ticket lapses.
    pub has_check_ins: bool,
    /// Target of the wait, milliseconds.
    pub target_ms: i64,
}

/// The tickets of one organization, a row per ticket.
#[derive(Debug, Clone)]
pub struct TicketFrame {
    /// Name of the organization (tenant).
    pub organization: String,
    /// Its locations, sorted by name; column `place` holds indexes into them.
    pub locations: Vec<LocationColumn>,
    /// The rows, in no particular order; columns as in [`mod@super::column`].
    pub rows: DataFrame,
    /// Ticket types as sent; column `ticket_type` holds indexes into them. The first one is empty: no type.
    pub ticket_types: Vec<String>,
    /// Queues as sent; column `queue` holds indexes into them. The first one is empty: no queue.
    pub queues: Vec<String>,
    /// Services chosen at registration; column `category` holds indexes into them. The first one is empty: none.
    pub categories: Vec<String>,
    /// First and last service date of the rows; `None` without a dated row.
    pub dates: Option<(NaiveDate, NaiveDate)>,
    /// What was left out of waits and lines, counted over all tickets of the organization, in the window or not.
    pub left_out: LeftOut,
    /// The settings it was built with.
    pub settings: Settings,
}

/// The frame could not be built.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// Polars reports an error.
    #[error("the ticket frame could not be built")]
    Polars(#[from] PolarsError),
    /// Rows refer to a location, type, queue or category that does not exist.
    #[error("some rows refer to a location, type, queue or category that does not exist")]
    Dangling,
}

/// Details of intervals that can be left out: the wait to the check-in, the wait to the first call, the service time.
pub const WAITS_LEFT_OUT: [&str; 3] = ["wait", "call_wait", "service"];

/// Every detail of [`LeftOut`]: the intervals, an empty one for an unknown end of the time in line, and the two events
/// of a burst.
pub const DETAILS_LEFT_OUT: [&str; 6] =
    ["wait", "call_wait", "service", "", "check_in", "check_out"];

/// Counts of what was left out, by reason and one of [`DETAILS_LEFT_OUT`].
pub type LeftOut = BTreeMap<(Anomaly, &'static str), u64>;
