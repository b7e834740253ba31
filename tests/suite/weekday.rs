//! A night that brought far fewer tickets than the same weekday before is refused, and false alarms are rare.

use crate::workspace::{Run, Workspace, files, hook};

const CONFIG: &str = "time_zone = \"Europe/Stockholm\"\n[organizations.org]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\n\
    state_dir = \"state\"\n[[nightly.report]]\nname = \"all\"\nall = true\n";

/// The lines of a day of April, so many tickets.
fn lines(day: u32, tickets: usize) -> String {
    let line = |n: usize| {
        let at = format!("2021-04-{day:02}T{:02}:{:02}:00Z", 6 + n / 60, n % 60);
        let position =
            format!("\"location\":\"A\",\"createdAt\":\"{at}\",\"fulfilledAt\":\"{at}\"");
        hook("org", "positionCompleted", &format!("{day}-{n}"), &position)
    };
    (0..tickets).map(line).collect()
}

/// Bookings for a day, made the day before.
fn bookings(day: u32, tickets: usize) -> String {
    let line = |n: usize| {
        let position = format!(
            "\"location\":\"A\",\"type\":\"booking\",\"bookingType\":\"booking\",\
             \"createdAt\":\"2021-04-{:02}T08:00:00Z\",\"startTime\":\"2021-04-{day:02}T08:00:00Z\"",
            day - 1
        );
        hook("org", "positionCreated", &format!("b{day}-{n}"), &position)
    };
    (0..tickets).map(line).collect()
}

/// A day's file.
fn day(space: &Workspace, day: u32, text: &str) {
    space.write(&format!("archive/04-{day:02}.jsonl"), text);
}

/// The night after a day.
fn night(space: &Workspace, day: u32, more: &[&str]) -> Run {
    let as_of = format!("2021-04-{:02}T02:00:00Z", day + 1);
    let mut args = vec!["nightly", "--as-of", &as_of];
    args.extend(more);
    space.run(&args)
}

/// Two weeks of so many tickets a day, with the night after the 14th.
fn two_weeks(config: &str, tickets: usize) -> Workspace {
    let space = Workspace::new();
    space.write("queuestat.toml", config);
    for at in 1..=14 {
        day(&space, at, &lines(at, tickets));
    }
    let run = night(&space, 14, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    space
}

fn assert_published(run: &Run) {
    assert!(run.code == 0 && run.stderr.contains("Published"), "{} {}", run.code, run.stderr);
}

#[test]
fn a_day_that_fell_is_refused_until_somebody_says_so() {
    let space = two_weeks(CONFIG, 60);
    let kept = |space: &Workspace| [files(&space.path("state")), files(&space.path("site"))];
    let before = kept(&space);
    day(&space, 15, &lines(15, 11));
    // Again and again, until more has come or somebody has looked.
    for _ in 0..2 {
        let run = night(&space, 15, &["--quiet"]);
        assert_eq!(run.code, 4, "{}", run.stderr);
        let words = "`org`: 2021-04-15 has 11 tickets, 2021-04-08 had 60 and 2021-04-01 60; nothing was published";
        assert!(run.stderr.contains(words), "{}", run.stderr);
        for hint in ["--force", "public holiday", "gates.refuse_fall"] {
            assert!(run.stderr.contains(hint), "{}", run.stderr);
        }
        assert!(before == kept(&space));
    }
    let run = night(&space, 15, &["--force"]);
    assert_published(&run);
    assert!(run.stderr.contains("warning: `org`: 2021-04-15 has 11 tickets"), "{}", run.stderr);
    // The same day is not judged again, even if more comes.
    day(&space, 15, &lines(15, 12));
    assert_published(&night(&space, 15, &[]));
    // The next one is.
    day(&space, 16, &lines(16, 12));
    assert_published(&night(&space, 16, &[]));
    day(&space, 17, &lines(17, 11));
    assert_eq!(night(&space, 17, &[]).code, 4);
    // A day later it is an old day, which is said once, and the new one is well.
    day(&space, 18, &lines(18, 60));
    let run = night(&space, 18, &[]);
    let words = "`org`: 2021-04-17 has 11 tickets, 2021-04-10 had 60 and 2021-04-03 60; no night before could";
    assert!(run.code == 3 && run.stderr.contains(words), "{}", run.stderr);
    day(&space, 19, &lines(19, 60));
    assert_published(&night(&space, 19, &[]));
    assert!(files(&space.path("site")).len() > before[1].len());
}

#[test]
fn more_of_the_day_makes_it_well() {
    let space = two_weeks(CONFIG, 60);
    day(&space, 15, &lines(15, 5));
    assert_eq!(night(&space, 15, &[]).code, 4);
    day(&space, 15, &lines(15, 50));
    assert_published(&night(&space, 15, &[]));
}

#[test]
fn what_is_no_alarm() {
    // A small site.
    let space = two_weeks(CONFIG, 49);
    day(&space, 15, &lines(15, 1));
    assert_published(&night(&space, 15, &[]));
    // Switched off; another limit.
    let space = two_weeks(&format!("{CONFIG}[gates]\nrefuse_fall = 1.0\n"), 60);
    day(&space, 15, &lines(15, 1));
    assert_published(&night(&space, 15, &[]));
    space.write("queuestat.toml", format!("{CONFIG}[gates]\nrefuse_fall = 0.5\n"));
    day(&space, 16, &lines(16, 29));
    assert_eq!(night(&space, 16, &[]).code, 4);
    // A feed that is a day late: bookings for the day are there, and nothing of the day itself.
    let space = two_weeks(CONFIG, 60);
    day(&space, 15, &(lines(15, 60) + &bookings(16, 3)));
    assert_published(&night(&space, 16, &[]));
    // Closed all day; and nothing came at all.
    space.write("archive/late.jsonl", lines(14, 61));
    assert_published(&night(&space, 17, &[]));
    assert_published(&night(&space, 18, &[]));
    // Everything anew is somebody's decision.
    day(&space, 19, &lines(19, 1));
    assert_eq!(night(&space, 19, &[]).code, 4);
    assert_published(&night(&space, 19, &["--rebuild"]));
}

#[test]
fn a_site_that_has_closed_is_refused_for_a_week() {
    let space = two_weeks(CONFIG, 60);
    for at in 15..=21 {
        day(&space, at, &lines(at, 1));
        assert_eq!(night(&space, at, &[]).code, 4, "{at}");
    }
    // What no night could publish is not published without a word.
    day(&space, 22, &lines(22, 1));
    let run = night(&space, 22, &["--quiet"]);
    let words = "`org`: 2021-04-15 has 1 ticket, 2021-04-08 had 60 and 2021-04-01 60; no night before could publish that day";
    assert!(run.code == 3 && run.stderr.contains(words), "{}", run.stderr);
    assert!(run.stderr.contains("and 2 days like it"), "{}", run.stderr);
    for at in 23..=24 {
        day(&space, at, &lines(at, 1));
        assert_published(&night(&space, at, &[]));
    }
}
