//! Finds the objects behind addresses.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::super::address::{Address, Scheme};
use super::super::object::{Bucket, Object};
use super::super::trouble::Trouble;
use super::client::Entry;
use super::engine::Engine;
use super::reader::Reader;
use super::settings::client;

/// The stores that a run talks to; none before the first is asked for.
#[derive(Default)]
pub struct Stores {
    stop: Arc<AtomicBool>,
    engine: Option<Arc<Engine>>,
    buckets: BTreeMap<(Scheme, String), Arc<Reader>>,
}

impl Stores {
    /// None yet. Nobody waits for a store any more once `stop` is true: then everything ends with [`super::super::trouble::What::Stopped`].
    #[must_use]
    pub fn new(stop: Arc<AtomicBool>) -> Self {
        Self { stop, ..Self::default() }
    }

    /// The object at exactly this address; `None` if there is none.
    ///
    /// # Errors
    /// What the settings or the store have against it.
    pub fn object(&mut self, address: &Address) -> Result<Option<Object>, Trouble> {
        let reader = self.reader(address)?;
        let found = reader.engine.wait(reader.client.head(address))?;
        Ok(found.map(|entry| object(&reader, address, entry)))
    }

    /// All objects whose keys begin with that of the address, in the order of their keys. Keeps the list in memory, about 300
    /// bytes an object.
    ///
    /// # Errors
    /// What the settings or the store have against it.
    pub fn below(&mut self, address: &Address) -> Result<Vec<Object>, Trouble> {
        let reader = self.reader(address)?;
        let found = reader.engine.wait(reader.client.below(address))?;
        Ok(found.into_iter().map(|entry| object(&reader, address, entry)).collect())
    }

    /// An object that was listed before, with its size in bytes, the instant at which it was written (UTC milliseconds) and its
    /// `ETag`. Sends nothing.
    ///
    /// # Errors
    /// What the settings have against it.
    pub fn known(
        &mut self,
        address: &Address,
        bytes: u64,
        modified_ms: Option<i64>,
        tag: Option<String>,
    ) -> Result<Object, Trouble> {
        let bucket = self.reader(address)? as Arc<dyn Bucket>;
        Ok(Object { address: address.clone(), bytes, modified_ms, tag, bucket })
    }

    fn reader(&mut self, address: &Address) -> Result<Arc<Reader>, Trouble> {
        let key = (address.scheme, address.bucket.clone());
        if let Some(reader) = self.buckets.get(&key) {
            return Ok(Arc::clone(reader));
        }
        let engine = match &self.engine {
            Some(engine) => Arc::clone(engine),
            None => Arc::clone(self.engine.insert(Arc::new(Engine::new(Arc::clone(&self.stop))?))),
        };
        let reader = Arc::new(Reader::new(engine, client(address.scheme, &address.bucket)?));
        self.buckets.insert(key, Arc::clone(&reader));
        Ok(reader)
    }
}

fn object(reader: &Arc<Reader>, address: &Address, entry: Entry) -> Object {
    Object {
        address: address.with_key(entry.key),
        bytes: entry.bytes,
        modified_ms: Some(entry.modified_ms),
        tag: entry.tag,
        bucket: Arc::clone(reader) as Arc<dyn Bucket>,
    }
}
