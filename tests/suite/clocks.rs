//! The clocks of places from the configuration to the files: moves, days from the morning, and nights between changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::locations::columns;
use crate::workspace::{Workspace, files, hook};

const AS_OF: &str = "2021-05-03T09:00:00Z";
const NIGHTLY: &str = "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\n\
    [[nightly.report]]\nname = \"week\"\ndays = 7\n[[nightly.report]]\nname = \"all\"\nall = true\n";
const PLACES: [&str; 3] = ["Bar", "Harbour", "Pier"];

/// Visits around the dates of moves and of changes of the clocks, at every hour and at most minutes; and slots without a zone.
fn lines() -> Vec<String> {
    let mut lines = Vec::new();
    for (span, day) in ["2021-02-13", "2021-03-26", "2021-04-30"].into_iter().enumerate() {
        let first = format!("{day}T00:00:00Z").parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        for n in 0..90_i64 {
            let (id, place) = (format!("t{span}-{n}"), PLACES[usize::try_from(n % 3).unwrap()]);
            let at = |minutes: i64| {
                let at = first + chrono::TimeDelta::minutes(n * 53 + minutes);
                at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
            };
            let wall = |minutes| at(minutes).trim_end_matches('Z').to_owned();
            let mut position = format!(
                "\"location\":\"{place}\",\"queue\":\"q-{place}\",\"createdAt\":\"{}\"",
                at(if n % 5 == 0 { -3_000 } else { 0 })
            );
            position += &match n % 5 {
                0 => format!(",\"type\":\"booking\",\"booking\":{{\"start\":\"{}\"}}", wall(0)),
                _ => ",\"type\":\"anonymous\"".to_owned(),
            };
            lines.push(hook("org", "positionCreated", &id, &position));
            // Some stay for hours, over the start of a day, and some until the end of time.
            if n % 4 != 1 {
                position += &format!(",\"calledAt\":\"{}\"", at(n * 3 % 250));
                lines.push(hook("org", "positionCalled", &id, &position));
            }
            if n % 4 == 2 {
                position += &format!(",\"fulfilledAt\":\"{}\"", at(n * 3 % 250 + 4));
                lines.push(hook("org", "positionFulfilled", &id, &position));
            }
        }
    }
    lines
}

fn csv(folder: &Path) -> BTreeMap<String, String> {
    let all = files(folder).into_iter().filter(|(name, _)| name.ends_with(".csv"));
    all.map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect()
}

/// The file of this name of the only organization.
fn table(folder: &Path, file: &str) -> String {
    let mut all = csv(folder).into_iter();
    all.find(|(name, _)| name.rsplit('/').next() == Some(file)).unwrap().1
}

fn report(space: &Workspace, more: &[&str]) {
    let mut args = vec!["report", "all", "--out", "once", "--as-of", AS_OF, "--force"];
    args.extend(["--config", "queuestat.toml"]);
    args.extend(more);
    let run = space.run(&args);
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
}

/// The published windows against reports of all lines.
fn assert_exact(space: &Workspace, week: [&str; 2]) {
    for (window, dates) in [("all", vec![]), ("week", vec!["--from", week[0], "--to", week[1]])] {
        report(space, &[dates, vec!["--only", "csv"]].concat());
        let nights = csv(&space.path("site/current").join(window));
        let once = csv(&space.path("once"));
        assert!(once.len() >= 8 && once.keys().eq(nights.keys()), "{:?}", nights.keys());
        for (name, text) in &once {
            // Of a file that is gone, a night says so.
            let night = nights[name].replace("\"gone\"", "\"read\"");
            let differ = |(once, night): &(&str, &str)| once != night;
            let first = text.lines().zip(night.lines()).find(differ);
            assert!(*text == night, "{window}/{name}: {first:?}");
        }
    }
}

#[test]
fn nights_follow_the_configuration_after_the_files_are_gone() {
    let space = Workspace::new();
    let week = ["2021-04-26", "2021-05-02"];
    let plain = "time_zone = \"Europe/London\"\n";
    let moved = "time_zone = [{ from = 2021-02-15, zone = \"Europe/Athens\" }, { zone = \"Europe/London\" }]\n";
    let configs = [
        (plain.to_owned(), week),
        (format!("{plain}day_starts_at = \"05:00\"\n"), week),
        (format!("{plain}[locations.\"Bar\"]\nday_starts_at = \"03:30\"\n"), week),
        (moved.to_owned(), week),
        (moved.replace("02-15", "03-28"), week),
        (format!("{plain}[queues.\"q-Harbour\"]\nday_starts_at = \"12:00\"\n{moved}"), week),
        // 09:00 in UTC is before the start of the day: the last whole one is a day earlier.
        (format!("{plain}day_starts_at = \"11:00\"\n"), ["2021-04-25", "2021-05-01"]),
        (plain.to_owned(), week),
    ];
    let lines = lines();
    for (at, part) in lines.chunks(lines.len() / 3 + 1).enumerate() {
        for folder in ["archive", "all"] {
            space.write(&format!("{folder}/{at}.jsonl"), part.concat());
        }
    }
    let mut seen: Vec<String> = Vec::new();
    for (at, (config, week)) in configs.iter().enumerate() {
        space.write("queuestat.toml", format!("{config}{NIGHTLY}"));
        let run = space.run(&["nightly", "--as-of", AS_OF, "--force"]);
        assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
        assert_exact(&space, *week);
        // Most of the lines are in the state alone from now on.
        if at == 0 {
            fs::remove_file(space.path("archive/0.jsonl")).unwrap();
            fs::remove_file(space.path("archive/1.jsonl")).unwrap();
        }
        let daily = table(&space.path("site/current/all"), "daily.csv");
        let is_new = !seen.contains(&daily);
        assert_eq!(is_new, at + 1 < configs.len(), "the last configuration is the first one: {at}");
        seen.push(daily);
    }
}

#[test]
fn pages_and_lists_name_zones_dates_and_the_start_of_the_day() {
    let space = Workspace::new();
    space.write("all/a.jsonl", lines().concat());
    let moved =
        "[{ until = \"2021-02-15\", zone = \"Europe/London\" }, { zone = \"Europe/Athens\" }]";
    space.write(
        "queuestat.toml",
        format!(
            "time_zone = {moved}\n[locations.\"Bar\"]\nday_starts_at = \"05:00\"\n\
             [queues.\"q-Pier\"]\ntime_zone = \"Europe/Oslo\"\n"
        ),
    );
    let said = "Europe/London, from 2021-02-15 Europe/Athens";
    let list = space.run(&["locations", "all", "--config", "queuestat.toml", "--csv", "--quiet"]);
    let wanted = ["location", "time_zone", "time_zone_from", "day_starts_at"];
    let rows: Vec<String> =
        columns(&list.stdout, &wanted).into_iter().map(|row| row.join("|")).collect();
    assert_eq!(
        rows,
        [
            &format!("Bar|{said}|default|05:00"),
            &format!("Harbour|{said}|default|00:00"),
            "Pier|Europe/Oslo|section|00:00"
        ]
    );
    let table = space.run(&["locations", "all", "--config", "queuestat.toml", "--quiet"]);
    assert!(
        table.stdout.contains(&format!("{said} (default), days from 05:00")),
        "{}",
        table.stdout
    );
    report(&space, &[]);
    let pages: Vec<(String, String)> = files(&space.path("once"))
        .into_iter()
        .filter(|(name, _)| name.ends_with(".html"))
        .map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap()))
        .collect();
    let with = |text: &str| pages.iter().filter(|(_, page)| page.contains(text)).count();
    assert_eq!(with(&format!("Local time: {said}. Days begin at 05:00.")), 1);
    assert_eq!(with(&format!("Local time: {said}. ")), 2);
    assert_eq!(with("Local time: Europe/Oslo."), 1);
    assert_eq!(with("A day begins at 05:00 on the wall clock:"), 1);
    // The flag replaces all zones, and no start of a day.
    report(&space, &["--time-zone", "Asia/Tokyo"]);
    let pages = files(&space.path("once")).into_iter();
    let pages: String = pages
        .filter(|(name, _)| name.ends_with(".html"))
        .map(|(_, bytes)| String::from_utf8(bytes).unwrap())
        .collect();
    assert!(!pages.contains("Europe/") && pages.contains("Local time: Asia/Tokyo. Days begin at"));
}

#[test]
fn one_evening_is_one_day_in_every_file() {
    let space = Workspace::new();
    let visit = |id: &str, at: &str| {
        let position =
            format!("\"location\":\"Bar\",\"type\":\"anonymous\",\"createdAt\":\"{at}\"");
        hook("org", "positionCreated", id, &position)
    };
    // 23:10 on Friday, 01:30 and 02:30 in the night in which the clocks change, 05:00 on Sunday.
    let lines = [
        visit("a", "2021-03-27T22:10:00Z"),
        visit("b", "2021-03-28T00:30:00Z"),
        visit("c", "2021-03-28T01:30:00Z"),
        visit("d", "2021-03-28T03:00:00Z"),
    ];
    space.write("all/a.jsonl", lines.concat());
    space.write("queuestat.toml", "time_zone = \"Europe/Oslo\"\nday_starts_at = \"05:00\"\n");
    report(&space, &[]);
    let cells = |file: &str, wanted: &[&str]| -> Vec<String> {
        let text = table(&space.path("once"), file);
        columns(&text, wanted).into_iter().map(|row| row.join(" ")).collect()
    };
    assert_eq!(cells("daily.csv", &["service_date", "tickets"]), ["2021-03-27 3", "2021-03-28 1"]);
    assert_eq!(cells("weekly.csv", &["iso_week", "tickets"]), ["2021-W12 4"]);
    assert_eq!(
        cells("hourly.csv", &["weekday", "hour", "tickets"]),
        ["6 1 1", "6 3 1", "6 23 1", "7 5 1"]
    );
    report(&space, &["--from", "2021-03-28", "--to", "2021-03-28"]);
    assert_eq!(cells("daily.csv", &["service_date", "tickets"]), ["2021-03-28 1"]);
}

#[test]
fn what_makes_no_sense_is_refused_with_words_that_help() {
    let space = Workspace::new();
    space.write("all/a.jsonl", lines().concat());
    for (config, said) in [
        ("day_starts_at = \"22:00\"", "no time of a morning"),
        ("[locations.\"Bar\"]\nday_starts_at = \"5\"", "such as \"05:00\""),
        ("[queues.\"q\"]\ntime_zone = []", "the list of zones is empty"),
        ("time_zone = [{ zone = \"UTC\" }, { zone = \"UTC\" }]", "does not say when `UTC` holds"),
        ("time_zone = [{ from = \"2021-02-30\", zone = \"UTC\" }]", "no date in `2021-02-30`"),
        ("time_zone = [{ form = \"2021-02-03\", zone = \"UTC\" }]", "did you mean `from`?"),
        ("day_start_at = \"05:00\"", "did you mean `day_starts_at`?"),
    ] {
        space.write("queuestat.toml", config);
        let run = space.run(&["report", "all", "--out", "once", "--config", "queuestat.toml"]);
        assert_eq!(run.code, 2, "{config}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{config}: {}", run.stderr);
    }
}

/// A day of all locations together is whole once it is over everywhere, whatever the zone of the rest.
#[test]
fn a_day_that_is_not_over_somewhere_is_not_whole_in_the_totals() {
    let visit = |id: &str, place: &str, at: &str| {
        hook(
            "org",
            "positionCreated",
            id,
            &format!("\"location\":\"{place}\",\"createdAt\":\"{at}\""),
        )
    };
    let lines = [
        visit("1", "NY", "2024-11-10T15:00:00Z"),
        visit("2", "SE", "2024-11-10T12:30:00Z"),
        // Half past six in the evening in New York, and half past midnight in Stockholm.
        visit("3", "SE", "2024-11-10T23:30:00Z"),
    ];
    for default in ["Europe/Stockholm", "America/New_York"] {
        let other = if default == "Europe/Stockholm" {
            ("NY", "America/New_York")
        } else {
            ("SE", "Europe/Stockholm")
        };
        let space = Workspace::new();
        space.write("archive/a.jsonl", lines.concat());
        space.write(
            "q.toml",
            format!(
                "time_zone = \"{default}\"\n[locations.{}]\ntime_zone = \"{}\"\n",
                other.0, other.1
            ),
        );
        let args = ["report", "archive", "--out", "out", "--config", "q.toml", "--only", "csv"];
        let run = space.run(&[&args[..], &["--as-of", "2024-11-12T10:00:00Z"]].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        let complete = |file: &str, begin: &str| -> Vec<String> {
            let text = table(&space.path("out"), file);
            let rows = text.lines().filter(|row| row.contains(begin));
            rows.map(|row| row.rsplit(',').next().unwrap().to_owned()).collect()
        };
        assert_eq!(complete("daily.csv", "\"2024-11-10\""), ["false", "true"], "{default}");
        assert_eq!(complete("totals.csv", "\"day\",\"2024-11-10\""), ["false"], "{default}");
        assert_eq!(complete("totals.csv", "\"week\",\"2024-11-04\""), ["false"], "{default}");
    }
}
