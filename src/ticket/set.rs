//! The finished tickets, each with its outcome and location.
//!
//! A ticket is kept as small as it was joined; a [`Ticket`] is made of it when somebody looks.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::NaiveDate;

use crate::calendar::Zone;
use crate::webhook::{BookingTime, Rating, TicketId};

use super::anomaly::Anomaly;
use super::facts::Facts;
use super::join::{CancelledBy, Joined};
use super::names::{NameId, Names};
use super::outcome::Outcome;

/// One visit, joined from all its webhooks. Times are UTC milliseconds, `None` = unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// Id within the organization.
    pub id: TicketId,
    /// Place of its location in [`TicketSet::locations`].
    pub location: usize,
    /// Queue.
    pub queue: Option<NameId>,
    /// Type as sent: `anonymous`, `booking`, `manual`, …
    pub ticket_type: Option<NameId>,
    /// Service chosen at registration.
    pub category: Option<NameId>,
    /// Booked for a slot.
    pub is_booking: bool,
    /// What was seen of it.
    pub facts: Facts,
    /// How it ended.
    pub outcome: Outcome,
    /// Made.
    pub created_at: Option<i64>,
    /// Activated.
    pub activated_at: Option<i64>,
    /// Called for the first time.
    pub first_called_at: Option<i64>,
    /// Called for the last time.
    pub last_called_at: Option<i64>,
    /// Valid check-in.
    pub checked_in_at: Option<i64>,
    /// Checked out.
    pub completed_at: Option<i64>,
    /// End of a ticket that was not served.
    pub closed_at: Option<i64>,
    /// Start of the slot.
    pub booking_start: Option<i64>,
    /// End of the slot.
    pub booking_end: Option<i64>,
    /// Size of the party; 1 where none was sent.
    pub people: u32,
    /// Times it was called and not found.
    pub retries: u32,
    /// Rating of the visit.
    pub rating: Option<Rating>,
}

/// A location of an organization.
#[derive(Debug, Clone, PartialEq)]
pub struct Location {
    /// Organization.
    pub organization: String,
    /// Display name.
    pub name: String,
    /// Zone of its local days.
    pub zone: Zone,
    /// Whether anybody chose the zone (else it is UTC for want of one).
    pub zone_is_chosen: bool,
    /// Target of the wait, milliseconds.
    pub target_ms: i64,
}

/// All tickets of an archive.
#[derive(Debug, Clone, Default)]
pub struct TicketSet {
    /// Names that the numbers stand for.
    pub names: Names,
    /// Locations, by organization and name.
    pub locations: Vec<Location>,
    /// Where the tickets are, by location and id.
    pub(super) order: Vec<Position>,
    /// The tickets as joined, by shard.
    pub(super) shards: Vec<Vec<Joined>>,
    /// Name of the type of bookings.
    pub(super) booking: Option<NameId>,
    /// Counters by organization; the detail is a queue or location name, or empty.
    pub anomalies: BTreeMap<(String, Anomaly, String), u64>,
    /// Organizations seen in each file (by number) with the first and last local service date.
    pub file_spans: BTreeMap<(u32, String), Option<(NaiveDate, NaiveDate)>>,
}

/// Where a ticket is, and what it belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Position {
    pub(super) location: u32,
    pub(super) shard: u32,
    pub(super) at: u32,
}

impl TicketSet {
    /// Number of tickets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The tickets, by location and id.
    pub fn tickets(&self) -> impl Iterator<Item = Ticket> {
        (0..self.len()).filter_map(|at| self.ticket(at))
    }

    /// A ticket by its place in the order of location and id.
    #[must_use]
    pub fn ticket(&self, at: usize) -> Option<Ticket> {
        let joined = self.joined(at)?;
        let location = self.order.get(at)?.location as usize;
        let zone = self.locations.get(location)?.zone;
        Some(view(joined, location, zone, self.booking))
    }

    /// The type of a ticket, by its place; the outer `None` if there is no such place.
    #[must_use]
    #[expect(clippy::option_option, reason = "the inner one is an unknown type")]
    pub fn type_of(&self, at: usize) -> Option<Option<NameId>> {
        self.joined(at).map(|joined| joined.values.ticket_type)
    }

    fn joined(&self, at: usize) -> Option<&Joined> {
        let position = self.order.get(at)?;
        self.shards.get(position.shard as usize)?.get(position.at as usize)
    }

    /// The places of the tickets of some neighbouring locations.
    #[must_use]
    pub fn of_locations(&self, locations: Range<usize>) -> Range<usize> {
        let before = |end: usize| self.order.partition_point(|p| (p.location as usize) < end);
        before(locations.start)..before(locations.end)
    }

    /// Leaves only some locations (by their place in the list) and their tickets.
    pub fn keep_locations(&mut self, keep: impl Fn(usize) -> bool) {
        let mut places = Vec::with_capacity(self.locations.len());
        let mut next = 0_u32;
        for at in 0..self.locations.len() {
            places.push(keep(at).then_some(next));
            next += u32::from(keep(at));
        }
        let mut at = 0..;
        self.locations.retain(|_| at.next().is_some_and(&keep));
        self.order.retain_mut(|position| {
            match places.get(position.location as usize).copied().flatten() {
                Some(place) => {
                    position.location = place;
                    true
                }
                None => false,
            }
        });
    }
}

/// The ticket of what was joined, at a location.
pub(super) fn view(
    joined: &Joined,
    location: usize,
    zone: Zone,
    booking: Option<NameId>,
) -> Ticket {
    let instant = |time: Option<BookingTime>| match time? {
        BookingTime::Instant(at) => Some(at),
        BookingTime::WallClock(wall) => zone.resolve_wall_clock(wall),
    };
    let outcome = Outcome::of(joined.facts);
    let event_received = match outcome {
        Outcome::Served | Outcome::Rejected | Outcome::Open => None,
        Outcome::CancelledByCustomer => joined.cancel_received(CancelledBy::Customer),
        Outcome::CancelledByStaff => joined.cancel_received(CancelledBy::Staff),
        Outcome::NoShow | Outcome::Removed => joined.cancel_received(CancelledBy::Removal),
    };
    let lost = outcome != Outcome::Served && outcome != Outcome::Open;
    let values = &joined.values;
    Ticket {
        id: joined.id,
        location,
        queue: values.queue,
        ticket_type: values.ticket_type,
        category: values.category,
        is_booking: values.ticket_type.is_some() && values.ticket_type == booking,
        facts: joined.facts,
        outcome,
        created_at: joined.created_at.get(),
        activated_at: joined.activated_at.get(),
        first_called_at: joined.first_called_at.get(),
        last_called_at: joined.last_called_at.get(),
        checked_in_at: joined.checked_in_at.get(),
        completed_at: joined.completed_at.get(),
        closed_at: joined.rejected_at.get().or(event_received).filter(|_| lost),
        booking_start: instant(values.start.get()),
        booking_end: instant(values.end.get()),
        people: u32::from(values.people.max(1)),
        retries: u32::from(joined.retries),
        rating: Rating::new(values.rating),
    }
}
