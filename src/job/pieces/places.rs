//! The fifth step: bring together the counts of all joins, and say what the report is about.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::job::asked::Asked;
use crate::job::error::JobError;
use crate::job::located::Located;
use crate::job::observer::Observer;
use crate::job::piece_error::PieceError;
use crate::job::plan::Plan;
use crate::job::read::Timer;
use crate::job::tabulated::tabulate;
use crate::job::words::grouped;
use crate::partial::census;
use crate::ticket::{Census, Fold};

use super::done::Done;
use super::forms::{JoinOf, JoinedPart, PartRows, PlacesOf};
use super::paths::{files_of, read};
use super::work::{Found, NAMES, PLACES, Work, piece};

/// Brings together the counts of all joins, and says what the report is about. `written` is that as the caller writes it.
///
/// # Errors
/// [`JobError`] if a join cannot be read, is of other names, or contradicts another; if a part was joined without some of its
/// rows; and for a name that is asked for and is not there.
pub fn places(
    plan: &Plan,
    work: &Work,
    pieces: &[PathBuf],
    (asked, written): (&Asked, String),
    observer: &dyn Observer,
) -> Result<Done, JobError> {
    let mut timer = Timer::start(observer);
    let Found { digest: made_from, content: names } = work.names()?;
    let mut parts: BTreeMap<u16, JoinedPart> = BTreeMap::new();
    let mut counts = Census::default();
    for path in files_of(pieces, "json")? {
        let one: JoinOf = piece(&path, &read(&path)?, Some((NAMES, &made_from)))?;
        for part in one.parts {
            let number = part.from.part;
            match parts.get(&number) {
                Some(known) if *known != part => {
                    let of = format!("part {number}");
                    return Err(PieceError::Differ { path, of }.into());
                }
                Some(_) => {}
                None => {
                    counts.add(&decoded(&path, &part)?);
                    parts.insert(number, part);
                }
            }
        }
    }
    complete(&work.accounts()?.content.parts, &parts)?;
    let kept = census::encode(&counts).and_then(|bytes| serde_json::from_slice(&bytes));
    let kept: serde_json::Value = kept.map_err(|error| PieceError::Encode(error.into()))?;
    let tickets = counts.tickets();
    let located = Located::of(plan, Fold::import(names.names.rows()), Some(counts));
    let Located { fold, gazetteer, known, .. } = located;
    // Without a ticket: names that are not there are found before anybody works for them.
    let nobody = fold.finish_at(&gazetteer);
    let chosen = ((asked.from, asked.to), asked);
    tabulate(plan, chosen, nobody, (&gazetteer, &known), &mut timer)?;
    work.put(PLACES, &made_from, &PlacesOf { asked: written, census: kept })?;
    Ok(Done::of([
        (parts.len(), "part"),
        (usize::try_from(tickets).unwrap_or(usize::MAX), "ticket"),
        (gazetteer.locations.len(), "location"),
    ]))
}

fn decoded(path: &Path, part: &JoinedPart) -> Result<Census, PieceError> {
    let decoded = serde_json::to_vec(&part.census).and_then(|bytes| census::decode(&bytes));
    decoded.map_err(|error| PieceError::part(path, error.into()))
}

/// Refuses parts that were not joined of all their rows.
fn complete(wanted: &[PartRows], found: &BTreeMap<u16, JoinedPart>) -> Result<(), PieceError> {
    for rows in wanted {
        let (part, expected) = (rows.part, grouped(rows.rows));
        let words = match found.get(&part) {
            Some(joined) if joined.from == *rows => continue,
            Some(joined) => format!(
                "part {part} was joined of {} rows, and the folds have {expected} of it; bring all rows of a part to one join",
                grouped(joined.from.rows)
            ),
            None => format!("part {part}, of which the folds have {expected} rows, is in no join"),
        };
        return Err(PieceError::Incomplete(words));
    }
    let is_wanted = |part: &&u16| wanted.iter().any(|rows| rows.part == **part);
    match found.keys().find(|part| !is_wanted(part)) {
        Some(part) => Err(PieceError::Incomplete(format!(
            "part {part} was joined of rows that no fold has; run `names` with every fold"
        ))),
        None => Ok(()),
    }
}
