//! How tickets end: without a word, by the clock, by feedback alone, moved, recalled, and in two queues.

use crate::small_archive::{
    CSV, at, booking, cells, first_page, page_of, report, rows, served, shown, walk_in,
};

/// What the pages say of a place without check-ins.
const NO_CHECK_INS: &str = "Check-ins and check-outs of this location are not archived";

/// Desk: one served, and of four tickets that nobody ended one was called. Kiosk: the same without a check-in.
fn left_without_a_word() -> String {
    let unended = |place: &str| {
        let id = |name: &str| format!("{place}-{name}");
        let activated = at("activatedAt", "03-10 08:50");
        walk_in("positionCreated", &id("left"), place, "03-10 09:10", "")
            + &booking("bookingConfirmation", &id("never"), place, "03-10 10:00", "")
            + &booking("bookingActivated", &id("activated"), place, "03-10 09:00", &activated)
            + &walk_in(
                "positionCalled",
                &id("called"),
                place,
                "03-10 09:20",
                &at("calledAt", "03-10 09:25"),
            )
    };
    unended("Desk") + &unended("Kiosk") + &served("s", "Desk", ("03-10", 9), 5, "")
}

#[test]
fn who_left_without_a_word_is_lost_a_day_after_the_day() {
    let archive = left_without_a_word();
    let columns = ["open", "lapsed", "lost_rate", "within_target_rate"];
    let as_of = |time: &'static str| ["--only", "csv", "--as-of", time];
    // In Stockholm the 10th is over at 23:00 UTC, and 24 hours later nobody comes any more.
    let before = report(&archive, "", &as_of("2021-03-11T22:59:00Z"));
    assert_eq!(cells(&before, "locations.csv", None, &columns), ["4 0 0.0000 1.0000", "4 0  "]);
    assert!(rows(&before, "cancellations.csv").is_empty());
    let after = report(&archive, "", &as_of("2021-03-11T23:01:00Z"));
    // The one that was called stays open. Of 4 closed 3 are lost; all 4 were offered.
    assert_eq!(cells(&after, "locations.csv", None, &columns), ["1 3 0.7500 0.2500", "4 0  "]);
    assert_eq!(cells(&after, "daily.csv", None, &columns), ["1 3 0.7500 0.2500", "4 0  "]);
    assert_eq!(cells(&after, "totals.csv", None, &columns), ["5 3 0.7500 0.2500"; 3]);
    // No lead time: nobody cancelled.
    let lost =
        ["location", "outcome", "ticket_type", "lead_band", "lead_unknown_because", "tickets"];
    assert_eq!(
        cells(&after, "cancellations.csv", None, &lost),
        ["Desk lapsed anonymous   1", "Desk lapsed booking   2"]
    );
    // What the pages say.
    let pages = shown(&report(&archive, "", &[]));
    let (desk, kiosk, first) =
        (page_of(&pages, "Desk"), page_of(&pages, "Kiosk"), first_page(&pages));
    assert!(kiosk.contains(NO_CHECK_INS) && !kiosk.contains("lapsed: never called"));
    assert!(!desk.contains(NO_CHECK_INS) && desk.contains("3 tickets lapsed: never called"));
    assert!(first.contains("not archived at 1 location"), "the first page says it too");
}

#[test]
fn an_end_of_any_kind_is_no_lapse() {
    // All of one day, long ago; the last one is known to be over from its status alone.
    let rejected = at("rejectedAt", "03-10 09:30");
    let text = served("s", "A", ("03-10", 9), 5, "")
        + &walk_in("positionCancelled", "c", "A", "03-10 09:00", &rejected)
        + &walk_in("positionRemoved", "r", "A", "03-10 09:00", "")
        + &walk_in("positionRetry", "t", "A", "03-10 09:00", "")
        + &walk_in("positionUpdated", "x", "A", "03-10 09:00", ",\"status\":\"rejected\"")
        + &walk_in("positionUpdated", "d", "A", "03-10 09:00", ",\"status\":\"completed\"");
    let columns = ["served", "cancelled_by_customer", "removed", "rejected", "open", "lapsed"];
    let space = report(&text, "", CSV);
    assert_eq!(cells(&space, "locations.csv", None, &columns), ["2 1 1 1 1 0"]);
}

#[test]
fn a_ticket_known_from_feedback_alone_answers_for_nobody() {
    let stars = ",\"feedback\":{\"rating\":4}";
    let alone = |id: &str, place: &str| {
        let more = at("fulfilledAt", "03-10 09:03") + stars;
        walk_in("feedbackReceived", id, place, "03-10 09:00", &more)
    };
    // Desk: two served, one of them rated, and one of whom feedback alone is known. Kiosk: nothing but feedback.
    let rated = served("b", "Desk", ("03-10", 9), 5, "") + &alone("b", "Desk");
    let text = served("a", "Desk", ("03-10", 9), 5, "")
        + &rated
        + &alone("c", "Desk")
        + &alone("d", "Kiosk")
        + &alone("e", "Kiosk");
    let space = report(&text, "", &[]);
    let columns = ["served", "ratings", "rating_mean", "response_rate"];
    assert_eq!(
        cells(&space, "locations.csv", None, &columns),
        ["3 2 4.0000 0.5000", "2 2 4.0000 "]
    );
    assert_eq!(cells(&space, "totals.csv", None, &columns), ["5 4 4.0000 0.5000"; 3]);
    let pages = shown(&space);
    assert!(page_of(&pages, "Kiosk").contains("All tickets are known from feedback alone"));
    let some = "1 ticket is known from feedback alone and left out of the response rate.";
    assert!(page_of(&pages, "Desk").contains(some));
    assert!(first_page(&pages).contains("3 tickets are known from feedback alone"));
}

#[test]
fn an_evening_reset_makes_no_waits_if_it_is_left_out() {
    // Three served after 5, 6 and 7 minutes, each for ten; five that the evening reset checked in, and five more, served after 8
    // to 12 minutes, that it checked out. All but two came at 10 in the morning. At another place four share a second: no burst.
    let mut text = String::new();
    for n in 5..8 {
        let done = at("completedAt", &format!("03-10 10:{}", n + 10));
        text += &served(&format!("s{n}"), "Desk", ("03-10", 10), n, &done);
    }
    for n in 0..5 {
        let reset = at("fulfilledAt", "03-10 20:00:07");
        // Two of them came five minutes before.
        let created = if n < 2 { "03-10 19:55" } else { "03-10 10:00" };
        text += &walk_in("positionFulfilled", &format!("in{n}"), "Desk", created, &reset);
    }
    for n in 8..13 {
        let reset = at("completedAt", "03-10 20:00:07");
        text += &served(&format!("out{n}"), "Desk", ("03-10", 10), n, &reset);
    }
    for n in 0..4 {
        let shared = at("fulfilledAt", "03-10 20:00:07");
        text += &walk_in("positionFulfilled", &format!("k{n}"), "Kiosk", "03-10 10:00", &shared);
    }
    let columns = [
        "served",
        "waits",
        "wait_p50_s",
        "wait_max_s",
        "within_target_rate",
        "services",
        "service_p50_s",
    ];
    // Ten hours and seven seconds: 36007 s; five minutes and seven seconds: 307 s.
    let with = report(&text, "", &[]);
    let kiosk = "4 4 36007.00 36007 0.0000 0 ";
    assert_eq!(
        cells(&with, "locations.csv", None, &columns),
        // 300, 307, 307, 360, 420, … 720, and 36007 three times: median the 7th; 8 of 13 within. Services 600 three times,
        // then 35287 from 10:12 to 20:00:07, 35347, …: the median lies between those two.
        ["13 13 540.00 36007 0.6154 8 35317.00", kiosk]
    );
    let without = report(&text, "[wait]\nleave_out_bursts = true\n", CSV);
    assert_eq!(
        cells(&without, "locations.csv", None, &columns),
        // 300, 360, … 720. The five are still served and offered, but nobody knows how long they waited: 6 of 13 within.
        ["13 8 510.00 720 0.4615 3 600.00", kiosk]
    );
    for space in [&with, &without] {
        let bursts = rows(space, "data_quality.csv").into_iter();
        let bursts = bursts.filter(|row| row["measure"] == "reset_burst");
        let found: Vec<_> =
            bursts.map(|row| format!("{} {}", row["detail"], row["count"])).collect();
        assert_eq!(found, ["check_in 5", "check_out 5"]);
    }
    let pages = shown(&with);
    assert!(first_page(&pages).contains("Closed by the clock: 5 check-ins and 5 check-outs"));
}

#[test]
fn moved_bookings_recalled_tickets_and_two_queues() {
    let start = |id: &str, kind: &str, start: &str, more: &str| booking(kind, id, "A", start, more);
    let confirmed = |id: &str, at: &str| start(id, "bookingConfirmation", at, "");
    let updated = |id: &str, at: &str| start(id, "bookingUpdated", at, "");
    let called = |id: &str, kind: &str, time: &str, more: &str| {
        walk_in(kind, id, "A", "03-10 09:00", &(at("calledAt", time) + more))
    };
    let queue = |id: &str, queue: &str| {
        walk_in("positionCreated", id, "A", "03-10 09:00", &format!(",\"queue\":\"{queue}\""))
    };
    let text = [
        // Moved; moved, and moved back, so that only the updates tell; told twice, and never moved.
        confirmed("moved", "03-10 09:00"),
        updated("moved", "03-10 11:00"),
        confirmed("back", "03-10 09:00"),
        updated("back", "03-12 09:00"),
        start("back", "bookingActivated", "03-10 09:00", &at("activatedAt", "03-10 08:00")),
        confirmed("same", "03-10 09:00"),
        updated("same", "03-10 09:00"),
        // Called at two times; put back, by the event or by the number; called once, and told twice.
        called("twice", "positionCalled", "03-10 09:05", ""),
        called("twice", "positionCalled", "03-10 09:15", ""),
        called("event", "positionRetry", "03-10 09:05", ""),
        called("number", "positionCalled", "03-10 09:05", ",\"retryCount\":2"),
        called("once", "positionCalled", "03-10 09:05", ",\"retryCount\":0"),
        called("once", "positionFulfilled", "03-10 09:05", &at("fulfilledAt", "03-10 09:06")),
        // Seen in two queues; in one, twice.
        queue("two", "q1"),
        queue("two", "q2"),
        queue("one", "q1"),
        queue("one", "q1"),
    ]
    .concat();
    let space = report(&text, "", CSV);
    let columns = ["tickets", "bookings", "rescheduled", "recalled"];
    assert_eq!(cells(&space, "locations.csv", None, &columns), ["9 3 2 3"]);
    let of_type = [&["dimension", "value"], &columns[..]].concat();
    let mine: Vec<String> = cells(&space, "segments.csv", None, &of_type)
        .into_iter()
        .filter(|row| row.starts_with("ticket_type"))
        .collect();
    assert_eq!(mine, ["ticket_type anonymous 6 0 0 3", "ticket_type booking 3 3 2 0"]);
    let quality = rows(&space, "data_quality.csv");
    let queues = quality.iter().find(|row| row["measure"] == "seen_in_two_queues").unwrap();
    assert_eq!(queues["count"], "1");
}

/// Desk serves, and at Kiosk everybody cancels: the same rule says that all of them are lost, and why nobody was served.
#[test]
fn where_everybody_cancels_all_visits_are_lost() {
    let cancelled = |n: u32| {
        let id = format!("kiosk-{n}");
        walk_in("positionCreated", &id, "Kiosk", "03-10 09:10", "")
            + &walk_in(
                "positionCancelled",
                &id,
                "Kiosk",
                "03-10 09:10",
                &at("canceledAt", "03-10 09:20"),
            )
    };
    let archive: String = (0..12).map(cancelled).collect();
    let archive = archive + &served("s", "Desk", ("03-10", 9), 5, "");
    let columns = ["tickets", "open", "lost_rate"];
    let space = report(&archive, "", CSV);
    assert_eq!(cells(&space, "locations.csv", None, &columns), ["1 0 0.0000", "12 0 1.0000"]);
    let pages = shown(&report(&archive, "", &[]));
    let kiosk = page_of(&pages, "Kiosk");
    assert!(kiosk.contains("100.0 % of closed visits were lost"), "{kiosk}");
    assert!(!kiosk.contains(NO_CHECK_INS) && !kiosk.contains("not known; who was served"));
    assert!(kiosk.contains("closed without one and count as lost"));
    assert!(first_page(&pages).contains("No check-in or check-out is archived at 1 location"));
}
