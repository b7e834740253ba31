//! A nightly run under cron: one at a time, quiet, and never silently wrong.

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;
use std::time::Duration;

use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use queuestat::disk::Disk;
use queuestat::store::{Options, Store};

use crate::workspace::{Run, Workspace, files, hook, only};

const CONFIG: &str = "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\n";
const AS_OF: &str = "2021-04-08T02:00:00Z";

fn line(id: &str) -> String {
    hook(
        "org",
        "positionCompleted",
        id,
        "\"location\":\"A\",\"createdAt\":\"2021-04-01T10:00:00Z\",\"fulfilledAt\":\"2021-04-01T10:05:00Z\"",
    )
}

fn space() -> Workspace {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    space.write("archive/a.jsonl", line("1"));
    space
}

fn nightly(space: &Workspace, more: &[&str]) -> Run {
    let mut args = vec!["nightly", "--as-of", AS_OF];
    args.extend(more);
    space.run(&args)
}

fn generations(space: &Workspace) -> Vec<PathBuf> {
    let entries = fs::read_dir(space.path("state")).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = entries
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("gen-"))
        .collect();
    found.sort();
    found
}

#[test]
fn a_night_without_news_says_and_changes_nothing() {
    let space = space();
    let first = nightly(&space, &["--metrics-file", "queuestat.prom"]);
    assert_eq!((first.code, first.stdout.as_str()), (0, ""), "{}", first.stderr);
    assert_eq!(first.stderr.lines().count(), 1, "{}", first.stderr);
    let metrics = fs::read_to_string(space.path("queuestat.prom")).unwrap();
    assert!(metrics.contains("queuestat_nightly_records_read 1\n"), "{metrics}");
    let site = files(&space.path("site"));
    for name in ["index.html", "run.json", "all/index.html", "last-28-days/index.html"] {
        assert!(site.contains_key(&format!("current/{name}")), "{:?}", site.keys());
    }
    let second = nightly(&space, &["--quiet"]);
    assert_eq!((second.code, second.stderr.as_str()), (0, ""));
    assert_eq!(files(&space.path("site")), site);
    assert_eq!(generations(&space).len(), 1);
    // A time that never will be in range is not waited for; one that will be is read again when it is.
    let ahead = line("3").replace("2021-04-01T10:05", "2021-04-09T14:05");
    space.write(
        "archive/old.jsonl",
        line("2").replace("2021-04-01T10:05", "1999-04-01T10:05") + &ahead,
    );
    for (as_of, words, generation) in [
        ("08T02:00:00Z", "Published", 2),
        ("08T03:00:00Z", ": 2 files (2 verified);", 2),
        ("08T14:04:59Z", ": 2 files (2 verified);", 2),
        ("08T14:05:00Z", "(1 read again, 2 verified)", 3),
        ("08T15:00:00Z", ": 2 files (2 verified);", 3),
    ] {
        let run = space.run(&["nightly", "--as-of", &format!("2021-04-{as_of}")]);
        assert!(run.code == 0 && run.stderr.contains(words), "{as_of}: {}", run.stderr);
        let newest = space.path(&format!("state/gen-{generation}"));
        assert_eq!(generations(&space).last().unwrap(), &newest);
    }
    fs::remove_file(space.path("archive/old.jsonl")).unwrap();
    // Another day has other windows; another configuration has other figures.
    let later = space.run(&["nightly", "--as-of", "2021-04-09T02:00:00Z", "--quiet"]);
    assert_eq!((later.code, later.stderr.as_str()), (0, ""));
    assert_ne!(files(&space.path("site/current")), files(&space.path("site/.gen/2")));
    assert_eq!(generations(&space).len(), 3);
    space.write("queuestat.toml", format!("time_zone = \"Asia/Tokyo\"\n{CONFIG}"));
    let other = space.run(&["nightly", "--as-of", "2021-04-09T02:00:00Z"]);
    assert!(other.code == 0 && other.stderr.contains("Published"), "{}", other.stderr);
}

#[test]
fn only_one_runs_at_a_time() {
    let space = space();
    let options = Options { wait: Duration::from_secs(20), ..Options::default() };
    let store = Store::open_with(&Disk::new(), &space.path("state"), options).unwrap();
    let run = nightly(&space, &[]);
    assert_eq!(run.code, 75, "{}", run.stderr);
    assert!(run.stderr.contains("--lock-wait"), "{}", run.stderr);
    let free = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        drop(store);
    });
    let run = nightly(&space, &["--lock-wait", "60"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    free.join().unwrap();
}

#[test]
fn a_damaged_state_is_refused_and_there_are_two_ways_out() {
    let space = space();
    assert_eq!(nightly(&space, &[]).code, 0);
    space.write("archive/b.jsonl", line("2"));
    assert_eq!(nightly(&space, &[]).code, 0);
    let before = files(&space.path("site/current"));
    fs::write(generations(&space)[1].join("ledger.json"), "{}").unwrap();
    space.write("archive/c.jsonl", line("3"));
    let run = nightly(&space, &[]);
    assert!(run.code == 4 && run.stderr.contains("state rollback"), "{}", run.stderr);
    assert_eq!(files(&space.path("site/current")), before);
    assert_eq!(space.run(&["state", "verify"]).code, 4);
    let list = space.run(&["state", "list"]);
    assert!(list.stdout.contains("\n2 (current) "), "{}", list.stdout);
    let back = space.run(&["state", "rollback"]);
    assert_eq!((back.code, back.stdout.as_str()), (0, "went back from 2 to generation 1\n"));
    let run = nightly(&space, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("2 new") && run.stderr.contains("3 tickets"), "{}", run.stderr);

    for generation in generations(&space) {
        fs::write(generation.join("ledger.json"), "{}").unwrap();
    }
    assert_eq!(nightly(&space, &[]).code, 4);
    let run = nightly(&space, &["--rebuild"]);
    assert!(run.code == 0 && run.stderr.contains("3 tickets"), "{}", run.stderr);
    let list = space.run(&["state", "list"]).stdout;
    assert!(list.contains("\n4 (current) ") && list.contains("3 new"), "{list}");
}

#[test]
fn a_night_loads_and_writes_the_periods_it_touches() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    let of_month = |id: &str, month: u32| line(id).replace("2021-04", &format!("2021-{month:02}"));
    space.write("archive/a.jsonl", [1, 2, 3].map(|n| of_month(&n.to_string(), n)).concat());
    assert_eq!(nightly(&space, &[]).code, 0);
    let written = || {
        let run = fs::read_to_string(space.path("site/current/run.json")).unwrap();
        let run: serde_json::Value = serde_json::from_str(&run).unwrap();
        (run["periods_written"].as_u64().unwrap(), run["tickets"].as_u64().unwrap())
    };
    assert_eq!(written(), (3, 3));
    space.write("archive/aa.jsonl", of_month("6", 3));
    assert_eq!((nightly(&space, &[]).code, written()), (0, (1, 4)));
    // Nobody looks at what a night does not touch, so it may even be damaged, here with its copy.
    for generation in generations(&space) {
        let path = generation.join("tickets/2021-02-01.parquet");
        let mut bytes = fs::read(&path).unwrap();
        bytes[9] ^= 1;
        fs::write(&path, &bytes).unwrap();
    }
    space.write("archive/b.jsonl", [of_month("4", 3), of_month("5", 4)].concat());
    let run = nightly(&space, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(written(), (2, 6));
    let all = fs::read_to_string(only(&space.path("site/current/all")).join("daily.csv")).unwrap();
    assert_eq!(all.lines().count(), 5, "{all}");
    // A line that touches it does.
    space.write("archive/c.jsonl", of_month("2", 2).replace("10:05:00", "10:04:00"));
    let run = nightly(&space, &[]);
    assert!(run.code == 4 && run.stderr.contains("2021-02-01.parquet"), "{}", run.stderr);
    // A booking that is put off leaves its period, and may leave it empty.
    fs::remove_file(space.path("archive/c.jsonl")).unwrap();
    assert_eq!(nightly(&space, &["--rebuild"]).code, 0);
    let booking = |day: &str, created: &str| {
        let slot = format!("\"booking\":{{\"start\":\"{day}T09:00:00Z\"}}");
        let fields = format!(
            "\"type\":\"booking\",\"location\":\"A\",\"createdAt\":\"{created}T08:00:00Z\",{slot}"
        );
        hook("org", "bookingUpdated", "9", &fields)
    };
    space.write("archive/d.jsonl", booking("2021-05-03", "2021-01-20"));
    assert_eq!((nightly(&space, &[]).code, written()), (0, (1, 7)));
    space.write("archive/e.jsonl", booking("2021-06-03", "2021-01-21"));
    assert_eq!((nightly(&space, &[]).code, written()), (0, (1, 7)));
    let newest = generations(&space).pop().unwrap();
    assert!(!newest.join("tickets/2021-05-01.parquet").exists());
    assert!(newest.join("tickets/2021-06-01.parquet").exists());
}

#[test]
fn what_changed_is_told_and_what_cannot_be_read_is_tried_again() {
    let space = space();
    let packed = zstd::encode_all(line("2").as_bytes(), 1).unwrap();
    space.write("archive/b.jsonl.zst", &packed[..packed.len() - 4]);
    let run = nightly(&space, &[]);
    assert!(run.code == 3 && run.stderr.contains("end too early"), "{}", run.stderr);
    space.write("archive/b.jsonl.zst", &packed);
    let run = nightly(&space, &[]);
    assert!(run.code == 0 && run.stderr.contains("2 tickets"), "{}", run.stderr);
    space.write("archive/b.jsonl.zst", &packed[..packed.len() - 4]);
    let run = nightly(&space, &[]);
    assert!(run.code == 3 && run.stderr.contains("is kept"), "{}", run.stderr);
    space.write("archive/a.jsonl", line("3"));
    space.write("archive/b.jsonl.zst", &packed);
    let run = nightly(&space, &[]);
    assert!(run.code == 3 && run.stderr.contains("`a.jsonl` was rewritten"), "{}", run.stderr);
    assert!(run.stderr.contains("3 tickets"), "{}", run.stderr);
}

#[test]
fn a_bad_night_is_refused_and_nothing_of_it_is_kept() {
    let space = space();
    assert_eq!(nightly(&space, &[]).code, 0);
    let before = files(&space.path("site"));
    space.write("archive/b.jsonl", format!("{}rubbish\nrubbish\n", line("2")));
    let run = nightly(&space, &[]);
    assert!(run.code == 4 && run.stderr.contains("2 of 3 records"), "{}", run.stderr);
    assert_eq!((files(&space.path("site")), generations(&space).len()), (before, 1));
    space.write("archive/b.jsonl", line("2"));
    let run = nightly(&space, &[]);
    assert!(run.code == 0 && run.stderr.contains("2 tickets"), "{}", run.stderr);
}

#[test]
fn wrong_configurations_say_what_to_write() {
    for (config, words) in [
        ("", "no [nightly] section"),
        ("[nightly]\narchive = []\nout = \"site\"\n", "names nothing to read"),
        (
            "[nightly]\narchive = [\"archive\"]\nout = \"site\"\nstate_dir = \"archive/state\"\n",
            "inside the archive",
        ),
        (
            "[nightly]\narchive = [\"archive\"]\nout = \"site\"\n[[nightly.report]]\nname = \"x\"\n",
            "has no window",
        ),
        ("[nightly]\narchive = [\"archive\"]\nout = \"site\"\nkeeep = 3\n", "did you mean `keep`"),
    ] {
        let space = space();
        space.write("queuestat.toml", config);
        let run = nightly(&space, &[]);
        assert!(run.code == 2 && run.stderr.contains(words), "{config}: {}", run.stderr);
    }
    let space = space();
    space.write("queuestat.toml", b"# \xff\n");
    let run = nightly(&space, &[]);
    assert!(run.code == 2 && run.stderr.contains("save it as UTF-8"), "{}", run.stderr);
    space.write("queuestat.toml", CONFIG);
    assert_eq!(nightly(&space, &[]).code, 0);
    let run = space.run(&["nightly", "--as-of", "2021-04-07T02:00:00Z"]);
    assert!(run.code == 2 && run.stderr.contains("a later instant than --as-of"), "{}", run.stderr);
    space.write("queuestat.toml", format!("{CONFIG}[archive]\npayload_pointer = \"/x\"\n"));
    let run = nightly(&space, &[]);
    assert!(run.code == 4 && run.stderr.contains("other pointers"), "{}", run.stderr);
}

#[test]
fn personal_data_are_not_kept() {
    let canaries = ["+46700000001", "canary@example.org", "Canary Person", "canary message"];
    let [phone, mail, person, message] = canaries;
    let position = format!(
        "\"location\":\"A\",\"createdAt\":\"2021-04-01T10:00:00Z\",\"label\":\"{person}\",\"status\":\"{mail}\",\
         \"notification\":{{\"settings\":{{\"to\":\"{phone}\",\"recipient\":\"{mail}\"}}}},\
         \"feedback\":{{\"rating\":\"{message}\",\"message\":\"{message}\"}}"
    );
    let space = space();
    let good = hook("o", "feedbackReceived", "t1", &position);
    space.write("archive/b.jsonl", format!("{good}{phone} {mail}\n{}", good.replace("}}", "}")));
    let run = nightly(&space, &["--force", "--verbose"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    let mut outputs = files(&space.path("site"));
    outputs.extend(files(&space.path("state")));
    outputs.insert("stderr".into(), run.stderr.into_bytes());
    assert!(outputs.keys().any(|name| name.ends_with("tickets/2021-04-01.parquet")));
    for (name, bytes) in outputs {
        // Compressed text would hide.
        let table = || ParquetReader::new(Cursor::new(&bytes)).finish().unwrap();
        let rows = name.ends_with(".parquet").then(|| format!("{:?}", table().columns()));
        let text = rows.unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned());
        for canary in canaries {
            assert!(!text.contains(canary), "{name} holds {canary}");
        }
    }
}
