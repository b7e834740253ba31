//! What it means that a part of the state cannot be read, if it can be made again from others.

use crate::store::{Generation, StoreError};

use super::error::StateError;

/// The error that a part which can be made anew was met with; `None` if its bytes are those that were written, and are not
/// understood.
///
/// # Errors
/// Any other error.
pub(super) fn lost(error: StateError) -> Result<Option<StoreError>, StateError> {
    match error {
        StateError::Store(
            why @ (StoreError::Corrupt { .. }
            | StoreError::UnknownVersion { .. }
            | StoreError::Io { .. }),
        ) => Ok(Some(why)),
        StateError::Json { .. } | StateError::Month { .. } | StateError::Sums { .. } => Ok(None),
        other @ (StateError::Store(_)
        | StateError::Ledger { .. }
        | StateError::Rows { .. }
        | StateError::Figures { .. }) => Err(other),
    }
}

/// Notes that a lost part is made anew, for the next generation.
pub(super) fn note(from: &Generation, name: &str, why: Option<&StoreError>) {
    if let Some(why) = why {
        from.made_anew(name, why, None);
    }
}
