//! Facts seen about a ticket: a set that only grows.

use crate::webhook::{Event, Snapshot, Status};

/// A set of facts, joined by union.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Facts(u16);

impl Facts {
    /// Called at least once: `calledAt`, `positionCalled`, `positionRetry`, or a retry count above 0.
    pub const CALLED: Self = Self(1);
    /// Called and not found: `positionRetry` or a retry count above 0.
    pub const RETRIED: Self = Self(1 << 1);
    /// Checked in: `positionFulfilled`, status `fulfilled`, or a valid `fulfilledAt`.
    pub const CHECKED_IN: Self = Self(1 << 2);
    /// Completed: `positionCompleted` or status `completed`.
    pub const COMPLETED: Self = Self(1 << 3);
    /// `positionCancelled`.
    pub const CANCELLED_BY_CUSTOMER: Self = Self(1 << 4);
    /// `positionCancelledByStaff`.
    pub const CANCELLED_BY_STAFF: Self = Self(1 << 5);
    /// `positionRemoved` or `bookingRemoved`.
    pub const REMOVED: Self = Self(1 << 6);
    /// Status `rejected`.
    pub const REJECTED: Self = Self(1 << 7);
    /// `feedbackReceived`.
    pub const FEEDBACK: Self = Self(1 << 8);
    /// Any event other than `feedbackReceived`.
    pub const OTHER_EVENT: Self = Self(1 << 9);
    /// `positionFulfilled` or `positionCompleted`. These events prove that check-ins are archived; a status does not.
    pub const CHECK_IN_EVENT: Self = Self(1 << 10);
    /// Two webhooks name different queues. No single line shows it; the join does.
    pub const SEVERAL_QUEUES: Self = Self(1 << 11);

    /// The facts of one snapshot.
    #[must_use]
    pub fn of(snapshot: &Snapshot<'_>) -> Self {
        let by_event = match snapshot.event {
            Event::PositionCalled => Self::CALLED,
            Event::PositionRetry => Self::CALLED.with(Self::RETRIED),
            Event::PositionFulfilled => Self::CHECKED_IN.with(Self::CHECK_IN_EVENT),
            Event::PositionCompleted => Self::COMPLETED.with(Self::CHECK_IN_EVENT),
            Event::PositionCancelled => Self::CANCELLED_BY_CUSTOMER,
            Event::PositionCancelledByStaff => Self::CANCELLED_BY_STAFF,
            Event::PositionRemoved => Self::REMOVED,
            Event::FeedbackReceived => Self::FEEDBACK,
            Event::BookingConfirmation
            | Event::PositionCreated
            | Event::BookingUpdated
            | Event::BookingActivated
            | Event::Unknown => Self::default(),
        };
        let by_status = match snapshot.status {
            Some(Status::Fulfilled) => Self::CHECKED_IN,
            Some(Status::Completed) => Self::COMPLETED,
            Some(Status::Rejected) => Self::REJECTED,
            Some(Status::Draft | Status::Pending | Status::Notified | Status::Unknown) | None => {
                Self::default()
            }
        };
        let given = |condition: bool, facts: Self| if condition { facts } else { Self::default() };
        by_event
            .with(by_status)
            .with(given(snapshot.check_in().is_some(), Self::CHECKED_IN))
            .with(given(snapshot.called_at.is_some(), Self::CALLED))
            .with(given(snapshot.retries.is_some_and(|n| n > 0), Self::CALLED.with(Self::RETRIED)))
            .with(given(snapshot.event != Event::FeedbackReceived, Self::OTHER_EVENT))
    }

    /// The set as bits, for storage.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// The set from stored bits.
    #[must_use]
    pub const fn of_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The union of both sets.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the ticket is known from feedback alone.
    #[must_use]
    pub const fn is_feedback_only(self) -> bool {
        self.any(Self::FEEDBACK) && !self.any(Self::OTHER_EVENT)
    }

    /// Whether any fact of `other` has been seen.
    #[must_use]
    pub const fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}
