//! Checks the join against naive rules, for any order, repetition and split of the lines.

use super::super::names::Names;
use super::super::order::PackedTime;
use super::super::record::{joined, record};
use super::*;
use crate::webhook::BookingTime;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A line: the fields in `mask`, and a rating if its payload has one.
#[derive(Debug, Clone)]
struct Line {
    values: Values,
    key: OrderKey,
    hash: u64,
}

fn names() -> Names {
    let mut names = Names::default();
    for name in ["a", "b", "c"] {
        names.intern(name);
    }
    names
}

/// One of three values of each field; the rating follows from the payload.
fn values(n: u8, mask: u8, hash: u64) -> Values {
    let name = Some(names().intern(["a", "b", "c"][usize::from(n % 3)]));
    let n = i64::from(n % 3);
    let time = if n == 2 { BookingTime::WallClock(n) } else { BookingTime::Instant(n) };
    let full = Values {
        location: name,
        queue: name,
        ticket_type: name,
        category: name,
        start: PackedTime::of(Some(time)),
        end: PackedTime::of(Some(time)),
        people: u16::try_from(n).unwrap() + 1,
        rating: u8::try_from(hash % 3).unwrap() + 1,
    };
    let mut some = Values::default();
    some.take(&full, mask);
    some
}

fn push(joined: &mut Joined, line: &Line) {
    let present = line.values.present();
    let files = joined.files_and(line.key.file());
    joined.compare(&line.values);
    joined.offer_start(line.values.start);
    joined.offer(&line.values, present & NEWEST, line.key);
    if present & RATING != 0 {
        joined.rate(Rated { hash: line.hash, key: line.key, stars: line.values.rating });
    }
    joined.set_files(files);
}

fn join<'l>(lines: impl IntoIterator<Item = &'l Line>) -> Joined {
    let mut joined = Joined::new(names().intern("a"), TicketId([0; 16]));
    for line in lines {
        push(&mut joined, line);
    }
    joined
}

/// What the rules give: the values, their keys, whether the order of files decided, whether two queues were named, and the
/// earliest and latest of several starts.
/// And the files.
type Said = (Values, [Option<OrderKey>; FIELDS], bool, bool, Vec<BookingTime>, BTreeSet<u32>);

fn said(joined: &Joined) -> Said {
    let queues = joined.facts.any(Facts::SEVERAL_QUEUES);
    let decided = joined.is_decided_by_file_order();
    let files = joined.touched_by().collect();
    (joined.values, joined.keys(), decided, queues, joined.starts().collect(), files)
}

fn naive(lines: &[Line]) -> Said {
    let (mut newest, mut keys, mut decided) = (Values::default(), [None; FIELDS], false);
    for (at, bit) in each(NEWEST) {
        let having: Vec<&Line> = lines.iter().filter(|l| l.values.present() & bit != 0).collect();
        let Some(best) = having.iter().max_by_key(|line| line.key) else { continue };
        newest.take(&best.values, bit);
        keys[at] = Some(best.key);
        decided |= having.iter().any(|line| {
            line.key.moment() == best.key.moment()
                && line.key.file() != best.key.file()
                && line.values.same(&best.values) & bit == 0
        });
    }
    let rated: Vec<&Line> = lines.iter().filter(|l| l.values.rating != 0).collect();
    let first = |line: &Line| {
        let same = rated.iter().filter(|other| other.hash == line.hash);
        same.map(|other| other.key).min().unwrap()
    };
    if let Some(best) = rated.iter().max_by_key(|line| first(line)) {
        let key = first(best);
        newest.rating = best.values.rating;
        keys[FIELDS - 1] = Some(key);
        decided |= rated.iter().any(|line| {
            first(line).moment() == key.moment()
                && first(line).file() != key.file()
                && line.values.rating != best.values.rating
        });
    }
    let queues: BTreeSet<_> = lines.iter().filter_map(|line| line.values.queue).collect();
    let files = lines.iter().map(|line| line.key.file()).collect();
    (newest, keys, decided, queues.len() > 1, naive_starts(lines), files)
}

/// The earliest and the latest start in each form, if there are several starts.
fn naive_starts(lines: &[Line]) -> Vec<BookingTime> {
    let starts = || lines.iter().filter_map(|line| line.values.start.get());
    if starts().all(|start| Some(start) == starts().next()) {
        return Vec::new();
    }
    let ends = |of: fn(BookingTime) -> Option<i64>| {
        let times: BTreeSet<i64> = starts().filter_map(of).collect();
        let ends: BTreeSet<i64> = times.first().into_iter().chain(times.last()).copied().collect();
        ends
    };
    let instants = ends(|start| match start {
        BookingTime::Instant(at) => Some(at),
        BookingTime::WallClock(_) => None,
    });
    let walls = ends(|start| match start {
        BookingTime::Instant(_) => None,
        BookingTime::WallClock(at) => Some(at),
    });
    let instants = instants.into_iter().map(BookingTime::Instant);
    instants.chain(walls.into_iter().map(BookingTime::WallClock)).collect()
}

/// Lines with few different times, ranks and files, each at a different position.
fn lines() -> impl Strategy<Value = Vec<Line>> {
    let mask = prop_oneof![2 => Just(NEWEST), 2 => Just(u8::MAX), 1 => any::<u8>()];
    let line = (mask, any::<u8>(), 0_i64..3, 0_u8..2, 0_u32..4, 0_u64..5);
    prop::collection::vec(line, 1..14).prop_map(|lines| {
        let line = |((mask, n, time, rank, file, hash), at)| Line {
            values: values(n, mask, hash),
            key: OrderKey::new(time, rank, file, at),
            hash,
        };
        lines.into_iter().zip(1_u64..).map(line).collect()
    })
}

/// Converted to a record and back.
fn kept(joined_before: &Joined) -> Joined {
    let names = names();
    let record = record(joined_before, |id| Arc::from(names.get(id)));
    let back = joined(&record, |text| names.find(text).unwrap());
    assert_eq!(said(&back), said(joined_before));
    back
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_order_repetition_and_split_gives_what_the_rules_say(
        lines in lines(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        parts in prop::collection::vec(0_usize..3, 40),
        put_away in any::<[bool; 3]>(),
    ) {
        let expected = naive(&lines);
        prop_assert_eq!(&said(&join(&lines)), &expected);
        let mut shuffled: Vec<&Line> = lines.iter().collect();
        for (at, index) in order.iter().enumerate() {
            shuffled.swap(at % lines.len(), index.index(lines.len()));
        }
        shuffled.extend(order.iter().map(|index| index.get(&lines)));
        prop_assert_eq!(&said(&join(shuffled.iter().copied())), &expected);
        let part = |wanted: usize| {
            let of = shuffled.iter().zip(parts.iter().cycle()).filter(|(_, part)| **part == wanted);
            let part = join(of.map(|(line, _)| *line));
            if put_away[wanted] { kept(&part) } else { part }
        };
        let (mut left, middle, mut right) = (part(0), part(1), part(2));
        // (a + b) + c, and c + (b + a), and twice.
        let mut other = middle.clone();
        other.merge(&left);
        right.merge(&other);
        left.merge(&middle);
        left.merge(&part(2));
        prop_assert_eq!(&said(&left), &expected);
        prop_assert_eq!(&said(&right), &expected);
        left.merge(&right);
        prop_assert_eq!(said(&kept(&left)), expected);
    }

    /// Files whose order changes are read again; the result is as if the order had always been the new one.
    #[test]
    fn renumbered_files_give_the_same(
        lines in lines(),
        numbers in Just([0_u32, 1, 2, 3]).prop_shuffle(),
        known in 0_u8..16,
    ) {
        let renumbered: Vec<Line> = lines
            .iter()
            .map(|line| Line { key: line.key.renumbered(|file| numbers[file as usize]), ..line.clone() })
            .collect();
        let is_known = |line: &&Line| known & 1 << line.key.file() != 0;
        let before = join(lines.iter().filter(is_known));
        let names = names();
        let mut kept = record(&before, |id| Arc::from(names.get(id)));
        kept.renumber(|file| numbers[file as usize]);
        let mut after = joined(&kept, |text| names.find(text).unwrap());
        after.merge(&join(&renumbered));
        prop_assert_eq!(said(&after), naive(&renumbered));
    }
}

#[test]
fn a_ticket_of_two_copies_of_a_file_is_no_larger_than_of_one() {
    let line = |file, line, time| Line {
        values: values(0, NEWEST, 0),
        key: OrderKey::new(time, 0, file, line),
        hash: 0,
    };
    let lines: Vec<Line> = (0..3).flat_map(|file| [line(file, 1, 5), line(file, 2, 7)]).collect();
    let joined = join(&lines);
    assert!(joined.rare.is_none());
    assert_eq!(joined.also(), Some((NEWEST, 0)));
    assert!(kept(&joined).rare.is_none());
}

#[test]
fn a_late_repeat_of_the_first_rating_does_not_win() {
    let answer = |file, line, hash| Line {
        values: values(0, RATING, hash),
        key: OrderKey::new(9, 9, file, line),
        hash,
    };
    let (two, five) = (answer(0, 1, 1), answer(0, 2, 4));
    let late = answer(1, 1, 1);
    let joined = join([&two, &five, &late]);
    assert_eq!(joined.rated().map(|rated| rated.hash), Some(4));
    assert!(!joined.is_decided_by_file_order());
    assert_eq!(size_of::<Joined>(), 168, "bytes a ticket");
}
