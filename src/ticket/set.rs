//! The finished tickets, each with its outcome and location.
//!
//! Tickets stay in the compact form of the join; a [`Ticket`] is made on demand.

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::calendar::Clock;
use crate::webhook::{BookingTime, Rating, TicketId};

use super::cancelled_by::CancelledBy;
use super::facts::Facts;
use super::join::Joined;
use super::names::{NameId, Names};
use super::outcome::Outcome;

/// One visit, joined from all its webhooks. Times are UTC milliseconds, `None` = unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// Id within the organization.
    pub id: TicketId,
    /// Index of its location in [`TicketSet::locations`].
    pub location: usize,
    /// Queue.
    pub queue: Option<NameId>,
    /// Type as sent: `anonymous`, `booking`, `manual`, …
    pub ticket_type: Option<NameId>,
    /// Service chosen at registration.
    pub category: Option<NameId>,
    /// Booked for a slot.
    pub is_booking: bool,
    /// Booked for a slot that was moved: its earliest and latest known start differ.
    pub is_rescheduled: bool,
    /// The facts seen.
    pub facts: Facts,
    /// How it ended. Never `Lapsed`, which depends on the instant of the run.
    pub outcome: Outcome,
    /// When it was created.
    pub created_at: Option<i64>,
    /// When it was activated.
    pub activated_at: Option<i64>,
    /// When it was first called.
    pub first_called_at: Option<i64>,
    /// When it was last called.
    pub last_called_at: Option<i64>,
    /// Its valid check-in.
    pub checked_in_at: Option<i64>,
    /// Its check-out.
    pub completed_at: Option<i64>,
    /// When it ended without being served.
    pub closed_at: Option<i64>,
    /// Start of the slot.
    pub booking_start: Option<i64>,
    /// End of the slot.
    pub booking_end: Option<i64>,
    /// Size of the party; 1 where none was sent.
    pub people: u32,
    /// How often it was called and not found.
    pub retries: u32,
    /// Rating of the visit.
    pub rating: Option<Rating>,
}

impl Ticket {
    /// Whether it was called more than once, or put back.
    #[must_use]
    pub fn is_recalled(&self) -> bool {
        self.facts.any(Facts::RETRIED) || self.first_called_at != self.last_called_at
    }
}

/// A location of an organization.
#[derive(Debug, Clone, PartialEq)]
pub struct Location {
    /// Organization.
    pub organization: String,
    /// Display name.
    pub name: String,
    /// Clock of its local days.
    pub clock: Clock,
    /// Whether the zone was configured; else it is UTC for want of one.
    pub zone_is_chosen: bool,
    /// Whether any of its tickets ever had a `positionFulfilled` or `positionCompleted`. If not, its check-ins are not
    /// archived, and no ticket is said to have lapsed.
    pub has_check_ins: bool,
    /// Target of the wait, milliseconds.
    pub target_ms: i64,
}

/// Joined tickets, each with the index of its location, if it has one.
type JoinedShard = (Vec<Joined>, Vec<Option<u32>>);

/// All tickets of an archive.
#[derive(Debug, Clone, Default)]
pub struct TicketSet {
    /// The names that numbers stand for.
    pub names: Names,
    /// Locations, sorted by organization and name.
    pub locations: Vec<Location>,
    /// Ticket types, sorted by name.
    pub types: Vec<NameId>,
    /// Queues, sorted by name.
    pub queues: Vec<NameId>,
    /// Services chosen at registration, sorted by name.
    pub categories: Vec<NameId>,
    /// The joined tickets, each with the index of its location, in no particular order; one without a location is left
    /// out.
    pub(super) shards: Vec<JoinedShard>,
    /// The type of bookings.
    pub(super) booking: Option<NameId>,
}

impl TicketSet {
    /// Number of tickets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shards.iter().map(|(_, places)| places.iter().flatten().count()).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Splits the tickets into parts of at most `most`, so that several threads can share the work.
    #[must_use]
    pub fn parts(&self, most: usize) -> Vec<Part<'_>> {
        self.parts_of(&self.shards, most)
    }

    fn parts_of<'s>(&'s self, shards: &'s [JoinedShard], most: usize) -> Vec<Part<'s>> {
        let mut parts = Vec::new();
        for (tickets, places) in shards {
            for (tickets, places) in tickets.chunks(most.max(1)).zip(places.chunks(most.max(1))) {
                parts.push(Part { set: self, tickets, places });
            }
        }
        parts
    }

    /// Takes all tickets out, and makes something of each of the parts ([`TicketSet::parts`]), in their order. The memory of a
    /// shard is free again as soon as its parts are made, so that what is made of the others finds room.
    pub fn drain<T: Send>(
        &mut self,
        most: usize,
        make: impl Fn(&Self, &Part<'_>) -> T + Sync,
    ) -> Vec<T> {
        let shards = std::mem::take(&mut self.shards);
        let set = &*self;
        let of_shard = |shard: JoinedShard| {
            let parts = set.parts_of(std::slice::from_ref(&shard), most);
            parts.par_iter().map(|part| make(set, part)).collect::<Vec<T>>()
        };
        let made: Vec<Vec<T>> = shards.into_par_iter().map(of_shard).collect();
        made.into_iter().flatten().collect()
    }

    /// The tickets, sorted by location and id.
    #[must_use]
    pub fn tickets(&self) -> Vec<Ticket> {
        let mut tickets: Vec<Ticket> =
            self.parts(usize::MAX).iter().flat_map(Part::tickets).collect();
        tickets.sort_unstable_by_key(|ticket| (ticket.location, ticket.id));
        tickets
    }
}

/// Some of the tickets of a set, in no particular order.
#[derive(Debug, Clone, Copy)]
pub struct Part<'s> {
    set: &'s TicketSet,
    tickets: &'s [Joined],
    places: &'s [Option<u32>],
}

impl Part<'_> {
    /// Indexes of the locations of the tickets, in their order.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        self.places.iter().flatten().map(|place| *place as usize)
    }

    /// The tickets.
    pub fn tickets(&self) -> impl Iterator<Item = Ticket> {
        let set = self.set;
        self.tickets.iter().zip(self.places).filter_map(move |(joined, place)| {
            let place = (*place)? as usize;
            Some(view(joined, place, set.locations.get(place)?.clock, set.booking))
        })
    }
}

/// Makes the ticket of a joined one at a location.
pub(super) fn view(
    joined: &Joined,
    location: usize,
    clock: Clock,
    booking: Option<NameId>,
) -> Ticket {
    let instant = |time: Option<BookingTime>| match time? {
        BookingTime::Instant(at) => Some(at),
        BookingTime::WallClock(wall) => clock.resolve_wall_clock(wall),
    };
    let outcome = Outcome::of(joined.facts);
    let event_received = match outcome {
        Outcome::Served | Outcome::Rejected | Outcome::Lapsed | Outcome::Open => None,
        Outcome::CancelledByCustomer => joined.cancel_received(CancelledBy::Customer),
        Outcome::CancelledByStaff => joined.cancel_received(CancelledBy::Staff),
        Outcome::NoShow | Outcome::Removed => joined.cancel_received(CancelledBy::Removal),
    };
    let lost = outcome != Outcome::Served && outcome != Outcome::Open;
    let values = &joined.values;
    let is_booking = values.ticket_type.is_some() && values.ticket_type == booking;
    Ticket {
        id: joined.id,
        location,
        queue: values.queue,
        ticket_type: values.ticket_type,
        category: values.category,
        is_booking,
        is_rescheduled: is_booking && joined.is_moved(clock),
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
