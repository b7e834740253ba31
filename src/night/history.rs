//! What earlier nights kept, and all periods once tonight's tickets are merged in: rows and sums are made of those that are
//! loaded, and those of the others stay.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::dataframe::{LeftOutOfAll, WaitRules};
use crate::store::Generation;
use crate::ticket::{Census, Directory, Fold, Gazetteer, Moments, Rows, TicketSet};

use super::blobs;
use super::chronicle::Chronicle;
use super::error::StateError;
use super::file_numbers::FileNumbers;
use super::forgotten::Forgotten;
use super::frozen::{self, Frozen};
use super::gone::Gone;
use super::ids::Ids;
use super::joint::Joints;
use super::loss::{lost, note};
use super::made::Made;
use super::month::Month;
use super::part::Part;
use super::period::Period;
use super::rebuild::Rebuilder;
use super::rows::{With, made_with};
use super::shared::Shared;

/// What earlier nights kept.
#[derive(Debug)]
pub struct History {
    pub(super) base: Option<Generation>,
    pub(super) numbers: FileNumbers,
    /// Headings and spans of all tickets, without the tickets.
    pub(super) names: Rows,
    pub(super) frozen: BTreeMap<Period, Frozen>,
    pub(super) forgotten: Forgotten,
}

/// All periods, with tonight's tickets merged in.
#[derive(Debug)]
pub struct Merged {
    pub(super) base: Option<Generation>,
    pub(super) numbers: FileNumbers,
    /// Headings and spans of all tickets.
    pub(super) names: Fold,
    pub(super) periods: BTreeMap<Period, Part>,
    /// Tickets of periods that may have changed, until they are written.
    pub(super) sets: BTreeMap<Period, TicketSet>,
    /// Periods whose tickets are others for figures.
    pub(super) joints: Joints,
    /// Number of tickets that were loaded or are new.
    pub loaded: usize,
    /// Sums of tickets that are forgotten one by one.
    pub(super) frozen: BTreeMap<Period, Frozen>,
    /// What was forgotten, tonight and before.
    pub forgotten: Forgotten,
    /// What went tonight.
    pub gone: Gone,
    /// Tickets of which only sums are kept from tonight on.
    pub(super) summed: Ids,
    /// Whether older generations must go, because they hold what is forgotten now.
    pub wipes: bool,
}

impl History {
    /// Opens the history in a generation; an empty one without a generation. `numbers` are those of its files. The spans of the
    /// files in `whole` (by number) are dropped, because these files were read again from the start.
    ///
    /// # Errors
    /// [`StateError`] if the headings cannot be read.
    pub fn open(
        base: Option<Generation>,
        numbers: FileNumbers,
        whole: &BTreeSet<u32>,
    ) -> Result<Self, StateError> {
        let mut names = base.as_ref().map(blobs::read_names).transpose()?.unwrap_or_default();
        names.renumber(|id| numbers.number(id));
        names.spans.retain(|row| !whole.contains(&row.file));
        let frozen = base.as_ref().map(frozen::read).transpose()?.unwrap_or_default();
        let forgotten = base.as_ref().map(Forgotten::read).transpose()?.unwrap_or_default();
        Ok(Self { base, numbers, names, frozen, forgotten })
    }

    /// What was forgotten so far. A state that is made anew goes on forgetting what the one before did.
    pub fn forgotten(&mut self) -> &mut Forgotten {
        &mut self.forgotten
    }

    /// Takes back what files (by tonight's number) said of names and dates, as far as no other file said it too.
    pub fn forget_files(&mut self, files: &BTreeSet<u32>) {
        self.names.forget_files(files);
    }

    /// Headings and spans of earlier nights, with files numbered as tonight.
    #[must_use]
    pub fn names(&self) -> &Rows {
        &self.names
    }
}

impl Merged {
    /// Number of tickets.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.censuses().map(Census::tickets).sum()
    }

    /// Number of tickets that figures are made from, those of one organization by several names counted once.
    #[must_use]
    pub fn counted(&self) -> u64 {
        self.census().kinds.values().sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of tickets of a month (UTC), the forgotten ones too.
    pub(super) fn tickets_of(&self, month: Month) -> u64 {
        let kept = self.periods.iter().map(|(period, part)| (period, &part.census));
        let frozen = self.frozen.iter().map(|(period, frozen)| (period, &frozen.census));
        let of_month = kept.chain(frozen).filter(|(period, _)| period.month() == month);
        of_month.map(|(_, census)| census.tickets()).sum()
    }

    /// Headings and spans of all tickets.
    #[must_use]
    pub fn names(&self) -> &Fold {
        &self.names
    }

    /// The same, with the organizations that count.
    #[must_use]
    pub fn united(&self, directory: &Directory) -> Cow<'_, Fold> {
        if directory.organizations().joins_any() {
            Cow::Owned(self.names.clone().unite(directory))
        } else {
            Cow::Borrowed(&self.names)
        }
    }

    /// The census of all tickets, as figures count them.
    #[must_use]
    pub fn census(&self) -> Census {
        let mut census = Census::default();
        for (period, part) in &self.periods {
            census.add(self.counts(*period, part));
        }
        self.frozen.values().for_each(|frozen| census.add(&frozen.census));
        census
    }

    /// The counts of all periods as they are kept; forgotten tickets count on.
    fn censuses(&self) -> impl Iterator<Item = &Census> {
        let frozen = self.frozen.values().map(|frozen| &frozen.census);
        self.periods.values().map(|part| &part.census).chain(frozen)
    }

    /// The counts of a period, as figures count it.
    pub(super) fn counts<'a>(&'a self, period: Period, part: &'a Part) -> &'a Census {
        self.joints.get(&period).map_or(&part.census, |joint| &joint.census)
    }

    /// Rows and sums of all periods: rebuilt where tickets were loaded, and where they are no longer valid.
    ///
    /// # Errors
    /// [`StateError`] if a period cannot be read, or its rows cannot be built.
    pub fn chronicle(
        &mut self,
        gazetteer: &Gazetteer,
        rules: WaitRules,
    ) -> Result<Chronicle, StateError> {
        // Bursts of two periods have to be known before the rows of either are made.
        let mut joined: BTreeMap<Period, TicketSet> = BTreeMap::new();
        for (period, part) in &mut self.periods {
            if let Some(fold) = part.touched.take() {
                if let Some(joint) = self.joints.get(period) {
                    joined.insert(*period, joint.of(fold.clone()).finish_at(gazetteer));
                }
                self.sets.insert(*period, fold.finish_at(gazetteer));
            }
        }
        let set_of = |period: Period| joined.get(&period).or_else(|| self.sets.get(&period));
        let made_with = |period: Period, part: &Part| {
            made_with(rules, self.counts(period, part), self.joints.get(&period), gazetteer)
        };
        let shared = self.shared(gazetteer, set_of, made_with)?;
        let spans =
            self.frozen.keys().map(|period| (*period, self.span_of_kept(*period))).collect();
        let with_joints = (shared.clone(), self.joints.clone());
        let names = (&self.names, self.numbers.clone());
        let rebuilder = Rebuilder::new(names, gazetteer, rules, with_joints, spans);
        let mut chronicle = Chronicle::new(rebuilder);
        for (period, frozen) in &self.frozen {
            chronicle.freeze(*period, frozen.clone());
        }
        let rows_of = |period: Period, part: &Part| -> Result<Option<RowsOf>, StateError> {
            let with = With::of(period, made_with(period, part), &shared, gazetteer);
            let others = shared.others.get(&period).cloned().unwrap_or_default();
            let make = |set: &TicketSet, with: With| {
                let span = self.span_of_kept(period);
                Made::of((period, span), set, (with, &others), gazetteer, rules)
            };
            let made = match (set_of(period), &self.base) {
                (Some(set), _) => make(set, with)?,
                (None, None) => return Ok(None),
                (None, Some(base)) => {
                    if let Some(left_out) = still_hold(base, period, &with, rules.as_of)? {
                        return Ok(Some(RowsOf::Kept(left_out)));
                    }
                    make(&self.load(base, period, gazetteer)?, with)?
                }
            };
            Ok(Some(RowsOf::Made(Box::new(made))))
        };
        let periods: Vec<(&Period, &Part)> = self.periods.iter().collect();
        // No more at a time than there are threads: the rows of a period are large until they are encoded.
        for some in periods.chunks(rayon::current_num_threads().max(1)) {
            let done =
                some.par_iter().map(|(period, part)| Ok((**period, rows_of(**period, part)?)));
            for (period, rows) in done.collect::<Result<Vec<_>, StateError>>()? {
                match rows {
                    Some(RowsOf::Made(made)) => chronicle.put(period, *made),
                    Some(RowsOf::Kept(left_out)) => chronicle.keep(period, &left_out),
                    None => {}
                }
            }
        }
        Ok(chronicle)
    }

    /// What the periods know of each other's moments.
    pub(super) fn shared<'a>(
        &'a self,
        gazetteer: &Gazetteer,
        set_of: impl Fn(Period) -> Option<&'a TicketSet>,
        made_with: impl Fn(Period, &Part) -> String,
    ) -> Result<Shared, StateError> {
        let counts = |(period, part): (&Period, &'a Part)| (*period, self.counts(*period, part));
        let censuses = self.periods.iter().map(counts).collect();
        Shared::of(&censuses, gazetteer, |period, wanted| {
            if let Some(set) = set_of(period) {
                return Ok(set.at(wanted.iter().copied()));
            }
            let part = self.periods.get(&period);
            if let Some(fold) = part.and_then(|part| part.touched.as_ref()) {
                return Ok(fold.at(gazetteer, wanted.iter().copied()));
            }
            let (Some(base), Some(part)) = (&self.base, part) else {
                return Ok(Moments::default());
            };
            // A head that cannot be read is noted when its rows are rebuilt.
            let head = blobs::read_head(base, period).ok();
            if let Some(known) =
                head.and_then(|head| head.at(wanted, &made_with(period, part), gazetteer))
            {
                return Ok(known);
            }
            Ok(self.load(base, period, gazetteer)?.at(wanted.iter().copied()))
        })
    }

    /// Loads the tickets of a period that tonight's lines do not affect.
    fn load(
        &self,
        base: &Generation,
        period: Period,
        gazetteer: &Gazetteer,
    ) -> Result<TicketSet, StateError> {
        let mut fold = self.names.headings_alone();
        blobs::read_tickets(base, period, &mut fold, |id| self.numbers.number(id))?;
        let fold = match self.joints.get(&period) {
            Some(joint) => joint.of(fold),
            None => fold,
        };
        Ok(fold.finish_at(gazetteer))
    }
}

/// The rows and sums of a period.
enum RowsOf {
    Made(Box<Made>),
    /// The kept ones are still valid; this was left out of them.
    Kept(LeftOutOfAll),
}

/// What was left out of the kept rows of a period, if these rows are still valid; damaged ones are not.
fn still_hold(
    base: &Generation,
    period: Period,
    with: &With,
    as_of: i64,
) -> Result<Option<LeftOutOfAll>, StateError> {
    let read = blobs::read_head(base, period).and_then(|head| {
        let holds = head.holds(with, as_of);
        holds.then(|| blobs::left_out(base, period, &head)).transpose()
    });
    read.or_else(|error| {
        let name = blobs::blob(blobs::HEAD, period);
        note(base, &name, lost(error)?.as_ref());
        Ok(None)
    })
}
