//! The order of groups, and which of them are shown.

use super::super::measure::MEASURES;
use super::super::row::Row;
use super::*;

fn answer(order: Order) -> Vec<String> {
    let tally = |served: usize, lost: usize| {
        let rows: Vec<Row> = (0..served + lost)
            .map(|at| Row { outcome: u8::from(at >= served), ..Row::default() })
            .collect();
        Tally::of(rows.iter())
    };
    let groups = [("a", 8, 2), ("b", 1, 3), ("c", 20, 0), ("d", 0, 0), ("e", 4, 1)];
    let grouped = groups
        .map(|(name, served, lost)| (vec![GroupKey::Text(name.to_owned())], tally(served, lost)));
    let answer = Answer::of(vec![By::Location], grouped.into(), Rules::default(), order);
    assert_eq!(answer.rows.len() + answer.too_small + answer.more, 5);
    answer
        .rows
        .iter()
        .map(|row| match row.key.as_slice() {
            [GroupKey::Text(name)] => name.clone(),
            _ => String::new(),
        })
        .collect()
}

#[test]
fn groups_are_sorted_and_cut() {
    let lost = MEASURES.iter().find(|measure| measure.name == "lost_rate");
    let order = Order { sort: lost, ..Order::default() };
    assert_eq!(answer(Order::default()), ["a", "b", "c", "d", "e"]);
    // Equal ones stay in their order; what has no value comes last, whatever the direction.
    assert_eq!(answer(order), ["c", "a", "e", "b", "d"]);
    assert_eq!(answer(Order { descending: true, ..order }), ["b", "a", "e", "c", "d"]);
    assert_eq!(answer(Order { limit: Some(2), ..order }), ["c", "a"]);
    assert_eq!(answer(Order { min_n: 5, ..order }), ["c", "a", "e"]);
    assert_eq!(answer(Order { min_n: 11, ..Order::default() }), ["c"]);
}

/// What stands beside a share is what it is one of: part / whole is the share.
#[test]
fn a_share_stands_beside_what_it_is_one_of() {
    let row = |outcome, offered, within, rating| Row {
        outcome,
        offered,
        within,
        rating,
        ..Row::default()
    };
    // Served within the target and rated; served; lost, never in the queue; lost.
    let rows = [
        row(0, true, true, 5),
        row(0, true, false, 0),
        row(1, false, false, 0),
        row(1, true, false, 0),
    ];
    let grouped = [(Vec::new(), Tally::of(rows.iter()))];
    let answer = Answer::of(Vec::new(), grouped.into(), Rules::default(), Order::default());
    let named = |name: &str| MEASURES.iter().find(|measure| measure.name == name).unwrap();
    let table = answer.table(&["lost_rate", "within_target_rate", "response_rate"].map(named));
    let at = |name: &str| table.columns.iter().position(|(column, _)| *column == name).unwrap();
    let mut told = 0;
    table.rows(&mut |row| {
        for (name, n) in [("closed", 4), ("offered", 3), ("served_known", 2)] {
            assert_eq!(row[at(name)], Cell::Count(n), "{name}");
        }
        assert_eq!(row[at("within_target_rate")], Cell::Number(1.0 / 3.0));
        assert_eq!(row[at("response_rate")], Cell::Number(0.5));
        told += 1;
    });
    assert_eq!(told, 1);
}

/// A share has its Wilson score interval beside it, and a mean and a quantile have theirs; nothing else has one.
#[test]
fn an_interval_stands_beside_its_measure() {
    let rows: Vec<Row> = (0..60_u8)
        .map(|at| Row {
            outcome: at % 5,
            rating: at % 6,
            wait: Some(u32::from(at) * 7),
            offered: true,
            within: at % 3 == 0,
            ..Row::default()
        })
        .collect();
    let mut with = Vec::new();
    for measure in MEASURES {
        let grouped = [(Vec::new(), Tally::of(rows.iter()))];
        let answer = Answer::of(Vec::new(), grouped.into(), Rules::default(), Order::default());
        let table = answer.table(&[measure]);
        let mut cells = Vec::new();
        table.rows(&mut |row| cells.extend(row.iter().map(|cell| format!("{cell:?}"))));
        let columns: Vec<&str> = table.columns.iter().map(|(column, _)| *column).collect();
        let Some(at) = columns.iter().position(|column| column.contains("_low")) else { continue };
        if at == 0 {
            continue; // It is an end itself.
        }
        let (begin, unit) = match measure.name.strip_suffix("_s") {
            Some(begin) => (begin, "_s"),
            None => (measure.name, ""),
        };
        let ends = [format!("{begin}_low{unit}"), format!("{begin}_high{unit}")];
        assert_eq!(columns[at..at + 2], ends);
        let known =
            Evidence::of(measure, &answer.rows[0].tally, &answer.rows[0].figures, Rules::default());
        let (low, high) = known.known().unwrap().ends.unwrap();
        assert!(low < high);
        assert_eq!(cells[at..at + 2], [low, high].map(|end| format!("{:?}", Cell::Number(end))));
        with.push(measure.name);
    }
    let is = [
        "cancellation_rate",
        "customer_cancellation_rate",
        "staff_cancellation_rate",
        "no_show_rate",
        "lost_rate",
        "rating_mean",
        "csat",
        "response_rate",
        "wait_p50_s",
        "wait_p90_s",
        "within_target_rate",
    ];
    with.sort_unstable();
    assert_eq!(with, {
        let mut is = is;
        is.sort_unstable();
        is
    });
}
