//! What is done with many files at once.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rustix::fs::syncfs;

use super::Disk;

/// Threads that work on files at the same time. They wait for the storage or for the system, so their number has nothing to do
/// with that of the cores. Files that are waited for together share commits of the file system's journal.
const THREADS: usize = 8;
/// From so many files on, the file system is first asked to write everything it holds back: one commit of its journal instead
/// of hundreds. Waiting for each file afterwards costs little, and finds the errors. With fewer files this could wait for what
/// other programs write, for nothing.
const MANY: usize = 256;

impl Disk {
    /// Does the same with many files, several at a time and in no particular order.
    ///
    /// # Errors
    /// One of those of `act`; it may or may not have been called for the others.
    pub fn each<T: Sync, E: Send>(
        &self,
        files: &[T],
        act: impl Fn(&T) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        let next = AtomicUsize::new(0);
        let failed: Mutex<Option<E>> = Mutex::new(None);
        let work = || {
            while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                if let Err(error) = act(file) {
                    next.store(files.len(), Ordering::Relaxed);
                    failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                }
            }
        };
        // Recorded operations have an order.
        let threads = if self.recorder.is_some() { 1 } else { THREADS.min(files.len()) };
        std::thread::scope(|scope| {
            for _ in 1..threads {
                // Without a helper, this thread does more.
                let _helper = std::thread::Builder::new().spawn_scoped(scope, work);
            }
            work();
        });
        failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    /// Makes the contents of many files durable ([`Disk::sync_file`]), several at a time and in no particular order. They lie in
    /// one file system.
    ///
    /// # Errors
    /// A file that could not be made durable, and the system's error. The others may or may not be durable.
    pub fn sync_files(&self, paths: &[PathBuf]) -> Result<(), (PathBuf, io::Error)> {
        if let Some(first) = paths.first().filter(|_| paths.len() >= MANY) {
            // If it cannot be asked, each file is waited for as long as it takes.
            let _asked = File::open(first).map(syncfs);
        }
        self.each(paths, |path| self.sync_file(path).map_err(|error| (path.clone(), error)))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{Fault, Step};
    use super::*;

    /// So many files in a folder.
    fn files(folder: &std::path::Path, n: usize) -> Vec<PathBuf> {
        let paths: Vec<PathBuf> = (0..n).map(|at| folder.join(at.to_string())).collect();
        for path in &paths {
            fs::write(path, "x").unwrap();
        }
        paths
    }

    #[test]
    fn every_file_is_made_durable_once() {
        Disk::new().sync_files(&[]).unwrap();
        for n in [40, MANY + 1] {
            let folder = tempfile::tempdir().unwrap();
            let paths = files(folder.path(), n);
            Disk::new().sync_files(&paths).unwrap();
            let disk = Disk::recording();
            disk.sync_files(&paths).unwrap();
            let steps = disk.steps().into_iter();
            let synced: Vec<PathBuf> = steps.map(|step: Step| step.path).collect();
            assert_eq!(synced, paths);
        }
    }

    #[test]
    fn one_that_fails_is_told_wherever_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let paths = files(folder.path(), 40);
        for gone in [0, 17, 39] {
            fs::remove_file(&paths[gone]).unwrap();
            let (path, error) = Disk::new().sync_files(&paths).unwrap_err();
            assert_eq!((&path, error.kind()), (&paths[gone], io::ErrorKind::NotFound));
            fs::write(&paths[gone], "x").unwrap();
        }
        for at in [0, 5, 39] {
            let disk = Disk::with_fault(at, Fault::Broken);
            assert_eq!(disk.sync_files(&paths).unwrap_err().0, paths[at]);
        }
    }
}
