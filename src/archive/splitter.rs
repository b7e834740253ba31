//! What a splitter knows between one record and the next, and the steps that all forms of records share.

use std::ops::Range;
use std::sync::Arc;

use super::piece::{Form, Kind, Piece, Sink};
use super::table::{self, Layout};

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

/// Where a splitter goes on.
pub(super) enum Step {
    /// Go on at this place.
    Next(usize),
    /// More bytes are needed.
    More,
}

pub(super) fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// A record of which the end is not yet known.
#[derive(Debug)]
pub(super) struct Skipped {
    pub(super) line: u64,
    pub(super) offset: u64,
    pub(super) too_long: bool,
    /// It belongs to a record that was handed out, and is none of its own.
    pub(super) silent: bool,
    /// The last byte of it that is no blank.
    pub(super) last: u8,
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

    /// Something that is no record was passed.
    pub(super) fn passed(&mut self) {
        (self.fresh, self.marked) = (false, true);
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
