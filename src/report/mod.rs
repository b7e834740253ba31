//! Renders reports as CSV, charts and pages, and publishes them.
//!
//! Renderers take plain values and return bytes; only [`publish`] touches the file system.

pub mod changed;
pub mod chart;
pub mod csv;
pub mod csv_rows;
pub mod dialect;
pub mod difference;
pub mod export;
#[cfg(test)]
pub(crate) mod fixture;
pub mod mask;
pub mod model;
pub mod page;
pub mod parquet;
pub mod png;
pub mod publish;
pub mod published;
pub mod render;
mod spreadsheet;
pub mod text;
pub mod unbroken;
pub mod weeks;
pub mod workbook;
