//! What a set of figures is about: a location, or all locations of an organization together.

use chrono::NaiveDate;

use crate::calendar::WeekStart;
use crate::report::model::{LocationReport, OrganizationReport, Scale, Section, WaitEnd};
use crate::report::weeks::FullWeeks;

/// What a set of figures is about.
#[derive(Clone)]
pub(super) struct Scope<'a> {
    /// Its numbers.
    pub(super) section: &'a Section,
    /// The report it is part of.
    pub(super) report: &'a OrganizationReport,
    /// The location; `None` for all of them together.
    pub(super) location: Option<&'a LocationReport>,
    /// The target of the wait, if it is the same everywhere, minutes.
    pub(super) target_minutes: Option<f64>,
    /// Where waits end: `to check-in` or `to the first call`.
    pub(super) wait_words: &'static str,
    /// The scale of ratings.
    pub(super) scale: Scale,
    /// The hour with which days begin, 0 to 23.
    pub(super) first_hour: u8,
    /// On which weekday weeks begin.
    pub(super) week_starts_on: WeekStart,
}

impl<'a> Scope<'a> {
    /// All locations together.
    pub(super) fn overview(report: &'a OrganizationReport) -> Self {
        Self {
            target_minutes: common_target(&report.locations).and_then(drawable),
            first_hour: common_hour(&report.locations),
            ..Self::of(report, &report.all)
        }
    }

    /// One location.
    pub(super) fn location(report: &'a OrganizationReport, location: &'a LocationReport) -> Self {
        Self {
            location: Some(location),
            target_minutes: drawable(location.target_minutes),
            first_hour: location.day_start.hour(),
            ..Self::of(report, &location.section)
        }
    }

    fn of(report: &'a OrganizationReport, section: &'a Section) -> Self {
        Self {
            section,
            report,
            location: None,
            target_minutes: None,
            wait_words: match report.wait_ends_at {
                WaitEnd::CheckIn => "to check-in",
                WaitEnd::Call => "to the first call",
            },
            scale: report.scale,
            first_hour: 0,
            week_starts_on: report.week_starts_on,
        }
    }

    /// Whether it is archived who was served.
    pub(super) fn tells_served(&self) -> bool {
        self.report.tells_served(self.location)
    }

    /// The full weeks, those of the key figures.
    pub(super) fn full_weeks(&self) -> Option<FullWeeks> {
        FullWeeks::of(self.report, self.location)
    }

    /// The file with the numbers: that of locations, or that of all locations together.
    pub(super) fn file(&self, of_locations: &'static str, of_all: &'static str) -> &'static str {
        if self.location.is_some() { of_locations } else { of_all }
    }

    /// The last day that is over.
    pub(super) fn last_whole(&self) -> Option<NaiveDate> {
        self.location.map_or(self.report.last_whole, |location| location.last_whole)
    }

    /// The day on which the data end: it may not be over.
    pub(super) fn data_end(&self) -> Option<NaiveDate> {
        self.report.data_through.map(|through| through.date())
    }
}

/// A target that can be shown on an axis.
fn drawable(minutes: f64) -> Option<f64> {
    (minutes.is_finite() && minutes >= 0.0).then_some(minutes)
}

fn common_target(locations: &[LocationReport]) -> Option<f64> {
    let (first, rest) = locations.split_first()?;
    let same = |of: &LocationReport| (of.target_minutes - first.target_minutes).abs() < 1e-9;
    rest.iter().all(same).then_some(first.target_minutes)
}

/// The hour with which the days of all of these begin; midnight if they begin at several.
fn common_hour(locations: &[LocationReport]) -> u8 {
    let mut hours = locations.iter().map(|location| location.day_start.hour());
    let first = hours.next().unwrap_or(0);
    if hours.all(|hour| hour == first) { first } else { 0 }
}
