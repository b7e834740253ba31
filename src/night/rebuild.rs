//! Rebuilds what was derived from kept tickets, if it is damaged and no copy is intact.
//!
//! Tickets, headings and the ledger cannot be rebuilt; a night without one of them is refused.

use std::collections::BTreeMap;

use crate::dataframe::{KeptRows, WaitRules};
use crate::metric::MonthSums;
use crate::partial::census;
use crate::store::{Draft, Generation};
use crate::ticket::{Census, Fold, Gazetteer, Moments, TicketSet};

use super::blobs::{self, CENSUS, HEAD, IDS, ROWS, SUMS, blob};
use super::error::StateError;
use super::ids::Ids;
use super::joint::Joints;
use super::loss::{lost, note};
use super::made::Made;
use super::month::Month;
use super::rows::{With, made_with};
use super::shared::Shared;

/// Rebuilds the rows and sums of months.
#[derive(Debug)]
pub(super) struct Rebuilder {
    /// Headings and spans of all tickets.
    names: Fold,
    gazetteer: Gazetteer,
    rules: WaitRules,
    shared: Shared,
    /// Spans of months of which only a part is kept ticket by ticket, UTC milliseconds.
    spans: BTreeMap<Month, (i64, i64)>,
    joints: Joints,
}

/// Carries the ids and the census of a month over, or rebuilds them; `names` holds the headings of all tickets,
/// `counted` is the census.
///
/// # Errors
/// [`StateError`] if the tickets cannot be read, or the storage fails.
pub(super) fn carry_counts(
    draft: &mut Draft<'_>,
    base: &Generation,
    names: &Fold,
    month: Month,
    counted: &Census,
) -> Result<(), StateError> {
    if let Some(name) = carry_or_lose(draft, base, &blob(IDS, month))? {
        let mut fold = names.without_tickets();
        blobs::read_tickets(base, month, &mut fold, |id| id)?;
        draft.write(&name, &Ids::of(fold.tickets()).to_bytes())?;
    }
    if let Some(name) = carry_or_lose(draft, base, &blob(CENSUS, month))? {
        let bytes = census::encode(counted).map_err(blobs::not_json(base, &name))?;
        draft.write(&name, &bytes)?;
    }
    Ok(())
}

/// Carries a blob over; returns its name if it is lost.
fn carry_or_lose(
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
    /// Makes one for the months of a state; `names` holds the headings of all tickets.
    pub(super) fn new(
        names: &Fold,
        gazetteer: &Gazetteer,
        rules: WaitRules,
        (shared, joints): (Shared, Joints),
        spans: BTreeMap<Month, (i64, i64)>,
    ) -> Self {
        let (names, gazetteer) = (names.without_tickets(), gazetteer.clone());
        Self { names, gazetteer, rules, shared, spans, joints }
    }

    /// The locations of all tickets.
    pub(super) fn gazetteer(&self) -> &Gazetteer {
        &self.gazetteer
    }

    /// The tickets of a month, as figures count them.
    ///
    /// # Errors
    /// [`StateError`] if they cannot be read.
    pub(super) fn tickets(&self, from: &Generation, month: Month) -> Result<TicketSet, StateError> {
        // Which file a line stood in does not matter any more.
        let mut fold = self.names.without_tickets();
        blobs::read_tickets(from, month, &mut fold, |id| id)?;
        let fold = match self.joints.get(&month) {
            Some(joint) => joint.of(fold),
            None => fold,
        };
        Ok(fold.finish_at(&self.gazetteer))
    }

    /// The moments of tickets of other months that make bursts together with this one.
    pub(super) fn others(&self, month: Month) -> Moments {
        self.shared.others.get(&month).cloned().unwrap_or_default()
    }

    /// Builds rows and sums of a month from its tickets.
    ///
    /// # Errors
    /// [`StateError`].
    fn rebuild(
        &self,
        from: &Generation,
        month: Month,
        census: &Census,
    ) -> Result<Made, StateError> {
        let set = self.tickets(from, month)?;
        let joint = self.joints.get(&month);
        let census = joint.map_or(census, |joint| &joint.census);
        let made_with = made_with(self.rules, census, joint, &self.gazetteer);
        let with = With::of(month, made_with, &self.shared, &self.gazetteer);
        let others = self.others(month);
        let span = self.spans.get(&month).copied().or(month.span()).unwrap_or_default();
        Made::of((month, span), &set, (with, &others), &self.gazetteer, self.rules)
    }

    /// Carries rows and sums of a month over, and rebuilds those that are lost.
    ///
    /// # Errors
    /// [`StateError`] if the tickets cannot be read, or the storage fails.
    pub(super) fn carry(
        &self,
        draft: &mut Draft<'_>,
        base: &Generation,
        month: Month,
        census: &Census,
    ) -> Result<(), StateError> {
        let mut again: Option<Made> = None;
        for kind in [HEAD, ROWS, SUMS] {
            let Some(name) = carry_or_lose(draft, base, &blob(kind, month))? else { continue };
            // Valid rows equal those that would be built now, so rebuilt parts fit the others.
            let made = match again.take() {
                Some(made) => made,
                None => self.rebuild(base, month, census)?,
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

    /// Reads the rows of a month, or rebuilds them.
    ///
    /// # Errors
    /// [`StateError`] if they can be neither read nor rebuilt.
    pub(super) fn read_rows(
        &self,
        from: &Generation,
        month: Month,
    ) -> Result<KeptRows, StateError> {
        let why = match blobs::read_rows(from, month) {
            Ok(rows) => return Ok(rows),
            Err(error) => lost(error)?,
        };
        let made = self.rebuild(from, month, &blobs::read_census(from, month)?)?;
        if let Some(why) = why {
            match blobs::read_head(from, month) {
                Ok(_) => from.made_anew(&blob(ROWS, month), &why, Some(&made.rows)),
                Err(_) => note(from, &blob(HEAD, month), Some(&why)),
            }
        }
        made.read_rows(from, month)
    }

    /// Reads the sums of a month, or rebuilds them.
    ///
    /// # Errors
    /// [`StateError`] if they can be neither read nor rebuilt.
    pub(super) fn read_sums(
        &self,
        from: &Generation,
        month: Month,
    ) -> Result<MonthSums, StateError> {
        let why = match blobs::read_sums(from, month) {
            Ok(sums) => return Ok(sums),
            Err(error) => lost(error)?,
        };
        let made = self.rebuild(from, month, &blobs::read_census(from, month)?)?;
        if let Some(why) = why {
            from.made_anew(&blob(SUMS, month), &why, Some(&made.sums));
        }
        made.read_sums(from, month)
    }
}
