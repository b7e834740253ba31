//! Takes back a file that was in the archive by mistake: the tickets that only it brought go, those that other files brought
//! too are read anew from these.

use std::collections::{BTreeMap, BTreeSet};

use crate::archive::Candidate;
use crate::ingest::{Chosen, ingest_chosen};
use crate::night::{Brought, Erase, Tonight};
use crate::ticket::Fold;

use super::open::Opened;
use super::running::Night;
use crate::job::error::{JobError, Missing};
use crate::job::nearest::nearest;

/// A file that is taken back.
pub(super) struct TakenBack {
    /// The tickets to erase.
    pub(super) erase: Erase,
    /// Those of them that other files brought too, read anew from these.
    pub(super) news: Fold,
    /// Number of tickets that are read anew.
    pub(super) again: usize,
    /// Number of tickets that stand in other files that are gone, and stay as they are.
    pub(super) left: usize,
    /// The numbers of the file, unless something of it stays.
    pub(super) files: BTreeSet<u32>,
}

impl Night<'_> {
    /// Finds out what a file brought, and reads what it shares with others anew. `there` are the files that still say what
    /// they said, by id.
    pub(super) fn file(
        &self,
        path: &str,
        opened: &Opened<'_>,
        tonight: &mut Tonight<'_>,
        there: &BTreeMap<u32, &Candidate>,
    ) -> Result<TakenBack, JobError> {
        let plan = &self.plan.plan;
        let ids = named(path, tonight, there)?;
        let base = opened.base.as_ref().ok_or(JobError::NothingKept)?;
        let Brought { alone, shared, left, others } =
            Brought::of(base, tonight, &ids, &there.keys().copied().collect())?;
        let numbers: BTreeSet<u32> = ids.iter().map(|id| tonight.number(*id)).collect();
        let mut chosen: Vec<Chosen<'_>> = others
            .iter()
            .filter_map(|id| Some(Chosen { file: *there.get(id)?, number: tonight.number(*id) }))
            .collect();
        chosen.sort_by_key(|chosen| chosen.number);
        let mut read = ingest_chosen(&chosen, &plan.ingest, &|_| plan.stop.flow())?;
        let news = read.fold.take_chosen(|organization, id| shared.has(organization, id));
        let (again, stays) = (shared.len(), left.len());
        let mut erase = alone;
        erase.extend(shared);
        // As long as something of it stays, the state must know where that came from.
        let files = if left.is_empty() { numbers } else { BTreeSet::new() };
        if left.is_empty() {
            tonight.forget_files(&ids);
        }
        Ok(TakenBack { erase, news, again, left: stays, files })
    }
}

/// The ids of the files of that name that are gone.
fn named(
    path: &str,
    tonight: &Tonight<'_>,
    there: &BTreeMap<u32, &Candidate>,
) -> Result<BTreeSet<u32>, JobError> {
    let rows = || tonight.ledger.files.values();
    let is_exact = rows().any(|row| row.account.name == path);
    let is_meant = |name: &str| {
        name == path || !is_exact && path.strip_suffix(name).is_some_and(|rest| rest.ends_with('/'))
    };
    let meant: BTreeSet<u32> =
        rows().filter(|row| is_meant(&row.account.name)).map(|row| row.id).collect();
    if meant.is_empty() {
        let names: Vec<&str> = rows().map(|row| row.account.name.as_str()).collect();
        let near = nearest(path, names.iter().copied()).into_iter().map(str::to_owned).collect();
        let (noun, name, there) = ("file", path.to_owned(), names.len());
        return Err(JobError::Missing(Missing { noun, name, near, there }));
    }
    let gone: BTreeSet<u32> = meant.iter().copied().filter(|id| !tonight.is_there(*id)).collect();
    if let Some(file) = meant.iter().find_map(|id| there.get(id)).filter(|_| gone.is_empty()) {
        return Err(JobError::StillThere { file: file.name.clone() });
    }
    match gone.is_empty() {
        true => Err(JobError::StillThere { file: path.to_owned() }),
        false => Ok(gone),
    }
}
