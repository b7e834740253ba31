//! Nights: whatever their history, the published figures are those of one report over all lines.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use queuestat::synth::{Compression, Recipe, write};

use crate::workspace::{Run, Workspace, files, hook};

const CONFIG: &str = "time_zone = \"Europe/Stockholm\"\n[gates]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\n\
    [[nightly.report]]\nname = \"week\"\ndays = 7\n[[nightly.report]]\nname = \"all\"\nall = true\n";

/// A day's instant, some hours after its lines were archived.
fn night(day: u32) -> String {
    format!("2021-04-{day:02}T02:00:00Z")
}

fn space(config: &str) -> Workspace {
    let space = Workspace::new();
    space.write("queuestat.toml", config);
    space
}

fn nightly(space: &Workspace, as_of: &str, more: &[&str]) -> Run {
    let mut args = vec!["nightly", "--as-of", as_of];
    args.extend(more);
    space.run(&args)
}

fn csv_files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    files(folder).into_iter().filter(|(name, _)| name.ends_with(".csv")).collect()
}

/// The published windows against reports made at once of everything in a folder.
fn assert_exact(space: &Workspace, archive: &str, as_of: &str) {
    let day: u32 = as_of[8..10].parse().unwrap();
    let (from, to) = (format!("2021-04-{:02}", day - 7), format!("2021-04-{:02}", day - 1));
    for (window, dates) in [("all", vec![]), ("week", vec!["--from", &from, "--to", &to])] {
        let mut args =
            vec!["report", archive, "--out", "once", "--as-of", as_of, "--only", "csv", "--force"];
        args.extend(["--config", "queuestat.toml"]);
        args.extend(dates);
        let run = space.run(&args);
        assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
        let (once, nights) =
            (csv_files(&space.path("once")), csv_files(&space.path("site/current").join(window)));
        assert!(once.len() >= 8 && once.keys().eq(nights.keys()), "{:?}", nights.keys());
        for (name, bytes) in &once {
            let texts = (String::from_utf8_lossy(bytes), String::from_utf8_lossy(&nights[name]));
            let differ = |(once, nights): &(&str, &str)| once != nights;
            let first = texts.0.lines().zip(texts.1.lines()).find(differ);
            assert!(texts.0 == texts.1, "{window}/{name}: {first:?}");
        }
    }
}

/// An invented archive with faults, as lines in the order of receipt.
fn lines(seed: u64) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let recipe = Recipe {
        tickets: 70,
        // Three months, so that some nights touch only one of them.
        days: 48,
        seed,
        first_day: chrono::NaiveDate::from_ymd_opt(2021, 2, 20).unwrap(),
        compression: Compression::Plain,
        one_file: true,
        ..Recipe::default()
    };
    write(&recipe, &folder.path().join("made")).unwrap();
    let text = fs::read_to_string(folder.path().join("made/archive.jsonl")).unwrap();
    let mut lines: Vec<String> = text.lines().map(|line| format!("{line}\n")).collect();
    lines.push("no JSON at all\n".to_owned());
    // Changed minds, all at the same time: nothing but the place of a line tells which is the newest.
    for at in 0..12_usize {
        let (id, stars) = (at % 3, 1 + (at + usize::try_from(seed).unwrap()) % 4);
        let position = format!(
            "\"location\":\"Desk {stars}\",\"type\":\"anonymous\",\"createdAt\":\"2021-04-0{}T09:00:00Z\",\
             \"fulfilledAt\":\"2021-04-01T09:05:00Z\",\"numberOfPeople\":{stars},\"feedback\":{{\"rating\":{stars}}}",
            id + 1
        );
        let line = hook("minds", "feedbackReceived", &format!("changed-{id}"), &position);
        lines.insert(at * lines.len() / 14, line);
    }
    lines
}

/// What happens to the archive between two nights.
#[derive(Debug, Clone)]
enum Change {
    /// A new file.
    Add(u8),
    /// Lines at the end of a file, the last one perhaps torn.
    Grow(prop::sample::Index, bool),
    /// The same file, written again.
    Send,
    /// A file compressed, under another name; the old one goes.
    Pack(prop::sample::Index),
    /// Another name, before or behind others.
    Rename(prop::sample::Index, u8),
    /// A copy beside it.
    Copy(prop::sample::Index),
    /// `hooks.jsonl` becomes `hooks.jsonl.1`, that `hooks.jsonl.2.gz`, and so on.
    Rotate,
    /// Some lines of a file again, behind others in a file before or behind it.
    Repeat(prop::sample::Index, u8),
}

fn change() -> impl Strategy<Value = Change> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        3 => (0_u8..20).prop_map(Change::Add),
        3 => (index(), any::<bool>()).prop_map(|(at, torn)| Change::Grow(at, torn)),
        1 => Just(Change::Send),
        1 => index().prop_map(Change::Pack),
        1 => (index(), 0_u8..20).prop_map(|(at, n)| Change::Rename(at, n)),
        1 => index().prop_map(Change::Copy),
        3 => Just(Change::Rotate),
        2 => (index(), 0_u8..20).prop_map(|(at, n)| Change::Repeat(at, n)),
    ]
}

/// The rotation number of a name, 0 without one, and the name; sorted by it.
fn rotated(name: &str) -> Option<(u32, String)> {
    let rest = name.strip_prefix("hooks.jsonl")?;
    let number = rest.trim_end_matches(".gz").trim_end_matches(".zst").trim_start_matches('.');
    Some((number.parse().unwrap_or(0), name.to_owned()))
}

/// An archive while it changes: names and decompressed content.
#[derive(Default)]
struct Archive {
    files: BTreeMap<String, Vec<u8>>,
    torn: BTreeMap<String, Vec<u8>>,
}

impl Archive {
    fn change(&mut self, change: &Change, lines: &[String], serial: usize) {
        let names: Vec<String> = self.files.keys().cloned().collect();
        let pick = |at: &prop::sample::Index| names.get(at.index(names.len().max(1))).cloned();
        let text = lines.concat().into_bytes();
        match change {
            Change::Add(n) => {
                self.files.insert(format!("{n:02}-{serial}.jsonl"), text);
            }
            Change::Grow(at, torn) => {
                let Some(name) = pick(at) else {
                    return self.change(&Change::Add(9), lines, serial);
                };
                let file = self.files.get_mut(&name).unwrap();
                file.extend(self.torn.remove(&name).unwrap_or_default());
                let can_tear = text.len() > 40;
                file.extend(text);
                if *torn && can_tear {
                    let rest = file.split_off(file.len() - 20);
                    self.torn.insert(name, rest);
                }
            }
            Change::Send => {
                self.files.insert(format!("10-{serial}.jsonl"), text);
            }
            Change::Pack(at) => {
                self.files.insert(format!("05-{serial}.jsonl"), text);
                let Some(name) = pick(at).filter(|name| !name.contains('z')) else { return };
                self.moved(
                    &name,
                    &format!("{name}.{}", if serial.is_multiple_of(2) { "gz" } else { "zst" }),
                );
            }
            Change::Rename(at, n) => {
                self.files.insert(format!("15-{serial}.jsonl"), text);
                let Some(name) = pick(at) else { return };
                let suffix = name.split_once('.').unwrap().1.to_owned();
                self.moved(&name, &format!("{n:02}-r{serial}.{suffix}"));
            }
            Change::Copy(at) => {
                self.files.insert(format!("11-{serial}.jsonl"), text);
                let Some(name) = pick(at) else { return };
                let content = self.files[&name].clone();
                self.files.insert(format!("12-c{serial}.jsonl"), content);
            }
            Change::Rotate => {
                let mut all: Vec<_> = names.iter().filter_map(|name| rotated(name)).collect();
                all.sort();
                for (number, name) in all.into_iter().rev() {
                    let packed = if name.ends_with("zst") { ".zst" } else { ".gz" };
                    let suffix = if name.ends_with("zst") || name.ends_with("gz") || number > 0 {
                        packed
                    } else {
                        ""
                    };
                    self.moved(&name, &format!("hooks.jsonl.{}{suffix}", number + 1));
                }
                self.files.insert("hooks.jsonl".to_owned(), text);
            }
            Change::Repeat(at, n) => {
                let again = pick(at).map(|name| self.files[&name].clone()).unwrap_or_default();
                let whole = again.split_inclusive(|c| *c == b'\n').filter(|l| l.ends_with(b"\n"));
                let again = whole.skip(usize::from(*n) % 2).step_by(2).collect::<Vec<_>>().concat();
                self.files.insert(format!("{n:02}-{serial}.jsonl"), [text, again].concat());
            }
        }
    }

    fn moved(&mut self, from: &str, to: &str) {
        let content = self.files.remove(from).unwrap();
        self.files.insert(to.to_owned(), content);
        if let Some(torn) = self.torn.remove(from) {
            self.torn.insert(to.to_owned(), torn);
        }
    }

    /// Writes the folder, so many minutes before the run; what is as it was is not touched.
    fn write(&self, folder: &Path, send: bool, (as_of, minutes): (&str, u64)) {
        let as_of = chrono::DateTime::parse_from_rfc3339(as_of).unwrap();
        let modified = SystemTime::from(as_of) - Duration::from_secs(60 * minutes);
        fs::create_dir_all(folder).unwrap();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if !self.files.contains_key(path.file_name().unwrap().to_str().unwrap()) {
                fs::remove_file(path).unwrap();
            }
        }
        for (name, content) in &self.files {
            let bytes = if name.ends_with(".gz") {
                let mut gzip =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                gzip.write_all(content).unwrap();
                gzip.finish().unwrap()
            } else if name.ends_with(".zst") {
                zstd::encode_all(content.as_slice(), 1).unwrap()
            } else {
                content.clone()
            };
            let path = folder.join(name);
            if send || fs::read(&path).ok().as_ref() != Some(&bytes) {
                fs::write(&path, bytes).unwrap();
                let file = fs::File::options().write(true).open(&path).unwrap();
                file.set_modified(modified).unwrap();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 40, ..ProptestConfig::with_cases(10) })]

    #[test]
    fn any_history_of_nights_gives_the_figures_of_one_report(
        seed in 0_u64..1_000,
        changes in prop::collection::vec((change(), 1_usize..40, 0_u32..5), 3..9),
    ) {
        let space = space(CONFIG);
        let (lines, mut archive, mut at, mut last) = (lines(seed), Archive::default(), 0, String::new());
        for (serial, (change, n, failure)) in changes.iter().enumerate() {
            let to = (at + n * 3).min(lines.len());
            archive.change(change, &lines[at..to], serial);
            at = to;
            last = night(8 + u32::try_from(serial).unwrap());
            // Some are young, some are old enough to be believed finished.
            let written = (last.as_str(), [1, 50, 70, 400][serial % 4]);
            archive.write(&space.path("archive"), matches!(change, Change::Send), written);
            if *failure == 0 {
                kill_after(&space, &last, Duration::from_millis(2 + 7 * u64::try_from(*n).unwrap()));
                continue;
            }
            let run = nightly(&space, &last, &["--force"]);
            prop_assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
        }
        let run = nightly(&space, &last, &["--force"]);
        prop_assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
        assert_exact(&space, "archive", &last);
        let verified = space.run(&["state", "verify"]);
        prop_assert_eq!(verified.code, 0, "{}", verified.stdout);
        // Reading everything anew changes nothing, on the pages either.
        let pages = || {
            let mut all = files(&space.path("site/current"));
            all.retain(|name, _| name != "run.json" && name != "made-from.json");
            all
        };
        let before = pages();
        let run = nightly(&space, &last, &["--force", "--rebuild"]);
        prop_assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
        let after = pages();
        let differ: Vec<_> = before.keys().filter(|name| before.get(*name) != after.get(*name)).collect();
        prop_assert!(before.len() == after.len() && differ.is_empty(), "{:?}", differ);
        assert_exact(&space, "archive", &last);
    }
}

/// Starts a night and kills it.
fn kill_after(space: &Workspace, as_of: &str, time: Duration) {
    let mut run = space.start(&["nightly", "--as-of", as_of, "--force"]);
    std::thread::sleep(time);
    run.kill().unwrap();
    run.wait().unwrap();
}
