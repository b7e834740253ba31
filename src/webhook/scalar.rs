//! Reads single JSON values, only when they are needed and only as far as needed.
//!
//! A value is a borrowed slice of the record. A string without escapes is used in place; everything else goes through
//! `serde_json`. A value of an unexpected type counts as absent; nothing is guessed.

use std::borrow::Cow;

use super::rating::{Rating, Scale};
use super::reject::Reject;
use super::snapshot::{Measure, Text};
use super::value::Value;

/// The string contains half a surrogate pair, so it is not valid text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HalfPair;

impl From<HalfPair> for Reject {
    fn from(_: HalfPair) -> Self {
        Self::BadUtf8
    }
}

/// The text of a string value; `None` if it is absent, null or of another type.
///
/// # Errors
/// [`HalfPair`] if the string is not valid text.
#[inline]
pub(super) fn text(value: Value<'_>) -> Result<Option<Cow<'_, [u8]>>, HalfPair> {
    match value {
        Value::None => Ok(None),
        Value::Plain(text) => Ok(Some(Cow::Borrowed(text))),
        Value::Json(json) => text_of(json),
    }
}

fn text_of(json: &[u8]) -> Result<Option<Cow<'_, [u8]>>, HalfPair> {
    let Some(inner) = inside_quotes(json) else {
        return Ok(None);
    };
    if memchr::memchr(b'\\', inner).is_some() {
        serde_json::from_slice::<String>(json)
            .map(|text| Some(Cow::Owned(text.into_bytes())))
            .map_err(|_| HalfPair)
    } else {
        Ok(Some(Cow::Borrowed(inner)))
    }
}

/// The inside of a string, without its quotes.
fn inside_quotes(json: &[u8]) -> Option<&[u8]> {
    json.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""))
}

/// The JSON text with U+FFFD in place of every half surrogate pair; `None` if there is none.
///
/// Senders write such halves when they cut names in the middle of a pair. The rest of the text is worth keeping.
pub(super) fn repair(json: &[u8]) -> Option<Vec<u8>> {
    let mut repaired: Option<Vec<u8>> = None;
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', json.get(at..)?) {
        at += found;
        let rest = json.get(at..)?;
        let (length, half) = match (surrogate(rest), surrogate(rest.get(6..).unwrap_or_default())) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => (12, false),
            (Some(_), _) => (6, true),
            // An escaped backslash does not escape what follows it.
            (None, _) => (2, false),
        };
        if half {
            let text = repaired.get_or_insert_with(|| json.to_vec());
            if let Some(digits) = text.get_mut(at + 2..at + 6) {
                digits.copy_from_slice(b"fffd");
            }
        }
        at += length;
    }
    repaired
}

/// If a text begins with the escape of half a surrogate pair: its code unit.
fn surrogate(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.first_chunk::<4>()?;
    let unit = digits.iter().try_fold(0, |unit, digit| {
        let value = char::from(*digit).to_digit(16).and_then(|value| u16::try_from(value).ok())?;
        Some(unit << 4 | value)
    });
    unit.filter(|unit| (0xd800..0xe000).contains(unit))
}

/// The text of a non-empty string value, repaired if need be, and whether it was repaired.
///
/// # Errors
/// [`HalfPair`] if it is not valid text even so.
#[inline]
pub(super) fn repaired(value: Value<'_>) -> Result<(Option<Text<'_>>, bool), HalfPair> {
    match (non_empty(value), value) {
        (Ok(text), _) => Ok((text, false)),
        (Err(half), Value::Json(json)) => {
            let text = text_of(&repair(json).ok_or(half)?)?.map(Cow::into_owned);
            Ok((text.map(|text| Text::of(Cow::Owned(text))), true))
        }
        (Err(half), Value::None | Value::Plain(_)) => Err(half),
    }
}

/// The text of a non-empty string value.
///
/// # Errors
/// As [`text`].
#[inline]
pub(super) fn non_empty(value: Value<'_>) -> Result<Option<Text<'_>>, HalfPair> {
    Ok(text(value)?.filter(|text| !text.is_empty()).map(Text::of))
}

/// An integer in `low..=high`; `None` for anything else.
pub(super) fn whole(value: Value<'_>, low: u32, high: u32) -> Option<u32> {
    let Value::Json(json) = value else { return None };
    let value = number(json)?;
    (low..=high).contains(&value).then_some(value)
}

/// The integer that a JSON number such as `4` or `4.0` stands for.
fn number(json: &[u8]) -> Option<u32> {
    if let [digit @ b'0'..=b'9'] = json {
        return Some(u32::from(digit - b'0'));
    }
    let json = std::str::from_utf8(json).ok()?;
    if let Ok(whole) = json.parse::<u32>() {
        return Some(whole);
    }
    // `f64::parse` also accepts `inf` and `+1`, but these are not JSON numbers, so they cannot occur here.
    let value: f64 = json.parse().ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and in range, checked on this line"
    )]
    (value.fract().abs() < f64::EPSILON && (0.0..=1e9).contains(&value)).then_some(value as u32)
}

/// A larger number in the place of a rating is on no scale and may be anything, such as a phone number.
const LARGEST_RATING: u32 = 1_000;

/// What was found in the place of a rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Rated {
    /// The rating.
    pub(super) rating: Option<Rating>,
    /// What is odd about it.
    pub(super) odd: Option<Measure>,
    /// A number beyond the scale, if it is small enough to be a rating on another one.
    pub(super) beyond: Option<u32>,
}

/// Reads a rating: an integer on the scale (`4`, `4.0`), or digits in a string, which is counted as odd.
pub(super) fn rating(value: Value<'_>, scale: Scale) -> Rated {
    let (written, number, odd) = match value {
        Value::None => return Rated::default(),
        Value::Json(json) => match inside_quotes(json) {
            Some(digits) => return rating(Value::Plain(digits), scale),
            None => (json, number(json), None),
        },
        Value::Plain(digits) => {
            let whole = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
            let number = if whole { number(digits) } else { None };
            (digits, number, Some(Measure::RatingCoerced))
        }
    };
    let held = number.filter(|number| scale.holds(*number));
    let rating = held.and_then(|number| u8::try_from(number).ok()).and_then(Rating::new);
    match rating {
        Some(_) => Rated { rating, odd, beyond: None },
        None => {
            let beyond = beyond(written, scale);
            Rated { rating: None, odd: Some(Measure::RatingBad), beyond }
        }
    }
}

/// A number above the scale, rounded up: a 7.5 belongs to another scale too.
#[cold]
fn beyond(text: &[u8], scale: Scale) -> Option<u32> {
    // `parse` also accepts the words `inf` and `nan`.
    let numeric = text.iter().all(|c| c.is_ascii_digit() || b"+-.eE".contains(c));
    let value: f64 = std::str::from_utf8(text).ok().filter(|_| numeric)?.parse().ok()?;
    let is_beyond = value > f64::from(scale.top()) && value <= f64::from(LARGEST_RATING);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "above 1 and at most 1,000, checked above"
    )]
    is_beyond.then(|| value.ceil() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ratings() {
        use Measure::{RatingBad, RatingCoerced};
        for (json, stars, odd) in [
            ("1", Some(1), None),
            ("5", Some(5), None),
            ("4.0", Some(4), None),
            ("4e0", Some(4), None),
            ("\"4\"", Some(4), Some(RatingCoerced)),
            ("0", None, Some(RatingBad)),
            ("6", None, Some(RatingBad)),
            ("4.5", None, Some(RatingBad)),
            ("-4", None, Some(RatingBad)),
            ("1e999", None, Some(RatingBad)),
            ("\"\"", None, Some(RatingBad)),
            ("\"4.0\"", None, Some(RatingBad)),
            ("\"good\"", None, Some(RatingBad)),
            ("\"9\"", None, Some(RatingBad)),
            ("true", None, Some(RatingBad)),
            ("[]", None, Some(RatingBad)),
            ("{}", None, Some(RatingBad)),
        ] {
            let found = rating(Value::Json(json.as_bytes()), Scale::default());
            assert_eq!((found.rating, found.odd), (stars.and_then(Rating::new), odd), "{json}");
        }
        assert_eq!(rating(Value::None, Scale::default()), Rated::default());
    }

    #[test]
    fn ratings_of_another_scale() {
        let rated = |json: &str, top| {
            let found = rating(Value::Json(json.as_bytes()), Scale::new(top, None).unwrap());
            (found.rating.map(Rating::stars), found.beyond)
        };
        for (json, five, ten, hundred) in [
            ("3", (Some(3), None), (Some(3), None), (Some(3), None)),
            ("10", (None, Some(10)), (Some(10), None), (Some(10), None)),
            ("\"10\"", (None, Some(10)), (Some(10), None), (Some(10), None)),
            ("9.0", (None, Some(9)), (Some(9), None), (Some(9), None)),
            ("11", (None, Some(11)), (None, Some(11)), (Some(11), None)),
            ("100", (None, Some(100)), (None, Some(100)), (Some(100), None)),
            ("101", (None, Some(101)), (None, Some(101)), (None, Some(101))),
            // 256 + 4 is no 4.
            ("260", (None, Some(260)), (None, Some(260)), (None, Some(260))),
            ("0", (None, None), (None, None), (None, None)),
            ("-1", (None, None), (None, None), (None, None)),
            ("7.5", (None, Some(8)), (None, None), (None, None)),
            ("100.5", (None, Some(101)), (None, Some(101)), (None, Some(101))),
            ("4.5", (None, None), (None, None), (None, None)),
            ("\"9.0\"", (None, Some(9)), (None, None), (None, None)),
            ("\"inf\"", (None, None), (None, None), (None, None)),
            ("\"9 of 10\"", (None, None), (None, None), (None, None)),
            ("1e999", (None, None), (None, None), (None, None)),
            ("46701234567", (None, None), (None, None), (None, None)),
            ("1001", (None, None), (None, None), (None, None)),
            ("\"Anna 9\"", (None, None), (None, None), (None, None)),
        ] {
            assert_eq!([5, 10, 100].map(|top| rated(json, top)), [five, ten, hundred], "{json}");
        }
    }

    #[test]
    fn halves_of_pairs_are_repaired_and_nothing_else() {
        for (json, expected) in [
            (r#""\ud83d""#, Some("\u{fffd}")),
            (r#""a\ude00b""#, Some("a\u{fffd}b")),
            (r#""\ud83d\ud83d\ude00""#, Some("\u{fffd}\u{1f600}")),
            (r#""\uDE00\uD83D""#, Some("\u{fffd}\u{fffd}")),
            (r#""\ud83d\u00e9""#, Some("\u{fffd}\u{e9}")),
            (r#""\\ud83d\ud83d""#, Some("\\ud83d\u{fffd}")),
            (r#""\ud83d\n""#, Some("\u{fffd}\n")),
            (r#""\ud83d\ude00""#, None),
            (r#""\\ud83d""#, None),
            (r#""plain""#, None),
        ] {
            let value = Value::Json(json.as_bytes());
            let (found, changed) = repaired(value).unwrap();
            assert_eq!(changed, expected.is_some(), "{json}");
            assert_eq!(text(value).is_err(), changed, "{json}");
            if let Some(expected) = expected {
                assert_eq!(found.as_deref(), Some(expected), "{json}");
            }
        }
    }

    proptest! {
        #[test]
        fn repaired_text_is_what_utf16_readers_see(units in prop::collection::vec(
            prop_oneof![Just(0x41_u16), 0xd7fe_u16..0xe002, 0xdbfe_u16..0xdc02, any::<u16>()], 1..12,
        )) {
            let escapes: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            let json = format!("\"{escapes}\"");
            let (found, changed) = repaired(Value::Json(json.as_bytes())).unwrap();
            let expected = String::from_utf16_lossy(&units);
            prop_assert_eq!(found.as_deref(), Some(expected.as_str()));
            prop_assert_eq!(changed, String::from_utf16(&units).is_err());
        }
    }

    #[test]
    fn texts_and_numbers() {
        let escaped = r#""a\"b\u00e9""#;
        assert_eq!(
            text(Value::Json(escaped.as_bytes())),
            Ok(Some(Cow::Borrowed("a\"bé".as_bytes())))
        );
        assert_eq!(text(Value::Json(br#""\ud800""#)), Err(HalfPair));
        assert_eq!(text(Value::Json(b"12")), Ok(None));
        assert_eq!(non_empty(Value::Json(b"\"\"")), Ok(None));
        assert_eq!(whole(Value::Json(b"3"), 1, 10_000), Some(3));
        assert_eq!(whole(Value::Json(b"3.0"), 1, 10_000), Some(3));
        for bad in ["0", "-1", "2.5", "\"3\"", "10001", "99999999999999999999"] {
            assert_eq!(whole(Value::Json(bad.as_bytes()), 1, 10_000), None, "{bad}");
        }
    }
}
