//! Reads the times of all payload versions and checks that they are plausible.
//!
//! Written by hand because no library reads all forms: RFC 3339 and its variants in databases and languages (a blank
//! instead of the `T`, `+00`, ` UTC`, any number of fraction digits, or no zone at all), numbers since 1970, the form of
//! HTTP headers, and the extended JSON of `MongoDB`. Ambiguous forms, such as 1/2/2021, are not read.

use serde::Deserialize;

use crate::calendar::{DAY_MS, HOUR_MS, SECOND_MS, civil_ms, rfc2822_ms};

use super::epoch;
use super::payload::Json;
use super::scalar;
use super::settings::Settings;
use super::snapshot::{BookingTime, Measure};
use super::usual_time::usual;
use super::value::Value;

/// Largest plausible offset from UTC, milliseconds.
const MAX_OFFSET_MS: i64 = 14 * HOUR_MS;
/// How far after the run a booking time may lie, milliseconds.
const BOOKING_AHEAD_MS: i64 = 400 * DAY_MS;

/// What a time turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamp {
    /// UTC milliseconds.
    Instant(i64),
    /// Wall-clock milliseconds, no zone given.
    WallClock(i64),
    /// Year 1 or 1900: the vendor's way to say "no value".
    Sentinel,
}

/// Whether a year stands for "no value".
fn is_sentinel(year: u32) -> bool {
    matches!(year, 1 | 1900)
}

/// Reads a value of any type; `None` if it is not a time. Never inlined: the usual form needs neither its stack nor its
/// registers.
#[inline(never)]
fn read(value: Value<'_>) -> Option<Stamp> {
    match value {
        Value::None => None,
        Value::Plain(text) => read_text(text),
        Value::Json(json) => match json.first()? {
            b'"' => read_text(&scalar::text(value).ok().flatten()?),
            b'{' => read_extended(json),
            _ => epoch::millis(json).map(of_number),
        },
    }
}

fn read_text(text: &[u8]) -> Option<Stamp> {
    let text = text.trim_ascii();
    let in_words = || std::str::from_utf8(text).ok().and_then(rfc2822_ms);
    parse(text).or_else(|| epoch::millis(text).or_else(in_words).map(of_number))
}

/// The meaning of an instant that was written as a number or in words.
fn of_number(at: i64) -> Stamp {
    let in_year = |year| {
        let begin = |year| civil_ms((year, 1, 1), (0, 0, 0), 0);
        begin(year).zip(begin(year + 1)).is_some_and(|(begin, end)| (begin..end).contains(&at))
    };
    if at < 0 && (in_year(1) || in_year(1900)) { Stamp::Sentinel } else { Stamp::Instant(at) }
}

/// A time in the extended JSON of `MongoDB`: `{"$date": …}` around text, a number or `{"$numberLong": "…"}`.
fn read_extended(json: &[u8]) -> Option<Stamp> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Date<'a> {
        #[serde(borrow, rename = "$date")]
        date: Json<'a>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Number<'a> {
        #[serde(borrow, rename = "$numberLong")]
        number: Json<'a>,
    }
    let number = |json| {
        let Number { number } = serde_json::from_slice(json).ok()?;
        number.map(|number| number.get().as_bytes())
    };
    let inner = match number(json) {
        Some(number) => number,
        None => {
            let Date { date } = serde_json::from_slice(json).ok()?;
            let date = date?.get().as_bytes();
            if date.starts_with(b"{") { number(date)? } else { date }
        }
    };
    if inner.starts_with(b"{") { None } else { read(Value::Json(inner)) }
}

/// Parses the text of a time; `None` if it is not one.
pub(super) fn parse(text: &[u8]) -> Option<Stamp> {
    usual(text).map(Stamp::Instant).or_else(|| parse_any(text))
}

/// Parses any text form: `2021-01-11T14:48:24.479Z` and its relatives, with or without separators (`20210111T144824Z`).
fn parse_any(text: &[u8]) -> Option<Stamp> {
    let mut at = Cursor(text);
    let year = at.digits(4)?;
    let marks = at.byte(b"-").is_some();
    let month = at.digits(2)?;
    if marks {
        at.byte(b"-")?;
    }
    let day = at.digits(2)?;
    at.byte(if marks { b"Tt " } else { b"Tt" })?;
    let hour = at.digits(2)?;
    if marks {
        at.byte(b":")?;
    }
    let minute = at.digits(2)?;
    let (mut second, mut millis) = (0, 0);
    let more = if marks { at.byte(b":").is_some() } else { at.0.first()?.is_ascii_digit() };
    if more {
        second = at.digits(2)?;
        if at.byte(b".,").is_some() {
            millis = at.fraction()?;
        }
    }
    let wall = civil_ms((i32::try_from(year).ok()?, month, day), (hour, minute, second), millis)?;
    let offset = at.offset()?;
    if is_sentinel(year) {
        return Some(Stamp::Sentinel);
    }
    Some(offset.map_or(Stamp::WallClock(wall), |offset| Stamp::Instant(wall - offset)))
}

/// The rest of a text that is being read.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn byte(&mut self, any_of: &[u8]) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        any_of.contains(&first).then(|| {
            self.0 = rest;
            first
        })
    }

    fn digit(&mut self) -> Option<u32> {
        self.byte(b"0123456789").map(|c| u32::from(c - b'0'))
    }

    fn digits(&mut self, count: u32) -> Option<u32> {
        (0..count).try_fold(0, |value, _| Some(value * 10 + self.digit()?))
    }

    /// The digits after the decimal point, at least one, truncated to milliseconds.
    fn fraction(&mut self) -> Option<u32> {
        let mut millis = self.digit()? * 100;
        let mut place = 10;
        while let Some(digit) = self.digit() {
            millis += digit * place;
            place /= 10;
        }
        Some(millis)
    }

    /// Reads a name of UTC; false if there is none.
    fn utc(&mut self) -> bool {
        if self.byte(b"Zz").is_some() {
            return true;
        }
        let Some((name, rest)) = self.0.split_first_chunk::<3>() else { return false };
        let is_name = name.eq_ignore_ascii_case(b"UTC") || name.eq_ignore_ascii_case(b"GMT");
        if is_name {
            self.0 = rest;
        }
        is_name
    }

    /// Reads the rest: nothing (`Some(None)`), a name of UTC, or an offset of at most 14 hours, which is returned in
    /// milliseconds east of UTC. A zone name in brackets after it (RFC 9557) is ignored. `None` for anything else.
    fn offset(mut self) -> Option<Option<i64>> {
        if self.0.is_empty() {
            return Some(None);
        }
        if self.0.ends_with(b"]") {
            let (offset, _) = self.0.split_at_checked(memchr::memchr(b'[', self.0)?)?;
            self.0 = offset;
        }
        // A blank before the zone, as Ruby, Go and BigQuery write it.
        _ = self.byte(b" ");
        if self.utc() {
            return self.0.is_empty().then_some(Some(0));
        }
        let sign = if self.byte(b"+-")? == b'+' { 1 } else { -1 };
        let hours = self.digits(2)?;
        let minutes = if self.byte(b":").is_some() || self.0.first().is_some_and(u8::is_ascii_digit)
        {
            self.digits(2)?
        } else {
            0
        };
        let offset = i64::from(hours) * HOUR_MS + i64::from(minutes) * 60 * SECOND_MS;
        // Go writes both: `+0000 UTC`.
        if offset == 0 && self.byte(b" ").is_some() && !self.utc() {
            return None;
        }
        (self.0.is_empty() && minutes < 60 && offset <= MAX_OFFSET_MS)
            .then_some(Some(sign * offset))
    }
}

/// The plausible range of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    /// The earliest plausible instant, UTC milliseconds.
    earliest: i64,
    /// The instant that the run is made for, UTC milliseconds; only little later is plausible.
    as_of: i64,
}

impl Range {
    /// The range for a run.
    pub(super) fn of(settings: &Settings) -> Self {
        Self { earliest: settings.earliest, as_of: settings.as_of }
    }

    /// Checks that an instant is at most 24 h after the run.
    ///
    /// # Errors
    /// [`Unusable::OutOfRange`] if it is not.
    pub(super) fn near(self, at: i64) -> Result<Option<i64>, Unusable> {
        self.check(at, DAY_MS).map(|()| Some(at))
    }

    #[inline]
    fn check(self, at: i64, ahead: i64) -> Result<(), Unusable> {
        if (self.earliest..=self.as_of.saturating_add(ahead)).contains(&at) {
            Ok(())
        } else {
            let from = (at >= self.earliest).then(|| at.saturating_sub(ahead));
            Err(Unusable::OutOfRange { at, from })
        }
    }
}

/// Why a time cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unusable {
    /// It cannot be read.
    Bad,
    /// It lies outside the plausible range.
    OutOfRange {
        /// The instant, UTC milliseconds.
        at: i64,
        /// The earliest run, UTC milliseconds, that would accept it; `None` if none ever will.
        from: Option<i64>,
    },
}

impl Unusable {
    /// The counter that it belongs to.
    pub(super) fn measure(self) -> Measure {
        match self {
            Self::Bad => Measure::TimestampBad,
            Self::OutOfRange { .. } => Measure::TimestampOutOfRange,
        }
    }
}

/// Reads an ordinary time of the position: an instant up to as-of + 24 h. A time without a zone is bad here.
#[inline]
pub(super) fn instant(value: Value<'_>, limits: Range) -> Result<Option<i64>, Unusable> {
    let at = match value {
        Value::Plain(text) => usual(text),
        Value::None | Value::Json(_) => None,
    };
    match at.map_or_else(|| read(value), |at| Some(Stamp::Instant(at))) {
        None | Some(Stamp::WallClock(_)) => Err(Unusable::Bad),
        Some(Stamp::Sentinel) => Ok(None),
        Some(Stamp::Instant(at)) => limits.check(at, DAY_MS).map(|()| Some(at)),
    }
}

/// Reads a booking time: up to as-of + 400 days, with or without a zone.
#[inline]
pub(super) fn booking(value: Value<'_>, limits: Range) -> Result<Option<BookingTime>, Unusable> {
    let at = match value {
        Value::Plain(text) => usual(text),
        Value::None | Value::Json(_) => None,
    };
    let (time, at) = match at.map_or_else(|| read(value), |at| Some(Stamp::Instant(at))) {
        None => return Err(Unusable::Bad),
        Some(Stamp::Sentinel) => return Ok(None),
        Some(Stamp::Instant(at)) => (BookingTime::Instant(at), at),
        Some(Stamp::WallClock(at)) => (BookingTime::WallClock(at), at),
    };
    limits.check(at, BOOKING_AHEAD_MS).map(|()| Some(time))
}

/// Reads a receive time: an instant up to as-of + 24 h, in UTC if it names no zone; `Ok(None)` if there is none.
pub(super) fn received(value: Value<'_>, limits: Range) -> Result<Option<i64>, Unusable> {
    if matches!(value, Value::None | Value::Json(b"null")) {
        return Ok(None);
    }
    match read(value) {
        None => Err(Unusable::Bad),
        Some(Stamp::Sentinel) => Ok(None),
        Some(Stamp::Instant(at) | Stamp::WallClock(at)) => {
            limits.check(at, DAY_MS).map(|()| Some(at))
        }
    }
}

#[cfg(test)]
#[path = "timestamp_tests.rs"]
mod tests;
