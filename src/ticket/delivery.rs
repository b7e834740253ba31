//! What one line says of one ticket, with numbers for names: what threads hand to each other.

use crate::webhook::{BookingTime, Decoded, Event, Rating, Snapshot, TicketId};

use super::facts::Facts;
use super::heading::{Heading, HeadingCache, HeadingId};
use super::join::CancelledBy;
use super::names::NameId;
use super::order::{Earliest, PackedTime};
use super::values::Values;

/// Type of a ticket that was booked for a slot.
pub(super) const BOOKING: &[u8] = b"booking";

/// A snapshot made small; times and names as in a joined ticket.
#[derive(Debug, Clone, Copy)]
pub struct Delivery {
    /// Ticket within the organization.
    pub ticket: TicketId,
    /// Hash of the payload, to tell a repeated one; of a payload with a rating, the same in every run.
    pub payload_hash: u64,
    /// Number of the line, from 1 in whatever it was counted.
    pub line: u64,
    pub(super) organization: NameId,
    pub(super) heading: HeadingId,
    pub(super) facts: Facts,
    pub(super) retries: u16,
    pub(super) rank: u8,
    pub(super) cancelled_by: Option<CancelledBy>,
    pub(super) order_time: i64,
    pub(super) received_at: Earliest,
    pub(super) created_at: Earliest,
    pub(super) activated_at: Earliest,
    pub(super) called_at: Earliest,
    pub(super) checked_in_at: Earliest,
    pub(super) completed_at: Earliest,
    pub(super) rejected_at: Earliest,
    pub(super) values: Values,
    /// When the visit is (or was) to be: start of the slot of a booking, else the creation.
    pub(super) service: PackedTime,
}

/// What the times of a delivery say at an instant; UTC milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Happened {
    /// The newest of them that is not after the instant.
    pub newest: Option<i64>,
    /// The earliest of them that is.
    pub next: Option<i64>,
}

impl Delivery {
    /// The delivery of a decoded line.
    #[must_use]
    pub fn of(decoded: &Decoded<'_>, line: u64, headings: &mut HeadingCache<'_>) -> Self {
        let heading = headings.find(&decoded.snapshot);
        Self::with(&decoded.snapshot, decoded.payload_hash, line, heading)
    }

    /// The heading its line has.
    #[must_use]
    pub fn heading(&self) -> HeadingId {
        self.heading
    }

    /// Its organization, if its line has a rating.
    #[must_use]
    pub fn rated(&self) -> Option<NameId> {
        (self.values.rating != 0).then_some(self.organization)
    }

    /// What happened to the ticket up to an instant, and after it: created, activated, called, checked in, completed,
    /// rejected, received. What is only planned, such as the start of a slot, is not among it.
    #[must_use]
    pub fn happened(&self, as_of: i64) -> Happened {
        let times = [
            self.received_at,
            self.created_at,
            self.activated_at,
            self.called_at,
            self.checked_in_at,
            self.completed_at,
            self.rejected_at,
        ];
        // Of every line: plain numbers, no branches.
        let (mut newest, mut next) = (i64::MIN, i64::MAX);
        for at in times.map(Earliest::or_never) {
            let (past, future) = if at <= as_of { (at, i64::MAX) } else { (i64::MIN, at) };
            newest = newest.max(past);
            next = next.min(future);
        }
        Happened {
            newest: Some(newest).filter(|at| *at != i64::MIN),
            next: Some(next).filter(|at| *at != i64::MAX),
        }
    }

    pub(super) fn with(
        snapshot: &Snapshot<'_>,
        payload_hash: u64,
        line: u64,
        (id, heading): (HeadingId, Heading),
    ) -> Self {
        let booked = snapshot.ticket_type.as_ref().is_some_and(|t| t.as_bytes() == BOOKING);
        let start = PackedTime::of(snapshot.booking_start);
        let service = if booked && start != PackedTime::default() {
            start
        } else {
            PackedTime::of(snapshot.created_at.map(BookingTime::Instant))
        };
        let small = |n: Option<u32>| n.and_then(|n| u16::try_from(n).ok()).unwrap_or(0);
        Self {
            ticket: snapshot.ticket,
            payload_hash,
            line,
            organization: heading.organization,
            heading: id,
            facts: Facts::of(snapshot),
            retries: small(snapshot.retries),
            rank: snapshot.event.lifecycle_rank(),
            cancelled_by: match snapshot.event {
                Event::PositionCancelled => Some(CancelledBy::Customer),
                Event::PositionCancelledByStaff => Some(CancelledBy::Staff),
                Event::PositionRemoved => Some(CancelledBy::Removal),
                Event::BookingConfirmation
                | Event::PositionCreated
                | Event::BookingUpdated
                | Event::BookingActivated
                | Event::PositionCalled
                | Event::PositionRetry
                | Event::PositionFulfilled
                | Event::PositionCompleted
                | Event::FeedbackReceived
                | Event::Unknown => None,
            },
            order_time: snapshot.order_time(),
            received_at: Earliest::of(snapshot.received_at),
            created_at: Earliest::of(snapshot.created_at),
            activated_at: Earliest::of(snapshot.activated_at),
            called_at: Earliest::of(snapshot.called_at),
            checked_in_at: Earliest::of(snapshot.check_in()),
            completed_at: Earliest::of(snapshot.completed_at),
            rejected_at: Earliest::of(snapshot.rejected_at),
            values: Values {
                location: heading.location,
                queue: heading.queue,
                ticket_type: heading.ticket_type,
                category: heading.category,
                people: small(snapshot.people),
                rating: snapshot.rating.map_or(0, Rating::stars),
                start,
                end: PackedTime::of(snapshot.booking_end),
            },
            service,
        }
    }
}
