//! From the fields of a payload, as JSON texts, to a snapshot: the meaning of each field.
//!
//! Both decoders end here, the reference and the fast one, so they can differ only in where a field begins and ends.

use std::borrow::Cow;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::error::Category as ErrorKind;
use xxhash_rust::xxh3::xxh3_64;

use super::answers;
use super::decode::{Decoded, Settings, typed};
use super::event::{Event, Status};
use super::field::{Field, Fields, Raw};
use super::payload::{Answer, Booking, Category, Feedback, Json, Location};
use super::reject::Reject;
use super::scalar;
use super::snapshot::{BookingTime, Measure, Oddity, Snapshot, Text, TicketId};
use super::timestamp;

/// An object inside the payload; `None` if the value is absent or of another type.
fn object<'a, T: Deserialize<'a>>(raw: Raw<'a>) -> Result<Option<T>, Reject> {
    match raw {
        Some(json) if json.starts_with(b"{") => typed(json).map(Some),
        _ => Ok(None),
    }
}

/// Assembles the snapshot of a payload, with the time its envelope received it.
///
/// # Errors
/// The reason why the fields do not make a snapshot.
pub(super) fn assemble<'a>(
    fields: &Fields<'a>,
    payload: &[u8],
    received: Option<Result<Option<i64>, Measure>>,
    settings: &Settings,
) -> Result<Decoded<'a>, Reject> {
    let get = |field| fields.get(field);
    let kind = scalar::non_empty(get(Field::Kind))?.ok_or(Reject::NoType)?;
    let ticket = ticket(get(Field::Id))?;
    let organization =
        scalar::non_empty(get(Field::Organization))?.ok_or(Reject::NoOrganization)?;

    let mut odd = Odd { found: Vec::new(), as_of: settings.as_of };
    let event = Event::from_name(kind.as_bytes());
    if event == Event::Unknown {
        odd.add(Measure::UnknownType, identifier(kind.as_bytes()));
    }
    let received_at = match received {
        None => None,
        Some(result) => odd.keep("received_at", result),
    };
    let status = status(get(Field::Status), &mut odd)?;
    let (start, end) = if fields.looked_into {
        (get(Field::BookingStart), get(Field::BookingEnd))
    } else {
        let booking: Option<Booking<'_>> = object(get(Field::Booking))?;
        booking.map_or((None, None), |b| (text(b.start), text(b.end)))
    };
    let rating = if fields.looked_into {
        get(Field::Rating)
    } else {
        let feedback: Option<Feedback<'_>> = object(get(Field::Feedback))?;
        feedback.and_then(|feedback| text(feedback.rating))
    };
    let (rating, measure) = scalar::rating(rating);
    if let Some(measure) = measure {
        odd.add(measure, Cow::Borrowed(""));
    }
    let snapshot = Snapshot {
        organization,
        ticket,
        event,
        status,
        ticket_type: scalar::non_empty(get(Field::TicketType))?,
        queue: scalar::non_empty(get(Field::Queue))?,
        location: location(fields)?,
        category: category(get(Field::RegistrationData), fields.looked_into)?,
        received_at,
        created_at: odd.instant("createdAt", get(Field::CreatedAt)),
        activated_at: odd.instant("activatedAt", get(Field::ActivatedAt)),
        called_at: odd.instant("calledAt", get(Field::CalledAt)),
        fulfilled_at: odd.instant("fulfilledAt", get(Field::FulfilledAt)),
        completed_at: odd.instant("completedAt", get(Field::CompletedAt)),
        rejected_at: odd.instant("rejectedAt", get(Field::RejectedAt)),
        booking_start: odd.booking("booking.start", start),
        booking_end: odd.booking("booking.end", end),
        people: scalar::whole(get(Field::NumberOfPeople), 1, 10_000),
        retries: scalar::whole(get(Field::RetryCount), 0, 10_000),
        rating,
        oddities: odd.found,
    };
    Ok(Decoded { snapshot, payload_hash: xxh3_64(payload.trim_ascii()) })
}

/// The id of the ticket.
fn ticket(raw: Raw<'_>) -> Result<TicketId, Reject> {
    let id = scalar::non_empty(raw)?.ok_or(Reject::NoTicketId)?;
    if let Some(id) = TicketId::from_uuid(id.as_bytes()) {
        return Ok(id);
    }
    if id.contains('\0') {
        return Err(Reject::NoTicketId);
    }
    // An id is only ever hashed, so broken text in it would go unseen.
    if id.contains(char::REPLACEMENT_CHARACTER) {
        return Err(Reject::BadUtf8);
    }
    Ok(TicketId::from_text(id.as_bytes()))
}

fn status(raw: Raw<'_>, odd: &mut Odd) -> Result<Option<Status>, Reject> {
    let Some(json) = raw else { return Ok(None) };
    let text = scalar::text(raw)?;
    if text.as_deref() == Some(b"") {
        return Ok(None);
    }
    let status = text.as_deref().map_or(Status::Unknown, Status::from_name);
    if status == Status::Unknown {
        odd.add(Measure::UnknownStatus, identifier(text.as_deref().unwrap_or(json)));
    }
    Ok(Some(status))
}

fn location<'a>(fields: &Fields<'a>) -> Result<Option<Text<'a>>, Reject> {
    let raw = fields.get(Field::Location);
    if fields.looked_into {
        return scalar::non_empty(fields.get(Field::LocationName).or(raw));
    }
    match object::<Location<'_>>(raw)? {
        Some(location) => scalar::non_empty(text(location.location_name)),
        None => scalar::non_empty(raw),
    }
}

/// Finds the word without which there is no category, unless it hides behind escapes.
static CATEGORY: LazyLock<memchr::memmem::Finder<'static>> =
    LazyLock::new(|| memchr::memmem::Finder::new(b"category"));

/// The category among the registration answers; `fast` spares the referee the answers that are as documented.
fn category(raw: Raw<'_>, fast: bool) -> Result<Option<Text<'_>>, Reject> {
    let Some(json) = raw else { return Ok(None) };
    // Most answers are personal: without this word there is nothing to look for.
    if CATEGORY.find(json).is_none() && memchr::memchr(b'\\', json).is_none() {
        return Ok(None);
    }
    let found = match answers::category(json) {
        Some(found) if fast => found,
        _ => {
            let found: Category<'_> =
                serde_json::from_slice(json).map_err(|error| match error.classify() {
                    ErrorKind::Data => Reject::DuplicateKey,
                    ErrorKind::Io | ErrorKind::Syntax | ErrorKind::Eof => Reject::BadUtf8,
                })?;
            text(found.0)
        }
    };
    match found {
        None => Ok(None),
        Some(answer) if answer.starts_with(b"{") => {
            // A category chosen from a list may itself be an object with a value.
            let inner: Option<Answer<'_>> = object(Some(answer))?;
            inner.map_or(Ok(None), |a| scalar::non_empty(text(a.value)))
        }
        some => scalar::non_empty(some),
    }
}

/// The JSON text of a value.
fn text(json: Json<'_>) -> Raw<'_> {
    json.map(|json| json.get().as_bytes())
}

/// A name that is safe to print: a plain identifier of at most 64 characters, else `(other)`.
fn identifier(text: &[u8]) -> Cow<'static, str> {
    let plain = text.len() <= 64
        && text.first().is_some_and(u8::is_ascii_alphabetic)
        && text.iter().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'.' | b'-'));
    match std::str::from_utf8(text) {
        Ok(text) if plain => Cow::Owned(text.to_owned()),
        _ => Cow::Borrowed("(other)"),
    }
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
            Some(text) => timestamp::instant(&text, self.as_of),
        });
        self.keep(field, result)
    }

    fn booking(&mut self, field: &'static str, raw: Raw<'_>) -> Option<BookingTime> {
        let result = time_text(raw).and_then(|text| match text {
            None => Ok(None),
            Some(text) => timestamp::booking(&text, self.as_of),
        });
        self.keep(field, result)
    }
}

/// The text of a time; any other type but null is a bad time.
fn time_text(raw: Raw<'_>) -> Result<Option<Cow<'_, [u8]>>, Measure> {
    match (raw, scalar::text(raw)) {
        (None, _) => Ok(None),
        (Some(_), Ok(Some(text))) => Ok(Some(text)),
        (Some(_), Ok(None) | Err(_)) => Err(Measure::TimestampBad),
    }
}
