//! Damage of every kind, in every file: an error with a way out, never another content, never a panic.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use super::tests::{contents, files, folder, night, run_night};
use super::*;

/// Every file of a state.
type Whole = std::collections::BTreeMap<PathBuf, Vec<u8>>;

fn two_nights() -> tempfile::TempDir {
    let root = folder();
    for n in 1..=2 {
        run_night(&Disk::new(), root.path(), n).unwrap();
    }
    root
}

fn read_current(folder: &Path) -> Result<(tests::Blobs, Vec<Mended>), StoreError> {
    let store = Store::open(&Disk::new(), folder)?;
    let blobs = contents(&store.current().unwrap())?;
    Ok((blobs, store.mended()))
}

/// What damage of a file comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Whoever reads gets whole bytes, and the file is put back.
    Mended,
    /// There is no copy; the way back leads to the generation before.
    Refused,
    /// Nobody reads it; a repair puts it back.
    Repaired,
    /// Nobody reads it, and there is no copy.
    Left,
}

fn fate(path: &Path) -> Fate {
    let names = ["tickets/2021-01.parquet", "empty", "MANIFEST", "MANIFEST.copy"];
    let has_copy = names.iter().any(|name| path.ends_with(name));
    match (path.starts_with("gen-2"), has_copy) {
        (true, true) => Fate::Mended,
        (false, true) => Fate::Repaired,
        (false, false) if path.starts_with("gen-1") => Fate::Left,
        (_, false) => Fate::Refused,
    }
}

/// Looks at a damaged state: whoever reads gets the truth or an error; what has a copy is mended, and the way back, if it is
/// gone, leads to a whole generation. `in_the_way`: nothing can be put there.
fn look(folder: &Path, whole: &Whole, path: &Path, go_on: bool, in_the_way: bool, told: &str) {
    let (disk, options, fate) = (Disk::new(), Options::default(), fate(path));
    let all = files(folder);
    assert!(!verify(&disk, folder, options).unwrap().is_good(), "{told}");
    let after_mending = if in_the_way { &all } else { whole };
    match (fate, read_current(folder)) {
        (Fate::Mended, Ok((blobs, mended))) => {
            assert_eq!(blobs, night(2), "{told}");
            assert_eq!(mended.len(), 1, "{told}");
            assert_eq!(mended[0].path, folder.join(path), "{told}");
            assert_eq!(mended[0].not_put_back.is_some(), in_the_way, "{told}: {}", mended[0]);
            assert_eq!(&files(folder), after_mending, "{told}");
        }
        (Fate::Repaired | Fate::Left, Ok((blobs, mended))) => {
            assert_eq!((blobs, mended.len()), (night(2), 0), "{told}");
            assert_eq!(files(folder), all, "{told}: something was changed");
        }
        (Fate::Refused, Err(error)) => {
            assert!(error.is_damage(), "{told}: {error}");
            assert!(error.way_out().contains("queuestat state rollback"), "{error}");
            assert_eq!(files(folder), all, "{told}: something was changed");
        }
        (fate, result) => panic!("{told}: {fate:?}, {result:?}"),
    }
    let is_good = verify(&disk, folder, options).unwrap().is_good();
    assert_eq!(is_good, fate == Fate::Mended && !in_the_way, "{told}");
    if !go_on {
        return;
    }
    let repaired = repair(&disk, folder, options).unwrap();
    let is_good = !in_the_way && matches!(fate, Fate::Mended | Fate::Repaired);
    if path == Path::new("CURRENT") {
        assert_eq!((repaired.pointed_to, repaired.now.is_good()), (Some(2), true), "{told}");
        assert_eq!(read_current(folder).unwrap().0, night(2), "{told}");
        return;
    }
    assert_eq!((repaired.pointed_to, repaired.now.is_good()), (None, is_good), "{told}");
    assert_eq!(&files(folder), if is_good { whole } else { &all }, "{told}");
    if is_good {
        return;
    }
    match rollback(&disk, folder, options) {
        Ok(back) => {
            assert_eq!(back.to.number(), 1, "{told}");
            assert_eq!(read_current(folder).unwrap().0, night(1), "{told}");
        }
        Err(StoreError::NothingToRollBackTo(_)) => {
            assert!(fate == Fate::Left || in_the_way, "{told}");
        }
        Err(error) => panic!("{told}: {error}"),
    }
}

/// Damages a copy of each file of its own, as all have one.
fn damage_each(kind: &str, in_the_way: bool, damage: impl Fn(&Path, &[u8]) -> bool) {
    let root = two_nights();
    let whole = files(root.path());
    for (path, bytes) in whole.iter().filter(|(path, _)| *path != Path::new("LOCK")) {
        let file = root.path().join(path);
        if damage(&file, bytes) {
            let told = format!("{kind} {}", path.display());
            look(root.path(), &whole, path, true, in_the_way, &told);
        }
        let _was_a_folder = fs::remove_dir(&file);
        let _was_no_file = fs::remove_file(&file);
        restore(root.path(), &whole);
    }
    assert_eq!(read_current(root.path()).unwrap().0, night(2));
}

fn restore(folder: &Path, whole: &Whole) {
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
                let go_on = at % 16 == 0 && mask == 0x20;
                look(root.path(), &whole, path, go_on, false, &told);
                restore(root.path(), &whole);
            }
        }
    }
}

#[test]
fn torn_grown_and_missing_files() {
    for keep in 0..4 {
        damage_each("cut", false, |file, bytes| {
            fs::write(file, &bytes[..bytes.len() * keep / 4]).unwrap();
            !bytes.is_empty()
        });
    }
    damage_each("grown", false, |file, bytes| {
        fs::write(file, [bytes, b"\n"].concat()).unwrap();
        true
    });
    damage_each("missing", false, |file, _| {
        fs::remove_file(file).unwrap();
        // Of old versions there is no copy of a list, and nobody misses it.
        !file.ends_with("MANIFEST.copy")
    });
}

#[test]
fn what_is_no_file() {
    damage_each("folder", true, |file, _| {
        // A folder of that name makes the state folder foreign; only the files of generations are looked at.
        if file.ends_with("CURRENT") {
            return false;
        }
        fs::remove_file(file).unwrap();
        fs::create_dir(file).unwrap();
        true
    });
    damage_each("link", false, |file, _| {
        fs::remove_file(file).unwrap();
        symlink("/dev/null", file).unwrap();
        !file.ends_with("CURRENT")
    });
    let root = two_nights();
    for n in [1, 2] {
        fs::remove_file(root.path().join(format!("gen-{n}/tickets/2021-01.parquet"))).unwrap();
    }
    assert!(read_current(root.path()).unwrap_err().is_damage());
    assert!(run_night(&Disk::new(), root.path(), 3).unwrap_err().is_damage());
    let nothing = rollback(&Disk::new(), root.path(), Options::default());
    assert!(matches!(nothing, Err(StoreError::NothingToRollBackTo(_))));
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
    assert_eq!(read_current(root.path()).unwrap().0, night(2));
}

#[test]
fn a_damaged_generation_that_was_never_committed_is_in_nobodys_way() {
    for damage in ["MANIFEST", "thesis"] {
        let root = two_nights();
        let stray = root.path().join("gen-3");
        fs::create_dir(&stray).unwrap();
        fs::write(stray.join(damage), "torn").unwrap();
        assert_eq!(read_current(root.path()).unwrap().0, night(2));
        assert_eq!(run_night(&Disk::new(), root.path(), 3).unwrap().number(), 4);
        assert_eq!(read_current(root.path()).unwrap().0, night(3));
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
        fs::remove_file(root.path().join("gen-2/MANIFEST.copy")).unwrap();
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
    assert_eq!(read_current(root.path()).unwrap().0["blob"], [1]);
}
