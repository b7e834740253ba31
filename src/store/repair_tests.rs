//! A repair that meets faults, or is killed: the state is no worse than before, and the next repair ends it.

use super::tests::{contents, files, folder, night, run_night};
use super::*;
use crate::disk::Fault;

#[test]
fn a_repair_that_is_disturbed() {
    let clean = Disk::new();
    let damaged = [
        "gen-1/tickets/2021-01.parquet",
        "gen-2/empty",
        "gen-1/MANIFEST",
        "gen-2/MANIFEST.copy",
        "CURRENT",
    ];
    let whole = folder();
    for n in 1..=2 {
        run_night(&clean, whole.path(), n).unwrap();
    }
    let before = || {
        let root = folder();
        for n in 1..=2 {
            run_night(&clean, root.path(), n).unwrap();
        }
        for name in damaged {
            std::fs::write(root.path().join(name), "torn").unwrap();
        }
        root
    };
    let recording = Disk::recording();
    let done = repair(&recording, before().path(), Options::default()).unwrap();
    assert!(done.now.is_good() && done.pointed_to == Some(2), "{done:?}");
    assert_eq!(done.mended.len(), damaged.len() - 1, "{:?}", done.mended);
    let mut tried = 0;
    for (at, step) in recording.steps().iter().enumerate() {
        for fault in Fault::ALL.into_iter().filter(|fault| fault.fits(step.verb)) {
            let told = format!("{fault:?} at {at}, {} {}", step.verb, step.path.display());
            let root = before();
            let result = repair(&Disk::with_fault(at, fault), root.path(), Options::default());
            if let Ok(done) = &result
                && done.now.is_good()
            {
                assert_eq!(done.now.current, Some(2), "{told}");
            }
            let again = repair(&clean, root.path(), Options::default()).expect(&told);
            assert!(again.now.is_good(), "{told}: {again:?}");
            // A generation that could not be read in that moment may have been passed over.
            let store = Store::open(&clean, root.path()).unwrap();
            let current = store.current().unwrap();
            assert_eq!(contents(&current).unwrap(), night(current.number()), "{told}");
            if current.number() == 2 {
                assert_eq!(files(root.path()).len(), files(whole.path()).len(), "{told}");
            }
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}
