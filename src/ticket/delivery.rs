//! What one line says of one ticket, with numbers for names: the form in which threads pass it on.

use crate::webhook::{BookingTime, Decoded, Event, Rating, Snapshot, TicketId};

use super::cancelled_by::CancelledBy;
use super::facts::Facts;
use super::heading::{Heading, HeadingCache, HeadingId};
use super::names::NameId;
use super::order::{Earliest, PackedTime};
use super::values::Values;

/// The ticket type of bookings, as sent.
pub(super) const BOOKING: &[u8] = b"booking";

/// A compact snapshot; times and names are held as in a joined ticket.
#[derive(Debug, Clone, Copy)]
pub struct Delivery {
    /// Id of the ticket within the organization.
    pub ticket: TicketId,
    /// Hash of the payload, to recognise repeats. For a payload with a rating it is the same in every run.
    pub payload_hash: u64,
    /// Number of the line, counted from 1 in its file or in a part of it.
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
    /// Planned time of the visit: start of the slot for a booking, else the creation.
    pub(super) service: PackedTime,
}

/// The times of a delivery closest to an instant, UTC milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Happened {
    /// The latest time that is not after the instant.
    pub newest: Option<i64>,
    /// The earliest time after the instant.
    pub next: Option<i64>,
}

impl Delivery {
    /// Makes the delivery of a decoded line.
    #[must_use]
    pub fn of(decoded: &Decoded<'_>, line: u64, headings: &mut HeadingCache<'_>) -> Self {
        let heading = headings.find(&decoded.snapshot);
        Self::with(&decoded.snapshot, decoded.payload_hash, line, heading)
    }

    /// The heading of its line.
    #[must_use]
    pub fn heading(&self) -> HeadingId {
        self.heading
    }

    /// Its organization, if its line has a rating.
    #[must_use]
    pub fn rated(&self) -> Option<NameId> {
        (self.values.rating != 0).then_some(self.organization)
    }

    /// When something last happened to the ticket up to `as_of` (UTC milliseconds), and when something first happens
    /// after it: created, activated, called, checked in, completed, rejected, received. Plans, such as the start of a
    /// slot, do not count.
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
        happened(times.map(Earliest::or_never), as_of)
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

/// The times closest to an instant; `i64::MAX` stands for an unknown time.
fn happened(times: [i64; 7], as_of: i64) -> Happened {
    // Runs for every line. An unknown time plus one wraps to the smallest number, so the maximum needs no branches.
    let latest = times.iter().fold(i64::MIN, |latest, at| latest.max(at.wrapping_add(1)));
    if latest == i64::MIN {
        return Happened::default();
    }
    if latest <= as_of {
        return Happened { newest: Some(latest - 1), next: None };
    }
    let known = || times.iter().copied().filter(|at| *at != i64::MAX);
    Happened {
        newest: known().filter(|at| *at <= as_of).max(),
        next: known().filter(|at| *at > as_of).min(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_happened_is_what_a_plain_loop_finds(
            times in proptest::array::uniform7(proptest::prop_oneof![0_i64..9, proptest::strategy::Just(i64::MAX)]),
            as_of in 0_i64..9,
        ) {
            let mut expected = Happened::default();
            for at in times.into_iter().filter(|at| *at < i64::MAX) {
                if at <= as_of {
                    expected.newest = Some(expected.newest.map_or(at, |newest| newest.max(at)));
                } else {
                    expected.next = Some(expected.next.map_or(at, |next| next.min(at)));
                }
            }
            proptest::prop_assert_eq!(happened(times, as_of), expected);
        }
    }
}
