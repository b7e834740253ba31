//! Figures: drawn once with plotters, for the pages as SVG inside them, and as documents of their own.
//!
//! The unit is a drawing 340 pixels wide: three of them stand side by side on a desk, one on a phone. What needs more room
//! has a drawing of its own for phones. Each file below keeps the numbers (tested as numbers) apart from the pixels. The
//! title states the finding; the subtitle states measure, unit, period and n. Unknown values are gaps.

mod axis;
mod backend;
mod bars;
mod canvas;
mod causes;
mod compared;
mod days;
mod figure;
mod funnel;
mod hours;
mod label;
mod lead;
mod outcome;
mod over_time;
mod palette;
mod panel;
mod panel_drawing;
mod ratings;
mod scale;
mod scope;
mod sizes;
mod spots;
mod waits;
mod week;
mod when;
mod writing;

pub use bars::rounded;
pub use canvas::ChartError;
pub use compared::Shared;
pub use figure::{Cell, Drawing, Figure, FigureTable, Screen, Words, duration, percent};
pub use panel::WEEK_OF;

pub use over_time::CARD_HEIGHT;

use super::model::{LocationReport, OrganizationReport};
use scope::Scope;

/// The figures of a page, by its sections.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Charts {
    /// The weeks of what changed, in the order of `report::changed`, a drawing each.
    pub changes: Vec<Drawing>,
    /// A location among all: funnels.
    pub place: Vec<Figure>,
    /// Weeks and their limits.
    pub weeks: Vec<Figure>,
    /// Tickets a day.
    pub days: Vec<Figure>,
    /// By weekday and hour.
    pub when: Vec<Figure>,
    /// Waits.
    pub waiting: Vec<Figure>,
    /// Ratings.
    pub ratings: Vec<Figure>,
    /// Lost visits by cause, over time.
    pub causes: Vec<Figure>,
    /// Lost bookings by lead time.
    pub lead: Vec<Figure>,
}

impl Charts {
    /// All figures, in the order of the page.
    pub fn all(&self) -> impl Iterator<Item = &Figure> {
        let Self { changes: _, place, weeks, days, when, waiting, ratings, causes, lead } = self;
        [place, weeks, days, when, waiting, ratings, causes, lead].into_iter().flatten()
    }
}

/// The figures of the overview; `shared` is that of the report.
///
/// # Errors
/// [`ChartError`] if the backend cannot draw one.
pub fn overview(report: &OrganizationReport, shared: &Shared<'_>) -> Result<Charts, ChartError> {
    charts(&Scope::overview(report), shared)
}

/// The figures of one location; `shared` is that of the report.
///
/// # Errors
/// As [`overview`].
pub fn location(
    report: &OrganizationReport,
    shared: &Shared<'_>,
    location: &LocationReport,
) -> Result<Charts, ChartError> {
    charts(&Scope::location(report, location), shared)
}

fn charts(scope: &Scope<'_>, shared: &Shared<'_>) -> Result<Charts, ChartError> {
    Ok(Charts {
        changes: over_time::changes(scope)?,
        place: funnel::figures(scope, shared)?,
        weeks: over_time::figures(scope)?,
        days: days::figures(scope)?,
        when: when::figures(scope)?,
        waiting: waiting(scope)?,
        ratings: ratings::figures(scope)?,
        causes: causes::figures(scope)?,
        lead: lead::figures(scope)?,
    })
}

/// The figures about waits.
fn waiting(scope: &Scope<'_>) -> Result<Vec<Figure>, ChartError> {
    let mut figures: Vec<Figure> = waits::figure(scope)?.into_iter().collect();
    figures.extend(outcome::figure(scope)?);
    figures.extend(hours::figures(scope)?);
    Ok(figures)
}

#[cfg(test)]
mod tests;
