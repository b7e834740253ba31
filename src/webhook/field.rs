//! The needed fields of a payload, each as its JSON text.

use super::scalar::{self, HalfPair};
use super::snapshot::Text;
use super::value::{Raw, Value};

/// A needed field; also its index in [`Fields`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(super) enum Field {
    /// `type` of the webhook.
    Kind,
    /// `organization`.
    Organization,
    // The rest lies in `data.position`.
    Id,
    TicketType,
    Queue,
    Status,
    CreatedAt,
    ActivatedAt,
    CalledAt,
    FulfilledAt,
    CompletedAt,
    RejectedAt,
    RetryCount,
    NumberOfPeople,
    RegistrationData,
    Location,
    Booking,
    Feedback,
    // The rest lies in the three objects above.
    LocationName,
    BookingStart,
    BookingEnd,
    Rating,
    /// The payload in an envelope, or the string that holds it; used only by the fast decoder.
    Payload,
}

impl Field {
    /// Number of fields.
    pub(super) const COUNT: usize = Self::Payload as usize + 1;

    /// The bit that stands for this field.
    pub(super) const fn bit(self) -> u32 {
        1 << self as u8
    }
}

/// The needed fields of one payload.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a> {
    values: [Raw<'a>; Field::COUNT],
    /// Bits of the fields that are strings without escapes, for which only the inside is stored.
    plain: u32,
    /// Whether `location`, `booking` and `feedback` were looked into: then the fields inside them are set and those three
    /// are not, unless `location` is not an object.
    pub(super) looked_into: bool,
}

impl<'a> Fields<'a> {
    /// No field is set yet.
    pub(super) fn new(looked_into: bool) -> Self {
        Self { values: [None; Field::COUNT], plain: 0, looked_into }
    }

    /// The value of a field.
    #[inline(always)]
    pub(super) fn get(&self, field: Field) -> Value<'a> {
        match self.values.get(field as usize).copied().flatten() {
            None => Value::None,
            Some(inside) if self.plain & field.bit() != 0 => Value::Plain(inside),
            Some(json) => Value::Json(json),
        }
    }

    /// The text of a field that is a non-empty string.
    ///
    /// # Errors
    /// As [`scalar::text`].
    #[inline]
    pub(super) fn name(&self, field: Field) -> Result<Option<Text<'a>>, HalfPair> {
        scalar::non_empty(self.get(field))
    }

    /// Sets a field to a JSON text.
    pub(super) fn set(&mut self, field: Field, json: Raw<'a>) {
        self.put(field, json);
        self.plain &= !field.bit();
    }

    /// Sets a field to a string without escapes, given by its inside.
    pub(super) fn set_plain(&mut self, field: Field, inside: &'a [u8]) {
        self.put(field, Some(inside));
        self.plain |= field.bit();
    }

    /// Cuts `left` bytes off the end of a field.
    pub(super) fn cut(&mut self, field: Field, left: usize) {
        if let Some(Some(json)) = self.values.get_mut(field as usize) {
            *json = json.get(..json.len().saturating_sub(left)).unwrap_or_default();
        }
    }

    fn put(&mut self, field: Field, value: Raw<'a>) {
        if let Some(place) = self.values.get_mut(field as usize) {
            *place = value;
        }
    }
}
