//! The laws of tables that the fuzz target `tables` and the replay of its corpus hold, for any cells.
//!
//! Cells that are written plainly in each style are read back as they were. A plain reader of RFC 4180 sees the same cells in
//! any row. A value in a column of a table is found again as it was, in every row, whatever stands beside it, stray quotes too.

use super::archive::{Form, Layout, Limits, Piece, PlainLine, Sink, Style, go_on, read_records};
use super::held;

/// As many as a table has that are looked at.
const MOST_COLUMNS: usize = 256;

/// Writes and reads cells, and holds the laws. The first byte says how they are told apart, and in which steps files are read;
/// 0xfe ends a cell. How many rows
/// were found in files.
///
/// # Panics
/// If a law is broken.
pub(crate) fn hold(bytes: &[u8]) -> usize {
    let Some((first, rest)) = bytes.split_first() else { return 0 };
    let delimiter = [b',', b'\t', b';', b'|'][usize::from(first & 3)];
    let cells: Vec<&[u8]> = rest.split(|byte| *byte == 0xfe).take(MOST_COLUMNS).collect();
    for (style, quote_all) in
        [(Style::Csv(delimiter), false), (Style::Csv(delimiter), true), (Style::Copy, true)]
    {
        let row = written(style, &cells, quote_all);
        // A row of one empty cell without quotes is an empty line.
        if !row.is_empty() {
            assert_eq!(read(style, &row), cells, "{style:?} {}", row.escape_ascii());
        }
    }
    let tabs: Vec<Vec<u8>> = cells.iter().map(|cell| plain(cell)).collect();
    assert_eq!(read(Style::Tabs, &tabs.join(&b'\t')), tabs);
    let row = plain(rest);
    if !row.is_empty() {
        let mut expected = naive_cells(delimiter, &row);
        // A row of more cells than a table may have is none.
        if expected.len() > MOST_COLUMNS {
            expected.clear();
        }
        assert_eq!(read(Style::Csv(delimiter), &row), expected, "{}", row.escape_ascii());
    }
    in_files(*first, delimiter, &cells)
}

fn read(style: Style, row: &[u8]) -> Vec<Vec<u8>> {
    let layout = Layout { style, columns: 0, json: 0, names: Vec::new() };
    layout.cells(row).into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// Without what ends a cell of tabs or a line.
fn plain(cell: &[u8]) -> Vec<u8> {
    cell.iter().copied().filter(|c| !matches!(c, b'\t' | b'\n' | b'\r')).collect()
}

fn written(style: Style, cells: &[&[u8]], quote_all: bool) -> Vec<u8> {
    let delimiter = if let Style::Csv(delimiter) = style { delimiter } else { b'\t' };
    let special = |c: &u8| [delimiter, b'"', b'\n', b'\r'].contains(c);
    let one = |cell: &&[u8]| match style {
        Style::Copy => copied(cell),
        Style::Tabs => plain(cell),
        Style::Csv(_) if quote_all || cell.iter().any(special) => quoted(cell),
        Style::Csv(_) => cell.to_vec(),
    };
    cells.iter().map(one).collect::<Vec<_>>().join(&delimiter)
}

fn quoted(cell: &[u8]) -> Vec<u8> {
    let doubled = cell.iter().flat_map(|c| if *c == b'"' { vec![*c; 2] } else { vec![*c] });
    std::iter::once(b'"').chain(doubled).chain([b'"']).collect()
}

fn copied(cell: &[u8]) -> Vec<u8> {
    let escaped = |c: &u8| match c {
        b'\\' => b"\\\\".to_vec(),
        b'\n' => b"\\n".to_vec(),
        b'\t' => b"\\t".to_vec(),
        b'\r' => b"\\r".to_vec(),
        other => vec![*other],
    };
    cell.iter().flat_map(escaped).collect()
}

/// The cells of a row without line ends, by RFC 4180; a quote inside a cell without quotes is a letter, and so is what follows
/// the closing quote.
fn naive_cells(delimiter: u8, row: &[u8]) -> Vec<Vec<u8>> {
    let (mut cells, mut cell, mut at, mut quoted) = (Vec::new(), Vec::new(), 0, false);
    let mut begins = true;
    while let Some(c) = row.get(at) {
        at += 1;
        match *c {
            b'"' if quoted && row.get(at) == Some(&b'"') => {
                cell.push(b'"');
                at += 1;
            }
            b'"' if quoted => quoted = false,
            b'"' if begins => quoted = true,
            c if c == delimiter && !quoted => {
                cells.push(std::mem::take(&mut cell));
                begins = true;
                continue;
            }
            c => cell.push(c),
        }
        begins = false;
    }
    cells.push(cell);
    cells
}

/// Notes the JSON cells of rows.
#[derive(Default)]
struct Values(Vec<Vec<u8>>, usize);

impl Sink for Values {
    fn plain(&mut self, _: &[u8], _: PlainLine) -> bool {
        self.1 += 1;
        true
    }

    fn piece(&mut self, bytes: &[u8], piece: Piece) {
        match &piece.table {
            Some(layout) if piece.form == Form::Table => {
                let cells = layout.cells(&bytes[piece.at.clone()]);
                self.0.extend(layout.json_cell(&cells).map(<[u8]>::to_vec));
            }
            _ => self.1 += 1,
        }
    }
}

/// Three rows of a table with a webhook in the second column, in every style: each is found, and nothing else.
fn in_files(first: u8, delimiter: u8, cells: &[&[u8]]) -> usize {
    let text = String::from_utf8_lossy(cells.first().unwrap_or(&&b""[..])).into_owned();
    let json = serde_json::json!({"position": text, "n": [1, {"x": "\n\t\\\""}]}).to_string();
    // Another cell: quotes and brackets in it are letters. What begins with them, or ends a row, is another matter.
    let beside = cells.get(1).map(|cell| plain(cell)).unwrap_or_default();
    let is_bracket = |c: &u8| b"\"'[]{}".contains(c);
    let is_letter = |c: &u8| c.is_ascii_alphanumeric() || b" ._:".contains(c) || is_bracket(c);
    let beside = beside.into_iter().filter(is_letter).skip_while(|c| is_bracket(c) || *c == b' ');
    let beside: Vec<u8> = beside.take(40).collect();
    let mut found = 0;
    for (style, delimiter) in
        [(Style::Csv(delimiter), delimiter), (Style::Copy, b'\t'), (Style::Tabs, b'\t')]
    {
        let row = match style {
            Style::Csv(_) => [&beside[..], &[delimiter], &quoted(json.as_bytes())].concat(),
            Style::Copy => [&beside[..], b"\t", &copied(json.as_bytes())].concat(),
            Style::Tabs => [&beside[..], b"\t", json.as_bytes()].concat(),
        };
        let head = [&b"id"[..], &[delimiter], b"hook"].concat();
        let file = [&head[..], b"\n", &row, b"\r\n", &row, b"\n", &row].concat();
        // Opening a file costs more than all else here.
        for step in if first & 4 == 0 { [7] } else { [usize::MAX] } {
            let mut values = Values::default();
            read_records(&held::file(&file, step), Limits::default(), go_on, &mut values).unwrap();
            let expected = vec![json.clone().into_bytes(); 3];
            assert_eq!(values.0, expected, "{style:?} {}", file.escape_ascii());
            assert!(values.1 <= 1, "more than its header is no row: {}", file.escape_ascii());
        }
        found += 3;
    }
    found
}
