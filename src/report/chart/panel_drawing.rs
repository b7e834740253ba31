//! The pixels of a small line chart by week.

use chrono::NaiveDate;

use crate::report::text::date;
use crate::statistics::control::Limits;

use super::axis;
use super::canvas::{Anchor, Canvas, ChartError};
use super::palette::{AXIS, BAND, BEFORE, GRID, INK, MAIN, NOW, SOFT, WORSE};
use super::panel::{Panel, Shift};
use super::scale::{Scale, tick, ticks};
use super::scope::Scope;
use super::week::{Unit, Week};

const LEFT: f64 = 47.0;
const RIGHT: f64 = 290.0;
const TOP: f64 = 16.0;

impl Panel {
    /// Draws the panel.
    pub(super) fn draw(&self, canvas: &Canvas<'_>, scope: &Scope<'_>) -> Result<(), ChartError> {
        let bottom = self.height - 26.0;
        let (Some(first), Some(last)) = (self.weeks.first(), self.weeks.last()) else {
            return Ok(());
        };
        let (y, marks) = self.axis(bottom);
        #[expect(clippy::cast_precision_loss, reason = "days of a report")]
        let days = ((last.first - first.first).num_days() as f64).max(7.0);
        let step = (RIGHT - LEFT - 16.0) / days;
        #[expect(clippy::cast_precision_loss, reason = "days of a report")]
        let x = |date: NaiveDate| LEFT + 8.0 + (date - first.first).num_days() as f64 * step;
        // The newest weeks that are compared.
        if let Some(since) =
            self.change.and_then(|change| change.since).filter(|since| *since >= first.first)
        {
            canvas.rect(x(since), 6.0, RIGHT - x(since), bottom - 6.0, NOW)?;
        }
        for (at, value) in marks.iter().enumerate() {
            let line = y.at(*value);
            canvas.line(
                &[(LEFT, line), (RIGHT, line)],
                if *value == 0.0 { AXIS } else { GRID },
                1.0,
            )?;
            let unit = if at + 1 == marks.len() { self.unit.unit() } else { "" };
            // Beside the last value there is no room for a unit.
            canvas.text((LEFT - 6.0, line), &tick(*value, &marks), SOFT, Anchor::End)?;
            if !unit.is_empty() {
                canvas.text((LEFT - 3.0, line - 9.0), unit.trim(), SOFT, Anchor::Start)?;
            }
        }
        self.draw_limits(canvas, &x, &y)?;
        for (tick, text) in axis::ticks((first.first, last.first), step) {
            canvas.line(&[(x(tick), bottom), (x(tick), bottom + 4.0)], AXIS, 1.0)?;
            canvas.text((x(tick) + 2.0, bottom + 12.0), &text, SOFT, Anchor::Start)?;
        }
        if let Some(target) =
            self.target.map(|target| self.unit.plain(target)).filter(|target| *target <= y.to.0)
        {
            canvas.dashed((LEFT, y.at(target)), (RIGHT, y.at(target)), INK, 1.2)?;
        }
        self.draw_change(canvas, &x, &y, bottom)?;
        self.draw_values(canvas, scope, &x, &y)
    }

    fn axis(&self, bottom: f64) -> (Scale, Vec<f64>) {
        let plain = |value: f64| self.unit.plain(value);
        let limits = || self.weeks.iter().filter_map(|week| week.limits);
        let mut values: Vec<f64> =
            self.weeks.iter().filter_map(|week| week.value).map(plain).collect();
        values.extend(limits().flat_map(|limits| [plain(limits.low), plain(limits.high)]));
        let high = values.iter().copied().fold(0.0, f64::max);
        let low = values.iter().copied().fold(f64::MAX, f64::min).min(high);
        let zoomed = limits().next().is_some() && !self.from_zero;
        let mut low = if zoomed { low } else { 0.0 };
        let mut high = self.top.map_or(high, |top| high.max(plain(top)));
        // A target nearby belongs to the picture.
        if let Some(target) = self.target.map(plain).filter(|target| *target <= high * 2.0) {
            (low, high) = (low.min(target), high.max(target));
        }
        let mut marks = ticks(low, high, 4);
        if self.unit == Unit::Share {
            marks.retain(|mark| *mark <= 100.0 + 1e-9);
        }
        let ends = marks.first().copied().zip(marks.last().copied());
        let (from, to) = ends.filter(|(from, to)| from < to).unwrap_or((low, low + 1.0));
        (Scale { from: (from, bottom), to: (to, TOP) }, marks)
    }

    fn draw_limits(
        &self,
        canvas: &Canvas<'_>,
        x: &impl Fn(NaiveDate) -> f64,
        y: &Scale,
    ) -> Result<(), ChartError> {
        let with = |week: &Week| week.limits.map(|limits| (x(week.first), limits));
        let limits: Vec<Option<(f64, Limits)>> = self.weeks.iter().map(with).collect();
        let at = |value: f64| y.within(self.unit.plain(value));
        for run in limits.split(Option::is_none).filter(|run| run.len() > 1) {
            let run = || run.iter().flatten();
            let upper = run().map(|(x, limits)| (*x, at(limits.high)));
            let lower = run().rev().map(|(x, limits)| (*x, at(limits.low)));
            canvas.polygon(&upper.chain(lower).collect::<Vec<_>>(), BAND)?;
        }
        for run in limits.split(Option::is_none).filter(|run| run.len() > 1) {
            let centre: Vec<_> =
                run.iter().flatten().map(|(x, limits)| (*x, at(limits.centre))).collect();
            canvas.line(&centre, AXIS, 1.3)?;
        }
        Ok(())
    }

    /// The level before and after, and the week between them.
    fn draw_change(
        &self,
        canvas: &Canvas<'_>,
        x: &impl Fn(NaiveDate) -> f64,
        y: &Scale,
        bottom: f64,
    ) -> Result<(), ChartError> {
        let Some(Shift { since: Some(since), before, after, .. }) = self.change else {
            return Ok(());
        };
        let Some(first) = self.weeks.first().filter(|week| week.first < since) else {
            return Ok(());
        };
        let at = |value: f64| y.within(self.unit.plain(value));
        let turn = x(since);
        canvas.dashed((turn, 6.0), (turn, bottom), INK, 1.0)?;
        canvas.line(&[(x(first.first), at(before)), (turn, at(before))], INK, 1.4)?;
        canvas.line(&[(turn, at(after)), (RIGHT - 8.0, at(after))], INK, 1.4)?;
        let text = format!("from {}", date(since));
        canvas.text((turn - 5.0, 9.0), &text, INK, Anchor::End)
    }

    fn draw_values(
        &self,
        canvas: &Canvas<'_>,
        scope: &Scope<'_>,
        x: &impl Fn(NaiveDate) -> f64,
        y: &Scale,
    ) -> Result<(), ChartError> {
        let from = scope.report.from;
        let is_before = |week: &Week| from.is_some_and(|from| week.first < from);
        let point = |week: &Week| {
            let value = week.value.filter(|_| week.complete)?;
            Some((x(week.first), y.at(self.unit.plain(value)), is_before(week)))
        };
        let points: Vec<Option<(f64, f64, bool)>> = self.weeks.iter().map(point).collect();
        for run in points.split(Option::is_none).filter(|run| !run.is_empty()) {
            let run: Vec<(f64, f64, bool)> = run.iter().flatten().copied().collect();
            let split = run.iter().take_while(|point| point.2).count();
            let line =
                |points: &[(f64, f64, bool)]| points.iter().map(|p| (p.0, p.1)).collect::<Vec<_>>();
            if split > 0 {
                // The grey line ends where the blue one begins.
                canvas.line(
                    &line(run.get(..(split + 1).min(run.len())).unwrap_or(&run)),
                    BEFORE,
                    1.5,
                )?;
            }
            if let Some(after) = run.get(split..).filter(|after| after.len() > 1) {
                canvas.line(&line(after), MAIN, 2.2)?;
            }
        }
        let last = points.iter().rposition(Option::is_some);
        for (at, (week, point)) in self.weeks.iter().zip(&points).enumerate() {
            let Some((x, y, before)) = *point else { continue };
            match Self::outside(week) {
                Some(side) if self.is_worse(side) => canvas.triangle((x, y), 5.4, side, WORSE)?,
                Some(side) => canvas.hollow_triangle((x, y), 5.4, side, MAIN)?,
                None if Some(at) == last || points.len() < 12 || is_alone(&points, at) => {
                    canvas.dot((x, y), 3.0, if before { BEFORE } else { MAIN })?;
                }
                None => {}
            }
            if let (true, Some(value)) = (Some(at) == last, week.value) {
                let text = self.unit.text(value).replace(".0 %", " %");
                canvas.bold(
                    (RIGHT + 3.0, y.clamp(TOP, self.height - 30.0)),
                    &text,
                    12.0,
                    INK,
                    Anchor::Start,
                )?;
            }
        }
        for week in self.weeks.iter().filter(|week| !week.complete) {
            if let Some(value) = week.value {
                canvas.hollow((x(week.first), y.at(self.unit.plain(value))), 3.4, MAIN)?;
            }
        }
        Ok(())
    }
}

/// Whether a point has no neighbour to be joined with.
fn is_alone(points: &[Option<(f64, f64, bool)>], at: usize) -> bool {
    let there = |at: Option<usize>| at.and_then(|at| points.get(at)).is_some_and(Option::is_some);
    !there(at.checked_sub(1)) && !there(at.checked_add(1))
}
