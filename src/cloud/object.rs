//! An object of a store, and how its bytes are read.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::io::{self, Read};
use std::sync::Arc;

use super::address::Address;

/// Bytes that can be read at any place.
pub trait RandomRead: Send + Sync {
    /// Reads bytes from a place on and returns how many; 0 = the end.
    ///
    /// # Errors
    /// If the storage fails.
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize>;
}

/// Reads objects of one bucket.
pub trait Bucket: Send + Sync {
    /// The bytes of an object from front to back.
    fn stream(self: Arc<Self>, object: &Object) -> Box<dyn Read + Send>;

    /// The bytes of an object at any place.
    fn random(self: Arc<Self>, object: &Object) -> Arc<dyn RandomRead>;

    /// Objects that will be read next, in this order: small ones are fetched before they are asked for.
    fn ahead(self: Arc<Self>, objects: Vec<Object>);
}

/// An object as it was listed. It is read as that or not at all: every request names its `ETag`.
#[derive(Clone)]
pub struct Object {
    /// Where it is.
    pub address: Address,
    /// Its size, bytes.
    pub bytes: u64,
    /// When it was written, UTC milliseconds.
    pub modified_ms: Option<i64>,
    /// Its `ETag`, if the store gives one.
    pub tag: Option<String>,
    /// What reads it.
    pub bucket: Arc<dyn Bucket>,
}

impl Object {
    /// Its bytes from front to back.
    #[must_use]
    pub fn stream(&self) -> Box<dyn Read + Send> {
        Arc::clone(&self.bucket).stream(self)
    }

    /// Its bytes at any place.
    #[must_use]
    pub fn random(&self) -> Arc<dyn RandomRead> {
        Arc::clone(&self.bucket).random(self)
    }

    fn identity(&self) -> (&Address, u64, Option<&String>) {
        (&self.address, self.bytes, self.tag.as_ref())
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Object({}, {} bytes, {:?})", self.address, self.bytes, self.tag)
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Object {}

impl Hash for Object {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}
