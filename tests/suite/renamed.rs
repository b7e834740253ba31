//! Queues that were renamed in the console are told, and told once by nights.

use std::collections::BTreeMap;

use crate::locations::columns;
use crate::places::{DESK, NIGHTLY, all_commands, space, visit};
use crate::workspace::{AS_OF, Run, Workspace, files, hook};

fn notes(run: &Run) -> Vec<&str> {
    run.stderr.split("note: ").skip(1).filter(|note| note.contains(" was seen as ")).collect()
}

#[test]
fn a_renamed_queue_is_told_with_the_lines_that_make_it_one() {
    let space = space("time_zone = \"Asia/Riyadh\"\n");
    let new = "The \"new\" desk";
    // Late in the evening in UTC is the next day in Riyadh.
    let line =
        visit("harbour", "20", &DESK.to_uppercase(), new, "2021-03-03").replace("T10:", "T22:");
    space.write("in/b.jsonl", line);
    let told = format!(
        "queue `{DESK}` of `harbour` was seen as `Harbour Desk` (until 2021-03-02) and `{new}` (since 2021-03-04). If it is one \
         place, two lines make it one location:\n  [queues.\"{DESK}\"]\n  name = \"The \\\"new\\\" desk\"\n"
    );
    for (command, run) in all_commands(&space) {
        assert_eq!(run.code, 0, "{command}: {}", run.stderr);
        let notes = notes(&run);
        match command {
            "report" | "check" | "nightly" => {
                assert_eq!(notes.len(), 1, "{command}: {}", run.stderr);
                assert!(notes[0].starts_with(&told), "{command}: {}", run.stderr);
            }
            _ => assert!(notes.is_empty(), "{command}: {}", run.stderr),
        }
        if command.starts_with("locations") {
            let marked = run.stdout.lines().filter(|line| line.contains(" * ")).count();
            assert!(marked == 2 && run.stdout.ends_with(&told), "{}", run.stdout);
        }
    }
    let quiet = space.report("in", &["--quiet", "--only", "csv", "--config", "queuestat.toml"]);
    assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""));
    let csv = space.run(&["locations", "in", "--csv", "--config", "queuestat.toml"]).stdout;
    let renamed = columns(&csv, &["location", "renamed_from", "renamed_to"]);
    assert!(
        renamed.contains(&vec!["Harbour Desk".into(), String::new(), new.replace('"', "")]),
        "{renamed:?}"
    );
    assert!(
        renamed.contains(&vec![new.replace('"', ""), "Harbour Desk".into(), String::new()]),
        "{renamed:?}"
    );
    // The two lines, pasted.
    let lines = told.lines().skip(1).collect::<Vec<_>>().join("\n");
    space.write("queuestat.toml", format!("time_zone = \"Asia/Riyadh\"\n{lines}\n{NIGHTLY}"));
    for (command, run) in all_commands(&space) {
        assert!(run.code == 0 && notes(&run).is_empty(), "{command}: {}", run.stderr);
    }
    let csv = space.run(&["locations", "--state", "state", "--csv"]).stdout;
    let tickets: BTreeMap<String, String> = columns(&csv, &["location", "tickets"])
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    assert_eq!(tickets[&new.replace('"', "")], "3", "{csv}");
    assert!(!tickets.contains_key("Harbour Desk"), "{csv}");
}

#[test]
fn a_booking_ahead_does_not_keep_an_old_name_alive() {
    let space = space("");
    let ahead = format!(
        "\"location\":\"Harbour Desk\",\"queue\":\"{DESK}\",\"type\":\"booking\",\"createdAt\":\"2021-03-02T12:00:00Z\",\
         \"booking\":{{\"start\":\"2021-03-20T12:00:00Z\"}}"
    );
    let ahead = hook("harbour", "bookingConfirmation", "30", &ahead);
    space.write("in/b.jsonl", ahead + &visit("harbour", "31", DESK, "New", "2021-03-04"));
    let run = space.run(&["check", "in", "--as-of", AS_OF]);
    let told = "`Harbour Desk` (until 2021-03-02) and `New` (since 2021-03-04)";
    assert!(notes(&run).len() == 1 && run.stderr.contains(told), "{}", run.stderr);
}

#[test]
fn a_name_without_a_time_of_its_lines_ends_with_its_last_visit() {
    let space = Workspace::new();
    let booked = |id: &str, name: &str, day: &str| {
        let position = format!(
            "\"location\":\"{name}\",\"queue\":\"{DESK}\",\"type\":\"booking\",\"booking\":{{\"start\":\"{day}T12:00:00Z\"}}"
        );
        hook("harbour", "bookingConfirmation", id, &position)
    };
    let lines =
        booked("1", "Old", "2021-03-20") + &visit("harbour", "2", DESK, "New", "2021-03-25");
    space.write("in/a.jsonl", lines);
    let run = space.run(&["check", "in", "--as-of", AS_OF]);
    let told = "`Old` (until 2021-03-20) and `New` (since 2021-03-25)";
    assert!(notes(&run).len() == 1 && run.stderr.contains(told), "{}", run.stderr);
}

#[test]
fn a_night_tells_of_a_new_name_once() {
    let space = space("");
    let mut day = 10;
    let mut night = |name: Option<&str>| {
        day += 1;
        if let Some(name) = name {
            let line = visit("harbour", &format!("n{day}"), DESK, name, &format!("2021-03-{day}"));
            space.write(&format!("in/{day}.jsonl"), line);
        }
        let run = space.run(&["nightly", "--as-of", &format!("2021-03-{}T02:00:00Z", day + 1)]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        notes(&run).len()
    };
    // One name; a second; nothing; the old one again; the new one again; a third.
    let told: Vec<usize> =
        [None, Some("New"), None, Some("Harbour Desk"), Some("New"), Some("Third")]
            .into_iter()
            .map(&mut night)
            .collect();
    assert_eq!(told, [0, 1, 0, 0, 0, 1]);
}

#[test]
fn names_that_the_configuration_makes_one_are_not_told() {
    let space = space("[locations.\"Harbour Desk\"]\nname = \"New\"\n");
    space.write("in/b.jsonl", visit("harbour", "20", DESK, "New", "2021-03-03"));
    // The same queue id in another organization is another queue.
    space.write("in/c.jsonl", visit("clinic", "21", DESK, "Elsewhere", "2021-03-03"));
    for (command, run) in all_commands(&space) {
        assert!(run.code == 0 && notes(&run).is_empty(), "{command}: {}", run.stderr);
    }
}

#[test]
fn names_in_two_organizations_that_are_one_are_two_names() {
    let space = space("[organizations.harbor]\nname = \"harbour\"\n");
    space.write("in/b.jsonl", visit("harbor", "20", DESK, "New", "2021-03-03"));
    let told = format!("queue `{DESK}` of `harbour` was seen as `Harbour Desk` (until 2021-03-02)");
    for (command, run) in all_commands(&space) {
        let is_told = matches!(command, "report" | "check" | "nightly");
        assert_eq!(run.stderr.contains(&told), is_told, "{command}: {}", run.stderr);
    }
}

#[test]
fn of_what_is_left_out_no_second_name_is_told() {
    for (left_out, several_names) in [
        ("[organizations.harbour]", false),
        ("[locations.\"Harbour Desk\"]", true),
        (&*format!("[queues.\"{DESK}\"]"), false),
    ] {
        let space = space(&format!("{left_out}\nexclude = true\n"));
        space.write("in/b.jsonl", visit("harbour", "20", DESK, "New", "2021-03-03"));
        for (command, run) in all_commands(&space) {
            assert!(run.code == 0 && notes(&run).is_empty(), "{command}: {}", run.stderr);
        }
        let row = format!("\"queue_with_several_names\",\"{DESK}\"");
        let quality = files(&space.path("out")).into_iter().any(|(path, bytes)| {
            path.ends_with("data_quality.csv") && String::from_utf8_lossy(&bytes).contains(&row)
        });
        assert_eq!(quality, several_names, "{left_out}");
    }
}

#[test]
fn of_many_renamed_queues_five_are_told_and_all_are_listed() {
    let space = Workspace::new();
    let lines: String = (0..8)
        .flat_map(|n| {
            let queue = format!("q{n}");
            ["Old", "New"].map(|name| {
                visit("o", &format!("{name}{n}"), &queue, &format!("{name} {n}"), "2021-03-01")
            })
        })
        .collect();
    space.write("in/a.jsonl", lines);
    let run = space.run(&["check", "in", "--as-of", AS_OF]);
    assert_eq!((run.code, notes(&run).len()), (0, 5), "{}", run.stderr);
    let rest =
        "note: 3 more queues were seen with several names; `queuestat locations` lists them\n";
    assert!(run.stderr.contains(rest), "{}", run.stderr);
    let list = space.run(&["locations", "in", "--quiet"]).stdout;
    assert_eq!(list.matches("was seen as").count(), 8, "{list}");
}

#[test]
fn names_that_differ_only_by_case_or_space_are_counted() {
    let space = Workspace::new();
    let names = ["Pier West", "pier west", "PierWest", "Pier East"];
    let lines = names
        .iter()
        .zip(1..)
        .map(|(name, n)| visit("harbour", &n.to_string(), &format!("q{n}"), name, "2021-03-01"));
    // In another organization it is another place.
    let other = visit("clinic", "1", "q1", "PIER EAST", "2021-03-01");
    space.write("in/a.jsonl", lines.collect::<String>() + &other);
    let run = space.report("in", &["--only", "csv"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let all = files(&space.path("out"));
    let tables = all.iter().filter(|(path, _)| path.ends_with("data_quality.csv"));
    let mut counted: Vec<String> = tables
        .flat_map(|(_, bytes)| {
            String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .filter_map(|row| {
            row.strip_prefix("\"names_that_differ_only_by_case_or_space\",").map(str::to_owned)
        })
        .filter(|row| !row.ends_with(",0"))
        .collect();
    counted.sort();
    assert_eq!(counted, ["\"Pier West\",1", "\"PierWest\",1", "\"pier west\",1"]);
}
