//! A workbook with one sheet, with typed cells.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::column::{Kind, Value};
use super::sheet::Sheet;

/// Rows that a sheet holds below its header.
pub const MOST_ROWS: usize = 1_048_575;
/// Characters that a cell holds.
const LONGEST: usize = 32_767;
/// The number of 1970-01-01 in a workbook, which counts days.
const DAY_1970: f64 = 25_569.0;

/// Renders a workbook: dates and instants (UTC) as such, numbers as numbers, a frozen header with a filter, and the meaning
/// of each column as a note. The sheet must have at most [`MOST_ROWS`] rows.
///
/// # Errors
/// What the library says; with too many rows too.
pub fn to_workbook(sheet: &Sheet<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The same tickets give the same bytes.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let instant = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss.000");
    let bold = Format::new().set_bold();
    let page = workbook.add_worksheet();
    page.set_name(sheet.what.name())?;
    for (at, column) in (0..).zip(&sheet.columns) {
        page.write_string_with_format(0, at, column.name, &bold)?;
        let note = rust_xlsxwriter::Note::new(column.meaning).set_author("queuestat");
        page.insert_note(0, at, &note)?;
        page.set_column_width(at, width(column.kind))?;
    }
    let mut height = 0;
    for (row, at) in sheet.rows().zip(1..) {
        height = at;
        for (column, of) in (0..).zip(&sheet.columns) {
            let cell = (at, column);
            match (of.of)(row) {
                Value::Missing => {}
                Value::Text(text) => write_text(page, cell, text)?,
                Value::Id(id) => write_text(page, cell, id.as_str())?,
                Value::Date(day) => {
                    let number = f64::from(day.to_epoch_days()) + DAY_1970;
                    page.write_number_with_format(at, column, number, &date)?;
                }
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

/// The number of an instant (UTC milliseconds) in a workbook.
fn number_of(ms: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "below 2^53 for a hundred thousand years")]
    let days = ms as f64 / 86_400_000.0;
    days + DAY_1970
}

/// Writes a text as such: it is never a formula.
fn write_text(
    page: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
) -> Result<(), XlsxError> {
    let end = text.char_indices().nth(LONGEST).map_or(text.len(), |(end, _)| end);
    page.write_string(row, column, text.get(..end).unwrap_or_default()).map(|_| ())
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
