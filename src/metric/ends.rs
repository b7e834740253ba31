//! How tickets that entered the queue ended, and after how many seconds: exact sums that can be merged and kept.
//!
//! The served are many, and their waits stand in the tallies of the days already. So only those waits are kept here that stand
//! there too and are not of a served ticket, which are few.

use serde::{Deserialize, Serialize};

use crate::statistics::histogram::Histogram;
use crate::statistics::survival::Exits;
use crate::ticket::Outcome;

use super::row::Row;

/// Kinds of end, in the order of the curves: served, left, no-show, removed.
pub(super) const KINDS: usize = 4;

/// Times in the queue of tickets that were not served, seconds, by kind of end. Tickets whose end has no known time, or a time
/// that is left out as waits are, stand in none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ends {
    /// Cancelled by the customer.
    pub(super) left: Histogram,
    /// Called, and nobody was there.
    pub(super) no_show: Histogram,
    /// Removed, rejected, or cancelled by the staff.
    pub(super) removed: Histogram,
    /// Still open at the instant of the run, on its day.
    pub(super) open: Histogram,
    /// Waits of the days that are not those of a served ticket.
    pub(super) apart: Histogram,
}

impl Ends {
    /// The ends of some tickets.
    pub(super) fn of(rows: &[Row]) -> Self {
        let (mut left, mut no_show, mut removed, mut open, mut apart) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for row in rows {
            let kind = match row.outcome() {
                Some(Outcome::Served) => continue,
                Some(Outcome::CancelledByCustomer) => Some(&mut left),
                Some(Outcome::NoShow) => Some(&mut no_show),
                Some(Outcome::CancelledByStaff | Outcome::Removed | Outcome::Rejected) => {
                    Some(&mut removed)
                }
                Some(Outcome::Open) => Some(&mut open),
                Some(Outcome::Lapsed) | None => None,
            };
            if let Some(times) = kind {
                times.extend(row.left);
            }
            apart.extend(row.wait);
        }
        Self {
            left: Histogram::of(&mut left),
            no_show: Histogram::of(&mut no_show),
            removed: Histogram::of(&mut removed),
            open: Histogram::of(&mut open),
            apart: Histogram::of(&mut apart),
        }
    }

    /// Adds those of another part.
    pub(super) fn merge(&mut self, other: &Self) {
        // Named one by one, so that a new field is not forgotten.
        let Self { left, no_show, removed, open, apart } = other;
        self.left.merge(left);
        self.no_show.merge(no_show);
        self.removed.merge(removed);
        self.open.merge(open);
        self.apart.merge(apart);
    }

    /// Many parts together: the same as merging them one by one, in less time.
    pub(super) fn sum<'e>(all: impl Iterator<Item = &'e Self> + Clone) -> Self {
        Self {
            left: Histogram::sum(all.clone().map(|one| &one.left)),
            no_show: Histogram::sum(all.clone().map(|one| &one.no_show)),
            removed: Histogram::sum(all.clone().map(|one| &one.removed)),
            open: Histogram::sum(all.clone().map(|one| &one.open)),
            apart: Histogram::sum(all.map(|one| &one.apart)),
        }
    }

    /// What happened at each number of seconds, ascending. `waits` are the headline waits of the same tickets.
    pub(super) fn exits(&self, waits: &Histogram) -> Vec<Exits<KINDS>> {
        let parts = [waits, &self.apart, &self.left, &self.no_show, &self.removed, &self.open];
        // Six sorted lists one behind the other are quickly sorted.
        let mut all: Vec<(u32, usize, u64)> = Vec::new();
        for (part, histogram) in parts.into_iter().enumerate() {
            all.extend(histogram.runs().map(|(seconds, n)| (seconds, part, n)));
        }
        all.sort_by_key(|one| one.0);
        let mut exits = Vec::with_capacity(all.len());
        for same in all.chunk_by(|a, b| a.0 == b.0) {
            let time = same.first().map_or(0, |one| one.0.into());
            let of = |part| same.iter().find(|one| one.1 == part).map_or(0, |one| one.2);
            let ended = [of(0).saturating_sub(of(1)), of(2), of(3), of(4)];
            exits.push(Exits { time, ended, open: of(5) });
        }
        exits
    }

    /// The times of those who left: cancelled by the customer, or not there at the call.
    pub(super) fn of_those_who_left(&self) -> Histogram {
        Histogram::sum([&self.left, &self.no_show].into_iter())
    }
}

#[cfg(test)]
#[path = "ends_tests.rs"]
mod tests;
