//! A report is replaced completely, and nothing else is ever touched.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::disk::Fault;

pub(super) fn publish(out: &Path, files: &[(&str, &str)]) -> Result<Published, PublishError> {
    publish_on(&Disk::new(), out, files)
}

fn publish_on(disk: &Disk, out: &Path, files: &[(&str, &str)]) -> Result<Published, PublishError> {
    let mut writer = FolderWriter::open(disk, out)?;
    for (name, text) in files {
        writer.write(&[(name, text)])?;
    }
    writer.publish()
}

pub(super) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn first_and_next_report() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new/reports/today");
    publish(&out, &[("a.csv", "1"), ("charts/x.svg", "<svg/>")]).unwrap();
    let done = publish(&out, &[("b.csv", "22")]).unwrap();
    assert_eq!(done, Published { files: 1, bytes: 2 });
    assert_eq!(names(&out), [MANIFEST, "b.csv"]);
    assert_eq!(names(out.parent().unwrap()), ["today"]);
    fs::remove_file(out.join("b.csv")).unwrap();
    publish(&out, &[("c.csv", "3")]).unwrap();
    assert_eq!(names(&out), [MANIFEST, "c.csv"]);
}

#[test]
fn foreign_and_edited_files_are_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(out.join("thesis.txt"), "years of work").unwrap();
    let error = FolderWriter::open(&Disk::new(), &out).unwrap_err();
    assert!(matches!(&error, PublishError::Foreign { count: 1, .. }), "{error}");
    assert!(error.to_string().contains("thesis.txt"));
    assert_eq!(names(&out), ["thesis.txt"]);

    let out = folder.path().join("mine");
    publish(&out, &[("a.csv", "1")]).unwrap();
    let mut writer = FolderWriter::open(&Disk::new(), &out).unwrap();
    writer.write(&[("a.csv", b"2")]).unwrap();
    fs::write(out.join("a.csv"), "edited").unwrap();
    assert!(matches!(writer.publish(), Err(PublishError::Foreign { .. })));
    assert_eq!(fs::read_to_string(out.join("a.csv")).unwrap(), "edited");
    assert_eq!(names(folder.path()), ["mine", "out"]);
}

#[test]
fn a_dropped_run_leaves_nothing_and_a_dead_one_is_cleaned_up() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    publish(&out, &[("a.csv", "1")]).unwrap();
    {
        let mut writer = FolderWriter::open(&Disk::new(), &out).unwrap();
        writer.write(&[("b.csv", b"2")]).unwrap();
        assert!(writer.write(&[("../x", b"")]).is_err());
        assert!(writer.write(&[("/x", b"")]).is_err());
        assert!(writer.write(&[("b.csv", b"")]).is_err());
        // The staging folder of a living run is left alone.
        publish(&out, &[("c.csv", "3")]).unwrap();
        assert_eq!(names(folder.path()).len(), 2);
    }
    assert_eq!(names(folder.path()), ["out"]);
    let dead = folder.path().join(".out.queuestat-dead");
    fs::create_dir(&dead).unwrap();
    fs::write(dead.join(MANIFEST), "").unwrap();
    fs::write(dead.join("half.csv"), "").unwrap();
    // Killed after the exchange, before the old report was deleted.
    let old = folder.path().join(".out.queuestat-old");
    publish(&old, &[("e/f.csv", "5")]).unwrap();
    publish(&out, &[("d.csv", "4")]).unwrap();
    assert_eq!(names(folder.path()), ["out"]);
    assert_eq!(names(&out), [MANIFEST, "d.csv"]);
}

#[test]
fn bad_targets() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(matches!(FolderWriter::open(&Disk::new(), &file), Err(PublishError::NotAFolder(_))));
    assert!(FolderWriter::open(&Disk::new(), &file.join("below")).is_err());
    assert!(matches!(
        FolderWriter::open(&Disk::new(), Path::new("/")),
        Err(PublishError::NoName(_))
    ));
    assert!(FolderWriter::open(&Disk::new(), Path::new("/dev/null/x")).is_err());
    let real = folder.path().join("real");
    publish(&real, &[("a", "1")]).unwrap();
    std::os::unix::fs::symlink(&real, folder.path().join("link")).unwrap();
    publish(&folder.path().join("link"), &[("b", "2")]).unwrap();
    assert_eq!(names(&real), [MANIFEST, "b"]);
}

#[test]
fn a_reader_never_sees_a_mix() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let generation = |n: u32| -> Result<Published, PublishError> {
        let text = n.to_string();
        publish(&out, &[("a", &text), ("b", &text), ("c/d", &text)])
    };
    generation(0).unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut rounds = 0;
            while !stop.load(Ordering::Relaxed) || rounds == 0 {
                // Opens the folder that has the name at this instant; its files are then read through it.
                let held = rustix::fs::open(
                    &out,
                    rustix::fs::OFlags::DIRECTORY,
                    rustix::fs::Mode::empty(),
                )
                .expect("the report is always there");
                let read = |name: &str| {
                    let file = rustix::fs::openat(
                        &held,
                        name,
                        rustix::fs::OFlags::RDONLY,
                        rustix::fs::Mode::empty(),
                    );
                    file.map(|fd| std::io::read_to_string(File::from(fd)).unwrap())
                };
                // A replaced folder is being deleted: missing files are possible, other contents are not.
                let texts: Vec<_> =
                    ["a", "b", "c/d"].into_iter().filter_map(|n| read(n).ok()).collect();
                assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "{texts:?}");
                rounds += 1;
            }
        });
        for n in 1..60 {
            generation(n).unwrap();
        }
        stop.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
}

const OLD: [(&str, &str); 3] =
    [("a.csv", "old"), ("charts/b.svg", "old, too"), ("gone/c.html", "old")];
const NEW: [(&str, &str); 3] = [("a.csv", "new"), ("charts/b.svg", "<svg/>"), ("d.html", "new")];

/// Whether a folder holds these files and their list, and nothing else.
fn holds(out: &Path, files: &[(&str, &str)]) -> bool {
    let list = fs::read_to_string(out.join(MANIFEST)).ok();
    let list = list.and_then(|text| Manifest::parse(&text)).unwrap_or_default();
    let is_there = |(name, text): &(&str, &str)| {
        let bytes = fs::read(out.join(name)).unwrap_or_default();
        bytes == text.as_bytes() && list.matches(name, &bytes)
    };
    let found = walkdir::WalkDir::new(out).into_iter().flatten();
    let found = found.filter(|entry| entry.file_type().is_file()).count();
    list.len() == files.len() && found == files.len() + 1 && files.iter().all(is_there)
}

#[test]
fn every_operation_of_a_report_fails_in_every_way() {
    let mut tried = 0;
    for old in [None, Some(OLD.as_slice())] {
        let before = || {
            let root = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
            let out = root.path().join("reports/out");
            fs::create_dir_all(out.with_file_name("beside")).unwrap();
            fs::write(out.with_file_name("beside/thesis.txt"), "years of work").unwrap();
            if let Some(files) = old {
                publish(&out, files).unwrap();
            }
            (root, out)
        };
        let (recording, (_root, out)) = (Disk::recording(), before());
        publish_on(&recording, &out, &NEW).unwrap();
        for (at, step) in recording.steps().iter().enumerate() {
            for fault in Fault::ALL.into_iter().filter(|fault| fault.fits(step.verb)) {
                let told = format!("{fault:?} at {at}, {step:?}");
                let (_root, out) = before();
                let result = publish_on(&Disk::with_fault(at, fault), &out, &NEW);
                let is_new = holds(&out, &NEW);
                assert!(result.is_err() || is_new, "{told}");
                assert!(
                    is_new || old.map_or_else(|| !out.exists(), |old| holds(&out, old)),
                    "{told}"
                );
                // The next run does the work of this one and leaves nothing behind.
                publish(&out, &NEW).expect(&told);
                assert!(holds(&out, &NEW), "{told}");
                let beside = out.with_file_name("beside/thesis.txt");
                assert_eq!(fs::read_to_string(&beside).expect(&told), "years of work");
                assert_eq!(names(out.parent().unwrap()), ["beside", "out"], "{told}");
                tried += 1;
            }
        }
    }
    assert!(tried > 300, "{tried}");
}

/// A folder with the staging folder's name is removed only if it is the one that was staged.
#[test]
fn an_exchange_that_is_told_to_have_failed_loses_no_edit() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("out");
    publish(&out, &OLD).unwrap();
    let mut writer = FolderWriter::open(&Disk::new(), &out).unwrap();
    writer.write(&[("a.csv", b"new")]).unwrap();
    fs::write(out.join("a.csv"), "edited").unwrap();
    Files::default().swap(&writer.staging, &out).unwrap();
    let old = writer.staging.clone();
    drop(writer);
    assert_eq!(fs::read_to_string(old.join("a.csv")).unwrap(), "edited");
}
