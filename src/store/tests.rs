//! Committing, carrying over, going back, locking; and what is refused.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::PathBuf;

use super::mend_tests::one_file_for_many;
use super::*;
use crate::disk::{Holder, Step};

pub(super) type Blobs = BTreeMap<String, Vec<u8>>;

/// The blobs of a night: one that never changes, one that grows, one of its own.
pub(super) fn night(n: u64) -> Blobs {
    BTreeMap::from([
        (
            "ledger.json".to_owned(),
            (1..=n).map(|n| format!("night {n}\n")).collect::<String>().into(),
        ),
        ("tickets/2021-01.parquet".to_owned(), b"January".to_vec()),
        (format!("tickets/months/night-{n}"), n.to_string().into_bytes()),
        ("empty".to_owned(), Vec::new()),
    ])
}

/// Commits the blobs of a night, carrying over what is unchanged.
pub(super) fn run_night(disk: &Disk, folder: &Path, n: u64) -> Result<Generation, StoreError> {
    let mut store = Store::open_with(disk, folder, Options { keep: 2, ..Options::default() })?;
    let base = store.current();
    let mut draft = store.begin()?;
    for (name, bytes) in night(n) {
        match &base {
            Some(base) if base.size(&name).is_some() && name != "ledger.json" => {
                draft.carry(&name)?;
            }
            _ => draft.write(&name, &bytes)?,
        }
    }
    draft.commit()
}

/// A folder in memory, if there is some: these tests sync a lot.
pub(super) fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

pub(super) fn contents(generation: &Generation) -> Result<Blobs, StoreError> {
    generation.names().map(|name| Ok((name.to_owned(), generation.read(name)?))).collect()
}

/// Every file below a folder, the lock apart, which says who holds it.
pub(super) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| !entry.file_type().is_dir() && entry.file_name() != "LOCK");
    let path = |entry: &walkdir::DirEntry| entry.path().strip_prefix(folder).unwrap().to_owned();
    files.map(|entry| (path(&entry), fs::read(entry.path()).unwrap())).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn nights_follow_each_other() {
    let (root, disk) = (folder(), Disk::new());
    let folder = root.path().join("lib/state");
    assert!(Store::open(&disk, &folder).unwrap().current().is_none());
    for n in 1..=4 {
        let made = run_night(&disk, &folder, n).unwrap();
        let current = Store::open(&disk, &folder).unwrap().current().unwrap();
        assert_eq!((current.number(), current.checksum()), (n, made.checksum()));
        assert_eq!(contents(&current).unwrap(), night(n));
    }
    assert_eq!(names(&folder), ["CURRENT", "LOCK", "gen-3", "gen-4"]);
    assert!(verify(&disk, &folder, Options::default()).unwrap().is_good());
    for entry in walkdir::WalkDir::new(&folder) {
        let meta = entry.unwrap().metadata().unwrap();
        let mode = if meta.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(meta.permissions().mode() & 0o7777, mode);
    }
}

#[test]
fn what_is_carried_over_is_copied_once_and_named_later() {
    let root = folder();
    let carried = "tickets/2021-01.parquet";
    let file = |n: u64| fs::metadata(root.path().join(format!("gen-{n}")).join(carried)).unwrap();
    let verbs = |n: u64| {
        let disk = Disk::recording();
        run_night(&disk, root.path(), n).unwrap();
        let unfinished = root.path().join(format!("gen-{n}.tmp"));
        let touched =
            |step: &Step| step.path.starts_with(&unfinished) && step.path.ends_with(carried);
        let mut verbs: Vec<_> =
            disk.steps().into_iter().filter(touched).map(|step| step.verb).collect();
        verbs.dedup();
        verbs
    };
    let written = ["create", "set mode", "write", "sync file"];
    assert_eq!((verbs(1), verbs(2)), (written.to_vec(), written.to_vec()));
    // From now on there are two files, which the generations name in turn.
    let (odd, even) = (file(1).ino(), file(2).ino());
    assert_ne!(odd, even);
    for n in 3..=6 {
        assert_eq!(verbs(n), ["hard link"], "{n}");
        assert_eq!(file(n).ino(), if n % 2 == 0 { even } else { odd });
    }
}

#[test]
fn a_draft_that_is_dropped_or_failed_leaves_nothing() {
    let (root, disk) = (folder(), Disk::new());
    run_night(&disk, root.path(), 1).unwrap();
    let before = files(root.path());
    let mut store = Store::open(&disk, root.path()).unwrap();
    let mut draft = store.begin().unwrap();
    draft.write("a/b", b"1").unwrap();
    for name in ["a/b", "a", "a/b/c", "../x", "/x", "MANIFEST", "å"] {
        assert!(matches!(draft.write(name, b""), Err(StoreError::BadName(_))), "{name}");
    }
    assert!(matches!(draft.carry("none"), Err(StoreError::NoBlob { .. })));
    drop(draft);
    assert_eq!(files(root.path()), before);
    // A bad name alone spoils nothing; a file that could not be written does.
    let mut draft = store.begin().unwrap();
    fs::write(root.path().join("gen-2.tmp/x"), "in the way").unwrap();
    assert!(matches!(draft.write("x", b"1"), Err(StoreError::Io { .. })));
    assert!(matches!(draft.write("y", b"1"), Err(StoreError::Io { .. })));
    assert!(matches!(draft.commit(), Err(StoreError::Io { .. })));
    assert_eq!(files(root.path()), before);
    let current = store.current().unwrap();
    assert!(matches!(current.read("none"), Err(StoreError::NoBlob { generation: 1, .. })));
}

#[test]
fn going_back_and_on_again() {
    let (root, disk) = (folder(), Disk::new());
    let options = Options::default();
    assert!(matches!(rollback(&disk, root.path(), options), Err(StoreError::NoState(_))));
    for n in 1..=3 {
        run_night(&disk, root.path(), n).unwrap();
    }
    let back = rollback(&disk, root.path(), options).unwrap();
    assert_eq!((back.from, back.to.number(), back.damaged.len()), (Some(3), 2, 0));
    let listed = list(&disk, root.path(), options).unwrap();
    assert!(listed.is_good() && listed.current == Some(2) && listed.generations.len() == 2);
    let nothing = rollback(&disk, root.path(), options);
    assert!(matches!(nothing, Err(StoreError::NothingToRollBackTo(_))));
    // The number 3 is not used again, and that generation is not one to go back to.
    let current = Store::open(&disk, root.path()).unwrap().current().unwrap();
    assert_eq!(contents(&current).unwrap(), night(2));
    assert_eq!(run_night(&disk, root.path(), 3).unwrap().number(), 4);
    assert_eq!(names(root.path()), ["CURRENT", "LOCK", "gen-2", "gen-4"]);
}

#[test]
fn one_run_at_a_time() {
    let root = folder();
    let folder = root.path().join("a/b/state");
    let together = std::sync::Barrier::new(20);
    let race = || {
        together.wait();
        let opened = Store::open(&Disk::new(), &folder);
        together.wait();
        match opened {
            Ok(_) => true,
            // Between the lock and its signature nobody is named.
            Err(StoreError::Busy { holder, .. }) => {
                let own = |holder: &Holder| holder.here && holder.process == std::process::id();
                assert!(holder.as_ref().is_none_or(own), "{holder:?}");
                false
            }
            Err(error) => panic!("{error}"),
        }
    };
    let won: usize = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..20).map(|_| scope.spawn(race)).collect();
        runs.into_iter().map(|run| usize::from(run.join().unwrap())).sum()
    });
    assert_eq!(won, 1);
    // With patience, all come to their turn.
    let patient = || {
        let options = Options { wait: Duration::from_mins(2), ..Options::default() };
        let mut store = Store::open_with(&Disk::new(), &folder, options).unwrap();
        store.begin().unwrap().commit().unwrap();
    };
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(patient);
        }
    });
    let current = Store::open(&Disk::new(), &folder).unwrap().current().unwrap();
    assert_eq!(current.number(), 20);
}

#[test]
fn what_is_no_state_is_refused_and_kept() {
    let (root, disk) = (folder(), Disk::new());
    let at = |name: &str| root.path().join(name);
    fs::create_dir_all(at("rocks/gen-1")).unwrap();
    for name in ["rocks/LOCK", "rocks/MANIFEST-000001", "thesis"] {
        fs::write(at(name), "years of work").unwrap();
    }
    symlink(at("thesis"), at("link")).unwrap();
    let before = files(root.path());
    let open = |name: &str| Store::open(&disk, &at(name)).map(|_| ());
    let rebuild =
        |name: &str| Store::open_to_rebuild(&disk, &at(name), Options::default()).map(|_| ());
    assert!(matches!(open("rocks"), Err(StoreError::Foreign { .. })));
    assert!(matches!(rebuild("rocks"), Err(StoreError::Foreign { .. })));
    for name in ["thesis", "link", "thesis/below"] {
        assert!(matches!(open(name), Err(StoreError::NotAFolder(_))), "{name}");
    }
    assert!(matches!(list(&disk, &at("none"), Options::default()), Err(StoreError::NoState(_))));
    assert_eq!(files(root.path()), before);
    assert!(!at("none").exists());
}

#[test]
fn foreign_files_beside_and_in_a_state_are_kept() {
    let (root, disk) = (folder(), Disk::new());
    run_night(&disk, root.path(), 1).unwrap();
    fs::write(root.path().join("gen-1/tickets/notes"), "years of work").unwrap();
    fs::write(root.path().join("README"), "years of work").unwrap();
    let found = verify(&disk, root.path(), Options::default()).unwrap();
    assert_eq!((found.damaged(), found.generations[0].number), (1, 1));
    let damage = &found.generations[0].damage[0];
    let StoreError::Foreign { example, .. } = &damage.error else { panic!("{damage:?}") };
    assert_eq!(example, "tickets/notes");
    for n in 2..=5 {
        run_night(&disk, root.path(), n).unwrap();
    }
    let expected = ["CURRENT", "LOCK", "README", "gen-1", "gen-4", "gen-5"];
    assert_eq!(names(root.path()), expected);
    assert!(root.path().join("gen-1/tickets/notes").exists());
    // Without a good CURRENT nobody can tell that the folder is a state.
    fs::write(root.path().join("CURRENT"), "").unwrap();
    assert!(matches!(Store::open(&disk, root.path()), Err(StoreError::Foreign { .. })));
    assert_eq!(names(root.path()), expected);
}

#[test]
fn building_anew_takes_nothing_over_and_keeps_the_numbers_going() {
    let (root, disk) = (folder(), Disk::new());
    for n in 1..=3 {
        run_night(&disk, root.path(), n).unwrap();
    }
    fs::write(root.path().join("gen-3/MANIFEST"), "torn").unwrap();
    for current in ["torn", ""] {
        fs::write(root.path().join("CURRENT"), current).unwrap();
        assert!(Store::open(&disk, root.path()).unwrap_err().is_damage());
    }
    let mut store = Store::open_to_rebuild(&disk, root.path(), Options::default()).unwrap();
    assert!(store.current().is_none());
    let mut draft = store.begin().unwrap();
    assert!(matches!(draft.carry("ledger.json"), Err(StoreError::NoBlob { .. })));
    draft.write("ledger.json", b"{}").unwrap();
    assert_eq!(draft.commit().unwrap().number(), 4);
    assert_eq!(store.begin().unwrap().commit().unwrap().number(), 5);
    drop(store);
    assert_eq!(Store::open(&disk, root.path()).unwrap().current().unwrap().number(), 5);
    assert_eq!(names(root.path()), ["CURRENT", "LOCK", "gen-3", "gen-4", "gen-5"]);
}

/// As older versions left them: one file under two names, and no second list.
#[test]
fn a_state_without_copies_is_read_and_gets_them() {
    let (root, disk) = (folder(), Disk::new());
    for n in 1..=2 {
        run_night(&disk, root.path(), n).unwrap();
        fs::remove_file(root.path().join(format!("gen-{n}/MANIFEST.copy"))).unwrap();
    }
    let shared = ["tickets/2021-01.parquet", "empty"];
    for name in shared {
        let path = |n: u64| root.path().join(format!("gen-{n}")).join(name);
        fs::remove_file(path(2)).unwrap();
        fs::hard_link(path(1), path(2)).unwrap();
    }
    assert_eq!(one_file_for_many(root.path()), shared.len());
    assert!(verify(&disk, root.path(), Options::default()).unwrap().is_good());
    for n in 3..=4 {
        run_night(&disk, root.path(), n).unwrap();
        assert_eq!(one_file_for_many(root.path()), 0);
    }
    let store = Store::open(&disk, root.path()).unwrap();
    assert_eq!(contents(&store.current().unwrap()).unwrap(), night(4));
    assert!(store.mended().is_empty());
}
