//! Heat maps by weekday and hour: how many come, and how long half of them wait.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use chrono::Datelike;

use crate::calendar::{WeekStart, weekday_name};
use crate::report::model::{FEW, HourCell};
use crate::report::text::grouped;

use super::canvas::{Anchor, Canvas, ChartError};
use super::figure::{Cell, Drawing, Figure, FigureTable, Screen, Words, duration};
use super::label::width_of;
use super::palette::{HEAT, NOW, SOFT, ink_on};
use super::scale::trimmed;
use super::scope::Scope;

/// Open days of a weekday that a mean needs.
const LEAST_DAYS: u64 = 4;
/// Cells with a value that a claim about the highest needs.
pub(super) const LEAST_TO_COMPARE: usize = 6;
/// Steps of the wait, as shares of the target: the two above 1 are the darkest.
const OF_TARGET: [f64; 5] = [0.4, 0.6, 0.8, 1.0, 1.5];
/// Room for the names of weekdays, pixels.
const LEFT: f64 = 36.0;
/// Narrowest cell, pixels: an hour has to fit over it.
const NARROWEST: f64 = 19.0;

/// The place of an hour in a day that begins with `first_hour`, 0 to 23.
pub(super) fn hour_of_day(hour: u8, first_hour: u8) -> u8 {
    (hour + 24 - first_hour) % 24
}

/// From one hour to the next: `16:00 to 17:00`.
pub(super) fn span(hour: u8, joined: &str) -> String {
    format!("{hour:02}:00 {joined} {:02}:00", hour + 1)
}

/// A value by weekday and hour.
struct HeatMap {
    /// The weekdays of the rows, with their names as short as on a wall calendar: those that the window holds.
    weekdays: Vec<u8>,
    /// The hours of the columns: those of a day, from the first to the last with a ticket.
    hours: Vec<u8>,
    /// By weekday (1 to 7) and hour.
    rows: Vec<Option<Vec<Option<f64>>>>,
    /// Values above these are of the next step.
    edges: Vec<f64>,
    /// The target, if the steps rest on it, minutes.
    target: Option<f64>,
    /// Unit of the key.
    unit: &'static str,
}

/// Both heat maps; one in which no cell has a value is left out.
pub(super) fn figures(scope: &Scope<'_>) -> Result<Vec<Figure>, ChartError> {
    let all = [arrivals(scope), waits(scope)];
    all.into_iter()
        .flatten()
        .map(|(words, map)| {
            let drawings =
                [(Screen::Wide, 520.0), (Screen::Narrow, 340.0)].map(|(screen, width)| {
                    let layout = Layout::of(&map, width);
                    Drawing::of(screen, (width, layout.height), |canvas| map.draw(canvas, &layout))
                });
            let drawings = drawings.into_iter().collect::<Result<_, _>>()?;
            Ok(Figure { words, drawings, table: map.table() })
        })
        .collect()
}

/// Mean number of tickets an hour.
fn arrivals(scope: &Scope<'_>) -> Option<(Words, HeatMap)> {
    let value = |cell: Option<&HourCell>, days: u64| {
        #[expect(clippy::cast_precision_loss, reason = "counts of tickets and days")]
        let mean = cell.map_or(0, |cell| cell.tickets) as f64 / days as f64;
        (days >= LEAST_DAYS).then_some(mean)
    };
    let mut map = HeatMap::of(scope, value)?;
    let (weekday, hour, most, _) = map.highest()?;
    map.edges = even_steps(most);
    map.unit = "an hour";
    let title = format!(
        "Busiest: {} {}, {most:.1} tickets an hour",
        weekday_name(weekday),
        span(hour, "to")
    );
    let mut caption = "Walk-ins count when they came, bookings at their start.".to_owned();
    if map.has_gaps() {
        caption.push_str(&format!(" · = fewer than {LEAST_DAYS} open days of that weekday."));
    }
    let words = Words {
        id: "hours-arrivals",
        title,
        subtitle: "Mean tickets an hour on open days, by local weekday and hour of arrival".into(),
        kind: "Heat map of arrivals by weekday and hour".into(),
        caption,
        source: "hourly.csv",
    };
    Some((words, map))
}

/// Median wait.
fn waits(scope: &Scope<'_>) -> Option<(Words, HeatMap)> {
    let value = |cell: Option<&HourCell>, _| {
        let seconds = cell.filter(|cell| cell.waits >= FEW)?.wait_p50_s?;
        (seconds.is_finite() && seconds >= 0.0).then_some(seconds / 60.0)
    };
    let mut map = HeatMap::of(scope, value)?;
    let (weekday, hour, longest, known) = map.highest()?;
    map.target = scope.target_minutes.filter(|target| *target > 0.0);
    map.edges = map.target.map_or_else(
        || even_steps(longest),
        |target| OF_TARGET.map(|share| share * target).to_vec(),
    );
    map.unit = "minutes";
    let title = if known < LEAST_TO_COMPARE {
        let hours = if known == 1 { "1 hour" } else { &format!("{known} hours") };
        format!("Only {hours} of the week with {FEW} waits or more: too few to compare")
    } else {
        format!(
            "Longest waits: {} {}, median {}",
            weekday_name(weekday),
            span(hour, "to"),
            duration(longest * 60.0)
        )
    };
    let caption = "A long wait in a quiet hour points at staffing, in a busy hour at demand.";
    let few = if map.has_gaps() { format!("; · = fewer than {FEW} waits") } else { String::new() };
    let words = Words {
        id: "hours-waits",
        title,
        subtitle: format!(
            "Median minutes {}, by local weekday and hour of arrival{few}",
            scope.wait_words
        ),
        kind: "Heat map of the median wait by weekday and hour".into(),
        caption: caption.into(),
        source: "hourly.csv",
    };
    Some((words, map))
}

/// At most five round values, so far apart that the last step, which is open, holds the largest value.
fn even_steps(most: f64) -> Vec<f64> {
    let unit = 10_f64.powf((most.max(0.01) / 6.6).log10().floor());
    let steps = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5].map(|step| step * unit);
    let step = steps.into_iter().find(|step| 6.6 * step >= most).unwrap_or(10.0 * unit);
    (1..6).map(|n| f64::from(n) * step).filter(|edge| *edge < most).collect()
}

/// The hours from the first to the last with a ticket, in the order of a day; none without a ticket.
fn hours_of(cells: &[HourCell], first_hour: u8) -> Vec<u8> {
    let with = cells.iter().filter(|cell| cell.tickets > 0);
    let places = with.map(|cell| hour_of_day(cell.hour, first_hour));
    let ends = places.fold(None, |ends: Option<(u8, u8)>, at| {
        Some(ends.map_or((at, at), |(first, last)| (first.min(at), last.max(at))))
    });
    let Some((first, last)) = ends else { return Vec::new() };
    (first..=last).map(|place| (place + first_hour) % 24).collect()
}

/// The weekdays of a short window; `None` if it holds all seven, or its days are not known. What is booked ahead is no
/// part of it.
fn weekdays_of(scope: &Scope<'_>) -> Option<BTreeSet<u8>> {
    let report = scope.report;
    let first = report.from.or(report.first_date)?;
    let last = report.to.or(report.last_date)?;
    let last = scope.data_end().map_or(last, |end| end.min(last));
    let days = first.iter_days().take_while(|day| *day <= last).take(7);
    let held: BTreeSet<u8> =
        days.filter_map(|day| u8::try_from(day.weekday().number_from_monday()).ok()).collect();
    (1..7).contains(&held.len()).then_some(held)
}

impl HeatMap {
    /// The values of the cells, from a cell and the open days of its weekday.
    fn of(
        scope: &Scope<'_>,
        value: impl Fn(Option<&HourCell>, u64) -> Option<f64>,
    ) -> Option<Self> {
        let cells = &scope.section.hourly;
        let hours = hours_of(cells, scope.first_hour);
        let mut weekdays = WeekStart::weekdays(scope.week_starts_on).to_vec();
        if let Some(held) = weekdays_of(scope) {
            weekdays.retain(|weekday| held.contains(weekday));
        }
        let row = |weekday: u8| {
            let mine = || cells.iter().filter(move |cell| cell.weekday == weekday);
            let days = mine().map(|cell| cell.open_days).max().filter(|days| *days > 0)?;
            let of = |hour: &u8| value(mine().find(|cell| cell.hour == *hour), days);
            Some(hours.iter().map(of).collect())
        };
        let rows = weekdays.iter().copied().map(row).collect();
        let map = Self { weekdays, hours, rows, edges: Vec::new(), target: None, unit: "" };
        (!map.hours.is_empty()).then_some(map)
    }

    fn values(&self) -> impl Iterator<Item = (u8, u8, Option<f64>)> + '_ {
        let rows = self.weekdays.iter().zip(&self.rows);
        rows.filter_map(|(weekday, row)| Some((*weekday, row.as_ref()?))).flat_map(
            |(weekday, row)| {
                self.hours.iter().zip(row).map(move |(hour, value)| (weekday, *hour, *value))
            },
        )
    }

    /// Weekday, hour and value of the highest cell, the first of equals, and the number of cells with a value.
    fn highest(&self) -> Option<(u8, u8, f64, usize)> {
        let known: Vec<(u8, u8, f64)> =
            self.values().filter_map(|(day, hour, value)| Some((day, hour, value?))).collect();
        let all = known.iter().enumerate();
        let (_, (day, hour, value)) =
            all.max_by(|a, b| a.1.2.total_cmp(&b.1.2).then(Reverse(a.0).cmp(&Reverse(b.0))))?;
        Some((*day, *hour, *value, known.len()))
    }

    /// Whether an open weekday has a cell without a value.
    fn has_gaps(&self) -> bool {
        self.values().any(|(_, _, value)| value.is_none())
    }

    /// The step of a value: the place of its colour.
    fn step(&self, value: f64) -> usize {
        let above = self.edges.iter().filter(|edge| value > **edge + 1e-9).count();
        // Fewer steps are as far apart as they can be.
        (above * (HEAT.len() - 1)).checked_div(self.edges.len()).unwrap_or(HEAT.len() / 2)
    }

    fn table(&self) -> FigureTable {
        let mut header = vec![String::new()];
        header.extend(self.hours.iter().map(|hour| format!("{hour:02}")));
        let row = |(weekday, row): (&u8, &Option<Vec<Option<f64>>>)| {
            let mut cells = vec![Cell::text(weekday_name(*weekday))];
            let values = row.clone().unwrap_or_else(|| vec![None; self.hours.len()]);
            cells.extend(values.iter().map(|value| Cell::of(value.map(|v| printed(v, 1)))));
            cells
        };
        FigureTable { header, rows: self.weekdays.iter().zip(&self.rows).map(row).collect() }
    }

    fn draw(&self, canvas: &Canvas<'_>, layout: &Layout) -> Result<(), ChartError> {
        for block in 0..layout.blocks {
            self.draw_block(canvas, layout, block)?;
        }
        self.draw_key(canvas, layout)
    }

    /// The hours that fit side by side.
    fn draw_block(
        &self,
        canvas: &Canvas<'_>,
        layout: &Layout,
        block: usize,
    ) -> Result<(), ChartError> {
        let Layout { columns, cell, row, decimals, .. } = *layout;
        let first = block * columns;
        let hours = self.hours.get(first..).unwrap_or_default();
        let hours = hours.get(..columns.min(hours.len())).unwrap_or_default();
        let top = layout.top_of(block);
        let x = |at: usize| LEFT + cell * count(at);
        let y = |at: usize| top + 18.0 + row * count(at);
        for (at, hour) in hours.iter().enumerate() {
            let place = (x(at) + cell / 2.0, top + 8.0);
            canvas.text(place, &format!("{hour:02}"), SOFT, Anchor::Middle)?;
        }
        let mut shown: Vec<(usize, (f64, f64), String)> = Vec::new();
        for (at, (weekday, values)) in self.weekdays.iter().zip(&self.rows).enumerate() {
            let middle = y(at) + row / 2.0;
            let name: String = weekday_name(*weekday).chars().take(3).collect();
            canvas.text((0.0, middle), &name, SOFT, Anchor::Start)?;
            let Some(values) = values else {
                let width = cell * count(hours.len());
                let size = width_of("closed", 12.0);
                if width > size {
                    canvas.text((LEFT + width / 2.0, middle), "closed", SOFT, Anchor::Middle)?;
                }
                continue;
            };
            for (column, value) in values.iter().skip(first).take(columns).enumerate() {
                let place = (x(column), y(at));
                let text = value.map(|value| printed(value, decimals));
                // By what is printed, so that the same number has the same colour.
                let step = text.as_deref().map_or(usize::MAX, |text| self.step(read(text)));
                shown.push((step, place, text.unwrap_or_else(|| "·".to_owned())));
            }
        }
        shown.sort_by_key(|(step, ..)| *step);
        for (step, (x, y), _) in &shown {
            let colour = HEAT.get(*step).copied().unwrap_or(NOW);
            canvas.rect(x + 0.75, y + 0.75, cell - 1.5, row - 1.5, colour)?;
        }
        for (step, (x, y), text) in &shown {
            let ink = if *step < HEAT.len() { ink_on(*step) } else { SOFT };
            canvas.text((x + cell / 2.0, y + row / 2.0), text, ink, Anchor::Middle)?;
        }
        Ok(())
    }

    /// The colours of the steps, and the values between them.
    fn draw_key(&self, canvas: &Canvas<'_>, layout: &Layout) -> Result<(), ChartError> {
        let steps = self.edges.len() + 1;
        let (width, y) = (40.0, layout.height - 30.0);
        let colour = |step: usize| {
            let below = step.checked_sub(1).and_then(|at| self.edges.get(at));
            let value = below.map_or(0.0, |edge| edge + edge.abs() * 1e-6 + 1e-6);
            HEAT.get(self.step(value)).copied().unwrap_or(NOW)
        };
        for step in 0..steps {
            canvas.rect(LEFT + width * count(step), y, width - 1.5, 11.0, colour(step))?;
        }
        for (at, edge) in self.edges.iter().enumerate() {
            let place = (LEFT + width * count(at + 1) - 0.75, y + 21.0);
            canvas.text(place, &trimmed(*edge), SOFT, Anchor::Middle)?;
        }
        if self.target.is_some() {
            let over = LEFT + width * 5.0 - 0.75;
            canvas.text((over, y - 9.0), "over target", SOFT, Anchor::Middle)?;
        }
        canvas.text((LEFT + width * count(steps) + 4.0, y + 5.5), self.unit, SOFT, Anchor::Start)
    }
}

#[expect(clippy::cast_precision_loss, reason = "places in a day or a week")]
fn count(n: usize) -> f64 {
    n as f64
}

/// A value in a cell.
fn printed(value: f64, decimals: usize) -> String {
    if decimals == 0 && value > 0.0 && value < 0.5 {
        return "<1".to_owned();
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative")]
    let whole = value.round() as u64;
    if decimals == 0 || whole >= 1_000 { grouped(whole) } else { format!("{value:.1}") }
}

/// The number that was printed; that of `<1` is between 0 and 1.
fn read(text: &str) -> f64 {
    text.replace(',', "").parse().unwrap_or(0.4)
}

/// Where the cells of a map are.
#[derive(Debug, Clone, Copy)]
struct Layout {
    height: f64,
    /// Rows of cells one over another, if the hours do not fit side by side.
    blocks: usize,
    /// Weekdays.
    rows: usize,
    /// Hours side by side.
    columns: usize,
    /// Width of a cell, pixels.
    cell: f64,
    /// Height of a cell, pixels.
    row: f64,
    decimals: usize,
}

impl Layout {
    fn of(map: &HeatMap, width: f64) -> Self {
        let room = width - LEFT;
        let widest = |decimals| {
            let texts = map.values().filter_map(|(_, _, v)| Some(printed(v?, decimals)));
            let widths = texts.map(|text| width_of(&text, 12.0) + 3.5);
            widths.fold(NARROWEST, f64::max)
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some cells")]
        let fit = |decimals| ((room / widest(decimals)).floor() as usize).max(1);
        let hours = map.hours.len().max(1);
        let small = map.highest().is_none_or(|(_, _, most, _)| most < 3.0);
        // A decimal where it fits; and where whole numbers would say little.
        let decimals = usize::from(small || fit(1) >= hours);
        let blocks = hours.div_ceil(fit(decimals));
        let columns = hours.div_ceil(blocks);
        let row = if width > 400.0 { 25.0 } else { 23.0 };
        let cell = (room / count(columns)).min(56.0);
        let rows = map.weekdays.len();
        let mut layout = Self { height: 0.0, blocks, rows, columns, cell, row, decimals };
        layout.height = layout.top_of(blocks) + if map.target.is_some() { 50.0 } else { 34.0 };
        layout
    }

    fn top_of(&self, block: usize) -> f64 {
        count(block) * (18.0 + count(self.rows) * self.row + 8.0)
    }
}

#[cfg(test)]
#[path = "when_tests.rs"]
mod tests;
