//! Every table against a plain loop over the tickets, written without looking at how the program does it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, TimeZone, Timelike};
use queuestat::archive::{Limits, discover, go_on};
use queuestat::calendar::Zone;
use queuestat::dataframe::{Settings as FrameSettings, TicketFrame, WaitEnd, WaitRules};
use queuestat::ingest::{Settings, ingest};
use queuestat::metric::{Daily, Group, Tables};
use queuestat::report::csv::to_csv;
use queuestat::synth::{Compression, Recipe, write};
use queuestat::ticket::{Directory, Facts, Outcome, Ticket, TicketSet};
use queuestat::webhook;

use crate::naive::{TARGET_MS, entered, local, quantile, rate, summary, wait, wilson};

const NOW: i64 = 1_619_827_200_000;

fn tickets(seed: u64) -> TicketSet {
    let folder = tempfile::tempdir().unwrap();
    let recipe =
        Recipe { tickets: 900, seed, compression: Compression::Plain, ..Recipe::default() };
    write(&recipe, folder.path()).unwrap();
    let found = discover(&[folder.path().to_owned()]).unwrap();
    let settings = Settings {
        webhook: webhook::Settings {
            as_of: NOW,
            earliest: 0,
            payload: None,
            received_at: None,
            scale: webhook::Scale::FIVE,
        },
        limits: Limits::default(),
        settle_ms: 600_000,
        ignore_others: false,
    };
    let zone = Zone::parse("Europe/Stockholm").ok();
    let directory = Directory::new(BTreeMap::new(), BTreeMap::new(), zone, TARGET_MS);
    ingest(&found.files, &settings, &go_on).unwrap().fold.finish(&directory).0
}

/// Rows of a CSV file without the three key cells of the location.
fn rows(table: &queuestat::metric::Table) -> Vec<(String, String)> {
    let text = String::from_utf8(to_csv(table).unwrap()).unwrap();
    text.lines()
        .skip(1)
        .map(|line| {
            // organization, "location", location_id: the id has no comma, the name may.
            let cut = line.match_indices("\",").nth(2).unwrap().0;
            let id = line[..cut].rsplit('"').next().unwrap().to_owned();
            (id, line[cut + 2..].to_owned())
        })
        .collect()
}

/// For each location id, its tickets.
fn by_location(set: &TicketSet, frame: &TicketFrame) -> BTreeMap<String, Vec<Ticket>> {
    let first = set.locations.iter().position(|l| l.organization == frame.organization).unwrap();
    let mut groups: BTreeMap<String, Vec<Ticket>> = BTreeMap::new();
    for t in set.tickets() {
        if set.locations[t.location].organization == frame.organization {
            groups.entry(frame.locations[t.location - first].id.clone()).or_default().push(t);
        }
    }
    groups
}

fn check(name: &str, table: &queuestat::metric::Table, mut expected: Vec<(String, String)>) {
    let mut got = rows(table);
    got.sort();
    expected.sort();
    assert!(!got.is_empty(), "{name}");
    for (a, b) in got.iter().zip(&expected) {
        assert_eq!(a, b, "{name}");
    }
    assert_eq!(got.len(), expected.len(), "{name}");
}

/// Splits tickets by something and describes each part.
fn split<K: Ord>(
    groups: &BTreeMap<String, Vec<Ticket>>,
    key: impl Fn(&Ticket) -> Option<K>,
    row: impl Fn(&K, &[&Ticket]) -> String,
) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for (id, tickets) in groups {
        let mut parts: BTreeMap<K, Vec<&Ticket>> = BTreeMap::new();
        for t in tickets {
            if let Some(key) = key(t) {
                parts.entry(key).or_default().push(t);
            }
        }
        rows.extend(parts.iter().map(|(key, part)| (id.clone(), row(key, part))));
    }
    rows
}

#[test]
fn all_tables_agree_with_plain_loops() {
    for seed in [1, 2, 3] {
        let set = tickets(seed);
        let ends_at = WaitEnd::CheckIn;
        let waits = WaitRules { ends_at, max_ms: 86_400_000, as_of: NOW, leave_out_bursts: false };
        let frames = TicketFrame::build(
            &set,
            FrameSettings { waits, scale: webhook::Scale::FIVE, from: None, to: None },
        )
        .unwrap();
        assert_eq!(frames.len(), 2);
        for frame in &frames {
            let groups = by_location(&set, frame);
            let tables = Tables::of(frame, &Daily::of(frame).unwrap(), Group::Location).unwrap();
            check("locations", &tables.whole, split(&groups, |_| Some(()), |(), t| summary(t)));
            let date = |d: Option<String>| d.map_or_else(String::new, |d| format!("\"{d}\""));
            check(
                "daily",
                &tables.daily,
                split(
                    &groups,
                    |t| Some(local(t).map(|l| l.0.to_string())),
                    |day, t| format!("{},{}", date(day.clone()), summary(t)),
                ),
            );
            let week = |d: NaiveDate| d.format("%G-W%V").to_string();
            check(
                "weekly",
                &tables.weekly,
                split(
                    &groups,
                    |t| Some(local(t).map(|l| week(l.0))),
                    |w, t| format!("{},{}", date(w.clone()), summary(t)),
                ),
            );
            check(
                "cancellations",
                &tables.cancellations,
                split(
                    &groups,
                    |t| {
                        let lost = !matches!(t.outcome, Outcome::Served | Outcome::Open);
                        lost.then(|| {
                            (
                                t.outcome.name(),
                                t.ticket_type.map_or("", |id| set.names.get(id)),
                                lead(t),
                            )
                        })
                    },
                    |(outcome, kind, lead), t| {
                        let lead = lead.map_or_else(String::new, |l| format!("\"{l}\""));
                        format!("\"{outcome}\",\"{kind}\",{lead},{}", t.len())
                    },
                ),
            );
            check(
                "wait_histogram",
                &tables.wait_histogram,
                split(
                    &groups,
                    |t| wait(t).map(|w| (w / 60).min(180)),
                    |minute, t| format!("{minute},{}", t.len()),
                ),
            );
            check(
                "ratings_by_wait",
                &tables.ratings_by_wait,
                split(
                    &groups,
                    |t| t.rating.and(wait(t)).map(|w| band(w / 60)),
                    |band, t| {
                        let stars: Vec<usize> =
                            t.iter().map(|t| usize::from(t.rating.unwrap().stars())).collect();
                        let top = stars.iter().filter(|s| **s >= 4).count();
                        let (low, high) = wilson(top, stars.len());
                        format!(
                            "\"{band}\",{},{},{},{low},{high}",
                            stars.len(),
                            rate(stars.iter().sum(), stars.len()),
                            rate(top, stars.len())
                        )
                    },
                ),
            );
            check("ratings", &tables.ratings, ratings(&groups));
            check("hourly", &tables.hourly, hourly(&groups));
        }
    }
}

fn lead(t: &Ticket) -> Option<&'static str> {
    let cancelled = matches!(t.outcome, Outcome::CancelledByCustomer | Outcome::CancelledByStaff);
    if !cancelled || !t.is_booking {
        return None;
    }
    let Some(ms) = t.booking_start.zip(t.closed_at).map(|(start, closed)| start - closed) else {
        return Some("unknown");
    };
    let hour = 3_600_000;
    Some(if ms < 0 {
        "after start"
    } else if ms < hour {
        "< 1 h"
    } else if ms < 24 * hour {
        "1–24 h"
    } else if ms <= 168 * hour {
        "1–7 d"
    } else {
        "> 7 d"
    })
}

fn band(minutes: i64) -> &'static str {
    match minutes {
        0..5 => "00-05",
        5..10 => "05-10",
        10..20 => "10-20",
        20..30 => "20-30",
        30..60 => "30-60",
        _ => "60+",
    }
}

/// The line second by second is too slow; minute pieces of every ticket are exact enough to be exact: all borders of
/// hours are whole minutes, so each ticket's time is cut at them.
fn hourly(groups: &BTreeMap<String, Vec<Ticket>>) -> Vec<(String, String)> {
    let zone = chrono_tz::Europe::Stockholm;
    let dates: Vec<NaiveDate> = groups.values().flatten().filter_map(local).map(|l| l.0).collect();
    let (first, last) = (dates.iter().min().unwrap(), dates.iter().max().unwrap());
    let midnight = |d: NaiveDate| {
        zone.from_local_datetime(&d.and_hms_opt(0, 0, 0).unwrap()).unwrap().timestamp_millis()
    };
    let (begin, end) = (midnight(*first), midnight(last.succ_opt().unwrap()));
    let cell = |ms: i64| {
        let at = zone.timestamp_millis_opt(ms).unwrap();
        (at.weekday().number_from_monday(), at.hour())
    };
    let mut exposure: BTreeMap<(u32, u32), i64> = BTreeMap::new();
    for minute in (begin..end).step_by(60_000) {
        *exposure.entry(cell(minute)).or_default() += 60_000;
    }
    let mut rows = Vec::new();
    for (id, tickets) in groups {
        let mut in_line: BTreeMap<(u32, u32), i64> = BTreeMap::new();
        let mut most: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        let spans: Vec<(i64, i64)> = tickets.iter().filter_map(span).collect();
        for (from, to) in &spans {
            let (mut at, to) = ((*from).max(begin), (*to).min(end));
            while at < to {
                let next = (at - at.rem_euclid(60_000) + 60_000).min(to);
                *in_line.entry(cell(at)).or_default() += next - at;
                at = next;
            }
        }
        // The number in line is largest just after somebody came, or just after an hour began.
        let hours = (begin..end).step_by(3_600_000);
        for at in spans.iter().map(|s| s.0).chain(hours).filter(|at| (begin..end).contains(at)) {
            let n = spans.iter().filter(|(from, to)| *from <= at && at < *to).count();
            let most = most.entry(cell(at)).or_default();
            *most = n.max(*most);
        }
        let arrivals =
            |c: (u32, u32)| tickets.iter().filter(move |t| local(t).map(|l| (l.1, l.2)) == Some(c));
        let cells: BTreeSet<(u32, u32)> = tickets
            .iter()
            .filter_map(local)
            .map(|l| (l.1, l.2))
            .chain(in_line.keys().copied())
            .collect();
        for c in cells {
            let waits: Vec<i64> = arrivals(c).filter_map(wait).collect();
            let mean = rate(
                usize::try_from(in_line.get(&c).copied().unwrap_or(0)).unwrap(),
                usize::try_from(exposure[&c]).unwrap(),
            );
            rows.push((
                id.clone(),
                format!(
                    "{},{},{},{},{},{},{mean},{}",
                    c.0,
                    c.1,
                    arrivals(c).count(),
                    waits.len(),
                    quantile(&waits, 0.5),
                    quantile(&waits, 0.9),
                    most.get(&c).copied().unwrap_or(0)
                ),
            ));
        }
    }
    rows
}

fn span(t: &Ticket) -> Option<(i64, i64)> {
    let from = entered(t)?;
    let to = [t.first_called_at, t.checked_in_at, t.completed_at, t.closed_at]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or(NOW);
    (from < to && to - from <= 86_400_000).then_some((from, to))
}

#[test]
fn outcomes_and_facts_agree_with_the_events() {
    let set = tickets(4);
    for t in set.tickets() {
        let served = t.facts.any(Facts::CHECKED_IN) || t.facts.any(Facts::COMPLETED);
        assert_eq!(served, t.outcome == Outcome::Served);
        assert!(t.closed_at.is_none() || !matches!(t.outcome, Outcome::Served | Outcome::Open));
    }
}

/// Each value of the scale of every location with a rating.
fn ratings(groups: &BTreeMap<String, Vec<Ticket>>) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for (id, tickets) in groups {
        let given: Vec<u8> = tickets.iter().filter_map(|t| Some(t.rating?.stars())).collect();
        for value in (1..=5).filter(|_| !given.is_empty()) {
            let n = given.iter().filter(|stars| **stars == value).count();
            rows.push((id.clone(), format!("{value},{n},{}", rate(n, given.len()))));
        }
    }
    rows
}
