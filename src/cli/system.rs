//! Limits of the operating system: turns signals into errors, and checks the memory limit.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rustix::process::{Resource, getrlimit};
use signal_hook::consts::{SIGABRT, SIGXFSZ};
use signal_hook::flag;

use super::failure::{Exit, Failure};

/// With less memory nothing can be read, nor an error printed. Half of it was the least that worked, bytes.
const LEAST_MEMORY: u64 = 128 << 20;

/// Turns signals that would end the run into errors where possible, and refuses to begin without enough memory.
///
/// SIGXFSZ is caught, so a file that may not grow (`ulimit -f`) fails like a full disk. A run that gets no memory ends with
/// exit code 5 after the one line that the standard library prints; anything more would need memory.
///
/// # Errors
/// [`Exit::Io`] if the memory limit of the process is too low.
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
