//! All that the tables need of tickets, by location: sums that can be merged and kept.
//!
//! One tally a location and service date is the base of the summary tables. What cannot be told from those (segments, hours
//! of the day, causes, the line) is counted beside them. Sums of periods together are those of all their tickets.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::calendar::iso_weekday;
use crate::statistics::histogram::Histogram;
use crate::ticket::Outcome;

use super::bands;
use super::ends::Ends;
use super::hours::{Cell, Hours};
use super::line::Line;
use super::row::Row;
use super::tally::{Tally, Times};

/// What segments are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Dimension {
    /// Service chosen at registration.
    Category,
    /// Queue.
    Queue,
    /// Type of the ticket as sent.
    TicketType,
}

impl Dimension {
    /// All of them, by name.
    pub const ALL: [Self; 3] = [Self::Category, Self::Queue, Self::TicketType];

    /// Name in the CSV file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Queue => "queue",
            Self::TicketType => "ticket_type",
        }
    }

    fn code(self, row: &Row) -> u32 {
        match self {
            Self::Category => row.category,
            Self::Queue => row.queue,
            Self::TicketType => row.ticket_type,
        }
    }
}

/// What the codes of rows stand for; an empty text = none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts<'t> {
    pub(super) ticket_types: &'t [String],
    pub(super) categories: &'t [String],
    pub(super) queues: &'t [String],
}

impl Texts<'_> {
    fn get(&self, dimension: Dimension, code: u32) -> &str {
        let list = match dimension {
            Dimension::Category => self.categories,
            Dimension::Queue => self.queues,
            Dimension::TicketType => self.ticket_types,
        };
        list.get(code as usize).map_or("", String::as_str)
    }
}

/// What decides which row of `cancellations.csv` a lost ticket belongs to: place of the outcome in [`Outcome::ALL`], type, and
/// place of the band of the lead time.
pub(super) type LostKey = (u8, String, Option<u8>);

/// The tickets of one location.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocationSums {
    /// By local service date, days since 1970.
    pub(super) days: BTreeMap<Option<i32>, Tally>,
    /// By dimension and value; an empty value = none.
    pub(super) segments: BTreeMap<(Dimension, String), Tally>,
    /// By weekday and hour of arrival: tickets, and their waits in seconds.
    pub(super) hours: BTreeMap<Cell, (u64, Histogram)>,
    /// Closed tickets that were not served.
    pub(super) lost: BTreeMap<LostKey, u64>,
    /// Ratings by band of the wait and by value, that of 1 first.
    pub(super) rated_waits: BTreeMap<u8, Vec<u64>>,
    pub(super) line: Line,
    /// How tickets ended that were not served.
    pub(super) ends: Ends,
}

impl LocationSums {
    /// The sums of rows of one location. `period` is that of the rows if the sums are to be merged with
    /// those of other periods.
    pub(super) fn of(
        rows: &[Row],
        texts: Texts<'_>,
        hours: &Hours,
        period: Option<(i64, i64)>,
    ) -> Self {
        let mut sums = Self { ends: Ends::of(rows), ..Self::default() };
        let mut times = Times::default();
        // Sorting places of rows moves less than sorting rows.
        let mut dated: Vec<(Option<i32>, u32)> = rows.iter().map(|row| row.day).zip(0..).collect();
        dated.sort_unstable();
        for part in dated.chunk_by(|a, b| a.0 == b.0) {
            let day = part.first().and_then(|(day, _)| *day);
            let mine = part.iter().filter_map(|(_, at)| rows.get(*at as usize));
            sums.days.insert(day, Tally::with(mine, &mut times));
        }
        sums.count_segments(rows, texts, period.is_some(), &mut times);
        sums.count_lost(rows, texts);
        let mut week: Vec<(u64, Vec<u32>)> = vec![(0, Vec::new()); 7 * 24];
        for row in rows {
            sums.count_rated_wait(row);
            if let Some((tickets, waits)) = hour_of_week(row).and_then(|at| week.get_mut(at)) {
                *tickets += 1;
                waits.extend(row.wait);
            }
        }
        for (weekday, hours) in (1..).zip(week.chunks_mut(24)) {
            for (hour, (tickets, waits)) in (0..).zip(hours).filter(|(_, cell)| cell.0 > 0) {
                sums.hours.insert((weekday, hour), (*tickets, Histogram::of(waits)));
            }
        }
        let intervals: Vec<(i64, i64)> = rows.iter().filter_map(|row| row.line).collect();
        sums.line = Line::of(&intervals, hours, &sums.open_days(), period);
        sums
    }

    /// Counts lost tickets by cause.
    fn count_lost(&mut self, rows: &[Row], texts: Texts<'_>) {
        let mut coded: BTreeMap<(u8, u32, Option<u8>), u64> = BTreeMap::new();
        for row in rows {
            if row.outcome().is_some_and(|end| !matches!(end, Outcome::Served | Outcome::Open)) {
                *coded.entry((row.outcome, row.ticket_type, row.lead)).or_default() += 1;
            }
        }
        for ((outcome, code, lead), count) in coded {
            let ticket_type = texts.get(Dimension::TicketType, code).to_owned();
            *self.lost.entry((outcome, ticket_type, lead)).or_default() += count;
        }
    }

    /// Counts a rating by the wait of the same visit.
    fn count_rated_wait(&mut self, row: &Row) {
        if let (Some(at), Some(wait)) = (usize::from(row.rating).checked_sub(1), row.wait) {
            let values = self.rated_waits.entry(bands::of_wait(wait)).or_default();
            if values.len() <= at {
                values.resize(at + 1, 0);
            }
            if let Some(count) = values.get_mut(at) {
                *count += 1;
            }
        }
    }

    /// A dimension of one value says nothing, unless another period has another value.
    fn count_segments(
        &mut self,
        rows: &[Row],
        texts: Texts<'_>,
        keep_single: bool,
        times: &mut Times,
    ) {
        for dimension in Dimension::ALL {
            let mut coded: BTreeMap<u32, Vec<&Row>> = BTreeMap::new();
            for row in rows {
                coded.entry(dimension.code(row)).or_default().push(row);
            }
            let is_single = coded.len() == 1;
            if is_single && !keep_single {
                continue;
            }
            for (code, part) in coded {
                let tally = if is_single {
                    Tally::sum(self.days.values())
                } else {
                    Tally::with(part.into_iter(), times)
                };
                let value = texts.get(dimension, code).to_owned();
                match self.segments.entry((dimension, value)) {
                    Entry::Vacant(entry) => {
                        entry.insert(tally);
                    }
                    Entry::Occupied(mut entry) => entry.get_mut().merge(&tally),
                }
            }
        }
    }

    /// Adds the tickets of another part.
    pub fn merge(&mut self, other: &Self) {
        let Self { days, segments, hours, lost, rated_waits, line, ends } = other;
        for (day, tally) in days {
            self.days.entry(*day).or_default().merge(tally);
        }
        for (key, tally) in segments {
            self.segments.entry(key.clone()).or_default().merge(tally);
        }
        for (cell, (tickets, waits)) in hours {
            let mine = self.hours.entry(*cell).or_default();
            mine.0 += tickets;
            mine.1.merge(waits);
        }
        for (key, count) in lost {
            *self.lost.entry(key.clone()).or_default() += count;
        }
        for (band, values) in rated_waits {
            let mine = self.rated_waits.entry(*band).or_default();
            if mine.len() < values.len() {
                mine.resize(values.len(), 0);
            }
            for (mine, value) in mine.iter_mut().zip(values) {
                *mine += value;
            }
        }
        self.line.merge(line);
        self.ends.merge(ends);
    }

    /// Many parts together: the same as merging them one by one, in less time and without a copy of what only one part has.
    #[must_use]
    pub fn sum(parts: Vec<Self>) -> Self {
        let mut sum = Self::default();
        let mut ends: Vec<Ends> = Vec::with_capacity(parts.len());
        let mut days: BTreeMap<Option<i32>, Vec<Tally>> = BTreeMap::new();
        let mut segments: BTreeMap<(Dimension, String), Vec<Tally>> = BTreeMap::new();
        let mut hours: BTreeMap<Cell, Vec<(u64, Histogram)>> = BTreeMap::new();
        for part in parts {
            collect(&mut days, part.days);
            collect(&mut segments, part.segments);
            collect(&mut hours, part.hours);
            ends.push(part.ends);
            let Self { lost, rated_waits, line, .. } = part;
            sum.merge(&Self { lost, rated_waits, line, ..Self::default() });
        }
        sum.days = sum_tallies(days);
        sum.segments = sum_tallies(segments);
        sum.ends = Ends::sum(ends.iter());
        let hour = |(cell, all): (Cell, Vec<(u64, Histogram)>)| {
            let tickets = all.iter().map(|(tickets, _)| tickets).sum();
            (cell, (tickets, Histogram::sum(all.iter().map(|(_, waits)| waits))))
        };
        sum.hours = hours.into_iter().map(hour).collect();
        sum
    }

    /// The days on which a ticket came.
    pub(super) fn open_days(&self) -> BTreeSet<i32> {
        let came = self.days.iter().filter(|(_, tally)| tally.came > 0);
        came.filter_map(|(day, _)| *day).collect()
    }

    /// The tally of each day.
    pub(super) fn dated(&self) -> impl Iterator<Item = (i32, &Tally)> {
        self.days.iter().filter_map(|(day, tally)| Some(((*day)?, tally)))
    }

    /// Number of tickets that came on each day.
    pub(super) fn came(&self) -> impl Iterator<Item = (i32, u64)> {
        let days = self.days.iter().filter(|(_, tally)| tally.came > 0);
        days.filter_map(|(day, tally)| Some(((*day)?, tally.came)))
    }

    /// First and last service date, days since 1970; `None` without any.
    #[must_use]
    pub fn day_span(&self) -> Option<(i32, i32)> {
        let mut days = self.days.keys().flatten().copied();
        let first = days.next()?;
        Some((first, days.next_back().unwrap_or(first)))
    }

    /// Whether the largest lines can be told from these sums.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.line.is_whole()
    }
}

/// Adds the values of a part to those of the same keys.
fn collect<K: Ord, V>(all: &mut BTreeMap<K, Vec<V>>, part: BTreeMap<K, V>) {
    for (key, value) in part {
        all.entry(key).or_default().push(value);
    }
}

/// The tallies of the same key together.
fn sum_tallies<K: Ord>(all: BTreeMap<K, Vec<Tally>>) -> BTreeMap<K, Tally> {
    let sum = |mut tallies: Vec<Tally>| match tallies.pop() {
        Some(only) if tallies.is_empty() => only,
        last => Tally::sum(tallies.iter().chain(&last)),
    };
    all.into_iter().map(|(key, tallies)| (key, sum(tallies))).collect()
}

/// Hour of the week of the arrival, from 0 for the first of a Monday.
fn hour_of_week(row: &Row) -> Option<usize> {
    let weekday = usize::try_from(iso_weekday(row.day?) - 1).ok()?;
    Some(weekday * 24 + usize::from(row.hour?))
}

#[cfg(test)]
#[path = "sums_tests.rs"]
mod tests;
