//! What rows of every style have in common: how they are written, what is found, and which cell looks like a webhook.

use super::value::{Found, value_end};

/// Most columns of a table that are looked at.
pub(super) const MOST_COLUMNS: usize = 256;
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
    #[must_use]
    pub fn is_by_tabs(self) -> bool {
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
    /// Whether a row may belong to the table.
    pub(super) fn fits(&self, row: &Row) -> bool {
        self.columns == row.columns
            && match (self.style, row.style) {
                (Style::Csv(one), Style::Csv(other)) => one == other,
                (Style::Copy | Style::Tabs, Style::Copy | Style::Tabs) => true,
                (Style::Csv(one), _) | (_, Style::Csv(one)) => one == b'\t',
            }
    }
}

/// Whether a cell is one object or array, judging by its brackets.
pub(super) fn is_json(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    matches!(cell.first(), Some(b'{' | b'[')) && value_end(cell) == Found::End(cell.len())
}

/// Whether a cell begins as an object or array does.
pub(super) fn begins_json(cell: &[u8]) -> bool {
    matches!(cell.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// What begins with a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Search {
    Row(Row),
    /// A row, unless a quoted cell whose end is not in the buffer makes another one.
    Likely(Row),
    /// A row that was cut inside its JSON: its quotes end in a later one. With the delimiter.
    Torn(u8),
    /// No row of a table.
    None,
    /// A row whose end is not in the buffer.
    Open,
}

/// The most that a cell can look like a webhook.
pub(super) const MOST: u8 = 2;

/// How much a cell looks like a webhook: it holds a position, which lies in its data; or something in base64.
pub(super) fn rank(cell: &[u8]) -> u8 {
    let has = |word: &[u8]| memchr::memmem::find(cell, word).is_some();
    match (has(b"position"), has(b"data")) {
        (true, true) => MOST,
        (true, false) => 1,
        (false, _) => u8::from(has(b"\"eyJ") || has(b"\"ewog")),
    }
}

/// The index of the cell that holds the webhook: of those with JSON the first that looks most like it.
pub(super) fn json_among<T: AsRef<[u8]>>(cells: &[T]) -> Option<usize> {
    let found = cells.iter().enumerate().filter(|(_, cell)| is_json(cell.as_ref()));
    found.rev().max_by_key(|(_, cell)| rank(cell.as_ref())).map(|(at, _)| at)
}
