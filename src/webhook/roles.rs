//! The roles of the objects and arrays of a text, and the meaning of their keys.

use super::field::Field;

/// A value that may be the receive time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Time {
    /// Its rank in the text, the best first.
    pub(super) order: u32,
    /// Its path in the record.
    pub(super) path: String,
}

/// The role of an open object or array.
#[derive(Debug)]
pub(super) enum Role {
    Hook {
        path: String,
    },
    Data,
    Position,
    Location,
    Booking,
    Feedback,
    /// An object in the webhook that is not looked into.
    Object,
    /// An array.
    Array,
    /// An object or array around the webhook.
    Around {
        path: String,
        data: bool,
        array: bool,
    },
    /// Any other object outside the webhook, or directly inside it.
    Beside(Beside),
}

/// What is known of an object outside the webhook.
#[derive(Debug, Clone, Default)]
pub(super) struct Beside {
    /// For an object directly inside one around the webhook: the order of receive times among its members, before their rank
    /// is added, and its path.
    pub(super) base: Option<(u32, String)>,
    /// The receive time that its wrappers may hold, and how many more may be nested.
    pub(super) wrapped: Option<(Time, u8)>,
    /// Whether its key is `data`: with a position in it, the object around it would be a webhook.
    pub(super) data: bool,
}

/// What is under a key.
#[derive(Debug)]
pub(super) enum Under {
    /// Nothing that is needed.
    Nothing,
    /// A needed value.
    Value(Field),
    /// `data`, or `data.position`: must be an object.
    Data,
    Position,
    /// An object that is looked into, if it is one.
    Into(Role, Field),
}

impl Role {
    pub(super) fn under(&self, key: &[u8]) -> Under {
        use Under::{Data, Into, Nothing, Position, Value};
        match (self, key) {
            (Self::Hook { .. }, b"type") => Value(Field::Kind),
            (Self::Hook { .. }, b"organization") => Value(Field::Organization),
            (Self::Hook { .. }, b"data") => Data,
            (Self::Data, b"position") => Position,
            (Self::Position, b"id") => Value(Field::Id),
            (Self::Position, b"location") => Into(Self::Location, Field::Location),
            (Self::Position, b"type") => Value(Field::TicketType),
            (Self::Position, b"queue") => Value(Field::Queue),
            (Self::Position, b"status") => Value(Field::Status),
            (Self::Position, b"createdAt") => Value(Field::CreatedAt),
            (Self::Position, b"activatedAt") => Value(Field::ActivatedAt),
            (Self::Position, b"calledAt") => Value(Field::CalledAt),
            (Self::Position, b"fulfilledAt") => Value(Field::FulfilledAt),
            (Self::Position, b"completedAt") => Value(Field::CompletedAt),
            (Self::Position, b"rejectedAt") => Value(Field::RejectedAt),
            (Self::Position, b"retryCount") => Value(Field::RetryCount),
            (Self::Position, b"numberOfPeople") => Value(Field::NumberOfPeople),
            (Self::Position, b"booking") => Into(Self::Booking, Field::Booking),
            (Self::Position, b"registrationData") => Value(Field::RegistrationData),
            (Self::Position, b"feedback") => Into(Self::Feedback, Field::Feedback),
            (Self::Location, b"locationName") => Value(Field::LocationName),
            (Self::Booking, b"start") => Value(Field::BookingStart),
            (Self::Booking, b"end") => Value(Field::BookingEnd),
            (Self::Feedback, b"rating") => Value(Field::Rating),
            _ => Nothing,
        }
    }

    /// Appends everything that matters for what follows to the name of a state.
    pub(super) fn note(&self, place: &mut Vec<u8>) {
        let time = |place: &mut Vec<u8>, order: u32, path: &str| {
            place.extend(order.to_le_bytes());
            place.extend(path.as_bytes());
            place.push(0);
        };
        place.push(match self {
            Self::Hook { .. } => b'H',
            Self::Data => b'D',
            Self::Position => b'P',
            Self::Location => b'L',
            Self::Booking => b'B',
            Self::Feedback => b'F',
            Self::Object => b'{',
            Self::Array => b'[',
            Self::Around { array: true, .. } => b'(',
            Self::Around { data: false, .. } => b'A',
            Self::Around { data: true, .. } => b'a',
            Self::Beside(Beside { data: false, .. }) => b'S',
            Self::Beside(Beside { data: true, .. }) => b's',
        });
        if let Self::Beside(Beside { base, wrapped, .. }) = self {
            if let Some((order, path)) = base {
                place.push(1);
                time(place, *order, path);
            }
            if let Some((Time { order, path }, deep)) = wrapped {
                place.extend([2, *deep]);
                time(place, *order, path);
            }
        }
    }
}
