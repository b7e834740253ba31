//! The charts of the summary. They show what stands in cells of the workbook, and follow when these are changed.

use rust_xlsxwriter::{
    Chart, ChartAxisCrossing, ChartAxisDateUnitType, ChartFont, ChartLine, ChartMarker,
    ChartSolidFill, ChartType,
};

use crate::metric::{Cell, Table};

use super::cells::{COUNT, DAY_S, DURATION, SHARE};
use super::table::sheet_name;

/// Width of a chart, pixels.
pub(super) const WIDTH: u32 = 720;
/// Height of a chart of weeks, pixels.
pub(super) const HEIGHT: u32 = 300;
/// Most locations of a chart.
pub(super) const MOST: usize = 30;
/// The blue of all charts.
const BLUE: u32 = 0x00_72b2;
/// Lines behind the data.
const GREY: u32 = 0xd9_d9d9;

/// Where the whole weeks of all locations together stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Weeks {
    sheet: &'static str,
    rows: (u32, u32),
    from: u16,
    tickets: u16,
    lost: u16,
}

impl Weeks {
    /// Those of `totals.csv`, if there are at least two of them, one below the other.
    pub(super) fn of(totals: &Table<'_>) -> Option<Self> {
        let at = |name: &str| {
            let place = totals.columns.iter().position(|(column, _)| *column == name)?;
            u16::try_from(place).ok()
        };
        let (grain, complete) = (at("grain")?, at("complete")?);
        let (mut row, mut rows) = (0, None::<(u32, u32)>);
        totals.rows(&mut |cells| {
            row += 1;
            let cell = |at: u16| cells.get(usize::from(at));
            if cell(grain) == Some(&Cell::Text("week"))
                && cell(complete) == Some(&Cell::Truth(true))
            {
                rows = Some((rows.map_or(row, |rows| rows.0), row));
            }
        });
        let rows = rows.filter(|(first, last)| last > first)?;
        let sheet = sheet_name(totals.file);
        Some(Self {
            sheet,
            rows,
            from: at("from")?,
            tickets: at("tickets")?,
            lost: at("lost_rate")?,
        })
    }

    /// Tickets a week.
    pub(super) fn tickets(&self) -> Chart {
        self.line("Tickets a week, all locations, whole weeks", self.tickets, COUNT)
    }

    /// Lost visits a week.
    pub(super) fn lost(&self) -> Chart {
        self.line("Lost visits a week, share of closed tickets, whole weeks", self.lost, SHARE)
    }

    fn line(&self, title: &str, column: u16, format: &str) -> Chart {
        let Self { sheet, rows: (first, last), from, .. } = *self;
        let mut chart = Chart::new(ChartType::Line);
        chart
            .add_series()
            .set_categories((sheet, first, from, last, from))
            .set_values((sheet, first, column, last, column))
            .set_marker(ChartMarker::new().set_none())
            .set_format(ChartLine::new().set_color(BLUE).set_width(2));
        // About ten labels, each at the first day of a week.
        let weeks = (last - first + 1).div_ceil(10);
        chart
            .x_axis()
            .set_date_axis(true)
            .set_num_format("d mmm yyyy")
            .set_major_unit(7 * weeks)
            .set_major_unit_date_type(ChartAxisDateUnitType::Days);
        let lines = ChartLine::new().set_color(GREY).clone();
        chart.y_axis().set_num_format(format).set_min(0).set_major_gridlines_line(&lines);
        finished(chart, title, HEIGHT)
    }
}

/// The median waits of locations that stand in some rows of a sheet: their names and their waits in a column each. The longest
/// of them is given in seconds.
pub(super) fn waits(
    sheet: &str,
    rows: (u32, u32),
    (names, waits): (u16, u16),
    longest: f64,
) -> Chart {
    let mut chart = Chart::new(ChartType::Bar);
    chart
        .add_series()
        .set_categories((sheet, rows.0, names, rows.1, names))
        .set_values((sheet, rows.0, waits, rows.1, waits))
        .set_gap(60)
        .set_format(ChartSolidFill::new().set_color(BLUE));
    // The first location stands above, and the scale below the last one.
    chart.y_axis().set_reverse().set_crossing(ChartAxisCrossing::Max).set_major_gridlines(false);
    chart.x_axis().set_num_format(DURATION).set_min(0).set_major_unit(step(longest) / DAY_S);
    let lines = ChartLine::new().set_color(GREY).clone();
    chart.x_axis().set_major_gridlines(true).set_major_gridlines_line(&lines);
    let bars = rows.1.saturating_sub(rows.0) + 1;
    finished(chart, "Median wait by location, hours:minutes:seconds", 120 + 22 * bars)
}

/// Seconds between two lines of a scale that reaches to `longest`: a round number of which there are at most eight.
fn step(longest: f64) -> f64 {
    const ROUND: [f64; 13] = [
        5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 10_800.0,
        21_600.0,
    ];
    ROUND.into_iter().find(|step| longest <= step * 8.0).unwrap_or(DAY_S)
}

/// What all charts have in common.
fn finished(mut chart: Chart, title: &str, height: u32) -> Chart {
    chart.title().set_name(title).set_font(ChartFont::new().set_size(12));
    chart.legend().set_hidden();
    chart.set_alt_text(title).set_width(WIDTH).set_height(height);
    chart
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Kind;

    #[test]
    fn a_scale_has_at_most_eight_steps() {
        for (longest, expected) in [
            (0.0, "5"),
            (40.0, "5"),
            (41.0, "15"),
            (554.0, "120"),
            (3_000.0, "600"),
            (80_000.0, "10800"),
        ] {
            assert_eq!(step(longest).to_string(), expected, "{longest}");
        }
        assert!(step(1e9) >= DAY_S);
    }

    /// The weeks of `totals.csv` that are over, and nothing of days and of the window.
    #[test]
    fn whole_weeks_are_found() {
        let columns =
            ["grain", "from", "tickets", "lost_rate", "complete"].map(|name| (name, Kind::Text));
        let weeks = |rows: &'static [(&'static str, bool)]| {
            let table = Table::new("totals.csv", columns.to_vec(), move |sink| {
                for (grain, complete) in rows {
                    let missing = [Cell::Missing; 3];
                    sink(&[&[Cell::Text(grain)], &missing[..], &[Cell::Truth(*complete)]].concat());
                }
            });
            Weeks::of(&table).map(|weeks| (weeks.rows, weeks.from, weeks.tickets, weeks.lost))
        };
        assert_eq!(weeks(&[]), None);
        assert_eq!(
            weeks(&[
                ("day", true),
                ("week", false),
                ("week", true),
                ("week", true),
                ("week", false),
                ("window", true)
            ]),
            Some(((3, 4), 1, 2, 3))
        );
        assert_eq!(weeks(&[("week", true), ("week", false), ("window", true)]), None);
    }
}
