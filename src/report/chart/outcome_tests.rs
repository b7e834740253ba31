//! What became of visits by the minute: shares add up, and stop where they stop.

use super::*;
use crate::report::model::{Figures, OrganizationReport, Section};
use crate::statistics::survival::Incidence;
use proptest::prelude::*;

fn incidence(share: f64) -> Incidence {
    Incidence { share, error: 0.0, low: share - 0.02, high: share + 0.02 }
}

fn row(minute: u64, served: f64, lost: [f64; 3]) -> CurveRow {
    let [left, no_show, removed] = lost.map(incidence);
    CurveRow { minute, at_risk: 500 - minute, served: incidence(served), left, no_show, removed }
}

/// Half are served at minute 10, 80 % at 40; lost rise to 15 %.
fn rows(last: u64) -> Vec<CurveRow> {
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let of = |minute: u64| {
        let past = minute as f64;
        let served = if minute <= 10 { past * 0.053 } else { 0.53 + (past - 10.0) * 0.009 };
        row(
            minute,
            served.min(0.8),
            [past * 0.002, past * 0.001, past * 0.000_75].map(|l| l.min(0.08)),
        )
    };
    (0..=last).map(of).collect()
}

fn report(curves: Vec<CurveRow>) -> OrganizationReport {
    let figures = Figures { waits: 400, ..Figures::default() };
    let all = Section { curves, figures, ..Section::default() };
    OrganizationReport { all, ..OrganizationReport::default() }
}

fn titled(rows: Vec<CurveRow>, target: Option<f64>) -> Option<Figure> {
    let report = report(rows);
    figure(&Scope { target_minutes: target, ..Scope::overview(&report) }).unwrap()
}

#[test]
fn the_title_tells_the_shares_at_the_target_and_at_the_end() {
    let title = |last, target| titled(rows(last), target).unwrap().words.title;
    // Lost at 10: 3.75 %; at 40: 15 %.
    assert_eq!(
        title(60, Some(10.0)),
        "After 10 minutes 53 % were served and 43 % still waited; by 40 minutes 15 % were lost"
    );
    assert_eq!(title(60, None), "By 40 minutes 80 % were served and 15 % were lost");
    // The curves stop before the target, at it, or cannot be read there.
    assert_eq!(title(9, Some(10.0)), "By 9 minutes 48 % were served and 3 % were lost");
    assert_eq!(title(10, Some(10.0)), "By 10 minutes 53 % were served and 4 % were lost");
    assert_eq!(title(60, Some(7.5)), "By 40 minutes 80 % were served and 15 % were lost");
    assert!(titled(rows(0), Some(10.0)).is_none() && titled(Vec::new(), None).is_none());
}

#[test]
fn the_table_has_what_is_plotted_and_the_caption_its_interval() {
    let figure = titled(rows(60), Some(10.0)).unwrap();
    assert_eq!(figure.table.rows.len(), 41);
    let ten: Vec<String> = figure.table.rows[10].iter().map(|cell| format!("{cell:?}")).collect();
    assert!(ten[0].contains("\"10\"") && ten[1].contains("490") && ten[2].contains("53.0 %"));
    assert!(ten[3].contains("3.8 %") && ten[4].contains("2.0 %"), "{ten:?}");
    assert!(figure.words.caption.contains("interval 51.0 % to 55.0 %"));
    assert!(figure.drawings.iter().all(|d| d.elements.contains("target 10 min: 53 % served")));
}

#[test]
fn a_longer_axis_where_many_still_wait() {
    let slow = |minute: u32| row(minute.into(), f64::from(minute) / 200.0, [0.0; 3]);
    let figure = titled((0..=180).map(slow).collect(), None).unwrap();
    assert_eq!(figure.words.title, "By 180 minutes 90 % were served and 0 % were lost");
    let quick = |minute: u32| row(minute.into(), (f64::from(minute) / 10.0).min(0.99), [0.0; 3]);
    let figure = titled((0..=180).map(quick).collect(), None).unwrap();
    assert_eq!(figure.words.title, "By 20 minutes 99 % were served and 0 % were lost");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn parts_add_up_to_a_hundred(served in 0.0..=1.0_f64, part in 0.0..=1.0_f64) {
        let lost = (1.0 - served) * part;
        let parts = whole(&row(1, served, [lost, 0.0, 0.0]));
        prop_assert_eq!(parts.iter().sum::<u64>(), 100);
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        for (part, share) in parts.into_iter().zip([served, 1.0 - served - lost, lost]) {
            prop_assert!((part as f64 - share * 100.0).abs() < 1.0);
        }
    }

    #[test]
    fn labels_are_apart_and_inside(wanted in prop::array::uniform3(28.0..220.0_f64)) {
        let mut wanted = wanted;
        wanted.sort_by(f64::total_cmp);
        let [a, b, c] = apart(wanted, (30.0, 218.0));
        prop_assert!(a >= 29.9 && a + 14.9 <= b && b + 14.9 <= c && c <= 218.1);
    }

    #[test]
    fn any_curves_can_be_read(last in 1_u64..=200, end in 0.0..=1.0_f64, part in 0.0..=1.0_f64,
        target in prop::option::of(0.1..200.0_f64), round in any::<bool>()) {
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let of = |minute: u64| {
            let past = minute as f64 / last as f64;
            row(minute, past * end, [past * (1.0 - end) * part, 0.0, 0.0])
        };
        let target = target.map(|target| if round { target.ceil() } else { target });
        super::super::tests::check(&titled((0..=last).map(of).collect(), target).unwrap());
    }
}

#[test]
fn without_an_archived_wait_there_is_no_curve() {
    let mut report = report(rows(40));
    assert!(figure(&Scope::overview(&report)).unwrap().is_some());
    report.all.figures.waits = 0;
    assert!(figure(&Scope::overview(&report)).unwrap().is_none());
}
