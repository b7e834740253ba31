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

use super::parse::{Parsed, Saved, parse};
use super::piece::{Form, Kind, Piece};
use super::rescue;
use super::table::{self, Layout};
use super::value::{Found, value_end};

/// What takes in records.
pub trait Sink {
    /// A line that looks like one value, from its first byte to its last: whether it is one. If not, it is looked at closer.
    fn plain(&mut self, bytes: &[u8], line: PlainLine) -> bool;
    /// A record of any other kind, among the bytes at hand.
    fn piece(&mut self, bytes: &[u8], piece: Piece);
}

/// A line that begins and ends with braces.
#[derive(Debug, Clone)]
pub struct PlainLine {
    /// Number, from 1.
    pub line: u64,
    /// Offset in the file.
    pub offset: u64,
    /// Where it is among the bytes at hand.
    pub at: Range<usize>,
    /// An item of an array that has begun on an earlier line.
    pub in_array: bool,
}

/// What is known between one record and the next.
#[derive(Debug)]
pub(super) struct Splitter {
    limit: usize,
    /// Offset of the first byte at hand.
    pub(super) offset: u64,
    /// Lines that have ended.
    pub(super) lines: u64,
    /// Nothing but blanks since the line began.
    fresh: bool,
    /// Something other than blanks and values stood on this line.
    marked: bool,
    /// Offset at which the line began.
    line_begin: u64,
    /// Arrays that have begun and not ended.
    depth: u64,
    layout: Option<Arc<Layout>>,
    header: Option<Header>,
    /// A record that is skipped up to the end of its line.
    skipped: Option<Skipped>,
    /// Lines that look like the inside of a value belong to a broken one before them.
    inside: bool,
    /// What follows on this line belongs to a broken record.
    behind_broken: bool,
    /// Before this offset brackets alone are not believed.
    doubted: u64,
    sequence: bool,
    bom: bool,
    /// Before this offset no line ends; a line end may stand right there.
    no_end_before: u64,
}

/// A line that may be the header of a table.
#[derive(Debug)]
struct Header {
    line: u64,
    offset: u64,
    length: u64,
    names: Vec<(u8, Vec<String>)>,
}

/// A record of which the end is not yet known.
#[derive(Debug)]
struct Skipped {
    line: u64,
    offset: u64,
    too_long: bool,
    last: u8,
}

enum Step {
    /// Go on at this place.
    Next(usize),
    /// More bytes are needed.
    More,
}

fn count(n: usize) -> u64 {
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
            doubted: 0,
            sequence: false,
            bom: false,
            no_end_before: 0,
        }
    }

    /// A splitter of bytes that have an offset in their file, from a later offset on.
    pub(super) fn from(limit: usize, offset: u64, begin: u64) -> Self {
        Self { line_begin: begin, ..Self::new(limit, offset) }
    }

    /// A splitter that looks closely at every byte of a record that is no JSON.
    fn close(limit: usize, piece: &Piece) -> Self {
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
            if length > self.limit || !sink.plain(bytes, plain) {
                break;
            }
            self.lines += 1;
            self.inside = false;
            from = end + 1;
        }
        self.line_begin = self.offset + count(from);
        from
    }

    fn place(&self, at: usize) -> u64 {
        self.offset + count(at)
    }

    /// Where a place of the file is among the bytes at hand.
    fn index(&self, offset: u64) -> usize {
        usize::try_from(offset.saturating_sub(self.offset)).unwrap_or(usize::MAX)
    }

    /// Bytes up to the end of the line, if it ends among the bytes at hand. Looks at each byte once.
    fn line_length(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        let from = self.index(self.no_end_before).clamp(at, bytes.len());
        let found = memchr::memchr(b'\n', bytes.get(from..).unwrap_or_default());
        let end = found.map_or(bytes.len(), |found| from + found);
        self.no_end_before = self.place(end);
        found.map(|_| end - at)
    }

    fn made(&mut self, kind: Kind, form: Form, at: Range<usize>) -> Piece {
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
                Some(length) => {
                    if let Some(step) = self.row(bytes, at, length, end, sink) {
                        return step;
                    }
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
    fn passed(&mut self) {
        (self.fresh, self.marked) = (false, true);
    }

    fn line_end(&mut self, bytes: &[u8], at: usize, sink: &mut impl Sink) -> Step {
        if self.fresh && !self.marked {
            let begin = self.index(self.line_begin).min(at);
            let blank = self.made(Kind::Blank, Form::Lines, begin..at);
            sink.piece(bytes, blank);
            self.inside = false;
        }
        self.lines += 1;
        (self.fresh, self.marked, self.behind_broken) = (true, false, false);
        (self.sequence, self.bom) = (false, false);
        self.line_begin = self.place(at + 1);
        Step::Next(at + 1)
    }

    /// A whole value was found.
    fn found(&mut self, bytes: &[u8], at: Range<usize>, sink: &mut impl Sink) -> Step {
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
            Form::Concatenated
        };
        let too_long = at.len() > self.limit;
        let piece = self.made(if too_long { Kind::TooLong } else { Kind::Value }, form, at);
        sink.piece(bytes, piece);
        self.lines += count(lines);
        (self.fresh, self.inside, self.behind_broken) = (false, false, false);
        Step::Next(next)
    }

    fn value(&mut self, bytes: &[u8], at: usize, end: bool, sink: &mut impl Sink) -> Step {
        let rest = bytes.get(at..).unwrap_or_default();
        let all = rest.len() <= self.limit;
        let capped = rest.get(..=self.limit).unwrap_or(rest);
        if self.place(at) >= self.doubted {
            match value_end(capped) {
                Found::End(length) => return self.found(bytes, at..at + length, sink),
                Found::Open if all && !end => return Step::More,
                Found::Open => self.doubted = self.place(at + capped.len()),
                Found::Odd(length) => self.doubted = self.place(at + length),
            }
        }
        match parse(capped) {
            Parsed::Whole(length) => self.found(bytes, at..at + length, sink),
            Parsed::Open(_) if all && !end => Step::More,
            Parsed::Open(saved) if all => self.unfinished(bytes, at, &saved, sink),
            Parsed::Open(saved) => {
                self.give_up(bytes, at, capped.len() - 1, None, &saved, true, sink)
            }
            Parsed::Broken { at: failed, torn, saved } => {
                self.give_up(bytes, at, failed, torn, &saved, false, sink)
            }
        }
    }

    /// The file ends inside a value. If it was cut off for good, whole values that begin a line of it may count.
    fn unfinished(&mut self, bytes: &[u8], at: usize, saved: &Saved, sink: &mut impl Sink) -> Step {
        let rest = bytes.get(at..).unwrap_or_default();
        let piece = self.made(Kind::Unfinished, Form::Lines, at..at + rest.len());
        sink.piece(bytes, piece);
        self.saved(bytes, at, saved, sink);
        self.lines += count(memchr::memchr_iter(b'\n', rest).count());
        (self.fresh, self.depth) = (false, 0);
        Step::Next(at + rest.len())
    }

    /// Hands out the whole values on the lines of one that the file ends inside.
    fn saved(&mut self, bytes: &[u8], at: usize, saved: &Saved, sink: &mut impl Sink) {
        let text = bytes.get(at..).unwrap_or_default();
        let (mut line, mut counted) = (self.lines, 0);
        for range in rescue::whole(saved, text.len()) {
            let passed = text.get(counted..range.start).unwrap_or_default();
            line += count(memchr::memchr_iter(b'\n', passed).count());
            counted = range.start;
            let place = at + range.start..at + range.end;
            let piece = self.made(Kind::Saved { unfinished: true }, Form::Pretty, place);
            sink.piece(bytes, Piece { line: line + 1, ..piece });
        }
    }

    /// Gives up a value that begins at `at` and fails `failed` bytes further on.
    #[expect(
        clippy::too_many_arguments,
        reason = "what the parser says of the value, and where it is"
    )]
    fn give_up(
        &mut self,
        bytes: &[u8],
        at: usize,
        failed: usize,
        torn: Option<usize>,
        saved: &Saved,
        too_long: bool,
        sink: &mut impl Sink,
    ) -> Step {
        let value = bytes.get(at..at + failed).unwrap_or_default();
        let Some(first) = memchr::memchr(b'\n', value) else {
            let last = saved.last.filter(|_| !too_long);
            return self.broken_line(bytes, at, failed, torn, last, too_long, sink);
        };
        let line = value.get(..first).unwrap_or_default();
        let kept = rescue::last_of_line(line);
        let piece = self.made(Kind::Broken { saved: kept }, Form::Lines, at..at + first);
        sink.piece(bytes, piece);
        self.inside = true;
        // Lines up to the one on which it fails.
        let last_line = memchr::memrchr(b'\n', value).map_or(0, |place| place + 1);
        let mut whole = rescue::whole(saved, last_line).into_iter().peekable();
        let mut begin = first + 1;
        self.lines += 1;
        while begin < last_line {
            let rest = value.get(begin..last_line).unwrap_or_default();
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let blank = rest.iter().take_while(|c| c.is_ascii_whitespace()).count();
            while whole.next_if(|range| range.start < begin).is_some() {}
            if let Some(range) = whole.next_if(|range| range.start == begin + blank) {
                let place = at + range.start..at + range.end;
                let piece = self.made(Kind::Saved { unfinished: false }, Form::Pretty, place);
                sink.piece(bytes, piece);
                let passed = value.get(begin..range.end).unwrap_or_default();
                self.lines += count(memchr::memchr_iter(b'\n', passed).count());
                let behind = value.get(range.end..last_line).unwrap_or_default();
                begin = range.end + memchr::memchr(b'\n', behind).map_or(behind.len(), |n| n + 1);
            } else {
                let line = rest.get(..length).unwrap_or_default();
                if !rescue::looks_inside(line) {
                    let place = at + begin..at + begin + length;
                    let saved = rescue::last_of_line(line);
                    let piece = self.made(Kind::Broken { saved }, Form::Lines, place);
                    sink.piece(bytes, piece);
                }
                begin += length + 1;
            }
            self.lines += 1;
        }
        (self.fresh, self.marked, self.behind_broken) = (true, false, false);
        self.line_begin = self.place(at + last_line);
        Step::Next(at + last_line)
    }

    /// A record fails on the line it begins on: another one may begin behind it.
    #[expect(
        clippy::too_many_arguments,
        reason = "what the parser says of the value, and where it is"
    )]
    fn broken_line(
        &mut self,
        bytes: &[u8],
        at: usize,
        failed: usize,
        torn: Option<usize>,
        last: Option<(u32, u32)>,
        too_long: bool,
        sink: &mut impl Sink,
    ) -> Step {
        self.passed();
        let text = bytes.get(at..).unwrap_or_default();
        if let Some(kept) = last.and_then(|last| rescue::before(text, failed, last)) {
            let kind = Kind::Broken { saved: Some(kept.start) };
            let piece = self.made(kind, Form::Lines, at..at + kept.end);
            sink.piece(bytes, piece);
            self.behind_broken = true;
            return Step::Next(at + failed);
        }
        let resumed = torn.filter(|torn| *torn > 0 && !too_long);
        let line = self.line_length(bytes, at).unwrap_or(text.len());
        let text = text.get(..line).unwrap_or_default();
        let listed = self.depth > 0;
        match resumed.or_else(|| rescue::next_value(text, failed, too_long, listed)) {
            Some(next) => {
                let kind = if too_long { Kind::TooLong } else { Kind::Broken { saved: None } };
                let piece = self.made(kind, Form::Lines, at..at + next);
                sink.piece(bytes, piece);
                Step::Next(at + next)
            }
            None => {
                // The last byte may be the begin of another value.
                let held = text.len() > 1 && text.last() == Some(&b'{') && line + at == bytes.len();
                let taken = text.len() - usize::from(held);
                let last = text.get(..taken).and_then(<[u8]>::last).copied().unwrap_or(0);
                let (line, offset) = (self.lines + 1, self.place(at));
                self.skipped = Some(Skipped { line, offset, too_long, last });
                Step::Next(at + taken)
            }
        }
    }

    /// Skips the rest of a line, up to another value.
    fn skip(&mut self, bytes: &[u8], at: usize, end: bool, sink: &mut impl Sink) -> Step {
        let Some(skipped) = &mut self.skipped else { return Step::Next(at) };
        let rest = bytes.get(at..).unwrap_or_default();
        let (last, too_long) = (skipped.last, skipped.too_long);
        let line = self.line_length(bytes, at);
        let text = rest.get(..line.unwrap_or(rest.len())).unwrap_or_default();
        let next = rescue::next_value_behind(last, text, too_long, self.depth > 0);
        let Some(skipped) = &mut self.skipped else { return Step::Next(at) };
        if next.is_none() && line.is_none() && !end {
            let held = usize::from(text.last() == Some(&b'{'));
            let taken = text.len() - held;
            if let Some(last) = text.get(..taken).and_then(<[u8]>::last) {
                skipped.last = *last;
            }
            return if taken == 0 { Step::More } else { Step::Next(at + taken) };
        }
        let to = at + next.unwrap_or(text.len());
        let unfinished = end && next.is_none() && line.is_none() && !skipped.too_long;
        let kind = match (skipped.too_long, unfinished) {
            (true, _) => Kind::TooLong,
            (false, true) => Kind::Unfinished,
            (false, false) => Kind::Broken { saved: None },
        };
        let (line, offset) = (skipped.line, skipped.offset);
        self.skipped = None;
        if unfinished {
            self.depth = 0;
        }
        let length = self.place(to).saturating_sub(offset);
        // What is still at hand may be looked into, where all of it is.
        let begin = if offset >= self.offset { self.index(offset)..to } else { to..to };
        let piece = self.made(kind, Form::Lines, begin);
        sink.piece(bytes, Piece { line, offset, length, ..piece });
        Step::Next(to)
    }

    /// A row of a table.
    fn row(
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
        let capped = rest.get(..=self.limit).unwrap_or(rest);
        let row = match table::row(capped, line, self.layout.as_deref()) {
            table::Search::Row(row) => row,
            table::Search::Open if !end && rest.len() <= self.limit => return Some(Step::More),
            table::Search::Open | table::Search::None => {
                self.layout = None;
                self.no_header(bytes, sink);
                return None;
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

    /// What looked like the header of a table was none.
    fn no_header(&mut self, bytes: &[u8], sink: &mut impl Sink) {
        if let Some(header) = self.header.take() {
            let piece = self.made(Kind::Broken { saved: None }, Form::Lines, 0..0);
            let Header { line, offset, length, .. } = header;
            sink.piece(bytes, Piece { line, offset, length, ..piece });
        }
    }

    /// An array: its items are records.
    fn array(&mut self, bytes: &[u8], at: usize, end: bool, sink: &mut impl Sink) -> Step {
        let rest = bytes.get(at..).unwrap_or_default();
        // An array in one that has begun on this line is not looked at as a whole again.
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

    /// Where the object begins that a line ends with, if the line begins with something that only looks like an array.
    fn prefix_of(
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

    fn array_of_one_line(
        &mut self,
        bytes: &[u8],
        at: usize,
        length: usize,
        items: &[Range<usize>],
        sink: &mut impl Sink,
    ) -> Step {
        if items.is_empty() {
            // Nothing in it, or nothing that could hold a webhook: one record.
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

    /// What is no object, no array and no row.
    fn text(&mut self, bytes: &[u8], at: usize, end: bool, sink: &mut impl Sink) -> Step {
        let rest = bytes.get(at..).unwrap_or_default();
        let line = self.line_length(bytes, at);
        if line.is_none() && !end && rest.len() <= self.limit {
            return Step::More;
        }
        let length = line.unwrap_or(rest.len());
        let listed = self.depth > 0;
        if self.behind_broken {
            let text = rest.get(..length).unwrap_or_default();
            return Step::Next(at + rescue::next_value(text, 0, false, listed).unwrap_or(length));
        }
        if length > self.limit {
            return self.broken_line(bytes, at, 0, None, None, true, sink);
        }
        let text = rest.get(..length).unwrap_or_default();
        let inside = self.depth == 0 && self.fresh && rescue::looks_inside(text);
        let next = if inside { rescue::next_value(text, 0, false, false) } else { None };
        let length = next.unwrap_or(length);
        if inside && self.inside {
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
            self.inside = true;
            self.passed();
            return Step::Next(at + length);
        }
        self.broken_line(bytes, at, 0, None, None, false, sink)
    }

    /// Text, then an object.
    fn prefixed(
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

    /// Nothing follows.
    fn finish(&mut self, bytes: &[u8], at: usize, sink: &mut impl Sink) {
        self.no_header(bytes, sink);
        if std::mem::take(&mut self.depth) > 0 {
            let piece = self.made(Kind::Unfinished, Form::Array, at..at);
            sink.piece(bytes, piece);
        }
    }
}

/// The records in one that its brackets take for a value, and that is none: two writers in one file, a file with a hole.
#[must_use]
pub fn look_closer(bytes: &[u8], piece: &Piece, limit: usize) -> Vec<Piece> {
    let text = bytes.get(piece.at.clone()).unwrap_or_default();
    let mut found = Pieces::default();
    Splitter::close(limit, piece).split(text, 0, true, &mut found);
    let first = piece.at.start;
    let moved = |range: Range<usize>| first + range.start..first + range.end;
    let in_place = |found: Piece| Piece {
        // It does not end with the file.
        kind: match found.kind {
            Kind::Unfinished => Kind::Broken { saved: None },
            Kind::Saved { .. } => Kind::Saved { unfinished: false },
            other => other,
        },
        form: piece.form,
        at: moved(found.at),
        prefix: None,
        ..found
    };
    found.0.into_iter().map(in_place).collect()
}

/// Pieces, one after the other.
#[derive(Default)]
pub(super) struct Pieces(pub(super) Vec<Piece>);

impl Sink for Pieces {
    fn plain(&mut self, bytes: &[u8], line: PlainLine) -> bool {
        let text = bytes.get(line.at.clone()).unwrap_or_default();
        let whole = value_end(text) == Found::End(text.len());
        if whole {
            self.0.push(line.piece());
        }
        whole
    }

    fn piece(&mut self, _: &[u8], piece: Piece) {
        self.0.push(piece);
    }
}

impl PlainLine {
    /// The line as a record.
    #[must_use]
    pub fn piece(self) -> Piece {
        Piece {
            kind: Kind::Value,
            form: if self.in_array { Form::Array } else { Form::Lines },
            line: self.line,
            offset: self.offset,
            length: count(self.at.len()),
            at: self.at,
            prefix: None,
            table: None,
            bom: false,
        }
    }
}

impl Header {
    /// The names of the columns of a table, if they can be its.
    fn names(&self, style: table::Style, columns: usize) -> Option<Vec<String>> {
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
