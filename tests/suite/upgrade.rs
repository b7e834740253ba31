//! A state that version 0.1.0 wrote (`tests/state-0.1.0/`, of the archive below) is made anew, or refused; never misread.

use std::fs;

use queuestat::disk::Disk;
use queuestat::report::publish::site::Site;
use queuestat::store::Store;

use crate::workspace::{Run, Workspace, files, hook, only, root};

/// The archive that the kept state was made from.
fn space() -> Workspace {
    let space = Workspace::new();
    space.write(
        "queuestat.toml",
        "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\n",
    );
    let position = |day: u32, more: &str| {
        format!("\"location\":\"A\",\"createdAt\":\"2021-04-0{day}T10:00:00Z\"{more}")
    };
    let rated = ",\"status\":\"completed\",\"feedback\":{\"rating\":4}";
    let first = hook("o", "positionCreated", "t1", &position(1, ""));
    let second = hook("o", "feedbackReceived", "t1", &position(1, rated));
    space.write("archive/a.jsonl", first + &second);
    space.write("archive/b.jsonl", hook("o", "positionCreated", "t2", &position(2, "")));
    for (name, bytes) in files(&root().join("tests/state-0.1.0")) {
        space.write(&format!("queuestat-state/{name}"), bytes);
    }
    space
}

fn nightly(space: &Workspace) -> Run {
    space.run(&["nightly", "--as-of", "2021-04-06T02:00:00Z"])
}

fn all(space: &Workspace) -> String {
    let folder = only(&space.path("site/current/all"));
    fs::read_to_string(folder.join("locations.csv")).unwrap()
}

#[test]
fn the_archive_is_read_again() {
    let space = space();
    let run = nightly(&space);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("written by an older queuestat"), "{}", run.stderr);
    assert!(run.stderr.contains("2 tickets, generation 2"), "{}", run.stderr);
    let report =
        space.run(&["report", "archive", "--out", "out", "--as-of", "2021-04-06T02:00:00Z"]);
    assert_eq!(report.code, 0, "{}", report.stderr);
    assert_eq!(all(&space), space.csv("locations.csv"));
    // From now on it is a state like any other.
    let run = nightly(&space);
    assert!(run.code == 0 && run.stderr.contains("nothing new"), "{}", run.stderr);
}

#[test]
fn what_only_the_old_state_knows_is_not_thrown_away() {
    let space = space();
    fs::remove_file(space.path("archive/b.jsonl")).unwrap();
    let before = files(&space.path("queuestat-state"));
    let run = nightly(&space);
    assert_eq!(run.code, 4, "{}", run.stderr);
    assert!(run.stderr.contains("1 file it was made from is no longer"), "{}", run.stderr);
    assert!(run.stderr.contains("`b.jsonl`") && run.stderr.contains("--rebuild"), "{}", run.stderr);
    assert!(!space.path("site/current").exists());
    let mut after = files(&space.path("queuestat-state"));
    after.remove("LOCK");
    assert_eq!(after, before);
    let rebuild = ["nightly", "--as-of", "2021-04-06T02:00:00Z", "--rebuild", "--force"];
    let run = space.run(&rebuild[..4]);
    assert!(run.code == 4 && run.stderr.contains("would lose"), "{}", run.stderr);
    let run = space.run(&rebuild);
    assert!(run.code == 0 && run.stderr.contains("1 ticket"), "{}", run.stderr);
}

#[test]
fn the_old_state_can_be_looked_at() {
    let space = space();
    let list = space.run(&["state", "list"]);
    assert_eq!(list.code, 0, "{}", list.stderr);
    assert!(list.stdout.contains("1 (current)  -"), "{}", list.stdout);
    let found = space.run(&["state", "verify"]);
    assert!(found.code == 0 && found.stdout.ends_with("all is well\n"), "{}", found.stdout);
}

/// A state of this version, and what a later one would make of it.
fn of_today() -> Workspace {
    let space = space();
    assert_eq!(nightly(&space).code, 0);
    space
}

/// Refused with a way out, and nothing is touched.
fn assert_refused(space: &Workspace, words: &[&str]) {
    let before = files(&space.path("."));
    let run = nightly(space);
    assert_eq!(run.code, 4, "{}", run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "`{word}` is missing in {}", run.stderr);
    }
    assert_eq!(files(&space.path(".")), before);
}

/// The last line of what is sealed is the checksum of those above.
fn sealed(text: &str) -> String {
    let above: String =
        text.lines().filter(|line| line.len() != 64).map(|l| format!("{l}\n")).collect();
    let sum = blake3::hash(above.as_bytes()).to_hex();
    format!("{above}{sum}\n")
}

#[test]
fn a_state_of_a_later_version_is_never_misread() {
    // A later ledger, in a generation that is whole.
    let space = of_today();
    let disk = Disk::new();
    let mut store = Store::open(&disk, &space.path("queuestat-state")).unwrap();
    let current = store.current().unwrap();
    let mut draft = store.begin().unwrap();
    for name in current.names().map(str::to_owned).collect::<Vec<_>>() {
        let bytes = current.read(&name).unwrap();
        let ledger = || {
            let mut ledger: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            let format = ledger["format"].as_u64().unwrap();
            ledger["format"] = (format + 1).into();
            ledger["of_the_future"] = "something".into();
            serde_json::to_vec(&ledger).unwrap()
        };
        draft.write(&name, &if name == "ledger.json" { ledger() } else { bytes.clone() }).unwrap();
    }
    let number = draft.commit().unwrap().number();
    drop(store);
    assert_refused(&space, &["it has format", "use the queuestat that wrote it", "--rebuild"]);
    // The way back is the generation that this version wrote.
    let back = space.run(&["state", "rollback"]);
    assert!(back.code == 0 && back.stdout.contains(&format!("went back from {number}")));
    let run = nightly(&space);
    assert_eq!(run.code, 0, "{}", run.stderr);

    // A later list of a generation, and a later mark of the current one.
    for (file, from, to) in [
        ("gen-2/MANIFEST", "queuestat generation 1 ", "queuestat generation 2 "),
        ("CURRENT", "queuestat state 1\n", "queuestat state 2\n"),
    ] {
        let space = of_today();
        let path = space.path("queuestat-state").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(from), "{text}");
        fs::write(&path, sealed(&text.replacen(from, to, 1))).unwrap();
        if file.starts_with("gen-2") {
            let current = space.path("queuestat-state/CURRENT");
            let sum = blake3::hash(&fs::read(&path).unwrap()).to_hex();
            let text = fs::read_to_string(&current).unwrap();
            let line = text.lines().nth(1).unwrap();
            let newer = line.replace(line.rsplit(' ').next().unwrap(), &sum);
            fs::write(&current, sealed(&text.replacen(line, &newer, 1))).unwrap();
        }
        assert_refused(&space, &["has the format 2; this queuestat knows 1", "--rebuild"]);
        assert_eq!(space.run(&["state", "verify"]).code, 4);
        let run = space.run(&["nightly", "--as-of", "2021-04-06T02:00:00Z", "--rebuild"]);
        assert!(run.code == 0 && run.stderr.contains("2 tickets"), "{}", run.stderr);
    }
}

#[test]
fn a_site_of_an_older_version_is_taken_over() {
    let space = space();
    // Other pages than those of today, under the list that 0.1.0 wrote.
    let old = [("index.html", "old"), ("all/index.html", "old"), ("all/gone-since.csv", "a,b\n")];
    let mut site = Site::open(&Disk::new(), &space.path("site"), 3).unwrap();
    site.publish(1, &old).unwrap();
    drop(site);
    let list = space.path("site/.gen/1/.queuestat-manifest");
    let text = fs::read_to_string(&list).unwrap();
    let (first, rest) = text.split_once('\n').unwrap();
    assert!(first.starts_with("queuestat manifest 2 ") && first.ends_with(" 3"), "{first}");
    fs::write(&list, format!("queuestat manifest 2 0.1.0 3\n{rest}")).unwrap();
    let run = nightly(&space);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let index = fs::read_to_string(space.path("site/current/index.html")).unwrap();
    assert!(index.contains("<html") && !space.path("site/current/all/gone-since.csv").exists());
    // For whoever still reads it.
    assert_eq!(fs::read_to_string(space.path("site/.gen/1/all/gone-since.csv")).unwrap(), "a,b\n");
}

#[test]
fn a_report_folder_is_taken_over_from_older_versions_and_left_to_later_ones() {
    for (version, code) in [("1", 0), ("2 0.1.0 1", 0), ("3 9.0.0 1", 4)] {
        let space = space();
        let page = "old";
        let hash = xxhash_rust::xxh3::xxh3_128(page.as_bytes());
        space.write("out/index.html", page);
        let list = format!("queuestat manifest {version}\n{hash:032x} {} index.html\n", page.len());
        space.write("out/.queuestat-manifest", list);
        let run =
            space.run(&["report", "archive", "--out", "out", "--as-of", "2021-04-06T02:00:00Z"]);
        assert_eq!(run.code, code, "{version}: {}", run.stderr);
        let index = fs::read_to_string(space.path("out/index.html")).unwrap();
        assert_eq!(index == page, code != 0, "{version}");
    }
}
