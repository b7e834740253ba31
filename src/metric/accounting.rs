//! `data_quality.csv` and `files.csv`: every record accounted for.

use chrono::NaiveDate;
use polars::prelude::Column;

use crate::dataframe::column::{self, Kind};

use super::table::{MetricError, Table};

/// One counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// Its name.
    pub measure: String,
    /// What it is counted by; may be empty.
    pub detail: String,
    /// The count.
    pub count: u64,
}

/// One file: `records = blank + accepted + duplicate + rejected + other + deferred`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileRow {
    /// Path relative to the input it was found in.
    pub path: String,
    /// `read`, `skipped`, `excluded`, `unusable` or `gone`.
    pub state: &'static str,
    /// Why it was not read, or what is odd about it; usually empty.
    pub note: String,
    /// How most of its records stand in it; empty if nothing was read.
    pub form: &'static str,
    /// Bytes as stored.
    pub bytes: u64,
    /// Records read.
    pub records: u64,
    /// Empty lines and empty batches.
    pub blank: u64,
    /// Records that became a snapshot.
    pub accepted: u64,
    /// Records whose payload stood earlier in the same file.
    pub duplicate: u64,
    /// Records that could not be used.
    pub rejected: u64,
    /// Records without a webhook in an archive that holds other things too.
    pub other: u64,
    /// Last records that the file ends inside and that may still be being written.
    pub deferred: u64,
    /// Earliest and latest local service date of its records.
    pub dates: Option<(NaiveDate, NaiveDate)>,
}

impl FileRow {
    /// Whether it was read, or should have been: what is skipped has no account.
    #[must_use]
    pub fn counts(&self) -> bool {
        !matches!(self.state, "skipped" | "excluded")
    }

    /// The account of all files together; it has no path and no dates.
    #[must_use]
    pub fn sum(files: &[Self]) -> Self {
        files.iter().fold(Self::default(), |sum, file| Self {
            bytes: sum.bytes + file.bytes,
            records: sum.records + file.records,
            blank: sum.blank + file.blank,
            accepted: sum.accepted + file.accepted,
            duplicate: sum.duplicate + file.duplicate,
            rejected: sum.rejected + file.rejected,
            other: sum.other + file.other,
            deferred: sum.deferred + file.deferred,
            ..sum
        })
    }
}

/// The counters, by measure and detail.
///
/// # Errors
/// [`MetricError`] if Polars refuses.
pub fn data_quality(counters: &[Counter]) -> Result<Table, MetricError> {
    let mut rows: Vec<&Counter> = counters.iter().collect();
    rows.sort_by(|a, b| (&a.measure, &a.detail).cmp(&(&b.measure, &b.detail)));
    let texts = |of: fn(&Counter) -> &str| rows.iter().map(|c| of(c)).collect::<Vec<_>>();
    let counts: Vec<i64> = rows.iter().map(|c| signed(c.count)).collect();
    Table::of(
        rows.len(),
        vec![
            (
                column::MEASURE,
                Kind::Text,
                Column::new(column::MEASURE.into(), texts(|c| &c.measure)),
            ),
            (column::DETAIL, Kind::Text, Column::new(column::DETAIL.into(), texts(|c| &c.detail))),
            (column::COUNT, Kind::Count, Column::new(column::COUNT.into(), counts)),
        ],
    )
}

/// The files, by path.
///
/// # Errors
/// [`MetricError`] if Polars refuses.
pub fn files(files: &[FileRow]) -> Result<Table, MetricError> {
    let mut rows: Vec<&FileRow> = files.iter().collect();
    rows.sort_by(|a, b| a.path.cmp(&b.path));
    let count = |name: &'static str, of: fn(&FileRow) -> u64| {
        // Of what was not read, nothing but the size is known.
        let known = |row: &FileRow| row.counts() || name == "bytes";
        let values: Vec<Option<i64>> =
            rows.iter().map(|row| known(row).then(|| signed(of(row)))).collect();
        (name, Kind::Count, Column::new(name.into(), values))
    };
    let date = |name: &'static str, of: fn((NaiveDate, NaiveDate)) -> NaiveDate| {
        let values: Vec<Option<String>> =
            rows.iter().map(|row| row.dates.map(|dates| of(dates).to_string())).collect();
        (name, Kind::Text, Column::new(name.into(), values))
    };
    let text = |name: &'static str, of: fn(&FileRow) -> &str| {
        let values: Vec<&str> = rows.iter().map(|row| of(row)).collect();
        (name, Kind::Text, Column::new(name.into(), values))
    };
    let paths: Vec<&str> = rows.iter().map(|row| row.path.as_str()).collect();
    Table::of(
        rows.len(),
        vec![
            ("path", Kind::Text, Column::new("path".into(), paths)),
            text("state", |f| f.state),
            text("note", |f| &f.note),
            text("form", |f| f.form),
            count("bytes", |f| f.bytes),
            count("records", |f| f.records),
            count("blank", |f| f.blank),
            count("accepted", |f| f.accepted),
            count("duplicate", |f| f.duplicate),
            count("rejected", |f| f.rejected),
            count("other", |f| f.other),
            count("deferred", |f| f.deferred),
            date("first_service_date", |d| d.0),
            date("last_service_date", |d| d.1),
        ],
    )
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
