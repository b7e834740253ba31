//! Ids that were used again, or anonymised to one, and tickets that were passed on: told, never silently one visit.

use std::fs;

use crate::workspace::{Run, Workspace, hook, only};

const CONFIG: &str = "[gates]\nsilent_days = 0\nrefuse_fall = 1.0\n[nightly]\narchive = [\"in\"]\nout = \"site\"\nstate_dir = \"state\"\n\
    [[nightly.report]]\nname = \"all\"\nall = true\n";

/// A visit of a day of March 2021.
fn visit(id: &str, day: u32, queue: &str) -> String {
    let at = format!("2021-03-{day:02}T10");
    let position = format!(
        "\"location\":\"A\",\"queue\":\"{queue}\",\"createdAt\":\"{at}:00:00Z\",\"fulfilledAt\":\"{at}:05:00Z\""
    );
    hook("org", "positionFulfilled", id, &position)
}

fn good(n: usize) -> String {
    (0..n).map(|n| visit(&format!("good-{n}"), 1, "q")).collect()
}

fn report(space: &Workspace) -> Run {
    space.run(&["report", "in", "--out", "out", "--as-of", "2021-04-02T00:00:00Z"])
}

fn counted(space: &Workspace, measure: &str) -> String {
    let quality = space.csv("data_quality.csv");
    let row = quality.lines().find(|row| row.starts_with(&format!("\"{measure}\","))).unwrap();
    row.rsplit(',').next().unwrap().to_owned()
}

#[test]
fn one_id_for_many_visits_is_a_warning_however_many_others_are_good() {
    let space = Workspace::new();
    let one: String = (1..=30).map(|day| visit("00000000", day, "q")).collect();
    for (others, tickets) in [(0, "1 of 1 ticket was"), (500, "1 of 501 tickets was")] {
        space.write("in/a.jsonl", one.clone() + &good(others));
        let run = report(&space);
        assert_eq!(run.code, 3, "{}", run.stderr);
        let words = format!("`org`: {tickets} created on several dates (ten or more)");
        assert!(run.stderr.contains(&words), "{}", run.stderr);
        assert!(!run.stderr.contains("00000000"), "{}", run.stderr);
        assert_eq!(counted(&space, "several_creations"), "1");
        let page = space.csv("index.html");
        assert!(page.contains("created on several dates"), "{others}");
        let check = space.run(&["check", "in", "--as-of", "2021-04-02T00:00:00Z"]);
        assert!(check.stdout.contains("several dates") || check.stderr.contains("several dates"));
    }
}

#[test]
fn a_share_of_reused_ids_is_judged_by_the_gate() {
    let space = Workspace::new();
    let reused = |n: usize| -> String {
        (0..n).flat_map(|n| [1, 2].map(|day| visit(&format!("again-{n}"), day, "q"))).collect()
    };
    for (n, code) in [(0, 0), (1, 0), (2, 3), (40, 3)] {
        space.write("in/a.jsonl", reused(n) + &good(150 - n));
        let run = report(&space);
        assert_eq!(run.code, code, "{n}: {}", run.stderr);
        assert_eq!(run.stderr.contains("several dates"), code == 3, "{n}: {}", run.stderr);
        assert_eq!(counted(&space, "several_creations"), n.to_string());
    }
    // The same creation, told by each webhook of a ticket, is one.
    space.write("in/a.jsonl", [visit("1", 1, "q"), visit("1", 1, "q")].concat());
    assert_eq!((report(&space).code, counted(&space, "several_creations")), (0, "0".to_owned()));
}

#[test]
fn nights_hear_of_an_id_that_comes_again_each_day_and_end_like_one_report() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    for day in 1..=12_u32 {
        space.write(&format!("in/{day:02}.jsonl"), visit("0000", day, "q"));
        let as_of = format!("2021-03-{:02}T02:00:00Z", day + 1);
        let run = space.run(&["nightly", "--as-of", &as_of]);
        assert_eq!(run.code, if day == 1 { 0 } else { 3 }, "{day}: {}", run.stderr);
        assert_eq!(run.stderr.contains("ten or more"), day >= 10, "{day}: {}", run.stderr);
        let args = ["report", "in", "--out", "out", "--as-of", &as_of];
        assert_eq!(space.run(&args).code, run.code);
        let night = only(&space.path("site/current/all"));
        for name in ["data_quality.csv", "locations.csv", "index.html"] {
            let shown = fs::read_to_string(night.join(name)).unwrap();
            assert_eq!(shown, space.csv(name), "{day} {name}");
        }
    }
}

#[test]
fn tickets_that_were_passed_on_are_counted_and_told() {
    let space = Workspace::new();
    space.write("in/a.jsonl", visit("1", 1, "reception") + &visit("1", 1, "specialist") + &good(9));
    let run = report(&space);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("`org`: 1 of 10 tickets was seen in two queues"), "{}", run.stderr);
    assert_eq!(counted(&space, "seen_in_two_queues"), "1");
    assert!(space.csv("index.html").contains("1 ticket of the archive was seen in two queues"));
    space.write(
        "in/a.jsonl",
        visit("1", 1, "reception") + &visit("1", 1, "specialist") + &good(199),
    );
    let run = report(&space);
    assert!(run.code == 0 && !run.stderr.contains("two queues"), "{}", run.stderr);
    space.write("in/a.jsonl", good(9));
    assert_eq!(report(&space).code, 0);
    assert!(!space.csv("index.html").contains("passed on"));
}
