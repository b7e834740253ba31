//! The part of the [`Splitter`] for lines that do not begin with an object: arrays, rows of tables, text before an object,
//! and any other text.

use std::ops::Range;
use std::sync::Arc;

use super::parse::{Parsed, Saved, parse};
use super::piece::{Form, Kind, Piece, Sink};
use super::rescue;
use super::splitter::{Header, Skipped, Splitter, Step, count};
use super::table;
use super::table_row::{Layout, Search, Style, is_json};
use super::value::{Found, value_end};

/// How often each byte may be looked at for rows that begin before it and are none.
pub(super) const CREDIT: u64 = 16;

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
        if line == table::END_OF_COPY
            && self.layout.take_if(|layout| layout.style.is_by_tabs()).is_some()
        {
            self.passed();
            return Some(Step::Next(at + length));
        }
        let capped = rest.get(..=self.limit).unwrap_or(rest);
        let all = rest.len() <= self.limit;
        // No line end follows: the file was cut here, or somebody is writing to it.
        let is_last = end && length == rest.len();
        if line.is_empty() {
            if !is_last {
                return self.waits_behind_header(line, at, length, bytes, sink);
            }
            self.no_header(bytes, sink);
            return None;
        }
        // Inside a value over several lines that was given up.
        if self.inside && self.layout.is_none() && rescue::looks_inside(line) {
            self.no_header(bytes, sink);
            return None;
        }
        let was_in_table = self.is_in_table();
        // Who looked far ahead in vain, again and again, looks no further than the line.
        let mut in_vain = self.in_vain.saturating_sub(CREDIT * count(length + 1));
        let is_tired = in_vain > CREDIT * count(self.limit + 1);
        let (seen, is_all) = if is_tired { (line, true) } else { (capped, end && all) };
        let row = loop {
            let mut looked = 0;
            let found = table::row(seen, line, is_all, self.layout.as_deref(), &mut looked);
            match found {
                Search::Row(row) => break row,
                Search::Open | Search::Likely(_) if all && !is_all => return Some(Step::More),
                Search::Likely(row) => {
                    in_vain += count(looked);
                    break row;
                }
                Search::Open if all && !is_tired => {
                    return Some(self.unfinished_row(bytes, at, sink));
                }
                Search::Torn(delimiter) => {
                    self.in_vain = in_vain + count(looked);
                    return Some(self.torn_row(bytes, at, length, delimiter, sink));
                }
                Search::Open | Search::None => {
                    in_vain += count(looked);
                    // The line may begin another table; find out now, not only when the line comes again.
                    if self.leave_table() {
                        continue;
                    }
                    // What is whole in another form is no row that was cut.
                    let is_whole = is_json(line) || rescue::object_at_end(line).is_some();
                    if is_last && was_in_table && !is_whole {
                        return Some(self.unfinished_row(bytes, at, sink));
                    }
                    self.in_vain = in_vain;
                    return self.waits_behind_header(line, at, length, bytes, sink);
                }
            }
        };
        self.in_vain = in_vain;
        if is_last && !row.is_whole(rest) {
            return Some(self.unfinished_row(bytes, at, sink));
        }
        if self.layout.is_none() {
            let (style, columns) = (row.style, row.columns);
            let names = self.header.as_ref().and_then(|header| header.names(style, columns));
            if names.is_some() {
                self.header_holds(bytes, sink);
            }
            self.no_header(bytes, sink);
            let before = self.left.take().filter(|left| left.fits(&row));
            let names = names.or(before.map(|left| left.names.clone())).unwrap_or_default();
            let json = row.json.unwrap_or(0);
            self.layout = Some(Arc::new(Layout { style, columns, json, names }));
        } else if row.json.is_none()
            && let Some(header) = self.header_again(rest, at, &row)
        {
            (self.layout, self.header) = (None, Some(header));
            self.passed();
            return Some(Step::Next(at + row.length));
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

    /// A row that was cut inside its JSON: only its first line is lost.
    fn torn_row(
        &mut self,
        bytes: &[u8],
        at: usize,
        length: usize,
        delimiter: u8,
        sink: &mut impl Sink,
    ) -> Step {
        self.leave_table();
        let style = Style::Csv(delimiter);
        let is_of = |header: &Header| header.names.iter().any(|(one, _)| *one == delimiter);
        if let Some(header) = self.header.take_if(|header| is_of(header)) {
            self.pass_waiting(bytes, &header.waiting, sink);
            let names = header.names.into_iter().find(|(one, _)| *one == delimiter);
            let layout = |(_, names): (u8, Vec<String>)| {
                Arc::new(Layout { style, columns: names.len(), json: 0, names })
            };
            self.left = names.map(layout);
        }
        self.no_header(bytes, sink);
        let piece = self.made(Kind::Broken { saved: None }, Form::Lines, at..at + length);
        sink.piece(bytes, piece);
        self.inside = true;
        self.passed();
        Step::Next(at + length)
    }

    /// The file ends inside a row.
    fn unfinished_row(&mut self, bytes: &[u8], at: usize, sink: &mut impl Sink) -> Step {
        self.header_holds(bytes, sink);
        (self.layout, self.left) = (None, None);
        self.unfinished(bytes, at, &Saved::default(), sink)
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
            let (too_long, silent, last, brackets) = (false, true, b'\n', None);
            self.skipped = Some(Skipped { line, offset, too_long, silent, last, brackets });
            return Step::Next(at);
        }
        if length > self.limit {
            return self.broken_line(bytes, at, 0, None, None, true, end, sink);
        }
        let text = rest.get(..length).unwrap_or_default();
        let is_last = self.fresh && self.depth == 0 && line.is_none() && end;
        if is_last && is_cut_behind_text(text) {
            return self.unfinished(bytes, at, &Saved::default(), sink);
        }
        let inside = self.depth == 0 && self.fresh && rescue::looks_inside(text);
        let next = if inside { rescue::next_value(text, 0, false, ended) } else { None };
        let length = next.unwrap_or(length);
        if inside && self.inside {
            self.unsure = true;
            self.passed();
            return Step::Next(at + length);
        }
        // The first line may be the name of an only column, in quotes.
        let is_first = self.fresh && self.line_begin == 0 && self.depth == 0 && line.is_some();
        let is_name = is_first && text.starts_with(b"\"") && table::header(text).is_some();
        if let Some(value) = rescue::scalar(text).filter(|_| !is_name) {
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
                let (next, length) = (at + length, count(length));
                self.header = Some(Header { line, offset, length, names, waiting: Vec::new() });
                self.passed();
                return Step::Next(next);
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

/// Whether the last line of a file is text, and then an object that does not end; or a string or number that may go on.
fn is_cut_behind_text(line: &[u8]) -> bool {
    match line.first() {
        Some(b'"') if matches!(parse(line), Parsed::Open(_)) => return true,
        Some(b'0'..=b'9') if rescue::scalar(line) == Some(line.len()) => return true,
        Some(_) | None => {}
    }
    let begin = rescue::next_value(line, 0, false, true);
    let object = begin.and_then(|begin| line.get(begin..));
    object.is_some_and(|object| matches!(parse(object), Parsed::Open(_)))
}
