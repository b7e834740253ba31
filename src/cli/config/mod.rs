//! `queuestat.toml`: names, zones, targets and thresholds. Unknown keys are errors.

mod archive;
mod csv;
mod editor;
mod gates;
mod keys;
mod nightly;
mod place;
mod zones;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::de::DeTable;

use super::day::Day;
use super::failure::{Exit, Failure};
use super::ratings::Ratings;
use crate::report::text::logged;

pub(crate) use archive::Archive;
pub(crate) use csv::Csv;
pub(crate) use gates::{Gates, Wait};
pub(crate) use nightly::{Nightly, ReportWindow};
pub(crate) use place::{Organization, Place, organizations, refuse_empty_name, target_ms};
pub(crate) use zones::{TimeZone, day_start};

/// The file as written.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    pub(crate) time_zone: Option<TimeZone>,
    /// Time at which days begin.
    pub(crate) day_starts_at: Option<String>,
    pub(crate) target_minutes: Option<f64>,
    /// English name of the weekday on which weeks begin.
    pub(crate) week_starts_on: Option<String>,
    /// Whether each chart is written as PNG too.
    pub(crate) png: bool,
    /// Whether each table is written as Parquet too.
    pub(crate) parquet: bool,
    /// Whether the tables are written as a workbook too.
    pub(crate) xlsx: bool,
    /// Fonts for scripts that those of the program do not cover.
    pub(crate) png_fonts: Vec<PathBuf>,
    pub(crate) wait: Wait,
    pub(crate) archive: Archive,
    pub(crate) csv: Csv,
    pub(crate) gates: Gates,
    pub(crate) ratings: Ratings,
    pub(crate) locations: BTreeMap<String, Place>,
    pub(crate) queues: BTreeMap<String, Place>,
    pub(crate) organizations: BTreeMap<String, Organization>,
    /// Days on which everything is closed.
    pub(crate) closed: Vec<Day>,
    pub(crate) nightly: Option<Nightly>,
}

/// Name of the file that is looked for.
const NAME: &str = "queuestat.toml";

impl Config {
    /// The configuration that applies, and where it was found.
    ///
    /// A file that is named must exist; otherwise the one in the single input folder or in the current folder, if
    /// there is one.
    pub(crate) fn find(
        named: Option<&Path>,
        inputs: &[PathBuf],
    ) -> Result<(Self, Option<PathBuf>), Failure> {
        if let Some(path) = named {
            return Ok((Self::read(path)?, Some(path.to_owned())));
        }
        match Self::beside(inputs) {
            Some(path) => Ok((Self::read(&path)?, Some(path))),
            None => Ok((Self::default(), None)),
        }
    }

    /// The file in the single input folder or in the current folder, if there is one.
    pub(crate) fn beside(inputs: &[PathBuf]) -> Option<PathBuf> {
        let beside = match inputs {
            [only] if only.is_dir() => Some(only.join(NAME)),
            _ => None,
        };
        beside.into_iter().chain([PathBuf::from(NAME)]).find(|path| path.is_file())
    }

    fn read(path: &Path) -> Result<Self, Failure> {
        Self::parse(&Self::text(path)?, &path.display().to_string())
    }

    /// The text of a configuration.
    pub(crate) fn text(path: &Path) -> Result<String, Failure> {
        let bytes = std::fs::read(path).map_err(|error| {
            let message = format!("cannot read the configuration `{}`", path.display());
            if error.kind() == std::io::ErrorKind::NotFound {
                return Failure::new(Exit::Usage, format!("{message}: {error}")).hint(
                    "name the file with --config, or write one with `queuestat init ARCHIVE`",
                );
            }
            Failure::io(message, &error)
        })?;
        editor::text(bytes, &path.display().to_string())
    }

    /// Parses a configuration; `name` is printed before line numbers.
    pub(crate) fn parse(text: &str, name: &str) -> Result<Self, Failure> {
        let bad = |offset: usize, message: String| {
            let line = 1 + text.bytes().take(offset).filter(|c| *c == b'\n').count();
            Failure::new(Exit::Usage, format!("{name}:{line}: {message}"))
        };
        let at = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
        let table = DeTable::parse(text).map_err(|error| {
            let failure = bad(at(&error), error.message().to_owned());
            match editor::advice(text, at(&error)) {
                Some(advice) => failure.hint(advice),
                None => failure,
            }
        })?;
        if let Some((offset, message)) = editor::path_with_escapes(text, table.get_ref()) {
            return Err(bad(offset, message).hint(editor::BACKSLASHES));
        }
        for (table, known) in keys::tables(table.get_ref()) {
            for key in table.keys() {
                let written: &str = key.get_ref();
                if known.contains(&written) {
                    continue;
                }
                let failure = bad(key.span().start, format!("unknown key `{}`", logged(written)));
                if keys::is_plain(written) {
                    return Err(failure.hint(format!(
                        "`{written}` holds for everything: write it at the top of the file, before the first `[section]`"
                    )));
                }
                let near = known
                    .iter()
                    .min_by_key(|candidate| strsim::damerau_levenshtein(candidate, written));
                return Err(match near {
                    Some(near) => failure
                        .hint(format!("did you mean `{near}`? Known here: {}", known.join(", "))),
                    None => failure,
                });
            }
        }
        toml::from_str(text).map_err(|error| bad(at(&error), error.message().to_owned()))
    }
}

#[cfg(test)]
mod laws_tests;
#[cfg(test)]
mod tests;
