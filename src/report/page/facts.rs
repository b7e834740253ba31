//! The top of a page: opening sentences, key figures, and what changed. Plain values, tested as text.

use chrono::NaiveDate;
use maud::{Markup, html};
use serde::Serialize;

use crate::calendar::{DayStart, week_end};
use crate::report::chart::{duration, percent};
use crate::report::model::{FEW, Finding, LocationReport, OrganizationReport, Section, Told};
use crate::report::text::{counted, day, days, grouped, shown, through};
use crate::report::weeks::{FullWeeks, served_days, tickets};

use super::gaps::gaps;
use super::key_figures::{Tile, key_figures, known_within};
use super::parts::unbroken;

/// Everything shown above the figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Facts {
    pub(super) headline: String,
    pub(super) period: String,
    pub(super) lines: String,
    /// What the archive lacks, and what that means for the figures.
    pub(super) gaps: Vec<String>,
    pub(super) tiles: Vec<Tile>,
    /// What the small lines of the key figures show.
    pub(super) compared: String,
}

impl Facts {
    /// The facts of an organization, or of one of its locations.
    pub(super) fn of(
        report: &OrganizationReport,
        section: &Section,
        location: Option<&LocationReport>,
    ) -> Self {
        let weeks = FullWeeks::of(report, location);
        Self {
            headline: headline(report, section, report.tells_served(location)),
            period: period(report, location),
            lines: lines(report),
            gaps: gaps(report, section, location),
            compared: compared(section, weeks),
            tiles: key_figures(report, section, location),
        }
    }

    pub(super) fn lead(&self) -> Markup {
        html! {
            p.lead { (unbroken(&self.headline)) }
            p.period { (unbroken(&self.period)) }
            p.period { (unbroken(&self.lines)) }
            @for gap in &self.gaps { p.period { (unbroken(gap)) } }
        }
    }
}

/// Whether there are weeks that are held against others.
fn is_compared(finding: &Finding) -> bool {
    match &finding.told {
        Some(Told::Judged(_)) => true,
        Some(Told::TooLittle(little)) => little.plain.is_some(),
        None => false,
    }
}

/// What the key figures are held against, and which weeks their lines show: those of the panels over time.
fn compared(section: &Section, weeks: Option<FullWeeks>) -> String {
    let week = section.changes.iter().filter(|one| is_compared(one)).find_map(|one| one.week);
    let until = week.and_then(week_end).map_or_else(String::new, |end| {
        format!(" Comparisons end with the whole week to {}.", day(end))
    });
    let lines = match weeks {
        Some(weeks)
            if weeks.shown().len() > 1
                && weeks.values(section, tickets).iter().all(Option::is_none) =>
        {
            "There are no lines: none of the last full weeks has a ticket.".to_owned()
        }
        Some(weeks) if weeks.shown().len() > 1 => {
            format!("The lines show {}, with the last one written.", weeks.words())
        }
        _ => "There are no two full weeks, so there are no lines.".to_owned(),
    };
    format!("The figures are of the whole window. {lines}{until}")
}

/// The first sentence, behind what the report is about if it is not about all tickets.
fn headline(report: &OrganizationReport, section: &Section, tells_served: bool) -> String {
    let text = of_all(report, section, tells_served);
    match only(report) {
        Some(only) => format!("{only} {text}"),
        None => text,
    }
}

/// What a report is about if it is not about all tickets, in a sentence.
pub(super) fn only(report: &OrganizationReport) -> Option<String> {
    (!report.filter.is_empty()).then(|| format!("Only {}.", shown(&report.filter, 200)))
}

fn of_all(report: &OrganizationReport, section: &Section, tells_served: bool) -> String {
    let f = &section.figures;
    if f.tickets == 0 {
        let through = report.data_through.map(|through| through.date());
        return match (report.from, through) {
            // Such as a month to date during its first days.
            (Some(from), Some(through)) if through < from && !report.is_silent => format!(
                "There is no ticket in this window yet: it begins on {}, and the data end on {}.",
                day(from),
                day(through)
            ),
            _ => "There is no ticket in this window.".to_owned(),
        };
    }
    let mut text = counted(f.tickets, "ticket");
    if let Some(p50) = f.wait_p50_s.filter(|_| f.waits >= FEW) {
        text.push_str(&format!("; half of those served waited {} or less", duration(p50)));
        if let Some(left) = section.left_waits.p50_s.filter(|_| section.left_waits.n >= FEW) {
            text.push_str(&format!(", half of those who left gave up within {}", duration(left)));
        }
    }
    match known_within(f) {
        Some(_) if f.offered < FEW => {}
        Some(within) => {
            text.push_str(&format!("; {} were served within the target", percent(within)));
        }
        None if f.waits == 0 && f.served == 0 && tells_served && f.closed() >= FEW => {
            text.push_str("; nobody is known to have been served");
        }
        None if f.waits == 0 && tells_served => {
            text.push_str("; how long people waited is not archived");
        }
        None => {}
    }
    if tells_served {
        if let Some(lost) = f.lost_rate.filter(|_| f.closed() >= FEW) {
            text.push_str(&format!("; {} of closed visits were lost", percent(lost)));
        }
    } else {
        text.push_str("; who was served, and how long people waited, is not archived");
    }
    text.push('.');
    text
}

/// Whether there are bookings for later days.
fn booked_after(report: &OrganizationReport, last: NaiveDate) -> bool {
    let later = |date: &Option<NaiveDate>| date.is_some_and(|date| date > last);
    report.all.daily.iter().any(|(date, figures)| later(date) && figures.bookings > 0)
}

fn period(report: &OrganizationReport, location: Option<&LocationReport>) -> String {
    let mut text = match (report.first_date, report.last_date) {
        // Bookings made ahead have a service date, but the visit is still to come.
        (Some(from), Some(through)) => match served_days(report) {
            Some((_, last)) if booked_after(report, last) => {
                format!("Visits of {}; booked ahead until {}.", days(from, last), day(through))
            }
            _ => format!("Visits of {}.", days(from, through)),
        },
        _ => "No dated visits.".to_owned(),
    };
    match (report.from, report.to) {
        (Some(from), Some(to)) => {
            text.push_str(&format!(" Asked for: {}.", days(from, to)));
        }
        (Some(from), None) => text.push_str(&format!(" Asked for: from {}.", day(from))),
        (None, Some(to)) => text.push_str(&format!(" Asked for: until {}.", day(to))),
        (None, None) => {}
    }
    match location {
        Some(location) => {
            text.push_str(&format!(" Local time: {}.", location.zone));
            if location.day_start != DayStart::MIDNIGHT {
                text.push_str(&format!(" Days begin at {}.", location.day_start));
            }
        }
        None if report.zone_is_default => {
            text.push_str(" Times in UTC where no time zone is configured.");
        }
        None => {}
    }
    if let Some(at) = report.data_through {
        text.push_str(&format!(
            " Data through {}.",
            through(at, report.data_through_zone.as_deref())
        ));
    }
    if let Some(as_of) = &report.as_of {
        text.push_str(&format!(" As of {as_of}."));
    }
    text
}

fn lines(report: &OrganizationReport) -> String {
    let l = &report.lines;
    let files = u64::try_from(report.files.len()).unwrap_or(u64::MAX);
    if l.records == 0 {
        return format!("No record was read from {}.", counted(files, "file"));
    }
    let used = match l.rejected {
        0 if l.records == 1 => "all of it usable".to_owned(),
        0 => "all of them usable".to_owned(),
        n => format!("{} could not be used", grouped(n)),
    };
    format!("{} read from {}; {used}.", counted(l.records, "record"), counted(files, "file"))
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
