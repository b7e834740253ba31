//! The summary: the key figures of each location, and charts.

use rust_xlsxwriter::{Worksheet, XlsxError};

use crate::metric::{
    Cell, FEW, FEW_FOR_P90, Figures, Kind, LocationSection, Section, Sections, Table,
};
use crate::report::spreadsheet::{write_header, write_text};

use super::cells::{Formats, Shown, note};
use super::charts::{self, HEIGHT, MOST, Weeks};
use super::cover::SUMMARY;

/// The table whose columns are shown.
const FILE: &str = "locations.csv";
/// The row of the header.
const HEAD: u32 = 4;
/// Pixels of a row.
const ROW: u32 = 20;

/// A column: its name here and in the table, and its value with what it rests on.
struct Column {
    name: &'static str,
    of: &'static str,
    kind: Kind,
    value: fn(&Section) -> (Cell<'static>, u64),
    least: u64,
}

/// A column that rests on at least so many values.
const fn column(
    name: &'static str,
    (of, kind): (&'static str, Kind),
    value: fn(&Section) -> (Cell<'static>, u64),
    least: u64,
) -> Column {
    Column { name, of, kind, value, least }
}

/// The columns behind the name of the location.
const COLUMNS: [Column; 8] = [
    column("Tickets", ("tickets", Kind::Count), |s| (Cell::Count(s.figures.tickets), 0), 0),
    column(
        "Lost visits",
        ("lost_rate", Kind::Share),
        |s| (Cell::number(s.figures.lost_rate), s.figures.closed()),
        FEW,
    ),
    column("Waits", ("waits", Kind::Count), |s| (Cell::Count(s.figures.waits), 0), 0),
    column(
        "Median wait",
        ("wait_p50_s", Kind::Seconds),
        |s| of_waits(&s.figures, s.figures.wait_p50_s),
        FEW,
    ),
    column(
        "90 % waited at most",
        ("wait_p90_s", Kind::Seconds),
        |s| of_waits(&s.figures, s.figures.wait_p90_s),
        FEW_FOR_P90,
    ),
    column(
        "Served within target",
        ("within_target_rate", Kind::Share),
        |s| (Cell::number(s.figures.within_target_rate), s.figures.offered),
        FEW,
    ),
    column("Ratings", ("ratings", Kind::Count), |s| (Cell::count(s.figures.ratings), 0), 0),
    column(
        "Satisfied",
        ("csat", Kind::Share),
        |s| (Cell::number(s.figures.csat), s.figures.rated()),
        FEW,
    ),
];

/// The column of the median wait.
const MEDIAN: u16 = 4;

fn of_waits(figures: &Figures, value: Option<f64>) -> (Cell<'static>, u64) {
    (Cell::number(value), figures.waits)
}

/// Makes the summary of an organization; the charts of weeks show the sheet of `totals.csv`.
///
/// # Errors
/// What the library says.
pub(super) fn summary(
    sections: &Sections,
    tables: &[Table<'_>],
    formats: &Formats,
) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(SUMMARY)?;
    write_text(&mut sheet, (0, 0), &sections.organization, Some(&formats.title))?;
    let few = format!(
        "Shares and medians are shown from {FEW} values on, the 90th percentile from {FEW_FOR_P90}. The sheet `locations` has all of them."
    );
    write_text(&mut sheet, (1, 0), &few, None)?;
    if sections.locations.len() > MOST {
        let words = format!("A chart of the waits is drawn for up to {MOST} locations.");
        write_text(&mut sheet, (2, 0), &words, None)?;
    }
    write_header(&mut sheet, (HEAD, 0), ("Location", "Name of the location."), &formats.head)?;
    let longest = sections.locations.iter().map(|location| location.name.chars().count()).max();
    let width = longest.unwrap_or(0).clamp(14, 60) + 2;
    sheet.set_column_width(0, u32::try_from(width).unwrap_or(0))?;
    for (at, column) in (1..).zip(&COLUMNS) {
        let words = format!(
            "{}\nColumn {} of the sheet `locations`.",
            note(FILE, column.of, column.kind),
            column.of
        );
        write_header(&mut sheet, (HEAD, at), (column.name, &words), &formats.head)?;
        sheet.set_column_width(at, u32::try_from(column.name.len() + 4).unwrap_or(0))?;
    }
    let mut row = HEAD;
    for LocationSection { name, section, .. } in &sections.locations {
        row += 1;
        write_text(&mut sheet, (row, 0), name, None)?;
        figures(&mut sheet, row, section, formats)?;
    }
    sheet.autofilter(HEAD, 0, row, u16::try_from(COLUMNS.len()).unwrap_or(0))?;
    // Apart from the filter, so that it is not sorted among the locations.
    write_text(&mut sheet, (row + 2, 0), "All locations", Some(&formats.head))?;
    figures(&mut sheet, row + 2, &sections.all, formats)?;
    sheet.set_freeze_panes(HEAD + 1, 1)?;
    let locations = (HEAD + 1, row);
    let totals = tables.iter().find(|table| table.file == "totals.csv");
    insert_charts(&mut sheet, sections, locations, totals.and_then(Weeks::of))?;
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    Ok(sheet)
}

/// Writes the figures of a row.
fn figures(
    sheet: &mut Worksheet,
    row: u32,
    section: &Section,
    formats: &Formats,
) -> Result<(), XlsxError> {
    for (at, column) in (1..).zip(&COLUMNS) {
        let (cell, n) = (column.value)(section);
        if n >= column.least {
            let shown = Shown::of(FILE, column.of, column.kind);
            formats.write(sheet, (row, at), cell, shown)?;
        }
    }
    Ok(())
}

/// Puts the charts beside the table, one below the other.
fn insert_charts(
    sheet: &mut Worksheet,
    sections: &Sections,
    rows: (u32, u32),
    weeks: Option<Weeks>,
) -> Result<(), XlsxError> {
    let column = u16::try_from(COLUMNS.len() + 2).unwrap_or(u16::MAX);
    let mut row = HEAD;
    if let Some(weeks) = weeks {
        for chart in [weeks.tickets(), weeks.lost()] {
            sheet.insert_chart(row, column, &chart)?;
            row += HEIGHT / ROW + 1;
        }
    }
    let shown = sections.locations.iter().filter(|one| one.section.figures.waits >= FEW);
    let longest = shown.filter_map(|one| one.section.figures.wait_p50_s).reduce(f64::max);
    if let Some(longest) = longest
        && sections.locations.len() <= MOST
    {
        let chart = charts::waits(SUMMARY, rows, (0, MEDIAN), longest);
        sheet.insert_chart(row, column, &chart)?;
    }
    Ok(())
}
