//! `queuestat state forget`: after it, nothing of a ticket is left anywhere, and nothing else is changed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use queuestat::partial::decode;

use crate::workspace::{Run, Workspace, files, hook};

pub(crate) const CONFIG: &str = "time_zone = \"Europe/Oslo\"\n[gates]\nsilent_days = 0\nrefuse_fall = 1.0\n[nightly]\n\
    archive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\n[[nightly.report]]\nname = \"all\"\nall = true\n";
/// A ticket that is to be forgotten.
const ID: &str = "7a00c0de-0000-4000-8000-00000000c0de";
const AS_OF: &str = "2021-05-06T02:00:00Z";

pub(crate) fn night(space: &Workspace, more: &[&str]) -> Run {
    let mut args = vec!["nightly", "--as-of", AS_OF];
    args.extend(more);
    space.run(&args)
}

pub(crate) fn forget(space: &Workspace, more: &[&str]) -> Run {
    let mut args = vec!["state", "forget"];
    args.extend(more);
    space.run(&args)
}

fn line(organization: &str, id: &str, day: &str, minute: u32) -> String {
    let position = format!(
        "\"location\":\"Shop\",\"createdAt\":\"{day}T10:00:00Z\",\"fulfilledAt\":\"{day}T10:{minute:02}:00Z\",\"queue\":\"q\""
    );
    hook(organization, "positionCompleted", id, &position)
}

/// An archive of two organizations and three months, with the ticket in both, and without it.
fn archives() -> [Vec<(&'static str, String)>; 2] {
    let of = |with: bool| {
        let mut all: Vec<(&str, String)> = Vec::new();
        for (name, month) in [("a.jsonl", 3), ("b.jsonl", 4), ("c.jsonl", 5)] {
            let mut text = String::new();
            for n in 0..4 {
                let day = format!("2021-{month:02}-0{}", n + 1);
                text += &line("one", &format!("{month}-{n}"), &day, 10 + n);
                text += &line("two", &format!("{month}-{n}"), &day, 20 + n);
            }
            if with && month < 5 {
                text += &line("one", ID, "2021-03-02", 30 + month);
                text += &line("two", ID, "2021-04-02", 40 + month);
            }
            all.push((name, text));
        }
        all
    };
    [of(true), of(false)]
}

fn space(archive: &[(&str, String)]) -> Workspace {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    for (name, text) in archive {
        space.write(&format!("archive/{name}"), text);
    }
    space
}

/// The tables of figures, which do not depend on the number of lines.
pub(crate) fn tables(folder: &Path) -> BTreeMap<String, String> {
    let mut all = files(folder);
    all.retain(|name, _| {
        name.ends_with(".csv")
            && !name.ends_with("files.csv")
            && !name.ends_with("data_quality.csv")
    });
    assert!(!all.is_empty(), "no tables in {}", folder.display());
    all.into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect()
}

/// Every file that holds the id in any form, also compressed.
fn traces(space: &Workspace, id: &str) -> Vec<String> {
    let digits = id.replace('-', "");
    let bytes: Vec<u8> =
        (0..16).map(|at| u8::from_str_radix(&digits[at * 2..at * 2 + 2], 16).unwrap()).collect();
    let backwards = |half: &[u8]| half.iter().rev().copied().collect::<Vec<u8>>();
    let forms: Vec<Vec<u8>> = vec![
        id.as_bytes().to_vec(),
        id.to_uppercase().into_bytes(),
        digits.into_bytes(),
        bytes.clone(),
        backwards(&bytes[..8]),
        backwards(&bytes[8..]),
    ];
    let mut found = Vec::new();
    for folder in ["state", "site"] {
        for (name, content) in files(&space.path(folder)) {
            let has = |form: &Vec<u8>| content.windows(form.len()).any(|part| part == form);
            if forms.iter().any(has) {
                found.push(format!("{folder}/{name}"));
            }
            if name.contains("tickets/") {
                decode(&content, |records| {
                    if records.iter().any(|record| record.id.0.as_slice() == bytes) {
                        found.push(format!("{folder}/{name}: a record"));
                    }
                })
                .unwrap();
            }
        }
    }
    found
}

#[test]
fn nothing_of_a_ticket_is_left_and_nothing_else_is_lost() {
    let [with, without] = archives();
    let space = space(&with);
    for name in ["c.jsonl", "b.jsonl"] {
        fs::rename(space.path("archive").join(name), space.path(name)).unwrap();
    }
    assert_eq!(night(&space, &[]).code, 0);
    for name in ["b.jsonl", "c.jsonl"] {
        fs::rename(space.path(name), space.path("archive").join(name)).unwrap();
        assert_eq!(night(&space, &[]).code, 0);
    }
    // By retention.
    fs::remove_file(space.path("archive/a.jsonl")).unwrap();
    assert_eq!(night(&space, &[]).code, 0);
    assert!(traces(&space, ID).len() > 3, "{:?}", traces(&space, ID));

    let before = files(&space.path("state"));
    let run = forget(&space, &["--ticket", ID, "--dry-run"]);
    assert!(
        run.code == 0 && run.stdout.contains("would forget 2 tickets (1 of 2021-03, 1 of 2021-04)"),
        "{}",
        run.stdout
    );
    let mut after = files(&space.path("state"));
    assert!(after.remove("LOCK").is_some());
    assert!(
        after.iter().all(|(name, bytes)| before.get(name) == Some(bytes)),
        "a trial changed something"
    );

    let run = forget(&space, &["--ticket", ID]);
    assert!(
        run.code == 0 && run.stdout.contains("forgot 2 tickets"),
        "{} {}",
        run.stdout,
        run.stderr
    );
    assert!(!run.stdout.contains("c0de") && !run.stderr.contains("c0de"));
    assert_eq!(traces(&space, ID), Vec::<String>::new());
    let list = space.run(&["state", "list"]).stdout;
    assert_eq!(list.lines().count(), 2, "{list}");
    assert_eq!(space.run(&["state", "verify"]).code, 0);

    // The report of an archive that never had it.
    let other = self::space(&without);
    assert_eq!(other.report("archive", &["--config", "queuestat.toml", "--as-of", AS_OF]).code, 2);
    let report =
        ["report", "archive", "--config", "queuestat.toml", "--out", "out", "--as-of", AS_OF];
    assert_eq!(other.run(&report).code, 0);
    let expected = tables(&other.path("out"));
    assert_eq!(tables(&space.path("site/current/all")), expected);

    // A night that reads its lines again leaves it out, and a second run has nothing to do.
    let text = fs::read_to_string(space.path("archive/b.jsonl")).unwrap();
    space.write("archive/b.jsonl", text + &line("one", ID, "2021-03-02", 50));
    let run = night(&space, &[]);
    assert!(
        run.code == 0 && run.stderr.contains("2 tickets that were forgotten before"),
        "{}",
        run.stderr
    );
    assert_eq!(tables(&space.path("site/current/all")), expected);
    let run = forget(&space, &["--ticket", ID]);
    assert!(run.code == 0 && run.stdout.contains("forgot 0 tickets"), "{}", run.stdout);
    assert_eq!(traces(&space, ID), Vec::<String>::new());

    // Nor does a state that is made anew from all files.
    space.write("archive/a.jsonl", &with[0].1);
    let run = night(&space, &["--rebuild"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(tables(&space.path("site/current/all")), expected);
    assert_eq!(traces(&space, ID), Vec::<String>::new());
}

#[test]
fn one_organization_alone_and_ids_that_are_unknown() {
    let [with, _] = archives();
    let space = space(&with);
    assert_eq!(forget(&space, &["--ticket", ID]).code, 2);
    assert_eq!(night(&space, &[]).code, 0);
    let run = forget(&space, &["--ticket", ID, "--organization", "tow"]);
    assert!(run.code == 2 && run.stderr.contains("did you mean `two`"), "{}", run.stderr);
    let run = forget(&space, &["--ticket", ID, "--organization", "two"]);
    assert!(
        run.code == 0 && run.stdout.contains("forgot 1 ticket (1 of 2021-04)"),
        "{}",
        run.stdout
    );
    let run = forget(&space, &["--ticket", ID, "--ticket", "mistyped"]);
    assert!(run.code == 3 && run.stdout.contains("1 id is not among"), "{}", run.stdout);
    assert!(run.stdout.contains("forgot 1 ticket (1 of 2021-03)"), "{}", run.stdout);
    assert_eq!(traces(&space, ID), Vec::<String>::new());
    for (args, words) in [
        (vec![], "--ticket <ID>|--file <PATH>|--before <DATE>"),
        (vec!["--ticket", " "], "no ticket id"),
        (vec!["--before", "soon"], "--before"),
        (vec!["--ticket", "x", "--with-figures"], "--before"),
        (vec!["--before", "2021-01-01", "--organization", "one"], "--organization"),
    ] {
        let run = forget(&space, &args);
        assert!(run.code == 2 && run.stderr.contains(words), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn a_state_may_lose_its_last_ticket() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    space.write("archive/a.jsonl", line("one", ID, "2021-03-02", 5));
    assert_eq!(night(&space, &[]).code, 0);
    let run = forget(&space, &["--ticket", ID]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(traces(&space, ID), Vec::<String>::new());
    space.write("archive/b.jsonl", line("one", "other", "2021-03-02", 5));
    let run = night(&space, &[]);
    assert!(run.code == 0 && run.stderr.contains("1 ticket,"), "{}", run.stderr);
}
