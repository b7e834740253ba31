//! Merges tonight's tickets with those of earlier nights; only the months that they affect are loaded.
//!
//! A month is loaded when one of its tickets is heard of again. Often nothing new is said of them: a file that grows is read
//! from its start every night. Such a month is put back as it is, and keeps its rows and sums.

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::store::Generation;
use crate::ticket::Fold;

use super::blobs;
use super::error::StateError;
use super::gone::{Erase, Gone};
use super::history::{History, Merged};
use super::ids::Ids;
use super::joint::Joints;
use super::loss::{lost, note};
use super::month::Month;
use super::part::Part;

/// Loads months.
struct Loader<'a, N> {
    base: Option<&'a Generation>,
    /// The months that are kept.
    kept: &'a BTreeSet<Month>,
    /// Headings and spans of all tickets.
    names: &'a Fold,
    erase: &'a Erase,
    /// Months that may hold tickets to be erased.
    erased: &'a BTreeSet<Month>,
    /// Gives tonight's number of a file id.
    number: N,
}

/// A month that was loaded.
struct Loaded {
    /// Its tickets, without those to be erased.
    fold: Fold,
    /// The tickets to be erased.
    erased: Option<Fold>,
}

/// The months that are loaded, while tickets are merged into them.
#[derive(Default)]
struct Open {
    folds: BTreeMap<Month, Fold>,
    /// Those with a ticket that is different now.
    changed: BTreeSet<Month>,
    /// Number of tickets that were loaded and put back.
    put_back: usize,
}

impl<N: Fn(u32) -> u32 + Sync> Loader<'_, N> {
    fn load(&self, month: Month) -> Result<Loaded, StateError> {
        let mut fold = self.names.without_tickets();
        if let Some(base) = self.base.filter(|_| self.kept.contains(&month)) {
            blobs::read_tickets(base, month, &mut fold, &self.number)?;
        }
        // Before anything is added: what is erased may be among tonight's tickets, read anew.
        let is_wanted = |organization: &str, id| self.erase.has(organization, id);
        let erased = self.erased.contains(&month).then(|| fold.take_chosen(is_wanted));
        Ok(Loaded { fold, erased: erased.filter(|some| !some.is_empty()) })
    }
}

impl Open {
    /// Counts what was erased of a month; returns its other tickets.
    fn take(&mut self, month: Month, loaded: Loaded, gone: &mut Gone) -> Fold {
        if let Some(some) = loaded.erased {
            gone.erased.insert(month, some.len() as u64);
            gone.found.extend(some.tickets().map(|(_, id)| id));
            self.changed.insert(month);
        }
        loaded.fold
    }

    /// Merges tickets into the affected months; in the end all of them have a month.
    fn merge<N: Fn(u32) -> u32 + Sync>(
        &mut self,
        news: Fold,
        touched: &BTreeSet<Month>,
        loader: &Loader<'_, N>,
        gone: &mut Gone,
    ) -> Result<(), StateError> {
        // They may get more tickets in the end.
        let asked: BTreeSet<Month> = news.rough_times().map(Month::of).collect();
        let touched: Vec<Month> = touched.iter().copied().collect();
        let mut rest = news;
        // So many are read at a time as there are threads, and merged month by month, so that no ticket is put away twice.
        for some in touched.chunks(rayon::current_num_threads().max(1)) {
            let load = |month: &Month| Ok((*month, loader.load(*month)?));
            let loaded: Vec<(Month, Loaded)> =
                some.par_iter().map(load).collect::<Result<_, StateError>>()?;
            for (month, loaded) in loaded {
                let mut fold = self.take(month, loaded, gone);
                let known = rest.take_known(&fold);
                let is_different = fold.update(known);
                // Visits that were put off, or whose time is known better now.
                let strangers = fold.take_strangers(|at| Month::of(at) == month);
                if is_different || !strangers.is_empty() {
                    self.changed.insert(month);
                }
                rest.merge(strangers);
                if self.changed.contains(&month) || asked.contains(&month) {
                    self.folds.insert(month, fold);
                } else {
                    self.put_back += fold.len();
                }
            }
        }
        for (month, part) in rest.split(Month::of) {
            let mut fold = match self.folds.remove(&month) {
                Some(fold) => fold,
                None => self.take(month, loader.load(month)?, gone),
            };
            fold.merge(part);
            self.changed.insert(month);
            self.folds.insert(month, fold);
        }
        let changed = &self.changed;
        let same = self.folds.extract_if(.., |month, _| !changed.contains(month));
        self.put_back += same.map(|(_, fold)| fold.len()).sum::<usize>();
        Ok(())
    }
}

impl History {
    /// Merges tonight's tickets with those of the months they affect, and erases some; `number` gives tonight's number of a
    /// file id.
    ///
    /// # Errors
    /// [`StateError`] if a month cannot be read.
    pub fn merge(
        self,
        mut news: Fold,
        erase: &Erase,
        number: impl Fn(u32) -> u32 + Sync,
    ) -> Result<Merged, StateError> {
        let Self { base, names, frozen, forgotten } = self;
        let mut gone = Gone::default();
        if forgotten.has_tickets() {
            let again = news.take_chosen(|organization, id| forgotten.has(organization, id));
            gone.forgotten = again.len() as u64;
        }
        let kept = base.as_ref().map(blobs::months).unwrap_or_default();
        let months_with =
            |ids: &Ids| base.as_ref().map(|base| blobs::months_with(base, ids)).transpose();
        let mut touched = months_with(&Ids::of(news.tickets()))?.unwrap_or_default();
        let erased = months_with(&erase.ids())?.unwrap_or_default();
        touched.extend(&erased);
        let mut names = Fold::import(names);
        names.merge(news.without_tickets());
        let (of, names_of) = (base.as_ref(), &names);
        let loader =
            Loader { base: of, kept: &kept, names: names_of, erase, erased: &erased, number };
        let mut open = Open::default();
        open.merge(news, &touched, &loader, &mut gone)?;
        let mut months: BTreeMap<Month, Part> = BTreeMap::new();
        for (base, month) in of.iter().flat_map(|base| kept.iter().map(move |month| (base, month)))
        {
            if open.folds.contains_key(month) {
                continue;
            }
            match blobs::read_census(base, *month) {
                Ok(census) => {
                    months.insert(*month, Part { census, touched: None });
                }
                // The month is loaded and counted again.
                Err(error) => {
                    let name = blobs::blob(blobs::CENSUS, *month);
                    note(base, &name, lost(error)?.as_ref());
                    let fold = open.take(*month, loader.load(*month)?, &mut gone);
                    open.folds.insert(*month, fold);
                }
            }
        }
        let Open { mut folds, put_back, .. } = open;
        let loaded = put_back + folds.values().map(Fold::len).sum::<usize>();
        // A month that lost its last ticket is no month any more.
        folds.retain(|_, fold| !fold.is_empty());
        months.extend(folds.into_iter().map(|(month, fold)| (month, Part::of(month, fold))));
        Ok(Merged {
            base,
            names,
            months,
            sets: BTreeMap::new(),
            joints: Joints::new(),
            loaded,
            frozen,
            forgotten,
            gone,
            summed: Ids::default(),
            wipes: false,
        })
    }
}
