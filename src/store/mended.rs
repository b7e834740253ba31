//! Reports of damage that was repaired.

use std::fmt;
use std::path::PathBuf;

/// A file of the state that was damaged, and what was done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// The file.
    pub path: PathBuf,
    /// What was wrong with it.
    pub reason: String,
    /// Where its content came from.
    pub source: Source,
    /// Why the file could not be restored, if it could not.
    pub not_put_back: Option<String>,
}

/// Where the intact content came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A copy in this generation.
    Generation(u64),
    /// The other copy of the manifest.
    List,
    /// It was rebuilt from other parts of the state.
    Anew,
}

impl fmt::Display for Mended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` was damaged ({})", self.path.display(), self.reason)?;
        match &self.source {
            Source::Generation(number) => {
                write!(f, "; a whole copy in generation {number} was used")?;
            }
            Source::List => write!(f, "; its second copy was used")?,
            Source::Anew => write!(f, "; it was made anew from the kept tickets")?,
        }
        match (&self.not_put_back, &self.source) {
            (None, _) => write!(f, " and put back"),
            (Some(_), Source::Anew) => Ok(()),
            (Some(why), _) => write!(f, ", but it was not put back: {why}"),
        }
    }
}
