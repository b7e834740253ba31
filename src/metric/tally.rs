//! What the tickets of a group add up to.
//!
//! A tally holds all that the summary columns need, and can be merged: tallies of days make weeks, months and windows, those
//! of locations make an organization, in any order and any split. It depends on the tickets alone. What a setting decides
//! only when figures are shown, such as who counts as satisfied, is left to [`Figures`](super::Figures).

use serde::{Deserialize, Serialize};

use crate::statistics::histogram::Histogram;
use crate::ticket::Outcome;

use super::row::Row;

/// Counts and times of a group of tickets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Tickets of any outcome.
    pub tickets: u64,
    /// Those that are bookings.
    pub bookings: u64,
    /// People on them.
    pub people: u64,
    /// Tickets by outcome, in the order of [`Outcome::ALL`].
    pub outcomes: [u64; Outcome::ALL.len()],
    /// Tickets that came: they entered the queue, or were called, checked in or closed after they had entered.
    pub came: u64,
    /// Bookings whose wait ended before it began.
    pub early: u64,
    /// Closed tickets that entered the queue.
    pub offered: u64,
    /// Those of them that were served within the target.
    pub within: u64,
    /// Bookings whose start was moved.
    pub rescheduled: u64,
    /// Tickets called more than once, or put back.
    pub recalled: u64,
    /// Tickets of which nothing but feedback is known.
    pub feedback_only: u64,
    /// Served tickets of which more is known than feedback.
    pub served_known: u64,
    /// Those of them that were rated.
    pub served_rated: u64,
    /// Ratings by value, that of 1 first; as long as the highest rating given.
    pub ratings: Vec<u64>,
    /// Headline waits, seconds.
    pub waits: Histogram,
    /// Waits to the first call, seconds.
    pub calls: Histogram,
    /// Service times, seconds.
    pub services: Histogram,
}

impl Tally {
    /// The tally of some tickets.
    #[cfg(test)]
    pub(super) fn of<'r>(rows: impl Iterator<Item = &'r Row>) -> Self {
        Self::with(rows, &mut Times::default())
    }

    /// The tally of some tickets; their times are put where there is room for them.
    pub(super) fn with<'r>(rows: impl Iterator<Item = &'r Row>, times: &mut Times) -> Self {
        let mut tally = Self::default();
        times.clear();
        rows.for_each(|row| {
            tally.count(row);
            times.add(row);
        });
        tally.waits = Histogram::of(&mut times.waits);
        tally.calls = Histogram::of(&mut times.calls);
        tally.services = Histogram::of(&mut times.services);
        tally
    }

    /// Adds a ticket.
    #[cfg(test)]
    pub(super) fn add(&mut self, row: &Row) {
        self.merge(&Self::of(std::iter::once(row)));
    }

    /// Counts a ticket; its times apart.
    fn count(&mut self, row: &Row) {
        self.tickets += 1;
        self.people += u64::from(row.people);
        if let Some(count) = self.outcomes.get_mut(usize::from(row.outcome)) {
            *count += 1;
        }
        for (count, holds) in [
            (&mut self.bookings, row.is_booking),
            (&mut self.came, row.came),
            (&mut self.early, row.early),
            (&mut self.offered, row.offered),
            (&mut self.within, row.within),
            (&mut self.rescheduled, row.is_rescheduled),
            (&mut self.recalled, row.is_recalled),
            (&mut self.feedback_only, row.is_feedback_only),
        ] {
            *count += u64::from(holds);
        }
        if row.outcome() == Some(Outcome::Served) && !row.is_feedback_only {
            self.served_known += 1;
            self.served_rated += u64::from(row.rating > 0);
        }
        if let Some(at) = usize::from(row.rating).checked_sub(1) {
            if self.ratings.len() <= at {
                self.ratings.resize(at + 1, 0);
            }
            if let Some(count) = self.ratings.get_mut(at) {
                *count += 1;
            }
        }
    }

    /// Adds the tickets of another tally.
    pub fn merge(&mut self, other: &Self) {
        self.add_counts(other);
        self.waits.merge(&other.waits);
        self.calls.merge(&other.calls);
        self.services.merge(&other.services);
    }

    /// Many tallies together: the same as merging them one by one, in less time.
    #[must_use]
    pub fn sum<'a>(all: impl Iterator<Item = &'a Self> + Clone) -> Self {
        let mut sum = Self::default();
        all.clone().for_each(|tally| sum.add_counts(tally));
        sum.waits = Histogram::sum(all.clone().map(|tally| &tally.waits));
        sum.calls = Histogram::sum(all.clone().map(|tally| &tally.calls));
        sum.services = Histogram::sum(all.map(|tally| &tally.services));
        sum
    }

    fn add_counts(&mut self, other: &Self) {
        // Named one by one, so that a new field is not forgotten.
        let Self {
            tickets,
            bookings,
            people,
            outcomes,
            came,
            early,
            offered,
            within,
            rescheduled,
            recalled,
            feedback_only,
            served_known,
            served_rated,
            ratings,
            waits: _,
            calls: _,
            services: _,
        } = other;
        self.tickets += tickets;
        self.bookings += bookings;
        self.people += people;
        self.came += came;
        self.early += early;
        self.offered += offered;
        self.within += within;
        self.rescheduled += rescheduled;
        self.recalled += recalled;
        self.feedback_only += feedback_only;
        self.served_known += served_known;
        self.served_rated += served_rated;
        add_each(&mut self.outcomes, outcomes);
        if self.ratings.len() < ratings.len() {
            self.ratings.resize(ratings.len(), 0);
        }
        add_each(&mut self.ratings, ratings);
    }

    /// Tickets with an outcome.
    #[must_use]
    pub fn outcome(&self, outcome: Outcome) -> u64 {
        let of = |at: usize| self.outcomes.get(at).copied();
        Outcome::ALL.iter().position(|each| *each == outcome).and_then(of).unwrap_or(0)
    }

    /// Tickets that have ended.
    #[must_use]
    pub fn closed(&self) -> u64 {
        self.tickets - self.outcome(Outcome::Open)
    }

    /// Ratings of any value.
    #[must_use]
    pub fn rated(&self) -> u64 {
        self.ratings.iter().sum()
    }
}

/// The times of some tickets, seconds.
#[derive(Default)]
pub(super) struct Times {
    waits: Vec<u32>,
    calls: Vec<u32>,
    services: Vec<u32>,
}

impl Times {
    fn clear(&mut self) {
        self.waits.clear();
        self.calls.clear();
        self.services.clear();
    }

    fn add(&mut self, row: &Row) {
        self.waits.extend(row.wait);
        self.calls.extend(row.call_wait);
        self.services.extend(row.service);
    }
}

/// Adds each count to the one at its place.
fn add_each(mine: &mut [u64], theirs: &[u64]) {
    for (mine, theirs) in mine.iter_mut().zip(theirs) {
        *mine += theirs;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row() -> impl Strategy<Value = Row> {
        let time = || prop::option::of(0_u32..4_000);
        let numbers = (0_u8..u8::try_from(Outcome::ALL.len()).unwrap(), 0_u8..=5, 1_u32..9);
        (numbers, [time(), time(), time()], any::<[bool; 8]>()).prop_map(
            |((outcome, rating, people), [wait, call_wait, service], flags)| Row {
                outcome,
                rating,
                people,
                wait,
                call_wait,
                service,
                is_booking: flags[0],
                early: flags[1],
                offered: flags[2],
                within: flags[3],
                came: flags[4],
                is_rescheduled: flags[5],
                is_recalled: flags[6],
                is_feedback_only: flags[7],
                ..Row::default()
            },
        )
    }

    proptest! {
        /// Rows in any order and any split, added or merged, left or right first: one tally.
        #[test]
        fn any_split_in_any_order_is_the_same(
            rows in prop::collection::vec((row(), 0_usize..4), 0..40), order in any::<u64>(),
        ) {
            let whole = Tally::of(rows.iter().map(|(row, _)| row));
            let part = |n: usize| Tally::of(rows.iter().filter(move |(_, of)| *of == n).map(|(row, _)| row));
            let mut parts: Vec<Tally> = (0..4).map(part).collect();
            prop_assert_eq!(&Tally::sum(parts.iter()), &whole);
            parts.rotate_left(usize::try_from(order % 4).unwrap());
            let mut left = Tally::default();
            for part in &parts {
                left.merge(part);
            }
            prop_assert_eq!(&left, &whole);
            let mut right = Tally::default();
            for part in parts.iter().rev() {
                let mut with = part.clone();
                with.merge(&right);
                right = with;
            }
            prop_assert_eq!(&right, &whole);
            let mut added = Tally::default();
            for (row, _) in rows.iter().rev() {
                added.add(row);
            }
            prop_assert_eq!(&added, &whole);
            prop_assert_eq!(whole.outcomes.iter().sum::<u64>(), whole.tickets);
        }
    }
}
