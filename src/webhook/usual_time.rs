//! Reads the usual form of a timestamp, eight bytes at a time.

use crate::calendar::{DAY_MS, SECOND_MS};

/// Reads the form of nearly all timestamps: `2021-01-11T14:48:24Z`, with or without milliseconds, in the years of
/// [`MONTHS`]. `None` for any other form, and for what needs a closer look. This runs five times a line.
#[inline]
pub(super) fn usual(text: &[u8]) -> Option<i64> {
    const DATE: Form = Form::of(*b"0000-00-");
    const TIME: Form = Form::of(*b"00T00:00");
    const SECOND: Form = Form::of(*b":00.000Z");
    let (date, rest) = text.split_first_chunk()?;
    let (time, rest) = rest.split_first_chunk()?;
    let second = match rest.first_chunk() {
        Some(second) if rest.len() == 8 => u64::from_le_bytes(*second),
        _ => match *rest {
            [a, b, c, b'Z'] => u64::from_le_bytes([a, b, c, b'.', b'0', b'0', b'0', b'Z']),
            _ => return None,
        },
    };
    let [century, _, year, _, _, month, ..] =
        DATE.numbers(u64::from_le_bytes(*date))?.map(usize::from);
    let [day, _, _, hour, _, _, minute, _] = TIME.numbers(u64::from_le_bytes(*time))?;
    let [_, second, _, _, centis, _, millis, _] = SECOND.numbers(second)?;
    let month = month.checked_sub(1).filter(|month| *month < 12)?;
    let place = (century * 100 + year).checked_sub(FIRST_YEAR)? * 12 + month;
    let [begin, end] = MONTHS.get(place..)?.first_chunk()?.map(i64::from);
    let date = begin + i64::from(day.checked_sub(1)?);
    if date >= end || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // The last digit of the milliseconds was read as the first of a number, with a `Z` in place of the second.
    let millis = u32::from(centis) * 10 + u32::from(millis / 10);
    let second = (u32::from(hour) * 60 + u32::from(minute)) * 60 + u32::from(second);
    Some(date * DAY_MS + i64::from(second) * SECOND_MS + i64::from(millis))
}

/// An expected pattern of eight bytes: digits and fixed bytes.
struct Form {
    bytes: u64,
    /// Added to how far a byte is from the expected one, this exceeds 0x7f if the byte is wrong; digits may differ by 9,
    /// other bytes by 0.
    room: u64,
}

impl Form {
    /// A pattern from a text in which every `0` stands for any digit.
    const fn of(bytes: [u8; 8]) -> Self {
        let mut room = 0;
        let mut left: &[u8] = &bytes;
        while let [rest @ .., last] = left {
            room = room << 8 | if *last == b'0' { 0x7f - 9 } else { 0x7f };
            left = rest;
        }
        Self { bytes: u64::from_le_bytes(bytes), room }
    }

    /// For each byte, the two-digit number that it makes with the next one; `None` if the text does not match the pattern.
    #[inline]
    fn numbers(&self, text: u64) -> Option<[u8; 8]> {
        // The bits of `0` are set in every digit, so this leaves the value.
        let digits = text ^ self.bytes;
        if (digits | digits.wrapping_add(self.room)) & 0x8080_8080_8080_8080 != 0 {
            return None;
        }
        // No byte exceeds 99.
        Some(digits.wrapping_mul(10).wrapping_add(digits >> 8).to_le_bytes())
    }
}

/// First year of [`MONTHS`].
const FIRST_YEAR: usize = 1970;
/// Number of months in [`MONTHS`]: up to the year 2099. From 1901 until then, every fourth year is a leap year.
const COUNT: usize = 130 * 12;

/// Days from 1970-01-01 to the first day of each month, and of the month after the last one.
#[expect(clippy::indexing_slicing, reason = "done by the compiler, which would see it")]
static MONTHS: [u16; COUNT + 1] = {
    let mut months = [0; COUNT + 1];
    let mut at = 0;
    while at < COUNT {
        let leap = (FIRST_YEAR + at / 12).is_multiple_of(4);
        let length = match at % 12 {
            1 => 28 + leap as u16,
            3 | 5 | 8 | 10 => 30,
            _ => 31,
        };
        months[at + 1] = months[at] + length;
        at += 1;
    }
    months
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::civil_ms;

    #[test]
    fn the_days_of_every_month_are_those_of_the_calendar() {
        for place in 0..COUNT {
            let (year, month) = (FIRST_YEAR + place / 12, place % 12 + 1);
            for day in 0..=32 {
                let text = format!("{year}-{month:02}-{day:02}T23:59:60Z");
                let date = (i32::try_from(year).unwrap(), u32::try_from(month).unwrap(), day);
                assert_eq!(usual(text.as_bytes()), civil_ms(date, (23, 59, 60), 0), "{text}");
            }
        }
    }
}
