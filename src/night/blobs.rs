//! Reads and writes the parts of the kept state, which are blobs of a generation.
//!
//! ```text
//! about.json                when it was made, and from what; for people
//! ledger.json               files, accounts, positions of rejected lines
//! headings.json             newest line of each combination of names; first and last service times in each file
//! tickets/2021-03.parquet   joined tickets by the month (UTC) of the visit; `unknown` if it has no time
//! ids/2021-03.u64           hashes of their ids, 8 bytes each
//! census/2021-03.json       the number of them of each kind
//! rows/2021-03.parquet      rows derived from them, as reports need them
//! rows/2021-03.json         the rules and locations that rows and sums were made with
//! sums/2021-03.postcard     sums of the rows by location and day
//! ```
//!
//! Tickets and headings name files by id. Ids never change, so a month without news stays as it is, whatever files come
//! and go.

use std::collections::BTreeSet;

use rayon::iter::{IntoParallelRefIterator, IntoParallelRefMutIterator, ParallelIterator};
use serde::de::DeserializeOwned;

use crate::dataframe::{KeptRows, LeftOutOfAll};
use crate::metric::MonthSums;
use crate::partial::{GROUP, Kept, MonthError, census, decode, encode, height, sums};
use crate::store::Generation;
use crate::ticket::{Census, Fold, Record, Rows, TicketSet};

use super::error::StateError;
use super::ids::Ids;
use super::ledger::Ledger;
use super::loss::{lost, note};
use super::month::Month;
use super::rows::{self, Head};

pub(super) const LEDGER: &str = "ledger.json";
pub(super) const HEADINGS: &str = "headings.json";

/// A kind of blob kept for each month: prefix and suffix of its name.
pub(super) type Kind = (&'static str, &'static str);
pub(super) const TICKETS: Kind = ("tickets/", ".parquet");
pub(super) const IDS: Kind = ("ids/", ".u64");
pub(super) const CENSUS: Kind = ("census/", ".json");
pub(super) const ROWS: Kind = ("rows/", ".parquet");
pub(super) const HEAD: Kind = ("rows/", ".json");
pub(super) const SUMS: Kind = ("sums/", ".postcard");

/// Name of the blob of a kind and month.
pub(super) fn blob((begin, end): Kind, month: Month) -> String {
    format!("{begin}{month}{end}")
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

/// The months of a generation.
pub(super) fn months(from: &Generation) -> BTreeSet<Month> {
    months_of(from, TICKETS)
}

/// The months of which a generation has a kind of blob.
pub(super) fn months_of(from: &Generation, (begin, end): Kind) -> BTreeSet<Month> {
    let month = |name: &str| Month::parse(name.strip_prefix(begin)?.strip_suffix(end)?);
    from.names().filter_map(month).collect()
}

/// Reads headings and spans of all tickets; files are named by id.
pub(super) fn read_names(from: &Generation) -> Result<Rows, StateError> {
    let kept: Kept = json(from, HEADINGS)?;
    Ok(kept.rows())
}

/// The months that may hold any of these tickets.
pub(super) fn months_with(from: &Generation, ids: &Ids) -> Result<BTreeSet<Month>, StateError> {
    let months = if ids.is_empty() { BTreeSet::new() } else { months(from) };
    let found: Result<Vec<Option<Month>>, StateError> = months
        .par_iter()
        .map(|month| {
            let name = blob(IDS, *month);
            let is_in = match from.read(&name).map_err(StateError::from) {
                Ok(bytes) => ids.any_in(&bytes),
                // The month is then loaded, which rebuilds the list.
                Err(error) => {
                    note(from, &name, lost(error)?.as_ref());
                    true
                }
            };
            Ok(is_in.then_some(*month))
        })
        .collect();
    Ok(found?.into_iter().flatten().collect())
}

/// The numbers of a month's tickets ([`Ids`]); those that cannot be read are made again from the tickets.
pub(super) fn read_ids(from: &Generation, month: Month) -> Result<Vec<u8>, StateError> {
    let name = blob(IDS, month);
    match from.read(&name).map_err(StateError::from) {
        Ok(bytes) => Ok(bytes),
        Err(error) => {
            note(from, &name, lost(error)?.as_ref());
            let mut fold = Fold::default();
            read_tickets(from, month, &mut fold, |id| id)?;
            Ok(Ids::of(fold.tickets()).to_bytes())
        }
    }
}

/// The tickets of a month in their stored form; `id` gives the id of a file number.
pub(super) fn encode_tickets(
    month: Month,
    tickets: &TicketSet,
    id: impl Fn(u32) -> u32 + Sync,
) -> Result<Vec<u8>, StateError> {
    let name = blob(TICKETS, month);
    let named = tickets.records(GROUP).map(|mut records| {
        records.par_iter_mut().for_each(|record| record.renumber(&id));
        records
    });
    encode(named).map_err(|source| StateError::Month { generation: 0, name, source })
}

/// Reads the tickets of a month into a fold; `number` gives tonight's number of a file id.
pub(super) fn read_tickets(
    from: &Generation,
    month: Month,
    into: &mut Fold,
    number: impl Fn(u32) -> u32 + Sync,
) -> Result<(), StateError> {
    read_some_tickets(from, month, into, number, |_| true)
}

/// Reads those tickets of a month that are wanted; otherwise as [`read_tickets`].
pub(super) fn read_some_tickets(
    from: &Generation,
    month: Month,
    into: &mut Fold,
    number: impl Fn(u32) -> u32 + Sync,
    wanted: impl Fn(&Record) -> bool + Sync + Send,
) -> Result<(), StateError> {
    let name = blob(TICKETS, month);
    let bytes = from.read(&name)?;
    let generation = from.number();
    let failed = |source| StateError::Month { generation, name: name.clone(), source };
    into.reserve(height(&bytes).map_err(failed)?);
    let taken = decode(&bytes, |mut records| {
        records.retain(&wanted);
        records.par_iter_mut().for_each(|record| record.renumber(&number));
        into.take(&records);
    });
    taken.map_err(failed)
}

/// Looks at every ticket of a month; files are named by id.
pub(super) fn each_ticket(
    from: &Generation,
    month: Month,
    mut look: impl FnMut(&Record) + Send,
) -> Result<(), StateError> {
    let name = blob(TICKETS, month);
    let bytes = from.read(&name)?;
    let generation = from.number();
    decode(&bytes, |records| records.iter().for_each(&mut look))
        .map_err(|source| StateError::Month { generation, name, source })
}

/// Reads the census of a month.
pub(super) fn read_census(from: &Generation, month: Month) -> Result<Census, StateError> {
    let name = blob(CENSUS, month);
    census::decode(&from.read(&name)?).map_err(not_json(from, &name))
}

/// Reads the head of a month's rows: what they were made with.
pub(super) fn read_head(from: &Generation, month: Month) -> Result<Head, StateError> {
    json(from, &blob(HEAD, month))
}

/// What was left out of the rows of a month.
pub(super) fn left_out(
    from: &Generation,
    month: Month,
    head: &Head,
) -> Result<LeftOutOfAll, StateError> {
    head.left_out().map_err(not_json(from, &blob(HEAD, month)))
}

/// Reads the rows of a month.
pub(super) fn read_rows(from: &Generation, month: Month) -> Result<KeptRows, StateError> {
    let head = read_head(from, month)?;
    rows_of(from, month, head, &from.read(&blob(ROWS, month))?)
}

/// Decodes the rows of a month.
pub(super) fn rows_of(
    from: &Generation,
    month: Month,
    head: Head,
    bytes: &[u8],
) -> Result<KeptRows, StateError> {
    let rows = rows::decode(bytes).map_err(|source| StateError::Month {
        generation: from.number(),
        name: blob(ROWS, month),
        source: MonthError::Polars(source),
    })?;
    head.with(rows).map_err(not_json(from, &blob(HEAD, month)))
}

/// Reads the sums of a month.
pub(super) fn read_sums(from: &Generation, month: Month) -> Result<MonthSums, StateError> {
    sums_of(from, month, &from.read(&blob(SUMS, month))?)
}

/// The sums of a month of their bytes.
pub(super) fn sums_of(
    from: &Generation,
    month: Month,
    bytes: &[u8],
) -> Result<MonthSums, StateError> {
    sums::decode(bytes).map_err(|source| StateError::Sums {
        generation: from.number(),
        name: blob(SUMS, month),
        source,
    })
}

pub(super) fn json<T: DeserializeOwned>(from: &Generation, name: &str) -> Result<T, StateError> {
    serde_json::from_slice(&from.read(name)?).map_err(not_json(from, name))
}

pub(super) fn not_json(from: &Generation, name: &str) -> impl Fn(serde_json::Error) -> StateError {
    let (generation, name) = (from.number(), name.to_owned());
    move |source| StateError::Json { generation, name: name.clone(), source }
}
