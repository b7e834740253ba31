//! Single tickets that are kept for some months only: their figures stay as if they were still there.

use std::collections::BTreeMap;
use std::fs;

use queuestat::partial::decode;

use crate::forget::{CONFIG, forget, tables};
use crate::workspace::{Run, Workspace, files, hook, only};

fn night(space: &Workspace, day: &str) -> Run {
    space.run(&["nightly", "--as-of", &format!("{day}T02:00:00Z")])
}

/// An invented archive of four months with everything that happens in one.
fn synth(space: &Workspace, config: &str) {
    let args = "synth --out archive --tickets 1500 --days 110 --first-day 2021-01-10 --locations 3 --clean --seed 7";
    let run = space.run(&args.split(' ').collect::<Vec<_>>());
    assert_eq!(run.code, 0, "{}", run.stderr);
    space.write("queuestat.toml", config);
}

/// Service months (UTC, as filed) of the tickets that are kept one by one, with their numbers.
fn kept(space: &Workspace) -> BTreeMap<String, usize> {
    let mut months = BTreeMap::new();
    for (name, bytes) in files(&space.path("state")) {
        if let Some((_, month)) = name.split_once("tickets/") {
            decode(&bytes, |records| {
                *months.entry(month[..7].to_owned()).or_default() += records.len();
            })
            .unwrap();
        }
    }
    months
}

fn with_months(months: u32) -> String {
    CONFIG.replace("[nightly]\n", &format!("[nightly]\nkeep_months = {months}\n"))
}

#[test]
fn figures_stay_as_if_all_tickets_were_kept() {
    let (all, some) = (Workspace::new(), Workspace::new());
    synth(&all, CONFIG);
    synth(&some, &with_months(1));
    let names: Vec<String> = files(&all.path("archive")).into_keys().collect();
    for space in [&all, &some] {
        fs::create_dir(space.path("later")).unwrap();
    }
    // The files of a month come in its nights; old ones go.
    let mut summed = 0;
    for (day, part) in
        [("2021-02-20", 35), ("2021-03-25", 65), ("2021-05-02", 100), ("2021-06-03", 100)]
    {
        let n = names.len() * part / 100;
        for space in [&all, &some] {
            for name in &names[n..] {
                let from = space.path("archive").join(name);
                if from.exists() {
                    fs::create_dir_all(space.path("later").join(name).parent().unwrap()).unwrap();
                    fs::rename(from, space.path("later").join(name)).unwrap();
                }
            }
            for name in &names[..n] {
                let from = space.path("later").join(name);
                if from.exists() {
                    fs::rename(from, space.path("archive").join(name)).unwrap();
                }
            }
            let run = night(space, day);
            assert!(matches!(run.code, 0 | 3), "{day}: {}", run.stderr);
        }
        assert_eq!(
            tables(&some.path("site/current/all")),
            tables(&all.path("site/current/all")),
            "{day}"
        );
        let run = fs::read(some.path("site/current/run.json")).unwrap();
        let run: serde_json::Value = serde_json::from_slice(&run).unwrap();
        summed += run["summed"].as_u64().unwrap();
    }
    assert!(summed > 900, "{summed}");
    // The generation before last still had April; two nights on, nothing older is left.
    for day in ["2021-06-04", "2021-06-05"] {
        some.write(&format!("archive/{day}.jsonl"), late(day, day));
        assert!(matches!(night(&some, day).code, 0 | 3));
    }
    let months = kept(&some);
    assert!(months.keys().all(|month| month.as_str() >= "2021-04"), "{months:?}");
    let page = fs::read_to_string(some.path("site/current/all/index.html")).unwrap_or_default();
    let pages: String = files(&some.path("site/current/all"))
        .into_iter()
        .filter(|(name, _)| name.ends_with(".html"))
        .map(|(_, bytes)| String::from_utf8(bytes).unwrap())
        .collect();
    // Their files are gone, so a rebuild would lose their figures.
    for name in files(&some.path("archive")).keys().filter(|name| name.contains("2021-01")) {
        fs::remove_file(some.path("archive").join(name)).unwrap();
    }
    let run = some.run(&["nightly", "--as-of", "2021-06-05T02:00:00Z", "--rebuild"]);
    assert!(run.code == 4 && run.stderr.contains("of 2021-01"), "{}", run.stderr);
    assert!((page + &pages).contains("figures before 2021-05-01 are kept as they were made"));
}

/// What a rebuild forgets again counts once, in the night of the rebuild too.
#[test]
fn a_rebuild_publishes_the_figures_of_forgotten_tickets_once() {
    for (config, is_forgotten) in [(CONFIG.to_owned(), true), (with_months(1), false)] {
        let space = Workspace::new();
        synth(&space, &config);
        let run = night(&space, "2021-05-02");
        assert!(matches!(run.code, 0 | 3), "{}", run.stderr);
        let figures = tables(&space.path("site/current/all"));
        if is_forgotten {
            let run = forget(&space, &["--before", "2021-03-20"]);
            assert_eq!(run.code, 0, "{}", run.stderr);
        }
        let run = space.run(&["nightly", "--as-of", "2021-05-02T03:00:00Z", "--rebuild"]);
        assert!(matches!(run.code, 0 | 3), "{}", run.stderr);
        assert!(!run.stderr.contains("earlier week"), "{}", run.stderr);
        assert!(tables(&space.path("site/current/all")) == figures, "{is_forgotten}");
    }
}

fn late(id: &str, day: &str) -> String {
    let position = format!("\"location\":\"Shop\",\"createdAt\":\"{day}T00:30:00Z\"");
    hook("one", "positionCreated", id, &position)
}

/// If the counts of forgotten tickets are damaged, nobody knows what a rebuild would lose.
#[test]
fn a_rebuild_says_what_it_cannot_know_of_forgotten_tickets() {
    let space = Workspace::new();
    space.write("queuestat.toml", with_months(1));
    space.write("archive/a.jsonl", late("1", "2021-01-05") + &late("2", "2021-03-05"));
    assert_eq!(night(&space, "2021-03-06").code, 0);
    let counts: Vec<String> = files(&space.path("state"))
        .into_keys()
        .filter(|name| name.contains("frozen/") && name.ends_with(".json"))
        .collect();
    assert!(!counts.is_empty());
    for name in counts {
        fs::write(space.path("state").join(name), "damaged").unwrap();
    }
    let rebuild = ["nightly", "--as-of", "2021-03-06T02:00:00Z", "--rebuild", "--force"];
    let run = space.run(&rebuild[..4]);
    assert!(
        run.code == 4 && run.stderr.contains("nobody can tell how many tickets of 2021-01"),
        "{}",
        run.stderr
    );
    let run = space.run(&rebuild);
    assert!(matches!(run.code, 0 | 3), "{}", run.stderr);
}

#[test]
fn what_is_left_out_is_forgotten_too() {
    let space = Workspace::new();
    let config = with_months(1) + "[locations.\"Shop\"]\nexclude = true\n";
    space.write("queuestat.toml", config);
    let desk = |id: &str, day: &str| late(id, day).replace("Shop", "Desk");
    let lines = [late("1", "2021-01-05"), late("2", "2021-03-05"), desk("3", "2021-03-05")];
    space.write("archive/a.jsonl", lines.concat());
    let run = night(&space, "2021-03-06");
    let told = "1 single ticket before 2021-02-01 was forgotten (1 of them is left out by the configuration, so no figure of it is kept)";
    assert!(run.code == 0 && run.stderr.contains(told), "{}", run.stderr);
    let months = kept(&space);
    assert!(!months.contains_key("2021-01") && months.contains_key("2021-03"), "{months:?}");
    let daily = only(&space.path("site/current/all")).join("daily.csv");
    assert!(!fs::read_to_string(daily).unwrap().contains("2021-01"));
    // The account counts it on.
    let run_json = fs::read_to_string(space.path("site/current/run.json")).unwrap();
    assert!(run_json.contains("\"excluded\""), "{run_json}");
}

#[test]
fn what_comes_late_for_a_forgotten_month_is_counted_and_left_out() {
    let space = Workspace::new();
    space.write("queuestat.toml", with_months(1));
    space.write("archive/a.jsonl", late("1", "2021-01-05") + &late("2", "2021-03-05"));
    assert_eq!(night(&space, "2021-03-06").code, 0);
    let before = tables(&space.path("site/current/all"));
    assert!(!kept(&space).contains_key("2021-01"), "{:?}", kept(&space));
    // The same visit again, a rating of it, and another one of that month.
    space.write("archive/b.jsonl", late("1", "2021-01-05") + &late("3", "2021-01-31"));
    let run = night(&space, "2021-03-07");
    assert!(
        run.code == 0
            && run.stderr.contains("2 tickets of dates whose single tickets are forgotten"),
        "{}",
        run.stderr
    );
    let run_json = fs::read_to_string(space.path("site/current/run.json")).unwrap();
    assert!(run_json.contains("\"too_late\": 2"), "{run_json}");
    assert_eq!(tables(&space.path("site/current/all")), before);
    // On the evening of the 31st in UTC it is February in Oslo.
    space.write("archive/c.jsonl", late("4", "2021-01-31").replace("00:30", "23:30"));
    assert_eq!(night(&space, "2021-03-08").code, 0);
    let monthly =
        fs::read_to_string(only(&space.path("site/current/all")).join("monthly.csv")).unwrap();
    assert!(monthly.contains("\"2021-02\",1,"), "{monthly}");
}

#[test]
fn a_name_follows_and_a_zone_does_not() {
    let space = Workspace::new();
    space.write("queuestat.toml", with_months(1));
    space.write(
        "archive/a.jsonl",
        late("1", "2021-01-05").replace("00:30", "23:30") + &late("2", "2021-03-05"),
    );
    assert_eq!(night(&space, "2021-03-06").code, 0);
    let renamed = with_months(1).replace("Europe/Oslo", "UTC");
    space.write("queuestat.toml", renamed + "[locations.\"Shop\"]\nname = \"Harbour\"\n");
    assert_eq!(night(&space, "2021-03-06").code, 0);
    let daily =
        fs::read_to_string(only(&space.path("site/current/all")).join("daily.csv")).unwrap();
    // Half past midnight of the 6th in Oslo, where the sums were made.
    assert!(daily.contains("Harbour") && !daily.contains("Shop"), "{daily}");
    assert!(daily.contains("2021-01-06") && !daily.contains("2021-01-05"), "{daily}");
}

#[test]
fn a_date_divides_a_month() {
    let (all, some) = (Workspace::new(), Workspace::new());
    synth(&all, CONFIG);
    synth(&some, CONFIG);
    for space in [&all, &some] {
        assert!(matches!(night(space, "2021-05-05").code, 0 | 3));
    }
    let expected = tables(&all.path("site/current/all"));
    for date in ["2021-02-14", "2021-02-20", "2021-04-01"] {
        let run = forget(&some, &["--before", date]);
        assert!(
            run.code == 0 && run.stdout.contains("their figures stay"),
            "{} {}",
            run.stdout,
            run.stderr
        );
        assert_eq!(tables(&some.path("site/current/all")), expected, "{date}");
        assert!(kept(&some).keys().all(|month| month.as_str() >= &date[..7]));
    }
    assert_eq!(some.run(&["state", "verify"]).code, 0);
    // The figures too: the report of what came later.
    let run = forget(&some, &["--before", "2021-04-01", "--with-figures"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let daily = fs::read_to_string(some.path("site/current/all/totals.csv"));
    let all_tables = tables(&some.path("site/current/all"));
    assert!(daily.is_ok() || !all_tables.is_empty());
    for (name, text) in all_tables.iter().filter(|(name, _)| name.ends_with("daily.csv")) {
        let of_april = |text: &str| {
            text.lines()
                .filter(|line| line.contains("\"2021-04-") || line.contains("\"2021-05-"))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(text.lines().count() - 1, of_april(text).len(), "{name}");
        assert_eq!(of_april(text), of_april(&expected[name]), "{name}");
    }
    // Lines of then do not come back, also not in a state that is made anew.
    let run = some.run(&["nightly", "--as-of", "2021-05-05T02:00:00Z", "--rebuild"]);
    assert!(matches!(run.code, 0 | 3), "{}", run.stderr);
    assert_eq!(tables(&some.path("site/current/all")), all_tables);
}

#[test]
fn months_that_make_no_sense_are_refused() {
    let space = Workspace::new();
    space.write("archive/a.jsonl", late("1", "2021-01-05"));
    for (config, words) in [
        (with_months(0), "`nightly.keep_months` is 0"),
        (with_months(1).replace("all = true", "days = 90"), "is of 90 days"),
    ] {
        space.write("queuestat.toml", config);
        let run = night(&space, "2021-03-06");
        assert!(run.code == 2 && run.stderr.contains(words), "{}", run.stderr);
    }
}
