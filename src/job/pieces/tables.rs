//! The sixth step: derive and add up all tickets of some places.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::dataframe::LeftOutOfAll;
use crate::job::asked::Asked;
use crate::job::error::JobError;
use crate::job::located::Located;
use crate::job::observer::Observer;
use crate::job::piece_error::PieceError;
use crate::job::plan::Plan;
use crate::job::read::Timer;
use crate::job::tabulated::{Tabulated, tabulate};
use crate::job::words::grouped;
use crate::metric::{OrganizationSums, PlaceSums};
use crate::partial::{Marks, MovedRow, PartError, decode_moved, left_out_rows, sums, to_bytes};
use crate::report::text::logged;
use crate::ticket::{Census, Gazetteer, Record, TicketSet};

use super::done::Done;
use super::forms::{TableOf, TablesOf};
use super::paths::{files_of, read, write};
use super::work::{NAMES, Work};

/// Derives and adds up all tickets of some places.
///
/// # Errors
/// [`JobError`] if something cannot be read or written, or is of other names; and if a place lacks some of its tickets.
pub fn tables(
    plan: &Plan,
    work: &Work,
    tickets: &[PathBuf],
    asked: &Asked,
    out: &Path,
    observer: &dyn Observer,
) -> Result<Done, JobError> {
    let mut timer = Timer::start(observer);
    let (of_names, made_from) = (work.names()?.digest, work.places()?.digest);
    let (names, census) = work.counted()?;
    let Located { mut fold, gazetteer, known, census } = Located::of(plan, names, Some(census));
    let mut held: BTreeSet<(String, String)> = BTreeSet::new();
    let mut came = 0;
    for path in files_of(tickets, "parquet")? {
        plan.stop.check()?;
        let marks = Marks { of: NAMES, made_from: &of_names };
        let read = decode_moved(&read(&path)?, true, marks, |rows| {
            came += rows.len();
            let mut records: Vec<Record> = Vec::with_capacity(rows.len());
            for row in rows {
                if let MovedRow::Joined { place, record } = row {
                    held.insert((record.organization.to_string(), place));
                    records.push(record);
                }
            }
            fold.take(&records);
            Ok(())
        });
        read.map_err(|error: PartError| PieceError::part(&path, error))?;
    }
    let set = fold.finish_at(&gazetteer);
    timer.stage("read", came, "rows");
    complete(&set, &census, &gazetteer, &held)?;
    let counted = set.len();
    let tabulated =
        tabulate(plan, ((asked.from, asked.to), asked), set, (&gazetteer, &known), &mut timer)?;
    let Tabulated { sums: all, courses, covered, .. } = tabulated;
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (organization, place) in held {
        places.entry(organization).or_default().push(place);
    }
    let table = |(organization, places): (String, Vec<String>)| {
        let left_out = left_out(&all, &organization);
        TableOf { left_out: left_out_rows(&left_out), organization, places }
    };
    let head = TablesOf {
        organizations: places.into_iter().map(table).collect(),
        covered: covered.map(|(first, last)| (first.to_string(), last.to_string())),
    };
    let mut bytes = to_bytes(&made_from, &head).map_err(PieceError::Encode)?;
    let body = sums::encode(&PlaceSums::of(all, courses));
    bytes.extend(body.map_err(|error| PieceError::Encode(error.into()))?);
    write(&out.join("tables.postcard"), &bytes)?;
    let places = head.organizations.iter().map(|one| one.places.len()).sum();
    Ok(Done::of([(came, "row"), (counted, "ticket"), (places, "location")]))
}

/// What was left out for one organization.
fn left_out(all: &[OrganizationSums], organization: &str) -> LeftOutOfAll {
    let mine = all.iter().filter(|one| one.organization == organization);
    let rows = mine.flat_map(|one| &one.left_out);
    rows.map(|((anomaly, which), n)| ((organization.to_owned(), *anomaly, *which), *n)).collect()
}

/// Refuses places that are not there with all of their tickets.
fn complete(
    set: &TicketSet,
    census: &Census,
    gazetteer: &Gazetteer,
    held: &BTreeSet<(String, String)>,
) -> Result<(), PieceError> {
    let mut found = vec![0_u64; gazetteer.locations.len()];
    let mut wanted = found.clone();
    let add = |all: &mut Vec<u64>, at: usize, n: u64| {
        if let Some(sum) = all.get_mut(at) {
            *sum += n;
        }
    };
    for part in set.parts(usize::MAX) {
        part.places().for_each(|at| add(&mut found, at, 1));
    }
    for (kind, n) in &census.kinds {
        if let Some(at) = gazetteer.place(kind) {
            add(&mut wanted, at, *n);
        }
    }
    for ((location, found), wanted) in gazetteer.locations.iter().zip(found).zip(wanted) {
        let key = (location.organization.clone(), location.name.clone());
        let is_held = held.contains(&key);
        if is_held && found != wanted || !is_held && found > 0 {
            return Err(PieceError::Incomplete(format!(
                "the location `{}` has {} tickets, and {} of them came; bring all rows of a place to one `tabulate`",
                logged(&location.name),
                grouped(wanted),
                grouped(found)
            )));
        }
    }
    Ok(())
}
