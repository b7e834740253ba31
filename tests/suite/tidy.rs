//! The house rules that a compiler does not know: who may import whom, and what a file looks like.

use std::path::{Path, PathBuf};

use crate::workspace::root;

/// The floors, lowest first, and what each may name besides itself. Mirrors the table in CONTRIBUTING.md.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("calendar", &[]),
    ("statistics", &[]),
    ("disk", &[]),
    ("cloud", &[]),
    ("archive", &["cloud", "calendar"]),
    ("webhook", &["calendar"]),
    ("ticket", &["webhook", "calendar"]),
    ("ingest", &["archive", "webhook", "ticket", "calendar"]),
    ("store", &["disk", "calendar"]),
    ("dataframe", &["ticket", "calendar"]),
    ("metric", &["dataframe", "ticket", "statistics", "calendar"]),
    ("partial", &["metric", "dataframe", "ingest", "ticket", "webhook", "archive", "calendar"]),
    (
        "night",
        &[
            "archive",
            "webhook",
            "ticket",
            "ingest",
            "store",
            "dataframe",
            "metric",
            "partial",
            "calendar",
        ],
    ),
    ("report", &["metric", "dataframe", "statistics", "calendar", "disk"]),
    ("synth", &["calendar"]),
    (
        "job",
        &[
            "archive",
            "webhook",
            "ticket",
            "ingest",
            "store",
            "night",
            "partial",
            "dataframe",
            "metric",
            "report",
            "statistics",
            "calendar",
            "disk",
        ],
    ),
    (
        "cli",
        &[
            "cloud",
            "archive",
            "webhook",
            "ticket",
            "ingest",
            "store",
            "night",
            "partial",
            "dataframe",
            "metric",
            "report",
            "job",
            "synth",
            "statistics",
            "calendar",
            "disk",
        ],
    ),
];

/// Outside crates that live on some floors only.
const LIVES_IN: &[(&str, &[&str])] = &[
    ("polars", &["dataframe", "metric", "partial", "night", "report"]),
    ("polars_io", &["partial", "night", "report"]),
    ("plotters", &["report"]),
    ("resvg", &["report"]),
    ("maud", &["report"]),
    ("rust_xlsxwriter", &["report"]),
    ("serde_json", &["webhook", "partial", "night", "job", "cli"]),
    ("postcard", &["partial", "night"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("toml", &["cli"]),
    ("signal_hook", &["cli"]),
    ("object_store", &["cloud"]),
    ("tokio", &["cloud"]),
    ("crc_fast", &["cloud"]),
    ("flate2", &["archive", "synth"]),
    ("blake3", &["archive", "store"]),
    ("zstd", &["archive", "synth"]),
    ("bzip2", &["archive", "synth"]),
    ("lzma_rust2", &["archive", "synth"]),
    ("lz4_flex", &["archive", "synth"]),
    ("tar", &["archive", "synth"]),
    ("zip", &["archive", "synth"]),
];

const LONGEST: usize = 400;

pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Floor of a source file.
fn floor(file: &Path) -> String {
    let below = file.strip_prefix(root().join("src")).unwrap();
    let first = below.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The source without comments and without its tests.
fn code(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

pub(crate) fn is_test_file(file: &Path) -> bool {
    let name = file.file_name().unwrap().to_string_lossy();
    name == "tests.rs" || name.ends_with("_tests.rs") || name == "fixture.rs"
}

#[test]
fn imports_point_down() {
    for file in rust_files(&root().join("src")) {
        let floor = floor(&file);
        if matches!(floor.as_str(), "main" | "lib") || is_test_file(&file) {
            continue;
        }
        let (_, allowed) = MAY_IMPORT
            .iter()
            .find(|(name, _)| *name == floor)
            .unwrap_or_else(|| panic!("{}: `{floor}` is on no floor", file.display()));
        for target in code(&file).split("crate::").skip(1) {
            let target: String =
                target.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            assert!(
                target == floor || allowed.contains(&target.as_str()),
                "{}: may not use `crate::{target}`; see CONTRIBUTING.md, the house",
                file.display()
            );
        }
    }
}

#[test]
fn outside_crates_stay_on_their_floors() {
    for file in rust_files(&root().join("src")) {
        if is_test_file(&file) {
            continue;
        }
        let (floor, code) = (floor(&file), code(&file));
        for (name, floors) in LIVES_IN {
            assert!(
                !code.contains(&format!("{name}::")) || floors.contains(&floor.as_str()),
                "{}: `{name}` lives in {floors:?} only",
                file.display()
            );
        }
    }
}

#[test]
fn files_open_with_what_they_own_and_stay_short() {
    for file in rust_files(&root().join("src")).into_iter().chain(rust_files(&root().join("tests")))
    {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//! "), "{}: opens with `//!`", file.display());
        let lines = text.lines().count();
        assert!(lines <= LONGEST, "{}: {lines} lines; split it", file.display());
    }
}

#[test]
fn every_suite_file_runs() {
    let main = std::fs::read_to_string(root().join("tests/suite/main.rs")).unwrap();
    for file in rust_files(&root().join("tests/suite")) {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        assert!(
            name == "main" || main.contains(&format!("mod {name};")),
            "{name} is not in main.rs"
        );
    }
}

#[test]
fn the_house_has_every_floor() {
    let house = std::fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    for (floor, _) in MAY_IMPORT {
        assert!(
            house.contains(&format!("`{floor}`")),
            "CONTRIBUTING.md, the house: `{floor}` is missing"
        );
    }
}
