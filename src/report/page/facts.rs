//! The top of a page: opening sentences, key figures, and what changed. Plain values, tested as text.

use chrono::NaiveDate;
use maud::{Markup, html};
use serde::Serialize;

use crate::calendar::{DayStart, week_end};
use crate::report::chart::{duration, percent};
use crate::report::model::{
    Change, FEW, Figures, LeftWaits, LocationReport, OrganizationReport, Scale, Section,
};
use crate::report::text::{counted, day, days, grouped, shown, through};
use crate::report::weeks::{FullWeeks, served_days, tickets};

use super::gaps::gaps;
use super::parts::unbroken;
use super::{change_words, waits_words};

/// One key figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Tile {
    pub(super) name: String,
    /// The value, or a dash.
    pub(super) value: String,
    /// Sample size, interval or a second value.
    pub(super) detail: String,
    /// What the judgement of the last weeks says, in a few words.
    pub(super) change: Option<String>,
    /// Its value in each full week, oldest first; empty if there are fewer than two.
    pub(super) weeks: Vec<Option<f64>>,
    /// The last of them as text.
    pub(super) newest: String,
}

/// Gets a value of a group of tickets; `None` if it is unknown.
type Value = fn(&Figures) -> Option<f64>;

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
            headline: headline(report, section),
            period: period(report, location),
            lines: lines(report),
            gaps: gaps(report, section, location),
            compared: compared(section, weeks),
            tiles: tiles(
                section,
                (report.scale, report.hide_below),
                location,
                weeks,
                waits_words::left_out_in_short(report),
            ),
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

/// What the key figures are held against, and which weeks their lines show: those of the panels over time.
fn compared(section: &Section, weeks: Option<FullWeeks>) -> String {
    let week = section.changes.iter().find_map(|finding| finding.week);
    let until = week.and_then(week_end).map_or_else(String::new, |end| {
        format!(" Comparisons end with the whole week to {}.", day(end))
    });
    let lines = match weeks {
        Some(weeks) if weeks.shown().len() > 1 => {
            format!("The lines show {}, with the last one written.", weeks.words())
        }
        _ => "There are no two full weeks, so there are no lines.".to_owned(),
    };
    format!("The figures are of the whole window. {lines}{until}")
}

/// The first sentence, behind what the report is about if it is not about all tickets.
fn headline(report: &OrganizationReport, section: &Section) -> String {
    let text = of_all(report, section);
    match only(report) {
        Some(only) => format!("{only} {text}"),
        None => text,
    }
}

/// What a report is about if it is not about all tickets, in a sentence.
pub(super) fn only(report: &OrganizationReport) -> Option<String> {
    (!report.filter.is_empty()).then(|| format!("Only {}.", shown(&report.filter, 200)))
}

fn of_all(report: &OrganizationReport, section: &Section) -> String {
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
    if let Some(p50) = f.wait_p50_s {
        text.push_str(&format!("; half of those served waited {} or less", duration(p50)));
        if let Some(left) = section.left_waits.p50_s.filter(|_| section.left_waits.n >= FEW) {
            text.push_str(&format!(", half of those who left gave up within {}", duration(left)));
        }
    }
    match known_within(f) {
        Some(within) => {
            text.push_str(&format!("; {} were served within the target", percent(within)));
        }
        None if f.waits == 0 => text.push_str("; how long people waited is not archived"),
        None => {}
    }
    if let Some(lost) = f.lost_rate {
        text.push_str(&format!("; {} of closed visits were lost", percent(lost)));
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

/// The share served within the target: not known where no wait at all is archived, because nobody can tell who was.
pub(super) fn known_within(f: &Figures) -> Option<f64> {
    f.within_target_rate.filter(|_| f.waits > 0)
}

/// The text, or a dash for an unknown value.
fn dash(value: Option<String>) -> String {
    value.unwrap_or_else(|| "–".to_owned())
}

fn few(n: u64) -> &'static str {
    if (1..FEW).contains(&n) { ", few" } else { "" }
}

fn tiles(
    section: &Section,
    (scale, hide_below): (Scale, u64),
    location: Option<&LocationReport>,
    weeks: Option<FullWeeks>,
    left_out: Option<String>,
) -> Vec<Tile> {
    let f = &section.figures;
    let rated = format!("Rated {}", scale.satisfied_words());
    let lines = |of: Value| match weeks.map(|weeks| weeks.values(section, of)) {
        Some(values) if values.len() > 1 => values,
        _ => Vec::new(),
    };
    let tile = |name: &str, value: String, detail, of: Value, judged: Option<Change>| Tile {
        name: name.to_owned(),
        newest: newest(lines(of), &value),
        value,
        detail,
        change: judged
            .and_then(|measure| section.changes.iter().find(|of| of.measure == measure))
            .and_then(change_words::words),
        weeks: lines(of),
    };
    let target = location.map_or_else(
        || "of each location".to_owned(),
        |location| format!("{} min", location.target_minutes),
    );
    let interval = f.csat_low.zip(f.csat_high).map_or_else(String::new, |(low, high)| {
        format!(", 95 % interval {:.0} to {:.0} %", low * 100.0, high * 100.0)
    });
    let of_closed = || format!("of {} closed{}", grouped(f.closed()), few(f.closed()));
    vec![
        tile(
            "Tickets",
            grouped(f.tickets),
            format!(
                "{} walk-in, {} booked; {} {}",
                grouped(f.walk_ins),
                grouped(f.bookings),
                grouped(f.people),
                if f.people == 1 { "person" } else { "people" }
            ),
            tickets,
            None,
        ),
        tile(
            "Median wait",
            dash(f.wait_p50_s.map(duration)),
            format!(
                "{}90 % within {}; n = {}{}{}",
                span(f.wait_p50_low_s, f.wait_p50_high_s),
                dash(f.wait_p90_s.map(duration)),
                grouped(f.waits),
                few(f.waits),
                left(section.left_waits)
            ) + &left_out.map_or_else(String::new, |text| format!("; {text}")),
            |f| f.wait_p50_s,
            Some(Change::Wait),
        ),
        tile(
            "Served within target",
            known_within(f)
                .map_or_else(|| if f.waits == 0 { "not known" } else { "–" }.to_owned(), percent),
            if f.waits == 0 {
                format!("no wait is archived; target {target}")
            } else {
                format!("target {target}")
            },
            if f.waits == 0 { |_| None } else { |f| f.within_target_rate },
            None,
        ),
        tile("Lost visits", dash(f.lost_rate.map(percent)), of_closed(), |f| f.lost_rate, None),
        tile(
            "Cancelled",
            dash(f.cancellation_rate.map(percent)),
            of_closed(),
            |f| f.cancellation_rate,
            Some(Change::Cancellation),
        ),
        tile(
            "No-shows",
            dash(f.no_show_rate.map(percent)),
            of_closed(),
            |f| f.no_show_rate,
            Some(Change::NoShow),
        ),
        tile(
            &rated,
            dash(f.csat.map(percent)),
            if f.hides_ratings() {
                format!("hidden: fewer than {hide_below} ratings")
            } else {
                format!("n = {}{}{interval}", grouped(f.rated()), few(f.rated()))
            },
            |f| f.csat,
            Some(Change::Csat),
        ),
        tile(
            "Response rate",
            dash(f.response_rate.map(percent)),
            format!(
                "of {} served{}; mean rating {}",
                grouped(f.served),
                few(f.served),
                dash(f.rating_mean.map(|m| format!("{m:.2}")))
            ),
            |f| f.response_rate,
            None,
        ),
    ]
}

/// The value of the last full week, in the form of the value of the window.
fn newest(weeks: Vec<Option<f64>>, like: &str) -> String {
    weeks.last().copied().flatten().map_or_else(String::new, |value| {
        if like.ends_with('%') {
            percent(value)
        } else if like.ends_with("min") || like.ends_with(" s") {
            format!("{:.1} min", value / 60.0)
        } else if like.contains('.') {
            format!("{value:.2}")
        } else {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
            grouped(value.max(0.0) as u64)
        }
    })
}

/// The interval of a median; empty if there is none.
fn span(low: Option<f64>, high: Option<f64>) -> String {
    low.zip(high).map_or_else(String::new, |(low, high)| {
        format!("95 % interval {} to {}; ", duration(low), duration(high))
    })
}

/// How long those waited who left, beside those who were served.
fn left(waits: LeftWaits) -> String {
    let LeftWaits { n, p50_s, p50_low_s, p50_high_s } = waits;
    p50_s.map_or_else(String::new, |median| {
        let interval = p50_low_s.zip(p50_high_s).map_or_else(String::new, |(low, high)| {
            format!(", 95 % interval {} to {}", duration(low), duration(high))
        });
        format!(
            ". Those who left had waited {} (median{interval}; n = {}{})",
            duration(median),
            grouped(n),
            few(n)
        )
    })
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
