//! The files of pieces: named one by one, or all in folders; and how they are written.

use std::path::{Path, PathBuf};

use crate::disk::{Disk, Kind};
use crate::job::piece_error::PieceError;

/// Only for the owner: pieces tell of every ticket.
const FILE: u32 = 0o600;
/// The same for folders.
const FOLDER: u32 = 0o700;

/// The files that are named, and those with an ending in the folders that are, each once, in the order of their paths.
///
/// # Errors
/// [`PieceError`] for a path that cannot be read, and a folder without such a file.
pub(super) fn files_of(
    named: &[PathBuf],
    ending: &'static str,
) -> Result<Vec<PathBuf>, PieceError> {
    let mut all = Vec::new();
    for path in named {
        let kind = Disk::new().kind(path).map_err(|error| PieceError::io("read", path, error))?;
        let before = all.len();
        match kind {
            Some(Kind::Folder) => walk(path, ending, &mut all)?,
            Some(_) | None => all.push(path.clone()),
        }
        if all.len() == before {
            return Err(PieceError::Nothing { path: path.clone(), ending });
        }
    }
    all.sort();
    all.dedup();
    Ok(all)
}

fn walk(folder: &Path, ending: &str, all: &mut Vec<PathBuf>) -> Result<(), PieceError> {
    let disk = Disk::new();
    let entries = disk.list(folder).map_err(|error| PieceError::io("read", folder, error))?;
    for entry in entries {
        let path = folder.join(&entry.name);
        // Hidden files are those that are still being written.
        let is_hidden =
            path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
        if is_hidden {
            continue;
        }
        if entry.kind == Kind::Folder {
            walk(&path, ending, all)?;
        } else if path.extension().is_some_and(|found| found == ending) {
            all.push(path);
        }
    }
    Ok(())
}

/// Reads a file.
///
/// # Errors
/// [`PieceError::Io`].
pub(super) fn read(path: &Path) -> Result<Vec<u8>, PieceError> {
    Disk::new().read(path).map_err(|error| PieceError::io("read", path, error))
}

/// Writes a file, in place of one that was there, as a whole or not at all.
///
/// # Errors
/// [`PieceError::Io`].
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), PieceError> {
    let disk = Disk::new();
    let failed = |error| PieceError::io("write", path, error);
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        disk.create_folders(folder, FOLDER).map_err(failed)?;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let _left_by_a_killed_run = disk.remove_file(&beside);
    let written = disk
        .write_new(&beside, bytes, FILE)
        .and_then(|()| disk.sync_file(&beside))
        .and_then(|()| disk.rename(&beside, path));
    if written.is_err() {
        let _removed = disk.remove_file(&beside);
    }
    written.map_err(failed)
}
