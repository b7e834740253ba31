//! The same tables in other forms: `schema.json` describes every column, and Parquet holds the values of the CSV.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "of dozens of types of values, tables have five"
)]

use std::collections::BTreeSet;
use std::io::Cursor;

use chrono::NaiveDate;
use polars::prelude::AnyValue;
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use queuestat::synth::{Compression, Recipe, write};
use serde_json::Value;

use crate::groupings::cells;
use crate::workspace::{Workspace, files};

#[test]
fn parquet_and_schema_say_what_the_csv_files_say() {
    let space = Workspace::new();
    let recipe = Recipe {
        tickets: 4_000,
        locations: 30,
        days: 90,
        compression: Compression::Plain,
        ..Recipe::default()
    };
    write(&recipe, &space.path("archive")).unwrap();
    let run = space.run(&[
        "report",
        "archive",
        "--out",
        "out",
        "--only",
        "csv",
        "--parquet",
        "-q",
        "--as-of",
        "2021-08-01T00:00:00Z",
    ]);
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    let all = files(&space.path("out"));
    let (mut compared, mut described, mut keyed, mut dated) = (0, 0, 0, 0);
    for (path, bytes) in &all {
        if let Some(folder) = path.strip_suffix("/schema.json") {
            let schema: Value = serde_json::from_slice(bytes).unwrap();
            for table in schema["resources"].as_array().unwrap() {
                let path = format!("{folder}/{}", table["path"].as_str().unwrap());
                let text = std::str::from_utf8(&all[&path]).unwrap();
                let head = cells(text.lines().next().unwrap());
                let fields = table["schema"]["fields"].as_array().unwrap();
                let names: Vec<&str> =
                    fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
                assert_eq!(names, head, "{path}");
                for field in fields {
                    assert!(
                        field["description"].as_str().is_some_and(|text| text.ends_with('.')),
                        "{path}: {field}"
                    );
                    described += 1;
                }
                // Where there is a key, it is never empty, and each row has another one.
                if table["schema"]["primaryKey"].is_null() {
                    continue;
                }
                keyed += 1;
                let keys: Vec<usize> = table["schema"]["primaryKey"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|key| names.iter().position(|name| key == name).unwrap())
                    .collect();
                let rows: Vec<Vec<String>> = text.lines().skip(1).map(cells).collect();
                let distinct: BTreeSet<Vec<&str>> = rows
                    .iter()
                    .map(|row| keys.iter().map(|at| row[*at].as_str()).collect())
                    .collect();
                let is_empty = |cell: &&str| cell.is_empty() || *cell == "\"\"";
                assert!(!distinct.iter().flatten().any(is_empty), "{path}");
                assert_eq!(
                    distinct.len(),
                    rows.len(),
                    "{path}: {:?}",
                    table["schema"]["primaryKey"]
                );
            }
        }
        let Some((folder, file)) = path.split_once("/parquet/") else { continue };
        let csv = &all[&format!("{folder}/{}.csv", file.strip_suffix(".parquet").unwrap())];
        let csv = std::str::from_utf8(csv).unwrap();
        let frame = ParquetReader::new(Cursor::new(bytes)).finish().unwrap();
        let names: Vec<&str> =
            frame.get_column_names().into_iter().map(|name| name.as_str()).collect();
        assert_eq!(names, cells(csv.lines().next().unwrap()), "{path}");
        for (at, line) in csv.lines().skip(1).enumerate() {
            for (column, cell) in frame.columns().iter().zip(cells(line)) {
                let value = column.get(at).unwrap();
                let text = match &value {
                    AnyValue::Null => String::new(),
                    AnyValue::Float64(number) => {
                        let decimals = cell.split_once('.').map_or(0, |(_, rest)| rest.len());
                        format!("{number:.decimals$}")
                    }
                    AnyValue::String(_) | AnyValue::StringOwned(_) => {
                        let text = value.get_str().unwrap();
                        if text.starts_with(['=', '+', '-', '@']) {
                            continue;
                        }
                        format!("\"{}\"", text.replace('"', "\"\""))
                    }
                    AnyValue::Date(days) => {
                        dated += 1;
                        format!("\"{}\"", NaiveDate::from_epoch_days(*days).unwrap())
                    }
                    AnyValue::UInt64(count) => count.to_string(),
                    AnyValue::Boolean(holds) => holds.to_string(),
                    _ => panic!("{path}: {value}"),
                };
                assert!(
                    text == cell
                        || text
                            .parse::<f64>()
                            .ok()
                            .zip(cell.parse().ok())
                            .is_some_and(|(a, b): (f64, f64)| (a - b).abs() < 1e-3),
                    "{path} {}: {text} for {cell}",
                    column.name()
                );
                compared += 1;
            }
        }
        assert_eq!(frame.height(), csv.lines().count() - 1, "{path}");
    }
    assert!(compared > 10_000 && described > 300 && keyed > 10, "{compared} {described} {keyed}");
    assert!(dated > 1_000, "{dated} dates");
}
