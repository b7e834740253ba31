//! The nightly site: generations side by side, and a link to the current one.
//!
//! ```text
//! out/current            a link to .gen/7; renaming it into place IS the publication
//!     .gen/6/…           kept for readers who followed the link before it was replaced
//!     .gen/7/…           the pages, and a list of them with sizes and hashes
//!     .gen/8.tmp/…       of a run that is working or has died
//!     .queuestat-site    locked by the one run that works here
//! ```
//!
//! Unlike [`FolderWriter`](super::FolderWriter), which replaces a folder, this keeps the previous generation: a reader
//! that follows the link once can read one generation to its end. The number is that of the state the pages were made
//! from, so that the next run can tell whether they are up to date. Other pages with the same number, as after a change
//! of the configuration, go to `.gen/7-2`.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Published;
use super::error::PublishError;
use super::manifest::{MANIFEST, Manifest, is_plain};
use super::site_check::{LOCK, Layout, Version, delete, list_of, refuse_foreign_names};
use crate::disk::{Disk, Lock};

const FOLDER_MODE: u32 = 0o755;
const FILE_MODE: u32 = 0o644;
const PATIENCE: Duration = Duration::from_mins(1);

/// A nightly site, locked by this run.
#[derive(Debug)]
pub struct Site {
    disk: Disk,
    layout: Layout,
    keep: usize,
    _lock: Lock,
}

/// The number of the generation that is published in a folder; `None` if there is none, or files of it are missing.
/// Writes nothing and does not wait for a lock.
///
/// # Errors
/// [`PublishError::Io`] if it cannot be read.
pub fn published_generation(disk: &Disk, out: &Path) -> Result<Option<u64>, PublishError> {
    Ok(Layout::new(out).published(disk)?.map(|version| version.number))
}

impl Site {
    /// Opens and locks the folder of a site, which is created if needed. `keep` is the number of generations to keep,
    /// including the current one, and at least 2. Removes what dead runs left.
    ///
    /// # Errors
    /// [`PublishError::Foreign`] if the folder holds anything that queuestat did not write, or that was edited since;
    /// [`PublishError::NotAFolder`] if it is not a folder; [`PublishError::Io`], also if another run keeps it locked.
    pub fn open(disk: &Disk, out: &Path, keep: usize) -> Result<Self, PublishError> {
        let made = disk.create_folders(out, FOLDER_MODE);
        made.map_err(|e| PublishError::io("create the folder", out, e))?;
        let layout = Layout::new(out);
        // Before anything is created in it.
        refuse_foreign_names(disk, &layout)?;
        let path = out.join(LOCK);
        let locked = disk.lock(&path, FILE_MODE, PATIENCE);
        let lock = locked
            .and_then(|lock| lock.ok_or_else(|| io::ErrorKind::WouldBlock.into()))
            .map_err(|e| PublishError::io("lock", &path, e))?;
        layout.check(disk)?;
        let site = Self { disk: disk.clone(), layout, keep: keep.max(2), _lock: lock };
        site.remove_stale()?;
        Ok(site)
    }

    /// The number of the published generation; `None` if there is none, or files of it are missing.
    ///
    /// # Errors
    /// [`PublishError::Io`] if it cannot be read.
    pub fn published_generation(&self) -> Result<Option<u64>, PublishError> {
        Ok(self.layout.published(&self.disk)?.map(|version| version.number))
    }

    /// Reads a file of the published generation, such as one that says what the pages were made from; `None` if it is
    /// missing or was edited.
    ///
    /// # Errors
    /// [`PublishError::Io`] if it cannot be read.
    pub fn read_published(&self, name: &str) -> Result<Option<Vec<u8>>, PublishError> {
        let Some(version) = self.layout.published(&self.disk)? else {
            return Ok(None);
        };
        let folder = self.layout.folder(version);
        let is_listed = list_of(&self.disk, &folder)?.filter(|list| list.size_of(name).is_some());
        let Some(list) = is_listed else {
            return Ok(None);
        };
        let path = folder.join(name);
        if !self.disk.exists(&path).map_err(|e| PublishError::io("access", &path, e))? {
            return Ok(None);
        }
        let bytes = self.disk.read(&path).map_err(|e| PublishError::io("read", &path, e))?;
        Ok(list.matches(name, &bytes).then_some(bytes))
    }

    /// Publishes the files of a generation, completely or not at all. `files` are paths below the site, with `/`, and
    /// their bytes. A complete generation of a run that died before it could publish is reused.
    ///
    /// # Errors
    /// [`PublishError::BadName`] for a path that leads outside the site or appears twice; [`PublishError::Io`] if the
    /// storage fails. The previous generation then stays published, unless the very last step failed; then it is either
    /// the previous or the new one.
    pub fn publish<N: AsRef<str>, B: AsRef<[u8]>>(
        &mut self,
        generation: u64,
        files: &[(N, B)],
    ) -> Result<Published, PublishError> {
        let mut list = Manifest::default();
        for (name, bytes) in files {
            if !is_plain(name.as_ref()) || !list.add(name.as_ref(), bytes.as_ref()) {
                return Err(PublishError::BadName(name.as_ref().to_owned()));
            }
        }
        let before = self.layout.published(&self.disk)?;
        let mut revision = 1;
        let version = loop {
            let version = Version { number: generation, revision };
            match self.standing(version, &list, files)? {
                Standing::Free => {
                    self.build(version, &list, files)?;
                    break version;
                }
                Standing::Same => break version,
                Standing::Other => revision += 1,
            }
        };
        if before != Some(version) {
            self.link(version)?;
        }
        self.prune(version, before);
        Ok(Published { files: list.len(), bytes: list.total_bytes() })
    }

    /// What is already in the place of a generation.
    fn standing<N: AsRef<str>, B: AsRef<[u8]>>(
        &self,
        version: Version,
        list: &Manifest,
        files: &[(N, B)],
    ) -> Result<Standing, PublishError> {
        let folder = self.layout.folder(version);
        if !self.disk.exists(&folder).map_err(|e| PublishError::io("access", &folder, e))? {
            return Ok(Standing::Free);
        }
        if list_of(&self.disk, &folder)?.as_ref() != Some(list) {
            return Ok(Standing::Other);
        }
        for (name, bytes) in files {
            let path = folder.join(name.as_ref());
            match self.disk.read(&path) {
                Ok(found) if found == bytes.as_ref() => {}
                Ok(_) => return Ok(Standing::Other),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Ok(Standing::Other);
                }
                Err(error) => return Err(PublishError::io("read", &path, error)),
            }
        }
        Ok(Standing::Same)
    }

    /// Writes a generation under its unfinished name, makes it durable, and renames it.
    fn build<N: AsRef<str>, B: AsRef<[u8]>>(
        &self,
        version: Version,
        list: &Manifest,
        files: &[(N, B)],
    ) -> Result<(), PublishError> {
        let (unfinished, folder) = (self.layout.unfinished(version), self.layout.folder(version));
        let all = self.layout.generations();
        if !self.disk.exists(&all).map_err(|e| PublishError::io("access", &all, e))? {
            self.make_folder(&all)?;
            self.sync(self.layout.out())?;
        }
        let built = self.fill(&unfinished, list, files).and_then(|()| {
            let renamed = self.disk.rename(&unfinished, &folder);
            renamed.map_err(|e| PublishError::io("rename", &folder, e))
        });
        if built.is_err() {
            let _left_to_the_next_run = delete(&self.disk, &unfinished);
        }
        built.and_then(|()| self.sync(&all))
    }

    fn fill<N: AsRef<str>, B: AsRef<[u8]>>(
        &self,
        unfinished: &Path,
        list: &Manifest,
        files: &[(N, B)],
    ) -> Result<(), PublishError> {
        self.make_folder(unfinished)?;
        // The list comes first, so that what a dead run leaves can be told from foreign files.
        let path = unfinished.join(MANIFEST);
        self.write(&path, list.to_text().as_bytes())?;
        self.sync_file(&path)?;
        self.sync(unfinished)?;
        self.sync(&self.layout.generations())?;
        let (mut folders, mut written) = (BTreeSet::new(), Vec::with_capacity(files.len()));
        for (name, bytes) in files {
            let name = name.as_ref();
            for (at, _) in name.match_indices('/') {
                let below = unfinished.join(name.split_at(at).0);
                if !folders.contains(&below) {
                    self.make_folder(&below)?;
                    folders.insert(below);
                }
            }
            written.push((unfinished.join(name), bytes.as_ref()));
        }
        self.disk.each(&written, |(path, bytes)| self.write(path, bytes))?;
        let written: Vec<PathBuf> = written.into_iter().map(|(path, _)| path).collect();
        let synced = self.disk.sync_files(&written);
        synced.map_err(|(path, e)| PublishError::io("sync", &path, e))?;
        // The deepest first.
        folders.iter().rev().try_for_each(|folder| self.sync(folder))?;
        self.sync(unfinished)
    }

    /// Replaces the link atomically.
    fn link(&self, version: Version) -> Result<(), PublishError> {
        let (unfinished, link) = (self.layout.unfinished_link(), self.layout.link());
        self.remove_link(&unfinished)?;
        let target = PathBuf::from(Layout::target(version));
        self.disk
            .symlink(&target, &unfinished)
            .and_then(|()| self.disk.rename(&unfinished, &link))
            .map_err(|e| PublishError::io("replace", &link, e))?;
        self.sync(self.layout.out())
    }

    /// Removes generations that are no longer needed; a later run retries what fails. The new one, the previous one and
    /// the newest others are kept.
    fn prune(&self, new: Version, before: Option<Version>) {
        let mut versions = self.layout.versions(&self.disk).unwrap_or_default();
        versions.sort_unstable_by_key(|version| {
            std::cmp::Reverse((*version == new, Some(*version) == before, *version))
        });
        for version in versions.into_iter().skip(self.keep) {
            let _left_to_a_later_run = self.discard(version);
        }
    }

    /// Moves a generation aside and deletes it, so that a half-deleted one is never taken for complete.
    fn discard(&self, version: Version) -> Result<(), PublishError> {
        let (folder, aside) = (self.layout.folder(version), self.layout.unfinished(version));
        self.layout.check_generation(&self.disk, version)?;
        self.disk.rename(&folder, &aside).map_err(|e| PublishError::io("remove", &folder, e))?;
        self.sync(&self.layout.generations())?;
        delete(&self.disk, &aside)
    }

    /// Removes every generation before one, and never the published one, because they were made from what was forgotten.
    /// Calling it again goes on.
    ///
    /// # Errors
    /// [`PublishError::Foreign`] for one that was edited; [`PublishError::Io`].
    pub fn remove_before(&self, first: u64) -> Result<(), PublishError> {
        let published = self.layout.published(&self.disk)?;
        for version in self.layout.versions(&self.disk)? {
            if version.number < first && Some(version) != published {
                self.discard(version)?;
            }
        }
        Ok(())
    }

    fn remove_stale(&self) -> Result<(), PublishError> {
        self.remove_link(&self.layout.unfinished_link())?;
        for version in self.layout.unfinished_versions(&self.disk)? {
            delete(&self.disk, &self.layout.unfinished(version))?;
        }
        Ok(())
    }

    fn remove_link(&self, link: &Path) -> Result<(), PublishError> {
        let trouble = |error| PublishError::io("remove", link, error);
        if self.disk.exists(link).map_err(trouble)? {
            self.disk.remove_file(link).map_err(trouble)?;
        }
        Ok(())
    }

    fn make_folder(&self, path: &Path) -> Result<(), PublishError> {
        let made = self.disk.create_folder(path, FOLDER_MODE);
        made.map_err(|e| PublishError::io("create the folder", path, e))
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), PublishError> {
        let written = self.disk.write_new(path, bytes, FILE_MODE);
        written.map_err(|e| PublishError::io("write", path, e))
    }

    fn sync_file(&self, path: &Path) -> Result<(), PublishError> {
        self.disk.sync_file(path).map_err(|e| PublishError::io("sync", path, e))
    }

    fn sync(&self, folder: &Path) -> Result<(), PublishError> {
        self.disk.sync_folder(folder).map_err(|e| PublishError::io("sync", folder, e))
    }
}

/// What is already in the place of a generation.
enum Standing {
    /// There is nothing.
    Free,
    /// The same files.
    Same,
    /// Other files, or an incomplete generation.
    Other,
}
