//! What customers wrote: only in the one file that is asked for it, masked, and readable by its owner alone.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;

use proptest::prelude::*;
use queuestat::synth::{Compression, Envelope, Form, Recipe, write};

use crate::export::{Row, rows, well};
use crate::workspace::{AS_OF, Run, Workspace, files, hook};

const COMMENTS: [&str; 6] = ["export", "comments", "--messages", "archive", "--as-of", AS_OF];
/// Stands in messages, and must stand nowhere else.
const CANARY: &str = "KANARIENVOGEL";

/// A ticket of a place and a day with a feedback.
fn feedback(id: &str, place: &str, day: u32, feedback: &str) -> String {
    let fields = format!(
        "\"location\":\"{place}\",\"queue\":\"q-{place}\",\"createdAt\":\"2021-03-{day:02}T10:00:00Z\",\
         \"fulfilledAt\":\"2021-03-{day:02}T10:05:00Z\",\"feedback\":{feedback}"
    );
    hook("org", "feedbackReceived", id, &fields)
}

fn export(space: &Workspace, more: &[&str]) -> String {
    well(space.run(&[&COMMENTS, &["-q", "-o", "-"][..], more].concat()))
}

fn messages(csv: &str) -> Vec<String> {
    rows(csv).into_iter().map(|row| row["message"].clone()).collect()
}

fn by_hand() -> Workspace {
    let space = Workspace::new();
    let lines = [
        feedback("1", "B", 2, "{\"rating\":5,\"message\":\"Great, thanks\"}"),
        feedback(
            "2",
            "B",
            2,
            "{\"rating\":1,\"message\":\"=2+5 Call 070-123 45 67, or a.b@example.org\"}",
        ),
        feedback("3", "A", 3, "{\"rating\":1,\"message\":\" Too slow\\n\\nreally \"}"),
        feedback("4", "A", 1, "{\"rating\":1,\"message\":\"Never again\"}"),
        feedback("5", "A", 1, "{\"message\":\"No stars\"}"),
        feedback("6", "A", 1, "{\"rating\":2,\"message\":\"  \"}"),
        feedback("7", "A", 1, "{\"rating\":2}"),
        feedback("8", "A", 1, "{\"rating\":3,\"message\":\"So so\"}"),
    ];
    space.write("archive/a.jsonl", lines.concat());
    space
}

#[test]
fn low_ratings_come_first_and_what_identifies_is_masked() {
    let space = by_hand();
    let csv = export(&space, &[]);
    let header = csv.lines().next().unwrap();
    assert_eq!(
        header,
        "organization,ticket_id,location,location_id,queue,category,service_date,rating,message"
    );
    assert_eq!(
        messages(&csv),
        [
            "Never again",
            "'=2+5 Call [number], or [mail]",
            "Too slow  really",
            "So so",
            "Great, thanks",
            "No stars",
        ]
    );
    let all = rows(&csv);
    let has = |row: &Row, column: &str, value: &str| row.get(column).is_some_and(|it| it == value);
    assert!(has(&all[0], "rating", "1") && has(&all[0], "service_date", "2021-03-01"));
    assert!(has(&all[0], "location", "A") && has(&all[0], "queue", "q-A"));
    assert!(!all[5].contains_key("rating"));
    // Other formats hold the text as it is, and the same rows.
    let json = export(&space, &["--format", "jsonl"]);
    assert!(json.contains("\"message\":\"=2+5 Call [number], or [mail]\"}"), "{json}");
    assert!(json.contains("\"Too slow\\u000a\\u000areally\""), "{json}");
    for format in ["parquet", "arrow", "xlsx"] {
        let name = format!("c.{format}");
        well(space.run(&[&COMMENTS, &["-q", "-o", &name][..]].concat()));
        let bytes = std::fs::read(space.path(&name)).unwrap();
        assert!(bytes.len() > 100, "{format}");
        if format == "arrow" {
            let is_in = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
            assert!(is_in("Never again") && is_in("[mail]") && !is_in("example.org"));
        }
    }
    // Filters are those of the other exports.
    assert_eq!(messages(&export(&space, &["--location", "B"])).len(), 2);
    assert_eq!(messages(&export(&space, &["--to", "2021-03-01"])).len(), 3);
    assert_eq!(messages(&export(&space, &["--queue", "q-B", "--from", "2021-03-03"])).len(), 0);
}

/// Runs a command line of a shell here; `queuestat` is `$0`.
fn shell(space: &Workspace, line: &str) -> Run {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", line, env!("CARGO_BIN_EXE_queuestat")]);
    Run::from(command.env_clear().current_dir(space.path("")).output().unwrap())
}

#[test]
fn the_file_is_its_owners_whatever_the_umask() {
    let space = by_hand();
    for umask in ["000", "022", "077", "777"] {
        for before in [None, Some(0o644), Some(0o666)] {
            let path = space.path("c.csv");
            let _gone = std::fs::remove_file(&path);
            if let Some(mode) = before {
                std::fs::write(&path, "old").unwrap();
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            }
            let line = format!("umask {umask}; exec \"$0\" {} -q -o c.csv", COMMENTS.join(" "));
            let run = shell(&space, &line);
            assert_eq!(run.code, 0, "{umask}: {}", run.stderr);
            assert_eq!(path.metadata().unwrap().mode() & 0o7777, 0o600, "{umask} {before:?}");
            assert!(std::fs::read_to_string(&path).unwrap().contains("Never again"));
        }
    }
    // No other export is closed to others by this.
    let run = shell(
        &space,
        &format!("umask 022; exec \"$0\" export tickets archive --as-of {AS_OF} -q -o t.csv"),
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(space.path("t.csv").metadata().unwrap().mode() & 0o7777, 0o644);
}

#[test]
fn what_customers_wrote_needs_a_word_and_an_archive() {
    let space = by_hand();
    let refused = |args: &[&str], said: &str| {
        let run = space.run(&[&["export", "comments"][..], args].concat());
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        assert!(run.stderr.contains(said), "{}", run.stderr);
        assert!(!space.path("c.csv").exists());
    };
    refused(&["archive", "-o", "c.csv"], "comments are what customers wrote, in their own words");
    refused(&["archive", "-o", "c.csv"], "--messages");
    refused(
        &["--state", "state", "--messages", "-o", "c.csv"],
        "a state never holds what customers wrote",
    );
    // Standard output is not a file that only its owner reads.
    let run = space.run(&[&COMMENTS, &["-q", "-o", "-"][..]].concat());
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("this holds what customers wrote"), "{}", run.stderr);
    assert!(run.stdout.contains("Never again"));
    let run = space.run(&[&COMMENTS, &["-q", "-o", "c.csv"][..]].concat());
    assert_eq!((run.code, run.stderr.as_str(), run.stdout.as_str()), (0, "", ""));
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let space = Workspace::new();
    let long = "long ".repeat(400);
    let line = |n: u32| {
        let said = format!("{{\"rating\":1,\"message\":\"{long}\"}}");
        feedback(&n.to_string(), "A", 1 + n % 28, &said)
    };
    space.write("archive/a.jsonl", (0..600).map(line).collect::<String>());
    let line =
        format!("{{ \"$0\" {} -q -o - ; echo \"code $?\" >&2; }} | head -c 10", COMMENTS.join(" "));
    let run = shell(&space, &line);
    assert!(run.stderr.ends_with("code 0\n"), "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 2, "{}", run.stderr);
    assert_eq!(run.stdout.len(), 10);
}

/// Everything else that reads the same archive says nothing of it.
#[test]
fn a_message_stands_in_this_file_alone() {
    let space = Workspace::new();
    let said = |rating: &str| format!("{{{rating}\"message\":\"{CANARY} 0701234567\"}}");
    let good = [
        feedback("1", "A", 1, &said("\"rating\":2,")),
        feedback("2", "A", 2, &said("")),
        feedback("3", "B", 3, &said("\"rating\":99,")),
    ];
    let good = good.concat();
    // Broken records with it too.
    let cut = good.lines().next().unwrap();
    let broken = format!(
        "{}\n{CANARY}\n{{\"message\":\"{CANARY}\"}}\n{}",
        &cut[..cut.len() - 2],
        cut.replace("\"id\":\"1\",", "")
    );
    space.write("archive/a.jsonl", format!("{}{broken}\n", good.repeat(3)));
    space.write(
        "queuestat.toml",
        "[gates]\nrefuse_share = 1.0\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\n",
    );
    let mut said = String::new();
    for args in [
        &["report", "archive", "--out", "out", "--force", "--verbose", "--parquet"][..],
        &["nightly", "--verbose"],
        &["check", "archive", "--json", "--verbose"],
        &["check", "archive", "--verbose"],
        &["locations", "archive", "--json"],
        &["ask", "archive", "--measure", "all", "--format", "json"],
        &["explain", "1", "archive", "--json"],
        &["explain", "2", "archive"],
        &["explain", "--measure", "csat", "archive", "--json"],
        &["explain", "1", "--state", "state", "--json"],
        &["export", "tickets", "archive", "-o", "t.csv"],
        &["export", "ratings", "archive", "-o", "r.jsonl"],
        &["export", "waits", "archive", "-o", "w.arrow"],
        &["export", "comments", "archive", "--messages", "-o", "comments.csv"],
        &["export", "comments", "archive", "--messages", "-o", "no/such/folder.csv"],
        &["export", "comments", "archive", "--messages", "-o", "c.xlsx", "--location", "nowhere"],
        &["init", "archive"],
    ] {
        let run = space.run(&[args, &["--as-of", AS_OF]].concat());
        assert!(run.code < 6 && run.code != 1, "{args:?}: {} {}", run.code, run.stderr);
        said.push_str(&run.stdout);
        said.push_str(&run.stderr);
    }
    assert!(said.len() > 2_000 && !said.contains(CANARY), "{said}");
    let mut holding = Vec::new();
    let all = files(&space.path(""));
    assert!(all.keys().any(|name| name.starts_with("state/")) && all.len() > 30);
    for (name, bytes) in &all {
        if bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()) {
            holding.push(name.as_str());
        }
    }
    assert_eq!(holding, ["archive/a.jsonl", "comments.csv"]);
    let csv = std::fs::read_to_string(space.path("comments.csv")).unwrap();
    assert_eq!(messages(&csv), vec![format!("{CANARY} [number]"); 3]);
}

/// However an archive looks: the same messages.
#[test]
fn every_form_and_envelope_has_the_same_messages() {
    let of = |form: Form, envelope: Envelope| {
        let space = Workspace::new();
        let recipe = Recipe {
            tickets: 120,
            form,
            envelope,
            faults: false,
            compression: Compression::Plain,
            ..Recipe::default()
        };
        write(&recipe, &space.path("archive")).unwrap();
        export(&space, &[])
    };
    let plain = of(Form::Lines, Envelope::None);
    assert!(messages(&plain).len() > 10, "{plain}");
    let forms = Form::ALL.iter().map(|form| (*form, Envelope::None));
    let envelopes = Envelope::ALL.iter().step_by(4).map(|envelope| (Form::Lines, *envelope));
    for (form, envelope) in forms.chain(envelopes) {
        assert_eq!(of(form, envelope), plain, "{form:?} {envelope:?}");
    }
}

/// A feedback of a ticket: which text, with or without a rating, and when it was received.
type Said = (usize, usize, Option<u32>, u32);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    /// Whatever the order of the lines and of the files, and however often a line is repeated: each ticket has the message that
    /// plain code finds newest, and the bytes are the same.
    #[test]
    fn the_newest_message_wins_whatever_the_order(
        said in prop::collection::vec((0_usize..4, 0_usize..4, prop::option::of(1_u32..6), 0_u32..3_600), 1..14),
        order in any::<prop::sample::Index>(), split in any::<prop::sample::Index>(), threads in 1_u32..4,
    ) {
        let texts = ["One", "Two", "", "Four"];
        let payload = |(ticket, text, rating, _): &Said| {
            let rating = rating.map_or_else(String::new, |rating| format!("\"rating\":{rating},"));
            let feedback_of = format!("{{{rating}\"message\":\"{}\"}}", texts[*text]);
            feedback(&ticket.to_string(), "A", 1 + u32::try_from(*ticket).unwrap(), &feedback_of)
        };
        // Times of receipt differ, so that they alone decide.
        let mut said: Vec<Said> = said;
        said.sort_by_key(|one| one.3);
        said.dedup_by_key(|one| one.3);
        let line = |one: &Said| {
            let at = chrono::DateTime::from_timestamp(1_617_000_000 + i64::from(one.3), 0).unwrap();
            format!("{{\"receivedAt\":\"{}\",\"payload\":{}}}\n", at.to_rfc3339(), payload(one).trim_end())
        };
        // The newest text that is not empty, each payload where it was first.
        let mut expected: Vec<(u32, usize, &str)> = Vec::new();
        for ticket in 0..4 {
            let mut first: Vec<&Said> = Vec::new();
            for one in said.iter().filter(|one| one.0 == ticket && !texts[one.1].is_empty()) {
                if !first.iter().any(|other| payload(other) == payload(one)) {
                    first.push(one);
                }
            }
            let Some(newest) = first.last() else { continue };
            let mut rated: Vec<&Said> = Vec::new();
            for one in said.iter().filter(|one| one.0 == ticket && one.2.is_some()) {
                if !rated.iter().any(|other| payload(other) == payload(one)) {
                    rated.push(one);
                }
            }
            let rating = rated.last().and_then(|one| one.2).unwrap_or(9);
            expected.push((rating, ticket, texts[newest.1]));
        }
        expected.sort_unstable();
        let run = |lines: &[String], split: usize, more: &[&str]| {
            let space = Workspace::new();
            // In one file a repeat behind its first is dropped, in two it is not: the times say which was first.
            space.write("archive/a.jsonl", lines[..split].concat());
            space.write("archive/b.jsonl", lines[split..].concat());
            export(&space, more)
        };
        let lines: Vec<String> = said.iter().map(line).collect();
        let csv = run(&lines, lines.len(), &[]);
        let expected: Vec<String> = expected.iter().map(|(_, _, text)| (*text).to_owned()).collect();
        prop_assert_eq!(messages(&csv), expected);
        // Lines in another order over two files, and all of them once more in a third.
        let mut moved = lines.clone();
        moved.rotate_left(order.index(lines.len()));
        let split = split.index(lines.len() + 1);
        let has_repeat = said.iter().enumerate().any(|(at, one)| said[..at].iter().any(|other| payload(other) == payload(one)));
        if !has_repeat {
            let threads = threads.to_string();
            prop_assert_eq!(&run(&moved, split, &["--threads", &threads]), &csv);
            let twice = [moved.clone(), lines.clone()].concat();
            prop_assert_eq!(&run(&twice, split, &[]), &csv);
        } else {
            prop_assert_eq!(&run(&lines, split, &[]), &csv);
        }
    }
}
