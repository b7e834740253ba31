//! Runs the steps of a report in pieces, and moves rows between them, as a cluster would.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::path::Path;

use polars::prelude::{BooleanChunked, DataFrame, NewChunkedArray};
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;
use polars_io::parquet::write::ParquetWriter;

use crate::workspace::{AS_OF, Run, Workspace, files};

/// Runs a step that must end well.
pub(crate) fn well(space: &Workspace, args: &[&str]) -> Run {
    let run = space.run(args);
    assert_eq!(run.code, 0, "{args:?}: {}", run.stderr);
    run
}

pub(crate) fn step(space: &Workspace, name: &str, args: &[&str]) -> Run {
    let mut all = vec!["pieces", name, "--work", "work"];
    all.extend(args);
    well(space, &all)
}

pub(crate) fn list(space: &Workspace, input: &str, more: &[&str]) -> u32 {
    let mut args = vec!["pieces", "list", input, "--work", "work", "--as-of", AS_OF];
    args.extend(more);
    let _said = well(space, &args);
    let list = std::fs::read_to_string(space.path("work/list.json")).unwrap();
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    u32::try_from(list["content"]["files"].as_u64().unwrap()).unwrap()
}

pub(crate) fn table(path: &Path) -> DataFrame {
    ParquetReader::new(Cursor::new(std::fs::read(path).unwrap())).finish().unwrap()
}

/// The tables of all folders below one, each row in the table that `choose` gives for it by two columns; written as
/// `to/<number>/t.parquet`.
pub(crate) fn shuffle(
    space: &Workspace,
    from: &str,
    to: &str,
    choose: impl Fn(&str) -> usize,
    columns: &[&str],
) {
    let mut tables: BTreeMap<usize, Vec<DataFrame>> = BTreeMap::new();
    let all = files(&space.path(from));
    for name in all.keys().filter(|name| name.ends_with(".parquet")) {
        let found = table(&space.path(from).join(name));
        let mut keys: Vec<String> = vec![String::new(); found.height()];
        for column in columns {
            let column = found.column(column).unwrap();
            for (at, key) in keys.iter_mut().enumerate() {
                key.push_str(&format!("{}|", column.get(at).unwrap()));
            }
        }
        let chosen: Vec<usize> = keys.iter().map(|key| choose(key)).collect();
        for number in chosen.iter().copied().collect::<BTreeSet<usize>>() {
            let mask: Vec<bool> = chosen.iter().map(|one| *one == number).collect();
            let rows = found.filter(&BooleanChunked::from_slice("m".into(), &mask)).unwrap();
            tables.entry(number).or_default().push(rows);
        }
    }
    for (number, tables) in tables {
        let mut whole = tables[0].clone();
        // The last ones first: no order of rows matters.
        for more in tables[1..].iter().rev() {
            whole = more.vstack(&whole).unwrap();
        }
        whole.rechunk_mut();
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes).finish(&mut whole).unwrap();
        space.write(&format!("{to}/{number}/t.parquet"), bytes);
    }
}
