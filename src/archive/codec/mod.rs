//! Decoders: one for each compression, all used in the same way.
//!
//! A decoder is reused for the next member or frame, so that a file of millions of empty ones costs no more than its bytes.

mod bzip2;
mod decoder;
pub(super) mod gzip;
mod lz4;
mod xz;
pub(super) mod zstd;

use std::io;

pub(super) use decoder::Codec;

use super::compression::Compression;
use super::stored::Stored;

/// A decoder for a compression; gives `stored` back as the inner `Err` if it is not compressed.
pub(super) fn codec(
    kind: Compression,
    stored: Stored,
) -> io::Result<Result<Box<dyn Codec>, Stored>> {
    Ok(Ok(match kind {
        Compression::Plain => return Ok(Err(stored)),
        Compression::Gzip => Box::new(gzip::Gzip::new(stored)),
        Compression::Zstd => Box::new(zstd::Zstd::new(stored)?),
        Compression::Bzip2 => Box::new(bzip2::Bzip2::new(stored)),
        Compression::Xz => Box::new(xz::Xz::new(stored)),
        Compression::Lz4 => Box::new(lz4::Lz4::new(stored)),
    }))
}
