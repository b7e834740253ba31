//! The join is a semilattice: order, repetition and split of the lines do not matter.

use std::collections::BTreeMap;

use proptest::prelude::*;
use queuestat::archive::{Limits, discover, go_on};
use queuestat::calendar::Zone;
use queuestat::ingest;
use queuestat::partial::{decode, encode};
use queuestat::synth::{Compression, Recipe, write};
use queuestat::ticket::{Directory, Findings, Fold, Record, TicketSet};
use queuestat::webhook::{Decoder, Scale, Settings, Snapshot};

fn directory() -> Directory {
    Directory::new(
        BTreeMap::new(),
        BTreeMap::new(),
        Zone::parse("Europe/Stockholm").ok().map(Into::into),
        600_000,
    )
}

/// Snapshots of an invented archive, each with its place.
fn snapshots(seed: u64) -> Vec<(Snapshot<'static>, u64, u32, u64)> {
    let folder = tempfile::tempdir().unwrap();
    let recipe = Recipe {
        tickets: 40,
        days: 3,
        seed,
        compression: Compression::Plain,
        one_file: true,
        ..Recipe::default()
    };
    write(&recipe, folder.path()).unwrap();
    let text = std::fs::read_to_string(folder.path().join("archive.jsonl")).unwrap();
    let settings = Settings {
        as_of: 1_640_995_200_000,
        earliest: 0,
        payload: None,
        received_at: None,
        scale: Scale::FIVE,
    };
    let mut decoder = Decoder::new(&settings);
    text.lines()
        .zip(1_u64..)
        .map(|(line, n)| {
            let mut said = None;
            decoder.decode(line.as_bytes(), None, |decoded| {
                let decoded = decoded.as_ref().unwrap();
                said = Some((decoded.snapshot.clone().into_owned(), decoded.payload_hash));
            });
            let (snapshot, payload) = said.unwrap();
            (snapshot, payload, u32::try_from(n % 3).unwrap(), n)
        })
        .collect()
}

/// Everything a set says, with names instead of numbers.
fn words((set, findings): &(TicketSet, Findings)) -> Vec<String> {
    let name = |id: Option<_>| id.map(|id| set.names.get(id).to_owned());
    let mut words: Vec<String> = set
        .tickets()
        .iter()
        .map(|t| {
            let place = &set.locations[t.location];
            format!(
                "{place:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {} {} {:?} {:?}",
                t.id, t.outcome, t.facts, name(t.queue), name(t.ticket_type), name(t.category),
                (t.created_at, t.activated_at), (t.first_called_at, t.last_called_at), t.checked_in_at,
                t.completed_at, t.closed_at, (t.booking_start, t.booking_end), t.people, t.retries, t.rating, t.is_booking
            )
        })
        .collect();
    words.push(format!("{:?}", findings.anomalies));
    words.push(format!("{:?}", findings.file_spans));
    words
}

fn folded<'a>(lines: impl Iterator<Item = &'a (Snapshot<'static>, u64, u32, u64)>) -> Fold {
    let mut fold = Fold::default();
    for (snapshot, payload, file, line) in lines {
        fold.push(snapshot, *payload, *file, *line);
    }
    fold
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_order_repetition_and_split_gives_the_same_tickets(
        seed in 0_u64..6,
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..400),
        parts in prop::collection::vec(0_usize..4, 400),
        backwards in any::<bool>(),
    ) {
        let lines = snapshots(seed);
        let expected = words(&folded(lines.iter()).finish(&directory()));
        // A shuffle of all lines, with those that `order` names repeated behind it.
        let mut shuffled: Vec<_> = lines.iter().collect();
        for (at, index) in order.iter().enumerate() {
            let (a, b) = (at % lines.len(), index.index(lines.len()));
            shuffled.swap(a, b);
        }
        shuffled.extend(order.iter().map(|index| index.get(&lines)));
        let mut folds: Vec<Fold> = (0..4)
            .map(|part| {
                folded(shuffled.iter().zip(parts.iter().cycle()).filter(|(_, p)| **p == part).map(|(l, _)| *l))
            })
            .collect();
        if backwards {
            folds.reverse();
        }
        // ((a + b) + (c + d)), in either direction.
        let mut pairs = folds.into_iter();
        let merge = |pairs: &mut dyn Iterator<Item = Fold>| {
            let mut left = pairs.next().unwrap();
            left.merge(pairs.next().unwrap());
            left
        };
        let mut whole = merge(&mut pairs);
        whole.merge(merge(&mut pairs));
        prop_assert_eq!(words(&whole.finish(&directory())), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_fold_that_was_put_away_is_the_same_fold(
        seed in 0_u64..6,
        parts in prop::collection::vec(0_usize..3, 400),
    ) {
        let lines = snapshots(seed);
        let mut folds = (0..3).map(|part| {
            folded(lines.iter().zip(parts.iter().cycle()).filter(|(_, p)| **p == part).map(|(l, _)| l))
        });
        let (first, second, third) = (folds.next().unwrap(), folds.next().unwrap(), folds.next().unwrap());
        let mut whole = first.clone();
        whole.merge(second.clone());
        whole.merge(third.clone());
        // Night after night: away with ids for numbers, back with numbers for ids.
        let mut nights = first;
        for fold in [second, third] {
            let mut rows = nights.export();
            rows.renumber(|file| 100 - file);
            let ids = |records: Vec<Record>| -> Vec<Record> {
                records.into_iter().map(|mut record| { record.renumber(|file| 100 - file); record }).collect()
            };
            let kept = || nights.records(7).map(ids);
            let bytes = encode(kept()).unwrap();
            prop_assert_eq!(&bytes, &encode(kept()).unwrap());
            let mut back = Vec::new();
            decode(&bytes, |records| back.extend(records)).unwrap();
            prop_assert_eq!(&back, &kept().flatten().collect::<Vec<_>>());
            rows.renumber(|id| 100 - id);
            nights = Fold::import(rows);
            nights.take(&ids(back));
            nights.merge(fold);
        }
        prop_assert_eq!(nights.export(), whole.export());
        prop_assert!(nights.records(5).flatten().eq(whole.records(9).flatten()));
        prop_assert_eq!(words(&nights.finish(&directory())), words(&whole.finish(&directory())));
    }
}

#[test]
fn merging_a_fold_with_itself_changes_nothing() {
    let lines = snapshots(3);
    let mut twice = folded(lines.iter());
    twice.merge(folded(lines.iter()));
    twice.merge(Fold::default());
    let mut empty = Fold::default();
    empty.merge(twice);
    assert_eq!(
        words(&empty.finish(&directory())),
        words(&folded(lines.iter()).finish(&directory()))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_split_over_files_and_threads_gives_the_same_tickets(
        files in prop::collection::vec((0_usize..5, 0_usize..5), 300),
        threads in 1_usize..5,
        packed in any::<bool>(),
    ) {
        // Each line has a time of receipt of its own, so that no order has to be told by its place.
        let recipe = Recipe {
            tickets: 60,
            days: 3,
            faults: false,
            compression: Compression::Plain,
            one_file: true,
            ..Recipe::default()
        };
        let folder = tempfile::tempdir().unwrap();
        write(&recipe, &folder.path().join("made")).unwrap();
        let text = std::fs::read_to_string(folder.path().join("made/archive.jsonl")).unwrap();
        let lines: Vec<String> = text
            .lines()
            .zip(1_615_000_000_000_u64..)
            .map(|(line, at)| format!("{{\"receivedAt\":{at},\"body\":{line}}}\n"))
            .collect();
        // Every line goes to one file, many to a second one too.
        let mut parts = vec![String::new(); 5];
        for (line, (first, second)) in lines.iter().rev().zip(files.iter().cycle()) {
            parts[*first].push_str(line);
            if second < first {
                parts[*second].push_str(line);
            }
        }
        let split = folder.path().join("split");
        std::fs::create_dir(&split).unwrap();
        for (at, part) in parts.iter().enumerate().filter(|(_, part)| !part.is_empty()) {
            let bytes = if packed { zstd::encode_all(part.as_bytes(), 1).unwrap() } else { part.clone().into_bytes() };
            std::fs::write(split.join(format!("{at}.jsonl")), bytes).unwrap();
        }
        let whole = folder.path().join("whole.jsonl");
        std::fs::write(&whole, lines.concat()).unwrap();
        let read = |path: &std::path::Path| {
            let found = discover(&[path.to_owned()]).unwrap();
            let webhook = Settings { as_of: 1_640_995_200_000, earliest: 0, payload: None, received_at: None, scale: Scale::FIVE };
            let settings = ingest::Settings { webhook, limits: Limits::default(), settle_ms: 600_000, ignore_others: false };
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let read = pool.install(|| ingest::ingest(&found.files, &settings, &go_on)).unwrap();
            let mut set = read.fold.finish(&directory());
            set.1.file_spans.clear();
            words(&set)
        };
        prop_assert_eq!(read(&split), read(&whole));
    }
}
