//! What earlier nights kept, and all months once tonight's tickets are merged in: rows and sums are made of those that are
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
use super::forgotten::Forgotten;
use super::frozen::{self, Frozen};
use super::gone::Gone;
use super::ids::Ids;
use super::joint::Joints;
use super::loss::{lost, note};
use super::made::Made;
use super::month::Month;
use super::part::Part;
use super::rebuild::Rebuilder;
use super::rows::{With, made_with};
use super::shared::Shared;

/// What earlier nights kept.
#[derive(Debug)]
pub struct History {
    pub(super) base: Option<Generation>,
    /// Headings and spans of all tickets, without the tickets.
    pub(super) names: Rows,
    pub(super) frozen: BTreeMap<Month, Frozen>,
    pub(super) forgotten: Forgotten,
}

/// All months, with tonight's tickets merged in.
#[derive(Debug)]
pub struct Merged {
    pub(super) base: Option<Generation>,
    /// Headings and spans of all tickets.
    pub(super) names: Fold,
    pub(super) months: BTreeMap<Month, Part>,
    /// Tickets of months that may have changed, until they are written.
    pub(super) sets: BTreeMap<Month, TicketSet>,
    /// Months whose tickets are others for figures.
    pub(super) joints: Joints,
    /// Number of tickets that were loaded or are new.
    pub loaded: usize,
    /// Sums of tickets that are forgotten one by one.
    pub(super) frozen: BTreeMap<Month, Frozen>,
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
    /// Opens the history in a generation; an empty one without a generation. `number` gives tonight's number of a file
    /// id. The spans of the files in `whole` (by number) are dropped, because these files were read again from the
    /// start.
    ///
    /// # Errors
    /// [`StateError`] if the headings cannot be read.
    pub fn open(
        base: Option<Generation>,
        number: impl Fn(u32) -> u32,
        whole: &BTreeSet<u32>,
    ) -> Result<Self, StateError> {
        let mut names = base.as_ref().map(blobs::read_names).transpose()?.unwrap_or_default();
        names.renumber(number);
        names.spans.retain(|row| !whole.contains(&row.file));
        let frozen = base.as_ref().map(frozen::read).transpose()?.unwrap_or_default();
        let forgotten = base.as_ref().map(Forgotten::read).transpose()?.unwrap_or_default();
        Ok(Self { base, names, frozen, forgotten })
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
        let kept = self.months.get(&month).map_or(0, |part| part.census.tickets());
        kept + self.frozen.get(&month).map_or(0, |frozen| frozen.census.tickets())
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
        for (month, part) in &self.months {
            census.add(self.counts(*month, part));
        }
        self.frozen.values().for_each(|frozen| census.add(&frozen.census));
        census
    }

    /// The counts of all months as they are kept; forgotten tickets count on.
    fn censuses(&self) -> impl Iterator<Item = &Census> {
        let frozen = self.frozen.values().map(|frozen| &frozen.census);
        self.months.values().map(|part| &part.census).chain(frozen)
    }

    /// The counts of a month, as figures count it.
    fn counts<'a>(&'a self, month: Month, part: &'a Part) -> &'a Census {
        self.joints.get(&month).map_or(&part.census, |joint| &joint.census)
    }

    /// Rows and sums of all months: rebuilt where tickets were loaded, and where they are no longer valid.
    ///
    /// # Errors
    /// [`StateError`] if a month cannot be read, or its rows cannot be built.
    pub fn chronicle(
        &mut self,
        gazetteer: &Gazetteer,
        rules: WaitRules,
    ) -> Result<Chronicle, StateError> {
        // Bursts of two months have to be known before the rows of either are made.
        let mut joined: BTreeMap<Month, TicketSet> = BTreeMap::new();
        for (month, part) in &mut self.months {
            if let Some(fold) = part.touched.take() {
                if let Some(joint) = self.joints.get(month) {
                    joined.insert(*month, joint.of(fold.clone()).finish_at(gazetteer));
                }
                self.sets.insert(*month, fold.finish_at(gazetteer));
            }
        }
        let set_of = |month: Month| joined.get(&month).or_else(|| self.sets.get(&month));
        let made_with = |month: Month, part: &Part| {
            made_with(rules, self.counts(month, part), self.joints.get(&month), gazetteer)
        };
        let shared = self.shared(gazetteer, set_of, made_with)?;
        let spans = self.frozen.keys().map(|month| (*month, self.span_of_kept(*month))).collect();
        let with_joints = (shared.clone(), self.joints.clone());
        let rebuilder = Rebuilder::new(&self.names, gazetteer, rules, with_joints, spans);
        let mut chronicle = Chronicle::new(rebuilder);
        for (month, frozen) in &self.frozen {
            chronicle.freeze(*month, frozen.clone());
        }
        let rows_of = |month: Month, part: &Part| -> Result<Option<RowsOf>, StateError> {
            let with = With::of(month, made_with(month, part), &shared, gazetteer);
            let others = shared.others.get(&month).cloned().unwrap_or_default();
            let make = |set: &TicketSet, with: With| {
                let span = self.span_of_kept(month);
                Made::of((month, span), set, (with, &others), gazetteer, rules)
            };
            let made = match (set_of(month), &self.base) {
                (Some(set), _) => make(set, with)?,
                (None, None) => return Ok(None),
                (None, Some(base)) => {
                    if let Some(left_out) = still_hold(base, month, &with, rules.as_of)? {
                        return Ok(Some(RowsOf::Kept(left_out)));
                    }
                    make(&self.load(base, month, gazetteer)?, with)?
                }
            };
            Ok(Some(RowsOf::Made(Box::new(made))))
        };
        let months: Vec<(&Month, &Part)> = self.months.iter().collect();
        // No more at a time than there are threads: the rows of a month are large until they are encoded.
        for some in months.chunks(rayon::current_num_threads().max(1)) {
            let done = some.par_iter().map(|(month, part)| Ok((**month, rows_of(**month, part)?)));
            for (month, rows) in done.collect::<Result<Vec<_>, StateError>>()? {
                match rows {
                    Some(RowsOf::Made(made)) => chronicle.put(month, *made),
                    Some(RowsOf::Kept(left_out)) => chronicle.keep(month, &left_out),
                    None => {}
                }
            }
        }
        Ok(chronicle)
    }

    /// What the months know of each other's moments.
    pub(super) fn shared<'a>(
        &'a self,
        gazetteer: &Gazetteer,
        set_of: impl Fn(Month) -> Option<&'a TicketSet>,
        made_with: impl Fn(Month, &Part) -> String,
    ) -> Result<Shared, StateError> {
        let counts = |(month, part): (&Month, &'a Part)| (*month, self.counts(*month, part));
        let censuses = self.months.iter().map(counts).collect();
        Shared::of(&censuses, gazetteer, |month, wanted| {
            if let Some(set) = set_of(month) {
                return Ok(set.at(wanted.iter().copied()));
            }
            let part = self.months.get(&month);
            if let Some(fold) = part.and_then(|part| part.touched.as_ref()) {
                return Ok(fold.at(gazetteer, wanted.iter().copied()));
            }
            let (Some(base), Some(part)) = (&self.base, part) else {
                return Ok(Moments::default());
            };
            // A head that cannot be read is noted when its rows are rebuilt.
            let head = blobs::read_head(base, month).ok();
            if let Some(known) =
                head.and_then(|head| head.at(wanted, &made_with(month, part), gazetteer))
            {
                return Ok(known);
            }
            Ok(self.load(base, month, gazetteer)?.at(wanted.iter().copied()))
        })
    }

    /// Loads the tickets of a month that tonight's lines do not affect.
    fn load(
        &self,
        base: &Generation,
        month: Month,
        gazetteer: &Gazetteer,
    ) -> Result<TicketSet, StateError> {
        // Rows do not depend on the numbers of files.
        let mut fold = self.names.without_tickets();
        blobs::read_tickets(base, month, &mut fold, |id| id)?;
        let fold = match self.joints.get(&month) {
            Some(joint) => joint.of(fold),
            None => fold,
        };
        Ok(fold.finish_at(gazetteer))
    }
}

/// The rows and sums of a month.
enum RowsOf {
    Made(Box<Made>),
    /// The kept ones are still valid; this was left out of them.
    Kept(LeftOutOfAll),
}

/// What was left out of the kept rows of a month, if these rows are still valid; damaged ones are not.
fn still_hold(
    base: &Generation,
    month: Month,
    with: &With,
    as_of: i64,
) -> Result<Option<LeftOutOfAll>, StateError> {
    let read = blobs::read_head(base, month).and_then(|head| {
        let holds = head.holds(with, as_of);
        holds.then(|| blobs::left_out(base, month, &head)).transpose()
    });
    read.or_else(|error| {
        let name = blobs::blob(blobs::HEAD, month);
        note(base, &name, lost(error)?.as_ref());
        Ok(None)
    })
}
