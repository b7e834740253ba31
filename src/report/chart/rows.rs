//! The rows of a figure: the locations of an organization, or one location with all of them and its recent weeks.

use crate::calendar::WeekStart;
pub(super) use crate::report::model::FEW;
use crate::report::model::{Figures, LocationReport, OrganizationReport, Scale, Section};
use crate::report::text::{days, week};

/// Most rows of a figure.
pub(super) const MOST_ROWS: usize = 25;
/// Number of recent weeks shown for a location.
const WEEKS: usize = 8;

/// What a set of figures is about.
pub(super) struct Scope<'a> {
    /// The group itself.
    pub(super) section: &'a Section,
    /// Rows of the figures that compare groups.
    pub(super) rows: Vec<Row<'a>>,
    /// A note on what was left out.
    pub(super) note: Option<String>,
    /// Prefix of ids, because figures of several scopes may be on one page.
    pub(super) prefix: &'static str,
    /// The target, if it is the same for all rows, minutes.
    pub(super) target_minutes: Option<f64>,
    /// The dates for a subtitle: `; 1 March 2021 to 28 March 2021`, or empty.
    pub(super) period: String,
    /// Where waits end: `to check-in` or `to the first call`.
    pub(super) wait_words: &'static str,
    /// The scale of ratings.
    pub(super) scale: Scale,
    /// Ratings of groups with fewer ratings than this are hidden.
    pub(super) hide_below: u64,
    /// The hour with which days begin, 0 to 23.
    pub(super) first_hour: u8,
    /// On which weekday weeks begin.
    pub(super) week_starts_on: WeekStart,
}

/// A row of a figure that compares groups.
pub(super) struct Row<'a> {
    pub(super) label: String,
    pub(super) figures: &'a Figures,
}

impl<'a> Scope<'a> {
    /// All locations: those with the most tickets, by name.
    pub(super) fn overview(report: &'a OrganizationReport) -> Self {
        let mut chosen: Vec<&LocationReport> = report.locations.iter().collect();
        chosen.sort_by(|a, b| {
            let tickets = |l: &LocationReport| std::cmp::Reverse(l.section.figures.tickets);
            tickets(a).cmp(&tickets(b)).then_with(|| a.name.cmp(&b.name))
        });
        chosen.truncate(MOST_ROWS);
        chosen.sort_by(|a, b| a.name.cmp(&b.name));
        let all = report.locations.len();
        let note = (all > chosen.len()).then(|| {
            format!(
                "The {} locations with the most tickets, by name; the other {} are in the table of locations and in locations.csv.",
                chosen.len(),
                all - chosen.len()
            )
        });
        let mut rows =
            vec![Row { label: "All locations".to_owned(), figures: &report.all.figures }];
        rows.extend(chosen.into_iter().map(|location| Row {
            label: location.name.clone(),
            figures: &location.section.figures,
        }));
        Self {
            section: &report.all,
            rows,
            note,
            prefix: "all",
            target_minutes: common_target(report.locations.iter()).and_then(drawable),
            period: period(report),
            wait_words: wait_words(report),
            scale: report.scale,
            hide_below: report.hide_below,
            first_hour: common_hour(&report.locations),
            week_starts_on: report.week_starts_on,
        }
    }

    /// The note of a figure: what it leaves out, and what `few` means if a row is marked with it.
    pub(super) fn note(&self, count: impl Fn(&Figures) -> u64) -> Option<String> {
        let marked = |row: &Row<'_>| (1..FEW).contains(&count(row.figures));
        let few =
            (self.rows.iter().any(marked)).then(|| format!("few: n below {FEW}, read with care."));
        let notes: Vec<String> = self.note.iter().cloned().chain(few).collect();
        (!notes.is_empty()).then(|| notes.join(" "))
    }

    /// One location: itself, all locations, its recent weeks.
    pub(super) fn location(report: &'a OrganizationReport, location: &'a LocationReport) -> Self {
        let mut rows = vec![
            Row { label: "This location".to_owned(), figures: &location.section.figures },
            Row { label: "All locations".to_owned(), figures: &report.all.figures },
        ];
        let weeks: Vec<_> = (location.section.weekly.iter())
            .filter_map(|(first, figures)| Some(((*first)?, figures)))
            .collect();
        for (first, figures) in weeks.iter().skip(weeks.len().saturating_sub(WEEKS)) {
            rows.push(Row { label: capital(&week(report.week_starts_on, *first)), figures });
        }
        let note = (weeks.len() > WEEKS)
            .then(|| format!("The last {WEEKS} of {} weeks; all are in weekly.csv.", weeks.len()));
        Self {
            section: &location.section,
            rows,
            note,
            prefix: "loc",
            target_minutes: drawable(location.target_minutes),
            period: period(report),
            wait_words: wait_words(report),
            scale: report.scale,
            hide_below: report.hide_below,
            first_hour: location.day_start.hour(),
            week_starts_on: report.week_starts_on,
        }
    }
}

/// The text with a capital first letter.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A target that can be shown on an axis.
fn drawable(minutes: f64) -> Option<f64> {
    (minutes.is_finite() && minutes >= 0.0).then_some(minutes)
}

/// The window requested, else the dates with tickets, for a subtitle.
fn period(report: &OrganizationReport) -> String {
    let first = report.from.or(report.first_date);
    let last = report.to.or(report.last_date);
    match (first, last) {
        (Some(first), Some(last)) => format!("; {}", days(first, last)),
        _ => String::new(),
    }
}

fn wait_words(report: &OrganizationReport) -> &'static str {
    match report.wait_ends_at {
        crate::report::model::WaitEnd::CheckIn => "to check-in",
        crate::report::model::WaitEnd::Call => "to the first call",
    }
}

/// `, few` for a small n.
pub(super) fn few(n: u64) -> &'static str {
    if n < FEW { ", few" } else { "" }
}

fn common_target<'a>(mut locations: impl Iterator<Item = &'a LocationReport>) -> Option<f64> {
    let first = locations.next()?.target_minutes;
    locations.all(|location| (location.target_minutes - first).abs() < 1e-9).then_some(first)
}

/// The hour with which the days of all of these begin; midnight if they begin at several.
fn common_hour(locations: &[LocationReport]) -> u8 {
    let mut hours = locations.iter().map(|location| location.day_start.hour());
    let first = hours.next().unwrap_or(0);
    if hours.all(|hour| hour == first) { first } else { 0 }
}
