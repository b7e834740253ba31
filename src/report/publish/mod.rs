//! The only writer of reports: a folder appears whole or not at all.
//!
//! ```text
//! open      refuse a target that holds foreign or edited files; make a staging folder beside it, lock it
//! write     files into the staging folder
//! publish   manifest, fsync, then ONE rename: exchange the staging folder with the target
//! clean     delete the old folder, only if it still holds nothing but what its manifest lists
//! ```
//!
//! Whoever reads while this happens sees the old folder or the new one. A run that fails leaves the old one; what it
//! staged is removed at once, or by the next run if it was killed.

mod error;
mod files;
mod manifest;

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::path::{Component, Path, PathBuf};

pub use error::PublishError;

use files as fs;
use manifest::Manifest;

/// The list of a folder's files. Its writer holds it locked, from the first staged file on: who can lock it may clean up.
const MANIFEST: &str = ".queuestat-manifest";

/// Writes one report folder.
#[derive(Debug)]
pub struct FolderWriter {
    target: PathBuf,
    staging: PathBuf,
    manifest: Manifest,
    /// The manifest's file, locked; empty until the folder is complete.
    list: File,
    done: bool,
}

/// What was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Number of files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

impl FolderWriter {
    /// Checks the target and makes the staging folder, so that a bad target costs nothing.
    ///
    /// # Errors
    /// [`PublishError::Foreign`] if the target holds anything that queuestat did not write, or that was edited since;
    /// [`PublishError::NotAFolder`] if it is a file; [`PublishError::Io`] if the folder cannot be made.
    pub fn open(target: &Path) -> Result<Self, PublishError> {
        let (parent, name) = place_of(target)?;
        let target = parent.join(&name);
        check(&target)?;
        let prefix = staging_prefix(&name);
        fs::remove_stale(&parent, &prefix);
        let (staging, list) = fs::make_staging(&parent, &prefix)?;
        Ok(Self { target, staging, manifest: Manifest::default(), list, done: false })
    }

    /// Writes one file; `relative` is a path below the folder, with `/`.
    ///
    /// # Errors
    /// [`PublishError::BadName`] for a path that leads elsewhere or was written before; [`PublishError::Io`].
    pub fn write(&mut self, relative: &str, bytes: &[u8]) -> Result<(), PublishError> {
        let path = Path::new(relative);
        let plain = !relative.is_empty()
            && !relative.contains(['\\', '\n', '\0'])
            && path.components().all(|part| matches!(part, Component::Normal(_)))
            && relative != MANIFEST;
        if !plain || !self.manifest.add(relative, bytes) {
            return Err(PublishError::BadName(relative.to_owned()));
        }
        fs::write(&self.staging, path, bytes)
    }

    /// Makes the staged folder the report.
    ///
    /// # Errors
    /// [`PublishError::Foreign`] if foreign files have appeared meanwhile; [`PublishError::Io`]. The old report is then
    /// still in place.
    pub fn publish(mut self) -> Result<Published, PublishError> {
        let published =
            Published { files: self.manifest.len(), bytes: self.manifest.total_bytes() };
        self.list
            .write_all(self.manifest.to_text().as_bytes())
            .map_err(|source| PublishError::io("write", &self.staging.join(MANIFEST), source))?;
        fs::sync_tree(&self.staging)?;
        check(&self.target)?;
        let replaced = fs::swap(&self.staging, &self.target)?;
        // From here on the staging path holds the old report, or nothing.
        self.done = true;
        fs::sync_folder(&self.target)?;
        if replaced {
            remove_old(&self.staging)?;
        }
        Ok(published)
    }
}

impl Drop for FolderWriter {
    fn drop(&mut self) {
        if !self.done {
            fs::remove_staging(&self.staging);
        }
    }
}

/// The parent of the target, made if needed, and the target's own name; a link is followed.
fn place_of(target: &Path) -> Result<(PathBuf, OsString), PublishError> {
    let real = std::fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
    let name = real.file_name().ok_or_else(|| PublishError::NoName(target.to_owned()))?.to_owned();
    let parent = match real.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    fs::make_folders(&parent)?;
    let parent = std::fs::canonicalize(&parent)
        .map_err(|source| PublishError::io("find", &parent, source))?;
    Ok((parent, name))
}

fn staging_prefix(name: &OsString) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".queuestat-");
    prefix
}

/// Refuses a target that holds anything queuestat did not write.
fn check(target: &Path) -> Result<(), PublishError> {
    let Some(found) = fs::list(target)? else {
        return Ok(());
    };
    if found.is_empty() {
        return Ok(());
    }
    let manifest = match std::fs::read_to_string(target.join(MANIFEST)) {
        Ok(text) => Manifest::parse(&text)
            .ok_or_else(|| PublishError::foreign(target, vec![MANIFEST.to_owned()]))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Manifest::default(),
        Err(error) => return Err(PublishError::io("read", &target.join(MANIFEST), error)),
    };
    let mut foreign = Vec::new();
    for file in found {
        if file == MANIFEST || manifest.matches(target, &file)? {
            continue;
        }
        foreign.push(file);
    }
    if foreign.is_empty() { Ok(()) } else { Err(PublishError::foreign(target, foreign)) }
}

/// Deletes the report that was replaced, file by listed file; whatever else is in there stays where it is.
fn remove_old(old: &Path) -> Result<(), PublishError> {
    check(old)?;
    fs::remove_report(old);
    Ok(())
}

#[cfg(test)]
mod tests;
