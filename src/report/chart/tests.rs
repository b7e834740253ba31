//! Every figure is well-formed, harmless and reproducible, and shows the numbers of its table.

use proptest::prelude::*;

use crate::report::fixture::{HOSTILE, report};
use crate::report::model::OrganizationReport;

use super::*;

const TAGS: [&str; 9] =
    ["svg", "title", "desc", "rect", "line", "polyline", "polygon", "circle", "text"];

fn all(report: &OrganizationReport) -> Vec<Figure> {
    let mut figures = overview(report).unwrap();
    for place in &report.locations {
        figures.extend(location(report, place).unwrap());
    }
    figures
}

fn check(figure: &Figure) {
    let parsed =
        roxmltree::Document::parse(&figure.svg).unwrap_or_else(|e| panic!("{e}: {}", figure.svg));
    let root = parsed.root_element();
    let size: Vec<f64> =
        root.attribute("viewBox").unwrap().split(' ').map(|n| n.parse().unwrap()).collect();
    assert_eq!(root.attribute("role"), Some("img"));
    for node in parsed.descendants().filter(roxmltree::Node::is_element) {
        assert!(TAGS.contains(&node.tag_name().name()), "<{}>", node.tag_name().name());
        for attribute in node.attributes() {
            assert!(!attribute.name().starts_with("on") && attribute.name() != "style");
            assert!(!attribute.value().contains("NaN") && !attribute.value().contains("inf"));
        }
        // Everything is inside the figure.
        for (name, end) in [("x", size[2]), ("y", size[3]), ("cx", size[2]), ("cy", size[3])] {
            if let Some(value) = node.attribute(name) {
                let value: f64 = value.parse().unwrap();
                assert!((0.0..=end).contains(&value), "{} {name}={value}", figure.id);
            }
        }
    }
    apart(figure, &parsed, size[2], size[3]);
    let has = |tag: &str, text: &str| {
        parsed
            .descendants()
            .any(|n| n.has_tag_name(("http://www.w3.org/2000/svg", tag)) && n.text() == Some(text))
    };
    assert!(has("title", &figure.title) && has("desc", &figure.description));
    assert!(
        figure.table.rows.iter().all(|row| row.len() == figure.table.header.len()),
        "{}",
        figure.id
    );
}

/// No text leaves the figure or overlaps another, by the generous widths of `label`.
fn apart(figure: &Figure, parsed: &roxmltree::Document<'_>, w: f64, h: f64) {
    let number = |node: roxmltree::Node<'_, '_>, name: &str| -> f64 {
        node.attribute(name).unwrap().parse().unwrap()
    };
    let mut boxes: Vec<(f64, f64, f64, f64, String)> = Vec::new();
    for node in parsed.descendants().filter(|n| n.tag_name().name() == "text") {
        let text = node.text().unwrap().trim().to_owned();
        let size = number(node, "font-size");
        let width = label::width_of(&text, size);
        let x = match node.attribute("text-anchor") {
            Some("end") => number(node, "x") - width,
            Some("middle") => number(node, "x") - width / 2.0,
            _ => number(node, "x"),
        };
        let y = number(node, "y") - 0.6 * size;
        boxes.push((x, y, x + width, y + 1.2 * size, text));
    }
    for (at, a) in boxes.iter().enumerate() {
        assert!(a.0 >= 0.0 && a.1 >= 0.0 && a.2 <= w && a.3 <= h, "{} leaves: {a:?}", figure.id);
        for b in boxes.iter().skip(at + 1) {
            let over = a.2.min(b.2) > a.0.max(b.0) && a.3.min(b.3) > a.1.max(b.1);
            assert!(!over, "{}: {a:?} on {b:?}", figure.id);
        }
    }
}

#[test]
fn values_that_are_no_numbers_are_not_drawn() {
    for odd in [f64::INFINITY, f64::NAN, f64::NEG_INFINITY] {
        let mut report = report("o", &["A"], 14);
        let mut figures = vec![&mut report.all.figures];
        figures.extend(report.all.daily.iter_mut().map(|(_, figures)| figures));
        for figures in figures {
            figures.wait_p50_s = Some(odd);
            figures.wait_p90_s = Some(odd);
            figures.cancellation_rate = Some(odd);
        }
        report.locations[0].target_minutes = odd;
        all(&report).iter().for_each(check);
    }
}

#[test]
fn small_numbers_are_named_as_such() {
    let mut report = report("o", &["A"], 14);
    let figures = &mut report.all.figures;
    (figures.ratings, figures.waits) = (Some(3), 1);
    let drawn = overview(&report).unwrap();
    assert_eq!(drawn[0].title, "Only 1 wait: 6 min 20 s");
    assert!(drawn[1].title.starts_with("Only 3 ratings: 70.0 % are"), "{}", drawn[1].title);
    assert!(drawn[0].note.as_deref().unwrap().starts_with("few: n below 10"));
    assert!(drawn[0].svg.contains("n = 1, few"));
    assert_eq!(drawn[2].note, None);
}

#[test]
fn ordinary_hostile_large_and_empty_reports() {
    let long = "x".repeat(300);
    let mut names: Vec<&str> = HOSTILE.to_vec();
    names.push(&long);
    let many: Vec<String> = (0..200).map(|n| format!("Store {n:03}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for report in [
        report("o", &names, 28),
        report("o", &["A"], 1),
        report("o", &["A"], 700),
        report("o", &many, 28),
        report("", &[], 0),
        OrganizationReport::default(),
    ] {
        let figures = all(&report);
        assert_eq!(figures.len(), 5 + 5 * report.locations.len());
        figures.iter().for_each(check);
        assert_eq!(figures, all(&report));
    }
}

#[test]
fn two_hundred_locations_are_chosen_and_the_rest_is_named() {
    let many: Vec<String> = (0..200).map(|n| format!("Store {n:03}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let figures = overview(&report("o", &many, 28)).unwrap();
    let wait = &figures[0];
    assert_eq!(wait.table.rows.len(), 1 + rows::MOST_ROWS);
    assert!(wait.note.as_deref().unwrap().contains("the other 175"));
    let labels: Vec<&str> = wait
        .table
        .rows
        .iter()
        .skip(1)
        .map(|row| match &row[0] {
            Cell::Text(text) => text.as_str(),
            Cell::Number(_) | Cell::Missing => "",
        })
        .collect();
    assert!(labels.is_sorted());
}

#[test]
fn tables_hold_the_plotted_numbers() {
    let report = report("o", &["A", "B"], 28);
    let scope = Scope::overview(&report);
    for (row, printed) in scope.rows.iter().zip(&ratings::figure(&scope).unwrap().table.rows) {
        let shares = ratings::shares(row, scope.scale).unwrap();
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        for (share, cell) in shares.iter().zip(&printed[2..7]) {
            assert_eq!(*cell, Cell::Number(percent(*share)));
        }
    }
    for (row, printed) in scope.rows.iter().zip(&wait::figure(&scope).unwrap().table.rows) {
        let (p50, p90) = wait::minutes(row).unwrap();
        assert_eq!(printed[2], Cell::Number(duration(p50 * 60.0)));
        assert_eq!(printed[3], Cell::Number(duration(p90 * 60.0)));
    }
    for (row, printed) in scope.rows.iter().zip(&lost::figure(&scope).unwrap().table.rows) {
        let shares = lost::shares(row.figures).unwrap();
        for (share, cell) in shares.iter().zip(&printed[2..8]) {
            let Cell::Number(text) = cell else { panic!("{cell:?}") };
            assert!(text.ends_with(&format!("({})", percent(*share))));
        }
    }
    let series = time::series(&report.all);
    let printed = time::figure(&scope).unwrap().table.rows;
    assert_eq!(series.points.len(), printed.len());
    for ((date, figures), row) in series.points.iter().zip(printed) {
        assert_eq!(row[0], Cell::Text(date.to_string()));
        assert_eq!(row[2], figures.wait_p50_s.map_or(Cell::Missing, |s| Cell::Number(duration(s))));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_name_is_harmless(name in any::<String>()) {
        let report = report("o", &[&name], 3);
        overview(&report).unwrap().iter().for_each(check);
    }
}
