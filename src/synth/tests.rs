//! The same recipe gives the same archive, and it looks like a real one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::*;

/// Names and bytes of all files of a folder.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

fn files(folder: &Path) -> Files {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

pub(super) fn made(recipe: &Recipe) -> (Summary, Files) {
    let folder = tempfile::tempdir().unwrap();
    let summary = write(recipe, folder.path()).unwrap();
    (summary, files(folder.path()))
}

/// The lines of a clean archive in one file.
fn clean(recipe: Recipe) -> (Summary, Vec<Value>) {
    let recipe =
        Recipe { faults: false, one_file: true, compression: Compression::Plain, ..recipe };
    let (summary, files) = made(&recipe);
    let text = String::from_utf8(files["archive.jsonl"].clone()).unwrap();
    assert_eq!(text.lines().count() as u64, summary.records);
    (summary, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn ids(lines: &[Value]) -> BTreeSet<&str> {
    lines.iter().map(|line| line["data"]["position"]["id"].as_str().unwrap()).collect()
}

fn at(value: &Value) -> Option<i64> {
    let time = chrono::DateTime::parse_from_rfc3339(value.as_str()?);
    Some(time.unwrap().timestamp_millis())
}

#[test]
fn a_seed_decides_every_byte() {
    let recipe = Recipe { tickets: 300, ..Recipe::default() };
    let first = made(&recipe);
    assert_eq!(first, made(&recipe));
    assert_ne!(first, made(&Recipe { seed: 1, ..recipe.clone() }));
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(first, one.install(|| made(&recipe)));
}

#[test]
fn a_seed_decides_every_byte_of_every_shape() {
    let small = Recipe { tickets: 120, days: 6, faults: false, ..Recipe::default() };
    let mut shapes = Vec::new();
    for envelope in Envelope::ALL {
        shapes.push(Recipe { envelope: *envelope, ..small.clone() });
    }
    for form in Form::ALL {
        shapes.push(Recipe { form: *form, envelope: Envelope::Batch, ..small.clone() });
    }
    for container in Container::ALL {
        let (pack, compression) = container.parts();
        shapes.push(Recipe { pack, compression, ..small.clone() });
        shapes.push(Recipe { pack, compression, one_file: true, ..small.clone() });
    }
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    for recipe in shapes {
        let (summary, files) = made(&recipe);
        assert_eq!((summary, files), one.install(|| made(&recipe)), "{recipe:?}");
        assert_eq!(summary.tickets, 120);
    }
}

#[test]
fn names_are_those_of_one_kind_only() {
    fn all<T: Copy + PartialEq + std::fmt::Debug>(
        kinds: &[T],
        name: fn(T) -> &'static str,
        named: fn(&str) -> Option<T>,
    ) {
        for kind in kinds {
            let name = name(*kind);
            assert_eq!(named(name), Some(*kind));
            assert!(
                name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            );
        }
        assert_eq!(named("nothing"), None);
    }
    all(Form::ALL, Form::name, Form::named);
    all(Envelope::ALL, Envelope::name, Envelope::named);
    all(Container::ALL, Container::name, Container::named);
}

#[test]
fn clean_lines_are_documented_payloads() {
    let (summary, lines) = clean(Recipe::default());
    assert_eq!((summary.tickets, summary.files), (2_000, 1));
    assert_eq!(ids(&lines).len(), 2_000);
    let mut types = BTreeSet::new();
    for line in &lines {
        let position = &line["data"]["position"];
        types.insert(line["type"].as_str().unwrap());
        for key in ["status", "locale", "type", "queue", "label", "createdAt"] {
            assert!(position[key].is_string(), "{key} in {line}");
        }
        assert!(position["priority"].is_u64() && position.get("location").is_some());
        assert!(line["organization"].is_string());
        let created = at(&position["createdAt"]).unwrap();
        if let Some(start) = at(&position["booking"]["start"]) {
            assert!(created < start && start < at(&position["booking"]["end"]).unwrap(), "{line}");
        }
        for key in ["calledAt", "completedAt", "rejectedAt", "activatedAt"] {
            assert!(at(&position[key]).is_none_or(|at| at >= created), "{key} in {line}");
        }
    }
    for name in [
        "positionCreated",
        "bookingConfirmation",
        "bookingActivated",
        "bookingUpdated",
        "bookingRemoved",
        "positionRemoved",
        "positionRetry",
        "positionCalled",
        "positionFulfilled",
        "positionCompleted",
        "positionCancelled",
        "positionCancelledByStaff",
        "feedbackReceived",
        "positionReassigned",
    ] {
        assert!(types.contains(name), "{name}");
    }
    let shape = |of: fn(&Value) -> bool| lines.iter().any(|line| of(&line["data"]["position"]));
    assert!(shape(|p| p["location"].is_string()));
    assert!(shape(|p| p["location"].is_null()));
    assert!(shape(|p| p["location"]["organizationTitle"].is_string()));
    assert!(shape(|p| p["registrationData"].is_object()));
    assert!(shape(|p| p["registrationData"][1]["type"] == "category"));
    assert!(shape(|p| p["QRCodeCheckInPositionId"].as_str().is_some_and(|t| t.starts_with('{'))));
    assert!(shape(|p| p["retryCount"] == 1));
}

#[test]
fn outcomes_and_ratings_are_as_in_life() {
    let (_, lines) = clean(Recipe { tickets: 12_000, ..Recipe::default() });
    let of = |names: &[&str]| {
        let lines = lines.iter().filter(|line| names.contains(&line["type"].as_str().unwrap()));
        lines.map(|line| line["data"]["position"]["id"].as_str().unwrap()).collect::<BTreeSet<_>>()
    };
    #[expect(clippy::cast_precision_loss, reason = "test")]
    let share = |set: &BTreeSet<&str>, all: usize| set.len() as f64 / all as f64;
    let served = of(&["positionFulfilled"]);
    let near = |share: f64, wanted: f64, name: &str| {
        assert!((share - wanted).abs() < 0.25 * wanted.min(1.0 - wanted), "{name}: {share}");
    };
    near(share(&served, 12_000), 0.80, "served");
    near(share(&of(&["bookingConfirmation"]), 12_000), 0.33, "bookings");
    near(share(&of(&["positionCancelled"]), 12_000), 0.088, "cancelled");
    near(share(&of(&["positionCancelledByStaff"]), 12_000), 0.013, "by staff");
    near(share(&of(&["feedbackReceived"]), served.len()), 0.36, "rated");
    let (mut quick, mut slow) = (Vec::new(), Vec::new());
    for line in lines.iter().filter(|line| line["type"] == "feedbackReceived") {
        let position = &line["data"]["position"];
        let rating = position["feedback"]["rating"].as_i64().unwrap();
        assert!((1..=5).contains(&rating));
        if position["type"] == "anonymous" {
            let wait = at(&position["fulfilledAt"]).unwrap() - at(&position["createdAt"]).unwrap();
            match wait / 60_000 {
                0..5 => quick.push(rating),
                30.. => slow.push(rating),
                _ => {}
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "test")]
    let mean = |ratings: &[i64]| ratings.iter().sum::<i64>() as f64 / ratings.len() as f64;
    assert!(quick.len() > 50 && slow.len() > 10, "{} {}", quick.len(), slow.len());
    assert!(mean(&quick) > mean(&slow) + 0.8, "{} {}", mean(&quick), mean(&slow));
}

#[test]
fn slots_lie_in_opening_hours_of_their_zones() {
    let (_, lines) = clean(Recipe { locations: 14, tickets: 3_000, ..Recipe::default() });
    let zones: BTreeMap<String, crate::calendar::Zone> =
        places::places(14, 2).into_iter().map(|place| (place.queue, place.zone)).collect();
    for line in &lines {
        let position = &line["data"]["position"];
        let zone = zones[position["queue"].as_str().unwrap()];
        if let Some(start) = at(&position["booking"]["start"]) {
            let hour = zone.local(start).unwrap().hour;
            assert!((7..20).contains(&hour), "{hour} in {line}");
        }
    }
}

#[test]
fn switches() {
    let newest = Recipe { tickets: 300, eras: false, ..Recipe::default() };
    let (_, lines) = clean(newest);
    assert!(lines.iter().all(|line| !line["data"]["position"]["location"].is_string()));
    let raw = Recipe {
        tickets: 300,
        organizations: 3,
        envelope: Envelope::None,
        faults: false,
        compression: Compression::Plain,
        ..Recipe::default()
    };
    let (summary, files) = made(&raw);
    assert_eq!(summary.files, files.len() as u64 - 1);
    for organization in ["nordhem/", "riyadh-clinic/", "org-3/"] {
        assert!(files.keys().any(|name| name.starts_with(organization)), "{organization}");
    }
    for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".jsonl")) {
        assert!(
            bytes.split(|b| *b == b'\n').all(|l| l.is_empty()
                || l.starts_with(b"{\"message\"")
                || l.starts_with(b"{\"data\"")),
            "{name}"
        );
    }
}

#[test]
fn padding_and_refusals() {
    for one_file in [true, false] {
        let recipe = Recipe {
            tickets: 200,
            faults: false,
            one_file,
            compression: Compression::Plain,
            line_bytes: Some(1_200),
            ..Recipe::default()
        };
        let (summary, _) = made(&recipe);
        let mean = summary.bytes / summary.records;
        assert!((1_140..1_320).contains(&mean), "{mean}");
    }
    let recipe = Recipe { tickets: 1, ..Recipe::default() };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x"), "").unwrap();
    assert!(matches!(write(&recipe, folder.path()), Err(SynthError::NotEmpty(_))));
    for bad in [
        Recipe { tickets: 0, ..recipe.clone() },
        Recipe { days: 0, ..recipe.clone() },
        Recipe { organizations: 0, ..recipe.clone() },
        Recipe { first_day: NaiveDate::MIN, ..recipe },
    ] {
        assert!(matches!(write(&bad, Path::new("nowhere")), Err(SynthError::BadRecipe(_))));
    }
}
