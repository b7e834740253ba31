//! Which objects are found below a prefix, against the files of a folder.

use std::fs;
use std::sync::Arc;

use proptest::prelude::*;

use crate::cloud::Scheme;
use crate::cloud::fixture::Closed;

use super::super::classify::{Exclude, Known, Rules};
use super::super::discover::discover_by;
use super::super::limits::Limits;
use super::super::root::Spares;
use super::*;

fn object(key: &str) -> Object {
    let address = Address { scheme: Scheme::S3, bucket: "b".into(), key: key.into() };
    Object {
        address,
        bytes: 2,
        modified_ms: Some(0),
        tag: Some("t".into()),
        bucket: Arc::new(Closed),
    }
}

fn names_of(
    root: &str,
    keys: &BTreeSet<String>,
    wanted: impl Fn(&str) -> bool,
) -> BTreeSet<(String, bool)> {
    let root = Address { scheme: Scheme::S3, bucket: "b".into(), key: root.into() };
    let objects = keys.iter().map(|key| object(key)).collect();
    walk(&root, objects, wanted)
        .into_iter()
        .map(|(file, told)| (file.name, told.is_some()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_prefix_is_like_a_folder(
        keys in prop::collection::btree_set(prop::collection::vec(prop::sample::select(vec![
            "a", "b", ".c", ".queuestat-7", "d.jsonl",
        ]), 1..4), 1..12),
        reports in prop::collection::vec(any::<bool>(), 12),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut made = BTreeSet::new();
        for (key, is_report) in keys.iter().zip(&reports) {
            let mut key = key.join("/");
            if *is_report {
                key.push_str("/.queuestat-manifest");
            }
            let path = folder.path().join("p").join(&key);
            // A key that is a folder of another key is no file in a file system.
            if path.is_dir() || fs::create_dir_all(path.parent().unwrap()).is_err() || fs::write(&path, "{}").is_err() {
                continue;
            }
            made.insert(format!("p/{key}"));
        }
        let (exclude, known) = (Exclude::default(), |_: &Candidate| Known::No);
        let rules = Rules {
            exclude: &exclude,
            limits: Limits::default(),
            known: &known,
            spares: Spares::Nothing,
            stop: Arc::default(),
        };
        let by_prefix = names_of("p/", &made, |_| true);
        // A folder without archives is an error, but one with a plain file beside them is none.
        fs::write(folder.path().join("p/z.jsonl"), "{}").unwrap();
        let found = discover_by(&[folder.path().join("p")], &rules).unwrap();
        let files = found.files.into_iter().map(|file| (file.name, false));
        let skipped = found.skipped.into_iter().map(|one| (one.name, one.kind == "hidden" || one.kind == "report of queuestat"));
        let mut by_folder: BTreeSet<(String, bool)> = files.chain(skipped).collect();
        by_folder.remove(&("z.jsonl".to_owned(), false));
        prop_assert_eq!(by_prefix, by_folder);
    }
}

#[test]
fn patterns_begin_behind_what_is_plain() {
    for (key, plain) in [
        ("*.gz", ""),
        ("2021/*.gz", "2021/"),
        ("2021/0?/x", "2021/"),
        ("a/b-{1,2}/**/c.gz", "a/"),
        ("a/b/c[0-9]", "a/b/"),
        ("a//*.gz", "a//"),
        ("/*.gz", "/"),
    ] {
        assert_eq!(plain_part(key), plain);
        assert!(is_pattern(Path::new(key)));
    }
    let keys: BTreeSet<String> =
        ["2021/1.gz", "2021/x/2.gz", "2021/x/.3.gz", "2022/4.gz"].map(str::to_owned).into();
    let glob = |text: &str| {
        GlobBuilder::new(text).literal_separator(true).build().unwrap().compile_matcher()
    };
    let (flat, deep) = (glob("2021/*.gz"), glob("2021/**/*.gz"));
    let below = keys.iter().filter(|key| key.starts_with("2021/")).cloned().collect();
    assert_eq!(
        names_of("2021/", &below, |key| flat.is_match(key)),
        [("1.gz".to_owned(), false)].into()
    );
    let all = [("1.gz", false), ("x/2.gz", false), ("x/.3.gz", true)]
        .map(|(name, told)| (name.to_owned(), told));
    assert_eq!(names_of("2021/", &below, |key| deep.is_match(key)), all.into());
}

#[test]
fn odd_keys_are_files_of_their_own() {
    let keys = [
        "p/a.jsonl",
        "p//a.jsonl",
        "p/x//a.jsonl",
        "p/x/a.jsonl",
        "p//",
        "p/x/./a.jsonl",
        "p/../a.jsonl",
        "p/ a.jsonl",
        "p/x/.h/a",
    ];
    let all: BTreeSet<String> = keys.map(str::to_owned).into();
    let found = names_of("p/", &all, |_| true);
    let expected = [
        (" a.jsonl", false),
        ("../a.jsonl", true),
        ("/", false),
        ("/a.jsonl", false),
        ("a.jsonl", false),
        ("x/./a.jsonl", true),
        ("x/.h", true),
        ("x//a.jsonl", false),
        ("x/a.jsonl", false),
    ];
    assert_eq!(found, expected.map(|(name, told)| (name.to_owned(), told)).into());
    // What only stands for a folder is left out without a word.
    let empty = |key: &str| Object { bytes: 0, ..object(key) };
    let root = Address { scheme: Scheme::S3, bucket: "b".into(), key: "p/".into() };
    let made = walk(&root, vec![empty("p/"), empty("p/x/"), empty("p/y"), object("p/")], |_| true);
    let made: Vec<String> = made.into_iter().map(|(file, _)| file.name).collect();
    assert_eq!(made, ["y", ""]);
}

#[test]
fn errors_name_the_address_and_no_password() {
    let at = |what: What| error_of(Path::new("s3://id:hush@b/x"), what.into()).to_string();
    assert_eq!(
        at(What::BadAddress),
        "cannot read `s3://…`: the address of an object store names no bucket"
    );
    let of = |what: What| error_of(Path::new("s3://b/x"), what.into());
    assert_eq!(
        of(What::NotBuilt).to_string(),
        "cannot read `s3://b/x`: this queuestat was built without object stores"
    );
    assert!(matches!(of(What::NoBucket), ArchiveError::NotFound(_)));
    assert!(matches!(of(What::Throttled), ArchiveError::Io { name, .. } if name == "s3://b/x"));
}
