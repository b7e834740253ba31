//! Every operation on the file system that has to survive a crash, in one place.
//!
//! The kept state and everything published go through a [`Disk`] and nothing else. It adds no cleverness: one
//! method is one system call, or many of a kind. What it adds is that every step can be counted and made to
//! fail ([`Disk::with_fault`]), so that a test can fill the disk or kill the run at each one in turn. Listing
//! a folder and trying a lock change nothing; they are not counted where a report does them.

mod beside;
mod fault;
mod lock;
mod many;
mod rights;

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rustix::fs::OFlags;

pub use beside::is_unsupported;
pub use fault::{Fault, Step};
pub use lock::{Holder, Lock};

use fault::{Recorder, Verdict};

/// A handle to the file system. Clones share the count of operations.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    recorder: Option<Arc<Recorder>>,
    /// Once set, no run waits for a lock any longer.
    stop: Option<Arc<AtomicBool>>,
}

/// What a path leads to; links are not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file, with its size in bytes.
    File(u64),
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// The identity of a file (device and inode), whatever names it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileId {
    device: u64,
    inode: u64,
}

/// What is known of a regular file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Two paths with the same identity are one file: damage under one name is damage under both.
    pub file: FileId,
    /// Its size, bytes.
    pub size: u64,
    /// Number of names (hard links) it has.
    pub names: u64,
}

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name, without the folder.
    pub name: OsString,
    /// What it is.
    pub kind: Kind,
}

impl Disk {
    /// The file system as it is.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same file system, but waiting for a lock ends as soon as the flag is set.
    #[must_use]
    pub fn giving_up_when(self, stop: Arc<AtomicBool>) -> Self {
        Self { stop: Some(stop), ..self }
    }

    /// For tests: the file system as it is, keeping a list of the operations ([`Disk::steps`]).
    #[must_use]
    pub fn recording() -> Self {
        Self { recorder: Some(Arc::new(Recorder::new(None))), stop: None }
    }

    /// For tests: operation number `at`, counted from 0, fails with `fault`.
    #[must_use]
    pub fn with_fault(at: usize, fault: Fault) -> Self {
        Self { recorder: Some(Arc::new(Recorder::new(Some((at, fault))))), stop: None }
    }

    /// For tests: the operations requested so far; empty unless they are recorded.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        self.recorder.as_ref().map(|recorder| recorder.steps()).unwrap_or_default()
    }

    /// Runs one operation and counts it, unless a fault is planned for it. For operations that only one floor needs.
    ///
    /// # Errors
    /// The system's error, or the fault.
    pub fn step<T>(
        &self,
        verb: &'static str,
        path: &Path,
        act: impl FnOnce() -> io::Result<T>,
    ) -> io::Result<T> {
        match self.recorder.as_ref().map_or(Verdict::Act, |recorder| recorder.next(verb, path)) {
            Verdict::Act => act(),
            Verdict::ActThen(error) => act().and(Err(error)),
            Verdict::Half(error) | Verdict::Refuse(error) => Err(error),
        }
    }

    /// Creates a new folder with exactly this mode, whatever the umask.
    ///
    /// # Errors
    /// The system's error.
    pub fn create_folder(&self, path: &Path, mode: u32) -> io::Result<()> {
        self.step("create folder", path, || DirBuilder::new().mode(mode).create(path))?;
        self.step("set mode", path, || fs::set_permissions(path, Permissions::from_mode(mode)))
    }

    /// Creates a folder and its missing parents, durably. The folder gets this mode, new parents 0755.
    ///
    /// # Errors
    /// The system's error; a file or a dangling link in the way is [`io::ErrorKind::NotADirectory`].
    pub fn create_folders(&self, path: &Path, mode: u32) -> io::Result<()> {
        let is_folder = || fs::metadata(path).map(|meta| meta.is_dir());
        match self.step("look at", path, is_folder) {
            Ok(true) => return Ok(()),
            Ok(false) => return Err(io::ErrorKind::NotADirectory.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let parent = parent_of(path);
        if parent != path {
            self.create_folders(parent, 0o755)?;
        }
        match self.create_folder(path, mode) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // Another run has just created it, or it is a dangling link.
                if !path.is_dir() {
                    return Err(io::ErrorKind::NotADirectory.into());
                }
            }
            other => other?,
        }
        self.sync_folder(parent)
    }

    /// Writes a new file with exactly this mode, whatever the umask. It is durable after
    /// [`Disk::sync_file`].
    ///
    /// # Errors
    /// The system's error; part of the file may have been written.
    pub fn write_new(&self, path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(mode);
        let mut file = self.step("create", path, || options.open(path))?;
        self.step("set mode", path, || file.set_permissions(Permissions::from_mode(mode)))?;
        self.write_to(&mut file, path, bytes)
    }

    /// Writes into an open file.
    ///
    /// # Errors
    /// The system's error; part of the bytes may have been written.
    pub fn write_to(&self, file: &mut File, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let verdict = self.recorder.as_ref().map(|recorder| recorder.next("write", path));
        match verdict.unwrap_or(Verdict::Act) {
            Verdict::Act => file.write_all(bytes),
            Verdict::ActThen(error) => file.write_all(bytes).and(Err(error)),
            Verdict::Half(error) => {
                let (half, _) = bytes.split_at(bytes.len() / 2);
                file.write_all(half).and(Err(error))
            }
            Verdict::Refuse(error) => Err(error),
        }
    }

    /// Makes the contents of a file durable (`fsync`).
    ///
    /// # Errors
    /// The system's error.
    pub fn sync_file(&self, path: &Path) -> io::Result<()> {
        self.step("sync file", path, || open_here(path)?.sync_all())
    }

    /// Makes the names in a folder durable (`fsync` of the folder).
    ///
    /// # Errors
    /// The system's error.
    pub fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.step("sync folder", path, || File::open(path)?.sync_all())
    }

    /// Renames atomically; a file or link that already has the new name is replaced.
    ///
    /// # Errors
    /// The system's error.
    pub fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step("rename", to, || fs::rename(from, to))
    }

    /// Creates a symbolic link.
    ///
    /// # Errors
    /// The system's error.
    pub fn symlink(&self, target: &Path, link: &Path) -> io::Result<()> {
        self.step("symlink", link, || std::os::unix::fs::symlink(target, link))
    }

    /// Gives a file a second name (hard link).
    ///
    /// # Errors
    /// The system's error.
    pub fn hard_link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step("hard link", to, || fs::hard_link(from, to))
    }

    /// Removes a file or a link.
    ///
    /// # Errors
    /// The system's error.
    pub fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.step("remove file", path, || fs::remove_file(path))
    }

    /// Removes an empty folder.
    ///
    /// # Errors
    /// The system's error.
    pub fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.step("remove folder", path, || fs::remove_dir(path))
    }

    /// Removes a folder and everything below it; links are removed, not followed.
    ///
    /// # Errors
    /// The system's error; part of it may be gone.
    pub fn remove_tree(&self, path: &Path) -> io::Result<()> {
        for entry in self.list(path)? {
            let below = path.join(&entry.name);
            match entry.kind {
                Kind::Folder => self.remove_tree(&below)?,
                Kind::File(_) | Kind::Link | Kind::Other => self.remove_file(&below)?,
            }
        }
        self.remove_folder(path)
    }

    /// The contents of a regular file. Links and pipes are refused: a link is not followed, a pipe not waited for.
    ///
    /// # Errors
    /// The system's error.
    pub fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.step("read", path, || {
            let mut file = open_here(path)?;
            let meta = file.metadata()?;
            if !meta.is_file() {
                return Err(io::ErrorKind::InvalidInput.into());
            }
            let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0));
            file.read_to_end(&mut bytes)?;
            Ok(bytes)
        })
    }

    /// The entries of a folder, sorted by name.
    ///
    /// # Errors
    /// The system's error.
    pub fn list(&self, path: &Path) -> io::Result<Vec<Entry>> {
        self.step("list", path, || {
            let mut entries = Vec::new();
            for entry in fs::read_dir(path)? {
                let entry = entry?;
                match entry.metadata() {
                    Ok(meta) => {
                        entries.push(Entry { name: entry.file_name(), kind: kind_of(&meta) });
                    }
                    // Removed since it was listed.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
            entries.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(entries)
        })
    }

    /// What is at this path; `None` if nothing is.
    ///
    /// # Errors
    /// The system's error.
    pub fn kind(&self, path: &Path) -> io::Result<Option<Kind>> {
        self.step("look at", path, || match fs::symlink_metadata(path) {
            Ok(meta) => Ok(Some(kind_of(&meta))),
            Err(error) if is_nothing(&error) => Ok(None),
            Err(error) => Err(error),
        })
    }

    /// The regular file at this path; `None` if there is nothing, or something else. Links are not followed.
    ///
    /// # Errors
    /// The system's error.
    pub fn file(&self, path: &Path) -> io::Result<Option<Found>> {
        self.step("look at", path, || match fs::symlink_metadata(path) {
            Ok(meta) if meta.is_file() => Ok(Some(Found {
                file: FileId { device: meta.dev(), inode: meta.ino() },
                size: meta.len(),
                names: meta.nlink(),
            })),
            Ok(_) => Ok(None),
            Err(error) if is_nothing(&error) => Ok(None),
            Err(error) => Err(error),
        })
    }

    /// Whether there is anything at this path.
    ///
    /// # Errors
    /// The system's error.
    pub fn exists(&self, path: &Path) -> io::Result<bool> {
        Ok(self.kind(path)?.is_some())
    }

    /// Where a link leads; `None` if there is nothing at this path.
    ///
    /// # Errors
    /// The system's error; [`io::ErrorKind::InvalidInput`] if it is not a link.
    pub fn read_link(&self, path: &Path) -> io::Result<Option<PathBuf>> {
        self.step("read link", path, || match fs::read_link(path) {
            Ok(target) => Ok(Some(target)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
    }
}

/// The folder that a path is in; `.` for a bare name.
#[must_use]
pub fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}

/// Opens for reading; never follows a link or waits for the other end of a pipe.
fn open_here(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

fn is_nothing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn kind_of(meta: &fs::Metadata) -> Kind {
    match meta.file_type() {
        kind if kind.is_file() => Kind::File(meta.len()),
        kind if kind.is_dir() => Kind::Folder,
        kind if kind.is_symlink() => Kind::Link,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests;
