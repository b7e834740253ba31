//! Sums of quarters: a report of all time reads them instead of those of their periods, and they are always those of what the
//! state holds.

use std::collections::BTreeMap;
use std::fs;

use crate::workspace::{Workspace, files, hook};

const CONFIG: &str = "time_zone = \"Europe/Stockholm\"\n[gates]\nsilent_days = 0\nrefuse_fall = 1.0\n[nightly]\n\
    archive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\n";

/// Visits of a month; of July, only its first days are over.
fn lines(ids: std::ops::Range<u32>, month: u32) -> String {
    let days = if month == 7 { 5 } else { 28 };
    let line = |id: u32| {
        let at = |minute: u32| format!("2021-{month:02}-{:02}T09:{minute:02}:00Z", id % days + 1);
        let fields = format!(
            "\"location\":\"{}\",\"createdAt\":\"{}\",\"calledAt\":\"{}\",\"fulfilledAt\":\"{}\"",
            ["A", "B"][id as usize % 2],
            at(0),
            at(id % 17),
            at(30 + id % 29),
        );
        hook("o", "positionFulfilled", &id.to_string(), &fields)
    };
    ids.map(line).collect()
}

fn space() -> Workspace {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    for month in 1..=7 {
        space.write(
            &format!("archive/{month}.jsonl"),
            lines(month * 1_000..month * 1_000 + 40, month),
        );
    }
    space
}

/// Runs a night that ends with one of these codes; returns the tables of the site.
fn night(space: &Workspace, as_of: &str, codes: &[i32]) -> BTreeMap<String, Vec<u8>> {
    let run = space.run(&["nightly", "--as-of", as_of]);
    assert!(codes.contains(&run.code), "{} {}", run.code, run.stderr);
    let mut tables = files(&space.path("site/current"));
    tables.retain(|name, _| name.ends_with(".csv"));
    assert!(tables.len() > 20);
    tables
}

/// The tables of a first night over everything that a place holds.
fn at_once(space: &Workspace, as_of: &str) -> BTreeMap<String, Vec<u8>> {
    let other = Workspace::new();
    other.write("queuestat.toml", CONFIG);
    for (name, bytes) in files(&space.path("archive")) {
        other.write(&format!("archive/{name}"), bytes);
    }
    night(&other, as_of, &[0])
}

/// The sums of quarters in a generation.
fn quarters(space: &Workspace, generation: u32) -> BTreeMap<String, Vec<u8>> {
    let folder = space.path(&format!("state/gen-{generation}/quarters"));
    if folder.exists() { files(&folder) } else { BTreeMap::new() }
}

fn named(quarters: &BTreeMap<String, Vec<u8>>) -> Vec<&str> {
    quarters.keys().map(|name| name.split('.').next().unwrap()).collect()
}

#[test]
fn a_quarter_is_added_up_when_it_is_over_and_again_when_one_of_its_periods_changes() {
    let space = space();
    // The second quarter ended five days ago.
    night(&space, "2021-07-06T02:00:00Z", &[0]);
    let first = quarters(&space, 1);
    assert_eq!(named(&first), ["2021-Q1"]);
    space.write("archive/8.jsonl", lines(8_000..8_040, 7));
    let tables = night(&space, "2021-07-12T02:00:00Z", &[0]);
    let second = quarters(&space, 2);
    assert_eq!(named(&second), ["2021-Q1", "2021-Q2"]);
    assert_eq!(first["2021-Q1.postcard"], second["2021-Q1.postcard"]);
    assert!(tables == at_once(&space, "2021-07-12T02:00:00Z"));
    // Somebody who came in February is heard of in July.
    space.write("archive/9.jsonl", lines(9_000..9_001, 2));
    let tables = night(&space, "2021-07-13T02:00:00Z", &[0]);
    let third = quarters(&space, 3);
    assert_eq!(named(&third), ["2021-Q1", "2021-Q2"]);
    assert_ne!(second["2021-Q1.postcard"], third["2021-Q1.postcard"]);
    assert_eq!(second["2021-Q2.postcard"], third["2021-Q2.postcard"]);
    assert!(tables == at_once(&space, "2021-07-13T02:00:00Z"));
    // Other rules make other sums.
    space.write("queuestat.toml", CONFIG.replace("[gates]", "[wait]\nends_at = \"call\"\n[gates]"));
    let tables = night(&space, "2021-07-14T02:00:00Z", &[0]);
    let fourth = quarters(&space, 4);
    assert_ne!(third["2021-Q2.postcard"], fourth["2021-Q2.postcard"]);
    assert!(tables != at_once(&space, "2021-07-14T02:00:00Z"), "the rules change no figure");
}

#[test]
fn one_that_is_damaged_is_made_anew_and_put_back() {
    let space = space();
    let expected = night(&space, "2021-07-12T02:00:00Z", &[0]);
    let path = space.path("state/gen-1/quarters/2021-Q1.postcard");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, "damaged").unwrap();
    space.write("archive/8.jsonl", "\n");
    let run = space.run(&["nightly", "--as-of", "2021-07-12T02:00:00Z", "--force"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("2021-Q1.postcard"), "{}", run.stderr);
    assert!(run.stderr.contains("made anew"), "{}", run.stderr);
    let newest = quarters(&space, 2);
    let kept = if newest.is_empty() { quarters(&space, 1) } else { newest };
    assert!(kept["2021-Q1.postcard"] == whole);
    let mut tables = files(&space.path("site/current"));
    tables.retain(|name, _| name.ends_with(".csv") && !name.ends_with("files.csv"));
    assert!(
        tables
            .iter()
            .all(|(name, bytes)| name.contains("data_quality") || expected[name] == *bytes)
    );
}

#[test]
fn what_is_forgotten_is_in_no_quarter() {
    let space = space();
    night(&space, "2021-07-12T02:00:00Z", &[0]);
    let before = quarters(&space, 1);
    let run = space.run(&["state", "forget", "--ticket", "2003"]);
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    let after = quarters(&space, 2);
    assert_ne!(before["2021-Q1.postcard"], after["2021-Q1.postcard"]);
    assert_eq!(before["2021-Q2.postcard"], after["2021-Q2.postcard"]);
    assert!(quarters(&space, 1).is_empty(), "a generation that holds the ticket is still there");
}
