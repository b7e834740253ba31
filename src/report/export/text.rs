//! CSV and JSON lines, written row by row.

use std::fmt::Write as _;
use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat};

use crate::report::text::csv_cell;

use super::column::Value;
use super::sheet::Sheet;

/// Bytes that are written at a time.
const BLOCK: usize = 1 << 16;

/// An instant (UTC milliseconds) in RFC 3339, always with milliseconds.
pub(super) fn instant_text(at: i64) -> String {
    let instant = DateTime::from_timestamp_millis(at);
    instant.map_or_else(String::new, |at| at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// Writes CSV as the tables are: texts in quotes and inert for spreadsheets, a missing value an empty cell.
///
/// # Errors
/// Those of the writer.
pub fn to_csv(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<&str> = sheet.columns.iter().map(|column| column.name).collect();
    let mut some = names.join(",");
    some.push('\n');
    // The last text of each column with its cell: neighbouring rows often repeat it.
    let mut last = vec![(String::new(), "\"\"".to_owned()); names.len()];
    for row in sheet.rows() {
        for (at, (column, last)) in sheet.columns.iter().zip(&mut last).enumerate() {
            if at > 0 {
                some.push(',');
            }
            let value = (column.of)(row);
            let Value::Text(text) = value else {
                push_plain(&mut some, &value, "");
                continue;
            };
            if text != last.0 {
                last.1 = csv_cell(text);
                text.clone_into(&mut last.0);
            }
            some.push_str(&last.1);
        }
        some.push('\n');
        flush(&mut some, out, BLOCK)?;
    }
    flush(&mut some, out, 0)
}

/// Writes JSON lines: an object for each row, `null` for what is missing, texts as archived.
///
/// # Errors
/// Those of the writer.
pub fn to_json_lines(sheet: &Sheet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut some = String::new();
    for row in sheet.rows() {
        for (at, column) in sheet.columns.iter().enumerate() {
            some.push_str(if at == 0 { "{\"" } else { ",\"" });
            some.push_str(column.name);
            some.push_str("\":");
            let value = (column.of)(row);
            match value {
                Value::Text(text) => push_json(&mut some, text),
                Value::Missing
                | Value::Id(_)
                | Value::Date(_)
                | Value::Instant(_)
                | Value::Count(_)
                | Value::Truth(_) => push_plain(&mut some, &value, "null"),
            }
        }
        some.push_str("}\n");
        flush(&mut some, out, BLOCK)?;
    }
    flush(&mut some, out, 0)
}

/// Writes what has come together, if it is enough.
fn flush(some: &mut String, out: &mut dyn Write, least: usize) -> io::Result<()> {
    if some.len() >= least {
        out.write_all(some.as_bytes())?;
        some.clear();
    }
    Ok(())
}

/// Adds a value that looks the same in CSV and JSON unless it is missing.
fn push_plain(to: &mut String, value: &Value<'_>, missing: &str) {
    // Writing to a string cannot fail.
    let _written = match value {
        Value::Missing => to.write_str(missing),
        Value::Text(text) => to.write_str(text),
        Value::Id(id) => write!(to, "\"{id}\""),
        Value::Date(date) => write!(to, "\"{date}\""),
        Value::Instant(at) => write!(to, "\"{}\"", instant_text(*at)),
        Value::Count(count) => write!(to, "{count}"),
        Value::Truth(holds) => write!(to, "{holds}"),
    };
}

/// Adds a text as a JSON string (RFC 8259, section 7).
fn push_json(to: &mut String, text: &str) {
    to.push('"');
    for c in text.chars() {
        match c {
            '"' => to.push_str("\\\""),
            '\\' => to.push_str("\\\\"),
            // Line ends of Unicode too, so that no program splits a line there.
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' => {
                // Writing to a string cannot fail.
                let _written = write!(to, "\\u{:04x}", u32::from(c));
            }
            c => to.push(c),
        }
    }
    to.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What is written is read back by a JSON reader, and stays on one line.
        #[test]
        fn any_text_is_a_json_string(text in any::<String>()) {
            let mut written = String::new();
            push_json(&mut written, &text);
            prop_assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
            let ends = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];
            let is_one_line = !written.contains(ends);
            prop_assert!(is_one_line);
        }
    }

    #[test]
    fn instants_have_milliseconds() {
        assert_eq!(instant_text(1_615_000_000_000), "2021-03-06T03:06:40.000Z");
        assert_eq!(instant_text(1_615_000_000_007), "2021-03-06T03:06:40.007Z");
    }
}
