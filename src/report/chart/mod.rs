//! Figures as SVG text: five for the whole organization, the same five for each location.
//!
//! Drawn with plotters' SVG backend at ten times the printed size, because its coordinates are integers. Each file
//! below keeps the shape of the data (`rows`, `series`) apart from the pixels (`draw`), so that the numbers are tested
//! as numbers. The title states the finding; the subtitle states the measure, its unit and n. Unknown values are gaps.

mod axis;
mod bars;
mod canvas;
mod figure;
mod heat;
mod label;
mod lost;
mod palette;
mod ratings;
mod rows;
mod time;
mod wait;

pub use canvas::ChartError;
pub use figure::{Cell, Figure, FigureTable, duration, percent};

use super::model::{LocationReport, OrganizationReport};
use rows::Scope;

/// The figures of the overview.
///
/// # Errors
/// [`ChartError`] if the backend cannot draw one.
pub fn overview(report: &OrganizationReport) -> Result<Vec<Figure>, ChartError> {
    figures(&Scope::overview(report))
}

/// The figures of one location.
///
/// # Errors
/// As [`overview`].
pub fn location(
    report: &OrganizationReport,
    location: &LocationReport,
) -> Result<Vec<Figure>, ChartError> {
    figures(&Scope::location(report, location))
}

fn figures(scope: &Scope<'_>) -> Result<Vec<Figure>, ChartError> {
    Ok(vec![
        wait::figure(scope)?,
        ratings::figure(scope)?,
        lost::figure(scope)?,
        time::figure(scope)?,
        heat::figure(scope)?,
    ])
}

#[cfg(test)]
mod tests;
