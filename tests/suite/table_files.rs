//! The workbook of a report, read back from its XML, says what its CSV files say.

#![expect(clippy::panic, reason = "a failed expectation of a test is a panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use queuestat::synth::{Compression, Recipe, write};
use serde_json::Value;

use crate::groupings::cells;
use crate::workbook::{Book, Held, Place, Sheet};
use crate::workspace::{Run, Workspace, files};

pub(crate) const AS_OF: &str = "2021-08-01T00:00:00Z";

pub(crate) fn invented(locations: u32, tickets: u64) -> Workspace {
    let space = Workspace::new();
    let recipe = Recipe {
        tickets,
        locations,
        days: 90,
        compression: Compression::Plain,
        ..Recipe::default()
    };
    write(&recipe, &space.path("archive")).unwrap();
    space
}

pub(crate) fn report(space: &Workspace, out: &str, more: &[&str]) {
    let mut args = vec!["report", "archive", "--out", out, "--as-of", AS_OF, "-q"];
    args.extend(more);
    well(&space.run(&args));
}

pub(crate) fn well(run: &Run) {
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
}

pub(crate) fn only_folders(report: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(report).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_dir()).collect()
}

/// A text of a CSV file without its quotes, and without what makes a formula inert.
fn plain(cell: &str) -> Option<String> {
    let text = cell.strip_prefix('"')?.strip_suffix('"')?.replace("\"\"", "\"");
    let guarded = text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@']));
    Some(guarded.map_or(text.clone(), str::to_owned))
}

/// Whether a cell of a workbook holds what a cell of a CSV file says, in the form that suits its column.
fn same(held: Option<&Held>, csv: &str, field: &Value) -> bool {
    let (kind, unit) = (field["type"].as_str().unwrap(), field["unit"].as_str().unwrap_or(""));
    if let Some(text) = plain(csv) {
        return match held {
            None => text.is_empty(),
            Some(Held::Text(held)) => kind == "string" && *held == text,
            Some(Held::Number(number, form)) => {
                let date: NaiveDate = text.parse().unwrap();
                let day = f64::from(date.to_epoch_days()) + 25_569.0;
                kind == "date" && form == "yyyy-mm-dd" && (number - day).abs() < 1e-9
            }
            Some(Held::Truth(_)) => false,
        };
    }
    match held {
        None => csv.is_empty(),
        Some(Held::Truth(holds)) => kind == "boolean" && csv == holds.to_string(),
        Some(Held::Text(_)) => false,
        Some(Held::Number(number, form)) => {
            let Ok(expected) = csv.parse::<f64>() else { return false };
            // What is not rounded differs from what is by half of the last digit.
            let is_near = |number: f64| {
                let decimals = csv.split_once('.').map_or(0, |(_, rest)| rest.len());
                let half = if decimals == 0 {
                    0.0
                } else {
                    0.5 / 10_f64.powi(i32::try_from(decimals).unwrap())
                };
                (number - expected).abs() <= half + 1e-6
            };
            let in_days = form == "[h]:mm:ss" && is_near(number * 86_400.0) && *number >= 0.0;
            match (kind, unit) {
                (_, "seconds") => in_days,
                ("integer", _) => form == "#,##0" && is_near(*number),
                ("number", "share") => form == "0.0 %" && is_near(*number),
                ("number", "probability") => form == "0.0000" && is_near(*number),
                // Shares have four decimals, seconds two.
                ("number", "share or seconds") if csv.rsplit('.').next().unwrap().len() == 4 => {
                    ["0.0 %", "+0.0 %;-0.0 %;0.0 %"].contains(&form.as_str()) && is_near(*number)
                }
                ("number", "share or seconds") => {
                    in_days || form == "+0 \"s\";-0 \"s\";0 \"s\"" && is_near(*number)
                }
                ("number", _) => form == "0.00" && is_near(*number),
                _ => false,
            }
        }
    }
}

/// The rows of a CSV file in the usual dialect.
fn rows(text: &str) -> Vec<Vec<String>> {
    text.lines().map(cells).collect()
}

pub(crate) fn text_of(files: &BTreeMap<String, Vec<u8>>, path: &str) -> String {
    String::from_utf8(files[path].clone()).unwrap()
}

#[test]
fn a_workbook_holds_every_cell_of_the_csv_files() {
    let space = invented(30, 4_000);
    report(&space, "out", &["--only", "csv", "--xlsx"]);
    let all = files(&space.path("out"));
    let (mut books, mut compared, mut noted) = (0, 0, 0);
    for (path, bytes) in &all {
        let Some(folder) = path.strip_suffix("/tables.xlsx") else { continue };
        books += 1;
        let book = Book::of(bytes);
        let schema: Value = serde_json::from_slice(&all[&format!("{folder}/schema.json")]).unwrap();
        let tables = schema["resources"].as_array().unwrap();
        let names: Vec<&str> = book.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        assert_eq!(names[..2], ["Cover", "Summary"]);
        assert_eq!(names.len(), tables.len() + 2);
        for table in tables {
            let file = table["path"].as_str().unwrap();
            let sheet = book.sheet(file.strip_suffix(".csv").unwrap());
            let csv = rows(&text_of(&all, &format!("{folder}/{file}")));
            let fields = table["schema"]["fields"].as_array().unwrap();
            for (column, field) in (0..).zip(fields) {
                let name = field["name"].as_str().unwrap();
                assert_eq!(sheet.text((0, column)), name, "{file}");
                let note = &sheet.notes[&(0, column)];
                assert!(
                    note.contains(field["description"].as_str().unwrap()),
                    "{file} {name}: {note}"
                );
                noted += 1;
                for (row, line) in (0..).zip(&csv).skip(1) {
                    let held = sheet.cells.get(&(row, column));
                    let cell = &line[column];
                    assert!(same(held, cell, field), "{file} {name} {row}: {held:?} for {cell}");
                    compared += 1;
                }
            }
            assert_eq!(sheet.height(), csv.len(), "{file}");
            assert_eq!(sheet.notes.len(), fields.len(), "{file}");
            assert_eq!(sheet.frozen_rows, 1, "{file}");
            let width = u16::try_from(fields.len()).unwrap();
            assert_eq!(
                sheet.filter,
                Some(((0, 0), (csv.len() - 1, usize::from(width) - 1))),
                "{file}"
            );
            assert_eq!(sheet.widths, fields.len(), "{file}");
        }
        cover(book.sheet("Cover"), &all, folder, tables);
        summary(&book, &rows(&text_of(&all, &format!("{folder}/locations.csv"))));
        charts(&book);
    }
    assert!(books == 2 && compared > 20_000 && noted > 500, "{books} {compared} {noted}");
}

/// The cover says what the files say.
fn cover(sheet: &Sheet, all: &BTreeMap<String, Vec<u8>>, folder: &str, tables: &[Value]) {
    let labelled = |label: &str| {
        let at = sheet.cells.iter().find(|(_, held)| **held == Held::Text(label.to_owned()));
        let (row, _) = at.unwrap_or_else(|| panic!("{label}")).0;
        sheet.cells.get(&(*row, 1)).cloned()
    };
    let number = |label: &str| match labelled(label) {
        Some(Held::Number(number, _)) => number,
        held => panic!("{label}: {held:?}"),
    };
    let files = rows(&text_of(all, &format!("{folder}/files.csv")));
    let of = |row: &[String], name: &str| {
        row[files[0].iter().position(|one| one == name).unwrap()].clone()
    };
    let counted: Vec<&Vec<String>> = files[1..]
        .iter()
        .filter(|row| !["\"skipped\"", "\"excluded\""].contains(&of(row, "state").as_str()))
        .collect();
    let mut sum = 0.0;
    for name in ["records", "blank", "accepted", "duplicate", "rejected", "other", "deferred"] {
        let expected: f64 = counted.iter().map(|row| of(row, name).parse::<f64>().unwrap()).sum();
        let label = name[..1].to_uppercase() + &name[1..];
        assert!((number(&label) - expected).abs() < 0.5, "{name}");
        sum += if name == "records" { -expected } else { expected };
    }
    assert!(sum.abs() < 0.5 && number("Records") > 0.5);
    for table in tables {
        let file = table["path"].as_str().unwrap();
        let lines = text_of(all, &format!("{folder}/{file}")).lines().count() - 1;
        let name = file.strip_suffix(".csv").unwrap();
        assert!((number(name) - f64::from(u32::try_from(lines).unwrap())).abs() < 0.5, "{name}");
        let row = (0..sheet.height()).find(|row| sheet.text((*row, 0)) == name).unwrap();
        assert!(sheet.text((row, 2)).ends_with('.'), "{name} is told in a sentence");
    }
    assert_eq!(labelled("As of"), Some(Held::Text(AS_OF.to_owned())));
    // Each location has a zone.
    let locations = text_of(all, &format!("{folder}/locations.csv")).lines().count() - 1;
    let zones = (0..sheet.height()).filter(|row| sheet.text((*row, 0)) == "Time zone");
    let of_zones = zones.map(|row| {
        assert!(sheet.text((row, 1)).contains('/'));
        let (count, _) = sheet.text((row, 2)).split_once(" location").unwrap();
        count.parse::<usize>().unwrap()
    });
    assert_eq!(of_zones.sum::<usize>(), locations);
    assert_eq!(labelled("Target of the wait"), Some(Held::Text("10 min".to_owned())));
    assert_eq!(labelled("queuestat"), Some(Held::Text(env!("CARGO_PKG_VERSION").to_owned())));
    let days = rows(&text_of(all, &format!("{folder}/totals.csv")));
    let last: NaiveDate = plain(&days[1..].iter().rfind(|row| row[1] == "\"day\"").unwrap()[2])
        .unwrap()
        .parse()
        .unwrap();
    assert!(
        (number("Last day with a ticket") - f64::from(last.to_epoch_days()) - 25_569.0).abs()
            < 1e-9
    );
}

/// The summary shows the figures of `locations.csv` that rest on enough.
fn summary(book: &Book, csv: &[Vec<String>]) {
    let sheet = book.sheet("Summary");
    let head = 4;
    assert_eq!(sheet.text((head, 0)), "Location");
    let of = |row: &[String], name: &str| {
        row[csv[0].iter().position(|one| one == name).unwrap()].clone()
    };
    let number = |row: &[String], name: &str| of(row, name).parse::<f64>().unwrap_or(0.0);
    let mut shown = 0;
    for (row, line) in (head + 1..).zip(&csv[1..]) {
        assert_eq!(Some(sheet.text((row, 0)).to_owned()), plain(&of(line, "location")));
        let closed = number(line, "tickets") - number(line, "open");
        for (column, name, n, least, factor) in [
            (1, "tickets", 1.0, 0.0, 1.0),
            (2, "lost_rate", closed, 10.0, 1.0),
            (3, "waits", 1.0, 0.0, 1.0),
            (4, "wait_p50_s", number(line, "waits"), 10.0, 86_400.0),
            (5, "wait_p90_s", number(line, "waits"), 36.0, 86_400.0),
            (7, "ratings", 1.0, 0.0, 1.0),
            (8, "csat", number(line, "ratings"), 10.0, 1.0),
        ] {
            match sheet.cells.get(&(row, column)) {
                None => assert!(n < least || of(line, name).is_empty(), "{name} {line:?}"),
                Some(Held::Number(held, _)) => {
                    assert!(n >= least, "{name} {line:?}");
                    assert!((held * factor - number(line, name)).abs() < 0.006, "{name} {line:?}");
                    shown += 1;
                }
                held => panic!("{held:?}"),
            }
        }
    }
    assert!(shown > csv.len(), "{shown}");
    let last = head + csv.len();
    assert!(!sheet.cells.contains_key(&(last, 0)));
    assert_eq!(sheet.text((last + 1, 0)), "All locations");
    let tickets: f64 = csv[1..].iter().map(|line| number(line, "tickets")).sum();
    assert!(
        matches!(sheet.cells[&(last + 1, 1)], Held::Number(all, _) if (all - tickets).abs() < 0.5)
    );
}

/// Every chart shows cells that are there: those of the summary, and the whole weeks of `totals`.
fn charts(book: &Book) {
    assert_eq!(book.charts.len(), 3);
    for chart in &book.charts {
        assert_eq!(chart.ranges.len(), 2, "names and values");
        for (range, cached) in &chart.ranges {
            let sheet = book.sheet(&range.sheet);
            let held: Vec<Option<&Held>> = (range.rows.0..=range.rows.1)
                .map(|row| sheet.cells.get(&(row, range.column)))
                .collect();
            assert!(held.len() > 1 && held.iter().any(Option::is_some));
            for (at, text) in cached {
                match held[*at].unwrap() {
                    Held::Text(held) => assert_eq!(held, text),
                    Held::Number(held, _) => {
                        assert!((held - text.parse::<f64>().unwrap()).abs() < 1e-9);
                    }
                    Held::Truth(_) => panic!("{text}"),
                }
            }
            if range.sheet == "totals" {
                let column = |name: &str| (0..60).find(|at| sheet.text((0, *at)) == name).unwrap();
                let is_whole_week = |row: usize| {
                    sheet.text((row, column("grain"))) == "week"
                        && sheet.cells.get(&(row, column("complete"))) == Some(&Held::Truth(true))
                };
                assert!((range.rows.0..=range.rows.1).all(is_whole_week));
                assert!(!is_whole_week(range.rows.0 - 1) && !is_whole_week(range.rows.1 + 1));
            } else {
                assert_eq!(range.sheet, "Summary");
            }
        }
    }
}

/// Beyond thirty locations there is no chart of them, and the summary says why.
#[test]
fn a_chart_of_locations_has_thirty_at_most() {
    for (locations, charts) in [(60, 3), (62, 2)] {
        let space = invented(locations, 4_000);
        report(&space, "out", &["--only", "csv", "--xlsx"]);
        for (path, bytes) in files(&space.path("out")) {
            if !path.ends_with("/tables.xlsx") {
                continue;
            }
            let book = Book::of(&bytes);
            let here = book.sheet("Summary").height() - 7;
            assert_eq!(here, usize::try_from(locations).unwrap() / 2, "{path}");
            assert_eq!(book.charts.len(), charts, "{path}");
            let told = book.sheet("Summary").cells.contains_key(&(2, 0));
            assert_eq!(told, charts == 2, "{path}");
        }
    }
}

/// Settings of the configuration stand on the cover, and names that look like formulas are texts.
#[test]
fn the_cover_tells_the_settings_in_force() {
    let space = invented(2, 60);
    let config = "week_starts_on = \"Sunday\"\ntarget_minutes = 7.5\nxlsx = true\nday_starts_at = \"05:00\"\n\
                  [wait]\nends_at = \"call\"\nmax_hours = 12\nleave_out_bursts = true\n[ratings]\nhide_below = 5\n";
    space.write("archive/queuestat.toml", config);
    let args = [
        "--from",
        "2021-01-01",
        "--to",
        "2021-12-31",
        "--time-zone",
        "Europe/Stockholm",
        "--weekday",
        "mon-fri",
    ];
    report(&space, "out", &[&args[..], &["--only", "csv"]].concat());
    let folder = &only_folders(&space.path("out"))[0];
    let book = Book::of(&fs::read(folder.join("tables.xlsx")).unwrap());
    let cover = book.sheet("Cover");
    let beside = |label: &str| {
        let is_label = |place: &&Place| place.1 == 0 && cover.text(**place) == label;
        let (row, _) = *cover.cells.keys().find(is_label).unwrap_or_else(|| panic!("{label}"));
        (cover.text((row, 1)).to_owned(), cover.text((row, 2)).to_owned())
    };
    for (label, value) in [
        ("Time zone", "Europe/Stockholm"),
        ("Days begin at", "05:00"),
        ("Weeks begin on", "Sunday"),
        ("Target of the wait", "7.5 min"),
        ("Headline wait ends at", "first call"),
        ("Longest wait believed", "12 h"),
        ("Waits ended by the clock", "left out"),
        ("Scale of ratings", "1 to 5"),
        ("Ratings hidden", "groups with fewer than 5 ratings"),
    ] {
        assert_eq!(beside(label).0, value, "{label}");
    }
    assert!(beside("Tickets").0.contains("Mon"), "{:?}", beside("Tickets"));
    let locations = book.sheet("locations").height() - 1;
    assert_eq!(beside("Target of the wait").1, format!("{locations} locations"));
}

#[test]
fn without_the_option_there_is_no_workbook() {
    let space = invented(2, 40);
    well(&space.report("archive", &["--only", "csv"]));
    assert!(!space.published().keys().any(|path| path.ends_with(".xlsx")));
}
