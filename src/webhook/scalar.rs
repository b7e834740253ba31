//! Single JSON values, read only when they are needed and only as far as they are needed.
//!
//! A value arrives as a borrowed slice of the line. A string without escapes is used in place; everything else goes
//! through `serde_json`. A value of an unexpected type is "no value", never a guess.

use std::borrow::Cow;

use super::reject::Reject;
use super::snapshot::{Measure, Rating};

/// The JSON text of a value that may be absent or null.
pub(super) type Raw<'a> = Option<&'a str>;

/// The text of a string value; `None` for absent, null and every other type.
///
/// # Errors
/// [`Reject::BadUtf8`] for half a surrogate pair.
pub(super) fn text(raw: Raw<'_>) -> Result<Option<Cow<'_, str>>, Reject> {
    let Some(json) = raw else {
        return Ok(None);
    };
    let Some(inner) = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Ok(None);
    };
    if inner.contains('\\') {
        serde_json::from_str(json).map(|s| Some(Cow::Owned(s))).map_err(|_| Reject::BadUtf8)
    } else {
        Ok(Some(Cow::Borrowed(inner)))
    }
}

/// The text of a string value that is not empty.
///
/// # Errors
/// As [`text`].
pub(super) fn non_empty(raw: Raw<'_>) -> Result<Option<Cow<'_, str>>, Reject> {
    Ok(text(raw)?.filter(|t| !t.is_empty()))
}

/// A number that is whole and lies in `low..=high`.
pub(super) fn whole(raw: Raw<'_>, low: u32, high: u32) -> Option<u32> {
    let value = number(raw?)?;
    (low..=high).contains(&value).then_some(value)
}

/// A whole number of a JSON number such as `4` or `4.0`.
fn number(json: &str) -> Option<u32> {
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
pub(super) fn rating(raw: Raw<'_>) -> (Option<Rating>, Option<Measure>) {
    let Some(json) = raw else {
        return (None, None);
    };
    let stars = |n: Option<u32>| n.and_then(|n| u8::try_from(n).ok()).and_then(Rating::new);
    if let Some(digits) = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        let whole = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
        return match stars(if whole { digits.parse().ok() } else { None }) {
            Some(rating) => (Some(rating), Some(Measure::RatingCoerced)),
            None => (None, Some(Measure::RatingBad)),
        };
    }
    match stars(number(json)) {
        Some(rating) => (Some(rating), None),
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
            assert_eq!(rating(Some(json)), (stars.and_then(Rating::new), odd), "{json}");
        }
        assert_eq!(rating(None), (None, None));
    }

    #[test]
    fn texts_and_numbers() {
        let escaped = r#""a\"b\u00e9""#;
        assert_eq!(text(Some(escaped)), Ok(Some(Cow::Borrowed("a\"bé"))));
        assert_eq!(text(Some(r#""\ud800""#)), Err(Reject::BadUtf8));
        assert_eq!(text(Some("12")), Ok(None));
        assert_eq!(non_empty(Some("\"\"")), Ok(None));
        assert_eq!(whole(Some("3"), 1, 10_000), Some(3));
        assert_eq!(whole(Some("3.0"), 1, 10_000), Some(3));
        for bad in ["0", "-1", "2.5", "\"3\"", "10001", "99999999999999999999"] {
            assert_eq!(whole(Some(bad), 1, 10_000), None, "{bad}");
        }
    }
}
