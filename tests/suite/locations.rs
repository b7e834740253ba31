//! `queuestat locations`: from an archive or a state, the same list.

use std::fs::File;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::places::{DESK, PIER, space, visit};
use crate::workspace::{AS_OF, Workspace, files, hook};

/// Columns of a CSV text, by name.
pub(crate) fn columns(csv: &str, wanted: &[&str]) -> Vec<Vec<String>> {
    let mut lines = csv.lines().map(cells);
    let head = lines.next().unwrap();
    let at: Vec<usize> =
        wanted.iter().map(|name| head.iter().position(|cell| cell == name).unwrap()).collect();
    lines.map(|line| at.iter().map(|at| line[*at].clone()).collect()).collect()
}

fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}

#[test]
fn the_list_says_what_is_in_force() {
    let space = space(&format!(
        "time_zone = \"Europe/Stockholm\"\n[locations.\"Pier\"]\ntime_zone = \"Europe/London\"\n\
         [queues.\"{DESK}\"]\ntime_zone = \"Europe/Oslo\"\n"
    ));
    let run = space.run(&["locations", "in", "--config", "queuestat.toml", "--as-of", AS_OF]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let expected = [
        "organization  location      location_id            tickets  first       last        time zone                   queues",
        "clinic        Pier          pier-ba1dcbaf                1  2021-03-05  2021-03-05  Europe/London                    1  q-pier",
        "clinic        عيادة الرياض  location-031188ff            1  2021-03-01  2021-03-01  Europe/Stockholm (default)       1  q-riyadh",
        "harbour       Café Kiosk    cafe-kiosk-b678114f          1  2021-03-03  2021-03-03  Europe/Stockholm (default)       1  q-cafe",
        &format!(
            "harbour       Harbour Desk  harbour-desk-7ff9ba0c        2  2021-03-01  2021-03-02  Europe/Oslo                      1  {DESK}"
        ),
        &format!(
            "harbour       Pier          pier-49a3d1b2                1  2021-03-02  2021-03-02  Europe/London                    1  {PIER}"
        ),
    ];
    assert_eq!(run.stdout.lines().collect::<Vec<_>>(), expected);
    let csv = space.run(&["locations", "in", "--config", "queuestat.toml", "--csv", "--quiet"]);
    assert_eq!((csv.code, csv.stderr.as_str()), (0, ""));
    let wanted = [
        "organization",
        "location",
        "queues",
        "queue_ids",
        "time_zone",
        "time_zone_from",
        "tickets",
        "first_service_date",
        "last_service_date",
    ];
    let desk = columns(&csv.stdout, &wanted)[3].join("|");
    assert_eq!(
        desk,
        format!("harbour|Harbour Desk|1|{DESK}|Europe/Oslo|section|2|2021-03-01|2021-03-02")
    );
    let json = space.run(&["locations", "in", "--config", "queuestat.toml", "--json", "--quiet"]);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    let desk = &json["locations"][3];
    assert_eq!(
        (&desk["location"], &desk["queues"][0], &desk["tickets"]),
        (&"Harbour Desk".into(), &DESK.into(), &2.into())
    );
    assert_eq!(json["locations"].as_array().unwrap().len(), 5);
    // Nobody chose a zone.
    let bare = space.run(&["locations", "in/a.jsonl", "--csv", "--config", "/dev/null"]);
    assert!(
        columns(&bare.stdout, &["time_zone", "time_zone_from"])
            .iter()
            .all(|row| row.concat() == "UTCnone")
    );
}

#[test]
fn hostile_names_are_inert_in_the_list() {
    let space = Workspace::new();
    let long = "x".repeat(300);
    for (n, name) in ["=1+1", "a\\u001b[31m", &long].iter().enumerate() {
        let line = visit("o", &n.to_string(), "q", "NAME", "2021-03-01").replace("NAME", name);
        space.write(&format!("in/{n}.jsonl"), line);
    }
    let list = space.run(&["locations", "in"]).stdout;
    assert!(!list.contains('\u{1b}'), "{list:?}");
    let table = list.split("* has a queue").next().unwrap();
    assert!(!table.contains(&"x".repeat(60)) && table.contains("xx… *"), "{list}");
    let csv = space.run(&["locations", "in", "--csv"]).stdout;
    assert!(csv.contains("\"'=1+1\"") && csv.contains(&long), "{csv}");
}

#[test]
fn a_state_lists_what_its_archive_lists_and_stays_as_it_is() {
    let space = space(
        "time_zone = \"Europe/Stockholm\"\n[locations.\"Pier\"]\ntime_zone = \"Asia/Tokyo\"\n",
    );
    space.write(
        "in/odd.jsonl",
        hook("harbour", "positionCompleted", "7", &format!("\"queue\":\"{DESK}\"")),
    );
    let night = |as_of: &str| space.run(&["nightly", "--as-of", as_of]).code;
    assert!(night("2021-03-10T02:00:00Z") <= 3);
    space.write(
        "in/b.jsonl",
        visit("harbour", "2", DESK, "Old Desk", "2021-03-02")
            + &visit("harbour", "8", "q-new", "Pier", "2021-04-02"),
    );
    assert!(night("2021-04-10T02:00:00Z") <= 3);
    space.write("in/c.jsonl", visit("harbour", "10", DESK, "New Desk", "2021-04-12"));
    assert!(night("2021-05-10T02:00:00Z") <= 3);
    let before = files(&space.path("state"));
    let as_of = ["--as-of", "2021-05-10T02:00:00Z"];
    // Also with zones that no night has seen.
    for more in [
        "",
        "[locations.\"Harbour Desk\"]\ntime_zone = \"America/New_York\"\n[locations.\"New Desk\"]\nname = \"Desk\"\n",
    ] {
        space.write("other.toml", format!("time_zone = \"Europe/Stockholm\"\n{more}"));
        let list = |args: &[&str]| {
            let run = space.run(&[args, &["--csv", "--config", "other.toml"]].concat());
            assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
            run.stdout
        };
        let of_archive = list(&["locations", "in", as_of[0], as_of[1]]);
        assert_eq!(of_archive, list(&["locations", "--state", "state"]));
        assert_eq!(
            of_archive,
            list(&["locations", "--state", "state", "--threads", "1", as_of[0], as_of[1]])
        );
        // And the report counts the same tickets.
        let run = space.run(&[
            "report",
            "in",
            "--out",
            "out",
            "--only",
            "csv",
            "--config",
            "other.toml",
            as_of[0],
            as_of[1],
        ]);
        assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
        let wanted = ["organization", "location", "location_id", "tickets"];
        let mut reported: Vec<Vec<String>> = space
            .published()
            .into_iter()
            .filter(|(name, _)| name.ends_with("locations.csv"))
            .flat_map(|(_, bytes)| columns(&String::from_utf8(bytes).unwrap(), &wanted))
            .collect();
        reported.sort();
        let listed = columns(&of_archive, &wanted);
        assert!(
            listed.is_sorted() && listed.len() >= 5 && listed == reported,
            "{listed:?} {reported:?}"
        );
    }
    assert!(before == files(&space.path("state")), "the state was changed");
}

#[test]
fn a_state_that_is_at_work_or_is_none_is_said() {
    let space = space("");
    let list = || space.run(&["locations", "--state", "state"]);
    assert_eq!(list().code, 2, "no state");
    assert_eq!(space.run(&["nightly", "--as-of", AS_OF]).code, 0);
    let lock = File::options().write(true).open(space.path("state/LOCK")).unwrap();
    lock.lock().unwrap();
    let busy = list();
    assert_eq!((busy.code, busy.stdout.as_str()), (75, ""), "{}", busy.stderr);
    drop(lock);
    assert_eq!(list().code, 0);
    let all = files(&space.path("state"));
    // What follows from the tickets is made anew; what has no copy is not.
    for (part, code) in [("census/", 0), ("ledger.json", 4)] {
        let name = all.keys().find(|name| name.contains(part)).unwrap();
        space.write(&format!("state/{name}"), "{}");
        assert_eq!(list().code, code, "{part}");
    }
    let damaged = list();
    assert_eq!((damaged.code, damaged.stdout.as_str()), (4, ""), "{}", damaged.stderr);
    for args in [
        &["locations"][..],
        &["locations", "in", "--state", "state"],
        &["locations", "in", "--csv", "--json"],
    ] {
        assert_eq!(space.run(args).code, 2, "{args:?}");
    }
}

#[test]
fn no_damage_of_a_state_gives_another_list() {
    let space = space("");
    for (day, name) in [(10, "a"), (11, "b")] {
        let visits = visit("clinic", name, "q-pier", "Pier", "2021-03-05")
            + &visit(
                "clinic",
                &format!("{name}2"),
                "q-pier",
                "Pier",
                &format!("2021-0{}-07", day - 8),
            );
        space.write(&format!("in/{name}2.jsonl"), visits);
        assert_eq!(space.run(&["nightly", "--as-of", &format!("2021-03-{day}T02:00:00Z")]).code, 0);
    }
    let list = || space.run(&["locations", "--state", "state", "--csv", "--quiet"]);
    let good = list();
    assert_eq!(good.code, 0, "{}", good.stderr);
    let (mut refused, mut tried) = (0, 0);
    for (name, bytes) in files(&space.path("state")) {
        if bytes.is_empty() {
            continue;
        }
        for damaged in [
            bytes[..bytes.len() / 2].to_vec(),
            bytes
                .iter()
                .enumerate()
                .map(|(at, c)| if at == bytes.len() / 3 { c ^ 1 } else { *c })
                .collect(),
            Vec::new(),
        ] {
            // Generations share files; the new one is of its own.
            std::fs::remove_file(space.path("state").join(&name)).unwrap();
            space.write(&format!("state/{name}"), damaged);
            let run = list();
            tried += 1;
            refused += i32::from(run.code == 4);
            let is_whole = run.code == 0 && run.stdout == good.stdout;
            assert!(
                is_whole || run.code == 4 && run.stdout.is_empty(),
                "{name}: {} {}",
                run.code,
                run.stderr
            );
        }
        std::fs::remove_file(space.path("state").join(&name)).unwrap();
        space.write(&format!("state/{name}"), bytes);
    }
    println!("{tried} damages, {refused} refused, the others seen through");
    assert!(tried >= 50 && refused >= 5, "{refused} of {tried}");
    assert_eq!((list().code, list().stdout), (0, good.stdout));
}

#[test]
fn a_reader_that_went_away_is_no_error_unless_it_is_a_program() {
    let space = space("");
    let lines: String = (0..3_000)
        .map(|n| {
            visit("o", &format!("{n}"), &format!("q{n}"), &format!("Desk number {n}"), "2021-03-01")
        })
        .collect();
    space.write("in/b.jsonl", lines);
    for (form, code) in [("--csv", 0), ("--json", 5), ("--quiet", 0)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_queuestat"));
        command.env_clear().current_dir(space.path("")).args(["locations", "in", form]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{form}");
    }
}
