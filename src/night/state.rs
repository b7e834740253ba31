//! The kept state as blobs of a generation, and back.
//!
//! ```text
//! ledger.json               files, accounts, places of rejected lines
//! headings.json             newest line of each combination of names; first and last service time of each file
//! tickets/2021-03.parquet   joined tickets by month (UTC) of the visit; `unknown` without one
//! ids/2021-03.u64           which tickets these are, 8 bytes each
//! census/2021-03.json       how many of them there are of each kind
//! rows/2021-03.parquet      what follows from them, as the reports need it
//! rows/2021-03.json         what the rows were made with
//! ```
//!
//! Tickets and headings name files by their ids, which never change; so a month without news stays as it is, whatever
//! other files come and go.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::dataframe::{FrameError, KeptRows, LeftOutOfAll};
use crate::store::{Draft, Generation, StoreError};
use crate::ticket::{Census, Fold, HeadingRow, OrderKey, Record, Rows, Span, SpanRow};

use super::census;
use super::history::{Chronicle, Merged};
use super::ids::Ids;
use super::ledger::{Ledger, LedgerError};
use super::month::Month;
use super::rows::{self, Head};
use super::tickets::{GROUP, MonthError, decode, encode};

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
    /// Something of JSON makes no sense.
    #[error("`{name}` of generation {generation} cannot be used")]
    Json {
        /// The generation.
        generation: u64,
        /// The blob.
        name: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The rows of a month cannot be made.
    #[error("the rows of the tickets of {month} could not be made")]
    Rows {
        /// The month.
        month: String,
        /// Why.
        #[source]
        source: FrameError,
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

/// Begin and end of the name of what is kept of a month.
type Kind = (&'static str, &'static str);
const TICKETS: Kind = ("tickets/", ".parquet");
const IDS: Kind = ("ids/", ".u64");
const CENSUS: Kind = ("census/", ".json");
const ROWS: Kind = ("rows/", ".parquet");
const HEAD: Kind = ("rows/", ".json");

fn blob((begin, end): Kind, month: Month) -> String {
    format!("{begin}{month}{end}")
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

/// The months of a generation.
pub(super) fn months(from: &Generation) -> BTreeSet<Month> {
    let name = |name: &str| Month::parse(name.strip_prefix(TICKETS.0)?.strip_suffix(TICKETS.1)?);
    from.names().filter_map(name).collect()
}

/// Reads what is known of all tickets together; files are named by id.
pub(super) fn read_names(from: &Generation) -> Result<Rows, StateError> {
    let kept: Kept = json(from, HEADINGS)?;
    Ok(kept.rows())
}

/// The months that hold any of these tickets.
pub(super) fn months_with(from: &Generation, ids: &Ids) -> Result<BTreeSet<Month>, StateError> {
    let months = if ids.is_empty() { BTreeSet::new() } else { months(from) };
    let found: Result<Vec<Option<Month>>, StateError> = months
        .par_iter()
        .map(|month| Ok(ids.any_in(&from.read(&blob(IDS, *month))?).then_some(*month)))
        .collect();
    Ok(found?.into_iter().flatten().collect())
}

/// The tickets of a month as they are kept; `id` gives the id of a file.
pub(super) fn encode_tickets(
    month: Month,
    tickets: &Fold,
    id: impl Fn(u32) -> u32,
) -> Result<Vec<u8>, StateError> {
    let name = blob(TICKETS, month);
    let named = tickets.records(GROUP).map(|mut records| {
        for record in &mut records {
            record.renumber(&id);
        }
        records
    });
    encode(named).map_err(|source| StateError::Month { generation: 0, name, source })
}

/// Takes the tickets of a month into a fold; `number` gives tonight's number of a file.
pub(super) fn read_tickets(
    from: &Generation,
    month: Month,
    into: &mut Fold,
    number: impl Fn(u32) -> u32 + Sync,
) -> Result<(), StateError> {
    let name = blob(TICKETS, month);
    let bytes = from.read(&name)?;
    let generation = from.number();
    let taken = decode(&bytes, |mut records| {
        for record in &mut records {
            record.renumber(&number);
        }
        into.take(&records);
    });
    taken.map_err(|source| StateError::Month { generation, name, source })
}

/// Reads the census of a month.
pub(super) fn read_census(from: &Generation, month: Month) -> Result<Census, StateError> {
    let name = blob(CENSUS, month);
    census::decode(&from.read(&name)?).map_err(not_json(from, &name))
}

/// Reads what the rows of a month were made with.
pub(super) fn read_head(from: &Generation, month: Month) -> Result<Head, StateError> {
    json(from, &blob(HEAD, month))
}

/// Waits left out of the rows of a month.
pub(super) fn left_out(
    from: &Generation,
    month: Month,
    head: &Head,
) -> Result<LeftOutOfAll, StateError> {
    head.left_out().map_err(not_json(from, &blob(HEAD, month)))
}

/// Reads the rows of a month.
pub(super) fn read_rows(from: &Generation, month: Month) -> Result<(Head, KeptRows), StateError> {
    let (head, name) = (read_head(from, month)?, blob(ROWS, month));
    let (bytes, generation) = (from.read(&name)?, from.number());
    let rows = rows::decode(&bytes).map_err(|source| StateError::Month {
        generation,
        name,
        source: MonthError::Polars(source),
    })?;
    let whole = head.clone().with(rows).map_err(not_json(from, &blob(HEAD, month)))?;
    Ok((head, whole))
}

fn json<T: DeserializeOwned>(from: &Generation, name: &str) -> Result<T, StateError> {
    serde_json::from_slice(&from.read(name)?).map_err(not_json(from, name))
}

fn not_json(from: &Generation, name: &str) -> impl Fn(serde_json::Error) -> StateError {
    let (generation, name) = (from.number(), name.to_owned());
    move |source| StateError::Json { generation, name: name.clone(), source }
}

/// Writes the next generation: months that may have changed, rows that were made anew, and what is known of all; the rest
/// is carried over. The number of months written.
///
/// # Errors
/// [`StateError`].
pub fn write(
    draft: &mut Draft<'_>,
    ledger: &Ledger,
    merged: &Merged,
    chronicle: &Chronicle,
    id: impl Fn(u32) -> u32,
) -> Result<usize, StateError> {
    let generation = draft.number();
    let in_json = |name: &str| {
        let name = name.to_owned();
        move |source| StateError::Json { generation, name: name.clone(), source }
    };
    let base = merged.base.as_ref();
    let mut written = 0;
    for (month, part) in &merged.months {
        match &part.touched {
            Some(touched) => {
                let census =
                    census::encode(&part.census).map_err(in_json(&blob(CENSUS, *month)))?;
                written += usize::from(put(draft, base, &blob(TICKETS, *month), &touched.tickets)?);
                put(draft, base, &blob(IDS, *month), &touched.ids)?;
                put(draft, base, &blob(CENSUS, *month), &census)?;
            }
            None => {
                for kind in [TICKETS, IDS, CENSUS] {
                    draft.carry(&blob(kind, *month))?;
                }
            }
        }
        match chronicle.made.get(month).filter(|_| !chronicle.loaded.contains(month)) {
            Some((head, rows)) => {
                let name = blob(ROWS, *month);
                let bytes = rows::encode(&rows.rows).map_err(|source| {
                    let (name, source) = (name.clone(), MonthError::Polars(source));
                    StateError::Month { generation, name, source }
                })?;
                put(draft, base, &name, &bytes)?;
                let name = blob(HEAD, *month);
                let bytes = serde_json::to_vec(head).map_err(in_json(&name))?;
                put(draft, base, &name, &bytes)?;
            }
            None => {
                for kind in [ROWS, HEAD] {
                    draft.carry(&blob(kind, *month))?;
                }
            }
        }
    }
    let mut names = merged.names.export();
    names.renumber(id);
    let bytes = serde_json::to_vec(&Kept::of(&names)).map_err(in_json(HEADINGS))?;
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

type KeptHeading = (String, [Option<String>; Record::TEXTS.len()], [u64; 2]);
type KeptSpan = (u32, usize, Option<(i64, i64)>, Option<(i64, i64)>, Option<i64>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// Organization, names, key of the newest line.
    headings: Vec<KeptHeading>,
    /// File, place of the heading, instants, wall clocks, newest instant at which anything happened.
    spans: Vec<KeptSpan>,
}

impl Kept {
    fn of(rows: &Rows) -> Self {
        let heading = |row: &HeadingRow| {
            let texts = row.texts.each_ref().map(|text| text.as_deref().map(str::to_owned));
            (row.organization.to_string(), texts, row.newest.to_numbers())
        };
        let span = |row: &SpanRow| {
            let Span { instants, wall_clocks, happened } = row.span;
            (row.file, row.heading, instants, wall_clocks, happened)
        };
        Self {
            headings: rows.headings.iter().map(heading).collect(),
            spans: rows.spans.iter().map(span).collect(),
        }
    }

    fn rows(self) -> Rows {
        let heading = |(organization, texts, newest): KeptHeading| HeadingRow {
            organization: organization.into(),
            texts: texts.map(|text| text.map(Arc::from)),
            newest: OrderKey::of_numbers(newest),
        };
        let span = |(file, heading, instants, wall_clocks, happened): KeptSpan| SpanRow {
            file,
            heading,
            span: Span { instants, wall_clocks, happened },
        };
        Rows {
            headings: self.headings.into_iter().map(heading).collect(),
            spans: self.spans.into_iter().map(span).collect(),
        }
    }
}
