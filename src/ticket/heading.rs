//! Headings: the organization, queue, location, type and category that many lines share, resolved once for all of them.
//!
//! Every line carries these five names, but millions of lines share a few combinations. [`Headings`] numbers the
//! combinations. Each thread has a [`HeadingCache`], which finds the number of nearly every line without taking a lock.

use std::hash::{BuildHasher, Hasher};
use std::sync::{Mutex, PoisonError};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::webhook::{Snapshot, Text};

use super::names::{NameId, Names};

/// The names of a line as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Heading {
    pub(super) organization: NameId,
    pub(super) queue: Option<NameId>,
    /// Display name of the location as the line has it, normalised.
    pub(super) location: Option<NameId>,
    pub(super) ticket_type: Option<NameId>,
    pub(super) category: Option<NameId>,
}

/// Number of a heading in its [`Headings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeadingId(u32);

impl HeadingId {
    /// Its index among all headings.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The id of the heading at an index; `None` if the index is too large.
    #[must_use]
    pub fn of_index(index: usize) -> Option<Self> {
        u32::try_from(index).ok().map(Self)
    }
}

/// Distinct headings and the names in them, numbered in the order of their first use.
#[derive(Debug, Clone, Default)]
pub struct Headings {
    pub(super) names: Names,
    pub(super) list: Vec<Heading>,
    ids: std::collections::HashMap<Heading, HeadingId, RandomState>,
}

impl Headings {
    /// No headings yet, but names with their numbers.
    pub(super) fn of_names(names: Names) -> Self {
        Self { names, ..Self::default() }
    }

    /// The name that a number of a heading stands for.
    #[must_use]
    pub fn name(&self, id: NameId) -> &str {
        self.names.get(id)
    }

    /// The id of a heading whose names are numbers of this list; adds it if it is new.
    pub(super) fn number(&mut self, heading: Heading) -> HeadingId {
        // There are far fewer than 2^32 distinct headings, because each takes memory.
        let next = HeadingId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        *self.ids.entry(heading).or_insert_with(|| {
            self.list.push(heading);
            next
        })
    }

    /// Every id, in order.
    pub(super) fn ids(&self) -> impl Iterator<Item = HeadingId> {
        (0..).map(HeadingId).take(self.list.len())
    }

    /// The heading of a snapshot; adds it if it is new.
    pub(super) fn of(&mut self, snapshot: &Snapshot<'_>) -> (HeadingId, Heading) {
        let names = &mut self.names;
        let mut intern = |text: &Option<Text<'_>>| text.as_deref().map(|name| names.intern(name));
        let (queue, ticket_type, category) =
            (intern(&snapshot.queue), intern(&snapshot.ticket_type), intern(&snapshot.category));
        let heading = Heading {
            organization: self.names.intern(&snapshot.organization),
            queue,
            location: snapshot.location.as_deref().and_then(|n| self.names.intern_normalised(n)),
            ticket_type,
            category,
        };
        (self.number(heading), heading)
    }
}

/// A thread's cache of headings by the texts of a line.
#[derive(Debug)]
pub struct HeadingCache<'s> {
    shared: &'s Mutex<Headings>,
    hasher: RandomState,
    known: HashTable<Known>,
}

#[derive(Debug)]
struct Known {
    hash: u64,
    /// The lengths of the texts, and the texts, one behind the other. All in one place, because it is seldom in a cache.
    texts: Box<[u8]>,
    found: (HeadingId, Heading),
}

impl<'s> HeadingCache<'s> {
    /// An empty cache in front of shared headings.
    #[must_use]
    pub fn new(shared: &'s Mutex<Headings>) -> Self {
        Self { shared, hasher: RandomState::default(), known: HashTable::new() }
    }

    pub(super) fn find(&mut self, snapshot: &Snapshot<'_>) -> (HeadingId, Heading) {
        let texts = [
            Some(&snapshot.organization),
            snapshot.queue.as_ref(),
            snapshot.location.as_ref(),
            snapshot.ticket_type.as_ref(),
            snapshot.category.as_ref(),
        ];
        // A text of no bytes is not the same as none.
        let lengths = texts.map(|text| text.map_or(0, |text| text.as_bytes().len() + 1));
        // Queue and location nearly decide the heading; the comparison settles the rest.
        let mut hasher = self.hasher.build_hasher();
        for text in [snapshot.queue.as_ref(), snapshot.location.as_ref()].into_iter().flatten() {
            hasher.write(text.as_bytes());
        }
        let [.., ticket_type, category] = lengths;
        hasher.write_usize(ticket_type * 31 + category);
        let hash = hasher.finish();
        let lengths = lengths.map(usize::to_le_bytes);
        // Without a way out after each text: a function with many ways to one place is not compiled to the same bytes
        // each time.
        let same = |known: &Known| {
            let (begin, mut left) =
                known.texts.split_at_checked(lengths.as_flattened().len()).unwrap_or_default();
            let equal = texts.iter().flatten().fold(true, |equal, text| {
                let text = text.as_bytes();
                let (mine, behind) = left.split_at_checked(text.len()).unwrap_or_default();
                left = behind;
                equal & (mine == text)
            });
            equal & (lengths.as_flattened() == begin)
        };
        if let Some(known) = self.known.find(hash, same) {
            return known.found;
        }
        let found = self.shared.lock().unwrap_or_else(PoisonError::into_inner).of(snapshot);
        let texts = texts.into_iter().flatten().flat_map(|text| text.as_bytes());
        let texts = lengths.as_flattened().iter().chain(texts).copied().collect();
        self.known.insert_unique(hash, Known { hash, texts, found }, |known| known.hash);
        found
    }
}
