//! One line in, one snapshot or one reason out.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::error::Category as ErrorKind;
use serde_json::value::RawValue;

use super::assemble::{assemble, hash, lasting_hash};
use super::envelope::{self, Found, Pointer};
use super::field::{Field, Fields, Value};
use super::payload::{Outer, Shape};
use super::reject::Reject;
use super::scalar;
use super::skeleton::Skeleton;
use super::snapshot::{Snapshot, Text};
use super::timestamp::{Range, Unusable};

/// How lines are to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The instant the run is made for, UTC milliseconds: later times are out of range.
    pub as_of: i64,
    /// Earlier times are out of range, UTC milliseconds.
    pub earliest: i64,
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
    /// A hash of the payload's bytes (of the inner payload of an envelope): equal bytes, equal number.
    ///
    /// It is compared among the few payloads of one ticket in one file, where 64 bits are plenty.
    pub payload_hash: u64,
}

/// Decodes the lines of an archive, the faster the more alike they are. The result of a line depends on that line alone.
#[derive(Debug)]
pub struct Decoder<'s> {
    settings: &'s Settings,
    skeleton: Skeleton,
}

impl<'s> Decoder<'s> {
    /// A decoder that has seen no line.
    #[must_use]
    pub fn new(settings: &'s Settings) -> Self {
        Self { settings, skeleton: Skeleton::new() }
    }

    /// Decodes one line: no line end, no byte order mark, not blank.
    ///
    /// # Errors
    /// The first reason, in the order of [`Reject::ALL`], why the line cannot be used.
    pub fn decode<'a>(&mut self, line: &'a [u8]) -> Result<Decoded<'a>, Reject> {
        let bare = self.settings.payload.is_none() && self.settings.received_at.is_none();
        let mut fields = Fields::new(true);
        if bare && self.skeleton.find(line, &mut fields) {
            match fields.get(Field::Payload) {
                Value::None => return assemble(&fields, line, None, self.settings),
                Value::Json(payload) if payload.starts_with(b"{") => {
                    return assemble(&fields, payload, Some(self.received(&fields)), self.settings);
                }
                text @ (Value::Plain(_) | Value::Json(_)) => {
                    if let Ok(Some(Cow::Owned(payload))) = scalar::text(text)
                        && let Some(decoded) = self.written(&payload, self.received(&fields))
                    {
                        return decoded;
                    }
                }
            }
        }
        decode_by_reference(line, self.settings)
    }

    /// What an envelope says of its time; it has at most one.
    fn received(&self, fields: &Fields<'_>) -> Result<Option<i64>, Unusable> {
        envelope::receive_time(fields.get(Field::ReceivedAt), Range::of(self.settings))
    }

    /// Decodes the payload that was in a string of an envelope; `None` if the referee must decide.
    fn written(
        &mut self,
        payload: &[u8],
        received: Result<Option<i64>, Unusable>,
    ) -> Option<Result<Decoded<'static>, Reject>> {
        let mut fields = Fields::new(true);
        let found = self.skeleton.find(payload, &mut fields)
            && matches!(fields.get(Field::Payload), Value::None);
        found.then(|| assemble(&fields, payload, Some(received), self.settings).and_then(owned))
    }
}

/// Decodes one line with `serde_json` alone: the referee of [`Decoder`], which gives the same result for every line.
///
/// # Errors
/// As [`Decoder::decode`].
pub fn decode_by_reference<'a>(line: &'a [u8], settings: &Settings) -> Result<Decoded<'a>, Reject> {
    match decode_text(line, settings) {
        Err(Reject::BadUtf8) if std::str::from_utf8(line).is_err() => decode_lossy(line, settings),
        other => other,
    }
}

/// A line with invalid UTF-8 is good if no text that is needed is touched by it.
fn decode_lossy(line: &[u8], settings: &Settings) -> Result<Decoded<'static>, Reject> {
    let lossy = String::from_utf8_lossy(line);
    let snapshot = decode_text(lossy.as_bytes(), settings)?.snapshot;
    let touched = |text: &Text<'_>| text.contains(char::REPLACEMENT_CHARACTER);
    let texts = [&snapshot.ticket_type, &snapshot.queue, &snapshot.location, &snapshot.category];
    if touched(&snapshot.organization)
        || texts.into_iter().any(|text| text.as_ref().is_some_and(touched))
    {
        return Err(Reject::BadUtf8);
    }
    let payload_hash = if snapshot.rating.is_some() { lasting_hash(line) } else { hash(line) };
    Ok(Decoded { snapshot: snapshot.into_owned(), payload_hash })
}

fn decode_text<'a>(line: &'a [u8], settings: &Settings) -> Result<Decoded<'a>, Reject> {
    if settings.payload.is_some() || settings.received_at.is_some() {
        return decode_by_pointers(line, settings);
    }
    let outer: Outer<'a> = typed(line)?;
    if !matches!(outer.data, Shape::Missing) {
        return assemble(&outer.fields()?, line, None, settings);
    }
    let received = envelope::received_at(&outer, Range::of(settings));
    match envelope::locate(&outer)? {
        Found::Line => assemble(&outer.fields()?, line, None, settings),
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
        Some(pointer) => envelope::received_at_by_pointer(whole, pointer, Range::of(settings)),
        None if matches!(found, Found::Line) => Ok(None),
        None => envelope::received_at(&outer, Range::of(settings)),
    };
    match found {
        Found::Line => assemble(&outer.fields()?, line, Some(received), settings),
        Found::Object(raw) => inner(raw.get(), received, settings),
        Found::Text(text) => owned(inner(&text, received, settings)?),
    }
}

fn inner<'a>(
    payload: &'a str,
    received: Result<Option<i64>, Unusable>,
    settings: &Settings,
) -> Result<Decoded<'a>, Reject> {
    let outer: Outer<'a> = typed(payload.as_bytes())?;
    assemble(&outer.fields()?, payload.as_bytes(), Some(received), settings)
}

#[expect(clippy::unnecessary_wraps, reason = "stands in a match whose other arms can fail")]
fn owned(decoded: Decoded<'_>) -> Result<Decoded<'static>, Reject> {
    Ok(Decoded { snapshot: decoded.snapshot.into_owned(), payload_hash: decoded.payload_hash })
}

/// Parses JSON into a type whose fields are slices, and names what is wrong without quoting it.
pub(super) fn typed<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, Reject> {
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

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
