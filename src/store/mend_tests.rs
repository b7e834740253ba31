//! Laws of the copies: what two generations share stands in two files, so damage of one file is survived.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use proptest::prelude::*;

use super::tests::{contents, folder};
use super::*;

/// Number of blobs that several generations list and that stand in one file all the same.
pub(super) fn one_file_for_many(root: &Path) -> usize {
    let many = shared(root).into_values().filter(|paths| paths.len() > 1);
    many.filter(|paths| inodes(paths).len() < 2).count()
}

fn inodes(paths: &[PathBuf]) -> BTreeSet<u64> {
    paths.iter().map(|path| fs::metadata(path).unwrap().ino()).collect()
}

/// Where each blob, by name and checksum, is listed.
fn shared(root: &Path) -> BTreeMap<(String, String), Vec<PathBuf>> {
    let health = list(&Disk::new(), root, Options::default()).unwrap();
    let mut found: BTreeMap<_, Vec<PathBuf>> = BTreeMap::new();
    for (_, generation) in &health.generations {
        let generation = generation.as_ref().unwrap();
        for (name, blob) in generation.manifest().blobs() {
            let path = generation.folder().join(name);
            found.entry((name.to_owned(), blob.checksum.clone())).or_default().push(path);
        }
    }
    found
}

/// What happens to a state.
#[derive(Debug, Clone)]
enum Event {
    /// A night that writes the blobs of these bits anew, and carries the others.
    Night(u8),
    /// A night that is given up.
    GivenUp(u8),
    Back,
    Rebuild,
    /// From now on so many generations are kept.
    Keep(usize),
    /// One file, in place and so under all of its names, is damaged in one of some ways.
    Damage(prop::sample::Index, u8),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => any::<u8>().prop_map(|bits| Event::Night(bits & any_of(bits))),
        1 => any::<u8>().prop_map(Event::GivenUp),
        2 => Just(Event::Back),
        1 => Just(Event::Rebuild),
        1 => (0_usize..6).prop_map(Event::Keep),
        3 => (any::<prop::sample::Index>(), 0_u8..4).prop_map(|(at, how)| Event::Damage(at, how)),
    ]
}

/// Mostly few blobs change.
fn any_of(bits: u8) -> u8 {
    bits.rotate_left(3) & bits.rotate_left(6)
}

const NAMES: [&str; 8] = ["a", "b", "c", "t/1", "t/2", "t/3", "t/4", "u/v/w"];

fn draw(store: &mut Store, bits: u8, serial: usize, commit: bool) -> Result<(), StoreError> {
    let base = store.current();
    let mut draft = store.begin()?;
    for (at, name) in NAMES.iter().enumerate() {
        match &base {
            Some(base) if base.size(name).is_some() && bits >> at & 1 == 0 => draft.carry(name)?,
            // Now and then with the bytes of an earlier night.
            _ => draft.write(name, format!("{name} {}", serial % 5).as_bytes())?,
        }
    }
    if commit { draft.commit().map(drop) } else { Ok(()) }
}

/// Damages one file of blobs that several generations share; whether there was one.
fn damage(root: &Path, at: &prop::sample::Index, how: u8) -> Option<PathBuf> {
    let blobs = shared(root).into_values().filter(|paths| paths.len() > 1);
    let paths: Vec<PathBuf> = blobs.flatten().collect();
    if paths.is_empty() {
        return None;
    }
    let path = at.get(&paths);
    let inode = fs::metadata(path).unwrap().ino();
    let bytes = fs::read(path).unwrap();
    match how {
        0 => fs::write(path, [&bytes[..1], b"?", &bytes[2..]].concat()).unwrap(),
        1 => fs::write(path, &bytes[1..]).unwrap(),
        2 => fs::write(path, "").unwrap(),
        _ => {
            for name in
                paths.iter().filter(|path| fs::metadata(path).is_ok_and(|meta| meta.ino() == inode))
            {
                fs::remove_file(name).unwrap();
            }
        }
    }
    Some(path.clone())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happened before, one damaged file of what is shared is survived, by a night as by a reader.
    #[test]
    fn two_files_after_any_history(events in prop::collection::vec(event(), 1..30)) {
        let (root, disk) = (folder(), Disk::new());
        let mut options = Options { keep: 3, wait: Duration::from_secs(20) };
        let mut expected: BTreeMap<u64, tests::Blobs> = BTreeMap::new();
        for (serial, event) in events.iter().enumerate() {
            match event {
                Event::Keep(keep) => options.keep = *keep,
                Event::Back => {
                    let back = rollback(&disk, root.path(), options);
                    let is_none = matches!(
                        back,
                        Err(StoreError::NothingToRollBackTo(_) | StoreError::NoState(_))
                    );
                    prop_assert!(back.is_ok() || is_none, "{back:?}");
                }
                Event::Night(bits) | Event::GivenUp(bits) => {
                    let mut store = Store::open_with(&disk, root.path(), options).unwrap();
                    let commit = matches!(event, Event::Night(_));
                    draw(&mut store, *bits, serial, commit).unwrap();
                    if let Some(current) = store.current() {
                        expected.insert(current.number(), contents(&current).unwrap());
                    }
                }
                Event::Rebuild => {
                    let mut store = Store::open_to_rebuild(&disk, root.path(), options).unwrap();
                    draw(&mut store, 0, serial, true).unwrap();
                    let current = store.current().unwrap();
                    expected.insert(current.number(), contents(&current).unwrap());
                }
                Event::Damage(at, how) => {
                    let is_state = root.path().join("CURRENT").exists();
                    let Some(path) = is_state.then(|| damage(root.path(), at, *how)).flatten() else {
                        continue;
                    };
                    prop_assert!(!verify(&disk, root.path(), options).unwrap().is_good());
                    if how % 2 == 0 {
                        let repaired = repair(&disk, root.path(), options).unwrap();
                        prop_assert!(repaired.now.is_good() && !repaired.mended.is_empty());
                    } else {
                        let store = Store::open_with(&disk, root.path(), options).unwrap();
                        let current = store.current().unwrap();
                        prop_assert_eq!(&contents(&current).unwrap(), &expected[&current.number()]);
                        drop(store);
                        // What only older generations list is for a repair.
                        let repaired = repair(&disk, root.path(), options).unwrap();
                        prop_assert!(repaired.now.is_good(), "{}", path.display());
                    }
                }
            }
            if root.path().join("CURRENT").exists() {
                prop_assert_eq!(one_file_for_many(root.path()), 0, "{:?}", event);
                let found = verify(&disk, root.path(), options).unwrap();
                prop_assert!(found.is_good(), "{:?}: {:?}", event, found);
                for one in &found.generations {
                    let blobs = one.listed.as_ref().map(contents).unwrap().unwrap();
                    prop_assert_eq!(&blobs, &expected[&one.number]);
                }
            }
        }
    }
}

#[test]
fn what_nobody_reads_is_looked_at_once_in_four_weeks() {
    let (root, disk) = (folder(), Disk::new());
    let options = Options::default();
    for serial in 0..4 {
        draw(&mut Store::open(&disk, root.path()).unwrap(), 1, serial, true).unwrap();
    }
    let count = |n: u64| -> usize {
        let (root, n) = (root.path().to_owned(), format!("gen-{n}"));
        let below = |name: &&&str| fs::metadata(root.join(&n).join(name)).unwrap().nlink() == 1;
        NAMES.iter().filter(below).count()
    };
    let mut fresh = 0;
    for serial in 4..60 {
        draw(&mut Store::open(&disk, root.path()).unwrap(), 1, serial, true).unwrap();
        // The one that is written every night apart.
        fresh += count(serial as u64 + 1) - 1;
    }
    assert_eq!(fresh, (NAMES.len() - 1) * 2, "in 56 nights each was copied twice");
    // Damage of one file of each blob is found by nights alone, while the other one is whole.
    let current = format!("gen-{}", 60);
    for name in &NAMES[1..] {
        let path = root.path().join(&current).join(name);
        let mut bytes = fs::read(&path).unwrap();
        bytes[0] ^= 1;
        fs::write(&path, bytes).unwrap();
    }
    let mut mended = 0;
    for serial in 60..90 {
        let mut store = Store::open(&disk, root.path()).unwrap();
        draw(&mut store, 1, serial, true).unwrap();
        mended += store.mended().len();
    }
    assert!(verify(&disk, root.path(), options).unwrap().is_good());
    assert!(mended > 0);
}
