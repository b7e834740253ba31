//! Renders tables as CSV: UTF-8, LF line ends, a header line.
//!
//! Text is always quoted and made inert for spreadsheets; numbers are never quoted. A missing value is an empty cell,
//! never a zero; it has no quotes, so it differs from an empty text. Another dialect changes what stands between cells, what
//! stands in numbers, and how the file begins.

use std::io::Write;

use chrono::{Datelike, NaiveDate};

use crate::metric::{Cell, Kind, Table};

use super::dialect::Dialect;
use super::text::csv_cell;

/// Renders a table as a CSV file in the usual dialect.
#[must_use]
pub fn to_csv(table: &Table<'_>) -> Vec<u8> {
    to_csv_as(table, Dialect::default())
}

/// Renders a table as a CSV file in a dialect.
///
/// This does not use Polars' CSV writer, which has one number of decimals for all columns, cannot quote only texts, and
/// takes a dataframe, which summary rows never are.
#[must_use]
pub fn to_csv_as(table: &Table<'_>, dialect: Dialect) -> Vec<u8> {
    let mut separator = [0; 1];
    // Each of them is one byte.
    let separator = dialect.separator().sign().encode_utf8(&mut separator);
    let point = if dialect.decimal_comma() { b',' } else { b'.' };
    let header: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let mut csv = Vec::new();
    if dialect.bom() {
        csv.extend("\u{feff}".as_bytes());
    }
    csv.extend(header.join(separator).as_bytes());
    csv.push(b'\n');
    // The last text of each column with its cell: neighbouring rows often repeat it.
    let mut texts = vec![(String::new(), "\"\"".to_owned()); table.columns.len()];
    table.rows(&mut |row| {
        for (at, ((cell, (_, kind)), last)) in
            row.iter().zip(&table.columns).zip(&mut texts).enumerate()
        {
            if at > 0 {
                csv.extend(separator.as_bytes());
            }
            push(&mut csv, *cell, (*kind, point), last);
        }
        csv.push(b'\n');
    });
    csv
}

/// A single cell of a column, as the CSV files have it.
#[must_use]
pub fn cell(cell: Cell<'_>, kind: Kind) -> String {
    let mut csv = Vec::new();
    push(&mut csv, cell, (kind, b'.'), &mut (String::new(), "\"\"".to_owned()));
    String::from_utf8_lossy(&csv).into_owned()
}

/// Appends a cell.
fn push(csv: &mut Vec<u8>, cell: Cell<'_>, (kind, point): (Kind, u8), last: &mut (String, String)) {
    match cell {
        Cell::Missing => {}
        Cell::Text(text) => {
            if text != last.0 {
                last.1 = csv_cell(text);
                text.clone_into(&mut last.0);
            }
            csv.extend(last.1.as_bytes());
        }
        Cell::Date(date) => push_date(csv, date),
        Cell::Count(count) => push_whole(csv, count),
        Cell::Whole(number) => {
            if number < 0 {
                csv.push(b'-');
            }
            push_whole(csv, number.unsigned_abs());
        }
        Cell::Number(number) if kind == Kind::Seconds => push_fixed::<2>(csv, number, point),
        Cell::Number(number) => push_fixed::<4>(csv, number, point),
        Cell::Seconds(number) => push_fixed::<2>(csv, number, point),
        Cell::Truth(holds) => csv.extend(if holds { "true" } else { "false" }.as_bytes()),
    }
}

/// Appends a date in quotes.
pub(super) fn push_date(csv: &mut Vec<u8>, date: NaiveDate) {
    csv.push(b'"');
    push_day(csv, date);
    csv.push(b'"');
}

/// Appends a date.
pub(super) fn push_day(csv: &mut Vec<u8>, date: NaiveDate) {
    match u64::try_from(date.year()) {
        Ok(year @ 0..=9999) => {
            push_padded(csv, year, 4);
            csv.push(b'-');
            push_padded(csv, date.month().into(), 2);
            csv.push(b'-');
            push_padded(csv, date.day().into(), 2);
        }
        _ => {
            // Writing to a vector cannot fail.
            let _written = write!(csv, "{date}");
        }
    }
}

/// Appends a number with one to four decimals behind `point`, rounded to the nearest by its exact value, as `{:.n}` does.
fn push_fixed<const DECIMALS: u32>(csv: &mut Vec<u8>, number: f64, point: u8) {
    let scale = const { 10_u64.pow(DECIMALS) };
    #[expect(clippy::cast_precision_loss, reason = "at most 10^4")]
    let scaled = number * scale as f64;
    // What is no number or too large for this becomes something that is not used.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0 to 10^12 where it is used"
    )]
    let whole = scaled as u64;
    #[expect(clippy::cast_precision_loss, reason = "below 2^53 where it is used")]
    let rest = scaled - whole as f64;
    // Multiplying changes a value by less than this, so the exact value matters only near a half.
    let is_near_half = (rest - 0.5).abs() < 1e-3;
    if number.is_sign_positive() && scaled < 1e12 && !is_near_half {
        let rounded = whole + u64::from(rest > 0.5);
        push_whole(csv, rounded / scale);
        csv.push(point);
        push_padded(csv, rounded % scale, DECIMALS);
    } else {
        let places = usize::try_from(DECIMALS).unwrap_or(0);
        let begin = csv.len();
        // Writing to a vector cannot fail.
        let _written = write!(csv, "{number:.places$}");
        let is_zero = |text: &[u8]| text.iter().all(|byte| b"-0.".contains(byte));
        // What is printed as zero has no sign.
        if csv.get(begin) == Some(&b'-') && csv.get(begin..).is_some_and(is_zero) {
            csv.remove(begin);
        }
        for byte in csv.iter_mut().skip(begin).filter(|byte| **byte == b'.') {
            *byte = point;
        }
    }
}

/// Appends a whole number.
pub(super) fn push_whole(csv: &mut Vec<u8>, number: u64) {
    match number {
        // Most counts of a day are one digit.
        0..10 => csv.push(digit(number)),
        10..100 => push_padded(csv, number, 2),
        100..1_000 => push_padded(csv, number, 3),
        _ => {
            push_whole(csv, number / 1_000);
            push_padded(csv, number % 1_000, 3);
        }
    }
}

/// Appends the last four digits of a number, or fewer, with zeros in front.
pub(super) fn push_padded(csv: &mut Vec<u8>, number: u64, digits: u32) {
    // Below 10^4, so that it is divided quickly.
    let number = u16::try_from(number % 10_000).unwrap_or(0);
    let text = [number / 1_000, number / 100, number / 10, number].map(|part| digit(part.into()));
    let skipped = 4 - digits.min(4) as usize;
    csv.extend_from_slice(text.get(skipped..).unwrap_or_default());
}

/// The last digit of a number.
fn digit(number: u64) -> u8 {
    b'0' + u8::try_from(number % 10).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn printed(number: f64, decimals: u32) -> String {
        let mut csv = Vec::new();
        match decimals {
            2 => push_fixed::<2>(&mut csv, number, b'.'),
            _ => push_fixed::<4>(&mut csv, number, b'.'),
        }
        let mut comma = Vec::new();
        match decimals {
            2 => push_fixed::<2>(&mut comma, number, b','),
            _ => push_fixed::<4>(&mut comma, number, b','),
        }
        let printed = String::from_utf8(csv).unwrap();
        assert_eq!(String::from_utf8(comma).unwrap(), printed.replace('.', ","));
        printed
    }

    proptest! {
        #[test]
        fn numbers_look_as_the_library_prints_them(
            n in 0_i64..9_000_000, d in 1_i64..9_000, twentieths in 0_i64..40_000_000, any in any::<f64>(),
        ) {
            #[expect(clippy::cast_precision_loss, reason = "small")]
            for number in [n as f64 / d as f64, twentieths as f64 / 20.0, n as f64 / 20_000.0, any] {
                for decimals in [2, 4] {
                    let places = usize::try_from(decimals).unwrap();
                    let text = format!("{number:.places$}");
                    let is_zero = text.trim_matches(['-', '0', '.']).is_empty();
                    let expected = if is_zero { text.trim_start_matches('-') } else { &text };
                    prop_assert_eq!(printed(number, decimals), expected);
                }
            }
        }

        #[test]
        fn dates_look_as_the_library_prints_them(days in prop_oneof![-10_000_i32..40_000, -2_000_000..4_000_000]) {
            let date = NaiveDate::from_epoch_days(days).unwrap();
            let mut csv = Vec::new();
            push_date(&mut csv, date);
            prop_assert_eq!(String::from_utf8(csv).unwrap(), format!("\"{date}\""));
        }

        #[test]
        fn integers_look_as_the_library_prints_them(number in prop_oneof![any::<u64>(), 0_u64..2_000_000]) {
            let mut csv = Vec::new();
            push_whole(&mut csv, number);
            prop_assert_eq!(String::from_utf8(csv).unwrap(), number.to_string());
        }
    }

    #[test]
    fn what_is_printed_as_zero_has_no_sign() {
        for (number, text) in [(-0.000_04, "0.0000"), (-0.0, "0.0000"), (-0.000_06, "-0.0001")] {
            assert_eq!(printed(number, 4), text);
        }
        assert_eq!([printed(-0.004, 2), printed(-0.006, 2)], ["0.00", "-0.01"]);
    }

    #[test]
    fn halves_are_rounded_by_their_exact_value() {
        // 0.00005 is a little more than its name says, 0.00015 a little less.
        for (number, text) in
            [(0.000_05, "0.0001"), (0.000_15, "0.0001"), (0.5, "0.5000"), (0.062_5, "0.0625")]
        {
            assert_eq!(printed(number, 4), text);
            assert_eq!(printed(number, 4), format!("{number:.4}"));
        }
    }
}
