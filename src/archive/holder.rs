//! What holds bytes that can be read again and again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::cloud::{Address, Object, Stores, Trouble};

/// A file or an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A file.
    File(PathBuf),
    /// An object of a store.
    Object(Object),
}

/// What was known of a file or object when it was listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its size, bytes.
    pub bytes: u64,
    /// When it was written, UTC milliseconds.
    pub modified_ms: Option<i64>,
    /// The `ETag` of an object.
    pub tag: Option<String>,
}

impl Holder {
    /// Its path or address as a text; `None` if the path is none.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match self {
            Self::File(path) => path.to_str().map(str::to_owned),
            Self::Object(object) => Some(object.address.to_string()),
        }
    }
}

/// Finds files and objects again that were written down.
pub struct Holders(Stores);

impl Holders {
    /// Nobody waits for a store any more once `stop` is true.
    #[must_use]
    pub fn new(stop: Arc<AtomicBool>) -> Self {
        Self(Stores::new(stop))
    }

    /// The file or object with a text ([`Holder::text`]). Nobody is asked whether it is still there.
    ///
    /// # Errors
    /// Why its store cannot be used.
    pub fn at(&mut self, text: String, listed: Listed) -> Result<Holder, Trouble> {
        match Address::of(Path::new(&text)) {
            None => Ok(Holder::File(text.into())),
            Some(address) => {
                let Listed { bytes, modified_ms, tag } = listed;
                let object = self.0.known(&address?, bytes, modified_ms, tag)?;
                Ok(Holder::Object(object))
            }
        }
    }
}
