//! Every operation on the file system that has to survive a crash, in one place.
//!
//! The kept state and what is published go through a [`Disk`] and through nothing else. It adds no cleverness: one
//! method is one step of the system, or a loop of such steps. What it adds is that every step can be counted and made to
//! fail ([`Disk::with_fault`]), so that a test can fill the disk or kill the run at each of them in turn. Looking at what
//! a folder holds, and trying a lock, change nothing and are not counted where a report does them.

mod fault;
mod lock;

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rustix::fs::OFlags;

pub use fault::{Fault, Step};
pub use lock::{Holder, Lock};

use fault::{Recorder, Verdict};

/// A handle on the file system. Clones share the count of operations.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    recorder: Option<Arc<Recorder>>,
    /// Once it is set, nobody waits for a lock any more.
    stop: Option<Arc<AtomicBool>>,
}

/// What stands under a name; a link is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file, and its size.
    File(u64),
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// A file itself, whatever its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileId {
    device: u64,
    inode: u64,
}

/// What a name of a regular file leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Two names with the same one are one file: what is damaged under one is damaged under both.
    pub file: FileId,
    /// Its size, bytes.
    pub size: u64,
    /// How many names it has.
    pub names: u64,
}

/// Something in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name in the folder.
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

    /// The same, but whoever waits for a lock gives up as soon as the flag is set.
    #[must_use]
    pub fn giving_up_when(self, stop: Arc<AtomicBool>) -> Self {
        Self { stop: Some(stop), ..self }
    }

    /// For tests: the file system as it is, and a list of the operations that were done ([`Disk::steps`]).
    #[must_use]
    pub fn recording() -> Self {
        Self { recorder: Some(Arc::new(Recorder::new(None))), stop: None }
    }

    /// For tests: operation number `at`, counted from 0, meets a fault.
    #[must_use]
    pub fn with_fault(at: usize, fault: Fault) -> Self {
        Self { recorder: Some(Arc::new(Recorder::new(Some((at, fault))))), stop: None }
    }

    /// For tests: the operations that were asked for so far; none without a recorder.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        self.recorder.as_ref().map(|recorder| recorder.steps()).unwrap_or_default()
    }

    /// One step, unless a fault is planned for it. What only one floor needs is done through this, so that it is counted.
    ///
    /// # Errors
    /// Whatever the system says, or the fault.
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

    /// Makes a folder that was not there, with this mode whatever the umask.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn create_folder(&self, path: &Path, mode: u32) -> io::Result<()> {
        self.step("create folder", path, || DirBuilder::new().mode(mode).create(path))?;
        self.step("set mode", path, || fs::set_permissions(path, Permissions::from_mode(mode)))
    }

    /// Makes a folder and its parents durably, unless they are there. The folder gets this mode, a new parent 0755.
    ///
    /// # Errors
    /// Whatever the system says; a file or a dead link in the way is [`io::ErrorKind::NotADirectory`].
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
                // Another run made it in this instant; or it is a link to nothing.
                if !path.is_dir() {
                    return Err(io::ErrorKind::NotADirectory.into());
                }
            }
            other => other?,
        }
        self.sync_folder(parent)
    }

    /// Writes a whole file that was not there, with this mode whatever the umask. It is durable after
    /// [`Disk::sync_file`].
    ///
    /// # Errors
    /// Whatever the system says; part of the file may be there then.
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
    /// Whatever the system says; part of the bytes may be there then.
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

    /// Makes the bytes of a file durable.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn sync_file(&self, path: &Path) -> io::Result<()> {
        self.step("sync file", path, || open_here(path)?.sync_all())
    }

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.step("sync folder", path, || File::open(path)?.sync_all())
    }

    /// Renames; a file or link that has the new name already is replaced, in one step.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step("rename", to, || fs::rename(from, to))
    }

    /// Makes a symbolic link.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn symlink(&self, target: &Path, link: &Path) -> io::Result<()> {
        self.step("symlink", link, || std::os::unix::fs::symlink(target, link))
    }

    /// Gives a file a second name.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn hard_link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step("hard link", to, || fs::hard_link(from, to))
    }

    /// Removes a file or a link.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.step("remove file", path, || fs::remove_file(path))
    }

    /// Removes a folder that has nothing in it.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.step("remove folder", path, || fs::remove_dir(path))
    }

    /// Removes a folder and everything below it; links are removed, not followed.
    ///
    /// # Errors
    /// Whatever the system says; part of it may be gone then.
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

    /// The bytes of a regular file. A link is not followed, a pipe not waited for: both are refused.
    ///
    /// # Errors
    /// Whatever the system says.
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

    /// What is in a folder, by name.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn list(&self, path: &Path) -> io::Result<Vec<Entry>> {
        self.step("list", path, || {
            let mut entries = Vec::new();
            for entry in fs::read_dir(path)? {
                let entry = entry?;
                match entry.metadata() {
                    Ok(meta) => {
                        entries.push(Entry { name: entry.file_name(), kind: kind_of(&meta) });
                    }
                    // It was there a moment ago.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
            entries.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(entries)
        })
    }

    /// What has this name; `None` if nothing has.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn kind(&self, path: &Path) -> io::Result<Option<Kind>> {
        self.step("look at", path, || match fs::symlink_metadata(path) {
            Ok(meta) => Ok(Some(kind_of(&meta))),
            Err(error) if is_nothing(&error) => Ok(None),
            Err(error) => Err(error),
        })
    }

    /// The regular file that has this name; `None` if nothing has, or something else. A link is not followed.
    ///
    /// # Errors
    /// Whatever the system says.
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

    /// Whether anything has this name.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn exists(&self, path: &Path) -> io::Result<bool> {
        Ok(self.kind(path)?.is_some())
    }

    /// Where a link leads; `None` if nothing has that name.
    ///
    /// # Errors
    /// Whatever the system says; what is no link is [`io::ErrorKind::InvalidInput`].
    pub fn read_link(&self, path: &Path) -> io::Result<Option<PathBuf>> {
        self.step("read link", path, || match fs::read_link(path) {
            Ok(target) => Ok(Some(target)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
    }
}

/// The folder that a path is in.
#[must_use]
pub fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}

/// Opens without waiting for the other end of a pipe, and not through a link.
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
