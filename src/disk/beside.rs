//! Writes a file that is not there yet, as a whole or not at all.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::{Disk, parent_of};

impl Disk {
    /// Writes a new file with exactly this mode, whatever the umask. It is written under a hidden name beside it, and gets its
    /// name once it is durable.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] if there is anything at this path, which stays as it is; else the system's error. What
    /// was written is removed again.
    pub fn write_whole(&self, path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
        let beside = hidden(path);
        // What a killed run with the same number has left.
        match self.remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let written = self
            .write_new(&beside, bytes, mode)
            .and_then(|()| self.sync_file(&beside))
            .and_then(|()| self.rename_new(&beside, path));
        if written.is_err() {
            // If it cannot be removed, nothing better can be done.
            let _removed = self.remove_file(&beside);
            return written;
        }
        self.sync_folder(parent_of(path))
    }

    /// Renames to a name that must be free.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] if it is not; else the system's error.
    pub fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        let rename = || Ok(renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)?);
        match self.step("rename new", to, rename) {
            Err(error) if is_unsupported(&error) => {
                if self.exists(to)? {
                    return Err(io::ErrorKind::AlreadyExists.into());
                }
                self.rename(from, to)
            }
            other => other,
        }
    }
}

/// Whether a file system lacks what was asked for, as some lack conditional renames.
#[must_use]
pub fn is_unsupported(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP))
}

/// The name under which a file is written at first.
fn hidden(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::Fault;
    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    }

    /// Whatever fails, and wherever: the file is whole or not there, and nothing lies beside it unless the run was killed.
    #[test]
    fn a_file_is_whole_or_not_there() {
        let count = {
            let folder = tempfile::tempdir().unwrap();
            let disk = Disk::recording();
            disk.write_whole(&folder.path().join("a.toml"), b"1234", 0o644).unwrap();
            disk.steps().len()
        };
        let (mut whole, mut none) = (0, 0);
        for fault in Fault::ALL {
            for at in 0..count {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("a.toml");
                let disk = Disk::with_fault(at, fault);
                let written = disk.write_whole(&path, b"1234", 0o644);
                let step = disk.steps()[at].clone();
                if !fault.fits(step.verb) {
                    continue;
                }
                if let Ok(bytes) = fs::read(&path) {
                    assert_eq!(bytes, b"1234", "{fault:?} {step:?}");
                    whole += 1;
                } else {
                    assert!(written.is_err(), "{fault:?} {step:?}");
                    none += 1;
                }
                if !matches!(fault, Fault::Kill | Fault::HalfThenKill) {
                    let left: Vec<_> =
                        names(folder.path()).into_iter().filter(|name| name != "a.toml").collect();
                    assert!(left.is_empty(), "{fault:?} {step:?}: {left:?}");
                }
                // The next run makes up for it.
                if !path.exists() {
                    Disk::new().write_whole(&path, b"1234", 0o644).unwrap();
                    assert_eq!(names(folder.path()), ["a.toml"], "{fault:?} {step:?}");
                }
            }
        }
        assert!(whole > 2 && none > 8, "{whole} {none}");
    }

    #[test]
    fn what_is_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        let there = |name: &str| folder.path().join(name);
        fs::write(there("file"), "old").unwrap();
        std::os::unix::fs::symlink("nowhere", there("link")).unwrap();
        fs::create_dir(there("folder")).unwrap();
        for name in ["file", "link", "folder"] {
            for disk in [Disk::new(), Disk::with_fault(5, Fault::Unsupported)] {
                let error = disk.write_whole(&there(name), b"new", 0o644).unwrap_err();
                assert_eq!(error.kind(), io::ErrorKind::AlreadyExists, "{name}");
            }
        }
        assert_eq!(fs::read(there("file")).unwrap(), b"old");
        assert_eq!(names(folder.path()).len(), 3);
    }
}
