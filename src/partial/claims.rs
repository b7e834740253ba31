//! Stores what only few tickets have as one JSON text: other payloads with a rating, values that other files have at
//! the time and rank of a newest one, and the starts of a slot that was moved, several dates of
//! creation.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ticket::{Claim, OrderKey, Record, Said};
use crate::webhook::BookingTime;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// Hash, smallest key, rating.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ratings: Vec<(u64, [u64; 2], u8)>,
    /// Index of the field, file, value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    claims: Vec<(usize, u32, Value)>,
    /// Earliest and latest start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    starts: Vec<Value>,
    /// The dates of creation, a bit each.
    #[serde(default, skip_serializing_if = "is_none")]
    creations: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_none(creations: &u32) -> bool {
    *creations == 0
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Value {
    Text(String),
    Instant(i64),
    WallClock(i64),
    People(u16),
}

/// Encodes these parts of a record; `None` if it has none of them.
///
/// # Errors
/// None to be expected: an internal error.
pub(super) fn encode(record: &Record) -> Result<Option<String>, serde_json::Error> {
    let is_plain = record.ratings.is_empty() && record.claims.is_empty();
    if is_plain && record.starts.is_empty() && record.creations == 0 {
        return Ok(None);
    }
    let time = |time: BookingTime| match time {
        BookingTime::Instant(at) => Value::Instant(at),
        BookingTime::WallClock(at) => Value::WallClock(at),
    };
    let value = |said: &Said| match said {
        Said::Text(text) => Value::Text(text.to_string()),
        Said::Time(at) => time(*at),
        Said::People(people) => Value::People(*people),
    };
    let ratings = record.ratings.iter().map(|(hash, key, stars)| (*hash, key.to_numbers(), *stars));
    let claims = record.claims.iter().map(|claim| (claim.field, claim.file, value(&claim.said)));
    let starts = record.starts.iter().copied().map(time);
    let kept = Kept {
        ratings: ratings.collect(),
        claims: claims.collect(),
        starts: starts.collect(),
        creations: record.creations,
    };
    serde_json::to_string(&kept).map(Some)
}

/// Decodes what [`encode`] wrote into a record.
///
/// # Errors
/// If the text is anything else.
pub(super) fn decode(text: &str, record: &mut Record) -> Result<(), serde_json::Error> {
    let kept: Kept = serde_json::from_str(text)?;
    record.creations = kept.creations;
    let said = |value: Value| match value {
        Value::Text(text) => Said::Text(Arc::from(text)),
        Value::Instant(at) => Said::Time(BookingTime::Instant(at)),
        Value::WallClock(at) => Said::Time(BookingTime::WallClock(at)),
        Value::People(people) => Said::People(people),
    };
    let rating = |(hash, key, stars)| (hash, OrderKey::of_numbers(key), stars);
    record.ratings = kept.ratings.into_iter().map(rating).collect();
    let claim = |(field, file, value)| Claim { field, file, said: said(value) };
    record.claims = kept.claims.into_iter().map(claim).collect();
    let start = |value: Value| match said(value) {
        Said::Time(start) => Ok(start),
        Said::Text(_) | Said::People(_) => Err(serde::de::Error::custom("a start is not a time")),
    };
    record.starts = kept.starts.into_iter().map(start).collect::<Result<_, serde_json::Error>>()?;
    Ok(())
}
