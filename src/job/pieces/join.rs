//! The fourth step: join all partial tickets of some parts.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use foldhash::fast::RandomState;
use xxhash_rust::xxh3::xxh3_128;

use crate::job::error::JobError;
use crate::job::observer::Observer;
use crate::job::piece_error::PieceError;
use crate::job::plan::Plan;
use crate::job::read::Timer;
use crate::partial::{
    GROUP, Marks, MovedRow, PartError, census, decode_moved, encode_moved, to_bytes,
};
use crate::ticket::{Fold, Gazetteer, Kind, Record};

use super::done::Done;
use super::fold::part_of;
use super::forms::{JoinOf, JoinedPart};
use super::names::rows_of;
use super::paths::{files_of, read, write};
use super::work::{Found, LIST, NAMES, Work};

/// A part while it is joined.
struct Part {
    fold: Fold,
    /// Hashes of what came of which fold: a row that came again is not counted again.
    seen: HashSet<u128, RandomState>,
    /// Rows of each fold.
    rows: BTreeMap<i64, u64>,
}

impl Part {
    fn take(&mut self, rows: Vec<(i64, Record)>) {
        let mut records = Vec::with_capacity(rows.len());
        for (fold, record) in rows {
            let mut key = fold.to_le_bytes().to_vec();
            key.extend_from_slice(&record.id.0);
            key.extend_from_slice(record.organization.as_bytes());
            if self.seen.insert(xxh3_128(&key)) {
                *self.rows.entry(fold).or_default() += 1;
                records.push(record);
            }
        }
        self.fold.take(&records);
    }
}

/// Joins all partial tickets of some parts.
///
/// # Errors
/// [`JobError`] if something cannot be read or written, or is of another list.
pub fn join(
    plan: &Plan,
    work: &Work,
    tickets: &[PathBuf],
    out: &Path,
    observer: &dyn Observer,
) -> Result<Done, JobError> {
    let mut timer = Timer::start(observer);
    let Found { digest: of_list, content: list } = work.list()?;
    let Found { digest: made_from, content: names } = work.names()?;
    let names = Fold::import(names.names.rows());
    let mut parts: BTreeMap<u16, Part> = BTreeMap::new();
    let mut came = 0;
    for path in files_of(tickets, "parquet")? {
        plan.stop.check()?;
        let marks = Marks { of: LIST, made_from: &of_list };
        let read = decode_moved(&read(&path)?, false, marks, |rows| {
            came += rows.len();
            let mut by_part: BTreeMap<u16, Vec<(i64, Record)>> = BTreeMap::new();
            for row in rows {
                let MovedRow::Partial { part, fold, record } = row else { continue };
                if part != part_of(record.id, list.parts) {
                    return Err(PartError::Numbers("part".to_owned()));
                }
                by_part.entry(part).or_default().push((fold, record));
            }
            for (part, rows) in by_part {
                let new = || Part {
                    fold: names.without_tickets(),
                    seen: HashSet::default(),
                    rows: BTreeMap::new(),
                };
                parts.entry(part).or_insert_with(new).take(rows);
            }
            Ok(())
        });
        read.map_err(|error: PartError| PieceError::part(&path, error))?;
    }
    timer.stage("read and join", came, "rows");
    let (mut piece, mut located) = (JoinOf { parts: Vec::new() }, Vec::new());
    for (part, Part { fold, rows, .. }) in parts {
        let fold = fold.unite(&plan.directory);
        let counts = fold.census();
        // The name of a place follows from the names alone; all else that is said of it here does not count.
        located.push((fold.gazetteer(&counts, &plan.directory), fold));
        let kept = census::encode(&counts).and_then(|bytes| serde_json::from_slice(&bytes));
        let census = kept.map_err(|error| PieceError::Encode(error.into()))?;
        piece.parts.push(JoinedPart { from: rows_of(part, rows.into_iter()), census });
    }
    let joined: usize = located.iter().map(|(_, fold)| fold.len()).sum();
    let groups = located.iter().flat_map(|(gazetteer, fold)| {
        fold.records(GROUP)
            .map(|some| some.into_iter().filter_map(|one| row(one, gazetteer)).collect())
    });
    let marks = Marks { of: NAMES, made_from: &made_from };
    let table = encode_moved(groups, true, marks).map_err(PieceError::Encode)?;
    plan.stop.check()?;
    write(&out.join("tickets.parquet"), &table)?;
    let bytes = to_bytes(&made_from, &piece).map_err(PieceError::Encode)?;
    write(&out.join("piece.json"), &bytes)?;
    timer.stage("write", joined, "tickets");
    Ok(Done::of([(piece.parts.len(), "part"), (came, "row"), (joined, "ticket")]))
}

/// The row of a ticket; `None` if the configuration leaves it out.
fn row(record: Record, gazetteer: &Gazetteer) -> Option<MovedRow> {
    let [own, queue, ..] = record.texts.each_ref().map(|text| text.as_deref().map(str::to_owned));
    let kind = Kind { organization: record.organization.to_string(), queue, own };
    let place = gazetteer.locations.get(gazetteer.place(&kind)?)?.name.clone();
    Some(MovedRow::Joined { place, record })
}
