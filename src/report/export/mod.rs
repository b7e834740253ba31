//! Single tickets as files for other programs: CSV, JSON lines, Parquet, Arrow, workbooks.
//!
//! All of them have the same columns in the same order. There is nothing personal among them: no name, no number, no text of a
//! visitor. Comments are the exception: they are written only for whoever asks for them, and masked before they get here.

mod column;
mod frame;
mod row;
mod sheet;
mod text;
mod workbook;

pub use column::{COLUMNS, Column, Kind, Value, What};
pub use frame::{to_arrow, to_parquet};
pub use row::Row;
pub use sheet::Sheet;
pub use text::{to_csv, to_json_lines};
pub use workbook::{MOST_ROWS, to_workbook};
