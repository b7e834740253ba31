//! The thread pool of a command.

use std::error::Error;

use super::failure::{Exit, Failure};

/// More threads than this help nobody; many thousands bring a machine to a stop.
const MOST: usize = 1024;

/// The number of threads that an argument names.
///
/// # Errors
/// What is wrong with it, and what may be written.
pub(super) fn threads(text: &str) -> Result<usize, String> {
    let number = text.trim().parse().ok().filter(|number| (1..=MOST).contains(number));
    number.ok_or_else(|| {
        format!("use a whole number from 1 to {MOST}, or leave it out for all cores")
    })
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_not_asked_for_more_threads_than_it_can_bear() {
        for (text, number) in [("1", 1), ("2", 2), (" 8 ", 8), ("1024", 1024)] {
            assert_eq!(threads(text), Ok(number), "{text}");
        }
        for bad in ["0", "1025", "100000", "-1", "two", "", "1.5", "99999999999999999999999"] {
            assert!(threads(bad).unwrap_err().contains("from 1 to 1024"), "{bad}");
        }
    }
}
