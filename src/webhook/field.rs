//! The fields of a payload that are needed, each as its JSON text.

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
}

impl<'a> Fields<'a> {
    /// No field yet.
    pub(super) fn new(looked_into: bool) -> Self {
        Self { values: [None; Field::COUNT], looked_into }
    }

    /// The JSON text of a field.
    pub(super) fn get(&self, field: Field) -> Raw<'a> {
        self.values.get(field as usize).copied().flatten()
    }

    /// Sets a field.
    pub(super) fn set(&mut self, field: Field, raw: Raw<'a>) {
        if let Some(value) = self.values.get_mut(field as usize) {
            *value = raw;
        }
    }
}
