//! Rows derived from kept tickets and kept beside them, so that a report of many periods need not derive them again.
//!
//! They are valid as long as the tickets, the rules and the locations of the period stay the same. A [`Head`] says what
//! they were made with. Rows that are no longer valid are rebuilt from the tickets.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use polars::prelude::{DataFrame, PolarsError};
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use polars_io::parquet::write::{ParquetCompression, ParquetWriter, StatisticsOptions};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::dataframe::{KeptRows, LeftOutOfAll, WaitEnd, WaitRules};
use crate::partial::{left_out_of_rows, left_out_rows};
use crate::ticket::{Census, Gazetteer, Moment, Moments};

use super::joint::Joint;
use super::period::Period;
use super::shared::{Named, Shared, find, named};

/// To be raised when the row of an unchanged ticket becomes different.
const MEANING: u32 = 7;

/// What rows were made with, and the lists that their codes refer to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    /// Hash of the rules and the locations.
    made_with: String,
    as_of: i64,
    open_until: Option<i64>,
    /// Organization and location.
    places: Vec<(String, String)>,
    ticket_types: Vec<String>,
    queues: Vec<String>,
    categories: Vec<String>,
    /// Moments that are bursts only together with other periods.
    others: Vec<(String, String, String, i64)>,
    /// Moments in this period of tickets of other periods, and the number of this period's tickets at each.
    home: Vec<Named>,
    /// Organization, anomaly, detail, tickets.
    left_out: Vec<(String, String, String, u64)>,
}

/// What the rows of a period depend on, besides its tickets and the instant of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct With {
    made_with: String,
    others: Vec<(String, String, String, i64)>,
    home: Vec<Named>,
}

impl With {
    /// The dependencies of a period.
    pub(super) fn of(
        period: Period,
        made_with: String,
        shared: &Shared,
        gazetteer: &Gazetteer,
    ) -> Self {
        // The number of others does not matter, as long as there are enough.
        let others = named(shared.others.get(&period), gazetteer).into_iter();
        let others =
            others.map(|(organization, name, end, second, _)| (organization, name, end, second));
        let home = named(shared.home.get(&period), gazetteer);
        Self { made_with, others: others.collect(), home }
    }
}

/// A hash of what the rows of the counted tickets depend on: the rules, the tickets that are joined for
/// figures, and the location of each kind of ticket.
#[must_use]
pub(super) fn made_with(
    rules: WaitRules,
    census: &Census,
    joint: Option<&Joint>,
    gazetteer: &Gazetteer,
) -> String {
    let mut hash = Xxh3::new();
    let mut text = |text: &str| {
        hash.update(&text.len().to_le_bytes());
        hash.update(text.as_bytes());
    };
    text(&MEANING.to_string());
    text(match rules.ends_at {
        WaitEnd::CheckIn => "check-in",
        WaitEnd::Call => "call",
    });
    text(&rules.max_ms.to_string());
    text(if rules.leave_out_bursts { "without bursts" } else { "with bursts" });
    text(joint.map_or("", |joint| &joint.digest));
    for kind in census.kinds.keys() {
        for name in [Some(&kind.organization), kind.queue.as_ref(), kind.own.as_ref()] {
            text(name.map_or("", |name| name));
            text(if name.is_some() { "+" } else { "-" });
        }
        if let Some(location) = gazetteer.place(kind).and_then(|at| gazetteer.locations.get(at)) {
            text(&location.organization);
            text(&location.name);
            text(&location.clock.zones().to_string());
            text(&location.clock.day_start().to_string());
            text(&location.target_ms.to_string());
            text(if location.has_check_ins { "+" } else { "-" });
        }
    }
    format!("{:032x}", hash.digest128())
}

impl Head {
    /// The head of some rows.
    #[must_use]
    pub(super) fn of(rows: &KeptRows, with: With, as_of: i64) -> Self {
        let With { made_with, others, home } = with;
        Self {
            made_with,
            others,
            home,
            as_of,
            open_until: rows.open_until,
            places: rows.places.clone(),
            ticket_types: rows.ticket_types.clone(),
            queues: rows.queues.clone(),
            categories: rows.categories.clone(),
            left_out: left_out_rows(&rows.left_out),
        }
    }

    /// Whether the rows equal those that would be built now.
    #[must_use]
    pub(super) fn holds(&self, with: &With, as_of: i64) -> bool {
        self.made_with == with.made_with
            && self.others == with.others
            && self.home == with.home
            && KeptRows::is_settled(self.open_until, self.as_of, as_of)
    }

    /// The number of tickets at each wanted moment; `None` if that is not known, or rules or locations have changed.
    #[must_use]
    pub(super) fn at(
        &self,
        wanted: &BTreeSet<Moment>,
        made_with: &str,
        gazetteer: &Gazetteer,
    ) -> Option<Moments> {
        (self.made_with == made_with).then(|| find(wanted, &self.home, gazetteer))?
    }

    /// The queues, services and types of the rows.
    pub(super) fn names(&self) -> [&[String]; 3] {
        [&self.queues, &self.categories, &self.ticket_types]
    }

    /// What was left out of waits and lines.
    ///
    /// # Errors
    /// If it names something that this version does not know.
    pub(super) fn left_out(&self) -> Result<LeftOutOfAll, serde_json::Error> {
        left_out_of_rows(&self.left_out)
    }

    /// Joins it with the rows it belongs to.
    ///
    /// # Errors
    /// As [`Head::left_out`].
    pub(super) fn with(self, rows: DataFrame) -> Result<KeptRows, serde_json::Error> {
        let left_out: BTreeMap<_, _> = self.left_out()?;
        let Self { open_until, places, ticket_types, queues, categories, .. } = self;
        Ok(KeptRows { places, ticket_types, queues, categories, rows, left_out, open_until })
    }
}

/// Encodes rows as Parquet.
///
/// # Errors
/// What Polars reports: an internal error.
pub(super) fn encode(rows: &DataFrame) -> Result<Vec<u8>, PolarsError> {
    let mut bytes = Vec::new();
    // In one chunk: the chunks that threads left would become as many row groups.
    let mut rows = rows.clone();
    rows.rechunk_mut();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .with_statistics(StatisticsOptions::empty())
        .set_parallel(true)
        .finish(&mut rows)?;
    Ok(bytes)
}

/// Decodes what [`encode`] wrote.
///
/// # Errors
/// If the bytes are anything else.
pub(super) fn decode(bytes: &[u8]) -> Result<DataFrame, PolarsError> {
    ParquetReader::new(Cursor::new(bytes)).finish()
}
