//! The metrics file: tried before anything is read, written when everything is done, whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::{Disk, Kind, parent_of};

use super::error::JobError;

/// More than will be written.
const TRIAL: &[u8] = &[b'#'; 16 << 10];

/// Tries to write the file, so that a night does not learn at its end that it cannot.
///
/// # Errors
/// [`JobError::CountersRefused`]; nothing is left behind.
pub(crate) fn try_it(path: Option<&PathBuf>) -> Result<(), JobError> {
    let Some(path) = path else { return Ok(()) };
    let (disk, _, unfinished) = places(path);
    let tried = look(&disk, path).and_then(|()| put(&disk, &unfinished, TRIAL));
    let cleaned = clean(&disk, &unfinished);
    tried.and(cleaned).map_err(|source| JobError::CountersRefused { path: path.clone(), source })
}

/// Writes the counters.
///
/// # Errors
/// [`JobError::CountersUnwritten`]; everything else is done, and what was there before stays.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), JobError> {
    let (disk, target, unfinished) = places(path);
    let written = look(&disk, path)
        .and_then(|()| put(&disk, &unfinished, text.as_bytes()))
        .and_then(|()| disk.rename(&unfinished, &target))
        .and_then(|()| disk.sync_folder(parent_of(&target)));
    written.map_err(|source| {
        let _nothing_else_can_be_done = clean(&disk, &unfinished);
        JobError::CountersUnwritten { path: path.to_owned(), source }
    })
}

/// The file behind links, and its name while it is written.
fn places(path: &Path) -> (Disk, PathBuf, PathBuf) {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut unfinished = target.clone().into_os_string();
    unfinished.push(".tmp");
    (Disk::new(), target, unfinished.into())
}

/// Refuses a target that must not be replaced.
fn look(disk: &Disk, path: &Path) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    match disk.kind(&target)? {
        Some(Kind::Folder) => Err(io::ErrorKind::IsADirectory.into()),
        Some(Kind::Other | Kind::Link) => {
            Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"))
        }
        Some(Kind::File(_)) | None => Ok(()),
    }
}

fn put(disk: &Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    clean(disk, path)?;
    disk.write_new(path, bytes, 0o644)?;
    disk.sync_file(path)
}

fn clean(disk: &Disk, path: &Path) -> io::Result<()> {
    if disk.exists(path)? { disk.remove_file(path) } else { Ok(()) }
}
