//! Silence of a part, a root that holds nothing, earlier weeks that change, and places that closed.

use std::fs;

use serde_json::Value;

use crate::workspace::{Run, Workspace, files, hook};

const CONFIG: &str = "time_zone = \"Europe/Oslo\"\n[nightly]\narchive = [\"in\"]\nout = \"site\"\nstate_dir = \"state\"\n\
    [[nightly.report]]\nname = \"all\"\nall = true\n[[nightly.report]]\nname = \"month\"\ndays = 28\n";

/// A served walk-in at a location.
fn served(place: &str, id: &str, date: &str) -> String {
    let at = format!("{date}T09:00");
    let position =
        format!("\"location\":\"{place}\",\"createdAt\":\"{at}:00Z\",\"fulfilledAt\":\"{at}:30Z\"");
    hook("harbourco", "positionCompleted", id, &position)
}

/// A rating of such a visit.
fn rated(place: &str, id: &str, date: &str, stars: u32) -> String {
    let position = format!(
        "\"location\":\"{place}\",\"createdAt\":\"{date}T09:00:00Z\",\"feedback\":{{\"rating\":{stars}}}"
    );
    hook("harbourco", "positionFeedback", id, &position)
}

fn nightly(space: &Workspace, date: &str) -> Run {
    space.run(&["nightly", "--as-of", &format!("{date}T04:00:00Z")])
}

#[track_caller]
fn expect(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, code, "{}", run.stderr);
    for word in words {
        assert!(run.stderr.contains(word), "`{word}` is missing in: {}", run.stderr);
    }
}

fn page(space: &Workspace, name: &str) -> String {
    fs::read_to_string(space.path("site/current").join(name)).unwrap()
}

fn run_file(space: &Workspace) -> Value {
    serde_json::from_str(&page(space, "run.json")).unwrap()
}

/// A file of the report of the only organization.
fn of_report(space: &Workspace, window: &str, name: &str) -> String {
    let all = files(&space.path("site/current").join(window));
    let is_it = |path: &str| path.split_once('/').is_some_and(|(_, below)| below == name);
    let found = all.into_iter().find(|(path, _)| is_it(path));
    String::from_utf8(found.unwrap().1).unwrap()
}

/// Where the page of a location is.
fn page_of(space: &Workspace, window: &str, begin: &str) -> Option<String> {
    let all = files(&space.path("site/current").join(window));
    let found = all.into_iter().find(|(name, _)| name.contains(&format!("locations/{begin}-")));
    found.map(|(_, bytes)| String::from_utf8(bytes).unwrap())
}

fn march(day: u32) -> String {
    format!("2021-03-{day:02}")
}

fn space(config: &str) -> Workspace {
    let space = Workspace::new();
    space.write("queuestat.toml", config);
    space
}

/// The tickets of a day of March, from Monday the 1st: the desk is always open, the pier closes after the 16th.
fn write_days(space: &Workspace, until: u32) {
    for day in 1..=until {
        let mut lines = served("Desk", &format!("d{day}"), &march(day));
        if day <= 16 {
            lines += &served("Old Pier", &format!("p{day}"), &march(day));
        }
        space.write(&format!("in/{}.jsonl", march(day)), lines);
    }
}

#[test]
fn a_location_that_fell_silent_is_told_once_a_week_and_shown_every_night() {
    let space = space(CONFIG);
    let mut codes = Vec::new();
    for day in 17..=30 {
        write_days(&space, day);
        let run = nightly(&space, &march(day + 1));
        let words = "`harbourco`: no tickets at `Old Pier` since 2021-03-16, for";
        assert_eq!(run.stderr.contains(words), run.code == 3, "{}", run.stderr);
        codes.push(run.code);
        let is_silent = day >= 19;
        let words = "<strong>No tickets at <bdi dir=\"auto\">Old Pier</bdi> since 2021-03-16";
        assert_eq!(of_report(&space, "all", "index.html").contains(words), is_silent, "{day}");
        assert_eq!(page(&space, "index.html").contains("since 2021-03-16"), is_silent, "{day}");
        let listed = run_file(&space)["silent_locations"].as_array().unwrap().len();
        assert_eq!(listed, usize::from(is_silent));
    }
    // Nights after the 17th to the 30th.
    assert_eq!(codes, [0, 0, 3, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0]);
    let pages = [page_of(&space, "all", "old-pier"), page_of(&space, "all", "desk")];
    assert_eq!(pages.map(|page| page.unwrap().contains("since 2021-03-16")), [true, false]);
    // Who knows it hears nothing; a run of the same night neither.
    for config in [
        "[locations.\"Old Pier\"]\nsilent_days = 0\n",
        "[locations.\"old  pier\"]\nname = \"Old Pier\"\nsilent_days = 30\n",
        "[locations.\"Old Pier\"]\nclosed = [\"2021-03-17..2022-03-17\"]\n",
        "[organizations.\"harbourco\"]\nsilent_days = 0\n",
        "[gates]\nsilent_days = 0\n",
    ] {
        let other = self::space(&CONFIG.replace("[nightly]", &format!("{config}[nightly]")));
        write_days(&other, 30);
        let run = nightly(&other, &march(31));
        assert!(!run.stderr.contains("no tickets at"), "{config} {}", run.stderr);
    }
    // A sign of life ends it, and the next silence is another one.
    space.write("in/back.jsonl", served("Old Pier", "back", &march(30)));
    expect(&nightly(&space, &march(31)), 0, &[]);
    assert_eq!(run_file(&space)["silent_locations"], serde_json::json!([]));
}

#[test]
fn when_all_is_silent_only_the_organization_is_named() {
    let space = space(CONFIG);
    write_days(&space, 16);
    let run = nightly(&space, &march(25));
    expect(&run, 3, &["`harbourco`: no data since"]);
    assert!(!run.stderr.contains("Old Pier"), "{}", run.stderr);
}

#[test]
fn a_root_that_brings_nothing_new_is_named() {
    let space = space(&CONFIG.replace("[\"in\"]", "[\"one\", \"two\"]"));
    for day in 1..=28 {
        let root = |root: &str| format!("{root}/{root}-{}.jsonl", march(day));
        space.write(&root("one"), served("Desk", &format!("d{day}"), &march(day)));
        if day <= 17 {
            space.write(&root("two"), served("Desk", &format!("p{day}"), &march(day)));
        }
    }
    let run = nightly(&space, &march(29));
    expect(&run, 3, &["two`: nothing new since Wednesday 17 March 2021, 10:00, for "]);
    assert!(!run.stderr.contains("one`: nothing new"), "{}", run.stderr);
    assert!(page(&space, "index.html").contains("nothing new since Wednesday 17 March 2021"));
    // Once a week, and on the page every night.
    space.write("one/more.jsonl", served("Desk", "more", &march(29)));
    expect(&nightly(&space, &march(30)), 0, &[]);
    assert!(page(&space, "index.html").contains("nothing new since Wednesday 17 March 2021"));
    space.write("one/again.jsonl", served("Desk", "again", "2021-04-04"));
    expect(&nightly(&space, "2021-04-05"), 3, &["two`: nothing new since"]);
    space.write("two/new.jsonl", served("Desk", "new", "2021-04-05"));
    expect(&nightly(&space, "2021-04-06"), 0, &[]);
    assert!(!page(&space, "index.html").contains("nothing new since"));
}

#[test]
fn of_several_roots_one_may_be_out_of_reach() {
    let space = space(&CONFIG.replace("[\"in\"]", "[\"one\", \"two\"]"));
    // The same file names in both, as two recorders have them.
    for day in 1..=28 {
        for (root, place) in [("one", "Desk"), ("two", "Old Pier")] {
            let name = format!("{root}/{}.jsonl", march(day));
            space.write(&name, served(place, &format!("{root}{day}"), &march(day)));
        }
    }
    expect(&nightly(&space, &march(29)), 0, &[]);
    let before = of_report(&space, "all", "locations.csv");
    fs::rename(space.path("two"), space.path("away")).unwrap();
    for is_there in [false, true, true] {
        if is_there {
            fs::create_dir_all(space.path("two")).unwrap();
        }
        // Every night, also when nothing else is new.
        let run = nightly(&space, &march(29));
        expect(&run, 3, &["two`", "is it mounted?", "28 files", "out of reach"]);
        assert!(!run.stderr.contains("gone"), "{}", run.stderr);
        assert_eq!(of_report(&space, "all", "locations.csv"), before);
        assert!(!of_report(&space, "all", "files.csv").contains(",gone,"));
    }
    assert_eq!(run_file(&space)["files_gone"], 0);
    assert_eq!(run_file(&space)["files"]["out of reach"], 28);
    // What the other one brings is published.
    space.write("one/new.jsonl", served("Desk", "new", &march(29)));
    expect(&nightly(&space, &march(30)), 3, &["28 files"]);
    assert_eq!(run_file(&space)["reports"][0]["tickets"], 57);
    fs::remove_dir(space.path("two")).unwrap();
    fs::rename(space.path("away"), space.path("two")).unwrap();
    expect(&nightly(&space, &march(30)), 0, &[]);
    assert_eq!(run_file(&space)["reports"][0]["tickets"], 57);
    assert!(run_file(&space)["files"].get("out of reach").is_none());
    // Without any root there is no night.
    for root in ["one", "two"] {
        fs::rename(space.path(root), space.path(&format!("away-{root}"))).unwrap();
    }
    expect(&nightly(&space, &march(31)), 5, &["is the archive mounted?"]);
}

#[test]
fn a_report_of_several_inputs_names_the_empty_one() {
    let space = Workspace::new();
    space.write("one/a.jsonl", served("Desk", "1", &march(1)));
    fs::create_dir_all(space.path("two")).unwrap();
    let report = |inputs: &[&str]| {
        let mut args = vec!["report"];
        args.extend(inputs);
        args.extend(["--out", "out", "--as-of", "2021-03-02T00:00:00Z"]);
        space.run(&args)
    };
    expect(&report(&["one", "two"]), 3, &["`two` holds no archived webhooks", "mounted"]);
    expect(&report(&["one", "three"]), 2, &["`three` does not exist"]);
    expect(&report(&["two"]), 2, &[]);
    expect(&report(&["one"]), 0, &[]);
}

#[test]
fn a_place_that_closed_is_named_and_its_page_stays() {
    let space = space(&CONFIG.replace("[nightly]", "[gates]\nsilent_days = 0\n[nightly]"));
    let at = |day: u32| format!("2021-01-{day:02}");
    let mut lines = served("Old Pier", "p", &at(7)) + &served("Desk", "d", &at(20));
    lines += &served("Old Pier", "q", &at(5));
    space.write("in/1.jsonl", lines);
    expect(&nightly(&space, "2021-02-01"), 0, &[]);
    assert!(page_of(&space, "month", "old-pier").unwrap().contains("Median wait"));
    space.write("in/2.jsonl", served("Desk", "e", "2021-02-25"));
    expect(&nightly(&space, "2021-03-01"), 0, &[]);
    let index = of_report(&space, "month", "index.html");
    assert!(index.contains("No tickets in this window: <a href=\"locations/old-pier-"));
    assert!(index.contains("</a> (last visit 2021-01-07)."), "{index}");
    assert!(!of_report(&space, "month", "locations.csv").contains("Pier"));
    let small = page_of(&space, "month", "old-pier").unwrap();
    assert!(
        small.contains(
            "No tickets in this window, 2021-02-01 to 2021-02-28; last visit 2021-01-07."
        )
    );
    assert!(!of_report(&space, "all", "index.html").contains("No tickets in this window"));
    let nights = files(&space.path("site/current/month"));
    // A report at once says the same, page for page.
    let dates = ["--from", "2021-02-01", "--to", "2021-02-28"];
    let mut args = vec!["report", "in", "--out", "once", "--as-of", "2021-03-01T04:00:00Z"];
    args.extend(dates.iter().chain(&["--config", "queuestat.toml"]));
    expect(&space.run(&args), 0, &[]);
    let once = files(&space.path("once"));
    for (name, bytes) in nights.iter().filter(|(name, _)| name.ends_with(".html")) {
        assert!(once.get(name) == Some(bytes), "{name}");
    }
}

#[test]
fn weeks_that_were_published_long_ago_and_change_are_listed() {
    let space = space(CONFIG);
    let mut lines = served("Desk", "a", "2021-01-05") + &rated("Desk", "a", "2021-01-05", 5);
    // A week in two months.
    lines += &(served("Desk", "b", "2020-12-30") + &served("Desk", "c", "2021-01-02"));
    lines += &served("Old Pier", "d", "2021-03-16");
    space.write("in/1.jsonl", lines);
    let config = CONFIG.replace("[nightly]", "[gates]\nsilent_days = 0\n[nightly]");
    space.write("queuestat.toml", &config);
    let run = nightly(&space, "2021-03-21");
    expect(&run, 0, &[]);
    assert!(
        !run.stderr.contains("changed") && run_file(&space)["restated"] == serde_json::json!([])
    );
    let mut late =
        served("Old Pier", "late", "2021-01-06") + &rated("Old Pier", "late", "2021-01-06", 1);
    late += &served("Desk", "e", "2021-01-01");
    late += &served("Desk", "f", "2021-03-17");
    space.write("in/2.jsonl", late);
    let run = nightly(&space, "2021-03-22");
    expect(
        &run,
        0,
        &[
            "figures of 2 earlier weeks changed",
            "`harbourco`, week of 2021-01-04: tickets 1 → 2, ratings 1 → 2, mean rating 5.00 → 3.00",
            "`harbourco`, week of 2020-12-28: tickets 2 → 3",
        ],
    );
    let week = |from: &str, tickets: [u64; 2], ratings: [u64; 2], means: [Value; 2]| {
        let [a, b] = means;
        serde_json::json!({
            "organization": "harbourco", "week_from": from, "locations": 1,
            "tickets_before": tickets[0], "tickets_after": tickets[1],
            "ratings_before": ratings[0], "ratings_after": ratings[1],
            "rating_mean_before": a, "rating_mean_after": b,
        })
    };
    let weeks = [
        week("2020-12-28", [2, 3], [0, 0], [Value::Null, Value::Null]),
        week("2021-01-04", [1, 2], [1, 2], [5.0.into(), 3.0.into()]),
    ];
    assert_eq!(run_file(&space)["restated"], serde_json::json!(weeks));
    // A run of the same instant changes nothing, and the next night has nothing to tell.
    expect(&nightly(&space, "2021-03-22"), 0, &[]);
    let run = nightly(&space, "2021-03-23");
    assert!(
        !run.stderr.contains("changed") && !page(&space, "index.html").contains("earlier weeks")
    );
    // The other month of that week.
    space.write("in/3.jsonl", served("Desk", "g", "2020-12-31"));
    let run = nightly(&space, "2021-03-24");
    expect(&run, 0, &["changed: `harbourco`, week of 2020-12-28: tickets 3 → 4\n"]);
    // Read anew, they are the same; without a file they are not.
    let args = ["nightly", "--as-of", "2021-03-25T04:00:00Z", "--rebuild"];
    let run = space.run(&args);
    assert!(!run.stderr.contains("changed"), "{}", run.stderr);
    fs::remove_file(space.path("in/3.jsonl")).unwrap();
    let args = [args.as_slice(), &["--force"]].concat();
    expect(&space.run(&args), 0, &["week of 2020-12-28: tickets 4 → 3"]);
}

#[test]
fn a_changed_configuration_is_no_list_of_weeks() {
    let config = CONFIG.replace("[nightly]", "[gates]\nsilent_days = 0\n[nightly]");
    let space = space(&config);
    // On Sunday evening in Oslo, on Monday morning in Auckland.
    let late = |id: &str, date: &str| served("Desk", id, date).replace("T09:00", "T22:00");
    let lines =
        late("a", "2021-01-10") + &late("b", "2021-02-07") + &served("Desk", "c", "2021-03-19");
    space.write("in/1.jsonl", lines);
    expect(&nightly(&space, "2021-03-21"), 0, &[]);
    space.write("queuestat.toml", config.replace("Europe/Oslo", "Pacific/Auckland"));
    let run = nightly(&space, "2021-03-22");
    expect(&run, 0, &["the configuration changed, and with it the figures of 4 earlier weeks"]);
    let file = run_file(&space);
    assert_eq!(
        (&file["restated"], &file["restated_by_configuration"]),
        (&serde_json::json!([]), &4.into())
    );
}
