//! One generation: blobs that are checked whenever they are read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::StoreError;
use super::folder::read_own;
use super::manifest::{self, Blob, Manifest};
use crate::disk::{Disk, Kind};

/// A generation of the state; nothing in it ever changes.
#[derive(Debug, Clone)]
pub struct Generation {
    disk: Disk,
    folder: PathBuf,
    manifest: Arc<Manifest>,
    checksum: String,
}

impl Generation {
    pub(super) fn new(disk: Disk, folder: PathBuf, manifest: Manifest, checksum: String) -> Self {
        Self { disk, folder, manifest: Arc::new(manifest), checksum }
    }

    /// Its number; a higher one was committed later.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.manifest.number
    }

    /// Checksum of its list, and so of everything in it: two generations with the same one have the same content.
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

    /// Reads a blob and checks it.
    ///
    /// # Errors
    /// [`StoreError`]: `Corrupt` if it is not what was written; `NoBlob` if it never was there; `Io`.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        let blob = self.blob(name)?;
        let path = self.check_size(name, blob)?;
        let missing = || StoreError::corrupt(path.clone(), "it is missing");
        let bytes = read_own(&self.disk, &path)?.ok_or_else(missing)?;
        if Blob::of(&bytes) != *blob {
            return Err(StoreError::corrupt(path, "it does not match its checksum"));
        }
        Ok(bytes)
    }

    /// Reads and checks everything.
    ///
    /// # Errors
    /// [`StoreError`]: `Corrupt` if anything is not what was written; `Foreign` if anything was put in; `Io`.
    pub fn verify(&self) -> Result<(), StoreError> {
        for name in self.names() {
            self.read(name)?;
        }
        match self.foreign()? {
            Some(example) => Err(StoreError::Foreign { path: self.folder.clone(), example }),
            None => Ok(()),
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn blob(&self, name: &str) -> Result<&Blob, StoreError> {
        let none = || StoreError::NoBlob { generation: self.number(), name: name.to_owned() };
        self.manifest.get(name).ok_or_else(none)
    }

    /// The path of a blob, if a file of its size is there.
    pub(super) fn check_size(&self, name: &str, blob: &Blob) -> Result<PathBuf, StoreError> {
        let path = self.folder.join(name);
        match self.disk.kind(&path).map_err(StoreError::io("look at", &path))? {
            Some(Kind::File(size)) if size == blob.size => Ok(path),
            Some(Kind::File(_)) => {
                Err(StoreError::corrupt(path, "its size is not what was written"))
            }
            Some(Kind::Folder | Kind::Link | Kind::Other) => {
                Err(StoreError::corrupt(path, "it is no file"))
            }
            None => Err(StoreError::corrupt(path, "it is missing")),
        }
    }

    /// Something in the folder that the list does not name.
    pub(super) fn foreign(&self) -> Result<Option<String>, StoreError> {
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            let path = self.folder.join(&folder);
            for entry in self.disk.list(&path).map_err(StoreError::io("list", &path))? {
                let name = format!("{folder}{}", entry.name.to_string_lossy());
                let is_own = match entry.kind {
                    Kind::File(_) => name == manifest::NAME || self.manifest.get(&name).is_some(),
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
