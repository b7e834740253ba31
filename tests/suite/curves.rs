//! What became of those who waited: small archives, worked out by hand.

use crate::small_archive::{
    CSV, at, booking, cells, page_of, report, rows, served, shown, walk_in,
};

/// Desk: of 22 whose end has a time 4 were called after 2 minutes and not there, 4 cancelled after 3, 2 were removed after 4, and
/// 12 were served after 5. Kiosk: 9 were served.
fn archive() -> String {
    let mut text = String::new();
    let lost = |kind: &str, id: &str, minutes: u32, more: &str| {
        let ended = at("rejectedAt", &format!("03-10 09:{minutes:02}"));
        walk_in(kind, id, "Desk", "03-10 09:00", &(ended + more))
    };
    for n in 0..4 {
        let called = at("calledAt", "03-10 09:02");
        text += &lost("positionRemoved", &format!("n{n}"), 9, &called);
        text += &lost("positionCancelled", &format!("c{n}"), 3, "");
    }
    for n in 0..2 {
        text += &lost("positionRemoved", &format!("r{n}"), 4, "");
    }
    for n in 0..12 {
        text += &served(&format!("s{n}"), "Desk", ("03-10", 9), 5, "");
    }
    for n in 0..9 {
        text += &served(&format!("k{n}"), "Kiosk", ("03-10", 9), 5, "");
    }
    // In no curve: nobody knows when they ended, or they had not entered the queue.
    let early = at("rejectedAt", "03-10 08:00");
    text + &walk_in("positionRemoved", "x", "Desk", "03-10 09:00", "")
        + &walk_in("positionCreated", "lapsed", "Desk", "03-10 09:00", "")
        + &booking("positionCancelled", "early", "Desk", "03-10 09:30", &early)
}

/// Twelve that left after three minutes; of nine, a median would say too much.
#[test]
fn how_long_those_waited_who_left_stands_on_the_page() {
    let left = |n: u32| {
        let ended = at("rejectedAt", "03-10 09:03");
        walk_in("positionCancelled", &n.to_string(), "Desk", "03-10 09:00", &ended)
    };
    let space = report(&(0..12).map(left).collect::<String>(), "", &[]);
    let pages = shown(&space);
    assert!(
        page_of(&pages, "Desk").contains("Those who left had waited 3\u{a0}min (median"),
        "{pages:?}"
    );
    let few = report(&(0..9).map(left).collect::<String>(), "", &[]);
    assert!(!page_of(&shown(&few), "Desk").contains("Those who left had waited"));
}

#[test]
fn shares_by_the_minute() {
    let space = report(&archive(), "", CSV);
    let of = |columns: &[&str]| cells(&space, "curves.csv", None, columns);
    let shares = ["location", "minute", "at_risk", "served", "left", "no_show", "removed"];
    // Who ended at a whole minute still stood there just before, and is counted at it. At 6 minutes nobody is left; Kiosk has
    // too few. 4 of 22, 2 of 22, 12 of 22.
    assert_eq!(
        of(&shares),
        [
            "Desk 0 22 0.0000 0.0000 0.0000 0.0000",
            "Desk 1 22 0.0000 0.0000 0.0000 0.0000",
            "Desk 2 22 0.0000 0.0000 0.1818 0.0000",
            "Desk 3 18 0.0000 0.1818 0.1818 0.0000",
            "Desk 4 14 0.0000 0.1818 0.1818 0.0909",
            "Desk 5 12 0.5455 0.1818 0.1818 0.0909",
        ]
    );
    // Nothing is open: the band of a binomial share on the scale ln(-ln). 4/22: error 0.08223, divided by 0.1818 ln(0.1818) is
    // 0.2653, times 1.96 is 0.52; 0.1818 to the powers e^0.52 and e^-0.52.
    let band = ["left_low", "left", "left_high", "removed_low", "removed_high"];
    assert_eq!(of(&band)[4], "0.0568 0.1818 0.3629 0.0156 0.2511");
    assert_eq!(of(&["served_low", "served_high"])[4..], ["0.0000 0.0000", "0.3207 0.7239"]);
    assert_eq!(of(&["no_show_low", "no_show_high"])[1..3], ["0.0000 0.0000", "0.0568 0.3629"]);
}

/// Half an hour after ten were served, ten more stand there for two minutes: they are not counted as lost, only as unknown.
#[test]
fn who_still_waits_is_not_counted_as_lost() {
    let mut text = String::new();
    for n in 0..10 {
        text += &served(&format!("s{n}"), "Desk", ("03-10", 9), 5, "");
        text += &walk_in("positionCreated", &format!("o{n}"), "Desk", "03-10 09:35", "");
    }
    let of = |as_of: &str| {
        let space = report(&text, "", &["--only", "csv", "--as-of", as_of]);
        cells(&space, "curves.csv", None, &["minute", "at_risk", "served"])
    };
    let [zero, one, two] = [0, 1, 2].map(|minute| format!("{minute} 20 0.0000"));
    let rest = ["3 10 0.0000", "4 10 0.0000", "5 10 1.0000"].map(str::to_owned);
    assert_eq!(of("2021-03-10T09:37:00Z"), [&[zero, one, two][..], &rest].concat());
    // On the next day nobody knows what became of them: they stand in no curve.
    let all = ["0 10 0.0000", "1 10 0.0000", "2 10 0.0000"].map(str::to_owned);
    assert_eq!(of("2021-03-12T09:37:00Z"), [&all[..], &rest].concat());
}

/// Three places, each with bands of its own: the longer the wait, the worse the rating, at each of them.
#[test]
fn ratings_fall_with_the_wait() {
    let mut text = String::new();
    for place in ["A", "B", "C"] {
        for (minutes, satisfied) in [(2, 10), (7, 7), (15, 4), (25, 1)] {
            for n in 0..10 {
                let stars = if n < satisfied { 5 } else { 2 };
                let more = format!(",\"feedback\":{{\"rating\":{stars}}}");
                let id = format!("{place}-{minutes}-{n}");
                let done = at("fulfilledAt", &format!("03-10 09:{minutes:02}")) + &more;
                text += &served(&id, place, ("03-10", 9), minutes, "");
                text += &walk_in("feedbackReceived", &id, place, "03-10 09:00", &done);
            }
        }
    }
    let trend = |config: &str| {
        let space = report(&text, config, CSV);
        let row = rows(&space, "ratings_by_wait_trend.csv").remove(0);
        let cells =
            cells(&space, "ratings_by_wait.csv", Some("B"), &["ratings", "trend_z", "trend_p"]);
        let all = ["strata", "ratings", "z", "p_value", "direction"].map(|name| row[name].clone());
        (all.join(" "), cells)
    };
    // Each place: scores 2.5, 7.5, 15, 25, mean 12.5; 10, 7, 4 and 1 of ten satisfied, 22 of 40. Above what is expected:
    // 25 + 52.5 + 60 + 25 - 22 * 12.5 = -112.5. Variance: 22 * 18 / (40 * 39) * 10 * (100 + 25 + 6.25 + 156.25) = 729.8.
    // z = -112.5 / 27.015 = -4.1644, and of three such places that times the root of 3.
    let (all, mine) = trend("");
    assert_eq!(all, "3 120 -7.2129 0.0000 falls");
    assert_eq!(mine, ["10 -4.1644 0.0000"; 4]);
    // What is hidden says nothing of itself.
    let (all, mine) = trend("[ratings]\nhide_below = 11\n");
    assert_eq!((all.as_str(), mine), ("0 0   too_little", vec!["  ".to_owned(); 4]));
}
