//! A report is replaced whole, and nothing else is ever touched.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

pub(super) fn publish(out: &Path, files: &[(&str, &str)]) -> Result<Published, PublishError> {
    let mut writer = FolderWriter::open(out)?;
    for (name, text) in files {
        writer.write(name, text.as_bytes())?;
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
    let error = FolderWriter::open(&out).unwrap_err();
    assert!(matches!(&error, PublishError::Foreign { count: 1, .. }), "{error}");
    assert!(error.to_string().contains("thesis.txt"));
    assert_eq!(names(&out), ["thesis.txt"]);

    let out = folder.path().join("mine");
    publish(&out, &[("a.csv", "1")]).unwrap();
    let mut writer = FolderWriter::open(&out).unwrap();
    writer.write("a.csv", b"2").unwrap();
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
        let mut writer = FolderWriter::open(&out).unwrap();
        writer.write("b.csv", b"2").unwrap();
        assert!(writer.write("../x", b"").is_err());
        assert!(writer.write("/x", b"").is_err());
        assert!(writer.write("b.csv", b"").is_err());
        // A run that is alive is left alone.
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
    assert!(matches!(FolderWriter::open(&file), Err(PublishError::NotAFolder(_))));
    assert!(FolderWriter::open(&file.join("below")).is_err());
    assert!(matches!(FolderWriter::open(Path::new("/")), Err(PublishError::NoName(_))));
    assert!(FolderWriter::open(Path::new("/dev/null/x")).is_err());
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
                // The folder that has the name at one instant; its files are then read through it.
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
