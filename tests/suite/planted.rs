//! What changed, through the whole binary: what `synth` plants is told, at its place, in its size and since its week; and where
//! nothing is planted, days and weeks that scatter are not taken for a change.

use std::collections::BTreeMap;

use queuestat::dataframe::location_ids;

use crate::weeks::table;
use crate::workspace::Workspace;

/// A Monday, sixteen weeks after the first day and four before the end.
const PLANTED: &str = "2021-04-26";
/// Findings of four measures at twenty locations and two organizations that chance may give. Of five seeds with nothing
/// planted, three gave none and two gave one.
const BOUND: usize = 1;

/// Rows of a table by the names of its columns.
type Rows = Vec<BTreeMap<String, String>>;

/// Twenty weeks of twenty locations of two organizations, ten each, with scatter, reported.
fn reported(changes: &[&str]) -> Workspace {
    let space = Workspace::in_memory();
    let mut args = vec!["synth", "--out", "in", "--tickets", "26000", "--locations", "20"];
    args.extend(["--days", "140", "--first-day", "2021-01-04", "--seed", "5", "--scatter", "1"]);
    args.extend(["--clean", "--newest-version", "--container", "none", "--envelope", "none"]);
    args.extend(changes.iter().flat_map(|change| ["--change", change]));
    let run = space.run(&args);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = space.report("in", &["--only", "csv"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    space
}

fn rows(space: &Workspace, name: &str) -> Rows {
    let published = space.published();
    let mine = published.iter().filter(|(path, _)| path.ends_with(&format!("/{name}")));
    mine.flat_map(|(_, bytes)| table(std::str::from_utf8(bytes).unwrap())).collect()
}

fn number(row: &BTreeMap<String, String>, name: &str) -> f64 {
    row[name].parse().unwrap()
}

/// What is told: the rows with a verdict other than that nothing is clear.
fn findings(space: &Workspace) -> Rows {
    let mut rows = rows(space, "changes.csv");
    let verdicts = ["worse", "better", "no_clear_change", "too_little"];
    assert!(rows.iter().all(|row| verdicts.contains(&row["verdict"].as_str())));
    // Locations and organizations, four measures each.
    assert_eq!(rows.len(), (20 + 2) * 4);
    let mut compared = 0;
    for row in rows.iter().filter(|row| !row["change"].is_empty()) {
        let digit = if row["measure"] == "wait" { 0.01 } else { 0.0001 };
        let off = number(row, "before") + number(row, "change") - number(row, "after");
        assert!(off.abs() < 1.6 * digit, "{row:?}");
        compared += 1;
    }
    assert!(compared > 60, "{compared}");
    rows.retain(|row| ["worse", "better"].contains(&row["verdict"].as_str()));
    rows
}

/// A measure of a location in the weeks from [`PLANTED`] on: a share of them together, or the mean of their median waits.
fn after(space: &Workspace, location: &str, measure: &str) -> f64 {
    let weeks = rows(space, "weekly.csv");
    let weeks: Rows = weeks
        .into_iter()
        .filter(|row| row["location"] == location && row["from"].as_str() >= PLANTED)
        .collect();
    assert_eq!(weeks.len(), 4);
    let sum = |names: &[&str]| -> f64 {
        weeks.iter().map(|week| names.iter().map(|name| number(week, name)).sum::<f64>()).sum()
    };
    match measure {
        "wait" => sum(&["wait_p50_s"]) / 4.0,
        "csat" => sum(&["rating_4", "rating_5"]) / sum(&["ratings"]),
        _ => {
            sum(&["cancelled_by_customer", "cancelled_by_staff"])
                / (sum(&["tickets"]) - sum(&["open"]))
        }
    }
}

fn days(date: &str) -> i64 {
    let date: chrono::NaiveDate = date.parse().unwrap();
    date.signed_duration_since(PLANTED.parse().unwrap()).num_days()
}

#[test]
fn what_is_planted_is_told_and_nothing_else() {
    let usual = reported(&[]);
    let told = findings(&usual);
    assert!(told.len() <= BOUND, "{told:?}");

    // By number, name and id.
    let id = location_ids([("nordhem", "Store 006")].into_iter()).remove(0);
    let planted = [
        ("Store 013", "wait", format!("14:wait:1.4:{PLANTED}")),
        ("Store 012", "csat", format!("Store 012:csat:0.7:{PLANTED}")),
        ("Store 006", "cancellation", format!("{id}:cancellation:2:{PLANTED}")),
    ];
    let changes: Vec<&str> = planted.iter().map(|(_, _, change)| change.as_str()).collect();
    let changed = reported(&changes);
    let mut told = findings(&changed);
    for (location, measure, _) in planted {
        let here = |row: &BTreeMap<String, String>| {
            row["location"] == location && row["measure"] == measure
        };
        let at =
            told.iter().position(here).unwrap_or_else(|| panic!("{location} {measure}: {told:?}"));
        let row = told.swap_remove(at);
        assert_eq!(row["verdict"], "worse", "{row:?}");
        assert!(["new", "ongoing"].contains(&row["state"].as_str()), "{row:?}");
        // The same seed without the change: what it did in these very weeks.
        let size = after(&changed, location, measure) - after(&usual, location, measure);
        let (low, high) = (number(&row, "low"), number(&row, "high"));
        println!(
            "{location} {measure}: {} since {} from {}, {low} to {high}; in truth {size:.4}",
            row["change"], row["since"], row["before"]
        );
        assert!(low <= size && size <= high, "{size}: {row:?}");
        assert!(days(&row["since"]).abs() <= 14, "{row:?}");
    }
    assert!(told.len() <= BOUND, "{told:?}");
}

#[test]
fn what_cannot_be_planted_is_a_wrong_argument() {
    let space = Workspace::new();
    for (change, told) in [
        ("Store 7:wait:1.4:2021-03-10", "1 = Nordhem Kållered – Returns & Exchange (nordhem-"),
        ("7:wait:1.4:2021-03-10", "no location `7`"),
        ("1:wait:1.4:2021-03-07", "one of the days of the archive"),
        ("1:wait:1.4:2021-04-05", "one of the days of the archive"),
        ("1:wait:-1:2021-03-10", "no number above 0"),
        ("1:waits:1.4:2021-03-10", "csat, wait, cancellation, no_show"),
        ("1:wait:1.4", "LOCATION:MEASURE:FACTOR:DATE"),
    ] {
        let run = space.run(&["synth", "--out", "in", "--change", change]);
        assert_eq!(run.code, 2, "{change}: {}", run.stderr);
        assert!(run.stderr.contains(told), "{change}: {}", run.stderr);
    }
    for scatter in ["-1", "NaN", "11"] {
        let run = space.run(&["synth", "--out", "in", &format!("--scatter={scatter}")]);
        assert_eq!(run.code, 2, "{scatter}: {}", run.stderr);
    }
    assert!(!space.path("in").exists());
}
