//! Finds the files of a night, and checks that the state can be continued.

use std::collections::{BTreeSet, HashMap};

use crate::archive::{ArchiveError, Candidate, Discovery, Known, Rules, Spares, discover_by};
use crate::night::{Ledger, Meaning, Row};

use super::error::JobError;
use super::night_plan::NightPlan;
use super::notice::Notice;
use super::observer::Observer;

/// Finds the files; those that look unchanged since the night before are not opened.
pub(crate) fn find(night: &NightPlan, ledger: &Ledger) -> Result<Discovery, JobError> {
    let plan = &night.plan;
    let rows: HashMap<&str, &Row> =
        ledger.files.values().map(|row| (row.account.name.as_str(), row)).collect();
    let known = |file: &Candidate| {
        if night.verify {
            return Known::No;
        }
        ledger.known(file, rows.get(file.name.as_str()).copied(), &plan.exclude.0)
    };
    let rules = Rules {
        exclude: &plan.exclude.1,
        limits: plan.ingest.limits,
        known: &known,
        spares: Spares::Missing,
        stop: plan.stop.flag(),
    };
    discover_by(&plan.inputs, &rules).map_err(|error| {
        let known = u64::try_from(ledger.files.len()).unwrap_or(u64::MAX);
        let is_gone = matches!(
            error,
            ArchiveError::NotFound(_)
                | ArchiveError::NoArchives { .. }
                | ArchiveError::NothingMatches(_)
        );
        if known == 0 || !is_gone {
            return error.into();
        }
        JobError::ArchiveGone { known, inputs: plan.inputs.len(), cause: error }
    })
}

/// Allows rebuilding a state that an older queuestat wrote, if all files that it was made from are still there.
pub(crate) fn read_again(
    night: &NightPlan,
    files: &[String],
    observer: &dyn Observer,
) -> Result<(), JobError> {
    let found = find(night, &Ledger::default())?;
    let there: BTreeSet<&str> = found.files.iter().map(|file| file.name.as_str()).collect();
    let gone: Vec<&String> = files.iter().filter(|file| !there.contains(file.as_str())).collect();
    if let Some(first) = gone.first() {
        let number = u64::try_from(gone.len()).unwrap_or(u64::MAX);
        return Err(JobError::OldState { gone: number, first: (*first).clone() });
    }
    observer.notice(&Notice::ReadAgain);
    Ok(())
}

/// Refuses to continue a state of other settings or of a later instant.
pub(crate) fn check_ledger(ledger: &Ledger, night: &NightPlan) -> Result<(), JobError> {
    if ledger.meaning != Meaning::of(&night.plan.ingest) {
        return Err(JobError::OtherMeaning);
    }
    // A clock that was set back a little does not matter; an instant that somebody typed does.
    if night.plan.as_of_given.is_some() && night.plan.waits.as_of < ledger.as_of {
        return Err(JobError::LaterState);
    }
    Ok(())
}
