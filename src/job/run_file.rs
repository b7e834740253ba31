//! What a nightly run did, for machines: `run.json` in the site, and counters for Prometheus.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use serde_json::{Map, Value, json};

use crate::calendar::rfc3339;
use crate::ingest::Totals;
use crate::report::render::Window;

use super::excluded::{self, LeftOut};
use super::findings::Found;
use super::input::Input;
use super::night_plan::NightPlan;
use super::notice::{Notice, SilentLocation, SilentRoot};
use super::notice_kinds;
use super::restated::Restated;
use super::words::rounded;

/// Name of the file in the site.
pub(crate) const RUN: &str = "run.json";

/// What a night did.
#[derive(Debug, Default)]
pub struct Run {
    /// Number of the generation it ends with; 0 before the first.
    pub generation: u64,
    /// How many files were treated how.
    pub files: BTreeMap<&'static str, u64>,
    /// The account of what was read tonight.
    pub read: Totals,
    /// The account of everything that is known.
    pub total: Totals,
    /// Tickets of all nights; 0 if there was nothing new.
    pub tickets: u64,
    /// Periods of the state whose tickets were written.
    pub periods_written: usize,
    /// The reports that were made.
    pub reports: Vec<Window>,
    /// What changed in each of them.
    pub findings: Vec<Vec<Found>>,
    /// What was found tonight.
    pub(crate) warnings: Vec<Notice>,
    /// What was mended in the state.
    pub(crate) mended: Vec<Notice>,
    /// What is to be said every night until somebody does something.
    pub(crate) standing: Standing,
    /// Locations of which no ticket comes any more, whether told tonight or not.
    pub silent_locations: Vec<SilentLocation>,
    /// Inputs that bring nothing new, whether told tonight or not.
    pub silent_roots: Vec<SilentRoot>,
    /// Earlier weeks whose figures changed.
    pub restated: Restated,
    /// Files that were read before and are gone.
    pub files_gone: u64,
    /// Tickets of tonight's lines that were left out because their ids are forgotten.
    pub forgotten: u64,
    /// Tickets of tonight's lines that were left out because single tickets of their dates are forgotten.
    pub too_late: u64,
    /// Single tickets that were forgotten tonight; their figures stay.
    pub summed: u64,
    /// Files of the archive that are not read.
    pub files_skipped: u64,
    /// Files of which nothing can be used.
    pub files_unusable: u64,
    /// Files whose last record waits for the next night, with its bytes.
    pub deferred: Vec<(String, u64)>,
}

/// A night that is over.
#[derive(Debug)]
pub struct NightEnd<'a> {
    /// What it was asked for.
    pub plan: &'a NightPlan,
    /// What it did.
    pub run: &'a Run,
    /// What was read tonight.
    pub fresh: &'a Input,
    /// Number of files published; `None` if there was nothing new to publish.
    pub published_files: Option<usize>,
    /// Seconds since it began.
    pub seconds: f64,
}

impl NightEnd<'_> {
    /// The fields of the summary, the site, and the warnings with their kinds: for programs.
    #[must_use]
    pub fn as_json(&self) -> Value {
        let mut fields = self.run.as_fields(self.plan, self.seconds, self.published_files);
        if let Value::Object(fields) = &mut fields {
            let out = self.plan.places.out.display().to_string();
            fields.insert("out".to_owned(), json!(out));
            fields.insert("warnings".to_owned(), notice_kinds::as_json(self.run.all_warnings()));
        }
        fields
    }
}

/// Every counter of what was read.
pub(crate) fn counts(totals: &Totals) -> Value {
    json!({
        "files": totals.files,
        "files_left_out": totals.files_left_out,
        "bytes": totals.bytes,
        "decompressed_bytes": totals.decompressed,
        "records": totals.records,
        "blank": totals.blank,
        "accepted": totals.accepted,
        "duplicate": totals.duplicate,
        "rejected": totals.rejected,
        "other": totals.other,
        "deferred": totals.deferred,
    })
}

/// What has to be told every night until somebody acts; it depends on the state, the configuration and the day only.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Standing {
    pub(crate) warnings: Vec<Notice>,
    /// Newest instant at which anything happened, by organization, UTC milliseconds.
    pub(crate) data_through: BTreeMap<String, i64>,
    /// Organizations of which nothing new came.
    pub(crate) silent: BTreeSet<String>,
    /// What the configuration leaves out. Nobody has to act, but whoever reads the figures has to know.
    pub(crate) excluded: LeftOut,
}

impl Standing {
    /// Reads it from a published `run.json`; `None` if that is of another format.
    pub(crate) fn of(run: &[u8]) -> Option<Self> {
        let run: Value = serde_json::from_slice(run).ok()?;
        let all = run.get("standing_warnings")?.as_array()?;
        let warnings = all.iter().map(|text| Some(Notice::Told(text.as_str()?.to_owned())));
        let instant = |(name, at): (&String, &Value)| {
            let at = DateTime::parse_from_rfc3339(at.as_str()?).ok()?;
            Some((name.clone(), at.timestamp_millis()))
        };
        let through = run.get("data_through")?.as_object()?.iter().map(instant);
        Some(Self {
            warnings: warnings.collect::<Option<_>>()?,
            data_through: through.collect::<Option<_>>()?,
            excluded: excluded::of_json(run.get("excluded")?)?,
            silent: run
                .get("silent")?
                .as_array()?
                .iter()
                .map(|name| name.as_str().map(str::to_owned))
                .collect::<Option<_>>()?,
        })
    }
}

impl Run {
    /// Whether somebody has to look at anything.
    #[must_use]
    pub fn needs_a_look(&self) -> bool {
        self.all_warnings().next().is_some()
    }

    /// The exit code of the command, which `run.json` and the counters repeat.
    fn exit_code(&self) -> u8 {
        if self.needs_a_look() { 3 } else { 0 }
    }

    /// What the configuration leaves out, in words; `None` if that is nothing.
    #[must_use]
    pub fn left_out_words(&self) -> Option<String> {
        excluded::words(&self.standing.excluded)
    }

    fn all_warnings(&self) -> impl Iterator<Item = &Notice> {
        self.warnings.iter().chain(&self.mended).chain(&self.standing.warnings)
    }

    /// The fields that `run.json` and the summary share.
    fn common(&self, night: &NightPlan) -> Map<String, Value> {
        let fields = [
            ("as_of", json!(rfc3339(night.plan.waits.as_of))),
            ("through", json!(night.through.to_string())),
            ("exit_code", json!(self.exit_code())),
            ("generation", json!(self.generation)),
            ("files", json!(self.files)),
            ("read", counts(&self.read)),
            ("total", counts(&self.total)),
            ("data_through", json!(self.instants())),
            ("silent", json!(self.standing.silent)),
            ("excluded", excluded::as_json(&self.standing.excluded)),
            ("files_gone", json!(self.files_gone)),
            ("forgotten", json!(self.forgotten)),
            ("too_late", json!(self.too_late)),
            ("summed", json!(self.summed)),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn instants(&self) -> BTreeMap<&str, String> {
        self.standing.data_through.iter().map(|(name, at)| (name.as_str(), rfc3339(*at))).collect()
    }

    /// `run.json`.
    pub(crate) fn as_json(
        &self,
        night: &NightPlan,
        seconds: f64,
        stages: &[(String, f64)],
    ) -> Vec<u8> {
        let reports: Vec<Value> = self
            .reports
            .iter()
            .zip(&self.findings)
            .map(|(window, findings)| {
                json!({
                    "name": window.name,
                    "from": window.asked.0.map(|date| date.to_string()),
                    "to": window.asked.1.map(|date| date.to_string()),
                    "first_date": window.found.map(|found| found.0.to_string()),
                    "last_date": window.found.map(|found| found.1.to_string()),
                    "tickets": window.tickets,
                    "locations": window.locations,
                    "findings": findings.iter().filter_map(Found::as_json).collect::<Vec<_>>(),
                })
            })
            .collect();
        let stages: Vec<Value> =
            stages.iter().map(|(name, seconds)| json!([name, seconds])).collect();
        let location = |one: &SilentLocation| {
            json!({
                "organization": one.organization,
                "location": one.location,
                "last_date": one.last.to_string(),
                "open_days": one.open_days,
            })
        };
        let silent_locations: Vec<Value> = self.silent_locations.iter().map(location).collect();
        let root = |one: &SilentRoot| json!({"root": one.root, "since": rfc3339(one.since), "open_days": one.open_days});
        let silent_roots: Vec<Value> = self.silent_roots.iter().map(root).collect();
        let weeks = self.restated.weeks.len();
        let by_configuration = if self.restated.by_configuration { weeks } else { 0 };
        let mut whole = self.common(night);
        whole.extend([
            ("version".to_owned(), json!(env!("CARGO_PKG_VERSION"))),
            ("tickets".to_owned(), json!(self.tickets)),
            ("periods_written".to_owned(), json!(self.periods_written)),
            ("reports".to_owned(), json!(reports)),
            ("deferred".to_owned(), json!(self.deferred)),
            ("restated".to_owned(), self.restated.as_json()),
            ("restated_by_configuration".to_owned(), json!(by_configuration)),
            ("silent_locations".to_owned(), json!(silent_locations)),
            ("silent_roots".to_owned(), json!(silent_roots)),
            (
                "warnings".to_owned(),
                json!(self.all_warnings().map(Notice::words).collect::<Vec<_>>()),
            ),
            (
                "standing_warnings".to_owned(),
                json!(self.standing.warnings.iter().map(Notice::words).collect::<Vec<_>>()),
            ),
            ("seconds".to_owned(), json!(seconds)),
            ("stages".to_owned(), json!(stages)),
        ]);
        let whole = Value::Object(whole);
        format!("{whole:#}\n").into_bytes()
    }

    /// The fields of the summary, named as in `run.json`. Without a publication the tickets were not counted.
    pub(crate) fn as_fields(&self, night: &NightPlan, seconds: f64, files: Option<usize>) -> Value {
        let mut fields = self.common(night);
        fields.extend([
            ("tickets".to_owned(), json!(files.map(|_| self.tickets))),
            ("published".to_owned(), json!(files.is_some())),
            ("published_reports".to_owned(), json!(self.reports.len())),
            ("published_files".to_owned(), json!(files.unwrap_or(0))),
            ("seconds".to_owned(), json!(rounded(seconds))),
        ]);
        Value::Object(fields)
    }

    /// The counters of `--metrics-file`, for Prometheus.
    pub(crate) fn gauges(&self, night: &NightPlan, seconds: f64) -> String {
        let mut text = String::new();
        let mut gauge = |name: &str, help: &str, value: &str| {
            let name = format!("queuestat_nightly_{name}");
            text.push_str(&format!("# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n"));
        };
        let as_of = night.plan.waits.as_of.div_euclid(1_000);
        gauge(
            "last_run_timestamp_seconds",
            "Instant the last run was made for.",
            &as_of.to_string(),
        );
        let seconds = format!("{seconds:.3}");
        gauge("duration_seconds", "Duration of the last run.", &seconds);
        gauge("exit_code", "0 all well, 3 look at the input.", &(self.exit_code()).to_string());
        gauge("generation", "Generation of the state.", &self.generation.to_string());
        for (name, help, count) in [
            ("files_read", "Files read in the last run.", self.read.files),
            ("records_read", "Records read in the last run.", self.read.records),
            ("records_rejected", "Records rejected in the last run.", self.read.rejected),
            ("records_deferred", "Records left for later in the last run.", self.read.deferred),
            ("warnings", "Warnings of the last run.", self.all_warnings().count() as u64),
            ("files_gone", "Files that were read before and are gone.", self.files_gone),
            ("files_skipped", "Files of the archive that are not read.", self.files_skipped),
            ("files_unusable", "Files of which nothing can be used.", self.files_unusable),
        ] {
            gauge(name, help, &count.to_string());
        }
        self.organization_gauges(&mut text);
        text
    }

    /// The gauges of each organization.
    fn organization_gauges(&self, text: &mut String) {
        let Standing { data_through, silent, .. } = &self.standing;
        type Value<'v> = dyn Fn(&String, i64) -> i64 + 'v;
        let gauges: [(&str, &str, &Value<'_>); 2] = [
            (
                "data_through_timestamp_seconds",
                "Newest instant at which anything happened to a ticket of the organization.",
                &|_, at| at.div_euclid(1_000),
            ),
            (
                "organization_silent",
                "1 if nothing new came of the organization for gates.silent_days open days.",
                &|name, _| i64::from(silent.contains(name)),
            ),
        ];
        for (name, help, value) in gauges {
            let name = format!("queuestat_nightly_{name}");
            text.push_str(&format!("# HELP {name} {help}\n# TYPE {name} gauge\n"));
            for (organization, at) in data_through {
                let label = organization.replace('\\', "\\\\").replace('"', "\\\"");
                let label = label.replace('\n', "\\n");
                let value = value(organization, *at);
                text.push_str(&format!("{name}{{organization=\"{label}\"}} {value}\n"));
            }
        }
    }
}
