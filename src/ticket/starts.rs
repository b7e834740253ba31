//! The starts a booking was ever given, as far as they tell whether it was moved.
//!
//! Nearly every booking has one start, which is that of its newest values. Only a ticket with two different ones keeps the
//! earliest and the latest of them. Some senders write a start as an instant in one webhook and as a wall clock in
//! another; the zone that tells whether both are the same is known at the end, so the two ways are kept apart.
//!
//! ```text
//! lines      10:00   10:00   11:30   10:00      starts   none until the third line, then 10:00 to 11:30
//! ```
//!
//! This is a join. Without kept starts, all starts seen so far are that of the values; so the first one that differs finds
//! all there was to find, and from then on earliest and latest are kept. What is kept follows from the set of starts.

use crate::calendar::Zone;
use crate::webhook::BookingTime;

use super::join::Joined;
use super::order::PackedTime;

/// Earliest and latest start, instants and wall clocks apart; milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Starts {
    instants: Option<(i64, i64)>,
    wall_clocks: Option<(i64, i64)>,
}

impl Starts {
    fn offer(&mut self, start: BookingTime) {
        let (range, at) = match start {
            BookingTime::Instant(at) => (&mut self.instants, at),
            BookingTime::WallClock(at) => (&mut self.wall_clocks, at),
        };
        *range = Some(range.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
    }

    /// The starts that are kept: at most four, in an order of their own.
    pub(super) fn all(self) -> impl Iterator<Item = BookingTime> {
        let ends = |range: Option<(i64, i64)>| {
            let (first, last) = range.unzip();
            [first, last.filter(|last| Some(*last) != first)].into_iter().flatten()
        };
        let instants = ends(self.instants).map(BookingTime::Instant);
        instants.chain(ends(self.wall_clocks).map(BookingTime::WallClock))
    }

    /// Whether they are different instants in a zone.
    fn differ(self, zone: Zone) -> bool {
        let mut instants = self.all().filter_map(|start| match start {
            BookingTime::Instant(at) => Some(at),
            BookingTime::WallClock(wall) => zone.resolve_wall_clock(wall),
        });
        instants.next().is_some_and(|first| instants.any(|other| other != first))
    }
}

impl Joined {
    /// Takes in the start of a line, before its values.
    pub(super) fn offer_start(&mut self, start: PackedTime) {
        // One that is the same is known, also among the kept ones.
        if start == self.values.start {
            return;
        }
        let (Some(mine), Some(new)) = (self.values.start.get(), start.get()) else { return };
        let starts = self.rare().starts.get_or_insert_default();
        starts.offer(mine);
        starts.offer(new);
    }

    /// Takes in the starts of the same ticket of another fold, before its values.
    pub(super) fn merge_starts(&mut self, other: &Self) {
        self.offer_start(other.values.start);
        for start in other.starts() {
            self.keep_start(start);
        }
    }

    /// Takes in one of several starts.
    pub(super) fn keep_start(&mut self, start: BookingTime) {
        let mine = self.values.start.get();
        let starts = self.rare().starts.get_or_insert_default();
        starts.offer(start);
        if let Some(mine) = mine {
            starts.offer(mine);
        }
    }

    /// Earliest and latest start, if there is more than one.
    pub(super) fn starts(&self) -> impl Iterator<Item = BookingTime> {
        let starts = self.rare.as_ref().and_then(|rare| rare.starts.as_deref());
        starts.into_iter().flat_map(|starts| starts.all())
    }

    /// Whether its slot was moved: its earliest and latest known start are different instants.
    pub(super) fn is_moved(&self, zone: Zone) -> bool {
        let starts = self.rare.as_ref().and_then(|rare| rare.starts.as_deref());
        starts.is_some_and(|starts| starts.differ(zone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_slot_written_both_ways_is_not_moved() {
        let riyadh = Zone::parse("Asia/Riyadh").unwrap();
        let hour = 3_600_000;
        let of = |starts: &[BookingTime]| {
            let mut all = Starts::default();
            for start in starts {
                all.offer(*start);
            }
            all
        };
        let (utc, wall) = (BookingTime::Instant(7 * hour), BookingTime::WallClock(10 * hour));
        assert!(!of(&[utc, wall]).differ(riyadh));
        assert!(of(&[utc, wall]).differ(Zone::UTC));
        assert!(of(&[utc, wall, BookingTime::WallClock(11 * hour)]).differ(riyadh));
        assert!(of(&[utc, BookingTime::Instant(8 * hour), utc]).differ(riyadh));
        assert!(!of(&[wall, wall]).differ(riyadh));
    }
}
