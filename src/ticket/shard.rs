//! A shard: the tickets whose ids fall into it. Threads join into different shards at the same time.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::webhook::TicketId;

use super::delivery::Delivery;
use super::heading::HeadingId;
use super::join::Joined;
use super::names::NameId;
use super::order::OrderKey;

/// Number of shards: enough for the threads of a large machine, few enough to cost nothing on a small one.
pub const SHARDS: usize = 16;

/// The number of the shard that a delivery belongs to, below [`SHARDS`].
#[must_use]
pub fn shard_of(delivery: &Delivery) -> usize {
    shard_of_ticket(delivery.ticket)
}

/// The number of the shard that a ticket belongs to; the last bytes of ids spread evenly.
pub(super) fn shard_of_ticket(id: TicketId) -> usize {
    let [.., a, b, c, d] = id.0;
    usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(0) % SHARDS
}

/// Tickets being joined.
#[derive(Debug, Clone, Default)]
pub struct Shard {
    pub(super) tickets: Vec<Joined>,
    /// Indexes in `tickets` by organization and id.
    places: HashTable<u32>,
    /// Newest key of each heading; the default key means none.
    pub(super) newest: Vec<OrderKey>,
}

fn hash(organization: NameId, id: TicketId) -> u64 {
    // No output depends on the order of this table.
    FixedState::default().hash_one((organization, id))
}

impl Shard {
    /// The index of a delivery's ticket in this shard; a new ticket is added at the end.
    pub fn place(&mut self, delivery: &Delivery) -> usize {
        self.place_of(delivery.organization, delivery.ticket)
    }

    pub(super) fn place_of(&mut self, organization: NameId, id: TicketId) -> usize {
        let Self { tickets, places, .. } = self;
        let is_it = |at: &u32| {
            let ticket = tickets.get(*at as usize);
            ticket.is_some_and(|t| t.id == id && t.organization == organization)
        };
        let wanted = hash(organization, id);
        if let Some(at) = places.find(wanted, is_it) {
            return *at as usize;
        }
        let at = tickets.len();
        tickets.push(Joined::new(organization, id));
        // A shard with 2^32 tickets would need 600 GB.
        places.insert_unique(wanted, u32::try_from(at).unwrap_or(u32::MAX), |at| {
            tickets.get(*at as usize).map_or(0, |t| hash(t.organization, t.id))
        });
        at
    }

    /// Makes room for so many more tickets.
    pub(super) fn reserve(&mut self, tickets: usize) {
        let Self { tickets: all, places, .. } = self;
        all.reserve_exact(tickets);
        places
            .reserve(tickets, |at| all.get(*at as usize).map_or(0, |t| hash(t.organization, t.id)));
    }

    /// Whether it has a ticket.
    pub(super) fn has(&self, organization: NameId, id: TicketId) -> bool {
        let is_it = |at: &u32| {
            let ticket = self.tickets.get(*at as usize);
            ticket.is_some_and(|t| t.id == id && t.organization == organization)
        };
        self.places.find(hash(organization, id), is_it).is_some()
    }

    /// Takes out the ticket at a place; the last one gets its place.
    pub(super) fn remove(&mut self, at: usize) -> Option<Joined> {
        let Self { tickets, places, .. } = self;
        let (removed, last) = (tickets.get(at)?, tickets.last()?);
        let (own, moved) =
            (hash(removed.organization, removed.id), hash(last.organization, last.id));
        let (place, end) = (u32::try_from(at).ok()?, u32::try_from(tickets.len() - 1).ok()?);
        if let Ok(entry) = places.find_entry(own, |found| *found == place) {
            entry.remove();
        }
        if let Some(found) = places.find_mut(moved, |found| *found == end) {
            *found = place;
        }
        Some(tickets.swap_remove(at))
    }

    /// Takes in a joined ticket.
    pub(super) fn adopt(&mut self, joined: &Joined) {
        let place = self.place_of(joined.organization, joined.id);
        if let Some(mine) = self.tickets.get_mut(place) {
            mine.merge(joined);
        }
    }

    /// Joins a delivery into the ticket at an index. `file` is the file's number in file order; `base` is the number of
    /// lines of the file before the part in which the delivery's line was counted.
    pub fn join(&mut self, place: usize, delivery: &Delivery, file: u32, base: u64) {
        let key = OrderKey::new(delivery.order_time, delivery.rank, file, base + delivery.line);
        if let Some(ticket) = self.tickets.get_mut(place) {
            ticket.push(delivery, key);
        }
        self.seen(delivery.heading, key);
    }

    pub(super) fn seen(&mut self, heading: HeadingId, key: OrderKey) {
        if self.newest.len() <= heading.index() {
            self.newest.resize(heading.index() + 1, OrderKey::default());
        }
        if let Some(newest) = self.newest.get_mut(heading.index()) {
            *newest = key.max(*newest);
        }
    }

    /// Merges a ticket; returns whether it came or is different now.
    pub(super) fn update(&mut self, joined: &Joined) -> bool {
        let place = self.place_of(joined.organization, joined.id);
        let Some(mine) = self.tickets.get_mut(place) else { return true };
        let before = mine.clone();
        mine.merge(joined);
        *mine != before
    }

    /// Merges another shard; `heading` and `name` renumber its headings and names, `put` merges a ticket.
    pub(super) fn merge_by(
        &mut self,
        other: Self,
        heading: impl Fn(usize) -> Option<HeadingId>,
        name: impl Fn(NameId) -> NameId,
        mut put: impl FnMut(&mut Self, &Joined),
    ) {
        for mut ticket in other.tickets {
            ticket.renumber(&name);
            put(self, &ticket);
        }
        for (at, key) in other.newest.into_iter().enumerate() {
            if key != OrderKey::default()
                && let Some(heading) = heading(at)
            {
                self.seen(heading, key);
            }
        }
    }

    /// Merges a shard with the same number and the same headings.
    pub fn absorb(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
        } else {
            self.merge_by(
                other,
                HeadingId::of_index,
                |name| name,
                |shard, ticket| shard.adopt(ticket),
            );
        }
    }

    /// The tickets, without the lookup table.
    pub(super) fn into_tickets(self) -> Vec<Joined> {
        self.tickets
    }

    /// Number of tickets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tickets.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tickets.is_empty()
    }
}
