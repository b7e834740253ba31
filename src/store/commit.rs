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

/// Once in so many nights a blob is read, checked and copied although it has two files already, so that damage of what
/// nobody reads is found while the other file is whole.
const REFRESH: u64 = 28;

/// A generation in the making. Dropping it forgets it.
#[derive(Debug)]
pub struct Draft<'a> {
    store: &'a mut Store,
    disk: Disk,
    folder: PathBuf,
    manifest: Manifest,
    /// The generations that are there, newest first, as far as their lists can be read.
    kept: Vec<Generation>,
    /// Folders below the draft's own, by name.
    folders: BTreeSet<String>,
    /// What has to be synced; what is carried over is durable already.
    written: Vec<PathBuf>,
    /// Whether a blob may be there in part.
    spoiled: bool,
    /// Whether the folder still has its unfinished name.
    unfinished: bool,
}

impl Store {
    /// Begins the next generation. Nothing of it is seen before [`Draft::commit`]; dropping the draft forgets it.
    ///
    /// # Errors
    /// [`StoreError::Io`]; and as [`Store::open`], because the state is looked at again.
    pub fn begin(&mut self) -> Result<Draft<'_>, StoreError> {
        if self.rebuild {
            self.highest = self.folder.remove_stale(self.folder.highest_number()?)?;
        } else {
            // A commit that failed half-way may have been a commit.
            self.load()?;
        }
        let next = self.highest.checked_add(1).ok_or_else(|| {
            StoreError::corrupt(self.folder.current_path(), "its numbers have come to an end")
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

    /// Takes a blob over from the current generation as it is.
    ///
    /// Its file here is never that of the current generation, so one damaged file damages one of the two: it gets a second
    /// name for another file that an older generation keeps of the same blob; if there is none, the bytes are read,
    /// checked and written again. So a blob is copied in the night after it was written, once in a while later, and else
    /// only named.
    ///
    /// # Errors
    /// [`StoreError`]: `NoBlob` if the current generation has none of that name; `BadName` if the name is taken;
    /// `Corrupt` if neither its file nor another one holds it; `Io`.
    pub fn carry(&mut self, name: &str) -> Result<(), StoreError> {
        let none = || StoreError::NoBlob { generation: 0, name: name.to_owned() };
        let base = self.store.current().ok_or_else(none)?;
        let blob = base.blob(name)?.clone();
        if let Some(from) = self.other_file(&base, name, &blob)? {
            let to = self.place(name, blob.clone())?;
            match self.disk.hard_link(&from, &to) {
                // Some file systems know no second names, or have given out all of them.
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

    /// A file of a blob in another generation that is not the file of the current one; `None` if the blob is to be copied.
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
        // Without a file there, or with a wrong one, it is read, and so mended.
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

    /// Writes a blob. Its name is a path below the generation, of ASCII letters, digits, `.`, `-`, `_` and `/`.
    ///
    /// # Errors
    /// [`StoreError`]: `BadName` if the name leads elsewhere or is taken; `Io`. The draft cannot be committed after that.
    pub fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.place(name, Blob::of(bytes))?;
        self.store_bytes(path, bytes)
    }

    /// Makes the draft the current generation. Older ones are removed last, as far as they are not to be kept.
    ///
    /// # Errors
    /// [`StoreError::Io`]; the generation that was current is current still. (If the storage fails in the very last
    /// step, it is that one or the new one; [`Store::begin`] and [`Store::open`] look again.)
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

    /// Lists a blob and makes the folders it lies in. Until its bytes are there, the draft is spoiled.
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

    /// Makes everything in the draft durable, the lowest folders first.
    fn sync(&self) -> Result<(), StoreError> {
        for path in &self.written {
            self.disk.sync_file(path).map_err(StoreError::io("sync", path))?;
        }
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

/// Whether it is a blob's turn to be copied; those of a state are spread over the nights.
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
