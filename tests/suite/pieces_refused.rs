//! Pieces of another version, of another archive, and missing ones are refused, and the message names them.

use std::collections::BTreeMap;

use polars::prelude::{BooleanChunked, DataFrame, IntoColumn, NamedFrom, NewChunkedArray, Series};
use polars_io::parquet::write::ParquetWriter;

use crate::pieces_steps::{list, shuffle, step, table};
use crate::workspace::{Workspace, hook};

/// Three tickets of two places in two files.
fn small(space: &Workspace) {
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    for (file, id, place) in [("a", "one", "Pier"), ("b", "two", "Quay"), ("b", "three", "Pier")] {
        let position = format!("\"location\":\"{place}\",\"createdAt\":\"2021-03-01T09:00:00Z\"");
        let line = hook("acme", "positionCreated", id, &position);
        files.entry(file).or_default().push_str(&(line + "\n"));
    }
    for (file, lines) in files {
        space.write(&format!("in/{file}.jsonl"), lines);
    }
    assert_eq!(list(space, "in", &["--parts", "5"]), 2);
}

fn refused(space: &Workspace, args: &[&str], words: &str) {
    let mut all = vec!["pieces", args[0], "--work", "work"];
    all.extend(&args[1..]);
    let run = space.run(&all);
    assert_eq!(run.code, 4, "{args:?}: {}", run.stderr);
    assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
}

/// What is named and is not there is no trouble of the system: the message says what there is, or what to name.
#[test]
fn files_and_pieces_that_are_not_there_are_named() {
    let space = Workspace::new();
    small(&space);
    for (args, said) in [
        (
            &["fold", "--work", "work", "--files", "0-9", "--out", "f"][..],
            "`0-9` goes past the end of the list, which has 2 files",
        ),
        (&["join", "--work", "work", "--out", "j", "parts/0"], "`work/names.json` is not there"),
        (&["names", "--work", "work", "folds"], "`folds` is not there"),
    ] {
        let run = space.run(&[&["pieces"], args].concat());
        assert!(run.code == 2 && run.stderr.contains(said), "{args:?}: {}", run.stderr);
    }
    assert!(!space.path("f").exists() && !space.path("j").exists());
}

#[test]
fn pieces_of_other_versions_and_archives_and_missing_ones_are_refused() {
    let space = Workspace::new();
    small(&space);
    let _said = step(&space, "fold", &["--files", "0", "--out", "folds/0"]);
    refused(
        &space,
        &["names", "folds"],
        "1 file of the list is in no fold, the first with the number 1",
    );
    let _said = step(&space, "fold", &["--files", "1", "--out", "folds/1"]);
    let _said = step(&space, "names", &["folds"]);
    // Rows that were lost on the way.
    let _said = step(&space, "join", &["folds/0", "--out", "some/0"]);
    refused(&space, &["places", "some"], "bring all rows of a part to one join");
    let _said = step(&space, "join", &["folds", "--out", "joins/0"]);
    let _said = step(&space, "places", &["joins"]);
    shuffle(&space, "joins", "places", |place| usize::from(place.contains("Quay")), &["place"]);
    let _said = step(&space, "tabulate", &["places/0", "--out", "tables/0"]);
    refused(
        &space,
        &["publish", "tables", "--out", "two"],
        "1 location is in no table, the first `Quay`",
    );
    assert!(!space.path("two").exists());
    // Another version.
    let piece = std::fs::read_to_string(space.path("folds/0/piece.json")).unwrap();
    space.write("other/piece.json", piece.replace("\"format\":1,", "\"format\":2,"));
    refused(&space, &["names", "other"], "`other/piece.json` cannot be used: it has format 2");
    space.write("other/piece.json", "{\"form");
    refused(&space, &["names", "other"], "`other/piece.json` cannot be used: it is damaged");
    refused(&space, &["places", "folds"], "it is a piece of `fold`, and one of `join` is needed");
    // A file that says something else now.
    space.write("in/a.jsonl", "");
    let _said = step(&space, "fold", &["--files", "0", "--out", "folds/again"]);
    refused(
        &space,
        &["names", "folds"],
        "says something else of the file `a.jsonl` than another piece does",
    );
    // Another list.
    assert_eq!(list(&space, "in", &["--parts", "4"]), 1);
    refused(&space, &["names", "folds/1"], "another `list.json`");
    refused(&space, &["join", "folds", "--out", "x"], "names.json` cannot be used");
}

#[test]
fn rows_of_another_version_and_half_a_place_are_refused() {
    let space = Workspace::new();
    small(&space);
    let _said = step(&space, "fold", &["--out", "folds/0"]);
    let _said = step(&space, "names", &["folds"]);
    let _said = step(&space, "join", &["folds", "--out", "joins/0"]);
    let _said = step(&space, "places", &["joins"]);
    let found = table(&space.path("joins/0/tickets.parquet"));
    let write = |name: &str, mut rows: DataFrame| {
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes).finish(&mut rows).unwrap();
        space.write(name, bytes);
    };
    let mut other = found.clone();
    let two = Series::new("format".into(), vec![2_i64; found.height()]);
    other.with_column(two.into_column()).unwrap();
    write("new/t.parquet", other);
    refused(
        &space,
        &["tabulate", "new", "--out", "t"],
        "`new/t.parquet` cannot be used: it has format 2",
    );
    write("lacks/t.parquet", found.drop("place").unwrap());
    refused(&space, &["tabulate", "lacks", "--out", "t"], "`lacks/t.parquet` cannot be used");
    // The rows of a fold are not those of a join.
    refused(&space, &["tabulate", "folds", "--out", "t"], "cannot be used");
    let places = found.column("place").unwrap().str().unwrap().clone();
    let pier: Vec<bool> = places.iter().map(|place| place == Some("Pier")).collect();
    let pier = found.filter(&BooleanChunked::from_slice("m".into(), &pier)).unwrap();
    assert_eq!((found.height(), pier.height()), (3, 2));
    write("half/t.parquet", pier.head(Some(1)));
    refused(
        &space,
        &["tabulate", "half", "--out", "t"],
        "the location `Pier` has 2 tickets, and 1 of them came",
    );
    // Nothing of some places is no harm, as long as others bring it.
    write("none/t.parquet", found.head(Some(0)));
    let _said = step(&space, "tabulate", &["none", "--out", "tables/none"]);
    let _said = step(&space, "tabulate", &["joins", "--out", "tables/0"]);
    let run = space.run(&["pieces", "publish", "--work", "work", "tables", "--out", "two"]);
    assert!([0, 3].contains(&run.code), "{}", run.stderr);
}
