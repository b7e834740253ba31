//! By hour of the day: the wait and how many come, and the line.

use std::cmp::Reverse;

use crate::report::model::{FEW, FEW_FOR_P90, HourOfDay};
use crate::report::text::counted;

use super::canvas::{Anchor, Canvas, ChartError};
use super::figure::{Cell, Figure, FigureTable, Words, duration, minutes};
use super::label::width_of;
use super::palette::{AXIS, BAND, BEFORE, GRID, INK, MAIN, SOFT};
use super::scale::{Scale, tick, ticks, trimmed};
use super::scope::Scope;
use super::waits::{drawn, half_width};
use super::when::{LEAST_TO_COMPARE, hour_of_day, span};

/// Least room for the labels of the axes, pixels.
const LEFT: f64 = 46.0;

/// Both figures, as far as there is anything to show; the line of a location only, because lines of several places do not
/// add up to one that anybody stands in.
pub(super) fn figures(scope: &Scope<'_>) -> Result<Vec<Figure>, ChartError> {
    let mut figures = Vec::new();
    let busy = Day::of(scope, |hour| hour.tickets + hour.waits > 0);
    if let Some(day) = busy.filter(|day| day.hours.iter().any(|hour| median(hour).is_some())) {
        figures.push(day.waits(scope)?);
    }
    let all = Day::of(scope, |hour| hour.tickets + hour.line_max > 0);
    let all = all.filter(|day| day.hours.iter().any(|hour| hour.line_max > 0));
    if let Some(day) = all.filter(|_| scope.location.is_some()) {
        figures.push(day.line()?);
    }
    Ok(figures)
}

/// Median wait of an hour with enough of them, minutes.
fn median(hour: &HourOfDay) -> Option<f64> {
    drawn(hour.wait_p50_s).filter(|_| hour.waits >= FEW).map(|seconds| seconds / 60.0)
}

/// 90th percentile, minutes.
fn p90(hour: &HourOfDay) -> Option<f64> {
    drawn(hour.wait_p90_s).filter(|_| hour.waits >= FEW_FOR_P90).map(|seconds| seconds / 60.0)
}

/// Mean number of tickets that come in an hour of an open day.
fn arrivals(hour: &HourOfDay) -> Option<f64> {
    (hour.open_days > 0).then(|| count(hour.tickets) / count(hour.open_days))
}

fn line_mean(hour: &HourOfDay) -> Option<f64> {
    drawn(hour.line_mean)
}

/// The hours of a day.
struct Day {
    /// In the order of the day, from the first to the last in which anything is.
    hours: Vec<HourOfDay>,
    open_days: u64,
    /// Target of the wait, minutes.
    target: Option<f64>,
}

impl Day {
    /// From the first to the last hour that is used.
    fn of(scope: &Scope<'_>, is_used: impl Fn(&HourOfDay) -> bool) -> Option<Self> {
        let first_hour = scope.first_hour;
        let mut hours: Vec<HourOfDay> =
            scope.section.hours.iter().filter(|hour| is_used(hour)).cloned().collect();
        hours.sort_by_key(|hour| hour_of_day(hour.hour, first_hour));
        let open_days = hours.iter().map(|hour| hour.open_days).max()?;
        let place = |hour: &HourOfDay| hour_of_day(hour.hour, first_hour);
        let (first, last) = (place(hours.first()?), place(hours.last()?));
        let all = (first..=last).map(|at| {
            let empty = HourOfDay {
                hour: (at + first_hour) % 24,
                tickets: 0,
                waits: 0,
                wait_p50_s: None,
                wait_p90_s: None,
                line_mean: (open_days > 0).then_some(0.0),
                line_max: 0,
                open_days,
            };
            hours.iter().find(|hour| place(hour) == at).cloned().unwrap_or(empty)
        });
        let target = scope.target_minutes.filter(|target| *target > 0.0);
        Some(Self { hours: all.collect(), open_days, target })
    }

    /// The hour with the highest value, the first of equals, the value, and the number of hours with one.
    fn highest(&self, of: fn(&HourOfDay) -> Option<f64>) -> Option<(&HourOfDay, f64, usize)> {
        let known: Vec<(&HourOfDay, f64)> =
            self.hours.iter().filter_map(|hour| Some((hour, of(hour)?))).collect();
        let all = known.iter().enumerate();
        let (_, (hour, value)) =
            all.max_by(|a, b| a.1.1.total_cmp(&b.1.1).then(Reverse(a.0).cmp(&Reverse(b.0))))?;
        Some((hour, *value, known.len()))
    }

    /// Most tickets in an hour of an open day.
    fn most(&self) -> f64 {
        self.hours.iter().filter_map(arrivals).fold(0.0, f64::max)
    }

    fn title_of_waits(&self) -> String {
        match self.highest(median) {
            Some((hour, longest, known)) if known >= LEAST_TO_COMPARE => format!(
                "Longest between {}: half wait {} or more",
                span(hour.hour, "and"),
                duration(longest * 60.0)
            ),
            known => {
                let n = known.map_or(0, |(_, _, n)| n);
                let hours = counted(u64::try_from(n).unwrap_or(0), "hour");
                format!("Only {hours} of the day with {FEW} waits or more: too few to compare")
            }
        }
    }

    fn waits(&self, scope: &Scope<'_>) -> Result<Figure, ChartError> {
        let target = self
            .target
            .map_or_else(String::new, |target| format!("; dashed: target {} min", trimmed(target)));
        let words = Words {
            id: "wait-by-hour",
            title: self.title_of_waits(),
            subtitle: format!(
                "Minutes {} by local hour of arrival: dot = median, bar = 90 % within{target}; below: tickets an hour",
                scope.wait_words
            ),
            kind: "Dot plot of the wait, over bars of arrivals, by hour of the day".into(),
            caption: format!(
                "Hours with fewer than {FEW} waits have no dot; with fewer than {FEW_FOR_P90} no bar."
            ),
            source: "hours.csv",
        };
        let row = |hour: &HourOfDay| {
            vec![
                Cell::Text(span(hour.hour, "to")),
                Cell::of(median(hour).map(|m| minutes(m * 60.0))),
                Cell::of(p90(hour).map(|m| minutes(m * 60.0))),
                Cell::count(hour.waits),
                Cell::of(arrivals(hour).map(|n| format!("{n:.1}"))),
                Cell::count(hour.tickets),
            ]
        };
        let header = ["hour", "median", "90 % within", "waits", "tickets an hour", "tickets"];
        let table = FigureTable::new(header, self.hours.iter().map(row).collect());
        let drawings = half_width(258.0, |canvas, width| self.draw_waits(canvas, width))?;
        Ok(Figure { words, drawings, table })
    }

    fn draw_waits(&self, canvas: &Canvas<'_>, width: f64) -> Result<(), ChartError> {
        let frame = Frame::of(self, width);
        let (top, bottom) = (18.0, 164.0);
        let known = self.hours.iter().flat_map(|hour| [median(hour), p90(hour)]).flatten();
        let highest = known.fold(0.0, f64::max);
        let target = self.target.filter(|target| *target <= 2.0 * highest);
        let y = frame.grid(canvas, (top, bottom), highest.max(target.unwrap_or(0.0)), 4)?;
        if let Some(target) = target {
            canvas.dashed((frame.left, y.at(target)), (frame.right, y.at(target)), INK, 1.2)?;
        }
        let marks = |of: fn(&HourOfDay) -> Option<f64>| {
            let all = self.hours.iter().enumerate();
            all.filter_map(move |(at, hour)| Some((at, median(hour)?, of(hour)?)))
        };
        for (at, median, p90) in marks(p90) {
            canvas.line(&[(frame.x(at), y.at(median)), (frame.x(at), y.at(p90))], MAIN, 1.4)?;
            canvas.line(
                &[(frame.x(at) - 3.5, y.at(p90)), (frame.x(at) + 3.5, y.at(p90))],
                MAIN,
                1.4,
            )?;
        }
        for (at, median, _) in marks(median) {
            canvas.dot((frame.x(at), y.at(median)), 4.6, MAIN)?;
        }
        let top = 180.0;
        let y = frame.grid(canvas, (top, FOOT), self.most(), 1)?;
        for (at, mean) in self.hours.iter().map(arrivals).enumerate() {
            let Some(mean) = mean.filter(|mean| *mean > 0.0) else { continue };
            let left = frame.x(at) - frame.step * 0.36;
            canvas.rect(left, y.at(mean), frame.step * 0.72, FOOT - y.at(mean), BEFORE)?;
        }
        frame.hours(canvas, self)
    }

    fn title_of_line(&self) -> String {
        let most = self.hours.iter().map(|hour| hour.line_max).max().unwrap_or(0);
        let at_most = format!("{} at most", counted(most, "ticket"));
        match self.highest(line_mean) {
            Some((_, mean, known)) if known < LEAST_TO_COMPARE || self.open_days < FEW => {
                let days = counted(self.open_days, "open day");
                format!(
                    "Line over {days}: {mean:.1} tickets on average in its longest hour, {most} at most"
                )
            }
            Some((hour, mean, _)) if mean < 0.5 => format!(
                "Hardly ever a line: {at_most}, and {mean:.1} on average even between {}",
                span(hour.hour, "and")
            ),
            Some((hour, mean, _)) => format!(
                "The line is longest between {}: {mean:.1} tickets on average, {} at most",
                span(hour.hour, "and"),
                hour.line_max
            ),
            None => format!("Line over the day: {at_most}"),
        }
    }

    fn line(&self) -> Result<Figure, ChartError> {
        let words = Words {
            id: "line-by-hour",
            title: self.title_of_line(),
            subtitle: format!(
                "Tickets in line by local hour, over {}; solid: mean; dash above: most at one moment",
                counted(self.open_days, "open day")
            ),
            kind: "Bar chart of the line by hour of the day".into(),
            caption: "In line: in the queue and not yet called, checked in or closed.".into(),
            source: "hours.csv",
        };
        let row = |hour: &HourOfDay| {
            vec![
                Cell::Text(span(hour.hour, "to")),
                Cell::of(line_mean(hour).map(|mean| format!("{mean:.1}"))),
                Cell::count(hour.line_max),
            ]
        };
        let rows = self.hours.iter().map(row).collect();
        let table = FigureTable::new(["hour", "mean in line", "most in line"], rows);
        let drawings = half_width(258.0, |canvas, width| self.draw_line(canvas, width))?;
        Ok(Figure { words, drawings, table })
    }

    fn draw_line(&self, canvas: &Canvas<'_>, width: f64) -> Result<(), ChartError> {
        let frame = Frame::of(self, width);
        let most = self.hours.iter().map(|hour| count(hour.line_max)).fold(0.0, f64::max);
        let y = frame.grid(canvas, (18.0, FOOT), most, 4)?;
        let half = frame.step * 0.36;
        for (at, hour) in self.hours.iter().enumerate().filter(|(_, hour)| hour.line_max > 0) {
            let top = y.at(count(hour.line_max));
            canvas.rect(frame.x(at) - half, top, 2.0 * half, FOOT - top, BAND)?;
        }
        for (at, mean) in self.hours.iter().map(line_mean).enumerate() {
            let Some(top) = mean.filter(|mean| *mean > 0.0).map(|mean| y.within(mean)) else {
                continue;
            };
            canvas.rect(frame.x(at) - half, top, 2.0 * half, FOOT - top, MAIN)?;
        }
        for (at, hour) in self.hours.iter().enumerate().filter(|(_, hour)| hour.line_max > 0) {
            let top = y.at(count(hour.line_max));
            let ends = [(frame.x(at) - half, top), (frame.x(at) + half, top)];
            canvas.line(&ends, BEFORE, 2.0)?;
        }
        frame.hours(canvas, self)
    }
}

/// The lower end of the drawings, pixels.
const FOOT: f64 = 220.0;

/// Where the hours are.
struct Frame {
    left: f64,
    right: f64,
    /// Pixels of an hour.
    step: f64,
}

impl Frame {
    fn of(day: &Day, width: f64) -> Self {
        let right = width - 6.0;
        let hours = u64::try_from(day.hours.len()).unwrap_or(24);
        let end = round_up(day.most());
        let left = (width_of(&tick(end, &[0.0, end]), 12.0) + 8.0).max(LEFT);
        Self { left, right, step: (right - left) / count(hours.max(1)) }
    }

    /// The middle of an hour.
    fn x(&self, at: usize) -> f64 {
        self.left + self.step * (count(u64::try_from(at).unwrap_or(0)) + 0.5)
    }

    /// Lines for round values from zero to the highest.
    fn grid(
        &self,
        canvas: &Canvas<'_>,
        (top, bottom): (f64, f64),
        highest: f64,
        most: u32,
    ) -> Result<Scale, ChartError> {
        let marks = if most > 1 { ticks(0.0, highest, most) } else { vec![0.0, round_up(highest)] };
        let y = Scale { from: (0.0, bottom), to: (marks.last().copied().unwrap_or(1.0), top) };
        for mark in &marks {
            let colour = if *mark == 0.0 { AXIS } else { GRID };
            canvas.line(&[(self.left, y.at(*mark)), (self.right, y.at(*mark))], colour, 1.0)?;
        }
        for mark in &marks {
            canvas.text((self.left - 6.0, y.at(*mark)), &tick(*mark, &marks), SOFT, Anchor::End)?;
        }
        Ok(y)
    }

    /// The hours under the axis: as many as there is room for.
    fn hours(&self, canvas: &Canvas<'_>, day: &Day) -> Result<(), ChartError> {
        let every = [1, 2, 3, 4, 6].into_iter().find(|n| count(*n) * self.step >= 20.0);
        let every = usize::try_from(every.unwrap_or(12)).unwrap_or(12);
        for (at, hour) in day.hours.iter().enumerate().step_by(every) {
            let text = format!("{:02}", hour.hour);
            canvas.text((self.x(at), FOOT + 12.0), &text, SOFT, Anchor::Middle)?;
        }
        let middle = (self.left + self.right) / 2.0;
        canvas.text((middle, FOOT + 29.0), "hour of the day", SOFT, Anchor::Middle)
    }
}

/// The smallest round value that is not below.
fn round_up(value: f64) -> f64 {
    ticks(0.0, value.max(1e-3), 2).last().copied().unwrap_or(1.0)
}

#[expect(clippy::cast_precision_loss, reason = "counts of tickets and days")]
fn count(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
#[path = "hours_tests.rs"]
mod tests;
