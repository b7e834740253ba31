//! A disk that is really full, and a file that may not grow: the run ends, and what was there is there.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Write, stderr};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::{Run, Workspace, files, hook};

const AS_OF: &str = "2021-04-08T02:00:00Z";
const SIGXFSZ: i32 = 25;
/// What a report lists its files in, and what the run that works on a site holds.
const LIST: &str = ".queuestat-manifest";
const SITE_LOCK: &str = ".queuestat-site";

fn line(id: u32) -> String {
    let times = "\"createdAt\":\"2021-04-01T10:00:00Z\",\"fulfilledAt\":\"2021-04-01T10:05:00Z\"";
    hook("org", "positionCompleted", &id.to_string(), &format!("\"location\":\"A\",{times}"))
}

/// An archive of one line, and where a night puts what.
fn space(state: &str, site: &str) -> Workspace {
    let space = Workspace::new();
    space.write(
        "queuestat.toml",
        format!("[gates]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"{site}\"\nstate_dir = \"{state}\"\n"),
    );
    space.write("archive/0.jsonl", line(0));
    space
}

/// Set in the process that has a root of its own.
const INSIDE: &str = "QUEUESTAT_TEST_MAY_MOUNT";

/// Whether this process may mount. If not, the test is made again by a process that may; and if there can be none, that
/// is said where nobody swallows it.
fn may_mount(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let trial = tempfile::tempdir().unwrap();
    for inside in [["unshare", "-m"], ["unshare", "-rm"]] {
        let mut tried = Command::new(inside[0]);
        tried.args([inside[1], "mount", "-t", "tmpfs", "tmpfs"]).arg(trial.path());
        if !tried.output().is_ok_and(|tried| tried.status.success()) {
            continue;
        }
        let name = format!("{}::{test}", module_path!().split_once("::").unwrap().1);
        let made = Command::new(inside[0])
            .arg(inside[1])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", name.as_str(), "--nocapture"])
            .env(INSIDE, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&made.stdout) + String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success() && said.contains("1 passed"), "{said}");
        return false;
    }
    // Not `eprintln!`, which is kept from who looks at tests that pass.
    let skipped =
        format!("SKIPPED: {test}: nobody may mount here, be it root or by `unshare -rm`\n");
    stderr().write_all(skipped.as_bytes()).unwrap();
    false
}

/// A small file system in memory, until it is dropped: before the folder it stands in, which could not be removed else.
struct Small(PathBuf);

impl Small {
    fn mount(at: &Path, kib: u32) -> Self {
        fs::create_dir_all(at).unwrap();
        let small = Self(at.to_owned());
        small.call(&["-t", "tmpfs", "-o", &format!("size={kib}k"), "tmpfs"]);
        small
    }

    fn call(&self, args: &[&str]) {
        assert!(Command::new("mount").args(args).arg(&self.0).status().unwrap().success());
    }

    /// Makes room.
    fn grow(&self) {
        // With its source named, the options it was mounted with are not given again, which may be another user's.
        self.call(&["-t", "tmpfs", "-o", "remount,size=8m", "tmpfs"]);
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }

    /// Fills it, up to some free bytes.
    fn fill(&self, free: u64) {
        let mut file = fs::File::create(self.ballast()).unwrap();
        let block = [1; 4096];
        while file.write_all(&block).is_ok() {}
        let full = file.metadata().unwrap().len();
        file.set_len(full.saturating_sub(free)).unwrap();
    }

    fn empty(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _it_goes_with_the_process_at_the_latest = Command::new("umount").arg(&self.0).output();
    }
}

/// What a run that was refused leaves of a state: every byte. If it could commit and then not publish, the generation
/// that was current before is there still.
fn assert_kept(before: &BTreeMap<String, Vec<u8>>, now: &BTreeMap<String, Vec<u8>>, when: &str) {
    let is_committed = before["CURRENT"] != now["CURRENT"];
    let text = String::from_utf8_lossy(&before["CURRENT"]).into_owned();
    let current = format!("{}/", text.lines().nth(1).unwrap().split(' ').next().unwrap());
    let must_stay = |name: &str| !is_committed || name.starts_with(&current);
    let mut stayed = 0;
    for (name, bytes) in before.iter().filter(|(name, _)| must_stay(name)) {
        assert!(now.get(name) == Some(bytes), "{name} {when}");
        stayed += u32::from(name.starts_with(&current));
    }
    assert!(stayed > 2, "{current} {when}");
}

/// What a run that was refused leaves of a site or a report: every byte, and what is shown is what was shown.
fn assert_same(before: &BTreeMap<String, Vec<u8>>, now: &BTreeMap<String, Vec<u8>>, when: &str) {
    for (name, bytes) in before {
        assert!(now.get(name) == Some(bytes), "{name} {when}");
    }
}

/// Nothing of a run that is over lies about, be it an empty folder.
fn assert_tidy(folder: &Path, when: &str) {
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let is_left = name.contains(".tmp") || name.contains(".queuestat-") && name != LIST;
            assert!(!is_left || name == SITE_LOCK, "{name} was left in {at:?} {when}");
            if entry.file_type().unwrap().is_dir() {
                open.push(entry.path());
            }
        }
    }
}

/// The CSV files of all time, as published and as one report gives them.
fn assert_exact(space: &Workspace, site: &str, once: &str) {
    let args = ["report", "archive", "--out", once, "--as-of", AS_OF, "--only", "csv"];
    assert_eq!(space.run(&args).code, 0);
    let once = files(&space.path(once));
    assert!(once.len() > 8);
    for (name, bytes) in once {
        let shown = fs::read(space.path(site).join("current/all").join(&name)).unwrap();
        assert_eq!(shown, bytes, "{name}");
    }
}

/// Whether it was done; if not, it has said why.
fn is_done(run: &Run, when: &str) -> bool {
    assert!(matches!(run.code, 0 | 5), "{} {when}: {}", run.code, run.stderr);
    let is_said = run.stderr.to_lowercase().contains("no space");
    assert_eq!(is_said, run.code == 5, "{when}: {}", run.stderr);
    run.code == 0
}

#[test]
fn a_full_disk_ends_the_run_and_nothing_else() {
    if !may_mount("a_full_disk_ends_the_run_and_nothing_else") {
        return;
    }
    let space = space("small/state", "small/site");
    let small = Small::mount(&space.path("small"), 8192);
    let _room = Small::mount(&space.path("room"), 8192);
    let run = || space.run(&["nightly", "--as-of", AS_OF]);
    let report = || space.run(&["report", "archive", "--out", "small/report", "--as-of", AS_OF]);
    assert_eq!((run().code, report().code), (0, 0));
    let [state, site, reported] =
        ["state", "site", "report"].map(|name| space.path("small").join(name));
    let everything = || [files(&state), files(&site), files(&reported)];
    let (mut refused, mut done) = ([0, 0], [0, 0]);
    for (step, kib) in
        (1..).zip([0, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048])
    {
        let when = format!("with {kib} KiB");
        space.write(&format!("archive/{step}.jsonl"), line(step));
        let before = everything();
        small.fill(kib * 1024);
        let night = run();
        let between = everything();
        let once = report();
        small.empty();
        let now = everything();
        if is_done(&night, &when) {
            done[0] += 1;
        } else {
            refused[0] += 1;
            assert_kept(&before[0], &between[0], &when);
            assert_same(&before[1], &between[1], &when);
        }
        if is_done(&once, &when) {
            done[1] += 1;
        } else {
            refused[1] += 1;
            assert_eq!(before[2], now[2], "{when}");
        }
        assert_eq!(between[..2], now[..2], "a report touched the state or the site {when}");
        // With room, everything is made up for, and nothing is left lying about.
        assert_eq!((run().code, report().code), (0, 0), "after {kib} KiB");
        assert_exact(&space, "small/site", "room/once");
        assert_tidy(&space.path("small"), &when);
        assert_eq!(space.run(&["state", "verify"]).code, 0);
    }
    assert!(refused[0] > 5 && refused[1] > 3 && done[0] > 0 && done[1] > 0, "{refused:?} {done:?}");
}

#[test]
fn a_disk_too_small_from_the_first_night_on() {
    if !may_mount("a_disk_too_small_from_the_first_night_on") {
        return;
    }
    // Only the state, only the site, and both on the small one; and a report, which has no state.
    for (state, site, is_report) in [
        ("small/state", "room/site", false),
        ("room/state", "small/site", false),
        ("small/state", "small/site", false),
        ("", "small/report", true),
    ] {
        let (mut refused, mut done) = (0, 0);
        for kib in [4, 8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 4096] {
            let when = format!("{state} {site} with {kib} KiB");
            let space = space(state, site);
            let small = Small::mount(&space.path("small"), kib);
            let _room = Small::mount(&space.path("room"), 8192);
            let args = ["report", "archive", "--out", site, "--as-of", AS_OF];
            let night = ["nightly", "--as-of", AS_OF];
            let run = || space.run(if is_report { &args[..] } else { &night[..] });
            if is_done(&run(), &when) {
                done += 1;
            } else {
                refused += 1;
                let shown = if is_report { site.to_owned() } else { format!("{site}/current") };
                assert!(!space.path(&shown).exists(), "{shown} {when}");
                small.grow();
                let again = run();
                assert_eq!(again.code, 0, "{when}: {}", again.stderr);
            }
            assert_tidy(&space.path("small"), &when);
            assert_tidy(&space.path("room"), &when);
            if is_report {
                let elsewhere = ["report", "archive", "--out", "room/once", "--as-of", AS_OF];
                assert_eq!(space.run(&elsewhere).code, 0);
                assert_eq!(files(&space.path(site)), files(&space.path("room/once")), "{when}");
            } else {
                assert_exact(&space, site, "room/once");
                assert_eq!(space.run(&["state", "verify"]).code, 0);
            }
        }
        assert!(refused > 2 && done > 0, "{state} {site}: {refused} {done}");
    }
}

#[test]
fn a_file_that_may_not_grow_ends_the_run_and_nothing_else() {
    let space = space("state", "site");
    let night = ["nightly", "--as-of", AS_OF];
    let report = ["report", "archive", "--out", "report", "--as-of", AS_OF];
    let both = || [space.run(&night).code, space.run(&report).code];
    assert_eq!(both(), [0, 0]);
    let everything = || ["state", "site", "report"].map(|name| files(&space.path(name)));
    // Where the signal is ignored, writing fails; else it ends the run where it stands.
    for (step, (ignored, limit)) in (1..).zip([
        (true, 100),
        (true, 1_500),
        (true, 5_000),
        (false, 100),
        (false, 1_500),
        (false, 5_000),
    ]) {
        let when = format!("with {limit} bytes");
        space.write(&format!("archive/{step}.jsonl"), line(step));
        let before = everything();
        let trap = if ignored { "trap '' XFSZ; " } else { "" };
        let script = format!("{trap}exec prlimit --fsize={limit} \"$@\"");
        for args in [&night[..], &report] {
            let run = Command::new("sh")
                .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_queuestat")])
                .args(args)
                .current_dir(space.path("."))
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&run.stderr);
            let ended = (run.status.code(), run.status.signal());
            let expected = if ignored { (Some(5), None) } else { (None, Some(SIGXFSZ)) };
            assert_eq!(ended, expected, "{args:?} {when}: {said}");
        }
        let now = everything();
        assert_kept(&before[0], &now[0], &when);
        assert_same(&before[1], &now[1], &when);
        assert_eq!(before[2], now[2], "{when}");
        assert_eq!(space.run(&["state", "verify"]).code, 0, "{when}");
        assert_eq!(both(), [0, 0], "after {limit} bytes");
        assert_tidy(&space.path("."), &when);
        assert_exact(&space, "site", "once");
    }
}
