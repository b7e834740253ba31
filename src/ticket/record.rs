//! Converts joined tickets to plain values and back.

use std::sync::Arc;

use crate::webhook::{BookingTime, TicketId};

use super::cancelled_by::CancelledBy;
use super::facts::Facts;
use super::files::{Files, MANY};
use super::join::Joined;
use super::names::NameId;
use super::order::{Earliest, OrderKey, PackedTime};
use super::rated::Rated;
use super::values::{FIELDS, NEWEST, Values};

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
    /// The facts seen.
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
    /// The rating, from 1; 0 = none.
    pub rating: u8,
    /// Order key of each value, in the order of [`Record::KEYS`]; `None` without a value.
    pub keys: [Option<OrderKey>; FIELDS],
    /// Hash of the payload whose rating counts; 0 without a rating.
    pub rating_hash: u64,
    /// Other payloads with a rating: hash, smallest key, rating.
    pub ratings: Vec<(u64, OrderKey, u8)>,
    /// The fields for which another file has the same newest values at the same time and rank, a bit each in the order
    /// of [`Record::KEYS`], and the smallest such file.
    pub also: Option<(u8, u32)>,
    /// Other values that files have at the time and rank of newest values.
    pub claims: Vec<Claim>,
    /// Earliest and latest start of the slot, separately as instants and wall-clock times; empty if there was only one.
    pub starts: Vec<BookingTime>,
    /// A bit for each date of creation, by its days since 1970 modulo 32, if there are several; else 0.
    pub creations: u32,
    /// The files with a line of it, ascending; empty if it is the file of its newest key alone, and [`Record::MANY_FILES`] if
    /// they are too many to be listed.
    pub files: Vec<u32>,
}

/// A value that a file has at the time and rank of the newest one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Index of its name in [`Record::KEYS`].
    pub field: usize,
    /// Number of the file.
    pub file: u32,
    /// The value.
    pub said: Said,
}

/// A value of any field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A name.
    Text(Arc<str>),
    /// A time of the slot.
    Time(BookingTime),
    /// Size of the party.
    People(u16),
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

    /// Stands for more files than are listed.
    pub const MANY_FILES: u32 = MANY;

    /// The newest key of its values.
    #[must_use]
    pub fn head(&self) -> Option<OrderKey> {
        self.keys.iter().flatten().max().copied()
    }

    /// The files with a line of it; `None` if they are too many to be listed.
    #[must_use]
    pub fn all_files(&self) -> Option<Vec<u32>> {
        match self.files.as_slice() {
            [MANY] => None,
            [] => Some(self.head().into_iter().map(OrderKey::file).collect()),
            files => Some(files.to_vec()),
        }
    }

    /// Renumbers files.
    pub fn renumber(&mut self, number: impl Fn(u32) -> u32) {
        for key in &mut self.keys {
            *key = key.map(|key| key.renumbered(&number));
        }
        for (_, key, _) in &mut self.ratings {
            *key = key.renumbered(&number);
        }
        if let Some((_, file)) = &mut self.also {
            *file = number(*file);
        }
        for claim in &mut self.claims {
            claim.file = number(claim.file);
        }
        for file in self.files.iter_mut().filter(|file| **file != MANY) {
            *file = number(*file);
        }
        self.files.sort_unstable();
        self.files.dedup();
    }

    /// Every text it holds.
    pub(super) fn all_texts(&self) -> impl Iterator<Item = &Arc<str>> {
        let claimed = self.claims.iter().filter_map(|claim| match &claim.said {
            Said::Text(text) => Some(text),
            Said::Time(_) | Said::People(_) => None,
        });
        std::iter::once(&self.organization).chain(self.texts.iter().flatten()).chain(claimed)
    }
}

/// Makes the record of a joined ticket.
pub(super) fn record(joined: &Joined, text: impl Fn(NameId) -> Arc<str>) -> Record {
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
        rating_hash: joined.ratings().next().map_or(0, |rated| rated.hash),
        ratings: joined.ratings().skip(1).map(|r| (r.hash, r.key, r.stars)).collect(),
        also: joined.also(),
        claims: joined
            .claims()
            .filter_map(|((field, _), file, values)| {
                Some(Claim { field, file, said: said(values, field, &text)? })
            })
            .collect(),
        starts: joined.starts().collect(),
        creations: joined.creations(),
        files: joined.listed_files().to_vec(),
    }
}

/// The value of a field.
fn said(values: &Values, field: usize, text: impl Fn(NameId) -> Arc<str>) -> Option<Said> {
    match field {
        0 => values.location.map(text).map(Said::Text),
        1 => values.queue.map(text).map(Said::Text),
        2 => values.ticket_type.map(text).map(Said::Text),
        3 => values.category.map(text).map(Said::Text),
        4 => values.start.get().map(Said::Time),
        5 => values.end.get().map(Said::Time),
        6 => Some(Said::People(values.people)),
        _ => None,
    }
}

/// Values in which the claimed field has the claimed value.
fn claimed(said: &Said, name: impl Fn(&Arc<str>) -> NameId) -> Values {
    match said {
        Said::Text(text) => {
            let name = Some(name(text));
            let (location, queue, ticket_type, category) = (name, name, name, name);
            Values { location, queue, ticket_type, category, ..Values::default() }
        }
        Said::Time(time) => {
            let time = PackedTime::of(Some(*time));
            Values { start: time, end: time, ..Values::default() }
        }
        Said::People(people) => Values { people: *people, ..Values::default() },
    }
}

/// Makes the joined ticket of a record.
pub(super) fn joined(record: &Record, name: impl Fn(&Arc<str>) -> NameId) -> Joined {
    let mut joined = Joined::new(name(&record.organization), record.id);
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
    if record.creations != 0 {
        joined.rare().creations = record.creations;
    }
    joined.rejected_at = rejected;
    for (by, at) in CANCELLED.into_iter().zip(received) {
        if at.get().is_some() {
            joined.offer_cancel_received(by, at);
        }
    }
    let [location, queue, ticket_type, category] =
        record.texts.each_ref().map(|text| text.as_ref().map(&name));
    let [start, end] = record.slot.map(PackedTime::of);
    let (people, rating) = (record.people, record.rating);
    let values = Values { location, queue, ticket_type, category, start, end, people, rating };
    // All values of a key at once, because a second offer with the head's key would be taken for a repeat.
    let with_key = |key: OrderKey| {
        let bits = record.keys.iter().enumerate().filter(|(_, other)| **other == Some(key));
        bits.fold(0, |fields, (at, _)| fields | 1 << at)
    };
    for (at, key) in record.keys.iter().enumerate() {
        let before = record.keys.get(..at).unwrap_or_default();
        let Some(key) = key.filter(|_| !before.contains(key)) else { continue };
        joined.offer(&values, values.present() & NEWEST & with_key(key), key);
    }
    for start in &record.starts {
        joined.keep_start(*start);
    }
    let key = |field: usize| record.keys.get(field).copied().flatten();
    if let Some((fields, file)) = record.also
        && let Some(key) = (0..FIELDS).find(|at| fields & 1 << at != 0).and_then(key)
    {
        joined.offer(&values, values.present() & NEWEST & fields, key.somewhere_in(file));
    }
    for claim in &record.claims {
        let values = claimed(&claim.said, &name);
        if let Some(key) = key(claim.field) {
            let bit = 1_u8.checked_shl(u32::try_from(claim.field).unwrap_or(u32::MAX)).unwrap_or(0);
            joined.offer(&values, values.present() & NEWEST & bit, key.somewhere_in(claim.file));
        }
    }
    if let Some(key) = key(FIELDS - 1).filter(|_| record.rating != 0) {
        joined.rate(Rated { hash: record.rating_hash, key, stars: record.rating });
    }
    for (hash, key, stars) in &record.ratings {
        joined.rate(Rated { hash: *hash, key: *key, stars: *stars });
    }
    joined.set_files(Some(Files::of(record.files.iter().copied())));
    joined
}
