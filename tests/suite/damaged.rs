//! Kept files and pieces that are damaged although their checksums are right, from a fixed seed: whatever is in them, a run ends
//! with an answer or with an error, and never with a fault of its own.
//!
//! Their readers need Polars, which would take minutes under a sanitizer: here the program itself reads them, one damage at a
//! time. The lists that lead to them have a fuzz target (`seals`).

use std::collections::BTreeMap;
use std::fs;

use crate::attacked::Dice;
use crate::pieces_steps::{list, step};
use crate::workspace::{AS_OF, Run, Workspace, files, hook};

fn lines(tickets: usize) -> String {
    let line = |id: usize| {
        let day = 1 + id % 27;
        let month = 5 + id % 2;
        let position = format!(
            "\"location\":\"L{}\",\"queue\":\"q{}\",\"createdAt\":\"2021-{month:02}-{day:02}T10:00:00Z\",\
             \"fulfilledAt\":\"2021-{month:02}-{day:02}T10:{:02}:00Z\",\"feedback\":{{\"rating\":{}}}",
            id % 3,
            id % 4,
            id % 50,
            1 + id % 5
        );
        hook("org", "feedbackReceived", &id.to_string(), &position)
    };
    (0..tickets).map(line).collect()
}

/// Ends with an answer or an error of its own.
fn assert_ends(what: &str, run: &Run) {
    assert!([0, 2, 3, 4, 5].contains(&run.code), "{what}: {} {}", run.code, run.stderr);
    assert!(!run.stderr.contains("internal error"), "{what}: {}", run.stderr);
    assert!(run.code == 0 || !run.stderr.is_empty(), "{what}");
}

fn sealed(text: &str) -> String {
    format!("{text}{}\n", blake3::hash(text.as_bytes()).to_hex())
}

/// Puts other bytes in the place of a file of a generation, with the checksums that they have.
fn replace(state: &mut BTreeMap<String, Vec<u8>>, generation: &str, name: &str, bytes: Vec<u8>) {
    let text = String::from_utf8(state[&format!("{generation}/MANIFEST")].clone()).unwrap();
    let line = |line: &str| match line.splitn(3, ' ').collect::<Vec<_>>().as_slice() {
        [_, _, of] if *of == name => {
            format!("{} {} {name}\n", blake3::hash(&bytes).to_hex(), bytes.len())
        }
        _ => format!("{line}\n"),
    };
    let lines: Vec<&str> = text.lines().collect();
    let list = sealed(&lines[..lines.len() - 1].iter().map(|it| line(it)).collect::<String>());
    let number = generation.strip_prefix("gen-").unwrap();
    let checksum = blake3::hash(list.as_bytes()).to_hex();
    let pointer = sealed(&format!("queuestat state 1\n{generation} {number} {checksum}\n"));
    for list_of in ["MANIFEST", "MANIFEST.copy"] {
        state.insert(format!("{generation}/{list_of}"), list.clone().into_bytes());
    }
    state.insert("CURRENT".into(), pointer.into_bytes());
    state.insert(format!("{generation}/{name}"), bytes);
}

fn put(space: &Workspace, folder: &str, all: &BTreeMap<String, Vec<u8>>) {
    let _was_there = fs::remove_dir_all(space.path(folder));
    for (name, bytes) in all {
        space.write(&format!("{folder}/{name}"), bytes);
    }
}

#[test]
fn a_state_with_right_checksums_and_wrong_content() {
    let space = Workspace::in_memory();
    space.write(
        "queuestat.toml",
        "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"in\"]\nout = \"site\"\nstate_dir = \"state\"\n",
    );
    space.write("in/a.jsonl", lines(60));
    let night = ["nightly", "--as-of", AS_OF];
    let ask =
        ["ask", "--state", "state", "--by", "location,day", "--measure", "tickets,wait_p50,csat"];
    assert_eq!(space.run(&night).code, 0);
    let mut whole = files(&space.path("state"));
    whole.retain(|name, _| name == "CURRENT" || name.starts_with("gen-1/"));
    let expected = space.run(&ask).stdout;
    let names: Vec<String> = whole
        .keys()
        .filter_map(|name| name.strip_prefix("gen-1/"))
        .filter(|name| !name.starts_with("MANIFEST"))
        .map(str::to_owned)
        .collect();
    assert!(names.len() > 8, "{names:?}");
    // What is written here by hand is read.
    let mut same = whole.clone();
    replace(&mut same, "gen-1", &names[0], whole[&format!("gen-1/{}", names[0])].clone());
    put(&space, "state", &same);
    let run = space.run(&ask);
    assert_eq!((run.code, run.stdout), (0, expected), "{}", run.stderr);
    space.write("in/b.jsonl", lines(90));
    let mut dice = Dice(2024);
    let mut refused = 0;
    for name in &names {
        for round in 0..3 {
            let mut state = whole.clone();
            let bytes = dice.mutate(&whole[&format!("gen-1/{name}")]);
            replace(&mut state, "gen-1", name, bytes);
            put(&space, "state", &state);
            let run = if round == 0 { space.run(&night) } else { space.run(&ask) };
            assert_ends(&format!("{name}, {round}"), &run);
            refused += u32::from(run.code > 3);
        }
    }
    assert!(refused > 4, "{refused}");
}

#[test]
fn pieces_that_are_damaged() {
    let space = Workspace::in_memory();
    space.write("in/a.jsonl", lines(60));
    assert_eq!(list(&space, "in", &[]), 1);
    let _said = step(&space, "fold", &["--files", "0", "--out", "folds/0"]);
    let work = files(&space.path("work"));
    let folds = files(&space.path("folds"));
    let _said = step(&space, "names", &["folds"]);
    let named = files(&space.path("work"));
    let mut dice = Dice(77);
    let mut refused = 0;
    for (folder, before, steps) in [
        ("work", &work, &[&["fold", "--files", "0", "--out", "f"][..]][..]),
        ("folds", &folds, &[&["names", "folds"][..], &["join", "folds", "--out", "j"]]),
        ("work", &named, &[&["join", "folds", "--out", "j"]]),
    ] {
        for name in before.keys() {
            for round in 0..3 {
                put(&space, "work", &named);
                put(&space, "folds", &folds);
                space.write(&format!("{folder}/{name}"), dice.mutate(&before[name]));
                for step in steps {
                    for made in ["f", "j"] {
                        let _was_there = fs::remove_dir_all(space.path(made));
                    }
                    let args = [&["pieces", step[0], "--work", "work"], &step[1..]].concat();
                    let run = space.run(&args);
                    assert_ends(&format!("{folder}/{name}, {round}, {step:?}"), &run);
                    refused += u32::from(run.code > 3);
                }
            }
        }
    }
    assert!(refused > 10, "{refused}");
}
