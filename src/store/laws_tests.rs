//! Replays the corpus of the fuzz target `seals` without a fuzzer.

use std::collections::BTreeSet;
use std::path::Path;

// The laws name these as their parent's.
use super::{manifest, pointer};

#[path = "../../tests/fuzz/laws/seals.rs"]
mod laws;

#[test]
fn the_laws_hold_on_the_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus/seals");
    let (mut files, mut taken) = (0, BTreeSet::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        files += 1;
        taken.extend(laws::hold(&bytes));
        for cut in 0..bytes.len() {
            drop(laws::hold(&bytes[..cut]));
        }
    }
    assert!(files > 8, "{files} files: where is the corpus?");
    assert_eq!(taken, BTreeSet::from([laws::Taken::List, laws::Taken::Pointer]));
}
