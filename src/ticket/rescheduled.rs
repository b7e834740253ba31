//! Collects the starts of a booking while it is joined, and tells whether it was moved.
//!
//! This is a join. As long as no starts are kept, every start seen so far equals that of the values, so nothing is lost
//! when the first different one arrives; from then on earliest and latest are kept. The result depends on the set of
//! starts alone.

use crate::calendar::Clock;
use crate::webhook::BookingTime;

use super::join::Joined;
use super::order::PackedTime;

impl Joined {
    /// Adds the start of a line; to be called before its values are added.
    pub(super) fn offer_start(&mut self, start: PackedTime) {
        // The current start is known already, also among the kept ones.
        if start == self.values.start {
            return;
        }
        let (Some(mine), Some(new)) = (self.values.start.get(), start.get()) else { return };
        let starts = self.rare().starts.get_or_insert_default();
        starts.offer(mine);
        starts.offer(new);
    }

    /// Adds the starts of the same ticket of another fold; to be called before its values are added.
    pub(super) fn merge_starts(&mut self, other: &Self) {
        self.offer_start(other.values.start);
        for start in other.starts() {
            self.keep_start(start);
        }
    }

    /// Adds one of several starts.
    pub(super) fn keep_start(&mut self, start: BookingTime) {
        let mine = self.values.start.get();
        let starts = self.rare().starts.get_or_insert_default();
        starts.offer(start);
        if let Some(mine) = mine {
            starts.offer(mine);
        }
    }

    /// The starts that are kept; none if there was only one.
    pub(super) fn starts(&self) -> impl Iterator<Item = BookingTime> {
        let starts = self.rare.as_ref().and_then(|rare| rare.starts.as_deref());
        starts.into_iter().flat_map(|starts| starts.all())
    }

    /// Whether its slot was moved: its earliest and latest known start are different instants.
    pub(super) fn is_moved(&self, clock: Clock) -> bool {
        let starts = self.rare.as_ref().and_then(|rare| rare.starts.as_deref());
        starts.is_some_and(|starts| starts.differ(clock))
    }
}
