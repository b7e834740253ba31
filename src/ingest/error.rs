//! What stops reading, and what does not.

use std::io::{Error, ErrorKind};

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

/// The kinds of errors that concern one file and not the storage. The last is that of a file or object that was replaced.
pub(crate) const CANNOT_OPEN: [ErrorKind; 5] = [
    ErrorKind::NotFound,
    ErrorKind::PermissionDenied,
    ErrorKind::InvalidInput,
    ErrorKind::IsADirectory,
    ErrorKind::StaleNetworkFileHandle,
];

/// Whether an error concerns one file and not the storage: the other files can still be read.
#[must_use]
pub fn cannot_open(error: &Error) -> bool {
    CANNOT_OPEN.contains(&error.kind())
}
