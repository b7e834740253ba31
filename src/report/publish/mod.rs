//! The only writer of reports: a folder appears completely or not at all.
//!
//! ```text
//! open      refuse a target that holds foreign or edited files; create a staging folder beside it and lock it
//! write     files into the staging folder
//! publish   fsync, manifest, then ONE rename: exchange the staging folder with the target
//! clean     check the old folder once more; exchange back if it was edited, else delete what its manifest lists
//! ```
//!
//! Readers see the old folder or the new one at any time. A run that fails leaves the old one in place; what it staged
//! is removed at once, or by the next run if it was killed. Concurrent runs publish one after the other: whoever
//! replaces a report holds a lock on its manifest.
//!
//! [`site`] publishes the site of a nightly run in a similar way, with a link instead of an exchange.

mod check;
mod error;
mod files;
mod manifest;
pub mod site;
mod site_check;
mod staging;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};

pub use error::PublishError;

use check::{check, delete_report};
use files::Files;
pub use manifest::MANIFEST;
use manifest::{Manifest, is_plain};

use crate::disk::Disk;

/// Writes one report folder.
#[derive(Debug)]
pub struct FolderWriter {
    files: Files,
    target: PathBuf,
    staging: PathBuf,
    manifest: Manifest,
    /// Folders below the staging folder that were made.
    folders: BTreeSet<String>,
    /// The file of the manifest, locked; empty until the folder is complete.
    list: File,
    /// Whether the staging path holds what this run staged.
    staged: bool,
}

/// What was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Number of files.
    pub files: usize,
    /// Their total size in bytes.
    pub bytes: u64,
}

impl FolderWriter {
    /// Checks the target and creates the staging folder, so that a bad target is found before any work is done.
    ///
    /// # Errors
    /// [`PublishError::Foreign`] if the target holds anything that queuestat did not write, or that was edited since;
    /// [`PublishError::NotAFolder`] if it is a file or a dangling link; [`PublishError::NoName`] if it has no name of
    /// its own; [`PublishError::MountPoint`] if something is mounted there; [`PublishError::Io`] if a folder cannot be created.
    pub fn open(disk: &Disk, target: &Path) -> Result<Self, PublishError> {
        let files = Files::new(disk);
        let (parent, name) = place_of(&files, target)?;
        let target = parent.join(&name);
        files.refuse_mount_point(&target)?;
        let prefix = staging::prefix(&name);
        staging::put_back(&files, &parent, &prefix, &target)?;
        {
            let _nobody_replaces_it_meanwhile = files.hold(&target)?;
            check(&files, &target)?;
        }
        staging::remove_stale(&files, &parent, &prefix);
        let (staging, list) = staging::make(&files, &parent, &prefix)?;
        let (manifest, folders) = (Manifest::default(), BTreeSet::new());
        Ok(Self { files, target, staging, manifest, folders, list, staged: true })
    }

    /// Writes files, given as paths below the folder, with `/`, and their bytes.
    ///
    /// # Errors
    /// [`PublishError::BadName`] for a path that leads outside the folder or was written before; [`PublishError::Io`]
    /// if one cannot be written.
    pub fn write<N: AsRef<str> + Sync, B: AsRef<[u8]> + Sync>(
        &mut self,
        files: &[(N, B)],
    ) -> Result<(), PublishError> {
        for (name, bytes) in files {
            let name = name.as_ref();
            if !is_plain(name) || !self.manifest.add(name, bytes.as_ref()) {
                return Err(PublishError::BadName(name.to_owned()));
            }
        }
        // Each folder once: to make it again for each of its files, and set its mode, cost as much as the files themselves.
        for (name, _) in files {
            let Some((folder, _)) = name.as_ref().rsplit_once('/') else { continue };
            if !self.folders.contains(folder) {
                self.files.make_below(&self.staging, &self.staging.join(folder))?;
                self.folders.insert(folder.to_owned());
            }
        }
        self.files.each(files, |(name, bytes)| {
            self.files.write(&self.staging.join(name.as_ref()), bytes.as_ref())
        })
    }

    /// Puts the staged folder in the place of the target.
    ///
    /// # Errors
    /// [`PublishError::Foreign`] if foreign files have appeared in the target meanwhile; [`PublishError::Io`] if the
    /// file system fails. The old report is then still, or again, in place.
    pub fn publish(mut self) -> Result<Published, PublishError> {
        let published =
            Published { files: self.manifest.len(), bytes: self.manifest.total_bytes() };
        let files = self.files.clone();
        // The list comes last: a folder with a complete list has all its files, even after a power failure.
        files.sync_tree(&self.staging)?;
        let list = self.staging.join(MANIFEST);
        files.fill(&mut self.list, &list, &self.manifest.to_text())?;
        files.sync_folder_of(&list)?;

        let held = files.hold(&self.target)?;
        check(&files, &self.target)?;
        files.keep_mode(&self.target, &self.staging)?;
        let replaced = files.swap(&self.staging, &self.target)?;
        self.settle(replaced)?;
        drop(held);
        Ok(published)
    }

    /// Deletes the old report, which now has the staging folder's name; puts it back if it holds foreign or edited
    /// files.
    fn settle(&mut self, replaced: bool) -> Result<(), PublishError> {
        let files = self.files.clone();
        self.staged = false;
        let mut finished = files.sync_folder_of(&self.target);
        if replaced && finished.is_ok() {
            // Nobody can find it by its name any more, so this check is final.
            finished = check(&files, &self.staging);
        }
        if let Err(error) = finished {
            files.swap_back(&self.staging, &self.target, replaced)?;
            self.staged = true;
            return Err(error.at(&self.staging, &self.target));
        }
        if replaced {
            delete_report(&files, &self.staging);
        }
        Ok(())
    }
}

impl Drop for FolderWriter {
    fn drop(&mut self) {
        // An exchange may have succeeded but been reported as failed; the old report then has the staging folder's
        // name.
        if self.staged && files::is_at(&self.list, &self.staging.join(MANIFEST)) {
            self.files.remove_all(&self.staging);
        }
    }
}

/// The parent of the target, created if needed, and the target's own name; links are followed.
fn place_of(files: &Files, target: &Path) -> Result<(PathBuf, OsString), PublishError> {
    let real = match files.real_path(target)? {
        Some(real) => real,
        None => target.to_owned(),
    };
    let name = real.file_name().ok_or_else(|| PublishError::NoName(target.to_owned()))?.to_owned();
    let parent = match real.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    files.make_folders(&parent)?;
    let parent = files.real_path(&parent)?.unwrap_or(parent);
    Ok((parent, name))
}

#[cfg(test)]
mod safety_tests;
#[cfg(test)]
mod site_tests;
#[cfg(test)]
mod tests;
