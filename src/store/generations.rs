//! The generations in a state folder: reads their manifests and removes those that are no longer needed.

use std::sync::Arc;

use super::error::StoreError;
use super::folder::{StateFolder, generation_of, read_own, unfinished_name};
use super::generation::Generation;
use super::manifest::{self, Manifest};
use super::names::CURRENT;
use crate::disk::Kind;

impl StateFolder {
    /// Reads the manifest of a generation; `checksum` is the one that `CURRENT` names.
    pub(super) fn generation(
        self: &Arc<Self>,
        number: u64,
        checksum: Option<&str>,
    ) -> Result<Generation, StoreError> {
        self.listed_in(manifest::NAME, number, checksum)
    }

    /// Reads one of the two manifest files of a generation.
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

    /// The generations whose manifests can be read, newest first.
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

    /// Reads the second copy of a generation's manifest, which has a checksum like the first.
    pub(super) fn from_copy(
        self: &Arc<Self>,
        number: u64,
        checksum: Option<&str>,
    ) -> Option<Generation> {
        self.listed_in(manifest::COPY, number, checksum).ok()
    }

    /// Removes what dead runs left: unfinished drafts, and generations above the highest committed number. A damaged one is
    /// left alone, and its number counts as used. Returns the highest number in use.
    pub(super) fn remove_stale(self: &Arc<Self>, highest: u64) -> Result<u64, StoreError> {
        let entries = self.entries()?;
        for entry in &entries {
            let path = self.path().join(&entry.name);
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

    /// Removes the generations that are no longer needed; if that fails, a later commit tries again. The newest `keep` are
    /// kept, apart from those that a rollback left above `base`.
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

    /// Removes all generations before one.
    pub(super) fn remove_before(self: &Arc<Self>, first: u64) -> Result<(), StoreError> {
        for number in self.numbers()?.into_iter().filter(|number| *number < first) {
            self.discard(number)?;
        }
        Ok(())
    }

    /// Removes a generation, unless it holds anything that its manifest does not list. It is renamed first, so that a partly
    /// removed one is never taken for a generation.
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
