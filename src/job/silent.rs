//! Who and what is silent, and in which words that is told.

use chrono::NaiveDate;

use crate::calendar::Zone;
use crate::report::text::{logged, moment, shown};

use super::words::count;

/// Graphemes of an input that are printed.
const SHOWN: usize = 60;

/// An organization of which nothing new came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silent {
    /// The organization.
    pub organization: String,
    /// What happened last, UTC milliseconds.
    pub since: i64,
    /// The zone that the instant is told in.
    pub zone: Zone,
    /// Whole open days since then.
    pub open_days: u64,
}

/// A location of which no ticket comes any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilentLocation {
    /// The organization.
    pub organization: String,
    /// The location.
    pub location: String,
    /// The day of its last ticket.
    pub last: NaiveDate,
    /// Its open days since then.
    pub open_days: u64,
}

/// One of several inputs that brings nothing new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilentRoot {
    /// The input.
    pub root: String,
    /// What happened last in its files, UTC milliseconds.
    pub since: i64,
    /// The zone that the instant is told in.
    pub zone: Zone,
    /// Whole open days since then.
    pub open_days: u64,
}

impl Silent {
    pub(super) fn words(&self) -> String {
        let name = logged(&self.organization);
        let at = self.zone.wall_clock(self.since).map(moment).unwrap_or_default();
        format!(
            "`{name}`: no data since {at}, for {}; check the program that stores its webhooks. If it was closed, name the days in \
             `closed`; if it is gone, set `silent_days = 0` under [organizations.\"{name}\"]",
            count(self.open_days, "open day")
        )
    }
}

impl SilentLocation {
    pub(super) fn words(&self) -> String {
        let (organization, name) = (logged(&self.organization), logged(&self.location));
        format!(
            "`{organization}`: no tickets at `{name}` since {}, for {}; check what stores its webhooks. If it is closed, name the \
             days in `closed` under [locations.\"{name}\"], or set `silent_days = 0` there",
            self.last,
            count(self.open_days, "open day")
        )
    }
}

impl SilentRoot {
    /// What is wrong with it.
    pub(super) fn words(&self) -> String {
        let at = self.zone.wall_clock(self.since).map(moment).unwrap_or_default();
        format!(
            "`{}`: nothing new since {at}, for {}; check the program that stores webhooks there",
            shown(&self.root, SHOWN),
            count(self.open_days, "open day")
        )
    }
}
