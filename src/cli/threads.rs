//! The thread pool of a command.

use std::error::Error;

use super::failure::{Exit, Failure};

/// Runs `work` with the number of threads given, or with one for each core.
pub(super) fn with_threads<T: Send>(
    threads: Option<usize>,
    work: impl FnOnce() -> Result<T, Failure> + Send,
) -> Result<T, Failure> {
    // Only an error of the operating system has a source; an existing pool is no problem.
    let refused = |error: &rayon::ThreadPoolBuildError| error.source().is_some();
    let builder = rayon::ThreadPoolBuilder::new();
    match threads {
        None => match builder.build_global() {
            Err(error) if refused(&error) => Err(Failure::of_system(&error)),
            Ok(()) | Err(_) => work(),
        },
        Some(threads) => match builder.num_threads(threads).build() {
            Err(error) if refused(&error) => Err(Failure::of_system(&error)),
            Err(error) => Err(Failure::from_error(Exit::Usage, &error)),
            Ok(pool) => pool.install(work),
        },
    }
}
