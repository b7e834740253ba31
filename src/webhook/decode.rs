//! One line in, one snapshot or one reason out.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::error::Category as ErrorKind;
use serde_json::value::RawValue;
use xxhash_rust::xxh3::xxh3_128;

use super::envelope::{self, Found, Pointer};
use super::event::{Event, Status};
use super::payload::{Answer, Booking, Category, Feedback, Location, Outer, Position, Shape};
use super::reject::Reject;
use super::scalar::{self, Raw};
use super::snapshot::{BookingTime, Measure, Oddity, Snapshot, TicketId};
use super::timestamp;

/// How lines are to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The instant the run is made for, UTC milliseconds: later times are out of range.
    pub as_of: i64,
    /// Where the payload is, if not at one of the usual places.
    pub payload: Option<Pointer>,
    /// Where the receive time is, if not at one of the usual places.
    pub received_at: Option<Pointer>,
}

/// A line that was understood.
#[derive(Debug)]
pub struct Decoded<'a> {
    /// What it says.
    pub snapshot: Snapshot<'a>,
    /// xxh3-128 of the payload's bytes (of the inner payload of an envelope): equal bytes, equal number.
    pub payload_hash: u128,
}

/// Decodes one line: no line end, no byte order mark, not blank.
///
/// # Errors
/// The first reason, in the order of [`Reject::ALL`], why the line cannot be used.
pub fn decode<'a>(line: &'a [u8], settings: &Settings) -> Result<Decoded<'a>, Reject> {
    match decode_text(line, settings) {
        Err(Reject::BadUtf8) if std::str::from_utf8(line).is_err() => decode_lossy(line, settings),
        other => other,
    }
}

/// A line with invalid UTF-8 is good if no text that is needed is touched by it.
fn decode_lossy(line: &[u8], settings: &Settings) -> Result<Decoded<'static>, Reject> {
    let lossy = String::from_utf8_lossy(line);
    let snapshot = decode_text(lossy.as_bytes(), settings)?.snapshot;
    let touched = |text: &str| text.contains(char::REPLACEMENT_CHARACTER);
    let texts = [&snapshot.ticket_type, &snapshot.queue, &snapshot.location, &snapshot.category];
    if touched(&snapshot.organization)
        || texts.into_iter().any(|text| text.as_deref().is_some_and(touched))
    {
        return Err(Reject::BadUtf8);
    }
    Ok(Decoded { snapshot: snapshot.into_owned(), payload_hash: xxh3_128(line) })
}

fn decode_text<'a>(line: &'a [u8], settings: &Settings) -> Result<Decoded<'a>, Reject> {
    if settings.payload.is_some() || settings.received_at.is_some() {
        return decode_by_pointers(line, settings);
    }
    let outer: Outer<'a> = typed(line)?;
    if !matches!(outer.data, Shape::Missing) {
        return snapshot(outer, line, None, settings);
    }
    let received = envelope::received_at(&outer, settings.as_of);
    match envelope::locate(&outer)? {
        Found::Line => snapshot(outer, line, None, settings),
        Found::Object(raw) => inner(raw.get(), received, settings),
        Found::Text(text) => owned(inner(&text, received, settings)?),
    }
}

fn decode_by_pointers<'a>(line: &'a [u8], settings: &Settings) -> Result<Decoded<'a>, Reject> {
    let whole: &'a RawValue = typed(line)?;
    if !whole.get().starts_with('{') {
        return Err(Reject::NotAnObject);
    }
    let outer: Outer<'a> = typed(line)?;
    let found = match &settings.payload {
        Some(pointer) => envelope::locate_by_pointer(whole, pointer)?,
        None if matches!(outer.data, Shape::Missing) => envelope::locate(&outer)?,
        None => Found::Line,
    };
    let received = match &settings.received_at {
        Some(pointer) => envelope::received_at_by_pointer(whole, pointer, settings.as_of),
        None if matches!(found, Found::Line) => Ok(None),
        None => envelope::received_at(&outer, settings.as_of),
    };
    match found {
        Found::Line => snapshot(outer, line, Some(received), settings),
        Found::Object(raw) => inner(raw.get(), received, settings),
        Found::Text(text) => owned(inner(&text, received, settings)?),
    }
}

fn inner<'a>(
    payload: &'a str,
    received: Result<Option<i64>, Measure>,
    settings: &Settings,
) -> Result<Decoded<'a>, Reject> {
    let outer: Outer<'a> = typed(payload.as_bytes())?;
    snapshot(outer, payload.as_bytes(), Some(received), settings)
}

#[expect(clippy::unnecessary_wraps, reason = "stands in a match whose other arms can fail")]
fn owned(decoded: Decoded<'_>) -> Result<Decoded<'static>, Reject> {
    Ok(Decoded { snapshot: decoded.snapshot.into_owned(), payload_hash: decoded.payload_hash })
}

/// Parses JSON into a type whose fields are slices, and names what is wrong without quoting it.
fn typed<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, Reject> {
    serde_json::from_slice(json).map_err(|error| {
        if serde_json::from_slice::<IgnoredAny>(json).is_err() {
            Reject::NotJson
        } else if json.iter().find(|c| !c.is_ascii_whitespace()) != Some(&b'{') {
            Reject::NotAnObject
        } else if error.classify() == ErrorKind::Data {
            // The types take any value for any field, so a key that stands twice is all that is left.
            Reject::DuplicateKey
        } else {
            Reject::BadUtf8
        }
    })
}

/// An object inside the payload; `None` if the value is absent or of another type.
fn object<'a, T: Deserialize<'a>>(raw: Raw<'a>) -> Result<Option<T>, Reject> {
    match raw {
        Some(value) if value.get().starts_with('{') => typed(value.get().as_bytes()).map(Some),
        _ => Ok(None),
    }
}

fn snapshot<'a>(
    outer: Outer<'a>,
    payload: &[u8],
    received: Option<Result<Option<i64>, Measure>>,
    settings: &Settings,
) -> Result<Decoded<'a>, Reject> {
    let position = match outer.data {
        Shape::Object(data) => match data.position {
            Shape::Object(position) => position,
            Shape::Missing | Shape::Other => return Err(Reject::NoPosition),
        },
        Shape::Missing | Shape::Other => return Err(Reject::NoPosition),
    };
    let kind = scalar::non_empty(outer.kind)?.ok_or(Reject::NoType)?;
    let id = scalar::non_empty(position.id)?
        .filter(|id| !id.contains('\0'))
        .ok_or(Reject::NoTicketId)?;
    // An id is only ever hashed, so broken text in it would go unseen.
    if id.contains(char::REPLACEMENT_CHARACTER) {
        return Err(Reject::BadUtf8);
    }
    let organization = scalar::non_empty(outer.organization)?.ok_or(Reject::NoOrganization)?;

    let mut odd = Odd { found: Vec::new(), as_of: settings.as_of };
    let event = Event::from_name(&kind);
    if event == Event::Unknown {
        odd.add(Measure::UnknownType, identifier(&kind));
    }
    let received_at = match received {
        None => None,
        Some(result) => odd.keep("received_at", result),
    };
    let status = status(&position, &mut odd)?;
    let booking: Option<Booking<'_>> = object(position.booking)?;
    let (start, end) = booking.map_or((None, None), |b| (b.start, b.end));
    let feedback: Option<Feedback<'_>> = object(position.feedback)?;
    let rating = match feedback {
        Some(feedback) => {
            let (rating, measure) = scalar::rating(feedback.rating);
            if let Some(measure) = measure {
                odd.add(measure, Cow::Borrowed(""));
            }
            rating
        }
        None => None,
    };
    let snapshot = Snapshot {
        organization,
        ticket: TicketId::from_text(&id),
        event,
        status,
        ticket_type: scalar::non_empty(position.kind)?,
        queue: scalar::non_empty(position.queue)?,
        location: location(position.location)?,
        category: category(position.registration_data)?,
        received_at,
        created_at: odd.instant("createdAt", position.created_at),
        activated_at: odd.instant("activatedAt", position.activated_at),
        called_at: odd.instant("calledAt", position.called_at),
        fulfilled_at: odd.instant("fulfilledAt", position.fulfilled_at),
        completed_at: odd.instant("completedAt", position.completed_at),
        rejected_at: odd.instant("rejectedAt", position.rejected_at),
        booking_start: odd.booking("booking.start", start),
        booking_end: odd.booking("booking.end", end),
        people: scalar::whole(position.number_of_people, 1, 10_000),
        retries: scalar::whole(position.retry_count, 0, 10_000),
        rating,
        oddities: odd.found,
    };
    Ok(Decoded { snapshot, payload_hash: xxh3_128(payload.trim_ascii()) })
}

fn status(position: &Position<'_>, odd: &mut Odd) -> Result<Option<Status>, Reject> {
    let Some(raw) = position.status else {
        return Ok(None);
    };
    let text = scalar::text(position.status)?;
    if text.as_deref() == Some("") {
        return Ok(None);
    }
    let status = text.as_deref().map_or(Status::Unknown, Status::from_name);
    if status == Status::Unknown {
        odd.add(Measure::UnknownStatus, identifier(text.as_deref().unwrap_or(raw.get())));
    }
    Ok(Some(status))
}

fn location(raw: Raw<'_>) -> Result<Option<Cow<'_, str>>, Reject> {
    match object::<Location<'_>>(raw)? {
        Some(location) => scalar::non_empty(location.location_name),
        None => scalar::non_empty(raw),
    }
}

fn category(raw: Raw<'_>) -> Result<Option<Cow<'_, str>>, Reject> {
    let Some(value) = raw else { return Ok(None) };
    let found: Category<'_> = typed_any(value)?;
    match found.0 {
        None => Ok(None),
        Some(answer) if answer.get().starts_with('{') => {
            // A category chosen from a list may itself be an object with a value.
            object::<Answer<'_>>(Some(answer))?.map_or(Ok(None), |a| scalar::non_empty(a.value))
        }
        some => scalar::non_empty(some),
    }
}

/// Like [`typed`] for a value of any type that is known to be JSON.
fn typed_any<'a, T: Deserialize<'a>>(value: &'a RawValue) -> Result<T, Reject> {
    serde_json::from_str(value.get()).map_err(|error| match error.classify() {
        ErrorKind::Data => Reject::DuplicateKey,
        ErrorKind::Io | ErrorKind::Syntax | ErrorKind::Eof => Reject::BadUtf8,
    })
}

/// A name that is safe to print: a plain identifier of at most 64 characters, else `(other)`.
fn identifier(text: &str) -> Cow<'static, str> {
    let plain = text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-'));
    if plain { Cow::Owned(text.to_owned()) } else { Cow::Borrowed("(other)") }
}

/// Collects what is odd about a line.
struct Odd {
    found: Vec<Oddity>,
    as_of: i64,
}

impl Odd {
    fn add(&mut self, measure: Measure, detail: Cow<'static, str>) {
        self.found.push(Oddity { measure, detail });
    }

    fn keep<T>(&mut self, field: &'static str, result: Result<Option<T>, Measure>) -> Option<T> {
        result.unwrap_or_else(|measure| {
            self.add(measure, Cow::Borrowed(field));
            None
        })
    }

    fn instant(&mut self, field: &'static str, raw: Raw<'_>) -> Option<i64> {
        let result = time_text(raw).and_then(|text| match text {
            None => Ok(None),
            Some(text) => timestamp::instant(text.as_bytes(), self.as_of),
        });
        self.keep(field, result)
    }

    fn booking(&mut self, field: &'static str, raw: Raw<'_>) -> Option<BookingTime> {
        let result = time_text(raw).and_then(|text| match text {
            None => Ok(None),
            Some(text) => timestamp::booking(text.as_bytes(), self.as_of),
        });
        self.keep(field, result)
    }
}

/// The text of a time; any other type but null is a bad time.
fn time_text(raw: Raw<'_>) -> Result<Option<Cow<'_, str>>, Measure> {
    match (raw, scalar::text(raw)) {
        (None, _) => Ok(None),
        (Some(_), Ok(Some(text))) => Ok(Some(text)),
        (Some(_), Ok(None) | Err(_)) => Err(Measure::TimestampBad),
    }
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
