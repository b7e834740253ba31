//! From the fields of a payload, as JSON texts, to a snapshot: the meaning of each field.
//!
//! Both decoders, the reference and the fast one, end here, so they can differ only in where a field begins and ends.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;

use foldhash::fast::FixedState;
use serde::Deserialize;
use serde_json::error::Category as ErrorKind;
use xxhash_rust::xxh3::xxh3_64;

use super::answers;
use super::decoded::Decoded;
use super::event::{Event, Status};
use super::field::{Field, Fields};
use super::payload::{Answer, Booking, Category, Feedback, Json, Location, typed};
use super::receive::Received;
use super::reject::Reject;
use super::scalar::{self, HalfPair};
use super::settings::Settings;
use super::snapshot::{BookingTime, Measure, Oddity, Snapshot, Text, TicketId};
use super::timestamp::{self, Range, Unusable};
use super::value::{Raw, Value};

/// Parses an object inside the payload; `None` if the value is absent or of another type.
fn object<'a, T: Deserialize<'a>>(value: Value<'a>) -> Result<Option<T>, Reject> {
    let Value::Json(json) = value else { return Ok(None) };
    if json.starts_with(b"{") { typed(json).map(Some) } else { Ok(None) }
}

/// Assembles the snapshot of a payload, with the time it was received.
///
/// # Errors
/// The reason why the fields do not make up a snapshot.
pub(super) fn assemble<'a>(
    fields: &Fields<'a>,
    payload: &[u8],
    received: Received,
    settings: &Settings,
) -> Result<Decoded<'a>, Reject> {
    let kind = fields.name(Field::Kind)?.ok_or(Reject::NoType)?;
    let ticket = ticket(fields)?;
    let organization = fields.name(Field::Organization)?.ok_or(Reject::NoOrganization)?;
    let inner;
    let fields = if fields.looked_into {
        fields
    } else {
        inner = look_into(fields)?;
        &inner
    };

    let mut odd = Odd { found: Vec::new(), limits: Range::of(settings) };
    let event = Event::from_name(kind.as_bytes());
    if event == Event::Unknown {
        odd.add(Measure::UnknownType, identifier(kind.as_bytes()));
    }
    if let Some(unusable) = received.odd {
        odd.time::<i64>("received_at", Err(unusable));
    }
    let status = status(fields.get(Field::Status), &mut odd)?;
    let rated = scalar::rating(fields.get(Field::Rating), settings.scale);
    let rating = rated.rating;
    odd.rating(rated);
    let ticket_type = odd.name("type", fields.get(Field::TicketType))?;
    let queue = fields.name(Field::Queue)?;
    let named = !matches!(fields.get(Field::LocationName), Value::None);
    let location = if named { Field::LocationName } else { Field::Location };
    let location = odd.name("location", fields.get(location))?;
    let category = category(fields.get(Field::RegistrationData), &mut odd)?;
    // One expression, so that the large snapshot is built in place and not copied.
    Ok(Decoded {
        message: None,
        payload_hash: if rating.is_some() { lasting_hash(payload) } else { hash(payload) },
        snapshot: Snapshot {
            organization,
            ticket,
            event,
            status,
            ticket_type,
            queue,
            location,
            category,
            received_at: received.at,
            created_at: given(fields, Field::CreatedAt, |time| odd.instant("createdAt", time)),
            activated_at: given(fields, Field::ActivatedAt, |time| {
                odd.instant("activatedAt", time)
            }),
            called_at: given(fields, Field::CalledAt, |time| odd.instant("calledAt", time)),
            fulfilled_at: given(fields, Field::FulfilledAt, |time| {
                odd.instant("fulfilledAt", time)
            }),
            completed_at: given(fields, Field::CompletedAt, |time| {
                odd.instant("completedAt", time)
            }),
            rejected_at: given(fields, Field::RejectedAt, |time| odd.instant("rejectedAt", time)),
            booking_start: given(fields, Field::BookingStart, |time| {
                odd.booking("booking.start", time)
            }),
            booking_end: given(fields, Field::BookingEnd, |time| odd.booking("booking.end", time)),
            people: scalar::whole(fields.get(Field::NumberOfPeople), 1, 10_000),
            retries: scalar::whole(fields.get(Field::RetryCount), 0, 10_000),
            rating,
            oddities: odd.found,
        },
    })
}

/// The hash of a payload, for use within this run: it may differ from machine to machine.
pub(super) fn hash(payload: &[u8]) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    hasher.write(payload.trim_ascii());
    hasher.finish()
}

/// The hash of a payload with a rating: nightly runs keep it, so it must never change, on any machine.
pub(super) fn lasting_hash(payload: &[u8]) -> u64 {
    xxh3_64(payload.trim_ascii())
}

/// Adds the fields inside `location`, `booking` and `feedback`, which the skeleton finds directly.
fn look_into<'a>(outer: &Fields<'a>) -> Result<Fields<'a>, Reject> {
    let mut fields = *outer;
    fields.looked_into = true;
    if let Some(location) = object::<Location<'_>>(outer.get(Field::Location))? {
        fields.set(Field::Location, None);
        fields.set(Field::LocationName, text(location.location_name));
    }
    if let Some(booking) = object::<Booking<'_>>(outer.get(Field::Booking))? {
        fields.set(Field::BookingStart, text(booking.start));
        fields.set(Field::BookingEnd, text(booking.end));
    }
    if let Some(feedback) = object::<Feedback<'_>>(outer.get(Field::Feedback))? {
        fields.set(Field::Rating, text(feedback.rating));
    }
    Ok(fields)
}

/// Applies `make` to a field, if it is present.
#[inline(always)]
fn given<'a, T>(
    fields: &Fields<'a>,
    field: Field,
    make: impl FnOnce(Value<'a>) -> Option<T>,
) -> Option<T> {
    match fields.get(field) {
        Value::None => None,
        value @ (Value::Plain(_) | Value::Json(_)) => make(value),
    }
}

/// The id of the ticket.
fn ticket(fields: &Fields<'_>) -> Result<TicketId, Reject> {
    let id = fields.name(Field::Id)?.ok_or(Reject::NoTicketId)?;
    if let Some(id) = TicketId::from_uuid(id.as_bytes()) {
        return Ok(id);
    }
    if id.contains('\0') {
        return Err(Reject::NoTicketId);
    }
    // An id is only ever hashed, so broken text in it would go unnoticed.
    if id.contains(char::REPLACEMENT_CHARACTER) {
        return Err(Reject::BadUtf8);
    }
    Ok(TicketId::from_text(id.as_bytes()))
}

fn status(value: Value<'_>, odd: &mut Odd) -> Result<Option<Status>, HalfPair> {
    let text = scalar::text(value)?;
    let name = match (value, text.as_deref()) {
        (Value::None, _) | (_, Some(b"")) => return Ok(None),
        (_, Some(name)) => name,
        // A value that is not a string is never the name of a status.
        (Value::Json(json) | Value::Plain(json), None) => json,
    };
    let status = Status::from_name(name);
    if status == Status::Unknown {
        odd.add(Measure::UnknownStatus, identifier(name));
    }
    Ok(Some(status))
}

/// Finds the word `category`. Without it there is no category, unless the word is written with escapes.
static CATEGORY: LazyLock<memchr::memmem::Finder<'static>> =
    LazyLock::new(|| memchr::memmem::Finder::new(b"category"));

/// The category among the registration answers.
fn category<'a>(answers: Value<'a>, odd: &mut Odd) -> Result<Option<Text<'a>>, Reject> {
    let Value::Json(json) = answers else { return Ok(None) };
    // Most answers are personal data: do not look into them without a reason.
    if CATEGORY.find(json).is_none() && memchr::memchr(b'\\', json).is_none() {
        return Ok(None);
    }
    match chosen(json, odd) {
        // A question may be a key, and so may contain broken text, too.
        Err(Reject::BadUtf8) => match scalar::repair(json) {
            Some(json) => {
                let name = chosen(&json, odd)?.map(Text::into_owned);
                if name.as_ref().is_some_and(|name| name.contains(char::REPLACEMENT_CHARACTER)) {
                    odd.add(Measure::TextRepaired, Cow::Borrowed("category"));
                }
                Ok(name)
            }
            None => Err(Reject::BadUtf8),
        },
        other => other,
    }
}

/// The category among the registration answers, given as JSON.
fn chosen<'a>(json: &'a [u8], odd: &mut Odd) -> Result<Option<Text<'a>>, Reject> {
    let found = match answers::category(json) {
        Some(found) => found,
        None => {
            let found: Category<'_> =
                serde_json::from_slice(json).map_err(|error| match error.classify() {
                    ErrorKind::Data => Reject::DuplicateKey,
                    ErrorKind::Io | ErrorKind::Syntax | ErrorKind::Eof => Reject::BadUtf8,
                })?;
            text(found.0)
        }
    };
    let answer = found.map_or(Value::None, Value::Json);
    // A category chosen from a list may itself be an object with a value.
    let name = match object::<Answer<'_>>(answer)? {
        Some(inner) => text(inner.value).map_or(Value::None, Value::Json),
        None => answer,
    };
    Ok(odd.name("category", name)?)
}

/// The JSON text of a value.
fn text(json: Json<'_>) -> Raw<'_> {
    json.map(|json| json.get().as_bytes())
}

/// A name that is safe to print: a plain identifier of at most 64 characters, or else `(other)`.
fn identifier(text: &[u8]) -> Cow<'static, str> {
    let plain = text.len() <= 64
        && text.first().is_some_and(u8::is_ascii_alphabetic)
        && text.iter().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-'));
    match std::str::from_utf8(text) {
        Ok(text) if plain => Cow::Owned(text.to_owned()),
        _ => Cow::Borrowed("(other)"),
    }
}

/// Collects what is odd about a record.
struct Odd {
    found: Vec<Oddity>,
    limits: Range,
}

impl Odd {
    fn add(&mut self, measure: Measure, detail: Cow<'static, str>) {
        self.found.push(Oddity {
            measure,
            detail,
            in_range_from: None,
            out_of_range: None,
            beyond_scale: None,
        });
    }

    /// What is odd about a rating, if anything is.
    fn rating(&mut self, rated: scalar::Rated) {
        if let Some(measure) = rated.odd {
            self.add(measure, Cow::Borrowed(""));
            if let Some(odd) = self.found.last_mut() {
                odd.beyond_scale = rated.beyond;
            }
        }
    }

    /// A name, repaired if need be: the record is worth more than the lost character.
    #[inline]
    fn name<'a>(
        &mut self,
        field: &'static str,
        value: Value<'a>,
    ) -> Result<Option<Text<'a>>, HalfPair> {
        let (name, repaired) = scalar::repaired(value)?;
        if repaired {
            self.add(Measure::TextRepaired, Cow::Borrowed(field));
        }
        Ok(name)
    }

    /// A time; notes it if it is odd.
    fn time<T>(&mut self, field: &'static str, result: Result<Option<T>, Unusable>) -> Option<T> {
        result.unwrap_or_else(|unusable| {
            let (out_of_range, in_range_from) = match unusable {
                Unusable::Bad => (None, None),
                Unusable::OutOfRange { at, from } => (Some(at), from),
            };
            let (measure, detail) = (unusable.measure(), Cow::Borrowed(field));
            let beyond_scale = None;
            self.found.push(Oddity { measure, detail, in_range_from, out_of_range, beyond_scale });
            None
        })
    }

    fn instant(&mut self, name: &'static str, value: Value<'_>) -> Option<i64> {
        let result = timestamp::instant(value, self.limits);
        self.time(name, result)
    }

    fn booking(&mut self, name: &'static str, value: Value<'_>) -> Option<BookingTime> {
        let result = timestamp::booking(value, self.limits);
        self.time(name, result)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Decoder, Scale, decode_by_reference};
    use super::*;

    const SETTINGS: Settings = Settings {
        as_of: 1_622_505_600_000,
        earliest: 0,
        payload: None,
        received_at: None,
        scale: Scale::FIVE,
    };

    /// What both decoders say of a position.
    fn read(position: &str) -> Result<Snapshot<'static>, Reject> {
        let line = format!(
            r#"{{"data":{{"position":{{"id":"7",{position}}}}},"type":"positionCreated","organization":"o"}}"#
        );
        let mut said = Vec::new();
        let mut note = |decoded: &Result<Decoded<'_>, Reject>| {
            let decoded = decoded.as_ref().map_err(|reason| *reason);
            said.push(decoded.map(|d| d.snapshot.clone().into_owned()));
        };
        Decoder::new(&SETTINGS).decode(line.as_bytes(), None, &mut note);
        decode_by_reference(line.as_bytes(), None, &SETTINGS, &mut note);
        assert_eq!(said.len(), 2, "{line}");
        assert_eq!(said[0], said[1], "{line}");
        said.remove(0)
    }

    #[test]
    fn half_a_character_costs_a_name_that_character_and_an_id_the_record() {
        for (position, location, category, odd) in [
            (r#""location":"Caf\udce9""#, Some("Caf\u{fffd}"), None, &["location"][..]),
            (r#""location":{"locationName":"\ud83d"}"#, Some("\u{fffd}"), None, &["location"]),
            (r#""type":"\ud83d""#, None, None, &["type"]),
            (
                r#""registrationData":{"category":{"value":{"value":"a\udfffb"}}}"#,
                None,
                Some("a\u{fffd}b"),
                &["category"],
            ),
            (
                r#""registrationData":[{"type":"category","value":"a\udfff"}],"location":"b\udfff""#,
                Some("b\u{fffd}"),
                Some("a\u{fffd}"),
                &["location", "category"],
            ),
            // Of an answer that is nobody's business nothing is counted.
            (
                r#""registrationData":{"\ud800":{"value":"x"},"category":{"value":"Returns"}}"#,
                None,
                Some("Returns"),
                &[],
            ),
            (r#""location":"\ud83d\ude00""#, Some("\u{1f600}"), None, &[]),
            (r#""label":"\ud83d","location":"A""#, Some("A"), None, &[]),
        ] {
            let snapshot = read(position).unwrap();
            assert_eq!(snapshot.location.as_deref(), location, "{position}");
            assert_eq!(snapshot.category.as_deref(), category, "{position}");
            let found = snapshot.oddities.iter().map(|o| (o.measure, o.detail.as_ref()));
            let odd = odd.iter().map(|field| (Measure::TextRepaired, *field));
            assert!(found.eq(odd), "{position}: {:?}", snapshot.oddities);
        }
        assert_eq!(read(r#""queue":"q\ud83d""#), Err(Reject::BadUtf8));
    }
}
