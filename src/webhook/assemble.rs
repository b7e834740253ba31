//! From the fields of a payload, as JSON texts, to a snapshot: the meaning of each field.
//!
//! Both decoders end here, the reference and the fast one, so they can differ only in where a field begins and ends.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::error::Category as ErrorKind;
use serde_json::value::RawValue;
use xxhash_rust::xxh3::xxh3_128;

use super::decode::{Decoded, Settings, typed};
use super::event::{Event, Status};
use super::payload::{Answer, Booking, Category, Feedback, Json, Location};
use super::reject::Reject;
use super::scalar::{self, Raw};
use super::snapshot::{BookingTime, Measure, Oddity, Snapshot, TicketId};
use super::timestamp;

/// The fields of a payload that are needed, each as its JSON text; `None` = absent or null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Fields<'a> {
    /// `type` of the webhook.
    pub(super) kind: Raw<'a>,
    /// `organization`.
    pub(super) organization: Raw<'a>,
    // The rest lies in `data.position`.
    pub(super) id: Raw<'a>,
    pub(super) location: Raw<'a>,
    pub(super) ticket_type: Raw<'a>,
    pub(super) queue: Raw<'a>,
    pub(super) status: Raw<'a>,
    pub(super) created_at: Raw<'a>,
    pub(super) activated_at: Raw<'a>,
    pub(super) called_at: Raw<'a>,
    pub(super) fulfilled_at: Raw<'a>,
    pub(super) completed_at: Raw<'a>,
    pub(super) rejected_at: Raw<'a>,
    pub(super) retry_count: Raw<'a>,
    pub(super) number_of_people: Raw<'a>,
    pub(super) booking: Raw<'a>,
    pub(super) registration_data: Raw<'a>,
    pub(super) feedback: Raw<'a>,
}

/// An object inside the payload; `None` if the value is absent or of another type.
fn object<'a, T: Deserialize<'a>>(raw: Raw<'a>) -> Result<Option<T>, Reject> {
    match raw {
        Some(json) if json.starts_with('{') => typed(json.as_bytes()).map(Some),
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
    let kind = scalar::non_empty(fields.kind)?.ok_or(Reject::NoType)?;
    let id =
        scalar::non_empty(fields.id)?.filter(|id| !id.contains('\0')).ok_or(Reject::NoTicketId)?;
    // An id is only ever hashed, so broken text in it would go unseen.
    if id.contains(char::REPLACEMENT_CHARACTER) {
        return Err(Reject::BadUtf8);
    }
    let organization = scalar::non_empty(fields.organization)?.ok_or(Reject::NoOrganization)?;

    let mut odd = Odd { found: Vec::new(), as_of: settings.as_of };
    let event = Event::from_name(&kind);
    if event == Event::Unknown {
        odd.add(Measure::UnknownType, identifier(&kind));
    }
    let received_at = match received {
        None => None,
        Some(result) => odd.keep("received_at", result),
    };
    let status = status(fields.status, &mut odd)?;
    let booking: Option<Booking<'_>> = object(fields.booking)?;
    let (start, end) = booking.map_or((None, None), |b| (text(b.start), text(b.end)));
    let feedback: Option<Feedback<'_>> = object(fields.feedback)?;
    let rating = match feedback {
        Some(feedback) => {
            let (rating, measure) = scalar::rating(text(feedback.rating));
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
        ticket_type: scalar::non_empty(fields.ticket_type)?,
        queue: scalar::non_empty(fields.queue)?,
        location: location(fields.location)?,
        category: category(fields.registration_data)?,
        received_at,
        created_at: odd.instant("createdAt", fields.created_at),
        activated_at: odd.instant("activatedAt", fields.activated_at),
        called_at: odd.instant("calledAt", fields.called_at),
        fulfilled_at: odd.instant("fulfilledAt", fields.fulfilled_at),
        completed_at: odd.instant("completedAt", fields.completed_at),
        rejected_at: odd.instant("rejectedAt", fields.rejected_at),
        booking_start: odd.booking("booking.start", start),
        booking_end: odd.booking("booking.end", end),
        people: scalar::whole(fields.number_of_people, 1, 10_000),
        retries: scalar::whole(fields.retry_count, 0, 10_000),
        rating,
        oddities: odd.found,
    };
    Ok(Decoded { snapshot, payload_hash: xxh3_128(payload.trim_ascii()) })
}

fn status(raw: Raw<'_>, odd: &mut Odd) -> Result<Option<Status>, Reject> {
    let Some(json) = raw else { return Ok(None) };
    let text = scalar::text(raw)?;
    if text.as_deref() == Some("") {
        return Ok(None);
    }
    let status = text.as_deref().map_or(Status::Unknown, Status::from_name);
    if status == Status::Unknown {
        odd.add(Measure::UnknownStatus, identifier(text.as_deref().unwrap_or(json)));
    }
    Ok(Some(status))
}

fn location(raw: Raw<'_>) -> Result<Option<Cow<'_, str>>, Reject> {
    match object::<Location<'_>>(raw)? {
        Some(location) => scalar::non_empty(text(location.location_name)),
        None => scalar::non_empty(raw),
    }
}

fn category(raw: Raw<'_>) -> Result<Option<Cow<'_, str>>, Reject> {
    let Some(json) = raw else { return Ok(None) };
    // Most answers are personal: without this word there is nothing to look for.
    if !json.contains("category") && !json.contains('\\') {
        return Ok(None);
    }
    let found: Category<'_> =
        serde_json::from_str(json).map_err(|error| match error.classify() {
            ErrorKind::Data => Reject::DuplicateKey,
            ErrorKind::Io | ErrorKind::Syntax | ErrorKind::Eof => Reject::BadUtf8,
        })?;
    match text(found.0) {
        None => Ok(None),
        Some(answer) if answer.starts_with('{') => {
            // A category chosen from a list may itself be an object with a value.
            let inner: Option<Answer<'_>> = object(Some(answer))?;
            inner.map_or(Ok(None), |a| scalar::non_empty(text(a.value)))
        }
        some => scalar::non_empty(some),
    }
}

/// The JSON text of a value.
fn text(json: Json<'_>) -> Raw<'_> {
    json.map(RawValue::get)
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
