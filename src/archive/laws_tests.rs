//! Replays the corpus of the fuzz target `records` without a fuzzer: the laws of the splitter hold.

use std::collections::BTreeSet;
use std::path::Path;

// The laws name these as their parent's.
use super::{closer, headers, piece, splitter};

#[path = "../../tests/fuzz/laws.rs"]
mod laws;

use laws::{Way, hold};
use piece::{Form, Kind};

#[test]
fn the_laws_hold_on_the_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus/records");
    let (mut files, mut forms, mut kinds) = (0, BTreeSet::new(), BTreeSet::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let (first, text) = bytes.split_first().unwrap();
        files += 1;
        for seen in hold(text, Way::of(*first)) {
            forms.insert(seen.piece.form);
            kinds.insert(kind(seen.piece.kind));
        }
        // Cut anywhere, and in every way.
        for cut in 0..text.len() {
            drop(hold(&text[..cut], Way::of(*first)));
        }
        for byte in 0..0x80 {
            drop(hold(text, Way::of(byte)));
        }
    }
    assert!(files > 20, "{files} files: where is the corpus?");
    assert_eq!(forms.len(), Form::ALL.len(), "every form: {forms:?}");
    assert_eq!(kinds.len(), 8, "every kind: {kinds:?}");
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Value => "value",
        Kind::Blank => "blank",
        Kind::Broken { saved: None } => "broken",
        Kind::Broken { saved: Some(_) } => "broken with a value",
        Kind::NoValue => "no value",
        Kind::Saved { .. } => "saved",
        Kind::TooLong => "too long",
        Kind::Unfinished => "unfinished",
    }
}
