//! The chronicle: rows and sums of all periods, whether rebuilt tonight or kept.

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::dataframe::{KeptRows, LeftOutOfAll};
use crate::metric::PeriodSums;
use crate::store::Generation;
use crate::ticket::{Moments, TicketSet};

use super::blobs;
use super::error::StateError;
use super::frozen::Frozen;
use super::made::Made;
use super::period::Period;
use super::quarters;
use super::rebuild::Rebuilder;

/// Periods whose sums are added up at a time: a quarter of a year. They are in memory together.
const SUMMED: usize = 9;

/// Rows and sums of all periods, read from the state as needed.
#[derive(Debug)]
pub struct Chronicle {
    /// Periods whose rows and sums were rebuilt tonight.
    pub(super) made: BTreeMap<Period, Made>,
    /// Periods whose kept rows and sums are still valid.
    pub(super) kept: BTreeSet<Period>,
    /// Sums that were rebuilt or read.
    sums: BTreeMap<Period, PeriodSums>,
    /// Rows that were read.
    rows: BTreeMap<Period, KeptRows>,
    /// What was left out of waits and lines, over all periods.
    pub left_out: LeftOutOfAll,
    /// Forgotten tickets of which only sums are kept.
    pub(super) frozen: BTreeMap<Period, Frozen>,
    /// Their sums, as far as they were read.
    frozen_sums: BTreeMap<Period, Vec<PeriodSums>>,
    /// Rebuilds rows and sums that turn out to be damaged.
    pub(super) rebuilder: Rebuilder,
}

impl Chronicle {
    /// A chronicle without periods.
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

    /// Adds a period that was made tonight.
    pub(super) fn put(&mut self, period: Period, made: Made) {
        self.add_left_out(&made.left_out);
        self.made.insert(period, made);
    }

    /// Adds a period whose kept rows and sums are still valid.
    pub(super) fn keep(&mut self, period: Period, left_out: &LeftOutOfAll) {
        self.add_left_out(left_out);
        self.kept.insert(period);
    }

    /// Adds forgotten tickets of a period.
    pub(super) fn freeze(&mut self, period: Period, frozen: Frozen) {
        self.add_left_out(&frozen.left_out);
        self.frozen.insert(period, frozen);
    }

    /// Whether single tickets of days that a window may touch are forgotten.
    #[must_use]
    pub fn is_frozen(&self, touches: impl Fn(Period) -> bool) -> bool {
        self.frozen.keys().any(|period| touches(*period))
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

    /// Whether no period was rebuilt.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.made.is_empty()
    }

    /// Records that the new generation is committed: what was rebuilt tonight can now be read from it.
    pub fn set_written(&mut self) {
        self.kept.extend(std::mem::take(&mut self.made).into_keys());
        self.frozen.values_mut().for_each(|frozen| frozen.added.clear());
    }

    /// Reads the sums of the wanted periods, unless they are loaded already: those that were rebuilt tonight, and those of the
    /// generation before, if there is one.
    ///
    /// # Errors
    /// [`StateError`] if some can be neither read nor rebuilt.
    pub fn load_sums(
        &mut self,
        base: Option<&Generation>,
        wanted: impl Fn(Period) -> bool,
    ) -> Result<(), StateError> {
        let number = base.map_or(0, Generation::number);
        let read = |period: Period| self.sums_for(number, base, period);
        let loaded =
            self.load(|period| !self.sums.contains_key(&period) && wanted(period), read)?;
        self.sums.extend(loaded);
        for (period, frozen) in &self.frozen {
            if wanted(*period) && !self.frozen_sums.contains_key(period) {
                let sums = frozen.read_sums(base, *period, self.rebuilder.gazetteer())?;
                self.frozen_sums.insert(*period, sums);
            }
        }
        Ok(())
    }

    /// The sums of a period for the generation of that number, which follows on `base`.
    ///
    /// # Errors
    /// [`StateError`] if they can be neither read nor rebuilt.
    pub(super) fn sums_for(
        &self,
        generation: u64,
        base: Option<&Generation>,
        period: Period,
    ) -> Result<PeriodSums, StateError> {
        match (self.made.get(&period), base) {
            (Some(made), _) => made.read_sums(generation, period),
            (None, Some(base)) => self.rebuilder.read_sums(base, period),
            // Without a generation before, every period was rebuilt.
            (None, None) => Ok(PeriodSums::default()),
        }
    }

    /// Reads the sums of a period; those rebuilt tonight need not be committed yet.
    fn read_sums(&self, from: &Generation, period: Period) -> Result<PeriodSums, StateError> {
        self.sums_for(from.number(), Some(from), period)
    }

    /// Makes something of the sums of each wanted period, one after the other for each thread; those that are not loaded are read
    /// and not kept.
    ///
    /// # Errors
    /// [`StateError`] if some can be neither read nor rebuilt.
    pub fn of_sums<T: Send>(
        &self,
        from: &Generation,
        wanted: impl Fn(Period) -> bool,
        make: impl Fn(&PeriodSums) -> T + Sync,
    ) -> Result<Vec<T>, StateError> {
        let read = |period: Period| match self.sums.get(&period) {
            Some(sums) => Ok(make(sums)),
            None => self.read_sums(from, period).map(|sums| make(&sums)),
        };
        let mut made: Vec<T> = self.load(&wanted, read)?.into_iter().map(|(_, it)| it).collect();
        for (period, frozen) in self.frozen.iter().filter(|(period, _)| wanted(**period)) {
            match self.frozen_sums.get(period) {
                Some(sums) => made.extend(sums.iter().map(&make)),
                None => {
                    let sums = frozen.read_sums(Some(from), *period, self.rebuilder.gazetteer())?;
                    made.extend(sums.iter().map(&make));
                }
            }
        }
        Ok(made)
    }

    /// The sums of the wanted periods that were rebuilt or loaded.
    pub fn sums(&self, wanted: impl Fn(Period) -> bool) -> impl Iterator<Item = &PeriodSums> {
        let kept = self.sums.iter().map(|(period, sums)| (period, std::slice::from_ref(sums)));
        let frozen = self.frozen_sums.iter().map(|(period, sums)| (period, sums.as_slice()));
        kept.chain(frozen).filter(move |(period, _)| wanted(**period)).flat_map(|(_, sums)| sums)
    }

    /// The sums of all periods together; those that are loaded are used up. What a generation holds of whole quarters is taken as
    /// it is. Of the rest a few periods are read and summed at a time, because most of what two periods hold they hold both.
    ///
    /// # Errors
    /// [`StateError`] if some can be neither read nor rebuilt.
    pub fn sum_of_all(&mut self, from: &Generation) -> Result<PeriodSums, StateError> {
        let read = |period: Period| self.read_sums(from, period);
        let (mut parts, rest) = quarters::read(from, self.kept.clone(), read)?;
        // What was rebuilt and is not committed is in no quarter.
        let rest: Vec<Period> = rest.into_iter().chain(self.made.keys().copied()).collect();
        for some in rest.chunks(SUMMED) {
            let is_read = |period| some.contains(&period) && !self.sums.contains_key(&period);
            let loaded = self.load(is_read, |period| self.read_sums(from, period))?;
            self.sums.extend(loaded);
            let sums = some.iter().filter_map(|period| self.sums.remove(period));
            parts.push(PeriodSums::sum(sums.collect()));
        }
        // A period may have both kinds.
        let mut frozen = Vec::new();
        for (period, of) in &self.frozen {
            frozen.extend(match self.frozen_sums.remove(period) {
                Some(sums) => sums,
                None => of.read_sums(Some(from), *period, self.rebuilder.gazetteer())?,
            });
            if frozen.len() >= SUMMED {
                frozen = vec![PeriodSums::sum(frozen)];
            }
        }
        parts.extend(frozen);
        Ok(PeriodSums::sum(parts))
    }

    /// Reads the rows of the wanted periods from a generation, unless they are loaded already. Rows rebuilt tonight need
    /// not be committed yet.
    ///
    /// # Errors
    /// [`StateError`] if some can be neither read nor rebuilt.
    pub fn load_rows(
        &mut self,
        from: &Generation,
        wanted: impl Fn(Period) -> bool,
    ) -> Result<(), StateError> {
        let read = |period: Period| match self.made.get(&period) {
            Some(made) => made.read_rows(from, period),
            None => self.rebuilder.read_rows(from, period),
        };
        let loaded =
            self.load(|period| !self.rows.contains_key(&period) && wanted(period), read)?;
        self.rows.extend(loaded);
        Ok(())
    }

    /// Reads something of all periods that are asked for, side by side.
    fn load<T: Send>(
        &self,
        wanted: impl Fn(Period) -> bool,
        read: impl Fn(Period) -> Result<T, StateError> + Sync,
    ) -> Result<Vec<(Period, T)>, StateError> {
        let all = self.kept.iter().chain(self.made.keys()).copied();
        let periods: Vec<Period> = all.filter(|period| wanted(*period)).collect();
        periods.into_par_iter().map(|period| Ok((period, read(period)?))).collect()
    }

    /// The queues, services and types of the wanted periods.
    ///
    /// # Errors
    /// [`StateError`] if they can be neither read nor found anew.
    pub fn names(
        &self,
        from: &Generation,
        wanted: impl Fn(Period) -> bool,
    ) -> Result<[BTreeSet<String>; 3], StateError> {
        let mut all: [BTreeSet<String>; 3] = Default::default();
        let mut add = |names: [&[String]; 3]| {
            for (all, names) in all.iter_mut().zip(names) {
                all.extend(names.iter().cloned());
            }
        };
        for made in self.made.iter().filter(|(period, _)| wanted(**period)).map(|(_, made)| made) {
            add(made.head.names());
        }
        for period in self.kept.iter().filter(|period| wanted(**period)) {
            match blobs::read_head(from, *period) {
                Ok(head) => add(head.names()),
                // A head that is damaged is found anew with its rows.
                Err(_) => {
                    let rows = self.rebuilder.read_rows(from, *period)?;
                    add([&rows.queues, &rows.categories, &rows.ticket_types]);
                }
            }
        }
        Ok(all)
    }

    /// Hands over the tickets of each wanted period, as figures count them, with the moments of other periods that make bursts
    /// together with it; one period after the other. As many are read side by side, and in memory, as there are threads.
    ///
    /// # Errors
    /// [`StateError`] if the tickets of one cannot be read, and those of `each`.
    pub fn each_period<E: From<StateError>>(
        &self,
        from: &Generation,
        wanted: impl Fn(Period) -> bool,
        mut each: impl FnMut(&TicketSet, &Moments) -> Result<(), E>,
    ) -> Result<(), E> {
        let periods: BTreeSet<Period> = self.kept.iter().chain(self.made.keys()).copied().collect();
        let periods: Vec<Period> = periods.into_iter().filter(|period| wanted(*period)).collect();
        for some in periods.chunks(rayon::current_num_threads()) {
            let read = |period: &Period| self.rebuilder.tickets(from, *period);
            let sets: Vec<TicketSet> = some.par_iter().map(read).collect::<Result<_, _>>()?;
            for (period, set) in some.iter().zip(sets) {
                each(&set, &self.rebuilder.others(*period))?;
            }
        }
        Ok(())
    }

    /// The rows of the wanted periods that were loaded.
    pub fn rows(&self, wanted: impl Fn(Period) -> bool) -> Vec<&KeptRows> {
        self.rows.iter().filter(|(period, _)| wanted(**period)).map(|(_, rows)| rows).collect()
    }
}
