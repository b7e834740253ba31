//! What a report needs to know of tickets it does not load: how many there are of each kind, and their oddities.
//!
//! The list of locations, their zones and several counters depend on every ticket ever archived. A [`Census`] counts a
//! group of tickets once; the censuses of all groups add up to that of the whole.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::RandomState;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::anomaly::Anomaly;
use super::cancelled_by::CancelledBy;
use super::creations::MANY;
use super::facts::Facts;
use super::fold::Fold;
use super::join::Joined;
use super::kind::{Key, Kind, key_of};
use super::names::NameId;
use super::outcome::Outcome;
use super::shard::Shard;
use super::strays::Strays;

/// Counts of a group of tickets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Census {
    /// Number of tickets of each kind.
    pub kinds: BTreeMap<Kind, u64>,
    /// The kinds with at least one ticket that had a `positionFulfilled` or `positionCompleted`.
    pub with_check_ins: BTreeSet<Kind>,
    /// Check-ins and check-outs outside the period of the tickets ([`Fold::strays`]). [`Fold::census`] leaves it empty.
    pub strays: Strays,
    /// Number of tickets of each kind with an oddity that no setting changes.
    pub odd: BTreeMap<(Kind, Anomaly), u64>,
}

impl Census {
    /// Number of tickets.
    #[must_use]
    pub fn tickets(&self) -> u64 {
        self.kinds.values().sum()
    }

    /// Adds the counts of another census.
    pub fn add(&mut self, other: &Self) {
        for (kind, count) in &other.kinds {
            *self.kinds.entry(kind.clone()).or_default() += count;
        }
        self.with_check_ins.extend(other.with_check_ins.iter().cloned());
        for (key, count) in &other.strays {
            *self.strays.entry(key.clone()).or_default() += count;
        }
        for (key, count) in &other.odd {
            *self.odd.entry(key.clone()).or_default() += count;
        }
    }
}

impl Fold {
    /// Counts the tickets of the fold.
    #[must_use]
    pub fn census(&self) -> Census {
        let parts: Vec<Counts> = self.shards.par_iter().map(Counts::of).collect();
        let text = |id: NameId| self.headings.names.get(id).to_owned();
        let kind = |(organization, queue, own): &Key| Kind {
            organization: text(*organization),
            queue: queue.map(text),
            own: own.map(text),
        };
        let mut census = Census::default();
        for (key, (count, has_check_ins)) in parts.iter().flat_map(|part| &part.kinds) {
            let kind = kind(key);
            if *has_check_ins {
                census.with_check_ins.insert(kind.clone());
            }
            *census.kinds.entry(kind).or_default() += count;
        }
        for ((key, anomaly), count) in parts.iter().flat_map(|part| &part.odd) {
            *census.odd.entry((kind(key), *anomaly)).or_default() += count;
        }
        census
    }
}

/// A census with numbers for names.
#[derive(Default)]
struct Counts {
    /// Number of tickets, and whether any of them had a check-in event.
    kinds: HashMap<Key, (u64, bool), RandomState>,
    odd: HashMap<(Key, Anomaly), u64, RandomState>,
}

impl Counts {
    fn of(shard: &Shard) -> Self {
        let mut counts = Self::default();
        for joined in &shard.tickets {
            let (tickets, has_check_ins) = counts.kinds.entry(key_of(joined)).or_default();
            *tickets += 1;
            *has_check_ins |= joined.facts.any(Facts::CHECK_IN_EVENT);
            for anomaly in odd(joined) {
                *counts.odd.entry((key_of(joined), anomaly)).or_default() += 1;
            }
        }
        counts
    }
}

/// The oddities of one ticket, except those of its times, which depend on settings.
fn odd(joined: &Joined) -> impl Iterator<Item = Anomaly> {
    let (facts, creations) = (joined.facts, joined.creations());
    let served = Outcome::of(facts) == Outcome::Served;
    let cancelled = facts.any(Facts::CANCELLED_BY_CUSTOMER.with(Facts::CANCELLED_BY_STAFF));
    let cancelled_at = || {
        joined.rejected_at.get().or_else(|| {
            let by = [CancelledBy::Customer, CancelledBy::Staff];
            by.into_iter().filter_map(|by| joined.cancel_received(by)).min()
        })
    };
    let served_first = || matches!((joined.checked_in_at.get(), cancelled_at()), (Some(served), Some(cancel)) if served < cancel);
    [
        (Outcome::conflicting(facts), Anomaly::ConflictingOutcomes),
        (facts.is_feedback_only(), Anomaly::FeedbackOnlyTicket),
        (served && cancelled && !served_first(), Anomaly::ServedAfterCancel),
        (
            served && facts.any(Facts::CHECKED_IN) && !facts.any(Facts::CALLED),
            Anomaly::CheckInWithoutCall,
        ),
        (creations != 0, Anomaly::SeveralCreations),
        (creations.count_ones() >= MANY, Anomaly::ManyCreations),
        (facts.any(Facts::SEVERAL_QUEUES), Anomaly::SeenInTwoQueues),
        (joined.is_decided_by_file_order(), Anomaly::DecidedByFileOrder),
    ]
    .into_iter()
    .filter_map(|(is_odd, anomaly)| is_odd.then_some(anomaly))
}
