//! Times of receipt that stand beside a record: before it on its line, or in another column of its row.

use std::borrow::Cow;

use super::decode::Settings;
use super::envelope;
use super::field::Value;

/// Bytes of a time with its zone, at most.
const LONGEST: usize = 40;

/// The time that some text before a record begins with, perhaps in brackets: RFC 3339, with a `T` or a blank.
#[must_use]
pub fn time_of_prefix(prefix: &[u8], settings: &Settings) -> Option<i64> {
    let text = prefix.trim_ascii_start();
    let text = text.strip_prefix(b"[").unwrap_or(text);
    let text = text.get(..LONGEST.min(text.len()))?;
    let end_of_word = |from: usize| {
        let rest = text.get(from..)?;
        Some(from + rest.iter().position(|c| matches!(c, b' ' | b'\t' | b']')).unwrap_or(rest.len()))
    };
    let first = end_of_word(0)?;
    let second = end_of_word(first + 1);
    let both = second.and_then(|end| text.get(..end));
    [both, text.get(..first)].into_iter().flatten().find_map(|text| {
        // A number alone is rather the id of a process than a time.
        let date = text.get(4) == Some(&b'-');
        date.then(|| envelope::receive_time(Value::Plain(text), settings.as_of).ok().flatten())?
    })
}

/// The time in a row of a table: the first usable cell of a column that is named like a time of receipt.
#[must_use]
pub fn time_of_cells(names: &[String], cells: &[Cow<'_, [u8]>], settings: &Settings) -> Option<i64> {
    let mut ranked: Vec<(usize, &[u8])> = names
        .iter()
        .zip(cells)
        .filter_map(|(name, cell)| Some((envelope::rank(name)?, cell.trim_ascii())))
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().find_map(|(_, cell)| {
        envelope::receive_time(Value::Plain(cell), settings.as_of).ok().flatten()
    })
}
