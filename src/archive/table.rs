//! Rows of tables with JSON in one column: CSV and TSV (RFC 4180), and `PostgreSQL`'s COPY text.

use std::borrow::Cow;
use std::cell::RefCell;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::value::{Found, value_end};

/// Delimiters, in the order in which they are tried.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];
/// Most columns of a table that are looked at.
const MOST_COLUMNS: usize = 256;
/// Longest column name, bytes.
const LONGEST_NAME: usize = 64;

/// The line with which `PostgreSQL` ends COPY text; it is no row.
pub(super) const END_OF_COPY: &[u8] = b"\\.";

/// How the columns of a table are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Cells quoted where needed, quotes doubled; with the delimiter.
    Csv(u8),
    /// Cells separated by tabs, backslashes doubled.
    Copy,
    /// Cells separated by tabs, nothing quoted or doubled.
    Tabs,
}

impl Style {
    /// Whether tabs alone separate the cells, as in COPY text.
    pub(super) fn is_by_tabs(self) -> bool {
        matches!(self, Self::Copy | Self::Tabs)
    }
}

/// The columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// How they are written.
    pub style: Style,
    /// Number of columns.
    pub columns: usize,
    /// Index of the column that holds the JSON, from 0.
    pub json: usize,
    /// Their names, if the table has a header.
    pub names: Vec<String>,
}

/// A row that was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) style: Style,
    pub(super) columns: usize,
    /// The column that holds JSON, if one does.
    pub(super) json: Option<usize>,
    /// Length in bytes, without the line end.
    pub(super) length: usize,
}

impl Layout {
    /// The cells of a row of this table, with quoting and escapes undone.
    #[must_use]
    pub fn cells<'a>(&self, row: &'a [u8]) -> Vec<Cow<'a, [u8]>> {
        cells(self.style, row)
    }

    /// The cell that holds JSON: in the same column as before, or else in another; `None` if there is none.
    #[must_use]
    pub fn json_cell<'a>(&self, cells: &'a [Cow<'_, [u8]>]) -> Option<&'a [u8]> {
        let usual = cells.get(self.json).map(|cell| cell.trim_ascii());
        usual
            .filter(|cell| cell.starts_with(b"{") || cell.starts_with(b"["))
            .or_else(|| cells.iter().map(|cell| cell.trim_ascii()).find(|cell| is_json(cell)))
    }

    pub(super) fn fits(&self, row: &Row) -> bool {
        self.columns == row.columns
            && match (self.style, row.style) {
                (Style::Csv(one), Style::Csv(other)) => one == other,
                (Style::Copy | Style::Tabs, Style::Copy | Style::Tabs) => true,
                (Style::Csv(one), _) | (_, Style::Csv(one)) => one == b'\t',
            }
    }
}

fn cells(style: Style, row: &[u8]) -> Vec<Cow<'_, [u8]>> {
    let tabs = || row.split(|byte| *byte == b'\t').take(MOST_COLUMNS);
    match style {
        Style::Tabs => tabs().map(Cow::Borrowed).collect(),
        Style::Copy => tabs().map(unescape).collect(),
        Style::Csv(delimiter) => {
            csv_cells(delimiter, row).into_iter().flatten().map(Cow::Owned).collect()
        }
    }
}

/// The cells of a row, given without its line end.
fn csv_cells(delimiter: u8, row: &[u8]) -> Option<Vec<Vec<u8>>> {
    thread_local! {
        /// A reader for each delimiter: making one costs more than reading a row.
        static READERS: RefCell<Vec<(u8, Box<Reader>)>> = const { RefCell::new(Vec::new()) };
    }
    READERS.with_borrow_mut(|readers| {
        let known = readers.iter().position(|(known, _)| *known == delimiter);
        let at = known.unwrap_or(readers.len());
        if known.is_none() {
            let reader = ReaderBuilder::new().delimiter(delimiter).build();
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

/// Length of the row that `bytes` begin with, without its line end: up to the first line end outside quotes. `None` if
/// there is none.
fn extent(bytes: &[u8]) -> Option<usize> {
    let mut quoted = false;
    for at in memchr::memchr2_iter(b'"', b'\n', bytes) {
        match bytes.get(at) {
            Some(b'"') => quoted = !quoted,
            _ if quoted => {}
            _ => {
                let row = bytes.get(..at).unwrap_or_default();
                return Some(row.strip_suffix(b"\r").unwrap_or(row).len());
            }
        }
    }
    None
}

/// Undoes the escapes of COPY text.
fn unescape(cell: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', cell).is_none() {
        return Cow::Borrowed(cell);
    }
    if cell == b"\\N" {
        return Cow::Borrowed(b"");
    }
    let mut text = Vec::with_capacity(cell.len());
    let mut bytes = cell.iter().copied();
    while let Some(byte) = bytes.next() {
        text.push(match byte {
            b'\\' => match bytes.next() {
                Some(b'n') => b'\n',
                Some(b't') => b'\t',
                Some(b'r') => b'\r',
                Some(b'b') => 8,
                Some(b'f') => 12,
                Some(b'v') => 11,
                Some(other) => other,
                None => b'\\',
            },
            other => other,
        });
    }
    Cow::Owned(text)
}

/// Whether a cell is one object or array, judging by its brackets.
fn is_json(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    matches!(cell.first(), Some(b'{' | b'[')) && value_end(cell) == Found::End(cell.len())
}

/// What begins with a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Search {
    Row(Row),
    /// No row of a table.
    None,
    /// A row whose end is not in the buffer.
    Open,
}

/// The row that begins with a line, if it belongs to a table with JSON in one column. `bytes` may go on after the line,
/// since a quoted cell may hold line ends; `line` is the line alone. A known table accepts rows without JSON too.
pub(super) fn row(bytes: &[u8], line: &[u8], known: Option<&Layout>) -> Search {
    if memchr::memchr(b'\t', line).is_some()
        && let Some(row) = tab_row(line, known)
    {
        return Search::Row(row);
    }
    csv_row(bytes, line, known).unwrap_or(Search::None)
}

fn csv_row(bytes: &[u8], line: &[u8], known: Option<&Layout>) -> Option<Search> {
    // An object or array is not a row, whatever is in it.
    if matches!(line.first(), Some(b'{' | b'[')) {
        return None;
    }
    // A line end after an odd number of quotes lies inside a cell.
    let row = if memchr::memchr_iter(b'"', line).count().is_multiple_of(2) {
        line
    } else {
        match extent(bytes) {
            Some(length) => bytes.get(..length)?,
            None => return Some(Search::Open),
        }
    };
    let quoted = quoted_json(row);
    let style = known.map(|layout| layout.style);
    let delimiter = match (style, quoted) {
        (Some(Style::Csv(delimiter)), _) => delimiter,
        // JSON in the first column: the byte after its closing quote.
        (_, Some(0)) => behind_first_cell(row).unwrap_or(b','),
        (_, Some(at)) => *row.get(at - 1)?,
        (_, None) => return None,
    };
    if !DELIMITERS.contains(&delimiter) {
        return None;
    }
    let before = quoted.and_then(|at| at.checked_sub(1)).and_then(|at| row.get(at));
    if let Some(Layout { style: Style::Csv(_), columns, json, .. }) = known
        && quoted.is_some()
        && before.is_none_or(|byte| *byte == delimiter)
    {
        // Like the rows before it; its cells are split when it is decoded.
        let (style, columns, json) = (Style::Csv(delimiter), *columns, Some(*json));
        return Some(Search::Row(Row { style, columns, json, length: row.len() }));
    }
    let cells = csv_cells(delimiter, row)?;
    let json = json_among(&cells);
    if json.is_none() && known.is_none() {
        return None;
    }
    let row = Row { style: Style::Csv(delimiter), columns: cells.len(), json, length: row.len() };
    let fits = known.is_none_or(|layout| layout.fits(&row));
    (fits && (row.columns > 1 || json.is_some())).then_some(Search::Row(row))
}

/// Where a quoted cell with JSON begins.
fn quoted_json(row: &[u8]) -> Option<usize> {
    let found = |mark: &[u8]| memchr::memmem::find(row, mark);
    match (found(b"\"{"), found(b"\"[")) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// The index of the cell that holds the webhook: one with a position in it, or else the first with JSON.
fn json_among<T: AsRef<[u8]>>(cells: &[T]) -> Option<usize> {
    let json = |cell: &&T| is_json(cell.as_ref());
    let position = |cell: &&T| memchr::memmem::find(cell.as_ref(), b"position").is_some();
    let mut places = cells.iter().enumerate().filter(|(_, cell)| json(cell));
    let first = places.next()?;
    let best = std::iter::once(first).chain(places).find(|(_, cell)| position(cell));
    Some(best.unwrap_or(first).0)
}

/// The byte after the quoted cell that a row begins with; `None` if it is the only cell.
fn behind_first_cell(row: &[u8]) -> Option<u8> {
    let mut at = 1;
    loop {
        at += memchr::memchr(b'"', row.get(at..)?)? + 1;
        match row.get(at)? {
            b'"' => at += 1,
            delimiter => return Some(*delimiter),
        }
    }
}

/// A row of cells separated by tabs, none of them quoted.
fn tab_row(line: &[u8], known: Option<&Layout>) -> Option<Row> {
    let cells: Vec<&[u8]> = line.split(|byte| *byte == b'\t').take(MOST_COLUMNS).collect();
    let begins = |cell: &&[u8]| matches!(cell.trim_ascii_start().first(), Some(b'{' | b'['));
    let found: Vec<(usize, Style)> = cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| begins(cell))
        .filter_map(|(at, cell)| style_of(cell).map(|style| (at, style)))
        .collect();
    let position = |(at, _): &&(usize, Style)| {
        cells.get(*at).is_some_and(|cell| memchr::memmem::find(cell, b"position").is_some())
    };
    // Several webhooks side by side are not a row: they are values separated by tabs.
    if found.iter().filter(position).count() > 1 || found.len() == cells.len() && found.len() > 1 {
        return None;
    }
    let best = found.iter().find(position).or(found.first());
    let (json, style) = match (best, known.map(|layout| layout.style)) {
        (Some((at, style)), _) => (Some(*at), *style),
        (None, Some(style @ (Style::Copy | Style::Tabs))) => (None, style),
        (None, Some(Style::Csv(_)) | None) => return None,
    };
    let row = Row { style, columns: cells.len(), json, length: line.len() };
    (row.columns > 1 && known.is_none_or(|layout| layout.fits(&row))).then_some(row)
}

/// How a cell with JSON is written. In COPY text every backslash of the JSON is doubled, so all runs of backslashes have an
/// even length, apart from escaped line ends and tabs between its values.
fn style_of(cell: &[u8]) -> Option<Style> {
    let (mut at, mut doubled) = (0, true);
    while let Some(next) = memchr::memchr(b'\\', cell.get(at..).unwrap_or_default()) {
        at += next;
        let run = cell.get(at..).unwrap_or_default().iter().take_while(|c| **c == b'\\').count();
        doubled &= run % 2 == 0;
        at += run;
    }
    if doubled && is_json(&unescape(cell)) {
        return Some(Style::Copy);
    }
    if is_json(cell) {
        return Some(Style::Tabs);
    }
    is_json(&unescape(cell)).then_some(Style::Copy)
}

/// The column names for each delimiter that is possible, if a line looks like the header of a table.
pub(super) fn header(line: &[u8]) -> Option<Vec<(u8, Vec<String>)>> {
    let line = line.trim_ascii_end();
    let plain = |c: &u8| c.is_ascii_graphic() || *c == b' ' || *c == b'\t' || *c >= 0x80;
    if line.is_empty() || line.len() > MOST_COLUMNS * LONGEST_NAME || !line.iter().all(plain) {
        return None;
    }
    let mut all = Vec::new();
    for delimiter in DELIMITERS {
        if memchr::memchr(delimiter, line).is_none() {
            continue;
        }
        let Some(cells) = csv_cells(delimiter, line) else { continue };
        let names: Option<Vec<String>> = cells.iter().map(|cell| name(cell)).collect();
        if let Some(names) = names.filter(|names| names.len() > 1) {
            all.push((delimiter, names));
        }
    }
    // A single column fits any delimiter.
    if let [only] = csv_cells(b',', line)?.as_slice()
        && all.is_empty()
        && let Some(only) = name(only)
    {
        all.extend(DELIMITERS.map(|delimiter| (delimiter, vec![only.clone()])));
    }
    (!all.is_empty()).then_some(all)
}

/// Whether a cell can be a column name: letters, digits and a few other characters, not a number.
fn name(cell: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(cell).ok()?.trim();
    let good =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '@' | '#' | '/');
    let named = !text.is_empty()
        && text.len() <= LONGEST_NAME
        && text.chars().all(good)
        && text.chars().any(char::is_alphabetic)
        && !text.starts_with(|c: char| c.is_ascii_digit());
    named.then(|| text.to_owned())
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
