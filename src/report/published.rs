//! Reads the tables of a report that was published.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::publish::MANIFEST;

/// Whether a folder holds what `report` published.
#[must_use]
pub fn is_report(folder: &Path) -> bool {
    folder.join(MANIFEST).is_file()
}

/// The CSV files below the folder of a report, by path; what is no UTF-8 is replaced.
///
/// # Errors
/// A file or folder that cannot be read, and the system's error.
pub fn tables_of(folder: &Path) -> Result<BTreeMap<String, String>, (PathBuf, io::Error)> {
    let mut tables = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| (folder.to_owned(), error.into()))?;
        let path = entry.path();
        if entry.file_type().is_file() && path.extension().is_some_and(|end| end == "csv") {
            let bytes = std::fs::read(path).map_err(|error| (path.to_owned(), error))?;
            let name = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned();
            tables.insert(name, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    Ok(tables)
}
