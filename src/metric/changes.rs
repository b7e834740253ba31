//! What changed in the places of an organization: the rule of [`what_changed`](crate::statistics::what_changed) on their weeks.

use chrono::{Days, NaiveDate};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use crate::statistics::what_changed::{
    Judged, Measure, State, Told, TooLittle, Verdict, judge, judge_alone,
};

use super::course::Looked;
use super::group::Rules;

/// What is said of a measure of a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finding {
    /// What was compared.
    pub measure: Measure,
    /// First day of the last whole week in the window; `None` if there is none.
    pub week: Option<NaiveDate>,
    /// What the rule says; `None` if it must not be shown, because there are so few ratings.
    pub told: Option<Told>,
}

impl Finding {
    /// The judgement, if there could be one that is shown.
    #[must_use]
    pub fn judged(&self) -> Option<&Judged> {
        match &self.told {
            Some(Told::Judged(judged)) => Some(judged),
            _ => None,
        }
    }

    /// The judgement, if something changed.
    #[must_use]
    pub fn change(&self) -> Option<&Judged> {
        self.judged().filter(|judged| judged.verdict != Verdict::NoClearChange)
    }

    /// First day of the week since when it is so; `None` without a change, or where the weeks are too few to tell.
    #[must_use]
    pub fn since(&self) -> Option<NaiveDate> {
        self.weeks_ago(self.change()?.since_weeks?.checked_sub(1)?)
    }

    /// First day of the week in which it was first said; `None` unless it is ongoing.
    #[must_use]
    pub fn first_said(&self) -> Option<NaiveDate> {
        match self.judged()?.state {
            State::Ongoing { first_said } => self.weeks_ago(first_said),
            State::Quiet | State::New | State::Ended { .. } => None,
        }
    }

    fn weeks_ago(&self, weeks: usize) -> Option<NaiveDate> {
        let days = u64::try_from(weeks).ok()?.checked_mul(7)?;
        self.week?.checked_sub_days(Days::new(days))
    }

    /// Takes back what few ratings would show.
    fn hidden(self, rules: Rules) -> Self {
        if self.measure != Measure::Csat {
            return self;
        }
        let told = match self.told {
            Some(Told::Judged(of)) if rules.hide(of.n_before.min(of.n_after)) => None,
            Some(Told::TooLittle(TooLittle { weeks, needed, plain })) => {
                let plain = plain.filter(|of| !rules.hide(of.n_before.min(of.n_after)));
                Some(Told::TooLittle(TooLittle { weeks, needed, plain }))
            }
            None => None,
            Some(judged) => Some(judged),
        };
        Self { told, ..self }
    }
}

/// What changed in an organization as a whole, and in each of its locations in their order, by the week that begins on `week`;
/// `looked` has the weeks until then, if there are any.
pub(super) fn changes(
    week: Option<NaiveDate>,
    looked: Option<&Looked>,
    locations: usize,
    rules: Rules,
) -> (Vec<Finding>, Vec<Vec<Finding>>) {
    let of = |(at, measure): (usize, Measure)| {
        let finding = |told| Finding { measure, week, told: Some(told) }.hidden(rules);
        let Some(weeks) = looked.and_then(|looked| looked.get(at)) else {
            let nothing = finding(judge_alone(measure, &[]));
            return (nothing, vec![nothing; locations]);
        };
        let places: Vec<&[_]> = weeks.places.iter().map(Vec::as_slice).collect();
        let told = judge(measure, &places).into_iter().map(finding).collect();
        (finding(judge_alone(measure, &weeks.all)), told)
    };
    let measures: Vec<(Finding, Vec<Finding>)> =
        Measure::ALL.into_par_iter().enumerate().map(of).collect();
    let all = measures.iter().map(|(all, _)| *all).collect();
    let places = (0..locations)
        .map(|at| measures.iter().filter_map(|(_, places)| places.get(at).copied()).collect());
    (all, places.collect())
}

#[cfg(test)]
#[path = "changes_tests.rs"]
mod tests;
