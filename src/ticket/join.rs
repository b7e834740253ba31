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
//! Each newest value has its own order key, but nearly always they all come from the newest delivery. So a ticket keeps
//! one key, `head`, and marks the values that are older; only a ticket with such values pays for their keys.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::webhook::TicketId;

use super::cancelled_by::CancelledBy;
use super::contest::Contests;
use super::delivery::Delivery;
use super::facts::Facts;
use super::files::Files;
use super::names::NameId;
use super::order::{Earliest, Latest, OrderKey};
use super::rated::Rated;
use super::starts::Starts;
use super::values::{FIELDS, NEWEST, RATING, Values, each};

/// A ticket being joined; names are numbers of the fold's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Joined {
    pub(super) id: TicketId,
    pub(super) organization: NameId,
    pub(super) facts: Facts,
    /// Largest number of retries.
    pub(super) retries: u16,
    /// Largest key of a delivery with any of the values.
    pub(super) head: OrderKey,
    pub(super) values: Values,
    /// Values older than `head`, a bit each.
    pub(super) behind: u8,
    /// Smallest file with the same values as `head` at the same time and rank; that of `head` if there is no other.
    since: u32,
    /// Hash of the payload whose rating counts.
    pub(super) rating_hash: u64,
    pub(super) created_at: Earliest,
    pub(super) activated_at: Earliest,
    pub(super) first_called_at: Earliest,
    pub(super) last_called_at: Latest,
    pub(super) checked_in_at: Earliest,
    pub(super) completed_at: Earliest,
    pub(super) rejected_at: Earliest,
    pub(super) rare: Option<Box<Rare>>,
    /// The files that touched it, if they are not that of `head` alone.
    pub(super) files: Option<Box<Files>>,
}

/// What only few tickets need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rare {
    /// Keys of the values that are behind.
    pub(super) keys: [OrderKey; FIELDS],
    /// Earliest receive time of each kind of cancellation, in the order of [`CancelledBy`].
    received: [Earliest; 3],
    /// Other payloads with a rating, by hash, each with its smallest key.
    pub(super) ratings: BTreeMap<u64, Rated>,
    /// Values of several files at the same time and rank.
    contests: Option<Box<Contests>>,
    /// Earliest and latest start of the slot, if it had more than one.
    pub(super) starts: Option<Box<Starts>>,
    /// The dates of creation, if there are several.
    pub(super) creations: u32,
}

impl Joined {
    /// A ticket about which nothing is known yet.
    pub(super) fn new(organization: NameId, id: TicketId) -> Self {
        Self {
            id,
            organization,
            facts: Facts::default(),
            retries: 0,
            head: OrderKey::default(),
            values: Values::default(),
            behind: 0,
            since: 0,
            rating_hash: 0,
            created_at: Earliest::default(),
            activated_at: Earliest::default(),
            first_called_at: Earliest::default(),
            last_called_at: Latest::default(),
            checked_in_at: Earliest::default(),
            completed_at: Earliest::default(),
            rejected_at: Earliest::default(),
            rare: None,
            files: None,
        }
    }

    /// Joins one delivery into the ticket.
    pub(super) fn push(&mut self, delivery: &Delivery, key: OrderKey) {
        let files = self.files_and(key.file());
        self.facts = self.facts.with(delivery.facts);
        self.compare_creations(delivery.created_at, 0);
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
        self.compare(&delivery.values);
        self.offer_start(delivery.values.start);
        let present = delivery.values.present();
        self.offer(&delivery.values, present & NEWEST, key);
        if present & RATING != 0 {
            let (hash, stars) = (delivery.payload_hash, delivery.values.rating);
            self.rate(Rated { hash, key, stars });
        }
        self.set_files(files);
    }

    /// Merges the same ticket of another fold, whose names have been renumbered to this fold's.
    pub(super) fn merge(&mut self, other: &Self) {
        let files = self.files_with(other);
        self.facts = self.facts.with(other.facts);
        self.compare_creations(other.created_at, other.creations());
        self.created_at.merge(other.created_at);
        self.activated_at.merge(other.activated_at);
        self.first_called_at.merge(other.first_called_at);
        self.last_called_at.merge(other.last_called_at);
        self.checked_in_at.merge(other.checked_in_at);
        self.completed_at.merge(other.completed_at);
        self.rejected_at.merge(other.rejected_at);
        self.retries = self.retries.max(other.retries);
        self.compare(&other.values);
        self.merge_starts(other);
        let open = other.open();
        self.offer(&other.values, open, other.head);
        if let Some(theirs) = &other.rare {
            for (mine, theirs) in self.rare().received.iter_mut().zip(theirs.received) {
                mine.merge(theirs);
            }
            for ((_, bit), key) in each(u8::MAX).zip(theirs.keys) {
                self.offer(&other.values, other.behind & NEWEST & bit, key);
            }
        }
        // After the newest values, because what a file says at an unknown line must never become one.
        if let Some((fields, file)) = other.also() {
            self.offer(&other.values, fields, other.head.somewhere_in(file));
        }
        for (field, file, values) in other.claims() {
            if let Some(key) = other.key(field.0) {
                self.offer(values, field.1, key.somewhere_in(file));
            }
        }
        for rated in other.ratings() {
            self.rate(rated);
        }
        self.set_files(files);
    }

    /// Notes whether values that are about to be added name another queue.
    ///
    /// This is a join too: as long as the fact is missing, every queue seen so far equals that of the values, so the
    /// first one that differs is noticed, whatever the order.
    fn compare(&mut self, others: &Values) {
        if let (Some(mine), Some(theirs)) = (self.values.queue, others.queue)
            && mine != theirs
        {
            self.facts = self.facts.with(Facts::SEVERAL_QUEUES);
        }
    }

    /// Offers some values, all with one key; the newest of each field stays. Ratings have a rule of their own.
    pub(super) fn offer(&mut self, values: &Values, fields: u8, key: OrderKey) {
        if fields == 0 || key == self.head && fields & !self.open() == 0 {
            return;
        }
        let mine = self.values.present();
        match key.moment().cmp(&self.head.moment()) {
            Ordering::Greater => {
                self.leave_behind(mine & !self.behind & !fields);
                if let Some(contests) = self.rare.as_mut().and_then(|rare| rare.contests.as_mut()) {
                    contests.forget(fields);
                }
                self.behind &= !fields;
                self.raise(key);
                self.since = key.file();
                self.values.take(values, fields);
            }
            Ordering::Equal => {
                let open = self.open();
                let alike = fields == open
                    && self.values.same(values) & open == open
                    && self.contested() & open == 0;
                if alike {
                    self.raise(key.max(self.head));
                    self.since = self.since.min(key.file());
                    return;
                }
                self.leave_behind(mine & !self.behind);
                for field in each(fields) {
                    self.offer_one(values, field, key);
                }
                self.head = key.max(self.head);
                self.gather();
            }
            Ordering::Less => {
                // A value of the head is newer; all others are compared by their own keys.
                for field in each(fields & (!mine | self.behind)) {
                    self.offer_one(values, field, key);
                }
            }
        }
    }

    /// Offers the value of a field whose own value is older than the head or missing.
    fn offer_one(&mut self, values: &Values, field: (usize, u8), key: OrderKey) {
        let (at, bit) = field;
        let (own, alike) = (self.key(at), self.values.same(values) & bit != 0);
        let rare = self.rare.get_or_insert_default();
        match own.filter(|own| own.moment() >= key.moment()) {
            None => {
                if let Some(contests) = &mut rare.contests {
                    contests.forget(bit);
                }
            }
            Some(own) if own.moment() > key.moment() || own == key => return,
            Some(own) => {
                let is_contested = rare.contests.as_ref().is_some_and(|c| c.fields() & bit != 0);
                if is_contested || !alike || own.file() != key.file() {
                    let contests = rare.contests.get_or_insert_default();
                    if !is_contested {
                        contests.offer(field, own.file(), &self.values);
                    }
                    contests.offer(field, key.file(), values);
                }
                if key < own {
                    return;
                }
            }
        }
        if let Some(own) = rare.keys.get_mut(at) {
            *own = key;
        }
        self.behind |= bit;
        self.values.take(values, bit);
    }

    /// Raises the head; the rating keeps its key.
    fn raise(&mut self, head: OrderKey) {
        if head != self.head {
            self.leave_behind(self.values.present() & RATING & !self.behind);
            self.head = head;
        }
    }

    /// Gives some values of the head their own keys.
    fn leave_behind(&mut self, fields: u8) {
        if fields == 0 {
            return;
        }
        let (head, since) = (self.head, self.since);
        let rare = self.rare.get_or_insert_default();
        for ((_, bit), key) in each(u8::MAX).zip(&mut rare.keys) {
            if fields & bit != 0 {
                *key = head;
            }
        }
        if since != head.file() && fields & NEWEST != 0 {
            let contests = rare.contests.get_or_insert_default();
            for field in each(fields & NEWEST & !contests.fields()) {
                contests.offer(field, since, &self.values);
            }
        }
        self.behind |= fields;
    }

    /// Returns values whose own key equals the head to it, and drops contests that decide nothing.
    fn gather(&mut self) {
        let head = self.head;
        self.since = head.file();
        let Some(rare) = &mut self.rare else { return };
        for ((_, bit), key) in each(u8::MAX).zip(&rare.keys) {
            self.behind &= if *key == head { !bit } else { u8::MAX };
        }
        let Some(contests) = &mut rare.contests else { return };
        let open = self.values.present() & !self.behind & NEWEST;
        let mut agreed = each(open).map(|field| contests.agreed(field, &self.values));
        if let Some(file) = agreed.next().flatten()
            && agreed.all(|other| other == Some(file))
        {
            self.since = file;
            contests.forget(open);
        }
        for ((at, bit), key) in each(u8::MAX).zip(&rare.keys) {
            let key = if open & bit != 0 { head } else { *key };
            if contests.agreed((at, bit), &self.values) == Some(key.file()) {
                contests.forget(bit);
            }
        }
        if contests.fields() == 0 {
            rare.contests = None;
        }
    }

    /// The fields whose newest value has the key of the head.
    fn open(&self) -> u8 {
        self.values.present() & !self.behind & NEWEST
    }

    pub(super) fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// Earliest receive time of a kind of cancellation.
    pub(super) fn cancel_received(&self, by: CancelledBy) -> Option<i64> {
        self.rare.as_ref()?.received.get(by as usize)?.get()
    }

    /// Adds a receive time of a kind of cancellation.
    pub(super) fn offer_cancel_received(&mut self, by: CancelledBy, at: Earliest) {
        if let Some(mine) = self.rare().received.get_mut(by as usize) {
            mine.merge(at);
        }
    }

    /// The fields for which several files have a value at the time and rank of the newest.
    fn contested(&self) -> u8 {
        let contests = self.rare.as_ref().and_then(|rare| rare.contests.as_ref());
        contests.map_or(0, |contests| contests.fields())
    }

    /// The fields for which another file has the same values at the same time and rank, and the smallest such file.
    pub(super) fn also(&self) -> Option<(u8, u32)> {
        let fields = self.open() & !self.contested();
        (fields != 0 && self.since != self.head.file()).then_some((fields, self.since))
    }

    /// Every value that files have at the time and rank of a newest value: the field, the file, and values of which
    /// only that field counts.
    pub(super) fn claims(&self) -> impl Iterator<Item = ((usize, u8), u32, &Values)> {
        let contests = self.rare.iter().filter_map(|rare| rare.contests.as_ref());
        contests.flat_map(|contests| contests.all())
    }

    /// Whether only the order of files decided between two different values of a field.
    pub(super) fn is_decided_by_file_order(&self) -> bool {
        let Some(rare) = &self.rare else { return false };
        let field = |contests: &Contests, field: (usize, u8)| {
            let file = self.key(field.0).map(OrderKey::file);
            file.is_some_and(|file| contests.is_decided(field, &self.values, file))
        };
        let contests = rare.contests.as_ref();
        self.is_rating_decided_by_file_order()
            || contests.is_some_and(|c| each(c.fields()).any(|at| field(c, at)))
    }

    /// The key of a field's value; `None` if it has no value.
    pub(super) fn key(&self, at: usize) -> Option<OrderKey> {
        let bit = 1 << at;
        let own = self.rare.as_ref().filter(|_| self.behind & bit != 0);
        let key = own.and_then(|rare| rare.keys.get(at).copied()).unwrap_or(self.head);
        (self.values.present() & bit != 0).then_some(key)
    }

    /// The key of each field's value, in the order of the bits of [`Values::present`].
    pub(super) fn keys(&self) -> [Option<OrderKey>; FIELDS] {
        std::array::from_fn(|at| self.key(at))
    }

    /// Renumbers the names.
    pub(super) fn renumber(&mut self, new: impl Fn(NameId) -> NameId) {
        self.organization = new(self.organization);
        self.values.renumber(&new);
        if let Some(contests) = self.rare.as_mut().and_then(|rare| rare.contests.as_mut()) {
            contests.renumber(new);
        }
    }
}

#[cfg(test)]
#[path = "join_tests.rs"]
mod tests;
