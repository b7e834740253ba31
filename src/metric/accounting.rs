//! `data_quality.csv` and `files.csv`: every record accounted for.

use super::cell::{Cell, Kind};
use super::table::Table;
use chrono::NaiveDate;

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

/// `data_quality.csv`: the counters, by measure and detail.
#[must_use]
pub fn data_quality(counters: &[Counter]) -> Table<'_> {
    let mut rows: Vec<&Counter> = counters.iter().collect();
    rows.sort_by(|a, b| (&a.measure, &a.detail).cmp(&(&b.measure, &b.detail)));
    let columns = vec![("measure", Kind::Text), ("detail", Kind::Text), ("count", Kind::Count)];
    Table::new("data_quality.csv", columns, move |sink| {
        for row in &rows {
            sink(&[Cell::Text(&row.measure), Cell::Text(&row.detail), Cell::Count(row.count)]);
        }
    })
}

/// `files.csv`: the files, by path.
#[must_use]
pub fn files(files: &[FileRow]) -> Table<'_> {
    let mut rows: Vec<&FileRow> = files.iter().collect();
    rows.sort_by(|a, b| a.path.cmp(&b.path));
    let columns = vec![
        ("path", Kind::Text),
        ("state", Kind::Text),
        ("note", Kind::Text),
        ("form", Kind::Text),
        ("bytes", Kind::Count),
        ("records", Kind::Count),
        ("blank", Kind::Count),
        ("accepted", Kind::Count),
        ("duplicate", Kind::Count),
        ("rejected", Kind::Count),
        ("other", Kind::Count),
        ("deferred", Kind::Count),
        ("first_service_date", Kind::Date),
        ("last_service_date", Kind::Date),
    ];
    Table::new("files.csv", columns, move |sink| {
        for row in &rows {
            // Of what was not read, nothing but the size is known.
            let count = |n: u64| Cell::count(row.counts().then_some(n));
            sink(&[
                Cell::Text(&row.path),
                Cell::Text(row.state),
                Cell::Text(&row.note),
                Cell::Text(row.form),
                Cell::Count(row.bytes),
                count(row.records),
                count(row.blank),
                count(row.accepted),
                count(row.duplicate),
                count(row.rejected),
                count(row.other),
                count(row.deferred),
                Cell::date(row.dates.map(|dates| dates.0)),
                Cell::date(row.dates.map(|dates| dates.1)),
            ]);
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with other numbers in each counter.
    fn file(step: u64) -> FileRow {
        FileRow {
            path: format!("{step}.jsonl"),
            state: "read",
            form: "json lines",
            bytes: 100 * step,
            records: 2 * step,
            blank: 3 * step,
            accepted: 5 * step,
            duplicate: 7 * step,
            rejected: 11 * step,
            other: 13 * step,
            deferred: 17 * step,
            dates: NaiveDate::from_ymd_opt(2021, 4, 1).map(|date| (date, date)),
            ..FileRow::default()
        }
    }

    #[test]
    fn counters_are_added_and_names_are_not() {
        let whole = FileRow { path: String::new(), state: "", form: "", dates: None, ..file(10) };
        assert_eq!(FileRow::sum(&[file(1), file(2), file(7)]), whole);
        assert_eq!(FileRow::sum(&[]), FileRow::default());
    }
}
