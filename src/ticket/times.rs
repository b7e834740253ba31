//! When tickets were made, and when their visits are to be, before they are finished.

use crate::webhook::BookingTime;

use super::delivery::BOOKING;
use super::fold::Fold;

impl Fold {
    /// Of each ticket, when it was created, and when its visit is (or was) to be: the start of the slot of a booking,
    /// else the creation.
    pub fn times(&self) -> impl Iterator<Item = (Option<i64>, Option<BookingTime>)> {
        let booking =
            std::str::from_utf8(BOOKING).ok().and_then(|name| self.headings.names.find(name));
        self.shards.iter().flat_map(|shard| &shard.tickets).map(move |joined| {
            let created = joined.created_at.get();
            let is_booking = booking.is_some() && joined.values.ticket_type == booking;
            let start = joined.values.start.get().filter(|_| is_booking);
            (created, start.or(created.map(BookingTime::Instant)))
        })
    }
}
