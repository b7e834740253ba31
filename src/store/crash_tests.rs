//! Every operation of a night fails in every way, or is the last one of a run that was killed: the state is the old one
//! or the new one, and the nights that follow end where an undisturbed history ends.

use super::mend_tests::one_file_for_many;
use super::tests::{contents, files, folder, night, run_night};
use super::*;
use crate::disk::{Fault, Step};

/// Does nights 1 to `first - 1`, then night `first` with every fault at every operation, then the nights to `last`.
fn disturb(first: u64, last: u64, disturbed: impl Fn(&Disk, &Path) -> Result<(), StoreError>) {
    disturb_after(first, last, None, disturbed);
}

/// The same, after something was damaged.
fn disturb_after(
    first: u64,
    last: u64,
    damage: Option<&dyn Fn(&Path)>,
    disturbed: impl Fn(&Disk, &Path) -> Result<(), StoreError>,
) {
    let clean = Disk::new();
    let expected = folder();
    for n in 1..=last {
        run_night(&clean, expected.path(), n).unwrap();
    }
    let before = || {
        let root = folder();
        for n in 1..first {
            run_night(&clean, root.path(), n).unwrap();
        }
        if let Some(damage) = damage {
            damage(root.path());
        }
        root
    };
    let is_damaged = damage.is_some();
    let recording = Disk::recording();
    disturbed(&recording, before().path()).unwrap();
    let steps = recording.steps();
    assert!(steps.len() > 20);
    for (at, Step { verb, path }) in steps.iter().enumerate() {
        for fault in Fault::ALL.into_iter().filter(|fault| fault.fits(verb)) {
            let told = format!("{fault:?} at {at}, {verb} {}", path.display());
            let root = before();
            let result = disturbed(&Disk::with_fault(at, fault), root.path());
            let store = Store::open(&clean, root.path()).expect(&told);
            let current = store.current();
            let reached = current.as_ref().map_or(0, Generation::number);
            assert!(reached == first || reached == first - 1, "{told}: {reached}");
            assert!(result.is_err() || reached == first, "{told}: said that it was committed");
            if let Some(current) = current {
                assert_eq!(contents(&current).expect(&told), night(reached), "{told}");
                drop(store);
                let repaired = repair(&clean, root.path(), Options::default()).unwrap();
                // What could not be put back in that moment is put back now.
                assert!(repaired.now.is_good(), "{told}");
                assert!(repaired.mended.is_empty() || is_damaged, "{told}");
            } else {
                drop(store);
            }
            assert_eq!(one_file_for_many(root.path()), 0, "{told}");
            for n in reached + 1..=last {
                run_night(&clean, root.path(), n).expect(&told);
            }
            assert_eq!(files(root.path()), files(expected.path()), "{told}");
        }
    }
}

#[test]
fn the_first_night() {
    disturb(1, 2, |disk, folder| run_night(disk, folder, 1).map(drop));
}

#[test]
fn a_later_night_which_removes_an_old_generation() {
    disturb(3, 4, |disk, folder| run_night(disk, folder, 3).map(drop));
}

#[test]
fn a_night_that_mends_what_is_damaged() {
    for name in ["tickets/2021-01.parquet", "MANIFEST", "MANIFEST.copy"] {
        let flip = |folder: &Path| {
            let path = folder.join("gen-2").join(name);
            let mut bytes = std::fs::read(&path).unwrap();
            bytes[3] ^= 4;
            std::fs::write(&path, bytes).unwrap();
        };
        disturb_after(3, 4, Some(&flip), |disk, folder| run_night(disk, folder, 3).map(drop));
    }
}

#[test]
fn a_night_that_is_tried_again_by_the_same_run() {
    disturb(2, 3, |disk, folder| {
        let mut store = Store::open_with(disk, folder, Options { keep: 2, ..Options::default() })?;
        let mut result = Ok(());
        for _ in 0..2 {
            let reached = store.current().map_or(0, |current| current.number());
            if reached == 2 {
                break;
            }
            result = (|| {
                let mut draft = store.begin()?;
                if draft.number() == 3 {
                    return Ok(());
                }
                for (name, bytes) in night(2) {
                    draft.write(&name, &bytes)?;
                }
                draft.commit().map(drop)
            })();
        }
        result
    });
}

#[test]
fn going_back() {
    let clean = Disk::new();
    let before = || {
        let root = folder();
        for n in 1..=2 {
            run_night(&clean, root.path(), n).unwrap();
        }
        root
    };
    let recording = Disk::recording();
    rollback(&recording, before().path(), Options::default()).unwrap();
    for (at, step) in recording.steps().iter().enumerate() {
        for fault in Fault::ALL.into_iter().filter(|fault| fault.fits(step.verb)) {
            let root = before();
            let result = rollback(&Disk::with_fault(at, fault), root.path(), Options::default());
            let current = Store::open(&clean, root.path()).unwrap().current().unwrap();
            assert!(current.number() == 1 || result.is_err() && current.number() == 2);
            assert_eq!(contents(&current).unwrap(), night(current.number()));
            assert_eq!(run_night(&clean, root.path(), 3).unwrap().number(), 3);
        }
    }
}

#[test]
fn building_anew() {
    let clean = Disk::new();
    let rebuild = |disk: &Disk, folder: &Path| -> Result<(), StoreError> {
        let mut store = Store::open_to_rebuild(disk, folder, Options::default())?;
        let mut draft = store.begin()?;
        for (name, bytes) in night(9) {
            draft.write(&name, &bytes)?;
        }
        draft.commit().map(drop)
    };
    for damage in ["CURRENT", "gen-2/MANIFEST"] {
        let before = || {
            let root = folder();
            for n in 1..=2 {
                run_night(&clean, root.path(), n).unwrap();
            }
            std::fs::write(root.path().join(damage), "torn").unwrap();
            root
        };
        let recording = Disk::recording();
        rebuild(&recording, before().path()).unwrap();
        for (at, step) in recording.steps().iter().enumerate() {
            for fault in Fault::ALL.into_iter().filter(|fault| fault.fits(step.verb)) {
                let root = before();
                let result = rebuild(&Disk::with_fault(at, fault), root.path());
                match Store::open(&clean, root.path()) {
                    Ok(store) => {
                        // A list that was torn may be mended before it is forgotten.
                        let current = store.current().unwrap();
                        let is_new = current.number() == 3;
                        assert!(is_new || result.is_err());
                        let expected = night(if is_new { 9 } else { 2 });
                        assert_eq!(contents(&current).unwrap(), expected);
                    }
                    Err(error) => assert!(error.is_damage() && result.is_err(), "{error}"),
                }
                rebuild(&clean, root.path()).unwrap();
                let current = Store::open(&clean, root.path()).unwrap().current().unwrap();
                assert_eq!(contents(&current).unwrap(), night(9));
            }
        }
    }
}

/// What a commit stands on is durable before it happens, also if the power fails instead of the run.
#[test]
fn everything_is_synced_before_the_commit() {
    let (root, disk) = (folder(), Disk::recording());
    run_night(&Disk::new(), root.path(), 1).unwrap();
    run_night(&disk, root.path(), 2).unwrap();
    let steps = disk.steps();
    let is = |step: &Step, verb: &str, path: &Path| step.verb == verb && step.path == path;
    let index = |verb: &str, name: &str| {
        let path = root.path().join(name);
        steps.iter().position(|step| is(step, verb, &path)).unwrap()
    };
    let (renamed, commit) = (index("rename", "gen-2"), index("rename", "CURRENT"));
    assert!(index("sync file", "CURRENT.tmp") < commit);
    assert!(steps[commit + 1..].iter().any(|step| is(step, "sync folder", root.path())));
    assert!(steps[renamed..commit].iter().any(|step| is(step, "sync folder", root.path())));
    let mut seen = 0;
    for (at, step) in steps.iter().enumerate().take(renamed) {
        let synced = |verb: &str, path: &Path| steps[at..renamed].iter().any(|s| is(s, verb, path));
        match step.verb {
            "write" => assert!(synced("sync file", &step.path), "{step:?}"),
            "create" | "hard link" | "create folder" if step.path.parent() != Some(root.path()) => {
                assert!(synced("sync folder", step.path.parent().unwrap()), "{step:?}");
            }
            _ => continue,
        }
        seen += 1;
    }
    assert!(seen > 8);
}
