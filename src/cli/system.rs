//! The limits of the system: signals that are to be errors instead, and the least memory.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

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
