//! The order of files: by date, by rotation number, by path; what repeated payloads change, and what is counted.

use std::fs;
use std::path::Path;

use crate::workspace::{Workspace, files, hook, only};

const CONFIG: &str = "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"in\"]\nout = \"site\"\n[[nightly.report]]\nname = \"all\"\nall = true\n";

/// A served visit of a day in March, as its sender tells it in the end.
fn visit(kind: &str, id: &str, day: u32, more: &str) -> String {
    let at = |minute: u32| format!("\"2021-03-{day:02}T09:{minute:02}:00.000Z\"");
    hook(
        "acme",
        kind,
        id,
        &format!(
            "\"location\":\"Desk\",\"type\":\"anonymous\",\"createdAt\":{},\"fulfilledAt\":{},\"completedAt\":{}{more}",
            at(0),
            at(5),
            at(9)
        ),
    )
}

fn rated(id: &str, day: u32, stars: u8) -> String {
    visit("feedbackReceived", id, day, &format!(",\"feedback\":{{\"rating\":{stars}}}"))
}

fn moved(id: &str, location: &str) -> String {
    hook(
        "acme",
        "bookingUpdated",
        id,
        &format!(
            "\"location\":\"{location}\",\"type\":\"booking\",\"createdAt\":\"2021-03-01T08:00:00Z\""
        ),
    )
}

/// Cells of the only row of a table with one organization.
fn cells(folder: &Path, wanted: &[&str]) -> Vec<String> {
    let text = fs::read_to_string(folder.join("locations.csv")).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert_eq!(lines.next(), None, "{text}");
    let cell = |name: &&str| row[header.iter().position(|h| h == name).unwrap()].to_owned();
    wanted.iter().map(cell).collect()
}

/// Number of ratings, their mean, and the tickets that the order of files decided, of one report over some files.
fn reported(files: &[(&str, String)]) -> (Vec<String>, String) {
    let space = Workspace::new();
    for (name, text) in files {
        space.write(&format!("in/{name}"), text);
    }
    let run = space.report("in", &["--only", "csv"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let quality = space.csv("data_quality.csv");
    let decided =
        quality.lines().find_map(|row| row.strip_prefix("\"decided_by_file_order\",\"\","));
    (cells(&space.only(), &["ratings", "rating_mean"]), decided.unwrap().to_owned())
}

#[test]
fn the_newest_rotated_file_has_the_lowest_number() {
    for (older, newer) in [
        ("hooks.log.1", "hooks.log"),
        ("hooks.log.10.gz", "hooks.log.9"),
        ("hooks.log.2", "hooks.log.1.zst"),
        ("b/2021-03-01.jsonl", "a/2021-03-02.jsonl"),
        ("z-20210301-235959.jsonl", "2021030200.jsonl"),
        ("2021/03/01/23/a.jsonl", "2021/03/02/00/a.jsonl"),
        ("year=2021/month=9/day=30/a.jsonl", "year=2021/month=10/day=1/a.jsonl"),
        ("z-2021-03-01.jsonl", "hooks.log.7"),
        ("a.jsonl", "b.jsonl"),
    ] {
        let files = [(older, rated("1", 1, 2)), (newer, rated("1", 1, 5))];
        let (cells, decided) = reported(&files);
        assert_eq!((cells, decided.as_str()), (vec!["1".into(), "5.0000".into()], "1"), "{older}");
        let files = [(older, rated("1", 1, 5)), (newer, rated("1", 1, 2))];
        assert_eq!(reported(&files).0, ["1", "2.0000"], "{older}");
    }
}

#[test]
fn a_repeated_answer_stands_where_it_stood_first_however_the_lines_are_cut() {
    let done = visit("positionCompleted", "1", 1, "");
    let lines = [done.clone(), rated("1", 1, 2), rated("1", 1, 5), done, rated("1", 1, 2)];
    for cut in 0..=lines.len() {
        for second in cut..=lines.len() {
            let part = |range: std::ops::Range<usize>| lines[range].concat();
            let files = [
                ("2021-03-01.jsonl", part(0..cut)),
                ("2021-03-02.jsonl", part(cut..second)),
                ("2021-03-03.jsonl", part(second..lines.len())),
            ];
            let (cells, decided) = reported(&files);
            assert_eq!(cells, ["1", "5.0000"], "{cut} {second}");
            // 2 and 5 stand in different files, or not.
            let apart = cut == 2 || second == 2;
            assert_eq!(decided, if apart { "1" } else { "0" }, "{cut} {second}");
        }
    }
}

#[test]
fn of_lines_of_one_file_and_time_the_later_one_is_newer() {
    // Between them as many lines as there are in several batches, or none.
    for between in [0, 3_000] {
        let others: String = (0..between).map(|n| moved(&format!("other {n}"), "Else")).collect();
        for [first, last] in [["Here", "There"], ["There", "Here"]] {
            let space = Workspace::new();
            space.write("in/a.jsonl", moved("1", first) + &others + &moved("1", last));
            assert_eq!(space.report("in", &["--only", "csv"]).code, 0);
            let places = space.csv("locations.csv");
            let is_there = |name: &str| places.contains(&format!("\"{name}\""));
            assert!(is_there(last) && !is_there(first), "{between} {places}");
        }
    }
}

#[test]
fn only_different_values_of_different_files_are_counted() {
    let decided = |files: &[(&str, String)]| {
        let space = Workspace::new();
        for (name, text) in files {
            space.write(&format!("in/{name}"), text);
        }
        assert_eq!(space.report("in", &["--only", "csv"]).code, 0);
        let quality = space.csv("data_quality.csv");
        let row = quality.lines().find(|row| row.contains("decided_by_file_order")).unwrap();
        row.rsplit(',').next().unwrap().to_owned()
    };
    let (here, there) = (moved("1", "Here"), moved("1", "There"));
    assert_eq!(decided(&[("1.jsonl", here.clone() + &there)]), "0");
    assert_eq!(decided(&[("1.jsonl", here.clone()), ("2.jsonl", here.clone())]), "0");
    assert_eq!(decided(&[("1.jsonl", here.clone()), ("2.jsonl", there.clone())]), "1");
    let others = there.clone() + &moved("2", "There");
    assert_eq!(decided(&[("1.jsonl", here.clone()), ("2.jsonl", others)]), "1");
    // A time of receipt decides before the files do.
    let enveloped = |hour: u32, hook: &str| {
        format!("{{\"receivedAt\":\"2021-03-01T{hour}:00:00Z\",\"body\":{}}}\n", hook.trim_end())
    };
    let files = [("1.jsonl", enveloped(12, &here)), ("2.jsonl", enveloped(11, &there))];
    assert_eq!(decided(&files), "0");
    let files = [("1.jsonl", enveloped(12, &here)), ("2.jsonl", enveloped(12, &there))];
    assert_eq!(decided(&files), "1");
}

#[test]
fn a_rotation_does_not_turn_an_old_rating_back() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    let nights = [
        visit("positionCompleted", "1", 1, "") + &rated("1", 1, 2),
        rated("1", 1, 5),
        visit("positionCompleted", "2", 3, "") + &rated("1", 1, 2),
        visit("positionCompleted", "3", 4, "") + &rated("3", 4, 4) + &rated("3", 4, 1),
        rated("3", 4, 4) + &rated("1", 1, 2),
        visit("positionCompleted", "4", 6, ""),
    ];
    for (night, text) in (0_u32..).zip(&nights) {
        for n in (0..night).rev() {
            let name = |n: u32| match n {
                0 => "in/hooks.log".to_owned(),
                n => format!("in/hooks.log.{n}"),
            };
            fs::rename(space.path(&name(n)), space.path(&name(n + 1))).unwrap();
        }
        space.write("in/hooks.log", text);
        let as_of = format!("2021-03-{:02}T02:00:00Z", night + 2);
        let run = space.run(&["nightly", "--force", "--as-of", &as_of]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let args = ["report", "in", "--out", "once", "--as-of", &as_of, "--only", "csv"];
        assert_eq!(space.run(&args).code, 0);
        let mean = match night {
            0 => ["1", "2.0000"],
            1 | 2 => ["1", "5.0000"],
            _ => ["2", "3.0000"],
        };
        assert_eq!(
            cells(&only(&space.path("site/current/all")), &["ratings", "rating_mean"]),
            mean
        );
        for name in ["locations.csv", "daily.csv", "data_quality.csv", "files.csv"] {
            let read =
                |folder: &str| fs::read_to_string(only(&space.path(folder)).join(name)).unwrap();
            assert_eq!(read("site/current/all"), read("once"), "night {night}");
        }
    }
}

/// Kept tickets name files by the order in which nights found them; the order of their names decides all the same, whoever reads
/// them again.
#[test]
fn what_nights_keep_is_decided_by_the_names_of_files_not_by_their_arrival() {
    let both = |stars: u8, place: &str| {
        rated("1", 1, stars)
            + &rated("2", 2, stars).replace("Desk", place)
            + &moved("3", place)
            + &hook(
                "acme",
                "positionCreated",
                "4",
                &format!("\"location\":\"{place}\",\"createdAt\":\"2021-03-03T09:00:00Z\""),
            )
    };
    for (older, newer) in [
        ("a.jsonl", "b.jsonl"),
        ("hooks.log.10", "hooks.log.9"),
        ("2021-03-05.jsonl", "2021-03-06.jsonl"),
        ("year=2021/month=9/day=30/a.jsonl", "year=2021/month=10/day=1/a.jsonl"),
    ] {
        let space = Workspace::new();
        space.write("queuestat.toml", CONFIG);
        space.write(&format!("in/{newer}"), both(5, "There"));
        let night = |as_of: &str| {
            let run = space.run(&["nightly", "--as-of", as_of]);
            assert!(run.code == 0 || run.code == 3, "{older}: {}", run.stderr);
        };
        night("2021-03-03T12:00:00Z");
        space.write(&format!("in/{older}"), both(1, "Here"));
        let same = |as_of: &str, when: &str| {
            let args = ["report", "in", "--out", "out", "--as-of", as_of, "--only", "csv"];
            let run = space.run(&[&args[..], &["--config", "queuestat.toml"]].concat());
            assert_eq!(run.code, 0, "{older} {when}: {}", run.stderr);
            for (name, bytes) in files(&space.only()) {
                let kept = fs::read(only(&space.path("site/current/all")).join(&name));
                assert!(kept.unwrap() == bytes, "{older} {when}: {name}");
            }
            for what in ["tickets", "ratings"] {
                let export = ["export", what, "-o", "-", "--config", "queuestat.toml"];
                let of = |source: &[&str]| {
                    let run = space.run(&[&export, source].concat());
                    assert_eq!(run.code, 0, "{older} {when}: {}", run.stderr);
                    run.stdout
                };
                let of_archive = of(&["in", "--as-of", as_of]);
                assert_eq!(of(&["--state", "queuestat-state"]), of_archive, "{older} {when}");
                assert!(
                    of_archive.contains("There") && !of_archive.contains("Here"),
                    "{of_archive}"
                );
            }
        };
        night("2021-03-03T13:00:00Z");
        same("2021-03-03T13:00:00Z", "at once");
        // An instant at which rows are made anew, of an open ticket; then rules with which all are.
        night("2021-03-03T23:00:00Z");
        same("2021-03-03T23:00:00Z", "later");
        space.write("queuestat.toml", format!("target_minutes = 3\n{CONFIG}"));
        night("2021-03-04T01:00:00Z");
        same("2021-03-04T01:00:00Z", "other rules");
    }
}

/// A night drops times that lie too far ahead; when a later one believes them, a payload stands where its line stands.
#[test]
fn an_answer_whose_time_is_believed_later_stands_at_that_time() {
    let told = |kind: &str, id: &str, more: &str| {
        hook(
            "acme",
            kind,
            id,
            &format!("\"location\":\"Desk\",\"createdAt\":\"2021-03-08T06:00:00Z\"{more}"),
        )
    };
    let early = hook(
        "acme",
        "positionCreated",
        "0",
        "\"location\":\"Desk\",\"createdAt\":\"2021-03-05T08:00:00Z\"",
    );
    let rated = |minute: u32, stars: u8| {
        told(
            "feedbackReceived",
            "1",
            &format!(
                ",\"completedAt\":\"2021-03-08T06:{minute}:00Z\",\"feedback\":{{\"rating\":{stars}}}"
            ),
        )
    };
    for files in [
        vec![("a.jsonl", early.clone() + &rated(15, 5) + &rated(14, 4))],
        vec![("a.jsonl", early.clone() + &rated(15, 5)), ("b.jsonl", rated(14, 4))],
    ] {
        let space = Workspace::new();
        space.write("queuestat.toml", CONFIG);
        for (name, text) in &files {
            space.write(&format!("in/{name}"), text);
        }
        for as_of in ["2021-03-06T23:00:00Z", "2021-03-08T07:00:00Z"] {
            let run = space.run(&["nightly", "--as-of", as_of, "--force"]);
            assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
        }
        let export = ["export", "ratings", "-o", "-", "--config", "queuestat.toml"];
        let of = |source: &[&str]| space.run(&[&export, source].concat()).stdout;
        let kept = of(&["--state", "queuestat-state"]);
        assert_eq!(kept, of(&["in", "--as-of", "2021-03-08T07:00:00Z"]));
        assert!(kept.contains(",5,") && !kept.contains(",4,"), "{kept}");
        let report =
            ["report", "in", "--out", "out", "--config", "queuestat.toml", "--only", "csv"];
        assert_eq!(
            space.run(&[&report[..], &["--as-of", "2021-03-08T07:00:00Z"]].concat()).code,
            0
        );
        for (name, bytes) in crate::workspace::files(&space.only()) {
            let site = fs::read(only(&space.path("site/current/all")).join(&name)).unwrap();
            assert!(site == bytes, "{name}");
        }
    }
}
