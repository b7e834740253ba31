//! Tells damage that can be rebuilt from other parts of the state from other errors.

use crate::store::{Generation, StoreError};

use super::error::StateError;

/// Why a part that can be rebuilt is lost: the error of the store, or `None` if its bytes are intact but cannot be
/// decoded.
///
/// # Errors
/// The error itself, if it has another cause.
pub(super) fn lost(error: StateError) -> Result<Option<StoreError>, StateError> {
    match error {
        StateError::Store(
            why @ (StoreError::Corrupt { .. }
            | StoreError::UnknownVersion { .. }
            | StoreError::Io { .. }),
        ) => Ok(Some(why)),
        StateError::Json { .. } | StateError::Table { .. } | StateError::Packed { .. } => Ok(None),
        other @ (StateError::Store(_)
        | StateError::Ledger { .. }
        | StateError::Rows { .. }
        | StateError::Figures { .. }) => Err(other),
    }
}

/// Notes that a lost part is rebuilt in the next generation.
pub(super) fn note(from: &Generation, name: &str, why: Option<&StoreError>) {
    if let Some(why) = why {
        from.made_anew(name, why, None);
    }
}
