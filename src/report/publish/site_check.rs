//! The layout of a site's folder: its names, the check that it holds nothing but what queuestat wrote, and deleting.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::error::PublishError;
use super::manifest::{MANIFEST, Manifest};
use crate::disk::{Disk, Entry, Kind};

pub(super) const LOCK: &str = ".queuestat-site";
const LINK: &str = "current";
const GENERATIONS: &str = ".gen";
/// Suffix of the name of what is being written or removed.
const UNFINISHED: &str = ".tmp";

/// A generation of the site: the number of the state it was made from, and the revision, counted from 1 for each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    pub(super) number: u64,
    pub(super) revision: u32,
}

impl Version {
    fn name(self) -> String {
        match self {
            Self { number, revision: 1 } => number.to_string(),
            Self { number, revision } => format!("{number}-{revision}"),
        }
    }

    fn parse(name: &str) -> Option<Self> {
        let (number, revision) = name.split_once('-').unwrap_or((name, "1"));
        let version = Self { number: number.parse().ok()?, revision: revision.parse().ok()? };
        (version.name() == name).then_some(version)
    }
}

/// The paths in a site's folder.
#[derive(Debug)]
pub(super) struct Layout(PathBuf);

impl Layout {
    pub(super) fn new(out: &Path) -> Self {
        Self(out.to_owned())
    }

    pub(super) fn out(&self) -> &Path {
        &self.0
    }

    pub(super) fn link(&self) -> PathBuf {
        self.0.join(LINK)
    }

    pub(super) fn unfinished_link(&self) -> PathBuf {
        self.0.join(LINK.to_owned() + UNFINISHED)
    }

    pub(super) fn generations(&self) -> PathBuf {
        self.0.join(GENERATIONS)
    }

    pub(super) fn folder(&self, version: Version) -> PathBuf {
        self.generations().join(version.name())
    }

    pub(super) fn unfinished(&self, version: Version) -> PathBuf {
        self.generations().join(version.name() + UNFINISHED)
    }

    /// The target of the link.
    pub(super) fn target(version: Version) -> String {
        format!("{GENERATIONS}/{}", version.name())
    }

    /// The generation that the link leads to, if all its files exist.
    pub(super) fn published(&self, disk: &Disk) -> Result<Option<Version>, PublishError> {
        let Some(version) = linked(disk, &self.link())? else {
            return Ok(None);
        };
        let folder = self.folder(version);
        let Some(list) = list_of(disk, &folder)? else {
            return Ok(None);
        };
        let names: Vec<&str> = list.names().collect();
        let is_whole = AtomicBool::new(true);
        disk.each(&names, |name| {
            let path = folder.join(name);
            let kind = disk.kind(&path).map_err(|e| PublishError::io("access", &path, e))?;
            if kind != list.size_of(name).map(Kind::File) {
                is_whole.store(false, Ordering::Relaxed);
            }
            Ok(())
        })?;
        if !is_whole.into_inner() {
            return Ok(None);
        }
        Ok(Some(version))
    }

    pub(super) fn versions(&self, disk: &Disk) -> Result<Vec<Version>, PublishError> {
        Ok(self.entries(disk)?.iter().filter_map(|entry| Version::parse(name_of(entry)?)).collect())
    }

    pub(super) fn unfinished_versions(&self, disk: &Disk) -> Result<Vec<Version>, PublishError> {
        let version = |entry: &Entry| Version::parse(name_of(entry)?.strip_suffix(UNFINISHED)?);
        Ok(self.entries(disk)?.iter().filter_map(version).collect())
    }

    fn entries(&self, disk: &Disk) -> Result<Vec<Entry>, PublishError> {
        let path = self.generations();
        match disk.list(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            other => other.map_err(|e| PublishError::io("list", &path, e)),
        }
    }

    /// Refuses a folder that holds anything queuestat did not write, or that was edited since. Missing files are fine.
    pub(super) fn check(&self, disk: &Disk) -> Result<(), PublishError> {
        refuse_foreign_names(disk, self)?;
        for version in self.versions(disk)? {
            self.check_generation(disk, version)?;
        }
        for version in self.unfinished_versions(disk)? {
            // A file that a dead run wrote in part does not match its hash; its name is enough here.
            let folder = self.unfinished(version);
            let list = list_of(disk, &folder)?.unwrap_or_default();
            self.refuse_foreign(disk, &folder, &list, |_, _| Ok(true))?;
        }
        Ok(())
    }

    /// The same for one generation.
    pub(super) fn check_generation(
        &self,
        disk: &Disk,
        version: Version,
    ) -> Result<(), PublishError> {
        let folder = self.folder(version);
        let Some(list) = list_of(disk, &folder)? else {
            let example = format!("{}/{MANIFEST}", Self::target(version));
            return Err(PublishError::foreign(&self.0, vec![example]));
        };
        self.refuse_foreign(disk, &folder, &list, |name, size| {
            // A file of another size has other bytes; there is no need to read it.
            Ok(list.size_of(name) == Some(size) && {
                let path = folder.join(name);
                let bytes = disk.read(&path).map_err(|e| PublishError::io("read", &path, e))?;
                list.matches(name, &bytes)
            })
        })
    }

    /// Refuses what is not listed, and listed files that `is_right` rejects.
    fn refuse_foreign(
        &self,
        disk: &Disk,
        folder: &Path,
        list: &Manifest,
        is_right: impl Fn(&str, u64) -> Result<bool, PublishError> + Sync,
    ) -> Result<(), PublishError> {
        let foreign: Mutex<Vec<String>> = Mutex::default();
        disk.each(&below(disk, folder)?, |(name, kind)| {
            let is_ours = match *kind {
                Kind::File(_) if name == MANIFEST => true,
                Kind::File(size) => list.size_of(name).is_some() && is_right(name, size)?,
                Kind::Folder => list.has_below(name),
                Kind::Link | Kind::Other => false,
            };
            if !is_ours {
                foreign.lock().unwrap_or_else(PoisonError::into_inner).push(name.clone());
            }
            Ok(())
        })?;
        let mut foreign = foreign.into_inner().unwrap_or_else(PoisonError::into_inner);
        foreign.sort_unstable();
        if foreign.is_empty() { Ok(()) } else { Err(PublishError::foreign(folder, foreign)) }
    }
}

/// Refuses a folder with an entry whose name or type is not one that queuestat creates there.
pub(super) fn refuse_foreign_names(disk: &Disk, layout: &Layout) -> Result<(), PublishError> {
    let out = layout.out();
    let mut foreign = Vec::new();
    for entry in disk.list(out).map_err(|e| PublishError::io("list", out, e))? {
        let is_ours = match (name_of(&entry), entry.kind) {
            (Some(LOCK), Kind::File(0)) | (Some(GENERATIONS), Kind::Folder) => true,
            (Some(name), Kind::Link) if name.strip_suffix(UNFINISHED).unwrap_or(name) == LINK => {
                linked(disk, &out.join(name))?.is_some()
            }
            (_, Kind::File(_) | Kind::Folder | Kind::Link | Kind::Other) => false,
        };
        if !is_ours {
            foreign.push(entry.name.to_string_lossy().into_owned());
        }
    }
    for entry in layout.entries(disk)? {
        let name = name_of(&entry);
        let is_ours = entry.kind == Kind::Folder
            && name.is_some_and(|name| {
                Version::parse(name.strip_suffix(UNFINISHED).unwrap_or(name)).is_some()
            });
        if !is_ours {
            foreign.push(format!("{GENERATIONS}/{}", entry.name.to_string_lossy()));
        }
    }
    if foreign.is_empty() { Ok(()) } else { Err(PublishError::foreign(out, foreign)) }
}

/// The generation that a link leads to; `None` if it is not a link of ours.
fn linked(disk: &Disk, link: &Path) -> Result<Option<Version>, PublishError> {
    if disk.kind(link).map_err(|e| PublishError::io("access", link, e))? != Some(Kind::Link) {
        return Ok(None);
    }
    let target = disk.read_link(link).map_err(|e| PublishError::io("read", link, e))?;
    let version = |target: &Path| {
        Version::parse(target.to_str()?.strip_prefix(GENERATIONS)?.strip_prefix('/')?)
    };
    Ok(target.and_then(|target| version(&target)))
}

/// The list of a generation; `None` if there is none or it is torn.
pub(super) fn list_of(disk: &Disk, folder: &Path) -> Result<Option<Manifest>, PublishError> {
    let path = folder.join(MANIFEST);
    let trouble = |error| PublishError::io("read", &path, error);
    let Some(Kind::File(_)) = disk.kind(&path).map_err(trouble)? else {
        return Ok(None);
    };
    let text = String::from_utf8(disk.read(&path).map_err(trouble)?).ok();
    Ok(text.and_then(|text| Manifest::parse(&text)))
}

/// Deletes the listed files of a generation and its folders. Anything else stays and makes it an error.
pub(super) fn delete(disk: &Disk, folder: &Path) -> Result<(), PublishError> {
    let list = list_of(disk, folder)?.unwrap_or_default();
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for (name, kind) in below(disk, folder)? {
        let path = folder.join(&name);
        match kind {
            Kind::Folder if list.has_below(&name) => folders.push(path),
            Kind::File(_) if list.size_of(&name).is_some() => files.push(path),
            Kind::File(_) | Kind::Folder | Kind::Link | Kind::Other => {}
        }
    }
    disk.each(&files, |path| {
        disk.remove_file(path).map_err(|e| PublishError::io("remove", path, e))
    })?;
    // The deepest folders first, and the list last, so that the next run can clean up after a run that is killed here.
    folders.sort();
    for path in folders.iter().rev() {
        disk.remove_folder(path).map_err(|e| PublishError::io("remove", path, e))?;
    }
    let path = folder.join(MANIFEST);
    let trouble = |error| PublishError::io("remove", folder, error);
    if let Some(Kind::File(_)) = disk.kind(&path).map_err(trouble)? {
        disk.remove_file(&path).map_err(trouble)?;
    }
    disk.remove_folder(folder).map_err(trouble)
}

/// Everything below a folder, with its relative path.
fn below(disk: &Disk, folder: &Path) -> Result<Vec<(String, Kind)>, PublishError> {
    let mut found = Vec::new();
    let mut open = vec![String::new()];
    while let Some(parent) = open.pop() {
        let path = folder.join(&parent);
        for entry in disk.list(&path).map_err(|e| PublishError::io("list", &path, e))? {
            let name = format!("{parent}{}", entry.name.to_string_lossy());
            if entry.kind == Kind::Folder {
                open.push(format!("{name}/"));
            }
            found.push((name, entry.kind));
        }
    }
    Ok(found)
}

fn name_of(entry: &Entry) -> Option<&str> {
    entry.name.to_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_generations() {
        for (name, number, revision) in [("7", 7, 1), ("7-2", 7, 2), ("0", 0, 1)] {
            let version = Version { number, revision };
            assert_eq!((version.name().as_str(), Version::parse(name)), (name, Some(version)));
        }
        for name in ["", "7-1", "7-", "07", "7-02", "+7", "7.tmp", "-7", "7-2-3", "7-0-"] {
            assert_eq!(Version::parse(name), None, "{name}");
        }
    }
}
