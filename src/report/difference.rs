//! Where the CSV files of two reports differ: a test of one version, or one configuration, against another.

use std::collections::{BTreeMap, BTreeSet};

use crate::metric::is_key;

use super::csv_rows::{Written, records};

/// Something that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The file, below the folder of the report.
    pub file: String,
    /// What its row is about: the values of the key columns.
    pub row: String,
    /// The column.
    pub column: String,
    /// Its cell in the first report; `None` if there is no such row.
    pub first: Option<String>,
    /// Its cell in the second report.
    pub second: Option<String>,
}

/// Where two CSV files differ, each read as it is written. Numbers differ if they are further apart than `tolerance` times the larger of both (and 1); texts,
/// and a number from none, whenever they are not the same.
#[must_use]
pub fn differences(
    file: &str,
    first: Written<'_>,
    second: Written<'_>,
    tolerance: f64,
) -> Vec<Difference> {
    let name = file.rsplit('/').next().unwrap_or(file);
    let (first, second) = (Rows::of(name, first), Rows::of(name, second));
    let mut found = Vec::new();
    let keys: BTreeSet<&(String, usize)> = first.rows.keys().chain(second.rows.keys()).collect();
    let in_order = first.columns.iter().chain(&second.columns);
    let mut seen = BTreeSet::new();
    let columns: Vec<&String> = in_order.filter(|name| seen.insert(*name)).collect();
    for key in keys {
        let differs = |column: &str, a: Option<&String>, b: Option<&String>| Difference {
            file: file.to_owned(),
            row: key.0.clone(),
            column: column.to_owned(),
            first: a.cloned(),
            second: b.cloned(),
        };
        match (first.rows.get(key), second.rows.get(key)) {
            (Some(a), Some(b)) => {
                for name in &columns {
                    let (a, b) = (a.get(*name), b.get(*name));
                    if !same(a, b, tolerance) {
                        found.push(differs(name, a, b));
                    }
                }
            }
            (a, b) => {
                let one = |there: bool| there.then(|| "a row".to_owned());
                let (a, b) = (one(a.is_some()), one(b.is_some()));
                found.push(differs("", a.as_ref(), b.as_ref()));
            }
        }
    }
    found
}

fn same(a: Option<&String>, b: Option<&String>, tolerance: f64) -> bool {
    if a == b {
        return true;
    }
    let number = |cell: Option<&String>| cell.and_then(|cell| cell.parse::<f64>().ok());
    match (number(a), number(b)) {
        (Some(a), Some(b)) => (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(1.0),
        _ => false,
    }
}

/// The rows of a CSV file by what they are about; of several with the same keys, each has a number.
struct Rows {
    columns: Vec<String>,
    rows: BTreeMap<(String, usize), BTreeMap<String, String>>,
}

impl Rows {
    fn of(file: &str, written: Written<'_>) -> Self {
        let mut lines = records(written).into_iter();
        let columns = lines.next().unwrap_or_default();
        let mut rows = BTreeMap::new();
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        for line in lines {
            let cells: BTreeMap<String, String> = columns.iter().cloned().zip(line).collect();
            let keys = columns.iter().filter(|name| is_key(file, name));
            let key: Vec<&str> =
                keys.filter_map(|name| cells.get(name)).map(String::as_str).collect();
            let key = key.join(", ");
            let number = numbers.entry(key.clone()).or_default();
            rows.insert((key, *number), cells);
            *number += 1;
        }
        Self { columns, rows }
    }
}

#[cfg(test)]
mod tests {
    use super::super::dialect::{Dialect, Separator};
    use super::*;

    const FIRST: &str = "location,minute,waits,csat\n\"A, \"\"x\"\"\",1,5,0.5000\n\"A, \"\"x\"\"\",2,7,\n\"B\",1,1,1.0000\n";

    fn found(
        second: &str,
        tolerance: f64,
    ) -> Vec<(String, String, Option<String>, Option<String>)> {
        let usual = Dialect::default();
        let all = differences("f.csv", (FIRST, usual), (second, usual), tolerance);
        all.into_iter().map(|one| (one.row, one.column, one.first, one.second)).collect()
    }

    /// A value that is measured is no key: it differs as a cell, within the tolerance not at all.
    #[test]
    fn a_measured_value_is_no_key() {
        let of = |value: &str| format!("location,measure,value\n\"A\",\"csat\",{value}\n");
        let (first, second, usual) = (of("0.5000"), of("0.5010"), Dialect::default());
        let found =
            |file, tolerance| differences(file, (&first, usual), (&second, usual), tolerance);
        let control = found("a/control.csv", 0.0);
        assert_eq!((control.len(), control[0].column.as_str()), (1, "value"));
        assert_eq!(found("a/control.csv", 0.01), []);
        // Values of a scale are: one is gone, and another one has come.
        assert_eq!(found("a/ratings.csv", 0.01).len(), 2);
    }

    /// The same figures, written in two ways, do not differ; others do, in the same places.
    #[test]
    fn each_file_is_read_as_it_is_written() {
        let usual = Dialect::default();
        let other = "\u{feff}location;minute;waits;csat\n\"A, \"\"x\"\"\";1;5;0,5000\n\"A, \"\"x\"\"\";2;7;\n\"B\";1;1;1,0000\n";
        for separator in [Separator::Semicolon, Separator::Tab] {
            let dialect = Dialect::new(true, separator, true).unwrap();
            let written = |text: &str| text.replace(';', &separator.sign().to_string());
            let same = written(other);
            assert_eq!(differences("f.csv", (FIRST, usual), (&same, dialect), 0.0), []);
            assert_eq!(differences("f.csv", (&same, dialect), (FIRST, usual), 0.0), []);
            let changed = written(&other.replace("0,5000", "0,5010"));
            let found = differences("f.csv", (FIRST, usual), (&changed, dialect), 0.0);
            let cells = (found[0].first.as_deref(), found[0].second.as_deref());
            assert_eq!((found.len(), cells), (1, (Some("0.5000"), Some("0.5010"))));
        }
    }

    #[test]
    fn cells_rows_and_columns_that_differ_are_named() {
        assert_eq!(found(FIRST, 0.0), []);
        let text = |text: &str| Some(text.to_owned());
        let changed = FIRST.replace("0.5000", "0.5010");
        let one = ("A, \"x\", 1".to_owned(), "csat".to_owned(), text("0.5000"), text("0.5010"));
        assert_eq!(found(&changed, 0.0), [one]);
        assert_eq!(found(&changed, 0.002), []);
        // A number that is missing now is a difference, whatever the tolerance.
        let one = ("A, \"x\", 1".to_owned(), "csat".to_owned(), text("0.5000"), text(""));
        assert_eq!(found(&FIRST.replace("0.5000", ""), 9.0), [one]);
        let shorter = FIRST.replace("\"B\",1,1,1.0000\n", "");
        assert_eq!(found(&shorter, 0.0), [("B, 1".to_owned(), String::new(), text("a row"), None)]);
        // In each of three rows one column is gone, and another one has come.
        let more = FIRST.replace("csat", "csat2");
        assert_eq!(found(&more, 0.0).len(), 6);
    }
}
