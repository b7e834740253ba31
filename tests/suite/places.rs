//! Names of the configuration and of the archive: what is not obeyed is said, what there is is listed, what was renamed is
//! told once.

use std::collections::BTreeMap;
use std::fs::File;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use serde_json::Value;

use crate::workspace::{AS_OF, Run, Workspace, files, hook, root};

const DESK: &str = "dd31dda9-5ec0-46c6-a75b-71cb1f66a48d";
const PIER: &str = "b23bea4f-8e8a-4da6-b413-04454f8428aa";

/// A visit that was served: organization, id, queue, location, day.
fn visit(organization: &str, id: &str, queue: &str, location: &str, day: &str) -> String {
    let position = format!(
        "\"location\":{},\"queue\":\"{queue}\",\"type\":\"anonymous\",\"createdAt\":\"{day}T10:00:00Z\",\
         \"fulfilledAt\":\"{day}T10:05:00Z\"",
        Value::from(location)
    );
    hook(organization, "positionCompleted", id, &position)
}

/// Arabic, a decomposed accent, a mapped queue, a name in two organizations.
fn archive() -> String {
    [
        visit("harbour", "1", DESK, "Harbour Desk", "2021-03-01"),
        visit("harbour", "2", DESK, "Harbour Desk", "2021-03-02"),
        visit("harbour", "3", PIER, "Pier", "2021-03-02"),
        visit("harbour", "4", "q-cafe", "Cafe\u{301} Kiosk", "2021-03-03"),
        visit("clinic", "1", "q-riyadh", "عيادة الرياض", "2021-03-01"),
        visit("clinic", "2", "q-pier", "Pier", "2021-03-05"),
    ]
    .concat()
}

const NIGHTLY: &str = "[nightly]\narchive = [\"in\"]\nout = \"site\"\nstate_dir = \"state\"\n\
    [[nightly.report]]\nname = \"all\"\nall = true\n";

fn space(config: &str) -> Workspace {
    let space = Workspace::new();
    space.write("in/a.jsonl", archive());
    space.write("queuestat.toml", format!("{config}\n{NIGHTLY}"));
    space
}

/// The three commands that judge a configuration; each with a state and a report of its own.
fn all_commands(space: &Workspace) -> Vec<(&'static str, Run)> {
    let common = ["--config", "queuestat.toml", "--as-of", AS_OF];
    let run = |args: &[&str]| space.run(&[args, &common].concat());
    vec![
        ("report", run(&["report", "in", "--out", "out", "--only", "csv"])),
        ("check", run(&["check", "in"])),
        ("locations", run(&["locations", "in"])),
        ("nightly", run(&["nightly"])),
        ("nightly without news", run(&["nightly"])),
        ("locations of a state", run(&["locations", "--state", "state"])),
    ]
}

fn warnings(run: &Run) -> Vec<&str> {
    run.stderr.lines().filter_map(|line| line.strip_prefix("warning: ")).collect()
}

#[test]
fn what_matches_is_not_warned_of_however_it_is_typed() {
    let space = space(&format!(
        "[locations.\"Harbour  Desk \"]\ntime_zone = \"Europe/Oslo\"\n\
         [locations.\"Caf\u{e9}\u{a0}Kiosk\"]\nname = \"Kiosk\"\n\
         [locations.\"Kiosk\"]\ntarget_minutes = 3\n\
         [locations.\"\u{200f}عيادة الرياض\"]\ntime_zone = \"Asia/Riyadh\"\n\
         [queues.\"{}\"]\nname = \"Quay\"\n\
         [locations.\"Quay\"]\ntime_zone = \"Europe/Paris\"\n\
         [locations.\"Pier\"]\ntime_zone = \"Europe/London\"\n\
         [queues.\"q-cafe\"]\ntarget_minutes = 3\n",
        PIER.to_uppercase()
    ));
    for (command, run) in all_commands(&space) {
        assert_eq!((run.code, warnings(&run)), (0, vec![]), "{command}: {}", run.stderr);
    }
    // The mapping by a UUID in capitals is obeyed too.
    let csv = space.run(&["locations", "in", "--csv", "--quiet"]).stdout;
    assert!(csv.contains("\"harbour\",\"Quay\"") && csv.contains("\"Europe/Paris\""), "{csv}");
    assert!(!csv.contains("\"harbour\",\"Pier\"") && csv.contains("\"clinic\",\"Pier\""), "{csv}");
}

#[test]
fn what_matches_nothing_is_warned_of_with_the_nearest_names() {
    let near_desk = DESK.replace("48d", "48e");
    let space = space(&format!(
        "[locations.\"Harbor Desk\"]\ntime_zone = \"Europe/Oslo\"\n\
         [locations.\"café kiosk\"]\nname = \"Kiosk\"\n\
         [locations.\"PIER\"]\n[locations.\"Airport \\\"A\\\"\"]\n\
         [locations.\"عيادة الرياص\"]\ntime_zone = \"Asia/Riyadh\"\n\
         [queues.\"{near_desk}\"]\nname = \"Desk\"\n[queues.\"nobody\"]\nname = \"Desk\"\n"
    ));
    let expected = [
        "`[locations.\"Airport \\\"A\\\"\"]` of `queuestat.toml` matches no location; there are 5 locations, and `queuestat locations` lists them".to_owned(),
        "`[locations.\"Harbor Desk\"]` of `queuestat.toml` matches no location; did you mean `Harbour Desk`?".to_owned(),
        "`[locations.\"PIER\"]` of `queuestat.toml` matches no location; did you mean `Pier`?".to_owned(),
        "`[locations.\"café kiosk\"]` of `queuestat.toml` matches no location; did you mean `Café Kiosk`?".to_owned(),
        "`[locations.\"عيادة الرياص\"]` of `queuestat.toml` matches no location; did you mean `عيادة الرياض`?".to_owned(),
        format!("`[queues.\"{near_desk}\"]` of `queuestat.toml` matches no queue; did you mean `{DESK}`?"),
        "`[queues.\"nobody\"]` of `queuestat.toml` matches no queue; there are 5 queues, and `queuestat locations` lists them".to_owned(),
    ];
    for (command, run) in all_commands(&space) {
        assert_eq!(run.code, 3, "{command}: {}", run.stderr);
        assert_eq!(warnings(&run), expected, "{command}");
    }
    let run_file = std::fs::read_to_string(space.path("site/current/run.json")).unwrap();
    let run_file: Value = serde_json::from_str(&run_file).unwrap();
    assert_eq!(
        (&run_file["exit_code"], &run_file["warnings"][1]),
        (&3.into(), &expected[1].as_str().into())
    );
    // Pages are of one organization, and the names of another are none of its business.
    for (name, bytes) in files(&space.path("site/current")) {
        let text = String::from_utf8(bytes).unwrap();
        assert!(!name.ends_with(".html") || !text.contains("matches no"), "{name}");
    }
}

#[test]
fn a_night_judges_by_everything_that_is_kept() {
    let space = space("[locations.\"Pier\"]\ntime_zone = \"Europe/Oslo\"\n[locations.\"Lobby\"]\n");
    let night =
        |day: u32| space.run(&["nightly", "--as-of", &format!("2021-03-{day:02}T02:00:00Z")]);
    let first = night(10);
    assert_eq!((first.code, warnings(&first).len()), (3, 1), "{}", first.stderr);
    assert!(warnings(&first)[0].contains("\"Lobby\""));
    // Tonight brings the lobby, and nothing of the pier.
    space.write("in/b.jsonl", visit("harbour", "9", "q-lobby", "Lobby", "2021-03-10"));
    let second = night(11);
    assert_eq!((second.code, warnings(&second)), (0, vec![]), "{}", second.stderr);
}

#[test]
fn an_empty_archive_is_no_reason_to_doubt_the_configuration() {
    let space = space("[locations.\"Pier\"]\ntime_zone = \"Europe/Oslo\"\n");
    space.write("in/a.jsonl", "\n");
    for (command, run) in all_commands(&space) {
        assert!(!run.stderr.contains("matches no"), "{command}: {}", run.stderr);
    }
    let list = space.run(&["locations", "in"]);
    assert_eq!(list.stdout, "no locations\n", "{}", list.stderr);
}

#[test]
fn what_was_asked_for_and_is_not_there_is_an_error_with_names() {
    let space = space("[locations.\"Café Kiosk\"]\nname = \"Kiosk\"\n");
    for (args, hint) in [
        (["--location", "Habour Desk"], "did you mean `Harbour Desk`?"),
        (["--location", "harbour desk"], "did you mean `Harbour Desk`?"),
        (["--location", "café kiosk"], "did you mean `Kiosk`?"),
        (["--location", "Café Kiosk"], "did you mean `Kiosk`?"),
        (
            ["--location", "Airport"],
            "there are 5 locations; `queuestat locations` lists what there is",
        ),
        (["--organization", "Harbour"], "did you mean `harbour`?"),
        (
            ["--organization", "x\u{1b}[31m"],
            "there are 2 organizations; `queuestat locations` lists what there is",
        ),
    ] {
        let run = space.report("in", &args);
        assert_eq!(run.code, 2, "{args:?} {}", run.stderr);
        assert!(run.stderr.contains(hint), "{args:?} {}", run.stderr);
        assert!(!run.stderr.contains('\u{1b}'), "{:?}", run.stderr);
    }
    for name in ["Kiosk", " Harbour  Desk", "Pier"] {
        let run = space.report("in", &["--location", name, "--only", "csv"]);
        assert_eq!(run.code, 0, "{name} {}", run.stderr);
    }
}

/// A name as a person may type it.
fn spelled(name: &str, how: usize) -> String {
    match how % 4 {
        0 => name.to_owned(),
        1 => format!(" {}\u{200b} ", name.replace(' ', "\u{a0}")),
        2 => name.replace('é', "e\u{301}").replace('ö', "o\u{308}"),
        _ => name.replace(' ', "  "),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    /// A section with the name of a location, or the id of a queue, never warns; one slip of the finger does, and the name
    /// that was meant is offered.
    #[test]
    fn exact_sections_are_silent_and_slips_are_found(
        names in prop::collection::btree_set("[A-ZÖعا][a-zéöعيا]{3,9}( [A-Z0-9][a-zéöيا]{3,9}){0,2}", 2..9),
        how in 0_usize..4, at in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(),
    ) {
        let names: Vec<&String> = names.iter().collect();
        let space = Workspace::new();
        let (mut text, mut config) = (String::new(), String::new());
        for (n, name) in names.iter().enumerate() {
            text.push_str(&visit("o", &format!("{n}"), &format!("queue {n}"), name, "2021-03-01"));
            let spelled = spelled(name, how + n);
            config.push_str(&format!("[locations.{spelled:?}]\n[queues.\"queue {n}\"]\n").replace("\\u{a0}", "\u{a0}")
                .replace("\\u{200b}", "\u{200b}").replace("\\u{301}", "\u{301}").replace("\\u{308}", "\u{308}"));
        }
        space.write("in/a.jsonl", text);
        space.write("in/queuestat.toml", &config);
        let run = space.run(&["check", "in", "--as-of", AS_OF]);
        prop_assert_eq!((run.code, warnings(&run)), (0, vec![]), "{}", run.stderr);

        let meant = at.get(&names);
        let mut letters: Vec<char> = meant.chars().collect();
        letters.remove(place.index(letters.len()));
        let slipped: String = letters.into_iter().collect();
        prop_assume!(!names.iter().any(|name| **name == slipped.trim()));
        space.write("in/queuestat.toml", format!("[locations.\"{slipped}\"]\n"));
        let run = space.run(&["check", "in", "--as-of", AS_OF]);
        let said = warnings(&run);
        prop_assert_eq!((run.code, said.len()), (3, 1), "{}", run.stderr);
        let offered = format!("`{meant}`");
        prop_assert!(said[0].contains(&offered), "{} {}", offered, said[0]);
    }
}

/// Columns of a CSV text, by name.
fn columns(csv: &str, wanted: &[&str]) -> Vec<Vec<String>> {
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
    assert_eq!(
        run.stdout,
        "organization  location      location_id            tickets  first       last        time zone                   queues\n\
         clinic        Pier          pier-cbb85a77                1  2021-03-05  2021-03-05  Europe/London                    1  q-pier\n\
         clinic        عيادة الرياض  location-d0b71eb1            1  2021-03-01  2021-03-01  Europe/Stockholm (default)       1  q-riyadh\n"
            .to_owned()
            + &run.stdout.lines().skip(3).map(|line| format!("{line}\n")).collect::<String>()
    );
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
    let table = space.run(&["locations", "in"]).stdout;
    assert!(
        !table.contains('\u{1b}') && !table.contains(&"x".repeat(60)) && table.contains("xx… *"),
        "{table}"
    );
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
        let run =
            space.report("in", &["--only", "csv", "--config", "other.toml", as_of[0], as_of[1]]);
        assert!(run.code == 2, "--as-of twice is an error: {}", run.stderr);
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
    let census =
        files(&space.path("state")).into_keys().find(|name| name.contains("census/")).unwrap();
    space.write(&format!("state/{census}"), "{}");
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
fn a_reader_that_went_away_is_no_error() {
    let space = space("");
    let lines: String = (0..3_000)
        .map(|n| {
            visit("o", &format!("{n}"), &format!("q{n}"), &format!("Desk number {n}"), "2021-03-01")
        })
        .collect();
    space.write("in/b.jsonl", lines);
    for form in ["--csv", "--json", "--quiet"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_queuestat"));
        command.env_clear().current_dir(space.path("")).args(["locations", "in", form]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{form}");
    }
}

fn notes(run: &Run) -> Vec<&str> {
    run.stderr.split("note: ").skip(1).filter(|note| note.starts_with("queue `")).collect()
}

#[test]
fn a_renamed_queue_is_told_with_the_lines_that_make_it_one() {
    let space = space("time_zone = \"Asia/Riyadh\"\n");
    let new = "The \"new\" desk";
    // Late in the evening in UTC is the next day in Riyadh.
    let line = visit("harbour", "20", DESK, new, "2021-03-03").replace("T10:", "T22:");
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
fn the_examples_of_the_readme_are_of_the_sample() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let blocks: Vec<&str> =
        readme.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    let named = blocks.iter().filter(|block| {
        ["[locations.", "[queues.", "[organizations."].iter().any(|section| block.contains(section))
    });
    let data = root().join("data");
    let mut tried = 0;
    for block in named {
        let space = Workspace::new();
        space.write("example.toml", block);
        let run =
            space.report(data.to_str().unwrap(), &["--config", "example.toml", "--only", "csv"]);
        assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
        assert!(!run.stderr.contains("matches no"), "{}", run.stderr);
        tried += 1;
    }
    assert!(tried > 0, "no example names a place");
}
