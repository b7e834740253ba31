//! Faults are rare, of every sort, and leave the rest of the archive as it was.

use std::collections::BTreeSet;
use std::io::Read;

use super::tests::{Files, made};
use super::visit::ODDITIES;
use super::*;

/// Archive files, uncompressed.
fn texts(files: &Files) -> Vec<Vec<u8>> {
    let archives = files.iter().filter(|(name, _)| name.contains(".jsonl"));
    let text = |(name, bytes): (&String, &Vec<u8>)| match name.rsplit('.').next() {
        Some("gz") => {
            let mut text = Vec::new();
            flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut text).unwrap();
            text
        }
        Some("zst") => zstd::decode_all(bytes.as_slice()).unwrap(),
        _ => bytes.clone(),
    };
    archives.map(text).collect()
}

/// All lines of an archive, without byte order marks.
fn lines(files: &Files) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for text in texts(files) {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
        all.extend(text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec));
    }
    all
}

/// Finds the payload wherever an envelope put it.
fn payload(line: &[u8]) -> Option<serde_json::Value> {
    let json: serde_json::Value = serde_json::from_slice(line).ok()?;
    if json.get("data").is_some() {
        return Some(json);
    }
    let inner =
        ["body", "payload", "event", "webhook", "detail"].iter().find_map(|key| json.get(key))?;
    match inner.as_str() {
        Some(text) => serde_json::from_str(text).ok(),
        None => Some(inner.clone()),
    }
}

fn sound(line: &[u8]) -> bool {
    payload(line).is_some_and(|json| {
        json["data"]["position"]["queue"].is_string()
            && json["type"].is_string()
            && json["organization"].is_string()
    })
}

#[test]
fn the_sample_stays_below_the_gate_and_is_small() {
    let (summary, files) = made(&Recipe::default());
    let lines = lines(&files);
    assert_eq!(lines.len() as u64, summary.records);
    let blank = |line: &[u8]| line.trim_ascii().is_empty();
    let broken = lines.iter().filter(|line| !blank(line) && !sound(line)).count();
    assert!(broken >= 10 && broken * 1_000 < 6 * lines.len(), "{broken} of {}", lines.len());
    assert!(lines.iter().any(|line| blank(line)));
    assert!(lines.iter().any(|line| line.ends_with(b"}\r\n")));
    assert!(texts(&files).iter().any(|text| text.starts_with(b"\xef\xbb\xbf{")));
    let size: usize = files.values().map(Vec::len).sum();
    assert!(size < 2_000_000, "{size}");
    for suffix in [".jsonl", ".gz", ".zst"] {
        assert!(files.keys().any(|name| name.ends_with(suffix)), "{suffix}");
    }
}

#[test]
fn lines_come_again_in_their_file_and_in_others() {
    let recipe =
        Recipe { compression: Compression::Plain, envelope: Envelope::None, ..Recipe::default() };
    let (_, files) = made(&recipe);
    let (mut within, mut across) = (0, 0);
    let mut everywhere = BTreeSet::new();
    for (name, bytes) in &files {
        if !name.ends_with(".jsonl") {
            continue;
        }
        let mut here = BTreeSet::new();
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| line.len() > 200) {
            within += usize::from(!here.insert(line.to_vec()));
        }
        across += here.iter().filter(|line| everywhere.contains(*line)).count();
        everywhere.extend(here);
    }
    assert!(within > 20 && across > 3, "{within} {across}");
}

#[test]
fn a_big_archive_has_every_sort_of_fault_and_one_line_too_long() {
    let recipe = Recipe { tickets: 10_000, compression: Compression::Plain, ..Recipe::default() };
    let (_, files) = made(&recipe);
    let lines = lines(&files);
    assert_eq!(lines.iter().filter(|line| line.len() > 1 << 20).count(), 1);
    let any = |what: &str| {
        let what = what.as_bytes();
        lines.iter().any(|line| line.windows(what.len()).any(|part| part == what))
    };
    for what in [
        "GET /health",
        "[1,2,3]",
        "\"id\":\"\"",
        "\"id\":\"7\",\"id\":\"8\"",
        "\"position\":null",
        "\"yesterday\"",
        "000000+01:00\"",
        "0001-01-01T",
        "1900-01-01T",
        "2099-01-01T",
        "\"floating\"",
        "\"rating\":\"",
        "\"rating\":\"good\"",
        "\"rating\":0",
        "\"rating\":6",
        "\"rating\":null",
        ".0,\"message\"",
    ] {
        assert!(any(what), "{what}");
    }
    assert!(lines.iter().any(|line| std::str::from_utf8(line).is_err()));
    let torn = |line: &Vec<u8>| line.starts_with(b"{") && !line.trim_ascii_end().ends_with(b"}");
    assert!(lines.iter().any(torn));
}

#[test]
fn odd_values_stand_beside_no_second_key() {
    let recipe = Recipe {
        tickets: 5_000,
        one_file: true,
        compression: Compression::Plain,
        ..Recipe::default()
    };
    let (_, files) = made(&recipe);
    let text = String::from_utf8(files["archive.jsonl"].clone()).unwrap();
    assert!(ODDITIES.len() < 255);
    for line in text.lines() {
        assert!(sound(line.as_bytes()), "{line}");
        for key in ["createdAt", "fulfilledAt", "activatedAt", "rejectedAt", "calledAt", "leaveAt"]
        {
            assert!(line.matches(&format!("\"{key}\":")).count() <= 1, "{key} in {line}");
        }
    }
}
