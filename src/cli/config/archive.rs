//! `[archive]`: how the files are read.

use chrono::{DateTime, NaiveDate};
use serde::Deserialize;

use crate::calendar::Zone;
use crate::cli::failure::{Exit, Failure};

/// The keys it may have.
pub(super) const ARCHIVE: &[&str] = &[
    "payload_pointer",
    "received_at_pointer",
    "earliest",
    "exclude",
    "settle_minutes",
    "other_records",
];

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
    /// The instant, UTC milliseconds; a day begins in UTC. It must not lie before 1970.
    pub(crate) fn instant(&self) -> Result<i64, Failure> {
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
        if at < 0 {
            return Err(Failure::new(
                Exit::Usage,
                "`archive.earliest` must not lie before 1970-01-01",
            ));
        }
        Ok(at)
    }
}
