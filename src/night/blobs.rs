//! Reads and writes the parts of the kept state, which are blobs of a generation.
//!
//! ```text
//! about.json                when it was made, and from what; for people
//! ledger.json               files, accounts, positions of rejected lines
//! headings.postcard         newest line of each combination of names; first and last service times in each file
//! tickets/2021-03-11.parquet   joined tickets by the period (UTC) of the visit; `unknown` if it has no time
//! ids/2021-03-11.u64           hashes of their ids, 8 bytes each
//! census/2021-03-11.json       the number of them of each kind
//! rows/2021-03-11.parquet      rows derived from them, as reports need them
//! rows/2021-03-11.json         the rules and locations that rows and sums were made with
//! sums/2021-03-11.postcard     sums of the rows by location and day
//! quarters/2021-Q1.postcard    those of a quarter of a year together
//! ```
//!
//! Tickets and headings name files by id. Ids never change, so a period without news stays as it is, whatever files come
//! and go.

use std::collections::BTreeSet;
use std::fmt;

use rayon::iter::{IntoParallelRefIterator, IntoParallelRefMutIterator, ParallelIterator};
use serde::de::DeserializeOwned;

use crate::dataframe::{KeptRows, LeftOutOfAll};
use crate::metric::PeriodSums;
use crate::partial::{GROUP, Kept, TableError, census, decode, encode, height, sums};
use crate::store::Generation;
use crate::ticket::{Census, Fold, Record, Rows, TicketSet};

use super::error::StateError;
use super::ids::Ids;
use super::ledger::Ledger;
use super::loss::{lost, note};
use super::period::Period;
use super::rows::{self, Head};

pub(super) const LEDGER: &str = "ledger.json";
pub(super) const HEADINGS: &str = "headings.postcard";
/// Where older versions kept them, as JSON.
const OLDER_HEADINGS: &str = "headings.json";

/// A kind of blob kept for each period: prefix and suffix of its name.
pub(super) type Kind = (&'static str, &'static str);
pub(super) const TICKETS: Kind = ("tickets/", ".parquet");
pub(super) const IDS: Kind = ("ids/", ".u64");
pub(super) const CENSUS: Kind = ("census/", ".json");
pub(super) const ROWS: Kind = ("rows/", ".parquet");
pub(super) const HEAD: Kind = ("rows/", ".json");
pub(super) const SUMS: Kind = ("sums/", ".postcard");

/// Name of the blob of a kind and period.
pub(super) fn blob((begin, end): Kind, period: impl fmt::Display) -> String {
    format!("{begin}{period}{end}")
}

/// Reads the ledger of a generation.
///
/// # Errors
/// [`StateError::Store`] if it cannot be read, [`StateError::Ledger`] if it cannot be used.
pub fn read_ledger(from: &Generation) -> Result<Ledger, StateError> {
    let bytes = from.read(LEDGER)?;
    let generation = from.number();
    Ledger::of_bytes(&bytes).map_err(|source| StateError::Ledger { generation, source })
}

/// The periods of a generation.
pub(super) fn periods(from: &Generation) -> BTreeSet<Period> {
    periods_of(from, TICKETS)
}

/// The periods of which a generation has a kind of blob.
pub(super) fn periods_of(from: &Generation, kind: Kind) -> BTreeSet<Period> {
    names_of(from, kind).filter_map(Period::parse).collect()
}

/// What the blobs of a kind are named after; older versions did not name periods.
pub(super) fn names_of(from: &Generation, (begin, end): Kind) -> impl Iterator<Item = &str> {
    from.names().filter_map(move |name| name.strip_prefix(begin)?.strip_suffix(end))
}

/// Reads headings and spans of all tickets; files are named by id.
pub(super) fn read_names(from: &Generation) -> Result<Rows, StateError> {
    if from.size(HEADINGS).is_none() && from.size(OLDER_HEADINGS).is_some() {
        let kept: Kept = json(from, OLDER_HEADINGS)?;
        return Ok(kept.rows());
    }
    let kept: Kept = postcard::from_bytes(&from.read(HEADINGS)?).map_err(|source| {
        StateError::Packed { generation: from.number(), name: HEADINGS.to_owned(), source }
    })?;
    Ok(kept.rows())
}

/// The periods that may hold any of these tickets.
pub(super) fn periods_with(from: &Generation, ids: &Ids) -> Result<BTreeSet<Period>, StateError> {
    let periods = if ids.is_empty() { BTreeSet::new() } else { periods(from) };
    let found: Result<Vec<Option<Period>>, StateError> = periods
        .par_iter()
        .map(|period| {
            let name = blob(IDS, *period);
            let is_in = match from.read(&name).map_err(StateError::from) {
                Ok(bytes) => ids.any_in(&bytes),
                // The period is then loaded, which rebuilds the list.
                Err(error) => {
                    note(from, &name, lost(error)?.as_ref());
                    true
                }
            };
            Ok(is_in.then_some(*period))
        })
        .collect();
    Ok(found?.into_iter().flatten().collect())
}

/// The numbers of a period's tickets ([`Ids`]); those that cannot be read are made again from the tickets.
pub(super) fn read_ids(from: &Generation, period: Period) -> Result<Vec<u8>, StateError> {
    let name = blob(IDS, period);
    match from.read(&name).map_err(StateError::from) {
        Ok(bytes) => Ok(bytes),
        Err(error) => {
            note(from, &name, lost(error)?.as_ref());
            let mut fold = Fold::default();
            read_tickets(from, period, &mut fold, |id| id)?;
            Ok(Ids::of(fold.tickets()).to_bytes())
        }
    }
}

/// The tickets of a period in their stored form; `id` gives the id of a file number.
pub(super) fn encode_tickets(
    period: Period,
    tickets: &TicketSet,
    id: impl Fn(u32) -> u32 + Sync,
) -> Result<Vec<u8>, StateError> {
    let name = blob(TICKETS, period);
    let named = tickets.records(GROUP).map(|mut records| {
        records.par_iter_mut().for_each(|record| record.renumber(&id));
        records
    });
    encode(named).map_err(|source| StateError::Table { generation: 0, name, source })
}

/// Reads the tickets of a period into a fold; `number` gives tonight's number of a file id.
pub(super) fn read_tickets(
    from: &Generation,
    period: Period,
    into: &mut Fold,
    number: impl Fn(u32) -> u32 + Sync,
) -> Result<(), StateError> {
    read_some_tickets(from, period, into, number, |_| true)
}

/// Reads those tickets of a period that are wanted; otherwise as [`read_tickets`].
pub(super) fn read_some_tickets(
    from: &Generation,
    period: impl fmt::Display,
    into: &mut Fold,
    number: impl Fn(u32) -> u32 + Sync,
    wanted: impl Fn(&Record) -> bool + Sync + Send,
) -> Result<(), StateError> {
    let name = blob(TICKETS, period);
    let bytes = from.read(&name)?;
    let generation = from.number();
    let failed = |source| StateError::Table { generation, name: name.clone(), source };
    into.reserve(height(&bytes).map_err(failed)?);
    let taken = decode(&bytes, |mut records| {
        records.retain(&wanted);
        records.par_iter_mut().for_each(|record| record.renumber(&number));
        into.take(&records);
    });
    taken.map_err(failed)
}

/// Looks at every ticket of a period; files are named by id.
pub(super) fn each_ticket(
    from: &Generation,
    period: Period,
    mut look: impl FnMut(&Record) + Send,
) -> Result<(), StateError> {
    let name = blob(TICKETS, period);
    let bytes = from.read(&name)?;
    let generation = from.number();
    decode(&bytes, |records| records.iter().for_each(&mut look))
        .map_err(|source| StateError::Table { generation, name, source })
}

/// Reads the census of a period.
pub(super) fn read_census(from: &Generation, period: Period) -> Result<Census, StateError> {
    let name = blob(CENSUS, period);
    census::decode(&from.read(&name)?).map_err(not_json(from, &name))
}

/// Reads the head of a period's rows: what they were made with.
pub(super) fn read_head(from: &Generation, period: Period) -> Result<Head, StateError> {
    json(from, &blob(HEAD, period))
}

/// What was left out of the rows of a period.
pub(super) fn left_out(
    from: &Generation,
    period: Period,
    head: &Head,
) -> Result<LeftOutOfAll, StateError> {
    head.left_out().map_err(not_json(from, &blob(HEAD, period)))
}

/// Reads the rows of a period.
pub(super) fn read_rows(from: &Generation, period: Period) -> Result<KeptRows, StateError> {
    let head = read_head(from, period)?;
    rows_of(from, period, head, &from.read(&blob(ROWS, period))?)
}

/// Decodes the rows of a period.
pub(super) fn rows_of(
    from: &Generation,
    period: Period,
    head: Head,
    bytes: &[u8],
) -> Result<KeptRows, StateError> {
    let rows = rows::decode(bytes).map_err(|source| StateError::Table {
        generation: from.number(),
        name: blob(ROWS, period),
        source: TableError::Polars(source),
    })?;
    head.with(rows).map_err(not_json(from, &blob(HEAD, period)))
}

/// Reads the sums of a period.
pub(super) fn read_sums(from: &Generation, period: Period) -> Result<PeriodSums, StateError> {
    read_packed(from, &blob(SUMS, period))
}

/// Reads the sums in a blob.
pub(super) fn read_packed(from: &Generation, name: &str) -> Result<PeriodSums, StateError> {
    let failed = |source| packed(from.number(), name, source);
    sums::decode(&from.read(name)?).map_err(failed)
}

/// The sums of a period of their bytes.
pub(super) fn sums_of(
    generation: u64,
    period: Period,
    bytes: &[u8],
) -> Result<PeriodSums, StateError> {
    sums::decode(bytes).map_err(|source| packed(generation, &blob(SUMS, period), source))
}

/// Tells that sums cannot be written or read.
pub(super) fn packed(generation: u64, name: &str, source: postcard::Error) -> StateError {
    StateError::Packed { generation, name: name.to_owned(), source }
}

pub(super) fn json<T: DeserializeOwned>(from: &Generation, name: &str) -> Result<T, StateError> {
    serde_json::from_slice(&from.read(name)?).map_err(not_json(from, name))
}

pub(super) fn not_json(from: &Generation, name: &str) -> impl Fn(serde_json::Error) -> StateError {
    let (generation, name) = (from.number(), name.to_owned());
    move |source| StateError::Json { generation, name: name.clone(), source }
}
