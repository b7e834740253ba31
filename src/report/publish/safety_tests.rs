//! Nothing foreign is deleted: links, edits, hand-made lists, special files, other runs.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::tests::{names, publish};
use super::*;

fn is_foreign(result: Result<impl std::fmt::Debug, PublishError>) -> bool {
    matches!(result, Err(PublishError::Foreign { .. }))
}

#[test]
fn a_list_that_leads_elsewhere_deletes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let victim = folder.path().join("victim");
    for name in
        ["../victim".to_owned(), victim.to_str().unwrap().to_owned(), "x/../../victim".into()]
    {
        publish(&out, &[("a", "1")]).unwrap();
        fs::write(&victim, "years of work").unwrap();
        let list = out.join(MANIFEST);
        let text = fs::read_to_string(&list).unwrap();
        let zeros = "0".repeat(32);
        fs::write(&list, format!("{text}{zeros} 1 {name}\n")).unwrap();
        let refused = is_foreign(publish(&out, &[("a", "2")]));
        assert!(victim.exists(), "{name}");
        assert!(refused, "{name}");
        fs::remove_dir_all(&out).unwrap();
    }
}

#[test]
fn a_link_beside_the_report_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other");
    publish(&other, &[("a", "1")]).unwrap();
    symlink(&other, folder.path().join(".out.queuestat-link")).unwrap();
    publish(&folder.path().join("out"), &[("b", "2")]).unwrap();
    assert_eq!(names(&other), [MANIFEST, "a"]);
}

#[test]
fn an_old_report_that_was_edited_is_never_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join(".out.queuestat-0123");
    publish(&old, &[("a", "1"), ("b", "1")]).unwrap();
    fs::write(old.join("a"), "edited").unwrap();
    publish(&folder.path().join("out"), &[("c", "2")]).unwrap();
    assert_eq!(names(&old), [MANIFEST, "a", "b"]);
    assert_eq!(fs::read_to_string(old.join("a")).unwrap(), "edited");
}

#[test]
fn special_files_and_folders_of_others_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    publish(&out, &[("a", "1"), ("c/d", "1")]).unwrap();
    fs::create_dir(out.join("notes")).unwrap();
    assert!(is_foreign(publish(&out, &[("a", "2")])));
    fs::remove_dir(out.join("notes")).unwrap();
    // The file was deleted, its folder was not.
    fs::remove_file(out.join("c/d")).unwrap();
    publish(&out, &[("a", "2")]).unwrap();
    // A link to the same text is not the file that was written.
    fs::rename(out.join("a"), folder.path().join("a")).unwrap();
    symlink(folder.path().join("a"), out.join("a")).unwrap();
    assert!(is_foreign(publish(&out, &[("a", "3")])));
    fs::remove_file(out.join("a")).unwrap();
    // Opening it would block forever.
    rustix::fs::mkfifoat(rustix::fs::CWD, out.join("a"), rustix::fs::Mode::RUSR).unwrap();
    assert!(is_foreign(publish(&out, &[("a", "3")])));
}

#[test]
fn runs_side_by_side_all_publish() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..6)
            .map(|n: u32| {
                let out = &out;
                scope.spawn(move || {
                    for _ in 0..25 {
                        publish(out, &[("a", &n.to_string()), ("c/d", &n.to_string())]).unwrap();
                    }
                })
            })
            .collect();
        for run in runs {
            run.join().unwrap();
        }
    });
    let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    assert_eq!(read("a"), read("c/d"));
    assert_eq!(names(folder.path()), ["out"]);
}

#[test]
fn a_folder_closed_to_others_stays_closed() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    publish(&out, &[("a", "1"), ("c/d", "1")]).unwrap();
    assert_eq!((mode(&out.join("a")), mode(&out.join("c"))), (0o644, 0o755));
    fs::set_permissions(&out, fs::Permissions::from_mode(0o750)).unwrap();
    publish(&out, &[("a", "2")]).unwrap();
    assert_eq!(mode(&out), 0o750);
}

#[test]
fn a_link_to_nothing_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link");
    symlink(folder.path().join("gone"), &link).unwrap();
    assert!(matches!(FolderWriter::open(&Disk::new(), &link), Err(PublishError::NotAFolder(_))));
    assert_eq!(names(folder.path()), ["link"]);
}

#[test]
fn an_edit_in_the_last_instant_brings_the_old_report_back() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    publish(&out, &[("a", "1")]).unwrap();
    let mut writer = FolderWriter::open(&Disk::new(), &out).unwrap();
    writer.write(&[("a", b"2")]).unwrap();
    let replaced = Files::default().swap(&writer.staging, &writer.target).unwrap();
    fs::write(writer.staging.join("a"), "edited").unwrap();
    let Err(PublishError::Foreign { path, .. }) = writer.settle(replaced) else { panic!() };
    drop(writer);
    assert_eq!(path, fs::canonicalize(&out).unwrap());
    assert_eq!(fs::read_to_string(out.join("a")).unwrap(), "edited");
    assert_eq!(names(folder.path()), ["out"]);
}

#[test]
fn without_exchange_of_folders() {
    let folder = tempfile::tempdir().unwrap();
    let (out, new) = (folder.path().join("out"), folder.path().join(".out.queuestat-1"));
    publish(&out, &[("a", "1")]).unwrap();
    publish(&new, &[("a", "2")]).unwrap();
    assert!(Files::default().swap_aside(&new, &out).unwrap());
    let read = |folder: &Path| fs::read_to_string(folder.join("a")).unwrap();
    assert_eq!((read(&out), read(&new)), ("2".to_owned(), "1".to_owned()));
    // Killed between the two renames: the next run finds no report and puts the old one back first.
    fs::rename(&out, folder.path().join(".out.queuestat-1-old")).unwrap();
    drop(FolderWriter::open(&Disk::new(), &out).unwrap());
    assert_eq!(read(&out), "2");
    assert_eq!(names(folder.path()), ["out"]);
    // Nothing to replace.
    publish(&new, &[("a", "3")]).unwrap();
    fs::remove_dir_all(&out).unwrap();
    assert!(!Files::default().swap_aside(&new, &out).unwrap());
    assert_eq!(read(&out), "3");
}

#[test]
fn a_list_that_is_not_a_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    publish(&out, &[("a", "1")]).unwrap();
    let elsewhere = folder.path().join("list");
    fs::rename(out.join(MANIFEST), &elsewhere).unwrap();
    symlink(&elsewhere, out.join(MANIFEST)).unwrap();
    assert!(is_foreign(FolderWriter::open(&Disk::new(), &out)));
    fs::remove_file(out.join(MANIFEST)).unwrap();
    fs::create_dir(out.join(MANIFEST)).unwrap();
    assert!(is_foreign(FolderWriter::open(&Disk::new(), &out)));
    assert_eq!(names(&out), [MANIFEST, "a"]);
}
