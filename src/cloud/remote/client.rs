//! Requests to one bucket: listings, and ranges of objects that are checked as far as the store allows.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore};
use tokio::time::sleep;

use super::super::address::Address;
use super::super::object::Object;
use super::super::trouble::{Trouble, What};
use super::failure::trouble;
use super::sums::{Sums, Told};

/// How often a request is made again whose answer broke off or has the wrong checksum.
const AGAIN: u32 = 4;
/// The first wait before that; it doubles.
const PAUSE: Duration = Duration::from_millis(200);

/// Bytes of an object, shared.
pub(super) type Bytes = bytes::Bytes;

/// Talks to one bucket.
#[derive(Clone)]
pub(super) struct Client {
    /// Makes listings.
    pub(super) lists: Arc<dyn ObjectStore>,
    /// Reads objects, and asks for their checksums.
    pub(super) reads: Arc<dyn ObjectStore>,
}

/// What a request needs to know of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    key: String,
    pub(super) bytes: u64,
    pub(super) tag: Option<String>,
}

impl Wanted {
    pub(super) fn of(object: &Object) -> Self {
        Self { key: object.address.key.clone(), bytes: object.bytes, tag: object.tag.clone() }
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    fn options(&self) -> GetOptions {
        GetOptions { if_match: self.tag.clone(), ..GetOptions::default() }
    }

    /// Whether an answer is about the object that was listed.
    fn check(&self, found: &ObjectMeta) -> Result<(), Trouble> {
        let other_tag = matches!((&self.tag, &found.e_tag), (Some(a), Some(b)) if a != b);
        if found.size != self.bytes || other_tag { Err(What::Changed.into()) } else { Ok(()) }
    }
}

impl Client {
    /// The object with exactly this key; `None` if there is none.
    pub(super) async fn head(&self, address: &Address) -> Result<Option<ObjectMeta>, Trouble> {
        let Ok(path) = Path::parse(&address.key) else { return Ok(None) };
        match self.reads.get_opts(&path, GetOptions { head: true, ..GetOptions::default() }).await {
            Ok(found) => Ok(Some(found.meta)),
            Err(error) => match trouble(&error) {
                Trouble { what: What::NoObject, .. } => Ok(None),
                other => Err(other),
            },
        }
    }

    /// All objects below a key, in its order.
    pub(super) async fn below(&self, address: &Address) -> Result<Vec<ObjectMeta>, Trouble> {
        // A key that the client cannot address is found by no listing either.
        let Ok(path) = Path::parse(&address.key) else { return Ok(Vec::new()) };
        let mut tries = 0;
        loop {
            let prefix = Some(&path).filter(|path| !path.as_ref().is_empty());
            let listed: Result<Vec<_>, _> = self.lists.list(prefix).try_collect().await;
            match listed.map_err(|error| trouble(&error)) {
                Ok(mut found) => {
                    found.sort_by(|a, b| a.location.cmp(&b.location));
                    return Ok(found);
                }
                Err(trouble) if trouble.is_passing() && tries < AGAIN => {}
                Err(trouble) => return Err(trouble),
            }
            sleep(PAUSE * 2_u32.pow(tries)).await;
            tries += 1;
        }
    }

    /// Bytes of an object: a range, or all of it, which is checked against the checksum of the store.
    pub(super) async fn fetch(
        self,
        wanted: Wanted,
        range: Option<Range<u64>>,
    ) -> Result<Bytes, Trouble> {
        let mut tries = 0;
        loop {
            match self.fetch_once(&wanted, range.clone()).await {
                Err(trouble) if trouble.is_passing() && tries < AGAIN => {}
                other => return other,
            }
            sleep(PAUSE * 2_u32.pow(tries)).await;
            tries += 1;
        }
    }

    async fn fetch_once(
        &self,
        wanted: &Wanted,
        range: Option<Range<u64>>,
    ) -> Result<Bytes, Trouble> {
        let path = Path::parse(&wanted.key).map_err(|_| Trouble::from(What::NoObject))?;
        let length = range.as_ref().map_or(wanted.bytes, |range| range.end - range.start);
        let is_whole = range.is_none();
        let options = GetOptions { range: range.map(GetRange::Bounded), ..wanted.options() };
        let found = self.reads.get_opts(&path, options).await.map_err(|error| trouble(&error))?;
        wanted.check(&found.meta)?;
        let told = found.extensions.get::<Told>().copied().unwrap_or_default();
        let bytes = found.bytes().await.map_err(|error| trouble(&error))?;
        if u64::try_from(bytes.len()).ok() != Some(length) {
            return Err(What::Cut.into());
        }
        if is_whole && !Sums::of(&bytes).agree(told) {
            return Err(What::Checksum.into());
        }
        Ok(bytes)
    }

    /// The checksum that the store tells of an object as a whole.
    pub(super) async fn told(&self, wanted: &Wanted) -> Result<Told, Trouble> {
        let path = Path::parse(&wanted.key).map_err(|_| Trouble::from(What::NoObject))?;
        let options = GetOptions { head: true, ..wanted.options() };
        let found = self.reads.get_opts(&path, options).await.map_err(|error| trouble(&error))?;
        wanted.check(&found.meta)?;
        Ok(found.extensions.get::<Told>().copied().unwrap_or_default())
    }
}
