//! Errors of the storage, told from those of damaged data.

use std::io;

use crate::cloud::trouble_of;

/// Whether the storage failed. The errors of a decoder or a container carry neither a code of the operating system nor the
/// trouble of a store.
pub(super) fn is_of_storage(error: &io::Error) -> bool {
    error.raw_os_error().is_some() || trouble_of(error).is_some()
}

/// The same error once more.
pub(super) fn again(error: &io::Error) -> io::Error {
    match (error.raw_os_error(), trouble_of(error)) {
        (Some(code), _) => io::Error::from_raw_os_error(code),
        (None, Some(trouble)) => trouble.clone().into(),
        (None, None) => error.kind().into(),
    }
}
