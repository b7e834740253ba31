//! What became of those who entered the queue, by the minute: served from below, lost from above, the rest still wait.

use crate::report::model::CurveRow;
use crate::report::text::grouped;

use super::canvas::{Anchor, At, Canvas, ChartError};
use super::figure::{Cell, Figure, FigureTable, Words, percent};
use super::label::width_of;
use super::palette::{AXIS, BAND, GRID, INK, LOST_BAND, MAIN, SOFT, WORSE, WORSE_TEXT};
use super::scale::{Scale, trimmed};
use super::scope::Scope;
use super::waits::half_width;

/// The figure; `None` if too few entered the queue.
pub(super) fn figure(scope: &Scope<'_>) -> Result<Option<Figure>, ChartError> {
    let Some(outcome) = Outcome::of(scope) else { return Ok(None) };
    let n = outcome.rows.first().map_or(0, |row| row.at_risk);
    let words = Words {
        id: "outcome-by-minute",
        title: outcome.title(),
        subtitle: format!(
            "% of visits that entered the queue, by minutes since; n = {}",
            grouped(n)
        ),
        kind: "Area chart of what became of visits, by minutes in the queue".into(),
        caption: outcome.caption(),
        source: "curves.csv",
    };
    let drawings = half_width(258.0, |canvas, width| outcome.draw(canvas, width))?;
    Ok(Some(Figure { words, drawings, table: outcome.table() }))
}

struct Outcome<'a> {
    /// From minute 0 on, one a minute.
    rows: &'a [CurveRow],
    /// The target of the wait, minutes.
    target: Option<f64>,
}

fn lost(row: &CurveRow) -> f64 {
    row.left.share + row.no_show.share + row.removed.share
}

/// Whole percents of served, waiting and lost, which add up to 100.
fn whole(row: &CurveRow) -> [u64; 3] {
    let served = row.served.share.clamp(0.0, 1.0);
    let lost = lost(row).clamp(0.0, 1.0 - served);
    let shares = [served, 1.0 - served - lost, lost].map(|share| share * 100.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
    let mut whole = shares.map(|share| share.floor() as u64);
    // What is missing goes to those with the largest remainders; the first of equals.
    while whole.iter().sum::<u64>() < 100 {
        #[expect(clippy::cast_precision_loss, reason = "0 to 100")]
        let rest = |at: &usize| {
            let of = |at: usize| Some(shares.get(at)? - *whole.get(at)? as f64);
            of(*at).unwrap_or(0.0)
        };
        let next = [2, 1, 0].into_iter().max_by(|a, b| rest(a).total_cmp(&rest(b)));
        let Some(next) = next.and_then(|at| whole.get_mut(at)) else { break };
        *next += 1;
    }
    whole
}

impl<'a> Outcome<'a> {
    fn of(scope: &Scope<'a>) -> Option<Self> {
        // Where no wait is archived, it is not known that nobody was served.
        if scope.section.figures.waits == 0 {
            return None;
        }
        let rows = scope.section.curves.as_slice();
        let target = scope.target_minutes.filter(|target| *target > 0.0);
        // As far as the histogram of waits goes as a rule; further if many still wait there.
        let still =
            |minute: usize| rows.get(minute).map_or(0.0, |r| 1.0 - r.served.share - lost(r));
        let needed = target.unwrap_or(0.0);
        #[expect(clippy::cast_precision_loss, reason = "minutes")]
        let end = [20, 40, 60, 120, 180].into_iter().find(|end| {
            still(*end) <= 0.02_f64.max(if *end >= 40 { 0.1 } else { 0.0 }) && needed <= *end as f64
        });
        let rows = rows.get(..=end.unwrap_or(180)).unwrap_or(rows);
        (rows.len() > 1).then_some(Self { rows, target })
    }

    fn last(&self) -> Option<&CurveRow> {
        self.rows.last()
    }

    /// The row of the target, if it is a whole minute that the curves reach, and not their last one.
    fn at_target(&self) -> Option<&CurveRow> {
        let target = self.target.filter(|target| target.fract().abs() < 1e-9)?;
        #[expect(clippy::cast_precision_loss, reason = "minutes")]
        let row = self.rows.iter().find(|row| (row.minute as f64 - target).abs() < 1e-9)?;
        (row.minute < self.last()?.minute).then_some(row)
    }

    fn title(&self) -> String {
        let Some(last) = self.last() else { return String::new() };
        let minutes = |n: u64| if n == 1 { "1 minute".to_owned() } else { format!("{n} minutes") };
        let [served, _, lost] = whole(last);
        match self.at_target() {
            Some(row) => {
                let [served, waiting, _] = whole(row);
                format!(
                    "After {} {served} % were served and {waiting} % still waited; by {} {lost} % were lost",
                    minutes(row.minute),
                    minutes(last.minute)
                )
            }
            None => {
                format!("By {} {served} % were served and {lost} % were lost", minutes(last.minute))
            }
        }
    }

    fn caption(&self) -> String {
        let mut caption =
            "Lost: cancelled or left, not there at the call, removed or rejected.".to_owned();
        if let Some(row) = self.at_target() {
            caption.push_str(&format!(
                " Served after {} minutes: 95 % interval {} to {}.",
                row.minute,
                percent(row.served.low),
                percent(row.served.high)
            ));
        }
        if let Some(last) = self.last().filter(|last| last.minute < 20) {
            caption.push_str(&format!(
                " The curves stop at {} min: fewer than 10 waited longer.",
                last.minute
            ));
        }
        caption
    }

    fn table(&self) -> FigureTable {
        let share = |share: f64| Cell::Number(percent(share));
        let row = |row: &CurveRow| {
            vec![
                Cell::count(row.minute),
                Cell::count(row.at_risk),
                share(row.served.share),
                share(lost(row)),
                share(row.left.share),
                share(row.no_show.share),
                share(row.removed.share),
            ]
        };
        let header =
            ["minute", "in the queue so long", "served", "lost", "left", "no-show", "removed"];
        FigureTable::new(header, self.rows.iter().map(row).collect())
    }

    fn draw(&self, canvas: &Canvas<'_>, width: f64) -> Result<(), ChartError> {
        let Some(last) = self.last() else { return Ok(()) };
        let [served, waiting, lost_share] = whole(last);
        let labels = [
            format!("{lost_share} % lost"),
            format!("{waiting} % waiting"),
            format!("{served} % served"),
        ];
        let margin = labels.iter().map(|text| width_of(text, 12.0)).fold(0.0, f64::max) + 8.0;
        let (left, right, top, bottom) = (46.0, width - margin, 28.0, 220.0);
        let y = Scale { from: (0.0, bottom), to: (100.0, top) };
        #[expect(clippy::cast_precision_loss, reason = "minutes")]
        let x = |minute: u64| left + (right - left) * minute as f64 / last.minute as f64;
        let line = |of: &dyn Fn(&CurveRow) -> f64| -> Vec<At> {
            self.rows.iter().map(|row| (x(row.minute), y.within(of(row) * 100.0))).collect()
        };
        let served = line(&|row| row.served.share);
        let alive = line(&|row| 1.0 - lost(row));
        let area = |line: &[At], edge: f64| {
            let mut area = line.to_vec();
            area.extend([(right, edge), (left, edge)]);
            area
        };
        canvas.polygon(&area(&served, bottom), BAND)?;
        canvas.polygon(&area(&alive, top), LOST_BAND)?;
        let marks = [0.0, 25.0, 50.0, 75.0, 100.0];
        for mark in marks {
            let colour = if mark == 0.0 { AXIS } else { GRID };
            canvas.line(&[(left, y.at(mark)), (right, y.at(mark))], colour, 1.0)?;
        }
        for mark in marks {
            let unit = if mark > 99.0 { " %" } else { "" };
            canvas.text(
                (left - 5.0, y.at(mark)),
                &format!("{mark:.0}{unit}"),
                SOFT,
                Anchor::End,
            )?;
        }
        canvas.line(&served, MAIN, 2.2)?;
        canvas.line(&alive, WORSE, 2.2)?;
        self.draw_minutes(canvas, (left, right), bottom, &x)?;
        self.draw_target(canvas, (left, right, width), (top, bottom), &y)?;
        let gone = lost(last).clamp(0.0, 1.0) * 100.0;
        let done = last.served.share.clamp(0.0, 1.0) * 100.0;
        let shares = [100.0 - gone / 2.0, (100.0 - gone + done) / 2.0, done / 2.0];
        let places = apart(shares.map(|share| y.within(share)), (top + 2.0, bottom - 2.0));
        for ((text, y), colour) in labels.iter().zip(places).zip([WORSE_TEXT, SOFT, MAIN]) {
            canvas.text((right + 6.0, y), text, colour, Anchor::Start)?;
        }
        Ok(())
    }

    fn draw_minutes(
        &self,
        canvas: &Canvas<'_>,
        (left, right): (f64, f64),
        bottom: f64,
        x: &impl Fn(u64) -> f64,
    ) -> Result<(), ChartError> {
        let last = self.last().map_or(0, |row| row.minute);
        let every = [1, 2, 5, 10, 20, 30, 60].into_iter().find(|every| last / every <= 6);
        let every = usize::try_from(every.unwrap_or(60)).unwrap_or(60);
        for minute in (0..=last).step_by(every) {
            canvas.line(&[(x(minute), bottom), (x(minute), bottom + 4.0)], AXIS, 1.0)?;
            canvas.text((x(minute), bottom + 12.0), &minute.to_string(), SOFT, Anchor::Middle)?;
        }
        let text = "minutes since entering the queue";
        canvas.text(((left + right) / 2.0, bottom + 29.0), text, SOFT, Anchor::Middle)
    }

    /// The target, and the shares at it.
    fn draw_target(
        &self,
        canvas: &Canvas<'_>,
        (left, right, width): (f64, f64, f64),
        (top, bottom): (f64, f64),
        y: &Scale,
    ) -> Result<(), ChartError> {
        #[expect(clippy::cast_precision_loss, reason = "minutes")]
        let end = self.last().map_or(1, |row| row.minute) as f64;
        let Some(target) = self.target.filter(|target| *target < end) else { return Ok(()) };
        let x = left + (right - left) * target / end;
        canvas.dashed((x, top - 8.0), (x, bottom), INK, 1.3)?;
        let text = match self.at_target() {
            Some(row) => {
                canvas.dot((x, y.within(row.served.share * 100.0)), 4.0, INK)?;
                canvas.dot((x, y.within((1.0 - lost(row)) * 100.0)), 4.0, INK)?;
                let [served, _, lost] = whole(row);
                format!("target {} min: {served} % served, {lost} % lost", trimmed(target))
            }
            None => format!("target {} min", trimmed(target)),
        };
        let half = width_of(&text, 12.0) / 2.0;
        let middle = x.clamp(half, (width - 2.0 - half).max(half));
        canvas.text((middle, 9.0), &text, INK, Anchor::Middle)
    }
}

/// Places of labels from the top down, so near to where they should be that none touches another.
fn apart(wanted: [f64; 3], (top, bottom): (f64, f64)) -> [f64; 3] {
    let least = 15.0;
    let [mut a, mut b, mut c] = wanted;
    a = a.max(top);
    b = b.max(a + least);
    c = c.max(b + least).min(bottom);
    b = b.min(c - least);
    a = a.min(b - least);
    [a, b, c]
}

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
