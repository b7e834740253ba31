//! What `queuestat export` writes: the same rows in every format, files that are replaced as a whole, pipes that close.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use chrono::{DateTime, NaiveDate, SecondsFormat};
use polars::prelude::{AnyValue, DataFrame, DataType, TimeUnit};
use polars_io::SerReader;
use polars_io::ipc::IpcReader;
use polars_io::parquet::read::ParquetReader;

use crate::export::{Row, export, invented, rows, well};
use crate::workspace::{AS_OF, Run, hook};

/// The values of a column as JSON lines have them.
fn texts(frame: &DataFrame, column: &str) -> Vec<Option<String>> {
    let column = frame.column(column).unwrap();
    (0..frame.height())
        .map(|at| {
            let value = column.get(at).unwrap();
            if value.is_null() {
                return None;
            }
            if let AnyValue::Date(days) = value {
                return Some(NaiveDate::from_epoch_days(days).unwrap().to_string());
            }
            if let AnyValue::Datetime(at, TimeUnit::Milliseconds, Some(zone)) = value {
                assert_eq!(zone.as_str(), "UTC", "{}", column.name());
                let at = DateTime::from_timestamp_millis(at).unwrap();
                return Some(at.to_rfc3339_opts(SecondsFormat::Millis, true));
            }
            Some(value.str_value().into_owned())
        })
        .collect()
}

/// A part of a workbook, as text.
fn part_of(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// All formats say the same, and are sorted.
#[test]
fn every_format_holds_the_same_rows() {
    let space = invented(9, 300, "");
    for what in ["tickets", "ratings", "waits"] {
        let file = |format: &str| {
            let name = format!("{what}.{format}");
            // The name says the format.
            well(space.run(&["export", what, "archive", "--as-of", AS_OF, "-o", &name]));
            fs::read(space.path(&name)).unwrap()
        };
        let json = String::from_utf8(file("jsonl")).unwrap();
        let json: Vec<serde_json::Value> =
            json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(!json.is_empty());
        let csv = String::from_utf8(file("csv")).unwrap();
        let (header, _) = csv.split_once('\n').unwrap();
        let order: Vec<&str> = header.split(',').collect();
        let csv = rows(&csv);
        let key = |row: &Row| (row["organization"].clone(), row["ticket_id"].clone());
        assert!(csv.is_sorted_by_key(key), "{what}");
        assert_eq!(csv.len(), json.len());
        let parquet = ParquetReader::new(Cursor::new(file("parquet"))).finish().unwrap();
        let arrow = IpcReader::new(Cursor::new(file("arrow"))).finish().unwrap();
        let names: Vec<&String> = json[0].as_object().unwrap().keys().collect();
        assert_eq!(parquet.width(), names.len());
        for frame in [&parquet, &arrow] {
            for name in &names {
                let is = frame.column(name).unwrap().dtype();
                let is_instant = name.ends_with("_at") || name.starts_with("booking_");
                assert_eq!(is.is_date(), *name == "service_date", "{name}: {is:?}");
                assert_eq!(matches!(is, DataType::Datetime(..)), is_instant, "{name}: {is:?}");
            }
        }
        for name in &names {
            let plain: Vec<Option<String>> = json
                .iter()
                .map(|row| &row[name.as_str()])
                .map(|value| match value.as_str() {
                    Some(text) => Some(text.to_owned()),
                    None => (!value.is_null()).then(|| value.to_string()),
                })
                .collect();
            assert_eq!(texts(&parquet, name), plain, "{name}");
            assert_eq!(texts(&arrow, name), plain, "{name}");
            // No invented name begins like a formula.
            let of_csv: Vec<Option<String>> =
                csv.iter().map(|row| row.get(name.as_str()).cloned()).collect();
            assert_eq!(of_csv, plain, "{name}");
        }
        let sheet = part_of(&file("xlsx"), "xl/worksheets/sheet1.xml");
        let sheet = roxmltree::Document::parse(&sheet).unwrap();
        let cells: Vec<_> = sheet.descendants().filter(|node| node.has_tag_name("c")).collect();
        let is_row = |node: &roxmltree::Node<'_, '_>| node.has_tag_name("row");
        assert_eq!(sheet.descendants().filter(is_row).count(), json.len() + 1);
        // Numbers are numbers, and no text is a formula.
        assert!(!sheet.descendants().any(|node| node.tag_name().name() == "f"));
        let shown = if what == "ratings" { "rating" } else { "wait_s" };
        let at = order.iter().position(|name| *name == shown).unwrap();
        let (first, second) = (at / 26, at % 26);
        let letter = |n: usize| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n]).to_string();
        let column = first.checked_sub(1).map(letter).unwrap_or_default() + &letter(second);
        for (row, value) in (2..).zip(&json) {
            let place = format!("{column}{row}");
            let cell = cells.iter().find(|cell| cell.attribute("r") == Some(&place));
            let found = cell.and_then(|cell| {
                assert_eq!(cell.attribute("t"), None, "a number");
                cell.children().find(|node| node.has_tag_name("v"))?.text()?.parse::<u64>().ok()
            });
            assert_eq!(found, value[shown].as_u64(), "{place}");
        }
        assert!(file("xlsx") == file("xlsx"), "the same workbook twice");
    }
    let count = |what: &str| rows(&export(&space, what, &[])).len();
    let all = rows(&export(&space, "tickets", &[]));
    assert_eq!(count("waits"), all.iter().filter(|row| row.contains_key("wait_s")).count());
    assert_eq!(count("ratings"), all.iter().filter(|row| row.contains_key("rating")).count());
}

/// A new line changes the row of its ticket and no other.
#[test]
fn two_exports_differ_where_the_archive_does() {
    let space = invented(4, 150, "");
    let before = export(&space, "tickets", &[]);
    let walk_in = |kind: &str, id: &str, more: &str| {
        let fields = format!("\"location\":\"Other\",\"createdAt\":\"2021-03-01T10:00:00Z\"{more}");
        hook("another", kind, id, &fields)
    };
    space.write(
        "archive/new.jsonl",
        [walk_in("positionCreated", "1", ""), walk_in("positionCreated", "2", "")].concat(),
    );
    let with_two = export(&space, "tickets", &[]);
    let lines = |csv: &str| csv.lines().map(str::to_owned).collect::<BTreeSet<String>>();
    assert_eq!(lines(&with_two).difference(&lines(&before)).count(), 2);
    assert_eq!(lines(&before).difference(&lines(&with_two)).count(), 0);
    space.write(
        "archive/newer.jsonl",
        walk_in("positionFulfilled", "2", ",\"fulfilledAt\":\"2021-03-01T10:05:00Z\""),
    );
    let served = export(&space, "tickets", &[]);
    let (old, new): (Vec<&str>, Vec<&str>) =
        with_two.lines().zip(served.lines()).filter(|(a, b)| a != b).unzip();
    // Check-ins of that place are archived from now on, so the other one is no longer open.
    assert!(old.iter().all(|line| line.starts_with("\"another\"")), "{old:?}");
    assert!(new.iter().any(|line| line.contains("\"served\"")));
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_reader_that_closes_its_pipe_ends_it_quietly() {
    let space = invented(2, 4_000, "");
    for format in ["csv", "jsonl", "parquet", "arrow", "xlsx"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_queuestat"))
            .env_clear()
            .current_dir(space.path("."))
            .args([
                "export", "tickets", "archive", "--as-of", AS_OF, "-q", "--format", format, "-o",
                "-",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut some = [0; 100];
        child.stdout.take().unwrap().read_exact(&mut some).unwrap();
        let run = Run::from(child.wait_with_output().unwrap());
        assert!(run.code == 0 || run.code == 3, "{format}: {}", run.stderr);
        assert!(!run.stderr.contains("error") && !run.stderr.contains("pipe"), "{}", run.stderr);
    }
}

/// A file is replaced once the new one is whole; what went wrong leaves it as it was, and nothing beside it.
#[test]
fn a_file_is_replaced_as_a_whole() {
    let space = invented(3, 60, "");
    space.write("out/t.csv", "old");
    let run = space.run(&[
        "export",
        "tickets",
        "archive",
        "--location",
        "nowhere at all",
        "-o",
        "out/t.csv",
    ]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert_eq!(fs::read_to_string(space.path("out/t.csv")).unwrap(), "old");
    assert_eq!(names_in(&space.path("out")), BTreeSet::from(["t.csv".to_owned()]));
    well(space.run(&["export", "tickets", "archive", "--as-of", AS_OF, "-o", "out/t.csv"]));
    assert_eq!(
        fs::read_to_string(space.path("out/t.csv")).unwrap(),
        export(&space, "tickets", &[])
    );
    assert_eq!(names_in(&space.path("out")), BTreeSet::from(["t.csv".to_owned()]));
    // A folder, and a folder that is not there.
    assert_eq!(space.run(&["export", "tickets", "archive", "-o", "out"]).code, 2);
    let run = space.run(&["export", "tickets", "archive", "-o", "nowhere/t.csv"]);
    assert_eq!(run.code, 5, "{}", run.stderr);
    // What is no file is written to, and stays what it is.
    well(space.run(&["export", "tickets", "archive", "--as-of", AS_OF, "-o", "/dev/null"]));
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}
