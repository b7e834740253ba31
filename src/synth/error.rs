//! Why an archive could not be written.

use std::io;
use std::path::PathBuf;

/// Why an archive could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// The folder holds something.
    #[error("`{}` is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// Nothing to write, or more than fits.
    #[error("{0}")]
    BadRecipe(&'static str),
    /// The storage refused.
    #[error("cannot write `{}`", path.display())]
    Io {
        /// What.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}
