//! Rows of tables with JSON in one column: CSV and TSV (RFC 4180), and `PostgreSQL`'s COPY text.

use std::borrow::Cow;

use super::csv::{DELIMITERS, csv_cells, csv_row};
use super::parse::{Parsed, parse};
use super::table_row::{
    Layout, MOST, MOST_COLUMNS, Row, Search, Style, begins_json, is_json, json_among, rank,
};

/// Longest column name, bytes.
const LONGEST_NAME: usize = 64;

/// The line with which `PostgreSQL` ends COPY text; it is no row.
pub(super) const END_OF_COPY: &[u8] = b"\\.";

impl Row {
    /// Whether a cell of it, which begins with the bytes, is JSON to its end.
    pub(super) fn is_whole(&self, bytes: &[u8]) -> bool {
        json_among(&cells(self.style, bytes.get(..self.length).unwrap_or_default())).is_some()
    }
}

impl Layout {
    /// The cells of a row of this table, with quoting and escapes undone.
    #[must_use]
    pub fn cells<'a>(&self, row: &'a [u8]) -> Vec<Cow<'a, [u8]>> {
        cells(self.style, row)
    }

    /// The cell that holds the webhook: in the same column as before, unless another one looks more like it; `None` if no cell
    /// holds JSON.
    #[must_use]
    pub fn json_cell<'a>(&self, cells: &'a [Cow<'_, [u8]>]) -> Option<&'a [u8]> {
        let usual = cells.get(self.json).map(|cell| cell.trim_ascii());
        let usual = usual.filter(|cell| begins_json(cell));
        let sure = usual.map_or(0, rank);
        if sure == MOST {
            return usual;
        }
        let other = json_among(cells).and_then(|at| cells.get(at)).map(|cell| cell.trim_ascii());
        other.filter(|cell| usual.is_none() || rank(cell) > sure).or(usual)
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

/// The row that begins with a line, if it belongs to a table with JSON in one column. `bytes` may go on after the line,
/// since a quoted cell may hold line ends; `end` = nothing follows them. `line` is the line alone. A known table accepts rows
/// without JSON too. `looked` grows by the bytes that were looked at for a row over several lines.
pub(super) fn row(
    bytes: &[u8],
    line: &[u8],
    end: bool,
    known: Option<&Layout>,
    looked: &mut usize,
) -> Search {
    let has_tabs = memchr::memchr(b'\t', line).is_some();
    let by_tabs = || if has_tabs { tab_row(line, known) } else { only_column(line, known) };
    match known.map(|layout| layout.style) {
        Some(Style::Csv(_)) => match csv_row(bytes, line, end, known, looked) {
            Search::None => by_tabs().map_or(Search::None, Search::Row),
            // Rows that are not quoted may follow.
            Search::Row(row) if row.json.is_none() => {
                let other = by_tabs().filter(|other| other.json.is_some());
                Search::Row(other.unwrap_or(row))
            }
            found @ (Search::Row(_) | Search::Likely(_) | Search::Torn(_) | Search::Open) => found,
        },
        Some(Style::Copy | Style::Tabs) => {
            by_tabs().map_or_else(|| csv_row(bytes, line, end, known, looked), Search::Row)
        }
        None => match by_tabs() {
            None => csv_row(bytes, line, end, known, looked),
            Some(row) => {
                // Quotes may be letters in cells of tabs, and `[]` may stand beside a quoted webhook.
                let rank_of = |row: &Row| {
                    let cells = cells(row.style, bytes.get(..row.length).unwrap_or_default());
                    row.json.and_then(|json| cells.get(json)).map_or(0, |cell| rank(cell))
                };
                match csv_row(bytes, line, end, known, looked) {
                    Search::Row(quoted) if rank_of(&quoted) > rank_of(&row) => Search::Row(quoted),
                    Search::Open => Search::Likely(row),
                    Search::Row(_) | Search::Likely(_) | Search::Torn(_) | Search::None => {
                        Search::Row(row)
                    }
                }
            }
        },
    }
}

/// A row of COPY text with one column: JSON whose backslashes are doubled. A line that is JSON as it stands is one only where
/// such a row was found before.
fn only_column(line: &[u8], known: Option<&Layout>) -> Option<Row> {
    if !begins_json(line) {
        return None;
    }
    let style = match known {
        Some(layout) => style_of(line, Some(layout.style))
            .filter(|_| layout.columns == 1 && layout.style.is_by_tabs()),
        None => {
            let is_escaped = memchr::memmem::find(line, b"\\\\\"").is_some() && !is_json(line);
            style_of(line, None).filter(|style| is_escaped && *style == Style::Copy)
        }
    };
    style.map(|style| Row { style, columns: 1, json: Some(0), length: line.len() })
}

/// A row of cells separated by tabs, none of them quoted.
fn tab_row(line: &[u8], known: Option<&Layout>) -> Option<Row> {
    let cells: Vec<&[u8]> = line.split(|byte| *byte == b'\t').take(MOST_COLUMNS).collect();
    let found: Vec<(usize, Style)> = cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| begins_json(cell))
        .filter_map(|(at, cell)| {
            style_of(cell, known.map(|known| known.style)).map(|style| (at, style))
        })
        .collect();
    let best = match found.as_slice() {
        [only] => Some(only),
        several => {
            let of = |(at, _): &&(usize, Style)| cells.get(*at).map_or(0, |cell| rank(cell));
            let best = several.iter().rev().max_by_key(of);
            // Several webhooks side by side are not a row: they are values separated by tabs.
            let most = best.as_ref().map_or(0, of);
            let alike = several.iter().filter(|one| of(one) == most).count();
            let is_each = several.len() == cells.len() && !several.is_empty();
            let is_only = most == MOST && several.iter().filter(|one| of(one) > 0).count() == 1;
            if (most > 0 && alike > 1) || (is_each && !is_only) {
                return None;
            }
            best
        }
    };
    let (json, style) = match (best, known.map(|layout| layout.style)) {
        (Some((at, style)), _) => (Some(*at), *style),
        (None, Some(style @ (Style::Copy | Style::Tabs))) => (None, style),
        (None, Some(Style::Csv(_)) | None) => return None,
    };
    let row = Row { style, columns: cells.len(), json, length: line.len() };
    (row.columns > 1 && known.is_none_or(|layout| layout.fits(&row))).then_some(row)
}

/// How a cell with JSON is written, in a table of a known style if there is one. In COPY text every backslash of the JSON is
/// doubled, so all runs of backslashes have an even length, apart from escaped line ends and tabs between its values. What is JSON
/// either way is taken as the table is written.
fn style_of(cell: &[u8], known: Option<Style>) -> Option<Style> {
    let (mut at, mut doubled) = (0, true);
    while let Some(next) = memchr::memchr(b'\\', cell.get(at..).unwrap_or_default()) {
        at += next;
        let run = cell.get(at..).unwrap_or_default().iter().take_while(|c| **c == b'\\').count();
        doubled &= run % 2 == 0;
        at += run;
    }
    if at == 0 {
        return is_json(cell).then_some(Style::Copy);
    }
    if known == Some(Style::Tabs) && is_valid(cell) {
        return Some(Style::Tabs);
    }
    let unescaped = unescape(cell);
    let is_escaped = is_json(&unescaped);
    // Of JSON as it stands, half of the backslashes may be missed: `C\\D` is no `C\D`.
    if doubled && is_escaped && (is_valid(&unescaped) || !is_valid(cell)) {
        return Some(Style::Copy);
    }
    if is_json(cell) {
        return Some(Style::Tabs);
    }
    is_escaped.then_some(Style::Copy)
}

fn is_valid(json: &[u8]) -> bool {
    let json = json.trim_ascii();
    parse(json) == Parsed::Whole(json.len())
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
