//! The laws of published reports that are read again, which the fuzz target `reports` and the replay of its corpus hold, for
//! any text.
//!
//! What is read of a CSV file, written plainly and read again, is the same, in every dialect. What describes a CSV file names a
//! dialect in which something is written, or nothing is believed of it.

use super::job::dialects;
use super::report::csv_rows::rows;
use super::report::dialect::{Dialect, Separator};

/// Every dialect.
fn all() -> impl Iterator<Item = Dialect> {
    let with =
        |comma| Separator::ALL.into_iter().filter_map(move |it| Dialect::new(true, it, comma));
    with(false).chain(with(true))
}

/// Reads a text as a CSV file and as its description, and holds the laws. How many rows and dialects were found.
///
/// # Panics
/// If a law is broken.
pub(crate) fn hold(bytes: &[u8]) -> (usize, usize) {
    let text = String::from_utf8_lossy(bytes);
    let known = dialects(&text).unwrap_or_default();
    for dialect in known.values() {
        assert!(!(dialect.decimal_comma() && dialect.separator() == Separator::Comma));
        assert!(all().any(|one| one.separator() == dialect.separator()));
    }
    let mut found = 0;
    for dialect in all() {
        let read = rows((&text, dialect));
        assert!(read.len() <= text.len(), "more rows than bytes");
        found += read.len();
        for row in &read {
            let sign = dialect.separator().sign().to_string();
            let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let line = |cells: Vec<String>| cells.join(&sign) + "\r\n";
            let head = line(row.keys().map(quoted).collect());
            let written = format!("\u{feff}{head}{}", line(row.values().map(quoted).collect()));
            // A byte order mark that a name of a column begins with is taken for that of the file.
            if row.keys().next().is_none_or(|name| !name.starts_with('\u{feff}')) {
                assert_eq!(
                    rows((&written, dialect)),
                    std::slice::from_ref(row),
                    "{dialect:?} {written:?}"
                );
            }
        }
    }
    (found, known.len())
}
