//! A workbook with one sheet, with typed cells.

use rust_xlsxwriter::{Format, XlsxError};

use crate::report::spreadsheet::{DATE, number_of, workbook, write_date, write_header, write_text};

use super::column::{Kind, Value};
use super::sheet::Sheet;

pub use crate::report::spreadsheet::MOST_ROWS;

/// Renders a workbook: dates and instants (UTC) as such, numbers as numbers, a frozen header with a filter, and the meaning
/// of each column as a note. The sheet must have at most [`MOST_ROWS`] rows.
///
/// # Errors
/// What the library says; with too many rows too.
pub fn to_workbook(sheet: &Sheet<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = workbook()?;
    let date = Format::new().set_num_format(DATE);
    let instant = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss.000");
    let bold = Format::new().set_bold();
    let page = workbook.add_worksheet();
    page.set_name(sheet.what.name())?;
    for (at, column) in (0..).zip(&sheet.columns) {
        write_header(page, (0, at), (column.name, column.meaning), &bold)?;
        page.set_column_width(at, width(column.kind))?;
    }
    let mut height = 0;
    for (row, at) in sheet.rows().zip(1..) {
        height = at;
        for (column, of) in (0..).zip(&sheet.columns) {
            let cell = (at, column);
            match (of.of)(row) {
                Value::Missing => {}
                Value::Text(text) => write_text(page, cell, text, None)?,
                Value::Id(id) => write_text(page, cell, id.as_str(), None)?,
                Value::Date(day) => write_date(page, cell, day, &date)?,
                Value::Instant(ms) => {
                    page.write_number_with_format(at, column, number_of(ms), &instant)?;
                }
                Value::Count(count) => page.write_number(at, column, count).map(|_| ())?,
                Value::Truth(holds) => page.write_boolean(at, column, holds).map(|_| ())?,
            }
        }
    }
    page.set_freeze_panes(1, 2)?;
    let last = u16::try_from(sheet.columns.len()).unwrap_or(u16::MAX).saturating_sub(1);
    page.autofilter(0, 0, height, last)?;
    workbook.save_to_buffer()
}

const fn width(kind: Kind) -> f64 {
    match kind {
        Kind::Id => 38.0,
        Kind::Text => 18.0,
        Kind::Instant => 24.0,
        Kind::Date => 12.0,
        Kind::Count | Kind::Seconds | Kind::Truth => 11.0,
    }
}
