//! `nightly.on_trouble`: whoever is to be told is told of every night that does not end with 0, and changes nothing.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use queuestat::disk::Disk;
use queuestat::store::{Options, Store};
use rustix::process::{Pid, Signal, kill_process};

use crate::workspace::{Run, Workspace, files, hook};

const AS_OF: &str = "2021-04-08T02:00:00Z";
/// Writes down what it is told.
const TELL: &str =
    "[\"sh\", \"-c\", \"cat > told; echo $QUEUESTAT_EXIT_CODE $QUEUESTAT_CONFIG > env\"]";

fn line(id: &str) -> String {
    let times = "\"createdAt\":\"2021-04-01T10:00:00Z\",\"fulfilledAt\":\"2021-04-01T10:05:00Z\"";
    hook("org", "positionCompleted", id, &format!("\"location\":\"A\",{times}"))
}

fn config(on_trouble: &str, more: &str) -> String {
    format!(
        "{more}[gates]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\non_trouble = {on_trouble}\n"
    )
}

/// The configuration lies in a folder that is not the current one.
fn space(on_trouble: &str) -> Workspace {
    let space = Workspace::new();
    space.write("etc/queuestat.toml", config(on_trouble, ""));
    space.write("etc/archive/a.jsonl", line("1"));
    space
}

/// Two of three records are good, and the file that is not is named.
fn with_trouble(on_trouble: &str) -> Workspace {
    let space = space(on_trouble);
    let packed = zstd::encode_all(line("2").as_bytes(), 1).unwrap();
    space.write("etc/archive/b.jsonl.zst", &packed[..packed.len() - 4]);
    space
}

fn nightly(space: &Workspace, more: &[&str]) -> Run {
    let args = ["nightly", "--as-of", AS_OF, "--config", "etc/queuestat.toml"];
    space.run(&[&args[..], more].concat())
}

/// What was told, and checks what is told always.
fn told(space: &Workspace, code: i32, words: &str) -> String {
    let told = fs::read_to_string(space.path("etc/told")).unwrap();
    let first = format!("queuestat nightly ended with exit code {code}: {words}\n\n");
    assert!(told.starts_with(&first), "{told}");
    let env = fs::read_to_string(space.path("etc/env")).unwrap();
    let (number, path) = env.trim_end().split_once(' ').unwrap();
    assert_eq!(number, code.to_string());
    assert_eq!(
        fs::canonicalize(path).unwrap(),
        fs::canonicalize(space.path("etc/queuestat.toml")).unwrap()
    );
    fs::remove_file(space.path("etc/told")).unwrap();
    told[first.len()..].to_owned()
}

#[test]
fn what_was_printed_is_told_word_for_word() {
    let good = space(TELL);
    assert_eq!(nightly(&good, &[]).code, 0);
    assert!(!good.path("etc/told").exists());
    for format in ["text", "json"] {
        let space = with_trouble(TELL);
        let run = nightly(&space, &["--log-format", format]);
        assert_eq!(run.code, 3, "{}", run.stderr);
        let said = told(&space, 3, "published, but look at the input");
        assert!(said.contains("warning: `b.jsonl.zst`: ") && said.contains("Published"), "{said}");
        // What people are told is the same, however it is printed.
        assert_eq!(said == run.stderr, format == "text", "{said}");
        // It is no part of what is kept and published.
        let (told, silent) = (files(&space.path("etc/site")), with_trouble("[\"true\"]"));
        assert_eq!(nightly(&silent, &[]).code, 3);
        assert!(told.keys().eq(files(&silent.path("etc/site")).keys()));
    }
}

/// The digests of the first report go to `on_success` after every night that has published, and to nobody after others.
#[test]
fn a_night_that_has_published_sends_its_digests() {
    let tell =
        "[\"sh\", \"-c\", \"cat > digest; echo $QUEUESTAT_EXIT_CODE $QUEUESTAT_REPORT > env\"]";
    for (space, code) in [(space("[\"true\"]"), 0), (with_trouble("[\"true\"]"), 3)] {
        let config = config("[\"true\"]", "");
        let reports =
            "[[nightly.report]]\nname = \"april\"\nfrom = \"2021-04-01\"\nto = \"2021-04-30\"\n";
        space.write("etc/queuestat.toml", format!("{config}on_success = {tell}\n{reports}"));
        let run = nightly(&space, &[]);
        assert_eq!(run.code, code, "{}", run.stderr);
        let digest = fs::read_to_string(space.path("etc/digest")).unwrap();
        let pages = files(&space.path("etc/site/current/april"));
        let published = pages.iter().find(|(name, _)| name.ends_with("digest.txt")).unwrap().1;
        assert_eq!(digest.as_bytes(), published.as_slice());
        assert!(
            digest.starts_with("Queues: org\n1 April 2021 to 30 April 2021. Data through"),
            "{digest}"
        );
        let env = fs::read_to_string(space.path("etc/env")).unwrap();
        assert!(
            env.starts_with(&format!("{code} ")) && env.ends_with("site/current/april\n"),
            "{env}"
        );
        fs::remove_file(space.path("etc/digest")).unwrap();
        space.write("etc/archive/z.jsonl", "rubbish\n".repeat(50));
        assert_eq!(nightly(&space, &[]).code, 4);
        assert!(!space.path("etc/digest").exists());
    }
}

#[test]
fn every_way_a_night_can_end_is_told() {
    let space = space(TELL);
    let lock =
        Store::open_with(&Disk::new(), &space.path("etc/state"), Options::default()).unwrap();
    assert_eq!(nightly(&space, &[]).code, 75);
    assert!(told(&space, 75, "another run works there, nothing was done").contains("--lock-wait"));
    drop(lock);
    let run = nightly(&space, &["--metrics-file", "nowhere/m.prom"]);
    assert_eq!(run.code, 5);
    assert_eq!(told(&space, 5, "reading or writing failed"), run.stderr);
    space.write("etc/archive/b.jsonl", "rubbish\n".repeat(50));
    let run = nightly(&space, &[]);
    assert_eq!(run.code, 4, "{}", run.stderr);
    assert_eq!(told(&space, 4, "refused"), run.stderr);
    // A configuration that is wrong elsewhere says whom to tell all the same.
    for wrong in ["tim_zone = \"UTC\"\n", "target_minutes = \"ten\"\n", "time_zone = \"Nowhere\"\n"]
    {
        space.write("etc/queuestat.toml", config(TELL, wrong));
        let run = nightly(&space, &[]);
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert_eq!(told(&space, 2, "usage: an argument, a path or the configuration"), run.stderr);
    }
}

#[test]
fn a_command_that_does_not_work_is_said_in_one_line_and_changes_nothing() {
    for (on_trouble, words) in [
        ("[\"no-such-program\"]", "cannot be started: No such file"),
        ("[\"./no-such-program\"]", "cannot be started: No such file"),
        ("[\"/etc/passwd\"]", "cannot be started: Permission denied"),
        ("[\"sh\", \"-c\", \"exit 7\"]", "failed with exit code 7"),
        ("[\"sh\", \"-c\", \"kill -KILL $$\"]", "ended by signal 9"),
        ("[\"false\"]", "failed with exit code 1"),
    ] {
        let space = with_trouble(on_trouble);
        let run = nightly(&space, &[]);
        assert_eq!(run.code, 3, "{}", run.stderr);
        let last = run.stderr.lines().last().unwrap();
        assert!(last.starts_with("warning: `nightly.on_trouble` ("), "{last}");
        assert!(last.contains(words) && last.ends_with("the exit code stays 3"), "{last}");
        let about = run.stderr.lines().filter(|line| line.contains("on_trouble")).count();
        assert_eq!(about, 1, "{}", run.stderr);
        assert!(space.path("etc/site/current/index.html").exists());
    }
    for (on_trouble, words) in [
        ("[]", "names no program"),
        ("[\"\"]", "names no program"),
        ("\"mail\"", "invalid type"),
        ("[1]", "invalid type"),
    ] {
        let space = space(on_trouble);
        let run = nightly(&space, &[]);
        assert!(run.code == 2 && run.stderr.contains(words), "{}", run.stderr);
        assert!(!space.path("etc/state").exists());
    }
    let space = space(TELL);
    space.write("etc/queuestat.toml", config(TELL, "").replace("on_trouble", "on_truble"));
    let run = nightly(&space, &[]);
    assert!(run.code == 2 && run.stderr.contains("did you mean `on_trouble`?"), "{}", run.stderr);
}

#[test]
fn programs_are_found_and_what_they_print_is_shown() {
    let script = "printf 'two\\\\nlines\\\\033[31m\\\\n'; echo oops >&2";
    for program in ["sh", "/bin/sh", "./tools/tell", "tools/tell"] {
        let space = with_trouble(&format!("[\"{program}\", \"-c\", \"{script}\"]"));
        fs::create_dir(space.path("etc/tools")).unwrap();
        std::os::unix::fs::symlink("/bin/sh", space.path("etc/tools/tell")).unwrap();
        let run = nightly(&space, &[]);
        let shown: Vec<&str> =
            run.stderr.lines().filter(|line| line.starts_with("on_trouble: ")).collect();
        assert_eq!(
            shown,
            ["on_trouble: two", "on_trouble: lines[31m", "on_trouble: oops"],
            "{program}: {}",
            run.stderr
        );
        assert!(run.code == 3 && run.stdout.is_empty());
    }
    let space = with_trouble(&format!("[\"sh\", \"-c\", \"{script}\"]"));
    let run = nightly(&space, &["--log-format", "json"]);
    for line in run.stderr.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(
            line["level"].is_string() && line["event"].is_string() && line["message"].is_string()
        );
    }
    assert!(run.stderr.contains("\"event\":\"on_trouble\",\"message\":\"oops\""), "{}", run.stderr);
}

#[test]
fn very_much_to_tell_stops_nobody() {
    // More than a pipe holds, to one that does not read, and from one that does not stop.
    for on_trouble in ["[\"true\"]", "[\"sh\", \"-c\", \"yes | head -c 1000000\"]", TELL] {
        let space = space(on_trouble);
        let long = "very-long-name-of-a-folder".repeat(7);
        for file in 0..3 {
            let name = format!("etc/archive/{long}/{file}.jsonl");
            space.write(&name, format!("{}{}", line("2"), "rubbish\n".repeat(900)));
        }
        let begin = Instant::now();
        let run = nightly(&space, &["--verbose", "--force"]);
        assert_eq!(run.code, 3, "{}", run.stderr);
        assert!(run.stderr.lines().count() > 1_000);
        assert!(begin.elapsed() < Duration::from_secs(25), "{:?}", begin.elapsed());
        if on_trouble == TELL {
            let said = told(&space, 3, "published, but look at the input");
            assert_eq!(said.lines().count(), 1_001);
            assert!(
                said.contains("lines more, left out here)") && said.contains("Published"),
                "{said}"
            );
        }
    }
}

#[test]
fn a_night_that_is_stopped_tells_quickly_and_ends_who_does_not() {
    for (on_trouble, is_heard) in [
        (TELL, true),
        ("[\"sh\", \"-c\", \"trap '' TERM; sleep 600 & echo $! > child; wait\"]", false),
    ] {
        let space = space(on_trouble);
        let _lock =
            Store::open_with(&Disk::new(), &space.path("etc/state"), Options::default()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_queuestat"));
        let args = ["nightly", "--config", "etc/queuestat.toml", "--lock-wait", "600"];
        command.env_clear().current_dir(space.path(".")).args(args);
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let pid = Pid::from_child(&child);
        std::thread::sleep(Duration::from_millis(1_500));
        let begin = Instant::now();
        kill_process(pid, Signal::TERM).unwrap();
        let run = Run::from(child.wait_with_output().unwrap());
        assert_eq!(run.code, 143, "{}", run.stderr);
        assert!(begin.elapsed() < Duration::from_secs(15), "{:?}", begin.elapsed());
        if is_heard {
            assert!(told(&space, 143, "stopped by SIGTERM").contains("nothing was kept"));
            continue;
        }
        assert!(run.stderr.contains("did not end within 5 s and was killed"), "{}", run.stderr);
        // Neither did what it had started live on.
        let child = fs::read_to_string(space.path("etc/child")).unwrap();
        let status = fs::read_to_string(format!("/proc/{}/status", child.trim()));
        assert!(status.is_err() || status.unwrap().contains("State:\tZ"));
    }
}

#[test]
fn nothing_of_a_payload_is_told() {
    let canaries = ["+46700000001", "canary@example.org", "Canary Person", "canary message"];
    let [phone, mail, person, message] = canaries;
    let position = format!(
        "\"location\":\"A\",\"createdAt\":\"{message}\",\"label\":\"{person}\",\"status\":\"{mail}\",\
         \"notification\":{{\"settings\":{{\"to\":\"{phone}\"}}}},\"feedback\":{{\"rating\":\"{message}\",\"message\":\"{message}\"}}"
    );
    let space = space(TELL);
    let good = hook("o", "feedbackReceived", "t1", &position);
    space
        .write("etc/archive/b.jsonl", format!("{good}{phone} {mail}\n{}", good.replace("}}", "}")));
    let run = nightly(&space, &["--force", "--verbose"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    let said = told(&space, 3, "published, but look at the input");
    assert!(said.contains("b.jsonl"), "{said}");
    for canary in canaries {
        assert!(!said.contains(canary) && !run.stderr.contains(canary), "{canary}");
    }
}
