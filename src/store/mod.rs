//! What survives from night to night: generations of named, checksummed blobs, one of which is current.
//!
//! ```text
//! state/LOCK                      held by the one run that works here; never removed
//!       CURRENT                   which generation is current: renaming it into place IS the commit
//!       gen-6/…                   kept, to roll back to
//!       gen-7/MANIFEST            the blobs with their sizes and checksums, and a checksum of itself
//!       gen-7/MANIFEST.copy       a second copy of it
//!       gen-7/ledger.json         a blob
//!       gen-7/tickets/2021-03.…   a blob; if it has not changed for long, a hard link to the file of gen-5, or a copy, but
//!                                 never the file of gen-6
//!       gen-8.tmp/…               being written, or left by a run that died
//! ```
//!
//! A commit writes `gen-8.tmp`, syncs every file and folder, renames it to `gen-8`, syncs, and renames `CURRENT.tmp` to
//! `CURRENT`. A run that dies on the way leaves the old generation current, and the next run removes what it left.
//! Whatever does not match its checksum is an error that says what to do, never an empty state: a nightly run that silently
//! forgot would publish a report of one day as if it were all of them. What two generations share is kept in two files; if
//! one of them is damaged, reading it returns the bytes of the other one and repairs the first.
//!
//! This floor knows nothing of tickets; it stores bytes.

mod commit;
mod error;
mod folder;
mod generation;
mod generations;
mod keyed;
mod manifest;
mod mend;
mod mended;
mod names;
mod pointer;
mod repair;
mod upkeep;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub use commit::Draft;
pub use error::StoreError;
pub use generation::Generation;
pub use keyed::Secret;
pub use mend::MendedLog;
pub use mended::{Mended, Source};
pub use repair::{Repaired, repair};
pub use upkeep::{Checked, Checkup, Damage, Health, RolledBack, list, rollback, verify};

use crate::disk::Disk;

use folder::StateFolder;
use pointer::Pointer;

/// How to open a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many generations to keep, the current one included; at least 2.
    pub keep: usize,
    /// How long to wait for another run to finish.
    pub wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { keep: 3, wait: Duration::ZERO }
    }
}

/// The kept state, locked for this run.
#[derive(Debug)]
pub struct Store {
    folder: Arc<StateFolder>,
    keep: usize,
    current: Option<Generation>,
    /// The highest number ever committed; it is not used again, even after a rollback.
    highest: u64,
    /// Whether the next commit deliberately starts from nothing.
    rebuild: bool,
}

impl Store {
    /// Opens the state in a folder with the default [`Options`]; an empty or missing folder becomes an empty state.
    ///
    /// # Errors
    /// [`StoreError`]: `Busy` if another run works there; `Foreign` or `NotAFolder` if the path cannot hold a state;
    /// `Corrupt` or `UnknownVersion` if the state there cannot be relied on; `Io`.
    pub fn open(disk: &Disk, folder: &Path) -> Result<Self, StoreError> {
        Self::open_with(disk, folder, Options::default())
    }

    /// Opens the state in a folder.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with(disk: &Disk, folder: &Path, options: Options) -> Result<Self, StoreError> {
        let folder = StateFolder::make(disk, folder, options.wait)?;
        let mut store =
            Self { folder, keep: options.keep.max(2), current: None, highest: 0, rebuild: false };
        store.load()?;
        Ok(store)
    }

    /// Opens a state to rebuild it: what is there, damaged or not, is ignored, and stays until later commits remove it as
    /// old.
    ///
    /// # Errors
    /// [`StoreError`]: `Busy`, `Foreign`, `NotAFolder`, `Io`.
    pub fn open_to_rebuild(
        disk: &Disk,
        folder: &Path,
        options: Options,
    ) -> Result<Self, StoreError> {
        let folder = StateFolder::make(disk, folder, options.wait)?;
        let keep = options.keep.max(2);
        Ok(Self { folder, keep, current: None, highest: 0, rebuild: true })
    }

    /// The current generation; `None` if nothing was ever committed. It can be read while a draft is being written.
    #[must_use]
    pub fn current(&self) -> Option<Generation> {
        self.current.clone()
    }

    /// The generation that a rebuild replaces: the current one, or the newest that can be read if `CURRENT` is damaged;
    /// `None` if nothing was ever committed.
    ///
    /// # Errors
    /// [`StoreError`]: `Corrupt` if there are generations and none can be read; `Io`.
    pub fn replaced(&self) -> Result<Option<Generation>, StoreError> {
        let pointer = match self.folder.pointer() {
            Ok(None) => return Ok(None),
            Ok(Some(Pointer { current: None, .. })) => return Ok(None),
            Ok(Some(Pointer { current: Some((number, checksum)), .. })) => Ok((number, checksum)),
            Err(error) if error.is_damage() => Err(error),
            Err(error) => return Err(error),
        };
        let current = pointer
            .and_then(|(number, checksum)| self.folder.generation_or_mend(number, Some(&checksum)));
        match current {
            Err(error) if error.is_damage() => {
                self.folder.readable()?.into_iter().next().map(Some).ok_or(error)
            }
            other => other.map(Some),
        }
    }

    /// Removes every generation before one, and never the current one, because they hold what was forgotten. Whatever could
    /// not be removed stays whole; calling it again goes on.
    ///
    /// # Errors
    /// [`StoreError`]: `Io`; `Corrupt` or `Foreign` for a generation that holds anything its list does not name.
    pub fn remove_before(&self, first: u64) -> Result<(), StoreError> {
        let current = self.current.as_ref().map_or(0, Generation::number);
        self.folder.remove_before(first.min(current))
    }

    /// A generation that is still kept, current or not, to compare with; `None` if there is none that can be read.
    #[must_use]
    pub fn generation(&self, number: u64) -> Option<Generation> {
        match &self.current {
            Some(current) if current.number() == number => Some(current.clone()),
            _ => self.folder.generation(number, None).ok(),
        }
    }

    /// What was damaged and has been repaired since the state was opened, sorted by path.
    #[must_use]
    pub fn mended(&self) -> Vec<Mended> {
        self.log().mended()
    }

    /// The same as a handle, to ask later.
    #[must_use]
    pub fn log(&self) -> MendedLog {
        MendedLog(Arc::downgrade(&self.folder))
    }

    /// Reads the current generation and removes what dead runs left.
    fn load(&mut self) -> Result<(), StoreError> {
        let pointer = match self.folder.pointer()? {
            Some(pointer) => pointer,
            None => {
                // Written at once, so that from the first commit on a state without CURRENT is always damaged.
                self.folder.point(&Pointer::EMPTY)?;
                Pointer::EMPTY
            }
        };
        self.current = match &pointer.current {
            Some((number, checksum)) => {
                Some(self.folder.generation_or_mend(*number, Some(checksum))?)
            }
            None => None,
        };
        self.highest = self.folder.remove_stale(pointer.highest)?;
        Ok(())
    }
}

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod damage_tests;
#[cfg(test)]
mod laws_tests;
#[cfg(test)]
mod mend_tests;
#[cfg(test)]
mod repair_tests;
#[cfg(test)]
mod tests;
