//! `queuestat.toml`: names, zones, targets and thresholds. Unknown keys are errors.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate};
use serde::Deserialize;
use toml::de::{DeTable, DeValue};

use crate::calendar::Zone;
use crate::ticket::Entry;

use super::day::Day;
use super::failure::{Exit, Failure};
use super::ratings::{RATINGS, Ratings};

/// The file as written.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    pub(crate) time_zone: Option<String>,
    pub(crate) target_minutes: Option<f64>,
    pub(crate) wait: Wait,
    pub(crate) archive: Archive,
    pub(crate) gates: Gates,
    pub(crate) ratings: Ratings,
    pub(crate) locations: BTreeMap<String, Place>,
    pub(crate) queues: BTreeMap<String, Place>,
    pub(crate) organizations: BTreeMap<String, Organization>,
    /// Days on which everything is closed.
    pub(crate) closed: Vec<Day>,
    pub(crate) nightly: Option<Nightly>,
}

/// `[nightly]`. Paths are relative to the folder of the file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nightly {
    /// Files, folders and patterns to read.
    pub(crate) archive: Vec<PathBuf>,
    /// Where the state is kept.
    pub(crate) state_dir: Option<PathBuf>,
    /// Where the reports are published.
    pub(crate) out: PathBuf,
    /// How many generations of the state and of the site are kept.
    pub(crate) keep: Option<usize>,
    /// A program and its arguments, run after every night that does not end with exit code 0.
    pub(crate) on_trouble: Option<Vec<String>>,
    /// The reports.
    #[serde(default)]
    pub(crate) report: Vec<ReportWindow>,
}

/// `[[nightly.report]]`: one of `days`, `month_to_date` and `all`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportWindow {
    /// Name of its folder.
    pub(crate) name: String,
    /// The last so many whole days before the run.
    pub(crate) days: Option<u32>,
    /// The month of the day before the run, up to that day.
    #[serde(default)]
    pub(crate) month_to_date: bool,
    /// Everything.
    #[serde(default)]
    pub(crate) all: bool,
}

/// `[wait]`.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Wait {
    /// `check-in` or `call`.
    pub(crate) ends_at: Option<String>,
    /// Longer waits are left out, hours.
    pub(crate) max_hours: Option<f64>,
    /// Waits and services that a burst ended are not used.
    pub(crate) leave_out_bursts: bool,
}

/// `[archive]`.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Archive {
    pub(crate) payload_pointer: Option<String>,
    pub(crate) received_at_pointer: Option<String>,
    /// Earlier times count as missing.
    pub(crate) earliest: Option<Earliest>,
    /// Patterns of files to skip inside folders.
    pub(crate) exclude: Vec<String>,
    /// A file changed less than this before the run may still be being written.
    pub(crate) settle_minutes: Option<f64>,
    /// `reject` or `ignore`: what to do with records without a webhook.
    pub(crate) other_records: Option<String>,
}

/// A day or an instant, with or without quotes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Earliest {
    Text(String),
    Date(toml::value::Datetime),
}

impl Earliest {
    /// The instant, UTC milliseconds; a day begins in UTC. It must not lie before 1970 or after the run.
    pub(crate) fn instant(&self, as_of: i64) -> Result<i64, Failure> {
        let text = match self {
            Self::Text(text) => text.clone(),
            Self::Date(date) => date.to_string(),
        };
        let day = text.parse::<NaiveDate>().ok().and_then(|day| Zone::UTC.start_of(day));
        let instant = || DateTime::parse_from_rfc3339(&text).ok().map(|at| at.timestamp_millis());
        let Some(at) = day.or_else(instant) else {
            let text = crate::report::text::logged(&text);
            return Err(Failure::new(
                Exit::Usage,
                format!("`archive.earliest` is no day and no instant: `{text}`"),
            )
            .hint("use a day, such as 2010-01-01, or RFC 3339 with a zone"));
        };
        if !(0..=as_of).contains(&at) {
            return Err(Failure::new(
                Exit::Usage,
                "`archive.earliest` must lie between 1970-01-01 and the instant of the run",
            ));
        }
        Ok(at)
    }
}

/// `[gates]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Gates {
    /// A larger share of rejected records is published with exit code 3.
    pub(crate) warn_share: f64,
    /// A larger share is not published.
    pub(crate) refuse_share: f64,
    /// A day that has fallen by a larger share against the same weekday is not published by a nightly run.
    pub(crate) refuse_fall: f64,
    /// An organization without anything new for so many open days ends a nightly run with exit code 3; 0 = never.
    pub(crate) silent_days: u32,
    /// The same as `closed` at the top level.
    pub(crate) closed: Vec<Day>,
}

impl Default for Gates {
    fn default() -> Self {
        Self {
            warn_share: 0.01,
            refuse_share: 0.20,
            refuse_fall: 0.80,
            silent_days: 3,
            closed: Vec::new(),
        }
    }
}

/// `[locations."name"]` or `[queues."id"]`.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Place {
    pub(crate) name: Option<String>,
    pub(crate) time_zone: Option<String>,
    pub(crate) target_minutes: Option<f64>,
    /// Days on which it is closed.
    pub(crate) closed: Vec<Day>,
}

/// `[organizations."name"]`.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Organization {
    /// Overrides `gates.silent_days`.
    pub(crate) silent_days: Option<u32>,
    /// Days on which all of it is closed.
    pub(crate) closed: Vec<Day>,
}

const TOP: &[&str] = &[
    "time_zone",
    "target_minutes",
    "closed",
    "wait",
    "archive",
    "gates",
    "ratings",
    "organizations",
    "locations",
    "queues",
    "nightly",
];
const NIGHTLY: &[&str] = &["archive", "state_dir", "out", "keep", "on_trouble", "report"];
const WINDOW: &[&str] = &["name", "days", "month_to_date", "all"];
const WAIT: &[&str] = &["ends_at", "max_hours", "leave_out_bursts"];
const ARCHIVE: &[&str] = &[
    "payload_pointer",
    "received_at_pointer",
    "earliest",
    "exclude",
    "settle_minutes",
    "other_records",
];
const GATES: &[&str] = &["warn_share", "refuse_share", "refuse_fall", "silent_days", "closed"];
const PLACE: &[&str] = &["name", "time_zone", "target_minutes", "closed"];
const ORGANIZATION: &[&str] = &["silent_days", "closed"];

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
        let beside = match inputs {
            [only] if only.is_dir() => Some(only.join(NAME)),
            _ => None,
        };
        match beside.into_iter().chain([PathBuf::from(NAME)]).find(|path| path.is_file()) {
            Some(path) => Ok((Self::read(&path)?, Some(path))),
            None => Ok((Self::default(), None)),
        }
    }

    fn read(path: &Path) -> Result<Self, Failure> {
        Self::parse(&Self::text(path)?, &path.display().to_string())
    }

    /// The text of a configuration.
    pub(crate) fn text(path: &Path) -> Result<String, Failure> {
        std::fs::read_to_string(path).map_err(|error| {
            let message = format!("cannot read the configuration `{}`", path.display());
            let is_wrong = [std::io::ErrorKind::NotFound, std::io::ErrorKind::InvalidData]
                .contains(&error.kind());
            match is_wrong {
                true => Failure::new(Exit::Usage, format!("{message}: {error}"))
                    .hint("name a file with --config; it is text in UTF-8"),
                false => Failure::io(message, &error),
            }
        })
    }

    /// Parses a configuration; `name` is printed before line numbers.
    pub(crate) fn parse(text: &str, name: &str) -> Result<Self, Failure> {
        let bad = |offset: usize, message: String| {
            let line = 1 + text.bytes().take(offset).filter(|c| *c == b'\n').count();
            Failure::new(Exit::Usage, format!("{name}:{line}: {message}"))
        };
        let at = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
        let table =
            DeTable::parse(text).map_err(|error| bad(at(&error), error.message().to_owned()))?;
        for (table, known) in tables(table.get_ref()) {
            for key in table.keys() {
                let written: &str = key.get_ref();
                if known.contains(&written) {
                    continue;
                }
                let failure = bad(key.span().start, format!("unknown key `{written}`"));
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

/// Every table of the file with the keys it may have.
fn tables<'t, 'a>(top: &'t DeTable<'a>) -> Vec<(&'t DeTable<'a>, &'static [&'static str])> {
    fn below<'t, 'a>(table: &'t DeTable<'a>, name: &str) -> Option<&'t DeTable<'a>> {
        match table.get(name)?.get_ref() {
            DeValue::Table(table) => Some(table),
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_) => None,
        }
    }
    let mut all = vec![(top, TOP)];
    let sections = [("wait", WAIT), ("archive", ARCHIVE), ("gates", GATES), ("nightly", NIGHTLY)];
    for (name, known) in sections.into_iter().chain([("ratings", RATINGS)]) {
        all.extend(below(top, name).map(|table| (table, known)));
    }
    let windows = below(top, "nightly").and_then(|nightly| nightly.get("report"));
    if let Some(DeValue::Array(windows)) = windows.map(|windows| windows.get_ref()) {
        for window in windows {
            if let DeValue::Table(table) = window.get_ref() {
                all.push((table, WINDOW));
            }
        }
    }
    for (name, known) in [("locations", PLACE), ("queues", PLACE), ("organizations", ORGANIZATION)]
    {
        let Some(named) = below(top, name) else { continue };
        for one in named.keys().filter_map(|key| below(named, key.get_ref())) {
            all.push((one, known));
        }
    }
    all
}

impl Place {
    /// The directory entry. A flag is true if the command line overrides that setting.
    pub(crate) fn entry(&self, zone_flag: bool, target_flag: bool) -> Result<Entry, Failure> {
        let zone = self.time_zone.as_deref().filter(|_| !zone_flag).map(Zone::parse).transpose()?;
        let target = self.target_minutes.filter(|_| !target_flag).map(target_ms).transpose()?;
        Ok(Entry { name: self.name.clone(), zone, target_ms: target })
    }
}

/// A target in milliseconds; it must be a number of minutes between 0 and a day.
pub(crate) fn target_ms(minutes: f64) -> Result<i64, Failure> {
    if !(0.0..=1_440.0).contains(&minutes) {
        return Err(Failure::new(Exit::Usage, format!("{minutes} is no target in minutes"))
            .hint("give a number from 0 to 1440"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 86,400,000, checked above")]
    Ok((minutes * 60_000.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_can_be_configured() {
        let config = Config::parse(
            "time_zone = \"Europe/Stockholm\"\ntarget_minutes = 10\n[wait]\nends_at = \"call\"\nmax_hours = 12\n\
             [archive]\npayload_pointer = \"/a\"\nreceived_at_pointer = \"/b\"\nearliest = 2012-03-01\n\
             [gates]\nwarn_share = 0.5\nrefuse_share = 0.9\nrefuse_fall = 1.0\nsilent_days = 0\nclosed = [\"Sunday\"]\n\
             [locations.\"الرياض\"]\ntime_zone = \"Asia/Riyadh\"\ntarget_minutes = 7.5\n\
             [queues.\"q-1\"]\nname = \"Sales\"\n",
            "x.toml",
        )
        .unwrap();
        assert_eq!(config.locations["الرياض"].time_zone.as_deref(), Some("Asia/Riyadh"));
        assert_eq!(config.queues["q-1"].name.as_deref(), Some("Sales"));
        let earliest = |text: &str| {
            let config = Config::parse(&format!("[archive]\nearliest = {text}"), "x").unwrap();
            config.archive.earliest.unwrap().instant(1_622_505_600_000)
        };
        let at = 1_330_560_000_000;
        assert_eq!(config.archive.earliest.unwrap().instant(at).unwrap(), at);
        for text in ["\"2012-03-01\"", "2012-03-01T01:00:00+01:00", "\"2012-03-01T00:00:00Z\""] {
            assert_eq!(earliest(text).unwrap(), at, "{text}");
        }
        for text in ["2012-03-01T00:00:00", "00:00:00", "\"1/3/2012\"", "1969-12-31", "2021-06-02"]
        {
            assert_eq!(earliest(text).unwrap_err().exit, Exit::Usage, "{text}");
        }
        assert_eq!((config.gates.silent_days, config.gates.closed.len()), (0, 1));
        assert_eq!(config.gates.refuse_fall.to_string(), "1");
        assert_eq!(
            config.locations["الرياض"].entry(false, false).unwrap().target_ms,
            Some(450_000)
        );
        assert_eq!(config.locations["الرياض"].entry(true, true).unwrap(), Entry::default());
        assert_eq!(Config::parse("", "x").unwrap(), Config::default());
    }

    #[test]
    fn unknown_keys_name_line_and_nearest_key() {
        for (text, line, near) in [
            ("\n\ntime_zon = \"UTC\"", 3, "time_zone"),
            ("[wait]\nend_at = \"call\"", 2, "ends_at"),
            ("[locations.\"A\"]\nname = \"B\"\ntimezone = \"UTC\"", 3, "time_zone"),
            ("[qeues.\"A\"]\nname = \"B\"", 1, "queues"),
            ("[nightly]\nstate_dri = \"x\"", 2, "state_dir"),
            ("[nightly]\n[[nightly.report]]\nday = 3", 3, "days"),
        ] {
            let failure = Config::parse(text, "q.toml").unwrap_err();
            assert_eq!(failure.exit, Exit::Usage);
            let text = failure.text();
            assert!(text.contains(&format!("q.toml:{line}: unknown key")), "{text}");
            assert!(text.contains(&format!("did you mean `{near}`?")), "{text}");
        }
        let wrong = Config::parse("a = 1\ntime_zone = 7", "q.toml").unwrap_err().text();
        assert!(wrong.contains("q.toml:1"), "{wrong}");
        let wrong = Config::parse("\ntime_zone = 7", "q.toml").unwrap_err().text();
        assert!(wrong.contains("q.toml:2"), "{wrong}");
        assert!(Config::parse("time_zone = ", "q.toml").unwrap_err().text().contains("q.toml:1"));
    }
}
