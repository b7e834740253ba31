//! The chronicle: rows and sums of all months, whether rebuilt tonight or kept.

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::dataframe::{KeptRows, LeftOutOfAll};
use crate::metric::MonthSums;
use crate::store::Generation;
use crate::ticket::{Moments, TicketSet};

use super::blobs;
use super::error::StateError;
use super::frozen::Frozen;
use super::made::Made;
use super::month::Month;
use super::rebuild::Rebuilder;

/// Months whose sums are added up at a time.
const SUMMED: usize = 6;

/// Rows and sums of all months, read from the state as needed.
#[derive(Debug)]
pub struct Chronicle {
    /// Months whose rows and sums were rebuilt tonight.
    pub(super) made: BTreeMap<Month, Made>,
    /// Months whose kept rows and sums are still valid.
    pub(super) kept: BTreeSet<Month>,
    /// Sums that were rebuilt or read.
    sums: BTreeMap<Month, MonthSums>,
    /// Rows that were read.
    rows: BTreeMap<Month, KeptRows>,
    /// What was left out of waits and lines, over all months.
    pub left_out: LeftOutOfAll,
    /// Forgotten tickets of which only sums are kept.
    pub(super) frozen: BTreeMap<Month, Frozen>,
    /// Their sums, as far as they were read.
    frozen_sums: BTreeMap<Month, Vec<MonthSums>>,
    /// Rebuilds rows and sums that turn out to be damaged.
    pub(super) rebuilder: Rebuilder,
}

impl Chronicle {
    /// A chronicle without months.
    pub(super) fn new(rebuilder: Rebuilder) -> Self {
        Self {
            made: BTreeMap::new(),
            kept: BTreeSet::new(),
            sums: BTreeMap::new(),
            rows: BTreeMap::new(),
            left_out: LeftOutOfAll::new(),
            frozen: BTreeMap::new(),
            frozen_sums: BTreeMap::new(),
            rebuilder,
        }
    }

    /// Adds a month that was made tonight.
    pub(super) fn put(&mut self, month: Month, made: Made) {
        self.add_left_out(&made.left_out);
        self.made.insert(month, made);
    }

    /// Adds a month whose kept rows and sums are still valid.
    pub(super) fn keep(&mut self, month: Month, left_out: &LeftOutOfAll) {
        self.add_left_out(left_out);
        self.kept.insert(month);
    }

    /// Adds forgotten tickets of a month.
    pub(super) fn freeze(&mut self, month: Month, frozen: Frozen) {
        self.add_left_out(&frozen.left_out);
        self.frozen.insert(month, frozen);
    }

    /// Whether single tickets of days that a window may touch are forgotten.
    #[must_use]
    pub fn is_frozen(&self, touches: impl Fn(Month) -> bool) -> bool {
        self.frozen.keys().any(|month| touches(*month))
    }

    fn add_left_out(&mut self, left_out: &LeftOutOfAll) {
        for (key, n) in left_out {
            *self.left_out.entry(key.clone()).or_default() += n;
        }
    }

    /// Number of rows rebuilt tonight.
    #[must_use]
    pub fn height(&self) -> usize {
        self.made.values().map(|made| made.height).sum()
    }

    /// Whether no month was rebuilt.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.made.is_empty()
    }

    /// Records that the new generation is committed: what was rebuilt tonight can now be read from it.
    pub fn set_written(&mut self) {
        self.kept.extend(std::mem::take(&mut self.made).into_keys());
        self.frozen.values_mut().for_each(|frozen| frozen.added.clear());
    }

    /// Reads the sums of the wanted months from a generation, unless they are loaded already.
    ///
    /// # Errors
    /// [`StateError`] if some can be neither read nor rebuilt.
    pub fn load_sums(
        &mut self,
        from: &Generation,
        wanted: impl Fn(Month) -> bool,
    ) -> Result<(), StateError> {
        let read = |month: Month| self.read_sums(from, month);
        let loaded = self.load(|month| !self.sums.contains_key(&month) && wanted(month), read)?;
        self.sums.extend(loaded);
        for (month, frozen) in &self.frozen {
            if wanted(*month) && !self.frozen_sums.contains_key(month) {
                let sums = frozen.read_sums(from, *month, self.rebuilder.gazetteer())?;
                self.frozen_sums.insert(*month, sums);
            }
        }
        Ok(())
    }

    /// Reads the sums of a month; those rebuilt tonight need not be committed yet.
    fn read_sums(&self, from: &Generation, month: Month) -> Result<MonthSums, StateError> {
        match self.made.get(&month) {
            Some(made) => made.read_sums(from, month),
            None => self.rebuilder.read_sums(from, month),
        }
    }

    /// Makes something of the sums of each wanted month, one after the other for each thread; those that are not loaded are read
    /// and not kept.
    ///
    /// # Errors
    /// [`StateError`] if some can be neither read nor rebuilt.
    pub fn of_sums<T: Send>(
        &self,
        from: &Generation,
        wanted: impl Fn(Month) -> bool,
        make: impl Fn(&MonthSums) -> T + Sync,
    ) -> Result<Vec<T>, StateError> {
        let read = |month: Month| match self.sums.get(&month) {
            Some(sums) => Ok(make(sums)),
            None => self.read_sums(from, month).map(|sums| make(&sums)),
        };
        let mut made: Vec<T> = self.load(&wanted, read)?.into_iter().map(|(_, it)| it).collect();
        for (month, frozen) in self.frozen.iter().filter(|(month, _)| wanted(**month)) {
            match self.frozen_sums.get(month) {
                Some(sums) => made.extend(sums.iter().map(&make)),
                None => {
                    let sums = frozen.read_sums(from, *month, self.rebuilder.gazetteer())?;
                    made.extend(sums.iter().map(&make));
                }
            }
        }
        Ok(made)
    }

    /// The sums of the wanted months that were rebuilt or loaded.
    pub fn sums(&self, wanted: impl Fn(Month) -> bool) -> impl Iterator<Item = &MonthSums> {
        let kept = self.sums.iter().map(|(month, sums)| (month, std::slice::from_ref(sums)));
        let frozen = self.frozen_sums.iter().map(|(month, sums)| (month, sums.as_slice()));
        kept.chain(frozen).filter(move |(month, _)| wanted(**month)).flat_map(|(_, sums)| sums)
    }

    /// The sums of all months together; those that are loaded are used up. A few months are read and summed at a time, because
    /// most of what two months hold they hold both.
    ///
    /// # Errors
    /// [`StateError`] if some can be neither read nor rebuilt.
    pub fn sum_of_all(&mut self, from: &Generation) -> Result<MonthSums, StateError> {
        let months: BTreeSet<Month> =
            self.kept.iter().chain(self.made.keys()).chain(self.frozen.keys()).copied().collect();
        let months: Vec<Month> = months.into_iter().collect();
        let mut parts = Vec::new();
        for some in months.chunks(SUMMED) {
            self.load_sums(from, |month| some.contains(&month))?;
            let frozen = some.iter().filter_map(|month| self.frozen_sums.remove(month)).flatten();
            let mut sums: Vec<MonthSums> = frozen.collect();
            sums.extend(some.iter().filter_map(|month| self.sums.remove(month)));
            parts.push(MonthSums::sum(sums));
        }
        Ok(MonthSums::sum(parts))
    }

    /// Reads the rows of the wanted months from a generation, unless they are loaded already. Rows rebuilt tonight need
    /// not be committed yet.
    ///
    /// # Errors
    /// [`StateError`] if some can be neither read nor rebuilt.
    pub fn load_rows(
        &mut self,
        from: &Generation,
        wanted: impl Fn(Month) -> bool,
    ) -> Result<(), StateError> {
        let read = |month: Month| match self.made.get(&month) {
            Some(made) => made.read_rows(from, month),
            None => self.rebuilder.read_rows(from, month),
        };
        let loaded = self.load(|month| !self.rows.contains_key(&month) && wanted(month), read)?;
        self.rows.extend(loaded);
        Ok(())
    }

    /// Reads something of all months that are asked for, side by side.
    fn load<T: Send>(
        &self,
        wanted: impl Fn(Month) -> bool,
        read: impl Fn(Month) -> Result<T, StateError> + Sync,
    ) -> Result<Vec<(Month, T)>, StateError> {
        let all = self.kept.iter().chain(self.made.keys()).copied();
        let months: Vec<Month> = all.filter(|month| wanted(*month)).collect();
        months.into_par_iter().map(|month| Ok((month, read(month)?))).collect()
    }

    /// The queues, services and types of the wanted months.
    ///
    /// # Errors
    /// [`StateError`] if they can be neither read nor found anew.
    pub fn names(
        &self,
        from: &Generation,
        wanted: impl Fn(Month) -> bool,
    ) -> Result<[BTreeSet<String>; 3], StateError> {
        let mut all: [BTreeSet<String>; 3] = Default::default();
        let mut add = |names: [&[String]; 3]| {
            for (all, names) in all.iter_mut().zip(names) {
                all.extend(names.iter().cloned());
            }
        };
        for made in self.made.iter().filter(|(month, _)| wanted(**month)).map(|(_, made)| made) {
            add(made.head.names());
        }
        for month in self.kept.iter().filter(|month| wanted(**month)) {
            match blobs::read_head(from, *month) {
                Ok(head) => add(head.names()),
                // A head that is damaged is found anew with its rows.
                Err(_) => {
                    let rows = self.rebuilder.read_rows(from, *month)?;
                    add([&rows.queues, &rows.categories, &rows.ticket_types]);
                }
            }
        }
        Ok(all)
    }

    /// Hands over the tickets of each wanted month, as figures count them, with the moments of other months that make bursts
    /// together with it; one month after the other. As many are read side by side, and in memory, as there are threads.
    ///
    /// # Errors
    /// [`StateError`] if the tickets of one cannot be read, and those of `each`.
    pub fn each_month<E: From<StateError>>(
        &self,
        from: &Generation,
        wanted: impl Fn(Month) -> bool,
        mut each: impl FnMut(&TicketSet, &Moments) -> Result<(), E>,
    ) -> Result<(), E> {
        let months: BTreeSet<Month> = self.kept.iter().chain(self.made.keys()).copied().collect();
        let months: Vec<Month> = months.into_iter().filter(|month| wanted(*month)).collect();
        for some in months.chunks(rayon::current_num_threads()) {
            let read = |month: &Month| self.rebuilder.tickets(from, *month);
            let sets: Vec<TicketSet> = some.par_iter().map(read).collect::<Result<_, _>>()?;
            for (month, set) in some.iter().zip(sets) {
                each(&set, &self.rebuilder.others(*month))?;
            }
        }
        Ok(())
    }

    /// The rows of the wanted months that were loaded.
    pub fn rows(&self, wanted: impl Fn(Month) -> bool) -> Vec<&KeptRows> {
        self.rows.iter().filter(|(month, _)| wanted(**month)).map(|(_, rows)| rows).collect()
    }
}
