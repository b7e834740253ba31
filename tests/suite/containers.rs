//! Archives in containers and compressions: read like loose files, and everything else is named.

use std::fs;
use std::io::{Cursor, Write};
use std::time::{Duration, SystemTime};

use crate::workspace::{Run, Workspace, files, hook};

const AS_OF: &str = "2021-06-01T00:00:00Z";
const CONFIG: &str = "[gates]\nsilent_days = 0\n[nightly]\narchive = [\"archive\"]\nout = \"site\"\n[[nightly.report]]\nname = \"all\"\nall = true\n";

/// Three days, one file each.
fn days() -> Vec<(String, Vec<u8>)> {
    let day = |day: u32| {
        let lines: String = (0..5)
            .map(|n| {
                let at = format!("\"location\":\"A\",\"createdAt\":\"2021-03-0{day}T09:0{n}:00Z\"");
                hook("o", "positionCreated", &format!("{day}-{n}"), &at)
            })
            .collect();
        (format!("hooks/2021-03-0{day}.jsonl"), lines.into_bytes())
    };
    (1..4).map(day).collect()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    to.write_all(bytes).unwrap();
    to.finish().unwrap()
}

fn tar_of(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, text) in files {
        let mut head = tar::Header::new_ustar();
        head.set_size(text.len() as u64);
        tar.append_data(&mut head, name, text.as_slice()).unwrap();
    }
    tar.into_inner().unwrap()
}

fn zip_of(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated);
        to.start_file(name.as_str(), options).unwrap();
        to.write_all(text).unwrap();
    }
    to.finish().unwrap().into_inner()
}

/// Replaces the archive; the files look as old as they say.
fn put(space: &Workspace, held: &[(&str, &[u8])]) {
    let folder = space.path("archive");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    for (name, bytes) in held {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_615_000_000);
        fs::File::options().write(true).open(&path).unwrap().set_modified(then).unwrap();
    }
}

fn check(space: &Workspace) -> (Run, serde_json::Value) {
    let run = space.run(&["check", "archive", "--json", "--as-of", AS_OF]);
    let value = serde_json::from_str(&run.stdout).unwrap_or_default();
    (run, value)
}

#[test]
fn every_container_reads_like_loose_files() {
    let space = Workspace::new();
    let (tar, zip) = (tar_of(&days()), zip_of(&days()));
    for (name, bytes) in
        [("a.tar", tar.clone()), ("a.tgz", gz(&tar)), ("b", gz(&gz(&tar))), ("c.zip", zip)]
    {
        put(&space, &[(name, &bytes)]);
        let (run, account) = check(&space);
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        assert_eq!(account["tickets"], 15, "{name}");
        let first = account["files"][0]["path"].as_str().unwrap();
        assert_eq!(first, format!("{name}!/hooks/2021-03-01.jsonl"));
    }
}

#[test]
fn what_is_skipped_is_named_and_can_be_excluded() {
    let space = Workspace::new();
    let day = days().remove(0).1;
    let held: &[(&str, &[u8])] = &[
        ("a.jsonl", &day),
        ("logo.png", b"\x89PNG\r\n"),
        ("x.parquet", b"PAR1\x15\x04\x00"),
        ("_SUCCESS", b""),
        (".a.jsonl.crc", b"crc\0"),
        ("a.jsonl.md5", b"0123  a.jsonl\n"),
    ];
    put(&space, held);
    let (run, account) = check(&space);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("2 files skipped: 1 PNG, 1 Parquet"), "{}", run.stderr);
    assert_eq!(account["skipped"].as_array().unwrap().len(), 5);
    space.write("queuestat.toml", "[archive]\nexclude = [\"*.png\", \"x.*\"]\n");
    assert_eq!(check(&space).0.code, 0);
    put(&space, &[("x.parquet", b"PAR1\x15\x04\x00")]);
    space.write("queuestat.toml", "");
    let (run, _) = check(&space);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("Parquet") && run.stderr.contains("DuckDB"), "{}", run.stderr);
}

#[test]
fn a_container_that_is_repacked_counts_nothing_twice() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    let days = days();
    let (tar, zip) = (tar_of(&days), zip_of(&days));
    let loose: Vec<(&str, &[u8])> =
        days.iter().map(|(name, text)| (name.as_str(), text.as_slice())).collect();
    let mut first = None;
    let packed = gz(&tar);
    let steps: [&[(&str, &[u8])]; 6] = [
        &loose,
        &[("2021-03.tar.gz", &packed)],
        &[("2021-03.tar.gz", &packed)],
        &[("old.tar", &tar)],
        &[("2021-03.zip", &zip)],
        &loose,
    ];
    for (step, held) in steps.into_iter().enumerate() {
        put(&space, held);
        let run = space.run(&["nightly", "--as-of", AS_OF]);
        assert_eq!(run.code, 0, "step {step}: {}", run.stderr);
        let mut csv = files(&space.path("site/current"));
        csv.retain(|name, _| {
            name.ends_with(".csv")
                && !name.ends_with("files.csv")
                && !name.ends_with("data_quality.csv")
        });
        let first = first.get_or_insert_with(|| csv.clone());
        assert_eq!(first, &csv, "step {step}");
        if step == 2 {
            assert!(run.stderr.contains("3 unchanged"), "{}", run.stderr);
        }
    }
}

#[test]
fn a_night_tells_once_of_what_it_skips() {
    let space = Workspace::new();
    space.write("queuestat.toml", CONFIG);
    let day = days().remove(0).1;
    put(&space, &[("a.jsonl", &day), ("logo.png", b"\x89PNG\r\n")]);
    for expected in [3, 0] {
        let run = space.run(&["nightly", "--as-of", AS_OF]);
        assert_eq!(run.code, expected, "{}", run.stderr);
    }
}
