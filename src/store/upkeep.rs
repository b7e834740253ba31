//! Maintenance by hand: list a state, check it, roll it back.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use super::Options;
use super::error::StoreError;
use super::folder::StateFolder;
use super::generation::{Generation, read_whole};
use super::manifest::{self, Blob};
use super::mended::Mended;
use super::pointer::Pointer;
use crate::disk::{Disk, FileId};

/// The generations in a state folder, without a check of their blobs.
#[derive(Debug)]
pub struct Health {
    /// Number of the current generation; `None` if nothing was committed, or if `CURRENT` cannot be relied on.
    pub current: Option<u64>,
    /// What is wrong with `CURRENT` itself.
    pub trouble: Option<StoreError>,
    /// The generations, newest first: each with its number, and its content or what is wrong with it.
    pub generations: Vec<(u64, Result<Generation, StoreError>)>,
}

impl Health {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let is_there = |current| self.generations.iter().any(|(number, _)| *number == current);
        self.trouble.is_none()
            && self.current.is_none_or(is_there)
            && self.generations.iter().all(|(_, generation)| generation.is_ok())
    }
}

/// The result of reading every byte of a state.
#[derive(Debug)]
pub struct Checkup {
    /// Number of the current generation; `None` if nothing was committed, or if `CURRENT` cannot be relied on.
    pub current: Option<u64>,
    /// What is wrong with `CURRENT` itself.
    pub trouble: Option<StoreError>,
    /// The generations, newest first.
    pub generations: Vec<Checked>,
    /// Number of blobs of all generations.
    pub blobs: u64,
    /// Number of blob files read; a file that generations share is read once.
    pub files: u64,
    /// Size of these files, bytes.
    pub bytes: u64,
}

/// The result of reading every byte of a generation.
#[derive(Debug)]
pub struct Checked {
    /// Its number.
    pub number: u64,
    /// Its content, or why its manifest cannot be read.
    pub listed: Result<Generation, StoreError>,
    /// What is wrong with its files.
    pub damage: Vec<Damage>,
}

/// A file that differs from what was written.
#[derive(Debug)]
pub struct Damage {
    /// Its name in the generation.
    pub name: String,
    /// What is wrong.
    pub error: StoreError,
    /// A generation with an intact copy; for a manifest, its own.
    pub copy_in: Option<u64>,
}

impl Checkup {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let is_there = |current| self.generations.iter().any(|one| one.number == current);
        self.trouble.is_none()
            && self.current.is_none_or(is_there)
            && self.generations.iter().all(Checked::is_good)
    }

    /// Number of files that differ from what was written.
    #[must_use]
    pub fn damaged(&self) -> usize {
        let of_one = |one: &Checked| one.damage.len();
        usize::from(self.trouble.is_some()) + self.generations.iter().map(of_one).sum::<usize>()
    }
}

impl Checked {
    /// Whether nothing is wrong with it.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.listed.is_ok() && self.damage.is_empty()
    }

    /// Whether it is intact, or can be repaired from copies.
    #[must_use]
    pub fn can_be_whole(&self) -> bool {
        self.damage.iter().all(|damage| damage.copy_in.is_some())
            && (self.listed.is_ok() || !self.damage.is_empty())
    }
}

/// What a rollback did.
#[derive(Debug)]
pub struct RolledBack {
    /// The generation that was current; `None` if `CURRENT` could not be relied on.
    pub from: Option<u64>,
    /// The one that is current now.
    pub to: Generation,
    /// Generations in between that were skipped because they are damaged.
    pub damaged: Vec<u64>,
    /// What was damaged and repaired on the way.
    pub mended: Vec<Mended>,
}

/// Reads the manifests of all generations, but not the blobs.
///
/// # Errors
/// [`StoreError`]: `NoState`, `Busy`, `Foreign`, `NotAFolder`, `Io`. Damage is not an error but part of the result.
pub fn list(disk: &Disk, folder: &Path, options: Options) -> Result<Health, StoreError> {
    let folder = StateFolder::find(disk, folder, options.wait)?;
    let (pointer, trouble) = pointer(&folder)?;
    let mut generations = Vec::new();
    for number in folder.numbers()?.into_iter().rev() {
        match folder.generation(number, checksum_of(pointer.as_ref(), number)) {
            Err(error) if !error.is_finding() => return Err(error),
            listed => generations.push((number, listed)),
        }
    }
    Ok(Health { current: pointer.map(|(number, _)| number), trouble, generations })
}

/// Reads and checks everything.
///
/// # Errors
/// As [`list`].
pub fn verify(disk: &Disk, folder: &Path, options: Options) -> Result<Checkup, StoreError> {
    checkup(&StateFolder::find(disk, folder, options.wait)?)
}

/// Makes the newest intact generation before the current one current; if `CURRENT` cannot be relied on, the newest intact
/// one. What was current stays until the next commit, and its number is not used again.
///
/// # Errors
/// [`StoreError`]: `NothingToRollBackTo`, and as [`list`].
pub fn rollback(disk: &Disk, folder: &Path, options: Options) -> Result<RolledBack, StoreError> {
    let folder = StateFolder::find(disk, folder, options.wait)?;
    let from = match folder.pointer() {
        Ok(Some(Pointer { current: Some((number, _)), .. })) => Some(number),
        Ok(_) => return Err(StoreError::NothingToRollBackTo(folder.path().to_owned())),
        Err(error) if error.is_damage() => None,
        Err(error) => return Err(error),
    };
    let (to, damaged) = point_to_whole(&folder, from)?;
    let mended = folder.log().clone();
    Ok(RolledBack { from, to, damaged, mended })
}

/// Makes the newest generation current that is intact or can be repaired, of those with a number under `below`. Returns it
/// and the damaged ones that were skipped.
pub(super) fn point_to_whole(
    folder: &Arc<StateFolder>,
    below: Option<u64>,
) -> Result<(Generation, Vec<u64>), StoreError> {
    let highest = folder.highest_number()?;
    let mut damaged = Vec::new();
    let earlier = folder.numbers()?.into_iter().rev();
    for number in earlier.filter(|number| below.is_none_or(|below| *number < below)) {
        match whole(folder, number) {
            Ok(to) => {
                let current = Some((number, to.checksum().to_owned()));
                folder.point(&Pointer { current, highest })?;
                return Ok((to, damaged));
            }
            Err(error) if error.is_finding() => damaged.push(number),
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::NothingToRollBackTo(folder.path().to_owned()))
}

/// A generation, with all of its blobs intact or repaired.
fn whole(folder: &Arc<StateFolder>, number: u64) -> Result<Generation, StoreError> {
    let generation = folder.generation_or_mend(number, None)?;
    for name in generation.names() {
        generation.read(name)?;
    }
    match generation.foreign()? {
        Some(example) => Err(StoreError::Foreign { path: generation.folder().to_owned(), example }),
        None => Ok(generation),
    }
}

type Current = (u64, String);

fn pointer(folder: &Arc<StateFolder>) -> Result<(Option<Current>, Option<StoreError>), StoreError> {
    match folder.pointer() {
        Ok(pointer) => Ok((pointer.and_then(|pointer| pointer.current), None)),
        Err(error) if error.is_damage() => Ok((None, Some(error))),
        Err(error) => Err(error),
    }
}

fn checksum_of(pointer: Option<&Current>, number: u64) -> Option<&str> {
    let of_this = pointer.filter(|(current, _)| *current == number);
    of_this.map(|(_, checksum)| checksum.as_str())
}

/// Reads everything; a file that generations share is read once.
pub(super) fn checkup(folder: &Arc<StateFolder>) -> Result<Checkup, StoreError> {
    let (pointer, trouble) = pointer(folder)?;
    let mut reader =
        Reader { folder, seen: HashMap::new(), files: HashSet::new(), blobs: 0, bytes: 0 };
    let numbers = folder.numbers()?;
    let mut generations = Vec::new();
    for number in numbers.iter().rev() {
        let checksum = checksum_of(pointer.as_ref(), *number);
        generations.push(reader.check(*number, checksum, &numbers)?);
    }
    Ok(Checkup {
        current: pointer.map(|(number, _)| number),
        trouble,
        generations,
        blobs: reader.blobs,
        files: reader.files.len() as u64,
        bytes: reader.bytes,
    })
}

/// Reads files and remembers which of them are intact.
struct Reader<'a> {
    folder: &'a Arc<StateFolder>,
    /// File and expected checksum → whether it matches.
    seen: HashMap<(FileId, String), bool>,
    files: HashSet<FileId>,
    blobs: u64,
    bytes: u64,
}

impl Reader<'_> {
    fn check(
        &mut self,
        number: u64,
        checksum: Option<&str>,
        numbers: &[u64],
    ) -> Result<Checked, StoreError> {
        let mut damage = Vec::new();
        let listed = match self.folder.generation(number, checksum) {
            Err(error) if !error.is_finding() => return Err(error),
            listed => listed,
        };
        let generation = match &listed {
            Ok(generation) => {
                if let Some(error) = self.folder.damaged_copy(generation)? {
                    let name = manifest::COPY.to_owned();
                    damage.push(Damage { name, error, copy_in: Some(number) });
                }
                Some(generation.clone())
            }
            Err(_) => self.folder.from_copy(number, checksum),
        };
        let Some(generation) = generation else {
            return Ok(Checked { number, listed, damage });
        };
        let listed = match listed {
            Ok(listed) => Ok(listed),
            Err(error) => {
                let again = self.folder.generation(number, checksum).err().unwrap_or(error);
                let name = manifest::NAME.to_owned();
                damage.push(Damage { name, error: again, copy_in: Some(number) });
                Ok(generation.clone())
            }
        };
        for (name, blob) in generation.manifest().blobs() {
            self.blobs += 1;
            let Some(error) = self.whole(number, name, blob)? else { continue };
            let mut others = numbers.iter().rev().filter(|other| **other != number);
            let copy_in = others.find(|other| matches!(self.whole(**other, name, blob), Ok(None)));
            damage.push(Damage { name: name.to_owned(), error, copy_in: copy_in.copied() });
        }
        if let Some(name) = generation.foreign()? {
            let path = generation.folder().to_owned();
            let error = StoreError::Foreign { path, example: name.clone() };
            damage.push(Damage { name, error, copy_in: None });
        }
        Ok(Checked { number, listed, damage })
    }

    /// What is wrong with a generation's file of a blob; `None` if it is intact.
    fn whole(
        &mut self,
        number: u64,
        name: &str,
        blob: &Blob,
    ) -> Result<Option<StoreError>, StoreError> {
        let path = self.folder.generation_path(number).join(name);
        let found = self.folder.disk.file(&path).map_err(StoreError::io("look at", &path))?;
        let key = found.map(|found| (found.file, blob.checksum.clone()));
        if key.as_ref().is_some_and(|key| self.seen.get(key) == Some(&true)) {
            return Ok(None);
        }
        // An unreadable sector is damage to that file, too.
        let error = read_whole(&self.folder.disk, &path, blob).err();
        if let (Some(key), Some(found)) = (key, found) {
            if self.files.insert(found.file) {
                self.bytes += found.size;
            }
            self.seen.insert(key, error.is_none());
        }
        Ok(error)
    }
}
