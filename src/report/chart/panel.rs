//! Small line charts by week: a measure, what is usual for it, and what changed in it.

use chrono::NaiveDate;

use crate::report::model::{Change, Finding, Judged, Section, Verdict};
use crate::report::text::date;
use crate::statistics::control::Limits;

use super::canvas::{ChartError, Points};
use super::figure::{Cell, Drawing, Figure, FigureTable, Screen, Words};
use super::scope::Scope;
use super::week::{LEAST_FOR_LIMITS, Unit, Week};

/// Which way is for the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worse {
    Higher,
    Lower,
    /// Neither.
    Open,
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
    /// Whether it has limits once there are enough weeks.
    pub(super) has_limits: bool,
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
    /// The change that a finding tells, if it tells one.
    pub(super) fn of(finding: &Finding) -> Option<Self> {
        let judged: &Judged = finding.change()?;
        Some(Self {
            since: finding.since(),
            before: judged.before,
            after: judged.before + judged.change,
            worse: judged.verdict == Verdict::Worse,
        })
    }
}

/// What changed in a measure, if anything did.
pub(super) fn shift(section: &Section, measure: Change) -> Option<Shift> {
    section.changes.iter().find(|finding| finding.measure == measure).and_then(Shift::of)
}

/// What the first column of the table under a panel is called.
pub const WEEK_OF: &str = "week of";

/// Height of a panel, pixels.
pub(super) const HEIGHT: f64 = 184.0;
/// Width of a panel, pixels.
pub(super) const WIDTH: f64 = 340.0;

impl Panel {
    /// Whether there are weeks to compare, and one of them has a value.
    pub(super) fn is_worth_drawing(&self) -> bool {
        self.weeks.len() > 1 && self.weeks.iter().any(|week| week.value.is_some())
    }

    /// Whether a week lies outside its limits, and on which side.
    pub(super) fn outside(week: &Week) -> Option<Points> {
        let (limits, value) = week.limits.zip(week.value)?;
        match value {
            value if value > limits.high => Some(Points::Up),
            value if value < limits.low => Some(Points::Down),
            _ => None,
        }
    }

    pub(super) fn is_worse(&self, side: Points) -> bool {
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
                [] => format!("{name}: no week outside the limits"),
                [(first, side), rest @ ..] => {
                    let side = match (side, rest.iter().all(|(_, other)| other == side)) {
                        (Points::Up, true) => "above",
                        (Points::Down, true) => "below",
                        _ => "outside",
                    };
                    let n = outside.len();
                    let first = date(first.first);
                    if n == 1 {
                        format!("{name} {side} the limits in the week of {first}")
                    } else {
                        format!(
                            "{name} {side} the limits in {n} of {} weeks, first that of {first}",
                            known.len()
                        )
                    }
                }
            };
        }
        let values = || known.iter().filter_map(|week| week.value);
        let (low, high) = values().fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)));
        let (low, high) = (unit.words(low), unit.words(high));
        let limits =
            if self.unit == Unit::Count || !self.has_limits { "" } else { "; no limits yet" };
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
            None if self.unit == Unit::Count || !self.has_limits => String::new(),
            None => format!("Limits need {LEAST_FOR_LIMITS} whole weeks."),
        };
        if let Some(full) = scope.full_weeks() {
            text.push_str(&format!(" {}.", full.words()));
        }
        if self.weeks.iter().any(|week| !week.complete) {
            text.push_str(
                " Hollow: a week that is not over, or only in part in the window or the archive.",
            );
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
            [WEEK_OF, value, self.sample, "lower limit", "upper limit", "complete"],
            self.weeks.iter().map(row).collect(),
        )
    }
}
