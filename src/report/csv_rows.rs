//! Reads CSV texts back (RFC 4180), in any dialect that is written.

use std::collections::BTreeMap;

use super::dialect::Dialect;

/// A CSV file: its text, and how it is written.
pub type Written<'t> = (&'t str, Dialect);

/// The rows of a CSV text by column. A row with fewer cells than columns lacks the last ones.
#[must_use]
pub fn rows(text: Written<'_>) -> Vec<BTreeMap<String, String>> {
    let mut records = records(text).into_iter();
    let columns = records.next().unwrap_or_default();
    records.map(|record| columns.iter().cloned().zip(record).collect()).collect()
}

/// The records of a CSV text. Only numbers have no quotes: they are given with a point, however they are written.
pub(super) fn records((text, dialect): Written<'_>) -> Vec<Vec<String>> {
    let separator = dialect.separator().sign();
    let (mut all, mut record, mut cell) = (Vec::new(), Vec::new(), String::new());
    let text = text.trim_start_matches('\u{feff}');
    let (mut quoted, mut letters) = (false, text.chars().peekable());
    while let Some(c) = letters.next() {
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => {
                cell.push('"');
                letters.next();
            }
            '"' => quoted = !quoted,
            c if c == separator && !quoted => record.push(std::mem::take(&mut cell)),
            ',' if !quoted && dialect.decimal_comma() => cell.push('.'),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                all.push(std::mem::take(&mut record));
            }
            '\r' if !quoted => {}
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !record.is_empty() {
        record.push(cell);
        all.push(record);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_know_their_columns() {
        let rows = rows(("a,b\r\n\"x, \"\"y\"\"\",2\n3", Dialect::default()));
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0]["a"].as_str(), rows[0]["b"].as_str()), ("x, \"y\"", "2"));
        assert_eq!((rows[1]["a"].as_str(), rows[1].get("b")), ("3", None));
    }

    proptest! {
        #[test]
        fn quoted_cells_are_read_back(cells in prop::collection::vec(any::<String>(), 1..5)) {
            let quoted: Vec<String> =
                cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            let text = quoted.join(",") + "\n";
            prop_assert_eq!(records((&text, Dialect::default())), [cells]);
        }
    }
}
