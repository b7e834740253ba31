//! The fields of a payload that are needed, each as its JSON text.

use std::borrow::Cow;

use super::reject::Reject;
use super::scalar;
use super::snapshot::Text;

/// A needed field; its place in [`Fields`].
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
}

impl Field {
    /// Number of fields.
    pub(super) const COUNT: usize = Self::Rating as usize + 1;
}

/// The JSON text of a value that may be absent or null (`None`); the bytes are valid UTF-8.
pub(super) type Raw<'a> = Option<&'a [u8]>;

/// The needed fields of one payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fields<'a> {
    values: [Raw<'a>; Field::COUNT],
    /// Whether `location`, `booking` and `feedback` were looked into: then the fields inside them are set, and those
    /// three are not, unless `location` is no object.
    pub(super) looked_into: bool,
    /// Fields known to have no escape in them, a bit each.
    pub(super) plain: u32,
}

impl<'a> Fields<'a> {
    /// No field yet.
    pub(super) fn new(looked_into: bool) -> Self {
        Self { values: [None; Field::COUNT], looked_into, plain: 0 }
    }

    /// The JSON text of a field.
    pub(super) fn get(&self, field: Field) -> Raw<'a> {
        self.values.get(field as usize).copied().flatten()
    }

    /// The text of a field that is a string; `None` for absent, null and every other type.
    ///
    /// # Errors
    /// [`Reject::BadUtf8`] for half a surrogate pair.
    pub(super) fn text(&self, field: Field) -> Result<Option<Cow<'a, [u8]>>, Reject> {
        match self.get(field) {
            Some([b'"', inside @ .., b'"']) if self.plain & 1 << field as u8 != 0 => {
                Ok(Some(Cow::Borrowed(inside)))
            }
            raw => scalar::text(raw),
        }
    }

    /// The text of a field that is a string and not empty.
    ///
    /// # Errors
    /// As [`Fields::text`].
    pub(super) fn name(&self, field: Field) -> Result<Option<Text<'a>>, Reject> {
        Ok(self.text(field)?.filter(|text| !text.is_empty()).map(Text::of))
    }

    /// Sets a field.
    pub(super) fn set(&mut self, field: Field, raw: Raw<'a>) {
        if let Some(value) = self.values.get_mut(field as usize) {
            *value = raw;
        }
    }
}
