//! What a person does with a state: look at it, check it, go back.

use std::path::Path;

use super::Options;
use super::error::StoreError;
use super::folder::StateFolder;
use super::generation::Generation;
use super::pointer::Pointer;
use crate::disk::Disk;

/// What is known about the generations in a state folder.
#[derive(Debug)]
pub struct Health {
    /// Number of the current generation; `None` if nothing was committed, or if `CURRENT` cannot be relied on.
    pub current: Option<u64>,
    /// What is wrong with `CURRENT` itself.
    pub trouble: Option<StoreError>,
    /// The generations, newest first: the number, and what it holds or what is wrong with it.
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

/// What a roll-back did.
#[derive(Debug)]
pub struct RolledBack {
    /// The generation that was current; `None` if `CURRENT` could not be relied on.
    pub from: Option<u64>,
    /// The one that is current now.
    pub to: Generation,
    /// Generations between them that were passed over because they are damaged.
    pub damaged: Vec<u64>,
}

/// Reads the lists of all generations, but not the blobs.
///
/// # Errors
/// [`StoreError`]: `NoState`, `Busy`, `Foreign`, `NotAFolder`, `Io`. Damage is no error here, but part of the answer.
pub fn list(disk: &Disk, folder: &Path, options: Options) -> Result<Health, StoreError> {
    health(&StateFolder::find(disk, folder, options.wait)?, false)
}

/// Reads and checks everything.
///
/// # Errors
/// As [`list`].
pub fn verify(disk: &Disk, folder: &Path, options: Options) -> Result<Health, StoreError> {
    health(&StateFolder::find(disk, folder, options.wait)?, true)
}

/// Makes the newest whole generation before the current one current; if `CURRENT` cannot be relied on, the newest whole
/// one. What was current stays until the next commit, and its number is not used again.
///
/// # Errors
/// [`StoreError`]: `NothingToRollBackTo`, and as [`list`].
pub fn rollback(disk: &Disk, folder: &Path, options: Options) -> Result<RolledBack, StoreError> {
    let folder = StateFolder::find(disk, folder, options.wait)?;
    let highest = folder.highest_number()?;
    let from = match folder.pointer() {
        Ok(Some(Pointer { current: Some((number, _)), .. })) => Some(number),
        Ok(_) => return Err(StoreError::NothingToRollBackTo(folder.path().to_owned())),
        Err(error) if error.is_damage() => None,
        Err(error) => return Err(error),
    };
    let mut damaged = Vec::new();
    let earlier = folder.numbers()?.into_iter().rev();
    for number in earlier.filter(|number| from.is_none_or(|from| *number < from)) {
        match whole(&folder, number) {
            Ok(to) => {
                let current = Some((number, to.checksum().to_owned()));
                folder.point(&Pointer { current, highest })?;
                return Ok(RolledBack { from, to, damaged });
            }
            Err(error) if error.is_finding() => damaged.push(number),
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::NothingToRollBackTo(folder.path().to_owned()))
}

fn health(folder: &StateFolder, all: bool) -> Result<Health, StoreError> {
    let (pointer, trouble) = match folder.pointer() {
        Ok(pointer) => (pointer.and_then(|pointer| pointer.current), None),
        Err(error) if error.is_damage() => (None, Some(error)),
        Err(error) => return Err(error),
    };
    let mut generations = Vec::new();
    for number in folder.numbers()?.into_iter().rev() {
        let checksum = pointer.as_ref().filter(|(current, _)| *current == number);
        let checksum = checksum.map(|(_, checksum)| checksum.as_str());
        let listed = folder.generation(number, checksum);
        let checked =
            listed.and_then(|found| if all { found.verify().map(|()| found) } else { Ok(found) });
        match checked {
            Err(error) if !error.is_finding() => return Err(error),
            checked => generations.push((number, checked)),
        }
    }
    Ok(Health { current: pointer.map(|(number, _)| number), trouble, generations })
}

fn whole(folder: &StateFolder, number: u64) -> Result<Generation, StoreError> {
    let generation = folder.generation(number, None)?;
    generation.verify()?;
    Ok(generation)
}
