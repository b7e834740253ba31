//! The settings of a job: everything it depends on besides the archive, the output apart.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;

use crate::archive::Exclude;
use crate::calendar::Clock;
use crate::dataframe::{Settings as FrameSettings, WaitRules};
use crate::ingest;
use crate::metric::Rules;
use crate::report::dialect::Dialect;
use crate::report::png::Painter;
use crate::ticket::Directory;

use super::closed::ClosedDays;
use super::groups::Groups;
use super::sections::Sections;
use super::stop::Stop;

/// Everything a job needs to know, the output apart.
#[derive(Debug)]
pub struct Plan {
    /// Files, folders and patterns to read.
    pub inputs: Vec<PathBuf>,
    /// The configuration file, if there is one; messages name it.
    pub config_path: Option<PathBuf>,
    /// Files in folders that are not read: patterns as written, and ready to match.
    pub exclude: (Vec<String>, Exclude),
    /// How files are read.
    pub ingest: ingest::Settings,
    /// Names, zones and targets of places.
    pub directory: Directory,
    /// The names and ids that the configuration has sections for.
    pub sections: Sections,
    /// When waits end and which are believed.
    pub waits: WaitRules,
    /// How figures are shown.
    pub rules: Rules,
    /// The instant of the run in RFC 3339 if it was given, not taken from the clock; reports print it.
    pub as_of_given: Option<String>,
    /// Draws each chart as PNG too, if that is wanted.
    pub png: Option<Painter>,
    /// Whether each table is written as Parquet too.
    pub parquet: bool,
    /// Whether the tables are written as a workbook too.
    pub xlsx: bool,
    /// How the CSV files are written.
    pub csv: Dialect,
    /// Whether the earliest believable time was set, not assumed.
    pub earliest_given: bool,
    /// The limits of the quality gates.
    pub gates: Gates,
    /// Group of each location that has one.
    pub groups: Groups,
    /// Who is closed when.
    pub closed: ClosedDays,
    /// Open days without anything new after which an organization is silent, where they differ from the gate's.
    pub silent_days: BTreeMap<String, u32>,
    /// Open days without a ticket after which a location is silent, by its normalised name, where the usual 3 do not hold; 0 =
    /// never.
    pub silent_locations: BTreeMap<String, u32>,
    /// The request to end the job.
    pub stop: Stop,
}

/// The limits of the quality gates. Shares lie between 0 and 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Gates {
    /// A larger share of rejected records needs a look.
    pub warn_share: f64,
    /// A larger share of rejected records is not published.
    pub refuse_share: f64,
    /// A night is not published if the last day fell by a larger share against the same weekday before.
    pub refuse_fall: f64,
    /// Open days without anything new after which an organization is silent; 0 = never.
    pub silent_days: u32,
}

impl Plan {
    /// The clock of places that have none of their own, and of several places with different ones.
    #[must_use]
    pub fn default_clock(&self) -> Clock {
        self.directory.default_clock()
    }

    /// The frame of a window; both days are included, `None` has no limit.
    #[must_use]
    pub fn frame(&self, from: Option<NaiveDate>, to: Option<NaiveDate>) -> FrameSettings {
        FrameSettings { waits: self.waits, scale: self.ingest.webhook.scale, from, to }
    }
}
