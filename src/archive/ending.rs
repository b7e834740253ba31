//! How the bytes of a file ended, and what is known of it then.

use super::compression::Compression;

/// How the bytes of a file ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As they should.
    Complete,
    /// The compressed data stop in the middle.
    Truncated,
    /// The compressed data are damaged.
    Corrupt,
    /// They expand beyond a cap.
    TooLarge,
    /// They are compressed more than three times.
    TooDeep,
}

/// What is known of a file once it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// How the bytes ended.
    pub end: End,
    /// Where, if they ended badly: stored bytes used up until then.
    pub broken_at: Option<u64>,
    /// How the file is compressed; of several layers, the outermost.
    pub compression: Compression,
    /// Bytes read from the storage.
    pub stored: u64,
    /// Bytes after decompression.
    pub decompressed: u64,
    /// Bytes behind the compressed data belong to nothing.
    pub trailing_garbage: bool,
    /// It expands more than is usual.
    pub suspicious_ratio: bool,
}
