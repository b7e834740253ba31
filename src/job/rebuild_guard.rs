//! Refuses a rebuild that would lose tickets, unless it is forced.

use crate::night::{Cost, Merged};
use crate::store::Store;

use super::error::JobError;
use super::night_plan::NightPlan;

/// Compares what the files bring with what the state knows, before anything is changed.
///
/// # Errors
/// [`JobError::RebuildLoses`] if tickets would be lost, or nobody can tell.
pub(crate) fn judge(night: &NightPlan, store: &Store, merged: &Merged) -> Result<(), JobError> {
    if !night.rebuild || night.force {
        return Ok(());
    }
    let old = match store.replaced() {
        Ok(None) => return Ok(()),
        Ok(Some(old)) => old,
        Err(error) if error.is_damage() => return Err(JobError::RebuildLoses(None)),
        Err(error) => return Err(error.into()),
    };
    let cost = Cost::of(&old, merged, &night.plan.directory, night.plan.waits)?;
    if cost.is_nothing() { Ok(()) } else { Err(JobError::RebuildLoses(Some(Box::new(cost)))) }
}
