//! Errors of an archive as a whole.

use std::io;
use std::path::PathBuf;

use crate::cloud::{Trouble, What, trouble_of};

/// An error of the archive as a whole; a bad record is not an error.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A path that was named does not exist.
    #[error("`{}` does not exist", .0.display())]
    NotFound(PathBuf),
    /// A folder that was named holds nothing that looks like archived webhooks.
    #[error("`{}` holds no archived webhooks{}{holds}", .input.display(), if .holds.is_empty() { "" } else { ": " })]
    NoArchives {
        /// The folder or pattern.
        input: PathBuf,
        /// What it holds instead, in words; may be empty.
        holds: String,
    },
    /// A file that was named explicitly is of another kind.
    #[error("`{name}` is not an archive of webhooks but {kind}")]
    Foreign {
        /// The file.
        name: String,
        /// What it is.
        kind: &'static str,
        /// What to do with it.
        advice: &'static str,
    },
    /// A pattern matches no file.
    #[error("`{0}` matches no file")]
    NothingMatches(String),
    /// A pattern is malformed.
    #[error("`{0}` is not a valid pattern")]
    BadPattern(String),
    /// A path that was named is a device, a pipe or a socket.
    #[error("`{}` is not a regular file", .0.display())]
    NotRegular(PathBuf),
    /// The progress callback asked to stop.
    #[error("stopped while reading")]
    Stopped,
    /// More files than can be numbered.
    #[error("more than {0} files")]
    TooManyFiles(usize),
    /// An object store cannot be used as it was named or set up.
    #[error("cannot read `{at}`: {trouble}")]
    Store {
        /// Its address, without anything that may be a password.
        at: String,
        /// Why.
        trouble: Trouble,
    },
    /// The storage failed while a file was being read.
    #[error("cannot read `{name}`")]
    Io {
        /// The file.
        name: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl ArchiveError {
    /// The error of a file that cannot be read. If it is only that the run is asked to stop, it is that.
    pub(super) fn reading(name: &str, source: io::Error) -> Self {
        if trouble_of(&source).is_some_and(|trouble| trouble.what == What::Stopped) {
            return Self::Stopped;
        }
        Self::Io { name: name.to_owned(), source }
    }
}
