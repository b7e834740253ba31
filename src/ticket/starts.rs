//! The starts of a booking, as far as needed to tell whether it was moved.
//!
//! Nearly every booking has one start, that of its newest values. Only a ticket with two different starts keeps the
//! earliest and the latest. Some senders write a start as an instant in one webhook and as a wall-clock time in
//! another. Whether both are the same depends on the zone, which is known only at the end, so the two forms are kept
//! apart.
//!
//! ```text
//! lines      10:00   10:00   11:30   10:00      starts   none until the third line, then 10:00 to 11:30
//! ```

use crate::calendar::Clock;
use crate::webhook::BookingTime;

/// Earliest and latest start, separately as instants and wall-clock times; milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Starts {
    instants: Option<(i64, i64)>,
    wall_clocks: Option<(i64, i64)>,
}

impl Starts {
    /// Adds a start.
    pub(super) fn offer(&mut self, start: BookingTime) {
        let (range, at) = match start {
            BookingTime::Instant(at) => (&mut self.instants, at),
            BookingTime::WallClock(at) => (&mut self.wall_clocks, at),
        };
        *range = Some(range.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
    }

    /// The starts that are kept, at most four: instants first, then wall-clock times.
    pub(super) fn all(self) -> impl Iterator<Item = BookingTime> {
        let ends = |range: Option<(i64, i64)>| {
            let (first, last) = range.unzip();
            [first, last.filter(|last| Some(*last) != first)].into_iter().flatten()
        };
        let instants = ends(self.instants).map(BookingTime::Instant);
        instants.chain(ends(self.wall_clocks).map(BookingTime::WallClock))
    }

    /// Whether they are more than one instant on a clock.
    pub(super) fn differ(self, clock: Clock) -> bool {
        let mut instants = self.all().filter_map(|start| match start {
            BookingTime::Instant(at) => Some(at),
            BookingTime::WallClock(wall) => clock.resolve_wall_clock(wall),
        });
        instants.next().is_some_and(|first| instants.any(|other| other != first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_slot_written_both_ways_is_not_moved() {
        let riyadh = Clock::from(crate::calendar::Zone::parse("Asia/Riyadh").unwrap());
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
        assert!(of(&[utc, wall]).differ(Clock::UTC));
        assert!(of(&[utc, wall, BookingTime::WallClock(11 * hour)]).differ(riyadh));
        assert!(of(&[utc, BookingTime::Instant(8 * hour), utc]).differ(riyadh));
        assert!(!of(&[wall, wall]).differ(riyadh));
    }
}
