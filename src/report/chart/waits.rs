//! How long people waited: a histogram with median, 90 % and target; after it the figures of the same section.

use crate::report::model::{FEW, FEW_FOR_P90, LAST_MINUTE};
use crate::report::text::{counted, grouped};

use super::canvas::{Anchor, At, Canvas, ChartError, Points};
use super::figure::{Cell, Drawing, Figure, FigureTable, Screen, Words, duration};
use super::label::width_of;
use super::palette::{AXIS, GRID, INK, MAIN, PAGE, SOFT};
use super::scale::{Scale, tick, ticks, trimmed};
use super::scope::Scope;

/// Where the axis may end, minutes; the least part of all waits that has to lie before it, in hundredths; the width of a bar.
const RANGES: [(u32, u64, u32); 6] =
    [(10, 99, 1), (20, 99, 1), (40, 90, 1), (60, 90, 2), (120, 90, 5), (LAST_MINUTE, 0, 5)];

/// The histogram of waits, if there is a wait.
pub(super) fn figure(scope: &Scope<'_>) -> Result<Option<Figure>, ChartError> {
    Waits::of(scope).map(|waits| waits.figure(scope)).transpose()
}

/// A half-width figure, drawn for a wide screen and for a phone.
pub(super) fn half_width(
    height: f64,
    draw: impl Fn(&Canvas<'_>, f64) -> Result<(), ChartError>,
) -> Result<Vec<Drawing>, ChartError> {
    let both = [(Screen::Wide, 520.0), (Screen::Narrow, 340.0)];
    both.into_iter()
        .map(|(screen, width)| Drawing::of(screen, (width, height), |canvas| draw(canvas, width)))
        .collect()
}

/// A number that can be drawn.
pub(super) fn drawn(seconds: Option<f64>) -> Option<f64> {
    seconds.filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
}

/// Waits by minute.
struct Waits {
    n: u64,
    /// Minutes that a bar stands for; the last one stands for all from the end of the axis on.
    width: u32,
    /// Waits in each bar.
    bars: Vec<u64>,
    /// Minutes; `None` with too few waits.
    median: Option<f64>,
    p90: Option<f64>,
    target: Option<f64>,
}

impl Waits {
    fn of(scope: &Scope<'_>) -> Option<Self> {
        let rows = &scope.section.histogram;
        let n: u64 = rows.iter().map(|(_, n)| n).sum();
        let target = scope.target_minutes.filter(|target| *target > 0.0);
        let before =
            |end: u32| rows.iter().filter(|(at, _)| *at < end).map(|(_, n)| n).sum::<u64>();
        let shows_target =
            |end: u32| target.is_none_or(|t| t <= f64::from(end) || t > f64::from(LAST_MINUTE));
        let range = RANGES
            .into_iter()
            .find(|(end, part, _)| before(*end) * 100 >= part * n && shows_target(*end));
        let (end, _, width) = range.filter(|_| n > 0)?;
        let bars = (0..=end / width).map(|bar| {
            let from = bar * width;
            let to = if from >= end { u32::MAX } else { from + width };
            rows.iter().filter(|(at, _)| (from..to).contains(at)).map(|(_, n)| n).sum()
        });
        let f = &scope.section.figures;
        let minutes = |seconds, least| {
            drawn(seconds).filter(|_| n >= least).map(|seconds: f64| seconds / 60.0)
        };
        Some(Self {
            n,
            width,
            bars: bars.collect(),
            median: minutes(f.wait_p50_s, FEW),
            p90: minutes(f.wait_p90_s, FEW_FOR_P90),
            target,
        })
    }

    /// Where the last bar begins, minutes.
    fn end(&self) -> u32 {
        self.width * u32::try_from(self.bars.len().saturating_sub(1)).unwrap_or(0)
    }

    /// Whether all waits of a bar are within the target.
    fn is_within(&self, bar: usize) -> bool {
        let to = count(bar + 1) * f64::from(self.width);
        self.target.is_none_or(|target| bar + 1 < self.bars.len() && to <= target + 1e-9)
    }

    fn title(&self) -> String {
        let median = self.median.map(|median| duration(median * 60.0));
        let p90 = self.p90.map(|p90| duration(p90 * 60.0));
        match (median, p90) {
            (Some(median), Some(p90)) => {
                format!("Half waited {median} or less, one in ten {p90} or more")
            }
            (Some(median), None) => format!("Half waited {median} or less"),
            _ => format!("Only {}: too few for a median", counted(self.n, "wait")),
        }
    }

    fn figure(&self, scope: &Scope<'_>) -> Result<Figure, ChartError> {
        let solid = if self.target.is_some() { "; solid bars are within target" } else { "" };
        let bars = if self.width == 1 {
            "whole minute".to_owned()
        } else {
            format!("{} minutes", self.width)
        };
        let end = self.end();
        let mut caption = format!("Waits of {end} minutes and over share the last bar.");
        if let Some(target) = self.target.filter(|target| *target > f64::from(LAST_MINUTE)) {
            caption.push_str(&format!(
                " The target of {} minutes is not in the picture.",
                trimmed(target)
            ));
        }
        let words = Words {
            id: "wait-histogram",
            title: self.title(),
            subtitle: format!(
                "Visits by {bars} waited {}; n = {}{solid}",
                scope.wait_words,
                grouped(self.n)
            ),
            kind: "Histogram of the wait".into(),
            caption,
            source: "wait_histogram.csv",
        };
        let row = |(bar, n): (usize, &u64)| {
            let from = self.width * u32::try_from(bar).unwrap_or(0);
            let to = from + self.width;
            let label = match to {
                _ if from >= end => format!("{end} and over"),
                to => format!("{from} to under {to}"),
            };
            let holds_target = f64::from(from) < self.target.unwrap_or_default()
                && self.target.is_some_and(|target| target < f64::from(to) && from < end);
            let within = match self.is_within(bar) {
                true => "yes",
                false if holds_target => "in part",
                false => "no",
            };
            vec![Cell::Text(label), Cell::count(*n), Cell::text(within)]
        };
        let rows = self.bars.iter().enumerate().map(row).collect();
        let mut table = FigureTable::new(["minutes", "waits", "within target"], rows);
        if self.target.is_none() {
            table.header.truncate(2);
            table.rows.iter_mut().for_each(|row| row.truncate(2));
        }
        let drawings = half_width(258.0, |canvas, width| self.draw(canvas, width))?;
        Ok(Figure { words, drawings, table })
    }

    fn draw(&self, canvas: &Canvas<'_>, width: f64) -> Result<(), ChartError> {
        let most = count_of(self.bars.iter().copied().max().unwrap_or(0)).max(1.0);
        let mut marks = ticks(0.0, most, 3);
        marks.retain(|mark| mark.fract().abs() < 1e-9);
        let texts = marks.iter().map(|mark| width_of(&tick(*mark, &marks), 12.0) + 8.0);
        let (left, right, top, bottom) = (texts.fold(46.0, f64::max), width - 6.0, 62.0, 220.0);
        let y = Scale {
            from: (0.0, bottom),
            to: (marks.last().copied().unwrap_or(most).max(most), top),
        };
        for mark in &marks {
            let colour = if *mark == 0.0 { AXIS } else { GRID };
            canvas.line(&[(left, y.at(*mark)), (right, y.at(*mark))], colour, 1.0)?;
            canvas.text((left - 6.0, y.at(*mark)), &tick(*mark, &marks), SOFT, Anchor::End)?;
        }
        let step = (right - left) / count(self.bars.len());
        let x = |minutes: f64| {
            left + step * (minutes / f64::from(self.width)).min(count(self.bars.len()) - 0.5)
        };
        let bar = |at: usize, n: u64| {
            let top = y.at(count_of(n));
            (left + step * (count(at) + 0.14), top, step * 0.72, bottom - top)
        };
        let shown = |within: bool| {
            let all = self.bars.iter().enumerate();
            all.filter(move |(at, n)| **n > 0 && self.is_within(*at) == within)
        };
        for (at, n) in shown(true) {
            let (x, y, w, h) = bar(at, *n);
            canvas.rect(x, y, w, h, MAIN)?;
        }
        // Edges first, then what is inside them: two paths.
        for (at, n) in shown(false) {
            let (x, y, w, h) = bar(at, *n);
            canvas.rect(x, y, w, h, MAIN)?;
        }
        for (at, n) in shown(false) {
            let (x, y, w, h) = bar(at, *n);
            if w > 2.8 && h > 2.8 {
                canvas.rect(x + 1.2, y + 1.2, w - 2.4, h - 1.2, PAGE)?;
            }
        }
        let end = self.end();
        let every = [1, 2, 5, 10, 20, 30, 60].into_iter().find(|every| end / every <= 6);
        let every = usize::try_from(every.unwrap_or(60).max(self.width)).unwrap_or(60);
        for minute in (0..=end).step_by(every) {
            if minute == end {
                let middle = left + step * (count(self.bars.len()) - 0.5);
                canvas.line(&[(middle, bottom), (middle, bottom + 4.0)], AXIS, 1.0)?;
                canvas.text((right, bottom + 12.0), &format!("{end}+"), SOFT, Anchor::End)?;
            } else {
                let place = x(f64::from(minute));
                canvas.line(&[(place, bottom), (place, bottom + 4.0)], AXIS, 1.0)?;
                canvas.text((place, bottom + 12.0), &minute.to_string(), SOFT, Anchor::Middle)?;
            }
        }
        canvas.text(
            ((left + right) / 2.0, bottom + 29.0),
            "minutes waited",
            SOFT,
            Anchor::Middle,
        )?;
        self.draw_lines(canvas, (left, right), bottom, x)
    }

    /// Median, target and 90 %: lines with a head and a label each.
    fn draw_lines(
        &self,
        canvas: &Canvas<'_>,
        (left, right): (f64, f64),
        bottom: f64,
        x: impl Fn(f64) -> f64,
    ) -> Result<(), ChartError> {
        let target = self.target.filter(|target| *target <= f64::from(self.end()));
        let lines = [
            (self.median, Head::Dot, self.median.map(|m| format!("median {m:.1} min"))),
            (target, Head::Flag, target.map(|t| format!("target {} min", trimmed(t)))),
            (self.p90, Head::Triangle, self.p90.map(|p| format!("90 %: {p:.1} min"))),
        ];
        let lines: Vec<(f64, Head, String)> = lines
            .into_iter()
            .filter_map(|(minutes, head, text)| Some((x(minutes?), head, text?)))
            .collect();
        let room: Vec<(f64, f64)> =
            lines.iter().map(|(x, _, text)| (*x, width_of(text, 12.0))).collect();
        let places = beside(&room, (left - 40.0, right + 5.0));
        for ((x, head, text), place) in lines.iter().zip(places) {
            let text_y = 8.0 + 17.0 * count(place.row);
            let y = if place.side == Side::Over { text_y + 13.0 } else { text_y };
            match head {
                Head::Flag => canvas.dashed((*x, y), (*x, bottom), INK, 1.3)?,
                Head::Dot | Head::Triangle => canvas.line(&[(*x, y), (*x, bottom)], INK, 1.3)?,
            }
            head.draw(canvas, (*x, y))?;
            let (x, anchor) = match place.side {
                Side::Right => (x + GAP, Anchor::Start),
                Side::Left => (x - GAP, Anchor::End),
                Side::Over => (*x, Anchor::Middle),
            };
            canvas.text((x, text_y), text, INK, anchor)?;
        }
        Ok(())
    }
}

/// The end of a line, which tells what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Head {
    Dot,
    Triangle,
    Flag,
}

impl Head {
    fn draw(self, canvas: &Canvas<'_>, (x, y): At) -> Result<(), ChartError> {
        match self {
            Self::Dot => canvas.dot((x, y), 4.0, INK),
            Self::Triangle => canvas.triangle((x, y), 5.0, Points::Up, INK),
            Self::Flag => canvas.line(&[(x - 5.0, y - 4.0), (x + 5.0, y - 4.0)], INK, 2.0),
        }
    }
}

/// Room between a line and its label, pixels.
const GAP: f64 = 8.0;

/// Where the label of an upright line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Beside {
    /// The row, 0 at the top; the line goes up to it.
    row: usize,
    side: Side,
}

/// On which side of its line a label stands; over it, the line ends below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Right,
    Left,
    Over,
}

impl Side {
    /// From where to where a label goes.
    fn span(self, (x, width): (f64, f64)) -> (f64, f64) {
        match self {
            Self::Right => (x + GAP, x + GAP + width),
            Self::Left => (x - GAP - width, x - GAP),
            Self::Over => (x - width / 2.0, x + width / 2.0),
        }
    }
}

/// Places for the labels of upright lines, given by where they are and how wide their labels are, each in a row of its own: so
/// that all are within the ends, and as few lines as possible go through the label of another.
fn beside(lines: &[(f64, f64)], (first, last): (f64, f64)) -> Vec<Beside> {
    let fault = |places: &[Beside]| {
        let all = || lines.iter().zip(places);
        let faults = all().map(|(line, place)| {
            let (from, to) = place.side.span(*line);
            let leaves = from < first || to > last;
            let above = all().filter(|(_, other)| other.row < place.row);
            let crossed = above.filter(|((x, _), _)| from - 5.0 < *x && *x < to + 5.0).count();
            usize::from(place.side == Side::Over) + 10 * crossed + 1_000 * usize::from(leaves)
        });
        faults.sum::<usize>()
    };
    let each = [Side::Right, Side::Left, Side::Over];
    let sides = lines.iter().fold(vec![Vec::new()], |all: Vec<Vec<Side>>, _| {
        let longer = |begin: &Vec<Side>| each.map(|side| [begin.as_slice(), &[side]].concat());
        all.iter().flat_map(longer).collect()
    });
    let place = |(row, side): (&usize, &Side)| Beside { row: *row, side: *side };
    let all = orders(lines.len()).into_iter().flat_map(|rows| {
        let of = |sides: &Vec<Side>| rows.iter().zip(sides).map(place).collect::<Vec<_>>();
        sides.iter().map(of).collect::<Vec<_>>()
    });
    all.min_by_key(|places| fault(places)).unwrap_or_default()
}

/// All orders of the numbers below n, which is small.
fn orders(n: usize) -> Vec<Vec<usize>> {
    (0..n).fold(vec![Vec::new()], |shorter, next| {
        let longer = |order: &Vec<usize>| {
            (0..=order.len())
                .map(|at| {
                    let mut order = order.clone();
                    order.insert(at, next);
                    order
                })
                .collect::<Vec<_>>()
        };
        shorter.iter().flat_map(longer).collect()
    })
}

#[expect(clippy::cast_precision_loss, reason = "some bars")]
fn count(n: usize) -> f64 {
    n as f64
}

#[expect(clippy::cast_precision_loss, reason = "counts of waits")]
fn count_of(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
#[path = "waits_tests.rs"]
mod tests;
