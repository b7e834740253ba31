//! Canaries in a report in pieces: in the pieces, in what is published of them, and in what the steps say of damaged ones.

use std::collections::BTreeMap;
use std::fs;

use crate::canaries::{archive, assert_nothing_in, note, outputs};
use crate::pieces_steps::list;
use crate::workspace::{Workspace, files};

/// All steps after the list, in order, with the folder that each writes.
const STEPS: [(&str, &str); 6] = [
    ("fold --work work --files 0-99 --out folds/0 --verbose", "folds"),
    ("names --work work folds --verbose", "work"),
    ("join --work work folds --out joins/0 --verbose", "joins"),
    ("places --work work joins --verbose", "work"),
    ("tabulate --work work joins --out tables/0 --verbose", "tables"),
    (
        "publish --work work tables --out published --png --parquet --xlsx --force --verbose --json",
        "published",
    ),
];

/// The number of files that are listed; it stands for 99 in the steps.
fn listed(space: &Workspace) -> u32 {
    list(space, "in", &["--parts", "3"])
}

fn step(space: &Workspace, text: &str, last: u32) -> (Vec<String>, crate::workspace::Run) {
    let text = format!("pieces {text}").replace("0-99", &format!("0-{last}"));
    let args: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let run = space.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
    (args, run)
}

fn noted(said: &mut BTreeMap<String, Vec<u8>>, (args, run): &(Vec<String>, crate::workspace::Run)) {
    note(said, &args.iter().map(String::as_str).collect::<Vec<_>>(), run);
}

#[test]
fn no_canary_is_in_pieces_and_what_is_published_of_them() {
    let space = archive();
    let mut said = BTreeMap::new();
    let last = listed(&space) - 1;
    for (text, folder) in STEPS {
        let done = step(&space, text, last);
        assert!([0, 3].contains(&done.1.code), "{text}: {} {}", done.1.code, done.1.stderr);
        noted(&mut said, &done);
        assert!(!files(&space.path(folder)).is_empty(), "{folder}");
    }
    let mut all = outputs(&space);
    for (_, folder) in STEPS {
        assert!(all.keys().any(|name| name.starts_with(folder)), "{folder}");
    }
    for end in [".png", ".xlsx", ".parquet", ".html", ".svg", ".json"] {
        let is_there = |name: &String| name.starts_with("published/") && name.ends_with(end);
        assert!(all.keys().any(is_there), "{end}");
    }
    all.extend(said);
    assert_nothing_in(&all, 60);
}

/// Each kind of kept file in turn is replaced by lines of the archive, whole or behind the beginning of what was there, and
/// the steps that follow are run.
#[test]
fn no_canary_is_said_of_damaged_pieces() {
    let space = archive();
    let last = listed(&space) - 1;
    for (text, _) in STEPS {
        let done = step(&space, text, last);
        assert!([0, 3].contains(&done.1.code), "{text}: {}", done.1.stderr);
    }
    let lines = fs::read(space.path("in/lines.jsonl")).unwrap();
    let mut damaged: BTreeMap<String, String> = BTreeMap::new();
    for folder in ["work", "folds", "joins", "tables"] {
        for name in files(&space.path(folder)).into_keys() {
            let kind = name.rsplit('/').next().unwrap().to_owned();
            damaged.entry(format!("{folder} {kind}")).or_insert(format!("{folder}/{name}"));
        }
    }
    assert!(damaged.len() >= 8, "{damaged:?}");
    let (mut said, mut failed) = (BTreeMap::new(), 0);
    for (at, path) in damaged.values().enumerate() {
        let path = space.path(path);
        let whole = fs::read(&path).unwrap();
        let keep = if at % 2 == 0 { 0 } else { whole.len() / 2 };
        fs::write(&path, [&whole[..keep], &lines[..]].concat()).unwrap();
        for (text, _) in STEPS {
            // Into other folders, so that all pieces stay as they are; what is published then is drawn in the other test.
            let text = text
                .replace("--out ", "--out again/")
                .replace("--png --parquet --xlsx", "--only csv");
            let done = step(&space, &text, last);
            failed += u32::from(done.1.code > 3 || done.1.code == 2);
            noted(&mut said, &done);
        }
        let mut left = outputs(&space);
        left.retain(|name, _| name.starts_with("again/"));
        left.append(&mut said);
        assert_nothing_in(&left, 6);
        let _was_there = fs::remove_dir_all(space.path("again"));
        fs::write(&path, whole).unwrap();
    }
    assert!(failed >= 8, "damage is noticed: {failed}");
}
