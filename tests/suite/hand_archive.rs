//! The lines of the tickets worked out by hand; the figures are in `hand.rs`.
//!
//! Times are UTC on Tuesday 6 April 2021 unless a date is given; Stockholm is two hours ahead. The target is 10 minutes.

use crate::workspace::hook;

/// `"field":"2021-04-06T08:00:00Z"` of a time such as `08:00:00`, or of a whole timestamp.
fn at(field: &str, time: &str) -> String {
    let time = if time.contains('T') { time.to_owned() } else { format!("2021-04-06T{time}Z") };
    format!("\"{field}\":\"{time}\"")
}

fn main_line(kind: &str, id: &str, fields: &[String]) -> String {
    let place = "\"location\":\"Main\",\"queue\":\"q1\"".to_owned();
    hook("o", kind, id, &[&[place], fields].concat().join(","))
}

fn walk_in(kind: &str, id: &str, fields: &[String]) -> String {
    main_line(kind, id, &[&["\"type\":\"anonymous\"".to_owned()], fields].concat())
}

fn booking(kind: &str, id: &str, start: &str, fields: &[String]) -> String {
    let slot = format!("\"type\":\"booking\",\"booking\":{{{}}}", at("start", start));
    main_line(kind, id, &[&[slot], fields].concat())
}

fn feedback(json: &str) -> String {
    format!("\"feedback\":{{\"rating\":{json},\"message\":\"\"}}")
}

fn status(name: &str) -> String {
    format!("\"status\":\"{name}\"")
}

/// The archive.
pub(crate) fn archive() -> String {
    let created = |time: &str| at("createdAt", time);
    let called = |time: &str| at("calledAt", time);
    let checked = |time: &str| at("fulfilledAt", time);
    let done = |time: &str| at("completedAt", time);
    let rejected = |time: &str| at("rejectedAt", time);
    let eight = || created("08:00:00");
    let w1 = walk_in("positionCreated", "w1", &[eight()]);
    let b6 = booking(
        "positionCancelled",
        "b6",
        "2021-04-06T14:30",
        &[created("12:00:00"), status("rejected")],
    );
    let annex = |id: &str, name: &str, kind: &str, fields: &[String]| {
        let place = format!(
            "\"location\":{{\"locationName\":\"{name}\"}},\"queue\":\"q2\",\"type\":\"anonymous\""
        );
        hook("o", kind, id, &[&[place], fields].concat().join(","))
    };
    [
        // w1: wait 300 s, first call after 240 s, service 360 s, rated 5.
        w1.clone(),
        w1, // repeated in the same file: a duplicate
        walk_in("positionCalled", "w1", &[eight(), called("08:04:00")]),
        walk_in("positionFulfilled", "w1", &[eight(), checked("08:05:00")]),
        walk_in(
            "feedbackReceived",
            "w1",
            &[eight(), checked("08:05:00"), done("08:11:00"), feedback("5")],
        ),
        // w2: wait exactly 600 s (within), service 599.999 s = 599 s, rated 4.0; never called.
        walk_in("positionFulfilled", "w2", &[created("08:00:00.900"), checked("08:10:00.900")]),
        walk_in(
            "feedbackReceived",
            "w2",
            &[created("08:00:00.900"), done("08:20:00.899"), feedback("4.0")],
        ),
        // w3: wait 1300 s, call 1200 s, rated "3" (coerced).
        walk_in("positionCalled", "w3", &[created("08:10:00"), called("08:30:00")]),
        walk_in(
            "feedbackReceived",
            "w3",
            &[created("08:10:00"), checked("08:31:40"), feedback("\"3\"")],
        ),
        // w4: -1.5 s counts as 0; a rating of 6 is none.
        walk_in(
            "feedbackReceived",
            "w4",
            &[created("09:00:01.500"), checked("09:00:00"), feedback("6")],
        ),
        walk_in("positionFulfilled", "w4", &[created("09:00:01.500"), checked("09:00:00")]),
        // w5: -10 s is left out (negative_wait), but served and offered.
        walk_in("positionFulfilled", "w5", &[created("09:00:10"), checked("09:00:00")]),
        // w6: 24 h 1 s is left out (implausible_wait).
        walk_in("positionFulfilled", "w6", &[created("06:00:00"), checked("2021-04-07T06:00:01Z")]),
        // w7: cancelled by the customer: offered.
        walk_in("positionCancelled", "w7", &[eight(), rejected("08:07:00"), status("rejected")]),
        // w8: called, then removed: a no-show; call 1200 s.
        walk_in(
            "positionRemoved",
            "w8",
            &[eight(), called("08:20:00"), rejected("08:25:00"), status("rejected")],
        ),
        // w9: removed uncalled, under the old name; nobody knows when.
        walk_in("bookingRemoved", "w9", &[eight(), status("rejected")]),
        // w10: status rejected under an unknown event: rejected, not offered.
        walk_in("positionTeleported", "w10", &[eight(), status("rejected")]),
        // w11: nobody ever called: lapsed.
        walk_in("positionCreated", "w11", &[eight(), status("pending")]),
        // b1: activated 08:55 (the fulfilledAt there is no check-in), checked in 08:50: early, wait 0; rated 2.
        booking(
            "bookingActivated",
            "b1",
            "09:00:00",
            &[
                created("2021-04-01T10:00:00Z"),
                at("activatedAt", "08:55:00"),
                checked("09:00:00"),
                status("pending"),
            ],
        ),
        booking(
            "feedbackReceived",
            "b1",
            "09:00:00",
            &[created("2021-04-01T10:00:00Z"), checked("08:50:00"), feedback("2")],
        ),
        booking(
            "positionFulfilled",
            "b1",
            "09:00:00",
            &[created("2021-04-01T10:00:00Z"), checked("08:50:00")],
        ),
        // b2: never activated, so it enters at its start: 200 s.
        booking(
            "positionFulfilled",
            "b2",
            "10:00:00",
            &[created("2021-04-05T10:00:00Z"), checked("10:03:20")],
        ),
        // b3: moved from 5 April to 6 April 12:00 (same times, the update ranks higher), cancelled 30 min before.
        booking("bookingUpdated", "b3", "12:00:00", &[created("2021-04-01T10:00:00Z")]),
        booking(
            "bookingConfirmation",
            "b3",
            "2021-04-05T09:00:00Z",
            &[created("2021-04-01T10:00:00Z")],
        ),
        booking(
            "positionCancelled",
            "b3",
            "12:00:00",
            &[created("2021-04-01T10:00:00Z"), rejected("11:30:00")],
        ),
        // b4: cancelled by staff, nobody knows when.
        booking(
            "positionCancelledByStaff",
            "b4",
            "12:00:00",
            &[created("2021-04-01T10:00:00Z"), status("rejected")],
        ),
        // b5: cancelled exactly 7 days before.
        booking(
            "positionCancelled",
            "b5",
            "12:00:00",
            &[created("2021-03-20T10:00:00Z"), rejected("2021-03-30T12:00:00Z")],
        ),
        // b6: a local start (14:30 = 12:30 UTC), cancelled by its envelope at 12:45: after the start, so offered.
        format!("{{\"receivedAt\":1617713100,\"body\":{}}}\n", b6.trim_end()),
        // f1: nothing but feedback: 1, then one without a rating that erases nothing; wait 120 s, service 600 s.
        walk_in(
            "feedbackReceived",
            "f1",
            &[created("13:00:00"), checked("13:02:00"), status("completed"), feedback("1")],
        ),
        walk_in(
            "feedbackReceived",
            "f1",
            &[created("13:00:00"), checked("13:02:00"), done("13:12:00"), feedback("null")],
        ),
        // d1: cancelled 08:30, served 08:40 all the same: wait 2400 s, two outcomes, served after cancel.
        walk_in("positionCancelled", "d1", &[eight(), rejected("08:30:00"), status("rejected")]),
        walk_in("positionFulfilled", "d1", &[eight(), checked("08:40:00"), status("fulfilled")]),
        // m1: staff's ticket for four, not found at 08:10, called again 08:20: wait 1260 s, first call 600 s.
        main_line(
            "positionRetry",
            "m1",
            &[
                "\"type\":\"manual\",\"retryCount\":1,\"numberOfPeople\":4".into(),
                eight(),
                called("08:10:00"),
            ],
        ),
        main_line(
            "positionFulfilled",
            "m1",
            &[
                "\"type\":\"manual\",\"numberOfPeople\":4".into(),
                eight(),
                called("08:20:00"),
                checked("08:21:00"),
            ],
        ),
        // n1: no name, but the queue of Main: location_from_queue, and lapsed there. n2: nothing at all: (unknown), where nobody
        // ever checked in, so that it stays open.
        hook(
            "o",
            "positionCreated",
            "n1",
            &format!(
                "\"location\":null,\"queue\":\"q1\",\"type\":\"anonymous\",{}",
                created("08:30:00")
            ),
        ),
        hook("o", "positionCreated", "n2", &format!("\"type\":\"anonymous\",{}", eight())),
        // o1: a creation in 2009 is out of range, so the service date is unknown, and it never lapses.
        annex("o1", "Annex", "positionCreated", &[created("2009-01-01T00:00:00Z")]),
        // o2: 01:30 to 03:10 on the night the clocks went forward: 40 minutes.
        annex(
            "o2",
            "Annex",
            "positionFulfilled",
            &[created("2021-03-28T00:30:00Z"), checked("2021-03-28T01:10:00Z")],
        ),
        // o3: 22:30 UTC is 00:30 of the next local day; another name, mapped by the configuration. Lapsed.
        annex("o3", "Annexe", "positionCreated", &[created("2021-03-28T22:30:00Z")]),
    ]
    .concat()
}
