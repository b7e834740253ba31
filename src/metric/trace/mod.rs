//! Where every number of every table comes from: its tickets, or the figures that it is made of.
//!
//! The values stand in the tables. What is behind them is told here from single tickets, so that both can be held against each
//! other; a test does so for every cell.

mod columns;
mod curve;
mod figures;
mod ground;
mod line;
mod made;
mod weeks;
mod words;

pub use ground::Ground;
pub use made::{Made, Part, PartWay};

use super::behind::{Behind, row_of};
use super::cell::Cell;
use super::record::Record;
use super::row::Row;

/// How a number in a row of the tables of an organization came about; `None` for a column that holds none, and for the tables
/// of records (`data_quality.csv`, `files.csv`).
#[must_use]
pub fn trace(ground: &Ground<'_>, record: &Record, column: &str) -> Option<Made> {
    let formula = words::formula(record.file, column);
    if let Some(recipe) = columns::recipe(record, column) {
        let picked = ground.behind(record)?;
        let tickets = picked.iter().filter_map(|at| ground.tickets.get(*at));
        let rows: Vec<Row> = tickets.map(row_of).collect();
        let value = number(record.get(column)?);
        let behind = Behind::by(recipe, value, &rows, ground.rules);
        return Some(Made::of(behind, &picked, formula));
    }
    let made = match record.file {
        "hourly.csv" | "hours.csv" => line::line(ground, record, column),
        "curves.csv" => curve::curve(ground, record, column),
        _ => figures::figure(ground, record, column),
    };
    made.map(|made| Made { formula: formula.to_owned(), ..made })
}

/// How a column is computed, in words; empty for one that holds no number.
#[must_use]
pub fn formula(file: &str, column: &str) -> &'static str {
    words::formula(file, column)
}

/// A value that is no text.
fn number(cell: Cell<'_>) -> Cell<'static> {
    match cell {
        Cell::Text(_) | Cell::Missing => Cell::Missing,
        Cell::Date(date) => Cell::Date(date),
        Cell::Count(count) => Cell::Count(count),
        Cell::Whole(number) => Cell::Whole(number),
        Cell::Number(number) => Cell::Number(number),
        Cell::Seconds(seconds) => Cell::Seconds(seconds),
        Cell::Truth(holds) => Cell::Truth(holds),
    }
}
