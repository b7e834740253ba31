//! A finished figure: its words, its drawings for wide and narrow screens, and the numbers behind it.

use std::fmt::Write as _;

use super::backend::TEXT;
use super::canvas::{Canvas, ChartError, draw};
use super::label::wrapped;
pub(super) use crate::report::text::grouped;
use crate::report::unbroken::unbroken;

/// Which screens a drawing is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// All: one drawing serves them.
    All,
    /// From 1,000 pixels on, of a figure that has a middle drawing; else from 721.
    Wide,
    /// 721 to 999 pixels.
    Middle,
    /// Up to 720 pixels: a phone.
    Narrow,
}

/// One drawing of a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// Which screens it is for.
    pub screen: Screen,
    /// Width, pixels.
    pub width: f64,
    /// Height, pixels.
    pub height: f64,
    /// The SVG elements, without a root.
    pub elements: String,
}

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

/// What a figure says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// The name of its file: ASCII, unique in its report, such as `waits-by-hour`.
    pub id: &'static str,
    /// The finding, one sentence without a full stop.
    pub title: String,
    /// Measure, unit, period or n, and what the marks mean.
    pub subtitle: String,
    /// The kind of chart and what it shows, such as `Line chart of the median wait by week`.
    pub kind: String,
    /// How to read it, limits, what is left out; may be empty.
    pub caption: String,
    /// The CSV file with these numbers.
    pub source: &'static str,
}

/// A figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What it says.
    pub words: Words,
    /// Its drawings, the widest first; never empty.
    pub drawings: Vec<Drawing>,
    /// The numbers behind it.
    pub table: FigureTable,
}

/// Room around the drawing in a document of its own, pixels.
const MARGIN: f64 = 10.0;

impl Drawing {
    /// Draws for some screens.
    ///
    /// # Errors
    /// [`ChartError`] if the backend cannot draw.
    pub(super) fn of(
        screen: Screen,
        (width, height): (f64, f64),
        body: impl FnOnce(&Canvas<'_>) -> Result<(), ChartError>,
    ) -> Result<Self, ChartError> {
        Ok(Self { screen, width, height, elements: draw((width, height), body)? })
    }
}

impl Figure {
    /// The figure in words: the kind of chart, and the finding.
    #[must_use]
    pub fn description(&self) -> String {
        format!("{}. {}.", self.words.kind, self.words.title)
    }

    /// The figure as a document of its own, for slides and mails: its words above and below the widest drawing.
    #[must_use]
    pub fn document(&self) -> String {
        let Some(drawing) = self.drawings.first() else { return String::new() };
        let (width, room) = (drawing.width + 2.0 * MARGIN, drawing.width);
        let mut head = String::new();
        let mut y = 8.0;
        let mut put = |text: &str, size: f64, attributes: &str, y: &mut f64| {
            for line in wrapped(&unbroken(text), size, room) {
                *y += size * 1.3;
                // A string takes everything.
                _ = write!(
                    head,
                    "<text x=\"{MARGIN}\" y=\"{:.1}\" font-size=\"{size}\"{attributes}>{}</text>",
                    *y - size * 0.25,
                    escape(&line)
                );
            }
        };
        put(&self.words.title, 15.0, " font-weight=\"600\" fill=\"#1D2129\"", &mut y);
        put(&self.words.subtitle, TEXT, " fill=\"#585F69\"", &mut y);
        let top = y + 8.0;
        let mut end = top + drawing.height;
        put(&self.words.caption, TEXT, " fill=\"#585F69\"", &mut end);
        let height = end + 10.0;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height:.0}\" viewBox=\"0 0 {width} {height:.0}\" \
             role=\"img\" aria-labelledby=\"t d\" font-family=\"system-ui, sans-serif\" font-size=\"{TEXT}\"><title id=\"t\">{}</title>\
             <desc id=\"d\">{}</desc><style>text{{font-variant-numeric:tabular-nums;unicode-bidi:isolate}}\
             g text{{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}}\
             g text[fill=\"#1B1E24\"],g text[fill=\"#FEFEFE\"]{{stroke:none}}</style>\
             <rect width=\"{width}\" height=\"{height:.0}\" fill=\"#FFFFFF\"/>{head}<g transform=\"translate({MARGIN} {top:.1})\">{}</g></svg>\n",
            escape(&self.words.title),
            escape(&self.description()),
            drawing.elements,
        )
    }
}

pub(super) fn escape(text: &str) -> String {
    if !text.contains(['&', '<', '>', '"']) {
        return text.to_owned();
    }
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl Cell {
    /// A number, or missing.
    pub(super) fn of(value: Option<String>) -> Self {
        value.map_or(Self::Missing, Self::Number)
    }

    /// A count.
    pub(super) fn count(n: u64) -> Self {
        Self::Number(grouped(n))
    }

    /// A label.
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl FigureTable {
    /// A table with these heads.
    pub(super) fn new<const N: usize>(header: [&str; N], rows: Vec<Vec<Cell>>) -> Self {
        Self { header: header.map(str::to_owned).to_vec(), rows }
    }
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

/// Seconds as minutes with one decimal, as axes and tables show them: `6.6`.
pub(super) fn minutes(seconds: f64) -> String {
    format!("{:.1}", seconds / 60.0)
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
        assert_eq!(minutes(398.0), "6.6");
    }
}
