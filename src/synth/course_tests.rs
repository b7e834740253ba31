//! What is planted is in the archive, where and when it was planted, and nothing else is; without it not a byte changes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::tests::{Files, made};
use super::*;

/// `data/` is the archive of the default recipe; whatever is added to the recipe must leave it as it is.
#[test]
fn the_committed_archive_to_the_byte() {
    let (_, made) = made(&Recipe::default());
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    for (name, bytes) in &made {
        assert!(fs::read(data.join(name)).is_ok_and(|kept| kept == *bytes), "{name}");
    }
    assert!(made.len() > 50);
}

/// Three months of four locations, in lines of plain files.
fn recipe() -> Recipe {
    Recipe {
        tickets: 24_000,
        locations: 4,
        organizations: 1,
        days: 84,
        faults: false,
        eras: false,
        one_file: true,
        compression: Compression::Plain,
        envelope: Envelope::None,
        ..Recipe::default()
    }
}

fn change(location: u32, measure: Measure, factor: f64) -> Change {
    Change { location, measure, factor, from: recipe().first_day + chrono::Days::new(42) }
}

/// The figures of the tickets of a location, before day 42 and from it on.
#[derive(Default)]
struct Seen {
    ended: [BTreeSet<String>; 2],
    cancelled: [BTreeSet<String>; 2],
    no_show: [BTreeSet<String>; 2],
    ratings: [Vec<i64>; 2],
    waits: [Vec<i64>; 2],
}

impl Seen {
    fn share(part: &BTreeSet<String>, all: &BTreeSet<String>) -> f64 {
        part.len() as f64 / all.len() as f64
    }

    /// Afterwards by before: csat, median wait, cancellation and no-show of those not cancelled.
    fn ratios(&mut self) -> [f64; 4] {
        let csat = |ratings: &[i64]| {
            ratings.iter().filter(|rating| **rating >= 4).count() as f64 / ratings.len() as f64
        };
        self.waits.iter_mut().for_each(|waits| waits.sort_unstable());
        let median = |waits: &[i64]| waits[waits.len() / 2] as f64;
        let kept = |at: usize| {
            self.no_show[at].len() as f64 / (self.ended[at].len() - self.cancelled[at].len()) as f64
        };
        [
            csat(&self.ratings[1]) / csat(&self.ratings[0]),
            median(&self.waits[1]) / median(&self.waits[0]),
            Self::share(&self.cancelled[1], &self.ended[1])
                / Self::share(&self.cancelled[0], &self.ended[0]),
            kept(1) / kept(0),
        ]
    }
}

fn time(value: &Value) -> Option<i64> {
    let time = chrono::DateTime::parse_from_rfc3339(value.as_str()?).unwrap();
    Some(time.timestamp_millis())
}

/// What a plain reader sees at each location, in the order of their queues.
fn seen(recipe: &Recipe) -> Vec<Seen> {
    let (_, files) = made(recipe);
    let text = String::from_utf8(files["archive.jsonl"].clone()).unwrap();
    let planted = recipe.first_day + chrono::Days::new(42);
    let planted = planted.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis();
    let mut called = BTreeSet::new();
    let mut all: BTreeMap<String, Seen> = BTreeMap::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let position = &line["data"]["position"];
        let of = |key: &str| position[key].as_str().unwrap().to_owned();
        let seen = all.entry(of("queue")).or_default();
        let slot = time(&position["booking"]["start"]);
        let created = time(&position["createdAt"]).unwrap();
        // Opening hours lie within the UTC day.
        let at = usize::from(slot.unwrap_or(created) >= planted);
        let id = of("id");
        let kind = line["type"].as_str().unwrap();
        match kind {
            "positionCalled" if slot.is_none() && called.insert(id.clone()) => {
                let waited = time(&position["calledAt"]).unwrap() - created;
                seen.waits[at].push(waited);
            }
            "positionCalled" => {
                called.insert(id.clone());
            }
            "positionCancelled" | "positionCancelledByStaff" => {
                seen.cancelled[at].insert(id.clone());
            }
            "positionRemoved" if called.contains(&id) => {
                seen.no_show[at].insert(id.clone());
            }
            "feedbackReceived" => {
                seen.ratings[at].push(position["feedback"]["rating"].as_i64().unwrap());
            }
            _ => {}
        }
        if kind.starts_with("positionCa") && kind != "positionCalled"
            || ["positionRemoved", "positionFulfilled"].contains(&kind)
        {
            seen.ended[at].insert(id);
        }
    }
    // Queues are numbered as their locations are.
    located(recipe).iter().map(|of| all.remove(&of.queue).unwrap()).collect()
}

#[test]
fn what_is_planted_is_there() {
    let planted = [
        (Measure::NoShow, 2.0, 3, 0.35),
        (Measure::Wait, 1.4, 1, 0.09),
        (Measure::Csat, 0.8, 0, 0.06),
        (Measure::Cancellation, 2.0, 2, 0.25),
    ];
    let changes =
        (1..).zip(planted).map(|(place, (measure, factor, ..))| change(place, measure, factor));
    let recipe = Recipe { changes: changes.collect(), ..recipe() };
    let ratios: Vec<[f64; 4]> = seen(&recipe).iter_mut().map(Seen::ratios).collect();
    for (of, (measure, factor, number, within)) in ratios.iter().zip(planted) {
        println!("{} x {factor}: {of:.3?}", measure.name());
        assert!((of[number] - factor).abs() < within, "{}: {of:?}", measure.name());
        for (other, ratio) in of.iter().enumerate() {
            // What the planted measure does to the others, and chance.
            assert!(other == number || (0.75..1.33).contains(ratio), "{other}: {ratio}");
        }
    }
}

/// The lines of all tickets but those of the location from the day on are the same, in the same order.
#[test]
fn nothing_else_changes() {
    let small = Recipe { tickets: 3_000, ..recipe() };
    let lines = |recipe: &Recipe| -> Vec<String> {
        let (_, files) = made(recipe);
        let text = String::from_utf8(files["archive.jsonl"].clone()).unwrap();
        let queue = &located(recipe)[1].queue;
        let elsewhere = |line: &&str| !line.contains(queue);
        text.lines().filter(elsewhere).map(str::to_owned).collect()
    };
    let usual = lines(&small);
    for measure in Measure::ALL {
        let changes = vec![change(2, *measure, 1.5)];
        assert!(usual == lines(&Recipe { changes, ..small.clone() }), "{}", measure.name());
    }
    assert!(usual != lines(&Recipe { scatter: 1.0, ..small }));
}

#[test]
fn a_seed_decides_every_byte_of_scatter_too() {
    let changes = vec![change(2, Measure::Csat, 1.1)];
    let recipe = Recipe { scatter: 1.0, tickets: 1_000, changes, ..recipe() };
    let files: Files = made(&recipe).1;
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(files, one.install(|| made(&recipe)).1);
    assert_ne!(files, made(&Recipe { seed: 1, ..recipe.clone() }).1);
    assert_ne!(files, made(&Recipe { scatter: 2.0, ..recipe }).1);
}

#[test]
fn what_cannot_be_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let changes = vec![change(2, Measure::Wait, -1.0)];
    for bad in [Recipe { scatter: -1.0, ..recipe() }, Recipe { changes, ..recipe() }] {
        assert!(matches!(write(&bad, folder.path()), Err(SynthError::BadRecipe(_))));
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
