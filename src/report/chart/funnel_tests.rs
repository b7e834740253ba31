//! Funnels against their rows and against the limits that made them.

use super::super::sizes::Sizes;
use super::*;
use crate::report::chart::tests::check;
use crate::report::fixture::report;
use crate::report::model::OrganizationReport;
use crate::statistics::funnel::{Place, funnel, limits};

/// A report with the rows of one measure, made as `metric` makes them.
fn of(measure: &'static str, places: &[(u64, u64)]) -> OrganizationReport {
    let names: Vec<String> = (0..places.len()).map(|at| format!("Store {at:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut report = report("o", &names, 1);
    let all: Vec<Place> =
        places.iter().map(|(hits, n)| Place { hits: *hits, n: *n, dispersion: 1.0 }).collect();
    let funnel = funnel(&all).unwrap();
    let rows =
        report.locations.iter().zip(&all).zip(&funnel.of).map(|((location, place), against)| {
            let value = place.hits as f64 / place.n as f64;
            let flag = if value > funnel.target { Flag::Higher } else { Flag::Lower };
            FunnelRow {
                location: location.name.clone(),
                id: location.id.clone(),
                measure,
                n: place.n,
                value,
                target: funnel.target,
                limits_95: limits(funnel.target, place.n, 0.025),
                limits_998: limits(funnel.target, place.n, 0.001),
                z: against.z_among,
                adjusted_p: against.adjusted_p,
                flag: against.unusual.then_some(flag),
            }
        });
    report.funnel = rows.collect();
    report
}

fn on_overview(report: &OrganizationReport) -> Vec<Figure> {
    let figures = figures(&Scope::overview(report), &Shared::of(report)).unwrap();
    figures.iter().for_each(check);
    figures
}

fn on_page(report: &OrganizationReport, at: usize) -> Figure {
    let mut figures =
        figures(&Scope::location(report, &report.locations[at]), &Shared::of(report)).unwrap();
    figures.iter().for_each(check);
    figures.pop().unwrap()
}

/// Sixteen of a hundred everywhere, about; the first two far off.
fn ordinary() -> Vec<(u64, u64)> {
    let mut places: Vec<(u64, u64)> = (0..14).map(|at| (60 + 32 * at, 400 + 200 * at)).collect();
    places[0] = (120, 400);
    places[1] = (40, 600);
    places
}

#[test]
fn titles_follow_the_flags() {
    let report = of("cancellation", &ordinary());
    let title = |at| on_page(&report, at).words.title;
    assert_eq!(
        on_overview(&report)[0].words.title,
        "Cancellations: 2 of 14 locations differ by more than chance"
    );
    assert_eq!(title(0), "Cancellations: 30 %, above what chance allows around 16 %");
    assert_eq!(title(1), "Cancellations: 7 %, below what chance allows around 16 %");
    // Equal in whole percent: one decimal more.
    assert_eq!(title(2), "Cancellations: 15.5 %, within chance of 15.8 %");
    let same: Vec<(u64, u64)> = (0..10).map(|at| (20 + at, 100)).collect();
    assert_eq!(
        on_overview(&of("no_show", &same))[0].words.title,
        "No-shows: none of 10 locations differs by more than chance"
    );
}

#[test]
fn below_ten_locations_there_is_no_funnel() {
    assert!(on_overview(&report("o", &["A"], 1)).is_empty());
}

#[test]
fn outside_the_bands_is_no_finding_where_locations_differ() {
    // Each of them is far from the others: none is unusual among them.
    let places: Vec<(u64, u64)> = (0..12).map(|at| (100 + 50 * at, 1_000)).collect();
    let report = of("csat", &places);
    assert!(report.funnel.iter().all(|row| row.flag.is_none()));
    assert_eq!(
        on_overview(&report)[0].words.title,
        "Satisfied: locations differ, but none of 12 stands out"
    );
    let title = on_page(&report, 0).words.title;
    assert_eq!(title, "Satisfied: 10.0 % against 37.5 %, no more than locations differ");
}

#[test]
fn a_location_too_small_says_so() {
    let mut report = of("csat", &ordinary());
    let own = report.locations[3].id.clone();
    report.funnel.retain(|row| row.id != own);
    let figure = on_page(&report, 3);
    assert_eq!(figure.words.title, "Satisfied: too few ratings here to be compared");
}

#[test]
fn which_way_is_worse() {
    let colours = |measure| {
        let elements =
            on_overview(&of(measure, &ordinary())).pop().unwrap().drawings.pop().unwrap().elements;
        // The first location is high, the second low; the worse one is solid.
        let tips = elements.split("<path").find(|path| path.contains("fill=\"#C24E00\"")).unwrap();
        tips.contains("l5.4 9.")
    };
    assert!(colours("cancellation") && colours("no_show"));
    assert!(!colours("csat") && !colours("within_target"));
    let table = on_overview(&of("csat", &ordinary())).pop().unwrap().table;
    let verdicts: Vec<&Cell> = table.rows.iter().map(|row| &row[7]).take(3).collect();
    assert_eq!(
        verdicts,
        ["better", "worse", "no clear difference"].map(Cell::text).iter().collect::<Vec<_>>()
    );
}

#[test]
fn the_own_location_and_those_outside_have_names() {
    let report = of("cancellation", &ordinary());
    let names = |figure: &Figure| {
        let elements = &figure.drawings[0].elements;
        (0..14).filter(|at| elements.contains(&format!("Store {at:02}"))).collect::<Vec<usize>>()
    };
    assert_eq!(names(&on_overview(&report)[0]), [0, 1]);
    assert_eq!(names(&on_page(&report, 9)), [0, 1, 9]);
    // Up to twelve locations all are named where there is room.
    let few = of("cancellation", &ordinary()[..12]);
    assert!(names(&on_overview(&few)[0]).len() > 6);
}

#[test]
fn limits_are_those_of_the_rows_and_of_the_function() {
    for places in [ordinary(), (0..12).map(|at| (2 + at, 10 + at * at * at * 30)).collect()] {
        let report = of("cancellation", &places);
        let rows: Vec<&FunnelRow> = report.funnel.iter().collect();
        let sizes = Sizes::of(&rows, (LEFT, RIGHT));
        let curve = sizes.curve(&rows);
        assert!(curve.len() > 15 && curve.windows(2).all(|two| two[0].0 < two[1].0));
        for (n, inner, outer) in &curve {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a count, kept as a number to draw"
            )]
            let n = *n as u64;
            assert_eq!(*inner, limits(rows[0].target, n, 0.025));
            assert_eq!(*outer, limits(rows[0].target, n, 0.001));
        }
        // The curve spans the axis and all locations.
        let ends = [curve[0].0, curve.last().unwrap().0].map(|n| sizes.at(n));
        assert!(ends[0] - LEFT < 3.0 && RIGHT - ends[1] < 3.0, "{ends:?}");
        let ticks = sizes.ticks();
        assert!(ticks.len() >= 2, "{ticks:?}");
    }
}

#[test]
fn pages_of_many_locations_stay_small() {
    let places: Vec<(u64, u64)> = (0..300)
        .map(|at| if at == 7 { (900, 1_000) } else { (100 + at % 40, 1_000 + at) })
        .collect();
    let report = of("within_target", &places);
    let figure = on_page(&report, 5);
    assert_eq!(figure.table.rows.len(), 2);
    assert!(figure.words.caption.ends_with("The table has this location and those outside."));
    assert!(figure.drawings[0].elements.len() < 12_000, "{}", figure.drawings[0].elements.len());
    assert_eq!(on_overview(&report)[0].table.rows.len(), 300);
}

/// Where no wait is archived, nobody knows who was served within the target; of other shares it is known.
#[test]
fn places_without_an_archived_wait_are_in_no_funnel_of_the_target() {
    let places: Vec<(u64, u64)> = (0..12).map(|at| (60 + at, 100)).collect();
    for (measure, rows) in [("within_target", 11), ("no_show", 12)] {
        let mut report = of(measure, &places);
        assert_eq!(on_overview(&report)[0].table.rows.len(), 12);
        report.locations[3].section.figures.waits = 0;
        assert_eq!(on_overview(&report)[0].table.rows.len(), rows);
    }
}
