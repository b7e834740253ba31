//! A state as a person meets it: listed, checked, damaged file by file, repaired; never wrong figures in silence.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::workspace::{Run, Workspace, files, hook};

const CONFIG: &str = "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\nkeep = 3\n\
    [[nightly.report]]\nname = \"week\"\ndays = 7\n[[nightly.report]]\nname = \"all\"\nall = true\n";

fn line(id: &str, month: u32) -> String {
    let position = format!(
        "\"location\":\"Shop {}\",\"createdAt\":\"2021-{month:02}-05T10:00:00Z\",\
         \"fulfilledAt\":\"2021-{month:02}-05T10:0{}:00Z\",\"status\":\"completed\",\"feedback\":{{\"rating\":{}}}",
        id.len(),
        id.len() % 9,
        id.len() % 5 + 1,
    );
    hook("org", "feedbackReceived", id, &position)
}

/// A night on the 8th of April, at this hour.
fn nightly(space: &Workspace, hour: u32, more: &[&str]) -> Run {
    let as_of = format!("2021-04-08T{hour:02}:00:00Z");
    let mut args = vec!["nightly", "--as-of", &as_of];
    args.extend(more);
    space.run(&args)
}

fn state(space: &Workspace, action: &str) -> Run {
    space.run(&["state", action])
}

/// Three generations: old months that stay, one that grows.
fn space() -> Workspace {
    let space = Workspace::in_memory();
    space.write("queuestat.toml", CONFIG);
    space.write("archive/old.jsonl", [line("a", 2), line("bb", 3)].concat());
    for (hour, id) in ["ccc", "dddd", "eeeee"].iter().enumerate() {
        space.write(&format!("archive/{id}.jsonl"), line(id, 4));
        let run = nightly(&space, u32::try_from(hour).unwrap(), &[]);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
    space
}

/// What was published, without what tells of the run and of the state it was made from.
fn site(space: &Workspace) -> BTreeMap<String, Vec<u8>> {
    let mut site = files(&space.path("site/current"));
    site.retain(|name, _| !matches!(name.as_str(), "run.json" | "made-from.json"));
    site
}

/// The state and the archive, to be put back; each name gets a file of its own.
fn kept(space: &Workspace) -> BTreeMap<String, Vec<u8>> {
    files(&space.path("state"))
}

fn put_back(space: &Workspace, kept: &BTreeMap<String, Vec<u8>>) {
    fs::remove_dir_all(space.path("state")).unwrap();
    let _may_not_be_there = fs::remove_file(space.path("archive/new.jsonl"));
    for (name, bytes) in kept {
        space.write(&format!("state/{name}"), bytes);
    }
}

/// The ways a file is damaged.
fn damages(bytes: &[u8]) -> Vec<(&'static str, Option<Vec<u8>>)> {
    let mut flipped = bytes.to_vec();
    if let Some(byte) = flipped.get_mut(bytes.len() / 2) {
        *byte ^= 0x10;
    }
    let cut = bytes[..bytes.len() * 2 / 3].to_vec();
    let mut all = vec![("missing", None)];
    for (kind, damaged) in [("flipped", flipped), ("cut", cut), ("emptied", Vec::new())] {
        if damaged != bytes {
            all.push((kind, Some(damaged)));
        }
    }
    all
}

fn damage(path: &Path, damaged: Option<&[u8]>) {
    match damaged {
        None => fs::remove_file(path).unwrap(),
        Some(bytes) => fs::write(path, bytes).unwrap(),
    }
}

/// The wrong figures that follow from damage: there are none. Each file of each generation, in each way, in a night that
/// has news.
#[test]
fn no_damage_of_one_file_makes_a_figure_wrong() {
    let space = space();
    let whole = kept(&space);
    let news = || drop(space.write("archive/new.jsonl", line("ffffff", 4)));
    news();
    let run = nightly(&space, 4, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let expected = site(&space);
    let (mut tried, mut mended, mut refused, mut unseen) = (0, 0, 0, 0);
    for (name, bytes) in whole.iter().filter(|(name, _)| *name != "LOCK") {
        for (kind, damaged) in damages(bytes) {
            put_back(&space, &whole);
            damage(&space.path("state").join(name), damaged.as_deref());
            news();
            tried += 1;
            let told = format!("{kind} {name}");
            let run = nightly(&space, 4, &[]);
            match run.code {
                0 => unseen += 1,
                3 => {
                    assert!(run.stderr.contains("was damaged"), "{told}: {}", run.stderr);
                    // Perhaps under the name that the new generation gave it.
                    let part = name.split_once('/').unwrap().1;
                    assert!(run.stderr.contains(part), "{told}: {}", run.stderr);
                    mended += 1;
                }
                4 => {
                    assert!(run.stderr.contains("state rollback"), "{told}: {}", run.stderr);
                    refused += 1;
                    // The way out leads somewhere.
                    let back = state(&space, "rollback");
                    assert_eq!(back.code, 0, "{told}: {}{}", back.stdout, back.stderr);
                    let run = nightly(&space, 4, &[]);
                    assert!(run.code == 0 || run.code == 3, "{told}: {}", run.stderr);
                }
                _ => panic!("{told}: {}", run.stderr),
            }
            assert!(site(&space) == expected, "{told}: other figures");
        }
    }
    eprintln!(
        "{tried} damages: {mended} mended, {refused} refused, {unseen} met by nobody, 0 wrong"
    );
    assert!(tried > 200 && mended > 30 && refused > 5, "{tried} {mended} {refused} {unseen}");
}

/// What is lost in all of its copies: derived parts are made anew, the others are refused and named.
#[test]
fn what_is_lost_in_all_generations() {
    let space = space();
    let whole = kept(&space);
    let expected = site(&space);
    let names: Vec<&str> = whole.keys().filter_map(|name| name.strip_prefix("gen-3/")).collect();
    let (mut anew, mut refused) = (0, 0);
    for name in names {
        put_back(&space, &whole);
        for n in 1..=3 {
            let path = space.path(&format!("state/gen-{n}/{name}"));
            if path.exists() {
                fs::write(path, "damaged").unwrap();
            }
        }
        // Another day has other windows, so the rows are read; the same day has the same pages.
        space.write("queuestat.toml", format!("# {name}\n{CONFIG}"));
        let run = nightly(&space, 2, &[]);
        match name {
            "MANIFEST" => assert_eq!(run.code, 3, "{name}: {}", run.stderr),
            "MANIFEST.copy" => assert_eq!(run.code, 3, "{name}: {}", run.stderr),
            "about.json" => assert_eq!(run.code, 0, "{name}: {}", run.stderr),
            // A report of all time reads sums, not rows, and the last 28 days begin in the middle of March.
            "rows/2021-02-01.parquet" | "rows/2021-03-01.parquet" => {
                assert_eq!(run.code, 0, "{name}: {}", run.stderr);
            }
            _ if ["rows/", "sums/", "census/"].iter().any(|kind| name.starts_with(kind)) => {
                assert_eq!(run.code, 3, "{name}: {}", run.stderr);
                assert!(run.stderr.contains("made anew from the kept tickets"), "{}", run.stderr);
                anew += 1;
            }
            // Nobody asks which tickets a month holds when there is no news.
            _ if name.starts_with("ids/") => assert_eq!(run.code, 0, "{name}: {}", run.stderr),
            _ if name == "ledger.json" || name == "headings.postcard" => {
                assert_eq!(run.code, 4, "{name}: {}", run.stderr);
                refused += 1;
            }
            _ => assert!(matches!(run.code, 0 | 4), "{name}: {}", run.stderr),
        }
        assert!(site(&space) == expected, "{name}: other figures");
        if name.starts_with("MANIFEST") || run.code == 3 {
            continue;
        }
        let found = state(&space, "verify");
        assert_eq!(found.code, 4, "{name}: {}", found.stdout);
        assert!(found.stdout.contains(name) && found.stdout.contains("hint: "), "{}", found.stdout);
        let repaired = state(&space, "repair");
        assert_eq!(repaired.code, 4, "{name}: {}", repaired.stdout);
        assert!(repaired.stdout.contains("no copy is whole"), "{}", repaired.stdout);
    }
    assert!(anew >= 8 && refused == 2, "{anew} {refused}");
}

#[test]
fn ids_that_are_lost_are_made_anew_by_a_night_with_news() {
    let space = space();
    for period in ["2021-02-01", "2021-03-01"] {
        for n in 1..=3 {
            fs::write(space.path(&format!("state/gen-{n}/ids/{period}.u64")), "damaged").unwrap();
        }
    }
    space.write("archive/new.jsonl", line("ffffff", 4));
    let run = nightly(&space, 4, &[]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert_eq!(run.stderr.matches("made anew").count(), 2, "{}", run.stderr);
    space.write("archive/later.jsonl", line("a", 2));
    let run = nightly(&space, 5, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let found = state(&space, "verify");
    assert!(found.stdout.contains("generation 3") || found.code == 0, "{}", found.stdout);
}

#[test]
fn what_was_mended_is_said_by_a_night_that_fails_too() {
    let space = space();
    fs::write(space.path("state/gen-3/MANIFEST"), "torn").unwrap();
    let run = space.run(&["nightly", "--as-of", "2021-04-07T00:00:00Z"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(
        run.stderr.starts_with("warning: `state/gen-3/MANIFEST` was damaged"),
        "{}",
        run.stderr
    );
    let run = nightly(&space, 3, &[]);
    assert!(run.code == 0 && !run.stderr.contains("damaged"), "{}", run.stderr);
}

/// The last resort gives the same site, byte for byte.
#[test]
fn a_rebuild_after_everything_was_damaged_is_the_same_to_the_byte() {
    let space = space();
    let expected = site(&space);
    let whole = kept(&space);
    for (what, text) in [("noise", "?"), ("nothing", "")] {
        put_back(&space, &whole);
        for name in whole.keys() {
            fs::write(space.path("state").join(name), text).unwrap();
        }
        let run = nightly(&space, 2, &[]);
        assert_eq!(run.code, 4, "{what}: {}", run.stderr);
        assert!(site(&space) == expected);
        let run = nightly(&space, 2, &["--rebuild"]);
        assert!(run.code == 4 && run.stderr.contains("nobody can tell"), "{what}: {}", run.stderr);
        let run = nightly(&space, 2, &["--rebuild", "--force"]);
        assert_eq!(run.code, 0, "{what}: {}", run.stderr);
        assert!(site(&space) == expected, "{what}: other pages");
    }
    assert!(expected.len() > 20);
}

#[test]
fn the_list_says_when_and_of_what_each_was_made() {
    let space = space();
    let list = state(&space, "list");
    assert_eq!(list.code, 0, "{}", list.stdout);
    let lines: Vec<&str> = list.stdout.lines().collect();
    assert_eq!(lines.len(), 4, "{}", list.stdout);
    for (line, words) in lines[1..].iter().zip([
        ["3 (current)", "2021-04-08T02:00:00Z", "1 new, 3 verified"],
        ["2 ", "2021-04-08T01:00:00Z", "1 new, 2 verified"],
        ["1 ", "2021-04-08T00:00:00Z", "2 new"],
    ]) {
        for word in words {
            assert!(line.contains(word), "{line}: {word}");
            assert_eq!(line.find(words[1]), lines[1].find("2021-04-08T02"), "{}", list.stdout);
        }
    }
    let json = space.run(&["state", "list", "--json"]);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    let newest = &json["generations"][0];
    assert_eq!((&json["current"], &newest["tickets"]), (&Value::from(3), &Value::from(5)));
    assert_eq!((&newest["records"], &newest["files"]["new"]), (&Value::from(1), &Value::from(1)));
    assert!(newest["own_bytes"].as_u64().unwrap() < newest["bytes"].as_u64().unwrap());
    // What is not known is not said, and is no fault.
    fs::write(space.path("state/gen-2/about.json"), "?").unwrap();
    let list = state(&space, "list");
    assert_eq!(list.code, 0, "{}", list.stdout);
    let second = list.stdout.lines().nth(2).unwrap();
    assert!(second.starts_with("2 ") && second.contains(" - "), "{}", list.stdout);
}

#[test]
fn what_is_damaged_is_named_and_repaired() {
    let space = space();
    let found = state(&space, "verify");
    assert_eq!(found.code, 0, "{}", found.stdout);
    assert!(found.stdout.starts_with("checked 3 generations in `state`: "), "{}", found.stdout);
    assert!(found.stdout.ends_with("all is well\n"), "{}", found.stdout);
    let whole = kept(&space);
    let name = "tickets/2021-02-01.parquet";
    fs::write(space.path(&format!("state/gen-3/{name}")), "damaged").unwrap();
    let found = state(&space, "verify");
    assert_eq!(found.code, 4);
    assert!(found.stdout.contains("a whole copy is in generation 2"), "{}", found.stdout);
    assert!(found.stdout.contains("hint: `queuestat state repair`"), "{}", found.stdout);
    let json = space.run(&["state", "verify", "--json"]);
    assert_eq!(json.code, 4);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    let damaged: Vec<&Value> =
        json["generations"].as_array().unwrap().iter().map(|one| &one["damaged_parts"]).collect();
    assert_eq!(damaged[0][0]["part"], name);
    assert_eq!(json["is_well"], false);
    let repaired = state(&space, "repair");
    assert_eq!(repaired.code, 0, "{}", repaired.stdout);
    assert!(repaired.stdout.contains("was used and put back"), "{}", repaired.stdout);
    assert!(repaired.stdout.ends_with("all is well\n"), "{}", repaired.stdout);
    let now = kept(&space);
    assert!(now == whole);
    // Nothing is left that only damage would explain.
    let again = state(&space, "repair");
    assert!(again.code == 0 && again.stdout.starts_with("checked 3"), "{}", again.stdout);
    fs::write(space.path("state/CURRENT"), "torn").unwrap();
    assert!(nightly(&space, 3, &[]).stderr.contains("state repair"));
    let repaired = state(&space, "repair");
    assert!(
        repaired.code == 0 && repaired.stdout.contains("generation 3, the newest"),
        "{}",
        repaired.stdout
    );
    assert!(kept(&space) == whole);
}

/// What is not read is checked by a night in its turn; here all of it, one night of each file being enough.
#[test]
fn a_damaged_old_month_is_found_before_its_other_file_is_lost() {
    let space = space();
    let old: Vec<PathBuf> =
        [1, 3].map(|n| space.path(&format!("state/gen-{n}/tickets/2021-02-01.parquet"))).into();
    let mut bytes = fs::read(&old[1]).unwrap();
    bytes[9] ^= 1;
    fs::write(&old[1], bytes).unwrap();
    let mut said = 0;
    for n in 0..60 {
        space.write(&format!("archive/n{n}.jsonl"), line("ggg", 4));
        let run = nightly(&space, 5, &[]);
        assert!(matches!(run.code, 0 | 3), "{}", run.stderr);
        said += run.stderr.matches("was damaged").count();
    }
    assert!(said <= 1);
    let found = state(&space, "verify");
    assert_eq!(found.code, 0, "{}", found.stdout);
}

#[test]
fn one_generation_is_too_few() {
    let space = Workspace::new();
    space.write("archive/a.jsonl", line("a", 4));
    for keep in ["0", "1"] {
        space.write("queuestat.toml", CONFIG.replace("keep = 3", &format!("keep = {keep}")));
        for run in [nightly(&space, 0, &[]), state(&space, "list")] {
            assert_eq!(run.code, 2, "{}", run.stderr);
            assert!(run.stderr.contains(&format!("`nightly.keep` is {keep}")), "{}", run.stderr);
        }
    }
    assert!(!space.path("state").exists());
}

/// A file that a dead run left does not block, and its text is not believed.
#[test]
fn a_lock_says_who_holds_it() {
    let space = space();
    let lock = space.path("state/LOCK");
    for left in ["4242\n", "process 4194999 on nowhere\n", "\u{0}\u{0}"] {
        fs::write(&lock, left).unwrap();
        assert_eq!(state(&space, "verify").code, 0);
        assert_eq!(fs::read(&lock).unwrap(), b"", "{left:?} was left");
    }
    let held = fs::OpenOptions::new().append(true).open(&lock).unwrap();
    held.lock().unwrap();
    let busy = |left: &str| {
        fs::write(&lock, left).unwrap();
        let run = nightly(&space, 3, &[]);
        assert_eq!(run.code, 75, "{}", run.stderr);
        run.stderr
    };
    // Whoever holds it has not written this.
    let nobody = busy("4242\n");
    assert!(nobody.contains("another run works in `state`") && !nobody.contains("(process"));
    let own = format!("process {}\n", std::process::id());
    assert!(busy(&own).contains(&format!("(process {})", std::process::id())));
    let elsewhere = busy("process 7 on another-host\n");
    assert!(elsewhere.contains("(process 7 on host another-host)"), "{elsewhere}");
    assert!(elsewhere.contains("network file system"), "{elsewhere}");
}
