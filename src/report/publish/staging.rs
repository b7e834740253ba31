//! Staging folders beside the target, named `.NAME.queuestat-RANDOM`: creates them, and cleans up after dead runs.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::{Path, PathBuf};

use super::check::{check, delete_report};
use super::error::PublishError;
use super::files::{self, Files};
use super::manifest::{MANIFEST, Manifest};

/// What the names of a target's staging folders begin with.
pub(super) fn prefix(name: &OsStr) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".queuestat-");
    prefix
}

/// How often a run tries to get a staging folder. On a slow disk the instant between creating and locking it is long, and each of
/// several runs that start meanwhile may take the folder away; half of the tries can be lost so.
const TRIES: u32 = 64;

/// Creates a staging folder with a new name and locks it.
pub(super) fn make(
    files: &Files,
    parent: &Path,
    prefix: &OsStr,
) -> Result<(PathBuf, File), PublishError> {
    let mut made = None;
    for _ in 0..TRIES {
        let mut name = prefix.to_owned();
        name.push(format!("{:016x}", files.random()?));
        let staging = parent.join(name);
        files.make_folder(&staging)?;
        // Before it is locked, another run may take the folder for that of a dead run and remove it; then try again.
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

/// Puts an old report back that was moved aside by a run that died between the two renames of [`Files::swap_aside`].
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

/// Removes the staging folders of dead runs. What cannot be removed now is left to a later run.
pub(super) fn remove_stale(files: &Files, parent: &Path, prefix: &OsStr) {
    for folder in files.folders(parent, prefix) {
        let Some(_held) = files.try_hold(&folder) else {
            // It belongs to a living run, or it is the empty rest of one that died while it cleaned up. (If a living
            // run has only just created it, that run creates another.)
            files.remove_if_empty(&folder);
            continue;
        };
        let text = files.read_text(&folder.join(MANIFEST)).ok().flatten();
        if text.is_some_and(|text| Manifest::parse(&text).is_none()) {
            // An empty or torn list: a run died before its folder was complete, and nobody else wrote there.
            files.remove_all(&folder);
        } else if check(files, &folder).is_ok() {
            // A complete report, new or old.
            delete_report(files, &folder);
        }
    }
}
