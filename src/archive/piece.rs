//! A record as a range of bytes, and what is known of it before it is decoded.

use std::ops::Range;
use std::sync::Arc;

use super::table_row::Layout;

/// How a record is written in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// One value per line.
    Lines,
    /// Several values on a line, or without anything between them.
    Concatenated,
    /// A value over several lines.
    Pretty,
    /// An item of an array.
    Array,
    /// A value after the record separator of RFC 7464.
    Sequence,
    /// Text, followed by an object up to the end of the line.
    Prefixed,
    /// A row of CSV, TSV or `PostgreSQL`'s COPY text.
    Table,
}

impl Form {
    /// All forms, in the order in which reports name them.
    pub const ALL: [Self; 7] = [
        Self::Lines,
        Self::Concatenated,
        Self::Pretty,
        Self::Array,
        Self::Sequence,
        Self::Prefixed,
        Self::Table,
    ];

    /// Its name in `files.csv`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Concatenated => "concatenated",
            Self::Pretty => "pretty",
            Self::Array => "array",
            Self::Sequence => "sequence",
            Self::Prefixed => "prefixed",
            Self::Table => "table",
        }
    }
}

/// What a record is, judging by brackets and quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One value, which may turn out not to be JSON.
    Value,
    /// An empty line, or an empty array.
    Blank,
    /// Not a whole value. From `saved` on there may be a value of another record.
    Broken {
        /// Where that begins, counted from the start of the record.
        saved: Option<usize>,
    },
    /// A row of a table that holds no JSON.
    NoValue,
    /// A whole value inside a broken or unfinished record: it counts only if it holds a webhook.
    Saved {
        /// The record around it may still be completed.
        unfinished: bool,
    },
    /// It is longer than the cap and was skipped.
    TooLong,
    /// The file ends inside it.
    Unfinished,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub kind: Kind,
    /// How it is written in its file.
    pub form: Form,
    /// Number of its first line, from 1.
    pub line: u64,
    /// Offset of its first byte in the file (decompressed, as UTF-8).
    pub offset: u64,
    /// Its length in the file, bytes.
    pub length: u64,
    /// Where it is in the buffer; empty if its bytes are not needed any more.
    pub at: Range<usize>,
    /// The text before it on its line, if that is needed: where it is in the buffer.
    pub prefix: Option<Range<usize>>,
    /// The table that it is a row of.
    pub table: Option<Arc<Layout>>,
    /// Whether a byte order mark precedes it.
    pub bom: bool,
}

impl Piece {
    /// Where it stands in its file.
    #[must_use]
    pub fn spot(&self) -> Spot {
        let Self { form, line, offset, length, .. } = *self;
        Spot { form, line, offset, length }
    }
}

/// Where a record stands in its file, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// How it is written.
    pub form: Form,
    /// Number of its first line, from 1.
    pub line: u64,
    /// Offset of its first byte (decompressed, as UTF-8).
    pub offset: u64,
    /// Its length, bytes.
    pub length: u64,
}

/// A consumer of records.
pub trait Sink {
    /// Takes a line that looks like one value, from its first byte to its last. Returns whether it is one; if not, the line
    /// is looked at more closely.
    fn plain(&mut self, bytes: &[u8], line: PlainLine) -> bool;
    /// Takes a record of any other kind; `bytes` is the buffer that it is in.
    fn piece(&mut self, bytes: &[u8], piece: Piece);
}

/// A line that begins and ends with a brace.
#[derive(Debug, Clone)]
pub struct PlainLine {
    /// Where it stands, alone or as an item of an array that began on an earlier line.
    pub spot: Spot,
    /// Where it is in the buffer.
    pub at: Range<usize>,
}
