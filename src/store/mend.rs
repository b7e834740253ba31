//! What is damaged is mended from a copy that is whole.
//!
//! Every blob that two generations share stands in two files (see [`super::Draft::carry`]), and every list of a generation
//! too. A copy counts only if its bytes have the checksum that is listed, so whatever is put back is what was written.
//! What is put back is written beside, synced, and renamed; only who has locked the state does it.

use std::path::Path;
use std::sync::{Arc, Weak};

use super::error::StoreError;
use super::folder::{StateFolder, read_own};
use super::generation::{Generation, read_whole};
use super::manifest::{self, Blob};
use super::mended::{Mended, Source};
use super::names::{FILE_MODE, FOLDER_MODE};
use crate::disk::parent_of;

/// What was mended in a state, as long as the state is open.
#[derive(Debug, Clone)]
pub struct MendedLog(pub(super) Weak<StateFolder>);

impl MendedLog {
    /// What was damaged and has been mended since the state was opened, sorted by path; nothing once it is closed.
    #[must_use]
    pub fn mended(&self) -> Vec<Mended> {
        let mut mended = self.0.upgrade().map(|state| state.log().clone()).unwrap_or_default();
        mended.sort_by(|a, b| a.path.cmp(&b.path));
        mended
    }
}

impl Generation {
    /// Reads a blob and checks it. If it is damaged, and another generation keeps the same bytes in a file that is whole,
    /// those are returned, and put back if the state is still locked; [`Store::mended`](super::Store::mended) tells.
    ///
    /// # Errors
    /// [`StoreError`]: `Corrupt` if it is not what was written, and no copy is; `NoBlob` if it never was there; `Io`.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        let blob = self.blob(name)?;
        let error = match self.check(name) {
            Ok(bytes) => return Ok(bytes),
            Err(error) => error,
        };
        let mended = self.state().and_then(|state| state.mend(self.number(), name, blob));
        mended.ok_or(error)
    }

    /// Notes that a damaged blob was made anew from others, and puts it back if bytes are given that are those that were
    /// written.
    pub fn made_anew(&self, name: &str, why: &StoreError, bytes: Option<&[u8]>) {
        let is_same = |bytes: &&[u8]| self.blob(name).is_ok_and(|blob| *blob == Blob::of(bytes));
        if let Some(state) = self.state() {
            state.made_anew(self.number(), name, why, bytes.filter(is_same));
        }
    }
}

impl StateFolder {
    /// Whole bytes of a damaged blob; every generation that lists it gets them back. `None` if there is no copy.
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
        // The checksum alone tells, whatever that generation's own list says.
        let (from, bytes) = others().find_map(|other| {
            let copy = self.generation_path(*other).join(name);
            Some((*other, read_whole(&self.disk, &copy, blob).ok()?))
        })?;
        let not_put_back = self.put_back(number, name, &bytes).err().map(|error| reason(&error));
        // What is one file under several names is damaged under all of them.
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

    /// Notes that a damaged blob was made anew; puts it back if bytes are given.
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

    /// The list of a generation, from whichever of its two files is whole; the other one is mended.
    ///
    /// # Errors
    /// What is wrong with the first one, if neither is.
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

    /// What is wrong with the second copy of a generation's list; that there is none is not wrong.
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

    /// Puts a file of a generation back.
    fn put_back(&self, number: u64, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        // Like a draft that was not finished, so whatever a dying run leaves of it is cleaned up.
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

/// What is wrong, without the path.
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
