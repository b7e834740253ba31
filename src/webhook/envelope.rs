//! Finds the payload in an archived line, and the time the archive received it.
//!
//! A line is the payload itself, or an archiver's envelope: an object with the payload (as an object, or as JSON in a
//! string) under one of five usual keys, and a receive time under one of five others. JSON Pointers override both.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;

use super::field::Value;
use super::payload::{Json, Outer};
use super::reject::Reject;
use super::scalar;
use super::timestamp::{self, Range, Unusable};

/// A JSON Pointer (RFC 6901), such as `/detail/body`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer(Vec<String>);

/// A text that is no JSON Pointer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no JSON Pointer: it must be empty or begin with `/`")]
pub struct PointerError(pub String);

impl Pointer {
    /// Parses a pointer.
    ///
    /// # Errors
    /// [`PointerError`] if it is neither empty nor begins with `/`.
    pub fn parse(text: &str) -> Result<Self, PointerError> {
        if text.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let rest = text.strip_prefix('/').ok_or_else(|| PointerError(text.to_owned()))?;
        Ok(Self(rest.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect()))
    }

    /// The value the pointer leads to, without decoding anything beside the way.
    fn find<'a>(&self, line: &'a RawValue) -> Option<&'a RawValue> {
        self.0.iter().try_fold(line, |at, part| match at.get().as_bytes().first()? {
            b'{' => serde_json::from_str::<HashMap<Cow<'a, str>, &'a RawValue>>(at.get())
                .ok()?
                .remove(part.as_str()),
            b'[' => {
                let index: usize = part.parse().ok()?;
                serde_json::from_str::<Vec<&'a RawValue>>(at.get()).ok()?.get(index).copied()
            }
            _ => None,
        })
    }
}

/// Where the payload is.
pub(super) enum Found<'a> {
    /// The line is the payload.
    Line,
    /// An object inside the line.
    Object(&'a RawValue),
    /// JSON text in a string of the line, decoded.
    Text(String),
}

/// The payload of a line without pointers.
///
/// # Errors
/// [`Reject::BadUtf8`] if the string that holds it is broken.
pub(super) fn locate<'a>(outer: &Outer<'a>) -> Result<Found<'a>, Reject> {
    for raw in [outer.body, outer.payload, outer.event, outer.webhook, outer.detail] {
        if let Some(found) = inner(raw)? {
            return Ok(found);
        }
    }
    Ok(Found::Line)
}

/// The payload under a pointer.
///
/// # Errors
/// [`Reject::NoPosition`] if there is no object and no string with an object there.
pub(super) fn locate_by_pointer<'a>(
    line: &'a RawValue,
    pointer: &Pointer,
) -> Result<Found<'a>, Reject> {
    inner(pointer.find(line))?.ok_or(Reject::NoPosition)
}

fn inner(raw: Json<'_>) -> Result<Option<Found<'_>>, Reject> {
    if let Some(object) = raw.filter(|json| json.get().starts_with('{')) {
        return Ok(Some(Found::Object(object)));
    }
    let text = string(value(raw))?;
    Ok(text.filter(|t| t.trim_start().starts_with('{')).map(|t| Found::Text(t.into_owned())))
}

/// The text of a value that is a string.
fn string(value: Value<'_>) -> Result<Option<Cow<'_, str>>, Reject> {
    match scalar::text(value)? {
        None => Ok(None),
        Some(Cow::Borrowed(text)) => std::str::from_utf8(text).map(|t| Some(Cow::Borrowed(t))),
        Some(Cow::Owned(text)) => {
            String::from_utf8(text).map(|t| Some(Cow::Owned(t))).map_err(|e| e.utf8_error())
        }
    }
    .map_err(|_| Reject::BadUtf8)
}

/// The receive time of an envelope: the first of the usual keys that can be read.
///
/// # Errors
/// The counter to raise if there is one and none can be used.
pub(super) fn received_at(outer: &Outer<'_>, limits: Range) -> Result<Option<i64>, Unusable> {
    let keys = [
        outer.received_at_camel,
        outer.received_at_snake,
        outer.timestamp,
        outer.time,
        outer.at_timestamp,
    ];
    let mut trouble = None;
    for raw in keys.into_iter().filter(Option::is_some) {
        match receive_time(value(raw), limits) {
            Ok(Some(at)) => return Ok(Some(at)),
            Ok(None) => {}
            Err(unusable) => trouble = trouble.or(Some(unusable)),
        }
    }
    trouble.map_or(Ok(None), Err)
}

/// The receive time under a pointer.
///
/// # Errors
/// As [`received_at`].
pub(super) fn received_at_by_pointer(
    line: &RawValue,
    pointer: &Pointer,
    limits: Range,
) -> Result<Option<i64>, Unusable> {
    receive_time(value(pointer.find(line)), limits)
}

fn value(raw: Json<'_>) -> Value<'_> {
    raw.map_or(Value::None, |raw| Value::Json(raw.get().as_bytes()))
}

/// The receive time of a value.
///
/// # Errors
/// The counter to raise if it cannot be used.
pub(super) fn receive_time(value: Value<'_>, limits: Range) -> Result<Option<i64>, Unusable> {
    timestamp::received(value, limits)
}

/// For now.
pub(super) fn rank(name: &str) -> Option<usize> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    ["receivedat", "timestamp", "time", "ts"].iter().position(|known| *known == plain)
}
