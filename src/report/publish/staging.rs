//! Staging folders beside the target: `.NAME.queuestat-RANDOM`, made, put back, and cleaned up after dead runs.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::{Path, PathBuf};

use super::check::{check, delete_report};
use super::error::PublishError;
use super::files::{self, Files};
use super::manifest::{MANIFEST, Manifest};

/// What every staging folder of a target begins with.
pub(super) fn prefix(name: &OsStr) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".queuestat-");
    prefix
}

/// Makes a staging folder of a new name and locks it.
pub(super) fn make(
    files: &Files,
    parent: &Path,
    prefix: &OsStr,
) -> Result<(PathBuf, File), PublishError> {
    let mut made = None;
    for _ in 0..8 {
        let mut name = prefix.to_owned();
        name.push(format!("{:016x}", files.random()?));
        let staging = parent.join(name);
        files.make_folder(&staging)?;
        // Another run may take the folder for a dead one's in the instant before it is locked; then a new one is made.
        match files.make_locked(&staging.join(MANIFEST)) {
            Ok(Some(list)) => return Ok((staging, list)),
            Ok(None) => {}
            Err(error) => {
                files.remove_all(&staging);
                return Err(error);
            }
        }
        made = Some(staging);
    }
    let path = made.unwrap_or_else(|| parent.to_owned());
    Err(PublishError::io("lock", &path, std::io::ErrorKind::WouldBlock.into()))
}

/// Without exchange of folders a run may die between two renames, with the old report aside: puts it back.
pub(super) fn put_back(
    files: &Files,
    parent: &Path,
    prefix: &OsStr,
    target: &Path,
) -> Result<(), PublishError> {
    if files.exists(target)? {
        return Ok(());
    }
    for folder in files.folders(parent, prefix) {
        if folder.as_os_str().as_encoded_bytes().ends_with(files::ASIDE.as_bytes())
            && let Some(_held) = files.try_hold(&folder)
            && check(files, &folder).is_ok()
        {
            return files.rename_new(&folder, target);
        }
    }
    Ok(())
}

/// Removes the staging folders of runs that are no longer alive. What cannot be removed now is left to a later run.
pub(super) fn remove_stale(files: &Files, parent: &Path, prefix: &OsStr) {
    for folder in files.folders(parent, prefix) {
        let Some(_held) = files.try_hold(&folder) else {
            // Of a run that is alive; or empty, after one that died while it cleaned up. (A run that is alive and just
            // made it makes another.)
            files.remove_if_empty(&folder);
            continue;
        };
        let text = files.read_text(&folder.join(MANIFEST)).ok().flatten();
        if text.is_some_and(|text| Manifest::parse(&text).is_none()) {
            // An empty or torn list: a run died before its folder was complete, and only it wrote in there.
            files.remove_all(&folder);
        } else if check(files, &folder).is_ok() {
            // A complete report, new or old.
            delete_report(files, &folder);
        }
    }
}
