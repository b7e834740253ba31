//! Opens files and objects.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{Mode, OFlags};

use crate::cloud::RandomRead;

use super::holder::Holder;
use super::stored::Raw;

impl RandomRead for File {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        FileExt::read_at(self, buffer, at)
    }
}

/// The bytes of a file or object from front to back, up to its present size.
///
/// # Errors
/// If it cannot be opened.
pub(super) fn stream(holder: &Holder) -> io::Result<Raw> {
    match holder {
        Holder::File(path) => Ok(Box::new(open_sized(path)?.0)),
        Holder::Object(object) => Ok(object.stream()),
    }
}

/// The bytes of a file or object at any place, and its size.
///
/// # Errors
/// If it cannot be opened.
pub(super) fn random(holder: &Holder) -> io::Result<(Arc<dyn RandomRead>, u64)> {
    match holder {
        Holder::File(path) => {
            let file = open_regular(path)?;
            let size = file.metadata()?.len();
            Ok((Arc::new(file), size))
        }
        Holder::Object(object) => Ok((object.random(), object.bytes)),
    }
}

/// Opens a regular file up to its present size, and returns that size: if the file grows while it is read, reading ends
/// there.
pub(super) fn open_sized(path: &Path) -> io::Result<(io::Take<File>, u64)> {
    let file = open_regular(path)?;
    let size = file.metadata()?.len();
    Ok((file.take(size), size))
}

/// Opens a regular file and nothing else; never waits for the other end of a pipe.
pub(super) fn open_regular(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"))
    }
}
