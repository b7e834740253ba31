//! Why a step of a report in pieces fails.

use std::io;
use std::path::{Path, PathBuf};

use crate::partial::PartError;

/// Why a step of a report in pieces fails. Nothing was published.
#[derive(Debug, thiserror::Error)]
pub enum PieceError {
    /// The system refuses.
    #[error("cannot {doing} `{}`", path.display())]
    Io {
        /// Read, write, …
        doing: &'static str,
        /// What.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A piece cannot be used.
    #[error("`{}` cannot be used: {source}", path.display())]
    Part {
        /// The piece.
        path: PathBuf,
        /// Why.
        source: PartError,
    },
    /// Nothing could be made of what was read: an internal error.
    #[error("a piece cannot be written: {0}")]
    Encode(PartError),
    /// A folder holds no piece.
    #[error("`{}` holds no file `*.{ending}`", path.display())]
    Nothing {
        /// The folder.
        path: PathBuf,
        /// How such files end.
        ending: &'static str,
    },
    /// A path or a name that cannot be written down.
    #[error("`{}` has a name that is no UTF-8, or is no file; pieces cannot name it", path.display())]
    NoName {
        /// The path.
        path: PathBuf,
    },
    /// Numbers of files that the list does not have.
    #[error(
        "`{from}-{to}` goes past the end of the list, which has {files} files, the first of them 0"
    )]
    NoNumbers {
        /// The first one asked for.
        from: u32,
        /// The last one asked for.
        to: u32,
        /// How many files the list has.
        files: u32,
    },
    /// Two pieces say different things of the same.
    #[error("`{}` says something else of {of} than another piece does", path.display())]
    Differ {
        /// The second of them.
        path: PathBuf,
        /// Of what.
        of: String,
    },
    /// Something is missing, or there is too much of it.
    #[error("{0}")]
    Incomplete(String),
}

impl PieceError {
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { doing, path: path.to_owned(), source }
    }

    pub(crate) fn part(path: &Path, source: PartError) -> Self {
        Self::Part { path: path.to_owned(), source }
    }
}
