//! Restores everything that has an intact copy, in all generations.

use std::path::Path;

use super::Options;
use super::error::StoreError;
use super::folder::StateFolder;
use super::mended::Mended;
use super::upkeep::{Checkup, checkup, point_to_whole};
use crate::disk::Disk;

/// What a repair restored, and what it could not.
#[derive(Debug)]
pub struct Repaired {
    /// What was damaged and restored, in the order it was done.
    pub mended: Vec<Mended>,
    /// The generation made current, if `CURRENT` could not be relied on.
    pub pointed_to: Option<u64>,
    /// The state afterwards; what is still damaged has no intact copy.
    pub now: Checkup,
}

/// Checks everything and restores what has an intact copy. If `CURRENT` itself is damaged, the newest intact generation
/// becomes current, as in a rollback. Nothing is removed.
///
/// # Errors
/// [`StoreError`]: `NoState`, `Busy`, `Foreign`, `NotAFolder`, `Io`. Damage that cannot be
/// repaired is not an error but part of the result.
pub fn repair(disk: &Disk, folder: &Path, options: Options) -> Result<Repaired, StoreError> {
    let folder = StateFolder::find(disk, folder, options.wait)?;
    let before = checkup(&folder)?;
    if before.is_good() {
        return Ok(Repaired { mended: Vec::new(), pointed_to: None, now: before });
    }
    let is_current = |number: u64| before.current == Some(number);
    for one in before.generations.iter().filter(|one| !one.is_good()) {
        let Ok(listed) = &one.listed else { continue };
        // The current manifest is checked against `CURRENT`, any other against its own checksum.
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
