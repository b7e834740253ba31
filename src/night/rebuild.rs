//! Rebuilds what was derived from kept tickets, if it is damaged and no copy is intact.
//!
//! Tickets, headings and the ledger cannot be rebuilt; a night without one of them is refused.

use std::collections::BTreeMap;

use crate::dataframe::{KeptRows, WaitRules};
use crate::metric::PeriodSums;
use crate::partial::census;
use crate::store::{Draft, Generation};
use crate::ticket::{Census, Fold, Gazetteer, Moments, TicketSet};

use super::blobs::{self, CENSUS, HEAD, IDS, ROWS, SUMS, blob};
use super::error::StateError;
use super::file_numbers::FileNumbers;
use super::ids::Ids;
use super::joint::Joints;
use super::loss::{lost, note};
use super::made::Made;
use super::period::Period;
use super::rows::{With, made_with};
use super::shared::Shared;

/// Rebuilds the rows and sums of periods.
#[derive(Debug)]
pub(super) struct Rebuilder {
    /// Headings of all tickets.
    names: Fold,
    numbers: FileNumbers,
    gazetteer: Gazetteer,
    rules: WaitRules,
    shared: Shared,
    /// Spans of periods of which only a part is kept ticket by ticket, UTC milliseconds.
    spans: BTreeMap<Period, (i64, i64)>,
    joints: Joints,
}

/// Carries the ids and the census of a period over, or rebuilds them; `names` holds the headings of all tickets,
/// `counted` is the census.
///
/// # Errors
/// [`StateError`] if the tickets cannot be read, or the storage fails.
pub(super) fn carry_counts(
    draft: &mut Draft<'_>,
    base: &Generation,
    names: &Fold,
    period: Period,
    counted: &Census,
) -> Result<(), StateError> {
    if let Some(name) = carry_or_lose(draft, base, &blob(IDS, period))? {
        let mut fold = names.headings_alone();
        blobs::read_tickets(base, period, &mut fold, |id| id)?;
        draft.write(&name, &Ids::of(fold.tickets()).to_bytes())?;
    }
    if let Some(name) = carry_or_lose(draft, base, &blob(CENSUS, period))? {
        let bytes = census::encode(counted).map_err(blobs::not_json(base, &name))?;
        draft.write(&name, &bytes)?;
    }
    Ok(())
}

/// Carries a blob over; returns its name if it is lost.
///
/// # Errors
/// [`StateError`] if the storage fails.
pub(super) fn carry_or_lose(
    draft: &mut Draft<'_>,
    base: &Generation,
    name: &str,
) -> Result<Option<String>, StateError> {
    match draft.carry(name).map_err(StateError::from) {
        Ok(()) => Ok(None),
        Err(error) => {
            note(base, name, lost(error)?.as_ref());
            Ok(Some(name.to_owned()))
        }
    }
}

impl Rebuilder {
    /// Makes one for the periods of a state; `names` holds the headings of all tickets,
    /// `numbers` those of the files.
    pub(super) fn new(
        (names, numbers): (&Fold, FileNumbers),
        gazetteer: &Gazetteer,
        rules: WaitRules,
        (shared, joints): (Shared, Joints),
        spans: BTreeMap<Period, (i64, i64)>,
    ) -> Self {
        let (names, gazetteer) = (names.headings_alone(), gazetteer.clone());
        Self { names, numbers, gazetteer, rules, shared, spans, joints }
    }

    /// The locations of all tickets.
    pub(super) fn gazetteer(&self) -> &Gazetteer {
        &self.gazetteer
    }

    /// The tickets of a period, as figures count them.
    ///
    /// # Errors
    /// [`StateError`] if they cannot be read.
    pub(super) fn tickets(
        &self,
        from: &Generation,
        period: Period,
    ) -> Result<TicketSet, StateError> {
        let mut fold = self.names.headings_alone();
        blobs::read_tickets(from, period, &mut fold, |id| self.numbers.number(id))?;
        let fold = match self.joints.get(&period) {
            Some(joint) => joint.of(fold),
            None => fold,
        };
        Ok(fold.finish_at(&self.gazetteer))
    }

    /// The moments of tickets of other periods that make bursts together with this one.
    pub(super) fn others(&self, period: Period) -> Moments {
        self.shared.others.get(&period).cloned().unwrap_or_default()
    }

    /// Builds rows and sums of a period from its tickets.
    ///
    /// # Errors
    /// [`StateError`].
    fn rebuild(
        &self,
        from: &Generation,
        period: Period,
        census: &Census,
    ) -> Result<Made, StateError> {
        let set = self.tickets(from, period)?;
        let joint = self.joints.get(&period);
        let census = joint.map_or(census, |joint| &joint.census);
        let made_with = made_with(self.rules, census, joint, &self.gazetteer);
        let with = With::of(period, made_with, &self.shared, &self.gazetteer);
        let others = self.others(period);
        let span = self.spans.get(&period).copied().or(period.span()).unwrap_or_default();
        Made::of((period, span), &set, (with, &others), &self.gazetteer, self.rules)
    }

    /// Carries rows and sums of a period over, and rebuilds those that are lost.
    ///
    /// # Errors
    /// [`StateError`] if the tickets cannot be read, or the storage fails.
    pub(super) fn carry(
        &self,
        draft: &mut Draft<'_>,
        base: &Generation,
        period: Period,
        census: &Census,
    ) -> Result<(), StateError> {
        let mut again: Option<Made> = None;
        for kind in [HEAD, ROWS, SUMS] {
            let Some(name) = carry_or_lose(draft, base, &blob(kind, period))? else { continue };
            // Valid rows equal those that would be built now, so rebuilt parts fit the others.
            let made = match again.take() {
                Some(made) => made,
                None => self.rebuild(base, period, census)?,
            };
            match kind {
                ROWS => draft.write(&name, &made.rows)?,
                SUMS => draft.write(&name, &made.sums)?,
                _ => {
                    let head = serde_json::to_vec(&made.head);
                    draft.write(&name, &head.map_err(blobs::not_json(base, &name))?)?;
                }
            }
            again = Some(made);
        }
        Ok(())
    }

    /// Reads the rows of a period, or rebuilds them.
    ///
    /// # Errors
    /// [`StateError`] if they can be neither read nor rebuilt.
    pub(super) fn read_rows(
        &self,
        from: &Generation,
        period: Period,
    ) -> Result<KeptRows, StateError> {
        let why = match blobs::read_rows(from, period) {
            Ok(rows) => return Ok(rows),
            Err(error) => lost(error)?,
        };
        let made = self.rebuild(from, period, &blobs::read_census(from, period)?)?;
        if let Some(why) = why {
            match blobs::read_head(from, period) {
                Ok(_) => from.made_anew(&blob(ROWS, period), &why, Some(&made.rows)),
                Err(_) => note(from, &blob(HEAD, period), Some(&why)),
            }
        }
        made.read_rows(from, period)
    }

    /// Reads the sums of a period, or rebuilds them.
    ///
    /// # Errors
    /// [`StateError`] if they can be neither read nor rebuilt.
    pub(super) fn read_sums(
        &self,
        from: &Generation,
        period: Period,
    ) -> Result<PeriodSums, StateError> {
        let why = match blobs::read_sums(from, period) {
            Ok(sums) => return Ok(sums),
            Err(error) => lost(error)?,
        };
        let made = self.rebuild(from, period, &blobs::read_census(from, period)?)?;
        if let Some(why) = why {
            from.made_anew(&blob(SUMS, period), &why, Some(&made.sums));
        }
        made.read_sums(from.number(), period)
    }
}
