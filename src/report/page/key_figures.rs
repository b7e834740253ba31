//! The key figures of a page: their values, what they rest on, and the lines of their full weeks.

use serde::Serialize;

use crate::report::chart::{duration, percent, rounded};
use crate::report::model::{
    Change, FEW, FEW_FOR_P90, Figures, LeftWaits, LocationReport, OrganizationReport, Section,
};
use crate::report::text::{counted, grouped};
use crate::report::weeks::{FullWeeks, tickets};
use crate::statistics::wilson::interval_95;

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

/// The target of the wait in words: that of the location, or of all if it is the same.
fn target(report: &OrganizationReport, location: Option<&LocationReport>) -> String {
    let all = report.locations.iter().filter(|_| location.is_none());
    let mut all = location.into_iter().chain(all).map(|one| one.target_minutes);
    let first = all.next();
    match first {
        Some(first) if all.all(|other| (other - first).abs() < 1e-9) => format!("{first} min"),
        _ => "of each location".to_owned(),
    }
}

/// The share served within the target: not known where no wait at all is archived, because nobody can tell who was.
pub(super) fn known_within(f: &Figures) -> Option<f64> {
    f.within_target_rate.filter(|_| f.waits > 0)
}

/// The text, or a dash for an unknown value.
fn dash(value: Option<String>) -> String {
    value.unwrap_or_else(|| "–".to_owned())
}

/// A value and what it rests on; of fewer than ten, a share or a median would say more than there is.
fn enough(n: u64, noun: &str, value: Option<String>, detail: String) -> (String, String) {
    match n {
        0 => (dash(value), format!("no {noun}")),
        1..FEW => ("too few".to_owned(), format!("only {}", counted(n, noun))),
        _ => (dash(value), detail),
    }
}

/// The key figures of a report, or of one of its locations.
pub(super) fn key_figures(
    report: &OrganizationReport,
    section: &Section,
    location: Option<&LocationReport>,
) -> Vec<Tile> {
    let f = &section.figures;
    let weeks = FullWeeks::of(report, location);
    let lines = |of: Value| match weeks.map(|weeks| weeks.values(section, of)) {
        Some(values) if values.len() > 1 => values,
        _ => Vec::new(),
    };
    let tile =
        |name: &str, (value, detail): (String, String), of: Value, judged: Option<Change>| {
            let weeks = lines(of);
            let change =
                judged.and_then(|measure| section.changes.iter().find(|of| of.measure == measure));
            Tile {
                name: name.to_owned(),
                newest: newest(&weeks, &value),
                value,
                detail,
                change: change.and_then(change_words::words),
                weeks,
            }
        };
    let unknown: Value = |_| None;
    let tells_served = report.tells_served(location);
    // The lines have the same least numbers as the panels over time.
    let within: Value = |f| f.within_target_rate.filter(|_| f.offered >= FEW);
    let lost: Value = |f| f.lost_rate.filter(|_| f.closed() >= FEW);
    // Where nobody is known to have been served, nearly all that are closed were cancelled.
    let of_closed = |value: Option<f64>| {
        if !tells_served {
            return ("not known".to_owned(), "who was served is not archived".to_owned());
        }
        let detail = format!("of {} closed{}", grouped(f.closed()), interval(value, f.closed()));
        enough(f.closed(), "closed visit", value.map(percent), detail)
    };
    let cancelled: Value = |f| f.cancellation_rate.filter(|_| f.closed() >= FEW);
    let no_show: Value = |f| f.no_show_rate.filter(|_| f.closed() >= FEW);
    vec![
        tile("Tickets", (grouped(f.tickets), kinds(f)), tickets, None),
        tile(
            "Median wait",
            wait(report, section),
            |f| f.wait_p50_s.filter(|_| f.waits >= FEW),
            Some(Change::Wait),
        ),
        tile(
            "Served within target",
            within_target(f, &target(report, location)),
            if f.waits == 0 { unknown } else { within },
            None,
        ),
        tile(
            "Lost visits",
            of_closed(f.lost_rate),
            if tells_served { lost } else { unknown },
            None,
        ),
        tile(
            "Cancelled",
            of_closed(f.cancellation_rate),
            if tells_served { cancelled } else { unknown },
            Some(Change::Cancellation).filter(|_| tells_served),
        ),
        tile(
            "No-shows",
            of_closed(f.no_show_rate),
            if tells_served { no_show } else { unknown },
            Some(Change::NoShow).filter(|_| tells_served),
        ),
        tile(
            &format!("Rated {}", report.scale.satisfied_words()),
            ratings(f, report.hide_below),
            |f| f.csat.filter(|_| f.rated() >= FEW),
            Some(Change::Csat),
        ),
        tile(
            "Response rate",
            response(f),
            |f| f.response_rate.filter(|_| f.served_known >= FEW),
            None,
        ),
    ]
}

fn kinds(f: &Figures) -> String {
    format!(
        "{} walk-in, {} booked; {} {}",
        grouped(f.walk_ins),
        grouped(f.bookings),
        grouped(f.people),
        if f.people == 1 { "person" } else { "people" }
    )
}

fn wait(report: &OrganizationReport, section: &Section) -> (String, String) {
    let f = &section.figures;
    let most = f.wait_p90_s.filter(|_| f.waits >= FEW_FOR_P90);
    let detail = format!(
        "{}{}n = {}{}",
        span(f.wait_p50_low_s, f.wait_p50_high_s),
        most.map_or_else(String::new, |most| format!("90 % within {}; ", duration(most))),
        grouped(f.waits),
        left(section.left_waits)
    );
    let (value, mut detail) = match f.waits {
        0 => ("not known".to_owned(), format!("no wait is archived{}", left(section.left_waits))),
        n => enough(n, "wait", f.wait_p50_s.map(duration), detail),
    };
    if let Some(left_out) = waits_words::left_out_in_short(report) {
        detail.push_str(&format!("; {left_out}"));
    }
    (value, detail)
}

fn within_target(f: &Figures, target: &str) -> (String, String) {
    if f.waits == 0 {
        return ("not known".to_owned(), format!("no wait is archived; target {target}"));
    }
    let value = f.within_target_rate.map(percent);
    let n = f.offered;
    let detail =
        format!("target {target}; n = {}{}", grouped(n), interval(f.within_target_rate, n));
    enough(n, "queued visit", value, detail)
}

fn ratings(f: &Figures, hide_below: u64) -> (String, String) {
    if f.hides_ratings() {
        return (dash(None), format!("hidden: fewer than {hide_below} ratings"));
    }
    let interval = f.csat_low.zip(f.csat_high).map_or_else(String::new, ends);
    let detail = format!("n = {}{interval}", grouped(f.rated()));
    enough(f.rated(), "rating", f.csat.map(percent), detail)
}

fn response(f: &Figures) -> (String, String) {
    let mean = dash(f.rating_mean.filter(|_| f.rated() >= FEW).map(|mean| format!("{mean:.2}")));
    let mean = match f.rated() {
        0 if !f.hides_ratings() => "no rating in this window".to_owned(),
        _ => format!("mean rating {mean}"),
    };
    // Without those that are known from feedback alone.
    let n = f.served_known;
    let detail = format!("of {} served; {mean}", grouped(n));
    enough(n, "served visit", f.response_rate.map(percent), detail)
}

/// The value of the last full week, in the form of the value of the window.
fn newest(weeks: &[Option<f64>], like: &str) -> String {
    weeks.last().copied().flatten().map_or_else(String::new, |value| {
        if like.ends_with('%') {
            percent(value)
        } else if like.ends_with("min") || like.ends_with(" s") {
            // There is room for few letters.
            let is_short = value < 99.95 * 60.0;
            if is_short {
                format!("{:.1} min", value / 60.0)
            } else {
                format!("{:.1} h", value / 3600.0)
            }
        } else if like.contains('.') {
            format!("{value:.2}")
        } else {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
            grouped(value.max(0.0) as u64)
        }
    })
}

/// The interval of a share of `n`, behind what it is of; empty if there is none.
fn interval(share: Option<f64>, n: u64) -> String {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of visits, not more than n"
    )]
    let part = share.map(|share| (share * n as f64).round() as u64);
    part.and_then(|part| interval_95(part, n)).map_or_else(String::new, ends)
}

/// The ends of an interval of a share; with a decimal where it is narrow, as in the titles of charts.
fn ends(ends: (f64, f64)) -> String {
    format!(", 95 % interval {} to {} %", rounded(ends.0, ends), rounded(ends.1, ends))
}

/// The interval of a median; empty if there is none.
fn span(low: Option<f64>, high: Option<f64>) -> String {
    low.zip(high).map_or_else(String::new, |(low, high)| {
        format!("95 % interval {} to {}; ", duration(low), duration(high))
    })
}

/// How long those waited who left, beside those who were served; nothing of fewer than ten.
fn left(waits: LeftWaits) -> String {
    let LeftWaits { n, p50_s, p50_low_s, p50_high_s } = waits;
    p50_s.filter(|_| n >= FEW).map_or_else(String::new, |median| {
        let interval = p50_low_s.zip(p50_high_s).map_or_else(String::new, |(low, high)| {
            format!(", 95 % interval {} to {}", duration(low), duration(high))
        });
        format!(
            ". Those who left had waited {} (median{interval}; n = {})",
            duration(median),
            grouped(n)
        )
    })
}
