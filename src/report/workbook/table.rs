//! The sheet of a table.

use rust_xlsxwriter::{Worksheet, XlsxError};

use crate::metric::Table;
use crate::report::spreadsheet::write_header;

use super::cells::{Formats, Shown, note};

/// The sheet of a table.
pub(super) struct Page {
    pub(super) sheet: Worksheet,
    /// Its name.
    pub(super) name: &'static str,
    /// The file that holds the same table, and all of its rows.
    pub(super) file: &'static str,
    /// Rows of the table.
    pub(super) rows: u64,
    /// Rows in the sheet: fewer if the table is longer than a sheet.
    pub(super) written: u64,
}

/// The name of the sheet of a table.
pub(super) fn sheet_name(file: &'static str) -> &'static str {
    file.strip_suffix(".csv").unwrap_or(file)
}

/// Makes the sheet of a table, of at most so many rows: typed cells, a frozen header with a filter, and notes with definitions.
///
/// # Errors
/// What the library says.
pub(super) fn page(
    table: &Table<'_>,
    formats: &Formats,
    most_rows: usize,
) -> Result<Page, XlsxError> {
    let (name, file) = (sheet_name(table.file), table.file);
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?;
    let mut columns = Vec::new();
    for (at, (name, kind)) in (0..).zip(&table.columns) {
        write_header(&mut sheet, (0, at), (name, &note(file, name, *kind)), &formats.head)?;
        let shown = Shown::of(file, name, *kind);
        // The header has a button beside its name.
        let width = shown.width().max(name.len() + 3);
        sheet.set_column_width(at, u32::try_from(width).unwrap_or(u32::MAX))?;
        columns.push((at, shown));
    }
    let (mut rows, mut written, mut outcome) = (0, 0, Ok(()));
    table.rows(&mut |row| {
        rows += 1;
        let fits = usize::try_from(rows).is_ok_and(|rows| rows <= most_rows);
        let Ok(at) = u32::try_from(rows) else { return };
        if !fits || outcome.is_err() {
            return;
        }
        written = rows;
        outcome = row.iter().zip(&columns).try_for_each(|(cell, (column, shown))| {
            formats.write(&mut sheet, (at, *column), *cell, *shown)
        });
    });
    outcome?;
    // What a row is about stays in sight: the organization and the location.
    let named = table
        .columns
        .iter()
        .take(2)
        .filter(|(name, _)| ["organization", "location"].contains(name));
    sheet.set_freeze_panes(1, u16::try_from(named.count()).unwrap_or(0))?;
    let last = u16::try_from(columns.len()).unwrap_or(u16::MAX).saturating_sub(1);
    sheet.autofilter(0, 0, u32::try_from(written).unwrap_or(u32::MAX), last)?;
    Ok(Page { sheet, name, file, rows, written })
}
