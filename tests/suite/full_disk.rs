//! A disk that is really full, and a file that may not grow: the run ends, and what was there is there.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::{Workspace, files, hook};

const AS_OF: &str = "2021-04-08T02:00:00Z";
const SIGXFSZ: i32 = 25;

fn line(id: u32) -> String {
    let times = "\"createdAt\":\"2021-04-01T10:00:00Z\",\"fulfilledAt\":\"2021-04-01T10:05:00Z\"";
    hook("org", "positionCompleted", &id.to_string(), &format!("\"location\":\"A\",{times}"))
}

fn space(state_and_site: &str) -> Workspace {
    let space = Workspace::new();
    space.write(
        "queuestat.toml",
        format!("[nightly]\narchive = [\"archive\"]\nout = \"{state_and_site}site\"\nstate_dir = \"{state_and_site}state\"\n"),
    );
    space.write("archive/0.jsonl", line(0));
    space
}

/// A small file system in memory, until it is dropped; `None` where nobody may mount one.
struct Small(PathBuf);

impl Small {
    fn mount(at: &Path) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(at).output();
        mount.is_ok_and(|mount| mount.status.success()).then(|| Self(at.to_owned()))
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
        let _it_is_unmounted_with_the_machine = Command::new("umount").arg(&self.0).output();
    }
}

/// Names and bytes below some folders.
fn everything(folders: &[PathBuf]) -> Vec<BTreeMap<String, Vec<u8>>> {
    folders.iter().map(|folder| files(folder)).collect()
}

/// The CSV files of all time, as published and as one report gives them.
fn assert_exact(space: &Workspace, site: &str) {
    let args = ["report", "archive", "--out", "once", "--as-of", AS_OF, "--only", "csv"];
    assert_eq!(space.run(&args).code, 0);
    let once = files(&space.path("once"));
    assert!(once.len() > 8);
    for (name, bytes) in once {
        assert_eq!(
            fs::read(space.path(site).join("current/all").join(&name)).unwrap(),
            bytes,
            "{name}"
        );
    }
}

#[test]
fn a_full_disk_ends_the_run_and_nothing_else() {
    let space = space("small/");
    let Some(small) = Small::mount(&space.path("small")) else {
        eprintln!("SKIPPED: only who may mount a file system can fill one");
        return;
    };
    let run = || space.run(&["nightly", "--as-of", AS_OF]);
    let report = || space.run(&["report", "archive", "--out", "small/report", "--as-of", AS_OF]);
    assert_eq!((run().code, report().code), (0, 0));
    let folders = ["small/state", "small/site", "small/report"].map(|name| space.path(name));
    let (mut refused, mut done) = ([0, 0], [0, 0]);
    for (step, kib) in
        (1..).zip([0, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048])
    {
        space.write(&format!("archive/{step}.jsonl"), line(step));
        let before = everything(&folders);
        small.fill(kib * 1024);
        let (night, once) = (run(), report());
        small.empty();
        for (at, run, mine) in [(0, &night, &folders[..2]), (1, &once, &folders[2..])] {
            match run.code {
                0 => done[at] += 1,
                5 => {
                    assert!(run.stderr.to_lowercase().contains("no space"), "{}", run.stderr);
                    refused[at] += 1;
                }
                other => panic!("{other} with {kib} KiB: {}", run.stderr),
            }
            // A night may have kept what it could not publish any more; the rest is as it was, or new as a whole.
            let shown = if at == 0 { &mine[1..] } else { mine };
            let unchanged = if at == 0 { &before[1..2] } else { &before[2..] };
            if run.code == 5 {
                let now = everything(shown);
                for (now, before) in now.iter().zip(unchanged) {
                    for (name, bytes) in before {
                        assert!(now.get(name) == Some(bytes), "{name} with {kib} KiB");
                    }
                }
            }
        }
        // With room, everything is made up for, and nothing is left lying about.
        assert_eq!((run().code, report().code), (0, 0), "after {kib} KiB");
        assert_exact(&space, "small/site");
        for name in everything(&folders).iter().flat_map(BTreeMap::keys) {
            assert!(!name.contains("tmp"), "{name} was left after {kib} KiB");
        }
        assert_eq!(space.run(&["state", "verify"]).code, 0);
    }
    assert!(refused[0] > 5 && refused[1] > 3 && done[0] > 0 && done[1] > 0, "{refused:?} {done:?}");
}

#[test]
fn a_file_that_may_not_grow_ends_the_run_and_nothing_else() {
    let space = space("");
    let night = ["nightly", "--as-of", AS_OF];
    assert_eq!(space.run(&night).code, 0);
    let folders = ["state", "site"].map(|name| space.path(name));
    space.write("archive/1.jsonl", line(1));
    let before = everything(&folders);
    for (ignored, limit) in
        [(true, 100), (true, 1_500), (true, 5_000), (false, 100), (false, 5_000)]
    {
        let trap = if ignored { "trap '' XFSZ; " } else { "" };
        let script = format!("{trap}exec prlimit --fsize={limit} \"$@\"");
        let run = Command::new("sh")
            .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_queuestat")])
            .args(night)
            .current_dir(space.path("."))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        let ended = (run.status.code(), run.status.signal());
        let expected = if ignored { (Some(5), None) } else { (None, Some(SIGXFSZ)) };
        assert_eq!(ended, expected, "{limit} bytes: {said}");
        let now = everything(&folders);
        for (name, bytes) in &before[1] {
            assert!(now[1].get(name) == Some(bytes), "{name} with {limit} bytes");
        }
    }
    assert_eq!(space.run(&night).code, 0);
    assert_exact(&space, "site");
}
