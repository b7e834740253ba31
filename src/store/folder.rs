//! The state folder: its lock, its names, and what may be removed from it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::error::StoreError;
use super::generation::Generation;
use super::manifest::{self, Manifest};
use super::mend::Mended;
use super::pointer::{Pointer, folder_name, folder_number};
use crate::disk::{Disk, Entry, Kind, Lock};

const LOCK: &str = "LOCK";
pub(super) const CURRENT: &str = "CURRENT";
/// End of the name of what is being written, or being removed. Only queuestat writes there.
const UNFINISHED: &str = ".tmp";

pub(super) const FOLDER_MODE: u32 = 0o700;
pub(super) const FILE_MODE: u32 = 0o600;

/// A state folder that this run has locked.
#[derive(Debug)]
pub(super) struct StateFolder {
    pub(super) disk: Disk,
    path: PathBuf,
    /// What was mended, and the right to mend: one at a time.
    pub(super) mended: Mutex<Vec<Mended>>,
    _lock: Lock,
}

impl StateFolder {
    /// Makes the folder if needed, and locks it. Refuses one that holds something else.
    pub(super) fn make(disk: &Disk, path: &Path, wait: Duration) -> Result<Arc<Self>, StoreError> {
        let made = disk.create_folders(path, FOLDER_MODE);
        made.map_err(StoreError::io("make the folder", path))?;
        refuse_foreign(disk, path)?;
        Self::lock(disk, path, wait)
    }

    /// Locks a folder that holds a state already.
    pub(super) fn find(disk: &Disk, path: &Path, wait: Duration) -> Result<Arc<Self>, StoreError> {
        let entries = match disk.list(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StoreError::NoState(path.to_owned()));
            }
            other => other.map_err(StoreError::io("list", path))?,
        };
        refuse_foreign(disk, path)?;
        if !entries.iter().any(|entry| entry.name == CURRENT || generation_of(entry).is_some()) {
            return Err(StoreError::NoState(path.to_owned()));
        }
        Self::lock(disk, path, wait)
    }

    fn lock(disk: &Disk, path: &Path, wait: Duration) -> Result<Arc<Self>, StoreError> {
        let file = path.join(LOCK);
        match disk.lock(&file, FILE_MODE, wait).map_err(StoreError::io("lock", &file))? {
            Some(mut lock) => {
                lock.sign();
                let (disk, path) = (disk.clone(), path.to_owned());
                Ok(Arc::new(Self { disk, path, mended: Mutex::default(), _lock: lock }))
            }
            None => Err(StoreError::Busy { folder: path.to_owned(), holder: disk.holder(&file) }),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn current_path(&self) -> PathBuf {
        self.path.join(CURRENT)
    }

    pub(super) fn unfinished_path(&self, number: u64) -> PathBuf {
        self.path.join(folder_name(number) + UNFINISHED)
    }

    pub(super) fn generation_path(&self, number: u64) -> PathBuf {
        self.path.join(folder_name(number))
    }

    fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        self.disk.list(&self.path).map_err(StoreError::io("list", &self.path))
    }

    /// Numbers of the generations that are there, lowest first.
    pub(super) fn numbers(&self) -> Result<Vec<u64>, StoreError> {
        let mut numbers: Vec<_> = self.entries()?.iter().filter_map(generation_of).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// What `CURRENT` says; `None` if neither it nor a generation is there.
    pub(super) fn pointer(&self) -> Result<Option<Pointer>, StoreError> {
        let (path, numbers) = (self.current_path(), self.numbers()?);
        let Some(bytes) = read_own(&self.disk, &path)? else {
            if numbers.is_empty() {
                return Ok(None);
            }
            return Err(StoreError::corrupt(path, "it is missing, and generations are there"));
        };
        let pointer = Pointer::parse(&bytes).map_err(|error| error.at(path.clone()))?;
        // One that is higher is of a run that died just before it committed.
        if numbers.iter().any(|number| *number > pointer.highest.saturating_add(1)) {
            return Err(StoreError::corrupt(path, "it is older than the generations beside it"));
        }
        Ok(Some(pointer))
    }

    /// The highest number that was or may have been committed, also if `CURRENT` cannot be read.
    pub(super) fn highest_number(&self) -> Result<u64, StoreError> {
        match self.pointer() {
            Ok(pointer) => Ok(pointer.map_or(0, |pointer| pointer.highest)),
            Err(error) if error.is_damage() => Ok(self.numbers()?.last().copied().unwrap_or(0)),
            Err(error) => Err(error),
        }
    }

    /// Reads the list of a generation; `checksum` is what `CURRENT` says about it.
    pub(super) fn generation(
        self: &Arc<Self>,
        number: u64,
        checksum: Option<&str>,
    ) -> Result<Generation, StoreError> {
        self.listed_in(manifest::NAME, number, checksum)
    }

    /// The same from one of its two files.
    pub(super) fn listed_in(
        self: &Arc<Self>,
        file: &str,
        number: u64,
        checksum: Option<&str>,
    ) -> Result<Generation, StoreError> {
        let folder = self.generation_path(number);
        let path = folder.join(file);
        let missing = || StoreError::corrupt(path.clone(), "it is missing");
        let bytes = read_own(&self.disk, &path)?.ok_or_else(missing)?;
        let manifest = Manifest::parse(&bytes).map_err(|error| error.at(path.clone()))?;
        let found = manifest::checksum(&bytes);
        if checksum.is_some_and(|checksum| checksum != found) {
            return Err(StoreError::corrupt(path, "it is not the list that was committed"));
        }
        if manifest.number != number {
            return Err(StoreError::corrupt(path, "it is the list of another generation"));
        }
        Ok(Generation::new(Arc::downgrade(self), self.disk.clone(), folder, manifest, found))
    }

    /// The generations whose lists can be read, newest first.
    pub(super) fn readable(self: &Arc<Self>) -> Result<Vec<Generation>, StoreError> {
        let mut found = Vec::new();
        for number in self.numbers()?.into_iter().rev() {
            match self.generation(number, None) {
                Err(error) if error.is_finding() => found.extend(self.from_copy(number, None)),
                listed => found.push(listed?),
            }
        }
        Ok(found)
    }

    /// Gives a finished draft its name.
    pub(super) fn finish(&self, number: u64) -> Result<(), StoreError> {
        let to = self.generation_path(number);
        let from = self.unfinished_path(number);
        self.disk.rename(&from, &to).map_err(StoreError::io("rename", &to))?;
        self.sync()
    }

    /// Replaces `CURRENT`: the one step that commits.
    pub(super) fn point(&self, pointer: &Pointer) -> Result<(), StoreError> {
        let to = self.current_path();
        let from = self.path.join(CURRENT.to_owned() + UNFINISHED);
        let trouble = || StoreError::io("write", &to);
        if self.disk.exists(&from).map_err(trouble())? {
            self.disk.remove_file(&from).map_err(trouble())?;
        }
        let text = pointer.to_text();
        self.disk.write_new(&from, text.as_bytes(), FILE_MODE).map_err(trouble())?;
        self.disk.sync_file(&from).map_err(trouble())?;
        self.disk.rename(&from, &to).map_err(trouble())?;
        self.sync()
    }

    fn sync(&self) -> Result<(), StoreError> {
        self.disk.sync_folder(&self.path).map_err(StoreError::io("sync", &self.path))
    }

    /// Removes what dead runs left: unfinished drafts, and generations above the highest that was committed. One of those
    /// that is not as it was written is left alone, and its number counts as used; returns the highest number in use.
    pub(super) fn remove_stale(self: &Arc<Self>, highest: u64) -> Result<u64, StoreError> {
        let entries = self.entries()?;
        for entry in &entries {
            let path = self.path.join(&entry.name);
            let trouble = StoreError::io("clean up", &path);
            match (unfinished_name(entry), entry.kind) {
                (None, _) => {}
                (Some(CURRENT), _) => self.disk.remove_file(&path).map_err(trouble)?,
                (Some(_), Kind::Folder) => self.disk.remove_tree(&path).map_err(trouble)?,
                (Some(_), _) => {}
            }
        }
        let mut used = highest;
        for number in entries.iter().filter_map(generation_of).filter(|number| *number > highest) {
            match self.discard(number) {
                Err(error) if error.is_finding() => used = used.max(number),
                other => other?,
            }
        }
        Ok(used)
    }

    /// Removes the generations that are no longer wanted, as far as that works: a later commit tries again. Kept are the
    /// newest `keep`, without those that a roll-back has left above `base`.
    pub(super) fn prune(self: &Arc<Self>, base: Option<u64>, committed: u64, keep: usize) {
        let mut numbers = self.numbers().unwrap_or_default();
        numbers.reverse();
        let is_abandoned =
            |number: u64| base.is_some_and(|base| base < number && number < committed);
        let (abandoned, wanted): (Vec<_>, Vec<_>) =
            numbers.into_iter().partition(|number| is_abandoned(*number));
        for number in abandoned.into_iter().chain(wanted.into_iter().skip(keep)) {
            let _left_to_a_later_commit = self.discard(number);
        }
    }

    /// Removes a generation, unless it holds anything that its list does not name. It steps aside first, so that what is
    /// left of it is never taken for a generation.
    fn discard(self: &Arc<Self>, number: u64) -> Result<(), StoreError> {
        let listed = self.generation(number, None);
        let from_copy = |error| self.from_copy(number, None).ok_or(error);
        let generation = listed.or_else(from_copy)?;
        if let Some(example) = generation.foreign()? {
            return Err(StoreError::Foreign { path: generation.folder().to_owned(), example });
        }
        let (from, to) = (generation.folder(), self.unfinished_path(number));
        self.disk.rename(from, &to).map_err(StoreError::io("remove", from))?;
        self.sync()?;
        self.disk.remove_tree(&to).map_err(StoreError::io("remove", &to))
    }
}

/// The bytes of a file of the state; `None` if it is not there.
pub(super) fn read_own(disk: &Disk, path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    let trouble = || StoreError::io("read", path);
    match disk.kind(path).map_err(trouble())? {
        None => Ok(None),
        Some(Kind::File(_)) => disk.read(path).map(Some).map_err(trouble()),
        Some(Kind::Folder | Kind::Link | Kind::Other) => {
            Err(StoreError::corrupt(path.to_owned(), "it is no file"))
        }
    }
}

/// Refuses a folder that holds foreign files and no state. Beside a state they are left alone.
fn refuse_foreign(disk: &Disk, path: &Path) -> Result<(), StoreError> {
    let entries = disk.list(path).map_err(StoreError::io("list", path))?;
    let Some(foreign) = entries.iter().find(|entry| !is_own(entry)) else {
        return Ok(());
    };
    let is_state = match read_own(disk, &path.join(CURRENT)) {
        Ok(bytes) => bytes.is_some_and(|bytes| Pointer::parse(&bytes).is_ok()),
        Err(error) if error.is_damage() => false,
        Err(error) => return Err(error),
    };
    if is_state {
        return Ok(());
    }
    let example = foreign.name.to_string_lossy().escape_debug().to_string();
    Err(StoreError::Foreign { path: path.to_owned(), example })
}

fn is_own(entry: &Entry) -> bool {
    match entry.kind {
        Kind::File(_) => {
            entry.name == LOCK || entry.name == CURRENT || unfinished_name(entry) == Some(CURRENT)
        }
        Kind::Folder => generation_of(entry).is_some() || unfinished_name(entry).is_some(),
        Kind::Link | Kind::Other => false,
    }
}

/// The generation that an entry of the state folder is.
fn generation_of(entry: &Entry) -> Option<u64> {
    if entry.kind == Kind::Folder { folder_number(entry.name.to_str()?) } else { None }
}

/// The name that something unfinished was to get, if it is one of ours.
fn unfinished_name(entry: &Entry) -> Option<&str> {
    let name = entry.name.to_str()?.strip_suffix(UNFINISHED)?;
    (name == CURRENT || folder_number(name).is_some()).then_some(name)
}
