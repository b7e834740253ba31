//! Figure (d): tickets, median wait, mean rating and cancellation rate over time.

use chrono::NaiveDate;

use crate::report::model::{Figures, Scale, Section};
use crate::report::text::day;

use super::axis::{Axis, LEFT, RIGHT};
use super::canvas::{Anchor, Canvas, ChartError, Frame, HEAD, draw};
use super::figure::{Cell, Figure, FigureTable, counted, duration, grouped, percent, ratings_cell};
use super::palette::{BLUE, GRID, INK, MUTED};
use super::rows::Scope;

/// Longest span shown by day, days.
const DAYS_SHOWN: i64 = 62;

/// Values by day or by week, ascending.
pub(super) struct Series<'a> {
    pub(super) by_week: bool,
    pub(super) points: Vec<(NaiveDate, &'a Figures)>,
}

/// The values by day if the span is short, else by week (at its first day).
pub(super) fn series(section: &Section) -> Series<'_> {
    let days: Vec<_> = section.daily.iter().filter_map(|(d, f)| Some(((*d)?, f))).collect();
    let span = days.first().zip(days.last()).map_or(0, |(a, b)| (b.0 - a.0).num_days());
    if span <= DAYS_SHOWN {
        return Series { by_week: false, points: days };
    }
    let weeks = section.weekly.iter().filter_map(|(first, f)| Some(((*first)?, f)));
    Series { by_week: true, points: weeks.collect() }
}

/// A panel of the figure.
struct Panel {
    name: String,
    value: fn(&Figures) -> Option<f64>,
    label: fn(f64) -> String,
    bars: bool,
    /// Fixed axis, else from 0 to the largest value.
    axis: Option<(f64, f64)>,
}

#[expect(clippy::cast_precision_loss, reason = "counts of tickets")]
fn tickets(f: &Figures) -> Option<f64> {
    Some(f.tickets as f64)
}

/// The end of an axis as text: `400`, `5,000`, `20 M`.
fn round(value: f64) -> String {
    if value >= 1e6 {
        return format!("{} M", value / 1e6);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a round number below a million"
    )]
    let whole = value.max(0.0) as u64;
    grouped(whole)
}

fn panels(scale: Scale) -> [Panel; 4] {
    let top = scale.top();
    [
        Panel { name: "Tickets".to_owned(), value: tickets, label: round, bars: true, axis: None },
        Panel {
            name: "Median wait, minutes".to_owned(),
            value: |f| f.wait_p50_s.map(|s| s / 60.0),
            label: round,
            bars: false,
            axis: None,
        },
        Panel {
            name: format!("Mean rating, 1 to {top}"),
            value: |f| f.rating_mean,
            label: round,
            bars: false,
            axis: Some((1.0, f64::from(top))),
        },
        Panel {
            name: "Cancellations, % of closed".to_owned(),
            value: |f| f.cancellation_rate.map(|r| r * 100.0),
            label: |v| format!("{v:.0} %"),
            bars: false,
            axis: None,
        },
    ]
}

const PANEL: f64 = 106.0;
/// Height without panels, pixels.
const EMPTY: f64 = 60.0;

/// The figure.
pub(super) fn figure(scope: &Scope<'_>) -> Result<Figure, ChartError> {
    let series = series(scope.section);
    let title = title(&series);
    let weeks = scope.week_starts_on;
    let unit = match (series.by_week, weeks.is_iso()) {
        (false, _) => "service day".to_owned(),
        (true, true) => format!("ISO week ({})", weeks.words()),
        (true, false) => format!("week ({})", weeks.words()),
    };
    let dated: u64 = series.points.iter().map(|(_, f)| f.tickets).sum();
    let subtitle = format!(
        "By {unit}; {}; a gap means there is no value{}",
        counted(dated, "ticket"),
        scope.period
    );
    let description = format!(
        "Four small charts over time: tickets, median wait, mean rating, cancellation rate. {title}."
    );
    let id = format!("{}-time", scope.prefix);
    let frame = Frame {
        id: &id,
        title: &title,
        subtitle: &subtitle,
        description: &description,
        height: if series.points.is_empty() { HEAD + EMPTY } else { HEAD + 4.0 * PANEL + 30.0 },
    };
    let svg = draw(&frame, |canvas| {
        let Some((first, last)) = series.points.first().zip(series.points.last()) else {
            return canvas.text(
                (12.0, HEAD + EMPTY / 2.0),
                "no dated tickets",
                12.5,
                MUTED,
                Anchor::Start,
            );
        };
        let axis = Axis::of((first.0, last.0), series.by_week, weeks);
        let mut top = HEAD;
        for panel in &panels(scope.scale) {
            draw_panel(canvas, panel, &series, &axis, top)?;
            top += PANEL;
        }
        for (tick, text) in axis.ticks() {
            canvas.text((axis.x(tick), top + 12.0), &text, 11.5, MUTED, Anchor::Middle)?;
        }
        Ok(())
    })?;
    Ok(Figure {
        id: "time".into(),
        svg,
        table: table(&series),
        note: undated(scope.section),
        source: if series.by_week { "weekly.csv" } else { "daily.csv" },
        title,
        description,
    })
}

fn title(series: &Series<'_>) -> String {
    let busiest = series
        .points
        .iter()
        .max_by_key(|(date, figures)| (figures.tickets, std::cmp::Reverse(*date)));
    match busiest {
        None => "No dated tickets in this window".to_owned(),
        Some((date, figures)) => {
            let busiest = if series.by_week { "Busiest week began on" } else { "Busiest day:" };
            format!("{busiest} {}, with {}", day(*date), counted(figures.tickets, "ticket"))
        }
    }
}

/// A note on tickets without a date, which are not on the axis.
fn undated(section: &Section) -> Option<String> {
    let tickets: u64 = section
        .daily
        .iter()
        .filter(|(date, _)| date.is_none())
        .map(|(_, figures)| figures.tickets)
        .sum();
    (tickets > 0).then(|| format!("Not shown: {} without a date.", counted(tickets, "ticket")))
}

fn draw_panel(
    canvas: &Canvas<'_>,
    panel: &Panel,
    series: &Series<'_>,
    axis: &Axis,
    top: f64,
) -> Result<(), ChartError> {
    let (plot_top, plot_bottom) = (top + 32.0, top + PANEL - 10.0);
    canvas.text((12.0, top + 10.0), &panel.name, 12.5, INK, Anchor::Start)?;
    let values: Vec<(NaiveDate, Option<f64>)> =
        series.points.iter().map(|(date, f)| (*date, (panel.value)(f))).collect();
    let known = values.iter().filter_map(|(_, v)| *v);
    let largest = known.filter(|v| v.is_finite()).fold(0.0, f64::max);
    let (low, high) = panel.axis.unwrap_or((0.0, round_up(largest)));
    let y = |value: f64| plot_bottom - (plot_bottom - plot_top) * (value - low) / (high - low);
    for value in [low, f64::midpoint(low, high), high] {
        canvas.line(&[(LEFT, y(value)), (RIGHT, y(value))], GRID, 1.0)?;
        if value.fract() > 0.0 {
            continue;
        }
        canvas.text((LEFT - 8.0, y(value)), &(panel.label)(value), 11.0, MUTED, Anchor::End)?;
    }
    for (tick, _) in axis.ticks() {
        canvas.line(&[(axis.x(tick), plot_top), (axis.x(tick), plot_bottom)], GRID, 1.0)?;
    }
    if panel.bars {
        for (date, value) in &values {
            let value = value.unwrap_or(0.0);
            if value > 0.0 {
                let left = axis.x(*date) - axis.bar / 2.0;
                canvas.rect(left, y(value), axis.bar, plot_bottom - y(value), BLUE)?;
            }
        }
        return Ok(());
    }
    for run in runs(&values, if series.by_week { 7 } else { 1 }) {
        let points: Vec<(f64, f64)> = run.iter().map(|(date, v)| (axis.x(*date), y(*v))).collect();
        if points.len() > 1 {
            canvas.line(&points, BLUE, 1.8)?;
        }
        for (x, y) in points {
            canvas.dot(x, y, if axis.is_wide() || run.len() == 1 { 2.8 } else { 1.6 }, BLUE)?;
        }
    }
    Ok(())
}

/// Runs of consecutive dates with a value; a date without a value, or a missing date, breaks the line.
fn runs(values: &[(NaiveDate, Option<f64>)], step: i64) -> Vec<Vec<(NaiveDate, f64)>> {
    let mut runs: Vec<Vec<(NaiveDate, f64)>> = Vec::new();
    for (date, value) in values {
        let Some(value) = value.filter(|v| v.is_finite()) else {
            continue;
        };
        let follows = runs
            .last()
            .and_then(|run| run.last())
            .is_some_and(|(before, _)| (*date - *before).num_days() == step);
        match runs.last_mut() {
            Some(run) if follows => run.push((*date, value)),
            _ => runs.push(vec![(*date, value)]),
        }
    }
    runs
}

/// The smallest of 1, 2, 3, 4, 5, 6, 8, 10, 20, … that is not below a value.
fn round_up(value: f64) -> f64 {
    let mut unit = 1.0;
    loop {
        for factor in [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0] {
            if value <= factor * unit {
                return factor * unit;
            }
        }
        unit *= 10.0;
        if unit > 1e12 {
            return value;
        }
    }
}

fn table(series: &Series<'_>) -> FigureTable {
    let unit = if series.by_week { "week of" } else { "service date" };
    let header = [unit, "tickets", "median wait", "waits", "mean rating", "ratings", "cancelled"];
    let rows = series
        .points
        .iter()
        .map(|(date, f)| {
            vec![
                Cell::Text(date.to_string()),
                Cell::Number(grouped(f.tickets)),
                Cell::of(f.wait_p50_s.map(duration)),
                Cell::Number(grouped(f.waits)),
                Cell::of(f.rating_mean.map(|mean| format!("{mean:.2}"))),
                ratings_cell(f),
                Cell::of(f.cancellation_rate.map(percent)),
            ]
        })
        .collect();
    FigureTable { header: header.map(str::to_owned).to_vec(), rows }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn gaps_break_the_line() {
        let day = |n: u32| NaiveDate::from_ymd_opt(2021, 3, n).unwrap();
        let values = [
            (day(1), Some(1.0)),
            (day(2), Some(2.0)),
            (day(3), None),
            (day(4), Some(4.0)),
            (day(6), Some(6.0)),
        ];
        let lengths: Vec<usize> = runs(&values, 1).iter().map(Vec::len).collect();
        assert_eq!(lengths, [2, 1, 1]);
    }

    #[test]
    fn axes_are_round() {
        assert_eq!(
            [0.0, 1.0, 3.0, 77.0, 180.0].map(|v| round_up(v).to_string()),
            ["1", "1", "3", "80", "200"]
        );
    }
}
