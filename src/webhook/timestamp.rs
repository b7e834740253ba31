//! Reads the timestamps of all payload versions and checks that they make sense.
//!
//! Hand-written because no library reads all of it: 0 to 9 fraction digits, `Z`, an offset, or (booking times only)
//! no zone at all, with a blank instead of the `T`, with or without seconds.

use crate::calendar::{DAY_MS, EARLIEST_MS, HOUR_MS, SECOND_MS, civil_ms};

use super::snapshot::{BookingTime, Measure};
use super::usual_time::usual;

/// Largest offset from UTC that is believed.
const MAX_OFFSET_MS: i64 = 14 * HOUR_MS;

/// What a timestamp turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamp {
    /// UTC milliseconds.
    Instant(i64),
    /// Wall-clock milliseconds, no zone given.
    WallClock(i64),
    /// Year 1 or 1900: the vendor's way to say "no value".
    Sentinel,
}

/// Parses a timestamp; `None` if it is none.
pub(super) fn parse(text: &[u8]) -> Option<Stamp> {
    usual(text).map(Stamp::Instant).or_else(|| parse_any(text))
}

/// Parses any form of a timestamp. Never inlined: the usual form needs neither its stack nor its registers.
#[inline(never)]
fn parse_any(text: &[u8]) -> Option<Stamp> {
    let mut at = Cursor(text);
    let year = at.digits(4)?;
    at.byte(b"-")?;
    let month = at.digits(2)?;
    at.byte(b"-")?;
    let day = at.digits(2)?;
    at.byte(b"Tt ")?;
    let hour = at.digits(2)?;
    at.byte(b":")?;
    let minute = at.digits(2)?;
    let (mut second, mut millis) = (0, 0);
    if at.byte(b":").is_some() {
        second = at.digits(2)?;
        if at.byte(b".,").is_some() {
            millis = at.fraction()?;
        }
    }
    let wall = civil_ms((i32::try_from(year).ok()?, month, day), (hour, minute, second), millis)?;
    let offset = at.offset()?;
    if year == 1 || year == 1900 {
        return Some(Stamp::Sentinel);
    }
    Some(offset.map_or(Stamp::WallClock(wall), |offset| Stamp::Instant(wall - offset)))
}

/// What is left to read.
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

    /// 1 to 9 digits after the point, cut to milliseconds.
    fn fraction(&mut self) -> Option<u32> {
        let mut millis = self.digit()? * 100;
        for place in [10, 1, 0, 0, 0, 0, 0, 0] {
            match self.digit() {
                Some(digit) => millis += digit * place,
                None => break,
            }
        }
        Some(millis)
    }

    /// The rest must be nothing (`Some(None)`), `Z`, or an offset of at most 14 hours, in ms east of UTC.
    fn offset(mut self) -> Option<Option<i64>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let sign = match self.byte(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return self.0.is_empty().then_some(Some(0)),
        };
        let hours = self.digits(2)?;
        let minutes = match (self.byte(b":"), self.0.is_empty()) {
            (None, true) => 0,
            (Some(_), true) => return None,
            (_, false) => self.digits(2)?,
        };
        let offset = i64::from(hours) * HOUR_MS + i64::from(minutes) * 60 * SECOND_MS;
        (self.0.is_empty() && minutes < 60 && offset <= MAX_OFFSET_MS)
            .then_some(Some(sign * offset))
    }
}

/// Epoch seconds (below 1e11) or milliseconds as UTC milliseconds.
pub(super) fn from_epoch(number: f64) -> Option<i64> {
    if !number.is_finite() || number < 0.0 {
        return None;
    }
    let millis = if number < 1e11 { (number * 1000.0).round() } else { number };
    #[expect(clippy::cast_possible_truncation, reason = "bounded on the line above the cast")]
    (millis < 1e15).then_some(millis as i64)
}

/// How far ahead of the run a booking time may lie.
const BOOKING_AHEAD_MS: i64 = 400 * DAY_MS;

/// Why a time cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unusable {
    /// It cannot be read.
    Bad,
    /// It lies outside the years that make sense.
    OutOfRange {
        /// The first instant of a run that believes it; `None` if none ever does.
        from: Option<i64>,
    },
}

impl Unusable {
    /// The counter it belongs to.
    pub(super) fn measure(self) -> Measure {
        match self {
            Self::Bad => Measure::TimestampBad,
            Self::OutOfRange { .. } => Measure::TimestampOutOfRange,
        }
    }
}

/// Checks an ordinary instant against 2015-01-01 .. as-of + 24 h.
pub(super) fn in_range(instant: i64, as_of: i64) -> Result<i64, Unusable> {
    check(instant, as_of, DAY_MS).map(|()| instant)
}

fn check(at: i64, as_of: i64, ahead: i64) -> Result<(), Unusable> {
    if (EARLIEST_MS..=as_of.saturating_add(ahead)).contains(&at) {
        Ok(())
    } else {
        Err(Unusable::OutOfRange { from: (at >= EARLIEST_MS).then(|| at.saturating_sub(ahead)) })
    }
}

/// An ordinary time of the position: an instant in range. A time without a zone is bad here.
pub(super) fn instant(text: &[u8], as_of: i64) -> Result<Option<i64>, Unusable> {
    match parse(text) {
        None | Some(Stamp::WallClock(_)) => Err(Unusable::Bad),
        Some(Stamp::Sentinel) => Ok(None),
        Some(Stamp::Instant(at)) => in_range(at, as_of).map(Some),
    }
}

/// A booking time: 2015-01-01 .. as-of + 400 days, with or without a zone.
pub(super) fn booking(text: &[u8], as_of: i64) -> Result<Option<BookingTime>, Unusable> {
    let (time, at) = match parse(text) {
        None => return Err(Unusable::Bad),
        Some(Stamp::Sentinel) => return Ok(None),
        Some(Stamp::Instant(at)) => (BookingTime::Instant(at), at),
        Some(Stamp::WallClock(at)) => (BookingTime::WallClock(at), at),
    };
    check(at, as_of, BOOKING_AHEAD_MS).map(|()| Some(time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AS_OF: i64 = 1_622_505_600_000; // 2021-06-01T00:00:00Z

    fn ms(text: &str) -> i64 {
        chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
    }

    #[test]
    fn every_documented_form() {
        let base = ms("2021-01-11T14:48:24Z");
        for (text, millis) in [
            ("2021-01-11T14:48:24Z", 0),
            ("2021-01-11T14:48:24.4Z", 400),
            ("2021-01-11T14:48:24.479Z", 479),
            ("2021-01-11T14:48:24.479999999Z", 479),
            ("2021-01-11T15:48:24.47+01:00", 470),
            ("2021-01-11T10:18:24-0430", 0),
            ("2021-01-11T16:48:24+02", 0),
            ("2021-01-11t14:48:24z", 0),
            ("2021-01-11 14:48:24Z", 0),
        ] {
            assert_eq!(parse(text.as_bytes()), Some(Stamp::Instant(base + millis)), "{text}");
        }
        assert_eq!(parse(b"2021-01-11 14:48"), Some(Stamp::WallClock(ms("2021-01-11T14:48:00Z"))));
        assert_eq!(parse(b"0001-01-01T00:00:00Z"), Some(Stamp::Sentinel));
        assert_eq!(parse(b"1900-01-01T00:00:00Z"), Some(Stamp::Sentinel));
    }

    #[test]
    fn what_is_no_timestamp() {
        for text in [
            "",
            "soon",
            "2021-01-11",
            "2021-02-30T00:00:00Z",
            "2021-01-11T25:00:00Z",
            "2021-01-11T14:48:24.Z",
            "2021-01-11T14:48:24.1234567890Z",
            "2021-01-11T14:48:24+15:00",
            "2021-01-11T14:48:24+01:",
            "2021-01-11T14:48:24Zjunk",
            "1610376504",
            "2021-01-11T14:48:24+14:01",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn ranges_and_zones() {
        assert_eq!(
            instant(b"2014-12-31T23:59:59.999Z", AS_OF),
            Err(Unusable::OutOfRange { from: None })
        );
        assert_eq!(instant(b"2015-01-01T00:00:00Z", AS_OF), Ok(Some(EARLIEST_MS)));
        assert_eq!(instant(b"2021-06-02T00:00:00Z", AS_OF), Ok(Some(AS_OF + DAY_MS)));
        assert_eq!(
            instant(b"2021-06-02T00:00:00.001Z", AS_OF),
            Err(Unusable::OutOfRange { from: Some(AS_OF + 1) })
        );
        assert_eq!(instant(b"2021-05-01T10:00:00", AS_OF), Err(Unusable::Bad));
        assert_eq!(instant(b"0001-01-01T00:00:00", AS_OF), Ok(None));
        assert!(matches!(booking(b"2021-05-01 10:00", AS_OF), Ok(Some(BookingTime::WallClock(_)))));
        assert!(matches!(
            booking(b"2022-07-06T00:00:00Z", AS_OF),
            Ok(Some(BookingTime::Instant(_)))
        ));
        assert_eq!(
            booking(b"2022-07-06T00:00:01Z", AS_OF),
            Err(Unusable::OutOfRange { from: Some(AS_OF + 1_000) })
        );
        // From the instant that is named on, and not a millisecond before.
        for text in [b"2031-06-02T00:00:00.001Z", b"2031-07-06T01:00:00.000Z"] {
            let Err(Unusable::OutOfRange { from: Some(from) }) = instant(text, AS_OF) else {
                panic!()
            };
            assert!(instant(text, from).is_ok() && instant(text, from - 1).is_err());
            let Err(Unusable::OutOfRange { from: Some(from) }) = booking(text, AS_OF) else {
                panic!()
            };
            assert!(booking(text, from).is_ok() && booking(text, from - 1).is_err());
        }
    }

    #[test]
    fn epochs_are_seconds_or_milliseconds() {
        assert_eq!(from_epoch(1_610_376_504.0), Some(1_610_376_504_000));
        assert_eq!(from_epoch(1_610_376_504.479), Some(1_610_376_504_479));
        assert_eq!(from_epoch(1_610_376_504_479.0), Some(1_610_376_504_479));
        assert_eq!(from_epoch(-1.0), None);
        assert_eq!(from_epoch(1e300), None);
    }

    proptest! {
        #[test]
        fn agrees_with_chrono(at in EARLIEST_MS..1_900_000_000_000_i64, minutes in -840_i32..=840) {
            let zone = chrono::FixedOffset::east_opt(minutes * 60).unwrap();
            let text = chrono::DateTime::from_timestamp_millis(at).unwrap().with_timezone(&zone).to_rfc3339();
            prop_assert_eq!(parse(text.as_bytes()), Some(Stamp::Instant(at)));
        }

        #[test]
        fn the_usual_form_is_read_like_any_other(
            at in -99_999_999_999_999_i64..9_999_999_999_999,
            millis in any::<bool>(),
            edit in prop::option::of((0_usize..24, prop::sample::select(b"0123456789-:.TZ x\xff".to_vec()))),
        ) {
            let form = if millis { chrono::SecondsFormat::Millis } else { chrono::SecondsFormat::Secs };
            let text = chrono::DateTime::from_timestamp_millis(at).unwrap().to_rfc3339_opts(form, true);
            let mut text = text.into_bytes();
            if let Some((at, byte)) = edit {
                let at = at % text.len();
                text[at] = byte;
            }
            prop_assert_eq!(parse(&text), parse_any(&text));
        }

        #[test]
        fn never_panics(text in prop::collection::vec(any::<u8>(), 0..40)) {
            let _unused = parse(&text);
        }
    }
}
