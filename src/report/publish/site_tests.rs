//! Readers see the old site or the new one, whatever fails, and nothing else is ever touched.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::sync::atomic::{AtomicBool, Ordering};

use super::site::{Site, published_generation};
use super::*;
use crate::disk::{Disk, Fault, Step};
use crate::store::{Generation, Store, StoreError};

type Pages = Vec<(String, Vec<u8>)>;

fn pages(n: u64) -> Pages {
    let page = |name: &str| (name.to_owned(), format!("{name} of night {n}").into_bytes());
    vec![page("index.html"), page("charts/all/wait.svg"), page("z.csv"), page(&format!("n/{n}"))]
}

fn publish(disk: &Disk, out: &Path, n: u64) -> Result<Published, PublishError> {
    Site::open(disk, out, 2)?.publish(n, &pages(n))
}

/// The files of the published generation, without its list.
fn read(out: &Path) -> Pages {
    let folder = out.join(fs::read_link(out.join("current")).unwrap());
    let mut found: Pages = pages(0)
        .into_iter()
        .chain((0..9).map(|n| (format!("n/{n}"), Vec::new())))
        .filter_map(|(name, _)| fs::read(folder.join(&name)).ok().map(|bytes| (name, bytes)))
        .collect();
    found.dedup();
    found
}

/// Everything below a folder: the bytes of files, where links lead, the modes of folders.
fn all(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder).min_depth(1) {
        let entry = entry.unwrap();
        let what = if entry.path_is_symlink() {
            fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes()
        } else if entry.file_type().is_dir() {
            b"folder".to_vec()
        } else {
            fs::read(entry.path()).unwrap()
        };
        found.insert(entry.path().strip_prefix(folder).unwrap().to_owned(), what);
    }
    found
}

fn folder() -> tempfile::TempDir {
    // In memory, if possible, because these tests sync a lot.
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    tests::names(folder)
}

#[test]
fn nights_follow_each_other() {
    let (root, disk) = (folder(), Disk::new());
    let out = root.path().join("www/site");
    assert_eq!(published_generation(&disk, &out).unwrap(), None);
    for n in 1..=4 {
        let done = publish(&disk, &out, n).unwrap();
        let bytes = pages(n).iter().map(|(_, bytes)| bytes.len() as u64).sum();
        assert_eq!(done, Published { files: 4, bytes });
        assert_eq!(published_generation(&disk, &out).unwrap(), Some(n));
        assert_eq!(fs::read(out.join("current/index.html")).unwrap(), pages(n)[0].1);
    }
    assert_eq!(names(&out), [".gen", ".queuestat-site", "current"]);
    assert_eq!(names(&out.join(".gen")), ["3", "4"]);
    for entry in walkdir::WalkDir::new(root.path().join("www")) {
        let entry = entry.unwrap();
        let mode = fs::metadata(entry.path()).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode, if entry.path().is_dir() { 0o755 } else { 0o644 });
    }
    let site = Site::open(&disk, &out, 2).unwrap();
    assert_eq!(site.read_published("z.csv").unwrap(), Some(pages(4)[2].1.clone()));
    for name in ["none", "../3/z.csv", MANIFEST] {
        assert_eq!(site.read_published(name).unwrap(), None);
    }
}

#[test]
fn the_same_number_with_other_pages() {
    let (root, disk) = (folder(), Disk::new());
    let out = root.path();
    publish(&disk, out, 7).unwrap();
    let before = all(out);
    publish(&disk, out, 7).unwrap();
    assert_eq!(all(out), before);
    let mut site = Site::open(&disk, out, 2).unwrap();
    site.publish(7, &[("index.html", "of another configuration")]).unwrap();
    assert_eq!(site.published_generation().unwrap(), Some(7));
    assert_eq!(fs::read_link(out.join("current")).unwrap(), Path::new(".gen/7-2"));
    assert_eq!(names(&out.join(".gen")), ["7", "7-2"]);
    // Back to an older state: the previous generation stays for its readers, although others are newer.
    site.publish(3, &pages(3)).unwrap();
    assert_eq!(names(&out.join(".gen")), ["3", "7-2"]);
    site.publish(7, &pages(7)).unwrap();
    assert_eq!(names(&out.join(".gen")), ["3", "7"]);
    site.publish(8, &pages(8)).unwrap();
    assert_eq!(names(&out.join(".gen")), ["7", "8"]);
}

#[test]
fn a_page_that_is_gone_is_published_again() {
    let (root, disk) = (folder(), Disk::new());
    let out = root.path();
    publish(&disk, out, 1).unwrap();
    fs::remove_file(out.join(".gen/1/z.csv")).unwrap();
    assert_eq!(published_generation(&disk, out).unwrap(), None);
    publish(&disk, out, 1).unwrap();
    assert_eq!(published_generation(&disk, out).unwrap(), Some(1));
    assert_eq!(fs::read(out.join("current/z.csv")).unwrap(), pages(1)[2].1);
    fs::remove_dir_all(out.join(".gen")).unwrap();
    assert_eq!(published_generation(&disk, out).unwrap(), None);
    publish(&disk, out, 1).unwrap();
    assert_eq!(names(&out.join(".gen")), ["1"]);
}

#[test]
fn bad_names_and_bad_places() {
    let (root, disk) = (folder(), Disk::new());
    let at = |name: &str| root.path().join(name);
    let mut site = Site::open(&disk, &at("out"), 2).unwrap();
    for files in [["../x", "a"], ["/x", "a"], ["a", "a"], ["a", "a/b"], [MANIFEST, "a"]] {
        let files = files.map(|name| (name, "text"));
        assert!(matches!(site.publish(1, &files), Err(PublishError::BadName(_))), "{files:?}");
    }
    assert_eq!(names(&at("out")), [".queuestat-site"]);
    fs::write(at("file"), "").unwrap();
    symlink(at("none"), at("link")).unwrap();
    for name in ["file", "file/below", "link"] {
        assert!(matches!(Site::open(&disk, &at(name), 2), Err(PublishError::NotAFolder(_))));
    }
    // The two kinds of publisher refuse each other's folders.
    assert!(FolderWriter::open(&Disk::new(), &at("out")).is_err());
    tests::publish(&at("report"), &[("a", "1")]).unwrap();
    assert!(matches!(Site::open(&disk, &at("report"), 2), Err(PublishError::Foreign { .. })));
    assert_eq!(names(&at("report")), [MANIFEST, "a"]);
}

#[test]
fn foreign_and_edited_files_are_refused_and_kept() {
    let (root, disk) = (folder(), Disk::new());
    for name in [
        "thesis",
        ".gen/thesis",
        ".gen/07/x",
        ".gen/1/thesis",
        ".gen/2/charts/thesis",
        ".gen/2/index.html",
        ".gen/1/.queuestat-manifest",
        ".gen/3.tmp/thesis",
        ".gen/3.tmp/a/thesis",
        ".queuestat-site",
        "current.tmp",
    ] {
        let out = root.path().join(name.replace('/', "_"));
        for n in 1..=2 {
            publish(&disk, &out, n).unwrap();
        }
        fs::create_dir_all(out.join(name).parent().unwrap()).unwrap();
        fs::write(out.join(name), "years of work").unwrap();
        let before = all(&out);
        let refused = publish(&disk, &out, 3).unwrap_err();
        assert!(matches!(refused, PublishError::Foreign { count: 1.., .. }), "{name}: {refused}");
        assert_eq!(all(&out), before, "{name}");
    }
    // A foreign file that appears later stays, too, and so does its generation.
    let out = root.path().join("later");
    publish(&disk, &out, 1).unwrap();
    let mut site = Site::open(&disk, &out, 2).unwrap();
    fs::write(out.join(".gen/1/thesis"), "years of work").unwrap();
    for n in 2..=4 {
        site.publish(n, &pages(n)).unwrap();
    }
    assert_eq!(names(&out.join(".gen")), ["1", "3", "4"]);
    // A link that leads elsewhere is not ours.
    let out = root.path().join("linked");
    fs::create_dir(&out).unwrap();
    symlink("/etc", out.join("current")).unwrap();
    assert!(matches!(publish(&disk, &out, 1), Err(PublishError::Foreign { .. })));
    assert_eq!(names(&out), ["current"]);
}

#[test]
fn a_reader_never_sees_a_mix() {
    let (root, disk) = (folder(), Disk::new());
    let (out, keep) = (root.path(), 3);
    let files = |n: u64| ["a", "b", "c/d"].map(|name| (name, n.to_string()));
    let mut site = Site::open(&disk, out, keep).unwrap();
    site.publish(1, &files(1)).unwrap();
    let stop = AtomicBool::new(false);
    let resolve = || -> u64 {
        let target = fs::read_link(out.join("current")).expect("a site is always there");
        target.to_str().unwrap().strip_prefix(".gen/").unwrap().parse().unwrap()
    };
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut whole = 0;
            while !stop.load(Ordering::Relaxed) || whole == 0 {
                let n = resolve();
                let read = |(name, text): &(&str, String)| {
                    match fs::read_to_string(out.join(".gen").join(n.to_string()).join(name)) {
                        Ok(found) => assert_eq!(&found, text),
                        // Pages vanish only for a reader that was overtaken by that many generations.
                        Err(_) => assert!(resolve() >= n + keep as u64, "{name} of {n}"),
                    }
                };
                files(n).iter().for_each(read);
                whole += 1;
            }
        });
        for n in 2..=100 {
            site.publish(n, &files(n)).unwrap();
        }
        stop.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
    assert_eq!(resolve(), 100);
}

#[test]
fn runs_side_by_side_publish_one_after_the_other() {
    let root = folder();
    std::thread::scope(|scope| {
        for n in 1..=6 {
            let out = root.path();
            scope.spawn(move || {
                for _ in 0..10 {
                    publish(&Disk::new(), out, n).unwrap();
                }
            });
        }
    });
    let n = published_generation(&Disk::new(), root.path()).unwrap().unwrap();
    assert_eq!(read(root.path()).len(), pages(n).len());
}

/// What a nightly run does with its state and its site: it publishes what is committed, then what it commits.
fn run_night(disk: &Disk, root: &Path, n: u64) -> Result<(), String> {
    let state = |error: StoreError| error.to_string();
    let site = |error: PublishError| error.to_string();
    let mut store = Store::open(disk, &root.join("state")).map_err(state)?;
    let mut out = Site::open(disk, &root.join("out"), 2).map_err(site)?;
    let reached = store.current().as_ref().map_or(0, Generation::number);
    if reached < n {
        let mut draft = store.begin().map_err(state)?;
        draft.write("ledger.json", n.to_string().as_bytes()).map_err(state)?;
        draft.commit().map_err(state)?;
    }
    let number = store.current().ok_or("nothing was committed")?.number();
    if out.published_generation().map_err(site)? != Some(number) {
        out.publish(number, &pages(number)).map_err(site)?;
    }
    Ok(())
}

#[test]
fn every_operation_of_a_night_fails_in_every_way() {
    let (clean, expected) = (Disk::new(), folder());
    for n in 1..=4 {
        run_night(&clean, expected.path(), n).unwrap();
    }
    for first in [1, 3] {
        let before = || {
            let root = folder();
            for n in 1..first {
                run_night(&clean, root.path(), n).unwrap();
            }
            root
        };
        let recording = Disk::recording();
        run_night(&recording, before().path(), first).unwrap();
        for (at, step) in recording.steps().iter().enumerate() {
            for fault in Fault::ALL.into_iter().filter(|fault| fault.fits(step.verb)) {
                let told = format!("{fault:?} at {at}, {step:?}");
                let root = before();
                let result = run_night(&Disk::with_fault(at, fault), root.path(), first);
                let out = root.path().join("out");
                let published = published_generation(&clean, &out).expect(&told);
                let possible = [Some(first), Some(first - 1).filter(|n| *n > 0)];
                assert!(possible.contains(&published), "{told}: {published:?}");
                assert!(result.is_err() || published == Some(first), "{told}");
                if let Some(n) = published {
                    let (mut found, mut whole) = (read(&out), pages(n));
                    found.sort();
                    whole.sort();
                    assert_eq!(found, whole, "{told}");
                }
                for n in first..=4 {
                    run_night(&clean, root.path(), n).expect(&told);
                }
                assert_eq!(all(root.path()), all(expected.path()), "{told}");
            }
        }
    }
}

/// The target of the link is durable before the link is replaced, so that it survives a power failure too.
#[test]
fn everything_is_synced_before_the_link() {
    let (root, disk) = (folder(), Disk::recording());
    publish(&Disk::new(), root.path(), 1).unwrap();
    publish(&disk, root.path(), 2).unwrap();
    let steps = disk.steps();
    let generation = |step: &Step| step.verb == "rename" && step.path.ends_with(".gen/2");
    let renamed = steps.iter().position(generation).unwrap();
    let link = steps.iter().position(|step| step.verb == "symlink").unwrap();
    let is_synced = |range: &[Step], verb: &str, path: &Path| {
        range.iter().any(|step| step.verb == verb && step.path == path)
    };
    assert!(is_synced(&steps[renamed..link], "sync folder", &root.path().join(".gen")));
    assert!(is_synced(&steps[link..], "sync folder", root.path()));
    let mut seen = 0;
    for (at, step) in steps.iter().enumerate().take(renamed) {
        let rest = &steps[at..renamed];
        match step.verb {
            "write" => assert!(is_synced(rest, "sync file", &step.path), "{step:?}"),
            "create" | "create folder" => {
                let parent = step.path.parent().unwrap();
                assert!(is_synced(rest, "sync folder", parent), "{step:?}");
            }
            _ => continue,
        }
        seen += 1;
    }
    assert!(seen > 10);
}
