//! What time and the neighbours do to a ticket, night for night: lapsed, in line, moved, in a burst over two months.
//! Every night is that of one report.

use std::collections::BTreeMap;
use std::path::Path;

use crate::workspace::{Workspace, files, hook};

const CONFIG: &str = "time_zone = \"America/New_York\"\n[gates]\nsilent_days = 0\nrefuse_fall = 0\n\
    [nightly]\narchive = [\"archive\"]\nout = \"site\"\n[[nightly.report]]\nname = \"all\"\nall = true\n";

/// A walk-in with some more times.
fn line(event: &str, id: &str, created: &str, more: &str) -> String {
    let position =
        format!("\"location\":\"A\",\"type\":\"anonymous\",\"createdAt\":\"{created}\"{more}");
    hook("org", event, id, &position)
}

/// A walk-in that is served at closing time, 22:00 in New York: the first second that counts as April in UTC is long past.
fn closed(id: &str, created: &str, second: &str) -> String {
    let at = format!("2021-04-01T02:00:{second}Z");
    line("positionFulfilled", id, created, &format!(",\"fulfilledAt\":\"{at}\""))
}

fn csv(folder: &Path) -> BTreeMap<String, String> {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let all = files(folder).into_iter().filter(|(name, _)| name.ends_with(".csv"));
    all.map(|(name, bytes)| (name, text(bytes))).collect()
}

/// A night, compared with one report; its CSV files.
fn night(space: &Workspace, as_of: &str) -> BTreeMap<String, String> {
    let run = space.run(&["nightly", "--as-of", as_of, "--force"]);
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    let mut args = vec!["report", "archive", "--out", "once", "--as-of", as_of, "--only", "csv"];
    args.extend(["--force", "--config", "queuestat.toml"]);
    let run = space.run(&args);
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    let (nights, once) = (csv(&space.path("site/current/all")), csv(&space.path("once")));
    assert!(once.len() >= 8);
    for (name, text) in &once {
        assert_eq!(&nights[name], text, "{as_of} {name}");
    }
    nights
}

/// The count of a counter with a detail; `None` if its row is not there.
fn counter(files: &BTreeMap<String, String>, measure: &str, detail: &str) -> Option<u64> {
    let (_, text) = files.iter().find(|(name, _)| name.ends_with("data_quality.csv")).unwrap();
    let start = format!("\"{measure}\",\"{detail}\",");
    let row = text.lines().find_map(|line| line.split_once(&start))?;
    row.1.parse().ok()
}

/// A column of the only row of `locations.csv`.
fn cell(files: &BTreeMap<String, String>, column: &str) -> String {
    let (_, text) = files.iter().find(|(name, _)| name.ends_with("locations.csv")).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let (head, row) = (lines.next().unwrap(), lines.next().unwrap());
    let at = head.iter().position(|name| name.trim_matches('"') == column).unwrap();
    row[at].to_owned()
}

#[test]
fn a_burst_of_two_months_is_found_when_its_last_ticket_comes_and_lost_when_it_goes() {
    for (leave_out, waits) in [(true, ["5", "2", "4"]), (false, ["5", "7", "7"])] {
        let space = Workspace::new();
        space.write("queuestat.toml", format!("{CONFIG}[wait]\nleave_out_bursts = {leave_out}\n"));
        let march = |n: u32| closed(&format!("m{n}"), "2021-03-31T20:00:00Z", &format!("00.{n}"));
        let mut text: String = (0..3).map(march).collect();
        text += &closed("m8", "2021-03-31T20:30:00Z", "01");
        text += &closed("m9", "2021-03-31T20:30:00Z", "02");
        space.write("archive/1.jsonl", &text);
        let first = night(&space, "2021-04-02T02:00:00Z");
        assert_eq!(counter(&first, "reset_burst", ""), Some(0));
        assert_eq!(cell(&first, "waits"), waits[0]);
        // Tickets of April alone: those of March are touched by nothing but their neighbours.
        let april = |n: u32| closed(&format!("a{n}"), "2021-04-01T01:00:00Z", &format!("00.{n}"));
        space.write("archive/2.jsonl", (0..2).map(april).collect::<String>());
        let second = night(&space, "2021-04-03T02:00:00Z");
        assert_eq!(counter(&second, "reset_burst", "check_in"), Some(5));
        assert_eq!(cell(&second, "waits"), waits[1]);
        assert_eq!(
            (cell(&second, "served"), cell(&second, "within_target_rate").as_str()),
            ("7".into(), "0.0000")
        );
        // One of them was checked in before: four are no burst.
        let earlier = closed("a1", "2021-04-01T01:00:00Z", "00").replace("02:00:00", "01:30:00");
        space.write("archive/3.jsonl", &earlier);
        let third = night(&space, "2021-04-04T02:00:00Z");
        assert_eq!(counter(&third, "reset_burst", ""), Some(0));
        assert_eq!(cell(&third, "waits"), "7");
        // A night without news keeps what it knows; one of April brings the burst back, and one more for its own.
        night(&space, "2021-04-05T02:00:00Z");
        space.write("archive/4.jsonl", (5..8).map(april).collect::<String>());
        let fourth = night(&space, "2021-04-06T02:00:00Z");
        assert_eq!(counter(&fourth, "reset_burst", "check_in"), Some(7));
        assert_eq!(cell(&fourth, "waits"), if leave_out { "3" } else { "10" });
        let verified = space.run(&["state", "verify"]);
        assert_eq!(verified.code, 0, "{}", verified.stdout);
    }
}

#[test]
fn time_alone_ends_tickets_in_nights_without_news() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    let mut text = line("positionCreated", "left", "2021-03-31T20:00:00Z", "");
    text += &closed("served", "2021-03-31T20:30:00Z", "02");
    // Called, and no end: it stays open.
    let called = ",\"calledAt\":\"2021-03-31T20:20:00Z\"";
    text += &line("positionCalled", "called", "2021-03-31T20:10:00Z", called);
    space.write("archive/1.jsonl", &text);
    // The day of New York is over at 04:00 UTC.
    for (as_of, open, lapsed_or_unknown) in [
        ("2021-04-01T03:59:00Z", "2", 0),
        ("2021-04-01T04:00:00Z", "2", 1),
        ("2021-04-02T03:59:00Z", "2", 1),
        ("2021-04-02T04:00:00Z", "1", 1),
        ("2021-05-02T04:00:00Z", "1", 1),
    ] {
        let files = night(&space, as_of);
        assert_eq!(cell(&files, "open"), open, "{as_of}");
        assert_eq!(counter(&files, "line_end_unknown", ""), Some(lapsed_or_unknown), "{as_of}");
    }
}

#[test]
fn nothing_lapses_where_no_check_in_was_ever_seen() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    // A status says that it was served, and no event does.
    let mut text =
        line("feedbackReceived", "f", "2021-03-02T20:00:00Z", ",\"status\":\"completed\"");
    text += &line("positionCreated", "left", "2021-03-03T20:00:00Z", "");
    space.write("archive/1.jsonl", &text);
    assert_eq!(cell(&night(&space, "2021-04-01T02:00:00Z"), "open"), "1");
    // A check-in of another month says that they are archived.
    let fulfilled = ",\"fulfilledAt\":\"2021-04-01T20:00:09Z\"";
    space.write(
        "archive/2.jsonl",
        line("positionFulfilled", "s", "2021-04-01T20:00:00Z", fulfilled),
    );
    assert_eq!(cell(&night(&space, "2021-04-02T02:00:00Z"), "open"), "0");
}

#[test]
fn two_queues_of_a_ticket_are_counted_once_whatever_the_nights() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    let queue = |id: &str, queue: &str| {
        line("positionCreated", id, "2021-03-31T20:00:00Z", &format!(",\"queue\":\"{queue}\""))
    };
    space.write("archive/1.jsonl", &(queue("x", "q1") + &queue("y", "q1")));
    assert_eq!(counter(&night(&space, "2021-04-01T02:00:00Z"), "seen_in_two_queues", ""), Some(0));
    space.write("archive/2.jsonl", &(queue("x", "q2") + &queue("y", "q1")));
    assert_eq!(counter(&night(&space, "2021-04-02T02:00:00Z"), "seen_in_two_queues", ""), Some(1));
    space.write("archive/3.jsonl", &(queue("x", "q1") + &queue("x", "q3")));
    assert_eq!(counter(&night(&space, "2021-04-03T02:00:00Z"), "seen_in_two_queues", ""), Some(1));
}

/// Ten were served after five minutes, and ten more still stand there at the run: only on their own day, and as long as they do.
#[test]
fn who_still_waits_is_in_the_curves_of_that_day_alone() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    let served = |n: u32| {
        let end = ",\"fulfilledAt\":\"2021-03-31T20:05:00Z\"";
        line("positionFulfilled", &format!("s{n}"), "2021-03-31T20:00:00Z", end)
    };
    let open = |n: u32| line("positionCreated", &format!("o{n}"), "2021-03-31T20:35:00Z", "");
    space.write("archive/1.jsonl", (0..10).flat_map(|n| [served(n), open(n)]).collect::<String>());
    let curves = |files: &BTreeMap<String, String>| {
        let (_, text) = files.iter().find(|(name, _)| name.ends_with("curves.csv")).unwrap();
        let row = |line: &str| line.split(',').skip(3).take(3).collect::<Vec<_>>().join(" ");
        text.lines().skip(1).map(row).collect::<Vec<_>>()
    };
    let until = |minutes: u32, at_risk: u32| -> Vec<String> {
        let row = |minute| {
            let at_risk = if minute <= minutes { at_risk } else { 10 };
            format!("{minute} {at_risk} {}.0000", u32::from(minute == 5))
        };
        (0..=5).map(row).collect()
    };
    assert_eq!(curves(&night(&space, "2021-03-31T20:37:00Z")), until(2, 20));
    assert_eq!(curves(&night(&space, "2021-03-31T20:39:00Z")), until(4, 20));
    // At midnight in New York, which is another month in UTC before that.
    assert_eq!(curves(&night(&space, "2021-04-01T04:00:00Z")), until(5, 10));
    // Two went when their time was known, one was not there.
    let gone = |id: &str, more: &str| {
        let end = format!(",\"rejectedAt\":\"2021-03-31T20:36:00Z\"{more}");
        let (event, created) = ("positionRemoved", "2021-03-31T20:35:00Z");
        line(event, id, created, &end)
    };
    let called = ",\"calledAt\":\"2021-03-31T20:36:00Z\"";
    space.write("archive/2.jsonl", gone("o0", "") + &gone("o1", "") + &gone("o2", called));
    let later = night(&space, "2021-04-02T04:00:00Z");
    let expected = ["0 13 0.0000", "1 13 0.0000", "2 10 0.0000", "3 10 0.0000", "4 10 0.0000"];
    assert_eq!(curves(&later), [&expected[..], &["5 10 0.7692"]].concat());
}
