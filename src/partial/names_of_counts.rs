//! Counters of an account by name, because numbers may mean something else in the next version.

use std::collections::BTreeMap;

use crate::ingest::{FileAccount, Oddities, RejectedRecord};
use crate::webhook::{Measure, Reject};

/// Rejected records by reason.
pub(crate) type RejectedRows = BTreeMap<String, u64>;
/// Organization, counter, detail, count.
pub(crate) type OddityRows = Vec<(String, String, String, u64)>;
/// Line, offset, length, reason.
pub(crate) type QuarantineRows = Vec<(u64, u64, u64, String)>;

/// A counter or reason has a name that this version does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it names a counter that this version of queuestat does not know")]
pub struct UnknownName;

/// The rejected records, the odd ones, and where the first rejected ones are.
pub(crate) fn rows_of(file: &FileAccount) -> (RejectedRows, OddityRows, QuarantineRows) {
    let rejected = Reject::ALL.iter().zip(file.rejected).filter(|(_, n)| *n > 0);
    let odd = |((organization, measure, detail), n): (&(String, Measure, String), &u64)| {
        (organization.clone(), measure.name().to_owned(), detail.clone(), *n)
    };
    let place =
        |one: &RejectedRecord| (one.line, one.offset, one.length, one.reason.name().to_owned());
    (
        rejected.map(|(reason, n)| (reason.name().to_owned(), n)).collect(),
        file.oddities.iter().map(odd).collect(),
        file.rejects.iter().map(place).collect(),
    )
}

/// Puts back what [`rows_of`] wrote.
///
/// # Errors
/// [`UnknownName`].
pub(crate) fn put_back(
    file: &mut FileAccount,
    (rejected, odd, quarantine): (RejectedRows, OddityRows, QuarantineRows),
) -> Result<(), UnknownName> {
    for (name, n) in rejected {
        let at = Reject::ALL.iter().position(|one| one.name() == name).ok_or(UnknownName)?;
        if let Some(count) = file.rejected.get_mut(at) {
            *count = n;
        }
    }
    let measured = odd.into_iter().map(|(organization, name, detail, n)| {
        let measure = Measure::ALL.into_iter().find(|measure| measure.name() == name);
        Ok(((organization, measure.ok_or(UnknownName)?, detail), n))
    });
    file.oddities = measured.collect::<Result<Oddities, _>>()?;
    let placed = quarantine.into_iter().map(|(line, offset, length, name)| {
        let reason = Reject::ALL.into_iter().find(|reason| reason.name() == name);
        Ok(RejectedRecord { line, offset, length, reason: reason.ok_or(UnknownName)? })
    });
    file.rejects = placed.collect::<Result<_, _>>()?;
    Ok(())
}
