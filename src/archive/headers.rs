//! The part of the [`Splitter`] for the headers of tables: a line may be one until a row fits it.

use super::csv::csv_cells;
use super::piece::{Form, Kind, Piece, Sink};
use super::splitter::{Header, Splitter, Step, Waiting, count};
use super::table;
use super::table_row::Row;

/// Most lines without JSON between a header and the first row with it.
pub(super) const MOST_WAITING: usize = 64;

impl Splitter {
    /// Whether the lines before this one were those of a table, or its header.
    pub(super) fn is_in_table(&self) -> bool {
        let has_names = |header: &Header| header.names.iter().any(|(_, names)| names.len() > 1);
        self.layout.is_some() || self.header.as_ref().is_some_and(has_names)
    }

    /// Leaves a table, if there is one: a line does not fit it. Its names hold for rows that fit it later.
    pub(super) fn leave_table(&mut self) -> bool {
        let Some(layout) = self.layout.take() else { return false };
        if !layout.names.is_empty() {
            self.left = Some(layout);
        }
        true
    }

    /// The header of another table, if a row without JSON is one: it has the names of the table that it stands in, as where
    /// files were put one behind the other.
    pub(super) fn header_again(&self, rest: &[u8], at: usize, row: &Row) -> Option<Header> {
        let layout = self.layout.as_deref().filter(|layout| !layout.names.is_empty())?;
        let names = table::header(rest.get(..row.length)?)?;
        let header = Header {
            line: self.lines + 1,
            offset: self.place(at),
            length: count(row.length),
            names,
            waiting: Vec::new(),
        };
        let mut mine = header.names(row.style, row.columns)?;
        let mut known = layout.names.clone();
        mine.sort_unstable();
        known.sort_unstable();
        (mine == known).then_some(header)
    }

    /// What looked like the header of a table was not one.
    pub(super) fn no_header(&mut self, bytes: &[u8], sink: &mut impl Sink) {
        if let Some(header) = self.header.take() {
            let piece = self.made(Kind::Broken { saved: None }, Form::Lines, 0..0);
            let Header { line, offset, length, .. } = header;
            sink.piece(bytes, Piece { line, offset, length, ..piece });
            self.pass_waiting(bytes, &header.waiting, sink);
        }
    }

    /// Keeps a header for the rows that follow a line which is none: a blank one, or a row of it without JSON. If the line is
    /// neither, there is no header, and the line is something else.
    pub(super) fn waits_behind_header(
        &mut self,
        line: &[u8],
        at: usize,
        length: usize,
        bytes: &[u8],
        sink: &mut impl Sink,
    ) -> Option<Step> {
        let (number, offset) = (self.lines + 1, self.place(at));
        let fits = |header: &&mut Header| {
            header.waiting.len() < MOST_WAITING && (line.is_empty() || header.has_row(line))
        };
        if let Some(header) = self.header.as_mut().filter(fits) {
            let is_blank = line.is_empty();
            header.waiting.push(Waiting { line: number, offset, length: count(length), is_blank });
            self.passed();
            return Some(Step::Next(at + length));
        }
        self.no_header(bytes, sink);
        None
    }

    /// A header was one: the lines behind it that are no rows with JSON can be passed on.
    pub(super) fn header_holds(&mut self, bytes: &[u8], sink: &mut impl Sink) {
        if let Some(header) = self.header.take() {
            self.pass_waiting(bytes, &header.waiting, sink);
        }
    }

    /// Passes on lines behind what may have been a header.
    pub(super) fn pass_waiting(&mut self, bytes: &[u8], waiting: &[Waiting], sink: &mut impl Sink) {
        for Waiting { line, offset, length, is_blank } in waiting {
            let kind = if *is_blank { Kind::Blank } else { Kind::Broken { saved: None } };
            let piece = self.made(kind, Form::Lines, 0..0);
            sink.piece(bytes, Piece { line: *line, offset: *offset, length: *length, ..piece });
        }
    }
}

impl Header {
    /// Whether a line may be a row of its table without JSON: it has as many cells, and is no header itself.
    fn has_row(&self, line: &[u8]) -> bool {
        let is_row = |(delimiter, names): &(u8, Vec<String>)| {
            names.len() > 1
                && csv_cells(*delimiter, line).is_some_and(|cells| cells.len() == names.len())
        };
        !line.iter().any(|byte| matches!(byte, b'{' | b'['))
            && self.names.iter().any(is_row)
            && table::header(line).is_none()
    }
}
