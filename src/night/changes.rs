//! Which months a night changes: those whose sums are others than in an older generation.

use std::collections::BTreeSet;

use crate::metric::MonthSums;
use crate::store::Generation;

use super::blobs::{self, SUMS, blob};
use super::chronicle::Chronicle;
use super::error::StateError;
use super::history::Merged;
use super::loss::lost;
use super::month::Month;

impl Chronicle {
    /// The months whose sums are others than in an older generation, also those that are in one of the two only. `base` is the
    /// generation that the night continues.
    ///
    /// # Errors
    /// [`StateError`] if the storage fails.
    pub fn changed_months(
        &self,
        old: &Generation,
        base: Option<&Generation>,
    ) -> Result<BTreeSet<Month>, StateError> {
        let mut changed = BTreeSet::new();
        let now = self.kept.iter().chain(self.made.keys()).copied();
        for month in now.chain(blobs::months(old)).collect::<BTreeSet<Month>>() {
            let name = blob(SUMS, month);
            let is_same = match self.made.get(&month) {
                Some(made) if old.size(&name) == Some(made.sums.len() as u64) => {
                    // What cannot be read cannot be compared.
                    match old.read(&name).map_err(StateError::from) {
                        Ok(bytes) => bytes == made.sums,
                        Err(error) => lost(error).map(|_| true)?,
                    }
                }
                Some(_) => false,
                None if self.kept.contains(&month) => {
                    base.is_some_and(|base| base.holds_the_same(old, &name))
                }
                None => false,
            };
            if !is_same {
                changed.insert(month);
            }
        }
        Ok(changed)
    }
}

/// The sums of a month in a generation, empty if it does not have that month; `None` if they are damaged.
///
/// # Errors
/// [`StateError`] if the storage fails.
pub fn sums_in(from: &Generation, month: Month) -> Result<Option<MonthSums>, StateError> {
    if from.size(&blob(SUMS, month)).is_none() {
        return Ok(Some(MonthSums::default()));
    }
    blobs::read_sums(from, month).map(Some).or_else(|error| lost(error).map(|_| None))
}

impl Merged {
    /// The months whose tickets were loaded, because tonight's lines affect them.
    pub fn touched(&self) -> impl Iterator<Item = Month> {
        self.sets.keys().copied()
    }
}
