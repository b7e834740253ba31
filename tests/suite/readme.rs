//! The README's examples for cron and systemd work as they stand: in a bare environment, from any folder.

use std::process::Command;

use crate::workspace::{Run, Workspace, hook, root};

const PROGRAM: &str = "/usr/local/bin/queuestat";
const CONFIG: &str = "/srv/queue/queuestat.toml";
/// What cron gives to a command of root.
const PATH: &str = "/usr/bin:/bin";

/// The blocks of a language that hold some words.
fn block(language: &str, words: &str) -> String {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let fence = format!("```{language}\n");
    let blocks = readme.split(fence.as_str()).skip(1);
    let mut blocks = blocks.map(|rest| rest.split("```").next().unwrap().to_owned());
    blocks.find(|block| block.contains(words)).unwrap()
}

fn space() -> Workspace {
    let space = Workspace::new();
    space.write(
        "queuestat.toml",
        "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\n",
    );
    let position = "\"location\":\"A\",\"createdAt\":\"2021-04-01T10:00:00Z\",\"fulfilledAt\":\"2021-04-01T10:05:00Z\"";
    space.write("archive/a.jsonl", hook("org", "positionCompleted", "1", position));
    space
}

/// Runs words of a shell in `/`, with a program and the configuration of a workspace in the places the README names.
/// Nothing that was just written is executed: the system refuses that while another test's process has it open.
fn shell(space: &Workspace, program: &str, words: &str) -> Run {
    assert!(words.contains(PROGRAM) && words.contains(CONFIG), "{words}");
    let config = space.path("queuestat.toml");
    let words = words.replace(PROGRAM, program).replace(CONFIG, config.to_str().unwrap());
    let mut command = Command::new("/bin/sh");
    command.env_clear().env("PATH", PATH).current_dir("/").args(["-c", &words]);
    Run::from(command.output().unwrap())
}

#[test]
fn the_commands_of_cron_and_systemd_run() {
    let crontab = block("crontab", PROGRAM);
    let entry = crontab.lines().find(|line| line.contains(PROGRAM)).unwrap();
    let (times, command) = entry.split_at(entry.find(PROGRAM).unwrap());
    assert_eq!(times.split_whitespace().count(), 5, "{entry}");
    // To cron, `%` is the end of a line.
    assert!(!entry.contains('%'), "{entry}");
    let service = block("ini", "[Service]");
    let start = service.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    assert!(block("ini", "[Timer]").contains("OnCalendar="));
    for command in [command, start] {
        let space = space();
        let run = shell(&space, env!("CARGO_BIN_EXE_queuestat"), command);
        assert_eq!((run.code, run.stdout, run.stderr), (0, String::new(), String::new()));
        assert!(space.path("site/current/index.html").exists());
    }
}

/// What stands in the place of queuestat.
enum Program {
    Real,
    Missing,
    Script(&'static str),
}

impl Program {
    fn path(&self, space: &Workspace) -> String {
        match self {
            Self::Real => env!("CARGO_BIN_EXE_queuestat").to_owned(),
            Self::Missing => space.path("nobody").display().to_string(),
            Self::Script(words) => format!("/bin/sh {}", space.write("program", words).display()),
        }
    }
}

/// The wrapper with a `curl` that writes down what it was told.
fn with_curl(space: &Workspace, wrapper: &str) -> String {
    format!("curl() {{ echo \"$@\" >> '{}'; }}\n{wrapper}", space.path("told").display())
}

#[test]
fn the_wrapper_tells_every_exit_code() {
    let wrapper = block("sh", "curl");
    let told = |space: &Workspace| {
        let text = std::fs::read_to_string(space.path("told")).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        text.trim_end().rsplit('/').next().unwrap().to_owned()
    };
    for (program, expected) in [
        (Program::Real, 0),
        (Program::Missing, 127),
        (Program::Script("exit 3"), 3),
        (Program::Script("exit 75"), 75),
        (Program::Script("kill -KILL $$"), 137),
        (Program::Script("kill -TERM $$"), 143),
    ] {
        let space = space();
        let run = shell(&space, &program.path(&space), &with_curl(&space, &wrapper));
        assert_eq!((run.code, told(&space)), (expected, expected.to_string()), "{}", run.stderr);
    }
    // One that hangs, and one that hangs and hears no signal.
    let short = wrapper.replace("-k 60 4h", "-k 0.5 0.2");
    assert_ne!(short, wrapper);
    for (hangs, expected) in [("exec sleep 600", 124), ("trap '' TERM; exec sleep 600", 137)] {
        let space = space();
        let run = shell(&space, &Program::Script(hangs).path(&space), &with_curl(&space, &short));
        assert_eq!((run.code, told(&space)), (expected, expected.to_string()), "{}", run.stderr);
    }
    // Nobody hears it: the exit code is that of the run, and curl's complaint is printed.
    let space = space();
    let deaf = format!("curl() {{ echo no network >&2; return 6; }}\n{wrapper}");
    let run = shell(&space, &Program::Real.path(&space), &deaf);
    assert_eq!((run.code, run.stderr.as_str()), (0, "no network\n"));
}
