//! The histogram of waits: every wait is in one bar, and labels never collide.

use super::*;
use crate::report::model::{Figures, OrganizationReport, Section};
use proptest::prelude::*;

/// A report with these waits by minute.
fn report(histogram: Vec<(u32, u64)>, p50: f64, p90: f64) -> OrganizationReport {
    let figures = Figures { wait_p50_s: Some(p50), wait_p90_s: Some(p90), ..Figures::default() };
    let all = Section { figures, histogram, ..Section::default() };
    OrganizationReport { all, ..OrganizationReport::default() }
}

fn waits(report: &OrganizationReport, target: Option<f64>) -> Option<Waits> {
    Waits::of(&Scope { target_minutes: target, ..Scope::overview(report) })
}

#[test]
fn bars_are_minutes_and_the_last_one_is_the_rest() {
    let report = report(vec![(0, 5), (9, 7), (10, 20), (39, 6), (40, 1), (180, 2)], 630.0, 2_341.0);
    let waits = waits(&report, Some(10.0)).unwrap();
    assert_eq!((waits.bars.len(), waits.end(), waits.n), (41, 40, 41));
    assert_eq!([0, 1, 9, 10, 39, 40].map(|at| waits.bars[at]), [5, 0, 7, 20, 6, 3]);
    assert_eq!([0, 9, 10, 40].map(|at| waits.is_within(at)), [true, true, false, false]);
    assert_eq!(waits.title(), "Half waited 10 min 30 s or less, one in ten 39 min 1 s or more");
    let figure =
        waits.figure(&Scope { target_minutes: Some(10.0), ..Scope::overview(&report) }).unwrap();
    let row = |at: usize| format!("{:?}", figure.table.rows[at]);
    assert!(row(9).contains("9 to under 10") && row(9).contains("\"7\"") && row(9).contains("yes"));
    assert!(row(40).contains("40 and over") && row(40).contains("\"3\"") && row(40).contains("no"));
}

#[test]
fn a_claim_needs_enough_waits() {
    let title = |n: u64| waits(&report(vec![(3, n)], 200.0, 230.0), None).unwrap().title();
    assert_eq!(title(1), "Only 1 wait: too few for a median");
    assert_eq!(title(9), "Only 9 waits: too few for a median");
    assert_eq!(title(10), "Half waited 3 min 20 s or less");
    assert_eq!(title(35), "Half waited 3 min 20 s or less");
    assert_eq!(title(36), "Half waited 3 min 20 s or less, one in ten 3 min 50 s or more");
    assert!(waits(&report(Vec::new(), 200.0, 230.0), None).is_none());
}

#[test]
fn the_axis_suits_the_waits() {
    let end = |rows: Vec<(u32, u64)>, target| {
        let waits = waits(&report(rows, 60.0, 90.0), target).unwrap();
        (waits.end(), waits.width, waits.target)
    };
    // 99 of 100 under 10 minutes, then 98.
    assert_eq!(end(vec![(2, 99), (70, 1)], None), (10, 1, None));
    assert_eq!(end(vec![(2, 98), (70, 2)], None), (40, 1, None));
    // Nine in ten, then fewer.
    assert_eq!(end(vec![(39, 90), (50, 10)], None), (40, 1, None));
    assert_eq!(end(vec![(39, 89), (50, 11)], None), (60, 2, None));
    assert_eq!(end(vec![(100, 90), (170, 10)], None), (120, 5, None));
    assert_eq!(end(vec![(179, 1), (180, 90)], None), (180, 5, None));
    // A target is in the picture, if it can be.
    assert_eq!(end(vec![(2, 99)], Some(15.0)), (20, 1, Some(15.0)));
    assert_eq!(end(vec![(2, 99)], Some(45.0)), (60, 2, Some(45.0)));
    assert_eq!(end(vec![(2, 99)], Some(600.0)), (10, 1, Some(600.0)));
}

#[test]
fn a_bar_that_the_target_divides_is_not_within_it() {
    let waits = waits(&report(vec![(50, 100)], 60.0, 90.0), Some(7.0)).unwrap();
    assert_eq!((waits.width, waits.is_within(2), waits.is_within(3)), (2, true, false));
}

#[test]
fn orders_are_all_different() {
    let all = orders(3);
    assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 6);
    assert_eq!(orders(0), [Vec::<usize>::new()]);
}

/// Where median, target and 90 % may be: no label leaves the drawing, and no line goes through a label.
#[test]
fn no_line_goes_through_the_label_of_another() {
    let widths =
        ["median 10.8 min", "target 10 min", "90 %: 29.5 min"].map(|text| width_of(text, 12.0));
    let (mut tried, mut crossed) = (0, 0);
    for width in [520.0, 340.0] {
        let (left, right) = (46.0, width - 6.0);
        let ends = (left - 40.0, right + 5.0);
        let at = |n: u32| left + (right - left) * f64::from(n) / 20.0;
        for (median, p90, target) in (0..=20).flat_map(|p90| {
            (0..=p90).flat_map(move |median| (0..=20).map(move |target| (median, p90, target)))
        }) {
            let lines: Vec<(f64, f64)> =
                [median, target, p90].map(at).into_iter().zip(widths).collect();
            let places = beside(&lines, ends);
            let mut rows: Vec<usize> = places.iter().map(|place| place.row).collect();
            rows.sort_unstable();
            assert_eq!(rows, [0, 1, 2]);
            for ((x, w), place) in lines.iter().zip(&places) {
                let (from, to) = place.side.span((*x, *w));
                assert!(from >= ends.0 && to <= ends.1, "{lines:?} {places:?}");
                let over = |((x, _), other): (&(f64, f64), &Beside)| {
                    other.row < place.row && from < *x && *x < to
                };
                crossed += lines.iter().zip(&places).filter(|pair| over(*pair)).count();
            }
            tried += 1;
        }
    }
    println!("{tried} tried, {crossed} crossed");
    assert_eq!(crossed, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Any waits: all of them are in a bar, and the figure can be read.
    #[test]
    fn any_histogram_can_be_read(
        rows in prop::collection::btree_map(0_u32..=180, 1_u64..3_000, 0..40),
        p50 in 0.0..9_000.0_f64,
        more in 1.0..3.0_f64,
        target in prop::option::of(0.1..200.0_f64),
    ) {
        let rows: Vec<(u32, u64)> = rows.into_iter().collect();
        let report = report(rows.clone(), p50, p50 * more);
        let scope = Scope { target_minutes: target, ..Scope::overview(&report) };
        let waits = Waits::of(&scope);
        prop_assert_eq!(waits.is_none(), rows.is_empty());
        if let Some(waits) = waits {
            prop_assert_eq!(waits.bars.iter().sum::<u64>(), rows.iter().map(|row| row.1).sum::<u64>());
            super::super::tests::check(&waits.figure(&scope).unwrap());
        }
    }
}
