//! Joins deliveries into one ticket.
//!
//! Deliveries arrive late, twice and out of order. The join keeps, field by field, the earliest, the latest or the
//! newest value, so that any order of the same lines gives the same ticket:
//!
//! ```text
//! arrived          created   completed   called   called
//! first_called_at     -        10:10     10:02    10:02
//! location          old        new        new      new      (newest by order key, not by arrival)
//! ```
//!
//! Each newest value has an order key of its own, but nearly always they all come from the newest delivery. So a ticket
//! keeps one key, `head`, and marks the values that are older than it; only a ticket that has such values pays for
//! their keys.

use crate::webhook::TicketId;

use super::delivery::Delivery;
use super::facts::Facts;
use super::names::NameId;
use super::order::{Earliest, Latest, OrderKey, PackedTime};

/// What the newest deliveries say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Values {
    pub(super) location: Option<NameId>,
    pub(super) queue: Option<NameId>,
    pub(super) ticket_type: Option<NameId>,
    pub(super) category: Option<NameId>,
    pub(super) start: PackedTime,
    pub(super) end: PackedTime,
    /// Size of the party; 0 = unknown.
    pub(super) people: u16,
    /// 1 to 5; 0 = none.
    pub(super) rating: u8,
}

/// Number of fields of [`Values`].
pub(super) const FIELDS: usize = 8;

impl Values {
    /// The fields that have a value, a bit each.
    pub(super) fn present(&self) -> u8 {
        u8::from(self.location.is_some())
            | u8::from(self.queue.is_some()) << 1
            | u8::from(self.ticket_type.is_some()) << 2
            | u8::from(self.category.is_some()) << 3
            | u8::from(self.start != PackedTime::default()) << 4
            | u8::from(self.end != PackedTime::default()) << 5
            | u8::from(self.people != 0) << 6
            | u8::from(self.rating != 0) << 7
    }

    /// Takes over some fields.
    fn take(&mut self, from: &Self, fields: u8) {
        let has = |bit: u8| fields & 1 << bit != 0;
        self.location = if has(0) { from.location } else { self.location };
        self.queue = if has(1) { from.queue } else { self.queue };
        self.ticket_type = if has(2) { from.ticket_type } else { self.ticket_type };
        self.category = if has(3) { from.category } else { self.category };
        self.start = if has(4) { from.start } else { self.start };
        self.end = if has(5) { from.end } else { self.end };
        self.people = if has(6) { from.people } else { self.people };
        self.rating = if has(7) { from.rating } else { self.rating };
    }
}

/// Whose cancellation the archive received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CancelledBy {
    Customer,
    Staff,
    Removal,
}

/// A ticket while it is being joined; names are numbers of the fold's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Joined {
    pub(super) id: TicketId,
    pub(super) organization: NameId,
    pub(super) facts: Facts,
    /// Largest number of retries.
    pub(super) retries: u16,
    /// Largest key of a delivery with any of the values.
    head: OrderKey,
    pub(super) values: Values,
    /// Values that are older than `head`, a bit each.
    behind: u8,
    pub(super) created_at: Earliest,
    pub(super) activated_at: Earliest,
    pub(super) first_called_at: Earliest,
    pub(super) last_called_at: Latest,
    pub(super) checked_in_at: Earliest,
    pub(super) completed_at: Earliest,
    pub(super) rejected_at: Earliest,
    rare: Option<Box<Rare>>,
}

/// What few tickets have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Rare {
    /// Keys of the values that are behind.
    keys: [OrderKey; FIELDS],
    /// Earliest receive times of a cancellation by the customer, by staff, and of a removal.
    received: [Earliest; 3],
}

impl Joined {
    /// A ticket of which nothing is known yet.
    pub(super) fn new(organization: NameId, id: TicketId) -> Self {
        Self {
            id,
            organization,
            facts: Facts::default(),
            retries: 0,
            head: OrderKey::default(),
            values: Values::default(),
            behind: 0,
            created_at: Earliest::default(),
            activated_at: Earliest::default(),
            first_called_at: Earliest::default(),
            last_called_at: Latest::default(),
            checked_in_at: Earliest::default(),
            completed_at: Earliest::default(),
            rejected_at: Earliest::default(),
            rare: None,
        }
    }

    /// Takes in one delivery.
    pub(super) fn push(&mut self, delivery: &Delivery, key: OrderKey) {
        self.facts = self.facts.with(delivery.facts);
        self.created_at.merge(delivery.created_at);
        self.activated_at.merge(delivery.activated_at);
        self.first_called_at.merge(delivery.called_at);
        self.last_called_at.offer(delivery.called_at);
        self.checked_in_at.merge(delivery.checked_in_at);
        self.completed_at.merge(delivery.completed_at);
        self.rejected_at.merge(delivery.rejected_at);
        self.retries = self.retries.max(delivery.retries);
        if let Some(by) = delivery.cancelled_by
            && delivery.received_at.get().is_some()
        {
            self.offer_cancel_received(by, delivery.received_at);
        }
        self.offer(&delivery.values, delivery.values.present(), key);
    }

    /// Takes in the same ticket of another fold, whose names have been renumbered to this one's.
    pub(super) fn merge(&mut self, other: &Self) {
        self.facts = self.facts.with(other.facts);
        self.created_at.merge(other.created_at);
        self.activated_at.merge(other.activated_at);
        self.first_called_at.merge(other.first_called_at);
        self.last_called_at.merge(other.last_called_at);
        self.checked_in_at.merge(other.checked_in_at);
        self.completed_at.merge(other.completed_at);
        self.rejected_at.merge(other.rejected_at);
        self.retries = self.retries.max(other.retries);
        self.offer(&other.values, other.values.present() & !other.behind, other.head);
        if let Some(theirs) = &other.rare {
            for (mine, theirs) in self.rare().received.iter_mut().zip(theirs.received) {
                mine.merge(theirs);
            }
            for (bit, key) in theirs.keys.iter().enumerate() {
                self.offer(&other.values, other.behind & 1 << bit, *key);
            }
        }
    }

    /// Offers some values, all of one key; the newest of each stays.
    pub(super) fn offer(&mut self, values: &Values, fields: u8, key: OrderKey) {
        if fields == 0 || key == self.head {
            return;
        }
        let mine = self.values.present();
        if key > self.head {
            let head = self.head;
            let left = mine & !self.behind & !fields;
            if left != 0 {
                for (_, old) in self.rare().keys_of(left) {
                    *old = head;
                }
            }
            self.behind = (self.behind | left) & !fields;
            self.head = key;
            self.values.take(values, fields);
            return;
        }
        let (behind, mut taken) = (self.behind, 0);
        // A value of the head is newer; all others are compared by their own keys.
        let open = fields & (!mine | behind);
        if open == 0 {
            return;
        }
        for (bit, old) in self.rare().keys_of(open) {
            if mine & bit == 0 || key > *old {
                *old = key;
                taken |= bit;
            }
        }
        self.values.take(values, taken);
        self.behind |= taken;
    }

    fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// Earliest receive time of a kind of cancellation.
    pub(super) fn cancel_received(&self, by: CancelledBy) -> Option<i64> {
        self.rare.as_ref()?.received.get(by as usize)?.get()
    }

    /// Takes in a receive time of a kind of cancellation.
    pub(super) fn offer_cancel_received(&mut self, by: CancelledBy, at: Earliest) {
        if let Some(mine) = self.rare().received.get_mut(by as usize) {
            mine.merge(at);
        }
    }

    /// The key of each value that is there, in the order of the bits of [`Values::present`].
    pub(super) fn keys(&self) -> [Option<OrderKey>; FIELDS] {
        let present = self.values.present();
        std::array::from_fn(|at| {
            let behind = self.rare.as_ref().filter(|_| self.behind & 1 << at != 0);
            let key = behind.and_then(|rare| rare.keys.get(at).copied()).unwrap_or(self.head);
            (present & 1 << at != 0).then_some(key)
        })
    }

    /// Renumbers the names.
    pub(super) fn renumber(&mut self, new: impl Fn(NameId) -> NameId) {
        self.organization = new(self.organization);
        let values = &mut self.values;
        for name in
            [&mut values.location, &mut values.queue, &mut values.ticket_type, &mut values.category]
        {
            *name = name.map(&new);
        }
    }
}

impl Rare {
    /// Bits and keys of some fields.
    fn keys_of(&mut self, fields: u8) -> impl Iterator<Item = (u8, &mut OrderKey)> {
        let bits = (0..FIELDS).map(|at| 1_u8 << at);
        bits.zip(&mut self.keys).filter(move |(bit, _)| fields & bit != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The naive rule: of each field, the value with the largest key.
    fn naive(offers: &[(Values, OrderKey)]) -> Values {
        let mut newest = Values::default();
        for bit in (0..FIELDS).map(|at| 1_u8 << at) {
            let having = offers.iter().filter(|(values, _)| values.present() & bit != 0);
            if let Some((values, _)) = having.max_by_key(|(_, key)| *key) {
                newest.take(values, bit);
            }
        }
        newest
    }

    fn values(n: u8, mask: u8) -> Values {
        let mut names = super::super::names::Names::default();
        let name = (0..=n).map(|n| names.intern(&n.to_string())).last().unwrap();
        let time = PackedTime::of(Some(crate::webhook::BookingTime::Instant(i64::from(n))));
        let full = Values {
            location: Some(name),
            queue: Some(name),
            ticket_type: Some(name),
            category: Some(name),
            start: time,
            end: time,
            people: u16::from(n) + 1,
            rating: n + 1,
        };
        let mut some = Values::default();
        some.take(&full, mask);
        some
    }

    proptest! {
        #[test]
        fn the_newest_of_each_field_stays(
            offers in prop::collection::vec((any::<u8>(), 0_i64..4, 0_u8..3), 1..12),
            cut in any::<prop::sample::Index>(),
        ) {
            let offers: Vec<(Values, OrderKey)> = offers
                .iter()
                .zip(1_u64..)
                .zip(0_u8..)
                .map(|(((mask, time, rank), line), n)| (values(n, *mask), OrderKey::new(*time, *rank, 0, line)))
                .collect();
            let id = TicketId([0; 16]);
            let organization = super::super::names::Names::default().intern("o");
            let join = |offers: &[(Values, OrderKey)]| {
                let mut joined = Joined::new(organization, id);
                for (values, key) in offers {
                    joined.offer(values, values.present(), *key);
                }
                joined
            };
            let expected = naive(&offers);
            prop_assert_eq!(join(&offers).values, expected);
            let (left, right) = offers.split_at(cut.index(offers.len()));
            let mut merged = join(right);
            merged.merge(&join(left));
            prop_assert_eq!(merged.values, expected);
        }
    }
}
