//! Splits text into records, in whatever form they are written.
//!
//! ```text
//! plain line? ─ yes ─ the consumer decodes it at once
//!     └ no ─ row of a table? ─ array? ─ value, over however many lines? ─ text before an object? ─ broken
//! ```
//!
//! The form is determined for each record, in one pass. If a value fails on a later line, its first line is rejected, whole
//! values on the lines between are saved, and reading goes on at the line where it failed. So no byte is looked at more
//! than a few times, and a broken value loses nothing but itself. Only a value that is still open at the end of the buffer
//! is read again with more bytes, up to the cap.

use super::other_forms::CREDIT;
use super::parse::{Parsed, parse};
use super::piece::{Form, Kind, Piece, PlainLine, Sink, Spot};
use super::splitter::{Splitter, Step, count};
use super::value::{Found, value_end};

impl Splitter {
    /// Passes the records in `bytes` from the index `begin` on to `sink`. Returns the index up to which it is done; the rest
    /// must be passed in again with more bytes after it. `end` = nothing follows; then it is done with everything.
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

    /// Passes on lines as long as each looks like a single value.
    fn plain_lines(&mut self, bytes: &[u8], begin: usize, sink: &mut impl Sink) -> usize {
        let mut from = begin;
        let form = if self.depth > 0 { Form::Array } else { Form::Lines };
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
                spot: Spot {
                    form,
                    line: self.lines + 1,
                    offset: self.offset + count(from),
                    length: count(length),
                },
                at: from..from + length,
            };
            // Once a line has held several values, brackets are checked first, so that no line is decoded in vain.
            let value = line.get(..length).unwrap_or_default();
            if length > self.limit
                || (self.several && !is_whole(value))
                || (self.place(from) < self.doubted && parse(value) != Parsed::Whole(length))
                || !sink.plain(bytes, plain)
            {
                break;
            }
            self.lines += 1;
            (self.inside, self.left) = (false, None);
            self.in_vain = self.in_vain.saturating_sub(CREDIT * count(length + 1));
            from = end + 1;
        }
        self.line_begin = self.offset + count(from);
        from
    }

    fn step(&mut self, bytes: &[u8], at: usize, end: bool, sink: &mut impl Sink) -> Step {
        if self.skipped.is_some() {
            return self.skip(bytes, at, end, sink);
        }
        let rest = bytes.get(at..).unwrap_or_default();
        if self.fresh && self.place(at) == self.line_begin {
            let line = self.line_length(bytes, at).or_else(|| end.then_some(rest.len()));
            match line.filter(|length| *length <= self.limit) {
                // Only once: the table that it did not fit may have been forgotten since.
                Some(_) if self.no_row == self.line_begin => {}
                Some(length) => {
                    if let Some(step) = self.row(bytes, at, length, end, sink) {
                        return step;
                    }
                    self.no_row = self.line_begin;
                }
                // What a line is shows only at its end, unless it is too long for that.
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

    fn line_end(&mut self, bytes: &[u8], at: usize, sink: &mut impl Sink) -> Step {
        if self.fresh && !self.marked {
            // The start of a line longer than the cap may have left the buffer.
            let all = self.line_begin >= self.offset;
            let begin = if all { self.index(self.line_begin).min(at) } else { at };
            let blank = self.made(Kind::Blank, Form::Lines, begin..at);
            let (offset, length) = (self.line_begin, self.place(at) - self.line_begin);
            sink.piece(bytes, Piece { offset, length, ..blank });
            self.inside = false;
        }
        self.lines += 1;
        self.new_line(at + 1);
        Step::Next(at + 1)
    }

    fn value(&mut self, bytes: &[u8], at: usize, end: bool, sink: &mut impl Sink) -> Step {
        // A value directly after another one is a record of its own.
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

    /// The end of the file.
    fn finish(&mut self, bytes: &[u8], at: usize, sink: &mut impl Sink) {
        self.no_header(bytes, sink);
        if std::mem::take(&mut self.depth) > 0 {
            let piece = self.made(Kind::Unfinished, Form::Array, at..at);
            sink.piece(bytes, piece);
        }
    }
}

/// Whether a text is one object, judging by its brackets.
fn is_whole(text: &[u8]) -> bool {
    value_end(text) == Found::End(text.len())
}

#[cfg(test)]
#[path = "records_tests.rs"]
mod tests;
