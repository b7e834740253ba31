//! Merges tonight's tickets with those of earlier nights; only the periods that they affect are loaded.
//!
//! A period is loaded when one of its tickets is heard of again. Often nothing new is said of them: a file that grows is read
//! from its start every night. Such a period is put back as it is, and keeps its rows and sums.

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::store::Generation;
use crate::ticket::Fold;

use super::blobs;
use super::error::StateError;
use super::file_numbers::FileNumbers;
use super::gone::{Erase, Gone};
use super::history::{History, Merged};
use super::ids::Ids;
use super::joint::Joints;
use super::loss::{lost, note};
use super::part::Part;
use super::period::Period;

/// Loads periods.
struct Loader<'a> {
    base: Option<&'a Generation>,
    /// The periods that are kept.
    kept: &'a BTreeSet<Period>,
    /// Headings and spans of all tickets.
    names: &'a Fold,
    erase: &'a Erase,
    /// Periods that may hold tickets to be erased.
    erased: &'a BTreeSet<Period>,
    numbers: FileNumbers,
}

/// A period that was loaded.
struct Loaded {
    /// Its tickets, without those to be erased.
    fold: Fold,
    /// The tickets to be erased.
    erased: Option<Fold>,
}

/// The periods that are loaded, while tickets are merged into them.
#[derive(Default)]
struct Open {
    folds: BTreeMap<Period, Fold>,
    /// Those with a ticket that is different now.
    changed: BTreeSet<Period>,
    /// Number of tickets that were loaded and put back.
    put_back: usize,
}

impl Loader<'_> {
    fn load(&self, period: Period) -> Result<Loaded, StateError> {
        let mut fold = self.names.headings_alone();
        if let Some(base) = self.base.filter(|_| self.kept.contains(&period)) {
            blobs::read_tickets(base, period, &mut fold, |id| self.numbers.number(id))?;
        }
        // Before anything is added: what is erased may be among tonight's tickets, read anew.
        let is_wanted = |organization: &str, id| self.erase.has(organization, id);
        let erased = self.erased.contains(&period).then(|| fold.take_chosen(is_wanted));
        Ok(Loaded { fold, erased: erased.filter(|some| !some.is_empty()) })
    }
}

impl Open {
    /// Counts what was erased of a period; returns its other tickets.
    fn take(&mut self, period: Period, loaded: Loaded, gone: &mut Gone) -> Fold {
        if let Some(some) = loaded.erased {
            *gone.erased.entry(period.month()).or_default() += some.len() as u64;
            gone.found.extend(some.tickets().map(|(_, id)| id));
            self.changed.insert(period);
        }
        loaded.fold
    }

    /// Merges tickets into the affected periods; in the end all of them have a period.
    fn merge(
        &mut self,
        news: Fold,
        touched: &BTreeSet<Period>,
        loader: &Loader<'_>,
        gone: &mut Gone,
    ) -> Result<(), StateError> {
        // They may get more tickets in the end.
        let asked: BTreeSet<Period> = news.rough_times().map(Period::of).collect();
        let touched: Vec<Period> = touched.iter().copied().collect();
        let mut rest = news;
        // So many are read at a time as there are threads, and merged period by period, so that no ticket is put away twice.
        for some in touched.chunks(rayon::current_num_threads().max(1)) {
            let load = |period: &Period| Ok((*period, loader.load(*period)?));
            let loaded: Vec<(Period, Loaded)> =
                some.par_iter().map(load).collect::<Result<_, StateError>>()?;
            for (period, loaded) in loaded {
                let mut fold = self.take(period, loaded, gone);
                let known = rest.take_known(&fold);
                let is_different = fold.update(known);
                // Visits that were put off, or whose time is known better now.
                let strangers = fold.take_strangers(|at| Period::of(at) == period);
                if is_different || !strangers.is_empty() {
                    self.changed.insert(period);
                }
                rest.merge(strangers);
                if self.changed.contains(&period) || asked.contains(&period) {
                    self.folds.insert(period, fold);
                } else {
                    self.put_back += fold.len();
                }
            }
        }
        for (period, part) in rest.split(Period::of) {
            let mut fold = match self.folds.remove(&period) {
                Some(fold) => fold,
                None => self.take(period, loader.load(period)?, gone),
            };
            fold.merge(part);
            self.changed.insert(period);
            self.folds.insert(period, fold);
        }
        let changed = &self.changed;
        let same = self.folds.extract_if(.., |period, _| !changed.contains(period));
        self.put_back += same.map(|(_, fold)| fold.len()).sum::<usize>();
        Ok(())
    }
}

impl History {
    /// Merges tonight's tickets with those of the periods they affect, and erases some.
    ///
    /// # Errors
    /// [`StateError`] if a period cannot be read.
    pub fn merge(self, mut news: Fold, erase: &Erase) -> Result<Merged, StateError> {
        let Self { base, numbers, names, frozen, forgotten } = self;
        let mut gone = Gone::default();
        if forgotten.has_tickets() {
            let again = news.take_chosen(|organization, id| forgotten.has(organization, id));
            gone.forgotten = again.len() as u64;
        }
        let kept = base.as_ref().map(blobs::periods).unwrap_or_default();
        let periods_with =
            |ids: &Ids| base.as_ref().map(|base| blobs::periods_with(base, ids)).transpose();
        let mut touched = periods_with(&Ids::of(news.tickets()))?.unwrap_or_default();
        let erased = periods_with(&erase.ids())?.unwrap_or_default();
        touched.extend(&erased);
        let mut names = Fold::import(names);
        names.merge(news.without_tickets());
        let (of, names_of) = (base.as_ref(), &names);
        let loader = Loader {
            base: of,
            kept: &kept,
            names: names_of,
            erase,
            erased: &erased,
            numbers: numbers.clone(),
        };
        let mut open = Open::default();
        open.merge(news, &touched, &loader, &mut gone)?;
        let mut periods: BTreeMap<Period, Part> = BTreeMap::new();
        for (base, period) in
            of.iter().flat_map(|base| kept.iter().map(move |period| (base, period)))
        {
            if open.folds.contains_key(period) {
                continue;
            }
            match blobs::read_census(base, *period) {
                Ok(census) => {
                    periods.insert(*period, Part { census, touched: None });
                }
                // The period is loaded and counted again.
                Err(error) => {
                    let name = blobs::blob(blobs::CENSUS, *period);
                    note(base, &name, lost(error)?.as_ref());
                    let fold = open.take(*period, loader.load(*period)?, &mut gone);
                    open.folds.insert(*period, fold);
                }
            }
        }
        let Open { mut folds, put_back, .. } = open;
        let loaded = put_back + folds.values().map(Fold::len).sum::<usize>();
        // A period that lost its last ticket is no period any more.
        folds.retain(|_, fold| !fold.is_empty());
        periods.extend(folds.into_iter().map(|(period, fold)| (period, Part::of(period, fold))));
        Ok(Merged {
            base,
            numbers,
            names,
            periods,
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
