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

// Main: 21 tickets, 15 of them no bookings, 20 alone and one party of 4 = 24 people; served w1-w6, b1, b2, f1, d1, m1 = 11;
// cancelled by customer w7, b3, b5, b6 = 4, by staff b4; no-show w8; removed w9; rejected w10; open w11, n1.
// Closed 19: 5/19, 4/19, 1/19, 1/19, lost 8/19.
// Ratings 5, 4, 3, 2, 1: mean 3; 2 of 5 are 4 or 5, Wilson (0.7841459 -+ 0.3258) / ... = 0.1176 to 0.7693; 5 of 11 served.
// Waits 0, 0, 120, 200, 300, 600, 1260, 1300, 2400: sum 6180 / 9; median the 5th; 90 % at 7.2: 1300 + 0.2 * 1100;
// 95 % at 7.6: 1300 + 0.6 * 1100. One early.
// Within 10 min: w1, w2, w4, b1, b2, f1 = 6 of offered 11 served + w8 + w9 + w7 + b6 = 15.
// Calls 240, 600, 1200, 1200: median 900, 90 % 1200. Services 360, 599, 600: median 599, 90 % at 1.8: 599.8.
const MAIN: &str = "21,15,6,24,11,4,1,1,1,1,2,0.2632,0.2105,0.0526,0.0526,0.4211,5,3.0000,1,1,1,1,1,0.4000,0.1176,0.7693,0.4545,\
9,686.6667,300.00,1520.00,1960.00,2400,1,0.4000,4,900.00,1200.00,3,599.00,599.80";
// Annex: o2 served after 2400 s, o1 and o3 open.
const ANNEX: &str = "3,3,0,3,1,0,0,0,0,0,2,0.0000,0.0000,0.0000,0.0000,0.0000,0,,0,0,0,0,0,,,,0.0000,\
1,2400.0000,2400.00,2400.00,2400.00,2400,0,0.0000,0,,,0,,";
const ONE_OPEN: &str = "1,1,0,1,0,0,0,0,0,0,1,,,,,,0,,0,0,0,0,0,,,,,0,,,,,,0,,0,,,0,,";
const ONE_SERVED: &str = "1,1,0,1,1,0,0,0,0,0,0,0.0000,0.0000,0.0000,0.0000,0.0000,0,,0,0,0,0,0,,,,0.0000,\
1,2400.0000,2400.00,2400.00,2400.00,2400,0,0.0000,0,,,0,,";

#[test]
fn summary_files() {
    let space = published();
    expect(&space, "locations.csv", &[("(unknown)", ONE_OPEN), ("Annex", ANNEX), ("Main", MAIN)]);
    let dated = |date: &str, rest: &str| format!("{date},{rest}");
    expect(
        &space,
        "daily.csv",
        &[
            ("(unknown)", &dated("\"2021-04-06\"", ONE_OPEN)),
            ("Annex", &dated("", ONE_OPEN)),
            ("Annex", &dated("\"2021-03-28\"", ONE_SERVED)),
            ("Annex", &dated("\"2021-03-29\"", ONE_OPEN)),
            ("Main", &dated("\"2021-04-06\"", MAIN)),
        ],
    );
    expect(
        &space,
        "weekly.csv",
        &[
            ("(unknown)", &dated("\"2021-W14\"", ONE_OPEN)),
            ("Annex", &dated("", ONE_OPEN)),
            ("Annex", &dated("\"2021-W12\"", ONE_SERVED)),
            ("Annex", &dated("\"2021-W13\"", ONE_OPEN)),
            ("Main", &dated("\"2021-W14\"", MAIN)),
        ],
    );
}

#[test]
fn hours_and_the_line() {
    // The window is 28 March to 6 April: two Tuesdays and two Sundays, so each of their hours has 7200 s.
    // Main, 10 to 11 local: in line w1 240 + w2 600 + w3 1200 + w7 420 + w8 1200 + d1 2400 + m1 600 = 6660 s, at most
    // w1, w2, w7, w8, d1, m1 at once. b2 200 s, b6 900 s, f1 120 s. The others left no trace of an end, or had none.
    // Annex: the night of the clock change has no hour 2: 1800 s in hour 1, 600 s in hour 3.
    expect(
        &published(),
        "hourly.csv",
        &[
            ("(unknown)", "2,10,1,0,,,0.0000,0"),
            ("Annex", "1,0,1,0,,,0.0000,0"),
            ("Annex", "7,1,1,1,2400.00,2400.00,0.2500,1"),
            ("Annex", "7,3,0,0,,,0.0833,1"),
            ("Main", "2,8,1,0,,,0.0000,0"),
            ("Main", "2,10,11,5,1260.00,1960.00,0.9250,6"),
            ("Main", "2,11,3,2,0.00,0.00,0.0000,0"),
            ("Main", "2,12,1,1,200.00,200.00,0.0278,1"),
            ("Main", "2,14,4,0,,,0.1250,1"),
            ("Main", "2,15,1,1,120.00,120.00,0.0167,1"),
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
            ("Main", "\"cancelled_by_customer\",\"anonymous\",,1"),
            ("Main", "\"cancelled_by_customer\",\"booking\",\"1–7 d\",1"),
            ("Main", "\"cancelled_by_customer\",\"booking\",\"< 1 h\",1"),
            ("Main", "\"cancelled_by_customer\",\"booking\",\"after start\",1"),
            ("Main", "\"cancelled_by_staff\",\"booking\",\"unknown\",1"),
            ("Main", "\"no_show\",\"anonymous\",,1"),
            ("Main", "\"rejected\",\"anonymous\",,1"),
            ("Main", "\"removed\",\"anonymous\",,1"),
        ],
    );
    // b1 and f1 waited under 5 min; w1 exactly 5, w2 exactly 10 (bands are left-closed); w3 21 min 40 s.
    // Wilson of 0/2, 1/1, 0/1: z²/(n + z²) = 0.6576; 1/(1 + z²) = 0.2065; z²/(1 + z²) = 0.7935.
    expect(
        &space,
        "ratings_by_wait.csv",
        &[
            ("Main", "\"00-05\",2,1.5000,0.0000,0.0000,0.6576"),
            ("Main", "\"05-10\",1,5.0000,1.0000,0.2065,1.0000"),
            ("Main", "\"10-20\",1,4.0000,1.0000,0.2065,1.0000"),
            ("Main", "\"20-30\",1,3.0000,0.0000,0.0000,0.7935"),
        ],
    );
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
    expect(&space, "locations.csv", &[("Annex", ONE_OPEN)]);
    let run = space.report(
        "in",
        &["--only", "csv", "--wait-ends-at", "call", "--location", "Main", "--target-minutes", "4"],
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    // Waits are the calls now: 240, 600, 1200, 1200 = 3240 / 4, 90 % 1200; w1 alone is served within 4 min, of 15.
    let main = MAIN.replace(
        "9,686.6667,300.00,1520.00,1960.00,2400,1,0.4000",
        "4,810.0000,900.00,1200.00,1200.00,1200,0,0.0667",
    );
    expect(&space, "locations.csv", &[("Main", &main)]);
}
