//! A finished figure and the numbers behind it.

use crate::report::model::Figures;
pub(super) use crate::report::text::{counted, grouped};

/// One cell of the table behind a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A name or label; any Unicode text.
    Text(String),
    /// A printed number with its unit.
    Number(String),
    /// An unknown value.
    Missing,
}

/// The numbers of a figure, as plotted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FigureTable {
    /// Column heads.
    pub header: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// `wait`, `ratings`, `lost`, `time` or `hours`.
    pub id: String,
    /// The finding.
    pub title: String,
    /// A description of the figure: its type, its data, its finding.
    pub description: String,
    /// The SVG document.
    pub svg: String,
    /// The numbers behind it.
    pub table: FigureTable,
    /// A note on what was left out and which samples are small.
    pub note: Option<String>,
    /// CSV file with these numbers.
    pub source: &'static str,
}

impl Cell {
    /// A number, or missing.
    pub(super) fn of(value: Option<String>) -> Self {
        value.map_or(Self::Missing, Self::Number)
    }
}

/// The number of ratings, or that it is hidden.
pub(super) fn ratings_cell(figures: &Figures) -> Cell {
    match figures.ratings {
        Some(n) => Cell::Number(grouped(n)),
        None => Cell::Text("hidden".to_owned()),
    }
}

/// A count beside a bar: exact below a million, then as in `39.2 M`.
pub(super) fn short(n: u64) -> String {
    if n < 1_000_000 {
        return grouped(n);
    }
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let millions = n as f64 / 1e6;
    format!("{millions:.1} M")
}

/// A share as a percentage: `37.5 %`; a dash if it is not finite.
#[must_use]
pub fn percent(share: f64) -> String {
    if !share.is_finite() {
        return "–".to_owned();
    }
    format!("{:.1} %", share * 100.0)
}

/// A duration in seconds as text: `6 min 20 s`, `45 s`, `1 h 5 min`; a dash if it is not finite.
#[must_use]
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "–".to_owned();
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "waits are below a year and not negative"
    )]
    let whole = seconds.max(0.0).round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3_600 if whole.is_multiple_of(60) => format!("{} min", whole / 60),
        60..3_600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3_600, whole % 3_600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!(
            [0.0, 59.4, 60.0, 380.0, 3_900.0].map(duration),
            ["0 s", "59 s", "1 min", "6 min 20 s", "1 h 5 min"]
        );
        assert_eq!(percent(0.375), "37.5 %");
        assert_eq!([duration(f64::INFINITY), percent(f64::NAN)], ["–", "–"]);
        assert_eq!([999_999, 39_178_767].map(short), ["999,999", "39.2 M"]);
    }
}
