//! A rebuild never loses history without a word: tickets that only the state still has need `--force`.

use std::collections::BTreeMap;
use std::fs;

use crate::tidy::{is_test_file, rust_files};
use crate::workspace::{Run, Workspace, files, hook, root};

const CONFIG: &str = "time_zone = \"Pacific/Auckland\"\n[gates]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\n\
    out = \"site\"\nstate_dir = \"state\"\n[[nightly.report]]\nname = \"all\"\nall = true\n";

fn night(space: &Workspace, more: &[&str]) -> Run {
    let mut args = vec!["nightly", "--as-of", "2021-04-06T02:00:00Z"];
    args.extend(more);
    space.run(&args)
}

fn line(id: u32, created: &str) -> String {
    let position = format!("\"location\":\"A\",\"createdAt\":\"{created}\"");
    hook("org", "positionCreated", &id.to_string(), &position)
}

fn tickets(space: &Workspace) -> u64 {
    let run = fs::read(space.path("site/current/run.json")).unwrap();
    serde_json::from_slice::<serde_json::Value>(&run).unwrap()["tickets"].as_u64().unwrap()
}

fn all(space: &Workspace) -> [BTreeMap<String, Vec<u8>>; 2] {
    ["state", "site"].map(|name| {
        let mut all = files(&space.path(name));
        all.retain(|name, _| !name.ends_with("LOCK") && !name.ends_with(".queuestat-site"));
        all
    })
}

fn space() -> Workspace {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    // On the last evening of January in UTC it is February there.
    let of = |ids: std::ops::Range<u32>, at: &str| ids.map(|id| line(id, at)).collect::<String>();
    space.write(
        "archive/old.jsonl",
        of(0..3, "2021-01-10T00:00:00Z") + &of(3..5, "2021-01-31T20:00:00Z"),
    );
    space.write("archive/new.jsonl", of(4..9, "2021-03-10T00:00:00Z"));
    assert_eq!(night(&space, &[]).code, 0);
    space
}

#[test]
fn a_rebuild_that_loses_tickets_is_refused_and_says_which() {
    let space = space();
    fs::remove_file(space.path("archive/old.jsonl")).unwrap();
    assert_eq!(night(&space, &[]).code, 0);
    assert_eq!(tickets(&space), 9);
    let before = all(&space);
    let run = night(&space, &["--rebuild"]);
    assert_eq!(run.code, 4, "{}", run.stderr);
    // Ticket 4 stands in the file that is still there too.
    let said = "would lose 4 tickets that no file of the archive brings any more: 3 of 2021-01, 1 of 2021-02";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert!(run.stderr.contains("--rebuild --force") && run.stderr.contains("state forget"));
    assert!(all(&space) == before, "something was changed");
    let run = night(&space, &["--rebuild", "--force"]);
    assert_eq!((run.code, tickets(&space)), (0, 5), "{}", run.stderr);
}

#[test]
fn a_rebuild_that_loses_nothing_needs_no_force() {
    let space = space();
    let before = files(&space.path("site/current/all"));
    fs::rename(space.path("archive/old.jsonl"), space.path("archive/older.jsonl")).unwrap();
    let run = night(&space, &["--rebuild"]);
    assert_eq!((run.code, tickets(&space)), (0, 9), "{}", run.stderr);
    let csv = |all: &BTreeMap<String, Vec<u8>>| {
        let figures = |name: &&String| name.ends_with("daily.csv");
        all.keys().filter(figures).map(|name| all[name].clone()).collect::<Vec<_>>()
    };
    assert_eq!(csv(&files(&space.path("site/current/all"))), csv(&before));
}

#[test]
fn a_month_that_cannot_be_read_is_named() {
    let space = space();
    for (name, _) in files(&space.path("state")) {
        if name.contains("2021-01") {
            fs::write(space.path("state").join(name), "?").unwrap();
        }
    }
    fs::remove_file(space.path("archive/old.jsonl")).unwrap();
    let run = night(&space, &["--rebuild"]);
    assert_eq!(run.code, 4, "{}", run.stderr);
    assert!(run.stderr.contains("nobody can tell how many tickets of 2021-01"), "{}", run.stderr);
}

/// No hint, help or page of the guide recommends it without its cost.
#[test]
fn nobody_is_sent_to_a_rebuild_without_its_cost() {
    let mut texts: Vec<(String, String)> = Vec::new();
    for path in rust_files(&root().join("src")) {
        // The refusal itself, whose hint stands in `exits.rs`.
        if path.ends_with("rebuild_words.rs") || is_test_file(&path) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let code = code.lines().filter(|line| !line.starts_with("//!"));
        texts.push((path.display().to_string(), code.collect::<Vec<_>>().join("\n")));
    }
    for page in fs::read_dir(root().join("src/cli/guide")).unwrap() {
        let path = page.unwrap().path();
        texts.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
    }
    assert!(texts.iter().any(|(name, text)| name.ends_with(".md") && text.contains("--rebuild")));
    for (name, text) in texts {
        for (at, _) in text.match_indices("--rebuild") {
            let around: String = text
                .chars()
                .skip(text[..at].chars().count().saturating_sub(400))
                .take(900)
                .collect();
            assert!(around.contains("force"), "{name}: {around}");
        }
    }
}
