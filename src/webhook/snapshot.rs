//! The snapshot of a ticket after one event: one form for all payload versions.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_128;

use super::event::{Event, Status};
use super::rating::Rating;

/// Identity of a ticket within its organization: 16 bytes.
///
/// A UUID in canonical form, in lower or upper case, is stored as its own 16 bytes; any other text as its xxh3-128 hash,
/// for which case matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketId(pub [u8; 16]);

impl TicketId {
    /// The id of a `position.id`.
    #[must_use]
    pub fn from_text(text: &[u8]) -> Self {
        Self::from_uuid(text).unwrap_or_else(|| Self(xxh3_128(text).to_be_bytes()))
    }

    /// The 16 bytes of a UUID in canonical form; some databases write it in upper case.
    #[inline]
    pub(super) fn from_uuid(text: &[u8]) -> Option<Self> {
        // Passed on as one number: sixteen bytes beside a tag would be copied in parts that overlap.
        uuid(text).map(|id| Self(id.to_be_bytes()))
    }
}

/// The bytes of a UUID in canonical form as a number, the first byte highest.
fn uuid(text: &[u8]) -> Option<u128> {
    let text: &[u8; 36] = text.try_into().ok()?;
    let mut digits = [0; 32];
    let (mut to, mut from) = (digits.as_mut_slice(), text.as_slice());
    for length in [8, 4, 4, 4, 12] {
        let (group, behind) = from.split_at_checked(length)?;
        let (place, left) = to.split_at_mut_checked(length)?;
        place.copy_from_slice(group);
        to = left;
        from = match behind {
            [] => &[],
            [b'-', rest @ ..] => rest,
            _ => return None,
        };
    }
    // One loop for each step, so that the compiler processes sixteen digits at a time.
    let values = digits.map(hex_value);
    let mut bytes = [0; 16];
    for (byte, [high, low]) in bytes.iter_mut().zip(values.as_chunks().0) {
        *byte = high << 4 | low & 15;
    }
    let wrong = values.iter().fold(0, |wrong, value| wrong | value);
    (wrong & 0x80 == 0).then_some(u128::from_be_bytes(bytes))
}

/// The value of a hexadecimal digit; with the highest bit set for any other byte.
#[inline]
fn hex_value(c: u8) -> u8 {
    let (digit, letter) = (c.wrapping_sub(b'0'), (c | 0x20).wrapping_sub(b'a'));
    let letter = if letter < 6 { letter + 10 } else { 0x80 };
    if digit < 10 { digit } else { letter }
}

/// A name as sent: UTF-8, which is mostly only compared.
///
/// Names repeat from record to record, so they stay bytes until one has to be read.
#[derive(Clone, PartialEq, Eq)]
pub struct Text<'a>(Cow<'a, [u8]>);

impl<'a> Text<'a> {
    /// The text of bytes that are known to be UTF-8.
    pub(super) fn of(utf8: Cow<'a, [u8]>) -> Self {
        Self(utf8)
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The same text, owned.
    #[must_use]
    pub fn into_owned(self) -> Text<'static> {
        Text(Cow::Owned(self.0.into_owned()))
    }
}

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        // Both decoders have checked it.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}

/// A booking time: an instant, or a wall-clock time whose zone only the location knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BookingTime {
    /// UTC milliseconds since 1970.
    Instant(i64),
    /// Milliseconds since 1970 of a local wall clock.
    WallClock(i64),
}

/// Counters of odd but accepted records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Event type this version does not know; detail = the type.
    UnknownType,
    /// Status this version does not know; detail = the status.
    UnknownStatus,
    /// A rating sent as text and read as a number.
    RatingCoerced,
    /// A rating that is not on the scale.
    RatingBad,
    /// A time that cannot be read; detail = the field.
    TimestampBad,
    /// A time outside the plausible range; detail = the field.
    TimestampOutOfRange,
    /// A name with half a surrogate pair, which was replaced by U+FFFD; detail = the field.
    TextRepaired,
}

impl Measure {
    /// Every counter of this floor, in the order of `data_quality.csv`.
    pub const ALL: [Self; 7] = [
        Self::UnknownType,
        Self::UnknownStatus,
        Self::RatingCoerced,
        Self::RatingBad,
        Self::TimestampBad,
        Self::TimestampOutOfRange,
        Self::TextRepaired,
    ];

    /// Name of the counter in `data_quality.csv`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownType => "unknown_type",
            Self::UnknownStatus => "unknown_status",
            Self::RatingCoerced => "rating_coerced",
            Self::RatingBad => "rating_bad",
            Self::TimestampBad => "timestamp_bad",
            Self::TimestampOutOfRange => "timestamp_out_of_range",
            Self::TextRepaired => "text_repaired",
        }
    }
}

/// One odd thing about an accepted record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// Which counter it belongs to.
    pub measure: Measure,
    /// What it is counted by: a field name or a plain identifier, never free text.
    pub detail: Cow<'static, str>,
    /// For a time too far in the future: the earliest run, UTC milliseconds, that would accept it; `None` for anything else.
    pub in_range_from: Option<i64>,
    /// For a time out of range: its instant, UTC milliseconds.
    pub out_of_range: Option<i64>,
    /// For a rating beyond the scale: its number, rounded up, if that is at most 1,000 and so cannot be personal data.
    pub beyond_scale: Option<u32>,
}

/// What one webhook says about one ticket. Times are UTC milliseconds; absent, null and unusable values are `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot<'a> {
    /// Tenant.
    pub organization: Text<'a>,
    /// Ticket within the tenant.
    pub ticket: TicketId,
    /// What happened.
    pub event: Event,
    /// Status after it.
    pub status: Option<Status>,
    /// `anonymous`, `booking`, `manual`, …
    pub ticket_type: Option<Text<'a>>,
    /// Stable id of the queue.
    pub queue: Option<Text<'a>>,
    /// Display name of the queue, as sent.
    pub location: Option<Text<'a>>,
    /// Answer to the registration field of type `category`: the service chosen.
    pub category: Option<Text<'a>>,
    /// When the archive received the webhook, if known.
    pub received_at: Option<i64>,
    /// When the ticket or booking was made.
    pub created_at: Option<i64>,
    /// When it was activated.
    pub activated_at: Option<i64>,
    /// When it was called.
    pub called_at: Option<i64>,
    /// As sent; a check-in only where [`Snapshot::check_in`] says so.
    pub fulfilled_at: Option<i64>,
    /// When it was checked out.
    pub completed_at: Option<i64>,
    /// When it was rejected or cancelled.
    pub rejected_at: Option<i64>,
    /// Start of the booked slot.
    pub booking_start: Option<BookingTime>,
    /// End of the booked slot.
    pub booking_end: Option<BookingTime>,
    /// Size of the party, at least 1.
    pub people: Option<u32>,
    /// How often it was called and not found.
    pub retries: Option<u32>,
    /// Rating of the visit.
    pub rating: Option<Rating>,
    /// What is odd about the record.
    pub oddities: Vec<Oddity>,
}

impl Snapshot<'_> {
    /// `fulfilledAt` where it is a check-in: in `positionFulfilled`, `positionCompleted` and `feedbackReceived`, or
    /// with status `fulfilled` or `completed`. (`bookingActivated` carries the start of the slot in that field.)
    #[must_use]
    pub fn check_in(&self) -> Option<i64> {
        let by_event = matches!(
            self.event,
            Event::PositionFulfilled | Event::PositionCompleted | Event::FeedbackReceived
        );
        let by_status = matches!(self.status, Some(Status::Fulfilled | Status::Completed));
        if by_event || by_status { self.fulfilled_at } else { None }
    }

    /// Time part of the order key: the receive time, else the largest position time, else 0 (before everything).
    #[must_use]
    pub fn order_time(&self) -> i64 {
        // `None` sorts before every time.
        let latest = self
            .created_at
            .max(self.activated_at)
            .max(self.called_at)
            .max(self.fulfilled_at)
            .max(self.completed_at)
            .max(self.rejected_at);
        self.received_at.or(latest).unwrap_or(0)
    }

    /// The same snapshot, owned.
    #[must_use]
    pub fn into_owned(self) -> Snapshot<'static> {
        Snapshot {
            organization: self.organization.into_owned(),
            ticket_type: self.ticket_type.map(Text::into_owned),
            queue: self.queue.map(Text::into_owned),
            location: self.location.map(Text::into_owned),
            category: self.category.map(Text::into_owned),
            ticket: self.ticket,
            event: self.event,
            status: self.status,
            received_at: self.received_at,
            created_at: self.created_at,
            activated_at: self.activated_at,
            called_at: self.called_at,
            fulfilled_at: self.fulfilled_at,
            completed_at: self.completed_at,
            rejected_at: self.rejected_at,
            booking_start: self.booking_start,
            booking_end: self.booking_end,
            people: self.people,
            retries: self.retries,
            rating: self.rating,
            oddities: self.oddities,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn uuids_are_their_own_bytes_in_any_case(
            bytes in any::<[u8; 16]>(),
            edit in prop::option::of((0_usize..36, any::<u8>())),
            capitals in any::<u64>(),
        ) {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let groups = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
            let mut text = groups.join("-").into_bytes();
            let mut expected = Some(TicketId(bytes));
            if let Some((at, byte)) = edit {
                let value = char::from(byte).to_digit(16).and_then(|v| u8::try_from(v).ok());
                let digit = at - text[..at].iter().filter(|c| **c == b'-').count();
                expected = match (text[at], value) {
                    (b'-', _) => expected.filter(|_| byte == b'-'),
                    (_, None) => None,
                    (_, Some(value)) => {
                        let mut bytes = bytes;
                        let byte = &mut bytes[digit / 2];
                        *byte = if digit % 2 == 0 { *byte & 15 | value << 4 } else { *byte & 0xf0 | value };
                        Some(TicketId(bytes))
                    }
                };
                text[at] = byte;
            }
            for (_, c) in text.iter_mut().enumerate().filter(|(at, _)| capitals >> at & 1 == 1) {
                c.make_ascii_uppercase();
            }
            prop_assert_eq!(TicketId::from_uuid(&text), expected);
        }
    }

    #[test]
    fn a_uuid_is_its_own_bytes_and_other_ids_are_hashed() {
        let id = TicketId::from_text(b"cce2ae86-1f5c-4dd4-b040-0b606a850f62");
        assert_eq!(id.0[..4], [0xcc, 0xe2, 0xae, 0x86]);
        assert_eq!(id.0[15], 0x62);
        assert_eq!(TicketId::from_text(b"CCE2AE86-1F5C-4DD4-B040-0B606A850F62"), id);
        assert_eq!(TicketId::from_text(b"cce2AE86-1f5c-4dd4-b040-0B606a850f62"), id);
        assert_ne!(TicketId::from_text(b"A-1"), TicketId::from_text(b"a-1"));
        for other in ["42", "cce2ae861f5c4dd4b0400b606a850f62", "A-1"] {
            assert_eq!(
                TicketId::from_text(other.as_bytes()).0,
                xxh3_128(other.as_bytes()).to_be_bytes()
            );
        }
    }
}
