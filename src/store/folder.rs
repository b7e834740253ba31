//! The state folder: its lock, its paths, and `CURRENT`.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::error::StoreError;
use super::mended::Mended;
use super::names::{CURRENT, FILE_MODE, FOLDER_MODE, LOCK, UNFINISHED};
use super::pointer::{Pointer, folder_name, folder_number};
use crate::disk::{Disk, Entry, Kind, Lock};

/// A state folder locked by this run.
#[derive(Debug)]
pub(super) struct StateFolder {
    pub(super) disk: Disk,
    path: PathBuf,
    /// What was repaired. Whoever holds it may repair: one thread at a time.
    mended: Mutex<Vec<Mended>>,
    _lock: Lock,
}

impl StateFolder {
    /// Creates the folder if needed and locks it. Refuses one that holds other files.
    pub(super) fn make(disk: &Disk, path: &Path, wait: Duration) -> Result<Arc<Self>, StoreError> {
        let made = disk.create_folders(path, FOLDER_MODE);
        made.map_err(StoreError::io("make the folder", path))?;
        refuse_foreign(disk, path)?;
        let folder = Self::lock(disk, path, wait)?;
        // Of a state that was copied, or that an older version or another hand made.
        let set = disk.set_modes(path, FOLDER_MODE, FILE_MODE);
        set.map_err(StoreError::io("set the modes in", path))?;
        Ok(folder)
    }

    /// Locks a folder that already holds a state.
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

    pub(super) fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        self.disk.list(&self.path).map_err(StoreError::io("list", &self.path))
    }

    /// Numbers of the existing generations, ascending.
    pub(super) fn numbers(&self) -> Result<Vec<u64>, StoreError> {
        let mut numbers: Vec<_> = self.entries()?.iter().filter_map(generation_of).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// What `CURRENT` says; `None` if neither it nor any generation exists.
    pub(super) fn pointer(&self) -> Result<Option<Pointer>, StoreError> {
        let (path, numbers) = (self.current_path(), self.numbers()?);
        let Some(bytes) = read_own(&self.disk, &path)? else {
            if numbers.is_empty() {
                return Ok(None);
            }
            return Err(StoreError::corrupt(path, "it is missing, but there are generations"));
        };
        let pointer = Pointer::parse(&bytes).map_err(|error| error.at(path.clone()))?;
        // The next number may belong to a run that died just before it committed.
        if numbers.iter().any(|number| *number > pointer.highest.saturating_add(1)) {
            return Err(StoreError::corrupt(path, "it is older than the generations beside it"));
        }
        Ok(Some(pointer))
    }

    /// The highest number that was or may have been committed, even if `CURRENT` cannot be read.
    pub(super) fn highest_number(&self) -> Result<u64, StoreError> {
        match self.pointer() {
            Ok(pointer) => Ok(pointer.map_or(0, |pointer| pointer.highest)),
            Err(error) if error.is_damage() => Ok(self.numbers()?.last().copied().unwrap_or(0)),
            Err(error) => Err(error),
        }
    }

    /// Gives a finished draft its final name.
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

    pub(super) fn sync(&self) -> Result<(), StoreError> {
        self.disk.sync_folder(&self.path).map_err(StoreError::io("sync", &self.path))
    }

    /// What was repaired so far; whoever holds this guard is the only one who repairs.
    pub(super) fn log(&self) -> MutexGuard<'_, Vec<Mended>> {
        self.mended.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The contents of a file of the state; `None` if it does not exist.
pub(super) fn read_own(disk: &Disk, path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    let trouble = || StoreError::io("read", path);
    match disk.kind(path).map_err(trouble())? {
        None => Ok(None),
        Some(Kind::File(_)) => disk.read(path).map(Some).map_err(trouble()),
        Some(Kind::Folder | Kind::Link | Kind::Other) => {
            Err(StoreError::corrupt(path.to_owned(), "it is not a file"))
        }
    }
}

/// Refuses a folder that holds other files and no state. Next to a state, other files are left alone.
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

/// The number of the generation that an entry of the state folder holds.
pub(super) fn generation_of(entry: &Entry) -> Option<u64> {
    if entry.kind == Kind::Folder { folder_number(entry.name.to_str()?) } else { None }
}

/// The name that an unfinished entry was going to get, if it is one of ours.
pub(super) fn unfinished_name(entry: &Entry) -> Option<&str> {
    let name = entry.name.to_str()?.strip_suffix(UNFINISHED)?;
    (name == CURRENT || folder_number(name).is_some()).then_some(name)
}
