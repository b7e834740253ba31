//! The next generation, from its first blob to the commit.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use super::Store;
use super::error::StoreError;
use super::folder::{FILE_MODE, FOLDER_MODE};
use super::generation::Generation;
use super::manifest::{self, Blob, Manifest};
use super::pointer::Pointer;
use crate::disk::Disk;

/// A generation in the making. Dropping it forgets it.
#[derive(Debug)]
pub struct Draft<'a> {
    store: &'a mut Store,
    disk: Disk,
    folder: PathBuf,
    manifest: Manifest,
    /// Folders below the draft's own, by name.
    folders: BTreeSet<String>,
    /// What has to be synced; what is carried over is durable already.
    written: Vec<PathBuf>,
    /// Whether a blob may be there in part.
    spoiled: bool,
    /// Whether the folder still has its unfinished name.
    unfinished: bool,
}

impl<'a> Draft<'a> {
    pub(super) fn make(store: &'a mut Store, number: u64) -> Result<Self, StoreError> {
        let (disk, folder) = (store.folder.disk.clone(), store.folder.unfinished_path(number));
        let draft = Self {
            store,
            disk,
            folder,
            manifest: Manifest::new(number),
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

    /// Takes a blob over from the current generation as it is, without reading it: the same file gets a second name.
    ///
    /// What is damaged on the disk is damaged in both then; it is found when it is read.
    ///
    /// # Errors
    /// [`StoreError`]: `NoBlob` if the current generation has none of that name; `BadName` if the name is taken;
    /// `Corrupt` if its file is not there in its size; `Io`.
    pub fn carry(&mut self, name: &str) -> Result<(), StoreError> {
        let none = || StoreError::NoBlob { generation: 0, name: name.to_owned() };
        let base = self.store.current().ok_or_else(none)?;
        let blob = base.blob(name)?;
        let from = base.check_size(name, blob)?;
        let to = self.place(name, blob.clone())?;
        match self.disk.hard_link(&from, &to) {
            // Some file systems know no second names, or have given out all of them.
            Err(error) if is_unsupported(&error) => self.store_bytes(to, &base.read(name)?),
            other => other.map_err(StoreError::io("link", &to)).map(|()| self.spoiled = false),
        }
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
        let list = self.folder.join(manifest::NAME);
        let text = self.manifest.to_text();
        self.store_bytes(list, text.as_bytes())?;
        self.sync()?;
        self.store.folder.finish(number)?;
        self.unfinished = false;

        let checksum = manifest::checksum(text.as_bytes());
        let current = Some((number, checksum.clone()));
        self.store.folder.point(&Pointer { current, highest: number })?;

        let folder = self.store.folder.generation_path(number);
        let generation =
            Generation::new(self.disk.clone(), folder, self.manifest.clone(), checksum);
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

fn is_unsupported(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::Unsupported
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::CrossesDevices
            | io::ErrorKind::TooManyLinks
    )
}
