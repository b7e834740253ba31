//! Which rows a figure shows: the locations of an organization, or one location beside all and its recent weeks.

use crate::calendar::iso_week;
pub(super) use crate::report::model::FEW;
use crate::report::model::{Figures, LocationReport, OrganizationReport, Scale, Section};
use crate::report::text::days;

/// Most rows a figure shows.
pub(super) const MOST_ROWS: usize = 25;
/// Recent weeks shown for one location.
const WEEKS: usize = 8;

/// What a set of figures is about.
pub(super) struct Scope<'a> {
    /// The group itself.
    pub(super) section: &'a Section,
    /// Rows of the figures that compare.
    pub(super) rows: Vec<Row<'a>>,
    /// What was left out.
    pub(super) note: Option<String>,
    /// Prefix of ids: figures of several scopes may stand on one page.
    pub(super) prefix: &'static str,
    /// The same target for all rows, minutes.
    pub(super) target_minutes: Option<f64>,
    /// `; 1 March 2021 to 28 March 2021`, or empty.
    pub(super) period: String,
    /// `to check-in` or `to the first call`.
    pub(super) wait_words: &'static str,
    /// The scale of ratings.
    pub(super) scale: Scale,
    /// Fewer ratings than this are hidden.
    pub(super) hide_below: u64,
}

/// One row of a comparing figure.
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
        }
    }

    /// What a figure leaves out, and what its mark `few` means if a row carries it.
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
            .filter_map(|(monday, figures)| Some((iso_week((*monday)?), figures)))
            .collect();
        for (week, figures) in weeks.iter().skip(weeks.len().saturating_sub(WEEKS)) {
            rows.push(Row { label: week.replace("-W", " week "), figures });
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
        }
    }
}

/// A target that has a place on an axis.
fn drawable(minutes: f64) -> Option<f64> {
    (minutes.is_finite() && minutes >= 0.0).then_some(minutes)
}

/// The window asked for, else the dates there are tickets of.
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

/// `, few` behind a small n.
pub(super) fn few(n: u64) -> &'static str {
    if n < FEW { ", few" } else { "" }
}

fn common_target<'a>(mut locations: impl Iterator<Item = &'a LocationReport>) -> Option<f64> {
    let first = locations.next()?.target_minutes;
    locations.all(|location| (location.target_minutes - first).abs() < 1e-9).then_some(first)
}
