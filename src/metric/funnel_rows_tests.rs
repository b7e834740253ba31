//! Locations against all of them: who takes part, what is handed to the formulas, and that names change nothing.

use proptest::prelude::*;

use super::super::measure::Figures;
use super::*;

fn location(name: &str, cancelled: u64, closed: u64) -> LocationSection {
    let figures =
        Figures { tickets: closed, cancelled_by_customer: cancelled, ..Figures::default() };
    let section = Section { figures, within: (closed / 2, closed), ..Section::default() };
    LocationSection { name: name.to_owned(), id: name.to_owned(), last_whole: None, section }
}

fn rows(all: &[LocationSection]) -> Vec<FunnelRow> {
    let all: Vec<_> = all.iter().enumerate().collect();
    funnel_rows(&all, Rules::default(), &|_, _, _| Vec::new())
}

#[test]
fn one_location_that_is_unlike_all_others_is_named() {
    let mut all: Vec<LocationSection> =
        (0..11).map(|n| location(&format!("l{n}"), 100 + n, 1_000)).collect();
    all.push(location("odd", 300, 1_000));
    all.push(location("tiny", 9, 9));
    let found = rows(&all);
    let of = |measure: &str| found.iter().filter(|row| row.measure == measure).count();
    assert_eq!((of("cancellation"), of("within_target")), (12, 12));
    assert_eq!(of("csat"), 0, "nobody was rated");
    let flagged: Vec<_> = found.iter().filter(|row| row.flag.is_some()).collect();
    assert_eq!(flagged.len(), 1);
    assert_eq!((flagged[0].location.as_str(), flagged[0].flag), ("odd", Some(Flag::Higher)));
    assert!(flagged[0].limits_998.1 < flagged[0].value);
    // Whatever the order of the locations, each gets the same row.
    let mut turned = all.clone();
    turned.reverse();
    for row in rows(&turned) {
        assert!(found.contains(&row), "{row:?}");
    }
    assert!(rows(&all[..9]).is_empty(), "too few locations");
}

#[test]
fn who_is_hidden_or_small_takes_no_part_and_own_scatter_counts() {
    let mut all: Vec<LocationSection> =
        (0..10).map(|n| location(&format!("l{n}"), 100, 1_000)).collect();
    for (n, one) in (1..).zip(&mut all) {
        one.section.ratings = vec![(1, 2), (3, 3), (4, n), (5, 5)];
    }
    let of = |all: &[LocationSection], measure: &str| -> Vec<FunnelRow> {
        rows(all).into_iter().filter(|row| row.measure == measure).collect()
    };
    let csat = of(&all, "csat");
    assert_eq!(csat.len(), 10);
    for (n, row) in (1..).zip(&csat) {
        // Ratings of 4 and 5 of all.
        let (hits, rated) = (5.0 + f64::from(n), 10.0 + f64::from(n));
        assert!((row.value - hits / rated).abs() < 1e-12, "{row:?}");
    }
    // No ratings are there if they are hidden: nine are too few to compare, while tickets still are.
    all[3].section.ratings = Vec::new();
    assert!(of(&all, "csat").is_empty());
    assert_eq!(of(&all, "cancellation").len(), 10);
    all[3].section.within = (5, 9);
    assert!(of(&all, "within_target").is_empty());

    // A location whose weeks jump is no outlier for what is far beyond chance elsewhere.
    let mut all: Vec<LocationSection> =
        (0..12).map(|n| location(&format!("l{n:02}"), 100, 1_000)).collect();
    all[5] = location("l05", 150, 1_000);
    let weeks = |jumps: bool| {
        move |at: usize, share: Share, _: usize| {
            let is_wild = jumps && at == 5 && share == Share::Cancellation;
            let hits = |week: u64| if is_wild { 30 * (week % 2) } else { 15 };
            (0..10).map(|week| (hits(week), 100)).collect()
        }
    };
    let all: Vec<_> = all.iter().enumerate().collect();
    for (jumps, flag) in [(false, Some(Flag::Higher)), (true, None)] {
        let rows = funnel_rows(&all, Rules::default(), &weeks(jumps));
        let row = |row: &&FunnelRow| row.id == "l05" && row.measure == "cancellation";
        assert_eq!(rows.iter().find(row).unwrap().flag, flag, "{jumps}");
    }
}

/// Hits and misses of a location, and of its weeks.
type Made = (u64, u64, Vec<(u64, u64)>);

proptest! {
    /// Rows say what the formulas say of the locations that take part, by location and then measure; with other names, and so
    /// in another order, each location has the same row.
    #[test]
    fn names_change_nothing(
        of in prop::collection::vec(
            (0_u64..60, 4_u64..200, prop::collection::vec((0_u64..9, 0_u64..9), 0..14)), 8..24,
        ),
        turn in 0_usize..24,
    ) {
        let made = |name: usize, of: &Made| {
            location(&format!("l{name:02}"), of.0, of.0 + of.1)
        };
        let weeks_of = |of: &Made| -> Vec<(u64, u64)> {
            of.2.iter().map(|(hits, more)| (*hits, hits + more + 1)).collect()
        };
        let found = |of: &[Made]| {
            let all: Vec<_> = of.iter().enumerate().map(|(at, one)| made(at, one)).collect();
            let all: Vec<_> = all.iter().enumerate().collect();
            funnel_rows(&all, Rules::default(), &|at, _, _| weeks_of(&of[at]))
        };
        let rows = found(&of);
        let keys: Vec<_> = rows.iter().map(|row| (row.location.clone(), row.measure)).collect();
        prop_assert!(keys.is_sorted());

        let place = |of: &Made| {
            Place { hits: of.0, n: of.0 + of.1, dispersion: own_dispersion(&weeks_of(of)) }
        };
        let there: Vec<usize> = (0..of.len()).filter(|at| of[*at].0 + of[*at].1 >= 10).collect();
        let places: Vec<Place> = there.iter().map(|at| place(&of[*at])).collect();
        let mine: Vec<&FunnelRow> = rows.iter().filter(|row| row.measure == "cancellation").collect();
        let should = funnel(&places);
        prop_assert_eq!(mine.len(), should.as_ref().map_or(0, |funnel| funnel.of.len()));
        for ((row, place), (at, against)) in
            mine.iter().zip(&places).zip(there.iter().zip(should.iter().flat_map(|f| &f.of)))
        {
            let target = should.as_ref().unwrap().target;
            prop_assert_eq!(&row.location, &format!("l{at:02}"));
            prop_assert_eq!((row.n, row.z, row.adjusted_p), (place.n, against.z_among, against.adjusted_p));
            prop_assert_eq!(row.limits_95, limits(target, place.n, 0.025));
            prop_assert_eq!(row.limits_998, limits(target, place.n, 0.001));
            prop_assert_eq!(row.flag.is_some(), against.unusual);
            prop_assert!(row.flag.is_none() || (row.flag == Some(Flag::Higher)) == (row.z > 0.0));
        }

        let turn = turn % of.len();
        let mut turned = of.clone();
        turned.rotate_left(turn);
        let mut again = found(&turned);
        for row in &mut again {
            let at: usize = row.location[1..].parse().unwrap();
            row.location = format!("l{:02}", (at + turn) % of.len());
            row.id.clone_from(&row.location);
        }
        again.sort_by(|a, b| (&a.location, a.measure).cmp(&(&b.location, b.measure)));
        prop_assert_eq!(again, rows);
    }
}
