//! The supported compressions, each recognised by its first bytes, never by a file name.

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not compressed.
    Plain,
    /// gzip, any number of members.
    Gzip,
    /// zstd, any number of frames.
    Zstd,
    /// bzip2, any number of streams.
    Bzip2,
    /// xz, any number of streams.
    Xz,
    /// lz4, any number of frames.
    Lz4,
}

/// Bytes needed to recognise a compression: this many for bzip2.
pub(super) const MAGIC: usize = 10;

/// First bytes of each compression.
const MARKS: [(&[u8], Compression); 5] = [
    (&[0x1f, 0x8b], Compression::Gzip),
    (&[0x28, 0xb5, 0x2f, 0xfd], Compression::Zstd),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0], Compression::Xz),
    (&[0x04, 0x22, 0x4d, 0x18], Compression::Lz4),
    (b"BZh", Compression::Bzip2),
];

/// What follows the level of a bzip2 stream: a block, or the end of the stream.
const BLOCK: [u8; 6] = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
const NO_BLOCK: [u8; 6] = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];

/// The compression of a file that begins with `head`. If `head` is shorter than [`MAGIC`], it is the whole file: then a
/// part of a mark is enough.
pub(super) fn compression(head: &[u8]) -> Compression {
    if skippable(head) {
        return Compression::Zstd;
    }
    let begins = |mark: &[u8]| {
        let both = mark.len().min(head.len());
        both > 0 && mark.get(..both) == head.get(..both)
    };
    match MARKS.into_iter().find(|(mark, _)| begins(mark)) {
        // The mark of bzip2 could be text; what follows it could not.
        Some((_, Compression::Bzip2)) if !is_bzip2(head) => Compression::Plain,
        Some((_, kind)) => kind,
        None => Compression::Plain,
    }
}

fn is_bzip2(head: &[u8]) -> bool {
    let level = head.get(3).is_none_or(|level| (b'1'..=b'9').contains(level));
    let rest = head.get(4..).unwrap_or_default();
    let both = rest.len().min(BLOCK.len());
    level && [BLOCK, NO_BLOCK].iter().any(|mark| mark.get(..both) == rest.get(..both))
}

/// Whether `head` begins a skippable frame of zstd or lz4.
pub(super) fn skippable(head: &[u8]) -> bool {
    matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// A file name without the suffix of its compression.
pub(super) fn strip_compression(name: &str) -> &str {
    [".gz", ".gzip", ".zst", ".zstd", ".bz2", ".xz", ".lz4"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(name)
}
