//! Figures walked back: from a cell of the tables to the tickets behind it, and from these to their lines, each time
//! recomputed by plain code.

use std::collections::{BTreeMap, BTreeSet};

use queuestat::metric::{Kind, MEASURES, Measure};
use queuestat::synth::{Compression, Recipe, write};
use serde_json::Value;

use crate::export::{Row, export, invented, rows, well};
use crate::workspace::{AS_OF, Workspace, files};

/// Where the tables stand, and how the rows of each are asked for.
const TABLES: [&str; 6] =
    ["locations.csv", "daily.csv", "weekly.csv", "monthly.csv", "segments.csv", "totals.csv"];

/// A cell of a table.
struct Cell<'a> {
    table: &'static str,
    row: &'a Row,
}

impl Cell<'_> {
    /// The filters that ask for the tickets of its row.
    fn filter(&self) -> Vec<String> {
        let of = |column: &str| self.row[column].clone();
        let mut filter = vec!["--organization".to_owned(), of("organization")];
        let mut add = |name: &str, value: String| filter.extend([name.to_owned(), value]);
        if self.table != "totals.csv" {
            add("--location", of("location_id"));
        }
        match self.table {
            "daily.csv" => add("--date", of("service_date")),
            "weekly.csv" => add("--date", of("iso_week")),
            "monthly.csv" => add("--date", of("month")),
            "totals.csv" => {
                add("--from", of("from"));
                add("--to", of("to"));
            }
            "segments.csv" => match self.row["dimension"].as_str() {
                "ticket_type" => add("--type", of("value")),
                "category" => add("--category", of("value")),
                _ => add("--queue", of("value")),
            },
            _ => {}
        }
        filter
    }

    /// Whether an exported ticket belongs to its row.
    fn has(&self, ticket: &Row) -> bool {
        let same = |column: &str| self.row.get(column) == ticket.get(column);
        let date = ticket["service_date"].as_str();
        let is_inside = match self.table {
            "daily.csv" => same("service_date"),
            "weekly.csv" => {
                let day: chrono::NaiveDate = date.parse().unwrap();
                day.format("%G-W%V").to_string() == self.row["iso_week"]
            }
            "monthly.csv" => date[..7] == self.row["month"],
            "totals.csv" => (self.row["from"].as_str()..=self.row["to"].as_str()).contains(&date),
            "segments.csv" => {
                let none = "(none)".to_owned();
                ticket.get(&self.row["dimension"]).unwrap_or(&none) == &self.row["value"]
            }
            _ => true,
        };
        let is_here = self.table == "totals.csv" || same("location_id");
        same("organization") && is_here && is_inside
    }
}

/// Whether an exported ticket counts for a measure: above the line, and below it.
fn counts(name: &str, ticket: &Row) -> (bool, bool) {
    let is = |column: &str| ticket[column] == "true";
    let ended = |outcome: &str| ticket["outcome"] == outcome;
    let has = |column: &str| ticket.contains_key(column);
    let stars: u32 = ticket.get("rating").map_or(0, |rating| rating.parse().unwrap());
    let known = ended("served") && !is("is_feedback_only");
    let cancelled = (ended("cancelled_by_customer"), ended("cancelled_by_staff"));
    let closed = !ended("open");
    match name {
        "tickets" | "people" => (false, true),
        "walk_ins" => (false, !is("is_booking")),
        "bookings" => (false, is("is_booking")),
        "cancellation_rate" => (cancelled.0 || cancelled.1, closed),
        "customer_cancellation_rate" => (cancelled.0, closed),
        "staff_cancellation_rate" => (cancelled.1, closed),
        "no_show_rate" => (ended("no_show"), closed),
        "lost_rate" => (!ended("served"), closed),
        "ratings" | "rating_mean" => (false, stars > 0),
        "csat" | "csat_low" | "csat_high" => (stars >= 4, stars > 0),
        "response_rate" => (stars > 0, known),
        "early" => (false, is("early")),
        "within_target_rate" => (is("within_target"), is("offered")),
        "rescheduled" => (false, is("is_rescheduled")),
        "recalled" => (false, is("is_recalled")),
        _ if name.starts_with("rating_") => (false, name.ends_with(&format!("_{stars}"))),
        _ if name.starts_with("call") => (false, has("call_wait_s")),
        _ if name.starts_with("service") => (false, has("service_s")),
        _ if name.starts_with("wait") => (false, has("wait_s")),
        outcome => (false, ended(outcome)),
    }
}

/// A ticket as it is listed.
pub(crate) struct Listed {
    pub(crate) value: Option<u32>,
    pub(crate) is_marked: bool,
}

impl Listed {
    fn of(one: &Value) -> Self {
        let value = one["value"].as_u64().map(|value| u32::try_from(value).unwrap());
        Self { value, is_marked: one["marked"] == true }
    }
}

/// A value recomputed from the listed tickets alone: their values, and which are marked.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
pub(crate) fn recomputed(name: &str, tickets: &[Listed]) -> Option<f64> {
    let value = |one: &Listed| one.value.map(f64::from);
    let is_marked = |one: &&Listed| one.is_marked;
    let values: Vec<f64> = tickets.iter().filter_map(value).collect();
    let marked: Vec<f64> = tickets.iter().filter(is_marked).filter_map(value).collect();
    let (n, part) = (tickets.len() as f64, tickets.iter().filter(is_marked).count() as f64);
    let sum = values.iter().sum::<f64>();
    let has = n > 0.0;
    // What is marked is enough, with the twentieths of the way between both.
    let quantile = |twentieths: usize| {
        let way = tickets.len().checked_sub(1)? * twentieths;
        let (low, high) = (values[way / 20], values[way.div_ceil(20)]);
        assert!(values.is_sorted() && marked.first() == Some(&low) && marked.last() == Some(&high));
        Some(low + (high - low) * (way % 20) as f64 / 20.0)
    };
    let wilson = |sign: f64| {
        let (p, z) = (part / n, 1.959_964);
        let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        ((p + z * z / (2.0 * n) + sign * half) / (1.0 + z * z / n)).clamp(0.0, 1.0)
    };
    match name {
        "people" => Some(sum),
        "csat_low" => has.then(|| wilson(-1.0)),
        "csat_high" => has.then(|| wilson(1.0)),
        "wait_max_s" => values.iter().copied().reduce(f64::max),
        "rating_mean" | "wait_mean_s" => has.then(|| sum / n),
        _ if name.contains("_low_s") || name.contains("_high_s") => marked.first().copied(),
        _ if name.contains("_p50_s") => quantile(10),
        _ if name.contains("_p90_s") => quantile(18),
        _ if name.contains("_p95_s") => quantile(19),
        _ if name.ends_with("_rate") || name == "csat" => has.then(|| part / n),
        _ => Some(n),
    }
}

fn printed(measure: &Measure, value: f64) -> String {
    let decimals = match measure.unit() {
        "count" => 0,
        "seconds" if measure.kind == Kind::Seconds => 2,
        "seconds" if measure.kind == Kind::Count => 0,
        _ => 4,
    };
    format!("{value:.decimals$}")
}

pub(crate) fn explained(space: &Workspace, of: &[&str], filter: &[String]) -> Value {
    let filter: Vec<&str> = filter.iter().map(String::as_str).collect();
    let json = well(space.run(&[&["explain", "-q", "--json"], of, &filter].concat()));
    serde_json::from_str(&json).unwrap()
}

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % n as u64).unwrap()
    }
}

/// Two hundred cells, every measure and every table among them, walked to their tickets and recomputed; some of the tickets on
/// to their lines.
#[test]
fn any_cell_can_be_walked_back_to_its_lines() {
    let space = Workspace::new();
    let recipe = Recipe {
        tickets: 240,
        days: 30,
        seed: 11,
        locations: 3,
        organizations: 2,
        compression: Compression::Plain,
        one_file: true,
        ..Recipe::default()
    };
    write(&recipe, &space.path("archive")).unwrap();
    let all = rows(&export(&space, "tickets", &[]));
    well(space.run(&["report", "archive", "--out", "out", "--only", "csv", "--as-of", AS_OF]));
    let published = files(&space.path("out"));
    let tables: BTreeMap<&str, Vec<Row>> = TABLES
        .iter()
        .map(|table| {
            let mine = published.iter().filter(|(name, _)| name.ends_with(&format!("/{table}")));
            let rows = mine.flat_map(|(_, bytes)| rows(std::str::from_utf8(bytes).unwrap()));
            (*table, rows.filter(|row| row.get("value").is_none_or(|of| of != "(other)")).collect())
        })
        .collect();
    let mut dice = Dice(20);
    let (mut filled, mut seen, mut walked) = (0, BTreeSet::new(), BTreeSet::new());
    for turn in 0..200 {
        let (measure, table) = (&MEASURES[turn % MEASURES.len()], TABLES[dice.below(TABLES.len())]);
        // Of days with a ticket or two most cells are empty: mostly, one is looked for that is not.
        let mut draw = || &tables[table][dice.below(tables[table].len())];
        let mut row = draw();
        for _ in 0..40 {
            let is_empty = row.get(measure.name).is_none_or(|value| value == "0");
            if !is_empty || turn % 20 == 19 {
                break;
            }
            row = draw();
        }
        let cell = Cell { table, row };
        let name = measure.name;
        let told =
            explained(&space, &["--measure", name, "archive", "--as-of", AS_OF], &cell.filter());
        let about = format!("{name} of {table}: {row:?}");
        assert_eq!(told["value"].as_str(), row.get(name).map(String::as_str), "{about}");
        let tickets = told["tickets"].as_array().unwrap();
        // The very tickets that plain code finds, with the very marks and values.
        let mine: Vec<&Row> = all.iter().filter(|ticket| cell.has(ticket)).collect();
        assert_eq!(told["counts"]["tickets"], mine.len(), "{about}");
        let expected: BTreeMap<&str, &Row> = mine
            .iter()
            .filter(|ticket| counts(name, ticket).1)
            .map(|ticket| (ticket["ticket_id"].as_str(), *ticket))
            .collect();
        assert_eq!(tickets.len(), expected.len(), "{about}");
        let decides = name.contains("_p") || name == "wait_max_s";
        for one in tickets {
            let ticket = expected[one["ticket"].as_str().unwrap()];
            assert_eq!(one["service_date"], ticket["service_date"].as_str(), "{about}");
            assert_eq!(one["outcome"], ticket["outcome"].as_str(), "{about}");
            if let Some(column) = told["values_are"].as_str() {
                let value = one["value"].as_u64().map(|value| value.to_string());
                assert_eq!(value.as_ref(), ticket.get(column), "{about}");
            }
            if !decides {
                assert_eq!(one["marked"], counts(name, ticket).0, "{about}");
            }
        }
        let listed: Vec<Listed> = tickets.iter().map(Listed::of).collect();
        let again = recomputed(name, &listed).map(|value| printed(measure, value));
        assert_eq!(again.as_ref(), row.get(name), "{about}");
        if row.contains_key(name) {
            filled += 1;
            seen.insert((table, name));
        }
        if turn % 8 == 0 {
            walked.extend(
                tickets.iter().take(2).map(|one| one["ticket"].as_str().unwrap().to_owned()),
            );
        }
    }
    assert!(filled > 150, "{filled}");
    for measure in MEASURES {
        assert!(seen.iter().any(|(_, name)| *name == measure.name), "{} was empty", measure.name);
    }
    for table in TABLES {
        assert!(seen.iter().any(|(of, _)| *of == table), "no cell of {table}");
    }
    let waits = walked.iter().filter(|id| {
        let ticket = all.iter().find(|ticket| ticket["ticket_id"] == **id).unwrap();
        walk_to_the_lines(&space, ticket)
    });
    let waits = waits.count();
    assert!(walked.len() > 20 && waits > 5, "{} {waits}", walked.len());
}

/// Instants of a position, milliseconds.
fn instant(position: &Value, name: &str) -> Option<i64> {
    let text = position[name].as_str()?;
    Some(chrono::DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis())
}

/// The webhook in a value: bare, or in an envelope of the archiver.
fn webhook_in(value: &Value) -> Option<&Value> {
    if value["data"]["position"].is_object() {
        return Some(value);
    }
    value.as_object()?.values().find_map(webhook_in)
}

/// Reads the lines of a ticket: each holds its id, and the wait of a walk-in follows from them. Whether it has one.
fn walk_to_the_lines(space: &Workspace, ticket: &Row) -> bool {
    let id = ticket["ticket_id"].as_str();
    let told = explained(space, &[id, "archive", "--as-of", AS_OF], &[]);
    let (mut created, mut checked_in) = (Vec::new(), Vec::new());
    let records = told["tickets"][0]["records"].as_array().unwrap();
    assert!(!records.is_empty());
    for record in records {
        let file = record["file"].as_str().unwrap();
        let text = std::fs::read_to_string(space.path("archive").join(file)).unwrap();
        let number = usize::try_from(record["line"].as_u64().unwrap()).unwrap();
        let line = text.lines().nth(number - 1).unwrap();
        assert!(line.to_lowercase().contains(id), "{file}:{number} is not of {id}");
        let hook: Value = serde_json::from_str(line).unwrap();
        let hook = webhook_in(&hook).unwrap();
        let position = &hook["data"]["position"];
        created.extend(instant(position, "createdAt"));
        let kind = hook["type"].as_str().unwrap();
        let is_check_in = ["positionFulfilled", "positionCompleted", "feedbackReceived"]
            .contains(&kind)
            || ["fulfilled", "completed"].iter().any(|status| position["status"] == *status);
        checked_in.extend(instant(position, "fulfilledAt").filter(|_| is_check_in));
    }
    let is_plain = ticket["is_booking"] == "false" && !ticket.contains_key("wait_left_out");
    let ends = created.iter().min().zip(checked_in.iter().min());
    let Some((from, to)) = ends.filter(|_| is_plain) else { return false };
    assert_eq!(ticket["wait_s"], ((to - from).max(0) / 1_000).to_string(), "{id}");
    true
}

/// The same of a state as of its archive; and a ticket of a state, which has no records.
#[test]
fn a_state_tells_the_same() {
    let space = invented(4, 120, "");
    well(space.run(&["nightly", "--as-of", AS_OF]));
    for measure in ["wait_p90", "csat", "tickets", "within_target"] {
        for filter in
            [&[][..], &["--date", "2021-03"], &["--type", "booking", "--weekday", "mon-fri"]]
        {
            let filter: Vec<String> = filter.iter().map(|one| (*one).to_owned()).collect();
            let mut of_archive =
                explained(&space, &["--measure", measure, "archive", "--as-of", AS_OF], &filter);
            let mut of_state =
                explained(&space, &["--measure", measure, "--state", "state"], &filter);
            let (archive, state) = (of_archive["next"].take(), of_state["next"].take());
            assert!(state.as_str().unwrap().contains("--state DIR") && archive != state);
            assert_eq!(of_archive, of_state, "{measure} {filter:?}");
        }
    }
    let told = explained(&space, &["--measure", "waits", "--state", "state"], &[]);
    let id = told["tickets"][0]["ticket"].as_str().unwrap();
    let of_archive = &explained(&space, &[id, "archive", "--as-of", AS_OF], &[])["tickets"][0];
    let of_state = &explained(&space, &[id, "--state", "state"], &[])["tickets"][0];
    assert!(of_state["records"].is_null() && of_archive["records"].is_array());
    for part in ["organization", "location", "time_zone", "ticket", "facts"] {
        assert_eq!(of_state[part], of_archive[part], "{part}");
        assert!(!of_state[part].is_null(), "{part}");
    }
    let text = well(space.run(&["explain", id, "--state", "state"]));
    assert!(text.contains("The state keeps the joined ticket, not its records"), "{text}");
    assert!(text.contains("\noutcome ") && text.contains("\n  checked_in_at "), "{text}");
    let failed = space.run(&["explain", "no-such-ticket", "--state", "state"]);
    assert_eq!(failed.code, 2);
    assert!(
        failed.stderr.contains("the state keeps no ticket `no-such-ticket`"),
        "{}",
        failed.stderr
    );
}
