//! A machine that starts with a wrong clock publishes nothing: its report would be empty, and look like a good one.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::HOUR_MS;
use crate::ingest::Account;
use crate::night::About;
use crate::store::Generation;

use super::error::JobError;
use super::plan::Plan;

/// A clock that is behind by less than this does no harm.
const TOLERANCE_MS: i64 = 24 * HOUR_MS;

/// Refuses a run of long before what the state has heard of. What counts is what happened to its tickets, not when it was
/// made: after a single night with a clock in the future, the nights go on.
///
/// # Errors
/// [`JobError::ClockBehind`].
pub(crate) fn behind_state(plan: &Plan, base: &Generation) -> Result<(), JobError> {
    let as_of = plan.waits.as_of;
    match About::read(base).and_then(|about| about.newest()) {
        Some(newest) if as_of < newest - TOLERANCE_MS => {
            Err(JobError::ClockBehind { as_of, newest })
        }
        Some(_) | None => Ok(()),
    }
}

/// Refuses a run before anything in the archive happened: all its times lie after that instant. `data_through` is what
/// happened by then, by organization.
///
/// # Errors
/// [`JobError::BeforeData`].
pub(crate) fn before_data(
    plan: &Plan,
    account: &Account,
    data_through: &BTreeMap<String, i64>,
) -> Result<(), JobError> {
    let files = &account.files;
    let years_of: BTreeSet<i32> =
        files.iter().flat_map(|file| file.days.too_late.iter().copied()).collect();
    if !data_through.is_empty() || years_of.is_empty() {
        return Ok(());
    }
    let (as_of, given) = (plan.waits.as_of, plan.as_of_given.is_some());
    Err(JobError::BeforeData { as_of, given, years_of })
}
