//! Folders, links, patterns and everything that is no archive.

use std::os::unix::fs::symlink;

use super::super::classify::SkipState;
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

/// What is skipped and has to be told: name and kind.
fn told(found: &Discovery) -> Vec<(&str, &str)> {
    let loud = found.skipped.iter().filter(|skipped| !skipped.quiet);
    loud.map(|skipped| (skipped.name.as_str(), skipped.kind.as_str())).collect()
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
    assert_eq!(names(&found), ["a.jsonl-1", "a/x", "b/10.jsonl", "b/2.jsonl"]);
    let skipped: Vec<_> = found.skipped.iter().map(|s| (s.name.as_str(), s.quiet)).collect();
    assert_eq!(
        skipped,
        [
            (".git", true),
            (".hidden.jsonl", true),
            ("a.jsonl.gz", true),
            ("empty", true),
            ("notes.csv", false),
            ("queuestat.toml", true)
        ]
    );
}

#[test]
fn links_are_followed_and_files_are_read_once() {
    let outside = tree(&[("o.jsonl", "{}")]);
    let folder = tree(&[("d/a.jsonl", "{}")]);
    let at = |name: &str| folder.path().join(name);
    symlink(at("d/a.jsonl"), at("again.jsonl")).unwrap();
    symlink(outside.path().join("o.jsonl"), at("out.jsonl")).unwrap();
    symlink(at("d"), at("d/loop")).unwrap();
    symlink(at("nowhere"), at("dangling.jsonl")).unwrap();
    let found = discover(&[folder.path().to_owned(), at("d/a.jsonl")]).unwrap();
    assert_eq!(names(&found), ["again.jsonl", "out.jsonl"]);
    assert_eq!(told(&found), [("dangling.jsonl", "link that leads nowhere")]);
}

/// A link that shows leads to a file even where that file is hidden, whichever of both comes first.
#[test]
fn a_link_to_a_hidden_file_is_read() {
    for (hidden, link) in [(".b.jsonl", "b.jsonl"), (".b.jsonl", "-b.jsonl"), ("d/.b", "c/b")] {
        let folder = tree(&[("a.jsonl", "{}"), (hidden, "{}"), ("c/x.jsonl", "{}")]);
        symlink(folder.path().join(hidden), folder.path().join(link)).unwrap();
        let found = discover(&[folder.path().to_owned()]).unwrap();
        let mut expected = vec!["a.jsonl", "c/x.jsonl", link];
        expected.sort_unstable();
        assert_eq!(names(&found), expected);
    }
}

#[test]
fn patterns_and_equal_names() {
    let folder = tree(&[("a/1.jsonl", "{}"), ("b/1.jsonl", "{}"), ("b/2.txt", "{}")]);
    let at = |name: &str| folder.path().join(name);
    let found = discover(&[at("*/*.jsonl")]).unwrap();
    assert_eq!(names(&found), ["a/1.jsonl", "b/1.jsonl"]);
    let found = discover(&[at("**/*.{jsonl,txt}")]).unwrap();
    assert_eq!(found.files.len(), 3, "{found:?}");
    let found = discover(&[at("a"), at("b")]).unwrap();
    assert_eq!(found.files.len(), 3);
    assert_eq!(names(&found), ["2.txt", "a/1.jsonl", "b/1.jsonl"]);
    assert!(matches!(discover(&[at("*.nothing")]), Err(ArchiveError::NothingMatches(_))));
    assert!(matches!(discover(&[at("no/*.jsonl")]), Err(ArchiveError::NothingMatches(_))));
    assert!(matches!(discover(&[at("nowhere")]), Err(ArchiveError::NotFound(_))));
    let none = tree(&[("x.csv", "a,b")]);
    assert!(matches!(discover(&[none.path().to_owned()]), Err(ArchiveError::NoArchives { .. })));
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

#[test]
fn what_was_reached_before_still_counts_as_found() {
    let folder = tree(&[("a.jsonl", "{}")]);
    let (whole, file) = (folder.path().to_owned(), folder.path().join("a.jsonl"));
    let pattern = folder.path().join("*.jsonl");
    for inputs in [[&whole, &whole], [&file, &whole], [&whole, &pattern], [&pattern, &file]] {
        let found = discover(&inputs.map(Clone::clone)).unwrap();
        assert_eq!(names(&found), ["a.jsonl"]);
    }
}

#[test]
fn names_are_unique_even_where_folders_share_theirs() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = tree(&[("x/in/1.jsonl", "{}"), ("y/in/1.jsonl", "{}"), ("y/in/in/1.jsonl", "{}")]);
    let at = |name: &str| folder.path().join(name);
    let found = discover(&[at("x/in"), at("y/in")]).unwrap();
    let unique: BTreeSet<_> = names(&found).into_iter().map(str::to_owned).collect();
    assert_eq!(unique.len(), 3);
    assert!(unique.iter().all(|name| !name.starts_with("//")));
    for bytes in [&b"\xfe.jsonl"[..], b"\xff.jsonl"] {
        fs::write(at("x").join(OsStr::from_bytes(bytes)), "{}").unwrap();
    }
    let found = discover(&[at("x")]).unwrap();
    assert_eq!(names(&found).into_iter().collect::<BTreeSet<_>>().len(), 3);
}

#[test]
fn a_pipe_in_a_folder_is_reported_and_not_waited_for() {
    let folder = tree(&[("a.jsonl", "{}")]);
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    let pipe = folder.path().join("pipe.jsonl");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    let found = discover(&[folder.path().to_owned()]).unwrap();
    assert_eq!(names(&found), ["a.jsonl"]);
    assert_eq!(told(&found), [("pipe.jsonl", "device or pipe")]);
    assert!(matches!(discover(&[pipe]), Err(ArchiveError::NotRegular(_))));
}

#[test]
fn a_large_zstd_block_is_looked_into_whatever_it_is_called() {
    let mut seed = 1_u64;
    let mut text = String::new();
    for n in 0..20_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(n);
        text.push_str(&format!("{{\"id\":\"{seed:016x}\"}}\n"));
    }
    let folder = tempfile::tempdir().unwrap();
    let packed = zstd::encode_all(text.as_bytes(), 3).unwrap();
    assert!(packed.len() > 100_000);
    fs::write(folder.path().join("2024-05-01.zst"), packed).unwrap();
    assert_eq!(names(&discover(&[folder.path().to_owned()]).unwrap()), ["2024-05-01.zst"]);
}

/// Needs a user who is bound by file modes; says nothing for one who is not.
#[test]
fn files_behind_closed_folders_are_kept_to_be_accounted_for() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tree(&[("a.jsonl", "{}"), ("listed/b.jsonl", "{}"), ("closed/c.jsonl", "{}")]);
    let mode = |name: &str, mode| {
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode("listed", 0o444);
    mode("closed", 0o000);
    let bound = fs::metadata(folder.path().join("closed/c.jsonl")).is_err();
    let found = discover(&[folder.path().to_owned()]);
    let named = discover(&[folder.path().join("closed/c.jsonl")]);
    mode("listed", 0o755);
    mode("closed", 0o755);
    if bound {
        let found = found.unwrap();
        assert_eq!(names(&found), ["a.jsonl", "listed/b.jsonl"]);
        assert_eq!(found.skipped.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["closed"]);
        assert_eq!(found.skipped[0].state, SkipState::Unusable);
        assert_eq!(names(&named.unwrap()), ["c.jsonl"]);
    }
}

#[test]
fn a_parquet_is_named_with_what_to_do() {
    let folder = tree(&[("x.jsonl", "PAR1\u{1}\u{2}\u{fffd}")]);
    let error = discover(&[folder.path().to_owned()]).unwrap_err().to_string();
    assert!(error.contains("Parquet") && error.contains("DuckDB"), "{error}");
    let error = discover(&[folder.path().join("x.jsonl")]).unwrap_err();
    assert!(matches!(error, ArchiveError::Foreign { kind: "Parquet", .. }));
}

#[test]
fn what_is_excluded_is_silent() {
    let folder = tree(&[
        ("a.jsonl", "{}"),
        ("README.md", "# read me"),
        ("raw/x/b.jsonl", "{}"),
        ("y/README.md", "# read me"),
        ("y/c.bin", "\u{1}\u{2}\u{3}"),
    ]);
    let exclude = Exclude::new(&["*.md".to_owned(), "raw/**".to_owned()]).unwrap();
    let rules = Rules {
        exclude: &exclude,
        limits: Limits::default(),
        known: &|_| Known::No,
        spares: Spares::Nothing,
        stop: Arc::default(),
    };
    let found = discover_by(&[folder.path().to_owned()], &rules).unwrap();
    assert_eq!(names(&found), ["a.jsonl"]);
    assert_eq!(told(&found), [("y/c.bin", "binary data of an unknown kind")]);
    let excluded = found.skipped.iter().filter(|s| s.state == SkipState::Excluded).count();
    assert_eq!(excluded, 3);
}

#[test]
fn of_several_inputs_some_may_hold_nothing() {
    let folder = tree(&[("a/1.jsonl", "{}"), ("b/notes.csv", "a,b\n"), ("c/2.jsonl", "{}")]);
    let paths = |names: &[&str]| names.iter().map(|n| folder.path().join(n)).collect::<Vec<_>>();
    fs::create_dir(folder.path().join("empty")).unwrap();
    let exclude = Exclude::default();
    let find = |names: &[&str], spares: Spares| {
        let rules = Rules {
            exclude: &exclude,
            limits: Limits::default(),
            known: &|_| Known::No,
            spares,
            stop: Arc::default(),
        };
        discover_by(&paths(names), &rules)
    };
    let gone = |found: &Discovery| {
        let gone = found.roots.iter().filter(|root| root.is_gone());
        gone.map(|root| file_name(&root.input)).collect::<Vec<_>>()
    };
    let all = ["a", "b", "empty", "missing", "x*.jsonl", "c/2.jsonl"];
    let found = find(&all, Spares::Missing).unwrap();
    assert_eq!(names(&found), ["1.jsonl", "2.jsonl"]);
    assert_eq!(gone(&found), ["b", "empty", "missing", "x*.jsonl"]);
    let of = |at: usize| found.roots[at].files.iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!((of(0), of(1).len(), of(5)), (vec!["1.jsonl"], 0, vec!["2.jsonl"]));
    let found = find(&["a", "b", "empty"], Spares::Empty).unwrap();
    assert_eq!(gone(&found), ["b", "empty"]);
    // What does not exist is a slip of the pen, unless it was there the night before.
    for names in [["a", "missing"], ["a", "x*.jsonl"]] {
        assert!(find(&names, Spares::Empty).is_err(), "{names:?}");
    }
    assert!(matches!(find(&["a", "empty"], Spares::Nothing), Err(ArchiveError::NoArchives { .. })));
    // Never all of them: then it is the first error.
    let error = find(&["missing", "empty"], Spares::Missing).unwrap_err();
    assert!(matches!(error, ArchiveError::NotFound(_)), "{error}");
    assert!(find(&["empty"], Spares::Missing).is_err());
}
