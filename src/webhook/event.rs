//! Event types and statuses, old and new. Unknown ones are accepted and counted.

/// What happened to a ticket, by the `type` of the webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// `bookingConfirmation`: the customer booked a slot.
    BookingConfirmation,
    /// `positionCreated`: a walk-in or manual ticket was made.
    PositionCreated,
    /// `bookingUpdated`: a booking was changed.
    BookingUpdated,
    /// `bookingActivated`: the slot became active. Its `fulfilledAt` is not a check-in.
    BookingActivated,
    /// `positionCalled`: staff called it.
    PositionCalled,
    /// `positionRetry`: called, not found, back to the queue.
    PositionRetry,
    /// `positionFulfilled`: staff checked it in.
    PositionFulfilled,
    /// `positionCompleted`: staff checked it out.
    PositionCompleted,
    /// `positionCancelled`: the customer cancelled.
    PositionCancelled,
    /// `positionCancelledByStaff`: staff cancelled an upcoming booking.
    PositionCancelledByStaff,
    /// `positionRemoved`, before January 2021 `bookingRemoved`: staff rejected the ticket.
    PositionRemoved,
    /// `feedbackReceived`: the customer gave or changed a rating.
    FeedbackReceived,
    /// A name this version does not know.
    Unknown,
}

impl Event {
    /// The event of a `type`, compared byte for byte.
    #[must_use]
    pub fn from_name(name: &[u8]) -> Self {
        match name {
            b"bookingConfirmation" => Self::BookingConfirmation,
            b"positionCreated" => Self::PositionCreated,
            b"bookingUpdated" => Self::BookingUpdated,
            b"bookingActivated" => Self::BookingActivated,
            b"positionCalled" => Self::PositionCalled,
            b"positionRetry" => Self::PositionRetry,
            b"positionFulfilled" => Self::PositionFulfilled,
            b"positionCompleted" => Self::PositionCompleted,
            b"positionCancelled" => Self::PositionCancelled,
            b"positionCancelledByStaff" => Self::PositionCancelledByStaff,
            b"positionRemoved" | b"bookingRemoved" => Self::PositionRemoved,
            b"feedbackReceived" => Self::FeedbackReceived,
            _ => Self::Unknown,
        }
    }

    /// Its name, as `type` has it; of one that changed its name, the newer one.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BookingConfirmation => "bookingConfirmation",
            Self::PositionCreated => "positionCreated",
            Self::BookingUpdated => "bookingUpdated",
            Self::BookingActivated => "bookingActivated",
            Self::PositionCalled => "positionCalled",
            Self::PositionRetry => "positionRetry",
            Self::PositionFulfilled => "positionFulfilled",
            Self::PositionCompleted => "positionCompleted",
            Self::PositionCancelled => "positionCancelled",
            Self::PositionCancelledByStaff => "positionCancelledByStaff",
            Self::PositionRemoved => "positionRemoved",
            Self::FeedbackReceived => "feedbackReceived",
            Self::Unknown => "(unknown type)",
        }
    }

    /// Position in the life of a ticket; decides between snapshots of the same time.
    #[must_use]
    pub const fn lifecycle_rank(self) -> u8 {
        match self {
            Self::BookingConfirmation | Self::PositionCreated => 0,
            Self::BookingUpdated => 1,
            Self::BookingActivated => 2,
            Self::PositionCalled => 3,
            Self::PositionRetry => 4,
            Self::PositionFulfilled => 5,
            Self::PositionCompleted => 6,
            Self::PositionCancelled | Self::PositionCancelledByStaff | Self::PositionRemoved => 7,
            Self::FeedbackReceived => 8,
            Self::Unknown => 9,
        }
    }
}

/// State of the ticket after the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// `draft`: booked, not active yet.
    Draft,
    /// `pending`: in the queue.
    Pending,
    /// `notified`: called.
    Notified,
    /// `fulfilled`: checked in.
    Fulfilled,
    /// `completed`: served.
    Completed,
    /// `rejected`: cancelled by the customer or by staff; only the event type tells which.
    Rejected,
    /// A value this version does not know.
    Unknown,
}

impl Status {
    /// The status of a value, compared byte for byte.
    #[must_use]
    pub fn from_name(name: &[u8]) -> Self {
        match name {
            b"draft" => Self::Draft,
            b"pending" => Self::Pending,
            b"notified" => Self::Notified,
            b"fulfilled" => Self::Fulfilled,
            b"completed" => Self::Completed,
            b"rejected" => Self::Rejected,
            _ => Self::Unknown,
        }
    }
}
