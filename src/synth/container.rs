//! How files are compressed and packed.

use super::named::named;

named! {
    /// How the archive's files are compressed or packed.
    Container {
        Plain "none" "plain files",
        Gzip "gzip" "every file",
        Zstd "zstd" "every file",
        Mixed "mixed" "plain, gzip and zstd in turn; one file is plain",
        Bzip2 "bzip2" "every file",
        Xz "xz" "every file",
        Lz4 "lz4" "every file, as an LZ4 frame",
        GzipTwice "gzip-twice" "gzip in gzip",
        Tar "tar" "a tar for each organization and month",
        TarGz "tar-gz" "the same, compressed with gzip",
        TarZst "tar-zst" "the same, compressed with zstd",
        Zip "zip" "a zip for each organization and month",
        ZipStored "zip-stored" "the same, not compressed",
        ZipZstd "zip-zstd" "the same, compressed with zstd",
    }
}

/// Compression of a stream of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// None.
    Plain,
    /// gzip.
    Gzip,
    /// zstd.
    Zstd,
    /// Plain, gzip and zstd in turn.
    Mixed,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// LZ4 frames.
    Lz4,
    /// gzip in gzip.
    GzipTwice,
}

/// What several files are packed into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pack {
    /// Nothing: each file stands alone.
    Loose,
    /// A tar, compressed as a whole.
    Tar,
    /// A zip; its members are stored, deflated (for gzip) or compressed with zstd.
    Zip,
}

impl Container {
    /// The pack and the compression that make up this container.
    #[must_use]
    pub const fn parts(self) -> (Pack, Compression) {
        match self {
            Self::Plain => (Pack::Loose, Compression::Plain),
            Self::Gzip => (Pack::Loose, Compression::Gzip),
            Self::Zstd => (Pack::Loose, Compression::Zstd),
            Self::Mixed => (Pack::Loose, Compression::Mixed),
            Self::Bzip2 => (Pack::Loose, Compression::Bzip2),
            Self::Xz => (Pack::Loose, Compression::Xz),
            Self::Lz4 => (Pack::Loose, Compression::Lz4),
            Self::GzipTwice => (Pack::Loose, Compression::GzipTwice),
            Self::Tar => (Pack::Tar, Compression::Plain),
            Self::TarGz => (Pack::Tar, Compression::Gzip),
            Self::TarZst => (Pack::Tar, Compression::Zstd),
            Self::Zip => (Pack::Zip, Compression::Gzip),
            Self::ZipStored => (Pack::Zip, Compression::Plain),
            Self::ZipZstd => (Pack::Zip, Compression::Zstd),
        }
    }
}
