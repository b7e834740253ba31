//! Replays the corpus of the fuzz target `decode`, and the archive in `data/`, without a fuzzer: both decoders say the same.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use queuestat::webhook;

use crate::workspace::{files, root};

#[path = "../fuzz/agree.rs"]
mod agree;

use agree::{agree, agree_within};

#[test]
fn decoders_agree_on_the_corpus() {
    let corpus = files(&root().join("tests/fuzz/corpus/decode"));
    assert!(corpus.len() > 30, "{} files: where is the corpus?", corpus.len());
    let (mut accepted, mut reasons) = (0, BTreeSet::new());
    for line in corpus.values() {
        for said in agree_within(line) {
            match said {
                Ok(_) => accepted += 1,
                Err(reason) => _ = reasons.insert(reason.name()),
            }
        }
        for cut in 0..line.len() {
            drop(agree(&line[..cut]));
        }
    }
    assert!(accepted > 15, "{accepted}");
    // Every reason that the content of a line can have.
    assert_eq!(reasons.len(), 7, "{reasons:?}");
}

#[test]
fn decoders_agree_on_the_archive() {
    let mut lines = 0;
    for (name, bytes) in files(&root().join("data")) {
        let mut text = Vec::new();
        match Path::new(&name).extension().and_then(|e| e.to_str()) {
            Some("jsonl") => text = bytes,
            Some("gz") => {
                flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut text).unwrap();
            }
            Some("zst") => text = zstd::decode_all(&bytes[..]).unwrap(),
            _ => continue,
        }
        for line in text.split(|&byte| byte == b'\n') {
            drop(agree(line));
            lines += 1;
        }
    }
    assert!(lines > 5_000, "{lines}");
}
