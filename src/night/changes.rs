//! Which periods a night changes: those whose sums are others than in an older generation.

use std::collections::BTreeSet;

use crate::metric::PeriodSums;
use crate::store::Generation;

use super::blobs::{self, Kind, SUMS, blob};
use super::chronicle::Chronicle;
use super::error::StateError;
use super::frozen::{self, FROZEN_SUMS};
use super::history::Merged;
use super::loss::lost;
use super::period::Period;

impl Chronicle {
    /// The periods whose sums are others than in an older generation, also those that are in one of the two only. `base` is the
    /// generation that the night continues.
    ///
    /// # Errors
    /// [`StateError`] if the storage fails.
    pub fn changed_periods(
        &self,
        old: &Generation,
        base: Option<&Generation>,
    ) -> Result<BTreeSet<Period>, StateError> {
        let now = self.kept.iter().chain(self.made.keys()).chain(self.frozen.keys()).copied();
        let before = blobs::periods_of(old, SUMS).into_iter();
        let before = before.chain(blobs::periods_of(old, FROZEN_SUMS));
        let mut changed = BTreeSet::new();
        for period in now.chain(before).collect::<BTreeSet<Period>>() {
            let carried = |kind: Kind| {
                let name = blob(kind, period);
                base.is_some_and(|base| base.holds_the_same(old, &name))
            };
            let none = |kind: Kind| old.size(&blob(kind, period)).is_none();
            let is_live_same = match self.made.get(&period) {
                Some(made) => is_in(old, &blob(SUMS, period), &made.sums)?,
                None if self.kept.contains(&period) => carried(SUMS),
                None => none(SUMS),
            };
            let is_frozen_same = match self.frozen.get(&period) {
                Some(frozen) => frozen.added.is_empty() && carried(FROZEN_SUMS),
                None => none(FROZEN_SUMS),
            };
            if !is_live_same || !is_frozen_same {
                changed.insert(period);
            }
        }
        Ok(changed)
    }
}

/// Whether a generation has a blob of these bytes. What cannot be read cannot be compared, and counts as the same.
fn is_in(old: &Generation, name: &str, bytes: &[u8]) -> Result<bool, StateError> {
    if old.size(name) != Some(bytes.len() as u64) {
        return Ok(false);
    }
    match old.read(name).map_err(StateError::from) {
        Ok(found) => Ok(found == bytes),
        Err(error) => lost(error).map(|_| true),
    }
}

/// The sums of a period in a generation, those of forgotten tickets too; none if it does not have that period. `None` if they are
/// damaged.
///
/// # Errors
/// [`StateError`] if the storage fails.
pub fn sums_in(from: &Generation, period: Period) -> Result<Option<Vec<PeriodSums>>, StateError> {
    let read = || {
        let mut all = frozen::read_sums(from, period)?;
        if from.size(&blob(SUMS, period)).is_some() {
            all.push(blobs::read_sums(from, period)?);
        }
        Ok(all)
    };
    read().map(Some).or_else(|error| lost(error).map(|_| None))
}

impl Merged {
    /// The periods whose tickets were loaded, because tonight's lines affect them.
    pub fn touched(&self) -> impl Iterator<Item = Period> {
        self.sets.keys().copied()
    }
}
