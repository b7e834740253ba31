//! When tickets were created, and when their visits are planned.

use crate::calendar::Clock;
use crate::webhook::BookingTime;

use super::delivery::BOOKING;
use super::fold::Fold;
use super::heading::Headings;
use super::join::Joined;
use super::names::NameId;
use super::shard::Shard;

impl Fold {
    /// For each ticket, when it was created (UTC milliseconds), and when its visit is planned: the start of the slot
    /// for a booking, else the creation.
    pub fn times(&self) -> impl Iterator<Item = (Option<i64>, Option<BookingTime>)> {
        let booking = self.booking();
        let tickets = self.shards.iter().flat_map(|shard| &shard.tickets);
        tickets.map(move |joined| (joined.created_at.get(), visit(joined, booking)))
    }

    /// When each visit is planned, UTC milliseconds; a wall-clock time is taken as UTC. This rough time decides the
    /// month in which a ticket is kept.
    pub fn rough_times(&self) -> impl Iterator<Item = Option<i64>> {
        let booking = self.booking();
        let tickets = self.shards.iter().flat_map(|shard| &shard.tickets);
        tickets.map(move |joined| rough_time(joined, booking))
    }
}

impl Headings {
    /// The type of bookings, if one was seen.
    #[must_use]
    pub fn booking(&self) -> Option<NameId> {
        std::str::from_utf8(BOOKING).ok().and_then(|name| self.names.find(name))
    }
}

impl Shard {
    /// As [`Fold::rough_times`], for the tickets of this shard; `booking` is the type of bookings.
    pub fn rough_times(&self, booking: Option<NameId>) -> impl Iterator<Item = Option<i64>> {
        self.tickets.iter().map(move |joined| rough_time(joined, booking))
    }
}

fn visit(joined: &Joined, booking: Option<NameId>) -> Option<BookingTime> {
    let is_booking = booking.is_some() && joined.values.ticket_type == booking;
    let start = joined.values.start.get().filter(|_| is_booking);
    start.or(joined.created_at.get().map(BookingTime::Instant))
}

/// The instant whose local date is the service date, UTC milliseconds: the start of the slot of a booking, else the
/// creation.
pub(super) fn service_time(joined: &Joined, booking: Option<NameId>, clock: Clock) -> Option<i64> {
    let slot = match visit(joined, booking) {
        Some(BookingTime::Instant(at)) => Some(at),
        Some(BookingTime::WallClock(wall)) => clock.resolve_wall_clock(wall),
        None => None,
    };
    slot.or(joined.created_at.get())
}

/// As [`Fold::rough_times`], for one ticket.
pub(super) fn rough_time(joined: &Joined, booking: Option<NameId>) -> Option<i64> {
    let (BookingTime::Instant(at) | BookingTime::WallClock(at)) = visit(joined, booking)?;
    Some(at)
}
