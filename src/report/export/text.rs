//! CSV and JSON lines: rows are made into text by all threads, some thousand at a time, and written in order.

use std::io::{self, Write};

use chrono::{DateTime, Datelike, SecondsFormat};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::calendar::DAY_MS;
use crate::report::csv::{push_date, push_day, push_padded, push_whole};
use crate::report::text::csv_cell;

use super::column::Value;
use super::row::Row;
use super::sheet::Sheet;

/// Rows that a thread makes into text at a time.
const ROWS: usize = 1 << 12;

/// Writes CSV as the tables are: texts in quotes and inert for spreadsheets, a missing value an empty cell.
///
/// # Errors
/// Those of the writer.
pub fn to_csv(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<&str> = sheet.columns.iter().map(|column| column.name).collect();
    let mut header = names.join(",");
    header.push('\n');
    out.write_all(header.as_bytes())?;
    write_rows(sheet, out, |rows, to| {
        // The last text of each column with its cell: neighbouring rows often repeat it.
        let mut last = vec![(String::new(), "\"\"".to_owned()); sheet.columns.len()];
        for row in rows {
            for (at, (column, last)) in sheet.columns.iter().zip(&mut last).enumerate() {
                if at > 0 {
                    to.push(b',');
                }
                let value = (column.of)(row);
                let Value::Text(text) = value else {
                    push_plain(to, &value, "");
                    continue;
                };
                if text != last.0 {
                    last.1 = csv_cell(text);
                    text.clone_into(&mut last.0);
                }
                to.extend_from_slice(last.1.as_bytes());
            }
            to.push(b'\n');
        }
    })
}

/// Writes JSON lines: an object for each row, `null` for what is missing, texts as archived.
///
/// # Errors
/// Those of the writer.
pub fn to_json_lines(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_rows(sheet, out, |rows, to| {
        for row in rows {
            for (at, column) in sheet.columns.iter().enumerate() {
                to.extend_from_slice(if at == 0 { b"{\"" } else { b",\"" });
                to.extend_from_slice(column.name.as_bytes());
                to.extend_from_slice(b"\":");
                match (column.of)(row) {
                    Value::Text(text) => push_json(to, text),
                    value @ (Value::Missing
                    | Value::Id(_)
                    | Value::Date(_)
                    | Value::Instant(_)
                    | Value::Count(_)
                    | Value::Truth(_)) => push_plain(to, &value, "null"),
                }
            }
            to.extend_from_slice(b"}\n");
        }
    })
}

/// Rows of a sheet, some at a time.
type Some<'a> = dyn Iterator<Item = Row<'a>> + 'a;

/// Writes the rows that are made into text by `push`.
fn write_rows<'a>(
    sheet: &'a Sheet<'a>,
    out: &mut dyn Write,
    push: impl Fn(&mut Some<'a>, &mut Vec<u8>) + Sync,
) -> io::Result<()> {
    let some = 2 * rayon::current_num_threads();
    let blocks: Vec<usize> = (0..sheet.tickets.len()).step_by(ROWS).collect();
    for blocks in blocks.chunks(some) {
        let text = |first: &usize| {
            let mut text = Vec::new();
            push(&mut sheet.rows_of(*first..*first + ROWS), &mut text);
            text
        };
        let texts: Vec<Vec<u8>> = blocks.into_par_iter().map(text).collect();
        texts.iter().try_for_each(|text| out.write_all(text))?;
    }
    Ok(())
}

/// Adds a value that looks the same in CSV and JSON unless it is missing.
fn push_plain(to: &mut Vec<u8>, value: &Value<'_>, missing: &str) {
    match value {
        Value::Missing => to.extend_from_slice(missing.as_bytes()),
        Value::Text(text) => to.extend_from_slice(text.as_bytes()),
        Value::Id(id) => {
            to.push(b'"');
            to.extend_from_slice(id.as_bytes());
            to.push(b'"');
        }
        Value::Date(date) => push_date(to, *date),
        Value::Instant(at) => {
            to.push(b'"');
            push_instant(to, *at);
            to.push(b'"');
        }
        Value::Count(count) => push_whole(to, u64::from(*count)),
        Value::Truth(holds) => to.extend_from_slice(if *holds { b"true" } else { b"false" }),
    }
}

/// Adds an instant (UTC milliseconds) in RFC 3339, always with milliseconds.
fn push_instant(to: &mut Vec<u8>, at: i64) {
    let Some(instant) = DateTime::from_timestamp_millis(at) else { return };
    let (year, ms) = (instant.year(), at.rem_euclid(DAY_MS).unsigned_abs());
    if !(0..=9999).contains(&year) {
        let text = instant.to_rfc3339_opts(SecondsFormat::Millis, true);
        to.extend_from_slice(text.as_bytes());
        return;
    }
    push_day(to, instant.date_naive());
    to.push(b'T');
    push_padded(to, ms / 3_600_000, 2);
    to.push(b':');
    push_padded(to, ms / 60_000 % 60, 2);
    to.push(b':');
    push_padded(to, ms / 1_000 % 60, 2);
    to.push(b'.');
    push_padded(to, ms % 1_000, 3);
    to.push(b'Z');
}

/// Adds a text as a JSON string (RFC 8259, section 7).
fn push_json(to: &mut Vec<u8>, text: &str) {
    to.push(b'"');
    let mut plain = text;
    // Line ends of Unicode too, so that no program splits a line there.
    let special = |c: char| matches!(c, '"' | '\\' | '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}');
    while let Some((before, c, behind)) = cut(plain, special) {
        to.extend_from_slice(before.as_bytes());
        match c {
            '"' => to.extend_from_slice(b"\\\""),
            '\\' => to.extend_from_slice(b"\\\\"),
            c => to.extend_from_slice(format!("\\u{:04x}", u32::from(c)).as_bytes()),
        }
        plain = behind;
    }
    to.extend_from_slice(plain.as_bytes());
    to.push(b'"');
}

/// The first character of a kind, with what is before and behind it.
fn cut(text: &str, is_wanted: impl Fn(char) -> bool) -> Option<(&str, char, &str)> {
    let (at, c) = text.char_indices().find(|(_, c)| is_wanted(*c))?;
    Some((text.get(..at)?, c, text.get(at + c.len_utf8()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn instant_text(at: i64) -> String {
        let mut text = Vec::new();
        push_instant(&mut text, at);
        String::from_utf8(text).unwrap()
    }

    proptest! {
        /// What is written is read back by a JSON reader, and stays on one line.
        #[test]
        fn any_text_is_a_json_string(text in any::<String>()) {
            let mut written = Vec::new();
            push_json(&mut written, &text);
            let written = String::from_utf8(written).unwrap();
            prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
            let ends = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];
            let is_one_line = !written.contains(ends);
            prop_assert!(is_one_line);
        }

        #[test]
        fn instants_look_as_the_library_prints_them(
            at in prop_oneof![-10_i64.pow(12)..10_i64.pow(13), -10_i64.pow(15)..10_i64.pow(15)],
        ) {
            let instant = DateTime::from_timestamp_millis(at).unwrap();
            prop_assert_eq!(instant_text(at), instant.to_rfc3339_opts(SecondsFormat::Millis, true));
        }
    }

    #[test]
    fn instants_have_milliseconds() {
        assert_eq!(instant_text(1_615_000_000_000), "2021-03-06T03:06:40.000Z");
        assert_eq!(instant_text(1_615_000_000_007), "2021-03-06T03:06:40.007Z");
    }
}
