//! Reads the current generation of a state that nights may change meanwhile. Nothing is written. The lock is held only while
//! the list of generations is read, and released before anything large is.

use std::path::Path;
use std::time::Duration;

use crate::disk::Disk;
use crate::store::{self, Generation, Options, StoreError};

use super::error::JobError;

/// Attempts to read a state that nights change meanwhile.
const ATTEMPTS: usize = 3;

/// What `read` makes of the current generation of a state; of `None` if it has no generation yet. `wait` is how long to wait
/// for its lock. If a night replaces the generation meanwhile, the new one is read.
///
/// # Errors
/// [`JobError::NotAState`] if the folder holds other things, [`JobError::Store`] if the state cannot be opened, [`JobError::NoCurrent`] if its current generation is gone, and those of
/// `read`.
pub(crate) fn of_state<T>(
    folder: &Path,
    wait: Duration,
    mut read: impl FnMut(Option<&Generation>) -> Result<T, JobError>,
) -> Result<T, JobError> {
    let options = Options { wait, ..Options::default() };
    let mut state = current(folder, options)?;
    for _ in 1..ATTEMPTS {
        match read(state.as_ref()) {
            Ok(found) => return Ok(found),
            Err(error) => {
                // A night may have removed the generation meanwhile.
                let newer = current(folder, options)?;
                let number = |state: &Option<Generation>| state.as_ref().map(Generation::number);
                if number(&newer) == number(&state) {
                    return Err(error);
                }
                state = newer;
            }
        }
    }
    read(state.as_ref())
}

/// The generation that is current.
fn current(folder: &Path, options: Options) -> Result<Option<Generation>, JobError> {
    let health = store::list(&Disk::new(), folder, options);
    // Whoever asks did not choose a place for a state, but named a wrong one.
    if let Err(StoreError::Foreign { path, example }) = &health
        && path == folder
    {
        return Err(JobError::NotAState { folder: path.clone(), example: example.clone() });
    }
    let health = health?;
    if let Some(trouble) = health.trouble {
        return Err(trouble.into());
    }
    let Some(current) = health.current else { return Ok(None) };
    match health.generations.into_iter().find(|(number, _)| *number == current) {
        Some((_, generation)) => Ok(Some(generation?)),
        None => Err(JobError::NoCurrent { generation: current }),
    }
}
