//! Rows and sums of all months: those made tonight, and those that are kept as they were.

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::dataframe::{KeptRows, LeftOutOfAll};
use crate::metric::MonthSums;
use crate::store::Generation;

use super::anew::Maker;
use super::blobs;
use super::error::StateError;
use super::made::Made;
use super::month::Month;

/// Rows and sums of all months.
#[derive(Debug, Default)]
pub struct Chronicle {
    /// Months whose rows and sums were made tonight.
    pub(super) made: BTreeMap<Month, Made>,
    /// Months whose rows and sums still hold.
    pub(super) kept: BTreeSet<Month>,
    /// Sums that were made or read.
    sums: BTreeMap<Month, MonthSums>,
    /// Rows that were read.
    rows: BTreeMap<Month, KeptRows>,
    /// Waits left out, of all months.
    pub left_out: LeftOutOfAll,
    /// Makes rows and sums again that turn out damaged.
    pub(super) maker: Option<Maker>,
}

impl Chronicle {
    /// One without a month.
    pub(super) fn new(maker: Maker) -> Self {
        Self { maker: Some(maker), ..Self::default() }
    }

    /// Adds a month that was made tonight.
    pub(super) fn put(&mut self, month: Month, made: Made) {
        self.add_left_out(&made.left_out);
        self.made.insert(month, made);
    }

    /// Adds a month that is kept as it was.
    pub(super) fn keep(&mut self, month: Month, left_out: &LeftOutOfAll) {
        self.add_left_out(left_out);
        self.kept.insert(month);
    }

    fn add_left_out(&mut self, left_out: &LeftOutOfAll) {
        for (key, n) in left_out {
            *self.left_out.entry(key.clone()).or_default() += n;
        }
    }

    /// Number of rows that were made tonight.
    #[must_use]
    pub fn height(&self) -> usize {
        self.made.values().map(|made| made.height).sum()
    }

    /// Whether no month had to be made again.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.made.is_empty()
    }

    /// Says that a generation now holds what was made tonight.
    pub fn is_written(&mut self) {
        self.kept.extend(std::mem::take(&mut self.made).into_keys());
    }

    /// Reads the sums of some months, unless they are there, from the state they are kept in.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn load_sums(
        &mut self,
        from: &Generation,
        wanted: impl Fn(Month) -> bool,
    ) -> Result<(), StateError> {
        let is_missing = |month: &Month| !self.sums.contains_key(month) && wanted(*month);
        let all = self.kept.iter().chain(self.made.keys());
        let months: Vec<Month> = all.copied().filter(is_missing).collect();
        let read = |month: &Month| {
            let sums = match (self.made.get(month), &self.maker) {
                (Some(made), _) => made.read_sums(from, *month),
                (None, Some(maker)) => maker.read_sums(from, *month),
                (None, None) => blobs::read_sums(from, *month),
            };
            Ok((*month, sums?))
        };
        let loaded: Result<Vec<_>, StateError> = months.par_iter().map(read).collect();
        self.sums.extend(loaded?);
        Ok(())
    }

    /// The sums of some months, as far as they were made or read.
    pub fn sums(&self, wanted: impl Fn(Month) -> bool) -> impl Iterator<Item = &MonthSums> {
        self.sums.iter().filter(move |(month, _)| wanted(**month)).map(|(_, sums)| sums)
    }

    /// Reads the rows of some months, unless they are there, from the state they are kept in; those made tonight need not be
    /// kept yet.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn load_rows(
        &mut self,
        from: &Generation,
        wanted: impl Fn(Month) -> bool,
    ) -> Result<(), StateError> {
        let is_missing = |month: &Month| !self.rows.contains_key(month) && wanted(*month);
        let all = self.kept.iter().chain(self.made.keys());
        let months: Vec<Month> = all.copied().filter(is_missing).collect();
        let read = |month: &Month| {
            let rows = match (self.made.get(month), &self.maker) {
                (Some(made), _) => made.read(from, *month),
                (None, Some(maker)) => maker.read_rows(from, *month),
                (None, None) => blobs::read_rows(from, *month),
            };
            Ok((*month, rows?))
        };
        let loaded: Result<Vec<_>, StateError> = months.par_iter().map(read).collect();
        self.rows.extend(loaded?);
        Ok(())
    }

    /// The rows of some months, as far as they were read.
    pub fn rows(&self, wanted: impl Fn(Month) -> bool) -> Vec<&KeptRows> {
        self.rows.iter().filter(|(month, _)| wanted(**month)).map(|(_, rows)| rows).collect()
    }
}
