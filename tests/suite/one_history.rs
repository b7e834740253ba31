//! One history: organizations that the configuration joins give the figures of one that was never split.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use queuestat::synth::{Compression, Envelope, Recipe, write};

use crate::places::{DESK, NIGHTLY, all_commands, visit};
use crate::workspace::{AS_OF, Run, Workspace, files, hook};

const NIGHT: &str = "2021-05-01T02:00:00Z";

/// An invented archive of one organization, with faults and changed minds. No line has a time of receipt, so equal payloads
/// are equal lines.
fn lines(seed: u64) -> (String, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let recipe = Recipe {
        tickets: 60,
        locations: 3,
        organizations: 1,
        days: 48,
        seed,
        first_day: chrono::NaiveDate::from_ymd_opt(2021, 2, 20).unwrap(),
        compression: Compression::Plain,
        envelope: Envelope::None,
        one_file: true,
        ..Recipe::default()
    };
    write(&recipe, &folder.path().join("made")).unwrap();
    let text = fs::read_to_string(folder.path().join("made/archive.jsonl")).unwrap();
    let mut lines: Vec<String> = text.lines().map(|line| format!("{line}\n")).collect();
    let of = |line: &String| {
        Some(line.split_once("\"organization\":\"")?.1.split('"').next()?.to_owned())
    };
    let organization = lines.iter().find_map(of).unwrap();
    // All at the same time: nothing but the place of a line tells which is the newest. The last visit is moved by a month.
    for at in 0..12_usize {
        let (id, stars) = (at % 3, 1 + (at + usize::try_from(seed).unwrap()) % 4);
        let position = format!(
            "\"location\":\"Desk {stars}\",\"type\":\"anonymous\",\"createdAt\":\"2021-04-0{}T09:00:00Z\",\
             \"fulfilledAt\":\"2021-04-01T09:05:00Z\",\"numberOfPeople\":{stars},\"feedback\":{{\"rating\":{stars}}}",
            id + 1
        );
        let line = hook(&organization, "feedbackReceived", &format!("changed-{id}"), &position);
        lines.insert(at * lines.len() / 14, line);
    }
    for (month, at) in [(3, 10), (4, 20)] {
        let position = format!(
            "\"location\":\"Desk 1\",\"type\":\"booking\",\"createdAt\":\"2021-02-21T09:00:00Z\",\
             \"booking\":{{\"start\":\"2021-0{month}-02T09:05:00Z\"}}"
        );
        lines.insert(at, hook(&organization, "positionUpdated", "moved", &position));
    }
    (organization, lines)
}

/// The other name of an organization, of the same length.
fn other(organization: &str) -> String {
    format!("{}~", &organization[..organization.len() - 1])
}

/// The same lines, as if a part of them had been sent under the other name. Equal lines stay equal.
fn split(organization: &str, lines: &[String], salt: u64) -> Vec<String> {
    let (from, to) = (format!("\"organization\":\"{organization}\""), other(organization));
    let to = format!("\"organization\":\"{to}\"");
    let relabelled = |line: &String| {
        let hash = line.bytes().fold(salt, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3).rotate_left(5)
        });
        if hash % 2 == 0 { line.replace(&from, &to) } else { line.clone() }
    };
    lines.iter().map(relabelled).collect()
}

/// Writes lines as files of a folder, `2021-01.jsonl` and so on.
fn archive(space: &Workspace, folder: &str, lines: &[String], files: usize) {
    for (at, part) in lines.chunks(lines.len().div_ceil(files)).enumerate() {
        space.write(&format!("{folder}/2021-{:02}.jsonl", at + 1), part.concat());
    }
}

/// The tables below a folder. What is said of files that are gone is left out.
fn tables(folder: &Path) -> BTreeMap<String, String> {
    let mut tables = BTreeMap::new();
    for (name, bytes) in files(folder) {
        if name.ends_with(".csv") && !name.ends_with("files.csv") {
            tables.insert(name, String::from_utf8(bytes).unwrap());
        }
    }
    tables
}

fn assert_same(found: &BTreeMap<String, String>, expected: &BTreeMap<String, String>) {
    assert!(expected.len() >= 8 && found.keys().eq(expected.keys()), "{:?}", found.keys());
    for (name, text) in expected {
        let differ = |(a, b): &(&str, &str)| a != b;
        let first = found[name].lines().zip(text.lines()).find(differ);
        assert!(found[name] == *text, "{name}: {first:?}");
    }
}

fn report(space: &Workspace, input: &str, config: &str) -> BTreeMap<String, String> {
    let args = ["report", input, "--out", "once", "--only", "csv", "--force", "--as-of", NIGHT];
    space.write("once.toml", config);
    let run = space.run(&[&args[..], &["--config", "once.toml"]].concat());
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    tables(&space.path("once"))
}

fn night(space: &Workspace, config: &str) -> BTreeMap<String, String> {
    space.write("queuestat.toml", format!("{config}{NIGHTLY}"));
    let run = space.run(&["nightly", "--as-of", NIGHT, "--force"]);
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    tables(&space.path("site/current/all"))
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 20, ..ProptestConfig::with_cases(6) })]

    #[test]
    fn halves_that_are_joined_are_the_whole(seed in 0_u64..1_000, salt in any::<u64>(), gone in 0_usize..4) {
        let space = Workspace::new();
        let (organization, whole) = lines(seed);
        let parts = split(&organization, &whole, salt);
        prop_assert!(parts != whole);
        archive(&space, "whole", &whole, 3);
        archive(&space, "parts", &parts, 3);
        let join = format!("[organizations.\"{}\"]\nname = \"{organization}\"\n", other(&organization));
        let expected = report(&space, "whole", "");
        assert_same(&report(&space, "parts", &join), &expected);
        // Two nights; files go; only then are they joined.
        fs::create_dir(space.path("in")).unwrap();
        let copy = |name: &str| fs::copy(space.path(&format!("parts/{name}")), space.path(&format!("in/{name}"))).unwrap();
        copy("2021-01.jsonl");
        let first = if gone == 3 { &join } else { "" };
        night(&space, first);
        copy("2021-02.jsonl");
        copy("2021-03.jsonl");
        night(&space, first);
        for at in 0..gone.min(2) {
            fs::remove_file(space.path(&format!("in/2021-0{}.jsonl", at + 1))).unwrap();
        }
        assert_same(&night(&space, &join), &expected);
        // And a night on which rows are kept.
        assert_same(&night(&space, &format!("# the same\n{join}")), &expected);
        // Taking the setting away takes the effect away.
        assert_same(&night(&space, ""), &report(&space, "parts", ""));
        let verified = space.run(&["state", "verify"]);
        prop_assert_eq!(verified.code, 0, "{}", verified.stdout);
    }

    /// What joined tickets add up to stays, once, when they are forgotten; and none of their parts is left.
    #[test]
    fn joined_tickets_are_forgotten_as_one(seed in 0_u64..1_000, salt in any::<u64>(), day in 1_u32..29) {
        let space = Workspace::new();
        let (organization, whole) = lines(seed);
        archive(&space, "in", &split(&organization, &whole, salt), 3);
        let join = format!("[organizations.\"{}\"]\nname = \"{organization}\"\n", other(&organization));
        let before = night(&space, &join);
        let date = format!("2021-03-{day:02}");
        let run = space.run(&["state", "forget", "--before", &date]);
        prop_assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
        assert_same(&tables(&space.path("site/current/all")), &before);
        let left = space.run(&["export", "tickets", "--state", "state", "--config", "queuestat.toml", "-o", "-"]);
        prop_assert_eq!(left.code, 0, "{}", left.stderr);
        let dates = left.stdout.lines().skip(1).filter_map(|row| row.split("\"2021-").nth(1).map(|rest| rest[..5].to_owned()));
        for found in dates {
            prop_assert!(format!("2021-{found}") >= date, "{found}: {}", left.stdout);
        }
        // Nothing of them comes back, and nothing counts twice.
        assert_same(&night(&space, &format!("# again\n{join}")), &before);
        let rebuilt = space.run(&["nightly", "--as-of", NIGHT, "--rebuild"]);
        prop_assert!(rebuilt.code == 0 || rebuilt.code == 3, "{}", rebuilt.stderr);
        assert_same(&tables(&space.path("site/current/all")), &before);
    }
}

fn shared_notes(run: &Run) -> Vec<&str> {
    let notes = run.stderr.split("note: ").skip(1);
    notes.filter(|note| note.contains("seen in the organizations")).collect()
}

#[test]
fn a_queue_of_two_organizations_is_told_with_the_lines_that_join_them() {
    let space = Workspace::new();
    space.write("queuestat.toml", NIGHTLY);
    let line = |organization: &str, id: &str, queue: &str, day: &str| {
        visit(organization, id, queue, "Pier", day)
    };
    space.write("in/a.jsonl", line("Old", "1", DESK, "2021-01-05"));
    let common = ["nightly", "--as-of", AS_OF];
    assert!(shared_notes(&space.run(&common)).is_empty());
    let text = [
        line("New", "2", &DESK.to_uppercase(), "2021-03-05"),
        line("Other", "3", "q", "2021-01-01"),
    ];
    space.write("in/b.jsonl", text.concat());
    let lines = "[organizations.\"Old\"]\n  name = \"New\"";
    let told = format!(
        "queue `{DESK}` was seen in the organizations `Old` (until 2021-01-05) and `New` (since 2021-03-05). If that is one \
         organization with a new name, two lines make it one history:\n  {lines}\n"
    );
    for (command, run) in all_commands(&space) {
        let notes = shared_notes(&run);
        assert_eq!(run.code, 0, "{command}: {}", run.stderr);
        let is_told = matches!(command, "report" | "check" | "nightly");
        assert_eq!(notes.len(), usize::from(is_told), "{command}: {}", run.stderr);
        assert!(notes.iter().all(|note| note.starts_with(&told)), "{command}: {}", run.stderr);
        assert!(!command.starts_with("locations") || run.stdout.ends_with(&told), "{}", run.stdout);
    }
    space.write("in/c.jsonl", line("Old", "4", DESK, "2021-01-06"));
    assert!(shared_notes(&space.run(&common)).is_empty(), "told once");
    space.write("queuestat.toml", format!("{lines}\n{NIGHTLY}"));
    for (command, run) in all_commands(&space) {
        assert_eq!((run.code, shared_notes(&run).len()), (0, 0), "{command}: {}", run.stderr);
    }
    let csv = space.run(&["locations", "--state", "state", "--csv"]).stdout;
    assert!(csv.contains("\"New\",\"Pier\"") && !csv.contains("\"Old\""), "{csv}");
    let run_file = fs::read_to_string(space.path("site/current/run.json")).unwrap();
    assert!(!run_file.contains("Old") && run_file.contains("\"New\""), "{run_file}");
}

#[test]
fn organizations_are_joined_in_steps_and_by_names_typed_otherwise() {
    let space = Workspace::new();
    let of = |organization: &str, id: &str| visit(organization, id, "q", "Pier", "2021-03-05");
    // A ticket that all have is one.
    let text = ["a", "b", "Café"].map(|name| of(name, name) + &of(name, "same")).concat();
    space.write("in/a.jsonl", text);
    let config = "[organizations.\" a\"]\nname = \"b\"\n[organizations.\"b\"]\nname = \"Cafe\u{301}\u{a0}\"\n\
        [organizations.\"Cafe\u{301}\"]\nsilent_days = 0\n";
    space.write("queuestat.toml", format!("{config}{NIGHTLY}"));
    for (command, run) in all_commands(&space) {
        assert_eq!(
            (run.code, crate::places::warnings(&run)),
            (0, vec![]),
            "{command}: {}",
            run.stderr
        );
    }
    let csv = space.run(&["locations", "--state", "state", "--csv"]).stdout;
    assert_eq!(csv.lines().count(), 2, "{csv}");
    let row = crate::locations::columns(&csv, &["organization", "tickets"]);
    assert_eq!(row, [["Café", "4"]]);
    for (config, told) in [
        ("[organizations.a]\nname = \"a \"\n", "belongs to itself"),
        ("[organizations.a]\nname = \"b\"\n[organizations.b]\nname = \"a\"\n", "`a` → `b` → `a`"),
        ("[organizations.a]\nname = \" \u{200b}\"\n", "is empty"),
        ("[organizations.a]\nname = \"b\"\nsilent_days = 2\n", "under `[organizations.\"b\"]`"),
        (
            "[organizations.a]\nname = \"b\"\nclosed = [\"Sunday\"]\n",
            "its `closed` would not be obeyed",
        ),
    ] {
        space.write("queuestat.toml", format!("{config}{NIGHTLY}"));
        let run = space.run(&["nightly", "--as-of", AS_OF]);
        assert!(run.code == 2 && run.stderr.contains(told), "{config}: {}", run.stderr);
    }
    space.write("queuestat.toml", format!("[organizations.\"Cafe\"]\nname = \"b\"\n{NIGHTLY}"));
    let run = space.run(&["nightly", "--as-of", AS_OF]);
    assert!(run.code == 3 && run.stderr.contains("did you mean `Café`?"), "{}", run.stderr);
}
