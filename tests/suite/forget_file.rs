//! `queuestat state forget --file`: a file that lay in the archive by mistake is taken back, and history stays.

use std::collections::BTreeMap;
use std::fs;

use queuestat::partial::{decode, encode};

use crate::forget::{CONFIG, forget, night, tables};
use crate::workspace::{Workspace, files, hook, only};

/// A line of a ticket; later ones come later on its day.
fn line(id: &str, day: &str, step: u32, location: &str) -> String {
    let kind = ["positionCreated", "positionCreated", "positionCompleted"][step as usize];
    let end = ["", "", ",\"fulfilledAt\":\"2021-03-05T10:20:00Z\""][step as usize];
    let position = format!(
        "\"location\":\"{location}\",\"queue\":\"{location}\",\"createdAt\":\"{day}T10:00:00Z\",\"retries\":{step}{end}"
    );
    hook("one", kind, id, &position)
}

fn space(archive: &[(&str, String)]) -> Workspace {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    for (name, text) in archive {
        space.write(&format!("archive/{name}"), text);
    }
    space
}

/// The tables of a report over an archive.
fn report(archive: &[(&str, String)]) -> BTreeMap<String, String> {
    let space = space(archive);
    let args = ["report", "archive", "--config", "queuestat.toml", "--out", "out", "--as-of"];
    let run = space.run(&[&args[..], &["2021-05-06T02:00:00Z"]].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    tables(&space.path("out"))
}

fn archive() -> Vec<(&'static str, String)> {
    let december = (0..4).map(|n| line(&format!("d{n}"), "2020-12-05", 2, "Pier")).collect();
    let march = (0..5)
        .flat_map(|n| (0..2).map(move |step| line(&format!("m{n}"), "2021-03-05", step, "Harbour")))
        .collect();
    // Of its own, with an own place; and the end of some visits of another file.
    let staging = (0..3)
        .map(|n| line(&format!("s{n}"), "2021-03-06", 2, "Staging"))
        .chain((0..2).map(|n| line(&format!("m{n}"), "2021-03-05", 2, "Harbour")))
        .collect();
    vec![("2020-12.jsonl", december), ("2021-03.jsonl", march), ("2021-03-staging.jsonl", staging)]
}

#[test]
fn what_only_the_file_brought_goes_and_the_rest_is_read_anew() {
    let all = archive();
    for at_once in [true, false] {
        let space = space(&all);
        if !at_once {
            fs::rename(space.path("archive/2021-03-staging.jsonl"), space.path("staging")).unwrap();
            assert_eq!(night(&space, &[]).code, 0);
            fs::rename(space.path("staging"), space.path("archive/2021-03-staging.jsonl")).unwrap();
        }
        assert_eq!(night(&space, &[]).code, 0);
        let run = forget(&space, &["--file", "archive/2021-03-staging.jsonl"]);
        assert!(run.code == 4 && run.stderr.contains("still in the archive"), "{}", run.stderr);
        fs::remove_file(space.path("archive/2021-03-staging.jsonl")).unwrap();
        // By retention; nothing of it is touched.
        fs::remove_file(space.path("archive/2020-12.jsonl")).unwrap();
        assert_eq!(night(&space, &[]).code, 0);
        let run = forget(&space, &["--file", "2021-03-stagin.jsonl"]);
        assert!(
            run.code == 2 && run.stderr.contains("did you mean `2021-03-staging.jsonl`"),
            "{}",
            run.stderr
        );
        let before = files(&space.path("site/current"));
        let run = forget(&space, &["--file", "archive/2021-03-staging.jsonl", "--dry-run"]);
        let words = "5 tickets (5 of 2021-03); 2 of them stand in other files too";
        assert!(
            run.code == 0 && run.stdout.contains(&format!("would forget {words}")),
            "{}{}",
            run.stdout,
            run.stderr
        );
        assert!(files(&space.path("site/current")) == before);
        let run = forget(&space, &["--file", "archive/2021-03-staging.jsonl"]);
        assert!(
            run.code == 0 && run.stdout.contains(&format!("forgot {words}")),
            "{}{}",
            run.stdout,
            run.stderr
        );
        assert!(tables(&space.path("site/current/all")) == report(&all[..2]));
        let listed =
            fs::read_to_string(only(&space.path("site/current/all")).join("files.csv")).unwrap();
        assert!(!listed.contains("staging") && listed.contains("2020-12.jsonl"), "{listed}");
        // Nothing of it comes back, and it is known no more.
        assert_eq!(night(&space, &[]).code, 0);
        assert!(tables(&space.path("site/current/all")) == report(&all[..2]));
        assert_eq!(forget(&space, &["--file", "2021-03-staging.jsonl"]).code, 2);
        assert_eq!(space.run(&["state", "list"]).stdout.lines().count(), 2);
        // If it comes again, it is read as any other.
        space.write("archive/2021-03-staging.jsonl", &all[2].1);
        assert_eq!(night(&space, &[]).code, 0);
        assert!(tables(&space.path("site/current/all")) == report(&all));
    }
}

#[test]
fn tickets_of_files_that_are_gone_stay_and_are_counted() {
    let all = archive();
    let space = space(&all);
    assert_eq!(night(&space, &[]).code, 0);
    for name in ["2021-03-staging.jsonl", "2021-03.jsonl"] {
        fs::remove_file(space.path("archive").join(name)).unwrap();
    }
    let run = forget(&space, &["--file", "2021-03-staging.jsonl"]);
    assert!(
        run.code == 3 && run.stdout.contains("forgot 3 tickets (3 of 2021-03); 0 of them"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    assert!(run.stdout.contains("2 tickets of the file stay as they are"), "{}", run.stdout);
    let listed =
        fs::read_to_string(only(&space.path("site/current/all")).join("files.csv")).unwrap();
    assert!(listed.contains("staging"), "{listed}");
    let totals: String = tables(&space.path("site/current/all")).into_values().collect();
    assert!(!totals.contains("Staging") && totals.contains("Harbour") && totals.contains("Pier"));
    // Somebody finds the file again: then the rest can go too.
    space.write("archive/2021-03.jsonl", &all[1].1);
    assert_eq!(night(&space, &[]).code, 0);
    let run = forget(&space, &["--file", "2021-03-staging.jsonl"]);
    assert!(
        run.code == 0 && run.stdout.contains("forgot 2 tickets"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    assert!(tables(&space.path("site/current/all")) == report(&all[..2]));
}

/// At most a tenth more bytes tell which files touched each ticket.
#[test]
fn the_lists_of_files_are_small() {
    let space = Workspace::new();
    let args = ["synth", "--out", "archive", "--days", "60", "--clean", "--tickets", "6000"];
    assert_eq!(space.run(&args).code, 0);
    space.write("queuestat.toml", CONFIG);
    let run = space.run(&["nightly", "--as-of", "2021-06-06T02:00:00Z"]);
    assert!(matches!(run.code, 0 | 3), "{}", run.stderr);
    let (mut with, mut without, mut state, mut listed, mut all) = (0, 0, 0, 0, 0);
    for (name, bytes) in files(&space.path("state")) {
        state += bytes.len();
        if !name.contains("tickets/") {
            continue;
        }
        let mut records = Vec::new();
        decode(&bytes, |some| records.extend(some)).unwrap();
        all += records.len();
        listed += records.iter().filter(|record| !record.files.is_empty()).count();
        let again = encode(std::iter::once(records.clone())).unwrap();
        with += again.len();
        for record in &mut records {
            record.files.clear();
        }
        without += encode(std::iter::once(records)).unwrap().len();
    }
    println!(
        "{all} tickets, {listed} of several files; tickets {without} to {with} bytes, state {state}"
    );
    assert!(listed > all / 100, "{listed} of {all}");
    assert!((with - without) * 10 <= without, "{without} to {with}");
}
