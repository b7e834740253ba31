//! The part of the [`Splitter`] for values that are broken, unfinished or too long; whole values inside them are saved.

use std::ops::Range;

use super::parse::Saved;
use super::piece::{Form, Kind, Piece, Sink};
use super::rescue;
use super::splitter::{Skipped, Splitter, Step, count};
use super::value::{Brackets, Found, value_end};

impl Splitter {
    /// The file ends inside a value. If nobody is going to complete it, whole values at the start of its lines may count.
    pub(super) fn unfinished(
        &mut self,
        bytes: &[u8],
        at: usize,
        saved: &Saved,
        sink: &mut impl Sink,
    ) -> Step {
        let rest = bytes.get(at..).unwrap_or_default();
        let piece = self.made(Kind::Unfinished, Form::Lines, at..at + rest.len());
        sink.piece(bytes, piece);
        self.saved(bytes, at, saved, sink);
        self.lines += count(memchr::memchr_iter(b'\n', rest).count());
        (self.fresh, self.depth) = (false, 0);
        Step::Next(at + rest.len())
    }

    /// Passes on the whole values on the lines of an unfinished one.
    pub(super) fn saved(&mut self, bytes: &[u8], at: usize, saved: &Saved, sink: &mut impl Sink) {
        let text = bytes.get(at..).unwrap_or_default();
        let (mut line, mut counted) = (self.lines, 0);
        let last = saved.last.and_then(|last| rescue::before(text, text.len(), last));
        let mut whole = rescue::whole(saved, text.len());
        // And the one that the file ends with, unless it lies in another or is one of them.
        whole.extend(last.filter(|last| whole.last().is_none_or(|whole| whole.end <= last.start)));
        for range in whole {
            let passed = text.get(counted..range.start).unwrap_or_default();
            line += count(memchr::memchr_iter(b'\n', passed).count());
            counted = range.start;
            let place = at + range.start..at + range.end;
            let piece = self.made(Kind::Saved { unfinished: true }, Form::Pretty, place);
            sink.piece(bytes, Piece { line: line + 1, ..piece });
        }
    }

    /// Gives up on a value that begins at `at` and fails `failed` bytes later.
    #[expect(
        clippy::too_many_arguments,
        reason = "what the parser says of the value, and where it is"
    )]
    pub(super) fn give_up(
        &mut self,
        bytes: &[u8],
        at: usize,
        failed: usize,
        torn: Option<usize>,
        saved: &Saved,
        too_long: bool,
        end: bool,
        sink: &mut impl Sink,
    ) -> Step {
        let value = bytes.get(at..at + failed).unwrap_or_default();
        let Some(first) = memchr::memchr(b'\n', value) else {
            let last = saved.last.filter(|_| !too_long);
            return self.broken_line(bytes, at, failed, torn, last, too_long, end, sink);
        };
        let line = value.get(..first).unwrap_or_default();
        let kept = rescue::last_of_line(line);
        let piece = self.made(Kind::Broken { saved: kept }, Form::Lines, at..at + first);
        sink.piece(bytes, piece);
        self.inside = true;
        // The lines before the one on which it fails; before the one that begins the value inside it that is read at the limit.
        let open = if too_long { rescue::open_late(saved, failed) } else { None };
        let line_of = |place: usize| {
            let before = value.get(..place).unwrap_or(value);
            memchr::memrchr(b'\n', before).map_or(0, |end| end + 1)
        };
        let last_line = line_of(open.unwrap_or(failed));
        // And before a whole one that ends on that line.
        let mut wholes = rescue::whole(saved, failed).into_iter();
        let ends_on_it = wholes.find(|one| one.start < last_line && one.end > last_line);
        let last_line = ends_on_it.map_or(last_line, |one| line_of(one.start));
        let mut whole = rescue::whole(saved, last_line).into_iter().peekable();
        let mut begin = first + 1;
        self.lines += 1;
        while begin < last_line {
            let rest = value.get(begin..last_line).unwrap_or_default();
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = rest.get(..length).unwrap_or_default();
            let blank = line.iter().take_while(|c| c.is_ascii_whitespace()).count();
            while whole.next_if(|range| range.start < begin).is_some() {}
            if let Some(range) = whole.next_if(|range| range.start == begin + blank) {
                let place = at + range.start..at + range.end;
                let piece = self.made(Kind::Saved { unfinished: false }, Form::Pretty, place);
                sink.piece(bytes, piece);
                let passed = value.get(begin..range.end).unwrap_or_default();
                self.lines += count(memchr::memchr_iter(b'\n', passed).count());
                let behind = value.get(range.end..last_line).unwrap_or_default();
                let length = memchr::memchr(b'\n', behind).unwrap_or(behind.len());
                self.saved_beside(bytes, at + range.end..at + range.end + length, sink);
                begin = range.end + length + 1;
            } else {
                if !rescue::looks_inside(line) {
                    let kind = if rescue::is_blank(line) {
                        Kind::Blank
                    } else {
                        Kind::Broken { saved: rescue::last_of_line(line) }
                    };
                    let place = at + begin..at + begin + length;
                    let piece = self.made(kind, Form::Lines, place);
                    sink.piece(bytes, piece);
                }
                begin += length + 1;
            }
            self.lines += 1;
        }
        self.new_line(at + last_line);
        Step::Next(at + last_line)
    }

    /// Passes on the whole values that follow a saved one on its line.
    fn saved_beside(&mut self, bytes: &[u8], line: Range<usize>, sink: &mut impl Sink) {
        let mut from = line.start;
        loop {
            let rest = bytes.get(from..line.end).unwrap_or_default();
            let Some(next) = rescue::next_value_behind(b'}', rest, false, false) else { return };
            let Found::End(length) = value_end(rest.get(next..).unwrap_or_default()) else {
                return;
            };
            let place = from + next..from + next + length;
            from = place.end;
            let piece = self.made(Kind::Saved { unfinished: false }, Form::Pretty, place);
            sink.piece(bytes, piece);
        }
    }

    /// A record fails on the line it begins on: another one may follow on that line.
    #[expect(
        clippy::too_many_arguments,
        reason = "what the parser says of the value, and where it is"
    )]
    pub(super) fn broken_line(
        &mut self,
        bytes: &[u8],
        at: usize,
        failed: usize,
        torn: Option<usize>,
        last: Option<(u32, u32)>,
        too_long: bool,
        end: bool,
        sink: &mut impl Sink,
    ) -> Step {
        let text = bytes.get(at..).unwrap_or_default();
        let length = self.line_length(bytes, at);
        // Enough bytes are needed to see what is there, and whether another record begins with it.
        if length.is_none() && !end && text.len() <= failed + rescue::REACH {
            return Step::More;
        }
        self.passed();
        if let Some(kept) = last.and_then(|last| rescue::before(text, failed, last)) {
            let kind = Kind::Broken { saved: Some(kept.start) };
            let piece = self.made(kind, Form::Lines, at..at + kept.end);
            sink.piece(bytes, piece);
            (self.behind_broken, self.unsure) = (true, true);
            return Step::Next(at + failed);
        }
        let resumed = torn.filter(|torn| *torn > 0 && !too_long);
        let ended = length.is_some() || end;
        let text = text.get(..length.unwrap_or(text.len())).unwrap_or_default();
        let next = resumed.or_else(|| rescue::next_value(text, failed, too_long, ended));
        // The last bytes may be the start of another value.
        let held = || if ended { 0 } else { rescue::held(text) };
        let taken = next.unwrap_or_else(|| text.len() - held());
        let passed = text.get(..taken).unwrap_or_default();
        let mut brackets = (too_long && text.starts_with(b"{")).then(Brackets::default);
        if let Some(end) = brackets.as_mut().and_then(|brackets| brackets.pass(passed)) {
            let piece = self.made(Kind::TooLong, Form::Lines, at..at + end);
            sink.piece(bytes, piece);
            return self.behind_too_long(at + end);
        }
        // What begins inside a broken record may be a part of it.
        self.unsure = true;
        match next {
            Some(next) => {
                let kind = if too_long { Kind::TooLong } else { Kind::Broken { saved: None } };
                let piece = self.made(kind, Form::Lines, at..at + next);
                sink.piece(bytes, piece);
                Step::Next(at + next)
            }
            None => {
                let last = rescue::last_byte(b'\n', passed);
                let (line, offset) = (self.lines + 1, self.place(at));
                let silent = false;
                self.skipped = Some(Skipped { line, offset, too_long, silent, last, brackets });
                Step::Next(at + taken)
            }
        }
    }

    /// Skips the rest of a line, or up to the next value on it.
    pub(super) fn skip(
        &mut self,
        bytes: &[u8],
        at: usize,
        end: bool,
        sink: &mut impl Sink,
    ) -> Step {
        let Some(skipped) = &mut self.skipped else { return Step::Next(at) };
        let rest = bytes.get(at..).unwrap_or_default();
        let (last, too_long, silent) = (skipped.last, skipped.too_long, skipped.silent);
        let line = self.line_length(bytes, at);
        let text = rest.get(..line.unwrap_or(rest.len())).unwrap_or_default();
        let next = rescue::next_value_behind(last, text, too_long, line.is_some() || end);
        let Some(skipped) = &mut self.skipped else { return Step::Next(at) };
        let goes_on = next.is_none() && line.is_none() && !end;
        let taken = match next {
            Some(next) => next,
            None if goes_on => text.len() - rescue::held(text),
            None => text.len(),
        };
        let passed = text.get(..taken).unwrap_or_default();
        let whole = skipped.brackets.as_mut().and_then(|brackets| brackets.pass(passed));
        if goes_on && whole.is_none() {
            skipped.last = rescue::last_byte(last, passed);
            return if taken == 0 { Step::More } else { Step::Next(at + taken) };
        }
        let to = at + whole.unwrap_or(taken);
        if silent {
            self.skipped = None;
            return Step::Next(to);
        }
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
        // It can be looked into only if all of it is still in the buffer.
        let begin = if offset >= self.offset { self.index(offset)..to } else { to..to };
        let piece = self.made(kind, Form::Lines, begin);
        sink.piece(bytes, Piece { line, offset, length, ..piece });
        if whole.is_some() { self.behind_too_long(to) } else { Step::Next(to) }
    }

    /// Goes on behind a value that is only too long: what follows on its line is no part of it.
    fn behind_too_long(&mut self, at: usize) -> Step {
        (self.unsure, self.behind_value) = (false, true);
        Step::Next(at)
    }
}
