//! The second step: read some files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use crate::archive::Candidate;
use crate::ingest::{Chosen, Ingested, ingest_chosen};
use crate::job::error::JobError;
use crate::job::observer::Observer;
use crate::job::piece_error::PieceError;
use crate::job::plan::Plan;
use crate::job::read::Timer;
use crate::partial::{
    GROUP, Kept, KeptAccount, Marks, MovedRow, decode_files, encode_moved, to_bytes,
};
use crate::ticket::Record;
use crate::webhook::TicketId;

use super::done::Done;
use super::forms::{FoldOf, ListOf};
use super::paths::{read, write};
use super::work::{FILES, Found, LIST, Work};

/// Which files of the list are folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// Those with numbers between two, both included; several such spans.
    Numbers(Vec<(u32, u32)>),
    /// Those of a Parquet file with some rows of the list.
    Table(PathBuf),
}

/// The part that a ticket belongs to.
pub(super) fn part_of(id: TicketId, parts: u16) -> u16 {
    u16::try_from(xxh3_64(&id.0) % u64::from(parts.max(1))).unwrap_or(0)
}

/// Reads some files of the list into partial tickets.
///
/// # Errors
/// [`JobError`] if something cannot be read or written.
pub fn fold(
    plan: &Plan,
    work: &Work,
    which: &Which,
    out: &Path,
    observer: &dyn Observer,
) -> Result<Done, JobError> {
    let mut timer = Timer::start(observer);
    let Found { digest: made_from, content: list } = work.list()?;
    let files = chosen(plan, work, (&list, &made_from), which)?;
    observer.reading(Some(files.values().map(|file| file.bytes).sum()));
    let chosen: Vec<Chosen<'_>> =
        files.iter().map(|(number, file)| Chosen { file, number: *number }).collect();
    let ingested = ingest_chosen(&chosen, &plan.ingest, &|n| {
        observer.more_read(n);
        plan.stop.flow()
    });
    observer.read();
    let Ingested { fold, account } = ingested?;
    let records: u64 = account.files.iter().map(|file| file.records).sum();
    timer.stage("read and join", usize::try_from(records).unwrap_or(usize::MAX), "records");
    let numbered = files.keys().zip(&account.files);
    let accounts: Vec<KeptAccount> =
        numbered.map(|(number, file)| KeptAccount::of(*number, file)).collect();
    let names = Kept::of(&fold.export());
    let mut rows: BTreeMap<u16, u64> = BTreeMap::new();
    for (_, id) in fold.tickets() {
        *rows.entry(part_of(id, list.parts)).or_default() += 1;
    }
    let mut piece = FoldOf { fold: 0, files: accounts, names, rows: rows.into_iter().collect() };
    // What was read decides, so that a fold of other content has another mark.
    let said = to_bytes(&made_from, &piece).map_err(PieceError::Encode)?;
    let mark = i64::from_ne_bytes(xxh3_64(&said).to_ne_bytes());
    piece.fold = mark;
    let row = |record: Record| MovedRow::Partial {
        part: part_of(record.id, list.parts),
        fold: mark,
        record,
    };
    let groups = fold.records(GROUP).map(|some| some.into_iter().map(row).collect());
    let marks = Marks { of: LIST, made_from: &made_from };
    let table = encode_moved(groups, false, marks).map_err(PieceError::Encode)?;
    plan.stop.check()?;
    write(&out.join("tickets.parquet"), &table)?;
    let bytes = to_bytes(&made_from, &piece).map_err(PieceError::Encode)?;
    write(&out.join("piece.json"), &bytes)?;
    timer.stage("write", fold.len(), "tickets");
    let records = usize::try_from(records).unwrap_or(usize::MAX);
    Ok(Done::of([(files.len(), "file"), (records, "record"), (fold.len(), "partial ticket")]))
}

/// The files that are folded, by number.
fn chosen(
    plan: &Plan,
    work: &Work,
    (list, made_from): (&ListOf, &str),
    which: &Which,
) -> Result<BTreeMap<u32, Candidate>, PieceError> {
    let path = match which {
        Which::Table(path) => path.clone(),
        Which::All | Which::Numbers(_) => work.path(FILES),
    };
    let found = decode_files(&read(&path)?, made_from, &plan.stop.flag());
    let mut files: BTreeMap<u32, Candidate> =
        found.map_err(|error| PieceError::part(&path, error))?.into_iter().collect();
    if let Which::Numbers(spans) = which {
        if let Some((from, to)) = spans.iter().find(|(from, to)| from > to || *to >= list.files) {
            let (from, to, files) = (*from, *to, list.files);
            return Err(PieceError::NoNumbers { from, to, files });
        }
        files.retain(|number, _| spans.iter().any(|(from, to)| (from..=to).contains(&number)));
    }
    Ok(files)
}
