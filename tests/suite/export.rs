//! `queuestat export`: single tickets, against what was sent, against the tables, and of a state as of the archive.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use polars::prelude::DataFrame;
use polars_io::SerReader;
use polars_io::ipc::IpcReader;
use polars_io::parquet::read::ParquetReader;
use proptest::prelude::*;
use queuestat::report::export::COLUMNS;
use queuestat::synth::{Compression, Recipe, write};

use crate::workspace::{AS_OF, Run, Workspace, files, hook};

const CONFIG: &str = "time_zone = \"Europe/Stockholm\"\n[gates]\nsilent_days = 0\nrefuse_fall = 1.0\n[nightly]\n\
    archive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\n";

/// An archive of invented tickets of three months; not all of its lines are whole.
fn invented(seed: u64, tickets: u64, config: &str) -> Workspace {
    let space = Workspace::new();
    let recipe = Recipe {
        tickets,
        days: 70,
        seed,
        locations: 6,
        organizations: 2,
        first_day: chrono::NaiveDate::from_ymd_opt(2021, 2, 20).unwrap(),
        compression: Compression::Plain,
        one_file: true,
        ..Recipe::default()
    };
    write(&recipe, &space.path("archive")).unwrap();
    let _replaced = fs::remove_file(space.path("archive/queuestat.toml"));
    space.write("queuestat.toml", format!("{CONFIG}{config}"));
    space
}

fn well(run: Run) -> Run {
    assert!(run.code == 0 || run.code == 3, "{}: {}", run.code, run.stderr);
    run
}

fn export(space: &Workspace, what: &str, more: &[&str]) -> String {
    let args = ["export", what, "archive", "--as-of", AS_OF, "-o", "-"];
    well(space.run(&[&args, more].concat())).stdout
}

/// A row by its columns; what is missing is not there. Texts in CSV stand in quotes, which are taken off.
type Row = BTreeMap<String, String>;

fn rows(csv: &str) -> Vec<Row> {
    let mut lines = csv.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    lines
        .map(|line| {
            header
                .iter()
                .copied()
                .map(str::to_owned)
                .zip(cells(line))
                .filter(|(_, c)| !c.is_empty())
                .collect()
        })
        .collect()
}

/// The cells of a line in which texts are in quotes.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let (mut inside, mut chars) = (false, line.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '"' if inside && chars.peek() == Some(&'"') => {
                chars.next();
                cells.last_mut().unwrap().push('"');
            }
            '"' => inside = !inside,
            ',' if !inside => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}

fn has(row: &Row, column: &str, value: &str) -> bool {
    row.get(column).is_some_and(|found| found == value)
}

fn numbers(rows: &[&Row], column: &str) -> Vec<u64> {
    rows.iter().filter_map(|row| row.get(column)).map(|n| n.parse().unwrap()).collect()
}

/// The quantile of type 7.
fn quantile(mut values: Vec<u64>, p: f64) -> Option<f64> {
    values.sort_unstable();
    let last = values.len().checked_sub(1)?;
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small numbers"
    )]
    let (at, below) = (last as f64 * p, (last as f64 * p) as usize);
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let of = |at: usize| values[at.min(last)] as f64;
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let rest = at - below as f64;
    Some(of(below) + rest * (of(below + 1) - of(below)))
}

const ID: &str = "cce2ae86-1f5c-4dd4-b040-0b606a850f62";

/// Two tickets by hand: every column of one of them, and what is kept of the other's odd id and name.
#[test]
fn every_column_of_a_ticket_is_what_was_sent() {
    let space = Workspace::new();
    space.write(
        "queuestat.toml",
        format!("{CONFIG}[locations.\"Main St\"]\ngroup = \"North/City\"\n"),
    );
    let fields = "\"location\":\"Main St\",\"queueId\":\"q1\",\"type\":\"booking\",\
        \"createdAt\":\"2021-03-08T09:00:00.5Z\",\"booking\":{\"start\":\"2021-03-10T23:30:00Z\",\"end\":\"2021-03-10T23:45:00Z\"},\
        \"calledAt\":\"2021-03-10T23:36:00Z\",\"fulfilledAt\":\"2021-03-10T23:40:30.25Z\"";
    let completed = ",\"completedAt\":\"2021-03-10T23:50:00Z\"";
    let rating = ",\"feedback\":{\"rating\":4,\"message\":\"SECRETWORD\"},\"notification\":{\"type\":\"phoneNumber\",\
        \"settings\":{\"from\":\"\",\"to\":\"+46700001234\",\"recipient\":\"\"}}";
    let lines = [
        hook("org", "positionFulfilled", &ID.to_uppercase(), fields),
        hook("org", "positionCompleted", ID, &format!("{fields}{completed}{rating}")),
        hook(
            "org",
            "positionCreated",
            "7",
            "\"location\":\"=cmd\\u2028x\",\"createdAt\":\"2021-03-11T08:00:00Z\"",
        ),
    ];
    space.write("archive/a.jsonl", lines.concat());
    let csv = export(&space, "tickets", &[]);
    let (header, _) = csv.split_once('\n').unwrap();
    assert_eq!(header, COLUMNS.iter().map(|column| column.name).collect::<Vec<_>>().join(","));
    let all = rows(&csv);
    assert_eq!(all.len(), 2);
    let row = all.iter().find(|row| row["ticket_id"] == ID).unwrap();
    for (column, expected) in [
        ("organization", "org"),
        ("location", "Main St"),
        ("group", "North/City"),
        ("ticket_type", "booking"),
        ("is_booking", "true"),
        ("people", "1"),
        ("outcome", "served"),
        ("service_date", "2021-03-11"),
        ("weekday", "4"),
        ("hour", "0"),
        ("created_at", "2021-03-08T09:00:00.500Z"),
        ("booking_start", "2021-03-10T23:30:00.000Z"),
        ("queue_entered_at", "2021-03-10T23:30:00.000Z"),
        ("first_called_at", "2021-03-10T23:36:00.000Z"),
        ("checked_in_at", "2021-03-10T23:40:30.250Z"),
        ("wait_s", "630"),
        ("call_wait_s", "360"),
        ("offered", "true"),
        ("within_target", "false"),
        ("came", "true"),
    ] {
        assert_eq!(row.get(column).map(String::as_str), Some(expected), "{column}");
    }
    for column in ["activated_at", "closed_at", "wait_left_out", "left_s", "lead_time_band"] {
        assert_eq!(row.get(column), None, "{column}");
    }
    // A name that looks like a formula is inert in CSV, and itself in JSON.
    assert!(csv.contains("\"'=cmd x\""), "{csv}");
    let json = export(&space, "tickets", &["--format", "jsonl"]);
    assert!(json.contains("\"location\":\"=cmd x\""), "{json}");
    // What a visitor wrote or gave is in no format.
    for (format, name) in
        [("csv", "t.csv"), ("jsonl", "t.jsonl"), ("parquet", "t.parquet"), ("arrow", "t.arrow")]
    {
        well(space.run(&[
            "export", "tickets", "archive", "--as-of", AS_OF, "--format", format, "-o", name,
        ]));
        let bytes = fs::read(space.path(name)).unwrap();
        for secret in ["SECRETWORD", "46700001234"] {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{format}");
        }
    }
}

/// The tables of a report, counted again from the rows.
#[test]
fn rows_add_up_to_the_tables() {
    let (mut tried, mut with_wait) = (0, 0);
    for seed in 1..4 {
        let space = invented(seed, 500, "");
        let all = rows(&export(&space, "tickets", &[]));
        let run = well(
            space.run(&["report", "archive", "--out", "out", "--only", "csv", "--as-of", AS_OF]),
        );
        let tables = files(&space.path("out"));
        let tables = tables.iter().filter(|(name, _)| name.ends_with("/locations.csv"));
        let tables: Vec<Row> =
            tables.flat_map(|(_, bytes)| rows(std::str::from_utf8(bytes).unwrap())).collect();
        assert!(tables.len() > 1, "{}", run.stderr);
        let known: BTreeSet<&String> = tables.iter().map(|row| &row["location_id"]).collect();
        assert!(all.iter().all(|row| known.contains(&row["location_id"])));
        for table in &tables {
            let mine: Vec<&Row> =
                all.iter().filter(|row| row["location_id"] == table["location_id"]).collect();
            let counted = |column: &str, value: &str| {
                mine.iter().filter(|row| has(row, column, value)).count()
            };
            let waits = numbers(&mine, "wait_s");
            with_wait += waits.len();
            for (column, count) in [
                ("tickets", mine.len()),
                ("served", counted("outcome", "served")),
                ("cancelled_by_customer", counted("outcome", "cancelled_by_customer")),
                ("no_show", counted("outcome", "no_show")),
                ("lapsed", counted("outcome", "lapsed")),
                ("open", counted("outcome", "open")),
                ("bookings", counted("is_booking", "true")),
                ("rescheduled", counted("is_rescheduled", "true")),
                ("recalled", counted("is_recalled", "true")),
                ("early", counted("early", "true")),
                ("waits", waits.len()),
                ("calls", numbers(&mine, "call_wait_s").len()),
                ("services", numbers(&mine, "service_s").len()),
            ] {
                assert_eq!(
                    table.get(column),
                    Some(&count.to_string()),
                    "{column} of {}",
                    table["location_id"]
                );
                tried += 1;
            }
            for (column, of, p) in [
                ("wait_p50_s", "wait_s", 0.5),
                ("wait_p90_s", "wait_s", 0.9),
                ("call_wait_p50_s", "call_wait_s", 0.5),
            ] {
                let expected = quantile(numbers(&mine, of), p).map(|value| format!("{value:.2}"));
                assert_eq!(table.get(column), expected.as_ref(), "{column}");
                tried += 1;
            }
            let (within, offered) = (counted("within_target", "true"), counted("offered", "true"));
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let rate = (offered > 0).then(|| format!("{:.4}", within as f64 / offered as f64));
            assert_eq!(table.get("within_target_rate"), rate.as_ref());
            tried += 1;
        }
    }
    assert!(tried > 100 && with_wait > 500, "{tried} {with_wait}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    /// With any filter, an export holds the tickets that a question counts, of an archive and of a state, and both are the
    /// same bytes with any number of threads.
    #[test]
    fn an_export_is_what_a_question_counts(
        seed in 0_u64..1_000, weekday in 0_usize..4, hour in 0_usize..3, outcome in 0_usize..4,
        kind in 0_usize..3, window in 0_usize..3, place in any::<prop::sample::Index>(), has_place in any::<bool>(),
        bursts in any::<bool>(),
    ) {
        let space = invented(seed, 220, if bursts { "[wait]\nleave_out_bursts = true\n" } else { "" });
        let all = rows(&export(&space, "tickets", &[]));
        let mut filter: Vec<String> = Vec::new();
        let mut add = |name: &str, value: &str| filter.extend([name.to_owned(), value.to_owned()]);
        for (name, values, at) in [
            ("--weekday", &["mon-wed", "sat-mon", "5"][..], weekday),
            ("--hour", &["9-12", "22-10"], hour),
            ("--outcome", &["served", "no_show,lapsed", "cancelled_by_customer"], outcome),
            ("--type", &["booking", "anonymous"], kind),
        ] {
            if let Some(value) = values.get(at).filter(|value| **value != "5") {
                add(name, value);
            }
        }
        if window > 0 {
            add("--from", "2021-03-01");
        }
        if window > 1 {
            add("--to", "2021-03-20");
        }
        if has_place && !all.is_empty() {
            add("--location", &place.get(&all)["location_id"]);
        }
        let filter: Vec<&str> = filter.iter().map(String::as_str).collect();
        let csv = export(&space, "tickets", &filter);
        let chosen = rows(&csv);
        let asked = ["ask", "archive", "--as-of", AS_OF, "--measure", "tickets,waits,wait_mean", "--format", "csv"];
        let answer = rows(&well(space.run(&[&asked[..], &filter].concat())).stdout);
        let chosen: Vec<&Row> = chosen.iter().collect();
        let waits = numbers(&chosen, "wait_s");
        let number = |column: &str| answer.first().and_then(|row| row.get(column)).cloned();
        prop_assert_eq!(number("tickets").unwrap_or("0".to_owned()), chosen.len().to_string());
        prop_assert_eq!(number("waits").unwrap_or("0".to_owned()), waits.len().to_string());
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let mean = (!waits.is_empty()).then(|| format!("{:.4}", waits.iter().sum::<u64>() as f64 / waits.len() as f64));
        prop_assert_eq!(number("wait_mean_s"), mean);
        // A part is a part of the whole, in its order.
        let mut left = all.iter();
        prop_assert!(chosen.iter().all(|row| left.any(|other| other == *row)));
        // The same of a state.
        well(space.run(&["nightly", "--as-of", AS_OF]));
        for (format, threads) in [("csv", "1"), ("csv", "3"), ("jsonl", "2")] {
            let more = [&filter[..], &["--format", format, "--threads", threads]].concat();
            let of_state = space.run(&[&["export", "tickets", "--state", "state", "-o", "-"], &more[..]].concat());
            prop_assert!(well(of_state).stdout == export(&space, "tickets", &more));
        }
        prop_assert_eq!(csv, export(&space, "tickets", &[&filter[..], &["--threads", "1"]].concat()));
    }
}

fn texts(frame: &DataFrame, column: &str) -> Vec<Option<String>> {
    let column = frame.column(column).unwrap();
    (0..frame.height())
        .map(|at| {
            let value = column.get(at).unwrap();
            (!value.is_null()).then(|| value.str_value().into_owned())
        })
        .collect()
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
        let csv = rows(&String::from_utf8(file("csv")).unwrap());
        let key = |row: &Row| (row["organization"].clone(), row["ticket_id"].clone());
        assert!(csv.is_sorted_by_key(key), "{what}");
        assert_eq!(csv.len(), json.len());
        let parquet = ParquetReader::new(Cursor::new(file("parquet"))).finish().unwrap();
        let arrow = IpcReader::new(Cursor::new(file("arrow"))).finish().unwrap();
        let names: Vec<&String> = json[0].as_object().unwrap().keys().collect();
        assert_eq!(parquet.width(), names.len());
        for name in names {
            let plain: Vec<Option<String>> = json
                .iter()
                .map(|row| match &row[name] {
                    serde_json::Value::Null => None,
                    serde_json::Value::String(text) => Some(text.clone()),
                    other => Some(other.to_string()),
                })
                .collect();
            assert_eq!(texts(&parquet, name), plain, "{name}");
            assert_eq!(texts(&arrow, name), plain, "{name}");
            // No invented name begins like a formula.
            let of_csv: Vec<Option<String>> =
                csv.iter().map(|row| row.get(name).cloned()).collect();
            assert_eq!(of_csv, plain, "{name}");
        }
        assert!(file("xlsx").starts_with(b"PK"));
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
    let walk_in = |id: &str, more: &str| {
        let fields = format!("\"location\":\"Other\",\"createdAt\":\"2021-03-01T10:00:00Z\"{more}");
        hook("another", "positionCreated", id, &fields)
    };
    space.write("archive/new.jsonl", walk_in("1", "") + &walk_in("2", ""));
    let with_two = export(&space, "tickets", &[]);
    let lines = |csv: &str| csv.lines().map(str::to_owned).collect::<BTreeSet<String>>();
    assert_eq!(lines(&with_two).difference(&lines(&before)).count(), 2);
    assert_eq!(lines(&before).difference(&lines(&with_two)).count(), 0);
    space.write("archive/newer.jsonl", walk_in("2", ",\"fulfilledAt\":\"2021-03-01T10:05:00Z\""));
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
