//! The settings of a night: a plan, where the state and the site are, and the windows to report.

use std::path::PathBuf;

use chrono::NaiveDate;

use crate::store::Options;

use super::plan::Plan;
use super::wanted::Wanted;

/// Where a night reads, keeps and publishes things.
#[derive(Debug, Clone)]
pub struct Places {
    /// Files, folders and patterns to read.
    pub archive: Vec<PathBuf>,
    /// Folder of the state.
    pub state: PathBuf,
    /// Folder of the site.
    pub out: PathBuf,
    /// How many generations are kept, and how long to wait for the lock.
    pub options: Options,
}

/// A report to publish.
#[derive(Debug, Clone)]
pub struct NamedWindow {
    /// Name of its folder in the site.
    pub name: String,
    /// What it is about.
    pub wanted: Wanted,
}

/// Everything a night needs to know.
#[derive(Debug)]
pub struct NightPlan {
    /// What it has in common with every job.
    pub plan: Plan,
    /// Where things are.
    pub places: Places,
    /// The configuration as written: whatever changes in it may change the reports.
    pub config_text: String,
    /// The last whole day before the run, in the zone of the configuration.
    pub through: NaiveDate,
    /// The reports, in order.
    pub windows: Vec<NamedWindow>,
    /// Single tickets with an earlier service date are not kept; their sums are. `None` keeps them all.
    pub keep_from: Option<NaiveDate>,
    /// Makes the state anew from all files.
    pub rebuild: bool,
    /// Opens also files that look as they were the night before.
    pub verify: bool,
    /// Publishes what the gates would refuse.
    pub force: bool,
    /// Where counters for Prometheus are written, if anywhere.
    pub metrics_file: Option<PathBuf>,
}
