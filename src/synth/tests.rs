//! The same recipe gives the same archive, and it looks like a real one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::*;

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
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

fn made(recipe: &Recipe) -> (Summary, BTreeMap<String, Vec<u8>>) {
    let folder = tempfile::tempdir().unwrap();
    let summary = write(recipe, folder.path()).unwrap();
    (summary, files(folder.path()))
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
fn clean_lines_are_documented_payloads() {
    let recipe = Recipe {
        faults: false,
        one_file: true,
        compression: Compression::Plain,
        ..Recipe::default()
    };
    let (summary, files) = made(&recipe);
    assert_eq!((summary.tickets, summary.files), (2_000, 1));
    let text = String::from_utf8(files["archive.jsonl"].clone()).unwrap();
    assert_eq!(text.lines().count() as u64, summary.lines);
    let (mut ids, mut types) = (BTreeSet::new(), BTreeSet::new());
    let (mut quick, mut slow) = (Vec::new(), Vec::new());
    for line in text.lines() {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        let position = &json["data"]["position"];
        ids.insert(position["id"].as_str().unwrap().to_owned());
        types.insert(json["type"].as_str().unwrap().to_owned());
        assert!(position["createdAt"].is_string() && position["queue"].is_string());
        if let (Some(rating), Some(entered), Some(done)) = (
            position["feedback"]["rating"].as_i64(),
            position["createdAt"].as_str().filter(|_| position["type"] == "anonymous"),
            position["fulfilledAt"].as_str(),
        ) {
            let at = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp();
            let minutes = (at(done) - at(entered)) / 60;
            if minutes < 5 {
                quick.push(rating);
            } else if minutes > 20 {
                slow.push(rating);
            }
        }
    }
    assert_eq!(ids.len(), 2_000);
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
    #[expect(clippy::cast_precision_loss, reason = "test")]
    let mean = |ratings: &[i64]| ratings.iter().sum::<i64>() as f64 / ratings.len() as f64;
    assert!(mean(&quick) > mean(&slow) + 0.4, "{} {}", mean(&quick), mean(&slow));
}

#[test]
fn padding_and_refusals() {
    let recipe = Recipe {
        tickets: 50,
        faults: false,
        one_file: true,
        compression: Compression::Plain,
        line_bytes: Some(1_000),
        ..Recipe::default()
    };
    let (summary, _) = made(&recipe);
    let mean = summary.bytes / summary.lines;
    assert!((950..1_150).contains(&mean), "{mean}");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x"), "").unwrap();
    assert!(matches!(write(&recipe, folder.path()), Err(SynthError::NotEmpty(_))));
    assert!(matches!(
        write(&Recipe { tickets: 0, ..recipe }, Path::new("nowhere")),
        Err(SynthError::BadRecipe(_))
    ));
}
