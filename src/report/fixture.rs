//! Reports for tests of charts and pages: ordinary, hostile, large and empty ones.

use chrono::{Days, NaiveDate};

use crate::calendar::DayStart;
use crate::statistics::survival::Incidence;

use super::model::{
    Counter, CurveRow, Figures, HourCell, HourOfDay, LocationReport, LostRow, OrganizationReport,
    Section, WaitBandRow,
};

/// Hostile names.
pub(crate) const HOSTILE: [&str; 8] = [
    "=HYPERLINK(\"x\")",
    "../../etc",
    "<script>alert(1)</script>",
    "الرياض",
    "a\u{202e}b\u{0}\u{7}\u{fffe}",
    "商店\u{1f9d1}\u{200d}\u{1f680}",
    "\" onload=\"x\" style='y' ]]> &amp;",
    "x",
];

/// Figures of about `n` tickets.
pub(crate) fn figures(n: u64) -> Figures {
    if n == 0 {
        return Figures::default();
    }
    #[expect(clippy::cast_precision_loss, reason = "test input")]
    let x = (n % 17) as f64;
    Figures {
        tickets: n,
        walk_ins: n - n / 3,
        bookings: n / 3,
        people: n + n / 4,
        served: n - n / 5,
        cancelled_by_customer: n / 10,
        cancelled_by_staff: n / 30,
        no_show: n / 20,
        removed: n / 60,
        cancellation_rate: Some(0.1 + x / 200.0),
        lost_rate: Some(0.15 + x / 200.0),
        ratings: Some(n / 4),
        rating_mean: (n >= 4).then_some(3.0 + x / 17.0),
        rating_1: Some(n / 40),
        rating_2: Some(n / 40),
        rating_3: Some(n / 20),
        rating_4: Some(n / 10),
        rating_5: Some(n / 4 - n / 40 * 2 - n / 20 - n / 10),
        csat: (n >= 4).then_some(0.7),
        csat_low: (n >= 4).then_some(0.6),
        csat_high: (n >= 4).then_some(0.8),
        response_rate: Some(0.3),
        waits: n - n / 5,
        wait_mean_s: Some(500.0),
        wait_p50_s: Some(300.0 + 20.0 * x),
        wait_p90_s: Some(1_100.5 + 40.0 * x),
        wait_p95_s: Some(1_500.0),
        wait_max_s: Some(4_000),
        within_target_rate: Some(0.62),
        offered: n,
        served_known: n - n / 5,
        ..Figures::default()
    }
}

fn section(n: u64, days: u64) -> Section {
    let first = NaiveDate::from_ymd_opt(2021, 3, 8).unwrap();
    let date = |day: u64| first.checked_add_days(Days::new(day)).unwrap();
    // Sundays are closed, one day has no wait.
    let daily = (0..days)
        .filter(|day| day % 7 != 6)
        .map(|day| {
            let mut row = figures(n / days.max(1) + day % 5);
            if day == 9 {
                row.wait_p50_s = None;
            }
            (Some(date(day)), row)
        })
        .collect();
    let weekly =
        (0..days.div_ceil(7)).map(|week| (Some(date(week * 7)), figures(n / 4 + week))).collect();
    let hourly = (1..=6)
        .flat_map(|weekday| {
            (8..20).map(move |hour| HourCell {
                weekday,
                hour,
                tickets: n / 60 + u64::from(hour % 5) * u64::from(weekday),
                waits: 3 + 2 * u64::from(hour % 5) * u64::from(weekday),
                wait_p50_s: Some(60.0 + 31.0 * f64::from(hour * weekday)),
                wait_p90_s: Some(90.0),
                line_mean: Some(1.25),
                line_max: 4,
                open_days: 4,
            })
        })
        .collect();
    let hours = (8..20).map(|hour| HourOfDay {
        hour,
        tickets: n / 10 + u64::from(hour % 5),
        waits: 4 * u64::from(hour),
        wait_p50_s: Some(60.0 * f64::from(hour)),
        wait_p90_s: Some(95.0 * f64::from(hour)),
        line_mean: Some(1.25),
        line_max: 4,
        open_days: days - days / 7,
    });
    let curve = |share| Incidence { share, error: 0.01, low: share, high: share };
    let curves = (0..=60_u32).map(|minute| {
        let past = f64::from(minute) / 60.0;
        CurveRow {
            minute: minute.into(),
            at_risk: n - n * u64::from(minute) / 70,
            served: curve(0.8 * past.sqrt()),
            left: curve(0.1 * past),
            no_show: curve(0.05 * past),
            removed: curve(0.02 * past),
        }
    });
    Section {
        figures: figures(n),
        daily,
        weekly,
        monthly: Vec::new(),
        segments: Vec::new(),
        hourly,
        hours: hours.collect(),
        curves: curves.collect(),
        lost: vec![LostRow {
            outcome: "cancelled_by_customer",
            ticket_type: "booking".into(),
            lead: Some(1),
            tickets: 7,
        }],
        ratings: vec![(1, 1), (5, 3)],
        ratings_by_wait: vec![WaitBandRow {
            from_min: 0,
            to_min: Some(5),
            ratings: Some(4),
            rating_mean: Some(4.5),
            csat: Some(1.0),
            csat_low: Some(0.51),
            csat_high: Some(1.0),
        }],
        histogram: vec![(0, 3), (4, 9), (180, 1)],
        ..Section::default()
    }
}

/// A report of locations with these names.
pub(crate) fn report(organization: &str, names: &[&str], days: u64) -> OrganizationReport {
    let ids = crate::dataframe::location_ids(names.iter().map(|name| (organization, *name)));
    let locations = names
        .iter()
        .zip(ids)
        .zip(0_u64..)
        .map(|((name, id), at)| LocationReport {
            group: None,
            name: (*name).to_owned(),
            id,
            zone: "Europe/Stockholm".into(),
            day_start: DayStart::MIDNIGHT,
            target_minutes: 10.0,
            lacks_check_ins: false,
            last_whole: NaiveDate::from_ymd_opt(2021, 4, 3),
            section: section(if at == 5 { 3 } else { 200 + 37 * (at % 11) }, days),
        })
        .collect();
    OrganizationReport {
        organization: organization.to_owned(),
        all: section(1_500, days),
        locations,
        quality: vec![Counter {
            measure: "unknown_type".into(),
            detail: names.first().map_or("", |n| n).to_owned(),
            count: 3,
        }],
        last_whole: NaiveDate::from_ymd_opt(2021, 4, 3),
        first_date: NaiveDate::from_ymd_opt(2021, 3, 8),
        last_date: NaiveDate::from_ymd_opt(2021, 4, 4),
        data_through: NaiveDate::from_ymd_opt(2021, 4, 4).and_then(|d| d.and_hms_opt(18, 40, 0)),
        max_wait_hours: 24.0,
        default_zone: "Europe/Stockholm".into(),
        default_day_start: DayStart::MIDNIGHT,
        warnings: names.first().map(|name| format!("`{name}`: damaged")).into_iter().collect(),
        version: "0".into(),
        ..OrganizationReport::default()
    }
}
