//! Pages are the same whatever the names are, hold every figure once, and allow nothing but their stylesheet.

use base64::prelude::{BASE64_STANDARD, Engine};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::report::chart;
use crate::report::fixture::{HOSTILE, report};

use super::*;

fn pages(report: &OrganizationReport) -> Vec<String> {
    let mut pages = vec![index(report, &chart::overview(report).unwrap())];
    for place in &report.locations {
        pages.push(location(report, place, &chart::location(report, place).unwrap()));
    }
    pages.push(organizations([(report, "o-1234")].into_iter()));
    pages
}

/// Elements and attribute names in order: what a browser would build.
fn skeleton(page: &str) -> Vec<String> {
    let mut tags = Vec::new();
    for piece in page.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').expect("every tag is closed");
        let mut quoted = false;
        let outside: String = tag
            .chars()
            .filter(|c| {
                if *c == '"' {
                    quoted = !quoted;
                }
                !quoted && *c != '"'
            })
            .collect();
        assert!(!quoted, "{tag}");
        tags.push(outside);
    }
    tags
}

#[test]
fn hostile_names_change_no_element() {
    let benign: Vec<&str> = vec!["name"; HOSTILE.len()];
    let plain = pages(&report("o", &benign, 14));
    let hostile = pages(&report("<img src=x onerror=y>", &HOSTILE, 14));
    for (a, b) in plain.iter().zip(&hostile) {
        assert_eq!(skeleton(a), skeleton(b));
        assert!(!b.contains("<script") && !b.contains("onerror=y>\""));
    }
}

#[test]
fn each_figure_once_and_nothing_left_open() {
    let report = report("o", &["A"], 14);
    for page in pages(&report) {
        for id in ["wait", "ratings", "lost", "time", "hours"] {
            let n = page.matches(&format!("-{id}-title\">")).count();
            assert!(n <= 1, "{id} {n}");
        }
        assert!(page.contains("<!DOCTYPE html>") && !page.contains("{{"));
        assert!(!page.contains("<script") && !page.contains(" style="));
    }
    let first = &pages(&report)[0];
    assert_eq!(first.matches("<figure>").count(), 5);
    assert!(first.contains("locations/a-"));
}

#[test]
fn the_policy_allows_this_stylesheet_only() {
    let hash = BASE64_STANDARD.encode(Sha256::digest(parts::STYLE.as_bytes()));
    assert!(
        parts::POLICY.contains(&format!("'sha256-{hash}'")),
        "put this hash into POLICY: {hash}"
    );
}

#[test]
fn markup_passes_unescaped_in_one_place() {
    let sources = [
        include_str!("mod.rs"),
        include_str!("facts.rs"),
        include_str!("methods.rs"),
        include_str!("parts.rs"),
    ];
    let uses: usize = sources.iter().map(|s| s.matches("PreEscaped(").count()).sum();
    assert_eq!(uses, 1);
}

#[test]
fn an_empty_report_is_a_page() {
    let page = &pages(&OrganizationReport::default())[0];
    assert!(page.contains("There is no ticket in this window."));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn any_name_changes_no_element(name in any::<String>()) {
        let plain = report("o", &["name"], 7);
        let odd = report("o", &[&name], 7);
        let page = |r: &OrganizationReport| skeleton(&index(r, &[]));
        prop_assert_eq!(page(&plain), page(&odd));
    }
}
