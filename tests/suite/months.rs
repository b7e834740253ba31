//! Visits over the ends of months: the report of all time, which is made from what the tickets of each month add up to,
//! against one report of everything.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use proptest::prelude::*;

use crate::workspace::{Workspace, files, hook};

/// A line of three places whose months end at different instants.
const CONFIG: &str = "time_zone = \"Europe/Stockholm\"\n[locations.Auckland]\ntime_zone = \"Pacific/Auckland\"\n\
    [locations.Chicago]\ntime_zone = \"America/Chicago\"\n[gates]\nsilent_days = 0\nrefuse_fall = 0\n\
    [nightly]\narchive = [\"archive\"]\nout = \"site\"\n[[nightly.report]]\nname = \"all\"\nall = true\n";

const PLACES: [&str; 3] = ["Auckland", "Chicago", "Stockholm"];

/// Ends of months in UTC and at each place, as minutes since 2021 began in UTC.
fn ends() -> Vec<i64> {
    let begin = NaiveDate::from_ymd_opt(2021, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
    let minutes = |text: &str| {
        let at = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        (at - begin).num_minutes()
    };
    [
        // January and February: UTC, Auckland (13 hours ahead), Chicago (6 behind), Stockholm (1 ahead).
        "2021-02-01 00:00",
        "2021-01-31 11:00",
        "2021-02-01 06:00",
        "2021-01-31 23:00",
        "2021-03-01 00:00",
        "2021-02-28 11:00",
        "2021-03-01 06:00",
        "2021-02-28 23:00",
        // March: Auckland is still 13 ahead, Chicago 5 behind, Stockholm 2 ahead.
        "2021-04-01 00:00",
        "2021-03-31 11:00",
        "2021-04-01 05:00",
        "2021-03-31 22:00",
    ]
    .map(minutes)
    .to_vec()
}

/// An instant so many minutes after the begin of 2021.
fn instant(minutes: i64) -> String {
    let begin = 1_609_459_200;
    let at = DateTime::from_timestamp(begin + minutes * 60, 0).unwrap();
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A visit near the end of a month.
#[derive(Debug, Clone)]
struct Visit {
    place: usize,
    /// End of a month, and minutes from there to the arrival.
    end: usize,
    arrives: i64,
    /// Minutes in line; `None` = nobody ended it.
    stays: Option<i64>,
    /// Of a booking: minutes from the arrival to the slot.
    slot: Option<i64>,
    /// A booking of which neither slot nor creation is known: it belongs to no day, and stands in line all the same.
    is_dateless: bool,
    /// How it leaves the line.
    leaves: usize,
}

fn visit() -> impl Strategy<Value = Visit> {
    let slot = prop_oneof![
        6 => Just(None),
        2 => (-90_i64..90).prop_map(Some),
        // A slot in another month than the one in which the visitor stands in line.
        1 => (3_000_i64..60_000).prop_map(Some),
    ];
    // Around the end, hours before and behind it, and two days away, beyond what months keep of their ends.
    let arrives = prop_oneof![4 => -120_i64..30, 2 => -1_440_i64..1_440, 1 => -3_600_i64..3_600];
    let stays = prop_oneof![6 => (1_i64..240).prop_map(Some), 2 => (240_i64..1_500).prop_map(Some), 1 => Just(None)];
    let is_dateless = prop::bool::weighted(0.08);
    (0..3_usize, 0..12_usize, arrives, stays, slot, 0..4_usize, is_dateless).prop_map(
        |(place, end, arrives, stays, slot, leaves, is_dateless)| Visit {
            place,
            end,
            arrives,
            stays,
            slot,
            is_dateless,
            leaves,
        },
    )
}

impl Visit {
    /// Its webhooks; with each, when it is sent.
    fn lines(&self, id: usize) -> Vec<(i64, String)> {
        let arrives = ends()[self.end] + self.arrives;
        let is_booking = self.is_dateless || self.slot.is_some();
        let (id, place) = (format!("t{id}"), PLACES[self.place]);
        let field = |name: &str, at: i64| format!(",\"{name}\":\"{}\"", instant(at));
        let start = self.slot.map(|slot| instant(arrives + slot));
        let of_type = start.map_or_else(
            || "\"type\":\"anonymous\"".to_owned(),
            |start| format!("\"type\":\"booking\",\"booking\":{{\"start\":\"{start}\"}}"),
        );
        // A booking is made days before, and activated when the visitor stands in line.
        let created = if self.slot.is_some() { arrives - 4_000 } else { arrives };
        let common = if self.is_dateless {
            format!("\"location\":\"{place}\",\"type\":\"booking\"")
        } else {
            format!("\"location\":\"{place}\",{of_type}{}", field("createdAt", created))
        };
        // One service for each month's end, so that a month knows a single one and all months together several.
        let service = ["Returns", "Advice", "Keys"][self.end / 4];
        let answers =
            format!(",\"registrationData\":[{{\"type\":\"category\",\"value\":\"{service}\"}}]");
        let common = format!("{common}{answers},\"queue\":\"q{}\"", self.place);
        let activated = if is_booking { field("activatedAt", arrives) } else { String::new() };
        let first = if is_booking { "bookingConfirmation" } else { "positionCreated" };
        let mut lines = vec![(created, hook("org", first, &id, &common))];
        if is_booking {
            let position = format!("{common}{activated}");
            lines.push((arrives, hook("org", "bookingActivated", &id, &position)));
        }
        if let Some(stays) = self.stays {
            let left = arrives + stays;
            let (kind, end) = [
                ("positionCalled", field("calledAt", left)),
                ("positionFulfilled", field("fulfilledAt", left)),
                ("positionCancelled", field("rejectedAt", left)),
                ("positionCompleted", field("fulfilledAt", left) + &field("completedAt", left + 9)),
            ][self.leaves]
                .clone();
            let position = format!("{common}{activated}{end}");
            lines.push((left, hook("org", kind, &id, &position)));
            if self.leaves == 3 {
                let rated = format!("{position},\"feedback\":{{\"rating\":{}}}", 1 + stays % 5);
                lines.push((left + 60, hook("org", "feedbackReceived", &id, &rated)));
            }
        }
        lines
    }
}

fn csv(folder: &Path) -> BTreeMap<String, String> {
    let all = files(folder).into_iter().filter(|(name, _)| name.ends_with(".csv"));
    all.map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect()
}

fn night(space: &Workspace, as_of: &str) {
    let run = space.run(&["nightly", "--as-of", as_of, "--force"]);
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
}

/// The report of all time that nights made, after comparing it with one report of everything.
fn same_as_one_report(space: &Workspace, as_of: &str) -> BTreeMap<String, String> {
    let mut args = vec!["report", "archive", "--out", "once", "--as-of", as_of, "--only", "csv"];
    args.extend(["--force", "--config", "queuestat.toml"]);
    let run = space.run(&args);
    assert!(run.code == 0 || run.code == 3, "{}", run.stderr);
    let (nights, once) = (csv(&space.path("site/current/all")), csv(&space.path("once")));
    assert!(once.len() >= 12 && once.keys().eq(nights.keys()), "{:?}", nights.keys());
    for (name, text) in &once {
        let differ = |(once, nights): &(&str, &str)| once != nights;
        let first = text.lines().zip(nights[name].lines()).find(differ);
        assert!(*text == nights[name], "{name}: {first:?}");
    }
    nights
}

/// The largest `line_max` of each place.
fn longest(files: &BTreeMap<String, String>) -> BTreeMap<String, u64> {
    let (_, text) = files.iter().find(|(name, _)| name.ends_with("hourly.csv")).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').map(|cell| cell.trim_matches('"')));
    let head: Vec<&str> = lines.next().unwrap().collect();
    let at = |column: &str| head.iter().position(|name| *name == column).unwrap();
    let (place, line_max) = (at("location"), at("line_max"));
    let mut longest = BTreeMap::new();
    for cells in lines.map(Iterator::collect::<Vec<_>>) {
        let most: &mut u64 = longest.entry(cells[place].to_owned()).or_default();
        *most = (*most).max(cells[line_max].parse().unwrap());
    }
    longest
}

/// The largest number of visitors of a place in line at one instant, by counting at each arrival.
fn counted(visits: &[Visit], place: usize) -> u64 {
    // A time in line of more than 24 hours is not believed. Nobody is in line at the instant of the last night.
    let span = |visit: &Visit| {
        let from = ends()[visit.end] + visit.arrives;
        let stays = visit.stays.filter(|stays| *stays <= 1_440)?;
        (visit.place == place).then_some((from, from + stays))
    };
    let spans: Vec<(i64, i64)> = visits.iter().filter_map(span).collect();
    let at = |at: i64| spans.iter().filter(|(from, to)| *from <= at && at < *to).count() as u64;
    spans.iter().map(|(from, _)| at(*from)).max().unwrap_or(0)
}

/// The instants of the nights; the last one is long after all visits, so that whoever is not ended is in no line.
const NIGHTS: [&str; 4] = [
    "2021-06-01T02:00:00Z",
    "2021-06-02T02:00:00Z",
    "2021-06-03T02:00:00Z",
    "2021-06-04T02:00:00Z",
];

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 60, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn all_time_is_the_same_from_kept_months_and_from_all_lines(
        visits in prop::collection::vec(visit(), 8..60),
        order in prop::collection::vec(any::<u32>(), 240),
        nights in prop::collection::vec(0..4_usize, 240),
    ) {
        let space = Workspace::in_memory();
        space.write("queuestat.toml", CONFIG);
        let all = visits.iter().enumerate().flat_map(|(id, visit)| visit.lines(id));
        let mut all: Vec<(u32, usize, String)> =
            all.zip(order).zip(nights).map(|(((_, line), order), night)| (order, night, line)).collect();
        all.sort();
        for (night_at, as_of) in NIGHTS.iter().enumerate() {
            let mine = all.iter().filter(|(_, night, _)| *night == night_at);
            let text: String = mine.map(|(_, _, line)| line.as_str()).collect();
            space.write(&format!("archive/{night_at}.jsonl"), text);
            night(&space, as_of);
        }
        let found = longest(&same_as_one_report(&space, NIGHTS[3]));
        for (at, place) in PLACES.iter().enumerate() {
            let most = found.get(*place).copied().unwrap_or(0);
            prop_assert_eq!(most, counted(&visits, at), "{}", place);
        }
    }
}

/// Nights around ends of months, at which some still stand in line; minutes since 2021 began, the last ones beyond all visits.
fn nights_around_ends() -> Vec<i64> {
    let mut all: Vec<i64> = ends().iter().flat_map(|end| [end + 20, end + 1_460]).collect();
    all.sort_unstable();
    all.dedup();
    all.push(200_000);
    all
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 30, ..ProptestConfig::with_cases(6) })]

    /// Each webhook comes in the night after it was sent, or some nights later.
    #[test]
    fn each_night_around_the_end_of_a_month_is_one_report(
        visits in prop::collection::vec(visit(), 10..50),
        late in prop::collection::vec(prop_oneof![4 => Just(0_usize), 1 => 1..5_usize], 200),
    ) {
        let space = Workspace::in_memory();
        space.write("queuestat.toml", CONFIG);
        let nights = nights_around_ends();
        let all = visits.iter().enumerate().flat_map(|(id, visit)| visit.lines(id));
        let comes = |sent: i64, late: usize| {
            let first = nights.iter().filter(|night| **night < sent).count();
            (first + late).min(nights.len() - 1)
        };
        let all: Vec<(usize, String)> =
            all.zip(late).map(|((sent, line), late)| (comes(sent, late), line)).collect();
        for (at, minutes) in nights.iter().enumerate() {
            let mine = all.iter().filter(|(night, _)| *night == at);
            let text: String = mine.map(|(_, line)| line.as_str()).collect();
            if !text.is_empty() {
                space.write(&format!("archive/{at:02}.jsonl"), text);
            }
            if space.path("archive").exists() {
                night(&space, &instant(*minutes));
                same_as_one_report(&space, &instant(*minutes));
            }
        }
    }
}

/// Walk-ins of Chicago in line over the end of a month, some of each month by their arrival.
fn over_the_end(end: usize, of_old: usize, of_new: usize) -> Vec<Visit> {
    let one = |arrives| Visit {
        place: 1,
        end,
        arrives,
        stays: Some(60),
        slot: None,
        is_dateless: false,
        leaves: 1,
    };
    let old = (0..of_old).map(|n| one(-10 - i64::try_from(n).unwrap()));
    old.chain((0..of_new).map(|n| one(10 + i64::try_from(n).unwrap()))).collect()
}

/// The visits of each night, and the longest lines at the end.
fn lines_of_nights(nights: &[Vec<Visit>]) -> (Workspace, BTreeMap<String, u64>) {
    let space = Workspace::in_memory();
    space.write("queuestat.toml", CONFIG);
    let mut id = 0;
    let mut found = BTreeMap::new();
    for (at, visits) in nights.iter().enumerate() {
        let mut text = String::new();
        for visit in visits {
            text.extend(visit.lines(id).into_iter().map(|(_, line)| line));
            id += 1;
        }
        space.write(&format!("archive/{at}.jsonl"), text);
        night(&space, NIGHTS[at]);
        found = longest(&same_as_one_report(&space, NIGHTS[at]));
    }
    (space, found)
}

#[test]
fn tickets_of_two_months_stand_in_one_line() {
    // Of January 4, a night later of February 3: at the end of January in UTC and in Chicago.
    for end in [0, 2] {
        let (_, found) = lines_of_nights(&[over_the_end(end, 4, 0), over_the_end(end, 0, 3)]);
        assert_eq!(found["Chicago"], 7, "{end}");
        let (_, found) = lines_of_nights(&[over_the_end(end, 0, 3), over_the_end(end, 4, 0)]);
        assert_eq!(found["Chicago"], 7, "{end}");
    }
}

#[test]
fn a_booking_for_another_month_that_is_called_now_stands_in_line_now() {
    // In the middle of February 5 walk-ins, and two bookings for April and for January that stand in line with them.
    let middle = |slot| Visit {
        place: 2,
        end: 0,
        arrives: 15 * 1_440,
        stays: Some(30),
        slot,
        is_dateless: false,
        leaves: usize::from(slot.is_none()),
    };
    let walk_ins = vec![middle(None); 5];
    let april = middle(Some(60 * 1_440));
    let (_, found) = lines_of_nights(&[walk_ins.clone(), vec![april.clone()]]);
    assert_eq!(found["Stockholm"], 6);
    // A night that brings nothing but the booking, before the walk-ins; then a month without anybody near it.
    let (space, found) =
        lines_of_nights(&[vec![april.clone()], walk_ins.clone(), over_the_end(8, 2, 1)]);
    assert_eq!((found["Stockholm"], found["Chicago"]), (6, 3));
    // Its call comes in a later night: it was never in line before.
    let lines = april.lines(100);
    let (last, first) = lines.split_last().unwrap();
    space.write("archive/3.jsonl", first.iter().map(|(_, line)| line.as_str()).collect::<String>());
    night(&space, NIGHTS[3]);
    assert_eq!(longest(&same_as_one_report(&space, NIGHTS[3]))["Stockholm"], 6);
    space.write("archive/4.jsonl", &last.1);
    night(&space, "2021-06-05T02:00:00Z");
    assert_eq!(longest(&same_as_one_report(&space, "2021-06-05T02:00:00Z"))["Stockholm"], 7);
    let verified = space.run(&["state", "verify"]);
    assert_eq!(verified.code, 0, "{}", verified.stdout);
}
