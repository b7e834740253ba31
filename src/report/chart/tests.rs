//! Every figure is well-formed, harmless, reproducible and readable, and comes with the numbers of its table.

use proptest::prelude::*;

use crate::report::fixture::{HOSTILE, report};
use crate::report::model::OrganizationReport;

use super::*;

const TAGS: [&str; 8] = ["svg", "title", "desc", "style", "rect", "path", "text", "g"];

/// The figures of a report: of the overview and of each location.
pub(super) fn all(report: &OrganizationReport) -> Vec<Figure> {
    let mut figures: Vec<Figure> =
        overview(report, &Shared::of(report)).unwrap().all().cloned().collect();
    for place in &report.locations {
        figures.extend(location(report, &Shared::of(report), place).unwrap().all().cloned());
    }
    figures
}

/// Checks a figure: its document, and each of its drawings.
pub(super) fn check(figure: &Figure) {
    let id = figure.words.id;
    let svg = figure.document();
    let parsed = roxmltree::Document::parse(&svg).unwrap_or_else(|e| panic!("{id}: {e}: {svg}"));
    assert_eq!(parsed.root_element().attribute("role"), Some("img"));
    for node in parsed.descendants().filter(roxmltree::Node::is_element) {
        assert!(TAGS.contains(&node.tag_name().name()), "<{}>", node.tag_name().name());
        for attribute in node.attributes() {
            assert!(!attribute.name().starts_with("on") && attribute.name() != "style");
            assert!(!attribute.value().contains("NaN") && !attribute.value().contains("inf"));
        }
    }
    let has = |tag: &str, text: &str| {
        parsed
            .descendants()
            .any(|n| n.has_tag_name(("http://www.w3.org/2000/svg", tag)) && n.text() == Some(text))
    };
    assert!(has("title", &figure.words.title) && has("desc", &figure.description()));
    assert!(!figure.words.title.ends_with('.') && !figure.words.title.is_empty());
    let size = |name| parsed.root_element().attribute(name).unwrap().parse::<f64>().unwrap();
    apart(id, &parsed, size("width"), size("height"));
    let table = &figure.table;
    assert!(table.rows.iter().all(|row| row.len() == table.header.len()), "{id}");
    assert!(!figure.drawings.is_empty(), "{id}");
    for drawing in &figure.drawings {
        let Drawing { width, height, elements, .. } = drawing;
        let svg = format!("<svg width=\"{width}\" height=\"{height}\">{elements}</svg>");
        let parsed = roxmltree::Document::parse(&svg).unwrap_or_else(|e| panic!("{e}: {svg}"));
        apart(id, &parsed, *width, *height);
        for path in parsed.descendants().filter(|n| n.tag_name().name() == "path") {
            inside(id, path.attribute("d").unwrap(), *width, *height);
        }
    }
    // A phone has a drawing that fits it.
    let narrowest = figure.drawings.last().unwrap();
    assert!(
        narrowest.width <= 340.0 && matches!(narrowest.screen, Screen::All | Screen::Narrow),
        "{id}"
    );
}

/// All points of a path are inside the drawing.
fn inside(id: &str, data: &str, width: f64, height: f64) {
    let (mut x, mut y) = (0.0, 0.0);
    let mut rest = data;
    let number = |rest: &mut &str| -> f64 {
        let text = rest.trim_start();
        let mut seen_dot = false;
        let end = text.char_indices().find(|(at, c)| match c {
            '-' => *at > 0,
            '.' => std::mem::replace(&mut seen_dot, true),
            c => !c.is_ascii_digit(),
        });
        let (number, after) = text.split_at(end.map_or(text.len(), |(at, _)| at));
        *rest = after;
        number.parse().unwrap_or_else(|_| panic!("{id}: `{number}` in {data}"))
    };
    let mut command = ' ';
    while let Some(next) = rest.chars().next() {
        if next.is_ascii_alphabetic() {
            command = next;
            rest = &rest[1..];
        }
        match command {
            'M' => (x, y) = (number(&mut rest), number(&mut rest)),
            'l' => (x, y) = (x + number(&mut rest), y + number(&mut rest)),
            'h' => x += number(&mut rest),
            'v' => y += number(&mut rest),
            'z' => {}
            other => panic!("{id}: {other} in {data}"),
        }
        assert!(
            (-0.5..=width + 0.5).contains(&x) && (-0.5..=height + 0.5).contains(&y),
            "{id}: {x} {y}"
        );
    }
}

/// No text leaves the drawing or overlaps another, by the generous widths of `label`.
fn apart(id: &str, parsed: &roxmltree::Document<'_>, w: f64, h: f64) {
    let number = |node: roxmltree::Node<'_, '_>, name: &str| -> Option<f64> {
        Some(node.attribute(name)?.parse().unwrap())
    };
    let mut boxes: Vec<(f64, f64, f64, f64, String)> = Vec::new();
    for node in parsed.descendants().filter(|n| n.tag_name().name() == "text") {
        let text = node.text().unwrap().trim().to_owned();
        let size = number(node, "font-size").unwrap_or(backend::TEXT);
        let width = label::width_of(&text, size);
        let x = number(node, "x").unwrap();
        let x = match node.attribute("text-anchor") {
            Some("end") => x - width,
            Some("middle") => x - width / 2.0,
            _ => x,
        };
        let moved = node.parent().and_then(|parent| parent.attribute("transform"));
        let down =
            moved.and_then(|text| text.trim_end_matches(')').rsplit(' ').next()?.parse().ok());
        let y = number(node, "y").unwrap() + down.unwrap_or(0.0) - 0.85 * size;
        assert!(size >= 11.9, "{id}: {text} is small");
        boxes.push((x, y, x + width, y + size, text));
    }
    for (at, a) in boxes.iter().enumerate() {
        assert!(
            a.0 >= -1.0 && a.1 >= -1.0 && a.2 <= w + 1.0 && a.3 <= h + 1.0,
            "{id} leaves: {a:?}"
        );
        for b in boxes.iter().skip(at + 1) {
            let over = a.2.min(b.2) > a.0.max(b.0) && a.3.min(b.3) > a.1.max(b.1);
            assert!(!over, "{id}: {a:?} on {b:?}");
        }
    }
}

#[test]
fn values_that_are_no_numbers_are_not_drawn() {
    for odd in [f64::INFINITY, f64::NAN, f64::NEG_INFINITY] {
        let mut report = report("o", &["A"], 14);
        let mut figures = vec![&mut report.all.figures];
        figures.extend(report.all.daily.iter_mut().map(|(_, figures)| figures));
        figures.extend(report.all.weekly.iter_mut().map(|(_, figures)| figures));
        for figures in figures {
            figures.wait_p50_s = Some(odd);
            figures.wait_p90_s = Some(odd);
            figures.cancellation_rate = Some(odd);
            figures.lost_rate = Some(odd);
        }
        report.locations[0].target_minutes = odd;
        all(&report).iter().for_each(check);
    }
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
        figures.iter().for_each(check);
        assert_eq!(figures, all(&report));
    }
}

#[test]
fn each_figure_has_a_file_of_its_own() {
    let report = report("o", &["A", "B"], 300);
    let charts = overview(&report, &Shared::of(&report)).unwrap();
    let ids: Vec<&str> = charts.all().map(|figure| figure.words.id).collect();
    let unique: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "{ids:?}");
    assert!(unique.iter().all(|id| id.chars().all(|c| c.is_ascii_lowercase() || c == '-')));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_name_is_harmless(name in any::<String>()) {
        let report = report("o", &[&name], 3);
        all(&report).iter().for_each(check);
    }
}
