//! The ticket frame itself: what it holds, the settings it depends on, and why it may not be built.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use polars::prelude::{DataFrame, PolarsError};

use crate::calendar::Zone;
use crate::ticket::{Anomaly, Scale};

use super::derive::WaitRules;

/// What the frame is built for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How waits are read.
    pub waits: WaitRules,
    /// The scale of ratings; the rows do not depend on it.
    pub scale: Scale,
    /// First service date to keep.
    pub from: Option<NaiveDate>,
    /// Last service date to keep.
    pub to: Option<NaiveDate>,
}

/// A location of the frame.
#[derive(Debug, Clone, PartialEq)]
pub struct LocationColumn {
    /// Display name.
    pub name: String,
    /// Stable ASCII id.
    pub id: String,
    /// Zone of its local days.
    pub zone: Zone,
    /// Whether anybody chose the zone.
    pub zone_is_chosen: bool,
    /// Whether a check-in or a check-out was ever archived: without any, no ticket lapses.
    pub has_check_ins: bool,
    /// Target of the wait, milliseconds.
    pub target_ms: i64,
}

/// The tickets of one organization, a row a ticket.
#[derive(Debug, Clone)]
pub struct TicketFrame {
    /// Tenant.
    pub organization: String,
    /// Its locations, by name; column `place` points into them.
    pub locations: Vec<LocationColumn>,
    /// The rows, in no particular order; columns as in [`mod@super::column`].
    pub rows: DataFrame,
    /// Types of tickets as sent; column `ticket_type` points into them. The first one is empty: no type.
    pub ticket_types: Vec<String>,
    /// Queues as sent; column `queue` points into them. The first one is empty: no queue.
    pub queues: Vec<String>,
    /// Services chosen at registration; column `category` points into them. The first one is empty: none.
    pub categories: Vec<String>,
    /// First and last service date of the rows.
    pub dates: Option<(NaiveDate, NaiveDate)>,
    /// Counters of what was left out of waits and lines, over all tickets of the organization (not only those of the window).
    pub left_out: LeftOut,
    /// The settings it was built with.
    pub settings: Settings,
}

/// The frame could not be built.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// Polars refuses.
    #[error("the ticket frame could not be built")]
    Polars(#[from] PolarsError),
    /// Rows point at something that is not there.
    #[error("the rows of some tickets do not fit the locations and types they belong to")]
    Dangling,
}

/// The waits that can be left out: to the check-in, to the first call, and the service time.
pub const WAITS_LEFT_OUT: [&str; 3] = ["wait", "call_wait", "service"];

/// Every detail of [`LeftOut`]: the waits, none for an end that is not known, and the two events of a burst.
pub const DETAILS_LEFT_OUT: [&str; 6] =
    ["wait", "call_wait", "service", "", "check_in", "check_out"];

/// What was left out, by why and one of [`DETAILS_LEFT_OUT`].
pub type LeftOut = BTreeMap<(Anomaly, &'static str), u64>;
