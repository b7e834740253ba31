//! What the system refuses: words for what can be done about it, and signals that are to be errors instead.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};
use signal_hook::consts::{SIGABRT, SIGXFSZ};
use signal_hook::flag;

use super::failure::{Exit, Failure};

/// With less memory nothing can be read, not even said why: the least that was seen to do is half of it.
const LEAST_MEMORY: u64 = 128 << 20;

/// Turns what would end the run by a signal into an error, as far as that can be, and refuses to begin where it cannot.
///
/// A file that may not grow (`ulimit -f`) fails like a full disk, because SIGXFSZ is heard. Who finds no memory ends with
/// exit code 5, after the one line that the standard library says; nothing can be done then that needs memory.
///
/// # Errors
/// [`Exit::Io`] if the process may use less memory than anything takes.
pub(super) fn prepare() -> Result<(), Failure> {
    let heard = Arc::new(AtomicBool::new(false));
    let refused = |error: io::Error| Failure::io("cannot listen to signals", &error);
    flag::register(SIGXFSZ, heard).map_err(refused)?;
    let always = Arc::new(AtomicBool::new(true));
    flag::register_conditional_shutdown(SIGABRT, Exit::Io as i32, always).map_err(refused)?;
    let limit = [Resource::As, Resource::Data].map(|resource| getrlimit(resource).current);
    match limit.into_iter().flatten().min() {
        Some(bytes) if bytes < LEAST_MEMORY => {
            let message = format!(
                "this process may use {} MB of memory, and needs {} MB at least",
                bytes / 1_000_000,
                LEAST_MEMORY / 1_000_000
            );
            Err(Failure::new(Exit::Io, message).hint("raise the limit (`ulimit -v`, `ulimit -d`)"))
        }
        Some(_) | None => Ok(()),
    }
}

/// The error of the system that lies at the bottom of another one.
pub(super) fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    let mut found = None;
    let mut next = Some(error);
    while let Some(error) = next {
        found = error.downcast_ref::<io::Error>().or(found);
        next = error.source();
    }
    found
}

/// What can be done about an error of the system.
pub(super) fn advice(error: &io::Error) -> &'static str {
    // By number where std has no name for it, or the same name for several.
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
