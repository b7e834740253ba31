//! Why a piece cannot be used.

use polars::prelude::PolarsError;

use super::format::FORMAT;
use super::names_of_counts::UnknownName;
use super::tickets::TableError;

/// Why a piece cannot be used. The caller adds the name of the file.
#[derive(Debug, thiserror::Error)]
pub enum PartError {
    /// Its format is another one.
    #[error("it has format {0}; this version of queuestat reads format {FORMAT}")]
    Format(i64),
    /// It is another kind of piece.
    #[error("it is a piece of `{found}`, and one of `{wanted}` is needed")]
    Kind {
        /// Its kind.
        found: String,
        /// The kind that is needed.
        wanted: &'static str,
    },
    /// It was made with another list, other names or other places.
    #[error("it was made with another `{0}` than the one in this folder of the job")]
    MadeFrom(&'static str),
    /// Its JSON is not that of a piece.
    #[error("it is damaged, or no piece of this version")]
    Json(#[from] serde_json::Error),
    /// Its sums cannot be decoded.
    #[error("its sums are damaged, or of another version")]
    Sums(#[from] postcard::Error),
    /// It names something unknown.
    #[error(transparent)]
    Unknown(UnknownName),
    /// Polars cannot read or write it.
    #[error("it is not a table of this kind")]
    Polars(#[from] PolarsError),
    /// Its tickets cannot be decoded.
    #[error(transparent)]
    Tickets(#[from] TableError),
    /// A column holds something else than whole numbers in range.
    #[error("its column `{0}` does not hold the numbers that it should")]
    Numbers(String),
    /// It names an object whose store cannot be used.
    #[error("it names `{at}`, which cannot be read: {why}")]
    Store {
        /// The address.
        at: String,
        /// Why, in words.
        why: String,
    },
    /// A row lacks a value that it must have.
    #[error("a row of it has no `{0}`")]
    Lacks(&'static str),
}

impl From<UnknownName> for PartError {
    fn from(unknown: UnknownName) -> Self {
        Self::Unknown(unknown)
    }
}
