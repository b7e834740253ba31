//! A report in pieces: however an archive is cut, in whatever order the pieces come, and however often, it is byte for byte the
//! report of one run.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::pieces_steps::{list, shuffle, step, well};
use crate::workspace::{AS_OF, Workspace, files, hook, root};

/// A way to cut an archive.
#[derive(Debug, Clone)]
struct Cuts {
    /// The folds that read each file; at least one.
    folds: Vec<BTreeSet<usize>>,
    /// The join of each part.
    joins: Vec<usize>,
    tables: usize,
    /// Whether pieces come a second time.
    again: bool,
    /// Added to numbers, so that folders have another order.
    turn: usize,
}

/// Number of parts in random cuts.
const PARTS: usize = 5;

fn cuts(files: usize) -> impl Strategy<Value = Cuts> {
    let folds = prop::collection::vec(prop::collection::btree_set(0_usize..4, 1..3), files);
    let joins = prop::collection::vec(0_usize..3, PARTS);
    (folds, joins, 1_usize..4, any::<bool>(), 0_usize..7)
        .prop_map(|(folds, joins, tables, again, turn)| Cuts { folds, joins, tables, again, turn })
}

/// Number of a text, for a choice.
fn number(text: &str) -> usize {
    text.bytes().fold(7, |n, byte| n.wrapping_mul(31).wrapping_add(usize::from(byte)))
}

/// Makes the report in pieces, as `two`.
fn in_pieces(space: &Workspace, cuts: &Cuts, select: &[&str], more: &[&str]) {
    for folder in ["folds", "parts", "joins", "places", "tables", "two"] {
        let _was_there = std::fs::remove_dir_all(space.path(folder));
    }
    for fold in 0..4 {
        let mine: Vec<String> = (0..cuts.folds.len())
            .filter(|file| cuts.folds[*file].contains(&fold))
            .map(|file| file.to_string())
            .collect();
        if !mine.is_empty() {
            let out = format!("folds/{}", (fold + cuts.turn) % 7);
            let _said = step(space, "fold", &["--files", &mine.join(","), "--out", &out]);
        }
    }
    let twice = |path: &'static str| {
        let mut all = vec![path];
        all.extend(cuts.again.then_some(path));
        all
    };
    let _said = step(space, "names", &["folds"]);
    shuffle(
        space,
        "folds",
        "parts",
        |part| {
            let at: usize = part.trim_end_matches('|').parse().unwrap();
            (cuts.joins[at] + cuts.turn) % 7
        },
        &["part"],
    );
    for join in std::fs::read_dir(space.path("parts")).unwrap() {
        let name = join.unwrap().file_name().into_string().unwrap();
        let (from, out) = (format!("parts/{name}"), format!("joins/{name}"));
        let mut args = vec![from.as_str(), "--out", &out];
        let copy = format!("parts/{name}/again.parquet");
        if cuts.again {
            std::fs::copy(space.path(&from).join("t.parquet"), space.path(&copy)).unwrap();
            let more = format!("joins/{name}-again");
            let _said = step(space, "join", &[&from, "--out", &more]);
            // What a repeated join says counts once; its rows would come twice to the tables, and do.
            args.push(&from);
        }
        let _said = step(space, "join", &args);
        if cuts.again {
            let made = |folder: &str| files(&space.path(folder));
            assert!(made(&out) == made(&format!("{out}-again")), "{out}: rows that come again");
        }
    }
    let mut args = vec!["joins"];
    args.extend(select);
    let _said = step(space, "places", &args);
    let of_place = |place: &str| (number(place) % cuts.tables + cuts.turn) % 7;
    shuffle(space, "joins", "places", of_place, &["organization", "place"]);
    for cut in std::fs::read_dir(space.path("places")).unwrap() {
        let name = cut.unwrap().file_name().into_string().unwrap();
        let (from, out) = (format!("places/{name}"), format!("tables/{name}"));
        let _said = step(space, "tabulate", &[&from, "--out", &out]);
        if cuts.again {
            let again = format!("tables/{name}-again");
            let _said = step(space, "tabulate", &[&from, "--out", &again]);
        }
    }
    let mut args = twice("tables");
    args.extend(["--out", "two"]);
    args.extend(more);
    let mut all = vec!["pieces", "publish", "--work", "work"];
    all.extend(args);
    let run = space.run(&all);
    assert!([0, 3].contains(&run.code), "{}", run.stderr);
}

/// The report of one run, as `one`.
fn in_one(space: &Workspace, input: &str, more: &[&str]) {
    let mut args = vec!["report", input, "--out", "one", "--as-of", AS_OF];
    args.extend(more);
    let run = space.run(&args);
    assert!([0, 3].contains(&run.code), "{}", run.stderr);
}

fn same(space: &Workspace) {
    let (one, two) = (files(&space.path("one")), files(&space.path("two")));
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(two[name] == *bytes, "{name} differs");
    }
}

/// An archive of `files` files: whole days, lines that come twice, visits over midnight, and a file that is damaged.
fn archive(space: &Workspace, seed: u64, files: usize) {
    let seed = seed.to_string();
    let args = ["synth", "--out", "made", "--tickets", "400", "--days", "6", "--locations", "3"];
    let mut all = args.to_vec();
    all.extend(["--seed", &seed, "--one-file", "--first-day", "2021-03-01"]);
    let _said = well(space, &all);
    let made = crate::workspace::files(&space.path("made"));
    let (_, bytes) = made.iter().find(|(name, _)| name.contains("archive")).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap_or_else(|_| {
        let mut text = String::new();
        std::io::Read::read_to_string(
            &mut flate2::read::MultiGzDecoder::new(&bytes[..]),
            &mut text,
        )
        .unwrap();
        text
    });
    let mut parts: Vec<String> = vec![String::new(); files];
    for (at, line) in text.lines().enumerate() {
        // Lines of one ticket go to several files, some to two.
        parts[at % files].push_str(&format!("{line}\n"));
        if at % 17 == 0 {
            parts[(at + 1) % files].push_str(&format!("{line}\n"));
        }
    }
    for (at, part) in parts.iter().enumerate() {
        space.write(&format!("in/2021-03-0{at}.jsonl"), part);
    }
}

#[test]
fn the_sample_archive_is_the_same_in_pieces_with_charts_and_pages() {
    let space = Workspace::new();
    let data = root().join("data").display().to_string();
    let n = list(&space, &data, &["--parts", "5"]);
    let cuts = Cuts {
        folds: (0..n as usize).map(|file| BTreeSet::from([file % 3])).collect(),
        joins: vec![0, 1, 2, 0, 1],
        tables: 3,
        again: false,
        turn: 0,
    };
    in_pieces(&space, &cuts, &[], &["--parquet", "--xlsx"]);
    in_one(&space, &data, &["--parquet", "--xlsx"]);
    same(&space);
}

#[test]
fn threads_change_no_piece() {
    let space = Workspace::new();
    archive(&space, 9, 3);
    assert_eq!(list(&space, "in", &["--parts", "5"]), 3);
    for (threads, folder) in [("1", "one"), ("4", "four")] {
        let out = |name: &str| format!("{folder}/{name}");
        let run = |name: &str, args: &[&str]| {
            let mut all = args.to_vec();
            all.extend(["--threads", threads]);
            let _said = step(&space, name, &all);
        };
        run("fold", &["--out", &out("folds")]);
        run("names", &[&out("folds")]);
        run("join", &[&out("folds"), "--out", &out("joins")]);
        run("places", &[&out("joins")]);
        run("tabulate", &[&out("joins"), "--out", &out("tables")]);
    }
    let (one, four) = (files(&space.path("one")), files(&space.path("four")));
    assert_eq!(one.len(), 5);
    assert!(one == four);
}

#[test]
fn filters_and_windows_are_the_same_in_pieces() {
    let space = Workspace::new();
    archive(&space, 5, 4);
    // A damaged file and one that is not read are told by both.
    space.write("in/2021-03-07.jsonl.gz", &b"\x1f\x8b\x08\x00broken"[..]);
    space.write("in/notes.txt", "nothing of ours\n");
    space.write(
        "in/queuestat.toml",
        "time_zone = \"Europe/Stockholm\"\n[wait]\nleave_out_bursts = true\n",
    );
    let n = list(&space, "in", &["--parts", "5"]);
    let cuts = Cuts {
        folds: (0..n as usize).map(|file| BTreeSet::from([file % 2, 3])).collect(),
        joins: vec![2, 1, 2, 0, 1],
        tables: 2,
        again: true,
        turn: 3,
    };
    for select in [
        &["--from", "2021-03-03", "--to", "2021-03-04"][..],
        &["--weekday", "mon-wed", "--type", "booking"],
        &["--from", "2021-03-02", "--outcome", "served"],
    ] {
        in_pieces(&space, &cuts, select, &["--only", "csv"]);
        let mut more = select.to_vec();
        more.extend(["--only", "csv"]);
        in_one(&space, "in", &more);
        same(&space);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn any_cut_order_and_repetition_gives_the_same_bytes(seed in 0_u64..1_000, cuts in cuts(4)) {
        let space = Workspace::new();
        archive(&space, seed, 4);
        prop_assert_eq!(list(&space, "in", &["--parts", &PARTS.to_string()]), 4);
        in_pieces(&space, &cuts, &[], &["--only", "csv"]);
        in_one(&space, "in", &["--only", "csv"]);
        same(&space);
    }
}

/// Organizations that are one, what is left out, places with zones and groups of their own, and a queue that was renamed.
const CONFIG: &str = "time_zone = \"Europe/Stockholm\"\nday_starts_at = \"04:00\"\n\
    [organizations.\"old\"]\nname = \"new\"\n[organizations.\"trial\"]\nexclude = true\n\
    [locations.\"Pier\"]\ntime_zone = \"America/Chicago\"\ngroup = \"North/City\"\n\
    [locations.\"Attic\"]\nexclude = true\n[locations.\"Quay 2\"]\nname = \"Quay\"\n";

#[test]
fn the_configuration_holds_in_pieces() {
    let space = Workspace::new();
    space.write("in/queuestat.toml", CONFIG);
    let mut days: Vec<String> = vec![String::new(); 4];
    for ticket in 0..120_usize {
        // One visit may be told by both names of the organization, in several files, and at midnight.
        let at = |minutes: usize| {
            let minutes = 55 + ticket % 12 + minutes;
            format!("2021-03-0{}T{:02}:{:02}:00Z", 1 + ticket % 5, 3 + minutes / 60, minutes % 60)
        };
        let id = format!("t{}", ticket % 70);
        let place = ["Pier", "Quay", "Quay 2", "Attic", "Loft"][ticket % 5];
        let place =
            if ticket % 11 == 0 { String::new() } else { format!("\"location\":\"{place}\",") };
        let common =
            format!("{place}\"queue\":{{\"id\":\"q{}\"}},\"createdAt\":\"{}\"", ticket % 3, at(0));
        let organization = ["old", "new", "trial", "new", "old", "other"][ticket % 6];
        let ends = [
            ("positionFulfilled", format!("{common},\"fulfilledAt\":\"{}\"", at(9))),
            ("positionCancelled", format!("{common},\"rejectedAt\":\"{}\"", at(5))),
        ];
        let (kind, end) = &ends[usize::from(ticket % 4 == 0)];
        days[ticket % 4].push_str(&(hook(organization, "positionCreated", &id, &common) + "\n"));
        days[(ticket * 7 + 1) % 4].push_str(&(hook(organization, kind, &id, end) + "\n"));
    }
    for (at, lines) in days.iter().enumerate() {
        space.write(&format!("in/2021-03-0{at}.jsonl"), lines);
    }
    let n = list(&space, "in", &["--parts", "5"]);
    let cuts = Cuts {
        folds: (0..n as usize).map(|file| BTreeSet::from([file])).collect(),
        joins: vec![2, 1, 0, 0, 1],
        tables: 3,
        again: true,
        turn: 1,
    };
    in_pieces(&space, &cuts, &[], &[]);
    in_one(&space, "in", &[]);
    same(&space);
    let organizations: Vec<String> = files(&space.path("two"))
        .into_keys()
        .filter(|name| name.ends_with("/locations.csv"))
        .collect();
    assert_eq!(organizations.len(), 2, "{organizations:?}: `new` and `other`");
}
