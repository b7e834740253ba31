//! How reading a file ended.

use super::compression::Compression;

/// How the bytes of a file ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As they should.
    Complete,
    /// The compressed data end too early.
    Truncated,
    /// The compressed data are damaged.
    Corrupt,
    /// They expand beyond a cap.
    TooLarge,
    /// They are compressed more than three times.
    TooDeep,
}

/// What is known of a file once it has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// How the bytes ended.
    pub end: End,
    /// Where they ended, if not as they should: stored bytes used up to there.
    pub broken_at: Option<u64>,
    /// How the file is compressed; with several layers, the outermost.
    pub compression: Compression,
    /// Bytes read from the storage.
    pub stored: u64,
    /// Bytes after decompression.
    pub decompressed: u64,
    /// Whether there are stray bytes after the compressed data.
    pub trailing_garbage: bool,
    /// Whether it expands more than usual ([`Limits::ratio_warning`](super::limits::Limits)).
    pub suspicious_ratio: bool,
}
