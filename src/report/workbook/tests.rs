//! The bytes of a workbook, hostile names, and tables that are longer than a sheet.

use std::io::{Cursor, Read};

use roxmltree::{Document, Node};

use super::*;
use crate::calendar::WeekStart;
use crate::metric::{Cell, Kind, LocationSection, Section};
use crate::report::fixture::{HOSTILE, figures};
use crate::report::text::one_line;

/// A part of a workbook, as text.
fn part(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The texts that cells refer to.
fn texts(workbook: &[u8]) -> Vec<String> {
    let xml = part(workbook, "xl/sharedStrings.xml");
    let xml = Document::parse(&xml).unwrap();
    let all = xml.root_element().children().filter(|node| node.has_tag_name("si"));
    let text = |node: Node<'_, '_>| {
        let texts = node.descendants().filter(Node::is_text);
        texts.filter_map(|node| node.text()).collect()
    };
    all.map(text).collect()
}

fn table(rows: u64) -> Table<'static> {
    Table::new("wait_histogram.csv", vec![("minute", Kind::Count)], move |sink| {
        (0..rows).for_each(|minute| sink(&[Cell::Count(minute)]));
    })
}

fn sections(names: &[&str]) -> Sections {
    let section = Section { figures: figures(100), ..Section::default() };
    let location = |name: &&str| LocationSection {
        name: (*name).to_owned(),
        id: "x".to_owned(),
        last_whole: None,
        section: section.clone(),
    };
    Sections {
        organization: "Nordhem".to_owned(),
        locations: names.iter().map(location).collect(),
        all: section.clone(),
        last_whole: None,
        window: (None, None),
        dates: None,
        tickets: 100,
        groups: Vec::new(),
        funnel: Vec::new(),
        week_starts_on: WeekStart::default(),
    }
}

#[test]
fn a_table_longer_than_a_sheet_is_cut_and_the_cover_says_so() {
    let sections = sections(&["A"]);
    let made = |rows, most| cut_to(&About::default(), &sections, &[table(rows)], most).unwrap();
    let says = |workbook: &[u8]| {
        let of = "Only its first 3 rows stand here, as many as a sheet holds: wait_histogram.csv has all of them.";
        texts(workbook).iter().any(|text| text.ends_with(of))
    };
    for (rows, cut) in [(5, true), (4, true), (3, false), (0, false)] {
        let workbook = made(rows, 3);
        let xml = part(&workbook, "xl/worksheets/sheet3.xml");
        let xml = Document::parse(&xml).unwrap();
        let written = xml.descendants().filter(|node| node.has_tag_name("row")).count() as u64;
        assert_eq!((written, says(&workbook)), (1 + rows.min(3), cut), "{rows}");
        // The cover tells all of them.
        let cover = part(&workbook, "xl/worksheets/sheet1.xml");
        assert!(cover.contains(&format!("<v>{rows}</v>")), "{rows}");
    }
}

#[test]
fn the_same_tables_give_the_same_bytes_at_any_time() {
    let sections = sections(&["A", "B"]);
    let workbook = to_workbook(&About::default(), &sections, &[table(40), table(0)]);
    // Two sheets of one name are refused.
    assert!(workbook.is_err());
    let made = || to_workbook(&About::default(), &sections, &[table(40)]).unwrap();
    let workbook = made();
    assert!(workbook == made());
    let mut archive = zip::ZipArchive::new(Cursor::new(&workbook)).unwrap();
    for at in 0..archive.len() {
        let entry = archive.by_index(at).unwrap();
        assert_eq!(entry.last_modified().map(|at| at.year()), Some(1980), "{at}");
    }
    assert!(part(&workbook, "docProps/core.xml").contains("2000-01-01T00:00:00Z"));
}

#[test]
fn hostile_names_are_texts() {
    let workbook = to_workbook(&About::default(), &sections(&HOSTILE), &[table(1)]).unwrap();
    let texts = texts(&workbook);
    for name in HOSTILE {
        // What XML cannot hold is written in the words of the format.
        let written = one_line(name).replace('\u{fffe}', "_xFFFE_");
        assert!(texts.contains(&written), "{name:?}");
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(&workbook)).unwrap();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        let xml = Document::parse(&text).unwrap();
        let sheet = entry.name().unwrap().starts_with("xl/worksheets/");
        let is_live =
            |node: Node<'_, '_>| sheet && ["f", "hyperlink"].contains(&node.tag_name().name());
        assert!(!xml.descendants().any(is_live), "{at}");
    }
}
