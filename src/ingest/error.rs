//! What stops reading, and what does not.

use crate::archive::ArchiveError;

/// Why reading stopped.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The archive could not be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The counters of a file do not add up: an internal error.
    #[error("the records of `{0}` do not add up")]
    DoesNotAddUp(String),
}

/// Whether an error concerns one file and not the storage: the other files can still be read.
#[must_use]
pub fn cannot_open(error: &std::io::Error) -> bool {
    use std::io::ErrorKind as K;
    matches!(
        error.kind(),
        K::NotFound
            | K::PermissionDenied
            | K::InvalidInput
            | K::IsADirectory
            | K::StaleNetworkFileHandle
    )
}
