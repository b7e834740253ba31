//! Twenty nightly runs that are started at once, as by twenty impatient people.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use queuestat::disk::Disk;
use queuestat::report::publish::site::Site;

use crate::workspace::{Run, Workspace, hook};

const RUNS: usize = 20;

fn space() -> Workspace {
    let space = Workspace::new();
    let config = "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\n";
    space.write("queuestat.toml", config);
    let position = "\"location\":\"A\",\"createdAt\":\"2021-04-01T10:00:00Z\",\"fulfilledAt\":\"2021-04-01T10:05:00Z\"";
    space.write("archive/a.jsonl", hook("org", "positionCompleted", "1", position));
    space
}

/// Starts them side by side.
fn start(space: &Workspace, more: &[&str]) -> Vec<Child> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_queuestat"));
    command.env_clear().current_dir(space.path("")).args([
        "nightly",
        "--as-of",
        "2021-04-08T02:00:00Z",
    ]);
    command.args(more).stdout(Stdio::piped()).stderr(Stdio::piped());
    (0..RUNS).map(|_| command.spawn().unwrap()).collect()
}

fn end(run: Child) -> Run {
    Run::from(run.wait_with_output().unwrap())
}

#[test]
fn one_works_and_nineteen_go() {
    let space = space();
    // Whoever is first gets the state, and then waits for the site until the others have gone.
    let held = Site::open(&Disk::new(), &space.path("site"), 2).unwrap();
    let mut working = start(&space, &[]);
    let mut gone = Vec::new();
    while gone.len() < RUNS - 1 {
        let mut open = Vec::new();
        for mut run in working {
            match run.try_wait().unwrap() {
                Some(_) => gone.push(end(run)),
                None => open.push(run),
            }
        }
        working = open;
        std::thread::sleep(Duration::from_millis(5));
    }
    for run in gone {
        assert!(run.code == 75 && run.stderr.contains("another run works in"), "{}", run.stderr);
    }
    assert_eq!(working.len(), 1);
    drop(held);
    let run = end(working.remove(0));
    assert!(run.code == 0 && run.stderr.contains("Published"), "{}", run.stderr);
    let list = space.run(&["state", "list"]).stdout;
    assert!(list.starts_with("generation 1 (current)") && list.lines().count() == 1, "{list}");
}

#[test]
fn those_who_wait_work_one_after_the_other() {
    let space = space();
    let runs: Vec<Run> = start(&space, &["--lock-wait", "600"]).into_iter().map(end).collect();
    let count = |words: &str| runs.iter().filter(|run| run.stderr.contains(words)).count();
    for run in &runs {
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    assert_eq!((count("generation 1. Published"), count("nothing new")), (1, RUNS - 1));
    assert_eq!(space.run(&["state", "list"]).stdout.lines().count(), 1);
}
