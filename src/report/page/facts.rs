//! What a page says first: sentences, key figures, and what changed. Plain values; tested as words.

use chrono::{Datelike, Days, NaiveDate};
use maud::{Markup, html};

use crate::calendar::iso_week;
use crate::report::chart::{duration, percent};
use crate::report::model::{Figures, LocationReport, OrganizationReport, Section};
use crate::report::text::grouped;

/// Weeks that a week is compared with.
const BEFORE: usize = 4;

/// One key figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tile {
    pub(super) name: &'static str,
    /// The value, or a dash.
    pub(super) value: String,
    /// n, interval, second value.
    pub(super) detail: String,
    /// Change of the last full week.
    pub(super) change: Option<String>,
}

/// Everything said above the figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) headline: String,
    pub(super) period: String,
    pub(super) lines: String,
    pub(super) changed: Option<String>,
    pub(super) tiles: Vec<Tile>,
}

impl Facts {
    /// The facts of an organization, or of one of its locations.
    pub(super) fn of(
        report: &OrganizationReport,
        section: &Section,
        location: Option<&LocationReport>,
    ) -> Self {
        let f = &section.figures;
        let weeks = LastWeek::of(section, report.data_through);
        Self {
            headline: headline(f),
            period: period(report, location),
            lines: lines(report),
            changed: weeks.as_ref().and_then(LastWeek::sentence),
            tiles: tiles(f, location, weeks.as_ref()),
        }
    }

    pub(super) fn lead(&self) -> Markup {
        html! {
            p.lead { (self.headline) }
            @if let Some(changed) = &self.changed { p.changed { (changed) } }
            p.period { (self.period) }
            p.period { (self.lines) }
        }
    }
}

fn headline(f: &Figures) -> String {
    if f.tickets == 0 {
        return "There is no ticket in this window.".to_owned();
    }
    let mut text =
        format!("{} {}", grouped(f.tickets), if f.tickets == 1 { "ticket" } else { "tickets" });
    if let Some(p50) = f.wait_p50_s {
        text.push_str(&format!("; half of the visitors waited {} or less", duration(p50)));
    }
    if let Some(lost) = f.lost_rate {
        text.push_str(&format!("; {} of closed visits were lost", percent(lost)));
    }
    text.push('.');
    text
}

fn day(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

fn period(report: &OrganizationReport, location: Option<&LocationReport>) -> String {
    let mut text = match (report.data_from, report.data_through) {
        (Some(from), Some(through)) => format!("Visits of {} to {}.", day(from), day(through)),
        _ => "No dated visits.".to_owned(),
    };
    match (report.from, report.to) {
        (Some(from), Some(to)) => {
            text.push_str(&format!(" Asked for: {} to {}.", day(from), day(to)));
        }
        (Some(from), None) => text.push_str(&format!(" Asked for: from {}.", day(from))),
        (None, Some(to)) => text.push_str(&format!(" Asked for: until {}.", day(to))),
        (None, None) => {}
    }
    match location {
        Some(location) => text.push_str(&format!(" Local time: {}.", location.zone)),
        None if report.zone_is_default => {
            text.push_str(" Times in UTC where no time zone is configured.");
        }
        None => {}
    }
    if let Some(as_of) = &report.as_of {
        text.push_str(&format!(" As of {as_of}."));
    }
    text
}

fn lines(report: &OrganizationReport) -> String {
    let l = &report.lines;
    let files = u64::try_from(report.files.len()).unwrap_or(u64::MAX);
    let used = if l.rejected == 0 {
        "all of them usable".to_owned()
    } else {
        format!("{} could not be used", grouped(l.rejected))
    };
    format!("{} lines read from {} files; {used}.", grouped(l.lines), grouped(files))
}

fn dash(value: Option<String>) -> String {
    value.unwrap_or_else(|| "–".to_owned())
}

fn few(n: u64) -> &'static str {
    if n < 10 { ", few" } else { "" }
}

fn tiles(
    f: &Figures,
    location: Option<&LocationReport>,
    weeks: Option<&LastWeek<'_>>,
) -> Vec<Tile> {
    let change = |of: fn(&Figures) -> Option<f64>, show: fn(f64) -> String| {
        weeks.and_then(|weeks| weeks.change(of, show))
    };
    let points = |d: f64| format!("{:+.1} points", d * 100.0);
    let closed = f.tickets - f.open.min(f.tickets);
    let within_name = "Served within target";
    let target = location.map_or_else(
        || "of each location".to_owned(),
        |location| format!("{} min", location.target_minutes),
    );
    let interval = f.csat_low.zip(f.csat_high).map_or_else(String::new, |(low, high)| {
        format!(", 95 % interval {:.0} to {:.0} %", low * 100.0, high * 100.0)
    });
    vec![
        Tile {
            name: "Tickets",
            value: grouped(f.tickets),
            detail: format!(
                "{} walk-in, {} booked; {} people",
                grouped(f.walk_ins),
                grouped(f.bookings),
                grouped(f.people)
            ),
            change: change(tickets, |d| format!("{d:+.0}")),
        },
        Tile {
            name: "Median wait",
            value: dash(f.wait_p50_s.map(duration)),
            detail: format!(
                "90 % within {}; n = {}{}",
                dash(f.wait_p90_s.map(duration)),
                grouped(f.waits),
                few(f.waits)
            ),
            change: change(
                |f| f.wait_p50_s,
                |d| format!("{}{}", if d < 0.0 { "−" } else { "+" }, duration(d.abs())),
            ),
        },
        Tile {
            name: within_name,
            value: dash(f.within_target_rate.map(percent)),
            detail: format!("target {target}"),
            change: change(|f| f.within_target_rate, points),
        },
        Tile {
            name: "Lost visits",
            value: dash(f.lost_rate.map(percent)),
            detail: format!("of {} closed{}", grouped(closed), few(closed)),
            change: change(|f| f.lost_rate, points),
        },
        Tile {
            name: "Rated 4 or 5",
            value: dash(f.csat.map(percent)),
            detail: format!("n = {}{}{interval}", grouped(f.ratings), few(f.ratings)),
            change: change(|f| f.csat, points),
        },
        Tile {
            name: "Response rate",
            value: dash(f.response_rate.map(percent)),
            detail: format!(
                "of {} served; mean rating {}",
                grouped(f.served),
                dash(f.rating_mean.map(|m| format!("{m:.2}")))
            ),
            change: change(|f| f.response_rate, points),
        },
    ]
}

#[expect(clippy::cast_precision_loss, reason = "counts of tickets")]
fn tickets(f: &Figures) -> Option<f64> {
    Some(f.tickets as f64)
}

/// The last week that the data cover to its Sunday, and the up to four weeks before it.
struct LastWeek<'a> {
    name: String,
    last: &'a Figures,
    before: Vec<&'a Figures>,
}

impl<'a> LastWeek<'a> {
    fn of(section: &'a Section, through: Option<NaiveDate>) -> Option<Self> {
        let through = through?;
        let to_sunday = u64::from(through.weekday().number_from_monday() % 7);
        let sunday = through.checked_sub_days(Days::new(to_sunday))?;
        let name = iso_week(sunday);
        let at = section.weekly.iter().position(|(week, _)| week.as_deref() == Some(&name))?;
        let last = section.weekly.get(at).map(|(_, figures)| figures)?;
        let before: Vec<&Figures> = section
            .weekly
            .iter()
            .take(at)
            .skip(at.saturating_sub(BEFORE))
            .filter(|(week, _)| week.is_some())
            .map(|(_, figures)| figures)
            .collect();
        (!before.is_empty()).then_some(Self { name, last, before })
    }

    /// The value of the last week minus the mean of the weeks before.
    fn difference(&self, of: impl Fn(&Figures) -> Option<f64>) -> Option<f64> {
        let earlier: Vec<f64> = self.before.iter().filter_map(|figures| of(figures)).collect();
        if earlier.is_empty() {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "at most four weeks")]
        let mean = earlier.iter().sum::<f64>() / earlier.len() as f64;
        Some(of(self.last)? - mean)
    }

    fn change(&self, of: fn(&Figures) -> Option<f64>, show: fn(f64) -> String) -> Option<String> {
        self.difference(of).map(|d| {
            let difference = show(d).replace('-', "−");
            let week = self.name.split_once("-W").map_or("", |(_, week)| week);
            format!("week {}: {difference} vs before", week.trim_start_matches('0'))
        })
    }

    fn sentence(&self) -> Option<String> {
        let difference = self.difference(tickets)?;
        let mut parts = vec![match grouped_difference(difference) {
            n if n == "0" => "about as many tickets".to_owned(),
            n => format!("{n} {} tickets", if difference < 0.0 { "fewer" } else { "more" }),
        }];
        if let Some(wait) = self.difference(|f| f.wait_p50_s).filter(|d| d.abs() >= 0.5) {
            let longer = if wait < 0.0 { "shorter" } else { "longer" };
            parts.push(format!("a median wait {} {longer}", duration(wait.abs())));
        }
        if let Some(lost) = self.difference(|f| f.lost_rate).filter(|d| d.abs() >= 0.0005) {
            let higher = if lost < 0.0 { "lower" } else { "higher" };
            parts.push(format!("a share of lost visits {:.1} points {higher}", lost.abs() * 100.0));
        }
        let last = parts.pop()?;
        let list = if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) };
        let weeks = self.before.len();
        let than = if weeks == 1 {
            "the week before".to_owned()
        } else {
            format!("the mean of the {weeks} weeks before")
        };
        let week = self.name.replace("-W", " week ");
        Some(format!("What changed: {week} had {list}, compared with {than}."))
    }
}

/// The size of a difference of counts, rounded.
fn grouped_difference(difference: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of tickets"
    )]
    let whole = difference.abs().round() as u64;
    grouped(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(tickets: u64, wait: f64) -> Figures {
        Figures { tickets, wait_p50_s: Some(wait), lost_rate: Some(0.2), ..Figures::default() }
    }

    #[test]
    fn the_last_full_week_against_those_before() {
        let section = Section {
            weekly: vec![
                (Some("2021-W09".into()), week(100, 300.0)),
                (Some("2021-W10".into()), week(120, 360.0)),
                (Some("2021-W11".into()), week(99, 390.0)),
                (Some("2021-W12".into()), week(3, 10.0)),
            ],
            ..Section::default()
        };
        // 2021-03-24 is a Wednesday of week 12, so week 11 is the last full one.
        let weeks = LastWeek::of(&section, "2021-03-24".parse().ok()).unwrap();
        assert_eq!(
            weeks.sentence().unwrap(),
            "What changed: 2021 week 11 had 11 fewer tickets and a median wait 1 min longer, compared with the mean of the 2 weeks before."
        );
        assert_eq!(LastWeek::of(&section, "2021-03-28".parse().ok()).unwrap().name, "2021-W12");
        assert!(LastWeek::of(&section, "2021-03-08".parse().ok()).is_none());
    }

    #[test]
    fn without_tickets_there_are_dashes() {
        let facts = Facts::of(&OrganizationReport::default(), &Section::default(), None);
        assert_eq!(facts.headline, "There is no ticket in this window.");
        assert_eq!(facts.tiles[1].value, "–");
        assert!(facts.changed.is_none());
    }
}
