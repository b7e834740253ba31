//! Who may read what is already there, and whether a folder can be replaced at all.

use std::fs::{self, File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
use rustix::process::geteuid;

use super::{Disk, is_nothing, parent_of};

impl Disk {
    /// Gives a folder and everything below it these modes where it has others; links are left alone. What belongs to
    /// another user keeps its mode, which nobody but that user and root may change.
    ///
    /// # Errors
    /// The system's error.
    pub fn set_modes(&self, folder: &Path, folder_mode: u32, file_mode: u32) -> io::Result<()> {
        let wrong = self.step("look at", folder, || {
            let mut wrong = Vec::new();
            collect_wrong(folder, (folder_mode, file_mode), &mut wrong)?;
            Ok(wrong)
        })?;
        for (path, mode) in wrong {
            let set = || fs::set_permissions(&path, Permissions::from_mode(mode));
            match self.step("set mode", &path, set) {
                Err(error) if !is_nothing(&error) => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Whether another file system is mounted at this folder, or a part of one: such a folder cannot be renamed.
    ///
    /// # Errors
    /// The system's error.
    pub fn is_mount_point(&self, folder: &Path) -> io::Result<bool> {
        self.step("look at", folder, || {
            let meta = match fs::symlink_metadata(folder) {
                Err(error) if is_nothing(&error) => return Ok(false),
                other => other?,
            };
            if !meta.is_dir() {
                return Ok(false);
            }
            if let Ok(seen) = statx(CWD, folder, AtFlags::empty(), StatxFlags::BASIC_STATS)
                && seen.stx_attributes_mask.contains(StatxAttributes::MOUNT_ROOT)
            {
                return Ok(seen.stx_attributes.contains(StatxAttributes::MOUNT_ROOT));
            }
            // An old kernel does not tell. Another device is the usual case.
            Ok(fs::metadata(parent_of(folder))?.dev() != meta.dev())
        })
    }
}

/// Gives an open file this mode if it has another one and is ours.
pub(super) fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    let meta = file.metadata()?;
    if meta.mode() & 0o7777 != mode && is_ours(&meta) {
        file.set_permissions(Permissions::from_mode(mode))?;
    }
    Ok(())
}

/// Collects what has another mode, and the mode that it should have.
fn collect_wrong(
    path: &Path,
    modes: (u32, u32),
    wrong: &mut Vec<(PathBuf, u32)>,
) -> io::Result<()> {
    let meta = match fs::symlink_metadata(path) {
        Err(error) if is_nothing(&error) => return Ok(()),
        other => other?,
    };
    let mode = match (meta.is_dir(), meta.is_file()) {
        (true, _) => modes.0,
        (_, true) => modes.1,
        (false, false) => return Ok(()),
    };
    if meta.mode() & 0o7777 != mode && is_ours(&meta) {
        wrong.push((path.to_owned(), mode));
    }
    if meta.is_dir() {
        for entry in fs::read_dir(path)? {
            collect_wrong(&entry?.path(), modes, wrong)?;
        }
    }
    Ok(())
}

fn is_ours(meta: &Metadata) -> bool {
    let me = geteuid();
    me.is_root() || me.as_raw() == meta.uid()
}
