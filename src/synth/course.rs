//! What a day at a location is like: planted changes, and how days and weeks scatter beyond chance.

use chrono::{Datelike, Days};

use super::Recipe;
use super::change::{Change, Measure};
use super::exact::exp;
use super::rng::Rng;

/// Most that a share of losses can become.
pub(super) const MOST_LOST: f64 = 0.9;
/// Standard deviation of a day's effect on the logit of a share, at scatter 1.
const DAY: f64 = 0.15;
/// That of a week's effect.
const WEEK: f64 = 0.06;
/// Standard deviation of a day's effect on the logarithm of the waits, at scatter 1.
const WAIT_DAY: f64 = 0.10;
/// That of a week's effect.
const WAIT_WEEK: f64 = 0.03;
/// Correlation of a week's effect with that of the week before.
const MEMORY: f64 = 0.5;
/// Sets the random numbers of scatter apart from all others.
const STREAM: u64 = 0x5ca7_7e25;

/// What a share becomes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shift {
    /// Its odds are multiplied by this,
    pub(super) odds: f64,
    /// and then it by that.
    pub(super) times: f64,
}

impl Shift {
    pub(super) const NONE: Self = Self { odds: 1.0, times: 1.0 };

    /// What a share between 0 and 1 becomes; with neither factor, exactly itself.
    pub(super) fn of(self, share: f64) -> f64 {
        if self == Self::NONE {
            return share;
        }
        self.times * share * self.odds / (1.0 - share + share * self.odds)
    }

    /// The same of a share of losses, of which there is a most.
    pub(super) fn lost(self, share: f64) -> f64 {
        self.of(share).min(MOST_LOST.max(share))
    }
}

/// How a day at a location differs from the usual.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Today {
    /// Every wait is multiplied by this.
    pub(super) wait: f64,
    pub(super) csat: Shift,
    pub(super) cancellation: Shift,
    pub(super) no_show: Shift,
}

impl Today {
    pub(super) const USUAL: Self =
        Self { wait: 1.0, csat: Shift::NONE, cancellation: Shift::NONE, no_show: Shift::NONE };

    fn shift(&mut self, measure: Measure) -> Option<&mut Shift> {
        match measure {
            Measure::Csat => Some(&mut self.csat),
            Measure::Cancellation => Some(&mut self.cancellation),
            Measure::NoShow => Some(&mut self.no_show),
            Measure::Wait => None,
        }
    }
}

const MEASURES: usize = Measure::ALL.len();

/// The days of all locations.
#[derive(Debug)]
pub(super) struct Course<'a> {
    recipe: &'a Recipe,
    /// Effects of the weeks on each measure, in units of their standard deviation: all weeks of the first location, of the
    /// second, ...; empty without scatter.
    weeks: Vec<[f64; MEASURES]>,
    weeks_each: usize,
}

impl<'a> Course<'a> {
    pub(super) fn new(recipe: &'a Recipe) -> Self {
        let weeks_each = week(recipe, recipe.days) + 1;
        let locations = if recipe.scatter > 0.0 { u64::from(recipe.locations) } else { 0 };
        let weeks = (0..locations).flat_map(|at| weeks_of(recipe.seed, at, weeks_each)).collect();
        Self { recipe, weeks, weeks_each }
    }

    /// A day (from 0) at a location (from 0).
    pub(super) fn day(&self, day: u32, at: usize) -> Today {
        let mut today = Today::USUAL;
        self.scatter(day, at, &mut today);
        let date = self.recipe.first_day.checked_add_days(Days::new(u64::from(day)));
        let here = |change: &&Change| {
            usize::try_from(change.location).is_ok_and(|number| number == at + 1)
                && date.is_some_and(|date| date >= change.from)
        };
        for change in self.recipe.changes.iter().filter(here) {
            match today.shift(change.measure) {
                Some(shift) => shift.times *= change.factor,
                None => today.wait *= change.factor,
            }
        }
        today
    }

    fn scatter(&self, day: u32, at: usize, today: &mut Today) {
        let week = week(self.recipe, day);
        let Some(weeks) = self.weeks.get(at * self.weeks_each + week) else { return };
        let mut rng = Rng::of(self.recipe.seed, &[STREAM, at as u64, 0, u64::from(day)]);
        for (measure, of_week) in Measure::ALL.iter().zip(weeks) {
            let of_day = rng.normal();
            match today.shift(*measure) {
                Some(shift) => {
                    shift.odds = exp(self.recipe.scatter * (DAY * of_day + WEEK * of_week));
                }
                None => {
                    today.wait =
                        exp(self.recipe.scatter * (WAIT_DAY * of_day + WAIT_WEEK * of_week));
                }
            }
        }
    }
}

/// The effects of the weeks at a location; each remembers half of the one before.
fn weeks_of(seed: u64, at: u64, weeks: usize) -> Vec<[f64; MEASURES]> {
    let mut rng = Rng::of(seed, &[STREAM, at, 1]);
    let fresh = (1.0 - MEMORY * MEMORY).sqrt();
    let mut effects: Vec<[f64; MEASURES]> = Vec::with_capacity(weeks);
    for _ in 0..weeks {
        let drawn = [(); MEASURES].map(|()| rng.normal());
        effects.push(match effects.last() {
            Some(before) => {
                let mut now = drawn;
                for (now, before) in now.iter_mut().zip(before) {
                    *now = MEMORY * before + fresh * *now;
                }
                now
            }
            None => drawn,
        });
    }
    effects
}

/// The week (Monday to Sunday) of a day, counted from that of the first day.
fn week(recipe: &Recipe, day: u32) -> usize {
    let first = recipe.first_day.weekday().num_days_from_monday();
    usize::try_from((first + day) / 7).unwrap_or(0)
}

/// Whether changes and scatter can be had of a recipe; else why not.
pub(super) fn check(recipe: &Recipe) -> Result<(), &'static str> {
    if !(0.0..=10.0).contains(&recipe.scatter) {
        return Err("the scatter must be from 0 to 10");
    }
    let last = recipe.first_day.checked_add_days(Days::new(u64::from(recipe.days)));
    for change in &recipe.changes {
        if !(1..=recipe.locations).contains(&change.location) {
            return Err("a change is of a location that the archive has not");
        }
        if !(change.factor > 0.0 && change.factor.is_finite()) {
            return Err("the factor of a change must be a number above 0");
        }
        if change.from < recipe.first_day || last.is_some_and(|last| change.from >= last) {
            return Err("the date of a change must be one of the days of the archive");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn nothing_asked_for_is_a_usual_day() {
        let recipe = Recipe::default();
        let course = Course::new(&recipe);
        for day in 0..28 {
            assert_eq!(course.day(day, 3), Today::USUAL);
        }
        for share in [0.08, 0.06, 0.165, 0.9] {
            assert_eq!(Shift::NONE.of(share).to_bits(), share.to_bits());
            assert_eq!(Shift::NONE.lost(share).to_bits(), share.to_bits());
        }
    }

    #[test]
    fn a_change_holds_at_its_place_from_its_day_on() {
        let from = NaiveDate::from_ymd_opt(2021, 3, 18).unwrap();
        let change = |measure, factor| Change { location: 2, measure, factor, from };
        let changes = vec![
            change(Measure::Wait, 1.5),
            change(Measure::Wait, 2.0),
            change(Measure::Csat, 0.8),
            change(Measure::NoShow, 1e9),
        ];
        let recipe = Recipe { changes, ..Recipe::default() };
        let course = Course::new(&recipe);
        assert_eq!(course.day(9, 1), Today::USUAL);
        assert_eq!(course.day(10, 0), Today::USUAL);
        let today = course.day(10, 1);
        assert!((today.wait - 3.0).abs() < 1e-12);
        assert!((today.csat.of(0.75) - 0.6).abs() < 1e-12);
        assert!((today.no_show.lost(0.06) - 0.9).abs() < 1e-12);
        assert_eq!(today.cancellation, Shift::NONE);
        assert_eq!(today, course.day(27, 1));
    }

    /// Spread and memory of the effects are those that were asked for.
    #[test]
    fn scatter_as_asked_for() {
        let recipe =
            Recipe { scatter: 2.0, days: 4_000, locations: 12, seed: 7, ..Recipe::default() };
        let course = Course::new(&recipe);
        let ln = |of: fn(&Today) -> f64, at| -> Vec<f64> {
            (0..3_997).map(|day| of(&course.day(day, at)).ln()).collect()
        };
        let spread = |of: fn(&Today) -> f64| {
            let all: Vec<f64> = (0..12).flat_map(|at| ln(of, at)).collect();
            (all.iter().map(|x| x * x).sum::<f64>() / all.len() as f64).sqrt()
        };
        let share = 2.0 * DAY.hypot(WEEK);
        let wait = 2.0 * WAIT_DAY.hypot(WAIT_WEEK);
        for (is, should) in [
            (spread(|today| today.csat.odds), share),
            (spread(|today| today.cancellation.odds), share),
            (spread(|today| today.no_show.odds), share),
            (spread(|today| today.wait), wait),
        ] {
            assert!((is / should - 1.0).abs() < 0.02, "{is}, not {should}");
        }
        let weeks: Vec<f64> = course.weeks.iter().map(|week| week[0]).collect();
        let n = weeks.len() as f64;
        let variance = weeks.iter().map(|w| w * w).sum::<f64>() / n;
        let memory = weeks.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / n / variance;
        assert!(
            (variance - 1.0).abs() < 0.06 && (memory - 0.5).abs() < 0.04,
            "{variance} {memory}"
        );
        // A week's effect is that of all its days: 2021-03-08, the first day, is a Monday.
        assert_eq!((week(&recipe, 6), week(&recipe, 7)), (0, 1));
        // Different places and measures have nothing to do with each other.
        let pairs = ln(|t| t.csat.odds, 0).into_iter().zip(ln(|t| t.csat.odds, 1));
        let together = pairs.map(|(a, b)| a * b).sum::<f64>() / 3_997.0 / share.powi(2);
        assert!(together.abs() < 0.06, "{together}");
    }

    #[test]
    fn what_cannot_be() {
        let first = Recipe::default().first_day;
        let good = Change { location: 6, measure: Measure::Csat, factor: 0.5, from: first };
        let of = |changes: Vec<Change>, scatter| {
            check(&Recipe { changes, scatter, ..Recipe::default() }).is_ok()
        };
        assert!(of(vec![good], 0.0) && of(vec![], 10.0));
        for bad in [
            Change { location: 7, ..good },
            Change { location: 0, ..good },
            Change { factor: 0.0, ..good },
            Change { factor: f64::NAN, ..good },
            Change { factor: f64::INFINITY, ..good },
            Change { from: first - Days::new(1), ..good },
            Change { from: first + Days::new(28), ..good },
        ] {
            assert!(!of(vec![good, bad], 0.0), "{bad:?}");
        }
        assert!(of(vec![Change { from: first + Days::new(27), ..good }], 1.0));
        assert!(!of(vec![], -0.1) && !of(vec![], f64::NAN) && !of(vec![], 11.0));
    }
}
