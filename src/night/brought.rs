//! What a file brought that was taken out of the archive: which tickets stand in it alone, which in other files too.

use std::collections::BTreeSet;

use crate::store::Generation;

use super::blobs;
use super::error::StateError;
use super::gone::Erase;
use super::tonight::Tonight;

/// The tickets of some files.
#[derive(Debug, Default)]
pub struct Brought {
    /// Tickets that stand in these files alone.
    pub alone: Erase,
    /// Tickets that also stand in other files, all of which are still there.
    pub shared: Erase,
    /// Tickets that also stand in other files that are gone.
    pub left: Erase,
    /// Ids of the other files of the shared tickets.
    pub others: BTreeSet<u32>,
}

impl Brought {
    /// Looks through all kept tickets. `files` are ids; `there` holds the ids of the files that still say what they said.
    ///
    /// # Errors
    /// [`StateError`] if a period cannot be read.
    pub fn of(
        base: &Generation,
        tonight: &Tonight<'_>,
        files: &BTreeSet<u32>,
        there: &BTreeSet<u32>,
    ) -> Result<Self, StateError> {
        let mut brought = Self::default();
        // Of a ticket of very many files it is only known that there are many: any of them.
        let any: BTreeSet<u32> = tonight.ledger.files.keys().copied().collect();
        for period in blobs::periods(base) {
            blobs::each_ticket(base, period, |record| {
                let all: BTreeSet<u32> = match record.all_files() {
                    Some(all) => all.into_iter().map(|id| tonight.target(id)).collect(),
                    None => any.clone(),
                };
                if all.is_disjoint(files) {
                    return;
                }
                let others: BTreeSet<u32> = all.difference(files).copied().collect();
                let list = if others.is_empty() {
                    &mut brought.alone
                } else if others.is_subset(there) {
                    brought.others.extend(others);
                    &mut brought.shared
                } else {
                    &mut brought.left
                };
                list.add(&record.organization, record.id);
            })?;
        }
        Ok(brought)
    }
}
