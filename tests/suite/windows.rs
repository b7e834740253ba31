//! Windows of whole weeks and months, and fixed ones: of one report, and of nights.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use queuestat::synth::{Compression, Recipe, write};

use crate::small_archive::{cells, served};
use crate::weeks::{table, visits};
use crate::workspace::{Run, Workspace, files, only};

#[test]
fn days_are_given_as_dates_months_weeks_and_words() {
    let space = Workspace::new();
    space.write("in/a.jsonl", visits(1..=31));
    let days = |more: &[&str]| {
        let mut args = vec!["report", "in", "--out", "out", "--only", "csv"];
        args.extend(["--time-zone", "Pacific/Auckland", "--as-of", "2021-04-01T13:00:00Z"]);
        args.extend(more);
        let run = space.run(&args);
        let days = if run.code == 0 {
            cells(&space, "daily.csv", None, &["service_date"])
        } else {
            Vec::new()
        };
        (run, days.first().cloned().zip(days.last().cloned()))
    };
    // 1 April 13:00 UTC is 2 April in Auckland, where 11:00 UTC is midnight: every visit is of the next day.
    for (from, to, first, last) in [
        ("2021-03-05", "2021-03-06", "2021-03-05", "2021-03-06"),
        ("2021-03", "2021-03", "2021-03-02", "2021-03-31"),
        ("2021-W10", "2021-W11", "2021-03-08", "2021-03-21"),
        ("last-week", "last-week", "2021-03-22", "2021-03-28"),
        ("last-month", "last-month", "2021-03-02", "2021-03-31"),
        ("2021-W13", "yesterday", "2021-03-29", "2021-04-01"),
        ("yesterday", "today", "2021-04-01", "2021-04-01"),
    ] {
        let (run, found) = days(&["--from", from, "--to", to]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(found, Some((first.to_owned(), last.to_owned())), "{from} {to}");
    }
    let (_, found) = days(&["--from", "last-week"]);
    assert_eq!(found, Some(("2021-03-22".to_owned(), "2021-04-01".to_owned())));
    for (from, to, words) in [
        ("2021-04-01", "2021-03-01", "the window ends (2021-03-01) before it begins (2021-04-01)"),
        ("last-year", "2021-03-01", "--from names no day: `last-year`"),
        ("2021-03-01", "2021-02-29", "--to names no day: `2021-02-29`"),
        ("2021-03-01", "2021-W54", "--to names no day: `2021-W54`"),
    ] {
        let (run, _) = days(&["--from", from, "--to", to]);
        assert!(run.code == 2 && run.stderr.contains(words), "{}", run.stderr);
    }
    let (run, _) = days(&["--from", "soon"]);
    for form in
        ["2021-03-01", "2021-02", "2021-W09", "today", "yesterday", "last-week", "last-month"]
    {
        assert!(run.stderr.contains(form), "{}", run.stderr);
    }
}

/// A configuration of a night with these reports.
fn config(top: &str, reports: &[(&str, &str)]) -> String {
    let reports: String = reports
        .iter()
        .map(|(name, window)| format!("[[nightly.report]]\nname = \"{name}\"\n{window}\n"))
        .collect();
    format!(
        "time_zone = \"Europe/Stockholm\"\n{top}\n[gates]\nsilent_days = 0\nrefuse_fall = 1.0\n\
         [nightly]\narchive = [\"archive\"]\nout = \"site\"\n{reports}"
    )
}

fn night(space: &Workspace, as_of: &str) -> Run {
    space.run(&["nightly", "--as-of", as_of])
}

/// CSV files but the list of files, which knows those that are gone, and the charts.
fn figures(folder: &Path) -> BTreeMap<String, String> {
    files(folder)
        .into_iter()
        .filter(|(name, _)| {
            name.ends_with(".csv") && !name.ends_with("files.csv") || name.ends_with(".svg")
        })
        .map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap()))
        .collect()
}

#[test]
fn nights_follow_the_first_day_after_the_files_are_gone() {
    let space = Workspace::in_memory();
    let recipe = Recipe {
        tickets: 240,
        days: 50,
        seed: 3,
        compression: Compression::Plain,
        ..Recipe::default()
    };
    write(&recipe, &space.path("whole")).unwrap();
    let copied = files(&space.path("whole"));
    for (name, bytes) in &copied {
        space.write(&format!("archive/{name}"), bytes);
    }
    let as_of = "2021-04-14T02:00:00Z";
    let windows = [
        ("all", "all = true", None),
        ("week", "last_week = true", Some(("last-week", "last-week"))),
        ("month", "last_month = true", Some(("2021-03", "last-month"))),
        ("fixed", "from = 2021-03-10\nto = \"2021-04-02\"", Some(("2021-03-10", "2021-04-02"))),
    ];
    let named = windows.map(|(name, window, _)| (name, window));
    let mut before = BTreeMap::new();
    for (at, name) in ["Monday", "Sunday", "Saturday", "Wednesday", "Monday"].iter().enumerate() {
        space.write("queuestat.toml", config(&format!("week_starts_on = \"{name}\""), &named));
        let run = night(&space, as_of);
        assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
        assert!(run.stderr.contains("Published"), "{}", run.stderr);
        for (window, _, dates) in windows {
            let mut args = vec![
                "report",
                "whole",
                "--out",
                "once",
                "--as-of",
                as_of,
                "--config",
                "queuestat.toml",
            ];
            if let Some((from, to)) = dates {
                args.extend(["--from", from, "--to", to]);
            }
            let run = space.run(&args);
            assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
            let (once, nights) =
                (figures(&space.path("once")), figures(&space.path("site/current").join(window)));
            assert!(once.len() > 20 && once.keys().eq(nights.keys()), "{:?}", nights.keys());
            for (file, text) in &once {
                assert!(*text == nights[file], "{name} {window} {file}");
            }
            if window == "all" {
                assert!(before != once, "{name}");
                before = once;
            }
        }
        if at == 0 {
            // All but the last file go; what they brought is kept.
            for name in copied.keys().take(copied.len() - 1) {
                fs::remove_file(space.path("archive").join(name)).unwrap();
            }
        }
    }
}

#[test]
fn whole_months_and_fixed_days_stay_as_they_are() {
    let space = Workspace::in_memory();
    let february: String = (1..=28)
        .map(|day| served(&format!("f{day}"), "A", (&format!("02-{day:02}"), 11), 5, ""))
        .collect();
    space.write("archive/02.jsonl", february);
    space.write("archive/03.jsonl", visits([1, 2]));
    space.write(
        "queuestat.toml",
        config(
            "week_starts_on = \"sunday\"",
            &[
                ("last-month", "last_month = true"),
                ("last-week", "last_week = true"),
                ("so-far", "week_to_date = true"),
                ("february", "from = \"2021-02-01\"\nto = 2021-02-28"),
                ("since-march", "from = \"2021-03-01\""),
                ("until-march", "to = \"2021-02\""),
                ("ahead", "from = \"2031-01-01\"\nto = \"2031-12-31\""),
                ("before", "from = \"2019-01-01\"\nto = \"2019-12-31\""),
            ],
        ),
    );
    let tickets = |window: &str| -> Vec<String> {
        let folder = only(&space.path("site/current").join(window));
        let text = fs::read_to_string(folder.join("totals.csv")).unwrap();
        let rows = table(&text).into_iter().filter(|row| row["grain"] == "window");
        rows.map(|row| format!("{} {} {}", row["from"], row["to"], row["tickets"])).collect()
    };
    let mut kept = None;
    for as_of in [
        "2021-03-03T02:00:00Z",
        "2021-03-20T02:00:00Z",
        "2021-03-31T02:00:00Z",
        "2022-06-15T02:00:00Z",
    ] {
        let run = night(&space, as_of);
        assert_eq!(run.code, 0, "{as_of}: {}", run.stderr);
        let february = figures(&space.path("site/current/february"));
        assert_eq!(kept.get_or_insert_with(|| february.clone()), &february, "{as_of}");
        assert_eq!(tickets("february"), ["2021-02-01 2021-02-28 28"]);
        assert_eq!(tickets("since-march"), ["2021-03-01 2021-03-02 2"]);
        assert_eq!(tickets("until-march"), ["2021-02-01 2021-02-28 28"]);
        for empty in ["ahead", "before"] {
            let folder = only(&space.path("site/current").join(empty));
            let page = fs::read_to_string(folder.join("index.html")).unwrap();
            assert!(page.contains("There is no ticket in this window"), "{as_of} {empty}");
        }
        if as_of < "2021-04" {
            assert_eq!(tickets("last-month"), ["2021-02-01 2021-02-28 28"]);
        }
    }
    // Sunday 21 to Saturday 27 February; then Sunday 28 February to Tuesday 2 March, the day before the run.
    let run = night(&space, "2021-03-03T02:00:00Z");
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(tickets("last-week"), ["2021-02-21 2021-02-27 7"]);
    assert_eq!(tickets("so-far"), ["2021-02-28 2021-03-02 3"]);
}

#[test]
fn windows_that_make_no_sense_are_refused() {
    let space = Workspace::new();
    space.write("archive/a.jsonl", visits([6]));
    for (window, words) in [
        ("from = \"2021-03-02\"\nto = \"2021-03-01\"", "before it begins (2021-03-02)"),
        ("from = \"2021-02-30\"", "`from` of the nightly report `one` names no day: `2021-02-30`"),
        ("to = 2021-03-01T10:00:00Z", "`to` of the nightly report `one` names no day"),
        ("from = 20210301", "did not match"),
        ("last_month = true\nlast_week = true", "has no window, or more than one"),
        ("last_month = false", "has no window, or more than one"),
        ("days = 3\nto = \"2021-03-01\"", "has no window, or more than one"),
        ("lastmonth = true", "unknown key `lastmonth`"),
    ] {
        space.write("queuestat.toml", config("", &[("one", window)]));
        let run = night(&space, "2021-03-20T02:00:00Z");
        assert!(run.code == 2 && run.stderr.contains(words), "{window}: {}", run.stderr);
        assert!(!space.path("site").exists(), "{window}");
    }
}
