//! Small line charts by week: a measure, what is usual for it, and what changed.

use chrono::{Days, NaiveDate};

use crate::calendar::week_end;
use crate::report::model::{Change, FEW, Figures, Finding, Judged, Section, Verdict};
use crate::report::text::{date, grouped};
use crate::statistics::control::{Limits, laney};

use super::axis;
use super::canvas::{Anchor, Canvas, ChartError, Points};
use super::figure::{
    Cell, Drawing, Figure, FigureTable, Screen, Words, duration, minutes, percent,
};
use super::palette::{AXIS, BAND, BEFORE, GRID, INK, MAIN, NOW, SOFT, WORSE};
use super::scale::{Scale, tick, ticks};
use super::scope::Scope;
use super::{Changed, TOLD, changed};

/// Weeks shown at most, the running one not counted.
const WEEKS: usize = 24;
/// Weeks that limits need.
const LEAST_FOR_LIMITS: usize = 20;

/// What the values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Shares, shown as percent.
    Share,
    /// Seconds, shown as minutes.
    Wait,
    /// Counts.
    Count,
}

/// Which way is for the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worse {
    Higher,
    Lower,
    /// Neither.
    Open,
}

/// One week.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Week {
    /// Its first day.
    pub(super) first: NaiveDate,
    /// The value; `None` if the week has too little for one.
    pub(super) value: Option<f64>,
    /// The size of the sample.
    pub(super) n: u64,
    /// What is usual; `None` without enough weeks.
    pub(super) limits: Option<Limits>,
    /// Whether the week is over.
    pub(super) complete: bool,
}

/// A measure by week.
pub(super) struct Panel {
    /// The name of the file.
    pub(super) id: &'static str,
    /// `Median wait`.
    pub(super) name: &'static str,
    /// Measure and unit in words, for the subtitle.
    pub(super) what: String,
    /// What `n` counts: `waits`.
    pub(super) sample: &'static str,
    pub(super) unit: Unit,
    pub(super) worse: Worse,
    /// Oldest first, without gaps: a week without tickets has no value.
    pub(super) weeks: Vec<Week>,
    /// A line to compare with, in the unit of the values.
    pub(super) target: Option<f64>,
    /// What changed in it, if anything did.
    pub(super) change: Option<Shift>,
    /// The CSV file.
    pub(super) source: &'static str,
    /// Whether the axis begins at zero in any case, so that panels can be compared.
    pub(super) from_zero: bool,
    /// Height of the drawing, pixels.
    pub(super) height: f64,
    /// End of the axis, if several panels share it.
    pub(super) top: Option<f64>,
}

/// A change that the headlines tell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shift {
    /// First day of the week since when.
    pub(super) since: Option<NaiveDate>,
    pub(super) before: f64,
    pub(super) after: f64,
    pub(super) worse: bool,
}

impl Shift {
    fn of(finding: &Finding) -> Option<Self> {
        let judged: &Judged = finding.change()?;
        Some(Self {
            since: finding.since(),
            before: judged.before,
            after: judged.before + judged.change,
            worse: judged.verdict == Verdict::Worse,
        })
    }
}

/// The panels over time.
pub(super) fn figures(scope: &Scope<'_>) -> Result<Vec<Figure>, ChartError> {
    let rated = format!("% of ratings {}", scale_words(scope));
    let panel = |id, name, what: String, sample, unit, worse, weeks, target, change| Panel {
        id,
        name,
        what,
        sample,
        unit,
        worse,
        weeks,
        target,
        change,
        source: "weekly.csv",
        from_zero: false,
        height: HEIGHT,
        top: None,
    };
    let control = |measure| (control(scope.section, measure), shift(scope.section, measure));
    let (waits, wait_change) = control(Change::Wait);
    let (ratings, csat_change) = control(Change::Csat);
    let panels = [
        panel(
            "week-wait",
            "Median wait",
            format!("Minutes {}", scope.wait_words),
            "waits",
            Unit::Wait,
            Worse::Higher,
            waits,
            scope.target_minutes.map(|minutes| minutes * 60.0),
            wait_change,
        ),
        panel(
            "week-within",
            "Served within target",
            "% of visits that entered the queue".to_owned(),
            "closed visits",
            Unit::Share,
            Worse::Lower,
            shares(scope, |f| (f.within_target_rate, f.closed())),
            None,
            None,
        ),
        panel(
            "week-lost",
            "Lost visits",
            "% of closed visits not served".to_owned(),
            "closed visits",
            Unit::Share,
            Worse::Higher,
            shares(scope, |f| (f.lost_rate, f.closed())),
            None,
            None,
        ),
        panel(
            "week-csat",
            "Satisfied",
            rated,
            "ratings",
            Unit::Share,
            Worse::Lower,
            ratings,
            None,
            csat_change,
        ),
        panel(
            "week-response",
            "Response rate",
            "% of served visits that were rated".to_owned(),
            "served visits",
            Unit::Share,
            Worse::Open,
            shares(scope, |f| (f.response_rate, f.served)),
            None,
            None,
        ),
        panel(
            "week-tickets",
            "Tickets",
            "Tickets a week".to_owned(),
            "tickets",
            Unit::Count,
            Worse::Open,
            counts(scope),
            None,
            None,
        ),
    ];
    panels
        .into_iter()
        .filter(|panel| panel.weeks.len() > 1)
        .map(|panel| panel.figure(scope))
        .collect()
}

fn scale_words(scope: &Scope<'_>) -> String {
    scope.scale.satisfied_words()
}

/// Height of a panel, pixels.
pub(super) const HEIGHT: f64 = 184.0;
const WIDTH: f64 = 340.0;
const LEFT: f64 = 47.0;
const RIGHT: f64 = 290.0;
const TOP: f64 = 16.0;

/// Height of the drawing in a card, pixels.
pub const CARD_HEIGHT: f64 = 132.0;

/// The weeks of what changed, one drawing for each change that is told.
pub(super) fn changes(scope: &Scope<'_>) -> Result<Vec<Drawing>, ChartError> {
    let drawing = |change: &Changed<'_>| {
        let section = change.place.map_or(&scope.report.all, |place| &place.section);
        let measure = change.finding.measure;
        let (unit, worse) = match measure {
            Change::Wait => (Unit::Wait, Worse::Higher),
            Change::Csat => (Unit::Share, Worse::Lower),
            Change::Cancellation | Change::NoShow => (Unit::Share, Worse::Higher),
        };
        let panel = Panel {
            id: "",
            name: "",
            what: String::new(),
            sample: "",
            unit,
            worse,
            weeks: control(section, measure),
            target: None,
            change: Shift::of(change.finding),
            source: "",
            from_zero: false,
            height: CARD_HEIGHT,
            top: None,
        };
        Drawing::of(Screen::All, (WIDTH, CARD_HEIGHT), |canvas| panel.draw(canvas, scope))
    };
    changed(scope.report, scope.location).iter().take(TOLD).map(drawing).collect()
}

/// The weeks of a measure that is judged, with the limits of `control.csv`.
pub(super) fn control(section: &Section, measure: Change) -> Vec<Week> {
    let rows = section.control.iter().filter(|row| row.measure == measure);
    filled(rows.map(|row| Week {
        first: row.from,
        value: Some(row.value),
        n: row.n,
        limits: row.limits,
        complete: row.complete,
    }))
}

pub(super) fn shift(section: &Section, measure: Change) -> Option<Shift> {
    section.changes.iter().find(|finding| finding.measure == measure).and_then(Shift::of)
}

/// The weeks in the window with a share, and the limits of its whole weeks, if there are enough.
pub(super) fn shares(scope: &Scope<'_>, of: impl Fn(&Figures) -> (Option<f64>, u64)) -> Vec<Week> {
    let mut weeks = weekly(scope, |f| {
        let (value, n) = of(f);
        (value.filter(|_| n >= FEW), n)
    });
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a share of a count of tickets"
    )]
    let hits = |week: &Week| {
        let value = week.value.filter(|_| week.complete)?;
        Some(((value * week.n as f64).round() as u64, week.n))
    };
    let whole: Vec<(u64, u64)> = weeks.iter().filter_map(hits).collect();
    if whole.len() < LEAST_FOR_LIMITS {
        return weeks;
    }
    let mut limits = laney(&whole).map(|shares| shares.limits).unwrap_or_default().into_iter();
    for week in weeks.iter_mut().filter(|week| hits(week).is_some()) {
        week.limits = limits.next();
    }
    weeks
}

fn counts(scope: &Scope<'_>) -> Vec<Week> {
    #[expect(clippy::cast_precision_loss, reason = "counts of tickets")]
    weekly(scope, |f| (Some(f.tickets as f64), f.tickets))
}

/// The weeks of visits that were made, in the window.
fn weekly(scope: &Scope<'_>, of: impl Fn(&Figures) -> (Option<f64>, u64)) -> Vec<Week> {
    let last_whole = scope.last_whole();
    let is_whole = |first: NaiveDate| {
        let end = week_end(first);
        end.zip(last_whole).is_some_and(|(end, whole)| end <= whole)
            && scope.report.from.is_none_or(|from| from <= first)
            && end.zip(scope.report.to).is_none_or(|(end, to)| end <= to)
    };
    let data_end = scope.data_end();
    let dated = scope.section.weekly.iter().filter_map(|(first, f)| Some(((*first)?, f)));
    // What is only booked ahead is no week yet.
    let begun = dated.filter(|(first, _)| data_end.is_none_or(|end| *first <= end));
    filled(begun.map(|(first, f)| {
        let (value, n) = of(f);
        Week { first, value, n, limits: None, complete: is_whole(first) }
    }))
}

/// The last weeks, with one without a value in each gap.
fn filled(weeks: impl Iterator<Item = Week>) -> Vec<Week> {
    let mut all: Vec<Week> = Vec::new();
    for mut week in weeks {
        week.value = week.value.filter(|value| value.is_finite());
        while let Some(next) = all.last().and_then(|last| last.first.checked_add_days(Days::new(7)))
        {
            if next >= week.first {
                break;
            }
            all.push(Week { first: next, value: None, n: 0, limits: None, complete: true });
        }
        all.push(week);
    }
    let running = all.iter().filter(|week| !week.complete).count();
    all.split_off(all.len().saturating_sub(WEEKS + running.min(1)))
}

impl Unit {
    /// A value as an axis or a table shows it.
    pub(super) fn text(self, value: f64) -> String {
        match self {
            Self::Share => percent(value),
            Self::Wait => minutes(value),
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
            Self::Count => grouped(value.max(0.0).round() as u64),
        }
    }

    /// A value in a sentence.
    fn words(self, value: f64) -> String {
        if self == Self::Wait { duration(value) } else { self.text(value) }
    }

    /// The value on the axis.
    fn plain(self, value: f64) -> f64 {
        match self {
            Self::Share => value * 100.0,
            Self::Wait => value / 60.0,
            Self::Count => value,
        }
    }

    const fn unit(self) -> &'static str {
        match self {
            Self::Share => " %",
            Self::Wait => " min",
            Self::Count => "",
        }
    }
}

impl Panel {
    /// Whether a week lies outside its limits, and on which side.
    fn outside(week: &Week) -> Option<Points> {
        let (limits, value) = week.limits.zip(week.value)?;
        match value {
            value if value > limits.high => Some(Points::Up),
            value if value < limits.low => Some(Points::Down),
            _ => None,
        }
    }

    fn is_worse(&self, side: Points) -> bool {
        self.worse == if side == Points::Up { Worse::Higher } else { Worse::Lower }
    }

    fn title(&self) -> String {
        let Self { name, unit, .. } = self;
        if let Some(Shift { since, before, after, .. }) = self.change {
            let verb = if after > before { "rose" } else { "fell" };
            let since = since.map_or_else(String::new, |day| format!(" about {}", date(day)));
            return format!(
                "{name} {verb} from {} to {}{since}",
                unit.words(before),
                unit.words(after)
            );
        }
        let known: Vec<&Week> =
            self.weeks.iter().filter(|week| week.value.is_some() && week.complete).collect();
        if known.is_empty() {
            return format!("{name}: no week with enough {}", self.sample);
        }
        if known.iter().any(|week| week.limits.is_some()) {
            let outside: Vec<(&Week, Points)> =
                known.iter().filter_map(|week| Some((*week, Self::outside(week)?))).collect();
            return match outside.as_slice() {
                [] => format!("{name}: no week outside its limits"),
                [(first, side), rest @ ..] => {
                    let side = match (side, rest.iter().all(|(_, other)| other == side)) {
                        (Points::Up, true) => "above",
                        (Points::Down, true) => "below",
                        _ => "outside",
                    };
                    let n = outside.len();
                    let first = date(first.first);
                    if n == 1 {
                        format!("{name} {side} its limits in the week of {first}")
                    } else {
                        format!(
                            "{name} {side} its limits in {n} of {} weeks, first that of {first}",
                            known.len()
                        )
                    }
                }
            };
        }
        let values = || known.iter().filter_map(|week| week.value);
        let (low, high) = values().fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)));
        let (low, high) = (unit.words(low), unit.words(high));
        let limits = if self.unit == Unit::Count { "" } else { "; no limits yet" };
        if low == high {
            format!("{name}: {low} a week{limits}")
        } else {
            format!("{name}: {low} to {high} by week{limits}")
        }
    }

    fn caption(&self, scope: &Scope<'_>) -> String {
        let limits = self.weeks.iter().rev().find_map(|week| week.limits);
        let mut text = match limits {
            Some(Limits { centre, low, high }) => {
                format!(
                    "Usual value {}; limits {} to {} in the last whole week.",
                    self.unit.text(centre),
                    self.unit.text(low),
                    self.unit.text(high)
                ) + if self.unit == Unit::Wait { " In minutes." } else { "" }
            }
            None if self.unit == Unit::Count => String::new(),
            None => format!("Limits need {LEAST_FOR_LIMITS} whole weeks."),
        };
        if self.weeks.iter().any(|week| !week.complete) {
            text.push_str(" Hollow: a week that is not over, or only in part in the window.");
        }
        if scope
            .report
            .from
            .is_some_and(|from| self.weeks.first().is_some_and(|week| week.first < from))
        {
            text.push_str(" Grey: before the window.");
        }
        text.trim().to_owned()
    }

    pub(super) fn figure(&self, scope: &Scope<'_>) -> Result<Figure, ChartError> {
        let target = self.target.map_or_else(String::new, |target| {
            format!("; dashed: target {} {}", self.unit.text(target).trim_end_matches(".0"), "min")
        });
        let words = Words {
            id: self.id,
            title: self.title(),
            subtitle: format!("{} by week{target}", self.what),
            kind: format!("Line chart of {} by week", self.name.to_lowercase()),
            caption: self.caption(scope),
            source: self.source,
        };
        let drawing =
            Drawing::of(Screen::All, (WIDTH, self.height), |canvas| self.draw(canvas, scope))?;
        Ok(Figure { words, drawings: vec![drawing], table: self.table() })
    }

    fn draw(&self, canvas: &Canvas<'_>, scope: &Scope<'_>) -> Result<(), ChartError> {
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

    fn table(&self) -> FigureTable {
        let value = match self.unit {
            Unit::Share => "value",
            Unit::Wait => "minutes",
            Unit::Count => "number",
        };
        let row = |week: &Week| {
            let limit = |of: fn(Limits) -> f64| {
                Cell::of(week.limits.map(|limits| self.unit.text(of(limits))))
            };
            vec![
                Cell::text(&week.first.to_string()),
                Cell::of(week.value.map(|value| self.unit.text(value))),
                Cell::count(week.n),
                limit(|limits| limits.low),
                limit(|limits| limits.high),
                Cell::text(if week.complete { "yes" } else { "no" }),
            ]
        };
        FigureTable::new(
            ["week of", value, self.sample, "lower limit", "upper limit", "complete"],
            self.weeks.iter().map(row).collect(),
        )
    }
}

/// Whether a point has no neighbour to be joined with.
fn is_alone(points: &[Option<(f64, f64, bool)>], at: usize) -> bool {
    let there = |at: Option<usize>| at.and_then(|at| points.get(at)).is_some_and(Option::is_some);
    !there(at.checked_sub(1)) && !there(at.checked_add(1))
}
