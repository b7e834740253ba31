//! Replays the corpus of the fuzz target `config` without a fuzzer.

use std::collections::BTreeSet;
use std::path::Path;

#[path = "../../../tests/fuzz/laws/config.rs"]
mod laws;

#[test]
fn the_laws_hold_on_the_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus/config");
    let (mut files, mut said) = (0, BTreeSet::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        files += 1;
        said.insert(laws::hold(&bytes));
        for cut in 0..bytes.len() {
            laws::hold(&bytes[..cut]);
        }
    }
    assert!(files > 15, "{files} files: where is the corpus?");
    // Obeyed, refused when it is asked for, and refused at once.
    assert_eq!(said, BTreeSet::from([(true, true), (true, false), (false, false)]));
}
