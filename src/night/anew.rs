//! What follows from kept tickets is made anew where it is damaged and no copy is whole.
//!
//! Only the tickets, the headings and the ledger say what nothing else says; a night without one of those is refused.

use crate::dataframe::{KeptRows, WaitRules};
use crate::store::{Draft, Generation, StoreError};
use crate::ticket::{Fold, Gazetteer};

use super::census;
use super::history::Part;
use super::ids::Ids;
use super::month::Month;
use super::rows::{Head, With, made_with};
use super::shared::Shared;
use super::state::{self, CENSUS, HEAD, IDS, ROWS, StateError, blob};

/// What rows are made with.
#[derive(Debug)]
pub(super) struct Maker {
    /// Headings and spans of all tickets.
    names: Fold,
    gazetteer: Gazetteer,
    rules: WaitRules,
    shared: Shared,
}

/// The error that a part which can be made anew was met with; `None` if its bytes are those that were written, and are not
/// understood.
///
/// # Errors
/// Any other error.
pub(super) fn lost(error: StateError) -> Result<Option<StoreError>, StateError> {
    match error {
        StateError::Store(
            why @ (StoreError::Corrupt { .. }
            | StoreError::UnknownVersion { .. }
            | StoreError::Io { .. }),
        ) => Ok(Some(why)),
        StateError::Json { .. } | StateError::Month { .. } => Ok(None),
        other @ (StateError::Store(_) | StateError::Ledger { .. } | StateError::Rows { .. }) => {
            Err(other)
        }
    }
}

/// Notes that a lost part is made anew, for the next generation.
pub(super) fn note(from: &Generation, name: &str, why: Option<&StoreError>) {
    if let Some(why) = why {
        from.made_anew(name, why, None);
    }
}

/// Carries the ids and the census of a month, or makes them anew.
///
/// # Errors
/// [`StateError`].
pub(super) fn carry_counts(
    draft: &mut Draft<'_>,
    base: &Generation,
    names: &Fold,
    month: Month,
    part: &Part,
) -> Result<(), StateError> {
    if let Some(name) = carry_or_lose(draft, base, &blob(IDS, month))? {
        let mut fold = names.without_tickets();
        state::read_tickets(base, month, &mut fold, |id| id)?;
        draft.write(&name, &Ids::of(&fold).to_bytes())?;
    }
    if let Some(name) = carry_or_lose(draft, base, &blob(CENSUS, month))? {
        let bytes = census::encode(&part.census).map_err(state::not_json(base, &name))?;
        draft.write(&name, &bytes)?;
    }
    Ok(())
}

/// Carries a part; its name if it is lost.
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

impl Maker {
    /// One for months of a state; `names` holds the headings of all tickets.
    pub(super) fn new(
        names: &Fold,
        gazetteer: &Gazetteer,
        rules: WaitRules,
        shared: Shared,
    ) -> Self {
        Self { names: names.without_tickets(), gazetteer: gazetteer.clone(), rules, shared }
    }

    /// The rows of a month from its tickets.
    ///
    /// # Errors
    /// [`StateError`].
    pub(super) fn make(&self, from: &Generation, month: Month) -> Result<KeptRows, StateError> {
        // Which file a line stood in does not matter any more.
        let mut fold = self.names.without_tickets();
        state::read_tickets(from, month, &mut fold, |id| id)?;
        let others = self.shared.others.get(&month).cloned().unwrap_or_default();
        KeptRows::build(&fold.finish_at(&self.gazetteer), self.rules, &others)
            .map_err(|source| StateError::Rows { month: month.to_string(), source })
    }

    /// What these rows of a month were made with.
    fn head(&self, rows: &KeptRows, month: Month, part: &Part) -> Head {
        let made_with = made_with(self.rules, &part.census, &self.gazetteer);
        let with = With::of(month, made_with, &self.shared, &self.gazetteer);
        Head::of(rows, with, self.rules.as_of)
    }

    /// Carries the rows of a month, or makes them anew.
    ///
    /// # Errors
    /// [`StateError`].
    pub(super) fn carry_rows(
        &self,
        draft: &mut Draft<'_>,
        base: &Generation,
        month: Month,
        part: &Part,
    ) -> Result<(), StateError> {
        if let Some(name) = carry_or_lose(draft, base, &blob(HEAD, month))? {
            let rows = self.make(base, month)?;
            let head = self.head(&rows, month, part);
            let bytes = serde_json::to_vec(&head).map_err(state::not_json(base, &name))?;
            draft.write(&name, &bytes)?;
            let name = blob(ROWS, month);
            draft.write(&name, &state::encode_rows(base, &name, &rows)?)?;
        } else if let Some(name) = carry_or_lose(draft, base, &blob(ROWS, month))? {
            // Rows that hold are those that would be made now.
            let rows = self.make(base, month)?;
            draft.write(&name, &state::encode_rows(base, &name, &rows)?)?;
        }
        Ok(())
    }

    /// Reads the rows of a month, or makes them anew.
    ///
    /// # Errors
    /// [`StateError`].
    pub(super) fn read_rows(
        &self,
        from: &Generation,
        month: Month,
    ) -> Result<(Head, KeptRows), StateError> {
        let why = match state::read_rows(from, month) {
            Ok(whole) => return Ok(whole),
            Err(error) => lost(error)?,
        };
        let rows = self.make(from, month)?;
        if let Some(why) = why {
            let name = match state::read_head(from, month) {
                Ok(_) => blob(ROWS, month),
                Err(_) => blob(HEAD, month),
            };
            from.made_anew(&name, &why, Some(&state::encode_rows(from, &name, &rows)?));
        }
        let census = state::read_census(from, month)?;
        let part = Part { census, touched: None };
        Ok((self.head(&rows, month, &part), rows))
    }
}
