//! Why an archive could not be written.

use std::io;
use std::path::PathBuf;

/// Why an archive could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// The folder is not empty.
    #[error("`{}` is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// The recipe is out of bounds.
    #[error("{0}")]
    BadRecipe(&'static str),
    /// The storage refused.
    #[error("cannot write `{}`", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}
