//! The guide's examples for cron and systemd work as they stand: in a bare environment, from any folder.

use std::io::Write;
use std::process::Command;

use crate::workspace::{Run, Workspace, hook, root};

const PROGRAM: &str = "/usr/local/bin/queuestat";
const CONFIG: &str = "/srv/queue/queuestat.toml";
/// What cron gives to a command of root.
const PATH: &str = "/usr/bin:/bin";

/// The blocks of a language that hold some words.
fn block(language: &str, words: &str) -> String {
    let page = std::fs::read_to_string(root().join("src/cli/guide/nightly.md")).unwrap();
    let fence = format!("```{language}\n");
    let blocks = page.split(fence.as_str()).skip(1);
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

/// Runs words of a shell in `/`, with a program and the configuration of a workspace in the places the guide names.
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

/// A program of the system; if it is missing, that is said where nobody swallows it.
fn tool(name: &str, test: &str) -> Option<Command> {
    let is_there = Command::new(name).arg("--version").output().is_ok();
    if !is_there {
        let skipped = format!("SKIPPED: {test}: there is no {name}\n");
        std::io::stderr().write_all(skipped.as_bytes()).unwrap();
    }
    is_there.then(|| Command::new(name))
}

#[test]
fn the_units_of_systemd_are_whole_and_hide_nothing() {
    let (service, timer, trouble) =
        (block("ini", "OnFailure="), block("ini", "[Timer]"), block("ini", "%i failed"));
    // A night that needs a look is a failure, and a failure is told.
    assert!(!service.contains("SuccessExitStatus"), "{service}");
    assert!(service.contains("\nOnFailure=queuestat-trouble@%n.service\n"), "{service}");
    for line in
        ["User=queuestat", "ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet="]
    {
        assert!(service.lines().any(|found| found == line), "{line}");
    }
    let Some(mut analyze) = tool("systemd-analyze", "the units") else { return };
    let space = Workspace::new();
    let here = |text: &str| {
        let text = text.replace(PROGRAM, env!("CARGO_BIN_EXE_queuestat"));
        text.replace("User=queuestat", "User=root")
    };
    let mut units = Vec::new();
    for (name, text) in [
        ("queuestat.service", &service),
        ("queuestat.timer", &timer),
        ("queuestat-trouble@.service", &trouble),
    ] {
        units.push(space.write(name, here(text)));
    }
    analyze.args(["verify", "--man=no", "--recursive-errors=no"]).args(&units);
    analyze.env("SYSTEMD_UNIT_PATH", format!("{}:", space.path("").display()));
    let run = Run::from(analyze.output().unwrap());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    // What a service may do, from 0 (nothing) to 10.
    let mut analyze = Command::new("systemd-analyze");
    analyze.args(["security", "--offline=true", "--threshold=15", "--no-pager"]).arg(&units[0]);
    let run = Run::from(analyze.output().unwrap());
    // With the user of the guide it is less.
    assert_eq!(run.code, 0, "{}", run.stdout);
}

#[test]
fn the_alerts_are_about_counters_that_are_written() {
    let rules = block("yaml", "alert:");
    let space = space();
    let run = space.run(&["nightly", "--metrics-file", "m.prom"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let metrics = std::fs::read_to_string(space.path("m.prom")).unwrap();
    let mut seen = 0;
    for expression in rules.lines().filter_map(|line| line.trim().strip_prefix("expr: ")) {
        let names = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        for name in names.filter(|name| name.starts_with("queuestat_")) {
            seen += 1;
            let is_written = metrics
                .lines()
                .any(|line| line.split([' ', '{']).next() == Some(name) && !line.starts_with('#'));
            assert!(is_written, "{name}: {metrics}");
        }
    }
    assert!(seen > 4 && rules.matches("alert:").count() == 4, "{rules}");
    let path = space.write("rules.yml", &rules);
    let Some(mut promtool) = tool("promtool", "the alerts") else { return };
    let run = Run::from(promtool.args(["check", "rules"]).arg(&path).output().unwrap());
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let mut promtool = Command::new("promtool");
    let check = promtool
        .args(["check", "metrics"])
        .stdin(std::fs::File::open(space.path("m.prom")).unwrap());
    let run = Run::from(check.output().unwrap());
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
}

#[test]
fn the_command_for_trouble_is_one() {
    let config = block("toml", "on_trouble");
    let space = space();
    let mail = "cat > mailed; echo \"$@\" >> mailed";
    let shell = config.replace("[\"mail\", ", &format!("[\"sh\", \"-c\", '{mail}', \"mail\", "));
    assert_ne!(shell, config);
    space.write("queuestat.toml", shell);
    space.write("archive/b.jsonl.gz", [0x1f, 0x8b]);
    let run = space.run(&["nightly", "--quiet"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    let mailed = std::fs::read_to_string(space.path("mailed")).unwrap();
    assert!(mailed.contains("b.jsonl.gz") && mailed.ends_with("-s queuestat ops@example.org\n"));
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
