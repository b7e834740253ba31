//! Renders a table as CSV: UTF-8, LF, header first.
//!
//! Text is always quoted and made inert for spreadsheets, numbers never are. A missing value is an empty cell, never a
//! zero: an empty cell without quotes, so that it differs from an empty text.

use std::fmt::Write;

use crate::dataframe::column::Kind;
use crate::metric::{MetricError, Table};

use super::text::csv_cell;

/// The CSV file of a table.
///
/// # Errors
/// [`MetricError::Column`] if a column has another type than its kind says.
pub fn to_csv(table: &Table) -> Result<Vec<u8>, MetricError> {
    let mut columns = Vec::with_capacity(table.columns.len());
    for (name, kind) in &table.columns {
        columns.push(cells(table, name, *kind)?.into_iter());
    }
    let header: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let mut csv = header.join(",");
    csv.push('\n');
    for _ in 0..table.height() {
        for (at, column) in columns.iter_mut().enumerate() {
            if at > 0 {
                csv.push(',');
            }
            csv.push_str(&column.next().unwrap_or_default());
        }
        csv.push('\n');
    }
    Ok(csv.into_bytes())
}

fn cells(table: &Table, name: &'static str, kind: Kind) -> Result<Vec<String>, MetricError> {
    let decimals = |places: usize| -> Result<Vec<String>, MetricError> {
        let fixed = |value: f64| {
            let mut cell = String::new();
            // Writing to a String cannot fail.
            let _written = write!(cell, "{value:.places$}");
            cell
        };
        Ok(table.numbers(name)?.into_iter().map(|v| v.map_or_else(String::new, fixed)).collect())
    };
    match kind {
        Kind::Text => Ok(table
            .texts(name)?
            .into_iter()
            .map(|text| text.map_or_else(String::new, |text| csv_cell(&text)))
            .collect()),
        Kind::Count => Ok(table
            .counts(name)?
            .into_iter()
            .map(|n| n.map_or_else(String::new, |n| n.to_string()))
            .collect()),
        Kind::Rate => decimals(4),
        Kind::Seconds => decimals(2),
    }
}
