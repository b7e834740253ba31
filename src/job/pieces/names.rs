//! The third step: bring together what all folds say of names and files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use xxhash_rust::xxh3::xxh3_64;

use crate::job::error::JobError;
use crate::job::observer::Observer;
use crate::job::piece_error::PieceError;
use crate::job::read::Timer;
use crate::job::words::count;
use crate::partial::{Kept, KeptAccount};
use crate::report::text::logged;
use crate::ticket::Fold;

use super::done::Done;
use super::forms::{AccountsOf, FoldOf, NamesOf, PartRows};
use super::paths::{files_of, read};
use super::work::{ACCOUNTS, Found, LIST, NAMES, Work, piece};

/// What the rows of the folds of a part add up to. A fold is told once for each part.
pub(super) fn rows_of(part: u16, folds: impl Iterator<Item = (i64, u64)>) -> PartRows {
    let none = PartRows { part, rows: 0, digest: 0 };
    folds.fold(none, |sum, (fold, rows)| {
        let one = format!("{part} {fold} {rows}");
        let digest = sum.digest.wrapping_add(xxh3_64(one.as_bytes()));
        PartRows { part, rows: sum.rows + rows, digest }
    })
}

/// Brings together what all folds say of names and files.
///
/// # Errors
/// [`JobError`] if a fold cannot be read, is of another list, or contradicts another; and if a file of the list has no fold.
pub fn names(work: &Work, pieces: &[PathBuf], observer: &dyn Observer) -> Result<Done, JobError> {
    let mut timer = Timer::start(observer);
    let Found { digest: made_from, content: list } = work.list()?;
    let mut accounts: BTreeMap<u32, KeptAccount> = BTreeMap::new();
    let mut rows: BTreeMap<u16, BTreeMap<i64, u64>> = BTreeMap::new();
    let mut folds: BTreeSet<i64> = BTreeSet::new();
    let mut all = Fold::default();
    for path in files_of(pieces, "json")? {
        let one: FoldOf = piece(&path, &read(&path)?, Some((LIST, &made_from)))?;
        for account in one.files {
            let (number, name) = (account.number, account.name.clone());
            match accounts.get(&number) {
                Some(known) if *known != account => {
                    let of = format!("the file `{}`", logged(&name));
                    return Err(PieceError::Differ { path, of }.into());
                }
                Some(_) => {}
                None => {
                    accounts.insert(number, account);
                }
            }
        }
        if folds.insert(one.fold) {
            for (part, n) in one.rows {
                rows.entry(part).or_default().insert(one.fold, n);
            }
            all.merge(Fold::import(one.names.rows()));
        }
    }
    let missing: Vec<u32> =
        (0..list.files).filter(|number| !accounts.contains_key(number)).collect();
    if let Some(first) = missing.first() {
        let words = format!(
            "{} of the list {} in no fold, the first with the number {first}",
            count(missing.len() as u64, "file"),
            if missing.len() == 1 { "is" } else { "are" },
        );
        return Err(PieceError::Incomplete(words).into());
    }
    let names = all.export();
    let parts = rows.into_iter().map(|(part, folds)| rows_of(part, folds.into_iter()));
    let kept = AccountsOf {
        files: accounts.into_values().collect(),
        names: Kept::of(&names),
        parts: parts.collect(),
    };
    let done = Done::of([
        (folds.len(), "fold"),
        (kept.files.len(), "file"),
        (names.headings.len(), "combination"),
    ]);
    work.put(ACCOUNTS, &made_from, &kept)?;
    work.put(NAMES, &made_from, &NamesOf { names: Kept::of(&names.over_files()) })?;
    timer.stage("bring together", folds.len(), "folds");
    Ok(done)
}
