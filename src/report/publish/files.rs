//! The file system operations that publishing needs. They go through a [`Disk`], which can make each fail in tests.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::error::PublishError;
use super::manifest::MANIFEST;
use crate::disk::{self, Disk, is_unsupported};

/// Suffix of the name of an old report that was moved aside.
pub(super) const ASIDE: &str = "-old";

/// Modes of what is published, whatever the umask: a cron job and the web server are different users.
const FOLDER_MODE: u32 = 0o755;
const FILE_MODE: u32 = 0o644;

/// What a name refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A regular file, and its size.
    File(u64),
    Folder,
    /// A link, a pipe, a device.
    Other,
}

/// An entry below a folder.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) kind: Kind,
}

fn trouble(action: &'static str, path: &Path) -> impl Fn(io::Error) -> PublishError {
    move |source| PublishError::io(action, path, source)
}

/// Runs the operations.
#[derive(Debug, Clone, Default)]
pub(super) struct Files {
    disk: Disk,
}

impl Files {
    pub(super) fn new(disk: &Disk) -> Self {
        Self { disk: disk.clone() }
    }

    /// The path with links resolved; `None` if nothing has that name. A dangling link is refused.
    pub(super) fn real_path(&self, path: &Path) -> Result<Option<PathBuf>, PublishError> {
        match self.disk.step("find", path, || fs::canonicalize(path)) {
            Ok(real) => Ok(Some(real)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if self.exists(path)? {
                    return Err(PublishError::NotAFolder(path.to_owned()));
                }
                Ok(None)
            }
            Err(error) => Err(PublishError::io("find", path, error)),
        }
    }

    /// Whether anything has this name.
    pub(super) fn exists(&self, path: &Path) -> Result<bool, PublishError> {
        self.disk.exists(path).map_err(trouble("access", path))
    }

    /// Creates a folder and its parents, readable by all regardless of the umask.
    pub(super) fn make_folders(&self, path: &Path) -> Result<(), PublishError> {
        self.disk.create_folders(path, FOLDER_MODE).map_err(trouble("create the folder", path))
    }

    /// Creates a folder that must not exist yet, closed to others until its mode is set ([`Files::keep_mode`]).
    pub(super) fn make_folder(&self, path: &Path) -> Result<(), PublishError> {
        // In one step: another run may remove an empty folder at any time.
        let make = || fs::DirBuilder::new().mode(0o700).create(path);
        self.disk.step("create folder", path, make).map_err(trouble("create the folder", path))
    }

    /// Refuses a folder that cannot be replaced because something is mounted there.
    pub(super) fn refuse_mount_point(&self, path: &Path) -> Result<(), PublishError> {
        match self.disk.is_mount_point(path).map_err(trouble("access", path))? {
            true => Err(PublishError::MountPoint(path.to_owned())),
            false => Ok(()),
        }
    }

    /// A random number, which no other run will have.
    pub(super) fn random(&self) -> Result<u64, PublishError> {
        let (mut bytes, source) = ([0_u8; 8], Path::new("/dev/urandom"));
        File::open(source)
            .and_then(|mut file| file.read_exact(&mut bytes))
            .map_err(trouble("read", source))?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// Creates a file and locks it; `None` if another run locked or removed it first.
    pub(super) fn make_locked(&self, path: &Path) -> Result<Option<File>, PublishError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(FILE_MODE);
        let made = self.disk.step("create", path, || options.open(path));
        let file = match made {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(PublishError::io("create", path, error)),
        };
        self.set_mode(&file, path, FILE_MODE)?;
        match file.try_lock() {
            Ok(()) => Ok(is_at(&file, path).then_some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(PublishError::io("lock", path, error)),
        }
    }

    /// Locks the list of a report that is to be replaced, waiting up to a minute for another run; `None` if there is no
    /// list.
    pub(super) fn hold(&self, folder: &Path) -> Result<Option<File>, PublishError> {
        let path = folder.join(MANIFEST);
        for _ in 0..1_200 {
            let list = match self.disk.step("open list", &path, || open_list(&path)) {
                Ok(list) => list,
                // Nothing there, a file instead of the folder, a link instead of the list: the check reports these.
                Err(error)
                    if matches!(
                        Errno::from_io_error(&error),
                        Some(Errno::NOENT | Errno::NOTDIR | Errno::LOOP)
                    ) =>
                {
                    return Ok(None);
                }
                Err(error) => return Err(PublishError::io("read", &path, error)),
            };
            match list.try_lock() {
                // Of a report that was replaced while this run waited; try the new one.
                Ok(()) if is_at(&list, &path) => return Ok(Some(list)),
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(50)),
                Err(TryLockError::Error(error)) => {
                    return Err(PublishError::io("lock", &path, error));
                }
            }
        }
        Err(PublishError::io("lock", &path, io::ErrorKind::WouldBlock.into()))
    }

    /// Locks the list of a folder unless a living run holds it.
    pub(super) fn try_hold(&self, folder: &Path) -> Option<File> {
        let path = folder.join(MANIFEST);
        let list = self.disk.step("open list", &path, || open_list(&path)).ok()?;
        (list.try_lock().is_ok() && is_at(&list, &path)).then_some(list)
    }

    /// The real folders in a folder whose names begin with a prefix; none if it cannot be read.
    pub(super) fn folders(&self, parent: &Path, prefix: &OsStr) -> Vec<PathBuf> {
        let entries = self.disk.list(parent).unwrap_or_default().into_iter();
        let begins = |name: &OsStr| name.as_encoded_bytes().starts_with(prefix.as_encoded_bytes());
        entries
            .filter(|entry| entry.kind == disk::Kind::Folder && begins(&entry.name))
            .map(|entry| parent.join(&entry.name))
            .collect()
    }

    /// Creates a folder below the staging folder and its parents, readable by all regardless of the umask; the mode of the
    /// staging folder guards access.
    pub(super) fn make_below(&self, staging: &Path, folder: &Path) -> Result<(), PublishError> {
        let make = || fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder);
        self.disk
            .step("create folders", folder, make)
            .map_err(trouble("create the folder", folder))?;
        for made in folder.ancestors().take_while(|made| *made != staging) {
            let open = || fs::set_permissions(made, Permissions::from_mode(FOLDER_MODE));
            self.disk.step("set mode", made, open).map_err(trouble("set the mode of", made))?;
        }
        Ok(())
    }

    /// Writes a file into a folder that is there, readable by all regardless of the umask; the mode of the staging folder guards
    /// access.
    pub(super) fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), PublishError> {
        self.disk.write_new(path, bytes, FILE_MODE).map_err(trouble("write", path))
    }

    fn set_mode(&self, file: &File, path: &Path, mode: u32) -> Result<(), PublishError> {
        let set = || file.set_permissions(Permissions::from_mode(mode));
        self.disk.step("set mode", path, set).map_err(trouble("set the mode of", path))
    }

    /// Gives the new folder the mode of the one it replaces, so that what was private stays private. The first one is
    /// readable by all regardless of the umask.
    pub(super) fn keep_mode(&self, old: &Path, new: &Path) -> Result<(), PublishError> {
        let mode = match self.disk.step("look at", old, || fs::metadata(old)) {
            Ok(meta) => meta.permissions(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Permissions::from_mode(FOLDER_MODE)
            }
            Err(error) => return Err(PublishError::io("access", old, error)),
        };
        let set = || fs::set_permissions(new, mode);
        self.disk.step("set mode", new, set).map_err(trouble("set the mode of", new))
    }

    /// Writes a list and makes it durable.
    pub(super) fn fill(
        &self,
        list: &mut File,
        path: &Path,
        text: &str,
    ) -> Result<(), PublishError> {
        let written = self.disk.write_to(list, path, text.as_bytes());
        let synced = written.and_then(|()| self.disk.step("sync file", path, || list.sync_all()));
        synced.map_err(trouble("write", path))
    }

    /// Makes everything below a folder durable: its files, then the folders.
    pub(super) fn sync_tree(&self, folder: &Path) -> Result<(), PublishError> {
        let (mut files, mut folders) = (Vec::new(), Vec::new());
        for entry in walkdir::WalkDir::new(folder).contents_first(true) {
            let entry = entry.map_err(|error| PublishError::io("list", folder, error.into()))?;
            let kind = if entry.file_type().is_dir() { &mut folders } else { &mut files };
            kind.push(entry.into_path());
        }
        let synced = self.disk.sync_files(&files);
        synced.map_err(|(path, source)| PublishError::io("sync", &path, source))?;
        folders
            .iter()
            .try_for_each(|path| self.disk.sync_folder(path).map_err(trouble("sync", path)))
    }

    /// Makes the entry of a path in its folder durable.
    pub(super) fn sync_folder_of(&self, path: &Path) -> Result<(), PublishError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        self.disk.sync_folder(folder).map_err(trouble("sync", folder))
    }

    /// Renames to a name that must be free.
    pub(super) fn rename_new(&self, from: &Path, to: &Path) -> Result<(), PublishError> {
        self.disk.rename_new(from, to).map_err(trouble("replace", to))
    }

    /// Puts the staging folder in the target's place; returns whether the staging path now holds an old report.
    pub(super) fn swap(&self, staging: &Path, target: &Path) -> Result<bool, PublishError> {
        loop {
            let exchange = || Ok(renameat_with(CWD, staging, CWD, target, RenameFlags::EXCHANGE)?);
            match self.disk.step("exchange", target, exchange) {
                Ok(()) => return Ok(true),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) if is_unsupported(&error) => return self.swap_aside(staging, target),
                Err(error) => return Err(PublishError::io("replace", target, error)),
            }
            match self.rename_new(staging, target) {
                // Another run has just published the first report: exchange with that.
                Err(PublishError::Io { source, .. })
                    if source.kind() == io::ErrorKind::AlreadyExists => {}
                other => return other.map(|()| false),
            }
        }
    }

    /// The same on a file system without exchange: moves the old report aside for an instant, and back if that fails.
    pub(super) fn swap_aside(&self, staging: &Path, target: &Path) -> Result<bool, PublishError> {
        let mut aside = staging.as_os_str().to_owned();
        aside.push(ASIDE);
        let aside = PathBuf::from(aside);
        match self.disk.rename(target, &aside) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return self.rename_new(staging, target).map(|()| false);
            }
            other => other.map_err(trouble("replace", target))?,
        }
        if let Err(source) = self.disk.rename(staging, target) {
            self.disk.rename(&aside, target).map_err(trouble("put back", target))?;
            return Err(PublishError::io("replace", target, source));
        }
        self.disk.rename(&aside, staging).map_err(trouble("move aside", &aside))?;
        Ok(true)
    }

    /// Undoes [`Files::swap`].
    pub(super) fn swap_back(
        &self,
        staging: &Path,
        target: &Path,
        replaced: bool,
    ) -> Result<(), PublishError> {
        if replaced {
            self.swap(staging, target).map(|_| ())
        } else {
            self.rename_new(target, staging)
        }
    }

    /// Everything below a folder; `None` if there is no such folder.
    pub(super) fn list(&self, folder: &Path) -> Result<Option<Vec<Entry>>, PublishError> {
        match self.disk.step("look at", folder, || fs::metadata(folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(PublishError::io("access", folder, source)),
            Ok(meta) if !meta.is_dir() => return Err(PublishError::NotAFolder(folder.to_owned())),
            Ok(_) => {}
        }
        let mut entries = Vec::new();
        for entry in walkdir::WalkDir::new(folder).min_depth(1) {
            let entry = entry.map_err(|error| PublishError::io("list", folder, error.into()))?;
            let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let kind = match entry.file_type() {
                kind if kind.is_dir() => Kind::Folder,
                kind if kind.is_file() => {
                    let meta = entry.metadata();
                    Kind::File(
                        meta.map_err(|e| PublishError::io("access", entry.path(), e.into()))?.len(),
                    )
                }
                _ => Kind::Other,
            };
            entries.push(Entry { name: path.to_string_lossy().into_owned(), kind });
        }
        Ok(Some(entries))
    }

    /// The bytes of a file.
    pub(super) fn read(&self, path: &Path) -> Result<Vec<u8>, PublishError> {
        self.disk.step("read", path, || fs::read(path)).map_err(trouble("read", path))
    }

    /// The text of a regular file; `None` if it is something else or not UTF-8.
    pub(super) fn read_text(&self, path: &Path) -> Result<Option<String>, PublishError> {
        match self.disk.kind(path).map_err(trouble("read", path))? {
            Some(disk::Kind::File(_)) => Ok(String::from_utf8(self.read(path)?).ok()),
            Some(_) => Ok(None),
            None => Err(PublishError::io("read", path, io::ErrorKind::NotFound.into())),
        }
    }

    /// Removes a staging folder and everything in it; only queuestat writes there.
    pub(super) fn remove_all(&self, staging: &Path) {
        let _left_for_the_next_run = self.disk.remove_tree(staging);
    }

    /// Does the same with many files, several at a time ([`Disk::each`]).
    pub(super) fn each<T: Sync>(
        &self,
        files: &[T],
        act: impl Fn(&T) -> Result<(), PublishError> + Sync,
    ) -> Result<(), PublishError> {
        self.disk.each(files, act)
    }

    /// Removes files, as far as they can be.
    pub(super) fn remove_files(&self, paths: &[PathBuf]) {
        let remove = |path: &PathBuf| {
            self.remove_file(path);
            Ok::<(), PublishError>(())
        };
        let _always = self.disk.each(paths, remove);
    }

    /// Removes a file, if it can be.
    pub(super) fn remove_file(&self, path: &Path) {
        let _harmless = self.disk.remove_file(path);
    }

    /// Removes a folder if it is empty.
    pub(super) fn remove_if_empty(&self, folder: &Path) {
        let _kept_if_not_empty = self.disk.remove_folder(folder);
    }

    /// Removes all empty folders below a folder, and itself if it is empty.
    pub(super) fn remove_empty_folders(&self, folder: &Path) {
        for entry in walkdir::WalkDir::new(folder).contents_first(true).into_iter().flatten() {
            if entry.file_type().is_dir() {
                self.remove_if_empty(entry.path());
            }
        }
    }
}

/// Opens without following a link or waiting for the other end of a pipe.
fn open_list(path: &Path) -> io::Result<File> {
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOFOLLOW;
    OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

/// Whether an open file is the one that has this name now.
pub(super) fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}
