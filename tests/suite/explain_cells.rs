//! Every number of every table, explained: as the CSV files have it, and once more from what is listed behind it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use queuestat::job::{
    Asked, Cells, ExportPlan, NoCell, Only, ReportPlan, Source, TableCells, Unobserved, Wanted,
    cells, report,
};
use queuestat::metric::is_key;
use queuestat::synth::{Compression, Recipe, write};
use serde_json::Value;

use crate::control;
use crate::explain_cells_again::{Again, again};
use crate::explain_cells_beside::beside;
use crate::explain_measure::{Dice, explained};
use crate::export::{Row, invented, rows, well};
use crate::library::plan;
use crate::workspace::{AS_OF, Workspace, files, hook};

/// Columns that hold no number and say nothing that is computed from tickets.
const NO_NUMBERS: [&str; 7] =
    ["complete", "from", "to", "note", "form", "first_service_date", "last_service_date"];

/// The rows of a table as they are published, of all organizations; each with the slug of its folder.
type Published = BTreeMap<String, Vec<(String, Row)>>;

fn published(folder: &Path) -> (Published, BTreeMap<String, Vec<String>>) {
    let (mut all, mut headers) = (Published::new(), BTreeMap::new());
    for (path, bytes) in files(folder).iter().filter(|(path, _)| path.ends_with(".csv")) {
        let (owner, file) = path.split_once('/').unwrap();
        let text = std::str::from_utf8(bytes).unwrap();
        let header = text.lines().next().unwrap().split(',').map(str::to_owned).collect();
        headers.insert(file.to_owned(), header);
        let mine = all.entry(file.to_owned()).or_default();
        mine.extend(rows(text).into_iter().map(|row| (owner.to_owned(), row)));
    }
    (all, headers)
}

/// What tells a row, as somebody writes it who has it in front of him.
fn told(file: &str, header: &[String], owner: &str, row: &Row) -> Vec<String> {
    let keys = header.iter().filter(|column| is_key(file, column));
    let cell = |column: &String| format!("{column}={}", row.get(column).map_or("", String::as_str));
    let mut told: Vec<String> = keys.map(cell).collect();
    if !header.iter().any(|column| column == "organization") {
        // The slug of a folder begins with the name.
        told.push(format!("organization={}", owner.rsplit_once('-').unwrap().0));
    }
    told
}

/// Explains a cell and holds it against the published value, and against what follows from what is listed. Whether it has a
/// value that was recomputed.
fn check(table: &TableCells<'_>, at: usize, column: &str, row: &Row, cells: &Cells) -> bool {
    let found = match table.cell(at, column) {
        Err(NoCell::NoNumber { file, column, .. }) => {
            let is_none = NO_NUMBERS.contains(&column) || (file, column) == ("files.csv", "state");
            assert!(is_none, "{file} {column} is not explained");
            return false;
        }
        found => found.unwrap(),
    };
    let about = || format!("{} {column}: {row:?}\n{found:?}", found.file);
    let value = row.get(column).map_or("", String::as_str);
    assert_eq!(found.value, value, "{}", about());
    assert!(!found.made.formula.is_empty() && !found.made.calculation.is_empty(), "{}", about());
    beside(&found, row, cells, &about);
    match again(&found, row, cells) {
        Again::Value(Some(again)) => {
            let decimals = value.split_once('.').map_or(0, |(_, rest)| rest.len());
            let last = 0.1_f64.powi(i32::try_from(decimals).unwrap());
            let is: f64 = value.parse().unwrap_or(f64::NAN);
            // A missing one is near nothing.
            assert!((is - again).abs() <= last * 0.501 + 1e-7, "{again} {}", about());
            true
        }
        Again::Value(None) => {
            assert!(value.is_empty() || column == "weeks", "{}", about());
            false
        }
        Again::NotHere => false,
    }
}

/// Midnight of 1 August 2021, UTC milliseconds.
const AUGUST: i64 = 1_627_776_000_000;

/// The tables of a report of an archive in a window, and the same as published.
fn loaded(
    folder: &Path,
    groups: bool,
    window: [&str; 2],
) -> (Cells, Published, BTreeMap<String, Vec<String>>) {
    let archive = folder.join("archive");
    let planned = || {
        let mut plan = plan(&archive);
        if !groups {
            // The archive of half a year goes on for longer.
            (plan.ingest.webhook.as_of, plan.waits.as_of) = (AUGUST, AUGUST);
        }
        plan
    };
    let [from, to] = window.map(|day| day.parse().ok());
    let of_window = || Asked { from, to, ..Asked::default() };
    let mut asked = ExportPlan { plan: planned(), source: Source::Archive, asked: of_window() };
    if groups {
        // Names are invented, so any two of them are taken.
        let cells = cells(&mut asked, &Unobserved).unwrap();
        let names = cells.tickets.places.iter().map(|place| place.name.clone());
        let names: BTreeSet<String> = names.take(2).collect();
        let group = |(name, group): (String, &str)| (name, group.to_owned());
        asked.plan.groups = names.into_iter().zip(["North/City", "North"]).map(group).collect();
    }
    let groups = asked.plan.groups.clone();
    let made = ReportPlan {
        plan: queuestat::job::Plan { groups, ..planned() },
        wanted: Wanted { from, to, only: Some(Only::Csv) },
        asked: of_window(),
        out: folder.join("out"),
        force: true,
    };
    report(&made, &Unobserved).unwrap();
    let (published, headers) = published(&folder.join("out"));
    (cells(&mut asked, &Unobserved).unwrap(), published, headers)
}

/// Lines of a place with more queues than `segments.csv` has rows for.
fn many_queues() -> String {
    let line = |n: u32| {
        let at = format!("2021-03-{:02}T10:{:02}:00Z", n % 20 + 1, n % 60);
        let fields = format!(
            "\"location\":\"Many\",\"queue\":\"q{}\",\"createdAt\":\"{at}\",\"fulfilledAt\":\"2021-03-{:02}T11:00:00Z\"",
            n % 45,
            n % 20 + 1
        );
        hook("many", "positionCompleted", &format!("m{n}"), &fields)
    };
    (0..70).map(line).collect()
}

#[test]
fn every_cell_of_every_table_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = Recipe {
        tickets: 330,
        days: 11,
        seed: 5,
        locations: 3,
        organizations: 2,
        compression: Compression::Plain,
        first_day: chrono::NaiveDate::from_ymd_opt(2021, 3, 1).unwrap(),
        ..Recipe::default()
    };
    write(&recipe, &folder.path().join("archive")).unwrap();
    let _none = std::fs::remove_file(folder.path().join("archive/queuestat.toml"));
    std::fs::write(folder.path().join("archive/many.jsonl"), many_queues()).unwrap();
    all_cells(folder.path(), [""; 2]);
    all_cells(folder.path(), ["2021-03-03", "2021-03-09"]);
}

/// Explains every cell of a report; of one of a window those of every third row.
fn all_cells(folder: &Path, window: [&str; 2]) {
    let (cells, published, headers) = loaded(folder, true, window);
    let is_all = window == [""; 2];
    let step = if is_all { 1 } else { 3 };
    let (mut seen, mut others) = (BTreeMap::<&str, usize>::new(), 0);
    for (file, rows) in &published {
        let (table, header) = (cells.table(file).unwrap(), &headers[file]);
        for (owner, row) in rows.iter().step_by(step) {
            let at = table.row(&told(file, header, owner, row)).unwrap();
            others += usize::from(row.get("value").is_some_and(|value| value == "(other)"));
            for column in header.iter().filter(|column| !is_key(file, column)) {
                let is_again = check(&table, at, column, row, &cells);
                *seen.entry(file).or_default() += usize::from(is_again);
            }
        }
    }
    assert!(others > 0 || !is_all, "no row of rare queues");
    let all: BTreeSet<&str> = published.keys().map(String::as_str).collect();
    assert_eq!(all.len(), 20);
    for (file, n) in &seen {
        // So few weeks and locations have no limits; the larger archive has.
        let is_small = ["funnel.csv", "changes.csv"].contains(file);
        assert!(*n > 0 || is_small || !is_all, "{file} {n}");
    }
    assert!(seen.values().sum::<usize>() > 1_000, "{seen:?}");
}

/// Two hundred cells of an archive of half a year: limits, funnels, changes, and any others.
#[test]
fn cells_that_need_many_weeks_are_explained() {
    let space = control::archive();
    std::fs::rename(space.path("in"), space.path("archive")).unwrap();
    let _none = std::fs::remove_file(space.path("archive/queuestat.toml"));
    let (cells, published, headers) = loaded(&space.path(""), false, ["2021-02-10", ""]);
    let mut dice = Dice(7);
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let files: Vec<&String> =
        published.keys().filter(|file| !published[*file].is_empty()).collect();
    let judged = ["funnel.csv", "control.csv", "changes.csv"];
    for turn in 0..200 {
        let file = match judged.get(turn % 4) {
            Some(file) => *file,
            None => files[dice.below(files.len())].as_str(),
        };
        let (table, header) = (cells.table(file).unwrap(), &headers[file]);
        let rows = &published[file];
        let numbers: Vec<&String> = header
            .iter()
            .filter(|column| !is_key(file, column) && !NO_NUMBERS.contains(&column.as_str()))
            .collect();
        let column = numbers[dice.below(numbers.len())];
        // Most limits and verdicts are empty: mostly, a row is looked for in which they are not.
        let mut drawn = &rows[dice.below(rows.len())];
        for _ in 0..40 {
            if drawn.1.contains_key(column) || turn % 10 == 9 {
                break;
            }
            drawn = &rows[dice.below(rows.len())];
        }
        let (owner, row) = drawn;
        let at = table.row(&told(file, header, owner, row)).unwrap();
        if check(&table, at, column, row, &cells) {
            *seen.entry((file, column)).or_default() += 1;
        }
    }
    for (file, column) in [
        ("control.csv", "centre"),
        ("control.csv", "low"),
        ("control.csv", "high"),
        ("funnel.csv", "target"),
        ("funnel.csv", "low_95"),
        ("funnel.csv", "p_adjusted"),
        ("changes.csv", "n_before"),
        ("changes.csv", "n_after"),
    ] {
        assert!(seen.contains_key(&(file, column)), "{file} {column}: {seen:?}");
    }
}

/// The commands of the parts of a figure, run as they stand, give the values of the parts; and a state tells what its archive
/// tells.
#[test]
fn parts_are_explained_by_their_commands() {
    let space = invented(4, 300, "[locations.\"(unknown)\"]\ngroup = \"None\"\n");
    well(space.run(&["nightly", "--as-of", AS_OF]));
    well(space.run(&["report", "archive", "--out", "out", "--only", "csv", "--as-of", AS_OF]));
    let (published, headers) = published(&space.path("out"));
    let first = |file: &str, column: &str| {
        let (owner, row) =
            &published[file].iter().find(|(_, row)| row.contains_key(column)).unwrap();
        told(file, &headers[file], owner, row)
    };
    let mut run = 0;
    for (file, column) in [
        ("changes.csv", "change"),
        ("control.csv", "signal"),
        ("ratings_by_wait.csv", "trend_z"),
        ("ratings_by_wait_trend.csv", "ratings"),
        ("data_quality.csv", "count"),
        ("files.csv", "records"),
        ("hourly.csv", "line_mean"),
        ("segments.csv", "wait_p90_s"),
    ] {
        let row = match (file, column) {
            ("control.csv", _) => first(file, "value"),
            ("ratings_by_wait.csv", _) => first(file, "csat"),
            ("data_quality.csv", _) => {
                let mut row = first(file, "count");
                row.retain(|part| part.starts_with("organization"));
                row.extend(["measure=accepted".to_owned(), "detail=".to_owned()]);
                row
            }
            _ => first(file, column),
        };
        let row: Vec<String> = row.iter().map(|part| format!("--row={part}")).collect();
        let of = ["--table", file, "--column", column];
        let mut of_archive =
            explained(&space, &[&of[..], &["archive", "--as-of", AS_OF]].concat(), &row);
        let mut of_state = explained(&space, &[&of[..], &["--state", "state"]].concat(), &row);
        for part in of_archive["made_of"].as_array().unwrap().iter().take(3) {
            let command: Vec<&str> = part["command"]
                .as_array()
                .unwrap()
                .iter()
                .map(|word| word.as_str().unwrap())
                .collect();
            assert_eq!(command[..2], ["queuestat", "explain"]);
            let told = explained(&space, &command[2..], &[]);
            assert_eq!(told["value"], part["value"], "{command:?}");
            run += 1;
        }
        for one in [&mut of_archive, &mut of_state] {
            let _next = one["next"].take();
            for part in one["made_of"].as_array_mut().unwrap() {
                let _command = part["command"].take();
            }
        }
        assert_eq!(of_archive, of_state, "{file} {column}");
    }
    assert!(run > 8, "{run}");
}

/// A row is told by what stands in it, and what is missing is named.
#[test]
fn what_tells_no_cell_is_refused_with_a_hint() {
    let space = Workspace::new();
    let line = |id: &str, location: &str| {
        hook(
            "org",
            "positionCreated",
            id,
            &format!("\"location\":\"{location}\",\"createdAt\":\"2021-03-01T10:00:00Z\""),
        )
    };
    space.write(
        "archive/a.jsonl",
        line("1", "Main, St") + &line("2", "Malmö") + &line("3", "=Mall"),
    );
    let run = |args: &[&str]| {
        space.run(&[&["explain", "-q", "archive", "--as-of", AS_OF, "--json"][..], args].concat())
    };
    for (args, said) in [
        (&["--table", "hourly"][..], "no column of `hourly.csv` is named"),
        (&["--table", "nothing", "--column", "x"], "there is no table `nothing`"),
        (&["--table", "hourly", "--column", "line"], "has no column `line`"),
        (&["--table", "daily", "--column", "complete"], "is not computed from tickets"),
        (&["--table", "hourly", "--column", "weekday"], "is not computed from tickets"),
        (&["--table", "locations", "--column", "tickets"], "3 rows of `locations.csv` are left"),
        (&["--table", "locations", "--column", "tickets", "--row", "location=M"], "2 values of `"),
        (
            &["--table", "locations", "--column", "tickets", "--row", "location=Q"],
            "no row of `locations.csv` has location=Q",
        ),
        (&["--table", "locations", "--column", "tickets", "--row", "Q"], "`Q` tells no row"),
        (&["--column", "tickets"], "--table"),
        (&["--table", "daily", "--measure", "tickets"], "cannot be used with"),
    ] {
        let failed = run(args);
        assert_eq!(failed.code, 2, "{args:?}: {}", failed.stderr);
        assert!(failed.stderr.contains(said), "{args:?}: {}", failed.stderr);
    }
    for row in [
        "location=Main, St,organization=org",
        "location=malmo",
        "location='=Mall",
        "location==Mall",
    ] {
        let told: Value = serde_json::from_str(&well(run(&[
            "--table",
            "daily.csv",
            "--column",
            "tickets",
            "--row",
            row,
        ])))
        .unwrap();
        assert_eq!(
            (&told["value"], &told["row"]["service_date"]),
            (&"1".into(), &"2021-03-01".into()),
            "{row}"
        );
    }
    let state = Source::State(space.path("none"), Duration::ZERO);
    let mut asked =
        ExportPlan { plan: plan(&space.path("archive")), source: state, asked: Asked::default() };
    assert!(cells(&mut asked, &Unobserved).is_err());
}
