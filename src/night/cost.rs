//! What a rebuild would lose: kept tickets that no file that is still there brings.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::dataframe::{KeptRows, SERVICE_DAY, WaitRules};
use crate::store::Generation;
use crate::ticket::{Directory, Fold, Moments};

use super::blobs;
use super::error::StateError;
use super::frozen;
use super::history::Merged;
use super::ids::Ids;
use super::loss::lost;
use super::month::Month;

/// What a rebuild would lose of the state that it replaces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cost {
    /// Number of lost tickets by the month of their service date; the month `unknown` for those without one.
    pub tickets: BTreeMap<Month, u64>,
    /// Months (UTC) of which something cannot be read in the state, so that nobody knows what would be lost of them.
    pub unreadable: BTreeSet<Month>,
}

impl Cost {
    /// Whether nothing would be lost.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.tickets.is_empty() && self.unreadable.is_empty()
    }

    /// Number of tickets that are known to get lost.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.tickets.values().sum()
    }

    /// Compares the tickets of a state with those of tonight, which were all read anew.
    ///
    /// # Errors
    /// [`StateError`] if the storage fails. What is damaged is not an error but unreadable.
    pub fn of(
        old: &Generation,
        merged: &Merged,
        directory: &Directory,
        rules: WaitRules,
    ) -> Result<Self, StateError> {
        let mut there = Ids::of(merged.sets.values().flat_map(|set| set.ids()));
        there.extend(&merged.summed);
        let mut cost = Self::default();
        cost.sums(old, merged)?;
        for name in blobs::names_of(old, blobs::TICKETS) {
            match of_part(old, name, &there, directory, rules) {
                Ok(tickets) => {
                    for (month, n) in tickets {
                        *cost.tickets.entry(month).or_default() += n;
                    }
                }
                Err(error) => {
                    lost(error)?;
                    cost.unreadable.insert(Month::of_name(name));
                }
            }
        }
        Ok(cost)
    }
}

impl Cost {
    /// Counts forgotten tickets whose figures would be lost. Nobody knows their ids, so their numbers are compared: what a
    /// month has now, without the tickets of the state that are still kept one by one, against what it had.
    fn sums(&mut self, old: &Generation, merged: &Merged) -> Result<(), StateError> {
        let mut had: BTreeMap<Month, u64> = BTreeMap::new();
        for name in blobs::names_of(old, frozen::FROZEN) {
            match frozen::read_part(old, name) {
                Ok(frozen) => {
                    *had.entry(Month::of_name(name)).or_default() += frozen.census.tickets();
                }
                Err(error) => {
                    lost(error)?;
                    self.unreadable.insert(Month::of_name(name));
                }
            }
        }
        let mut single: BTreeMap<Month, u64> = BTreeMap::new();
        for name in blobs::names_of(old, blobs::IDS) {
            let size = old.size(&blobs::blob(blobs::IDS, name)).unwrap_or(0);
            *single.entry(Month::of_name(name)).or_default() += size / 8;
        }
        for (month, had) in had {
            let single = single.get(&month).copied().unwrap_or(0);
            let now = merged.tickets_of(month).saturating_sub(single);
            if now < had {
                *self.tickets.entry(month).or_default() += had - now;
            }
        }
        Ok(())
    }
}

/// The tickets of a part of a state, by its name, that are not there any more.
fn of_part(
    old: &Generation,
    part: &str,
    there: &Ids,
    directory: &Directory,
    rules: WaitRules,
) -> Result<BTreeMap<Month, u64>, StateError> {
    let ids = old.read(&blobs::blob(blobs::IDS, part)).map_err(StateError::from);
    // A list that is damaged tells nothing: the tickets themselves do.
    if ids.is_ok_and(|ids| !there.lack_any_of(&ids)) {
        return Ok(BTreeMap::new());
    }
    let mut fold = Fold::import(blobs::read_names(old).unwrap_or_default());
    blobs::read_some_tickets(
        old,
        part,
        &mut fold,
        |id| id,
        |record| !there.has(&record.organization, record.id),
    )?;
    let gazetteer = fold.gazetteer(&fold.census(), directory);
    let rows = KeptRows::build(&fold.finish_at(&gazetteer), rules, &Moments::default())
        .map_err(|source| StateError::Rows { period: part.to_owned(), source })?;
    let days = rows.rows.column(SERVICE_DAY).and_then(|column| column.i32().cloned());
    let days =
        days.map_err(|source| StateError::Rows { period: part.to_owned(), source: source.into() })?;
    let mut found = BTreeMap::new();
    for day in days.iter() {
        let date = day.and_then(NaiveDate::from_epoch_days);
        *found.entry(Month::of_date(date)).or_default() += 1;
    }
    Ok(found)
}
