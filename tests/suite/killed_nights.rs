//! The nightly command killed at any moment, and read while it publishes: what is kept and what is shown is always whole.
//!
//! 200 kills are part of every test run; `QUEUESTAT_KILLS=1000 cargo test killed_nights -- --nocapture` makes as many as
//! are wanted, and `TMPDIR=/var/tmp` before it makes them on a disk.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use queuestat::disk::Disk;
use queuestat::store::{Options, verify};
use xxhash_rust::xxh3::xxh3_128;

use crate::workspace::{Workspace, files, hook};

const AS_OF: &str = "2021-04-08T02:00:00Z";
const CONFIG: &str = "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\nkeep = 3\n\
    [[nightly.report]]\nname = \"week\"\ndays = 7\n[[nightly.report]]\nname = \"all\"\nall = true\n";

fn space() -> Workspace {
    let space = Workspace::in_memory();
    space.write("queuestat.toml", CONFIG);
    grow(&space, 0);
    space
}

/// Some more lines: every third time at the end of a file that is there.
fn grow(space: &Workspace, round: u32) {
    let position = |minute: u32| {
        format!(
            "\"location\":\"Shop {}\",\"createdAt\":\"2021-04-{:02}T10:00:00Z\",\"fulfilledAt\":\"2021-04-{:02}T10:{minute:02}:00Z\"",
            round % 4,
            round % 7 + 1,
            round % 7 + 1,
        )
    };
    let line = |n: u32| hook("org", "positionCompleted", &format!("{round}-{n}"), &position(n));
    let lines = (0..3).map(line).collect::<String>();
    let name = format!("archive/{:04}.jsonl", round - round % 3);
    let before = fs::read_to_string(space.path(&name)).unwrap_or_default();
    space.write(&name, before + &lines);
}

/// A run that nobody disturbs, and how long it took.
fn night(space: &Workspace) -> Duration {
    let begin = Instant::now();
    let run = space.run(&["nightly", "--as-of", AS_OF]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    begin.elapsed()
}

/// A folder of the site as its list of files describes it: no file more, none less, no byte else. `None` if the folder is
/// gone, which is so if it was removed meanwhile.
fn whole(folder: &Path) -> Option<usize> {
    let Ok(list) = fs::read_to_string(folder.join(".queuestat-manifest")) else {
        // It goes last, and from a folder that was renamed before.
        assert!(!folder.exists(), "the list is missing in {}", folder.display());
        return None;
    };
    let mut listed = BTreeSet::new();
    for line in list.lines().skip(1) {
        let [hash, size, name] = line.splitn(3, ' ').collect::<Vec<_>>().try_into().unwrap();
        let Ok(bytes) = fs::read(folder.join(name)) else {
            assert!(!folder.exists(), "{name} is missing in {}", folder.display());
            return None;
        };
        let found = (format!("{:032x}", xxh3_128(&bytes)), bytes.len().to_string());
        assert_eq!(found, (hash.to_owned(), size.to_owned()), "{name} in {}", folder.display());
        listed.insert(name.to_owned());
    }
    let found: BTreeSet<String> = files(folder).into_keys().collect();
    assert!(found == listed || !folder.exists(), "{:?}", found.symmetric_difference(&listed));
    Some(listed.len())
}

/// Where the site leads at this instant.
fn shown(space: &Workspace) -> Option<PathBuf> {
    Some(space.path("site").join(fs::read_link(space.path("site/current")).ok()?))
}

/// The generation that a folder of the site was made from.
fn made_from(folder: &Path) -> u64 {
    let text = fs::read_to_string(folder.join("made-from.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    json["generation"].as_u64().unwrap()
}

/// The generation that a folder of the site is named after.
fn number(folder: &Path) -> u64 {
    let name = folder.file_name().unwrap().to_str().unwrap();
    name.split('-').next().unwrap().parse().unwrap()
}

/// Other tests start processes, which have this one's files open for an instant.
fn patient() -> Options {
    Options { wait: Duration::from_secs(20), ..Options::default() }
}

/// The generation that is current; everything that is kept is whole. Nothing is cleaned up, which is for the next night.
fn kept(space: &Workspace) -> u64 {
    let health = verify(&Disk::new(), &space.path("state"), patient()).unwrap();
    assert!(health.is_good(), "{health:?}");
    health.current.unwrap()
}

fn csv(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    files(folder).into_iter().filter(|(name, _)| name.ends_with(".csv")).collect()
}

#[test]
fn a_night_killed_at_any_moment_leaves_everything_whole() {
    let asked = std::env::var_os("QUEUESTAT_KILLS");
    let kills: u32 = asked.map_or(200, |text| text.to_str().unwrap().parse().unwrap());
    let space = space();
    night(&space);
    let mut length = Duration::ZERO;
    // How often which of them had been reached: nothing new, kept, published, ended.
    let mut reached = [0_u32; 4];
    for n in 0..kills * 9 {
        if reached[..3].iter().sum::<u32>() >= kills {
            break;
        }
        // As the archive grows, so do the nights, and the machine has its moods.
        if n % 20 == 0 {
            let mut usual = [0, 1, 2].map(|more| {
                grow(&space, n / 20 * 23 + more);
                night(&space)
            });
            usual.sort();
            length = usual[1];
        }
        grow(&space, n / 20 * 23 + n % 20 + 3);
        let before = kept(&space);
        let mut run = space.start(&["nightly", "--as-of", AS_OF, "--quiet"]);
        // Evenly over the length of a run and a bit more, in no order.
        std::thread::sleep(length.mul_f64(1.2 * (f64::from(n) * 0.618_034 % 1.0)));
        let ended = run.try_wait().unwrap().is_some();
        run.kill().unwrap();
        run.wait().unwrap();

        let kept = kept(&space);
        let site = shown(&space).unwrap();
        assert!(whole(&site).is_some_and(|files| files > 20));
        let published = made_from(&site);
        assert_eq!(published, number(&site));
        assert!(kept == before || kept == before + 1, "{before} {kept}");
        assert!(published <= kept, "{published} {kept}");
        let stage = match (kept > before, published == kept, ended) {
            (_, _, true) => 3,
            (true, true, false) => 2,
            (true, false, false) => 1,
            (false, _, false) => 0,
        };
        reached[stage] += 1;
    }
    eprintln!(
        "kills before the commit, before and after the publication, and runs that ended first: {reached:?}"
    );
    assert!(reached[..3].iter().sum::<u32>() >= kills, "{reached:?}");
    // Else the loop has not looked where it should.
    assert!(kills < 100 || (reached[0] > 9 && reached[1] > 4 && reached[2] > 0), "{reached:?}");
    night(&space);
    assert!(whole(&shown(&space).unwrap()).is_some());
    for folder in ["state", "site", "site/.gen"] {
        for entry in fs::read_dir(space.path(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(!name.contains(".tmp"), "{name} was left in {folder}");
        }
    }
    let args =
        ["report", "archive", "--out", "once", "--as-of", AS_OF, "--config", "queuestat.toml"];
    assert_eq!(space.run(&args).code, 0);
    assert_eq!(csv(&space.path("site/current/all")), csv(&space.path("once")));
}

#[test]
fn whoever_reads_during_a_hundred_publications_sees_one_at_a_time() {
    let space = space();
    night(&space);
    let done = AtomicBool::new(false);
    let mut published = BTreeSet::new();
    let seen = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let (mut seen, mut passes) = (BTreeSet::new(), 0);
            while !done.load(Ordering::Relaxed) {
                // As a server does: where does it lead now, then everything below.
                let site = shown(&space).expect("the link is always there");
                if let Some(files) = whole(&site) {
                    assert!(files > 20);
                    seen.insert(site);
                    passes += 1;
                } else {
                    // Three are kept, so only whoever slept through three finds it gone.
                    let now = shown(&space).expect("the link is always there");
                    assert!(
                        number(&now) >= number(&site) + 3,
                        "{site:?} is gone, {now:?} is shown"
                    );
                }
            }
            (seen, passes)
        });
        for round in 1..=100 {
            grow(&space, round);
            night(&space);
            published.insert(shown(&space).unwrap());
        }
        done.store(true, Ordering::Relaxed);
        reader.join().unwrap()
    });
    assert_eq!(published.len(), 100);
    assert!(
        seen.0.len() > 20 && seen.1 > 100,
        "{} publications in {} passes",
        seen.0.len(),
        seen.1
    );
}
