//! Reads a workbook back from its XML, without the library that wrote it.

#![expect(clippy::panic, reason = "a failed expectation of a test is a panic")]

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use roxmltree::{Document, Node};

/// A cell by its row and column, both from 0.
pub(crate) type Place = (usize, usize);

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Held {
    Text(String),
    /// A number, and the format that it is shown in.
    Number(f64, String),
    Truth(bool),
}

/// A sheet of a workbook.
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) cells: BTreeMap<Place, Held>,
    pub(crate) notes: BTreeMap<Place, String>,
    pub(crate) frozen_rows: usize,
    /// First and last cell of the filter.
    pub(crate) filter: Option<(Place, Place)>,
    /// Columns with a width of their own.
    pub(crate) widths: usize,
}

/// Cells of a column that a chart shows.
pub(crate) struct Range {
    pub(crate) sheet: String,
    pub(crate) rows: (usize, usize),
    pub(crate) column: usize,
}

/// A chart: the cells that it shows, and what it holds of them itself, by their place in the range.
pub(crate) struct Chart {
    pub(crate) ranges: Vec<(Range, BTreeMap<usize, String>)>,
}

/// A workbook.
pub(crate) struct Book {
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) charts: Vec<Chart>,
}

impl Sheet {
    /// The text of a cell; empty if it holds none.
    pub(crate) fn text(&self, place: Place) -> &str {
        match self.cells.get(&place) {
            Some(Held::Text(text)) => text,
            _ => "",
        }
    }

    /// Rows, the header among them.
    pub(crate) fn height(&self) -> usize {
        self.cells.keys().map(|(row, _)| row + 1).max().unwrap_or(0)
    }
}

impl Book {
    /// Reads a workbook.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let parts = parts(bytes);
        let xml = |name: &str| Document::parse(&parts[name]).unwrap();
        let shared = xml("xl/sharedStrings.xml");
        let shared = children(shared.root_element(), "si");
        let shared: Vec<String> = shared.map(text_in).collect();
        let formats = formats(&xml("xl/styles.xml"));
        let targets = targets(&parts, "xl/_rels/workbook.xml.rels");
        let mut sheets = Vec::new();
        for sheet in named(&xml("xl/workbook.xml"), "sheet") {
            let id = sheet.attributes().find(|one| one.name() == "id" && one.namespace().is_some());
            let part = format!("xl/{}", targets[id.unwrap().value()]);
            let mut read = sheet_of(&xml(&part), &shared, &formats);
            read.name = sheet.attribute("name").unwrap().to_owned();
            let file = part.rsplit('/').next().unwrap();
            let beside = format!("xl/worksheets/_rels/{file}.rels");
            for target in targets_if_any(&parts, &beside).into_values() {
                if let Some(comments) =
                    target.strip_prefix("../").filter(|name| name.starts_with("comments"))
                {
                    let xml = xml(&format!("xl/{comments}"));
                    let notes = named(&xml, "comment");
                    read.notes = notes
                        .map(|note| (place(note.attribute("ref").unwrap()), text_in(note)))
                        .collect();
                }
            }
            sheets.push(read);
        }
        let charts = parts.keys().filter(|name| name.starts_with("xl/charts/chart"));
        Self { sheets, charts: charts.map(|name| chart(&xml(name))).collect() }
    }

    /// The sheet of a name.
    pub(crate) fn sheet(&self, name: &str) -> &Sheet {
        self.sheets.iter().find(|sheet| sheet.name == name).unwrap_or_else(|| panic!("{name}"))
    }
}

/// Every part of a workbook, by name.
fn parts(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let read = |name: String| {
        let mut text = String::new();
        archive.by_name(&name).unwrap().read_to_string(&mut text).unwrap();
        (name, text)
    };
    names.into_iter().map(read).collect()
}

fn named<'d, 'i>(xml: &'d Document<'i>, name: &'static str) -> impl Iterator<Item = Node<'d, 'i>> {
    xml.descendants().filter(move |node| node.tag_name().name() == name)
}

fn children<'d, 'i>(node: Node<'d, 'i>, name: &'static str) -> impl Iterator<Item = Node<'d, 'i>> {
    node.children().filter(move |node| node.tag_name().name() == name)
}

fn text_in(node: Node<'_, '_>) -> String {
    let texts = node.descendants().filter(|node| node.tag_name().name() == "t");
    texts.filter_map(|node| node.text()).collect()
}

/// What a part refers to, by id.
fn targets(parts: &BTreeMap<String, String>, name: &str) -> BTreeMap<String, String> {
    let xml = Document::parse(&parts[name]).unwrap();
    let of = |node: Node<'_, '_>, name: &str| node.attribute(name).unwrap().to_owned();
    named(&xml, "Relationship").map(|node| (of(node, "Id"), of(node, "Target"))).collect()
}

fn targets_if_any(parts: &BTreeMap<String, String>, name: &str) -> BTreeMap<String, String> {
    if parts.contains_key(name) { targets(parts, name) } else { BTreeMap::new() }
}

/// The number format of each style of cells.
fn formats(styles: &Document<'_>) -> Vec<String> {
    let own: BTreeMap<&str, &str> = named(styles, "numFmt")
        .map(|node| (node.attribute("numFmtId").unwrap(), node.attribute("formatCode").unwrap()))
        .collect();
    let code = |id: &str| match id {
        "0" => "General",
        "2" => "0.00",
        "3" => "#,##0",
        "46" => "[h]:mm:ss",
        id => own[id],
    };
    let cells = named(styles, "cellXfs").next().unwrap();
    children(cells, "xf").map(|node| code(node.attribute("numFmtId").unwrap()).to_owned()).collect()
}

/// `AB12` as row and column from 0, with `$` or without.
fn place(text: &str) -> Place {
    let (mut row, mut column) = (0, 0);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' => column = column * 26 + usize::from(byte - b'A') + 1,
            b'0'..=b'9' => row = row * 10 + usize::from(byte - b'0'),
            b'$' => {}
            _ => panic!("{text}"),
        }
    }
    (row - 1, column - 1)
}

fn sheet_of(xml: &Document<'_>, shared: &[String], formats: &[String]) -> Sheet {
    let held = |node: Node<'_, '_>| {
        assert!(children(node, "f").next().is_none(), "a formula");
        let value = children(node, "v").next()?.text()?;
        let style = node.attribute("s").map_or(0, |style| style.parse::<usize>().unwrap());
        Some(match node.attribute("t") {
            Some("s") => Held::Text(shared[value.parse::<usize>().unwrap()].clone()),
            Some("b") => Held::Truth(value == "1"),
            None | Some("n") => Held::Number(value.parse().unwrap(), formats[style].clone()),
            Some(other) => panic!("{other}"),
        })
    };
    let cells = named(xml, "c").filter_map(|node| Some((place(node.attribute("r")?), held(node)?)));
    let pane = named(xml, "pane").find(|node| node.attribute("state") == Some("frozen"));
    let filter = named(xml, "autoFilter").next().map(|node| {
        let (first, last) = node.attribute("ref").unwrap().split_once(':').unwrap();
        (place(first), place(last))
    });
    let number = |node: Node<'_, '_>, name: &str| {
        node.attribute(name).map_or(0, |text| text.parse::<usize>().unwrap())
    };
    assert!(named(xml, "hyperlink").next().is_none(), "a link");
    Sheet {
        name: String::new(),
        cells: cells.collect(),
        notes: BTreeMap::new(),
        frozen_rows: pane.map_or(0, |node| number(node, "ySplit")),
        filter,
        widths: named(xml, "col").map(|node| number(node, "max") + 1 - number(node, "min")).sum(),
    }
}

fn chart(xml: &Document<'_>) -> Chart {
    let mut ranges = Vec::new();
    for node in named(xml, "f") {
        let Some((sheet, cells)) = node.text().unwrap().split_once('!') else { continue };
        let (first, last) = cells.split_once(':').unwrap_or((cells, cells));
        let (first, last) = (place(first), place(last));
        assert_eq!(first.1, last.1);
        let range = Range { sheet: sheet.to_owned(), rows: (first.0, last.0), column: first.1 };
        let cached =
            node.parent().unwrap().descendants().filter(|node| node.tag_name().name() == "pt");
        let point = |node: Node<'_, '_>| {
            let at = node.attribute("idx").unwrap().parse().unwrap();
            (at, children(node, "v").next().unwrap().text().unwrap().to_owned())
        };
        ranges.push((range, cached.map(point).filter(|(_, text)| !text.is_empty()).collect()));
    }
    Chart { ranges }
}
