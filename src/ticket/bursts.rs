//! Bursts: check-ins or check-outs of many tickets of a location in the same second, as when somebody, or the clock,
//! closes the queue.
//!
//! Nearly every second has one or two, so they are counted in two steps. A table of small counters, indexed by a hash
//! of location and second, finds the seconds that may have many; only those are counted exactly.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use foldhash::fast::RandomState;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::calendar::SECOND_MS;

use super::join::Joined;
use super::set::TicketSet;

/// The smallest number of tickets of a location in one second that makes a burst.
pub const BURST: u64 = 5;
/// The same, as the start of a small counter.
const WHOLE: u8 = 5;
/// Largest size of the table, as a power of two: 64 MiB.
const MOST_BITS: u32 = 26;
/// Tickets that a thread takes at a time.
const TICKETS: usize = 1 << 14;

/// The two ends of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// The valid check-in.
    CheckIn,
    /// The check-out.
    CheckOut,
}

impl End {
    /// Both ends.
    pub const ALL: [Self; 2] = [Self::CheckIn, Self::CheckOut];

    /// Name in `data_quality.csv`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CheckIn => "check_in",
            Self::CheckOut => "check_out",
        }
    }

    /// When it happened to a ticket, UTC milliseconds.
    pub(super) fn of(self, joined: &Joined) -> Option<i64> {
        match self {
            Self::CheckIn => joined.checked_in_at.get(),
            Self::CheckOut => joined.completed_at.get(),
        }
    }
}

/// A second at which tickets of a location were checked in or out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// Index of the location in [`TicketSet::locations`].
    pub location: usize,
    /// Check-in or check-out.
    pub end: End,
    /// Whole seconds since 1970, UTC.
    pub second: i64,
}

impl Moment {
    /// The moment of an instant in UTC milliseconds.
    #[must_use]
    pub const fn of(location: usize, end: End, at: i64) -> Self {
        Self { location, end, second: at.div_euclid(SECOND_MS) }
    }
}

/// Number of tickets at each moment.
pub type Moments = HashMap<Moment, u64, RandomState>;

/// The moments at which there was a burst.
#[derive(Debug, Clone, Default)]
pub struct Bursts(HashSet<Moment, RandomState>);

impl Bursts {
    /// Whether the instant `at` (UTC milliseconds) of a ticket of this location falls into a burst.
    #[must_use]
    pub fn has(&self, location: usize, end: End, at: Option<i64>) -> bool {
        // Most archives have none.
        !self.0.is_empty() && at.is_some_and(|at| self.0.contains(&Moment::of(location, end, at)))
    }
}

impl TicketSet {
    /// The bursts of these tickets together with others, given by their moments alone.
    #[must_use]
    pub fn bursts(&self, others: &Moments) -> Bursts {
        let counters = Counters::for_tickets(self.len());
        for (moment, tickets) in others {
            (0..BURST.min(*tickets)).for_each(|_| counters.count(*moment));
        }
        self.chunks(|chunk| chunk.moments().for_each(|moment| counters.count(moment)));
        if !counters.any_full.load(Ordering::Relaxed) {
            return Bursts::default();
        }
        let mut exact = others.clone();
        let may_be = |chunk: Chunk<'_>| tally(chunk.moments().filter(|m| counters.is_full(*m)));
        for part in self.chunks(may_be) {
            add(&mut exact, &part);
        }
        let bursts = exact.into_iter().filter(|(_, tickets)| *tickets >= BURST);
        Bursts(bursts.map(|(moment, _)| moment).collect())
    }

    /// Counts these tickets at each of the `wanted` moments; every wanted moment is in the result, even with 0.
    #[must_use]
    pub fn at(&self, wanted: impl Iterator<Item = Moment>) -> Moments {
        let mut found: Moments = wanted.map(|moment| (moment, 0)).collect();
        if found.is_empty() {
            return found;
        }
        let wanted = |chunk: Chunk<'_>| tally(chunk.moments().filter(|m| found.contains_key(m)));
        for part in self.chunks(wanted) {
            add(&mut found, &part);
        }
        found
    }

    /// Runs `look` over all tickets in parallel, chunk by chunk.
    fn chunks<T: Send>(&self, look: impl Fn(Chunk<'_>) -> T + Sync) -> Vec<T> {
        let chunks: Vec<_> = self
            .shards
            .iter()
            .flat_map(|(tickets, places)| tickets.chunks(TICKETS).zip(places.chunks(TICKETS)))
            .collect();
        chunks.par_iter().map(|(tickets, places)| look(Chunk { tickets, places })).collect()
    }
}

/// Some tickets with the indexes of their locations.
#[derive(Clone, Copy)]
struct Chunk<'s> {
    tickets: &'s [Joined],
    places: &'s [Option<u32>],
}

impl Chunk<'_> {
    /// The check-ins and check-outs of its tickets; tickets without a location are skipped.
    fn moments(&self) -> impl Iterator<Item = Moment> {
        self.tickets.iter().zip(self.places).flat_map(|(joined, place)| {
            let location = place.map(|place| place as usize);
            let ends = End::ALL.map(|end| (end, end.of(joined)));
            ends.into_iter().filter_map(move |(end, at)| Some(Moment::of(location?, end, at?)))
        })
    }
}

fn tally(moments: impl Iterator<Item = Moment>) -> Moments {
    let mut counts = Moments::default();
    moments.for_each(|moment| *counts.entry(moment).or_default() += 1);
    counts
}

/// Adds the counts of `more` to `all`.
fn add(all: &mut Moments, more: &Moments) {
    for (moment, tickets) in more {
        *all.entry(*moment).or_default() += tickets;
    }
}

/// Counters of what is missing to a burst, from [`WHOLE`] down to 0; moments may share one.
///
/// Down, because the memory of a table of zeros is not there before it is written to, but read as one shared page of zeros:
/// each of its pages then costs two faults, and the second one stops the other threads. Of 1 GB, 20 ms.
struct Counters {
    counters: Vec<AtomicU8>,
    /// Whether one has come to 0.
    any_full: AtomicBool,
    /// Number of low bits of the hash to drop.
    shift: u32,
}

impl Counters {
    /// At least eight times as many counters as moments, so that hardly any fills up by chance.
    fn for_tickets(tickets: usize) -> Self {
        let wanted = tickets.saturating_mul(16).max(64);
        let bits = (usize::BITS - wanted.leading_zeros()).min(MOST_BITS);
        let counters = (0..1_usize << bits).map(|_| AtomicU8::new(WHOLE)).collect();
        Self { counters, any_full: AtomicBool::new(false), shift: u64::BITS - bits }
    }

    fn counter(&self, moment: Moment) -> Option<&AtomicU8> {
        let Moment { location, end, second } = moment;
        let second = u64::from_le_bytes(second.to_le_bytes());
        let location = u64::try_from(location).unwrap_or(u64::MAX);
        // Seconds take 34 bits. Multiplying by the golden ratio spreads neighbouring keys.
        let key = second ^ location << 35 ^ (end as u64) << 34;
        let hash = key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift;
        self.counters.get(usize::try_from(hash).ok()?)
    }

    fn count(&self, moment: Moment) {
        if let Some(counter) = self.counter(moment) {
            let next = |n: u8| n.checked_sub(1);
            // An error only says that nothing was missing before.
            if counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next) == Ok(1) {
                self.any_full.store(true, Ordering::Relaxed);
            }
        }
    }

    fn is_full(&self, moment: Moment) -> bool {
        self.counter(moment).is_some_and(|counter| counter.load(Ordering::Relaxed) == 0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::names::Names;
    use super::super::order::Earliest;
    use super::*;
    use crate::webhook::TicketId;

    /// Index of the location, if there is one, and the seconds of check-in and check-out.
    type Visit = (Option<u32>, Option<i64>, Option<i64>);

    fn set(visits: &[Visit]) -> TicketSet {
        let organization = Names::default().intern("o");
        let ticket = |(_, check_in, check_out): &Visit| {
            let mut joined = Joined::new(organization, TicketId([0; 16]));
            // Tickets share the second, not the millisecond.
            joined.checked_in_at = Earliest::of(check_in.map(|s| s * SECOND_MS + s.rem_euclid(7)));
            joined.completed_at = Earliest::of(check_out.map(|s| s * SECOND_MS + 999));
            joined
        };
        let places = visits.iter().map(|visit| visit.0).collect();
        let shards = vec![(visits.iter().map(ticket).collect(), places)];
        TicketSet { shards, ..TicketSet::default() }
    }

    fn moments(visits: &[Visit]) -> Moments {
        let mut all = Moments::default();
        for (place, check_in, check_out) in visits {
            for (end, second) in [(End::CheckIn, check_in), (End::CheckOut, check_out)] {
                if let (Some(place), Some(second)) = (place, second) {
                    let moment = Moment { location: *place as usize, end, second: *second };
                    *all.entry(moment).or_default() += 1;
                }
            }
        }
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// However the tickets are split, a part that knows the moments of the others finds the bursts of all.
        #[test]
        fn a_burst_is_what_a_plain_count_finds(
            visits in prop::collection::vec(
                (prop::option::weighted(0.9, 0_u32..2), prop::option::of(-1_i64..3), prop::option::of(0_i64..3)),
                0..60,
            ),
            cut in any::<prop::sample::Index>(),
        ) {
            let all = moments(&visits);
            let expected: BTreeMap<Moment, u64> =
                all.iter().filter(|(_, n)| **n >= 5).map(|(moment, n)| (*moment, *n)).collect();
            let (left, right) = visits.split_at(cut.index(visits.len() + 1));
            for (mine, others) in [(&visits[..], &[][..]), (left, right), (right, left)] {
                let bursts = set(mine).bursts(&moments(others));
                prop_assert!(bursts.0.iter().all(|moment| expected.contains_key(moment)));
                prop_assert_eq!(bursts.0.len(), expected.len());
                let at = set(mine).at(all.keys().copied());
                let mut counted = moments(mine);
                for moment in all.keys() {
                    counted.entry(*moment).or_default();
                }
                prop_assert_eq!(at, counted);
            }
        }
    }
}
