//! `[nightly]` and the reports it names.

use std::path::PathBuf;

use serde::Deserialize;

use crate::cli::day::Day;

/// The keys it may have.
pub(super) const NIGHTLY: &[&str] =
    &["archive", "state_dir", "out", "keep", "keep_months", "on_trouble", "on_success", "report"];
/// The keys it may have.
pub(super) const WINDOW: &[&str] = &[
    "name",
    "days",
    "week_to_date",
    "last_week",
    "month_to_date",
    "last_month",
    "all",
    "from",
    "to",
];

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
    /// For how many months single tickets are kept; their sums stay.
    pub(crate) keep_months: Option<u32>,
    /// A program and its arguments, run after every night that does not end with exit code 0.
    pub(crate) on_trouble: Option<Vec<String>>,
    /// A program and its arguments, run after every night that has published.
    pub(crate) on_success: Option<Vec<String>>,
    /// The reports.
    #[serde(default)]
    pub(crate) report: Vec<ReportWindow>,
}

/// `[[nightly.report]]`: one kind of window. Whole weeks and months are those before the day of the run.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportWindow {
    /// Name of its folder.
    pub(crate) name: String,
    /// The last so many whole days before the run.
    pub(crate) days: Option<u32>,
    /// The week of the day before the run, up to that day.
    #[serde(default)]
    pub(crate) week_to_date: bool,
    /// The last whole week.
    #[serde(default)]
    pub(crate) last_week: bool,
    /// The month of the day before the run, up to that day.
    #[serde(default)]
    pub(crate) month_to_date: bool,
    /// The last whole calendar month.
    #[serde(default)]
    pub(crate) last_month: bool,
    /// Everything.
    #[serde(default)]
    pub(crate) all: bool,
    /// First day, included; without it, everything up to the last.
    pub(crate) from: Option<Day>,
    /// Last day, included; without it, everything from the first.
    pub(crate) to: Option<Day>,
}
