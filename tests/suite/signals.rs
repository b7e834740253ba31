//! Runs that are asked to stop, by real signals: nothing is half done, and the next run makes up for it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime};

use queuestat::disk::Disk;
use queuestat::report::publish::site::Site;
use queuestat::store::{Options, Store};
use queuestat::synth::{Compression, Recipe, write};
use rustix::process::{Pid, Signal, kill_process};

use crate::workspace::{Workspace, files, hook};

const AS_OF: &str = "2021-03-21T02:00:00Z";
/// So many reports that there is time for a signal between the commit and the publication.
const REPORTS: usize = 8;

/// A process that is asked to stop. It is killed with the test.
struct Running(Child);

impl Running {
    fn start(space: &Workspace, args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_queuestat"));
        command.env_clear().current_dir(space.path("")).args(args);
        Self(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Waits until it says that a stage has ended.
    fn reaches(&mut self, stage: &str) -> BufReader<std::process::ChildStderr> {
        let mut lines = BufReader::new(self.0.stderr.take().unwrap());
        let mut line = String::new();
        while !line.starts_with(stage) {
            line.clear();
            assert_ne!(lines.read_line(&mut line).unwrap(), 0, "it never came to `{stage}`");
        }
        lines
    }

    /// Waits until it listens to SIGTERM.
    fn listens(&self) {
        let status = format!("/proc/{}/status", self.0.id());
        let begin = Instant::now();
        loop {
            let text = std::fs::read_to_string(&status).unwrap();
            let caught = text.lines().find_map(|line| line.strip_prefix("SigCgt:\t")).unwrap();
            let bit = 1 << (Signal::TERM.as_raw() - 1);
            if u64::from_str_radix(caught, 16).unwrap() & bit != 0 {
                return;
            }
            assert!(begin.elapsed() < Duration::from_mins(1), "it does not listen");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }

    fn end(&mut self) -> ExitStatus {
        self.0.wait().unwrap()
    }

    /// The exit code, and what was printed since [`Running::reaches`], without the times of stages.
    fn rest(&mut self, mut lines: BufReader<std::process::ChildStderr>) -> (i32, String) {
        let mut text = String::new();
        lines.read_to_string(&mut text).unwrap();
        let is_stage = |line: &&str| line.split_whitespace().any(|word| word == "s");
        let said: Vec<&str> = text.lines().filter(|line| !is_stage(line)).collect();
        (self.end().code().unwrap_or(-1), said.join("\n"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _it_has_ended = self.0.kill();
        let _nobody_asks = self.0.wait();
    }
}

/// A site of a small night, and what the next night brings; the same files at the same times in every folder.
fn space() -> Workspace {
    let space = Workspace::new();
    let reports: String = (1..=REPORTS)
        .map(|n| format!("[[nightly.report]]\nname = \"last-{n}\"\ndays = {n}\n"))
        .collect();
    space.write(
        "queuestat.toml",
        format!(
            "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\n{reports}"
        ),
    );
    let position = "\"location\":\"A\",\"createdAt\":\"2021-03-18T10:00:00Z\",\"fulfilledAt\":\"2021-03-18T10:05:00Z\"";
    space.write("archive/a.jsonl", hook("org", "positionCompleted", "1", position));
    date(&space, "archive/a.jsonl");
    let run = space.run(&["nightly", "--as-of", AS_OF]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let recipe = Recipe {
        tickets: 6_000,
        days: 12,
        compression: Compression::Plain,
        one_file: true,
        ..Recipe::default()
    };
    write(&recipe, &space.path("made")).unwrap();
    std::fs::rename(space.path("made/archive.jsonl"), space.path("archive/b.jsonl")).unwrap();
    date(&space, "archive/b.jsonl");
    space
}

/// Gives a file the time that it has in every folder.
fn date(space: &Workspace, name: &str) {
    let file = std::fs::File::options().write(true).open(space.path(name)).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_616_200_000)).unwrap();
}

/// What is kept and what is published, the times of the run apart.
fn kept_and_published(space: &Workspace) -> [BTreeMap<String, Vec<u8>>; 2] {
    ["state", "site"].map(|folder| {
        let mut found = files(&space.path(folder));
        found.retain(|name, _| !name.ends_with("run.json"));
        found
    })
}

/// The next night of a folder in which a run was stopped, against one in which none was.
fn assert_made_up_for(space: &Workspace) {
    let undisturbed = self::space();
    for space in [space, &undisturbed] {
        let run = space.run(&["nightly", "--as-of", AS_OF]);
        assert!(run.code == 0 && run.stderr.contains("Published"), "{}", run.stderr);
    }
    let [state, site] = kept_and_published(space);
    let [expected_state, expected_site] = kept_and_published(&undisturbed);
    assert!(state.keys().eq(expected_state.keys()), "{:?}", state.keys());
    assert!(site.keys().eq(expected_site.keys()), "{:?}", site.keys());
    for (found, expected) in [(state, expected_state), (site, expected_site)] {
        for (name, bytes) in found {
            assert!(expected[&name] == bytes, "{name}");
        }
    }
}

#[test]
fn stopped_while_reading() {
    let space = space();
    let before = kept_and_published(&space);
    for (signal, name, code) in [(Signal::TERM, "SIGTERM", 143), (Signal::INT, "SIGINT", 130)] {
        for (stage, threads) in [("recognise files", "1"), ("recognise files", "2"), ("merge", "2")]
        {
            let args = ["nightly", "--as-of", AS_OF, "--verbose", "--threads", threads];
            let mut run = Running::start(&space, &args);
            let lines = run.reaches(stage);
            run.signal(signal);
            let (ended, said) = run.rest(lines);
            let words =
                format!("error: stopped by {name}: nothing was kept, nothing was published");
            assert_eq!((ended, said), (code, words), "{stage}");
            assert!(before == kept_and_published(&space), "{stage}");
        }
    }
    assert_made_up_for(&space);
}

#[test]
fn stopped_between_commit_and_publication() {
    let space = space();
    let [_, site] = kept_and_published(&space);
    let mut run = Running::start(&space, &["nightly", "--as-of", AS_OF, "--verbose"]);
    let lines = run.reaches("commit");
    run.signal(Signal::TERM);
    let (code, said) = run.rest(lines);
    assert_eq!(code, 143, "{said}");
    assert!(said.contains("generation 2 is kept, its reports are not published"), "{said}");
    assert!(said.lines().count() == 1 && said.contains("the next run publishes them"), "{said}");
    let [_, after] = kept_and_published(&space);
    assert!(site == after);
    assert_eq!(space.run(&["state", "verify"]).code, 0);
    assert_made_up_for(&space);
}

#[test]
fn stopped_while_waiting() {
    let space = space();
    let before = kept_and_published(&space);
    let options = Options { wait: Duration::from_secs(20), ..Options::default() };
    // For the state, and for the site.
    for (place, format) in [("state", "text"), ("site", "json")] {
        let disk = Disk::new();
        let state = (place == "state")
            .then(|| Store::open_with(&disk, &space.path("state"), options).unwrap());
        let site = (place == "site").then(|| Site::open(&disk, &space.path("site"), 2).unwrap());
        let mut run = Running::start(
            &space,
            &["nightly", "--as-of", AS_OF, "--lock-wait", "600", "--log-format", format],
        );
        run.listens();
        // Now or later: it gives up in any case.
        std::thread::sleep(Duration::from_millis(50));
        let begin = Instant::now();
        run.signal(Signal::TERM);
        let lines = BufReader::new(run.0.stderr.take().unwrap());
        let (code, said) = run.rest(lines);
        assert!(code == 143 && said.contains("stopped by SIGTERM: nothing was kept"), "{said}");
        let is_json = said.contains("\"event\":\"stopped\"") && said.contains("\"exit_code\":143");
        assert_eq!(is_json, format == "json", "{said}");
        assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
        drop((state, site));
        assert!(before == kept_and_published(&space));
    }
}

#[test]
fn a_report_that_is_stopped_leaves_the_old_one() {
    let space = space();
    let run = space.run(&["report", "archive/a.jsonl", "--out", "out/today", "--as-of", AS_OF]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let before = files(&space.path("out"));
    for stage in ["find files", "frames"] {
        let args = ["report", "archive", "--out", "out/today", "--as-of", AS_OF, "--verbose"];
        let mut run = Running::start(&space, &args);
        let lines = run.reaches(stage);
        run.signal(Signal::INT);
        let (code, said) = run.rest(lines);
        assert!(code == 130 && said.contains("stopped by SIGINT"), "{code} {said}");
        assert!(before == files(&space.path("out")), "{stage}");
        assert_eq!(std::fs::read_dir(space.path("out")).unwrap().count(), 1);
    }
}

#[test]
fn who_waits_for_standard_input_is_killed_at_once() {
    let space = Workspace::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_queuestat"));
    command.env_clear().current_dir(space.path("")).args(["report", "-", "--out", "out"]);
    let child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut run = Running(child);
    run.signal(Signal::TERM);
    assert_eq!(run.end().code(), None);
}
