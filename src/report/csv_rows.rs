//! Reads CSV texts back (RFC 4180).

use std::collections::BTreeMap;

/// The rows of a CSV text by column. A row with fewer cells than columns lacks the last ones.
#[must_use]
pub fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut records = records(text).into_iter();
    let columns = records.next().unwrap_or_default();
    records.map(|record| columns.iter().cloned().zip(record).collect()).collect()
}

/// The records of a CSV text.
pub(super) fn records(text: &str) -> Vec<Vec<String>> {
    let (mut all, mut record, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut letters) = (false, text.chars().peekable());
    while let Some(c) = letters.next() {
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => {
                cell.push('"');
                letters.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
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
        let rows = rows("a,b\r\n\"x, \"\"y\"\"\",2\n3");
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0]["a"].as_str(), rows[0]["b"].as_str()), ("x, \"y\"", "2"));
        assert_eq!((rows[1]["a"].as_str(), rows[1].get("b")), ("3", None));
    }

    proptest! {
        #[test]
        fn quoted_cells_are_read_back(cells in prop::collection::vec(any::<String>(), 1..5)) {
            let quoted: Vec<String> =
                cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            prop_assert_eq!(records(&(quoted.join(",") + "\n")), [cells]);
        }
    }
}
