//! Every operation on the file system that publishing needs, in one place.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::MANIFEST;
use super::error::PublishError;
use super::manifest::Manifest;

/// Makes a folder and its parents.
pub(super) fn make_folders(path: &Path) -> Result<(), PublishError> {
    fs::create_dir_all(path).map_err(|source| PublishError::io("make the folder", path, source))
}

/// Makes a staging folder of a new name and locks it.
pub(super) fn make_staging(parent: &Path, prefix: &OsStr) -> Result<(PathBuf, File), PublishError> {
    let mut random = [0_u8; 8];
    let source = Path::new("/dev/urandom");
    File::open(source)
        .and_then(|mut file| file.read_exact(&mut random))
        .map_err(|error| PublishError::io("read", source, error))?;
    let mut name = OsString::from(prefix);
    name.push(format!("{:016x}", u64::from_le_bytes(random)));
    let staging = parent.join(name);
    let trouble = |source| PublishError::io("make the folder", &staging, source);
    fs::create_dir(&staging).map_err(trouble)?;
    let lock = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(staging.join(MANIFEST))
        .and_then(|lock| {
            lock.try_lock()?;
            Ok(lock)
        })
        .map_err(|source| {
            let _nothing_lost = fs::remove_dir_all(&staging);
            trouble(source)
        })?;
    Ok((staging, lock))
}

/// Removes the staging folders of runs that are no longer alive. What cannot be removed now is left to a later run.
pub(super) fn remove_stale(parent: &Path, prefix: &OsStr) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_staging =
            name.as_encoded_bytes().starts_with(prefix.as_encoded_bytes()) && entry.path().is_dir();
        if !is_staging {
            continue;
        }
        // Without its list a folder is just being made.
        let Ok(list) = File::open(entry.path().join(MANIFEST)) else {
            continue;
        };
        if list.try_lock().is_ok() {
            // An empty list: a run died before its folder was complete. Otherwise this is a complete report, new or
            // old, and is deleted by its list.
            if list.metadata().is_ok_and(|meta| meta.len() == 0) {
                remove_staging(&entry.path());
            } else {
                remove_report(&entry.path());
            }
        }
    }
}

/// Removes a staging folder; only this program ever writes into one.
pub(super) fn remove_staging(staging: &Path) {
    let _left_for_the_next_run = fs::remove_dir_all(staging);
}

/// Writes a file below the staging folder.
pub(super) fn write(staging: &Path, relative: &Path, bytes: &[u8]) -> Result<(), PublishError> {
    let path = staging.join(relative);
    if let Some(folder) = path.parent() {
        make_folders(folder)?;
    }
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o644)
        .open(&path)
        .and_then(|mut file| file.write_all(bytes))
        .map_err(|source| PublishError::io("write", &path, source))
}

/// Makes everything below a folder durable.
pub(super) fn sync_tree(folder: &Path) -> Result<(), PublishError> {
    for entry in walkdir::WalkDir::new(folder).contents_first(true) {
        let entry = entry.map_err(|error| PublishError::io("list", folder, error.into()))?;
        File::open(entry.path())
            .and_then(|file| file.sync_all())
            .map_err(|source| PublishError::io("sync", entry.path(), source))?;
    }
    Ok(())
}

/// Makes the entry of a path in its folder durable.
pub(super) fn sync_folder(path: &Path) -> Result<(), PublishError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|file| file.sync_all())
        .map_err(|source| PublishError::io("sync", folder, source))
}

/// Puts the staging folder in the target's place; whether the staging path now holds an old report.
pub(super) fn swap(staging: &Path, target: &Path) -> Result<bool, PublishError> {
    let trouble = |source: io::Error| PublishError::io("replace", target, source);
    match renameat_with(CWD, staging, CWD, target, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::NOENT) => {
            fs::rename(staging, target).map_err(trouble)?;
            Ok(false)
        }
        // A file system without exchange: the old report steps aside for an instant, and comes back if that fails.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::OPNOTSUPP) => {
            let mut aside = staging.as_os_str().to_owned();
            aside.push("-old");
            let aside = PathBuf::from(aside);
            fs::rename(target, &aside).map_err(trouble)?;
            if let Err(source) = fs::rename(staging, target) {
                fs::rename(&aside, target).map_err(trouble)?;
                return Err(trouble(source));
            }
            fs::rename(&aside, staging).map_err(trouble)?;
            Ok(true)
        }
        Err(error) => Err(trouble(error.into())),
    }
}

/// Relative paths of everything below a folder that is no folder; `None` if there is no such folder.
pub(super) fn list(folder: &Path) -> Result<Option<Vec<String>>, PublishError> {
    match fs::metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(PublishError::io("look at", folder, source)),
        Ok(meta) if !meta.is_dir() => return Err(PublishError::NotAFolder(folder.to_owned())),
        Ok(_) => {}
    }
    let mut names = Vec::new();
    for entry in walkdir::WalkDir::new(folder).min_depth(1) {
        let entry = entry.map_err(|error| PublishError::io("list", folder, error.into()))?;
        if !entry.file_type().is_dir() {
            let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            names.push(path.to_string_lossy().into_owned());
        }
    }
    Ok(Some(names))
}

/// Removes the listed files of a report and the folders that are empty then. What cannot be removed is harmless: it is
/// no report any more.
pub(super) fn remove_report(folder: &Path) {
    let list = folder.join(MANIFEST);
    let listed =
        fs::read_to_string(&list).ok().and_then(|text| Manifest::parse(&text)).unwrap_or_default();
    for name in listed.names() {
        let _harmless = fs::remove_file(folder.join(name));
    }
    let _harmless = fs::remove_file(&list);
    for entry in walkdir::WalkDir::new(folder).contents_first(true).into_iter().flatten() {
        if entry.file_type().is_dir() {
            let _kept_if_not_empty = fs::remove_dir(entry.path());
        }
    }
}
