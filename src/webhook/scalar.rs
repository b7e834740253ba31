//! Single JSON values, read only when they are needed and only as far as they are needed.
//!
//! A value arrives as a borrowed slice of the line. A string without escapes is used in place; everything else goes
//! through `serde_json`. A value of an unexpected type is "no value", never a guess.

use std::borrow::Cow;

use super::field::Value;
use super::reject::Reject;
use super::snapshot::{Measure, Rating, Text};

/// A string with half a surrogate pair in it: no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HalfPair;

impl From<HalfPair> for Reject {
    fn from(_: HalfPair) -> Self {
        Self::BadUtf8
    }
}

/// The text of a string value; `None` for absent, null and every other type.
///
/// # Errors
/// [`HalfPair`] for a string that is no text.
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

/// What stands between the quotes of a string.
fn inside_quotes(json: &[u8]) -> Option<&[u8]> {
    json.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""))
}

/// The text of a string value that is not empty.
///
/// # Errors
/// As [`text`].
#[inline]
pub(super) fn non_empty(value: Value<'_>) -> Result<Option<Text<'_>>, HalfPair> {
    Ok(text(value)?.filter(|text| !text.is_empty()).map(Text::of))
}

/// A number that is whole and lies in `low..=high`.
pub(super) fn whole(value: Value<'_>, low: u32, high: u32) -> Option<u32> {
    let Value::Json(json) = value else { return None };
    let value = number(json)?;
    (low..=high).contains(&value).then_some(value)
}

/// A whole number of a JSON number such as `4` or `4.0`.
fn number(json: &[u8]) -> Option<u32> {
    if let [digit @ b'0'..=b'9'] = json {
        return Some(u32::from(digit - b'0'));
    }
    let json = std::str::from_utf8(json).ok()?;
    if let Ok(whole) = json.parse::<u32>() {
        return Some(whole);
    }
    // `parse` of f64 also takes `inf` and `+1`: neither is a JSON number, so neither can be here.
    let value: f64 = json.parse().ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and in range, checked on this line"
    )]
    (value.fract().abs() < f64::EPSILON && (0.0..=1e9).contains(&value)).then_some(value as u32)
}

/// A rating and what is odd about it: 1 to 5 as a whole number (`4`, `4.0`) or, counted, as digits in a string.
pub(super) fn rating(value: Value<'_>) -> (Option<Rating>, Option<Measure>) {
    let stars = |n: Option<u32>| n.and_then(|n| u8::try_from(n).ok()).and_then(Rating::new);
    let (rating, measure) = match value {
        Value::None => return (None, None),
        Value::Json(json) => match inside_quotes(json) {
            Some(digits) => return rating(Value::Plain(digits)),
            None => (stars(number(json)), None),
        },
        Value::Plain(digits) => {
            let whole = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
            (stars(if whole { number(digits) } else { None }), Some(Measure::RatingCoerced))
        }
    };
    match rating {
        Some(_) => (rating, measure),
        None => (None, Some(Measure::RatingBad)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(
                rating(Value::Json(json.as_bytes())),
                (stars.and_then(Rating::new), odd),
                "{json}"
            );
        }
        assert_eq!(rating(Value::None), (None, None));
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
