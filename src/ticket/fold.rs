//! Folds lines into tickets; two folds merge into one.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::webhook::{BookingTime, Snapshot, TicketId};

use super::join::{Joined, NamesOf};
use super::names::{NameId, Names};
use super::order::{Newest, OrderKey};

/// Type of a ticket that was booked for a slot.
pub(super) const BOOKING: &str = "booking";

/// Tickets being joined, with everything needed to finish them.
#[derive(Debug, Default)]
pub struct Fold {
    pub(super) names: Names,
    pub(super) tickets: HashMap<(NameId, TicketId), Joined, RandomState>,
    pub(super) queues: HashMap<(NameId, NameId), QueueNames, RandomState>,
    pub(super) spans: HashMap<(u32, SpanKey), Span, RandomState>,
}

/// Display names of one queue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct QueueNames {
    pub(super) newest: Newest<NameId>,
    /// Each name once, in no particular order; queues are rarely renamed.
    pub(super) all: Vec<NameId>,
}

/// What decides the local day of a snapshot, besides its time: whose zone applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpanKey {
    /// Organization.
    pub organization: NameId,
    /// Queue, if sent.
    pub queue: Option<NameId>,
    /// Own location name, if sent.
    pub location: Option<NameId>,
}

/// Earliest and latest service times of the lines of one file; instants and wall clocks apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// First and last instant, UTC milliseconds.
    pub instants: Option<(i64, i64)>,
    /// First and last wall-clock time, milliseconds.
    pub wall_clocks: Option<(i64, i64)>,
}

impl Span {
    fn offer(&mut self, time: BookingTime) {
        let (range, at) = match time {
            BookingTime::Instant(at) => (&mut self.instants, at),
            BookingTime::WallClock(at) => (&mut self.wall_clocks, at),
        };
        *range = Some(range.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
    }

    fn merge(&mut self, other: &Self) {
        if let Some((first, last)) = other.instants {
            self.offer(BookingTime::Instant(first));
            self.offer(BookingTime::Instant(last));
        }
        if let Some((first, last)) = other.wall_clocks {
            self.offer(BookingTime::WallClock(first));
            self.offer(BookingTime::WallClock(last));
        }
    }
}

impl QueueNames {
    fn offer(&mut self, key: OrderKey, name: NameId) {
        self.newest.offer(key, Some(name));
        if !self.all.contains(&name) {
            self.all.push(name);
        }
    }
}

impl Fold {
    /// Takes in the snapshot of one line (counted from 1) of a file, numbered in path order.
    pub fn push(&mut self, snapshot: &Snapshot<'_>, file: u32, line: u64) {
        let key = OrderKey::new(snapshot.order_time(), snapshot.event.lifecycle_rank(), file, line);
        let organization = self.names.intern(&snapshot.organization);
        let names = NamesOf::intern(snapshot, &mut self.names);
        self.tickets.entry((organization, snapshot.ticket)).or_default().push(snapshot, names, key);
        if let (Some(queue), Some(location)) = (names.queue, names.location) {
            self.queues.entry((organization, queue)).or_default().offer(key, location);
        }
        let booked = snapshot.ticket_type.as_deref() == Some(BOOKING);
        let service = snapshot
            .booking_start
            .filter(|_| booked)
            .or(snapshot.created_at.map(BookingTime::Instant));
        let span = SpanKey { organization, queue: names.queue, location: names.location };
        let span = self.spans.entry((file, span)).or_default();
        if let Some(time) = service {
            span.offer(time);
        }
    }

    /// Both folds together. Order does not matter.
    pub fn merge(&mut self, other: Self) {
        if self.names.is_empty() {
            *self = other;
            return;
        }
        let numbers = self.names.absorb(&other.names);
        let new = |old: NameId| numbers.get(old.index()).copied().unwrap_or(old);
        for ((organization, ticket), joined) in other.tickets {
            let joined = joined.renumber(new);
            self.tickets
                .entry((new(organization), ticket))
                .and_modify(|mine| mine.merge(&joined))
                .or_insert(joined);
        }
        for ((organization, queue), names) in other.queues {
            let mine = self.queues.entry((new(organization), new(queue))).or_default();
            mine.newest.merge(names.newest.map(new));
            for name in names.all {
                if !mine.all.contains(&new(name)) {
                    mine.all.push(new(name));
                }
            }
        }
        for ((file, key), span) in other.spans {
            let key = SpanKey {
                organization: new(key.organization),
                queue: key.queue.map(new),
                location: key.location.map(new),
            };
            self.spans.entry((file, key)).or_default().merge(&span);
        }
    }

    /// Number of tickets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tickets.len()
    }

    /// Whether there are no tickets.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tickets.is_empty()
    }
}
