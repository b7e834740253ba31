//! Stores what was left out of waits and lines.

use crate::dataframe::{DETAILS_LEFT_OUT, LeftOutOfAll};
use crate::ticket::Anomaly;

use super::census::anomaly;

/// The stored form of what was left out: organization, anomaly, detail, tickets.
pub(crate) fn left_out_rows(left_out: &LeftOutOfAll) -> Vec<(String, String, String, u64)> {
    let row = |((organization, anomaly, which), n): (&(String, Anomaly, &'static str), &u64)| {
        (organization.clone(), anomaly.name().to_owned(), (*which).to_owned(), *n)
    };
    left_out.iter().map(row).collect()
}

/// What [`left_out_rows`] stored.
///
/// # Errors
/// If it names something that this version does not know.
pub(crate) fn left_out_of_rows(
    rows: &[(String, String, String, u64)],
) -> Result<LeftOutOfAll, serde_json::Error> {
    let entry = |(organization, name, which, n): &(String, String, String, u64)| {
        let which = DETAILS_LEFT_OUT.into_iter().find(|detail| detail == which);
        let which = which.ok_or_else(|| serde::de::Error::custom("it names an unknown detail"))?;
        Ok(((organization.clone(), anomaly(name)?, which), *n))
    };
    rows.iter().map(entry).collect()
}
