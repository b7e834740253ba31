//! The tables of an organization as a workbook for spreadsheets: a cover, a summary with charts, and a sheet for each table.

mod about;
mod cells;
mod charts;
mod cover;
mod error;
mod summary;
mod table;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rust_xlsxwriter::XlsxError;

use crate::metric::{Sections, Table};

use super::spreadsheet::{MOST_ROWS, workbook};

pub use about::About;
pub use error::WorkbookError;

use cells::Formats;
use table::{Page, page};

/// Renders a workbook: numbers, dates, durations and truths as such, not rounded, and texts as archived, never as formulas. The
/// same tables give the same bytes. A table that is longer than a sheet is cut, and the cover says so.
///
/// # Errors
/// [`WorkbookError`] with what the library says.
pub fn to_workbook(
    about: &About,
    sections: &Sections,
    tables: &[Table<'_>],
) -> Result<Vec<u8>, WorkbookError> {
    Ok(cut_to(about, sections, tables, MOST_ROWS)?)
}

fn cut_to(
    about: &About,
    sections: &Sections,
    tables: &[Table<'_>],
    most_rows: usize,
) -> Result<Vec<u8>, XlsxError> {
    let formats = Formats::new();
    let pages = tables
        .par_iter()
        .map(|table| page(table, &formats, most_rows))
        .collect::<Result<Vec<Page>, XlsxError>>()?;
    let mut workbook = workbook()?;
    workbook.push_worksheet(cover::cover(about, &pages, &formats)?);
    workbook.push_worksheet(summary::summary(sections, tables, &formats)?);
    for page in pages {
        workbook.push_worksheet(page.sheet);
    }
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests;
