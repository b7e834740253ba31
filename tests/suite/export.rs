//! `queuestat export`: single tickets, against what was sent, against the tables, and of a state as of the archive.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use proptest::prelude::*;
use queuestat::report::export::COLUMNS;
use queuestat::synth::{Compression, Recipe, write};

use crate::workspace::{AS_OF, Run, Workspace, files, hook};

const CONFIG: &str = "time_zone = \"Europe/Stockholm\"\n[gates]\nsilent_days = 0\nrefuse_fall = 1.0\n[nightly]\n\
    archive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\n";

/// An archive of invented tickets of three months; not all of its lines are whole.
pub(crate) fn invented(seed: u64, tickets: u64, config: &str) -> Workspace {
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

/// What a run printed that ended well.
pub(crate) fn well(run: Run) -> String {
    assert!(run.code == 0 || run.code == 3, "{}: {}", run.code, run.stderr);
    run.stdout
}

pub(crate) fn export(space: &Workspace, what: &str, more: &[&str]) -> String {
    let args = ["export", what, "archive", "--as-of", AS_OF, "-o", "-"];
    well(space.run(&[&args, more].concat()))
}

/// A row by its columns; what is missing is not there. Texts in CSV stand in quotes, which are taken off.
pub(crate) type Row = BTreeMap<String, String>;

pub(crate) fn rows(csv: &str) -> Vec<Row> {
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
        well(space.run(&["report", "archive", "--out", "out", "--only", "csv", "--as-of", AS_OF]));
        let tables = files(&space.path("out"));
        let tables = tables.iter().filter(|(name, _)| name.ends_with("/locations.csv"));
        let tables: Vec<Row> =
            tables.flat_map(|(_, bytes)| rows(std::str::from_utf8(bytes).unwrap())).collect();
        assert!(tables.len() > 1);
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
        bursts in any::<bool>(), queue in 0_usize..900, organization in 0_usize..440,
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
        if let Some(queue) = all.get(queue).and_then(|row| row.get("queue")) {
            add("--queue", queue);
        }
        if let Some(row) = all.get(organization) {
            add("--organization", &row["organization"]);
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
        let answer = rows(&well(space.run(&[&asked[..], &filter].concat())));
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
            prop_assert!(well(of_state) == export(&space, "tickets", &more));
        }
        prop_assert_eq!(csv, export(&space, "tickets", &[&filter[..], &["--threads", "1"]].concat()));
    }
}

/// Why a wait is left out; of a burst over the end of a month too, of which a state keeps two parts.
#[test]
fn a_wait_that_is_left_out_says_why() {
    let space = Workspace::new();
    space.write("queuestat.toml", format!("{CONFIG}[wait]\nleave_out_bursts = true\n"));
    let visit = |id: &str, kind: &str, created: &str, more: &str| {
        let fields = format!("\"location\":\"A\",\"createdAt\":\"2021-{created}Z\"{more}");
        hook("org", kind, id, &fields)
    };
    let at = |time: &str| format!(",\"fulfilledAt\":\"2021-{time}Z\"");
    let closing = at("04-01T00:30:00");
    let checked_in = "positionFulfilled";
    let lines = [
        visit("1", checked_in, "03-31T23:50:00", &closing),
        visit("2", checked_in, "03-31T23:51:00", &closing),
        visit("3", checked_in, "03-31T23:52:00", &closing),
        visit("4", checked_in, "04-01T00:01:00", &closing),
        visit("5", checked_in, "04-01T00:02:00", &closing),
        visit("6", checked_in, "04-01T00:03:00", &at("04-01T00:13:00")),
        visit("7", checked_in, "04-01T00:04:00", &at("04-03T00:13:00")),
        visit("8", "positionCompleted", "04-01T00:05:00", ""),
        visit("9", "positionCreated", "04-01T00:06:00", ""),
    ];
    space.write("archive/a.jsonl", lines.concat());
    let csv = export(&space, "tickets", &[]);
    let mut found: Vec<(String, String, String)> = rows(&csv)
        .iter()
        .map(|row| {
            let cell = |column: &str| row.get(column).cloned().unwrap_or_default();
            (cell("created_at")[14..19].to_owned(), cell("wait_s"), cell("wait_left_out"))
        })
        .collect();
    found.sort();
    let expected = [
        ("01:00", "", "burst"),
        ("02:00", "", "burst"),
        ("03:00", "600", ""),
        ("04:00", "", "implausible"),
        ("05:00", "", "unknown"),
        ("06:00", "", ""),
        ("50:00", "", "burst"),
        ("51:00", "", "burst"),
        ("52:00", "", "burst"),
    ];
    assert_eq!(found, expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned())));
    well(space.run(&["nightly", "--as-of", AS_OF]));
    let of_state = well(space.run(&["export", "tickets", "--state", "state", "-o", "-"]));
    assert_eq!(of_state, csv);
    // A window of one month reads that month, and knows of the burst.
    let april = ["--from", "2021-04"];
    let of_state = well(
        space.run(&[&["export", "waits", "--state", "state", "-o", "-"], &april[..]].concat()),
    );
    assert_eq!(of_state, export(&space, "waits", &april));
}
