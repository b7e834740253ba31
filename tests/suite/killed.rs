//! Runs that are processes of their own: killed by the system at any moment, and racing for the lock.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use queuestat::disk::Disk;
use queuestat::report::publish::site::{Site, published_generation};
use queuestat::store::{Generation, Options, Store, StoreError, verify};

const ROOT: &str = "QUEUESTAT_TEST_ROOT";

fn pages(n: u64) -> [(&'static str, String); 3] {
    ["index.html", "a/b/wait.svg", "a/z.csv"].map(|name| (name, format!("{name} of night {n}")))
}

/// What a nightly run does with its state and its site: publish what is committed, and what it commits.
fn run_night(root: &Path, n: u64) {
    let disk = Disk::new();
    let mut store = Store::open_with(&disk, &root.join("state"), patient()).unwrap();
    let mut site = Site::open(&disk, &root.join("out"), 2).unwrap();
    if store.current().as_ref().map_or(0, Generation::number) < n {
        let mut draft = store.begin().unwrap();
        draft.write("ledger.json", n.to_string().as_bytes()).unwrap();
        draft.commit().unwrap();
    }
    let number = store.current().unwrap().number();
    if site.published_generation().unwrap() != Some(number) {
        site.publish(number, &pages(number)).unwrap();
    }
}

/// Other tests start processes, which have this one's files open for an instant.
fn patient() -> Options {
    Options { wait: Duration::from_secs(20), ..Options::default() }
}

/// Starts this test again as another process, which works in a folder.
fn start(test: &str, root: &Path) -> Child {
    let name = format!("{}::{test}", module_path!().split_once("::").unwrap().1);
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name.as_str()])
        .env(ROOT, root)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The folder to work in, if this is that other process.
fn root_of_child() -> Option<PathBuf> {
    std::env::var_os(OsStr::new(ROOT)).map(PathBuf::from)
}

#[test]
fn killed_at_any_moment() {
    if let Some(root) = root_of_child() {
        loop {
            let state = Store::open_with(&Disk::new(), &root.join("state"), patient()).unwrap();
            let current = state.current();
            drop(state);
            let reached = current.map_or(0, |current| current.number());
            // First what the run before may have left unpublished, as a nightly run does.
            for n in [reached.max(1), reached + 1] {
                run_night(&root, n);
            }
        }
    }
    let (root, disk) = (tempfile::tempdir().unwrap(), Disk::new());
    let (state, out) = (root.path().join("state"), root.path().join("out"));
    let mut nights = 0;
    for round in 0..1_000 {
        // A slow machine gets more and longer rounds.
        if round >= 40 && nights > 10 {
            break;
        }
        let mut run = start("killed_at_any_moment", root.path());
        std::thread::sleep(Duration::from_micros(12_000 + 977 * round));
        run.kill().unwrap();
        run.wait().unwrap();
        if !state.exists() {
            continue;
        }
        // The dead run's lock is free, and everything it left is whole.
        let current = Store::open_with(&disk, &state, patient()).unwrap().current();
        let Some(current) = current else { continue };
        assert_eq!(current.read("ledger.json").unwrap(), current.number().to_string().into_bytes());
        assert!(verify(&disk, &state, patient()).unwrap().is_good());
        let published = published_generation(&disk, &out).unwrap().unwrap_or(0);
        assert!(published == current.number() || published + 1 == current.number());
        if published > 0 {
            for (name, bytes) in pages(published) {
                assert_eq!(fs::read(out.join("current").join(name)).unwrap(), bytes.into_bytes());
            }
        }
        nights = current.number();
    }
    run_night(root.path(), nights);
    assert_eq!(published_generation(&disk, &out).unwrap(), Some(nights));
    assert!(nights > 10, "only {nights} nights were committed");
}

#[test]
fn one_process_holds_the_lock() {
    if let Some(root) = root_of_child() {
        match Store::open(&Disk::new(), &root.join("state")) {
            Ok(_store) => {
                fs::write(root.join(format!("won-{}", std::process::id())), "").unwrap();
                while !root.join("stop").exists() {
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
            Err(StoreError::Busy { .. }) => {
                fs::write(root.join(format!("lost-{}", std::process::id())), "").unwrap();
            }
            Err(error) => panic!("{error}"),
        }
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let count = |prefix: &str| {
        let entries = fs::read_dir(root.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with(prefix)).count()
    };
    let runs: Vec<_> = (0..20).map(|_| start("one_process_holds_the_lock", root.path())).collect();
    for _ in 0..12_000 {
        if count("won-") + count("lost-") == runs.len() {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!((count("won-"), count("lost-")), (1, 19));
    fs::write(root.path().join("stop"), "").unwrap();
    for mut run in runs {
        assert!(run.wait().unwrap().success());
    }
}
