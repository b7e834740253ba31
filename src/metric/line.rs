//! The line of a location: ticket-time in line by weekday and hour, and the largest number at one instant.
//!
//! Ticket-time adds up, so lines of periods can be merged. The largest number does not: tickets of two periods may stand in
//! line together, around the end of the first. So the line of a period keeps the intervals near its two ends, and these are
//! looked at together once all periods are there.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::calendar::HOUR_MS;

use super::hours::{Cell, Hours};

/// So near to the ends of a period lie the intervals that it keeps, milliseconds: longer than any interval, which is at most
/// 24 hours. Half a day at the end was tried: bookings that are put off by a day after their visitor came reach further.
const EDGE_MS: i64 = 36 * HOUR_MS;

/// What of a period is so far from its ends that nobody of another period is expected there.
fn inside((begin, end): (i64, i64)) -> (i64, i64) {
    (begin + EDGE_MS, end - EDGE_MS)
}

/// The middles of periods, by begin, each with the latest end of those so far.
struct Middles(Vec<(i64, i64)>);

impl Middles {
    fn of<'p>(periods: impl Iterator<Item = &'p (i64, i64)>) -> Self {
        let mut middles: Vec<(i64, i64)> = periods.map(|period| inside(*period)).collect();
        middles.sort_unstable();
        let mut latest = i64::MIN;
        for middle in &mut middles {
            latest = latest.max(middle.1);
            middle.1 = latest;
        }
        Self(middles)
    }

    /// Whether an interval reaches into any of them.
    fn meet(&self, (from, to): (i64, i64)) -> bool {
        let begun = self.0.partition_point(|middle| middle.0 < to);
        self.0.get(..begun).and_then(<[_]>::last).is_some_and(|middle| from < middle.1)
    }
}

/// The line of a location.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    /// Weekday and hour: ticket-milliseconds in line on open days, and the largest number at one instant of any day.
    pub(super) cells: BTreeMap<Cell, (u64, u64)>,
    /// Local day (since 1970), weekday and hour: ticket-milliseconds in line on days on which nobody came, as far as is known
    /// yet. A merge may find that somebody did.
    elsewhere: BTreeMap<(i32, Cell), u64>,
    /// Of each period, by its begin and end (UTC milliseconds, end excluded): intervals near its ends, in order.
    #[serde(with = "super::edges")]
    edges: BTreeMap<(i64, i64), Vec<(i64, i64)>>,
}

impl Line {
    /// The line that intervals make; `open` holds the days on which somebody came. Of the intervals of a `period`, those near
    /// its ends are kept.
    pub(super) fn of(
        intervals: &[(i64, i64)],
        hours: &Hours,
        open: &BTreeSet<i32>,
        period: Option<(i64, i64)>,
    ) -> Self {
        let mut line = Self::default();
        for piece in hours.sweep(intervals) {
            let (ms, longest) = line.cells.entry(piece.cell).or_default();
            *longest = piece.longest.max(*longest);
            if open.contains(&piece.day) {
                *ms += piece.ms;
            } else {
                *line.elsewhere.entry((piece.day, piece.cell)).or_default() += piece.ms;
            }
        }
        if let Some(period) = period {
            let inner = inside(period);
            let is_inside = |(from, to): &(i64, i64)| inner.0 <= *from && *to <= inner.1;
            let mut edges: Vec<_> = intervals.iter().copied().filter(|i| !is_inside(i)).collect();
            edges.sort_unstable();
            line.edges.insert(period, edges);
        }
        line
    }

    /// Adds the line of other tickets at the same location.
    pub(super) fn merge(&mut self, other: &Self) {
        for (cell, (ms, longest)) in &other.cells {
            let mine = self.cells.entry(*cell).or_default();
            *mine = (mine.0 + ms, mine.1.max(*longest));
        }
        for (key, ms) in &other.elsewhere {
            *self.elsewhere.entry(*key).or_default() += ms;
        }
        for (period, edges) in &other.edges {
            let mine = self.edges.entry(*period).or_default();
            mine.extend(edges);
            mine.sort_unstable();
        }
    }

    /// Whether the largest numbers can be told from what the periods kept: no interval reaches into the middle of a period that
    /// it does not belong to.
    pub(super) fn is_whole(&self) -> bool {
        let reaches = |(owner, edges): (&(i64, i64), &Vec<(i64, i64)>)| {
            let middles = Middles::of(self.edges.keys().filter(|period| *period != owner));
            edges.iter().any(|interval| middles.meet(*interval))
        };
        !self.edges.iter().any(reaches)
    }

    /// From the first to the last instant of the kept intervals; `None` without any.
    pub(super) fn edge_span(&self) -> Option<(i64, i64)> {
        let all = self.edges.values().flatten();
        all.fold(None, |span: Option<(i64, i64)>, (from, to)| {
            Some(span.map_or((*from, *to), |(a, b)| (a.min(*from), b.max(*to))))
        })
    }

    /// Looks at the ends of all periods together; `hours` span the kept intervals.
    pub(super) fn settle(&mut self, hours: &Hours) {
        if self.edges.len() > 1 {
            let intervals: Vec<(i64, i64)> = self.edges.values().flatten().copied().collect();
            for piece in hours.sweep(&intervals) {
                let (_, longest) = self.cells.entry(piece.cell).or_default();
                *longest = piece.longest.max(*longest);
            }
        }
        self.edges.clear();
    }

    /// Ticket-milliseconds in line on days that are open after all, by weekday and hour.
    pub(super) fn also_open<'a>(
        &'a self,
        open: &'a BTreeSet<i32>,
    ) -> impl Iterator<Item = (Cell, u64)> + 'a {
        let found = self.elsewhere.iter().filter(|((day, _), _)| open.contains(day));
        found.map(|((_, cell), ms)| (*cell, *ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY_MS: i64 = 24 * HOUR_MS;

    proptest! {
        /// Also of periods that overlap, are shorter than their ends, or have no days at all.
        #[test]
        fn a_line_is_whole_where_nobody_reaches_into_the_middle_of_another_period(
            periods in prop::collection::btree_map(
                (0_i64..40, 0_i64..12).prop_map(|(day, days)| (day * DAY_MS, (day + days) * DAY_MS)),
                prop::collection::vec((0_i64..45 * 24, 0_i64..30), 0..6),
                0..6,
            ),
        ) {
            let of_hours = |(from, hours): (i64, i64)| (from * HOUR_MS, (from + hours) * HOUR_MS);
            let edges: BTreeMap<(i64, i64), Vec<(i64, i64)>> = periods
                .into_iter()
                .map(|(period, all)| (period, all.into_iter().map(of_hours).collect()))
                .collect();
            let mut whole = true;
            for (owner, all) in &edges {
                for (from, to) in all {
                    for period in edges.keys().filter(|period| *period != owner) {
                        let middle = (period.0 + EDGE_MS, period.1 - EDGE_MS);
                        whole &= !(middle.0 < *to && *from < middle.1);
                    }
                }
            }
            prop_assert_eq!(Line { edges, ..Line::default() }.is_whole(), whole);
        }
    }
}
