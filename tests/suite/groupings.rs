//! Questions: random groupings and filters against plain loops over the tickets, and against the published tables.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};
use proptest::prelude::*;
use queuestat::calendar::WeekStart;
use queuestat::dataframe::{Keep, Settings as FrameSettings, TicketFrame, WaitEnd, WaitRules};
use queuestat::metric::{Answer, By, MEASURES, Measure, Order, Rules, grouped};
use queuestat::report::csv::to_csv;
use queuestat::synth::{Compression, Recipe, write};
use queuestat::ticket::{Outcome, Ticket, TicketSet};
use queuestat::webhook::Scale;

use crate::naive::{NOW, STOCKHOLM, local, outcome_of, summary, week_of};
use crate::oracle::tickets;
use crate::workspace::Workspace;

/// A text as a cell of CSV.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// What a ticket is grouped by, as it is printed.
fn value(by: By, t: &Ticket, set: &TicketSet) -> String {
    let text = |id: Option<_>| {
        let name = id.map_or("", |id| set.names.get(id));
        quoted(if name.is_empty() { "(none)" } else { name })
    };
    let date = local(t).map(|(date, ..)| date);
    let dated = |name: &dyn Fn(NaiveDate) -> String| {
        date.map_or_else(String::new, |date| format!("\"{}\"", name(date)))
    };
    match by {
        By::Organization => quoted(&set.locations[t.location].organization),
        By::Location => quoted(&set.locations[t.location].name),
        By::Group => {
            let first = set.locations[t.location].name.chars().next().unwrap();
            if first == 'S' { "\"(none)\"".to_owned() } else { format!("\"North/{first}\"") }
        }
        By::Category => text(t.category),
        By::Queue => text(t.queue),
        By::Type => text(t.ticket_type),
        By::Outcome => quoted(outcome_of(t).name()),
        By::Day => dated(&|date| date.to_string()),
        By::Week => dated(&|date| {
            let first = week_of(date, Weekday::Mon).iso_week();
            format!("{}-W{:02}", first.year(), first.week())
        }),
        By::Month => dated(&|date| date.format("%Y-%m").to_string()),
        By::Weekday => local(t).map_or_else(String::new, |(_, weekday, _)| weekday.to_string()),
        By::Hour => local(t).map_or_else(String::new, |(.., hour)| hour.to_string()),
    }
}

/// The summary columns of each group, by plain loops.
fn expected(
    set: &TicketSet,
    by: &[By],
    keep: impl Fn(&Ticket) -> bool,
) -> BTreeMap<String, String> {
    let mut groups: BTreeMap<String, Vec<Ticket>> = BTreeMap::new();
    for t in set.tickets().into_iter().filter(keep) {
        let key: Vec<String> = by.iter().map(|by| value(*by, &t, set)).collect();
        groups.entry(key.join(",")).or_default().push(t);
    }
    let row = |(key, tickets): (String, Vec<Ticket>)| {
        (key, summary(&tickets.iter().collect::<Vec<&Ticket>>()))
    };
    groups.into_iter().map(row).collect()
}

/// The cells of a line of CSV.
pub(crate) fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        quoted ^= c == '"';
        match c {
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}

/// The summary columns of each group of an answer.
fn answered(frames: &[TicketFrame], by: &[By]) -> BTreeMap<String, String> {
    let group_of = |_: &str, name: &str| {
        let first = name.chars().next().unwrap();
        (first != 'S').then(|| format!("North/{first}"))
    };
    let grouped = grouped(frames, by, WeekStart::default(), &group_of).unwrap();
    let answer = Answer::of(by.to_vec(), grouped, Rules::default(), Order::default());
    let measures: Vec<&Measure> = MEASURES.iter().collect();
    let csv = String::from_utf8(to_csv(&answer.table(&measures))).unwrap();
    let head: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    let at: Vec<usize> = MEASURES
        .iter()
        .map(|one| by.len() + head[by.len()..].iter().position(|name| *name == one.name).unwrap())
        .collect();
    let row = |line: &str| {
        let cells = cells(line);
        let summary: Vec<&str> = at.iter().map(|at| cells[*at].as_str()).collect();
        (cells[..by.len()].join(","), summary.join(","))
    };
    csv.lines().skip(1).map(row).collect()
}

fn frames(set: &TicketSet) -> Vec<TicketFrame> {
    let waits = WaitRules {
        ends_at: WaitEnd::CheckIn,
        max_ms: 86_400_000,
        as_of: NOW,
        leave_out_bursts: false,
    };
    let settings = FrameSettings { waits, scale: Scale::FIVE, from: None, to: None };
    TicketFrame::build(set, settings).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_grouping_of_any_part_is_that_of_plain_loops(
        seed in 1_u64..50,
        by in prop::sample::subsequence(By::ALL.to_vec(), 0..=3).prop_shuffle(),
        weekdays in prop::collection::vec(any::<bool>(), 8),
        hours in prop::collection::vec(any::<bool>(), 24),
        outcomes in prop::collection::vec(any::<bool>(), Outcome::ALL.len()),
        parts in any::<[bool; 3]>(),
    ) {
        let set = tickets(seed, STOCKHOLM);
        let keep = Keep {
            weekdays: parts[0].then(|| weekdays.clone()),
            hours: parts[1].then(|| hours.clone()),
            outcomes: parts[2].then(|| outcomes.clone()),
            ..Keep::default()
        };
        let frames: Vec<TicketFrame> =
            frames(&set).into_iter().map(|frame| frame.keep(&keep).unwrap()).collect();
        let is_kept = |t: &Ticket| {
            let at = local(t);
            let ended = Outcome::ALL.iter().position(|one| *one == outcome_of(t)).unwrap();
            (!parts[0] || at.is_some_and(|(_, day, _)| weekdays[day as usize]))
                && (!parts[1] || at.is_some_and(|(.., hour)| hours[hour as usize]))
                && (!parts[2] || outcomes[ended])
        };
        let mut expected = expected(&set, &by, is_kept);
        if by.is_empty() && expected.is_empty() {
            expected.insert(String::new(), summary(&[]));
        }
        prop_assert_eq!(answered(&frames, &by), expected);
    }
}

const CONFIG: &str = "time_zone = \"Europe/Stockholm\"\n";
const AS_OF: [&str; 2] = ["--as-of", "2021-08-01T00:00:00Z"];

/// An invented archive in a workspace.
fn space() -> Workspace {
    let space = Workspace::new();
    let recipe = Recipe {
        tickets: 2_000,
        locations: 5,
        days: 40,
        compression: Compression::Plain,
        ..Recipe::default()
    };
    write(&recipe, &space.path("archive")).unwrap();
    space.write("queuestat.toml", CONFIG);
    space
}

fn ask(space: &Workspace, more: &[&str]) -> String {
    let run = space
        .run(&[&["ask", "archive", "-q", "--config", "queuestat.toml"], &AS_OF[..], more].concat());
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    run.stdout
}

/// The cells of some columns of a CSV text, as one line for each row.
pub(crate) fn columns(csv: &str, wanted: &[&str]) -> Vec<String> {
    let head = cells(csv.lines().next().unwrap());
    let at: Vec<usize> =
        wanted.iter().map(|name| head.iter().position(|one| one == name).unwrap()).collect();
    let row = |line: &str| {
        let cells = cells(line);
        at.iter().map(|at| cells[*at].as_str()).collect::<Vec<_>>().join(",")
    };
    let mut rows: Vec<String> = csv.lines().skip(1).map(row).collect();
    rows.sort();
    rows
}

/// Where a question is that of a published table, so is the answer; of an archive, and of a state.
#[test]
fn an_answer_is_that_of_the_tables() {
    let space = space();
    let run = space.run(
        &[
            &[
                "report",
                "archive",
                "--out",
                "out",
                "--only",
                "csv",
                "-q",
                "--config",
                "queuestat.toml",
            ],
            &AS_OF[..],
        ]
        .concat(),
    );
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    let measures = [
        "tickets",
        "lost_rate",
        "wait_p50_s",
        "wait_p90_s",
        "csat",
        "csat_low",
        "csat_high",
        "within_target_rate",
        "response_rate",
    ];
    let of_tables = |file: &str, keys: &[&str]| {
        let mut rows = Vec::new();
        for folder in std::fs::read_dir(space.path("out")).unwrap() {
            let path = folder.unwrap().path().join(file);
            if let Ok(text) = std::fs::read_to_string(path) {
                rows.extend(columns(&text, &[keys, &measures[..]].concat()));
            }
        }
        rows.sort();
        assert!(rows.len() > 4, "{file}");
        rows
    };
    let list = "tickets,lost_rate,wait_p50_s,wait_p90_s,csat,within_target_rate,response_rate";
    space.write("night.toml", format!(
        "{CONFIG}[gates]\nsilent_days = 0\nrefuse_fall = 1.0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\nstate_dir = \"state\"\n"
    ));
    let night = space.run(&[&["nightly", "--config", "night.toml"], &AS_OF[..]].concat());
    assert!(night.code == 0 || night.code == 3, "{}", night.stderr);
    for (file, by, keys) in [
        ("locations.csv", "organization,location", &["organization", "location"][..]),
        ("weekly.csv", "location,week", &["location", "iso_week"]),
        ("monthly.csv", "location,month", &["location", "month"]),
        ("daily.csv", "location,day", &["location", "service_date"]),
    ] {
        let answer = ask(&space, &["--by", by, "--measure", list]);
        let named: Vec<&str> = by.split(',').chain(measures).collect();
        assert_eq!(columns(&answer, &named), of_tables(file, keys), "{file}");
        let kept = space.run(&[
            "ask",
            "--state",
            "state",
            "-q",
            "--config",
            "queuestat.toml",
            "--by",
            by,
            "--measure",
            list,
        ]);
        assert!(kept.code == 0 || kept.code == 3, "{}", kept.stderr);
        assert_eq!(kept.stdout, answer, "{file} of the state");
    }
}

/// A filter of a report is that of a question, and the report says so.
#[test]
fn a_filtered_report_says_so_and_is_what_was_asked_for() {
    let space = space();
    let filter = ["--weekday", "mon-wed", "--hour", "9-12", "--type", "book"];
    let run = space.run(
        &[
            &["report", "archive", "--out", "out", "--config", "queuestat.toml"],
            &AS_OF[..],
            &filter,
        ]
        .concat(),
    );
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    let said = "type booking; on Monday, Tuesday, Wednesday; arrival 9:00 to 12:59";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    let answer =
        ask(&space, &[&["--by", "location", "--measure", "tickets,waits"], &filter[..]].concat());
    let mut rows = Vec::new();
    let mut pages = 0;
    for (name, bytes) in crate::workspace::files(&space.path("out")) {
        let text = String::from_utf8_lossy(&bytes);
        if name.ends_with("locations.csv") {
            rows.extend(columns(&text, &["location", "tickets", "waits"]));
        }
        if name.ends_with(".html") {
            assert!(text.contains(said), "{name}");
            pages += 1;
        }
    }
    rows.sort();
    assert_eq!(columns(&answer, &["location", "tickets", "waits"]), rows);
    assert!(pages > 5 && rows.len() > 3);
}

#[test]
fn names_may_be_cut_short_and_slips_are_told() {
    let space = Workspace::new();
    let line = |id: u32, location: &str, queue: &str| {
        let fields = format!(
            "\"location\":\"{location}\",\"queue\":\"{queue}\",\"createdAt\":\"2021-03-01T10:00:00Z\",\"fulfilledAt\":\"2021-03-01T10:05:00Z\""
        );
        crate::workspace::hook("org", "positionCompleted", &id.to_string(), &fields)
    };
    space.write(
        "archive/a.jsonl",
        [line(1, "Malmö Nord", "q1"), line(2, "Malmö Syd", "q2"), line(3, "Lund", "q3")].concat(),
    );
    let run = |filter: &[&str]| {
        space.run(&[&["ask", "archive", "-q", "--measure", "tickets"], &AS_OF[..], filter].concat())
    };
    assert_eq!(run(&["--location", "lu"]).stdout, "tickets\n1\n");
    assert_eq!(run(&["--location", "malmo s", "--location", "Lund"]).stdout, "tickets\n2\n");
    let failed = run(&["--location", "mal"]);
    assert_eq!(failed.code, 2);
    assert!(failed.stderr.contains("`mal` begins the names of 2 locations"), "{}", failed.stderr);
    assert!(failed.stderr.contains("`Malmö Nord` or `Malmö Syd`"), "{}", failed.stderr);
    let failed = run(&["--location", "Lundt"]);
    assert!(failed.stderr.contains("did you mean `Lund`?"), "{}", failed.stderr);
    let failed = run(&["--by", "locations"]);
    assert!(
        failed.code == 2 && failed.stderr.contains("organization, group, location"),
        "{}",
        failed.stderr
    );
    let failed = run(&["--measure", "wait_p55"]);
    assert!(failed.stderr.contains("did you mean `wait_p"), "{}", failed.stderr);
    space.write("queuestat.toml", "[locations.\"Malmö Nord\"]\ngroup = \"Skåne/Malmö\"\n[locations.Lund]\ngroup = \"Skåne\"\n");
    assert_eq!(run(&["--group", "Skåne", "--config", "queuestat.toml"]).stdout, "tickets\n2\n");
    assert_eq!(run(&["--group", "Skåne/M", "--config", "queuestat.toml"]).stdout, "tickets\n1\n");
    assert_eq!(
        run(&["--by", "group", "--config", "queuestat.toml"]).stdout,
        "group,tickets\n\"(none)\",1\n\"Skåne\",1\n\"Skåne/Malmö\",1\n"
    );
    let json =
        run(&["--by", "location", "--format", "json", "--sort", "waits", "--limit", "1"]).stdout;
    assert_eq!(json, "[\n  {\n    \"location\": \"Lund\",\n    \"tickets\": 1\n  }\n]\n");
    let markdown = run(&["--by", "location", "--format", "markdown", "--location", "lund"]).stdout;
    assert_eq!(markdown, "| location | tickets |\n| --- | ---: |\n| Lund | 1 |\n");
    let table = run(&["--by", "location", "--format", "table", "--measure", "wait_p50"]).stdout;
    let expected = [
        "location    tickets  wait p50, min  waits",
        "Lund              1            5.0      1",
        "Malmö Nord        1            5.0      1",
        "Malmö Syd         1            5.0      1",
    ];
    assert_eq!(table.lines().collect::<Vec<_>>(), expected);
}
