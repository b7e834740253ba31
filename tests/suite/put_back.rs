//! A file that grows is read from its start every night. Periods of which it says nothing new are put back as they are, and
//! what is kept of them is what would be made anew.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use proptest::prelude::*;
use queuestat::synth::{Compression, Recipe, write};

use crate::workspace::{Workspace, files, hook};

const CONFIG: &str = "time_zone = \"Europe/Stockholm\"\n[gates]\nsilent_days = 0\nrefuse_fall = 1.0\n[nightly]\n\
    archive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\n";
const NIGHTS: [&str; 2] = ["2021-05-20T02:00:00Z", "2021-05-21T02:00:00Z"];

/// An invented archive of three months, as lines in the order of receipt.
fn lines(seed: u64) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let recipe = Recipe {
        tickets: 150,
        days: 80,
        seed,
        first_day: chrono::NaiveDate::from_ymd_opt(2021, 2, 20).unwrap(),
        compression: Compression::Plain,
        one_file: true,
        ..Recipe::default()
    };
    write(&recipe, &folder.path().join("made")).unwrap();
    let text = fs::read_to_string(folder.path().join("made/archive.jsonl")).unwrap();
    text.lines().map(|line| format!("{line}\n")).collect()
}

fn night(space: &Workspace, as_of: &str, more: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let run = space.run(&[&["nightly", "--as-of", as_of], more].concat());
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    let mut tables = files(&space.path("site/current"));
    tables.retain(|name, _| name.ends_with(".csv"));
    tables
}

fn newest(space: &Workspace) -> PathBuf {
    let number = |path: &PathBuf| -> Option<u32> {
        path.file_name()?.to_str()?.strip_prefix("gen-")?.parse().ok()
    };
    let all = fs::read_dir(space.path("state")).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| number(path).is_some()).max_by_key(|path| number(path)).unwrap()
}

/// The periods of a generation.
fn periods(generation: &Path) -> Vec<String> {
    files(&generation.join("sums"))
        .into_keys()
        .map(|name| name.split('.').next().unwrap().to_owned())
        .collect()
}

/// The table in a file, as sorted rows, without the columns of codes: the lists that they refer to grow.
fn table(path: &Path) -> Vec<String> {
    let frame = ParquetReader::new(Cursor::new(fs::read(path).unwrap())).finish().unwrap();
    let coded = |name: &str| ["place", "ticket_type", "queue", "category"].contains(&name);
    let columns: Vec<_> =
        frame.columns().iter().filter(|column| !coded(column.name().as_str())).collect();
    let row = |at: usize| {
        columns.iter().map(|column| format!("{:?} ", column.get(at).unwrap())).collect::<String>()
    };
    let mut rows: Vec<String> = (0..frame.height()).map(row).collect();
    rows.sort();
    rows
}

/// The instant that the rows of a period were made at.
fn made_at(generation: &Path, period: &str) -> i64 {
    let head = fs::read(generation.join(format!("rows/{period}.json"))).unwrap();
    let head: serde_json::Value = serde_json::from_slice(&head).unwrap();
    head["as_of"].as_i64().unwrap()
}

/// What two generations keep of tickets, rows and sums, period by period.
fn assert_same(kept: &Path, anew: &Path) {
    assert_eq!(periods(kept), periods(anew));
    for period in periods(kept) {
        for folder in ["tickets", "rows"] {
            let of =
                |generation: &Path| table(&generation.join(format!("{folder}/{period}.parquet")));
            assert_eq!(of(kept), of(anew), "{folder} of {period}");
        }
        let sums = |generation: &Path| {
            fs::read(generation.join(format!("sums/{period}.postcard"))).unwrap()
        };
        assert!(sums(kept) == sums(anew), "sums of {period}");
        let census = |generation: &Path| {
            fs::read_to_string(generation.join(format!("census/{period}.json"))).unwrap()
        };
        assert_eq!(census(kept), census(anew), "census of {period}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    /// Some periods are put back, and each is as it would be made anew of all lines.
    #[test]
    fn a_period_that_is_put_back_is_what_would_be_made_anew(seed in 0_u64..1_000, new in 1_usize..60) {
        let lines = lines(seed);
        let (old, _) = lines.split_at(lines.len() - new);
        let space = Workspace::new();
        space.write("queuestat.toml", CONFIG);
        space.write("archive/all.jsonl", old.concat());
        night(&space, NIGHTS[0], &[]);
        let first = newest(&space);
        let before: BTreeMap<String, i64> =
            periods(&first).into_iter().map(|period| (period.clone(), made_at(&first, &period))).collect();
        space.write("archive/all.jsonl", lines.concat());
        let tables = night(&space, NIGHTS[1], &[]);
        let kept = newest(&space);
        let put_back = before.iter().filter(|(period, at)| made_at(&kept, period) == **at).count();
        prop_assert!(put_back > 0, "{:?}", before);
        let anew = night(&space, NIGHTS[1], &["--rebuild"]);
        prop_assert!(newest(&space) != kept);
        assert_same(&kept, &newest(&space));
        prop_assert!(tables == anew);
    }
}

fn line(id: u32, month: u32, ended: &str) -> String {
    let fields = format!(
        "\"location\":\"A\",\"createdAt\":\"2021-{month:02}-01T10:00:00Z\",\"fulfilledAt\":\"2021-{month:02}-01T{ended}Z\""
    );
    hook("org", "positionCompleted", &id.to_string(), &fields)
}

/// The state keeps which files speak of a ticket. One more file is a change, even if it says nothing new.
#[test]
fn a_period_with_one_more_file_or_one_other_value_is_not_put_back() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    let all = [1, 2, 3].map(|n| line(n, n, "10:05:00")).concat();
    space.write("archive/a.jsonl", &all);
    night(&space, NIGHTS[0], &[]);
    let tickets = |month: u32| {
        let name = format!("tickets/2021-{month:02}-01.parquet");
        fs::read(newest(&space).join(name)).unwrap()
    };
    let of_first = [1, 2, 3].map(tickets);
    // The same lines, and a new ticket of the last month.
    space.write("archive/a.jsonl", format!("{all}{}", line(4, 3, "10:05:00")));
    night(&space, NIGHTS[0], &[]);
    let changed = |before: &[Vec<u8>; 3]| [1, 2, 3].map(|n| tickets(n) != before[n as usize - 1]);
    assert_eq!(changed(&of_first), [false, false, true]);
    // A copy of one line.
    let before = [1, 2, 3].map(tickets);
    space.write("archive/b.jsonl", line(2, 2, "10:05:00"));
    night(&space, NIGHTS[0], &[]);
    assert_eq!(changed(&before), [false, true, false]);
    // If the first file is taken back, the ticket of the copy stays.
    let before = [1, 2, 3].map(tickets);
    space.write("archive/c.jsonl", line(1, 1, "10:06:00"));
    night(&space, NIGHTS[1], &[]);
    assert_eq!(changed(&before), [true, false, false]);
    fs::remove_file(space.path("archive/a.jsonl")).unwrap();
    let run = space.run(&["state", "forget", "--file", "archive/a.jsonl"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let mut published = files(&space.path("site/current"));
    published.retain(|name, _| name.ends_with(".csv"));
    let kept = night(&space, NIGHTS[1], &[]);
    assert!(published == kept);
    assert_eq!(kept, night(&space, NIGHTS[1], &["--rebuild"]));
    let periods = periods(&newest(&space));
    assert_eq!(periods, ["2021-01-01", "2021-02-01"]);
}
