//! What holds bytes that can be read again and again.

use std::path::PathBuf;

use crate::cloud::Object;

/// A file or an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A file.
    File(PathBuf),
    /// An object of a store.
    Object(Object),
}
