//! Why reading stops, and what does not stop it.

use crate::archive::ArchiveError;

/// Why reading stopped.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The archive failed.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A file's counters do not add up: a fault of this program.
    #[error("the records of `{0}` do not add up")]
    DoesNotAddUp(String),
}

/// Whether it is trouble of one file, not of the storage: the others can still be read.
#[must_use]
pub fn cannot_open(error: &std::io::Error) -> bool {
    use std::io::ErrorKind as K;
    matches!(error.kind(), K::NotFound | K::PermissionDenied | K::InvalidInput | K::IsADirectory)
}
