//! Reads the tables of a report that was published.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::publish::MANIFEST;

/// Whether a folder holds what `report` published, or one of the reports that a night published together.
#[must_use]
pub fn is_report(folder: &Path) -> bool {
    folder.join(MANIFEST).is_file() || is_part(folder)
}

/// Whether a folder is one of the reports of a site: the manifest stands above, the tables in the folders of organizations below.
fn is_part(folder: &Path) -> bool {
    // Made whole first: `..` and links have no folder above them in their name.
    let whole = folder.canonicalize().ok();
    let is_below = whole.and_then(|whole| Some(whole.parent()?.join(MANIFEST).is_file()));
    let has_tables = |folder: PathBuf| folder.join(TOTALS).is_file();
    is_below == Some(true)
        && std::fs::read_dir(folder)
            .is_ok_and(|entries| entries.flatten().any(|entry| has_tables(entry.path())))
}

/// A table that every organization of a report has.
const TOTALS: &str = "totals.csv";

/// Files below the folder of a report, by path: the CSV files, and the files that describe them. What is no UTF-8 is replaced.
#[derive(Debug, Default)]
pub struct Published {
    /// The CSV files.
    pub tables: BTreeMap<String, String>,
    /// What describes those of each folder; reports of early versions have none.
    pub schemas: BTreeMap<String, String>,
}

/// The tables of a report; `schema` is the name of the files that describe them.
///
/// # Errors
/// A file or folder that cannot be read, and the system's error.
pub fn tables_of(folder: &Path, schema: &str) -> Result<Published, (PathBuf, io::Error)> {
    let mut published = Published::default();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| (folder.to_owned(), error.into()))?;
        let path = entry.path();
        let is_table = path.extension().is_some_and(|end| end == "csv");
        let is_schema = path.file_name().is_some_and(|name| name == schema);
        if entry.file_type().is_file() && (is_table || is_schema) {
            let bytes = std::fs::read(path).map_err(|error| (path.to_owned(), error))?;
            let name = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned();
            let to = if is_table { &mut published.tables } else { &mut published.schemas };
            to.insert(name, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    Ok(published)
}
