//! The state of a splitter between one record and the next, and the steps that all forms of records share.

use std::ops::Range;
use std::sync::Arc;

use super::piece::{Form, Kind, Piece, Sink};
use super::table_row::{Layout, Style};
use super::value::Brackets;

/// Splits text into records; the state between one record and the next.
#[derive(Debug)]
pub(super) struct Splitter {
    pub(super) limit: usize,
    /// Offset in the file of the first byte in the buffer.
    pub(super) offset: u64,
    /// Number of lines that have ended.
    pub(super) lines: u64,
    /// Whether the line has held only blanks so far.
    pub(super) fresh: bool,
    /// Whether the line has held anything but blanks and values.
    pub(super) marked: bool,
    /// Offset at which the line began.
    pub(super) line_begin: u64,
    /// Number of open arrays.
    pub(super) depth: u64,
    pub(super) layout: Option<Arc<Layout>>,
    /// A table with column names that a line did not fit: rows after that line may be its.
    pub(super) left: Option<Arc<Layout>>,
    pub(super) header: Option<Header>,
    /// A record that is being skipped up to the end of its line.
    pub(super) skipped: Option<Skipped>,
    /// Whether lines that look like the inside of a value belong to a broken one before them.
    pub(super) inside: bool,
    /// Whether the rest of this line belongs to a broken record.
    pub(super) behind_broken: bool,
    /// Whether a value on this line may be a part of a broken record: it counts only if it holds a webhook.
    pub(super) unsure: bool,
    /// Whether only blanks and commas have followed a value.
    pub(super) behind_value: bool,
    /// Before this offset, brackets alone are not trusted: values are parsed.
    pub(super) doubted: u64,
    /// Whether there was a line that begins and ends like one value but holds several.
    pub(super) several: bool,
    pub(super) sequence: bool,
    pub(super) bom: bool,
    /// No line ends before this offset; one may end right at it.
    pub(super) no_end_before: u64,
    /// The line that begins at this offset is not a row of a table.
    pub(super) no_row: u64,
    /// Bytes behind their lines that were looked at for rows which are none, less what was read since.
    pub(super) in_vain: u64,
}

/// A line that may be the header of a table.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) line: u64,
    pub(super) offset: u64,
    pub(super) length: u64,
    pub(super) names: Vec<(u8, Vec<String>)>,
    /// Lines behind it that are no rows with JSON: blank ones, and rows without.
    pub(super) waiting: Vec<Waiting>,
}

/// A line that is passed on once it is known whether the one before it is a header.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) line: u64,
    pub(super) offset: u64,
    pub(super) length: u64,
    pub(super) is_blank: bool,
}

/// Where a splitter goes on.
pub(super) enum Step {
    /// Go on at this index of the buffer.
    Next(usize),
    /// More bytes are needed.
    More,
}

pub(super) fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// A record that is being skipped: its end is not known yet.
#[derive(Debug)]
pub(super) struct Skipped {
    pub(super) line: u64,
    pub(super) offset: u64,
    pub(super) too_long: bool,
    /// Whether it belongs to a record that was already passed on, and is not one of its own.
    pub(super) silent: bool,
    /// Its last non-blank byte so far.
    pub(super) last: u8,
    /// Its brackets so far, if it is a value that is only too long.
    pub(super) brackets: Option<Brackets>,
}

impl Splitter {
    /// A splitter for text that begins at this offset of its file.
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
            left: None,
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
            in_vain: 0,
        }
    }

    /// A splitter for a buffer that begins at `offset` of its file, whose first line begins at `begin`.
    pub(super) fn from(limit: usize, offset: u64, begin: u64) -> Self {
        Self { line_begin: begin, ..Self::new(limit, offset) }
    }

    /// A splitter that parses every byte of a record that is not JSON.
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

    /// Whether what follows can be read without knowing what came before: all records are complete, and no array, table or
    /// line continues.
    pub(super) fn is_clean(&self) -> bool {
        self.fresh
            && self.depth == 0
            && self.layout.is_none()
            && self.left.is_none()
            && self.in_vain == 0
            && self.header.is_none()
            && self.skipped.is_none()
            && !self.inside
            && !self.sequence
            && !self.bom
    }

    pub(super) fn place(&self, at: usize) -> u64 {
        self.offset + count(at)
    }

    /// The index in the buffer of an offset in the file.
    pub(super) fn index(&self, offset: u64) -> usize {
        usize::try_from(offset.saturating_sub(self.offset)).unwrap_or(usize::MAX)
    }

    /// Number of bytes up to the end of the line, if it ends within the buffer. Looks at each byte only once.
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

    /// Begins a line at an index of the buffer: nothing that was seen on the one before counts on it.
    pub(super) fn new_line(&mut self, at: usize) {
        (self.fresh, self.marked, self.behind_broken) = (true, false, false);
        (self.unsure, self.behind_value) = (false, false);
        (self.sequence, self.bom) = (false, false);
        self.line_begin = self.place(at);
    }

    /// Notes that something other than a record was passed on this line.
    pub(super) fn passed(&mut self) {
        (self.fresh, self.marked) = (false, true);
    }

    /// Passes on a whole value.
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
        if form == Form::Lines {
            self.left = None;
        }
        (self.fresh, self.inside, self.behind_broken) = (false, false, false);
        self.behind_value = true;
        Step::Next(next)
    }
}

impl Header {
    /// The column names of a table, if this header fits it.
    pub(super) fn names(&self, style: Style, columns: usize) -> Option<Vec<String>> {
        let wanted = match style {
            Style::Csv(delimiter) => delimiter,
            Style::Copy | Style::Tabs => b'\t',
        };
        let fits = |(delimiter, names): &&(u8, Vec<String>)| {
            *delimiter == wanted && names.len() == columns
        };
        self.names.iter().find(fits).map(|(_, names)| names.clone())
    }
}
