//! Builds the rows of a period and their sums, in their stored form.

use crate::dataframe::{KeptRows, LeftOutOfAll, WaitRules};
use crate::metric::PeriodSums;
use crate::partial::{TableError, sums};
use crate::store::Generation;
use crate::ticket::{Gazetteer, Moments, TicketSet};

use super::blobs;
use super::error::StateError;
use super::period::Period;
use super::rows::{self, Head, With};

/// Rows and sums of a period, encoded.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) head: Head,
    /// The rows in their stored form.
    pub(super) rows: Vec<u8>,
    /// Number of rows.
    pub(super) height: usize,
    /// The sums in their stored form.
    pub(super) sums: Vec<u8>,
    /// What was left out of waits and lines.
    pub(super) left_out: LeftOutOfAll,
}

impl Made {
    /// Builds rows and sums of the tickets of a period, which are kept one by one in `span` (UTC milliseconds). `others` are the moments that it shares with other periods.
    ///
    /// # Errors
    /// [`StateError`]: an internal error.
    pub(super) fn of(
        (period, span): (Period, (i64, i64)),
        tickets: &TicketSet,
        (with, others): (With, &Moments),
        gazetteer: &Gazetteer,
        rules: WaitRules,
    ) -> Result<Self, StateError> {
        let rows = KeptRows::build(tickets, rules, others)
            .map_err(|source| StateError::Rows { period: period.to_string(), source })?;
        let sums = sums_of((period, span), &rows, gazetteer)?;
        let generation = 0;
        let written = sums::encode(&sums)
            .map_err(|source| blobs::packed(generation, &period.to_string(), source))?;
        let head = Head::of(&rows, with, rules.as_of);
        let made = Self {
            head,
            rows: rows::encode(&rows.rows).map_err(|source| StateError::Table {
                generation,
                name: period.to_string(),
                source: TableError::Polars(source),
            })?,
            height: rows.rows.height(),
            sums: written,
            left_out: rows.left_out,
        };
        Ok(made)
    }

    /// The sums again, as if they were read from a generation of that number.
    ///
    /// # Errors
    /// [`StateError`] if they cannot be read: an internal error.
    pub(super) fn read_sums(
        &self,
        generation: u64,
        period: Period,
    ) -> Result<PeriodSums, StateError> {
        blobs::sums_of(generation, period, &self.sums)
    }

    /// Decodes the rows, as if they were read from a generation.
    ///
    /// # Errors
    /// [`StateError`]: an internal error.
    pub(super) fn read_rows(
        &self,
        from: &Generation,
        period: Period,
    ) -> Result<KeptRows, StateError> {
        blobs::rows_of(from, period, self.head.clone(), &self.rows)
    }
}

/// Computes the sums of a period's rows.
///
/// # Errors
/// [`StateError`]: an internal error.
fn sums_of(
    (period, span): (Period, (i64, i64)),
    rows: &KeptRows,
    gazetteer: &Gazetteer,
) -> Result<PeriodSums, StateError> {
    let clock = |organization: &str, name: &str| gazetteer.clock_of(organization, name);
    PeriodSums::of(rows, clock, span)
        .map_err(|source| StateError::Figures { period: period.to_string(), source })
}
