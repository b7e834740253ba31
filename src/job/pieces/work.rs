//! The folder of the job: what `list`, `names` and `places` wrote, and whether it fits together.

use std::path::{Path, PathBuf};

use crate::job::piece_error::PieceError;
use crate::partial::{PartError, Piece, census, digest, of_bytes, to_bytes};
use crate::ticket::{Census, Fold};

use super::forms::{AccountsOf, ListOf, NamesOf, PlacesOf};
use super::paths::{read, write};

pub(super) const LIST: &str = "list.json";
pub(super) const FILES: &str = "files.parquet";
pub(super) const NAMES: &str = "names.json";
pub(super) const ACCOUNTS: &str = "accounts.json";
pub(super) const PLACES: &str = "places.json";

/// The folder of the job.
#[derive(Debug, Clone)]
pub struct Work(PathBuf);

/// A file of the folder, and its digest.
pub(super) struct Found<T> {
    pub(super) digest: String,
    pub(super) content: T,
}

impl Work {
    /// The folder at a path; nothing is read yet.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    /// The settings of all steps, as the caller of [`list`](super::list()) gave them.
    ///
    /// # Errors
    /// [`PieceError`] if the list cannot be read, or is of another version.
    pub fn settings(&self) -> Result<String, PieceError> {
        Ok(self.list()?.content.settings)
    }

    /// What is asked for, as the caller of [`places`](super::places()) gave it.
    ///
    /// # Errors
    /// [`PieceError`] if it cannot be read, or is of another version.
    pub fn asked(&self) -> Result<String, PieceError> {
        Ok(self.places()?.content.asked)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn list(&self) -> Result<Found<ListOf>, PieceError> {
        self.get(LIST, None)
    }

    pub(super) fn names(&self) -> Result<Found<NamesOf>, PieceError> {
        self.get(NAMES, Some((LIST, &self.list()?.digest)))
    }

    pub(super) fn accounts(&self) -> Result<Found<AccountsOf>, PieceError> {
        self.get(ACCOUNTS, Some((LIST, &self.list()?.digest)))
    }

    pub(super) fn places(&self) -> Result<Found<PlacesOf>, PieceError> {
        self.get(PLACES, Some((NAMES, &self.names()?.digest)))
    }

    /// The names of all files, without a ticket, and the counts of all tickets.
    pub(super) fn counted(&self) -> Result<(Fold, Census), PieceError> {
        let fold = Fold::import(self.names()?.content.names.rows());
        Ok((fold, self.census(&self.places()?.content.census)?))
    }

    /// The counts of all tickets.
    pub(super) fn census(&self, kept: &serde_json::Value) -> Result<Census, PieceError> {
        let decoded = serde_json::to_vec(kept).and_then(|bytes| census::decode(&bytes));
        decoded.map_err(|error| PieceError::part(&self.path(PLACES), error.into()))
    }

    fn get<T: Piece>(
        &self,
        name: &str,
        made_from: Option<(&'static str, &str)>,
    ) -> Result<Found<T>, PieceError> {
        let path = self.path(name);
        let bytes = read(&path)?;
        let content = piece(&path, &bytes, made_from)?;
        Ok(Found { digest: digest(&bytes), content })
    }

    pub(super) fn put<T: Piece>(
        &self,
        name: &str,
        made_from: &str,
        content: &T,
    ) -> Result<String, PieceError> {
        let bytes = to_bytes(made_from, content).map_err(PieceError::Encode)?;
        write(&self.path(name), &bytes)?;
        Ok(digest(&bytes))
    }
}

/// Decodes a piece, and refuses it if it was made with another file than that of the folder, given by name and digest.
pub(super) fn piece<T: Piece>(
    path: &Path,
    bytes: &[u8],
    made_from: Option<(&'static str, &str)>,
) -> Result<T, PieceError> {
    let (found, content) = of_bytes(bytes).map_err(|error| PieceError::part(path, error))?;
    match made_from {
        Some((of, wanted)) if found != wanted => {
            Err(PieceError::part(path, PartError::MadeFrom(of)))
        }
        Some(_) | None => Ok(content),
    }
}
