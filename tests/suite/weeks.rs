//! Weeks that begin on any day: in CSV files, on pages and charts.

use std::collections::BTreeMap;

use queuestat::synth::{Compression, Recipe, write};

use crate::small_archive::{at, cells, page_of, report, served, shown, walk_in};
use crate::workspace::Workspace;

const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A ticket at noon of each of these days of March 2021.
pub(crate) fn visits(days: impl IntoIterator<Item = u32>) -> String {
    let visit = |day: u32| served(&format!("t{day}"), "A", (&format!("03-{day:02}"), 11), 5, "");
    days.into_iter().map(visit).collect()
}

#[test]
fn weeks_that_do_not_begin_on_monday_have_a_first_day_and_no_name() {
    // A Saturday, a Sunday and a Monday.
    let archive = visits([6, 7, 8]);
    let weeks = |config: &str| {
        let space = report(&archive, config, &["--only", "csv"]);
        cells(&space, "weekly.csv", None, &["iso_week", "from", "tickets", "complete"])
    };
    let monday = ["2021-W09 2021-03-01 2 true", "2021-W10 2021-03-08 1 false"];
    assert_eq!(weeks(""), monday);
    assert_eq!(weeks("week_starts_on = \"monday\"\n"), monday);
    for name in ["Sunday", "sunday", "SUNDAY"] {
        let config = format!("week_starts_on = \"{name}\"\n");
        assert_eq!(weeks(&config), [" 2021-02-28 1 true", " 2021-03-07 2 false"], "{name}");
    }
    assert_eq!(weeks("week_starts_on = \"Saturday\"\n"), [" 2021-03-06 3 false"]);
    let space = report(&archive, "week_starts_on = \"Sunday\"\n", &["--only", "csv"]);
    let totals = cells(&space, "totals.csv", None, &["grain", "from", "to", "tickets"]);
    let weeks: Vec<&String> = totals.iter().filter(|row| row.starts_with("week")).collect();
    assert_eq!(weeks, ["week 2021-02-28 2021-03-06 1", "week 2021-03-07 2021-03-13 2"]);
}

#[test]
fn a_week_that_the_window_cuts_is_not_complete() {
    let archive = visits(1..=25);
    for (from, to, expected) in [
        ("2021-03-08", "2021-03-19", vec!["2021-03-07 6 false", "2021-03-14 6 false"]),
        ("2021-03-07", "2021-03-20", vec!["2021-03-07 7 true", "2021-03-14 7 true"]),
        ("2021-03-14", "2021-03-27", vec!["2021-03-14 7 true", "2021-03-21 5 false"]),
    ] {
        let more = ["--only", "csv", "--from", from, "--to", to];
        let space = report(&archive, "week_starts_on = \"Sunday\"\n", &more);
        let weeks = cells(&space, "weekly.csv", None, &["from", "tickets", "complete"]);
        assert_eq!(weeks, expected, "{from} {to}");
    }
}

/// A ticket of March that is closed in April brings news, and no week in which anybody came.
#[test]
fn what_changed_ends_with_the_last_week_in_which_anybody_came() {
    let late =
        walk_in("positionFulfilled", "late", "A", "03-10 11:00", &at("fulfilledAt", "04-20 10:00"));
    // The last week is over once something happened after it.
    for (archive, n) in [(visits(1..=30), 4), (visits(1..=30) + &late, 5)] {
        let space = report(&archive, "", &["--only", "csv"]);
        let weeks = cells(&space, "changes.csv", Some("A"), &["measure", "weeks"]);
        let expected = [format!("cancellation {n}"), format!("no_show {n}")];
        assert!(expected.iter().all(|row| weeks.contains(row)), "{weeks:?}");
    }
}

/// Ten weeks are needed: with nine there are too few of them, with ten there is too little in them.
#[test]
fn why_nothing_is_judged_is_said() {
    let first: chrono::NaiveDate = "2021-03-01".parse().unwrap();
    for (mondays, expected) in [(10, "9 10 too_few_weeks"), (11, "10 10 too_little_in_the_weeks")] {
        let visit = |week: i64| {
            let date = (first + chrono::TimeDelta::weeks(week)).format("%m-%d").to_string();
            served(&week.to_string(), "A", (&date, 11), 5, "")
        };
        let space = report(&(0..mondays).map(visit).collect::<String>(), "", &["--only", "csv"]);
        let why =
            cells(&space, "changes.csv", Some("A"), &["measure", "weeks", "weeks_needed", "why"]);
        assert!(why.contains(&format!("cancellation {expected}")), "{why:?}");
    }
}

#[test]
fn weeks_are_the_sums_of_their_days_whatever_their_first_day() {
    let made = Workspace::new();
    let recipe =
        Recipe { tickets: 300, seed: 7, compression: Compression::Plain, ..Recipe::default() };
    write(&recipe, &made.path("in")).unwrap();
    for name in WEEKDAYS {
        made.write(
            "q.toml",
            format!("time_zone = \"Europe/Stockholm\"\nweek_starts_on = \"{name}\"\n"),
        );
        let more = ["--config", "q.toml", "--only", "csv", "--force"];
        let run = made.report("in", &more);
        assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
        let published = made.published();
        let weekly: Vec<_> = published.keys().filter(|name| name.ends_with("weekly.csv")).collect();
        assert_eq!(weekly.len(), 2);
        for file in weekly {
            let text = |name: &str| String::from_utf8(published[name].clone()).unwrap();
            let (weeks, days) =
                (table(&text(file)), table(&text(&file.replace("weekly", "daily"))));
            let mut sums: BTreeMap<(String, String), [u64; ADDITIVE.len()]> = BTreeMap::new();
            for day in &days {
                let key = (day["location_id"].clone(), first_day(&day["service_date"], name));
                let sum = sums.entry(key).or_default();
                for (sum, column) in sum.iter_mut().zip(ADDITIVE) {
                    *sum += day[column].parse::<u64>().unwrap();
                }
            }
            let found: BTreeMap<_, _> = weeks
                .iter()
                .map(|week| {
                    let numbers = ADDITIVE.map(|column| week[column].parse::<u64>().unwrap());
                    ((week["location_id"].clone(), week["from"].clone()), numbers)
                })
                .collect();
            assert_eq!(found, sums, "{name} {file}");
        }
    }
}

/// Columns whose values of days add up to those of weeks.
const ADDITIVE: [&str; 9] =
    ["tickets", "people", "served", "ratings", "waits", "calls", "services", "lapsed", "recalled"];

/// First day of the week of a date as text; empty for an empty one.
fn first_day(date: &str, weekday: &str) -> String {
    let Ok(mut day) = date.parse::<chrono::NaiveDate>() else { return String::new() };
    while day.format("%A").to_string() != weekday {
        day = day.pred_opt().unwrap();
    }
    day.to_string()
}

/// Rows by column; commas inside quotes belong to their cell.
pub(crate) fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    let split = |line: &str| {
        let (mut cells, mut is_quoted) = (vec![String::new()], false);
        for c in line.chars() {
            match c {
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => cells.push(String::new()),
                c => cells.last_mut().unwrap().push(c),
            }
        }
        cells
    };
    let mut lines = text.lines().map(split);
    let head = lines.next().unwrap();
    lines.map(|cells| head.iter().cloned().zip(cells).collect()).collect()
}

#[test]
fn pages_and_charts_follow_the_first_day() {
    // Six whole weeks from Sunday to Saturday, and so many days that charts are by week.
    let days: Vec<(u32, u32)> = (1..=28)
        .map(|d| (2, d))
        .chain((1..=31).map(|d| (3, d)))
        .chain((1..=10).map(|d| (4, d)))
        .collect();
    let archive: String = days
        .iter()
        .flat_map(|(month, day)| {
            let more = u32::from((*month, *day) >= (4, 4));
            (0..=more).map(move |n| {
                served(
                    &format!("{month}-{day}-{n}"),
                    "A",
                    (&format!("{month:02}-{day:02}"), 9),
                    5,
                    "",
                )
            })
        })
        .collect();
    let pages =
        |config: &str| shown(&report(&archive, config, &["--as-of", "2021-04-11T06:00:00Z"]));
    let order = |text: &str, names: [&str; 3]| {
        let mut at = names.map(|name| text.find(&format!(">{name}<")).unwrap());
        let is_in_order = at.is_sorted();
        at.sort_unstable();
        is_in_order
    };
    let (iso, sunday) = (pages(""), pages("week_starts_on = \"Sunday\"\n"));
    for (pages, expected) in [
        (
            &iso,
            [
                "So far there are 9 whole weeks",
                "(Monday to Sunday)",
                ">2021-04-05<",
                "By ISO week (Monday to Sunday)",
            ],
        ),
        (
            &sunday,
            [
                "So far there are 8 whole weeks",
                "(Sunday to Saturday)",
                ">2021-04-04<",
                "By week (Sunday to Saturday)",
            ],
        ),
    ] {
        let all: String = pages.values().map(String::as_str).collect();
        for text in expected {
            let told = all
                .find("What changed")
                .map(|at| all.chars().skip(at).take(600).collect::<String>());
            assert!(all.contains(text), "{text}: {told:?}");
        }
    }
    assert!(
        !sunday.values().any(|text| text.contains("ISO week (") || text.contains("2021 week "))
    );
    let names = ["Monday", "Saturday", "Sunday"];
    assert!(
        order(page_of(&iso, "A"), names)
            && order(page_of(&sunday, "A"), ["Sunday", "Monday", "Saturday"])
    );
    let heat = |pages: &BTreeMap<String, String>| {
        let charts = pages.iter().filter(|(name, _)| name.ends_with("hours-arrivals.svg"));
        charts.map(|(_, text)| text.clone()).collect::<Vec<_>>()
    };
    assert!(!heat(&iso).is_empty());
    assert!(heat(&iso).iter().all(|text| text.rfind(">Mon<") < text.rfind(">Sun<")));
    assert!(heat(&sunday).iter().all(|text| text.rfind(">Sun<") < text.rfind(">Mon<")));
}

#[test]
fn a_first_day_that_is_none_is_refused() {
    let space = Workspace::new();
    space.write("in/a.jsonl", visits([6]));
    for (value, words) in [
        ("\"Someday\"", "`week_starts_on` names no weekday: `Someday`"),
        ("\"\"", "`week_starts_on` names no weekday"),
        ("7", "expected a string"),
    ] {
        space.write("q.toml", format!("week_starts_on = {value}\n"));
        let run = space.report("in", &["--config", "q.toml"]);
        assert!(run.code == 2 && run.stderr.contains(words), "{value}: {}", run.stderr);
    }
    // One setting for everything: neither of a place, nor, by its place in the file, of the section before it.
    for section in ["[locations.A]", "[gates]\nwarn_share = 0.1", "[organizations.o]"] {
        space.write("q.toml", format!("{section}\nweek_starts_on = \"Sunday\"\n"));
        let run = space.report("in", &["--config", "q.toml"]);
        assert!(
            run.code == 2 && run.stderr.contains("unknown key `week_starts_on`"),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains("at the top of the file"), "{}", run.stderr);
    }
}
