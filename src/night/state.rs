//! The kept state as blobs of a generation, and back.
//!
//! ```text
//! ledger.json               files, accounts, places of rejected lines
//! headings.json             newest line of each combination of names; first and last service time of each file
//! tickets/2021-03.parquet   joined tickets by month (UTC) of the visit; `unknown` without one
//! ```
//!
//! Tickets and headings name files by their ids, which never change; so a month without news stays as it is, whatever
//! other files come and go.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use crate::store::{Draft, Generation, StoreError};
use crate::ticket::{HeadingRow, OrderKey, Record, Rows, Span, SpanRow};
use crate::webhook::TicketId;

use super::ledger::{Ledger, LedgerError};
use super::months::{MonthError, decode, encode, month_of};

const LEDGER: &str = "ledger.json";
const HEADINGS: &str = "headings.json";

/// Why the state cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The store refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger makes no sense.
    #[error("the ledger of generation {generation} cannot be used")]
    Ledger {
        /// The generation.
        generation: u64,
        /// Why.
        #[source]
        source: LedgerError,
    },
    /// The headings make no sense.
    #[error("`{HEADINGS}` of generation {generation} cannot be used")]
    Headings {
        /// The generation.
        generation: u64,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A month makes no sense.
    #[error("`{name}` of generation {generation} cannot be used")]
    Month {
        /// The generation.
        generation: u64,
        /// The blob.
        name: String,
        /// Why.
        #[source]
        source: MonthError,
    },
}

fn blob_of(month: &str) -> String {
    format!("tickets/{month}.parquet")
}

fn is_month(name: &str) -> bool {
    name.starts_with("tickets/")
}

/// Reads the ledger of a generation.
///
/// # Errors
/// [`StateError`].
pub fn read_ledger(from: &Generation) -> Result<Ledger, StateError> {
    let bytes = from.read(LEDGER)?;
    let generation = from.number();
    Ledger::of_bytes(&bytes).map_err(|source| StateError::Ledger { generation, source })
}

/// Reads all tickets of a generation; files are named by id.
///
/// # Errors
/// [`StateError`].
pub fn read_rows(from: &Generation) -> Result<Rows, StateError> {
    let generation = from.number();
    let bytes = from.read(HEADINGS)?;
    let kept: Kept = serde_json::from_slice(&bytes)
        .map_err(|source| StateError::Headings { generation, source })?;
    let names: Vec<&str> = from.names().filter(|name| is_month(name)).collect();
    let months: Result<Vec<Vec<Record>>, StateError> = names
        .par_iter()
        .map(|name| {
            let bytes = from.read(name)?;
            let name = (*name).to_owned();
            decode(&bytes).map_err(|source| StateError::Month { generation, name, source })
        })
        .collect();
    Ok(kept.rows(months?.into_iter().flatten().collect()))
}

/// Writes the next generation: months of touched tickets, before and after, and what has changed of the rest; everything
/// else is carried over.
///
/// # Errors
/// [`StateError`].
pub fn write(
    draft: &mut Draft<'_>,
    base: Option<&Generation>,
    ledger: &Ledger,
    rows: &Rows,
    touched: &BTreeSet<String>,
) -> Result<usize, StateError> {
    let generation = draft.number();
    let mut months: BTreeMap<String, Vec<&Record>> = BTreeMap::new();
    for record in &rows.tickets {
        months.entry(month_of(record)).or_default().push(record);
    }
    let carried = |month: &str| {
        base.is_some_and(|base| !touched.contains(month) && base.size(&blob_of(month)).is_some())
    };
    let mut written = 0;
    for (month, records) in &months {
        let name = blob_of(month);
        if carried(month) {
            draft.carry(&name)?;
            continue;
        }
        let bytes = encode(records).map_err(|source| StateError::Month {
            generation,
            name: name.clone(),
            source,
        })?;
        written += usize::from(put(draft, base, &name, &bytes)?);
    }
    let bytes = serde_json::to_vec(&Kept::of(rows))
        .map_err(|source| StateError::Headings { generation, source })?;
    put(draft, base, HEADINGS, &bytes)?;
    let bytes = ledger.to_bytes().map_err(|source| StateError::Ledger { generation, source })?;
    put(draft, base, LEDGER, &bytes)?;
    Ok(written)
}

/// Writes a blob, unless the one before has the same bytes; whether it was written.
fn put(
    draft: &mut Draft<'_>,
    base: Option<&Generation>,
    name: &str,
    bytes: &[u8],
) -> Result<bool, StateError> {
    let is_same = match base.filter(|base| base.size(name) == Some(bytes.len() as u64)) {
        Some(base) => base.read(name)? == bytes,
        None => false,
    };
    if is_same {
        draft.carry(name)?;
    } else {
        draft.write(name, bytes)?;
    }
    Ok(!is_same)
}

/// The months that tickets with some ids lie in.
#[must_use]
pub fn months_of(rows: &Rows, ids: &BTreeSet<TicketId>) -> BTreeSet<String> {
    rows.tickets.iter().filter(|record| ids.contains(&record.id)).map(month_of).collect()
}

type KeptHeading = (String, [Option<String>; Record::TEXTS.len()], [u64; 2]);
type KeptSpan = (u32, usize, Option<(i64, i64)>, Option<(i64, i64)>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// Organization, names, key of the newest line.
    headings: Vec<KeptHeading>,
    /// File, place of the heading, instants, wall clocks.
    spans: Vec<KeptSpan>,
}

impl Kept {
    fn of(rows: &Rows) -> Self {
        let heading = |row: &HeadingRow| {
            let texts = row.texts.each_ref().map(|text| text.as_deref().map(str::to_owned));
            (row.organization.to_string(), texts, row.newest.to_numbers())
        };
        let span = |row: &SpanRow| {
            let Span { instants, wall_clocks } = row.span;
            (row.file, row.heading, instants, wall_clocks)
        };
        Self {
            headings: rows.headings.iter().map(heading).collect(),
            spans: rows.spans.iter().map(span).collect(),
        }
    }

    fn rows(self, tickets: Vec<Record>) -> Rows {
        let heading = |(organization, texts, newest): KeptHeading| HeadingRow {
            organization: organization.into(),
            texts: texts.map(|text| text.map(Arc::from)),
            newest: OrderKey::of_numbers(newest),
        };
        let span = |(file, heading, instants, wall_clocks): KeptSpan| SpanRow {
            file,
            heading,
            span: Span { instants, wall_clocks },
        };
        Rows {
            tickets,
            headings: self.headings.into_iter().map(heading).collect(),
            spans: self.spans.into_iter().map(span).collect(),
        }
    }
}
