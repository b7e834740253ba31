//! How the values of a column become cells.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use crate::metric::{Cell, Kind, MEASURES, definition};
use crate::report::spreadsheet::{DATE, Place, write_date, write_text};

/// Seconds of a day, which is 1 in a workbook.
pub(super) const DAY_S: f64 = 86_400.0;
/// How a share is shown.
pub(super) const SHARE: &str = "0.0 %";
/// How a duration is shown: hours, minutes and seconds, also beyond a day.
pub(super) const DURATION: &str = "[h]:mm:ss";
/// How a count is shown.
pub(super) const COUNT: &str = "#,##0";

/// How the values of a column are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Text,
    Date,
    Count,
    Share,
    Duration,
    Mean,
    /// Four decimals.
    Probability,
    /// A share or a duration, by the row.
    Amount,
    /// A difference of two such; of durations in seconds, because spreadsheets show no time below 0.
    Difference,
    Truth,
}

impl Shown {
    /// How a column of a table is shown.
    pub(super) fn of(file: &str, column: &str, kind: Kind) -> Self {
        let unit = definition(file, column).map_or("", |defined| defined.unit);
        match kind {
            Kind::Text => Self::Text,
            Kind::Date => Self::Date,
            Kind::Truth => Self::Truth,
            Kind::Seconds => Self::Duration,
            Kind::Count | Kind::Mean if unit == "seconds" => Self::Duration,
            Kind::Count => Self::Count,
            Kind::Mean => Self::Mean,
            Kind::Share if unit == "probability" => Self::Probability,
            Kind::Share => Self::Share,
            Kind::Amount if is_difference(file, column) => Self::Difference,
            Kind::Amount => Self::Amount,
        }
    }

    /// How wide its values are, in characters.
    pub(super) const fn width(self) -> usize {
        match self {
            Self::Text => 24,
            Self::Date => 11,
            Self::Duration | Self::Amount => 10,
            Self::Count
            | Self::Share
            | Self::Mean
            | Self::Probability
            | Self::Difference
            | Self::Truth => 9,
        }
    }

    /// What a cell holds, where that is not what it shows.
    const fn words(self) -> &'static str {
        match self {
            Self::Duration => "Shown as hours, minutes and seconds; the cell holds days.",
            Self::Share => "A share, shown in per cent.",
            Self::Amount => {
                "A share, shown in per cent; or a time, shown as hours, minutes and seconds, of which the cell holds days."
            }
            Self::Difference => {
                "A difference of shares, shown in per cent; or of times, in seconds."
            }
            Self::Text
            | Self::Date
            | Self::Count
            | Self::Mean
            | Self::Probability
            | Self::Truth => "",
        }
    }
}

/// Whether a value may lie below 0.
fn is_difference(file: &str, column: &str) -> bool {
    file == "changes.csv" && ["change", "low", "high"].contains(&column)
}

/// What stands in the note of a column: its meaning, its formula, and what a cell holds.
pub(super) fn note(file: &str, column: &str, kind: Kind) -> String {
    let meaning = definition(file, column).map_or("", |defined| defined.meaning);
    let of_measure = MEASURES.iter().find(|one| one.name == column && one.meaning == meaning);
    let formula = of_measure.map_or_else(String::new, |one| format!("Formula: {}.", one.formula));
    let words = Shown::of(file, column, kind).words();
    let parts = [meaning, &formula, words].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n")
}

/// The formats of a workbook.
#[derive(Debug)]
pub(super) struct Formats {
    pub(super) date: Format,
    pub(super) count: Format,
    pub(super) share: Format,
    pub(super) duration: Format,
    pub(super) mean: Format,
    pub(super) head: Format,
    pub(super) title: Format,
    probability: Format,
    points: Format,
    seconds: Format,
}

impl Formats {
    pub(super) fn new() -> Self {
        let of = |text: &str| Format::new().set_num_format(text);
        Self {
            date: of(DATE),
            count: of(COUNT),
            share: of(SHARE),
            duration: of(DURATION),
            mean: of("0.00"),
            head: Format::new().set_bold(),
            title: Format::new().set_bold().set_font_size(14),
            probability: of("0.0000"),
            points: of("+0.0 %;-0.0 %;0.0 %"),
            seconds: of("+0 \"s\";-0 \"s\";0 \"s\""),
        }
    }

    /// Writes a value; one that is missing leaves its cell empty. Numbers are not rounded.
    ///
    /// # Errors
    /// What the library says.
    pub(super) fn write(
        &self,
        page: &mut Worksheet,
        place: Place,
        cell: Cell<'_>,
        shown: Shown,
    ) -> Result<(), XlsxError> {
        match cell {
            Cell::Missing => Ok(()),
            Cell::Text(text) => write_text(page, place, text, None),
            Cell::Date(date) => write_date(page, place, date, &self.date),
            Cell::Truth(holds) => page.write_boolean(place.0, place.1, holds).map(|_| ()),
            Cell::Count(count) => {
                #[expect(clippy::cast_precision_loss, reason = "a count of things in an archive")]
                let number = count as f64;
                self.write_number(page, place, number, shown)
            }
            Cell::Whole(number) => {
                #[expect(clippy::cast_precision_loss, reason = "a count of things in an archive")]
                let number = number as f64;
                self.write_number(page, place, number, shown)
            }
            Cell::Number(number) => self.write_number(page, place, number, shown),
            Cell::Seconds(number) => {
                let shown = if shown == Shown::Difference { shown } else { Shown::Duration };
                self.write_seconds(page, place, number, shown)
            }
        }
    }

    fn write_number(
        &self,
        page: &mut Worksheet,
        place: Place,
        number: f64,
        shown: Shown,
    ) -> Result<(), XlsxError> {
        let format = match shown {
            Shown::Duration => return self.write_seconds(page, place, number, shown),
            Shown::Share | Shown::Amount => &self.share,
            Shown::Mean => &self.mean,
            Shown::Probability => &self.probability,
            Shown::Difference => &self.points,
            Shown::Count | Shown::Text | Shown::Date | Shown::Truth => &self.count,
        };
        page.write_number_with_format(place.0, place.1, number, format).map(|_| ())
    }

    /// Writes seconds as a duration, or as a difference of two.
    fn write_seconds(
        &self,
        page: &mut Worksheet,
        (row, column): Place,
        seconds: f64,
        shown: Shown,
    ) -> Result<(), XlsxError> {
        // A time below 0 would be shown as `####`.
        if shown == Shown::Difference || seconds < 0.0 {
            return page.write_number_with_format(row, column, seconds, &self.seconds).map(|_| ());
        }
        page.write_number_with_format(row, column, seconds / DAY_S, &self.duration).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_decide_what_is_shown() {
        for (file, column, kind, shown) in [
            ("locations.csv", "tickets", Kind::Count, Shown::Count),
            ("locations.csv", "wait_max_s", Kind::Count, Shown::Duration),
            ("locations.csv", "wait_mean_s", Kind::Mean, Shown::Duration),
            ("locations.csv", "rating_mean", Kind::Mean, Shown::Mean),
            ("locations.csv", "lost_rate", Kind::Share, Shown::Share),
            ("hourly.csv", "wait_p50_s", Kind::Seconds, Shown::Duration),
            ("hourly.csv", "line_mean", Kind::Mean, Shown::Mean),
            ("funnel.csv", "p_adjusted", Kind::Share, Shown::Probability),
            ("funnel.csv", "target", Kind::Share, Shown::Share),
            ("control.csv", "low", Kind::Amount, Shown::Amount),
            ("changes.csv", "low", Kind::Amount, Shown::Difference),
            ("changes.csv", "since", Kind::Date, Shown::Date),
            ("weekly.csv", "complete", Kind::Truth, Shown::Truth),
        ] {
            assert_eq!(Shown::of(file, column, kind), shown, "{file} {column}");
        }
    }

    #[test]
    fn a_note_tells_meaning_formula_and_form() {
        assert_eq!(
            note("locations.csv", "wait_p50_s", Kind::Seconds),
            "Median wait, seconds.\nFormula: 50th percentile of the waits, type 7.\nShown as hours, minutes and seconds; \
             the cell holds days."
        );
        // What the column means elsewhere is not what it means here.
        assert!(!note("curves.csv", "served", Kind::Share).contains("number with outcome"));
    }
}
