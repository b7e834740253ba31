//! Reads a time that is a number: seconds, milliseconds, microseconds or nanoseconds since 1970.
//!
//! The size of the number tells the unit: between 1973 and 5138 no number is possible in two units, and smaller numbers
//! are not times (`20210301`). It is read as a decimal number, never as a float, so that nanoseconds stay exact to the
//! millisecond.

/// Most significant digits that are read; any more are far below a millisecond.
const MOST_DIGITS: u32 = 30;

/// UTC milliseconds, truncated, of a JSON number or its text; `None` if it is not a number, or is too small or too large
/// for a time.
pub(super) fn millis(text: &[u8]) -> Option<i64> {
    let number = Decimal::parse(text)?;
    let to_millis = match number.scaled(0)?.0 {
        // Seconds, milliseconds, microseconds, nanoseconds.
        100_000_000..100_000_000_000 => 3,
        100_000_000_000..100_000_000_000_000 => 0,
        100_000_000_000_000..100_000_000_000_000_000 => -3,
        100_000_000_000_000_000..100_000_000_000_000_000_000 => -6,
        _ => return None,
    };
    let (millis, exact) = number.scaled(to_millis)?;
    let millis = i64::try_from(millis).ok()?;
    Some(if number.negative { -millis - i64::from(!exact) } else { millis })
}

/// A decimal number: digits times a power of ten.
struct Decimal {
    negative: bool,
    digits: u128,
    exponent: i32,
}

impl Decimal {
    /// `-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?`
    fn parse(text: &[u8]) -> Option<Self> {
        let (negative, text) = match text.strip_prefix(b"-") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut number = Self { negative, digits: 0, exponent: 0 };
        let (whole, rest) = leading_digits(text)?;
        number.append(whole, false);
        let mut rest = rest;
        if let Some(behind) = rest.strip_prefix(b".") {
            let (fraction, behind) = leading_digits(behind)?;
            number.append(fraction, true);
            rest = behind;
        }
        if let [b'e' | b'E', behind @ ..] = rest {
            // As integers are written; nobody needs more than three digits.
            let power = std::str::from_utf8(behind).ok().filter(|power| power.len() <= 4)?;
            number.exponent += power.parse::<i32>().ok()?;
            rest = &[];
        }
        rest.is_empty().then_some(number)
    }

    /// Appends digits of the integer part or of the fraction.
    fn append(&mut self, digits: &[u8], fraction: bool) {
        for digit in digits {
            let fits = self.digits < 10_u128.pow(MOST_DIGITS);
            if fits {
                self.digits = self.digits * 10 + u128::from(digit - b'0');
            }
            match (fits, fraction) {
                (true, true) => self.exponent = self.exponent.saturating_sub(1),
                (false, false) => self.exponent = self.exponent.saturating_add(1),
                (true, false) | (false, true) => {}
            }
        }
    }

    /// The absolute value times a power of ten, truncated to an integer, and whether it is exact; `None` if it is too large.
    fn scaled(&self, power: i32) -> Option<(u128, bool)> {
        let power = self.exponent.saturating_add(power);
        if self.digits == 0 {
            return Some((0, true));
        }
        let factor = 10_u128.checked_pow(power.unsigned_abs());
        match (factor, power < 0) {
            (Some(factor), false) => self.digits.checked_mul(factor).map(|n| (n, true)),
            (None, false) => None,
            (Some(factor), true) => {
                Some((self.digits / factor, self.digits.is_multiple_of(factor)))
            }
            (None, true) => Some((0, false)),
        }
    }
}

/// The digits that a text begins with, at least one, and what follows.
fn leading_digits(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = text.iter().take_while(|c| c.is_ascii_digit()).count();
    text.split_at_checked(length).filter(|(digits, _)| !digits.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_size_tells_the_unit() {
        for (text, expected) in [
            ("1610376504", Some(1_610_376_504_000)),
            ("1610376504.479", Some(1_610_376_504_479)),
            ("1610376504.4799999999999999999999999999999999999", Some(1_610_376_504_479)),
            ("1610376504479", Some(1_610_376_504_479)),
            ("1610376504479.9", Some(1_610_376_504_479)),
            ("1610376504479123", Some(1_610_376_504_479)),
            ("1610376504479123456", Some(1_610_376_504_479)),
            ("1.610376504479e12", Some(1_610_376_504_479)),
            ("1.610376504479E+9", Some(1_610_376_504_479)),
            ("161037650447900e-2", Some(1_610_376_504_479)),
            ("0", None),
            ("0.0e999", None),
            ("20210301", None),
            ("99999999", None),
            ("100000000", Some(100_000_000_000)),
            ("0001610376504", Some(1_610_376_504_000)),
            ("-1", None),
            ("-2208988800.0005", Some(-2_208_988_800_001)),
            ("-62135596800", Some(-62_135_596_800_000)),
            ("99999999999", Some(99_999_999_999_000)),
            ("100000000000", Some(100_000_000_000)),
            ("99999999999999999999", Some(99_999_999_999_999)),
            ("100000000000000000000", None),
            ("1e300", None),
            ("1e-300", None),
            ("1e9999", None),
            ("1e99999", None),
            ("", None),
            ("-", None),
            ("+1", None),
            ("1.", None),
            (".5", None),
            ("1e", None),
            ("1e+", None),
            ("1 ", None),
            ("0x10", None),
            ("inf", None),
            ("NaN", None),
            ("1_000", None),
        ] {
            assert_eq!(millis(text.as_bytes()), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_unit_gives_the_same_instant(nanos in 1_000_000_000_u64 * 200_000_000..9_000_000_000_000_000_000) {
            let expected = i64::try_from(nanos / 1_000_000).unwrap();
            for text in [
                nanos.to_string(),
                (nanos / 1_000).to_string(),
                (nanos / 1_000_000).to_string(),
                format!("{}.{:03}", nanos / 1_000_000, nanos / 1_000 % 1_000),
                format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000),
                format!("{nanos}e-9"),
                format!("{nanos}.0e0"),
            ] {
                prop_assert_eq!(millis(text.as_bytes()), Some(expected), "{}", text);
            }
        }

        #[test]
        fn never_panics(text in "[-+0-9.eE]{0,60}") {
            let _unused = millis(text.as_bytes());
        }
    }
}
