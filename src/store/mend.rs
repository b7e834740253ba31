//! Repairs damaged files from an intact copy.
//!
//! Every blob that two generations share is kept in two files (see [`super::Draft::carry`]), and so is every manifest.
//! A copy counts only if its bytes match the listed checksum, so what is restored is exactly what was written. It is
//! written under another name, synced and renamed, and only by the run that has locked the state.

use std::path::Path;
use std::sync::{Arc, Weak};

use super::error::StoreError;
use super::folder::{StateFolder, read_own};
use super::generation::{Generation, read_whole};
use super::manifest::{self, Blob};
use super::mended::{Mended, Source};
use super::names::{FILE_MODE, FOLDER_MODE};
use crate::disk::parent_of;

/// What was repaired in a state, as long as the state is open.
#[derive(Debug, Clone)]
pub struct MendedLog(pub(super) Weak<StateFolder>);

impl MendedLog {
    /// What was damaged and has been repaired since the state was opened, sorted by path; empty once it is closed.
    #[must_use]
    pub fn mended(&self) -> Vec<Mended> {
        let mut mended = self.0.upgrade().map(|state| state.log().clone()).unwrap_or_default();
        mended.sort_by(|a, b| a.path.cmp(&b.path));
        mended
    }
}

impl Generation {
    /// Reads a blob and checks it. If it is damaged and another generation has an intact copy, that copy is returned, and
    /// the damaged file is replaced by it if the state is still locked; see [`Store::mended`](super::Store::mended).
    ///
    /// # Errors
    /// [`StoreError`]: `Corrupt` if it is damaged and there is no intact copy; `NoBlob` if it never existed; `Io`.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        let blob = self.blob(name)?;
        let error = match self.check(name) {
            Ok(bytes) => return Ok(bytes),
            Err(error) => error,
        };
        let mended = self.state().and_then(|state| state.mend(self.number(), name, blob));
        mended.ok_or(error)
    }

    /// Notes that a damaged blob was rebuilt from others. If `bytes` are those that were once written, the file is restored.
    pub fn made_anew(&self, name: &str, why: &StoreError, bytes: Option<&[u8]>) {
        let is_same = |bytes: &&[u8]| self.blob(name).is_ok_and(|blob| *blob == Blob::of(bytes));
        if let Some(state) = self.state() {
            state.made_anew(self.number(), name, why, bytes.filter(is_same));
        }
    }
}

impl StateFolder {
    /// The intact bytes of a damaged blob; restores it in every generation that lists it. `None` if there is no copy.
    pub(super) fn mend(self: &Arc<Self>, number: u64, name: &str, blob: &Blob) -> Option<Vec<u8>> {
        let mut log = self.log();
        let path = self.generation_path(number).join(name);
        let why = match read_whole(&self.disk, &path, blob) {
            // Another thread was faster.
            Ok(bytes) => return Some(bytes),
            Err(why) => why,
        };
        let numbers = self.numbers().ok()?;
        let others = || numbers.iter().rev().filter(|other| **other != number);
        // Only the checksum counts, whatever that generation's own manifest says.
        let (from, bytes) = others().find_map(|other| {
            let copy = self.generation_path(*other).join(name);
            Some((*other, read_whole(&self.disk, &copy, blob).ok()?))
        })?;
        let not_put_back = self.put_back(number, name, &bytes).err().map(|error| reason(&error));
        // A file with several names is damaged under all of them.
        for other in others() {
            let lists = self.generation(*other, None);
            let is_listed = lists.is_ok_and(|list| list.manifest().get(name) == Some(blob));
            let copy = self.generation_path(*other).join(name);
            if is_listed && read_whole(&self.disk, &copy, blob).is_err() {
                let _found_when_it_is_read = self.put_back(*other, name, &bytes);
            }
        }
        let source = Source::Generation(from);
        log.push(Mended { path, reason: reason(&why), source, not_put_back });
        Some(bytes)
    }

    /// Notes that a damaged blob was rebuilt; restores the file if bytes are given.
    pub(super) fn made_anew(
        &self,
        number: u64,
        name: &str,
        why: &StoreError,
        bytes: Option<&[u8]>,
    ) {
        let mut log = self.log();
        let path = self.generation_path(number).join(name);
        if log.iter().any(|mended| mended.path == path) {
            return;
        }
        let not_put_back = match bytes.map(|bytes| self.put_back(number, name, bytes)) {
            Some(Ok(())) => None,
            Some(Err(error)) => Some(reason(&error)),
            None => Some("the next generation will have it".to_owned()),
        };
        log.push(Mended { path, reason: reason(why), source: Source::Anew, not_put_back });
    }

    /// Reads a generation's manifest from whichever of its two files is intact, and repairs the other one.
    ///
    /// # Errors
    /// What is wrong with the first file, if neither is intact.
    pub(super) fn generation_or_mend(
        self: &Arc<Self>,
        number: u64,
        checksum: Option<&str>,
    ) -> Result<Generation, StoreError> {
        let (good, bad, why) = match self.generation(number, checksum) {
            Ok(generation) => match self.damaged_copy(&generation)? {
                Some(why) => (generation, manifest::COPY, why),
                None => return Ok(generation),
            },
            Err(why) => match self.from_copy(number, checksum) {
                Some(generation) => (generation, manifest::NAME, why),
                None => return Err(why),
            },
        };
        let mut log = self.log();
        let back = self.put_back(number, bad, good.manifest().to_text().as_bytes());
        let not_put_back = back.err().map(|error| reason(&error));
        let path = self.generation_path(number).join(bad);
        log.push(Mended { path, reason: reason(&why), source: Source::List, not_put_back });
        Ok(good)
    }

    /// What is wrong with the second copy of a generation's manifest. Not having one is fine.
    pub(super) fn damaged_copy(
        &self,
        generation: &Generation,
    ) -> Result<Option<StoreError>, StoreError> {
        let path = generation.folder().join(manifest::COPY);
        match read_own(&self.disk, &path) {
            Ok(None) => Ok(None),
            Ok(Some(bytes)) if bytes == generation.manifest().to_text().as_bytes() => Ok(None),
            Ok(Some(_)) => Ok(Some(StoreError::corrupt(path, "it is not a copy of the list"))),
            Err(error) if error.is_damage() => Ok(Some(error)),
            Err(error) => Err(error),
        }
    }

    /// Restores a file of a generation.
    fn put_back(&self, number: u64, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        // Named like an unfinished draft, so whatever a dying run leaves of it is cleaned up.
        let beside = self.unfinished_path(number);
        let to = self.generation_path(number).join(name);
        let done = self.write_over(&beside, &to, bytes);
        if done.is_err() {
            let _left_to_the_next_start = self.disk.remove_tree(&beside);
        }
        done
    }

    fn write_over(&self, beside: &Path, to: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let (disk, part) = (&self.disk, beside.join("part"));
        let trouble = || StoreError::io("put back", to);
        if disk.exists(beside).map_err(trouble())? {
            disk.remove_tree(beside).map_err(trouble())?;
        }
        disk.create_folder(beside, FOLDER_MODE).map_err(trouble())?;
        disk.write_new(&part, bytes, FILE_MODE).map_err(trouble())?;
        disk.sync_file(&part).map_err(trouble())?;
        disk.create_folders(parent_of(to), FOLDER_MODE).map_err(trouble())?;
        disk.rename(&part, to).map_err(trouble())?;
        disk.sync_folder(parent_of(to)).map_err(trouble())?;
        disk.remove_folder(beside).map_err(trouble())
    }
}

/// What is wrong, without naming the path.
pub(super) fn reason(error: &StoreError) -> String {
    match error {
        StoreError::Corrupt { reason, .. } => (*reason).to_owned(),
        StoreError::Io { source, .. } => source.to_string(),
        StoreError::UnknownVersion { found, .. } => format!("it has the format {found}"),
        StoreError::Busy { .. }
        | StoreError::Foreign { .. }
        | StoreError::NotAFolder(_)
        | StoreError::NoState(_)
        | StoreError::NothingToRollBackTo(_)
        | StoreError::NoBlob { .. }
        | StoreError::BadName(_) => error.to_string(),
    }
}
