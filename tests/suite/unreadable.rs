//! What may not be read, is no file or leads nowhere: it is said, and no canary of what lies beside it is shown.
//!
//! Nothing is forbidden to root. So these tests run the program as nobody if they are run as root.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use crate::canaries::{archive, assert_nothing_in, note, outputs};
use crate::workspace::{AS_OF, Run, Workspace, files};

/// The user of nobody on every Linux.
const NOBODY: u32 = 65_534;

fn mode(space: &Workspace, name: &str, mode: u32) {
    fs::set_permissions(space.path(name), Permissions::from_mode(mode)).unwrap();
}

/// Runs the program as somebody who is not root, with an empty environment; the workspace is everybody's.
struct Other {
    program: PathBuf,
    is_root: bool,
}

impl Other {
    fn new(space: &Workspace) -> Self {
        mode(space, ".", 0o777);
        let program = space.path("program");
        // Where it was built may be closed to others.
        fs::copy(env!("CARGO_BIN_EXE_queuestat"), &program).unwrap();
        Self { program, is_root: rustix::process::geteuid().is_root() }
    }

    fn run(&self, space: &Workspace, args: &[&str]) -> Run {
        let mut command = Command::new(&self.program);
        command.env_clear().current_dir(space.path(".")).args(args);
        if self.is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        Run::from(command.output().unwrap())
    }
}

#[test]
fn files_that_may_not_be_read_are_said_and_nothing_of_them() {
    let space = archive();
    let other = Other::new(&space);
    let mut said = BTreeMap::new();
    // Each argument that names what may not be read, and what it names.
    mode(&space, "in/table.csv", 0);
    fs::create_dir(space.path("in/closed")).unwrap();
    fs::copy(space.path("in/lines.jsonl"), space.path("in/closed/a.jsonl")).unwrap();
    mode(&space, "in/closed", 0);
    space.write("closed.toml", "quetzal = \"+46701239876\"\n");
    mode(&space, "closed.toml", 0);
    for (text, words) in [
        ("check in --verbose", "table.csv"),
        ("report in --out out --force --verbose", "table.csv"),
        ("report in/table.csv --out out --force", "table.csv"),
        ("check in/closed", "in/closed"),
        ("check in --config closed.toml", "closed.toml"),
        ("nightly --verbose", "table.csv"),
        ("export tickets in -o t.csv", "table.csv"),
        ("explain 00000003-88c6-4a3c-8a0e-1d2f3a4b5c6d in/table.csv", "table.csv"),
    ] {
        let args: Vec<&str> = text.split(' ').chain(["--as-of", AS_OF]).collect();
        let run = other.run(&space, &args);
        assert!([2, 3, 4, 5].contains(&run.code), "{text}: {} {}", run.code, run.stderr);
        let line = run.stderr.lines().find(|line| line.contains(words));
        assert!(line.is_some_and(|line| line.contains("ermission")), "{text}: {}", run.stderr);
        note(&mut said, &args, &run);
    }
    // A state of which one file after the other may not be read.
    mode(&space, "in/table.csv", 0o644);
    mode(&space, "in/closed", 0o755);
    fs::remove_dir_all(space.path("in/closed")).unwrap();
    let night = ["nightly", "--as-of", AS_OF, "--verbose"];
    let run = other.run(&space, &night);
    assert!([0, 3].contains(&run.code), "{}", run.stderr);
    let kept: Vec<String> = files(&space.path("state")).into_keys().collect();
    assert!(kept.len() > 5);
    for name in kept {
        let path = format!("state/{name}");
        mode(&space, &path, 0);
        for args in [&["state", "verify"][..], &["ask", "--state", "state", "--by", "day"]] {
            let run = other.run(&space, args);
            note(&mut said, &[args, &[path.as_str()]].concat(), &run);
        }
        mode(&space, &path, 0o644);
    }
    let mut all = outputs(&space);
    all.retain(|name, _| name != "program" && name != "closed.toml");
    all.extend(said);
    assert_nothing_in(&all, 60);
}

#[test]
fn what_is_no_file_or_leads_nowhere_is_said() {
    let space = archive();
    let mut said = BTreeMap::new();
    symlink("nowhere", space.path("in/away.jsonl")).unwrap();
    symlink("circle.jsonl", space.path("in/circle.jsonl")).unwrap();
    fs::create_dir(space.path("in/folder.jsonl")).unwrap();
    let _hears = std::os::unix::net::UnixListener::bind(space.path("in/socket.jsonl")).unwrap();
    // Whatever is read there ends with an error of the device.
    symlink("/proc/self/mem", space.path("memory.toml")).unwrap();
    for (text, codes, words) in [
        ("check in --verbose", &[3][..], &["away.jsonl", "circle.jsonl", "socket.jsonl"][..]),
        ("report in --out out --force", &[3], &["away.jsonl", "circle.jsonl", "socket.jsonl"]),
        ("check in/away.jsonl", &[2], &["in/away.jsonl"]),
        ("check in/circle.jsonl", &[5], &["in/circle.jsonl"]),
        ("check in/folder.jsonl", &[2, 3], &["in/folder.jsonl"]),
        ("check in/socket.jsonl", &[2], &["in/socket.jsonl"]),
        ("check in --config in/folder.jsonl", &[2, 5], &["in/folder.jsonl"]),
        ("check in --config in/circle.jsonl", &[2, 5], &["in/circle.jsonl"]),
        ("check in --config memory.toml", &[2, 5], &["memory.toml"]),
        ("report in --out in/lines.jsonl", &[2, 4, 5], &["in/lines.jsonl"]),
        ("export tickets in -o in/folder.jsonl", &[2, 5], &["in/folder.jsonl"]),
        ("nightly --config in/socket.jsonl", &[2, 5], &["in/socket.jsonl"]),
    ] {
        let args: Vec<&str> = text.split(' ').chain(["--as-of", AS_OF]).collect();
        let run = space.run(&args);
        assert!(codes.contains(&run.code), "{text}: {} {}", run.code, run.stderr);
        for word in words {
            assert!(run.stderr.contains(word), "{text}: {}", run.stderr);
        }
        note(&mut said, &args, &run);
    }
    for args in [
        &["ask", "--state", "in/lines.jsonl", "--by", "day"][..],
        &["ask", "--state", "in/circle.jsonl", "--by", "day"],
        &["state", "verify", "--state", "in/socket.jsonl"],
        &["pieces", "names", "--work", "in/lines.jsonl", "in"],
        &["pieces", "join", "--work", "in", "in", "--out", "j"],
    ] {
        let run = space.run(args);
        assert!([2, 4, 5].contains(&run.code), "{args:?}: {} {}", run.code, run.stderr);
        note(&mut said, args, &run);
    }
    for name in ["memory.toml", "in/socket.jsonl", "in/circle.jsonl", "in/away.jsonl"] {
        fs::remove_file(space.path(name)).unwrap();
    }
    let mut all = outputs(&space);
    all.extend(said);
    assert_nothing_in(&all, 20);
}
