//! Modes, links, locks, and that a planned fault happens where it was planned.

use std::os::unix::fs::symlink;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn modes_do_not_depend_on_the_umask() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::new();
    let (below, file) = (folder.path().join("a"), folder.path().join("a/b"));
    disk.create_folder(&below, 0o777).unwrap();
    disk.write_new(&file, b"text", 0o666).unwrap();
    assert_eq!((mode(&below), mode(&file)), (0o777, 0o666));
    assert!(disk.write_new(&file, b"", 0o600).is_err());
    assert_eq!(disk.read(&file).unwrap(), b"text");
    let deep = folder.path().join("x/y/z");
    disk.create_folders(&deep, 0o700).unwrap();
    disk.create_folders(&deep, 0o755).unwrap();
    assert_eq!((mode(&deep), mode(&folder.path().join("x"))), (0o700, 0o755));
    assert!(disk.create_folders(&file, 0o700).is_err());
    assert!(disk.create_folders(&file.join("x"), 0o700).is_err());
}

#[test]
fn links_and_pipes_are_seen_and_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::new();
    let at = |name: &str| folder.path().join(name);
    disk.write_new(&at("file"), b"1", 0o600).unwrap();
    disk.symlink(Path::new("file"), &at("link")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe"), rustix::fs::Mode::RUSR).unwrap();
    fs::create_dir(at("tree")).unwrap();
    fs::write(at("outside"), "kept").unwrap();
    symlink(folder.path(), at("tree/up")).unwrap();
    symlink(at("outside"), at("tree/file")).unwrap();
    let kinds: Vec<_> = disk.list(folder.path()).unwrap().into_iter().map(|e| e.kind).collect();
    assert_eq!(kinds, [Kind::File(1), Kind::Link, Kind::File(4), Kind::Other, Kind::Folder]);
    assert!(disk.read(&at("link")).is_err());
    assert!(disk.read(&at("pipe")).is_err());
    assert!(disk.read(&at("tree")).is_err());
    assert_eq!(disk.read_link(&at("link")).unwrap(), Some(PathBuf::from("file")));
    assert_eq!(disk.read_link(&at("none")).unwrap(), None);
    disk.remove_tree(&at("tree")).unwrap();
    assert!(!disk.exists(&at("tree")).unwrap());
    assert_eq!(disk.read(&at("outside")).unwrap(), b"kept");
    disk.hard_link(&at("file"), &at("second")).unwrap();
    disk.remove_file(&at("file")).unwrap();
    assert_eq!(disk.read(&at("second")).unwrap(), b"1");
}

#[test]
fn a_lock_is_held_once_and_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::new();
    let path = folder.path().join("LOCK");
    let held = disk.lock(&path, 0o600, Duration::ZERO).unwrap().unwrap();
    assert!(disk.lock(&path, 0o600, Duration::ZERO).unwrap().is_none());
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| disk.lock(&path, 0o600, Duration::from_mins(1)));
        std::thread::sleep(Duration::from_millis(50));
        drop(held);
        assert!(waiting.join().unwrap().unwrap().is_some());
    });
    symlink(&path, folder.path().join("link")).unwrap();
    let held = disk.lock(&path, 0o600, Duration::ZERO).unwrap().unwrap();
    let flag = Arc::new(AtomicBool::new(false));
    let other = disk.clone().giving_up_when(Arc::clone(&flag));
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| other.lock(&path, 0o600, Duration::from_mins(10)));
        std::thread::sleep(Duration::from_millis(30));
        flag.store(true, Ordering::Relaxed);
        assert!(waiting.join().unwrap().unwrap().is_none());
    });
    drop(held);
    assert!(disk.lock(&folder.path().join("link"), 0o600, Duration::ZERO).is_err());
}

#[test]
fn a_planned_fault_happens_where_it_was_planned() {
    let folder = tempfile::tempdir().unwrap();
    let path = |n: usize, fault: Fault| folder.path().join(format!("{n}-{fault:?}"));
    for fault in Fault::ALL {
        for at in 0..4 {
            let (disk, path) = (Disk::with_fault(at, fault), path(at, fault));
            let written = disk.write_new(&path, b"1234", 0o600);
            let later = disk.write_new(&path.with_extension("later"), b"1234", 0o600);
            let text = fs::read_to_string(&path).ok();
            if at == 3 {
                assert!(written.is_ok() && later.is_err() && text.unwrap() == "1234");
                continue;
            }
            assert!(written.is_err());
            let killed = matches!(fault, Fault::Kill | Fault::HalfThenKill);
            assert_eq!(later.is_err(), killed);
            let verb = disk.steps()[at].verb;
            assert_eq!(verb, ["create", "set mode", "write"][at]);
            let expected = match (verb, fault) {
                ("create", Fault::DoneButBroken) | ("set mode", _) => Some(""),
                ("create", _) => None,
                (_, Fault::HalfThenFull | Fault::HalfThenKill) => Some("12"),
                (_, Fault::DoneButBroken) => Some("1234"),
                (_, _) => Some(""),
            };
            assert_eq!(text.as_deref(), expected, "{at} {fault:?}");
        }
    }
    let full = Disk::with_fault(0, Fault::Full).list(folder.path()).unwrap_err();
    assert_eq!(full.kind(), io::ErrorKind::StorageFull);
}
