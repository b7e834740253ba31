//! What a compressed member holds: one decoder a kind, all used in the same way.
//!
//! A decoder is used again for the next member or frame, so that a file of millions of empty ones costs no more than its
//! bytes.

mod bzip2;
pub(super) mod gzip;
mod lz4;
mod xz;
pub(super) mod zstd;

use std::io;

use super::source::Compression;
use super::stored::Stored;

/// Decodes the members of one kind, one behind the other.
pub(super) trait Codec: Send {
    /// Decodes into a buffer, which is not empty; 0 = the member has ended.
    ///
    /// # Errors
    /// `UnexpectedEof` for data that stop in the middle, others for damaged data and trouble of the storage.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// What follows the member, once it has ended.
    fn stored(&mut self) -> &mut Stored;

    /// Gets ready for another member.
    ///
    /// # Errors
    /// If the library refuses.
    fn restart(&mut self) -> io::Result<()>;
}

/// A decoder of a kind; `None` for what is not compressed.
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

fn damaged(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
