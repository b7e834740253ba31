//! A file to read, and where its bytes are.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::cloud::Object;

use super::holder::Holder;
use super::stored::Raw;
use super::whole::Whole;

/// Where the bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file.
    File(PathBuf),
    /// An object of a store.
    Object(Object),
    /// A member of a tar or zip.
    Member {
        /// The container.
        container: Holder,
        /// Index of the member, from 0.
        number: u64,
        /// Size of the container, bytes.
        container_bytes: u64,
    },
    /// A member that is being read.
    Opened(Opened),
    /// Standard input.
    StandardInput,
}

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Path relative to the input it was found in, with `/`; unique within the run. Reports print this name.
    pub name: String,
    /// Where the bytes are.
    pub place: Place,
    /// Size when it was found, bytes; 0 for standard input.
    pub bytes: u64,
    /// Modification time, UTC milliseconds; `None` for standard input.
    pub modified_ms: Option<i64>,
}

impl Candidate {
    /// Size of the file on disk, bytes; for a member, that of its container.
    #[must_use]
    pub fn file_bytes(&self) -> u64 {
        match &self.place {
            Place::Member { container_bytes, .. } => *container_bytes,
            Place::File(_) | Place::Object(_) | Place::StandardInput | Place::Opened(_) => {
                self.bytes
            }
        }
    }

    /// The file or object that holds it; `None` if it can be read only once.
    #[must_use]
    pub fn holder(&self) -> Option<Holder> {
        match &self.place {
            Place::File(path) => Some(Holder::File(path.clone())),
            Place::Object(object) => Some(Holder::Object(object.clone())),
            Place::Member { container, .. } => Some(container.clone()),
            Place::Opened(_) | Place::StandardInput => None,
        }
    }

    /// The `ETag` of the object that holds it: another one means that it may have changed.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        match &self.place {
            Place::Object(object) | Place::Member { container: Holder::Object(object), .. } => {
                object.tag.as_deref()
            }
            Place::File(_) | Place::Member { .. } | Place::Opened(_) | Place::StandardInput => None,
        }
    }
}

/// A member of a container, already open. Its bytes can be taken only once.
#[derive(Clone)]
pub struct Opened {
    raw: Arc<Mutex<Option<Raw>>>,
    whole: Arc<Whole>,
}

impl Opened {
    pub(super) fn new(raw: Raw, whole: &Arc<Whole>) -> Self {
        Self { raw: Arc::new(Mutex::new(Some(raw))), whole: Arc::clone(whole) }
    }

    pub(super) fn take(&self) -> Option<(Raw, Arc<Whole>)> {
        let raw = self.raw.lock().unwrap_or_else(PoisonError::into_inner).take();
        raw.map(|raw| (raw, Arc::clone(&self.whole)))
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opened")
    }
}

impl PartialEq for Opened {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.raw, &other.raw)
    }
}

impl Eq for Opened {}
