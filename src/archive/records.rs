//! Cuts text into records, whatever form they stand in.
//!
//! ```text
//! plain line? ─ yes ─ the consumer decodes it at once
//!     └ no ─ row of a table? ─ array? ─ value, over however many lines? ─ text before an object? ─ broken
//! ```
//!
//! The form is found out for each record, in one pass. A value that fails on a later line is given up at its first line: what
//! is whole on the lines between is saved, and reading goes on at the line where it failed. So no byte is looked at more
//! than a few times, and a broken value takes nothing with it. Only a value that is open at the end of the bytes at hand is
//! asked for again with more of them, up to the cap.

use std::ops::Range;
use std::sync::Arc;

use super::broken::Skipped;
use super::parse::{Parsed, parse};
use super::piece::{Form, Kind, Piece, PlainLine, Sink};
use super::table::{self, Layout};
use super::value::{Found, value_end};

/// What is known between one record and the next.
#[derive(Debug)]
pub(super) struct Splitter {
    pub(super) limit: usize,
    /// Offset of the first byte at hand.
    pub(super) offset: u64,
    /// Lines that have ended.
    pub(super) lines: u64,
    /// Nothing but blanks since the line began.
    pub(super) fresh: bool,
    /// Something other than blanks and values stood on this line.
    pub(super) marked: bool,
    /// Offset at which the line began.
    pub(super) line_begin: u64,
    /// Arrays that have begun and not ended.
    pub(super) depth: u64,
    pub(super) layout: Option<Arc<Layout>>,
    pub(super) header: Option<Header>,
    /// A record that is skipped up to the end of its line.
    pub(super) skipped: Option<Skipped>,
    /// Lines that look like the inside of a value belong to a broken one before them.
    pub(super) inside: bool,
    /// What follows on this line belongs to a broken record.
    pub(super) behind_broken: bool,
    /// A value on this line may be a part of a broken record: it counts if it holds a webhook.
    pub(super) unsure: bool,
    /// Nothing but blanks and commas since a value ended.
    pub(super) behind_value: bool,
    /// Before this offset brackets alone are not believed.
    pub(super) doubted: u64,
    /// A line was met that begins and ends like one value and holds several.
    pub(super) several: bool,
    pub(super) sequence: bool,
    pub(super) bom: bool,
    /// Before this offset no line ends; a line end may stand right there.
    pub(super) no_end_before: u64,
    /// The line that begins at this offset is no row of a table.
    pub(super) no_row: u64,
}

/// A line that may be the header of a table.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) line: u64,
    pub(super) offset: u64,
    pub(super) length: u64,
    pub(super) names: Vec<(u8, Vec<String>)>,
}

pub(super) enum Step {
    /// Go on at this place.
    Next(usize),
    /// More bytes are needed.
    More,
}

pub(super) fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

impl Splitter {
    /// A splitter of text that begins at an offset of its file.
    pub(super) fn new(limit: usize, offset: u64) -> Self {
        Self {
            limit,
            offset,
            lines: 0,
            fresh: true,
            marked: false,
            line_begin: offset,
            depth: 0,
            layout: None,
            header: None,
            skipped: None,
            inside: false,
            behind_broken: false,
            unsure: false,
            behind_value: false,
            doubted: 0,
            several: false,
            sequence: false,
            bom: false,
            no_end_before: 0,
            no_row: u64::MAX,
        }
    }

    /// A splitter of bytes that have an offset in their file, from a later offset on.
    pub(super) fn from(limit: usize, offset: u64, begin: u64) -> Self {
        Self { line_begin: begin, ..Self::new(limit, offset) }
    }

    /// A splitter that looks closely at every byte of a record that is no JSON.
    pub(super) fn close(limit: usize, piece: &Piece) -> Self {
        let lines = piece.line.saturating_sub(1);
        Self {
            lines,
            doubted: u64::MAX,
            fresh: false,
            marked: true,
            ..Self::new(limit, piece.offset)
        }
    }

    /// Whether what follows can be read without knowing what came before: all records are whole, and no array, table or
    /// line goes on.
    pub(super) fn is_clean(&self) -> bool {
        self.fresh
            && self.depth == 0
            && self.layout.is_none()
            && self.header.is_none()
            && self.skipped.is_none()
            && !self.inside
            && !self.sequence
            && !self.bom
    }

    /// Hands out the records of `bytes` from a place on, and says at which place it is done; the rest is wanted again, with
    /// more behind it. `end` = nothing follows; then it is done with all.
    pub(super) fn split(
        &mut self,
        bytes: &[u8],
        begin: usize,
        end: bool,
        sink: &mut impl Sink,
    ) -> usize {
        let mut at = begin;
        loop {
            let at_begin = self.fresh && self.place(at) == self.line_begin;
            if at_begin && self.layout.is_none() && self.header.is_none() && self.skipped.is_none()
            {
                at = self.plain_lines(bytes, at, sink);
            }
            match self.step(bytes, at, end, sink) {
                Step::Next(next) => at = next,
                Step::More => break,
            }
        }
        if end {
            self.finish(bytes, at, sink);
        }
        self.offset += count(at);
        at
    }

    /// Hands out lines as long as each looks like a value of its own.
    fn plain_lines(&mut self, bytes: &[u8], begin: usize, sink: &mut impl Sink) -> usize {
        let mut from = begin;
        for end in memchr::memchr_iter(b'\n', bytes.get(begin..).unwrap_or_default()) {
            let end = begin + end;
            let line = bytes.get(from..end).unwrap_or_default();
            let length = match line {
                [b'{', .., b'}'] => line.len(),
                [b'{', .., b'}', b'\r' | b','] => line.len() - 1,
                [b'{', .., b'}', b',', b'\r'] => line.len() - 2,
                _ => break,
            };
            let plain = PlainLine {
                line: self.lines + 1,
                offset: self.offset + count(from),
                at: from..from + length,
                in_array: self.depth > 0,
            };
            // Once lines held several values each, their brackets are asked before anyone decodes one in vain.
            if length > self.limit
                || (self.several && !is_whole(line.get(..length).unwrap_or_default()))
                || !sink.plain(bytes, plain)
            {
                break;
            }
            self.lines += 1;
            self.inside = false;
            from = end + 1;
        }
        self.line_begin = self.offset + count(from);
        from
    }

    pub(super) fn place(&self, at: usize) -> u64 {
        self.offset + count(at)
    }

    /// Where a place of the file is among the bytes at hand.
    pub(super) fn index(&self, offset: u64) -> usize {
        usize::try_from(offset.saturating_sub(self.offset)).unwrap_or(usize::MAX)
    }

    /// Bytes up to the end of the line, if it ends among the bytes at hand. Looks at each byte once.
    pub(super) fn line_length(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        let from = self.index(self.no_end_before).clamp(at, bytes.len());
        let found = memchr::memchr(b'\n', bytes.get(from..).unwrap_or_default());
        let end = found.map_or(bytes.len(), |found| from + found);
        self.no_end_before = self.place(end);
        found.map(|_| end - at)
    }

    pub(super) fn made(&mut self, kind: Kind, form: Form, at: Range<usize>) -> Piece {
        Piece {
            kind,
            form,
            line: self.lines + 1,
            offset: self.place(at.start),
            length: count(at.len()),
            at,
            prefix: None,
            table: None,
            bom: std::mem::take(&mut self.bom),
        }
    }

    fn step(&mut self, bytes: &[u8], at: usize, end: bool, sink: &mut impl Sink) -> Step {
        if self.skipped.is_some() {
            return self.skip(bytes, at, end, sink);
        }
        let rest = bytes.get(at..).unwrap_or_default();
        if self.fresh && self.place(at) == self.line_begin {
            let line = self.line_length(bytes, at).or_else(|| end.then_some(rest.len()));
            match line.filter(|length| *length <= self.limit) {
                // Asked once: what it is known to be no row of may have been forgotten since.
                Some(_) if self.no_row == self.line_begin => {}
                Some(length) => {
                    if let Some(step) = self.row(bytes, at, length, end, sink) {
                        return step;
                    }
                    self.no_row = self.line_begin;
                }
                // What a line is shows at its end, unless it is too long for that.
                None if rest.len() <= self.limit => return Step::More,
                None => {
                    self.layout = None;
                    self.no_header(bytes, sink);
                }
            }
        }
        let Some(first) = rest.first() else { return Step::More };
        match first {
            b'\n' => self.line_end(bytes, at, sink),
            b' ' | b'\t' | b'\r' | b'\0' | b',' => {
                let blank = |c: &u8| matches!(c, b' ' | b'\t' | b'\r' | b'\0' | b',');
                Step::Next(at + rest.iter().take_while(|c| blank(c)).count())
            }
            0x1e => {
                self.sequence = true;
                Step::Next(at + 1)
            }
            0xef if rest.len() < 3 && !end => Step::More,
            0xef if rest.starts_with(b"\xef\xbb\xbf") => {
                self.bom = true;
                Step::Next(at + 3)
            }
            b'{' => self.value(bytes, at, end, sink),
            b'[' => self.array(bytes, at, end, sink),
            b']' if self.depth > 0 => {
                self.depth -= 1;
                self.passed();
                Step::Next(at + 1)
            }
            _ => self.text(bytes, at, end, sink),
        }
    }

    /// Something that is no record was passed.
    pub(super) fn passed(&mut self) {
        (self.fresh, self.marked) = (false, true);
    }

    fn line_end(&mut self, bytes: &[u8], at: usize, sink: &mut impl Sink) -> Step {
        if self.fresh && !self.marked {
            // Of a line longer than the cap, the begin may no longer be at hand.
            let all = self.line_begin >= self.offset;
            let begin = if all { self.index(self.line_begin).min(at) } else { at };
            let blank = self.made(Kind::Blank, Form::Lines, begin..at);
            let (offset, length) = (self.line_begin, self.place(at) - self.line_begin);
            sink.piece(bytes, Piece { offset, length, ..blank });
            self.inside = false;
        }
        self.lines += 1;
        (self.fresh, self.marked, self.behind_broken) = (true, false, false);
        (self.unsure, self.behind_value) = (false, false);
        (self.sequence, self.bom) = (false, false);
        self.line_begin = self.place(at + 1);
        Step::Next(at + 1)
    }

    /// A whole value was found.
    pub(super) fn found(&mut self, bytes: &[u8], at: Range<usize>, sink: &mut impl Sink) -> Step {
        let next = at.end;
        let lines = memchr::memchr_iter(b'\n', bytes.get(at.clone()).unwrap_or_default()).count();
        let form = if self.depth > 0 {
            Form::Array
        } else if std::mem::take(&mut self.sequence) {
            Form::Sequence
        } else if lines > 0 {
            Form::Pretty
        } else if self.fresh {
            Form::Lines
        } else {
            self.several = true;
            Form::Concatenated
        };
        let too_long = at.len() > self.limit;
        let kind = match (too_long, self.unsure) {
            (true, _) => Kind::TooLong,
            (false, true) => Kind::Saved { unfinished: false },
            (false, false) => Kind::Value,
        };
        let piece = self.made(kind, form, at);
        sink.piece(bytes, piece);
        self.lines += count(lines);
        (self.fresh, self.inside, self.behind_broken) = (false, false, false);
        self.behind_value = true;
        Step::Next(next)
    }

    fn value(&mut self, bytes: &[u8], at: usize, end: bool, sink: &mut impl Sink) -> Step {
        // A value right behind another one is a record of its own.
        self.unsure &= !self.behind_value;
        self.behind_value = false;
        let rest = bytes.get(at..).unwrap_or_default();
        let all = rest.len() <= self.limit;
        let capped = rest.get(..=self.limit).unwrap_or(rest);
        if self.place(at) >= self.doubted {
            match value_end(capped) {
                Found::End(length) => return self.found(bytes, at..at + length, sink),
                Found::Open if all && !end => return Step::More,
                Found::Open => self.doubted = self.place(at + capped.len()),
                Found::Odd(place) => self.doubted = self.place(at + place),
            }
        }
        match parse(capped) {
            Parsed::Whole(length) => self.found(bytes, at..at + length, sink),
            Parsed::Open(_) if all && !end => Step::More,
            Parsed::Open(saved) if all => self.unfinished(bytes, at, &saved, sink),
            Parsed::Open(saved) => {
                self.give_up(bytes, at, capped.len() - 1, None, &saved, true, end, sink)
            }
            Parsed::Broken { at: failed, torn, saved } => {
                self.give_up(bytes, at, failed, torn, &saved, false, end, sink)
            }
        }
    }

    /// Nothing follows.
    fn finish(&mut self, bytes: &[u8], at: usize, sink: &mut impl Sink) {
        self.no_header(bytes, sink);
        if std::mem::take(&mut self.depth) > 0 {
            let piece = self.made(Kind::Unfinished, Form::Array, at..at);
            sink.piece(bytes, piece);
        }
    }
}

/// Whether a text is one object, by its brackets.
fn is_whole(text: &[u8]) -> bool {
    value_end(text) == Found::End(text.len())
}

impl Header {
    /// The names of the columns of a table, if they can be its.
    pub(super) fn names(&self, style: table::Style, columns: usize) -> Option<Vec<String>> {
        let wanted = match style {
            table::Style::Csv(delimiter) => delimiter,
            table::Style::Copy | table::Style::Tabs => b'\t',
        };
        let fits = |(delimiter, names): &&(u8, Vec<String>)| {
            *delimiter == wanted && names.len() == columns
        };
        self.names.iter().find(fits).map(|(_, names)| names.clone())
    }
}

#[cfg(test)]
#[path = "records_tests.rs"]
mod tests;
