//! What is kept of the nights before, and how tonight's tickets are merged in: only the months that they touch are loaded.

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::dataframe::{KeptRows, LeftOutOfAll, WaitRules};
use crate::store::Generation;
use crate::ticket::{Census, Fold, Gazetteer, Moments, Rows, TicketSet};

use super::anew::{self, Maker};
use super::ids::Ids;
use super::month::Month;
use super::rows::{Head, With, made_with};
use super::shared::Shared;
use super::state::{self, StateError};

/// The nights before.
#[derive(Debug)]
pub struct History {
    base: Option<Generation>,
    /// Headings and spans of all tickets, without the tickets.
    names: Rows,
}

/// All months after tonight's tickets were merged in.
#[derive(Debug)]
pub struct Merged {
    pub(super) base: Option<Generation>,
    /// Headings and spans of all tickets.
    pub(super) names: Fold,
    pub(super) months: BTreeMap<Month, Part>,
    /// Number of tickets that were loaded or are new.
    pub loaded: usize,
}

/// A month.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) census: Census,
    /// Its tickets, if something may have changed.
    pub(super) touched: Option<Touched>,
}

/// A month that may have changed.
#[derive(Debug)]
pub(super) struct Touched {
    /// Its tickets as they are kept.
    pub(super) tickets: Vec<u8>,
    /// Their numbers.
    pub(super) ids: Vec<u8>,
    /// Its tickets, until their rows are made.
    fold: Fold,
}

/// The rows of all months, as far as they had to be made tonight; the others are kept as they are.
#[derive(Debug, Default)]
pub struct Chronicle {
    pub(super) made: BTreeMap<Month, (Head, KeptRows)>,
    /// Months whose rows were kept, and not loaded yet.
    pub(super) kept: BTreeSet<Month>,
    /// Months whose rows were kept, and loaded: they need not be written again.
    pub(super) loaded: BTreeSet<Month>,
    /// Waits left out, of all months.
    pub left_out: LeftOutOfAll,
    /// Makes rows anew that turn out damaged.
    pub(super) maker: Option<Maker>,
}

impl History {
    /// Opens what a generation holds, or nothing. `number` gives tonight's number of a file; what was known of the files
    /// in `whole` (by number) is dropped, because they were read again.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn open(
        base: Option<Generation>,
        number: impl Fn(u32) -> u32,
        whole: &BTreeSet<u32>,
    ) -> Result<Self, StateError> {
        let mut names = base.as_ref().map(state::read_names).transpose()?.unwrap_or_default();
        names.renumber(number);
        names.spans.retain(|row| !whole.contains(&row.file));
        Ok(Self { base, names })
    }

    /// What the nights before knew of names, with files numbered as tonight.
    #[must_use]
    pub fn names(&self) -> &Rows {
        &self.names
    }

    /// Merges tonight's tickets. The months they touch are loaded; `number` gives tonight's number of a file, `id` the other
    /// way.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn merge(
        self,
        news: Fold,
        number: impl Fn(u32) -> u32 + Sync,
        id: impl Fn(u32) -> u32 + Sync,
    ) -> Result<Merged, StateError> {
        let Self { base, names } = self;
        let kept = base.as_ref().map(state::months).unwrap_or_default();
        let load = |months: &BTreeSet<Month>, into: &mut Fold| {
            let mut parts =
                base.iter().flat_map(|base| months.iter().map(move |month| (base, month)));
            parts.try_for_each(|(base, month)| state::read_tickets(base, *month, into, &number))
        };
        let ids = Ids::of(&news);
        let touched = base.as_ref().map(|base| state::months_with(base, &ids)).transpose()?;
        let mut touched = touched.unwrap_or_default();
        let mut fold = Fold::import(names);
        load(&touched, &mut fold)?;
        fold.merge(news);
        // New tickets, and those that were put off, belong to months that may not have been touched before.
        let now: BTreeSet<Month> = fold.rough_times().map(Month::of).collect();
        let missing: BTreeSet<Month> =
            now.intersection(&kept).filter(|month| !touched.contains(month)).copied().collect();
        load(&missing, &mut fold)?;
        touched.extend(missing);
        let mut months: BTreeMap<Month, Part> = BTreeMap::new();
        for (base, month) in
            base.iter().flat_map(|base| kept.iter().map(move |month| (base, month)))
        {
            if touched.contains(month) {
                continue;
            }
            match state::read_census(base, *month) {
                Ok(census) => {
                    months.insert(*month, Part { census, touched: None });
                }
                // It is counted again.
                Err(error) => {
                    let name = state::blob(state::CENSUS, *month);
                    anew::note(base, &name, anew::lost(error)?.as_ref());
                    load(&[*month].into(), &mut fold)?;
                }
            }
        }

        let loaded = fold.len();
        let names = fold.without_tickets();
        let put_away = |(month, fold): (Month, Fold)| -> Result<(Month, Part), StateError> {
            let tickets = state::encode_tickets(month, &fold, &id)?;
            let touched = Touched { tickets, ids: Ids::of(&fold).to_bytes(), fold };
            let mut census = touched.fold.census();
            census.strays = touched.fold.strays(month.span());
            Ok((month, Part { census, touched: Some(touched) }))
        };
        let split = fold.split(Month::of).into_par_iter().map(put_away);
        months.extend(split.collect::<Result<BTreeMap<_, _>, _>>()?);
        Ok(Merged { base, names, months, loaded })
    }
}

impl Merged {
    /// Number of tickets.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.months.values().flat_map(|part| part.census.kinds.values()).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Headings and spans of all tickets.
    #[must_use]
    pub fn names(&self) -> &Fold {
        &self.names
    }

    /// All tickets, counted.
    #[must_use]
    pub fn census(&self) -> Census {
        let mut census = Census::default();
        for part in self.months.values() {
            census.add(&part.census);
        }
        census
    }

    /// The rows of all months: made anew of those that were touched, and of those whose rows do not hold any more.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn rows(
        &mut self,
        gazetteer: &Gazetteer,
        rules: WaitRules,
    ) -> Result<Chronicle, StateError> {
        // Bursts of two months have to be known before the rows of either are made.
        let mut sets: BTreeMap<Month, TicketSet> = BTreeMap::new();
        for (month, part) in &mut self.months {
            if let Some(touched) = &mut part.touched {
                sets.insert(*month, std::mem::take(&mut touched.fold).finish_at(gazetteer));
            }
        }
        let made_with = |part: &Part| made_with(rules, &part.census, gazetteer);
        let shared = self.shared(gazetteer, &sets, made_with)?;
        let maker = Some(Maker::new(&self.names, gazetteer, rules, shared.clone()));
        let mut chronicle = Chronicle { maker, ..Chronicle::default() };
        for (month, part) in &self.months {
            let with = With::of(*month, made_with(part), &shared, gazetteer);
            let set = match (sets.remove(month), &self.base) {
                (Some(set), _) => set,
                (None, None) => continue,
                (None, Some(base)) => {
                    if let Some(left_out) = still_hold(base, *month, &with, rules.as_of)? {
                        chronicle.add_left_out(left_out);
                        chronicle.kept.insert(*month);
                        continue;
                    }
                    self.load(base, *month, gazetteer)?
                }
            };
            let others = shared.others.get(month).cloned().unwrap_or_default();
            let rows = KeptRows::build(&set, rules, &others)
                .map_err(|source| StateError::Rows { month: month.to_string(), source })?;
            chronicle.add_left_out(rows.left_out.clone());
            chronicle.made.insert(*month, (Head::of(&rows, with, rules.as_of), rows));
        }
        Ok(chronicle)
    }

    /// What the months know of each other's moments; `sets` holds the tickets of those that were touched.
    fn shared(
        &self,
        gazetteer: &Gazetteer,
        sets: &BTreeMap<Month, TicketSet>,
        made_with: impl Fn(&Part) -> String,
    ) -> Result<Shared, StateError> {
        let censuses = self.months.iter().map(|(month, part)| (*month, &part.census)).collect();
        Shared::of(&censuses, gazetteer, |month, wanted| {
            if let Some(set) = sets.get(&month) {
                return Ok(set.at(wanted.iter().copied()));
            }
            let (Some(base), Some(part)) = (&self.base, self.months.get(&month)) else {
                return Ok(Moments::default());
            };
            // A head that cannot be read is noted when its rows are made anew.
            let head = state::read_head(base, month).ok();
            if let Some(known) = head.and_then(|head| head.at(wanted, &made_with(part), gazetteer))
            {
                return Ok(known);
            }
            Ok(self.load(base, month, gazetteer)?.at(wanted.iter().copied()))
        })
    }

    /// The tickets of a month that was not touched.
    fn load(
        &self,
        base: &Generation,
        month: Month,
        gazetteer: &Gazetteer,
    ) -> Result<TicketSet, StateError> {
        // Which file a line stood in does not matter any more.
        let mut fold = self.names.without_tickets();
        state::read_tickets(base, month, &mut fold, |id| id)?;
        Ok(fold.finish_at(gazetteer))
    }
}

/// The waits left out of the kept rows of a month, if these rows hold; rows that are lost do not.
fn still_hold(
    base: &Generation,
    month: Month,
    with: &With,
    as_of: i64,
) -> Result<Option<LeftOutOfAll>, StateError> {
    let read = state::read_head(base, month).and_then(|head| {
        let holds = head.holds(with, as_of);
        holds.then(|| state::left_out(base, month, &head)).transpose()
    });
    read.or_else(|error| {
        let name = state::blob(state::HEAD, month);
        anew::note(base, &name, anew::lost(error)?.as_ref());
        Ok(None)
    })
}

impl Chronicle {
    fn add_left_out(&mut self, left_out: LeftOutOfAll) {
        for (key, n) in left_out {
            *self.left_out.entry(key).or_default() += n;
        }
    }

    /// Number of rows that were made or loaded.
    #[must_use]
    pub fn height(&self) -> usize {
        self.made.values().map(|(_, rows)| rows.rows.height()).sum()
    }

    /// Whether all rows were kept.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.made.is_empty()
    }

    /// Loads the rows of more months from the state they were kept in: those that a window may touch.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn load(
        &mut self,
        from: &Generation,
        wanted: impl Fn(Month) -> bool,
    ) -> Result<(), StateError> {
        let months: Vec<Month> = self.kept.iter().copied().filter(|month| wanted(*month)).collect();
        let read = |month: &Month| {
            let rows = match &self.maker {
                Some(maker) => maker.read_rows(from, *month),
                None => state::read_rows(from, *month),
            };
            Ok((*month, rows?))
        };
        let loaded: Result<Vec<_>, StateError> = months.par_iter().map(read).collect();
        for (month, rows) in loaded? {
            self.kept.remove(&month);
            self.loaded.insert(month);
            self.made.insert(month, rows);
        }
        Ok(())
    }

    /// Rows of the months that were made or loaded and that a window may touch.
    pub fn rows(&self, wanted: impl Fn(Month) -> bool) -> Vec<&KeptRows> {
        let wanted = self.made.iter().filter(|(month, _)| wanted(**month));
        wanted.map(|(_, (_, rows))| rows).collect()
    }
}
