//! What to do about an error of the operating system, in words.

use std::error::Error;
use std::io;

use rustix::io::Errno;

use crate::cloud::trouble_of;

/// The I/O error at the bottom of a chain of errors, if there is one.
pub(super) fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    let mut found = None;
    let mut next = Some(error);
    while let Some(error) = next {
        found = error.downcast_ref::<io::Error>().or(found);
        next = error.source();
    }
    found
}

/// What to do about an I/O error.
pub(super) fn advice(error: &io::Error) -> &'static str {
    if let Some(trouble) = trouble_of(error) {
        return trouble.advice();
    }
    // By errno where std has no name for it, or one name for several.
    match Errno::from_io_error(error) {
        Some(Errno::NOSPC | Errno::DQUOT) => return "make room there, then run again",
        Some(Errno::FBIG) => {
            return "raise the limit on the size of files (`ulimit -f`, LimitFSIZE), then run again";
        }
        Some(Errno::MFILE | Errno::NFILE) => {
            return "raise the limit on open files (`ulimit -n`, LimitNOFILE), then run again";
        }
        Some(Errno::ROFS) => return "that file system can only be read: name another place",
        Some(Errno::AGAIN) => {
            return "raise the limit on threads (`ulimit -u`, TasksMax), then run again";
        }
        Some(Errno::NOLCK) => return "locks do not work there: name a local disk",
        _ => {}
    }
    let known = ADVICE.iter().find(|(kind, _)| *kind == error.kind());
    known.map_or("run again; if it fails again, look at the storage", |(_, advice)| advice)
}

const ADVICE: [(io::ErrorKind, &str); 8] = [
    (
        io::ErrorKind::PermissionDenied,
        "give the user that runs this the rights to it, or name another place",
    ),
    (io::ErrorKind::NotFound, "make the folder it lies in, or name another place"),
    (io::ErrorKind::NotADirectory, "a file stands where a folder should be: name another place"),
    (io::ErrorKind::IsADirectory, "a folder has that name: name a file"),
    (io::ErrorKind::InvalidInput, "name a file"),
    (io::ErrorKind::WouldBlock, "another run works there: let it finish, then run again"),
    (
        io::ErrorKind::ResourceBusy,
        "if it is a mount point, which cannot be replaced, name a folder inside it; else run again",
    ),
    (io::ErrorKind::BrokenPipe, "its reader went away: let it read to the end"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::failure::Failure;
    use crate::store::StoreError;

    #[test]
    fn the_system_is_found_below_other_errors() {
        let full = || io::Error::from(Errno::NOSPC);
        let error = StoreError::Io { action: "write", path: "x".into(), source: full() };
        assert_eq!(advice(cause(&error).unwrap()), advice(&full()));
        assert!(cause(&StoreError::NoState("x".into())).is_none());
        let text = Failure::from(error).outcome("nothing was published").text();
        assert_eq!(
            text,
            "error: cannot write `x`: No space left on device (os error 28); nothing was published; \
             make room there, then run again"
        );
    }
}
