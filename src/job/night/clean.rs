//! Removes generations of state and site that hold what was forgotten, also those that a run which died left.

use crate::night::Forgotten;

use super::open::Opened;
use super::running::Night;
use crate::job::error::JobError;

impl Night<'_> {
    /// Removes what is older than the generation from which on nothing forgotten is held.
    pub(super) fn clean(&self, opened: &Opened<'_>) -> Result<(), JobError> {
        let Some(current) = opened.store.current() else { return Ok(()) };
        let first = Forgotten::read(&current)?.clean_from;
        if first > 0 {
            opened.store.remove_before(first)?;
            opened.site.remove_before(first)?;
        }
        Ok(())
    }
}
