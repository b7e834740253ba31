//! Joins snapshots into one ticket.
//!
//! Deliveries arrive late, twice and out of order. The join keeps, field by field, the earliest, the latest or the
//! newest value, so that any order of the same lines gives the same ticket:
//!
//! ```text
//! arrived          created   completed   called   called
//! first_called_at     -        10:10     10:02    10:02
//! location          old        new        new      new      (newest by order key, not by arrival)
//! ```

use crate::webhook::{BookingTime, Event, Rating, Snapshot};

use super::facts::Facts;
use super::names::{NameId, Names};
use super::order::{Earliest, Latest, Newest, OrderKey};

/// A ticket while it is being joined; names are numbers of the fold's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Joined {
    pub(super) facts: Facts,
    pub(super) created_at: Earliest,
    pub(super) activated_at: Earliest,
    pub(super) first_called_at: Earliest,
    pub(super) last_called_at: Latest,
    pub(super) checked_in_at: Earliest,
    pub(super) completed_at: Earliest,
    pub(super) rejected_at: Earliest,
    /// Earliest receive time of `positionCancelled`.
    pub(super) customer_cancel_received: Earliest,
    /// Earliest receive time of `positionCancelledByStaff`.
    pub(super) staff_cancel_received: Earliest,
    /// Earliest receive time of `positionRemoved` or `bookingRemoved`.
    pub(super) removal_received: Earliest,
    pub(super) retries: Latest,
    pub(super) location: Newest<NameId>,
    pub(super) queue: Newest<NameId>,
    pub(super) ticket_type: Newest<NameId>,
    pub(super) category: Newest<NameId>,
    pub(super) people: Newest<u32>,
    pub(super) booking_start: Newest<BookingTime>,
    pub(super) booking_end: Newest<BookingTime>,
    pub(super) rating: Newest<Rating>,
}

/// The names of a snapshot as numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct NamesOf {
    pub(super) location: Option<NameId>,
    pub(super) queue: Option<NameId>,
    pub(super) ticket_type: Option<NameId>,
    pub(super) category: Option<NameId>,
}

impl NamesOf {
    pub(super) fn intern(snapshot: &Snapshot<'_>, names: &mut Names) -> Self {
        Self {
            location: snapshot.location.as_deref().and_then(|n| names.intern_normalised(n)),
            queue: snapshot.queue.as_deref().map(|n| names.intern(n)),
            ticket_type: snapshot.ticket_type.as_deref().map(|n| names.intern(n)),
            category: snapshot.category.as_deref().map(|n| names.intern(n)),
        }
    }
}

impl Joined {
    /// Takes in one snapshot.
    pub(super) fn push(&mut self, snapshot: &Snapshot<'_>, names: NamesOf, key: OrderKey) {
        self.facts = self.facts.with(Facts::of(snapshot));
        self.created_at.offer(snapshot.created_at);
        self.activated_at.offer(snapshot.activated_at);
        self.first_called_at.offer(snapshot.called_at);
        self.last_called_at.offer(snapshot.called_at);
        self.checked_in_at.offer(snapshot.check_in());
        self.completed_at.offer(snapshot.completed_at);
        self.rejected_at.offer(snapshot.rejected_at);
        self.retries.offer(snapshot.retries.map(i64::from));
        match snapshot.event {
            Event::PositionCancelled => self.customer_cancel_received.offer(snapshot.received_at),
            Event::PositionCancelledByStaff => {
                self.staff_cancel_received.offer(snapshot.received_at);
            }
            Event::PositionRemoved => self.removal_received.offer(snapshot.received_at),
            Event::BookingConfirmation
            | Event::PositionCreated
            | Event::BookingUpdated
            | Event::BookingActivated
            | Event::PositionCalled
            | Event::PositionRetry
            | Event::PositionFulfilled
            | Event::PositionCompleted
            | Event::FeedbackReceived
            | Event::Unknown => {}
        }
        self.location.offer(key, names.location);
        self.queue.offer(key, names.queue);
        self.ticket_type.offer(key, names.ticket_type);
        self.category.offer(key, names.category);
        self.people.offer(key, snapshot.people);
        self.booking_start.offer(key, snapshot.booking_start);
        self.booking_end.offer(key, snapshot.booking_end);
        self.rating.offer(key, snapshot.rating);
    }

    /// Takes in the same ticket of another fold, whose names have been renumbered to this one's.
    pub(super) fn merge(&mut self, other: &Self) {
        self.facts = self.facts.with(other.facts);
        self.created_at.merge(other.created_at);
        self.activated_at.merge(other.activated_at);
        self.first_called_at.merge(other.first_called_at);
        self.last_called_at.merge(other.last_called_at);
        self.checked_in_at.merge(other.checked_in_at);
        self.completed_at.merge(other.completed_at);
        self.rejected_at.merge(other.rejected_at);
        self.customer_cancel_received.merge(other.customer_cancel_received);
        self.staff_cancel_received.merge(other.staff_cancel_received);
        self.removal_received.merge(other.removal_received);
        self.retries.merge(other.retries);
        self.location.merge(other.location);
        self.queue.merge(other.queue);
        self.ticket_type.merge(other.ticket_type);
        self.category.merge(other.category);
        self.people.merge(other.people);
        self.booking_start.merge(other.booking_start);
        self.booking_end.merge(other.booking_end);
        self.rating.merge(other.rating);
    }

    /// Renumbers the names.
    pub(super) fn renumber(mut self, new: impl Fn(NameId) -> NameId) -> Self {
        self.location = self.location.map(&new);
        self.queue = self.queue.map(&new);
        self.ticket_type = self.ticket_type.map(&new);
        self.category = self.category.map(&new);
        self
    }
}
