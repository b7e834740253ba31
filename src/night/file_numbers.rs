//! The place of each file in file order, by its id.
//!
//! Of two records with the same time and rank, the one of the later file wins. Kept tickets name files by id, in the order in
//! which nights found them. So whoever reads kept tickets numbers their files anew, in the order of the names.

use std::sync::Arc;

use crate::archive::order_key;
use crate::ticket::OrderKey;

use super::ledger::{Ledger, Row};

/// Numbers of files by id.
#[derive(Debug, Clone, Default)]
pub struct FileNumbers(Arc<[u32]>);

impl FileNumbers {
    /// The places of the files of a ledger. A file that is gone and whose content another one has is that one.
    #[must_use]
    pub fn of(ledger: &Ledger) -> Self {
        let numbered: Vec<(u32, u32)> =
            in_order(ledger).into_iter().map(|row| row.id).zip(0..).collect();
        let mut numbers = Self::none(ledger);
        for (id, number) in numbered {
            set(&mut numbers, id, number);
        }
        for (id, target) in &ledger.same_as {
            let number = numbers.get(*target as usize).copied().unwrap_or(OrderKey::MAX_FILE);
            set(&mut numbers, *id, number);
        }
        Self(numbers.into())
    }

    /// The numbers that `number` gives to the ids of a ledger.
    pub(super) fn by(ledger: &Ledger, number: impl Fn(u32) -> u32) -> Self {
        Self((0..ledger.next_id).map(number).collect())
    }

    /// No file has a place.
    fn none(ledger: &Ledger) -> Vec<u32> {
        vec![OrderKey::MAX_FILE; ledger.next_id as usize]
    }

    /// The number of the file with an id; the largest there can be for one that is not known.
    #[must_use]
    pub fn number(&self, id: u32) -> u32 {
        self.0.get(id as usize).copied().unwrap_or(OrderKey::MAX_FILE)
    }
}

fn set(numbers: &mut [u32], id: u32, number: u32) {
    if let Some(slot) = numbers.get_mut(id as usize) {
        *slot = number;
    }
}

/// The files of a ledger in file order. Of a file that is gone and the one that took its name, the older id comes first.
#[must_use]
pub fn in_order(ledger: &Ledger) -> Vec<&Row> {
    let mut rows: Vec<&Row> = ledger.files.values().collect();
    rows.sort_by_cached_key(|row| order_key(&row.account.name));
    rows
}
