//! Measures by week: the weeks, their values, and what is usual for them.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use crate::report::model::{Change, FEW, Figures, Section};
use crate::report::text::grouped;
use crate::report::weeks::{FullWeeks, SHOWN};
use crate::statistics::control::{Limits, laney};

use super::figure::{duration, minutes, percent};
use super::scope::Scope;

/// Weeks that limits need.
pub(super) const LEAST_FOR_LIMITS: usize = 20;

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

/// The weeks of a measure that is judged, with the limits of `control.csv`: also those before the window.
pub(super) fn control(scope: &Scope<'_>, section: &Section, measure: Change) -> Vec<Week> {
    let full = scope.full_weeks();
    let is_before = |first| scope.report.from.is_some_and(|from| first < from);
    let rows = section.control.iter().filter(|row| row.measure == measure);
    let week = |row: &crate::report::model::ControlRow| Week {
        first: row.from,
        value: Some(row.value).filter(|_| row.n >= FEW),
        n: row.n,
        limits: row.limits,
        complete: row.complete && (is_before(row.from) || full.is_some_and(|of| of.has(row.from))),
    };
    filled(rows.map(week), full)
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

/// Tickets of each week in the window.
pub(super) fn counts(scope: &Scope<'_>) -> Vec<Week> {
    #[expect(clippy::cast_precision_loss, reason = "counts of tickets")]
    weekly(scope, |f| (Some(f.tickets as f64), f.tickets))
}

/// The weeks of visits that were made, in the window.
fn weekly(scope: &Scope<'_>, of: impl Fn(&Figures) -> (Option<f64>, u64)) -> Vec<Week> {
    let full = scope.full_weeks();
    let data_end = scope.data_end();
    let dated = scope.section.weekly.iter().filter_map(|(first, f)| Some(((*first)?, f)));
    // What is only booked ahead is no week yet.
    let begun = dated.filter(|(first, _)| data_end.is_none_or(|end| *first <= end));
    let week = |(first, f): (NaiveDate, &Figures)| {
        let (value, n) = of(f);
        let complete = full.is_some_and(|full| full.has(first));
        Week { first, value, n, limits: None, complete }
    };
    filled(begun.map(week), full)
}

/// The last weeks, all full ones that are shown among them, with one without a value in each gap.
fn filled(weeks: impl Iterator<Item = Week>, full: Option<FullWeeks>) -> Vec<Week> {
    let mut known: BTreeMap<NaiveDate, Week> = weeks.map(|week| (week.first, week)).collect();
    if known.is_empty() {
        return Vec::new();
    }
    // After the running week there is nothing but bookings.
    if let Some(running) = full.and_then(FullWeeks::running) {
        known.retain(|first, _| *first <= running);
    }
    let nothing = |first| Week { first, value: None, n: 0, limits: None, complete: true };
    for first in full.map(FullWeeks::shown).unwrap_or_default() {
        known.entry(first).or_insert_with(|| nothing(first));
    }
    let mut all: Vec<Week> = Vec::new();
    for mut week in known.into_values() {
        week.value = week.value.filter(|value| value.is_finite());
        while let Some(next) = all.last().and_then(|last| last.first.checked_add_days(Days::new(7)))
        {
            if next >= week.first {
                break;
            }
            all.push(nothing(next));
        }
        all.push(week);
    }
    let running = all.iter().rev().take_while(|week| !week.complete).count();
    all.split_off(all.len().saturating_sub(SHOWN + running))
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
    pub(super) fn words(self, value: f64) -> String {
        if self == Self::Wait { duration(value) } else { self.text(value) }
    }

    /// The value on the axis.
    pub(super) fn plain(self, value: f64) -> f64 {
        match self {
            Self::Share => value * 100.0,
            Self::Wait => value / 60.0,
            Self::Count => value,
        }
    }

    /// What stands above the axis.
    pub(super) const fn unit(self) -> &'static str {
        match self {
            Self::Share => " %",
            Self::Wait => " min",
            Self::Count => "",
        }
    }
}
