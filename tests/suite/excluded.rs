//! What the configuration leaves out is in no figure, and the account says how much that is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use proptest::prelude::*;
use queuestat::synth::{Compression, Recipe, write};
use serde_json::Value;

use crate::locations::columns;
use crate::places::{DESK, NIGHTLY, PIER, all_commands, space, visit, warnings};
use crate::workspace::{AS_OF, Workspace, files};

/// The rows of all tables of a name below a folder.
fn rows(space: &Workspace, folder: &str, table: &str) -> BTreeSet<String> {
    let found = files(&space.path(folder)).into_iter();
    let found = found.filter(|(name, _)| name.rsplit('/').next() == Some(table));
    let texts = found.map(|(_, bytes)| String::from_utf8(bytes).unwrap());
    let lines = texts.flat_map(|text| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>());
    lines.collect()
}

/// Organization and id of each location, with its name in the archive.
fn names(space: &Workspace) -> BTreeMap<(String, String), String> {
    let common = ["--json", "--quiet", "--as-of", AS_OF, "--config", "queuestat.toml"];
    let list = space.run(&[&["locations", "in"][..], &common].concat()).stdout;
    let list: Value = serde_json::from_str(&list).unwrap();
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    let name = |one: &Value| {
        ((text(one, "organization"), text(one, "location_id")), text(one, "location"))
    };
    list["locations"].as_array().unwrap().iter().map(name).collect()
}

/// Organization and id of each location of `locations.csv`, with the tickets.
fn tickets(space: &Workspace, folder: &str) -> BTreeMap<(String, String), u64> {
    let mut all = BTreeMap::new();
    for (name, bytes) in files(&space.path(folder)) {
        if name.rsplit('/').next() == Some("locations.csv") {
            let text = String::from_utf8(bytes).unwrap();
            for row in columns(&text, &["organization", "location_id", "tickets"]) {
                all.insert((row[0].clone(), row[1].clone()), row[2].parse().unwrap());
            }
        }
    }
    all
}

/// The counters `excluded` of an account.
fn excluded(space: &Workspace, folder: &str) -> Vec<String> {
    let rows = rows(space, folder, "data_quality.csv").into_iter();
    rows.filter_map(|row| Some(row.strip_prefix("\"excluded\",")?.to_owned())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 20, ..ProptestConfig::with_cases(5) })]

    /// What is left out and the rest are all.
    #[test]
    fn left_out_and_rest_are_all(seed in 0_u64..1_000, chosen in any::<u32>(), wanted in any::<u8>()) {
        let space = Workspace::new();
        let recipe = Recipe {
            tickets: 150, locations: 6, organizations: 2, days: 40, seed, compression: Compression::Plain, ..Recipe::default()
        };
        write(&recipe, &space.path("in")).unwrap();
        space.write("queuestat.toml", NIGHTLY);
        let report = |out: &str| {
            let run = space.run(&["report", "in", "--out", out, "--only", "csv", "--as-of", AS_OF, "--config", "queuestat.toml", "--force"]);
            assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
        };
        let night = || {
            let run = space.run(&["nightly", "--as-of", AS_OF, "--force"]);
            assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
            run.stderr
        };
        report("all");
        night();
        let all = tickets(&space, "all");
        let mut config = String::new();
        let mut out: BTreeSet<(String, String)> = BTreeSet::new();
        let first = all.keys().next().unwrap().0.clone();
        if wanted % 4 == 0 {
            config.push_str(&format!("[organizations.\"{first}\"]\nexclude = true\n"));
            out.extend(all.keys().filter(|key| key.0 == first).cloned());
        }
        let named = names(&space);
        let names: BTreeSet<&String> = named.values().collect();
        for (at, name) in names.into_iter().enumerate() {
            if chosen >> at & 1 == 1 {
                let key = Value::String(name.clone());
                config.push_str(&format!("[locations.{key}]\nexclude = true\n"));
                out.extend(all.keys().filter(|key| named[*key] == *name).cloned());
            }
        }
        space.write("queuestat.toml", format!("{config}{NIGHTLY}"));
        // The files are gone by now.
        fs::rename(space.path("in"), space.path("moved")).unwrap();
        fs::create_dir(space.path("in")).unwrap();
        space.write("in/new.jsonl", visit("late", "1", "q", "Late", "2021-06-01"));
        let told_by_night = night();
        let rest = tickets(&space, "site/current/all");
        let late = rest.keys().find(|key| key.0 == "late").unwrap().clone();
        let kept: BTreeMap<_, _> = all.iter().filter(|(key, _)| !out.contains(*key)).map(|(k, n)| (k.clone(), *n)).collect();
        let mut expected = kept.clone();
        expected.insert(late, 1);
        prop_assert_eq!(&rest, &expected);
        let left_out: u64 = out.iter().map(|key| all[key]).sum();
        let run_file = fs::read_to_string(space.path("site/current/run.json")).unwrap();
        let run_file: Value = serde_json::from_str(&run_file).unwrap();
        let told: u64 = run_file["excluded"].as_array().unwrap().iter().map(|one| one["tickets"].as_u64().unwrap()).sum();
        prop_assert_eq!(told, left_out);
        prop_assert_eq!(run_file["tickets"].as_u64().unwrap(), expected.values().sum::<u64>());
        prop_assert_eq!(told_by_night.contains("left out by the configuration"), left_out > 0);
        // Every row of a location that stays is as it was.
        for table in ["locations.csv", "daily.csv", "weekly.csv", "monthly.csv", "segments.csv", "hourly.csv", "cancellations.csv",
            "ratings_by_wait.csv", "wait_histogram.csv"] {
            let is_kept = |row: &String| kept.keys().any(|(_, id)| row.contains(&format!(",\"{id}\",")));
            let before: BTreeSet<String> = rows(&space, "all", table).into_iter().filter(is_kept).collect();
            // A desk that is left out does not say how far the data go.
            let plain = |rows: BTreeSet<String>| -> BTreeSet<String> {
                rows.iter().map(|row| row.replace(",true", "").replace(",false", "")).collect()
            };
            let before = plain(before);
            let mut after = plain(rows(&space, "site/current/all", table));
            after.retain(|row| !row.starts_with("\"late\""));
            prop_assert_eq!(before, after, "{}", table);
        }
        // One run says the same as the nights, and without the setting everything is there again.
        fs::rename(space.path("in/new.jsonl"), space.path("moved/new.jsonl")).unwrap();
        fs::remove_dir(space.path("in")).unwrap();
        fs::rename(space.path("moved"), space.path("in")).unwrap();
        report("once");
        for table in ["locations.csv", "totals.csv", "data_quality.csv", "daily.csv"] {
            prop_assert_eq!(rows(&space, "once", table), rows(&space, "site/current/all", table), "{}", table);
        }
        space.write("queuestat.toml", NIGHTLY);
        night();
        let mut whole = tickets(&space, "site/current/all");
        whole.retain(|key, _| key.0 != "late");
        prop_assert_eq!(whole, all);
    }
}

#[test]
fn what_is_left_out_is_told_and_is_nowhere_else() {
    let space = space(&format!(
        "[locations.\"Cafe\u{301}  Kiosk\"]\nexclude = true\nname = \"Kiosk\"\ntime_zone = \"Europe/Oslo\"\n\
         [queues.\"{}\"]\nexclude = true\n[organizations.\"clinic \"]\nexclude = true\n",
        PIER.to_uppercase()
    ));
    let told = "left out by the configuration: 4 tickets (2 of organization `clinic`, 1 of location `Café Kiosk`, 1 of queue \
        `b23bea4f-8e8a-4da6-b413-04454f8428aa`)";
    for (command, run) in all_commands(&space) {
        assert_eq!((run.code, warnings(&run)), (0, vec![]), "{command}: {}", run.stderr);
        let words = if command.starts_with("locations") { &told[..40] } else { told };
        assert!(run.stderr.contains(words), "{command}: {}", run.stderr);
    }
    for folder in ["out", "site/current/all"] {
        let found = tickets(&space, folder);
        assert_eq!(found.values().collect::<Vec<_>>(), [&2], "{folder}");
        assert!(found.keys().all(|(o, id)| o == "harbour" && id.starts_with("harbour-desk-")));
        let account = ["\"\",0", "\"location Café Kiosk\",1", "\"organization clinic\",2"];
        let found = excluded(&space, folder);
        assert!(found.len() == 3 && !found.contains(&account[0].to_owned()), "{found:?}");
        assert!(account[1..].iter().all(|row| found.contains(&(*row).to_owned())), "{found:?}");
        // A file of which everything is left out was read all the same.
        assert!(rows(&space, folder, "files.csv").iter().all(|row| row.contains("\"read\"")));
    }
    let site = files(&space.path("site/current"));
    assert!(site.keys().all(|name| !name.contains("clinic")), "{:?}", site.keys());
    for (name, bytes) in &site {
        let text = String::from_utf8_lossy(bytes);
        let is_account = text.contains("organization clinic") || name == "run.json";
        assert!(is_account || !text.contains("clinic"), "{name}");
    }
    let run_file: Value = serde_json::from_slice(&site["run.json"]).unwrap();
    assert!(run_file["data_through"].get("clinic").is_none() && run_file["exit_code"] == 0);
    // The list marks it.
    let list = space.run(&["locations", "in", "--csv", "--quiet"]).stdout;
    let marked: Vec<Vec<String>> = columns(&list, &["location", "tickets", "excluded_by"]);
    assert!(
        marked.contains(&vec!["Kiosk".into(), "1".into(), "location Café Kiosk".into()]),
        "{list}"
    );
    assert!(marked.contains(&vec!["Harbour Desk".into(), "2".into(), String::new()]), "{list}");
    // By the mapped name too.
    let by_mapped = format!(
        "[queues.\"{DESK}\"]\nname = \"TEST\"\n[locations.\"TEST\"]\nexclude = true\n{NIGHTLY}"
    );
    space.write("queuestat.toml", by_mapped);
    let run = space.run(&["nightly", "--as-of", AS_OF]);
    assert!(run.code == 0 && run.stderr.contains("2 tickets (location `TEST`)"), "{}", run.stderr);
}

#[test]
fn a_folder_of_an_organization_that_is_left_out_stays_its_own() {
    let space = Workspace::new();
    space.write("in/a/1.jsonl", visit("a", "1", "q", "Pier", "2021-03-01"));
    space.write("in/test/secret.jsonl", visit("test", "1", "q", "Desk", "2021-03-01"));
    space.write("queuestat.toml", format!("[organizations.test]\nexclude = true\n{NIGHTLY}"));
    let run = space.run(&["nightly", "--as-of", AS_OF]);
    assert!(
        run.code == 0 && run.stderr.contains("1 ticket (organization `test`)"),
        "{}",
        run.stderr
    );
    for (name, bytes) in files(&space.path("site/current/all")) {
        assert!(!String::from_utf8_lossy(&bytes).contains("secret"), "{name}");
    }
    assert_eq!(excluded(&space, "site/current/all"), ["\"\",0"]);
    // Beside the files of others, they know of it.
    space.write("in/a/t.jsonl", visit("test", "2", "q", "Desk", "2021-03-01"));
    let run = space.run(&["nightly", "--as-of", AS_OF]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(excluded(&space, "site/current/all"), ["\"organization test\",2"]);
    let files = rows(&space, "site/current/all", "files.csv");
    assert!(files.iter().any(|row| row.contains("a/t.jsonl\",\"read\"")), "{files:?}");
}

#[test]
fn a_report_that_is_left_without_tickets_says_why() {
    let space = Workspace::new();
    space.write("in/a.jsonl", visit("o", "1", "q", "Pier", "2021-03-01"));
    space.write("queuestat.toml", format!("[locations.Pier]\nexclude = true\n{NIGHTLY}"));
    for args in [&["report", "in", "--out", "out", "--config", "queuestat.toml"][..], &["nightly"]]
    {
        let run = space.run(&[args, &["--as-of", AS_OF]].concat());
        assert_eq!(run.code, 4, "{}", run.stderr);
        let told = "left out by the configuration: 1 ticket (location `Pier`)";
        assert!(run.stderr.contains(told), "{}", run.stderr);
    }
    // The same if just that is asked for.
    space.write(
        "in/b.jsonl",
        visit("o", "2", "q2", "Quay", "2021-03-02") + &visit("t", "3", "q3", "Desk", "2021-03-02"),
    );
    space.write(
        "queuestat.toml",
        "[locations.Pier]\nexclude = true\n[organizations.t]\nexclude = true\n",
    );
    for (asked, code) in [
        (["--location", "Pier"], 4),
        (["--organization", "t"], 4),
        (["--location", "Peer"], 2),
        (["--location", "Quay"], 0),
    ] {
        let args = ["report", "in", "--out", "out", "--config", "queuestat.toml", "--as-of", AS_OF];
        let run = space.run(&[&args[..], &asked].concat());
        assert_eq!(run.code, code, "{asked:?}: {}", run.stderr);
        assert_eq!(
            run.stderr.contains("left out by the configuration: 2 tickets"),
            code != 2,
            "{}",
            run.stderr
        );
    }
    // A test desk does not vouch for the others: as of its last day, nothing is known of the shop.
    space.write("in/c.jsonl", visit("o", "4", "q", "Pier", "2021-07-02"));
    space.write("queuestat.toml", format!("[locations.Pier]\nexclude = true\n{NIGHTLY}"));
    let run = space.run(&["nightly", "--as-of", AS_OF]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run_file: Value =
        serde_json::from_slice(&files(&space.path("site/current"))["run.json"]).unwrap();
    assert_eq!(run_file["data_through"]["o"], "2021-03-02T10:05:00Z");
}
