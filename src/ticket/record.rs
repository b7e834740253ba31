//! A fold as plain rows, and back: what a nightly run keeps.
//!
//! The rows hold everything the join needs, each newest value with its order key, so that importing and merging gives
//! the fold of all lines. Files in keys and spans are numbered as in the fold; [`Rows::renumber`] gives them other numbers.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;

use crate::webhook::{BookingTime, TicketId};

use super::delivery::BOOKING;
use super::facts::Facts;
use super::fold::{Fold, Span};
use super::heading::{Heading, HeadingId, Headings};
use super::join::{CancelledBy, FIELDS, Joined, Values};
use super::names::{NameId, Names};
use super::order::{Earliest, OrderKey, PackedTime};
use super::shard::shard_of_ticket;

/// Kinds of cancellation, in the order of their times in a record.
const CANCELLED: [CancelledBy; 3] =
    [CancelledBy::Customer, CancelledBy::Staff, CancelledBy::Removal];

/// A joined ticket as plain values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Organization.
    pub organization: Arc<str>,
    /// Id within the organization.
    pub id: TicketId,
    /// What was seen of it.
    pub facts: Facts,
    /// Largest number of retries.
    pub retries: u16,
    /// Times, UTC milliseconds, in the order of [`Record::TIMES`].
    pub times: [Option<i64>; Record::TIMES.len()],
    /// Names, in the order of [`Record::TEXTS`].
    pub texts: [Option<Arc<str>>; Record::TEXTS.len()],
    /// Start and end of the slot.
    pub slot: [Option<BookingTime>; 2],
    /// Size of the party; 0 = unknown.
    pub people: u16,
    /// 1 to 5; 0 = none.
    pub rating: u8,
    /// Order keys of the values that are there, in the order of [`Record::KEYS`].
    pub keys: [Option<OrderKey>; FIELDS],
}

impl Record {
    /// Names of the times.
    pub const TIMES: [&'static str; 10] = [
        "created_at",
        "activated_at",
        "first_called_at",
        "last_called_at",
        "checked_in_at",
        "completed_at",
        "rejected_at",
        "cancelled_by_customer_received_at",
        "cancelled_by_staff_received_at",
        "removed_received_at",
    ];
    /// Names of the texts.
    pub const TEXTS: [&'static str; 4] = ["location", "queue", "ticket_type", "category"];
    /// Names of the values that have keys.
    pub const KEYS: [&'static str; FIELDS] = [
        "location",
        "queue",
        "ticket_type",
        "category",
        "slot_start",
        "slot_end",
        "people",
        "rating",
    ];
}

/// When a visit is (or was) to be: start of the slot of a booking, else the creation. A wall clock is given as if it
/// were UTC: the rough time is what a ticket is put away by.
fn service_time(joined: &Joined, booking: Option<NameId>) -> Option<i64> {
    let values = &joined.values;
    let is_booking = values.ticket_type.is_some() && values.ticket_type == booking;
    match values.start.get().filter(|_| is_booking) {
        Some(BookingTime::Instant(at) | BookingTime::WallClock(at)) => Some(at),
        None => joined.created_at.get(),
    }
}

/// What some lines have in common, and the newest of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeadingRow {
    /// Organization.
    pub organization: Arc<str>,
    /// Names, in the order of [`Record::TEXTS`].
    pub texts: [Option<Arc<str>>; Record::TEXTS.len()],
    /// Key of the newest line.
    pub newest: OrderKey,
}

/// Earliest and latest service times in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanRow {
    /// The file.
    pub file: u32,
    /// Place of the heading in [`Rows::headings`].
    pub heading: usize,
    /// The times.
    pub span: Span,
}

/// A fold as plain rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    /// The tickets, by organization and id.
    pub tickets: Vec<Record>,
    /// The headings, sorted.
    pub headings: Vec<HeadingRow>,
    /// The spans, by file and heading.
    pub spans: Vec<SpanRow>,
}

impl Rows {
    /// Gives every file another number.
    pub fn renumber(&mut self, number: impl Fn(u32) -> u32) {
        for ticket in &mut self.tickets {
            for key in &mut ticket.keys {
                *key = key.map(|key| key.renumbered(&number));
            }
        }
        for heading in &mut self.headings {
            heading.newest = heading.newest.renumbered(&number);
        }
        for span in &mut self.spans {
            span.file = number(span.file);
        }
        self.spans.sort_by_key(|row| (row.file, row.heading));
    }
}

impl Fold {
    /// Everything the fold knows, sorted.
    #[must_use]
    pub fn export(&self) -> Rows {
        let names: Vec<Arc<str>> = self.headings.names.all().map(Arc::from).collect();
        let text = |id: NameId| names.get(id.index()).cloned().unwrap_or_default();
        let joined = self.shards.iter().flat_map(|shard| &shard.tickets);
        let mut tickets: Vec<Record> = joined.map(|joined| record(joined, text)).collect();
        tickets.sort_unstable_by(|a, b| (&a.organization, a.id).cmp(&(&b.organization, b.id)));

        let newest = |at: usize| {
            let keys = self.shards.iter().filter_map(|shard| shard.newest.get(at));
            keys.max().copied().filter(|key| *key != OrderKey::default())
        };
        let mut headings: Vec<(HeadingRow, usize)> = self
            .headings
            .list
            .iter()
            .enumerate()
            .filter_map(|(at, heading)| {
                // A heading without a line is of a file of which nothing was used.
                let row = HeadingRow {
                    organization: text(heading.organization),
                    texts: [heading.location, heading.queue, heading.ticket_type, heading.category]
                        .map(|id| id.map(text)),
                    newest: newest(at)?,
                };
                Some((row, at))
            })
            .collect();
        headings.sort_unstable();
        let places: HashMap<usize, usize, RandomState> =
            headings.iter().enumerate().map(|(new, (_, old))| (*old, new)).collect();
        let mut spans: Vec<SpanRow> = self
            .spans
            .iter()
            .filter_map(|((file, heading), span)| {
                let heading = *places.get(&heading.index())?;
                Some(SpanRow { file: *file, heading, span: *span })
            })
            .collect();
        spans.sort_unstable_by_key(|row| (row.file, row.heading));
        Rows { tickets, headings: headings.into_iter().map(|(row, _)| row).collect(), spans }
    }

    /// Organization and id of each ticket.
    pub fn tickets(&self) -> impl Iterator<Item = (&str, TicketId)> {
        let tickets = self.shards.iter().flat_map(|shard| &shard.tickets);
        tickets.map(|joined| (self.headings.names.get(joined.organization), joined.id))
    }

    /// When each visit is (or was) to be: start of the slot of a booking, else the creation; UTC milliseconds, a wall
    /// clock as if it were UTC.
    pub fn service_times(&self) -> impl Iterator<Item = Option<i64>> {
        let booking = self.booking();
        let tickets = self.shards.iter().flat_map(|shard| &shard.tickets);
        tickets.map(move |joined| service_time(joined, booking))
    }

    /// The tickets by what their service times give; each part knows the headings of all, and none knows of files.
    #[must_use]
    pub fn split<K: Ord>(self, key: impl Fn(Option<i64>) -> K) -> BTreeMap<K, Self> {
        let booking = self.booking();
        let Self { headings, shards, .. } = self;
        let mut parts: BTreeMap<K, Self> = BTreeMap::new();
        for (number, shard) in shards.into_iter().enumerate() {
            for joined in shard.into_tickets() {
                let part = parts.entry(key(service_time(&joined, booking)));
                let part = part.or_insert_with(|| Self::default().with_headings(headings.clone()));
                if let Some(shard) = part.shards.get_mut(number) {
                    shard.adopt(joined);
                }
            }
        }
        parts
    }

    /// Its headings and spans, and none of its tickets.
    #[must_use]
    pub fn without_tickets(&self) -> Self {
        let mut names = Self::default().with_headings(self.headings.clone());
        names.spans.clone_from(&self.spans);
        for (mine, shard) in names.shards.iter_mut().zip(&self.shards) {
            mine.newest.clone_from(&shard.newest);
        }
        names
    }

    fn with_headings(self, headings: Headings) -> Self {
        Self { headings, ..self }
    }

    /// The type of bookings, if one was seen.
    pub(super) fn booking(&self) -> Option<NameId> {
        std::str::from_utf8(BOOKING).ok().and_then(|name| self.headings.names.find(name))
    }

    /// The fold that such rows were exported from.
    #[must_use]
    pub fn import(rows: Rows) -> Self {
        let mut fold = Self::default();
        let mut newest = Vec::with_capacity(rows.headings.len());
        let mut ids: Vec<HeadingId> = Vec::with_capacity(rows.headings.len());
        for row in rows.headings {
            let names = &mut fold.headings.names;
            let [location, queue, ticket_type, category] =
                row.texts.map(|text| text.map(|text| names.intern(&text)));
            let organization = names.intern(&row.organization);
            let id = fold.headings.number(Heading {
                organization,
                queue,
                location,
                ticket_type,
                category,
            });
            if newest.len() <= id.index() {
                newest.resize(id.index() + 1, OrderKey::default());
            }
            if let Some(key) = newest.get_mut(id.index()) {
                *key = row.newest.max(*key);
            }
            ids.push(id);
        }
        // The newest of all shards counts, so one of them can have it.
        if let Some(shard) = fold.shards.first_mut() {
            shard.newest = newest;
        }
        for row in rows.spans {
            if let Some(id) = ids.get(row.heading) {
                fold.spans.entry((row.file, *id)).or_default().merge(&row.span);
            }
        }
        for record in rows.tickets {
            let joined = joined(&record, &mut fold.headings.names);
            if let Some(shard) = fold.shards.get_mut(shard_of_ticket(record.id)) {
                shard.adopt(joined);
            }
        }
        fold
    }
}

fn record(joined: &Joined, text: impl Fn(NameId) -> Arc<str>) -> Record {
    let values = &joined.values;
    let [customer, staff, removal] = CANCELLED.map(|by| joined.cancel_received(by));
    Record {
        organization: text(joined.organization),
        id: joined.id,
        facts: joined.facts,
        retries: joined.retries,
        times: [
            joined.created_at.get(),
            joined.activated_at.get(),
            joined.first_called_at.get(),
            joined.last_called_at.get(),
            joined.checked_in_at.get(),
            joined.completed_at.get(),
            joined.rejected_at.get(),
            customer,
            staff,
            removal,
        ],
        texts: [values.location, values.queue, values.ticket_type, values.category]
            .map(|id| id.map(&text)),
        slot: [values.start.get(), values.end.get()],
        people: values.people,
        rating: values.rating,
        keys: joined.keys(),
    }
}

fn joined(record: &Record, names: &mut Names) -> Joined {
    let mut joined = Joined::new(names.intern(&record.organization), record.id);
    let [
        created,
        activated,
        first_called,
        last_called,
        checked_in,
        completed,
        rejected,
        received @ ..,
    ] = record.times.map(Earliest::of);
    joined.facts = record.facts;
    joined.retries = record.retries;
    joined.created_at = created;
    joined.activated_at = activated;
    joined.first_called_at = first_called;
    joined.last_called_at.offer(last_called);
    joined.checked_in_at = checked_in;
    joined.completed_at = completed;
    joined.rejected_at = rejected;
    for (by, at) in CANCELLED.into_iter().zip(received) {
        if at.get().is_some() {
            joined.offer_cancel_received(by, at);
        }
    }
    let [location, queue, ticket_type, category] =
        record.texts.each_ref().map(|text| text.as_ref().map(|text| names.intern(text)));
    let [start, end] = record.slot.map(PackedTime::of);
    let (people, rating) = (record.people, record.rating);
    let values = Values { location, queue, ticket_type, category, start, end, people, rating };
    // All values of a key at once: an offer of the head's own key is taken for a repeated one.
    let with_key = |key: OrderKey| {
        let bits = record.keys.iter().enumerate().filter(|(_, other)| **other == Some(key));
        bits.fold(0, |fields, (at, _)| fields | 1 << at)
    };
    for key in record.keys.iter().flatten() {
        joined.offer(&values, values.present() & with_key(*key), *key);
    }
    joined
}
