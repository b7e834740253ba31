//! Nights between which something odd happens: a clock that is ahead once, a zone that changes after tickets were forgotten, files
//! that are renamed while another one cannot be read. The next nights have the figures of one report over the same lines.

use std::fs;

use chrono::{Days, NaiveDate};

use crate::forget::forget;
use crate::workspace::{Workspace, hook};

const CONFIG: &str = "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"in\"]\nout = \"site\"\nstate_dir = \"state\"\n[[nightly.report]]\nname = \"all\"\nall = true\n";

/// The day of the machine's own clock, as a run says.
fn today() -> NaiveDate {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    space.write("in/a", ticket("t", "A", "2021-03-01T09:00:00Z"));
    let run = space.run(&["nightly"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let told = fs::read(space.path("site/current/run.json")).unwrap();
    let told: serde_json::Value = serde_json::from_slice(&told).unwrap();
    told["as_of"].as_str().unwrap()[..10].parse().unwrap()
}

fn night(space: &Workspace, day: &str) -> String {
    let run = space.run(&["nightly", "--as-of", &format!("{day}T06:00:00Z")]);
    assert!(matches!(run.code, 0 | 3), "{day}: {}", run.stderr);
    run.stderr
}

fn ticket(id: &str, place: &str, at: &str) -> String {
    let fields =
        format!("\"location\":\"{place}\",\"createdAt\":\"{at}\",\"status\":\"completed\"");
    hook("acme", "positionCompleted", id, &fields)
}

/// Tickets of a day, one each minute of an hour.
fn day(date: &str, hour: u32, n: usize) -> String {
    let one = |minute| {
        ticket(
            &format!("{date}-{hour}-{minute}"),
            "A",
            &format!("{date}T{hour:02}:{minute:02}:00Z"),
        )
    };
    (0..n).map(one).collect()
}

/// A cell of each row of the locations.
fn locations(space: &Workspace, wanted: &str) -> Vec<String> {
    let folder = fs::read_dir(space.path("site/current/all")).unwrap();
    let folder = folder.map(|entry| entry.unwrap().path()).find(|path| path.is_dir()).unwrap();
    let text = fs::read_to_string(folder.join("locations.csv")).unwrap();
    let header = text.lines().next().unwrap();
    let at = header.split(',').position(|name| name == wanted).unwrap();
    text.lines().skip(1).map(|row| row.split(',').nth(at).unwrap().to_owned()).collect()
}

/// A clock that nobody typed cannot be set here, so the last night is tonight.
#[test]
fn a_clock_that_is_ahead_for_a_night_leaves_later_tickets_in_the_figures() {
    let today = today();
    let before = |days| (today - Days::new(days)).to_string();
    for keep in ["", "keep_months = 24\n"] {
        let made = |last: usize| {
            let space = Workspace::new();
            let config = CONFIG.replace("[nightly]\n", &format!("[nightly]\n{keep}"));
            space.write("queuestat.toml", config);
            for days in 3..27 {
                space.write(&format!("in/{}", before(days)), day(&before(days), 9, 60));
            }
            night(&space, &before(2));
            night(&space, &(today + Days::new(1_100)).to_string());
            space.write(&format!("in/{}", before(2)), day(&before(2), 9, 60));
            space.write(&format!("in/{}", before(1)), day(&before(1), 9, last));
            let run = space.run(&["nightly"]);
            (space, run)
        };
        let (space, run) = made(60);
        assert!(matches!(run.code, 0 | 3), "{}", run.stderr);
        assert!(!run.stderr.contains("left out"), "{}", run.stderr);
        assert_eq!(locations(&space, "tickets"), ["1560"], "{keep}");
        // What is forgotten by hand goes by the last night, not by the one of the future.
        let run = forget(&space, &["--ticket", &format!("{}-9-1", before(1))]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let told = fs::read_to_string(space.path("site/current/run.json")).unwrap();
        assert!(told.contains(&format!("\"as_of\": \"{today}T")), "{told}");
        assert_eq!(locations(&space, "tickets"), ["1559"], "{keep}");
        // The day before is judged.
        let (_, run) = made(2);
        assert_eq!(run.code, 4, "{keep}: {}", run.stderr);
    }
}

#[test]
fn nothing_is_forgotten_before_a_date_that_is_still_to_come() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    space.write("in/a", day("2026-11-01", 9, 60));
    night(&space, "2026-11-02");
    let run = forget(&space, &["--before", "2027-01-01"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("give a date up to 2026-11-04"), "{}", run.stderr);
    assert_eq!(forget(&space, &["--before", "2026-11-02"]).code, 0);
}

#[test]
fn a_zone_that_changes_after_tickets_were_forgotten_loses_none_of_the_others() {
    let space = Workspace::new();
    let config = CONFIG.replace("[nightly]\n", "[nightly]\nkeep_months = 1\n");
    space.write("queuestat.toml", config.clone());
    space.write("in/a", day("2026-10-01", 1, 20) + &day("2026-10-01", 15, 20));
    space.write("in/b", day("2026-11-04", 15, 20));
    night(&space, "2026-11-05");
    // Twenty of them were made on the last day of September now, up to which single tickets are forgotten.
    space.write("queuestat.toml", format!("time_zone = \"America/New_York\"\n{config}"));
    night(&space, "2026-11-06");
    space.write("in/c", day("2026-11-30", 15, 20));
    // And one that is late indeed.
    space.write("in/d", ticket("late", "A", "2026-09-30T12:00:00Z") + &day("2026-10-01", 2, 1));
    let said = night(&space, "2026-12-02");
    assert!(said.contains("left out of tonight's lines: 2 tickets"), "{said}");
    assert_eq!(locations(&space, "tickets"), ["80"]);
}

/// Two files tell of a ticket, equally new: the later one by name wins. Their order is turned round while one cannot be read, or in
/// a run that reads nothing.
#[test]
fn a_new_order_of_files_counts_once_both_can_be_read() {
    let both = |space: &Workspace| {
        space.write("in/a", ticket("t", "AAA", "2026-11-01T09:00:00Z"));
        space.write("in/b", ticket("t", "BBB", "2026-11-01T09:00:00Z") + &day("2026-11-01", 10, 1));
        night(space, "2026-11-02");
        assert_eq!(locations(space, "location"), ["\"A\"", "\"BBB\""]);
    };
    // Somebody forgets another ticket between.
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    both(&space);
    fs::rename(space.path("in/b"), space.path("in/0")).unwrap();
    assert_eq!(forget(&space, &["--ticket", "2026-11-01-10-0"]).code, 0);
    night(&space, "2026-11-03");
    assert_eq!(locations(&space, "location"), ["\"AAA\""]);
    // The other file is only half there for a night.
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    both(&space);
    fs::rename(space.path("in/b"), space.path("in/0")).unwrap();
    let whole = fs::read(space.path("in/a")).unwrap();
    let packed = zstd::encode_all(&whole[..], 3).unwrap();
    fs::write(space.path("in/a"), &packed[..packed.len() / 2]).unwrap();
    night(&space, "2026-11-03");
    fs::write(space.path("in/a"), &whole).unwrap();
    night(&space, "2026-11-04");
    assert_eq!(locations(&space, "location"), ["\"A\"", "\"AAA\""]);
}

/// Ratings of another scale, or times of before another date, would be read differently.
#[test]
fn a_state_is_not_asked_by_settings_that_its_tickets_were_not_read_with() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    space.write("in/a", day("2026-11-01", 9, 20));
    night(&space, "2026-11-02");
    for (settings, code) in [
        ("", 0),
        ("[ratings]\nhide_below = 3\n", 0),
        ("[ratings]\nscale = 3\n", 2),
        ("[archive]\nearliest = \"2026-01-01\"\n", 2),
    ] {
        space.write("other.toml", settings);
        for command in [
            vec!["ask"],
            vec!["export", "ratings", "--output", "-"],
            vec!["report", "--out", "r"],
            vec!["locations"],
        ] {
            let args = [&command[..], &["--state", "state", "--config", "other.toml"]].concat();
            let run = space.run(&args);
            assert_eq!(run.code, code, "{args:?} {settings} {}", run.stderr);
            assert_eq!(run.stderr.contains("was made with another"), code == 2, "{}", run.stderr);
        }
        let _none = fs::remove_dir_all(space.path("r"));
    }
}
