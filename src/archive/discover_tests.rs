//! Folders, links, patterns and everything that is no archive.

use std::os::unix::fs::symlink;

use super::*;

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn names(found: &Discovery) -> Vec<&str> {
    found.files.iter().map(|file| file.name.as_str()).collect()
}

#[test]
fn folders_in_path_order_without_hidden_and_foreign_files() {
    let folder = tree(&[
        ("b/2.jsonl", "{}"),
        ("b/10.jsonl", "{}"),
        ("a.jsonl.gz", ""),
        ("a.jsonl-1", "  {}"),
        ("a/x", "{\"a\":1}\n"),
        (".hidden.jsonl", "{}"),
        (".git/x.jsonl", "{}"),
        ("queuestat.toml", "time_zone = 1"),
        ("notes.csv", "a,b\n"),
        ("empty", ""),
    ]);
    let found = discover(&[folder.path().to_owned()]).unwrap();
    assert_eq!(
        names(&found),
        ["a.jsonl.gz", "a.jsonl-1", "a/x", "b/10.jsonl", "b/2.jsonl", "empty"]
    );
    let skipped: Vec<_> = found.skipped.iter().map(|s| (s.name.as_str(), s.reason)).collect();
    assert_eq!(
        skipped,
        [("notes.csv", SkipReason::NotWebhooks), ("queuestat.toml", SkipReason::NotWebhooks)]
    );
}

#[test]
fn links_stay_inside_and_files_are_read_once() {
    let outside = tree(&[("o.jsonl", "{}")]);
    let folder = tree(&[("d/a.jsonl", "{}")]);
    let at = |name: &str| folder.path().join(name);
    symlink(at("d/a.jsonl"), at("again.jsonl")).unwrap();
    symlink(outside.path().join("o.jsonl"), at("out.jsonl")).unwrap();
    symlink(at("d"), at("d/loop")).unwrap();
    symlink(at("nowhere"), at("dangling.jsonl")).unwrap();
    let found = discover(&[folder.path().to_owned(), at("d/a.jsonl")]).unwrap();
    assert_eq!(found.files.len(), 1);
    assert_eq!(found.skipped.len(), 1);
    assert_eq!(found.skipped[0].reason, SkipReason::OutsideFolder);
}

#[test]
fn patterns_and_equal_names() {
    let folder = tree(&[("a/1.jsonl", "{}"), ("b/1.jsonl", "{}"), ("b/2.txt", "{}")]);
    let at = |name: &str| folder.path().join(name);
    let found = discover(&[at("*/*.jsonl")]).unwrap();
    assert_eq!(names(&found), ["a/1.jsonl", "b/1.jsonl"]);
    let found = discover(&[at("**/*.{jsonl,txt}")]).unwrap();
    assert_eq!(found.files.len(), 3);
    let found = discover(&[at("a"), at("b")]).unwrap();
    assert_eq!(found.files.len(), 3);
    assert!(names(&found).iter().filter(|name| name.ends_with("1.jsonl")).all(|n| n.len() > 10));
    assert!(matches!(discover(&[at("*.nothing")]), Err(ArchiveError::NothingMatches(_))));
    assert!(matches!(discover(&[at("nowhere")]), Err(ArchiveError::NotFound(_))));
    let none = tree(&[("x.csv", "a,b")]);
    assert!(matches!(discover(&[none.path().to_owned()]), Err(ArchiveError::NoArchives(_))));
    assert!(matches!(discover(&["/dev/null".into()]), Err(ArchiveError::NotRegular(_))));
    assert_eq!(discover(&[none.path().join("x.csv")]).unwrap().files.len(), 1);
    assert_eq!(discover(&["-".into(), "-".into()]).unwrap().files.len(), 1);
}

#[test]
fn compressed_neighbours_are_told_by_their_text() {
    let folder = tempfile::tempdir().unwrap();
    let webhooks = zstd::encode_all(&b"{\"a\":1}\n"[..], 3).unwrap();
    let other = zstd::encode_all(&b"a,b\n1,2\n"[..], 3).unwrap();
    fs::write(folder.path().join("w"), webhooks).unwrap();
    fs::write(folder.path().join("c"), other).unwrap();
    assert_eq!(names(&discover(&[folder.path().to_owned()]).unwrap()), ["w"]);
}
