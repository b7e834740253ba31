//! The part of the [`Splitter`] for lines that do not begin with an object: arrays, rows of tables, text before an object,
//! and any other text.

use std::ops::Range;
use std::sync::Arc;

use super::piece::{Form, Kind, Piece, Sink};
use super::rescue;
use super::splitter::{Header, Skipped, Splitter, Step, count};
use super::table::{self, Layout};
use super::value::{Found, value_end};

impl Splitter {
    /// A row of a table.
    pub(super) fn row(
        &mut self,
        bytes: &[u8],
        at: usize,
        length: usize,
        end: bool,
        sink: &mut impl Sink,
    ) -> Option<Step> {
        let rest = bytes.get(at..)?;
        let line = rest.get(..length)?;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            self.no_header(bytes, sink);
            return None;
        }
        if line == table::END_OF_COPY
            && self.layout.take_if(|layout| layout.style.is_by_tabs()).is_some()
        {
            self.passed();
            return Some(Step::Next(at + length));
        }
        let capped = rest.get(..=self.limit).unwrap_or(rest);
        let row = loop {
            match table::row(capped, line, self.layout.as_deref()) {
                table::Search::Row(row) => break row,
                table::Search::Open if !end && rest.len() <= self.limit => return Some(Step::More),
                table::Search::Open | table::Search::None => {
                    // The line may begin another table; find out now, not only when the line comes again.
                    if self.layout.take().is_none() {
                        self.no_header(bytes, sink);
                        return None;
                    }
                }
            }
        };
        if self.layout.is_none() {
            let names =
                self.header.take_if(|header| header.names(row.style, row.columns).is_some());
            let names = names.and_then(|header| header.names(row.style, row.columns));
            self.no_header(bytes, sink);
            let (style, columns) = (row.style, row.columns);
            let (json, names) = (row.json.unwrap_or(0), names.unwrap_or_default());
            self.layout = Some(Arc::new(Layout { style, columns, json, names }));
        } else if let Some(layout) = &mut self.layout
            && row.json.is_some_and(|json| json != layout.json || row.style != layout.style)
        {
            let json = row.json.unwrap_or(layout.json);
            *layout = Arc::new(Layout { json, style: row.style, ..(**layout).clone() });
        }
        let kind = if row.json.is_some() { Kind::Value } else { Kind::NoValue };
        let piece = self.made(kind, Form::Table, at..at + row.length);
        sink.piece(bytes, Piece { table: self.layout.clone(), ..piece });
        let taken = rest.get(..row.length)?;
        self.lines += count(memchr::memchr_iter(b'\n', taken).count());
        (self.fresh, self.inside) = (false, false);
        Some(Step::Next(at + row.length))
    }

    /// What looked like the header of a table was not one.
    pub(super) fn no_header(&mut self, bytes: &[u8], sink: &mut impl Sink) {
        if let Some(header) = self.header.take() {
            let piece = self.made(Kind::Broken { saved: None }, Form::Lines, 0..0);
            let Header { line, offset, length, .. } = header;
            sink.piece(bytes, Piece { line, offset, length, ..piece });
        }
    }

    /// An array: its items are records.
    pub(super) fn array(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: bool,
        sink: &mut impl Sink,
    ) -> Step {
        let rest = bytes.get(at..).unwrap_or_default();
        // An array inside one that begins on the same line is not looked at as a whole again.
        if self.fresh || self.depth == 0 {
            let length = self.line_length(bytes, at);
            if length.is_none() && !end && rest.len() <= self.limit {
                return Step::More;
            }
            let line = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
            let line = if line.len() > self.limit { b"" } else { line };
            let whole = match value_end(line) {
                Found::End(length) => rescue::items(line.get(..length).unwrap_or_default())
                    .map(|items| (length, items)),
                Found::Open | Found::Odd(_) => None,
            };
            if let Some(begin) = self.prefix_of(bytes, at, line.len(), &whole) {
                return self.prefixed(bytes, at, begin, line.len(), sink);
            }
            if let Some((length, items)) = whole {
                return self.array_of_one_line(bytes, at, length, &items, sink);
            }
        }
        self.depth += 1;
        self.passed();
        Step::Next(at + 1)
    }

    /// If a line begins with something that only looks like an array, and ends with an object: where that object begins.
    pub(super) fn prefix_of(
        &self,
        bytes: &[u8],
        at: usize,
        length: usize,
        whole: &Option<(usize, Vec<Range<usize>>)>,
    ) -> Option<usize> {
        let values = whole.as_ref().is_some_and(|(_, items)| !items.is_empty());
        if !self.fresh || self.depth > 0 || values {
            return None;
        }
        let line = bytes.get(at..at + length)?;
        // `[{` and `["` begin an array, whatever follows.
        let next = line.get(1..)?.iter().find(|c| !c.is_ascii_whitespace())?;
        if matches!(next, b'{' | b'[' | b'"') {
            return None;
        }
        rescue::object_at_end(line)
    }

    pub(super) fn array_of_one_line(
        &mut self,
        bytes: &[u8],
        at: usize,
        length: usize,
        items: &[Range<usize>],
        sink: &mut impl Sink,
    ) -> Step {
        if items.is_empty() {
            // It holds nothing, or nothing that could be a webhook: one record.
            let array = bytes.get(at..at + length).unwrap_or_default();
            let empty = array.iter().all(|c| c.is_ascii_whitespace() || matches!(c, b'[' | b']'));
            let kind = if empty { Kind::Blank } else { Kind::Value };
            let piece = self.made(kind, Form::Array, at..at + length);
            sink.piece(bytes, piece);
        }
        for item in items {
            let piece = self.made(Kind::Value, Form::Array, at + item.start..at + item.end);
            sink.piece(bytes, piece);
        }
        (self.inside, self.behind_broken, self.sequence) = (false, false, false);
        self.passed();
        Step::Next(at + length)
    }

    /// Anything but an object, an array or a row.
    pub(super) fn text(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: bool,
        sink: &mut impl Sink,
    ) -> Step {
        let rest = bytes.get(at..).unwrap_or_default();
        let line = self.line_length(bytes, at);
        if line.is_none() && !end && rest.len() <= self.limit {
            return Step::More;
        }
        let length = line.unwrap_or(rest.len());
        let ended = line.is_some() || end;
        self.behind_value = false;
        if self.behind_broken {
            let text = rest.get(..length).unwrap_or_default();
            if ended {
                let next = rescue::next_value(text, 0, false, true);
                return Step::Next(at + next.unwrap_or(length));
            }
            // The line goes on; the rest of it is not a record of its own.
            let (line, offset) = (self.lines + 1, self.place(at));
            let (too_long, silent, last) = (false, true, b'\n');
            self.skipped = Some(Skipped { line, offset, too_long, silent, last });
            return Step::Next(at);
        }
        if length > self.limit {
            return self.broken_line(bytes, at, 0, None, None, true, end, sink);
        }
        let text = rest.get(..length).unwrap_or_default();
        let inside = self.depth == 0 && self.fresh && rescue::looks_inside(text);
        let next = if inside { rescue::next_value(text, 0, false, ended) } else { None };
        let length = next.unwrap_or(length);
        if inside && self.inside {
            self.unsure = true;
            self.passed();
            return Step::Next(at + length);
        }
        if let Some(value) = rescue::scalar(text) {
            let alone = rescue::is_blank(text.get(value..).unwrap_or_default());
            if self.depth > 0 || (self.fresh && alone) {
                return self.found(bytes, at..at + value, sink);
            }
        }
        if self.fresh && !inside {
            if let Some(begin) = rescue::object_at_end(text) {
                return self.prefixed(bytes, at, begin, length, sink);
            }
            if self.depth == 0
                && line.is_some()
                && let Some(names) = table::header(text)
            {
                let (line, offset) = (self.lines + 1, self.place(at));
                self.header = Some(Header { line, offset, length: count(length), names });
                self.passed();
                return Step::Next(at + length);
            }
        }
        if inside {
            let over = line.is_some() || next.is_some();
            let kind = if over { Kind::Broken { saved: None } } else { Kind::Unfinished };
            let piece = self.made(kind, Form::Lines, at..at + length);
            sink.piece(bytes, piece);
            (self.inside, self.unsure) = (true, true);
            self.passed();
            return Step::Next(at + length);
        }
        self.broken_line(bytes, at, 0, None, None, false, end, sink)
    }

    /// Text, followed by an object.
    pub(super) fn prefixed(
        &mut self,
        bytes: &[u8],
        at: usize,
        begin: usize,
        length: usize,
        sink: &mut impl Sink,
    ) -> Step {
        let line = bytes.get(at..at + length).unwrap_or_default();
        let blank = line.iter().rev().take_while(|c| c.is_ascii_whitespace()).count();
        let piece = self.made(Kind::Value, Form::Prefixed, at + begin..at + length - blank);
        sink.piece(bytes, Piece { prefix: Some(at..at + begin), ..piece });
        (self.inside, self.behind_broken) = (false, false);
        self.passed();
        Step::Next(at + length)
    }
}
