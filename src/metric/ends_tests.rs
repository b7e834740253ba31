//! Sums of ends against lists of tickets, the curves made of them, and how long those waited who left.

use proptest::prelude::*;

use super::super::curves::{CurveRow, LeftWaits, rows};
use super::*;

/// A ticket with an outcome, its headline wait and its time in the queue.
fn row() -> impl Strategy<Value = Row> {
    let time = || prop::option::weighted(0.8, 0_u32..700);
    (0_u8..u8::try_from(Outcome::ALL.len()).unwrap(), time(), time())
        .prop_map(|(outcome, wait, left)| Row { outcome, wait, left, ..Row::default() })
}

fn waits(rows: &[Row]) -> Histogram {
    Histogram::of(&mut rows.iter().filter_map(|row| row.wait).collect::<Vec<_>>())
}

/// Kind of end, in the order of the curves, and time of a ticket; 4 = open.
fn end(row: &Row) -> Option<(usize, u32)> {
    let kind = match row.outcome().unwrap() {
        Outcome::Served => return Some((0, row.wait?)),
        Outcome::CancelledByCustomer => 1,
        Outcome::NoShow => 2,
        Outcome::CancelledByStaff | Outcome::Removed | Outcome::Rejected => 3,
        Outcome::Open => 4,
        Outcome::Lapsed => return None,
    };
    Some((kind, row.left?))
}

fn shares(row: &CurveRow) -> [f64; KINDS] {
    [row.served, row.left, row.no_show, row.removed].map(|of| of.share)
}

proptest! {
    /// Rows in any split, merged in any order: the same sums.
    #[test]
    fn any_split_is_the_same(rows in prop::collection::vec((row(), 0_usize..4), 0..60), turn in 0_usize..4) {
        let all: Vec<Row> = rows.iter().map(|(row, _)| *row).collect();
        let whole = Ends::of(&all);
        let part = |n: usize| {
            Ends::of(&rows.iter().filter(|(_, of)| *of == n).map(|(row, _)| *row).collect::<Vec<_>>())
        };
        let mut parts: Vec<Ends> = (0..4).map(part).collect();
        prop_assert_eq!(&Ends::sum(parts.iter()), &whole);
        parts.rotate_left(turn);
        let mut left = Ends::default();
        for part in &parts {
            left.merge(part);
        }
        prop_assert_eq!(&left, &whole);
        let mut right = Ends::default();
        for part in parts.iter().rev() {
            let mut with = part.clone();
            with.merge(&right);
            right = with;
        }
        prop_assert_eq!(&right, &whole);
    }

    /// At each second stand those who ended then, whatever is kept of them where.
    #[test]
    fn exits_are_the_tickets(all in prop::collection::vec(row(), 0..60)) {
        let exits = Ends::of(&all).exits(&waits(&all));
        prop_assert!(exits.is_sorted_by_key(|exit| exit.time));
        let mut found: Vec<(usize, u32)> = Vec::new();
        for exit in exits {
            let time = u32::try_from(exit.time).unwrap();
            let counts = exit.ended.into_iter().chain([exit.open]).enumerate();
            found.extend(counts.flat_map(|(kind, n)| (0..n).map(move |_| (kind, time))));
        }
        let mut expected: Vec<(usize, u32)> = all.iter().filter_map(end).collect();
        found.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(found, expected);
    }

    /// Without open tickets the curves are plain shares; and they stop where fewer than ten are left.
    #[test]
    fn without_open_tickets_they_are_plain_shares(all in prop::collection::vec(row(), 0..80)) {
        let all: Vec<Row> = all.into_iter().filter(|row| row.outcome() != Some(Outcome::Open)).collect();
        let ends: Vec<(usize, u32)> = all.iter().filter_map(end).collect();
        let curves = rows(&Ends::of(&all), &waits(&all));
        let at_risk = |minute: u32| ends.iter().filter(|(_, time)| *time >= minute * 60).count() as u64;
        let minutes = (0..).take_while(|minute| at_risk(*minute) >= 10).count();
        prop_assert_eq!(curves.len(), minutes);
        for (row, minute) in curves.iter().zip(0_u32..) {
            prop_assert_eq!((row.minute, row.at_risk), (minute.into(), at_risk(minute)));
            for (kind, share) in shares(row).into_iter().enumerate() {
                let n = ends.iter().filter(|(of, time)| *of == kind && *time <= minute * 60).count();
                prop_assert!((share - n as f64 / ends.len() as f64).abs() < 1e-12);
            }
        }
    }

    /// The median of those who left is that of the list.
    #[test]
    fn those_who_left(all in prop::collection::vec(row(), 0..80)) {
        let left = LeftWaits::of(&Ends::of(&all));
        let mut times: Vec<u32> =
            all.iter().filter_map(end).filter(|(kind, _)| [1, 2].contains(kind)).map(|end| end.1).collect();
        times.sort_unstable();
        prop_assert_eq!(left.n, times.len() as u64);
        prop_assert_eq!(left.p50_s.is_some(), !times.is_empty());
        if let Some(median) = left.p50_s {
            let at = |place: usize| f64::from(times[place]);
            let expected = f64::midpoint(at((times.len() - 1) / 2), at(times.len() / 2));
            prop_assert!((median - expected).abs() < 1e-9);
        }
        // An interval from 6 on.
        prop_assert_eq!(left.p50_low_s.is_some(), times.len() >= 6);
        if let (Some(median), Some(low), Some(high)) = (left.p50_s, left.p50_low_s, left.p50_high_s) {
            prop_assert!(low <= median && median <= high);
            // Ranks 2 and 9 of 10: statistics.md, "Wait quantiles".
            if times.len() == 10 {
                prop_assert_eq!((low, high), (f64::from(times[1]), f64::from(times[8])));
            }
        }
    }
}

/// Ten served after five minutes, and ten that have waited two and are open: nobody knows of those. All of the others were
/// served, so the share is 1, not one half.
#[test]
fn open_tickets_are_no_failures() {
    let code = |wanted| {
        let at = Outcome::ALL.iter().position(|outcome| *outcome == wanted).unwrap();
        u8::try_from(at).unwrap()
    };
    let served = Row { outcome: code(Outcome::Served), wait: Some(300), ..Row::default() };
    let open = Row { outcome: code(Outcome::Open), left: Some(120), ..Row::default() };
    let all = [[served; 10], [open; 10]].concat();
    let curves = rows(&Ends::of(&all), &waits(&all));
    let found: Vec<(u64, u64, f64)> =
        curves.iter().map(|row| (row.minute, row.at_risk, row.served.share)).collect();
    let at = |minute, at_risk| (minute, at_risk, 0.0);
    assert_eq!(found, [at(0, 20), at(1, 20), at(2, 20), at(3, 10), at(4, 10), (5, 10, 1.0)]);
}
