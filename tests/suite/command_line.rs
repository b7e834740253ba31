//! What the command line answers to people and programs: JSON, dates that are none, and nothing of progress where no
//! terminal is.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::workspace::{AS_OF, Run, Workspace, hook};

/// Twenty visits at two locations, one of them served, and a line that is none.
fn space() -> Workspace {
    let space = Workspace::new();
    let visit = |at: u32| {
        let fields = format!(
            "\"location\":\"{}\",\"createdAt\":\"2021-03-{:02}T10:00:00Z\",\"fulfilledAt\":\"2021-03-{:02}T10:05:00Z\"",
            ["A", "B"][at as usize % 2],
            1 + at,
            1 + at
        );
        hook("org", "positionCompleted", &at.to_string(), &fields)
    };
    space.write("in/a.jsonl", (0..20).map(visit).collect::<String>() + "no JSON\n");
    space
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap()
}

/// The last line of a log in JSON.
fn summary(run: &Run) -> BTreeMap<String, Value> {
    let last = run.stderr.lines().rfind(|line| line.contains("\"event\":\"summary\"")).unwrap();
    serde_json::from_str(last).unwrap()
}

/// `--json` is one object that says what the last line of the log says, with folder and warnings.
#[test]
fn a_report_answers_in_json() {
    let space = space();
    let run = space.report("in", &["--json", "--log-format", "json", "--location", "a"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    let answer = json(&run);
    for (name, value) in summary(&run) {
        if !["level", "event", "message"].contains(&name.as_str()) {
            assert_eq!(answer[&name], value, "{name}");
        }
    }
    assert_eq!((&answer["out"], &answer["exit_code"]), (&"out".into(), &3.into()));
    assert_eq!((&answer["tickets"], &answer["read"]["records"]), (&10.into(), &21.into()));
    assert_eq!((&answer["from"], &answer["to"]), (&"2021-03-01".into(), &"2021-03-19".into()));
    assert_eq!(answer["filter"], "location A");
    let warnings = answer["warnings"].as_array().unwrap();
    assert_eq!(warnings[0]["kind"], "many_rejected", "{warnings:?}");
    // The words are those of the log.
    for warning in warnings {
        let words = warning["words"].as_str().unwrap().replace('"', "\\\"");
        assert!(run.stderr.contains(&words), "{words}: {}", run.stderr);
    }
    // All is well, and nothing is said elsewhere.
    space.write(
        "in/a.jsonl",
        hook("org", "positionCreated", "1", "\"createdAt\":\"2021-03-01T10:00:00Z\""),
    );
    let run = space.report("in", &["--json", "--quiet"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(json(&run)["warnings"], Value::Array(Vec::new()));
    // Nothing was published, so there is nothing to tell.
    let run = space.report("in", &["--json", "--from", "2022-01"]);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{}", run.stderr);
    // Without it, stdout stays empty.
    assert_eq!(space.report("in", &[]).stdout, "");
}

#[test]
fn a_night_answers_in_json() {
    let space = space();
    space.write(
        "queuestat.toml",
        "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"in\"]\nout = \"site\"\n[[nightly.report]]\nname = \"all\"\nall = true\n",
    );
    let night = || space.run(&["nightly", "--json", "--log-format", "json", "--as-of", AS_OF]);
    for (published, reports) in [(true, 1), (false, 0)] {
        let run = night();
        assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
        let answer = json(&run);
        for (name, value) in summary(&run) {
            if !["level", "event", "message"].contains(&name.as_str()) {
                assert_eq!(answer[&name], value, "{name}");
            }
        }
        assert_eq!((&answer["out"], &answer["exit_code"]), (&"site".into(), &run.code.into()));
        assert_eq!(answer["published"], published);
        assert_eq!(answer["published_reports"], reports);
        let warnings = answer["warnings"].as_array().unwrap();
        assert_eq!(warnings.is_empty(), run.code == 0);
        assert!(warnings.iter().all(|one| one["kind"].is_string() && one["words"].is_string()));
    }
    // A night that fails has nothing to tell.
    std::fs::remove_dir_all(space.path("in")).unwrap();
    let run = night();
    assert!(run.code > 3 && run.stdout.is_empty(), "{}", run.stdout);
}

/// `--json` is the same word everywhere.
#[test]
fn questions_answer_in_json() {
    let space = space();
    for question in [
        &["ask", "in", "--by", "location"][..],
        &["compare", "in", "--location", "A", "--with-location", "B"],
    ] {
        let run = |more: &[&str]| space.run(&[question, more, &["-q", "--as-of", AS_OF]].concat());
        let answer = run(&["--json"]);
        assert!(json(&answer).as_array().unwrap().len() > 1);
        assert_eq!(answer.stdout, run(&["--format", "json"]).stdout);
        assert_eq!(run(&["--json", "--format", "csv"]).code, 2);
    }
    for command in [
        &["check", "in"][..],
        &["locations", "in"],
        &["explain", "1", "in"],
        &["ask", "in"],
        &["report", "in", "--out", "out"],
    ] {
        let run = space.run(&[command, &["--json", "-q", "--as-of", AS_OF]].concat());
        assert!(json(&run).is_object() || json(&run).is_array(), "{command:?}");
    }
}

/// A part of an object is of no use to a program: where nobody reads all of it, the command says so.
#[test]
fn json_that_nobody_reads_is_an_error() {
    let space = space();
    space.write(
        "queuestat.toml",
        "[nightly]\narchive = [\"in\"]\nout = \"site\"\n[[nightly.report]]\nname = \"all\"\nall = true\n",
    );
    let ask = ["ask", "in", "--as-of", AS_OF];
    for (command, said) in [
        (&["report", "in", "--out", "out", "--as-of", AS_OF][..], "the report was published"),
        (&["nightly", "--as-of", AS_OF], "the reports were published"),
        (&ask, "nothing was written"),
        (&["check", "in", "--as-of", AS_OF], "nothing was written"),
        (&["locations", "in", "--as-of", AS_OF], "nothing was written"),
        (&["explain", "1", "in", "--as-of", AS_OF], "nothing was written"),
        (&["state", "list"], "nothing was written"),
        (&["state", "verify"], "nothing was written"),
    ] {
        let run = unread(&space, &[command, &["--json"]].concat());
        assert_eq!(run.code, 5, "{command:?}: {}", run.stderr);
        assert!(run.stderr.contains("cannot print the result"), "{command:?}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{command:?}: {}", run.stderr);
    }
    // A list of rows is of use as far as it goes.
    assert!(unread(&space, &[&ask[..], &["--format", "csv"]].concat()).code != 5);
}

/// A run whose answer nobody reads.
fn unread(space: &Workspace, args: &[&str]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_queuestat"))
        .env_clear()
        .current_dir(space.path("."))
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    Run::from(child.wait_with_output().unwrap())
}

/// A day that is none is refused before anything is read, with the forms that are understood; these are.
#[test]
fn a_wrong_day_is_answered_with_the_forms() {
    let space = space();
    let commands = [
        &["report", "in", "--out", "out"][..],
        &["ask", "in"],
        &["compare", "in"],
        &["export", "tickets", "in", "-o", "t.csv"],
    ];
    let forms =
        ["2021-03-01", "2021-02", "2021-W09", "today", "yesterday", "last-week", "last-month"];
    for command in commands {
        for option in ["--from", "--to"] {
            for bad in ["tomorrow", "2021-W60", "2021-02-30", "21-3-1", "01.03.2021", "last year"] {
                let run = space.run(&[command, &[option, bad, "--as-of", AS_OF]].concat());
                assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{command:?} {bad}");
                let said = format!("error: {option} names no day: `{bad}`\n  hint: use ");
                assert!(run.stderr.starts_with(&said), "{}", run.stderr);
                assert!(forms.iter().all(|form| run.stderr.contains(form)), "{}", run.stderr);
                assert_eq!(run.stderr.lines().count(), 2, "{}", run.stderr);
            }
        }
    }
    assert!(!space.path("out").exists() && !space.path("t.csv").exists());
    // The day of the run is 1 August 2021, a Sunday.
    for (form, tickets) in [("2021-03-01", 1), ("2021-3-1", 1), ("2021-03", 20), ("2021-W09", 7)] {
        let args = ["ask", "in", "--measure", "tickets", "-q", "--as-of", AS_OF];
        let run = space.run(&[&args[..], &["--from", form, "--to", form]].concat());
        assert_eq!(run.stdout, format!("tickets\n{tickets}\n"), "{form}");
    }
    for (form, as_of) in [
        ("today", "2021-03-02T12:00:00Z"),
        ("yesterday", "2021-03-03T00:00:00Z"),
        ("last-week", "2021-03-08T00:00:00Z"),
        ("last-month", "2021-04-30T23:00:00Z"),
    ] {
        let args = ["ask", "in", "--by", "day", "--measure", "tickets", "-q", "--as-of", as_of];
        let run = space.run(&[&args[..], &["--from", form, "--to", form]].concat());
        assert!(run.stdout.contains("\n\"2021-03-02\",1\n"), "{form}: {}", run.stdout);
    }
}

/// Where stderr is no terminal, as in logs, pipes and under cron, no progress is drawn.
#[test]
fn nothing_of_progress_stands_in_a_log() {
    let space = space();
    for command in [
        &["report", "in", "--out", "out"][..],
        &["report", "in", "--out", "out", "--verbose"],
        &["ask", "in"],
        &["export", "tickets", "in", "-o", "t.csv"],
        &["check", "in"],
    ] {
        let run = space.run(&[command, &["--as-of", AS_OF]].concat());
        assert!(run.stderr.contains("queuestat: "), "{command:?}: {}", run.stderr);
        assert!(!run.stderr.contains(['\r', '\u{1b}', '█', '░']), "{command:?}: {:?}", run.stderr);
        assert!(!run.stderr.contains(" left\n") && !run.stderr.contains("/s,"), "{}", run.stderr);
    }
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_read() {
    let space = space();
    for (args, words) in [
        (&["ask", "in", "--measure", "lost,lost_rate"][..], "stands twice in --measure"),
        (&["ask", "in", "--threads", "100000"], "from 1 to 1024"),
        (&["report", "in", "--out", "out", "--threads", "0"], "from 1 to 1024"),
        (&["ask", "in", "-o", "answer.xlsx"], "no format of this answer is called .xlsx"),
        (&["compare", "in", "--from", "2021-03", "--to", "2021-03", "-o", "a.gz"], "called .gz"),
        (&["export", "tickets", "in", "-o", "tickets.json"], "called .json"),
        (&["ask", "in", "--limit", "-1"], "invalid value '-1'"),
        (&["ask", "in", "--location", "-5"], "there is no location `-5`"),
    ] {
        let run = space.run(args);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
    }
    for name in ["answer.xlsx", "a.gz", "tickets.json", "out"] {
        assert!(!space.path(name).exists(), "{name}");
    }
}

#[test]
fn a_state_without_its_configuration_is_told() {
    let space = space();
    space.write(
        "night.toml",
        "[nightly]\narchive = [\"in\"]\nout = \"site\"\nstate_dir = \"state\"\n[gates]\nsilent_days = 0\n",
    );
    let night = ["nightly", "--config", "night.toml", "--as-of", "2021-08-01T00:00:00Z", "-q"];
    assert!([0, 3].contains(&space.run(&night).code));
    let words = "no configuration was found";
    for command in [
        &["ask", "--state", "state"][..],
        &["explain", "--measure", "csat", "--state", "state", "--limit", "1"],
        &["export", "waits", "--state", "state", "-o", "-"],
        &["locations", "--state", "state"],
    ] {
        let told = |more: &[&str]| {
            let run = space.run(&[command, more].concat());
            assert_eq!(run.code, 0, "{command:?}: {}", run.stderr);
            run.stderr.contains(words)
        };
        assert!(told(&[]), "{command:?}");
        assert!(!told(&["--config", "night.toml"]), "{command:?}");
        assert!(!told(&["-q"]), "{command:?}");
    }
    // The reports of one night can be compared with each other.
    let parts =
        ["compare", "site/current/all", "site/current/month-to-date", "--measure", "tickets"];
    let run = space.run(&parts);
    assert!(run.code <= 1 && run.stdout.contains("\"tickets\",\"count\""), "{}", run.stderr);
    let run = space.run(&["compare", "site/current/all", "in"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("`in` holds no published report"), "{}", run.stderr);
}

/// A file is replaced, never written into: another name of the old one keeps what it holds, and nothing lies beside the new one.
#[test]
fn an_answer_replaces_a_file_once_it_is_whole() {
    let space = space();
    let old = space.write("answers/a.csv", "old");
    std::fs::hard_link(&old, space.path("kept.csv")).unwrap();
    let run = space.run(&["ask", "in", "-o", "answers/a.csv", "--as-of", AS_OF]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(std::fs::read_to_string(&old).unwrap().contains("tickets"));
    assert_eq!(std::fs::read_to_string(space.path("kept.csv")).unwrap(), "old");
    assert_eq!(std::fs::read_dir(space.path("answers")).unwrap().count(), 1);
    let refused = space.run(&["ask", "in", "-o", "nowhere/a.csv", "--as-of", AS_OF]);
    assert!(refused.stderr.contains("nowhere/a.csv"), "{}", refused.stderr);
}

#[test]
fn the_version_says_what_was_built_and_of_what() {
    let space = Workspace::new();
    let number = env!("CARGO_PKG_VERSION");
    assert_eq!(space.run(&["-V"]).stdout, format!("queuestat {number}\n"));
    let long = space.run(&["--version"]).stdout;
    let lines: Vec<&str> = long.lines().collect();
    assert_eq!(lines.len(), 4, "{long}");
    assert_eq!(lines[0], format!("queuestat {number}"));
    let commit = lines[1].strip_prefix("commit: ").unwrap();
    let hash = commit.trim_end_matches(" with changes");
    let is_hash = matches!(hash.len(), 40 | 64) && hash.bytes().all(|b| b.is_ascii_hexdigit());
    assert!(is_hash || commit.starts_with("unknown"), "{long}");
    let build: Vec<&str> = lines[2].strip_prefix("build: ").unwrap().split(", ").collect();
    assert!(["debug", "release"].contains(&build[0]), "{long}");
    assert!(build[1].contains(std::env::consts::ARCH), "{long}");
    assert!(build[2].starts_with("rustc 1."), "{long}");
    assert!(lines[3].starts_with("time zones: IANA 20"), "{long}");
    // A page is of a version, whatever commit it was made from.
    assert!(!space.run(&["man"]).stdout.contains("commit"), "{long}");
}
