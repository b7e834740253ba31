//! A state that version 0.1.0 wrote (`tests/state-0.1.0/`, of the archive below) is made anew, or refused; never misread.

use std::fs;
use std::path::Path;

use crate::workspace::{Run, Workspace, files, hook, root};

/// The archive that the kept state was made from.
fn space() -> Workspace {
    let space = Workspace::new();
    space.write(
        "queuestat.toml",
        "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\n",
    );
    let position = |day: u32, more: &str| {
        format!("\"location\":\"A\",\"createdAt\":\"2021-04-0{day}T10:00:00Z\"{more}")
    };
    let rated = ",\"status\":\"completed\",\"feedback\":{\"rating\":4}";
    let first = hook("o", "positionCreated", "t1", &position(1, ""));
    let second = hook("o", "feedbackReceived", "t1", &position(1, rated));
    space.write("archive/a.jsonl", first + &second);
    space.write("archive/b.jsonl", hook("o", "positionCreated", "t2", &position(2, "")));
    for (name, bytes) in files(&root().join("tests/state-0.1.0")) {
        space.write(&format!("queuestat-state/{name}"), bytes);
    }
    space
}

fn nightly(space: &Workspace) -> Run {
    space.run(&["nightly", "--as-of", "2021-04-06T02:00:00Z"])
}

fn all(space: &Workspace) -> String {
    let folder = space.path("site/current/all");
    fs::read_to_string(Path::new(&folder).join("locations.csv")).unwrap()
}

#[test]
fn the_archive_is_read_again() {
    let space = space();
    let run = nightly(&space);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("written by an older queuestat"), "{}", run.stderr);
    assert!(run.stderr.contains("2 tickets, generation 2"), "{}", run.stderr);
    let report =
        space.run(&["report", "archive", "--out", "out", "--as-of", "2021-04-06T02:00:00Z"]);
    assert_eq!(report.code, 0, "{}", report.stderr);
    assert_eq!(all(&space), space.csv("locations.csv"));
    // From now on it is a state like any other.
    let run = nightly(&space);
    assert!(run.code == 0 && run.stderr.contains("nothing new"), "{}", run.stderr);
}

#[test]
fn what_only_the_old_state_knows_is_not_thrown_away() {
    let space = space();
    fs::remove_file(space.path("archive/b.jsonl")).unwrap();
    let before = files(&space.path("queuestat-state"));
    let run = nightly(&space);
    assert_eq!(run.code, 4, "{}", run.stderr);
    assert!(run.stderr.contains("1 file it was made from is no longer"), "{}", run.stderr);
    assert!(run.stderr.contains("`b.jsonl`") && run.stderr.contains("--rebuild"), "{}", run.stderr);
    assert!(!space.path("site/current").exists());
    let mut after = files(&space.path("queuestat-state"));
    after.remove("LOCK");
    assert_eq!(after, before);
    let run = space.run(&["nightly", "--as-of", "2021-04-06T02:00:00Z", "--rebuild"]);
    assert!(run.code == 0 && run.stderr.contains("1 ticket"), "{}", run.stderr);
}
