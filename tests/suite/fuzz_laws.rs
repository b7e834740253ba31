//! Replays the corpora of the fuzz targets whose laws need nothing but what the library offers, without a fuzzer. Each corpus
//! reaches what its decoder can say.

use std::collections::BTreeSet;
use std::fmt::Debug;

// The laws name these as their parent's.
use queuestat::{archive, cloud, job, report, webhook};

use crate::workspace::{files, root};

#[path = "../fuzz/laws/addresses.rs"]
mod addresses;
#[path = "../fuzz/laws/containers.rs"]
mod containers;
#[path = "../fuzz/laws/encodings.rs"]
mod encodings;
#[path = "../fuzz/laws/file_names.rs"]
mod file_names;
#[path = "../fuzz/laws/held.rs"]
mod held;
#[path = "../fuzz/laws/layers.rs"]
mod layers;
#[path = "../fuzz/laws/reports.rs"]
mod reports;
#[path = "../fuzz/laws/tables.rs"]
mod tables;
#[path = "../fuzz/laws/times.rs"]
mod times;

/// Holds a law for every file of a corpus, and for it cut in so many places. What was said of whole files.
fn replay<T>(target: &str, cuts: usize, hold: impl Fn(&[u8]) -> T) -> Vec<T> {
    let corpus = files(&root().join("tests/fuzz/corpus").join(target));
    assert!(corpus.len() > 5, "{} files: where is the corpus of {target}?", corpus.len());
    let mut said = Vec::new();
    for bytes in corpus.values() {
        said.push(hold(bytes));
        let step = bytes.len().div_ceil(cuts).max(1);
        for cut in (0..bytes.len()).step_by(step) {
            drop(hold(&bytes[..cut]));
        }
    }
    said
}

/// How many different answers there are.
fn kinds<T: Debug>(said: &[T]) -> usize {
    said.iter().map(|one| format!("{one:?}")).collect::<BTreeSet<_>>().len()
}

#[test]
fn times() {
    let said = replay("times", 80, times::hold);
    assert!(said.iter().flatten().count() > 15 && said.contains(&None));
}

#[test]
fn file_names() {
    let said = replay("file_names", 80, file_names::hold);
    assert!(said.iter().flatten().count() > 5 && said.iter().any(Vec::is_empty));
}

#[test]
fn tables() {
    let said = replay("tables", 40, tables::hold);
    assert!(said.iter().sum::<usize>() > 60);
}

#[test]
fn encodings() {
    let said = replay("encodings", 40, encodings::hold);
    assert!(said.iter().sum::<usize>() > 20);
}

#[test]
fn layers() {
    let said = replay("layers", 12, layers::hold);
    assert!(kinds(&said) >= 3, "{said:?}");
}

#[test]
fn containers() {
    let said = replay("containers", 12, containers::hold);
    assert!(said.iter().sum::<usize>() > 20 && said.contains(&0), "{said:?}");
}

#[test]
fn reports() {
    let said = replay("reports", 80, reports::hold);
    assert!(said.iter().any(|(rows, _)| *rows > 6) && said.iter().any(|(_, known)| *known > 0));
}

#[test]
fn addresses() {
    let said = replay("addresses", 40, addresses::hold);
    assert!(kinds(&said) >= 4, "{said:?}");
}
