//! A record as a place among bytes, and what is known of it before anyone decodes it.

use std::ops::Range;
use std::sync::Arc;

use super::table::Layout;

/// How a record stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// One value a line.
    Lines,
    /// Several values on a line, or none at all between them.
    Concatenated,
    /// A value over several lines.
    Pretty,
    /// An item of an array.
    Array,
    /// A value behind the mark of RFC 7464.
    Sequence,
    /// Text, then an object up to the end of the line.
    Prefixed,
    /// A row of CSV, TSV or `PostgreSQL`'s COPY text.
    Table,
}

impl Form {
    /// Every form, in the order they are named in.
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

/// What a record is, as far as brackets and quotes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One value, perhaps no JSON.
    Value,
    /// An empty line, or an empty array.
    Blank,
    /// No value. From `saved` on there may be one that was not meant to stand in it.
    Broken {
        /// Where it begins, counted from the begin of the record.
        saved: Option<usize>,
    },
    /// A row of a table without JSON.
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
    /// How it stands in its file.
    pub form: Form,
    /// Number of its first line, from 1.
    pub line: u64,
    /// Offset of its first byte in the file (decompressed, as UTF-8).
    pub offset: u64,
    /// Bytes that it has in the file.
    pub length: u64,
    /// Where it is among the bytes at hand; empty where they are no longer needed.
    pub at: Range<usize>,
    /// Text before it on its line, as far as it was kept.
    pub prefix: Option<Range<usize>>,
    /// The table that it is a row of.
    pub table: Option<Arc<Layout>>,
    /// A byte order mark stands before it.
    pub bom: bool,
}

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
