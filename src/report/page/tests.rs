//! Names never change the structure of a page; pages show every figure once and allow nothing but their stylesheet.

use base64::prelude::{BASE64_STANDARD, Engine};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::report::chart;
use crate::report::fixture::{HOSTILE, report};

use super::*;

fn pages(report: &OrganizationReport) -> Vec<String> {
    let mut pages =
        vec![index(report, &chart::overview(report, &chart::Shared::of(report)).unwrap())];
    for place in &report.locations {
        pages.push(location(
            report,
            place,
            &chart::location(report, &chart::Shared::of(report), place).unwrap(),
        ));
    }
    pages.push(organizations(&[(report, "o-1234")]));
    pages.push(only(report, "o-1234"));
    pages
}

/// The elements and attribute names in order, as a browser would build them.
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
        assert!(page.contains("<!DOCTYPE html>") && !page.contains("{{"));
        assert!(!page.contains("<script") && !page.contains(" style="));
    }
    let charts = chart::overview(&report, &chart::Shared::of(&report)).unwrap();
    let first = index(&report, &charts);
    assert_eq!(first.matches("<figure").count(), charts.all().count());
    for figure in charts.all() {
        let description = format!("aria-label=\"{}\"", figure.description());
        assert_eq!(first.matches(&description).count(), figure.drawings.len(), "{description}");
    }
    assert!(first.contains("locations/a-"));
}

/// Each anchor leads to a section, and each section has one.
#[test]
fn anchors_lead_somewhere() {
    let many: Vec<String> = (0..40).map(|n| format!("{} {n}", ["Å", "B", "商"][n % 3])).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for report in [report("o", &["A"], 14), report("o", &many, 300), OrganizationReport::default()]
    {
        for page in pages(&report) {
            let after = |text: &str| -> Vec<String> {
                let ids = page.split(text).skip(1).filter_map(|rest| rest.split('"').next());
                ids.map(str::to_owned).collect()
            };
            let (links, ids) = (after("href=\"#"), after(" id=\""));
            let unique: std::collections::BTreeSet<&String> = ids.iter().collect();
            assert_eq!(unique.len(), ids.len(), "{ids:?}");
            for link in links {
                assert!(unique.contains(&link), "#{link}");
            }
        }
    }
}

/// Headings go down one level at a time.
#[test]
fn headings_are_in_order() {
    for page in pages(&report("o", &["A", "B"], 300)) {
        let mut before = 0;
        for level in page.split("<h").skip(1).filter_map(|rest| rest.chars().next()?.to_digit(10)) {
            assert!(level <= before + 1, "h{level} after h{before}");
            before = level;
        }
    }
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
        include_str!("findings.rs"),
        include_str!("gaps.rs"),
        include_str!("key_figures.rs"),
        include_str!("locations.rs"),
        include_str!("marks.rs"),
        include_str!("methods.rs"),
        include_str!("organizations.rs"),
        include_str!("parts.rs"),
        include_str!("quality.rs"),
        include_str!("tiles.rs"),
        include_str!("top.rs"),
        include_str!("waits_words.rs"),
        include_str!("../weeks.rs"),
    ];
    let uses: usize = sources.iter().map(|s| s.matches("PreEscaped(").count()).sum();
    assert_eq!(uses, 1);
}

#[test]
fn only_plain_ids_become_links() {
    let mut report = report("o", &["A"], 7);
    report.locations[0].id = "x\" onclick=\"y".into();
    assert!(!index(&report, &Charts::default()).contains("href=\"locations/"));
    let page = organizations(&[(&report, "javascript:x")]);
    let page = page.replace("href=\"#main\"", "");
    assert!(!page.contains("href") && page.contains(">o</bdi>"));
    let page = only(&report, "javascript:x");
    let page = page.replace("href=\"#main\"", "");
    assert!(!page.contains("href") && !page.contains("javascript:") && page.contains(">o</bdi>"));
}

/// Browsers go there by themselves, also from a disk; who has that switched off has the link.
#[test]
fn the_page_above_the_only_organization_leads_to_it() {
    let page = only(&report("o", &["A"], 7), "o-1234");
    assert!(page.contains("<meta http-equiv=\"refresh\" content=\"0; url=o-1234/index.html\">"));
    assert!(page.contains("<a href=\"o-1234/index.html\">"));
}

#[test]
fn tables_of_counters_and_files_stand_on_one_page_only() {
    let mut report = report("o", &["A"], 7);
    let file = crate::report::model::FileRow::default();
    report.files = vec![file; 50_000];
    report.quality = vec![report.quality[0].clone(); 50_000];
    assert!(index(&report, &Charts::default()).len() < 300_000);
    let page = location(&report, &report.locations[0], &Charts::default());
    assert!(page.len() < 22_500 && page.contains("index.html#quality"), "{}", page.len());
}

/// Long tables would fill pages of paper: they are left out there, and a line names the file. Weeks stand in two columns.
#[test]
fn long_tables_are_left_out_on_paper() {
    let class = |first: &str, rows: usize| {
        let row = vec![chart::Cell::Missing, chart::Cell::Missing];
        let table = chart::FigureTable {
            header: vec![first.to_owned(), "n".to_owned()],
            rows: vec![row; rows],
        };
        parts::on_paper(&table)
    };
    assert_eq!([class("date", 26), class("date", 27)], [None, Some("off")]);
    assert_eq!(class(chart::WEEK_OF, 25), Some("half k3"));
    let mut report = report("o", &["A"], 200);
    let page = |report: &OrganizationReport| {
        index(report, &chart::overview(report, &chart::Shared::of(report)).unwrap())
    };
    let short = page(&report);
    assert!(short.contains("<details class=\"off\"><summary>Data"));
    assert!(short.contains("<details class=\"half k3\"><summary>Data<span class=\"vh\">: Lost"));
    assert!(short.contains("<details><summary>Table: every file"));
    report.files = vec![crate::report::model::FileRow::default(); 27];
    let long = page(&report);
    assert!(long.contains("<details class=\"off\"><summary>Table: every file"));
    assert!(long.contains("<p class=\"note paper\">Every file: see files.csv."));
    for rule in [
        ".off,.k3 :is(th,td):is(:nth-child(4),:nth-child(5)){display:none}",
        ".half .wide{columns:2",
    ] {
        let (screen, paper) = parts::STYLE.split_once("@media print").unwrap();
        assert!(!screen.contains(rule) && paper.contains(rule));
    }
}

/// The text of the facts, apart from markup: a change is either intended or a bug.
#[test]
fn facts_of_a_report() {
    let report = report("o", &["A"], 28);
    let facts = Facts::of(&report, &report.all, None);
    let expected = include_str!("facts.json");
    let found = serde_json::to_string_pretty(&facts).unwrap() + "\n";
    assert_eq!(found, expected, "if this is meant, it is the new facts.json:\n{found}");
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
        let page = |r: &OrganizationReport| skeleton(&index(r, &Charts::default()));
        prop_assert_eq!(page(&plain), page(&odd));
    }
}

/// A row of few visits says how few; a single location is told once; types of tickets have names for people.
#[test]
fn the_table_of_locations_in_words() {
    let mut report = report("o", &["A", "B"], 28);
    let few = crate::report::model::Figures {
        tickets: 7,
        lost_rate: Some(0.3),
        within_target_rate: Some(0.0),
        offered: 7,
        ..Default::default()
    };
    report.locations[1].section.figures = few;
    let page = index(&report, &Charts::default());
    let row = |page: &str| {
        let row = page.split("/bdi></a>").nth(2).unwrap().split("</tr>").next().unwrap().to_owned();
        row.split("<td").skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let cells = row(&page);
    assert!(cells[2].contains("only 7") && cells[3].contains("only 7"), "{cells:?}");
    assert!(!cells[2].contains('–') && !cells[3].contains('–'), "{cells:?}");
    // Enough visits, and no wait is archived.
    report.locations[1].section.figures.tickets = 70;
    report.locations[1].section.figures.offered = 70;
    let cells = row(&index(&report, &Charts::default()));
    assert!(cells[2].contains("not known") && !cells[2].contains("0.0"), "{cells:?}");
    assert!(cells[3].contains("30.0\u{a0}%"), "{cells:?}");
    report.locations[1].lacks_check_ins = true;
    report.locations[1].section.daily[0].1.open = 1;
    assert!(row(&index(&report, &Charts::default()))[3].contains("not known"));
    assert!(page.contains("All 2 locations"));
    report.locations.truncate(1);
    assert!(!index(&report, &Charts::default()).contains("All 1 location"));
    let words = ["anonymous", "booking", "manual", "kiosk"].map(parts::ticket_type);
    assert_eq!(words, ["Walk-in", "Booking", "Issued by staff", "kiosk"]);
}
