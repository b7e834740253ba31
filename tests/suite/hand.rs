//! Twenty-five tickets worked out by hand: every rule of the definitions, every figure to the last digit.
//!
//! Times are UTC on Tuesday 6 April 2021 unless a date is given; Stockholm is two hours ahead. The target is 10 minutes.

use queuestat::dataframe::location_ids;

use crate::hand_archive::archive;
use crate::workspace::Workspace;

fn published() -> Workspace {
    let space = Workspace::new();
    space.write("in/a.jsonl", archive());
    space.write(
        "in/queuestat.toml",
        "time_zone = \"Europe/Stockholm\"\n[locations.\"Annexe\"]\nname = \"Annex\"\n",
    );
    let run = space.report("in", &["--only", "csv"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    space
}

/// Key cells of a location's rows.
fn key(name: &str) -> String {
    let id = location_ids([("o", name)].into_iter()).remove(0);
    format!("\"o\",\"{name}\",\"{id}\"")
}

/// The rows of a CSV file, with the key cells of the location put in for its name.
fn expect(space: &Workspace, file: &str, rows: &[(&str, &str)]) {
    let csv = space.csv(file);
    let got: Vec<&str> = csv.lines().skip(1).collect();
    let wanted: Vec<String> =
        rows.iter().map(|(name, rest)| format!("{},{rest}", key(name))).collect();
    assert_eq!(got, wanted, "{file}");
}

/// The same of `totals.csv`, which has no location.
fn expect_totals(space: &Workspace, rows: &[(&str, &str)]) {
    let csv = space.csv("totals.csv");
    let got: Vec<&str> = csv.lines().skip(1).collect();
    let wanted: Vec<String> =
        rows.iter().map(|(key, rest)| format!("\"o\",\"{key},{rest}")).collect();
    assert_eq!(got, wanted, "totals.csv");
}

// Main: 21 tickets, 15 of them no bookings, 20 alone and one party of 4 = 24 people; served w1-w6, b1, b2, f1, d1, m1 = 11;
// cancelled by customer w7, b3, b5, b6 = 4, by staff b4; no-show w8; removed w9; rejected w10. Nobody ever called w11 or n1,
// and their day has been over for months: both lapsed, and nothing is open.
// Closed 21: 5/21, 4/21, 1/21, 1/21, lost 10/21.
// Ratings 5, 4, 3, 2, 1: mean 3; 2 of 5 are 4 or 5, Wilson (0.7841459 -+ 0.3258) / ... = 0.1176 to 0.7693. f1 is known from
// feedback alone, so 4 of 10 served are rated.
// Waits 0, 0, 120, 200, 300, 600, 1260, 1300, 2400: sum 6180 / 9; median the 5th; 90 % at 7.2: 1300 + 0.2 * 1100;
// 95 % at 7.6: 1300 + 0.6 * 1100. One early.
// Within 10 min: w1, w2, w4, b1, b2, f1 = 6 of offered 11 served + w8 + w9 + w7 + b6 + lapsed w11 + n1 = 17.
// Calls 240, 600, 1200, 1200: median 900, 90 % 1200. Services 360, 599, 600: median 599, 90 % at 1.8: 599.8.
// b3 was moved; m1 was put back and called again.
// Of 9 waits the median lies between the 2nd and the 8th with 96 % (10 of 512 beyond either): 0 to 1300. No pair of 9 ranks
// holds the 90th percentile with 95 %.
const MAIN: &str = "21,15,6,24,11,4,1,1,1,1,0,0.2381,0.1905,0.0476,0.0476,0.4762,5,3.0000,1,1,1,1,1,0.4000,0.1176,0.7693,0.4000,\
9,686.6667,300.00,1520.00,1960.00,2400,1,0.3529,4,900.00,1200.00,3,599.00,599.80,2,1,1,0.00,1300.00,,";
// Annex: o2 served after 2400 s. o3 lapsed: lost 1/2, and offered. o1 has no day that could be over, so it stays open.
const ANNEX: &str = "3,3,0,3,1,0,0,0,0,0,1,0.0000,0.0000,0.0000,0.0000,0.5000,0,,0,0,0,0,0,,,,0.0000,\
1,2400.0000,2400.00,2400.00,2400.00,2400,0,0.0000,0,,,0,,,1,0,0,,,,";
// The two of March.
const ANNEX_MARCH: &str = "2,2,0,2,1,0,0,0,0,0,0,0.0000,0.0000,0.0000,0.0000,0.5000,0,,0,0,0,0,0,,,,0.0000,\
1,2400.0000,2400.00,2400.00,2400.00,2400,0,0.0000,0,,,0,,,1,0,0,,,,";
// o1; also n2, at whose location no check-in was ever seen, so that it cannot lapse.
const ONE_OPEN: &str = "1,1,0,1,0,0,0,0,0,0,1,,,,,,0,,0,0,0,0,0,,,,,0,,,,,,0,,0,,,0,,,0,0,0,,,,";
const ONE_SERVED: &str = "1,1,0,1,1,0,0,0,0,0,0,0.0000,0.0000,0.0000,0.0000,0.0000,0,,0,0,0,0,0,,,,0.0000,\
1,2400.0000,2400.00,2400.00,2400.00,2400,0,0.0000,0,,,0,,,0,0,0,,,,";
// o3: closed, lost, offered, and not within the target.
const ONE_LAPSED: &str = "1,1,0,1,0,0,0,0,0,0,0,0.0000,0.0000,0.0000,0.0000,1.0000,0,,0,0,0,0,0,,,,,\
0,,,,,,0,0.0000,0,,,0,,,1,0,0,,,,";

// The newest instant is the check-in of w6, 08:00:01 local time on Wednesday 7 April: the 6th is the last whole day. Week 14
// (5 to 11 April) and April are not over.
#[test]
fn summary_files() {
    let space = published();
    expect(&space, "locations.csv", &[("(unknown)", ONE_OPEN), ("Annex", ANNEX), ("Main", MAIN)]);
    let dated = |date: &str, rest: &str, after: &str| format!("{date},{rest},{after}");
    expect(
        &space,
        "daily.csv",
        &[
            ("(unknown)", &dated("\"2021-04-06\"", ONE_OPEN, "true")),
            ("Annex", &dated("", ONE_OPEN, "")),
            ("Annex", &dated("\"2021-03-28\"", ONE_SERVED, "true")),
            ("Annex", &dated("\"2021-03-29\"", ONE_LAPSED, "true")),
            ("Main", &dated("\"2021-04-06\"", MAIN, "true")),
        ],
    );
    expect(
        &space,
        "weekly.csv",
        &[
            ("(unknown)", &dated("\"2021-W14\"", ONE_OPEN, "false,\"2021-04-05\"")),
            ("Annex", &dated("", ONE_OPEN, ",")),
            ("Annex", &dated("\"2021-W12\"", ONE_SERVED, "true,\"2021-03-22\"")),
            ("Annex", &dated("\"2021-W13\"", ONE_LAPSED, "true,\"2021-03-29\"")),
            ("Main", &dated("\"2021-W14\"", MAIN, "false,\"2021-04-05\"")),
        ],
    );
    expect(
        &space,
        "monthly.csv",
        &[
            ("(unknown)", &dated("\"2021-04\"", ONE_OPEN, "false,\"2021-04-01\"")),
            ("Annex", &dated("", ONE_OPEN, ",")),
            ("Annex", &dated("\"2021-03\"", ANNEX_MARCH, "true,\"2021-03-01\"")),
            ("Main", &dated("\"2021-04\"", MAIN, "false,\"2021-04-01\"")),
        ],
    );
}

// The 14 of Main that are `anonymous`: w1-w11, f1, d1, n1; served w1-w6, f1, d1 = 8. Closed 14: 1/14, 1/14, 0, 1/14, lost 6/14.
// Ratings 5, 4, 3, 1: mean 13/4; Wilson of 2/4 is 0.5 -+ 1.959964 * sqrt(0.0625 + 0.0600228) / 1.9603647 = 0.349961. Without f1,
// 3 of 7 are rated. Waits 0, 120, 300, 600, 1300, 2400: sum 4720 / 6; median 450; 90 % at 4.5: 1300 + 0.5 * 1100; 95 % at 4.75:
// 1300 + 0.75 * 1100; the median of 6 lies between the least and the largest with 97 %. Within: w1, w2, w4, f1 of 8 + w7 + w8 + w9 + w11 + n1 = 13. Calls 240, 1200, 1200.
const ANONYMOUS: &str = "14,14,0,14,8,1,0,1,1,1,0,0.0714,0.0714,0.0000,0.0714,0.4286,4,3.2500,1,0,1,1,1,0.5000,0.1500,0.8500,0.4286,\
6,786.6667,450.00,1850.00,2125.00,2400,0,0.3077,3,1200.00,1200.00,3,599.00,599.80,2,0,0,0.00,2400.00,,";
// b1-b6: closed 6: 4/6, 3/6, 1/6, 0, lost 4/6. b1 alone is rated, with 2. Waits 0, 200: 90 % of the way is 180, 95 % 190. Within:
// b1, b2 of those and b6.
const BOOKING: &str = "6,0,6,6,2,3,1,0,0,0,0,0.6667,0.5000,0.1667,0.0000,0.6667,1,2.0000,0,1,0,0,0,0.0000,0.0000,0.7935,0.5000,\
2,100.0000,100.00,180.00,190.00,200,1,0.6667,0,,,0,,,0,1,0,,,,";
// m1.
const MANUAL: &str = "1,1,0,4,1,0,0,0,0,0,0,0.0000,0.0000,0.0000,0.0000,0.0000,0,,0,0,0,0,0,,,,0.0000,\
1,1260.0000,1260.00,1260.00,1260.00,1260,0,0.0000,1,600.00,600.00,0,,,0,0,1,,,,";

#[test]
fn segments_and_totals() {
    let space = published();
    // Main has one queue (n1 stands in it too) and no categories, and Annex one type of tickets: they have no rows.
    let of_type = |value: &str, rest: &str| format!("\"ticket_type\",\"{value}\",{rest}");
    expect(
        &space,
        "segments.csv",
        &[
            ("Main", &of_type("anonymous", ANONYMOUS)),
            ("Main", &of_type("booking", BOOKING)),
            ("Main", &of_type("manual", MANUAL)),
        ],
    );
    // 6 April: Main, and n2, which is neither closed nor offered.
    let april = MAIN.replace("21,15,6,24,11,4,1,1,1,1,0,", "22,16,6,25,11,4,1,1,1,1,1,");
    // All 25: closed 23: 5/23, 4/23, 1/23, 1/23, lost 11/23; 4 of 11 served are rated. Waits: 2400 once more, sum 8580 / 10;
    // the median of all is (300 + 600) / 2 and lies between the 2nd and the 9th with 98 %, whatever 300 and 2400 are the medians of; 90 % at 8.1 and 95 % at 8.55: 2400.
    // Within: 6 of 17 + o2 + o3.
    let all = "25,19,6,28,12,4,1,1,1,1,2,0.2174,0.1739,0.0435,0.0435,0.4783,5,3.0000,1,1,1,1,1,0.4000,0.1176,0.7693,0.3636,\
10,858.0000,450.00,2400.00,2400.00,2400,1,0.3158,4,900.00,1200.00,3,599.00,599.80,3,1,1,0.00,2400.00,,";
    expect_totals(
        &space,
        &[
            ("day\",,", &format!("{ONE_OPEN},")),
            ("day\",\"2021-03-28\",\"2021-03-28\"", &format!("{ONE_SERVED},true")),
            ("day\",\"2021-03-29\",\"2021-03-29\"", &format!("{ONE_LAPSED},true")),
            ("day\",\"2021-04-06\",\"2021-04-06\"", &format!("{april},true")),
            ("week\",,", &format!("{ONE_OPEN},")),
            ("week\",\"2021-03-22\",\"2021-03-28\"", &format!("{ONE_SERVED},true")),
            ("week\",\"2021-03-29\",\"2021-04-04\"", &format!("{ONE_LAPSED},true")),
            ("week\",\"2021-04-05\",\"2021-04-11\"", &format!("{april},false")),
            ("window\",\"2021-03-28\",\"2021-04-06\"", &format!("{all},true")),
        ],
    );
}

#[test]
fn hours_and_the_line() {
    // Each location was open on one day of a weekday, so each hour has 3600 s; o1, which has no day, opens none.
    // Main, 10 to 11 local: in line w1 240 + w2 600 + w3 1200 + w7 420 + w8 1200 + d1 2400 + m1 600 = 6660 s, at most
    // w1, w2, w7, w8, d1, m1 at once. b2 200 s, b6 900 s, f1 120 s. The others left no trace of an end, or had none.
    // Annex: the night of the clock change has no hour 2: 1800 s in hour 1, 600 s in hour 3.
    expect(
        &published(),
        "hourly.csv",
        &[
            ("(unknown)", "2,10,1,0,,,0.0000,0,1"),
            ("Annex", "1,0,1,0,,,0.0000,0,1"),
            ("Annex", "7,1,1,1,2400.00,2400.00,0.5000,1,1"),
            ("Annex", "7,3,0,0,,,0.1667,1,1"),
            ("Main", "2,8,1,0,,,0.0000,0,1"),
            ("Main", "2,10,11,5,1260.00,1960.00,1.8500,6,1"),
            ("Main", "2,11,3,2,0.00,0.00,0.0000,0,1"),
            ("Main", "2,12,1,1,200.00,200.00,0.0556,1,1"),
            ("Main", "2,14,4,0,,,0.2500,1,1"),
            ("Main", "2,15,1,1,120.00,120.00,0.0333,1,1"),
        ],
    );
}

#[test]
fn lost_visits_ratings_and_histogram() {
    let space = published();
    expect(
        &space,
        "cancellations.csv",
        &[
            ("Annex", "\"lapsed\",\"anonymous\",,,1"),
            ("Main", "\"cancelled_by_customer\",\"anonymous\",,,1"),
            // b5: exactly 7 days before; b6: after the start; b3: half an hour before; b4: nobody knows when.
            ("Main", "\"cancelled_by_customer\",\"booking\",\"1d_to_7d\",,1"),
            ("Main", "\"cancelled_by_customer\",\"booking\",\"after_start\",,1"),
            ("Main", "\"cancelled_by_customer\",\"booking\",\"under_1h\",,1"),
            ("Main", "\"cancelled_by_staff\",\"booking\",\"unknown\",\"no_closing_time\",1"),
            ("Main", "\"lapsed\",\"anonymous\",,,2"),
            ("Main", "\"no_show\",\"anonymous\",,,1"),
            ("Main", "\"rejected\",\"anonymous\",,,1"),
            ("Main", "\"removed\",\"anonymous\",,,1"),
        ],
    );
    // b1 and f1 waited under 5 min; w1 exactly 5, w2 exactly 10 (bands are left-closed); w3 21 min 40 s.
    // Wilson of 0/2, 1/1, 0/1: z²/(n + z²) = 0.6576; 1/(1 + z²) = 0.2065; z²/(1 + z²) = 0.7935.
    expect(
        &space,
        "ratings_by_wait.csv",
        &[
            ("Main", "0,5,2,1.5000,0.0000,0.0000,0.6576,,"),
            ("Main", "5,10,1,5.0000,1.0000,0.2065,1.0000,,"),
            ("Main", "10,20,1,4.0000,1.0000,0.2065,1.0000,,"),
            ("Main", "20,30,1,3.0000,0.0000,0.0000,0.7935,,"),
        ],
    );
    // Five ratings bear no trend.
    let trend = space.csv("ratings_by_wait_trend.csv");
    assert_eq!(trend.lines().nth(1).unwrap(), "\"o\",1,5,,,\"too_little\"");
    // Twelve whose end has a time: nine waits, w7 left after 420 s, b6 after 900, and w8 was not there at 1200. Two waited 0 s,
    // three at most 120 s; at 3 minutes nine are left. 2/12 and 3/12 with the band of a share on the scale ln(-ln).
    let nobody = [",0.0000"; 9].concat();
    let row = |served: &str| format!("{served}{nobody}");
    expect(
        &space,
        "curves.csv",
        &[
            ("Main", &row("0,12,0.1667,0.0265,0.4130")),
            ("Main", &row("1,10,0.1667,0.0265,0.4130")),
            ("Main", &row("2,10,0.2500,0.0601,0.5048")),
        ],
    );
    let values = ["1,1,0.2000", "2,1,0.2000", "3,1,0.2000", "4,1,0.2000", "5,1,0.2000"];
    expect(&space, "ratings.csv", &values.map(|row| ("Main", row)));
    expect(
        &space,
        "wait_histogram.csv",
        &[
            ("Annex", "40,1"),
            ("Main", "0,2"),
            ("Main", "2,1"),
            ("Main", "3,1"),
            ("Main", "5,1"),
            ("Main", "10,1"),
            ("Main", "21,2"),
            ("Main", "40,1"),
        ],
    );
}

#[test]
fn accounting() {
    let space = published();
    let lines = archive().lines().count();
    let quality = space.csv("data_quality.csv");
    let raised: Vec<&str> = quality.lines().skip(1).filter(|row| !row.ends_with(",0")).collect();
    let accepted = format!("\"accepted\",\"\",{}", lines - 1);
    let all = format!("\"records\",\"\",{lines}");
    assert_eq!(
        raised,
        [
            &accepted,
            // w2, w4, w5, w6, b1, b2, f1, d1, o2
            "\"check_in_without_call\",\"\",9",
            "\"conflicting_outcomes\",\"\",1",
            "\"duplicate\",\"\",1",
            "\"feedback_only_ticket\",\"\",1",
            "\"files\",\"\",1",
            "\"implausible_wait\",\"wait\",1",
            // Nobody knows when w9, w10 and b4 left, and w11, n1, n2 and o3 never did.
            "\"line_end_unknown\",\"\",7",
            "\"location_from_queue\",\"\",1",
            "\"location_unknown\",\"\",1",
            "\"negative_wait\",\"wait\",1",
            "\"queue_with_several_names\",\"q2\",1",
            "\"rating_bad\",\"\",1",
            "\"rating_coerced\",\"\",1",
            &all,
            "\"served_after_cancel\",\"\",1",
            "\"timestamp_out_of_range\",\"createdAt\",1",
            "\"unknown_type\",\"positionTeleported\",1",
        ]
    );
    let files = space.csv("files.csv");
    let row = files.lines().nth(1).unwrap();
    assert!(
        row.starts_with("\"a.jsonl\",")
            && row.ends_with(&format!(
                ",{lines},0,{},1,0,0,0,\"2021-03-28\",\"2021-04-06\"",
                lines - 1
            )),
        "{row}"
    );
}

#[test]
fn windows_and_the_other_end_of_the_wait() {
    let space = published();
    let run = space.report("in", &["--only", "csv", "--from", "2021-03-29", "--to", "2021-04-05"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    // Only o3; tickets without a date belong to no window.
    expect(&space, "locations.csv", &[("Annex", ONE_LAPSED)]);
    let run = space.report(
        "in",
        &["--only", "csv", "--wait-ends-at", "call", "--location", "Main", "--target-minutes", "4"],
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    // Waits are the calls now: 240, 600, 1200, 1200 = 3240 / 4, 90 % 1200; w1 alone is served within 4 min, of 17.
    let main = MAIN.replace(
        "9,686.6667,300.00,1520.00,1960.00,2400,1,0.3529",
        "4,810.0000,900.00,1200.00,1200.00,1200,0,0.0588",
    );
    // No interval: the median of 4 is beyond the least or the largest once in 16 times.
    let main = main.replace(",0.00,1300.00,,", ",,,,");
    expect(&space, "locations.csv", &[("Main", &main)]);
}
