//! Errors of publishing a report.

use std::io;
use std::path::{Path, PathBuf};

/// Why a report could not be published; the old one is still in place.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The target holds files that queuestat did not write, or that were edited since.
    #[error(
        "`{}` holds {count} file{} that queuestat did not write or that {} edited since, such as `{example}`",
        path.display(), if *count == 1 { "" } else { "s" }, if *count == 1 { "was" } else { "were" }
    )]
    Foreign {
        /// The target.
        path: PathBuf,
        /// How many.
        count: usize,
        /// One of them.
        example: String,
    },
    /// The target is not a folder.
    #[error("`{}` is not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// The target has no name, such as a root or a path that ends in `..`.
    #[error("`{}` has no name of its own", .0.display())]
    NoName(PathBuf),
    /// Something is mounted at the target, so that it cannot be replaced.
    #[error("`{}` is a mount point, which cannot be replaced as a whole", .0.display())]
    MountPoint(PathBuf),
    /// A file of the report has a path that leads outside the folder or clashes with another one.
    #[error("`{0}` is not a valid name for a file of a report")]
    BadName(String),
    /// An operation on the file system failed.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// The operation, as in “cannot …”.
        action: &'static str,
        /// What it was applied to.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl PublishError {
    pub(super) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        // Something that is not a folder stands where a folder should be.
        if source.kind() == io::ErrorKind::NotADirectory {
            return Self::NotAFolder(path.to_owned());
        }
        Self::Io { action, path: path.to_owned(), source }
    }

    pub(super) fn foreign(path: &Path, mut names: Vec<String>) -> Self {
        names.sort();
        let count = names.len();
        let example = super::super::text::logged(names.first().map_or("", |name| name));
        Self::Foreign { path: path.to_owned(), count, example }
    }

    /// The same error with the folder under its other name.
    pub(super) fn at(self, from: &Path, to: &Path) -> Self {
        let mut error = self;
        if let Self::Foreign { path, .. } = &mut error
            && path == from
        {
            to.clone_into(path);
        }
        error
    }
}
