//! Every table against a plain loop over the tickets, written without looking at how the program does it.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use queuestat::archive::{Limits, discover, go_on};
use queuestat::calendar::WeekStart;
use queuestat::dataframe::{Settings as FrameSettings, TicketFrame, WaitEnd, WaitRules};
use queuestat::ingest::{Settings, ingest};
use queuestat::metric::{Courses, OrganizationSums, Rules, Sections, Table, View};
use queuestat::report::csv::to_csv;
use queuestat::synth::{Compression, Recipe, write};
use queuestat::ticket::{Directory, Facts, NameId, Outcome, Ticket, TicketSet};
use queuestat::webhook;

use crate::naive::{
    NOW, NaiveClock, STOCKHOLM, TARGET_MS, go_by, local, outcome_of, rate, summary, wait, week_of,
    wilson,
};
use crate::naive_clocks::{clock_of, clocks};
use crate::naive_ends::{check_curves, trend};
use crate::naive_hours::{check_hours, hourly};

pub(crate) fn tickets(seed: u64, clock: NaiveClock) -> TicketSet {
    go_by(clock);
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
    let (zones, start) = clock_of(clock);
    let directory = Directory::new(BTreeMap::new(), BTreeMap::new(), Some(zones), TARGET_MS)
        .with_day_start(start);
    ingest(&found.files, &settings, &go_on).unwrap().fold.finish(&directory).0
}

/// Rows of a CSV file without the three key cells of the location.
fn rows(table: &Table<'_>) -> Vec<(String, String)> {
    let text = String::from_utf8(to_csv(table)).unwrap();
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

fn check(name: &str, table: &Table<'_>, mut expected: Vec<(String, String)>) {
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

/// The last whole day: tickets are made until 4 April, local.
fn is_over(last: NaiveDate, through: NaiveDate) -> bool {
    last < through
}

#[test]
fn all_tables_agree_with_plain_loops() {
    for (seed, naive) in (1..).zip(clocks()) {
        let set = tickets(seed, naive);
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
            // A Thursday noon in the middle of the archive.
            let through = NaiveDate::from_ymd_opt(2021, 3, 18).unwrap();
            let noon = through.and_hms_opt(12, 0, 0).unwrap().and_utc().timestamp_millis();
            let view = View { rules: Rules::default(), data_through: Some(noon), last_seen: None };
            let mut sums = OrganizationSums::of(frame).unwrap();
            let courses = Courses::of(view.rules.week_starts_on, std::slice::from_ref(&sums));
            let sections = Sections::of(&mut sums, view, &courses).unwrap();
            let tables = sections.tables();
            let table = |file: &str| tables.iter().find(|table| table.file == file).unwrap();
            let by_day = |first: fn(NaiveDate) -> NaiveDate,
                          days: fn(NaiveDate) -> NaiveDate,
                          name: fn(NaiveDate) -> String,
                          has_from: bool| {
                split(
                    &groups,
                    move |t| Some(local(t).map(|l| first(l.0))),
                    move |day, t| {
                        let Some(day) = day else {
                            return format!(",{},{}", summary(t), if has_from { "," } else { "" });
                        };
                        let over = is_over(days(*day), through);
                        let from = if has_from { format!(",\"{day}\"") } else { String::new() };
                        format!("\"{}\",{},{over}{from}", name(*day), summary(t))
                    },
                )
            };
            let monday = |d: NaiveDate| week_of(d, Weekday::Mon);
            let sunday = |d: NaiveDate| d + Days::new(6);
            let first = |d: NaiveDate| d.with_day(1).unwrap();
            let last = |d: NaiveDate| {
                let next =
                    if d.month() == 12 { (d.year() + 1, 1) } else { (d.year(), d.month() + 1) };
                NaiveDate::from_ymd_opt(next.0, next.1, 1).unwrap().pred_opt().unwrap()
            };
            let week = |d: NaiveDate| d.format("%G-W%V").to_string();
            let month = |d: NaiveDate| d.format("%Y-%m").to_string();
            let whole = split(&groups, |_| Some(()), |(), t| summary(t));
            check("locations", table("locations.csv"), whole);
            let daily = by_day(|d| d, |d| d, |d| d.to_string(), false);
            check("daily", table("daily.csv"), daily);
            check("weekly", table("weekly.csv"), by_day(monday, sunday, week, true));
            check("monthly", table("monthly.csv"), by_day(first, last, month, true));
            check("segments", table("segments.csv"), segments(&set, &groups));
            check_totals(table("totals.csv"), &groups, (through, Weekday::Mon));
            check(
                "cancellations",
                table("cancellations.csv"),
                split(
                    &groups,
                    |t| {
                        let lost = !matches!(outcome_of(t), Outcome::Served | Outcome::Open);
                        lost.then(|| {
                            (
                                outcome_of(t).name(),
                                t.ticket_type.map_or("", |id| set.names.get(id)),
                                lead(t),
                            )
                        })
                    },
                    |(outcome, kind, lead), t| {
                        format!("\"{outcome}\",\"{kind}\",{lead},{}", t.len())
                    },
                ),
            );
            check(
                "wait_histogram",
                table("wait_histogram.csv"),
                split(
                    &groups,
                    |t| wait(t).map(|w| (w / 60).min(180)),
                    |minute, t| format!("{minute},{}", t.len()),
                ),
            );
            check(
                "ratings_by_wait",
                table("ratings_by_wait.csv"),
                split(
                    &groups,
                    |t| t.rating.and(wait(t)).map(|w| band(w / 60)),
                    |band, t| {
                        let stars: Vec<usize> =
                            t.iter().map(|t| usize::from(t.rating.unwrap().stars())).collect();
                        let top = stars.iter().filter(|s| **s >= 4).count();
                        let (low, high) = wilson(top, stars.len());
                        format!(
                            "{band},{},{},{},{low},{high}",
                            stars.len(),
                            rate(stars.iter().sum(), stars.len()),
                            rate(top, stars.len())
                        )
                    },
                )
                .into_iter()
                .map(|(id, row)| (id.clone(), format!("{row},{}", trend(&groups[&id]))))
                .collect(),
            );
            check_curves(&rows(table("curves.csv")), &groups);
            check("ratings", table("ratings.csv"), ratings(&groups));
            check("hourly", table("hourly.csv"), hourly(&groups));
            check_hours(table("hours.csv"), &groups);
        }
    }
}

/// Weeks that begin on any day: their rows, names, first days and whether they are over.
#[test]
fn weeks_of_every_first_day_agree_with_plain_loops() {
    let naive = clocks()[2];
    let set = tickets(5, naive);
    let waits = WaitRules {
        ends_at: WaitEnd::CheckIn,
        max_ms: 86_400_000,
        as_of: NOW,
        leave_out_bursts: false,
    };
    let settings = FrameSettings { waits, scale: webhook::Scale::FIVE, from: None, to: None };
    for frame in TicketFrame::build(&set, settings).unwrap() {
        let groups = by_location(&set, &frame);
        // A day later each time, so that every week ends on, before and behind the last whole day.
        for (day, starts_on) in (0..7_u8).flat_map(|at| {
            let starts_on = Weekday::try_from(at).unwrap();
            [14, 15, 17, 19, 20, 21].map(|day| (day, starts_on))
        }) {
            let through = NaiveDate::from_ymd_opt(2021, 3, day).unwrap();
            let noon = through.and_hms_opt(12, 0, 0).unwrap().and_utc().timestamp_millis();
            let week_starts_on = WeekStart::parse(&starts_on.to_string()).unwrap();
            let rules = Rules { week_starts_on, ..Rules::default() };
            let view = View { rules, data_through: Some(noon), last_seen: None };
            let mut sums = OrganizationSums::of(&frame).unwrap();
            let courses = Courses::of(view.rules.week_starts_on, std::slice::from_ref(&sums));
            let sections = Sections::of(&mut sums, view, &courses).unwrap();
            let tables = sections.tables();
            let table = |file: &str| tables.iter().find(|table| table.file == file).unwrap();
            let expected = split(
                &groups,
                |t| Some(local(t).map(|l| week_of(l.0, starts_on))),
                |first, t| {
                    let Some(first) = first else { return format!(",{},,", summary(t)) };
                    let is_iso = starts_on == Weekday::Mon;
                    let name =
                        if is_iso { first.format("\"%G-W%V\"").to_string() } else { String::new() };
                    let over = is_over(*first + Days::new(6), through);
                    format!("{name},{},{over},\"{first}\"", summary(t))
                },
            );
            // Sorted by the first day, of each location.
            let first = |row: (String, String)| row.1.rsplit(',').next().unwrap().to_owned();
            for id in groups.keys() {
                let mine = rows(table("weekly.csv")).into_iter().filter(|row| row.0 == *id);
                assert!(mine.map(first).is_sorted());
            }
            check("weekly", table("weekly.csv"), expected);
            check_totals(table("totals.csv"), &groups, (through, starts_on));
        }
    }
}

/// All locations together: by day, by week and in the whole window.
fn check_totals(
    table: &Table<'_>,
    groups: &BTreeMap<String, Vec<Ticket>>,
    (through, starts_on): (NaiveDate, Weekday),
) {
    let all: Vec<&Ticket> = groups.values().flatten().collect();
    let mut expected = Vec::new();
    let mut row = |grain: &str, span: Option<(NaiveDate, NaiveDate)>, part: &[&Ticket]| {
        let (dates, over) = match span {
            Some((from, to)) => (format!("\"{from}\",\"{to}\""), (to < through).to_string()),
            None => (",".to_owned(), String::new()),
        };
        expected.push(format!("\"{grain}\",{dates},{},{over}", summary(part)));
    };
    for (grain, days) in [("day", 1), ("week", 7)] {
        let mut parts: BTreeMap<Option<NaiveDate>, Vec<&Ticket>> = BTreeMap::new();
        for t in &all {
            let first = local(t).map(|l| if days == 1 { l.0 } else { week_of(l.0, starts_on) });
            parts.entry(first).or_default().push(t);
        }
        for (first, part) in parts {
            let last = |first| first + Days::new(days - 1);
            row(grain, first.map(|first| (first, last(first))), &part);
        }
    }
    let dates: Vec<NaiveDate> = all.iter().filter_map(|t| local(t)).map(|l| l.0).collect();
    row("window", dates.iter().min().copied().zip(dates.iter().max().copied()), &all);
    let csv = String::from_utf8(to_csv(table)).unwrap();
    // `organization` is quoted, and has no quote in it.
    let got: Vec<&str> =
        csv.lines().skip(1).map(|line| line.split_once("\",").unwrap().1).collect();
    assert_eq!(got, expected);
}

/// A text of a ticket.
type Text = fn(&Ticket) -> Option<NameId>;

/// Each value of a dimension that has several; an invented archive never has more than 40.
fn segments(set: &TicketSet, groups: &BTreeMap<String, Vec<Ticket>>) -> Vec<(String, String)> {
    let dimensions: [(&str, Text); 3] =
        [("category", |t| t.category), ("queue", |t| t.queue), ("ticket_type", |t| t.ticket_type)];
    let mut rows = Vec::new();
    for (id, tickets) in groups {
        for (dimension, of) in dimensions {
            let mut values: BTreeMap<String, Vec<&Ticket>> = BTreeMap::new();
            for t in tickets {
                let value = of(t).map_or("(none)", |id| set.names.get(id)).replace('"', "\"\"");
                values.entry(value).or_default().push(t);
            }
            for (value, part) in values.iter().filter(|_| values.len() > 1) {
                rows.push((id.clone(), format!("\"{dimension}\",\"{value}\",{}", summary(part))));
            }
        }
    }
    rows
}

/// Band of the lead time, and why it is not known.
fn lead(t: &Ticket) -> &'static str {
    let cancelled = matches!(t.outcome, Outcome::CancelledByCustomer | Outcome::CancelledByStaff);
    if !cancelled || !t.is_booking {
        return ",";
    }
    let Some(closed) = t.closed_at else { return "\"unknown\",\"no_closing_time\"" };
    let Some(start) = t.booking_start else { return "\"unknown\",\"no_booking_start\"" };
    let (ms, hour) = (start - closed, 3_600_000);
    if ms < 0 {
        "\"after_start\","
    } else if ms < hour {
        "\"under_1h\","
    } else if ms < 24 * hour {
        "\"1h_to_24h\","
    } else if ms <= 168 * hour {
        "\"1d_to_7d\","
    } else {
        "\"over_7d\","
    }
}

fn band(minutes: i64) -> &'static str {
    match minutes {
        0..5 => "0,5",
        5..10 => "5,10",
        10..20 => "10,20",
        20..30 => "20,30",
        30..60 => "30,60",
        _ => "60,",
    }
}

#[test]
fn outcomes_and_facts_agree_with_the_events() {
    let set = tickets(4, STOCKHOLM);
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
