//! What every decoder can do.

use std::io;

use super::super::stored::Stored;

/// Decodes the members of one compression, one after the other.
pub(in super::super) trait Codec: Send {
    /// Decodes into a buffer, which is not empty; 0 = the member has ended.
    ///
    /// # Errors
    /// `UnexpectedEof` for data that end too early, others for damaged data and storage failures.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// What follows the member, once it has ended.
    fn stored(&mut self) -> &mut Stored;

    /// Prepares for another member.
    ///
    /// # Errors
    /// If the library refuses.
    fn restart(&mut self) -> io::Result<()>;
}

/// The error of data that the format does not allow.
pub(super) fn damaged(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
