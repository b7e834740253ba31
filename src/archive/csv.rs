//! Rows of CSV (RFC 4180) with JSON in a quoted cell, over as many lines as the cell has.

use std::cell::RefCell;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};
use wide::u8x16;

use super::table_row::{
    Layout, MOST_COLUMNS, Row, Search, Style, begins_json, is_json, json_among,
};
use super::value::{BLOCK, Found, prefix_xor, value_end};

/// Delimiters, in the order in which they are tried.
pub(super) const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// The cells of a row, given without its line end.
pub(super) fn csv_cells(delimiter: u8, row: &[u8]) -> Option<Vec<Vec<u8>>> {
    thread_local! {
        /// A reader for each delimiter: making one costs more than reading a row.
        static READERS: RefCell<Vec<(u8, Box<Reader>)>> = const { RefCell::new(Vec::new()) };
    }
    READERS.with_borrow_mut(|readers| {
        let known = readers.iter().position(|(known, _)| *known == delimiter);
        let at = known.unwrap_or(readers.len());
        if known.is_none() {
            // Nothing else ends a row: what does is no longer in it.
            let end = Terminator::Any(b'\n');
            let reader = ReaderBuilder::new().delimiter(delimiter).terminator(end).build();
            readers.push((delimiter, Box::new(reader)));
        }
        let (_, reader) = readers.get_mut(at)?;
        reader.reset();
        cells_by(reader, row)
    })
}

fn cells_by(reader: &mut Reader, row: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut output = vec![0; row.len() + 1];
    let mut ends = [0; MOST_COLUMNS];
    let (mut result, _, mut written, mut columns) = reader.read_record(row, &mut output, &mut ends);
    if result == ReadRecordResult::InputEmpty {
        let output = output.get_mut(written..).unwrap_or_default();
        let ends = ends.get_mut(columns..).unwrap_or_default();
        // Nothing follows: the row has ended.
        let (ended, _, more, further) = reader.read_record(&[], output, ends);
        (result, written, columns) = (ended, written + more, columns + further);
    }
    if result != ReadRecordResult::Record {
        return None;
    }
    let mut from = 0;
    let cells = ends.iter().take(columns).map(|end| {
        let cell = output.get(from..(*end).min(written)).unwrap_or_default().to_vec();
        from = *end;
        cell
    });
    Some(cells.collect())
}

/// Length of the row that `bytes` begin with, without its line end: up to the first line end outside quotes. A quote opens a
/// cell only where one begins; elsewhere it is a letter, as in `5" screen`. `end` = nothing follows, which ends a row too.
/// `None` if the row goes on.
fn extent(bytes: &[u8], delimiter: u8, end: bool) -> Option<usize> {
    let (mut is_quoted, mut done) = (false, 0);
    for at in memchr::memchr2_iter(b'"', b'\n', bytes) {
        if at < done {
            continue;
        }
        let is_quote = bytes.get(at) == Some(&b'"');
        if is_quoted && is_quote {
            // Two quotes stand for one.
            is_quoted = bytes.get(at + 1) == Some(&b'"');
            done = at + 1 + usize::from(is_quoted);
        } else if is_quote {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            is_quoted = before.is_none_or(|byte| *byte == delimiter);
        } else if !is_quoted {
            return Some(without_return(bytes.get(..at).unwrap_or_default()));
        }
    }
    (end && !is_quoted).then(|| without_return(bytes))
}

/// Whether a line is a row of its own, with quotes only where cells begin and end, and pairs of them inside: the usual case,
/// which is checked many bytes at a time.
fn is_plain_row(line: &[u8], delimiter: u8) -> bool {
    let (blocks, tail) = line.as_chunks::<BLOCK>();
    let mut last = [b' '; BLOCK];
    last.iter_mut().zip(tail).for_each(|(to, from)| *to = *from);
    let (mut in_cell, mut may_open) = (0, 1);
    for block in blocks.iter().chain([&last]) {
        let (mut quotes, mut delimiters) = (0_u64, 0_u64);
        for (at, part) in block.as_chunks::<16>().0.iter().enumerate() {
            let bytes = u8x16::from(*part);
            let bits =
                |byte: u8| u64::from(bytes.simd_eq(u8x16::splat(byte)).to_bitmask()) << (16 * at);
            quotes |= bits(b'"');
            delimiters |= bits(delimiter);
        }
        let inside = prefix_xor(quotes) ^ in_cell;
        in_cell = if inside >> 63 == 1 { u64::MAX } else { 0 };
        let opens_rightly = (quotes | delimiters) << 1 | may_open;
        if quotes & inside & !opens_rightly != 0 {
            return false;
        }
        may_open = (quotes | delimiters) >> 63;
    }
    in_cell == 0
}

fn without_return(row: &[u8]) -> usize {
    row.strip_suffix(b"\r").unwrap_or(row).len()
}

/// The row that begins with a line, if one of its cells is quoted JSON, or if it is like those of a known table. `is_all` =
/// nothing follows the bytes. `looked` grows by the bytes that were looked at for a row over several lines.
pub(super) fn csv_row(
    bytes: &[u8],
    line: &[u8],
    is_all: bool,
    known: Option<&Layout>,
    looked: &mut usize,
) -> Search {
    let own = match known {
        Some(Layout { style: Style::Csv(delimiter), .. }) => Some(*delimiter),
        Some(_) | None => None,
    };
    // An object or array is not a row, whatever follows it; but the first cell of one may be `[]`.
    if begins_json(line) && !is_first_cell(line) {
        return Search::None;
    }
    let quoted = quoted_json(line, own);
    let delimiter = match (own, quoted) {
        (Some(delimiter), _) => delimiter,
        // JSON in the first column: the byte after its closing quote.
        (None, Some(0)) => match first_cell(bytes) {
            Some(end) => match bytes.get(end) {
                Some(delimiter) if DELIMITERS.contains(delimiter) => *delimiter,
                Some(b'\r' | b'\n') => b',',
                None if is_all => b',',
                None => return Search::Open,
                // The quote that ends it opens a cell of a later row.
                Some(_) if end > line.len() => {
                    *looked += end;
                    return Search::Torn(b',');
                }
                Some(_) => return Search::None,
            },
            None => {
                *looked += bytes.len();
                return Search::Open;
            }
        },
        (None, Some(at)) => line.get(at - 1).copied().unwrap_or(b','),
        (None, None) => return Search::None,
    };
    let plain = is_plain_row(line, delimiter).then_some(line.len());
    let Some(length) = plain.or_else(|| extent(bytes, delimiter, is_all)) else {
        *looked += bytes.len();
        return Search::Open;
    };
    let is_one_line = length <= line.len();
    if !is_one_line {
        *looked += length;
    }
    let style = Style::Csv(delimiter);
    if let Some(Layout { style: Style::Csv(_), columns, json, .. }) = known
        && is_one_line
        && quoted.is_some()
    {
        // Like the rows before it; its cells are split when it is decoded.
        return Search::Row(Row { style, columns: *columns, json: Some(*json), length });
    }
    let cells = bytes.get(..length).and_then(|row| csv_cells(delimiter, row));
    let row = cells.as_ref().map(|cells| Row {
        style,
        columns: cells.len(),
        json: json_among(cells),
        length,
    });
    // Where a row was cut inside its JSON, the quote that ends it is one of a later row.
    let has_json = row.as_ref().is_some_and(|row| row.json.is_some());
    let is_torn = !is_one_line && cells.iter().flatten().any(|cell| is_torn(cell, has_json));
    match row {
        // A single quote at the end may be the first of two.
        _ if is_torn && is_all && length == without_return(bytes) => Search::Open,
        _ if is_torn => Search::Torn(delimiter),
        Some(row) => {
            let fits = known.map_or(row.json.is_some(), |layout| layout.fits(&row));
            let is_row = fits && (row.columns > 1 || row.json.is_some());
            if is_row { Search::Row(row) } else { Search::None }
        }
        None => Search::None,
    }
}

/// Whether a cell begins as JSON does and is none. Beside a whole webhook, it must begin with a key or an item.
fn is_torn(cell: &[u8], is_beside: bool) -> bool {
    let cell = cell.trim_ascii_start();
    let next = cell.get(1..).unwrap_or_default().trim_ascii_start().first();
    let has_item = matches!(next, Some(b'"' | b'{' | b'['));
    begins_json(cell) && (has_item || !is_beside) && !is_json(cell)
}

/// Whether a value that a line begins with is the first cell of a row: another one is quoted JSON.
fn is_first_cell(line: &[u8]) -> bool {
    let Found::End(end) = value_end(line) else { return false };
    let rest = line.get(end..).unwrap_or_default();
    let Some(delimiter) = rest.first().filter(|byte| DELIMITERS.contains(byte)) else {
        return false;
    };
    let quoted = quoted_json(rest, Some(*delimiter));
    quoted.is_some_and(|at| rest.get(at + 2..).is_some_and(|inside| inside.starts_with(b"\"\"")))
}

/// Where a quoted cell with JSON begins: at the start of a line, or behind a delimiter.
fn quoted_json(line: &[u8], delimiter: Option<u8>) -> Option<usize> {
    memchr::memchr_iter(b'"', line).find(|at| {
        let before = at.checked_sub(1).and_then(|before| line.get(before));
        let is_own = |byte: &u8| match delimiter {
            Some(own) => *byte == own,
            None => DELIMITERS.contains(byte),
        };
        // In a string of JSON, quotes have backslashes.
        let is_json =
            matches!(line.get(at + 1), Some(b'{' | b'[')) && line.get(at + 2) != Some(&b'\\');
        is_json && before.is_none_or(is_own)
    })
}

/// Where the quoted cell ends that a row begins with, behind its closing quote; `None` if it goes on.
fn first_cell(row: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr(b'"', row.get(at..)?)? + 1;
        match row.get(at) {
            Some(b'"') => at += 1,
            Some(_) | None => return Some(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Where the quick look says that a line is a row, the slow one says so too; and it does for every row that was written well.
        #[test]
        fn the_quick_look_at_a_row_is_right(
            letters in r#"[",;a{\n ]{0,150}"#,
            cells in prop::collection::vec(r#"[",;a{ ]{0,70}"#, 1..5),
            delimiter in prop::sample::select(vec![b',', b';']),
        ) {
            let text = letters.as_bytes();
            let line = text.split(|byte| *byte == b'\n').next().unwrap();
            if is_plain_row(line, delimiter) {
                prop_assert_eq!(extent(text, delimiter, true), Some(line.len()), "{}", letters);
            }
            let quoted: Vec<String> =
                cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            let row = quoted.join(&char::from(delimiter).to_string());
            prop_assert!(is_plain_row(row.as_bytes(), delimiter), "{}", row);
            let back = csv_cells(delimiter, row.as_bytes()).unwrap();
            let expected: Vec<Vec<u8>> = cells.iter().map(|cell| cell.clone().into_bytes()).collect();
            prop_assert_eq!(back, expected);
        }
    }
}
