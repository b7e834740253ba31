//! Puts back everything that copies can restore, in all generations.

use std::path::Path;

use super::Options;
use super::error::StoreError;
use super::folder::StateFolder;
use super::mended::Mended;
use super::upkeep::{Checkup, checkup, point_to_whole};
use crate::disk::Disk;

/// What a repair did, and what it could not do.
#[derive(Debug)]
pub struct Repaired {
    /// What was damaged and was put back, in the order it was done.
    pub mended: Vec<Mended>,
    /// The generation that is current now, if `CURRENT` could not be relied on.
    pub pointed_to: Option<u64>,
    /// The state as it is now; what is damaged still has no whole copy.
    pub now: Checkup,
}

/// Checks everything, and puts back what copies can restore. If `CURRENT` itself is damaged, the newest generation that is
/// whole becomes current, as a roll-back would do it. Nothing is removed.
///
/// # Errors
/// [`StoreError`]: `NoState`, `Busy`, `Foreign`, `NotAFolder`, `Io`. That something cannot be restored is no error, but part
/// of the answer.
pub fn repair(disk: &Disk, folder: &Path, options: Options) -> Result<Repaired, StoreError> {
    let folder = StateFolder::find(disk, folder, options.wait)?;
    let before = checkup(&folder)?;
    if before.is_good() {
        return Ok(Repaired { mended: Vec::new(), pointed_to: None, now: before });
    }
    let is_current = |number: u64| before.current == Some(number);
    for one in before.generations.iter().filter(|one| !one.is_good()) {
        let Ok(listed) = &one.listed else { continue };
        // The copy of the current list has been held against `CURRENT`; another is sealed.
        let checksum = is_current(one.number).then(|| listed.checksum());
        match folder.generation_or_mend(one.number, checksum) {
            Err(error) if !error.is_finding() => return Err(error),
            _listed => {}
        }
        for damage in &one.damage {
            if let Some(blob) = listed.manifest().get(&damage.name) {
                let _none_is_part_of_the_answer = folder.mend(one.number, &damage.name, blob);
            }
        }
    }
    let pointed_to = match before.trouble {
        None => None,
        Some(_) => match point_to_whole(&folder, None) {
            Ok((to, _)) => Some(to.number()),
            Err(StoreError::NothingToRollBackTo(_)) => None,
            Err(error) => return Err(error),
        },
    };
    let mended = folder.log().clone();
    Ok(Repaired { mended, pointed_to, now: checkup(&folder)? })
}
