//! What the system refuses: one line that says what, where, why, what was published and what to do; a documented exit code.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use queuestat::disk::Disk;
use queuestat::store::{Options, Store};

use crate::workspace::{Run, Workspace, files, hook};

const AS_OF: &str = "2021-04-08T02:00:00Z";
const NIGHT: [&str; 3] = ["nightly", "--as-of", AS_OF];
const REPORT: [&str; 6] = ["report", "archive", "--out", "out", "--as-of", AS_OF];

fn line(id: u32) -> String {
    let times = "\"createdAt\":\"2021-04-01T10:00:00Z\",\"fulfilledAt\":\"2021-04-01T10:05:00Z\"";
    hook("org", "positionCompleted", &id.to_string(), &format!("\"location\":\"A\",{times}"))
}

fn space() -> Workspace {
    let space = Workspace::new();
    space.write(
        "queuestat.toml",
        "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\n",
    );
    space.write("archive/0.jsonl", line(0));
    space
}

/// Runs it through a shell, which can close and limit what a program gets.
fn shell(space: &Workspace, script: &str, args: &[&str]) -> Run {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_queuestat")]).args(args);
    Run::from(command.env_clear().current_dir(space.path(".")).output().unwrap())
}

fn assert_one_line(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, code, "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "`{word}` is missing in {}", run.stderr);
    }
}

#[test]
fn counters_that_cannot_be_written_are_found_out_before_anything_is_done() {
    for (path, why) in [
        ("nowhere/m.prom", "No such file"),
        ("folder", "is a directory"),
        ("queuestat.toml/m.prom", "Not a directory"),
        ("/dev/null", "no regular file"),
        ("/proc/m.prom", ""),
    ] {
        let space = space();
        fs::create_dir(space.path("folder")).unwrap();
        let mut before = files(&space.path("."));
        for (night, stays) in [(1, "nothing was published"), (2, "the last reports stay")] {
            let run = space.run(&[&NIGHT[..], &["--metrics-file", path]].concat());
            assert_one_line(&run, 5, &[path, why, stays, "nothing was published", "name"]);
            let mut now = files(&space.path("."));
            // The places are made before; nothing is in them.
            now.retain(|name, _| {
                night > 1 || !name.starts_with("state/") && !name.starts_with("site/")
            });
            assert_eq!(now, before, "{path}");
            assert!(fs::read_dir(space.path("folder")).unwrap().next().is_none());
            if night == 1 {
                assert!(!space.path("site/current").exists());
                assert_eq!(space.run(&NIGHT).code, 0);
                space.write("archive/1.jsonl", line(1));
                before = files(&space.path("."));
            }
        }
    }
    // Behind a link it is the file that is replaced, and nothing else is left.
    let space = space();
    fs::create_dir(space.path("folder")).unwrap();
    space.write("folder/real.prom", "old\n");
    std::os::unix::fs::symlink("folder/real.prom", space.path("m.prom")).unwrap();
    let run = space.run(&[&NIGHT[..], &["--metrics-file", "m.prom"]].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(space.path("m.prom").is_symlink());
    let text = fs::read_to_string(space.path("folder/real.prom")).unwrap();
    assert!(text.contains("queuestat_nightly_exit_code 0\n"), "{text}");
    assert_eq!(fs::read_dir(space.path("folder")).unwrap().count(), 1);
}

#[test]
fn whatever_stops_a_night_is_one_line() {
    let lock = |space: &Workspace| {
        Store::open_with(&Disk::new(), &space.path("state"), Options::default()).unwrap()
    };
    let spaces = || space();
    let space = spaces();
    fs::remove_dir_all(space.path("archive")).unwrap();
    assert_one_line(&space.run(&NIGHT), 2, &["`archive` does not exist", "nothing was published"]);
    for name in ["site", "state"] {
        let space = spaces();
        space.write(name, "");
        let said = [&format!("`{name}` is not a folder")[..], "nothing was published", "name"];
        assert_one_line(&space.run(&NIGHT), 2, &said);
    }
    let space = spaces();
    assert_eq!(space.run(&NIGHT).code, 0);
    let locked = lock(&space);
    assert_one_line(&space.run(&NIGHT), 75, &["`state`", "the last reports stay", "--lock-wait"]);
    drop(locked);
    space.write("site/mine.txt", "");
    assert_one_line(&space.run(&NIGHT), 4, &["mine.txt", "the last reports stay", "move those"]);
    fs::remove_file(space.path("site/mine.txt")).unwrap();
    fs::write(space.path("state/CURRENT"), "nonsense").unwrap();
    let said = ["CURRENT", "damaged", "the last reports stay", "queuestat state repair"];
    assert_one_line(&space.run(&NIGHT), 4, &said);
    space.write("queuestat.toml", "nightly = 1\n");
    assert_one_line(&space.run(&NIGHT), 2, &["queuestat.toml:1", "the last reports stay"]);
    assert_one_line(
        &spaces().run(&["nightly", "--config", "no.toml"]),
        2,
        &["no.toml", "--config"],
    );
}

#[test]
fn a_result_that_cannot_be_printed() {
    let space = space();
    assert_eq!(space.run(&NIGHT).code, 0);
    let check = ["check", "archive", "--quiet"];
    let json = ["check", "archive", "--quiet", "--json"];
    for args in
        [&check[..], &json, &["--help"], &["--version"], &["state", "list"], &["state", "verify"]]
    {
        let run = shell(&space, "exec \"$@\" > /dev/full", args);
        assert_one_line(&run, 5, &["standard output", "No space left", "make room"]);
        let run = shell(&space, "exec prlimit --fsize=10 \"$@\" > printed", args);
        assert_one_line(&run, 5, &["standard output", "File too large", "ulimit -f"]);
        assert!(fs::metadata(space.path("printed")).unwrap().len() <= 10);
        // Nobody is there to hear, on purpose.
        let run = shell(&space, "exec \"$@\" >&- 2>&- <&-", args);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{args:?}");
        // A reader that goes away has seen enough, unless half of it is of no use.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_queuestat"));
        command.args(args).env_clear().current_dir(space.path(".")).stdout(writer);
        let run = Run::from(command.stderr(Stdio::piped()).output().unwrap());
        if args.contains(&"--json") {
            assert_one_line(&run, 5, &["standard output", "Broken pipe", "nothing was written"]);
        } else {
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{args:?}");
        }
    }
}

#[test]
fn nobody_listens_and_the_files_are_what_they_should_be() {
    let heard = space();
    assert_eq!((heard.run(&NIGHT).code, heard.run(&REPORT).code), (0, 0));
    for closed in [">&-", "2>&-", "<&-", ">&- 2>&- <&-", "2>/dev/full", ">/dev/full 2>/dev/full"] {
        let space = space();
        for args in [&NIGHT[..], &REPORT] {
            let run = shell(&space, &format!("exec \"$@\" {closed}"), args);
            assert_eq!(run.code, 0, "{closed}: {}", run.stderr);
        }
        // No word went into a file that got the number of a closed one.
        let mut found = files(&space.path("."));
        let mut expected = files(&heard.path("."));
        found.retain(|name, _| !name.ends_with("run.json"));
        expected.retain(|name, _| !name.ends_with("run.json"));
        assert!(found.keys().eq(expected.keys()), "{closed} {:?}", found.keys());
        for (name, bytes) in &found {
            // Times of files are kept with it.
            let is_dated =
                ["ledger.json", "MANIFEST", "MANIFEST.copy", "CURRENT", "made-from.json"];
            let dated = is_dated.iter().any(|end| name.ends_with(end));
            assert!(dated || bytes == &expected[name], "{closed} {name}");
        }
        assert_eq!(space.run(&["state", "verify"]).code, 0);
    }
}

#[test]
fn an_odd_environment_changes_nothing() {
    let space = space();
    assert_eq!(space.run(&REPORT).code, 0);
    let expected = space.published();
    for (name, value) in [
        ("TZ", "Nonsense/Nowhere"),
        ("TZ", ":/dev/zero"),
        ("TMPDIR", "/nowhere/at/all"),
        ("HOME", "/nowhere"),
        ("LC_ALL", "xx_XX.nonsense"),
        ("COLUMNS", "-1"),
        ("RUST_BACKTRACE", "full"),
        ("RAYON_NUM_THREADS", "many"),
        ("POLARS_MAX_THREADS", "1"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_queuestat"));
        command.env_clear().env(name, value).current_dir(space.path(".")).args(REPORT);
        let run = Run::from(command.output().unwrap());
        assert_eq!(run.code, 0, "{name}={value}: {}", run.stderr);
        assert!(space.published() == expected, "{name}={value}");
    }
    // Nor does another name of the program.
    let mut command = Command::new(env!("CARGO_BIN_EXE_queuestat"));
    command.arg0("").env_clear().current_dir(space.path(".")).args(REPORT);
    assert!(command.status().unwrap().success());
}

#[test]
fn small_limits_are_errors_that_name_them() {
    let space = space();
    for id in 1..40 {
        space.write(&format!("archive/{id}.jsonl"), line(id));
    }
    assert_eq!(space.run(&REPORT).code, 0);
    let expected = space.published();
    for files_open in 5..24 {
        let script = format!("exec prlimit --nofile={files_open} \"$@\"");
        for args in [&NIGHT[..], &REPORT] {
            let run = shell(&space, &script, args);
            if run.code != 0 && run.code != 127 {
                assert_one_line(&run, 5, &["Too many open files", "LimitNOFILE"]);
                let said = ["nothing was published", "are not published; the next run"];
                assert!(said.iter().any(|words| run.stderr.contains(words)), "{}", run.stderr);
            }
        }
        assert!(space.published() == expected, "{files_open}");
    }
    assert_eq!(shell(&space, "exec prlimit --nofile=24 \"$@\"", &NIGHT).code, 0);
    // Less than it can begin with; and what it may find out in the middle only.
    let run = shell(&space, "exec prlimit --as=100000000 \"$@\"", &NIGHT);
    assert_one_line(&run, 5, &["100 MB of memory", "ulimit -v", "nothing was published"]);
    for mb in [135, 140, 160, 200] {
        let run = shell(&space, &format!("exec prlimit --as={mb}000000 \"$@\""), &REPORT);
        assert!(matches!(run.code, 0 | 5), "{mb}: {} {}", run.code, run.stderr);
        assert!(space.published() == expected, "{mb}");
    }
}

#[test]
fn an_archive_of_invented_tickets_that_does_not_fit() {
    let space = Workspace::new();
    let run = shell(&space, "exec prlimit --fsize=2000 \"$@\"", &["synth", "--out", "demo"]);
    assert_one_line(&run, 5, &["demo/", "File too large", "not whole"]);
    let run = space.run(&["synth", "--out", "/proc/demo"]);
    assert_one_line(&run, 5, &["/proc/demo", "not whole"]);
}
