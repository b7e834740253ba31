//! What follows from the tickets of a month, as it is kept: rows, and what they add up to.

use crate::dataframe::{KeptRows, LeftOutOfAll, WaitRules};
use crate::metric::MonthSums;
use crate::store::Generation;
use crate::ticket::{Gazetteer, Moments, TicketSet};

use super::blobs;
use super::error::StateError;
use super::month::Month;
use super::rows::{self, Head, With};
use super::tickets::MonthError;

/// Rows and sums of a month, written and to be used tonight.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) head: Head,
    /// The rows, as they are kept.
    pub(super) rows: Vec<u8>,
    /// Number of rows.
    pub(super) height: usize,
    /// The sums, as they are kept.
    pub(super) sums: Vec<u8>,
    /// Waits left out.
    pub(super) left_out: LeftOutOfAll,
}

impl Made {
    /// Makes rows and sums of the tickets of a month; `others` are moments that tickets of other months share with it.
    ///
    /// # Errors
    /// [`StateError`] if they cannot be made: an internal error.
    pub(super) fn of(
        month: Month,
        tickets: &TicketSet,
        (with, others): (With, &Moments),
        gazetteer: &Gazetteer,
        rules: WaitRules,
    ) -> Result<Self, StateError> {
        let rows = KeptRows::build(tickets, rules, others)
            .map_err(|source| StateError::Rows { month: month.to_string(), source })?;
        let sums = sums_of(month, &rows, gazetteer)?;
        let generation = 0;
        let written = postcard::to_stdvec(&sums).map_err(|source| StateError::Sums {
            generation,
            name: month.to_string(),
            source,
        })?;
        let head = Head::of(&rows, with, rules.as_of);
        let made = Self {
            head,
            rows: rows::encode(&rows.rows).map_err(|source| StateError::Month {
                generation,
                name: month.to_string(),
                source: MonthError::Polars(source),
            })?,
            height: rows.rows.height(),
            sums: written,
            left_out: rows.left_out,
        };
        Ok(made)
    }

    /// The sums again, as if they were read from a generation.
    ///
    /// # Errors
    /// [`StateError`] if they cannot be read: an internal error.
    pub(super) fn read_sums(
        &self,
        from: &Generation,
        month: Month,
    ) -> Result<MonthSums, StateError> {
        blobs::sums_of(from, month, &self.sums)
    }

    /// The rows again, as if they were read from a generation.
    ///
    /// # Errors
    /// [`StateError`] if they cannot be read: an internal error.
    pub(super) fn read(&self, from: &Generation, month: Month) -> Result<KeptRows, StateError> {
        blobs::rows_of(from, month, self.head.clone(), &self.rows)
    }
}

/// What the rows of a month add up to.
///
/// # Errors
/// [`StateError`] if they cannot be made: an internal error.
fn sums_of(month: Month, rows: &KeptRows, gazetteer: &Gazetteer) -> Result<MonthSums, StateError> {
    let zone = |organization: &str, name: &str| gazetteer.zone_of(organization, name);
    MonthSums::of(rows, zone, month.span().unwrap_or_default())
        .map_err(|source| StateError::Figures { month: month.to_string(), source })
}
