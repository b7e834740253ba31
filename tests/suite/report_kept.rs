//! `queuestat report --state`: what nights keep as a report, of any tickets, and what the archive says of the same ones.

use std::collections::BTreeMap;
use std::fs;

use crate::export::{invented, well};
use crate::workspace::{AS_OF, Workspace, files};

const REPORTS: &str = "[[nightly.report]]\nname = \"all\"\nall = true\n[locations.\"Riyadh Vaccination\"]\ntime_zone = \"Asia/Riyadh\"\n\
    group = \"Abroad\"\n";

/// An archive, read in three nights, the last one as of the usual instant.
fn nights(seed: u64) -> Workspace {
    let space = invented(seed, 500, REPORTS);
    let whole = fs::read_to_string(space.path("archive/archive.jsonl")).unwrap();
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    for (night, share) in [("2021-07-30T02:00:00Z", 3), ("2021-07-31T02:00:00Z", 2), (AS_OF, 1)] {
        space.write("archive/archive.jsonl", lines[..lines.len() / share].concat());
        let _words = well(space.run(&["nightly", "--as-of", night]));
    }
    space
}

/// A report without the folder it stands in.
fn report(space: &Workspace, of: &[&str], more: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let args = [&["report", "--out", "out", "--config", "queuestat.toml"], of, more].concat();
    let run = space.run(&args);
    assert!(run.code == 0 || run.code == 3, "{more:?}: {} {}", run.code, run.stderr);
    files(&space.path("out"))
}

#[test]
fn a_state_and_its_archive_make_the_same_report() {
    let space = nights(3);
    let mut tickets = std::collections::BTreeSet::new();
    for filter in [
        &[][..],
        &["--from", "2021-03-01", "--to", "2021-03-31"],
        &["--weekday", "mon-fri", "--hour", "9-12", "--type", "booking"],
        &["--outcome", "served,no-show", "--from", "2021-W12"],
        &["--category", "(none)", "--to", "2021-04-10"],
        // One location, one of a zone of its own, and all but that one: also in what is said of the archive.
        &["--location", "riyadh vaccination"],
        &["--group", "Abroad", "--weekday", "mon-thu"],
        &["--group", "(none)", "--from", "2021-03-10"],
        &["--parquet", "--xlsx", "--only", "csv"],
    ] {
        let of_archive = report(&space, &["archive", "--as-of", AS_OF], filter);
        let of_state = report(&space, &["--state", "state"], filter);
        assert_eq!(of_state.len(), of_archive.len(), "{filter:?}");
        for (name, bytes) in &of_archive {
            assert!(of_state.get(name) == Some(bytes), "{filter:?}: {name}");
        }
        let totals = of_state.iter().find(|(name, _)| name.ends_with("totals.csv")).unwrap();
        tickets.insert(totals.1.clone());
    }
    // The filters choose, each other tickets; the last report is that of all.
    assert_eq!(tickets.len(), 8);
    assert!(files(&space.path("site/current/all")).keys().any(|name| name.ends_with(".html")));
}

#[test]
fn a_part_of_a_state_is_told_and_nothing_of_the_state_is_changed() {
    let space = nights(5);
    let before = files(&space.path("state"));
    let args = ["report", "--state", "state", "--out", "out", "--json", "--weekday", "mon"];
    let run = space.run(&args);
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    let said: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(said["filter"], "on Monday");
    assert!(run.stderr.contains("only on Monday"), "{}", run.stderr);
    assert!(said["tickets"].as_u64().is_some_and(|tickets| tickets > 10), "{said}");
    let mut after = files(&space.path("state"));
    assert_eq!(after.remove("LOCK").is_some(), before.contains_key("LOCK"));
    assert!(after.iter().all(|(name, bytes)| before.get(name) == Some(bytes)));

    // What does not go together, and what is not there, leaves the old report.
    let old = files(&space.path("out"));
    for (args, code, words) in [
        (&["archive", "--state", "state"][..], 2, "cannot be used with"),
        (&["--state", "state", "--payload-pointer", "/x"], 2, "cannot be used with"),
        (&[], 2, "INPUT"),
        (&["--state", "archive"], 2, "an archive is named without --state"),
        (&["--state", "nowhere"], 2, "holds no kept state"),
        (&["--state", "state", "--location", "nowhere"], 2, "there is no location `nowhere`"),
        (&["--state", "state", "--from", "2030-01"], 4, "covers 2021-"),
    ] {
        let run = space.run(&[&["report", "--out", "out"], args].concat());
        assert!(run.code == code && run.stderr.contains(words), "{args:?}: {}", run.stderr);
        assert!(files(&space.path("out")) == old, "{args:?}");
    }
}

/// An organization that another one was joined to can be asked for by either name; one that is left out has no ticket.
#[test]
fn organizations_are_asked_for_as_they_were_sent() {
    let space = nights(9);
    let names = |run: crate::workspace::Run| -> Vec<String> {
        well(run).lines().skip(1).map(|row| row.split(',').next().unwrap().to_owned()).collect()
    };
    let all = names(space.run(&["ask", "--state", "state", "--by", "organization"]));
    let [old, new] = all.as_slice() else { panic!("{all:?}") };
    let (old, new) = (old.trim_matches('"'), new.trim_matches('"'));
    let config = fs::read_to_string(space.path("queuestat.toml")).unwrap();
    for (section, tickets) in
        [(format!("name = \"{new}\""), true), ("exclude = true".to_owned(), false)]
    {
        space.write("joined.toml", format!("{config}[organizations.\"{old}\"]\n{section}\n"));
        for source in [&["archive", "--as-of", AS_OF][..], &["--state", "state"]] {
            let ask =
                ["ask", "--config", "joined.toml", "--by", "organization", "--organization", old];
            let found = names(space.run(&[&ask[..], source].concat()));
            let expected = if tickets { vec![format!("\"{new}\"")] } else { Vec::new() };
            assert_eq!(found, expected, "{source:?} {section}");
            let report = [
                "report",
                "--config",
                "joined.toml",
                "--out",
                "joined",
                "--organization",
                old,
                "--only",
                "csv",
            ];
            let run = space.run(&[&report[..], source].concat());
            assert_eq!(run.code == 4, !tickets, "{source:?}: {}", run.stderr);
        }
        // And the account of what was read, which each organization has its part of.
        let whole = |source: &[&str]| {
            let args = ["report", "--config", "joined.toml", "--out", "whole", "--only", "csv"];
            let run = space.run(&[&args[..], source].concat());
            assert!(run.code == 0 || run.code == 3, "{source:?}: {}", run.stderr);
            files(&space.path("whole"))
        };
        let of_archive = whole(&["archive", "--as-of", AS_OF]);
        assert!(whole(&["--state", "state"]) == of_archive, "{section}");
        let of_old = |text: &str| text.contains("unknown_type\",\"");
        let odd = of_archive.iter().filter(|(name, _)| name.ends_with("data_quality.csv"));
        assert!(odd.into_iter().any(|(_, bytes)| of_old(std::str::from_utf8(bytes).unwrap())));
    }
}

/// Of forgotten tickets sums are kept: a report of all tickets counts them as nights do, any other one says that it cannot.
#[test]
fn forgotten_tickets_count_in_a_report_of_all_and_are_told_in_others() {
    let space = nights(7);
    let run = space.run(&["state", "forget", "--before", "2021-03-20"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let csv = |all: &BTreeMap<String, Vec<u8>>| -> BTreeMap<String, Vec<u8>> {
        let of = all.iter().filter(|(name, _)| name.ends_with(".csv"));
        of.map(|(name, bytes)| (name.clone(), bytes.clone())).collect()
    };
    let night = csv(&files(&space.path("site/current/all")));
    let all = csv(&report(&space, &["--state", "state"], &[]));
    assert!(night.len() > 20 && all == night);
    let args = ["report", "--state", "state", "--out", "part", "--type", "booking"];
    let run = space.run(&args);
    assert!(
        run.stderr.contains("single tickets of this window are forgotten"),
        "{} {}",
        run.code,
        run.stderr
    );
    let run = space.run(&[&args[..], &["--from", "2021-04-01"]].concat());
    assert!(!run.stderr.contains("are forgotten"), "{}", run.stderr);
}
