//! Converts a fold to plain rows and back: what a nightly run keeps.
//!
//! The rows hold everything the join needs, each newest value with its order key, so that importing and merging gives
//! the fold of all lines. Keys and spans number files as the fold does; [`Rows::renumber`] and [`Record::renumber`]
//! renumber them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;
use rayon::iter::{
    IndexedParallelIterator, IntoParallelIterator, IntoParallelRefMutIterator, ParallelIterator,
};

use crate::webhook::TicketId;

use super::fold::{Fold, Span};
use super::heading::{Heading, HeadingId, Headings};
use super::names::NameId;
use super::order::OrderKey;
use super::record::{Record, joined};
use super::shard::{Shard, shard_of_ticket};
use super::times::rough_time;

/// A heading, and the key of its newest line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HeadingRow {
    /// Organization.
    pub organization: Arc<str>,
    /// Its names, in the order of [`Record::TEXTS`].
    pub texts: [Option<Arc<str>>; Record::TEXTS.len()],
    /// Order key of the newest line.
    pub newest: OrderKey,
}

/// Earliest and latest service times of a heading in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanRow {
    /// Number of the file.
    pub file: u32,
    /// Index of the heading in [`Rows::headings`].
    pub heading: usize,
    /// The times.
    pub span: Span,
}

/// What a fold knows of all its tickets together, as plain rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    /// The headings, sorted.
    pub headings: Vec<HeadingRow>,
    /// The spans, by file and heading.
    pub spans: Vec<SpanRow>,
}

impl Rows {
    /// Renumbers files.
    pub fn renumber(&mut self, number: impl Fn(u32) -> u32) {
        for heading in &mut self.headings {
            heading.newest = heading.newest.renumbered(&number);
        }
        for span in &mut self.spans {
            span.file = number(span.file);
        }
        self.spans.sort_by_key(|row| (row.file, row.heading));
    }
}

impl Rows {
    /// The same with the spans of all files together, as if they were those of the first file. All that does not tell files apart
    /// follows from them too.
    #[must_use]
    pub fn over_files(self) -> Self {
        let mut spans: BTreeMap<usize, Span> = BTreeMap::new();
        for row in self.spans {
            spans.entry(row.heading).or_default().merge(&row.span);
        }
        let row = |(heading, span)| SpanRow { file: 0, heading, span };
        Self { spans: spans.into_iter().map(row).collect(), ..self }
    }
}

impl Rows {
    /// Takes back what files (by number) said, as far as no other file said it too: their spans, and headings that stand
    /// nowhere else.
    pub fn forget_files(&mut self, files: &BTreeSet<u32>) {
        self.spans.retain(|row| !files.contains(&row.file));
        let used: BTreeSet<usize> = self.spans.iter().map(|row| row.heading).collect();
        let mut places: Vec<Option<usize>> = Vec::with_capacity(self.headings.len());
        let mut next = 0;
        for (at, heading) in self.headings.iter().enumerate() {
            let stays = used.contains(&at) || !files.contains(&heading.newest.file());
            places.push(stays.then_some(next));
            next += usize::from(stays);
        }
        let mut stays = places.iter().map(Option::is_some);
        self.headings.retain(|_| stays.next().unwrap_or(true));
        for row in &mut self.spans {
            row.heading = places.get(row.heading).copied().flatten().unwrap_or(row.heading);
        }
    }
}

impl Fold {
    /// What the fold knows of all its tickets together, sorted.
    #[must_use]
    pub fn export(&self) -> Rows {
        let names: Vec<Arc<str>> = self.headings.names.all().map(Arc::from).collect();
        let text = |id: NameId| names.get(id.index()).cloned().unwrap_or_default();
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
                // A heading without a line comes from a file that could not be used.
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
        Rows { headings: headings.into_iter().map(|(row, _)| row).collect(), spans }
    }

    /// Organization and id of each ticket.
    pub fn tickets(&self) -> impl Iterator<Item = (&str, TicketId)> {
        let tickets = self.shards.iter().flat_map(|shard| &shard.tickets);
        tickets.map(|joined| (self.headings.names.get(joined.organization), joined.id))
    }

    /// Splits the tickets by the key of their rough times ([`Fold::rough_times`]). Each part has the headings of all;
    /// none has the spans of files.
    #[must_use]
    pub fn split<K: Ord + Send>(self, key: impl Fn(Option<i64>) -> K + Sync) -> BTreeMap<K, Self> {
        let booking = self.booking();
        let Self { headings, shards, .. } = self;
        let split = |shard: Shard| {
            let mut parts: BTreeMap<K, Shard> = BTreeMap::new();
            for joined in shard.into_tickets() {
                parts.entry(key(rough_time(&joined, booking))).or_default().adopt(&joined);
            }
            parts
        };
        let split: Vec<BTreeMap<K, Shard>> = shards.into_par_iter().map(split).collect();
        let mut parts: BTreeMap<K, Self> = BTreeMap::new();
        for (number, shards) in split.into_iter().enumerate() {
            for (key, shard) in shards {
                let part = parts.entry(key);
                let part = part.or_insert_with(|| Self::default().with_headings(headings.clone()));
                if let Some(mine) = part.shards.get_mut(number) {
                    *mine = shard;
                }
            }
        }
        parts
    }

    /// Takes in tickets as records.
    pub fn take(&mut self, records: &[Record]) {
        let Self { headings, shards, .. } = self;
        // Records share their texts: each is looked up once, by its address, which is stable while the records are
        // borrowed.
        let mut known: HashMap<usize, NameId, RandomState> = HashMap::default();
        for record in records {
            for text in record.all_texts() {
                known
                    .entry(Arc::as_ptr(text).addr())
                    .or_insert_with(|| headings.names.intern(text));
            }
        }
        let mut by_shard: Vec<Vec<&Record>> = vec![Vec::new(); shards.len()];
        for record in records {
            if let Some(mine) = by_shard.get_mut(shard_of_ticket(record.id)) {
                mine.push(record);
            }
        }
        // Never used: every text was looked up above.
        let unknown = headings.names.intern("");
        shards.par_iter_mut().zip(by_shard).for_each(|(shard, records)| {
            for record in records {
                let name = |text: &Arc<str>| {
                    known.get(&Arc::as_ptr(text).addr()).copied().unwrap_or(unknown)
                };
                shard.adopt(&joined(record, name));
            }
        });
    }

    /// A copy with its headings and spans but without tickets.
    #[must_use]
    pub fn without_tickets(&self) -> Self {
        let mut names = self.headings_alone();
        names.spans.clone_from(&self.spans);
        names
    }

    /// A copy with its headings but without tickets and spans, which takes in a part of the tickets. Spans are of all tickets
    /// together; of years of files they are larger than the tickets of a few days.
    #[must_use]
    pub fn headings_alone(&self) -> Self {
        let mut names = Self::default().with_headings(self.headings.clone());
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
        self.headings.booking()
    }

    /// The fold that the rows were exported from, without its tickets.
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
        // The newest key of all shards counts, so one shard can hold them all.
        if let Some(shard) = fold.shards.first_mut() {
            shard.newest = newest;
        }
        for row in rows.spans {
            if let Some(id) = ids.get(row.heading) {
                fold.spans.entry((row.file, *id)).or_default().merge(&row.span);
            }
        }
        fold
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The spans, each with the name of its heading, and the names of all headings.
    fn said(rows: &Rows) -> (Vec<(u32, String)>, Vec<String>) {
        let name = |heading: usize| rows.headings[heading].organization.to_string();
        let spans = rows.spans.iter().map(|row| (row.file, name(row.heading))).collect();
        (spans, (0..rows.headings.len()).map(name).collect())
    }

    proptest! {
        #[test]
        fn what_only_forgotten_files_said_goes_and_the_rest_stays(
            newest in prop::collection::vec(0_u32..5, 1..8),
            spans in prop::collection::vec((0_u32..5, 0_usize..8), 0..12),
            forgotten in prop::collection::btree_set(0_u32..5, 0..4),
        ) {
            let headings = newest.iter().enumerate().map(|(at, file)| HeadingRow {
                organization: format!("o{at}").into(),
                texts: [const { None }; Record::TEXTS.len()],
                newest: OrderKey::new(1, 0, *file, 1),
            });
            let spans = spans.iter().map(|(file, heading)| SpanRow {
                file: *file,
                heading: heading % newest.len(),
                span: Span::default(),
            });
            let mut rows = Rows { headings: headings.collect(), spans: spans.collect() };
            let (mut left, names) = said(&rows);
            left.retain(|(file, _)| !forgotten.contains(file));
            let mut stay = names;
            stay.retain(|name| {
                let at: usize = name[1..].parse().unwrap();
                !forgotten.contains(&newest[at]) || left.iter().any(|(_, of)| of == name)
            });
            rows.forget_files(&forgotten);
            prop_assert_eq!(said(&rows), (left, stay));
        }
    }
}
