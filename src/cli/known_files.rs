//! What a nightly run finds of the files and of the state it goes on from, before it reads anything.

use std::collections::{BTreeSet, HashMap};

use crate::archive::{ArchiveError, Candidate, Discovery, Known, Rules, discover_by};
use crate::night::{Ledger, Meaning, Row};

use super::failure::{Exit, Failure};
use super::nightly_plan::NightlyPlan;
use super::words::{count, grouped};

/// Finds the files; what is as it was in the night before is not opened.
pub(super) fn find(night: &NightlyPlan, ledger: &Ledger) -> Result<Discovery, Failure> {
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
        flow: &|| plan.stop.flow(),
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
        let message = match plan.inputs.as_slice() {
            [_] => format!("0 of {} known files found: {error}", grouped(known)),
            _ => format!("{error}; nights before have read {}", count(known, "file")),
        };
        Failure::new(Exit::Io, message).hint(
            "is the archive mounted? If the files were all deleted on purpose, add the next one and run again",
        )
    })
}

/// A state that an older queuestat wrote is made anew from the archive, if all files are there that it was made from.
pub(super) fn read_again(night: &NightlyPlan, files: &[String]) -> Result<(), Failure> {
    let found = find(night, &Ledger::default())?;
    let there: BTreeSet<&str> = found.files.iter().map(|file| file.name.as_str()).collect();
    let gone: Vec<&String> = files.iter().filter(|file| !there.contains(file.as_str())).collect();
    if let Some(first) = gone.first() {
        let number = u64::try_from(gone.len()).unwrap_or(u64::MAX);
        let message = format!(
            "the state was written by an older queuestat, and {} it was made from {} no longer under that name: `{}` …",
            count(number, "file"),
            if number == 1 { "is" } else { "are" },
            crate::report::text::logged(first),
        );
        return Err(Failure::new(Exit::Refused, message).hint(
            "nothing was changed; put the files back, or forget what only they said and read the archive again with --rebuild",
        ));
    }
    night
        .plan
        .log
        .note("the state was written by an older queuestat: the whole archive is read again");
    Ok(())
}

/// A state of other settings, or of a later instant, cannot be continued.
pub(super) fn check_ledger(ledger: &Ledger, night: &NightlyPlan) -> Result<(), Failure> {
    if ledger.meaning != Meaning::of(&night.plan.ingest) {
        let message = "the state was made by another way of reading records: other pointers, another `archive.earliest` or `ratings.scale`, or another queuestat";
        return Err(Failure::new(Exit::Refused, message)
            .hint("nothing was changed; read all archives again with --rebuild"));
    }
    // A clock that was set back a little is no reason to stop; an instant that was typed is.
    if night.plan.as_of_given.is_some() && night.plan.waits.as_of < ledger.as_of {
        let message = "the state was made at a later instant than --as-of";
        return Err(Failure::new(Exit::Usage, message).hint(
            "leave out --as-of, or read all archives as of then with --rebuild, which forgets the later state",
        ));
    }
    Ok(())
}
