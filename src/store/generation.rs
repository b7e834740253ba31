//! One generation: blobs that are checked whenever they are read.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use super::error::StoreError;
use super::folder::{StateFolder, read_own};
use super::manifest::{self, Blob, Manifest};
use crate::disk::{Disk, Kind};

/// A generation of the state. Nothing in it ever changes, except that damage may be repaired.
#[derive(Debug, Clone)]
pub struct Generation {
    state: Weak<StateFolder>,
    disk: Disk,
    folder: PathBuf,
    manifest: Arc<Manifest>,
    checksum: String,
}

impl Generation {
    pub(super) fn new(
        state: Weak<StateFolder>,
        disk: Disk,
        folder: PathBuf,
        manifest: Manifest,
        checksum: String,
    ) -> Self {
        Self { state, disk, folder, manifest: Arc::new(manifest), checksum }
    }

    /// Its number; higher numbers were committed later.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.manifest.number
    }

    /// Checksum of its manifest, and so of everything in it: generations with equal checksums have equal content.
    #[must_use]
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// The version of queuestat that wrote it.
    #[must_use]
    pub fn written_by(&self) -> &str {
        &self.manifest.written_by
    }

    /// Names of its blobs, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.manifest.blobs().map(|(name, _)| name)
    }

    /// Size of a blob; `None` if there is none of that name.
    #[must_use]
    pub fn size(&self, name: &str) -> Option<u64> {
        self.manifest.get(name).map(|blob| blob.size)
    }

    /// Whether another generation has the same blob of a name.
    #[must_use]
    pub fn holds_the_same(&self, other: &Self, name: &str) -> bool {
        let mine = self.manifest.get(name);
        mine.is_some() && mine == other.manifest.get(name)
    }

    /// Reads a blob and checks it, without repairing anything.
    pub(super) fn check(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        read_whole(&self.disk, &self.folder.join(name), self.blob(name)?)
    }

    /// Size of its files that no other generation shares, bytes.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn own_bytes(&self) -> Result<u64, StoreError> {
        let mut own = 0;
        for name in self.names() {
            let path = self.folder.join(name);
            let found = self.disk.file(&path).map_err(StoreError::io("look at", &path))?;
            own += found.filter(|found| found.names == 1).map_or(0, |found| found.size);
        }
        Ok(own)
    }

    /// The state folder, while it is locked: only then may anything be repaired.
    pub(super) fn state(&self) -> Option<Arc<StateFolder>> {
        self.state.upgrade()
    }

    pub(super) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn blob(&self, name: &str) -> Result<&Blob, StoreError> {
        let none = || StoreError::NoBlob { generation: self.number(), name: name.to_owned() };
        self.manifest.get(name).ok_or_else(none)
    }

    /// The name of something in the folder that the manifest does not list, if there is anything.
    pub(super) fn foreign(&self) -> Result<Option<String>, StoreError> {
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            let path = self.folder.join(&folder);
            for entry in self.disk.list(&path).map_err(StoreError::io("list", &path))? {
                let name = format!("{folder}{}", entry.name.to_string_lossy());
                let is_own = match entry.kind {
                    Kind::File(_) => {
                        matches!(name.as_str(), manifest::NAME | manifest::COPY)
                            || self.manifest.get(&name).is_some()
                    }
                    Kind::Folder => self.manifest.has_below(&name),
                    Kind::Link | Kind::Other => false,
                };
                if !is_own {
                    return Ok(Some(name.escape_debug().to_string()));
                }
                if entry.kind == Kind::Folder {
                    folders.push(name + "/");
                }
            }
        }
        Ok(None)
    }
}

/// The contents of a file, checked against size and checksum.
pub(super) fn read_whole(disk: &Disk, path: &Path, blob: &Blob) -> Result<Vec<u8>, StoreError> {
    let damaged = |reason| Err(StoreError::corrupt(path.to_owned(), reason));
    match disk.kind(path).map_err(StoreError::io("look at", path))? {
        Some(Kind::File(size)) if size == blob.size => {}
        Some(Kind::File(_)) => return damaged("it has the wrong size"),
        Some(Kind::Folder | Kind::Link | Kind::Other) => return damaged("it is not a file"),
        None => return damaged("it is missing"),
    }
    match read_own(disk, path)? {
        Some(bytes) if Blob::of(&bytes) == *blob => Ok(bytes),
        Some(_) => damaged("it does not match its checksum"),
        None => damaged("it is missing"),
    }
}
