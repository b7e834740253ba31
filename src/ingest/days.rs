//! Whether the tickets of a file have a service date, and which years its implausible times name.

use std::collections::BTreeSet;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use crate::calendar::{PRODUCT_BEGAN_MS, year_of};
use crate::ticket::{NameId, Shard};
use crate::webhook::{Measure, Oddity};

/// How the tickets of one file get their service dates, judged by that file alone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// Tickets with a webhook in the file.
    pub tickets: u64,
    /// Those without any time that gives them a service date.
    pub without: u64,
    /// Those with a service date before there were such webhooks.
    pub old: u64,
    /// The years of these dates.
    pub old_years: BTreeSet<i32>,
    /// Years of times before the earliest plausible one.
    pub too_early: BTreeSet<i32>,
    /// Years of times too far after the run.
    pub too_late: BTreeSet<i32>,
}

impl Days {
    /// Notes what is odd about an accepted record.
    pub(super) fn note(&mut self, oddity: &Oddity) {
        // A receive time never decides a ticket's service date.
        if oddity.measure != Measure::TimestampOutOfRange || oddity.detail == "received_at" {
            return;
        }
        if let Some(year) = oddity.out_of_range.and_then(year_of) {
            let late = oddity.in_range_from.is_some();
            if late {
                self.too_late.insert(year)
            } else {
                self.too_early.insert(year)
            };
        }
    }

    /// Counts the tickets of a file; `booking` is the ticket type of bookings.
    pub(super) fn count(&mut self, shards: &[Shard], booking: Option<NameId>) {
        let of_shard = |shard: &Shard| {
            let mut days = Self::default();
            for at in shard.rough_times(booking) {
                days.tickets += 1;
                match at {
                    None => days.without += 1,
                    Some(at) if at < PRODUCT_BEGAN_MS => {
                        days.old += 1;
                        days.old_years.extend(year_of(at));
                    }
                    Some(_) => {}
                }
            }
            days
        };
        self.merge(shards.par_iter().map(of_shard).reduce(Self::default, Self::and));
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.tickets += other.tickets;
        self.without += other.without;
        self.old += other.old;
        self.old_years.extend(other.old_years);
        self.too_early.extend(other.too_early);
        self.too_late.extend(other.too_late);
    }

    fn and(mut self, other: Self) -> Self {
        self.merge(other);
        self
    }
}
