//! Figures that need archives of their own: segments, hidden ratings, what is over, and totals.

use std::collections::BTreeMap;

use crate::small_archive::{
    CSV, at, booking, cells, first_page, page_of, report, rows, served, shown, walk_in,
};
use crate::workspace::Workspace;

#[test]
fn segments_name_forty_values_and_add_up_the_rest() {
    let category = |value: &str| {
        format!(",\"registrationData\":[{{\"type\":\"category\",\"value\":\"{value}\"}}]")
    };
    let queue = |queue: &str| format!(",\"queue\":\"{queue}\"");
    let mut text = String::new();
    // Big: one ticket of V00, two of V01, … 45 of V44; but five of V05, as many as of V04. All waited as many minutes as the
    // number of their value says. Three tickets have none.
    for value in 0..45_u32 {
        for n in 0..if value == 5 { 5 } else { value + 1 } {
            let more = category(&format!("V{value:02}")) + &queue("q1");
            text += &served(&format!("b{value}-{n}"), "Big", ("03-10", n % 12), value, &more);
        }
    }
    for n in 0..3 {
        text += &served(&format!("none-{n}"), "Big", ("03-10", 9), 50, &queue("q1"));
    }
    // Small: a value that is rare in Big, and one that is not; two queues.
    for (n, value, line) in [(0, "V00", "q2"), (1, "V00", "q3"), (2, "V44", "q3")] {
        text +=
            &served(&format!("s{n}"), "Small", ("03-10", 9), n, &(category(value) + &queue(line)));
    }
    let space = report(&text, "", CSV);
    let columns = ["dimension", "value", "tickets", "wait_p50_s", "wait_max_s"];
    // Of two values with as many tickets the first by name is named: V04, not V05. The rest: one ticket that waited 0 minutes,
    // two 1, three 2, four 3, five 5: the 8th of 15 waited 3.
    let mut expected = vec![
        "category (none) 3 3000.00 3000".to_owned(),
        "category (other) 15 180.00 300".to_owned(),
    ];
    expected.extend((4..45).filter(|value| *value != 5).map(|value| {
        let seconds = value * 60;
        format!("category V{value:02} {} {seconds}.00 {seconds}", value + 1)
    }));
    assert_eq!(expected.len(), 42);
    assert_eq!(cells(&space, "segments.csv", Some("Big"), &columns), expected);
    assert_eq!(
        cells(&space, "segments.csv", Some("Small"), &columns),
        [
            "category V00 2 30.00 60",
            "category V44 1 120.00 120",
            "queue q2 1 0.00 0",
            "queue q3 2 90.00 120",
        ]
    );
    // Without a value at all, with one value, and none.
    let one = served("1", "One", ("03-10", 9), 1, "") + &served("2", "One", ("03-10", 9), 2, "");
    assert!(rows(&report(&one, "", CSV), "segments.csv").is_empty());
    // Two values of which one is no value.
    let two = one + &served("3", "One", ("03-10", 9), 4, &category("V"));
    assert_eq!(
        cells(&report(&two, "", CSV), "segments.csv", None, &columns),
        ["category (none) 2 90.00 120", "category V 1 240.00 240"]
    );
}

/// Few: 1, 2, 4, mean 2.33, a third satisfied. Many: five ratings on the 10th and two on the 11th, one of which waited 25 minutes.
fn rated() -> String {
    let stars = |n: u32| format!(",\"feedback\":{{\"rating\":{n}}}");
    let few = [(1, "03-10"), (2, "03-10"), (4, "03-11")];
    let many = [5, 5, 3, 4, 1].map(|stars| (stars, "03-10", 7));
    let many = many.into_iter().chain([(2, "03-11", 7), (5, "03-11", 25)]);
    let few = few
        .iter()
        .zip(0..)
        .map(|((n, date), id)| served(&format!("f{id}"), "Few", (date, 9), 3, &stars(*n)));
    let many = many.zip(0..).map(|((n, date, minutes), id)| {
        served(&format!("m{id}"), "Many", (date, 9), minutes, &stars(n))
    });
    few.chain(many).collect()
}

#[test]
fn ratings_of_small_groups_are_hidden_everywhere() {
    let space = report(&rated(), "[ratings]\nhide_below = 5\n", &[]);
    let columns = [
        "ratings",
        "rating_mean",
        "rating_1",
        "rating_2",
        "rating_3",
        "rating_4",
        "rating_5",
        "csat",
        "csat_low",
        "csat_high",
        "response_rate",
    ];
    let hidden = " ".repeat(columns.len() - 1);
    // Many: 25 of 7 ratings, 4 of them 4 or 5; Wilson of 4/7: 0.2505 to 0.8418. All 7 served are rated.
    let many = "7 3.5714 1 1 1 1 3 0.5714 0.2505 0.8418 1.0000";
    assert_eq!(cells(&space, "locations.csv", None, &columns), [hidden.as_str(), many]);
    // Five are enough: mean 18/5, 3 of 5; Wilson: 0.2307 to 0.8824.
    let day = "5 3.6000 1 0 1 1 2 0.6000 0.2307 0.8824 1.0000";
    let daily = [hidden.as_str(), &hidden, day, &hidden];
    assert_eq!(cells(&space, "daily.csv", None, &columns), daily);
    // All locations: 2 and 5 on the 10th, 1 and 2 on the 11th, 10 in the week and the window.
    let ratings = ["day 7", "day ", "week 10", "window 10"];
    assert_eq!(cells(&space, "totals.csv", None, &["grain", "ratings"]), ratings);
    let by_type = rows(&space, "weekly.csv").into_iter().chain(rows(&space, "monthly.csv"));
    assert_eq!(by_type.map(|row| row["ratings"].clone()).collect::<Vec<_>>(), ["", "7", "", "7"]);
    let places = cells(&space, "ratings.csv", None, &["location", "value", "ratings"]);
    assert_eq!(places, ["Many 1 1", "Many 2 1", "Many 3 1", "Many 4 1", "Many 5 3"]);
    let band =
        ["location", "wait_from_min", "wait_to_min", "ratings", "rating_mean", "csat", "csat_high"];
    let bands = cells(&space, "ratings_by_wait.csv", None, &band);
    // 20 of 6 ratings after 5 to 10 minutes, 3 of them 4 or 5; Wilson of 3/6: up to 0.8124.
    assert_eq!(bands, ["Few 0 5    ", "Many 5 10 6 3.3333 0.5000 0.8124", "Many 20 30    "]);

    let pages = shown(&space);
    assert!(page_of(&pages, "Few").contains("hidden: fewer than 5 ratings"));
    assert!(page_of(&pages, "Few").contains("Ratings are hidden: fewer than 5"));
    assert!(page_of(&pages, "Many").contains("only 7 ratings"));
    assert!(!page_of(&pages, "Many").contains("hidden: fewer"));
    let first = first_page(&pages);
    assert!(first.contains("hidden, too few") && first.contains("only 7"), "both in one table");
    // The group that is hidden has no chart of ratings; the others have.
    let charts: Vec<_> = pages.keys().filter(|name| name.ends_with("-ratings.svg")).collect();
    assert!(charts.len() == 1 && charts[0].contains("many"), "{charts:?}");
    // Neither the mean of the three ratings nor the share is to be found; without the setting they are.
    // Of a drawing, its words are read and not its points.
    let read = |page: &str| {
        let mut pieces = page.split(" d=\"");
        let first = pieces.next().unwrap_or("").to_owned();
        first
            + &pieces
                .filter_map(|rest| rest.split_once('"'))
                .map(|(_, rest)| rest)
                .collect::<String>()
    };
    let tells = |pages: &BTreeMap<String, String>| {
        let found = pages.iter().filter(|(_, page)| {
            ["2.33", "33.3", "33 %"].iter().any(|word| read(page).contains(word))
        });
        found.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(tells(&pages), [""; 0]);
    let open = report(&rated(), "", &[]);
    assert!(tells(&shown(&open)).len() >= 2, "{:?}", tells(&shown(&open)));
    assert_eq!(
        cells(&open, "locations.csv", Some("Few"), &["ratings", "rating_mean"]),
        ["3 2.3333"]
    );
}

#[test]
fn days_weeks_and_months_are_complete_once_they_are_over_and_inside_the_window() {
    let dates = ["02-25", "03-03", "03-08", "03-14", "03-16"];
    let visit = |date: &&str| served(date, "A", (date, 9), 5, "");
    let old: String = dates.iter().map(visit).collect();
    // Ahead, it says nothing of how far the archive goes.
    let ahead = booking("bookingConfirmation", "ahead", "A", "03-25 09:00", "");
    let to_wednesday = old.clone() + &ahead + &served("last", "A", ("03-17", 11), 59, "");
    let space = report(&to_wednesday, "", CSV);
    let daily = ["service_date", "complete"];
    assert_eq!(
        cells(&space, "daily.csv", None, &daily),
        [
            "2021-02-25 true",
            "2021-03-03 true",
            "2021-03-08 true",
            "2021-03-14 true",
            "2021-03-16 true",
            "2021-03-17 false",
            "2021-03-25 false"
        ]
    );
    let weekly = ["iso_week", "from", "complete"];
    assert_eq!(
        cells(&space, "weekly.csv", None, &weekly),
        [
            "2021-W08 2021-02-22 true",
            "2021-W09 2021-03-01 true",
            "2021-W10 2021-03-08 true",
            "2021-W11 2021-03-15 false",
            "2021-W12 2021-03-22 false"
        ]
    );
    let monthly = ["month", "from", "complete"];
    let months = ["2021-02 2021-02-01 true", "2021-03 2021-03-01 false"];
    assert_eq!(cells(&space, "monthly.csv", None, &monthly), months);
    let window = |space: &Workspace| {
        cells(space, "totals.csv", None, &["grain", "from", "to", "complete"]).pop()
    };
    assert_eq!(window(&space).unwrap(), "window 2021-02-25 2021-03-25 false");
    // March is over with the first instant of April at the location: 22:00 UTC, because the clocks went forward.
    for (last, is_over) in [("03-31 21:59:59", "false"), ("03-31 22:00:00", "true")] {
        let archive = old.clone() + &walk_in("positionCreated", "last", "A", last, "");
        let found = cells(&report(&archive, "", CSV), "monthly.csv", None, &["month", "complete"]);
        assert!(found.contains(&format!("2021-03 {is_over}")), "{last}: {found:?}");
        assert!(found.contains(&"2021-02 true".to_owned()), "{found:?}");
    }
    // A window that cuts a week or month leaves it incomplete, however long it is over.
    for (from, to, weeks) in [
        ("03-01", "03-14", ["2021-W09 true", "2021-W10 true"]),
        ("03-02", "03-14", ["2021-W09 false", "2021-W10 true"]),
        ("03-01", "03-13", ["2021-W09 true", "2021-W10 false"]),
    ] {
        let (from, to) = (format!("2021-{from}"), format!("2021-{to}"));
        let space = report(&to_wednesday, "", &["--only", "csv", "--from", &from, "--to", &to]);
        assert_eq!(cells(&space, "weekly.csv", None, &["iso_week", "complete"]), weeks);
        assert_eq!(cells(&space, "monthly.csv", None, &["month", "complete"]), ["2021-03 false"]);
        assert!(cells(&space, "daily.csv", None, &["complete"]).iter().all(|cell| cell == "true"));
        assert_eq!(window(&space).unwrap(), format!("window {from} {to} true"));
    }
    for (from, is_whole) in [("2021-02-01", "true"), ("2021-02-02", "false")] {
        let more = ["--only", "csv", "--from", from, "--to", "2021-02-28"];
        let found = cells(&report(&to_wednesday, "", &more), "monthly.csv", None, &["complete"]);
        assert_eq!(found, [is_whole], "{from}");
    }
}

#[test]
fn totals_are_those_of_all_visits_and_no_mean_of_means() {
    let of = |place: &'static str, date: &'static str, minutes: &'static [u32]| {
        minutes
            .iter()
            .map(move |n| served(&format!("{place}-{date}-{n}"), place, (date, 9), *n, ""))
    };
    let text: String = of("A", "03-10", &[1, 2, 3])
        .chain(of("B", "03-10", &[10, 20, 30, 40, 50]))
        .chain(of("B", "03-16", &[4]))
        .collect();
    let space = report(&text, "", CSV);
    let columns = ["waits", "wait_mean_s", "wait_p50_s", "wait_p90_s", "wait_max_s"];
    // A: 1, 2, 3. B: 4, 10, 20, 30, 40, 50: mean 154/6, median 25, 90 % at 4.5.
    assert_eq!(
        cells(&space, "locations.csv", None, &columns),
        ["3 120.0000 120.00 168.00 180", "6 1540.0000 1500.00 2700.00 3000"]
    );
    // The 10th: 1, 2, 3, 10, 20, 30, 40, 50: mean 156/8 = 19.5 min, median 15 (the medians are 2 and 30), 90 % at 6.3: 43.
    // All: 4 among them: mean 160/9, the 5th is 10, 90 % at 7.2: 40 + 0.2 * 10.
    let columns = [&["grain", "from"], &columns[..]].concat();
    let tenth = "8 1170.0000 900.00 2580.00 3000";
    assert_eq!(
        cells(&space, "totals.csv", None, &columns),
        [
            &format!("day 2021-03-10 {tenth}"),
            "day 2021-03-16 1 240.0000 240.00 240.00 240",
            &format!("week 2021-03-08 {tenth}"),
            "week 2021-03-15 1 240.0000 240.00 240.00 240",
            "window 2021-03-10 9 1066.6667 600.00 2520.00 3000",
        ]
    );
}

/// Where queues of a location have targets of their own, that of the queue with most tickets holds for all of it.
#[test]
fn the_queue_with_most_tickets_has_the_target_of_its_location() {
    let config = "[queues.a]\ntarget_minutes = 5\n[queues.b]\ntarget_minutes = 50\n";
    for (a, b, expected) in [(3, 5, "1.0000"), (5, 3, "0.0000")] {
        let queue = |name: &str, n: u32| -> String {
            let more = format!(",\"queue\":\"{name}\"");
            (0..n).map(|at| served(&format!("{name}{at}"), "A", ("03-10", at), 10, &more)).collect()
        };
        let space = report(&(queue("a", a) + &queue("b", b)), config, CSV);
        assert_eq!(cells(&space, "locations.csv", None, &["within_target_rate"]), [expected]);
    }
}

/// Rows are sorted by location some thousands at a time: more of them than twice that come to the right place, each once.
#[test]
fn every_ticket_of_many_counts_at_its_location() {
    let mut text = String::new();
    let mut waits: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for at in 0..70_000_u32 {
        let place = ["A", "B", "C"][(at * 7 % 11) as usize % 3];
        let (day, minutes) = (1 + at % 28, at * 13 % 60);
        text += &served(&at.to_string(), place, (&format!("03-{day:02}"), at % 23), minutes, "");
        waits.entry(place).or_default().push(minutes * 60);
    }
    let space = report(&text, "", CSV);
    let found =
        cells(&space, "locations.csv", None, &["location", "tickets", "wait_mean_s", "wait_max_s"]);
    let expected = waits.iter().map(|(place, waits)| {
        let (n, sum) = (waits.len(), waits.iter().sum::<u32>());
        let mean = f64::from(sum) / f64::from(u32::try_from(n).unwrap());
        format!("{place} {n} {mean:.4} {}", waits.iter().max().unwrap())
    });
    assert_eq!(found, expected.collect::<Vec<_>>());
}

/// Where the clock is put back, the hour that comes twice is two hours long; where it is put forward, one is missing.
#[test]
fn a_mean_line_is_over_the_seconds_that_its_hour_had() {
    let stood = |id: &str, from: &str, to: &str| {
        walk_in("positionFulfilled", id, "A", from, &at("fulfilledAt", to))
    };
    let more = ["--only", "csv", "--as-of", "2021-12-01T00:00:00Z"];
    for (archive, expected) in [
        (stood("1", "10-31 00:00", "10-31 02:00"), vec!["7 2 1.0000 1"]),
        (stood("1", "10-31 00:00", "10-31 01:00"), vec!["7 2 0.5000 1"]),
        (stood("1", "03-28 00:30", "03-28 01:30"), vec!["7 1 0.5000 1", "7 3 0.5000 1"]),
        (
            stood("1", "03-21 00:30", "03-21 02:30"),
            vec!["7 1 0.5000 1", "7 2 1.0000 1", "7 3 0.5000 1"],
        ),
    ] {
        let space = report(&archive, "", &more);
        let found =
            cells(&space, "hourly.csv", None, &["weekday", "hour", "line_mean", "line_max"]);
        assert_eq!(found, expected);
    }
}
