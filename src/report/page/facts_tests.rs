//! The sentences at the top of a page, and what stands in key figures.

use super::*;
use crate::report::model::{Counter, Figures, LeftWaits};

#[test]
fn the_first_sentence() {
    let f = Figures {
        tickets: 1_234,
        waits: 990,
        wait_p50_s: Some(323.0),
        within_target_rate: Some(0.663),
        offered: 1_190,
        lost_rate: Some(0.198),
        ..Figures::default()
    };
    let left_waits = LeftWaits { n: 12, p50_s: Some(480.0), ..LeftWaits::default() };
    let section = Section { figures: f, left_waits, ..Section::default() };
    assert_eq!(
        headline(&OrganizationReport::default(), &section, true),
        "1,234 tickets; half of those served waited 5 min 23 s or less, half of those who left gave up within 8 min; 66.3 % were served within the target; 19.8 % of closed visits were lost."
    );
}

#[test]
fn those_who_left_stand_beside_those_who_were_served() {
    let left_waits =
        LeftWaits { n: 12, p50_s: Some(480.0), p50_low_s: Some(300.0), p50_high_s: Some(700.0) };
    let section = Section { left_waits, ..Section::default() };
    let facts = Facts::of(&OrganizationReport::default(), &section, None);
    assert_eq!(
        facts.tiles[1].detail,
        "no wait is archived. Those who left had waited 8 min (median, 95 % interval 5 min to 11 min 40 s; n = 12)"
    );
}

#[test]
fn days_and_lines() {
    let mut report = OrganizationReport {
        first_date: "2021-03-01".parse().ok(),
        last_date: "2021-05-30".parse().ok(),
        files: vec![crate::report::model::FileRow::default()],
        ..OrganizationReport::default()
    };
    report.lines.records = 1;
    assert_eq!(period(&report, None), "Visits of 1 March 2021 to 30 May 2021.");
    assert_eq!(lines(&report), "1 record read from 1 file; all of it usable.");
    let served = Figures { served: 1, ..Figures::default() };
    let booked = Figures { bookings: 1, open: 1, ..Figures::default() };
    report.all.daily =
        vec![("2021-04-04".parse().ok(), served), ("2021-05-30".parse().ok(), booked)];
    assert_eq!(
        period(&report, None),
        "Visits of 1 March 2021 to 4 April 2021; booked ahead until 30 May 2021."
    );
    report.lines.records = 62_118;
    report.lines.rejected = 12;
    assert_eq!(lines(&report), "62,118 records read from 1 file; 12 could not be used.");
}

#[test]
fn without_an_archived_wait_nobody_knows_who_was_served_in_time() {
    let mut section = Section {
        figures: Figures {
            tickets: 40,
            served: 28,
            within_target_rate: Some(0.0),
            offered: 36,
            lost_rate: Some(0.3),
            ..Figures::default()
        },
        ..Section::default()
    };
    let report = OrganizationReport::default();
    let facts = Facts::of(&report, &section, None);
    assert_eq!(
        facts.headline,
        "40 tickets; how long people waited is not archived; 30.0 % of closed visits were lost."
    );
    let tile = &facts.tiles[2];
    assert_eq!((tile.name.as_str(), tile.value.as_str()), ("Served within target", "not known"));
    assert_eq!(tile.detail, "no wait is archived; target of each location");
    assert!(tile.weeks.iter().all(Option::is_none));
    // A single wait, and it is known that nobody was served in time.
    section.figures.waits = 1;
    let facts = Facts::of(&report, &section, None);
    assert!(facts.headline.contains("; 0.0 % were served within the target;"));
    assert_eq!(facts.tiles[2].value, "0.0 %");
}

#[test]
fn of_fewer_than_ten_there_is_no_share_and_no_median() {
    let few = Figures {
        tickets: 9,
        served: 8,
        waits: 7,
        wait_p50_s: Some(464.0),
        within_target_rate: Some(0.5),
        offered: 9,
        served_known: 8,
        lost_rate: Some(1.0 / 9.0),
        ratings: Some(1),
        csat: Some(1.0),
        response_rate: Some(0.125),
        ..Figures::default()
    };
    let section = Section { figures: few, ..Section::default() };
    let facts = Facts::of(&OrganizationReport::default(), &section, None);
    assert_eq!(facts.headline, "9 tickets.");
    let told: Vec<(&str, &str)> = [1, 2, 3, 6, 7]
        .map(|at| (facts.tiles[at].value.as_str(), facts.tiles[at].detail.as_str()))
        .to_vec();
    assert_eq!(
        told,
        [
            ("too few", "only 7 waits"),
            ("too few", "only 9 queued visits"),
            ("too few", "only 9 closed visits"),
            ("too few", "only 1 rating"),
            ("too few", "only 8 served visits"),
        ]
    );
}

#[test]
fn where_nobody_knows_who_was_served_nobody_knows_who_was_lost() {
    let figures = Figures { tickets: 40, lost_rate: Some(1.0), ..Figures::default() };
    let section = Section { figures, ..Section::default() };
    let place = LocationReport { lacks_check_ins: true, ..LocationReport::default() };
    let mut report = OrganizationReport { locations: vec![place.clone()], ..Default::default() };
    for location in [None, Some(&place)] {
        let facts = Facts::of(&report, &section, location);
        assert_eq!(
            facts.headline,
            "40 tickets; who was served, and how long people waited, is not archived."
        );
        assert_eq!(facts.tiles[3].value, "not known");
    }
    // At one of two it is archived.
    report.locations.push(LocationReport::default());
    let facts = Facts::of(&report, &section, None);
    assert_eq!(facts.tiles[3].value, "100.0 %");
}

/// Who is not archived as served stays open; where nobody does, everybody was lost.
#[test]
fn where_everybody_cancelled_everybody_is_known_to_be_lost() {
    let day = |day: u32| NaiveDate::from_ymd_opt(2021, 3, day);
    let of = |tickets, open, cancelled_by_customer| Figures {
        tickets,
        open,
        cancelled_by_customer,
        lost_rate: Some(1.0),
        ..Figures::default()
    };
    let place = |daily: Vec<(Option<NaiveDate>, Figures)>| {
        let section = Section { figures: of(40, 2, 38), daily, ..Section::default() };
        let last_whole = day(10);
        LocationReport { lacks_check_ins: true, last_whole, section, ..LocationReport::default() }
    };
    let ahead = place(vec![(day(10), of(38, 0, 38)), (day(11), of(2, 2, 0))]);
    let open = place(vec![(day(9), of(30, 0, 30)), (day(10), of(10, 2, 8))]);
    let facts = |place: &LocationReport| {
        let report = OrganizationReport { locations: vec![place.clone()], ..Default::default() };
        let of_place = Facts::of(&report, &place.section, Some(place));
        let of_all = Facts::of(&report, &place.section, None);
        assert_eq!(of_place.headline, of_all.headline);
        assert_eq!(of_place.tiles, of_all.tiles);
        (of_place, of_all)
    };
    let (of_place, of_all) = facts(&ahead);
    let headline =
        "40 tickets; nobody is known to have been served; 100.0 % of closed visits were lost.";
    assert_eq!(of_place.headline, headline);
    assert_eq!(of_place.tiles[3].value, "100.0 %");
    assert_eq!(of_place.tiles[3].detail, "of 38 closed, 95 % interval 91 to 100 %");
    assert!(of_place.gaps[0].ends_with("closed without one and count as lost."));
    assert!(
        of_all.gaps[0].starts_with("No check-in or check-out is archived at 1 location, where")
    );
    let (of_place, of_all) = facts(&open);
    assert_eq!(of_place.tiles[3].value, "not known");
    assert!(of_place.gaps[0].ends_with("tickets without an end stay open."));
    assert!(of_all.gaps[0].ends_with("tickets without an end stay open."));
    // Beside a place of which nothing is known, no rate can be told of both.
    let both = OrganizationReport { locations: vec![ahead, open.clone()], ..Default::default() };
    assert_eq!(Facts::of(&both, &open.section, None).tiles[3].value, "not known");
}

#[test]
fn without_tickets_there_are_dashes() {
    let facts = Facts::of(&OrganizationReport::default(), &Section::default(), None);
    assert_eq!(facts.headline, "There is no ticket in this window.");
    assert_eq!(facts.tiles[3].value, "–");
    assert_eq!(facts.tiles[3].detail, "no closed visit");
}

/// Counters are those of the archive, whatever the window: so is what they are a share of.
#[test]
fn waits_that_are_left_out_are_a_share_of_the_archive() {
    let said = |archived_tickets| {
        let counter = |measure: &str, count| Counter {
            measure: measure.to_owned(),
            detail: "wait".to_owned(),
            count,
        };
        let quality = vec![counter("negative_wait", 1), counter("implausible_wait", 2)];
        let report = OrganizationReport { quality, archived_tickets, ..Default::default() };
        let figures =
            Figures { tickets: 12, waits: 12, wait_p50_s: Some(60.0), ..Figures::default() };
        let section = Section { figures, ..Section::default() };
        Facts::of(&report, &section, None).tiles[1].detail.clone()
    };
    assert_eq!(said(150), "n = 12");
    let words = "; 3 waits of the archive (2.0 % of its tickets) left out as impossible";
    assert_eq!(said(149), format!("n = 12{words}"));
    assert!(said(9).ends_with("; 3 waits of the archive left out as impossible"), "{}", said(9));
}

/// How long those waited who left is a median as any other.
#[test]
fn of_fewer_than_ten_who_left_nothing_is_told() {
    let said = |n| {
        let left_waits = LeftWaits { n, p50_s: Some(240.0), ..LeftWaits::default() };
        let section = Section { left_waits, ..Section::default() };
        Facts::of(&OrganizationReport::default(), &section, None).tiles[1].detail.clone()
    };
    assert_eq!(said(9), "no wait is archived");
    assert_eq!(said(10), "no wait is archived. Those who left had waited 4 min (median; n = 10)");
}
