//! The next generation, from its first blob to the commit.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::Store;
use super::error::StoreError;
use super::generation::Generation;
use super::manifest::{self, Blob, Manifest};
use super::names::{FILE_MODE, FOLDER_MODE};
use super::pointer::Pointer;
use crate::disk::Disk;

/// Every so many nights a blob is read, checked and copied although two files hold it already, so that damage to a file
/// that nobody reads is found while the other one is intact.
const REFRESH: u64 = 28;

/// A generation being written. Dropping it discards it.
#[derive(Debug)]
pub struct Draft<'a> {
    store: &'a mut Store,
    disk: Disk,
    folder: PathBuf,
    manifest: Manifest,
    /// The existing generations whose manifests can be read, newest first.
    kept: Vec<Generation>,
    /// Folders created below the draft's own, by name.
    folders: BTreeSet<String>,
    /// Files to sync; those carried over are durable already.
    written: Vec<PathBuf>,
    /// Whether a blob may be incomplete.
    spoiled: bool,
    /// Whether the folder still has its unfinished name.
    unfinished: bool,
}

impl Store {
    /// Begins the next generation. Nothing of it is visible before [`Draft::commit`]; dropping the draft discards it.
    ///
    /// # Errors
    /// [`StoreError::Io`]; those of [`Store::open`] too, because the state is read again.
    pub fn begin(&mut self) -> Result<Draft<'_>, StoreError> {
        if self.rebuild {
            self.highest = self.folder.remove_stale(self.folder.highest_number()?)?;
        } else {
            // A commit that reported an error may still have taken effect.
            self.load()?;
        }
        let next = self.highest.checked_add(1).ok_or_else(|| {
            StoreError::corrupt(self.folder.current_path(), "it has run out of generation numbers")
        })?;
        Draft::make(self, next)
    }
}

impl<'a> Draft<'a> {
    fn make(store: &'a mut Store, number: u64) -> Result<Self, StoreError> {
        let (disk, folder) = (store.folder.disk.clone(), store.folder.unfinished_path(number));
        let kept = if store.current.is_some() { store.folder.readable()? } else { Vec::new() };
        let draft = Self {
            store,
            disk,
            folder,
            manifest: Manifest::new(number),
            kept,
            folders: BTreeSet::new(),
            written: Vec::new(),
            spoiled: false,
            unfinished: true,
        };
        let made = draft.disk.create_folder(&draft.folder, FOLDER_MODE);
        made.map_err(StoreError::io("make the folder", &draft.folder))?;
        Ok(draft)
    }

    /// The number it will have.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.manifest.number
    }

    /// Carries a blob over from the current generation, unchanged.
    ///
    /// Its file is never the one of the current generation, so that one damaged file damages only one of the two. It becomes
    /// a hard link to another file of the same blob, which an older generation keeps; if there is none, the bytes are read,
    /// checked and written again. So a blob is copied in the night after it was written and every few weeks after that;
    /// in all other nights it is only linked.
    ///
    /// # Errors
    /// [`StoreError`]: `NoBlob` if the current generation has none of that name; `BadName` if the name is taken;
    /// `Corrupt` if neither its file nor any copy is intact; `Io`.
    pub fn carry(&mut self, name: &str) -> Result<(), StoreError> {
        let none = || StoreError::NoBlob { generation: 0, name: name.to_owned() };
        let base = self.store.current().ok_or_else(none)?;
        let blob = base.blob(name)?.clone();
        if let Some(from) = self.other_file(&base, name, &blob)? {
            let to = self.place(name, blob.clone())?;
            match self.disk.hard_link(&from, &to) {
                // Some file systems have no hard links, or allow no more of them.
                Err(error) if is_unsupported(&error) => {
                    self.manifest.forget(name);
                    self.spoiled = false;
                }
                other => {
                    other.map_err(StoreError::io("link", &to))?;
                    self.spoiled = false;
                    return Ok(());
                }
            }
        }
        let bytes = base.read(name)?;
        let to = self.place(name, blob)?;
        self.store_bytes(to, &bytes)
    }

    /// Another generation's file of a blob, not the one that the current generation has; `None` if the blob must be copied.
    fn other_file(
        &self,
        base: &Generation,
        name: &str,
        blob: &Blob,
    ) -> Result<Option<PathBuf>, StoreError> {
        if is_due(name, self.number()) {
            return Ok(None);
        }
        let file = |generation: &Generation| {
            let path = generation.folder().join(name);
            let found = self.disk.file(&path).map_err(StoreError::io("look at", &path))?;
            Ok::<_, StoreError>(
                found.filter(|found| found.size == blob.size).map(|found| (found, path)),
            )
        };
        // If that file is missing or has the wrong size, the blob is read, which repairs it.
        let Some((of_base, _)) = file(base)? else { return Ok(None) };
        for generation in &self.kept {
            if generation.manifest().get(name) != Some(blob) {
                continue;
            }
            if let Some((found, path)) = file(generation)?
                && found.file != of_base.file
            {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    /// Writes a blob. Its name is a relative path of ASCII letters, digits, `.`, `-`, `_` and `/`.
    ///
    /// # Errors
    /// [`StoreError`]: `BadName` if the name leads elsewhere or is taken; `Io`. After `Io` the draft cannot be committed.
    pub fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.place(name, Blob::of(bytes))?;
        self.store_bytes(path, bytes)
    }

    /// Makes the draft the current generation, then removes the generations that are no longer to be kept.
    ///
    /// # Errors
    /// [`StoreError::Io`]; the generation that was current still is. (If the storage fails in the very last step, either
    /// that one or the new one is current; [`Store::begin`] and [`Store::open`] check.)
    pub fn commit(mut self) -> Result<Generation, StoreError> {
        let number = self.manifest.number;
        if self.spoiled {
            let source = io::Error::other("writing a part of it failed");
            return Err(StoreError::io("commit", &self.folder)(source));
        }
        let text = self.manifest.to_text();
        for list in [manifest::NAME, manifest::COPY] {
            self.store_bytes(self.folder.join(list), text.as_bytes())?;
        }
        self.sync()?;
        self.store.folder.finish(number)?;
        self.unfinished = false;

        let checksum = manifest::checksum(text.as_bytes());
        let current = Some((number, checksum.clone()));
        self.store.folder.point(&Pointer { current, highest: number })?;

        let folder = self.store.folder.generation_path(number);
        let state = Arc::downgrade(&self.store.folder);
        let generation =
            Generation::new(state, self.disk.clone(), folder, self.manifest.clone(), checksum);
        let base = self.store.current.replace(generation.clone());
        self.store.highest = number;
        self.store.rebuild = false;
        self.store.folder.prune(base.map(|base| base.number()), number, self.store.keep);
        Ok(generation)
    }

    /// Adds a blob to the manifest and creates its folders. Until its bytes are written, the draft is spoiled.
    fn place(&mut self, name: &str, blob: Blob) -> Result<PathBuf, StoreError> {
        if !self.manifest.add(name, blob) {
            return Err(StoreError::BadName(name.to_owned()));
        }
        if self.spoiled {
            let source = io::Error::other("writing another part of it failed");
            return Err(StoreError::io("write to", &self.folder)(source));
        }
        self.spoiled = true;
        for (at, _) in name.match_indices('/') {
            let below = name.split_at(at).0;
            if self.folders.insert(below.to_owned()) {
                let path = self.folder.join(below);
                let made = self.disk.create_folder(&path, FOLDER_MODE);
                made.map_err(StoreError::io("make the folder", &path))?;
            }
        }
        Ok(self.folder.join(name))
    }

    fn store_bytes(&mut self, path: PathBuf, bytes: &[u8]) -> Result<(), StoreError> {
        let written = self.disk.write_new(&path, bytes, FILE_MODE);
        written.map_err(StoreError::io("write", &path))?;
        self.written.push(path);
        self.spoiled = false;
        Ok(())
    }

    /// Makes everything in the draft durable, the deepest folders first.
    fn sync(&self) -> Result<(), StoreError> {
        let synced = self.disk.sync_files(&self.written);
        synced.map_err(|(path, error)| StoreError::io("sync", &path)(error))?;
        let below = self.folders.iter().rev().map(|name| self.folder.join(name));
        for folder in below.chain([self.folder.clone()]) {
            self.disk.sync_folder(&folder).map_err(StoreError::io("sync", &folder))?;
        }
        Ok(())
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        if self.unfinished {
            let _left_to_the_next_start = self.disk.remove_tree(&self.folder);
        }
    }
}

/// Whether a blob is due to be copied; the blobs of a state are spread over the nights.
fn is_due(name: &str, number: u64) -> bool {
    let hash = blake3::hash(name.as_bytes());
    let (first, _) = hash.as_bytes().split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
    (u64::from_le_bytes(*first) % REFRESH + number % REFRESH).is_multiple_of(REFRESH)
}

fn is_unsupported(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::Unsupported
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::CrossesDevices
            | io::ErrorKind::TooManyLinks
    )
}
