//! Damage of every kind, in every file: an error with a way out, never another content, never a panic.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use super::tests::{contents, files, folder, night, run_night};
use super::*;

fn two_nights() -> tempfile::TempDir {
    let root = folder();
    for n in 1..=2 {
        run_night(&Disk::new(), root.path(), n).unwrap();
    }
    root
}

fn read_current(folder: &Path) -> Result<tests::Blobs, StoreError> {
    let store = Store::open(&Disk::new(), folder)?;
    contents(&store.current().unwrap())
}

/// Looks at a damaged state: whoever reads gets the truth or an error; and the way back, if it is gone, leads to a whole
/// generation.
fn look(folder: &Path, path: &Path, go_back: bool, told: &str) {
    let is_shared = ["tickets/2021-01.parquet", "empty"].iter().any(|name| path.ends_with(name));
    let concerns_current = is_shared || !path.starts_with("gen-1");
    let concerns_older = is_shared || path.starts_with("gen-1");
    let all = files(folder);
    match read_current(folder) {
        Ok(blobs) => {
            assert!(!concerns_current, "{told}: accepted");
            assert_eq!(blobs, night(2), "{told}");
        }
        Err(error) => {
            assert!(concerns_current && error.is_damage(), "{told}: {error}");
            assert!(error.way_out().contains("queuestat state rollback"), "{error}");
        }
    }
    assert_eq!(files(folder), all, "{told}: something was changed");
    let options = Options::default();
    assert!(!verify(&Disk::new(), folder, options).unwrap().is_good(), "{told}");
    if !go_back {
        return;
    }
    match rollback(&Disk::new(), folder, options) {
        Ok(back) => {
            let expected = if path == Path::new("CURRENT") { 2 } else { 1 };
            assert_eq!(back.to.number(), expected, "{told}");
            assert_eq!(read_current(folder).unwrap(), night(expected), "{told}");
        }
        Err(StoreError::NothingToRollBackTo(_)) => assert!(concerns_older, "{told}"),
        Err(error) => panic!("{told}: {error}"),
    }
}

/// Puts a file of its own in place of one, so that second names keep the old bytes only where they are meant to.
fn damage_each(kind: &str, damage: impl Fn(&Path, &[u8]) -> bool) {
    let root = two_nights();
    let whole = files(root.path());
    for (path, bytes) in whole.iter().filter(|(path, _)| *path != Path::new("LOCK")) {
        let file = root.path().join(path);
        if damage(&file, bytes) {
            look(root.path(), path, true, &format!("{kind} {}", path.display()));
        }
        let _was_a_folder = fs::remove_dir(&file);
        let _was_no_file = fs::remove_file(&file);
        restore(root.path(), &whole);
    }
    assert_eq!(read_current(root.path()).unwrap(), night(2));
}

fn restore(folder: &Path, whole: &std::collections::BTreeMap<PathBuf, Vec<u8>>) {
    for (path, bytes) in whole {
        fs::write(folder.join(path), bytes).unwrap();
    }
}

#[test]
fn a_flipped_bit() {
    let root = two_nights();
    let whole = files(root.path());
    for (path, bytes) in &whole {
        for at in 0..bytes.len() {
            // Digits and letters that stay digits and letters, among others.
            for mask in [0x01, 0x20, 1 << (at % 8)] {
                let mut flipped = bytes.clone();
                flipped[at] ^= mask;
                fs::write(root.path().join(path), flipped).unwrap();
                let told = format!("bit {mask:#x} of {at} in {}", path.display());
                look(root.path(), path, at % 16 == 0 && mask == 0x20, &told);
                restore(root.path(), &whole);
            }
        }
    }
}

#[test]
fn torn_grown_and_missing_files() {
    // In place, as a disk does it: the second name of a file is damaged, too.
    for keep in 0..4 {
        damage_each("cut", |file, bytes| {
            fs::write(file, &bytes[..bytes.len() * keep / 4]).unwrap();
            !bytes.is_empty()
        });
    }
    damage_each("grown", |file, bytes| {
        fs::write(file, [bytes, b"\n"].concat()).unwrap();
        true
    });
}

#[test]
fn what_is_no_file() {
    let missing = |file: &Path, bytes: &[u8]| {
        let path = file.to_str().unwrap();
        // The second name of a carried file is whole still; that case is looked at below.
        let is_shared = path.ends_with("2021-01.parquet") || path.ends_with("empty");
        if !is_shared {
            fs::remove_file(file).unwrap();
        }
        !is_shared && !bytes.is_empty()
    };
    damage_each("missing", missing);
    damage_each("folder", |file, bytes| {
        let damaged = missing(file, bytes);
        // A folder of that name makes the state folder foreign; only the files of generations are looked at.
        let damaged = damaged && !file.ends_with("CURRENT");
        if damaged {
            fs::create_dir(file).unwrap();
        }
        damaged
    });
    let root = two_nights();
    let blob = root.path().join("gen-2/tickets/2021-01.parquet");
    let other = root.path().join("gen-1/tickets/2021-01.parquet");
    fs::remove_file(&blob).unwrap();
    assert!(read_current(root.path()).unwrap_err().is_damage());
    assert!(run_night(&Disk::new(), root.path(), 3).unwrap_err().is_damage());
    symlink(&other, &blob).unwrap();
    assert!(read_current(root.path()).unwrap_err().is_damage());
    assert_eq!(rollback(&Disk::new(), root.path(), Options::default()).unwrap().to.number(), 1);
    assert_eq!(read_current(root.path()).unwrap(), night(1));
}

#[test]
fn an_exchanged_generation() {
    let root = two_nights();
    let at = |name: &str| root.path().join(name);
    fs::rename(at("gen-2"), at("kept")).unwrap();
    fs::rename(at("gen-1"), at("gen-2")).unwrap();
    assert!(read_current(root.path()).unwrap_err().is_damage());
    fs::remove_dir_all(at("gen-2")).unwrap();
    assert!(read_current(root.path()).unwrap_err().is_damage());
    let nothing = rollback(&Disk::new(), root.path(), Options::default());
    assert!(matches!(nothing, Err(StoreError::NothingToRollBackTo(_))));
    // A whole generation of the same number that was not committed here.
    let other = folder();
    for n in [5, 6] {
        run_night(&Disk::new(), other.path(), n).unwrap();
    }
    for (path, bytes) in files(&other.path().join("gen-2")) {
        let path = at("gen-2").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    assert!(read_current(root.path()).unwrap_err().is_damage());
    fs::remove_dir_all(at("gen-2")).unwrap();
    fs::rename(at("kept"), at("gen-2")).unwrap();
    assert_eq!(read_current(root.path()).unwrap(), night(2));
}

#[test]
fn a_damaged_generation_that_was_never_committed_is_in_nobodys_way() {
    for damage in ["MANIFEST", "thesis"] {
        let root = two_nights();
        let stray = root.path().join("gen-3");
        fs::create_dir(&stray).unwrap();
        fs::write(stray.join(damage), "torn").unwrap();
        assert_eq!(read_current(root.path()).unwrap(), night(2));
        assert_eq!(run_night(&Disk::new(), root.path(), 3).unwrap().number(), 4);
        assert_eq!(read_current(root.path()).unwrap(), night(3));
        assert_eq!(fs::read(stray.join(damage)).unwrap(), b"torn");
    }
}

#[test]
fn an_old_current_that_came_back() {
    let root = two_nights();
    let old = fs::read(root.path().join("CURRENT")).unwrap();
    for n in 3..=4 {
        run_night(&Disk::new(), root.path(), n).unwrap();
    }
    fs::write(root.path().join("CURRENT"), old).unwrap();
    let error = read_current(root.path()).unwrap_err();
    assert!(error.is_damage(), "{error}");
    let back = rollback(&Disk::new(), root.path(), Options::default()).unwrap();
    assert_eq!((back.from, back.to.number()), (None, 4));
    assert_eq!(run_night(&Disk::new(), root.path(), 5).unwrap().number(), 5);
}

#[test]
fn another_version_is_named_and_not_touched() {
    for (name, text) in [
        ("CURRENT", "queuestat state 2\n{\"anything\": 1}\n"),
        ("gen-2/MANIFEST", "queuestat generation 2 9.0.0\n"),
    ] {
        let root = two_nights();
        fs::write(root.path().join(name), text).unwrap();
        let before = files(root.path());
        let error = read_current(root.path()).unwrap_err();
        let StoreError::UnknownVersion { path, found, known } = &error else { panic!("{error}") };
        assert_eq!((path, found.as_str(), *known), (&root.path().join(name), "2", 1));
        assert!(error.way_out().contains("--rebuild"));
        assert_eq!(files(root.path()), before);
    }
}

#[test]
fn going_back_passes_over_what_is_damaged() {
    let (root, disk) = (folder(), Disk::new());
    for n in 1..=3 {
        let mut store = Store::open(&disk, root.path()).unwrap();
        let mut draft = store.begin().unwrap();
        draft.write("blob", &[n]).unwrap();
        draft.commit().unwrap();
    }
    fs::write(root.path().join("gen-3/blob"), "x").unwrap();
    fs::write(root.path().join("gen-2/blob"), "x").unwrap();
    assert!(read_current(root.path()).unwrap_err().is_damage());
    let back = rollback(&disk, root.path(), Options::default()).unwrap();
    assert_eq!((back.from, back.to.number(), back.damaged), (Some(3), 1, vec![2]));
    assert_eq!(read_current(root.path()).unwrap()["blob"], [1]);
}
