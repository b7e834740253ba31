//! What the fields of a webhook may look like: ids in capitals, times in every form, names typed in many ways, broken text,
//! and tickets that are left without a day.

use std::fmt::Write as _;

use crate::workspace::{Run, Workspace, hook};

/// Writes an instant of which the second since 1970 and the minute of the hour are given.
type Form<'a> = &'a dyn Fn(i64, &str) -> String;

/// The snapshots of one served ticket: created, called, checked in and checked out, with the times as JSON.
fn ticket(id: &str, location: &str, times: [&str; 4]) -> String {
    let [created, called, checked_in, checked_out] = times;
    let mut seen = format!(
        "\"location\":{{\"locationName\":\"{location}\"}},\"type\":\"anonymous\",\"queue\":\"q\",\"createdAt\":{created}"
    );
    let mut lines = hook("o", "positionCreated", id, &seen);
    for (kind, field, at) in [
        ("positionCalled", "calledAt", called),
        ("positionFulfilled", "fulfilledAt", checked_in),
        ("positionCompleted", "completedAt", checked_out),
    ] {
        write!(seen, ",\"{field}\":{at}").unwrap();
        lines.push_str(&hook("o", kind, id, &seen));
    }
    lines
}

/// 2021-03-01, 09:00 (called 4 minutes later, checked in after 5, checked out after 9), in text of one form.
fn usual(id: &str, location: &str) -> String {
    ticket(
        id,
        location,
        ["00", "04", "05", "09"]
            .map(|m| format!("\"2021-03-01T09:{m}:00.000Z\""))
            .each_ref()
            .map(String::as_str),
    )
}

fn report(space: &Workspace) -> Run {
    space.run(&["report", "in", "--out", "out", "--as-of", "2021-06-01T00:00:00Z"])
}

/// The values of some columns, a line of them for every row; the tests use no quoted commas.
fn cells(csv: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let mut rows =
        csv.lines().map(|line| line.split(',').map(|cell| cell.trim_matches('"').to_owned()));
    let header: Vec<String> = rows.next().unwrap().collect();
    let at = |column: &&str| header.iter().position(|name| name == column).unwrap();
    let places: Vec<usize> = columns.iter().map(at).collect();
    rows.map(|row| {
        let row: Vec<String> = row.collect();
        places.iter().map(|at| row[*at].clone()).collect()
    })
    .collect()
}

/// A report file of the only organization, wherever it lies.
fn csv(space: &Workspace, name: &str) -> String {
    let published = space.published();
    let (_, bytes) = published.iter().find(|(path, _)| path.ends_with(name)).unwrap();
    String::from_utf8(bytes.clone()).unwrap()
}

fn counter(space: &Workspace, measure: &str, detail: &str) -> u64 {
    let rows = cells(&csv(space, "data_quality.csv"), &["measure", "detail", "count"]);
    let row = rows.into_iter().find(|row| row[0] == measure && row[1] == detail);
    row.map_or(0, |row| row[2].parse().unwrap())
}

#[test]
fn a_uuid_in_capitals_is_the_same_ticket_and_another_id_is_not() {
    let id = "7a00c0de-0000-4000-8000-00000000000a";
    let space = Workspace::new();
    let lines = usual(id, "Desk");
    let lines: Vec<&str> = lines.lines().collect();
    space.write("in/live.jsonl", format!("{}\n{}\n", lines[0], lines[1]));
    let export = format!("{}\n{}\n", lines[2], lines[3]);
    space.write("in/export.jsonl", export.replace(id, &id.to_uppercase()));
    let run = report(&space);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let found = cells(&csv(&space, "locations.csv"), &["tickets", "served", "open", "waits"]);
    assert_eq!(found, [["1", "1", "0", "1"]]);

    let space = Workspace::new();
    space.write("in/a.jsonl", usual("ticket-a", "Desk") + &usual("ticket-A", "Desk"));
    assert_eq!(report(&space).code, 0);
    assert_eq!(cells(&csv(&space, "locations.csv"), &["tickets"]), [["2"]]);
}

#[test]
fn times_of_every_unambiguous_form_are_read_alike() {
    // 2021-03-01T09:00:00Z, and 240, 300 and 540 seconds later.
    let at = |make: Form<'_>| {
        [(0, "00"), (240, "04"), (300, "05"), (540, "09")]
            .map(|(after, m)| make(1_614_589_200 + after, m))
    };
    let forms: [Form<'_>; 22] = [
        &|_, m| format!("\"2021-03-01T09:{m}:00Z\""),
        &|_, m| format!("\"2021-03-01T09:{m}:00.000000000Z\""),
        &|_, m| format!("\"2021-03-01T09:{m}:00.00000000000Z\""),
        &|_, m| format!("\"2021-03-01t09:{m}:00z\""),
        &|_, m| format!("\"2021-03-01 09:{m}:00Z\""),
        &|_, m| format!("\"2021-03-01 09:{m}:00+00\""),
        &|_, m| format!("\"2021-03-01T09:{m}:00+0000\""),
        &|_, m| format!("\"2021-03-01 09:{m}:00.0 +00:00\""),
        &|_, m| format!("\"2021-03-01 10:{m}:00 +0100\""),
        &|_, m| format!("\"2021-03-01 09:{m}:00 UTC\""),
        &|_, m| format!("\"20210301T09{m}00Z\""),
        &|s, _| s.to_string(),
        &|s, _| format!("{s}.000"),
        &|s, _| format!("{s}000"),
        &|s, _| format!("{s}000000"),
        &|s, _| format!("{s}000000000"),
        &|s, _| format!("\"{s}\""),
        &|s, _| format!("\"{s}000\""),
        &|s, _| format!("\"{s}000000000\""),
        &|_, m| format!("{{\"$date\":\"2021-03-01T09:{m}:00.000Z\"}}"),
        &|s, _| format!("{{\"$date\":{s}000}}"),
        &|s, _| format!("{{\"$date\":{{\"$numberLong\":\"{s}000\"}}}}"),
    ];
    let space = Workspace::new();
    let mut lines = String::new();
    for (number, form) in forms.iter().enumerate() {
        let times = at(form);
        lines.push_str(&ticket(
            &format!("t{number}"),
            "Desk",
            times.each_ref().map(String::as_str),
        ));
    }
    space.write("in/a.jsonl", &lines);
    let run = report(&space);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let found = cells(
        &csv(&space, "locations.csv"),
        &["tickets", "waits", "wait_mean_s", "call_wait_p50_s", "service_p50_s"],
    );
    let n = forms.len().to_string();
    assert_eq!(found, [[n.as_str(), n.as_str(), "300.0000", "240.00", "240.00"]]);
    assert_eq!(
        cells(&csv(&space, "daily.csv"), &["service_date", "tickets"]),
        [["2021-03-01", n.as_str()]]
    );

    // What may be two days is not read, and said.
    let bad = at(&|_, m| format!("\"01/03/2021 09:{m}\""));
    for id in ["bad", "worse"] {
        lines.push_str(&ticket(id, "Desk", bad.each_ref().map(String::as_str)));
    }
    space.write("in/a.jsonl", lines);
    let run = report(&space);
    assert_eq!(run.code, 3, "{}", run.stderr);
    let words = "`a.jsonl`: 2 of 24 tickets have no day and are in no figure by day: their times are missing or cannot be read";
    assert!(run.stderr.contains(words), "{}", run.stderr);
    assert_eq!(counter(&space, "timestamp_bad", "createdAt"), 8);
}

#[test]
fn one_name_typed_in_many_ways_is_one_location() {
    let space = Workspace::new();
    let spellings = [
        "Caf\u{e9} Kiosk",
        "Cafe\u{301} Kiosk",
        "Caf\u{e9}  Kiosk",
        "Caf\u{e9}\u{a0}Kiosk",
        "Caf\u{e9}\u{2009}Kiosk ",
        "Caf\u{e9} Kio\u{200b}sk",
        "\u{feff}Caf\u{e9} Kiosk\u{200f}",
        "Caf\\u00e9 \\u202aKiosk\\u202c\\u0000",
    ];
    let lines: String =
        spellings.iter().enumerate().map(|(n, name)| usual(&format!("t{n}"), name)).collect();
    space.write("in/a.jsonl", lines + &usual("none", "\\u200b\\u200e ").replace("\"q\"", "\"q2\""));
    space.write(
        "queuestat.toml",
        "[locations.\"Cafe\u{301}\u{200b} \u{2003}Kiosk\"]\ntarget_minutes = 4\n",
    );
    let run = report(&space);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let found =
        cells(&csv(&space, "locations.csv"), &["location", "tickets", "within_target_rate"]);
    assert_eq!(found, [["(unknown)", "1", "1.0000"], ["Caf\u{e9} Kiosk", "8", "0.0000"]]);
    let asked = "\u{2067}Cafe\u{301}  Kiosk\u{2069}";
    let run = space.run(&[
        "report",
        "in",
        "--out",
        "one",
        "--as-of",
        "2021-06-01T00:00:00Z",
        "--location",
        asked,
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn half_a_character_costs_a_name_that_character_and_an_id_the_record() {
    let space = Workspace::new();
    space.write("in/a.jsonl", usual("t1", "Caf\\ud83d") + &usual("t2", "Desk").repeat(2));
    let run = report(&space);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let found = cells(&csv(&space, "locations.csv"), &["location", "tickets"]);
    assert_eq!(found, [["Caf\u{fffd}", "1"], ["Desk", "1"]]);
    assert_eq!(counter(&space, "text_repaired", "location"), 4);
    space.write("in/a.jsonl", usual("t\\ud83d", "Desk"));
    let run = report(&space);
    assert!(
        run.code == 4 && run.stderr.contains("4 of 4 records could not be used"),
        "{}",
        run.stderr
    );
}

/// Tickets of 1 March of a year.
fn of_year(year: u32, tickets: u32) -> String {
    (0..tickets)
        .map(|n| usual(&format!("{year}-{n}"), "Desk").replace("2021-", &format!("{year}-")))
        .collect()
}

#[test]
fn tickets_without_a_day_are_a_warning_that_says_why() {
    let space = Workspace::new();
    let check = || {
        let run = space.run(&["check", "in", "--as-of", "2021-06-01T00:00:00Z"]);
        (run.code, run.stderr)
    };
    space.write("in/ok.jsonl", of_year(2021, 120));
    space.write("in/late.jsonl", of_year(2031, 2) + &of_year(2021, 1));
    let (code, said) = check();
    assert!(code == 3 && !said.contains("ok.jsonl"), "{said}");
    let words = "`late.jsonl`: 2 of 3 tickets have no day and are in no figure by day: times of 2031 lie after the instant of \
                 the run (2021-06-01T00:00:00Z)";
    assert!(said.contains(words), "{said}");
    space.write("in/late.jsonl", of_year(2005, 1) + &of_year(2007, 1));
    let (code, said) = check();
    let words = "times of 2005, 2007 lie before `archive.earliest` (2010-01-01T00:00:00Z)";
    assert!(code == 3 && said.contains(words), "{said}");
    // With the option they are read.
    space.write("queuestat.toml", "[archive]\nearliest = 2005-01-01\n");
    assert_eq!(check().0, 0);
    space.write("queuestat.toml", "[archive]\nearliest = \"2006-01-01T00:00:00Z\"\n");
    let (code, said) = check();
    assert!(
        code == 3 && said.contains("1 of 2 tickets") && said.contains("2005 lie before"),
        "{said}"
    );
    space.write("queuestat.toml", "[archive]\nearliest = \"soon\"\n");
    assert_eq!(check().0, 2);
    // One alone in many is a slip; in few it is not.
    space.write("queuestat.toml", "");
    space.write("in/late.jsonl", of_year(2031, 1) + &of_year(2021, 4));
    assert_eq!(check().0, 0);
    space.write("in/late.jsonl", of_year(2031, 1) + &of_year(2021, 3));
    assert_eq!(check().0, 3);
    // A share that the gates allow.
    space.write("queuestat.toml", "[gates]\nwarn_share = 0.5\n");
    space.write("in/late.jsonl", of_year(2031, 1) + &of_year(2021, 1));
    assert_eq!(check().0, 0);
}

#[test]
fn years_before_the_product_are_used_and_said_unless_somebody_chose_them() {
    let space = Workspace::new();
    space.write("in/a.jsonl", of_year(2012, 3));
    let run = report(&space);
    assert_eq!(run.code, 3, "{}", run.stderr);
    let words =
        "`a.jsonl`: 3 of 3 tickets are of 2012, before there were such webhooks; they were used";
    assert!(
        run.stderr.contains(words) && run.stderr.contains("`archive.earliest`"),
        "{}",
        run.stderr
    );
    assert_eq!(
        cells(&csv(&space, "daily.csv"), &["service_date", "tickets"]),
        [["2012-03-01", "3"]]
    );
    space.write("queuestat.toml", "[archive]\nearliest = 2010-01-01\n");
    let run = report(&space);
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn a_night_warns_of_what_it_read_and_not_again() {
    let space = Workspace::new();
    let config = "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"in\"]\nout = \"site\"\n";
    space.write("queuestat.toml", config);
    let night = |more: &[&str]| {
        let mut args = vec!["nightly", "--as-of", "2021-06-01T00:00:00Z"];
        args.extend(more);
        space.run(&args)
    };
    space.write("in/a.jsonl", of_year(2031, 1) + &of_year(2021, 1));
    let run = night(&[]);
    assert!(run.code == 3 && run.stderr.contains("times of 2031"), "{}", run.stderr);
    space.write("in/b.jsonl", of_year(2021, 2));
    let run = night(&[]);
    assert!(run.code == 0 && !run.stderr.contains("2031"), "{}", run.stderr);
    // Another beginning is another way of reading.
    space.write("queuestat.toml", format!("{config}[archive]\nearliest = 2020-01-01\n"));
    let run = night(&[]);
    assert!(run.code == 4 && run.stderr.contains("`archive.earliest`"), "{}", run.stderr);
    assert_eq!(night(&["--rebuild"]).code, 3);
}

/// Webhooks as Docker's log driver keeps them, cut into parts of some bytes.
fn docker(hooks: &str, most: usize) -> String {
    let time = "2021-03-01T10:00:00.000000000Z";
    let parts = hooks.split_inclusive('\n').flat_map(|hook| hook.as_bytes().chunks(most));
    let part = |part: &[u8]| {
        let log = String::from_utf8_lossy(part);
        format!("{}\n", serde_json::json!({"log": log, "stream": "stdout", "time": time}))
    };
    parts.map(part).collect()
}

#[test]
fn texts_that_a_log_driver_cut_are_joined_again() {
    let space = Workspace::new();
    let text = docker(&usual("t1", "Desk"), 120) + &docker(&usual("t2", "Desk"), 16_384);
    space.write("in/a-json.log", &text);
    let run = report(&space);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(cells(&csv(&space, "locations.csv"), &["location", "tickets"]), [["Desk", "2"]]);
    // The begin alone, and the rest alone, are told.
    let lines: Vec<&str> = text.lines().collect();
    let rest = lines[lines.len() - 1];
    space.write("in/a-json.log", format!("{rest}\n{}\n{rest}\n", lines[0]));
    let run = space.run(&["check", "in", "--json", "--as-of", "2021-06-01T00:00:00Z"]);
    let said: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let total = &said["total"];
    assert_eq!((&total["accepted"], &total["duplicate"]), (&1.into(), &1.into()), "{said}");
    assert_eq!(said["files"][0]["rejected_records"][0]["line"], 2, "{said}");
}
