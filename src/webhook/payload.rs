//! The payload as sent by the vendor, all versions, as borrowed slices.
//!
//! Only declared fields are read; every other field (messages, phone numbers, mail addresses, staff, custom data) is
//! skipped by the parser without being decoded. A declared key that occurs twice in one object is an error.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::error::Category as ErrorKind;
use serde_json::value::RawValue;

use super::field::{Field, Fields};
use super::reject::Reject;

/// The raw JSON of a value that may be absent or null.
pub(super) type Json<'a> = Option<&'a RawValue>;

/// A value that should be an object.
#[derive(Debug, Default)]
pub(super) enum Shape<T> {
    /// Absent or null.
    #[default]
    Missing,
    /// An object.
    Object(T),
    /// Any other type.
    Other,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Shape<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ShapeVisitor(PhantomData))
    }
}

struct ShapeVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ShapeVisitor<T> {
    type Value = Shape<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Shape<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Shape::Object)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Shape<T>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Shape::Other)
    }

    fn visit_unit<E>(self) -> Result<Shape<T>, E> {
        Ok(Shape::Missing)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape<T>, E> {
        Ok(Shape::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Shape<T>, E> {
        Ok(Shape::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Shape<T>, E> {
        Ok(Shape::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape<T>, E> {
        Ok(Shape::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<Shape<T>, E> {
        Ok(Shape::Other)
    }
}

/// A webhook.
#[derive(Deserialize)]
pub(super) struct Outer<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Json<'a>,
    #[serde(borrow)]
    pub(super) organization: Json<'a>,
    #[serde(borrow, default)]
    pub(super) data: Shape<Data<'a>>,
}

impl<'a> Outer<'a> {
    /// The needed fields.
    ///
    /// # Errors
    /// [`Reject::NoWebhook`] if there is no position object.
    pub(super) fn fields(self) -> Result<Fields<'a>, Reject> {
        let position = match self.data {
            Shape::Object(Data { position: Shape::Object(position) }) => position,
            Shape::Object(_) | Shape::Missing | Shape::Other => return Err(Reject::NoWebhook),
        };
        let mut fields = Fields::new(false);
        for (field, json) in [
            (Field::Kind, self.kind),
            (Field::Organization, self.organization),
            (Field::Id, position.id),
            (Field::Location, position.location),
            (Field::TicketType, position.kind),
            (Field::Queue, position.queue),
            (Field::Status, position.status),
            (Field::CreatedAt, position.created_at),
            (Field::ActivatedAt, position.activated_at),
            (Field::CalledAt, position.called_at),
            (Field::FulfilledAt, position.fulfilled_at),
            (Field::CompletedAt, position.completed_at),
            (Field::RejectedAt, position.rejected_at),
            (Field::RetryCount, position.retry_count),
            (Field::NumberOfPeople, position.number_of_people),
            (Field::Booking, position.booking),
            (Field::RegistrationData, position.registration_data),
            (Field::Feedback, position.feedback),
        ] {
            fields.set(field, json.map(|json| json.get().as_bytes()));
        }
        Ok(fields)
    }
}

/// `data`.
#[derive(Deserialize)]
pub(super) struct Data<'a> {
    #[serde(borrow, default)]
    pub(super) position: Shape<Position<'a>>,
}

/// `data.position`: the ticket after the event.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Position<'a> {
    #[serde(borrow)]
    pub(super) id: Json<'a>,
    /// A string until January 2021, then `{locationName}`, then `{locationName, organizationTitle}`; sometimes null.
    #[serde(borrow)]
    pub(super) location: Json<'a>,
    #[serde(borrow, rename = "type")]
    pub(super) kind: Json<'a>,
    #[serde(borrow)]
    pub(super) queue: Json<'a>,
    #[serde(borrow)]
    pub(super) status: Json<'a>,
    #[serde(borrow)]
    pub(super) created_at: Json<'a>,
    #[serde(borrow)]
    pub(super) activated_at: Json<'a>,
    #[serde(borrow)]
    pub(super) called_at: Json<'a>,
    #[serde(borrow)]
    pub(super) fulfilled_at: Json<'a>,
    #[serde(borrow)]
    pub(super) completed_at: Json<'a>,
    #[serde(borrow)]
    pub(super) rejected_at: Json<'a>,
    #[serde(borrow)]
    pub(super) retry_count: Json<'a>,
    #[serde(borrow)]
    pub(super) number_of_people: Json<'a>,
    #[serde(borrow)]
    pub(super) booking: Json<'a>,
    #[serde(borrow)]
    pub(super) registration_data: Json<'a>,
    #[serde(borrow)]
    pub(super) feedback: Json<'a>,
}

/// `location` as an object.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location<'a> {
    #[serde(borrow)]
    pub(super) location_name: Json<'a>,
}

/// `booking`.
#[derive(Deserialize)]
pub(super) struct Booking<'a> {
    #[serde(borrow)]
    pub(super) start: Json<'a>,
    #[serde(borrow)]
    pub(super) end: Json<'a>,
}

/// `feedback`; its message is free text and therefore not declared.
#[derive(Deserialize)]
pub(super) struct Feedback<'a> {
    #[serde(borrow)]
    pub(super) rating: Json<'a>,
}

/// One answer of `registrationData`: a member of the object form, or an element of the array form.
#[derive(Deserialize)]
pub(super) struct Answer<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Json<'a>,
    #[serde(borrow)]
    pub(super) value: Json<'a>,
}

/// The answer of type `category`; every other answer is personal and dropped at once.
#[derive(Debug, Default)]
pub(super) struct Category<'a>(pub(super) Json<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Category<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(CategoryVisitor)
    }
}

struct CategoryVisitor;

impl<'de> Visitor<'de> for CategoryVisitor {
    type Value = Category<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("registration data")
    }

    /// `{ "category": { "value": … } }`
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if let Shape::Object(answer) = map.next_value::<Shape<Answer<'de>>>()? {
                let named = key == "category" || is_category(&answer);
                if named && found.is_none() {
                    found = answer.value;
                }
            }
        }
        Ok(Category(found))
    }

    /// `[ { "type": "category", "value": … } ]`
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(answer) = seq.next_element::<Shape<Answer<'de>>>()? {
            if let Shape::Object(answer) = answer
                && is_category(&answer)
                && found.is_none()
            {
                found = answer.value;
            }
        }
        Ok(Category(found))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Category(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Category(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Category(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Category(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Category(None))
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Category(None))
    }
}

fn is_category(answer: &Answer<'_>) -> bool {
    answer.kind.is_some_and(|kind| kind.get() == "\"category\"")
}

/// Parses JSON into a type whose fields are slices. The error says what is wrong without quoting the text.
pub(super) fn typed<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, Reject> {
    serde_json::from_slice(json).map_err(|error| {
        if serde_json::from_slice::<IgnoredAny>(json).is_err() {
            Reject::NotJson
        } else if error.classify() == ErrorKind::Data {
            // The types accept any value for any field, so only a duplicate key can be wrong.
            Reject::DuplicateKey
        } else {
            Reject::BadUtf8
        }
    })
}
