//! Nobody looks for months: a report is not replaced by nothing, a dead feed is heard, and no alarm is one to ignore.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::workspace::{AS_OF, Run, Workspace, files, hook, only};

const CONFIG: &str = "time_zone = \"Europe/Stockholm\"\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\n\
    [[nightly.report]]\nname = \"all\"\nall = true\n[[nightly.report]]\nname = \"day\"\ndays = 1\n\
    [[nightly.report]]\nname = \"month\"\nmonth_to_date = true\n";

/// A served walk-in of a day of March 2021, 17:40 UTC.
fn served(organization: &str, id: &str, day: u32) -> String {
    let at = format!("2021-03-{day:02}T17:40");
    let position =
        format!("\"location\":\"Desk\",\"createdAt\":\"{at}:00Z\",\"fulfilledAt\":\"{at}:30Z\"");
    hook(organization, "positionCompleted", id, &position)
}

/// A booking made on a day of March for the last of the month.
fn booked(organization: &str, id: &str, day: u32) -> String {
    let position = format!(
        "\"location\":\"Desk\",\"type\":\"booking\",\"createdAt\":\"2021-03-{day:02}T09:00:00Z\",\
         \"booking\":{{\"start\":\"2021-03-31T09:00:00Z\"}}"
    );
    hook(organization, "positionCreated", id, &position)
}

/// The night after a day of March.
fn night(space: &Workspace, day: u32, more: &[&str]) -> Run {
    let as_of = format!("2021-03-{:02}T02:00:00Z", day + 1);
    let mut args = vec!["nightly", "--as-of", &as_of];
    args.extend(more);
    space.run(&args)
}

#[track_caller]
fn expect(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, code, "{}", run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "`{word}` is missing in: {}", run.stderr);
    }
}

fn page(space: &Workspace, name: &str) -> String {
    fs::read_to_string(space.path("site/current").join(name)).unwrap()
}

/// A file of the only organization in a window.
fn mine(space: &Workspace, window: &str, name: &str) -> String {
    let folder = only(&space.path("site/current").join(window));
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn no_report_is_replaced_by_nothing() {
    let space = Workspace::new();
    space.write("in/a.jsonl", served("org", "1", 1) + &served("org", "2", 3));
    space.write("in/b.jsonl", served("other", "1", 9));
    assert_eq!(space.report("in", &[]).code, 0);
    let old = space.published();
    let empty = |args: &[&str], words: &[&str]| {
        expect(&space.report("in", args), 4, words);
        assert!(space.published() == old, "{args:?}");
    };
    let hints = ["old report stays", "--force"];
    empty(
        &["--from", "2022-01-01", "--to", "2022-01-31"],
        &[
            "no ticket of 2022-01-01 to 2022-01-31",
            "covers 2021-03-01 to 2021-03-09",
            hints[0],
            hints[1],
        ],
    );
    empty(&["--from", "2021-03-10"], &["no ticket since 2021-03-10", "2021-03-01 to 2021-03-09"]);
    empty(
        &["--to", "2021-03-08", "--organization", "other"],
        &["no ticket until 2021-03-08", "covers 2021-03-09 to 2021-03-09"],
    );
    // Standard input that brings nothing.
    let mut command = Command::new(env!("CARGO_BIN_EXE_queuestat"));
    command.env_clear().current_dir(space.path("")).stdin(Stdio::null());
    command.args(["report", "-", "--out", "out", "--as-of", AS_OF]);
    expect(&Run::from(command.output().unwrap()), 4, &["no ticket to report", "--force"]);
    assert!(space.published() == old);
    expect(&space.report("in", &["--from", "2022-01-01", "--force"]), 0, &["0 tickets"]);
    assert!(space.published() != old);
}

#[test]
fn a_first_night_without_a_ticket_is_refused() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    space.write("archive/a.jsonl", "");
    expect(&night(&space, 1, &[]), 4, &["holds no ticket", "queuestat check", "--force"]);
    assert!(!space.path("site/current").exists());
    space.write("archive/a.jsonl", served("org", "1", 1));
    expect(&night(&space, 1, &[]), 0, &["1 ticket"]);
}

#[test]
fn a_young_window_is_no_fault_and_says_so() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    space.write("archive/a.jsonl", served("org", "1", 31));
    let run = space.run(&["nightly", "--as-of", "2021-04-02T00:30:00Z"]);
    expect(&run, 0, &["Published"]);
    let words = "There is no ticket in this window yet: it begins on 1 April 2021, and the data end on 31 March 2021.";
    assert!(mine(&space, "month", "index.html").contains(words));
    assert!(
        mine(&space, "all", "index.html")
            .contains("Data through Wednesday 31\u{a0}March 2021, 19:40 (Europe/Stockholm).")
    );
}

#[test]
fn a_feed_that_died_is_heard_although_bookings_lie_ahead() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    for day in 1..=29 {
        let mut lines = served("alive", &format!("a{day}"), day);
        if day <= 26 {
            lines += &served("dead", &format!("d{day}"), day);
            lines += &booked("dead", &format!("b{day}"), day);
        }
        space.write(&format!("archive/03-{day:02}.jsonl"), lines);
    }
    // Saturday, Sunday and Monday are too few hours on Monday morning, and enough on Tuesday.
    expect(&night(&space, 28, &["--metrics-file", "m.prom"]), 0, &["Published"]);
    let metrics = |name: &str| {
        let text = fs::read_to_string(space.path("m.prom")).unwrap();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        line.rsplit(' ').next().unwrap().to_owned()
    };
    let through = "queuestat_nightly_data_through_timestamp_seconds{organization=\"dead\"}";
    assert_eq!(metrics(through), "1616780430");
    let words = "`dead`: no data since Friday 26 March 2021, 18:40, for 3 open days";
    for _ in 0..2 {
        // Also the second time, when nothing is new.
        let run = night(&space, 29, &["--quiet", "--metrics-file", "m.prom"]);
        expect(&run, 3, &[words, "silent_days = 0", "`closed`"]);
        assert!(!run.stderr.contains("`alive`"), "{}", run.stderr);
        assert_eq!(metrics(through), "1616780430");
        assert_eq!(metrics("queuestat_nightly_exit_code"), "3");
        for (owner, silent) in [("dead", "1"), ("alive", "0")] {
            let name = format!("queuestat_nightly_organization_silent{{organization=\"{owner}\"}}");
            assert_eq!(metrics(&name), silent);
        }
        for window in ["all", "month"] {
            for (owner, silent) in [("dead", true), ("alive", false)] {
                let index = find_page(&space, window, owner);
                let begins = "<header><aside class=\"warning\" role=\"note\"><p><strong>No data since Friday 26 March 2021, 18:40 (Europe/Stockholm)</strong>";
                assert_eq!(index.contains(begins), silent, "{window} {owner}");
            }
        }
        let run: serde_json::Value = serde_json::from_str(&page(&space, "run.json")).unwrap();
        assert_eq!(run["data_through"]["dead"], "2021-03-26T17:40:30Z");
        assert_eq!(run["data_through"]["alive"], "2021-03-29T17:40:30Z");
        assert_eq!(run["exit_code"], 3);
    }
    // Who says that it is closed, or gone, or that nobody wants to know, hears nothing.
    for config in [
        "closed = [\"2021-03-27..2021-03-29\"]\n",
        "closed = [2021-03-27, \"Sunday\"]\n",
        "[organizations.\"dead\"]\nclosed = [\"2021-03-28\"]\n",
        "[organizations.\"dead\"]\nsilent_days = 0\n",
        "[gates]\nsilent_days = 0\n",
        "[gates]\nsilent_days = 4\n",
    ] {
        let whole = if config.starts_with('[') {
            CONFIG.replace("[nightly]", &format!("{config}[nightly]"))
        } else {
            format!("{config}{CONFIG}")
        };
        space.write("queuestat.toml", whole);
        expect(&night(&space, 29, &["--quiet"]), 0, &[]);
        assert!(!find_page(&space, "all", "dead").contains("No data since"), "{config}");
    }
    // A new sign of life ends it.
    space.write("queuestat.toml", CONFIG);
    expect(&night(&space, 29, &["--quiet"]), 3, &[words]);
    space.write("archive/03-29-late.jsonl", served("dead", "late", 29));
    expect(&night(&space, 29, &["--quiet"]), 0, &[]);
}

/// The overview of an organization in a window.
/// Nobody comes on weekends: from Friday 26 March to Saturday 3 April there are five open days, whatever a night had read
/// before.
#[test]
fn a_first_night_knows_the_usual_week_as_later_ones_do() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    let days = (1..=26).filter(|day| !matches!(day % 7, 6 | 0));
    let lines: String = days.map(|day| served("org", &day.to_string(), day)).collect();
    space.write("archive/a.jsonl", lines);
    let april = |more: &[&str]| {
        let args = ["nightly", "--as-of", "2021-04-03T02:00:00Z", "--force"];
        space.run(&[&args[..], more].concat())
    };
    let words = ["`org`: no data since Friday 26 March 2021, 18:40, for 5 open days"];
    expect(&april(&[]), 3, &words);
    expect(&april(&[]), 3, &words);
    expect(&april(&["--rebuild"]), 3, &words);
}

fn find_page(space: &Workspace, window: &str, organization: &str) -> String {
    let all = files(&space.path("site/current").join(window));
    let start = format!("{organization}-");
    let found = all.iter().find(|(name, _)| {
        name.starts_with(&start) && name.ends_with("/index.html") && name.matches('/').count() == 1
    });
    String::from_utf8(found.unwrap().1.clone()).unwrap()
}

#[test]
fn a_fall_of_one_organization_is_not_hidden_by_another() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    let day = |day: u32, small: usize| {
        let big = (0..400).map(|n| served("big", &format!("b{day}-{n}"), day));
        let small = (0..small).map(|n| served("small", &format!("s{day}-{n}"), day));
        space.write(&format!("archive/{day:02}.jsonl"), big.chain(small).collect::<String>());
    };
    (1..=14).for_each(|at| day(at, 60));
    expect(&night(&space, 14, &[]), 0, &["Published"]);
    day(15, 11);
    let words = "`small`: 2021-03-15 has 11 tickets, 2021-03-08 had 60 and 2021-03-01 60";
    expect(&night(&space, 15, &[]), 4, &[words, "nothing was published"]);
    // A closed day is not asked for.
    space.write("queuestat.toml", format!("closed = [2021-03-15]\n{CONFIG}"));
    expect(&night(&space, 15, &[]), 0, &["Published"]);
}

#[test]
fn old_faults_are_no_alarm_and_no_banner_for_ever() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    let night_of = |day: u32, bad: usize| {
        let good = (0..200).map(|n| served("mine", &format!("{day}-{n}"), day));
        let bad = (0..bad).map(|_| "{\"no\":\"webhook\"}\n".to_owned());
        space.write(&format!("archive/{day:02}.jsonl"), good.chain(bad).collect::<String>());
        space.write(
            &format!("archive/other-{day:02}.jsonl"),
            served("other", &format!("{day}"), day),
        );
        night(&space, day, &["--quiet"])
    };
    let banner = |window: &str, owner: &str| {
        let text = find_page(&space, window, owner);
        text.contains("Read with care")
    };
    expect(&night_of(1, 10), 3, &["10 of 211 records could not be used"]);
    // The page tells its organization, in shares, and the other one nothing.
    let mine = find_page(&space, "day", "mine");
    assert!(
        mine.contains("4.8 % of the records could not be used; they stand in 1 file"),
        "{mine}"
    );
    assert!(!mine.contains("211 records"));
    assert!(!banner("day", "other") && !banner("all", "other"));
    for day in 2..=6 {
        expect(&night_of(day, 0), 0, &[]);
        assert!(!banner("day", "mine"), "{day}");
        // 10 of so many, until it is less than a hundredth.
        assert_eq!(banner("all", "mine"), 10.0 / (200.0 * f64::from(day) + 10.0) > 0.01, "{day}");
    }
    assert!(!banner("all", "mine"));
}

#[test]
fn one_garbage_file_does_not_block_the_night() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    let good = |n: usize| (0..n).map(|n| served("org", &n.to_string(), 1)).collect::<String>();
    space.write("archive/a.jsonl", good(100));
    space.write("archive/b.log", "what is this\nand this\n\nand this\n");
    let run = night(&space, 1, &["--quiet"]);
    expect(
        &run,
        3,
        &["`b.log`: 3 of 4 records could not be used, the first on line 1", "archive.exclude"],
    );
    let row = |space: &Workspace| {
        let text = mine(space, "all", "files.csv");
        text.lines().find(|line| line.starts_with("\"b.log\"")).unwrap().to_owned()
    };
    assert!(row(&space).starts_with("\"b.log\",\"unusable\",\"3 of 4 records"), "{}", row(&space));
    // Told once, counted for ever.
    let metrics = || fs::read_to_string(space.path("m.prom")).unwrap();
    expect(&night(&space, 1, &["--quiet"]), 0, &[]);
    let run = night(&space, 2, &["--quiet", "--metrics-file", "m.prom"]);
    expect(&run, 0, &[]);
    assert!(metrics().contains("queuestat_nightly_files_unusable 1\n"), "{}", metrics());
    assert!(metrics().contains("queuestat_nightly_records_rejected 0\n"), "{}", metrics());
    // Repaired, it is read, and nothing is left of what it was.
    fs::File::create(space.path("archive/b.log"))
        .unwrap()
        .write_all(served("org", "new", 1).as_bytes())
        .unwrap();
    expect(&night(&space, 2, &[]), 0, &["101 tickets"]);
    assert!(row(&space).starts_with("\"b.log\",\"read\",\"\""), "{}", row(&space));
    // More than a fifth of what this night reads is too much.
    let before = files(&space.path("site"));
    space.write("archive/c.jsonl", good(8));
    space.write("archive/d.log", "no\nno\nno\n");
    expect(
        &night(&space, 2, &["--quiet"]),
        4,
        &["3 of 11 records could not be used", "`d.log`", "line 1"],
    );
    assert!(files(&space.path("site")) == before);
    expect(&night(&space, 2, &["--quiet", "--force"]), 3, &["`d.log`"]);
}

#[test]
fn a_damaged_file_is_told_once_and_only_where_it_may_belong() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    let packed = zstd::encode_all(served("acme", "lost", 2).as_bytes(), 1).unwrap();
    space.write("archive/acme/2021-03-01.jsonl", served("acme", "1", 1));
    space.write("archive/zeta/2021-03-01.jsonl", served("zeta", "1", 1));
    space.write("archive/acme/2021-03-02.jsonl.zst", &packed[..packed.len() - 4]);
    space.write("archive/acme/notes.xml", "<a/>");
    space.write("archive/acme/2021-03-02-bad.jsonl", "no\n");
    expect(&night(&space, 2, &["--quiet", "--force"]), 3, &["2021-03-02.jsonl.zst", "notes.xml"]);
    // Nothing of it is anybody else's.
    for (name, bytes) in files(&space.path("site/current")) {
        if name.contains("/zeta-") {
            assert!(!String::from_utf8_lossy(&bytes).contains("acme"), "{name}");
        }
    }
    let acme = find_page(&space, "all", "acme");
    assert!(acme.contains("2021-03-02.jsonl.zst") && acme.contains("Read with care"));
    for day in 3..=4 {
        for owner in ["acme", "zeta"] {
            let name = format!("archive/{owner}/2021-03-{day:02}.jsonl");
            space.write(&name, served(owner, &format!("{day}"), day));
        }
        expect(&night(&space, day, &["--quiet"]), 0, &[]);
    }
    // A window that the file has nothing to say of.
    assert!(!find_page(&space, "day", "acme").contains("Read with care"));
    // Another damage is news, and so is a file that is whole.
    space.write("archive/acme/2021-03-02.jsonl.zst", &packed[..packed.len() - 5]);
    expect(&night(&space, 4, &["--quiet"]), 3, &["2021-03-02.jsonl.zst"]);
    space.write("archive/acme/2021-03-02.jsonl.zst", &packed);
    expect(&night(&space, 4, &[]), 0, &["7 tickets"]);
}

#[test]
fn the_loss_of_a_small_organization_is_not_hidden_by_a_large_one() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    let day = |day: u32, bad: usize| {
        let big = (0..600).map(|n| served("big", &format!("b{day}-{n}"), day)).collect::<String>();
        let small = (0..9).map(|n| served("small", &format!("s{day}-{n}"), day));
        let bad = (0..bad).map(|_| "{\"broken\":1}\n".to_owned());
        space.write(&format!("archive/{day:02}-big.jsonl"), big);
        space.write(&format!("archive/{day:02}-small.jsonl"), small.chain(bad).collect::<String>());
        night(&space, day, &["--quiet"])
    };
    expect(&day(1, 0), 0, &[]);
    expect(&day(2, 6), 3, &["`small`: 6 of 15 records in its files could not be used"]);
    // One alone is a slip; and the next night is well.
    expect(&day(3, 1), 0, &[]);
    let run = space.report("archive", &["--quiet", "--config", "queuestat.toml"]);
    expect(&run, 3, &["`small`: 7 of 34 records in its files"]);
}

#[test]
fn shares_are_shares() {
    let space = Workspace::new();
    space.write("in/a.jsonl", served("org", "1", 1));
    for (gate, value) in [
        ("refuse_fall", "80"),
        ("warn_share", "-0.1"),
        ("refuse_share", "1.5"),
        ("warn_share", "nan"),
    ] {
        space.write("q.toml", format!("[gates]\n{gate} = {value}\n"));
        let run = space.report("in", &["--config", "q.toml"]);
        expect(&run, 2, &[&format!("`gates.{gate}` must lie between 0 and 1"), "0.2 for 20 %"]);
    }
}
