//! Requests to one bucket: listings, and ranges of objects that are checked as far as the store allows.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use object_store::list::{PaginatedListOptions, PaginatedListStore};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ListResult, ObjectMeta, ObjectStore};
use tokio::time::sleep;

use super::super::address::{Address, has_dots};
use super::super::object::Object;
use super::super::trouble::{Trouble, What};
use super::failure::trouble;
use super::keys::{key_of, path_of};
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
    pub(super) lists: Arc<dyn PaginatedListStore>,
    /// Reads objects, and asks for their checksums.
    pub(super) reads: Arc<dyn ObjectStore>,
}

/// What a store tells of an object.
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) bytes: u64,
    /// UTC milliseconds.
    pub(super) modified_ms: i64,
    pub(super) tag: Option<String>,
}

impl Entry {
    fn of(key: String, meta: ObjectMeta) -> Self {
        let modified_ms = meta.last_modified.timestamp_millis();
        Self { key, bytes: meta.size, modified_ms, tag: meta.e_tag.map(quoted) }
    }
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
        let now = found.e_tag.clone().map(quoted);
        let other_tag = matches!((&self.tag, &now), (Some(a), Some(b)) if a != b);
        if found.size != self.bytes || other_tag { Err(What::Changed.into()) } else { Ok(()) }
    }
}

impl Client {
    /// The object with exactly this key; `None` if there is none.
    pub(super) async fn head(&self, address: &Address) -> Result<Option<Entry>, Trouble> {
        let Ok(path) = sendable(&address.key) else { return Ok(None) };
        match self.reads.get_opts(&path, GetOptions { head: true, ..GetOptions::default() }).await {
            Ok(found) => Ok(Some(Entry::of(address.key.clone(), found.meta))),
            Err(error) => match trouble(&error) {
                Trouble { what: What::NoObject, .. } => Ok(None),
                other => Err(other),
            },
        }
    }

    /// All objects whose keys begin with that of the address, in the order of their keys.
    pub(super) async fn below(&self, address: &Address) -> Result<Vec<Entry>, Trouble> {
        let mut found = Vec::new();
        let mut next = None;
        loop {
            let (page, token) = self.page(&address.key, next.as_ref()).await?;
            let entries =
                page.objects.into_iter().map(|meta| Entry::of(key_of(&meta.location), meta));
            found.extend(entries);
            match token {
                Some(token) => next = Some(token),
                None => break,
            }
        }
        found.sort_by(|a: &Entry, b| a.key.cmp(&b.key));
        Ok(found)
    }

    /// A page of a listing, and where the next one begins.
    async fn page(
        &self,
        prefix: &str,
        token: Option<&String>,
    ) -> Result<(ListResult, Option<String>), Trouble> {
        let mut tries = 0;
        loop {
            let prefix = Some(prefix).filter(|prefix| !prefix.is_empty());
            let page_token = token.cloned();
            let options = PaginatedListOptions { page_token, ..PaginatedListOptions::default() };
            match self.lists.list_paginated(prefix, options).await.map_err(|error| trouble(&error))
            {
                Ok(page) => return Ok((page.result, page.page_token)),
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
        let path = sendable(&wanted.key)?;
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
        let path = sendable(&wanted.key)?;
        let options = GetOptions { head: true, ..wanted.options() };
        let found = self.reads.get_opts(&path, options).await.map_err(|error| trouble(&error))?;
        wanted.check(&found.meta)?;
        Ok(found.extensions.get::<Told>().copied().unwrap_or_default())
    }
}

/// An `ETag` as headers have it. Listings of Azure, and of some stores that speak like Google, leave the quotes out.
fn quoted(tag: String) -> String {
    if tag.ends_with('"') { tag } else { format!("\"{tag}\"") }
}

/// A key as the client takes it.
///
/// # Errors
/// [`What::NoObject`] if no request can name it.
fn sendable(key: &str) -> Result<Path, Trouble> {
    let path = path_of(key).filter(|_| !has_dots(key));
    path.ok_or_else(|| What::NoObject.into())
}
