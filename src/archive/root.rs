//! The inputs of a job, and which of several may hold nothing.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::error::ArchiveError;

/// A file, folder or pattern that was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Root {
    /// As it was asked for.
    pub input: PathBuf,
    /// Names of the files to read that it reaches, also those that another one reached before.
    pub files: BTreeSet<String>,
    /// Why there is nothing, as a sentence.
    pub trouble: Option<String>,
}

impl Root {
    /// Whether there is nothing behind it.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.trouble.is_some()
    }
}

/// Which inputs may hold nothing, as long as another one holds something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spares {
    /// None of them.
    Nothing,
    /// Folders without archives; what does not exist is an error.
    Empty,
    /// Also what does not exist, and patterns without a match.
    Missing,
}

impl Spares {
    /// The error, if it is spared.
    ///
    /// # Errors
    /// The error itself, if it is not.
    pub(super) fn spare(self, error: ArchiveError) -> Result<ArchiveError, ArchiveError> {
        let is_empty = matches!(error, ArchiveError::NoArchives { .. });
        let is_missing =
            matches!(error, ArchiveError::NotFound(_) | ArchiveError::NothingMatches(_));
        let is_spared = is_empty && self != Self::Nothing || is_missing && self == Self::Missing;
        if is_spared { Ok(error) } else { Err(error) }
    }
}
