//! Folds lines into tickets; two folds merge into one.

use std::collections::HashMap;

use chrono::NaiveDate;
use foldhash::fast::RandomState;

use crate::calendar::Clock;
use crate::webhook::{BookingTime, Snapshot};

use super::delivery::Delivery;
use super::heading::{Heading, HeadingId, Headings};
use super::join::Joined;
use super::names::NameId;
use super::shard::{SHARDS, Shard, shard_of};

/// Tickets being joined, and everything needed to finish them.
#[derive(Debug, Clone)]
pub struct Fold {
    pub(super) headings: Headings,
    pub(super) shards: Vec<Shard>,
    /// Spans by file (numbered in file order) and heading.
    pub(super) spans: HashMap<(u32, HeadingId), Span, RandomState>,
}

impl Default for Fold {
    fn default() -> Self {
        Self::of(Headings::default(), vec![Shard::default(); SHARDS], HashMap::default())
    }
}

/// Earliest and latest service times of some lines of one file, with instants and wall-clock times kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// First and last instant, UTC milliseconds.
    pub instants: Option<(i64, i64)>,
    /// First and last wall-clock time, milliseconds.
    pub wall_clocks: Option<(i64, i64)>,
    /// The latest instant up to the run at which anything happened, UTC milliseconds.
    pub happened: Option<i64>,
}

impl Span {
    fn offer(&mut self, time: BookingTime) {
        let (range, at) = match time {
            BookingTime::Instant(at) => (&mut self.instants, at),
            BookingTime::WallClock(at) => (&mut self.wall_clocks, at),
        };
        *range = Some(range.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if let Some((first, last)) = other.instants {
            self.offer(BookingTime::Instant(first));
            self.offer(BookingTime::Instant(last));
        }
        if let Some((first, last)) = other.wall_clocks {
            self.offer(BookingTime::WallClock(first));
            self.offer(BookingTime::WallClock(last));
        }
        self.happened = self.happened.max(other.happened);
    }
}

impl Span {
    /// First and last local date on a clock; `None` without a time.
    pub(super) fn dates(&self, clock: Clock) -> Option<(NaiveDate, NaiveDate)> {
        let instants = self.instants.into_iter().flat_map(|(a, b)| [a, b]);
        let walls = self.wall_clocks.into_iter().flat_map(|(a, b)| [a, b]);
        let instants = instants.chain(walls.filter_map(|wall| clock.resolve_wall_clock(wall)));
        let dates = instants.filter_map(|at| clock.local(at)).map(|local| local.date);
        dates.fold(None, |span: Option<(NaiveDate, NaiveDate)>, date| {
            Some(span.map_or((date, date), |(a, b)| (a.min(date), b.max(date))))
        })
    }
}

/// The spans of one file by heading, while it is read.
#[derive(Debug, Clone, Default)]
pub struct Spans(Vec<Option<Span>>);

impl Spans {
    /// Adds the service time of a delivery. Adding it again changes nothing.
    pub fn offer(&mut self, delivery: &Delivery) {
        let heading = delivery.heading;
        if self.0.len() <= heading.index() {
            self.0.resize(heading.index() + 1, None);
        }
        if let Some(slot) = self.0.get_mut(heading.index()) {
            let span = slot.get_or_insert_default();
            if let Some(time) = delivery.service.get() {
                span.offer(time);
            }
        }
    }

    /// Adds an instant (UTC milliseconds) at which something happened to a ticket of this heading; the latest one
    /// stays.
    pub fn happened(&mut self, heading: HeadingId, at: i64) {
        if self.0.len() <= heading.index() {
            self.0.resize(heading.index() + 1, None);
        }
        if let Some(slot) = self.0.get_mut(heading.index()) {
            let span = slot.get_or_insert_default();
            span.happened = span.happened.max(Some(at));
        }
    }

    /// Merges the spans of another part of the file.
    pub fn merge(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), None);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            if let Some(theirs) = theirs {
                mine.get_or_insert_default().merge(theirs);
            }
        }
    }
}

impl Fold {
    pub(super) fn of(
        headings: Headings,
        shards: Vec<Shard>,
        spans: HashMap<(u32, HeadingId), Span, RandomState>,
    ) -> Self {
        Self { headings, shards, spans }
    }

    /// Assembles a fold from parts that share their headings: the shards in order, and the spans of each file.
    #[must_use]
    pub fn assemble(
        headings: Headings,
        shards: Vec<Shard>,
        files: impl IntoIterator<Item = (u32, Spans)>,
    ) -> Self {
        let mut by_file: HashMap<(u32, HeadingId), Span, RandomState> = HashMap::default();
        let ids: Vec<HeadingId> = headings.ids().collect();
        for (file, spans) in files {
            for (heading, span) in ids.iter().zip(spans.0) {
                if let Some(span) = span {
                    by_file.entry((file, *heading)).or_default().merge(&span);
                }
            }
        }
        Self::of(headings, shards, by_file)
    }

    /// Joins the snapshot of one line. `line` is counted from 1, `file` is its number in file order, and `payload` is
    /// the hash of the payload.
    pub fn push(&mut self, snapshot: &Snapshot<'_>, payload: u64, file: u32, line: u64) {
        let heading = self.headings.of(snapshot);
        let delivery = Delivery::with(snapshot, payload, line, heading);
        if let Some(shard) = self.shards.get_mut(shard_of(&delivery)) {
            let place = shard.place(&delivery);
            shard.join(place, &delivery, file, 0);
        }
        let span = self.spans.entry((file, delivery.heading)).or_default();
        if let Some(time) = delivery.service.get() {
            span.offer(time);
        }
    }

    /// Merges another fold. The order of merging does not matter.
    pub fn merge(&mut self, other: Self) {
        if self.headings.list.is_empty() {
            *self = other;
            return;
        }
        self.merge_by(other, |shard, ticket| shard.adopt(ticket));
    }

    /// Merges another fold; returns whether a ticket came or is different now.
    pub fn update(&mut self, other: Self) -> bool {
        let mut is_different = false;
        self.merge_by(other, |shard, ticket| is_different |= shard.update(ticket));
        is_different
    }

    /// Merges another fold; `put` merges a ticket into its shard.
    fn merge_by(&mut self, other: Self, mut put: impl FnMut(&mut Shard, &Joined)) {
        let names = self.headings.names.absorb(&other.headings.names);
        let name = |old: NameId| names.get(old.index()).copied().unwrap_or(old);
        let headings: Vec<HeadingId> = other
            .headings
            .list
            .iter()
            .map(|heading| {
                self.headings.number(Heading {
                    organization: name(heading.organization),
                    queue: heading.queue.map(name),
                    location: heading.location.map(name),
                    ticket_type: heading.ticket_type.map(name),
                    category: heading.category.map(name),
                })
            })
            .collect();
        let heading = |old: usize| headings.get(old).copied();
        for (mine, theirs) in self.shards.iter_mut().zip(other.shards) {
            mine.merge_by(theirs, heading, name, &mut put);
        }
        for ((file, old), span) in other.spans {
            if let Some(heading) = heading(old.index()) {
                self.spans.entry((file, heading)).or_default().merge(&span);
            }
        }
    }

    /// Number of tickets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shards.iter().map(Shard::len).sum()
    }

    /// Whether there are no tickets.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
