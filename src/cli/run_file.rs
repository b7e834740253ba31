//! What a nightly run did, for machines: `run.json` in the site, and counters for Prometheus.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::DateTime;
use serde_json::{Map, Value, json};

use crate::calendar::rfc3339;
use crate::ingest::Totals;
use crate::report::render::Window;

use super::failure::{Exit, Failure};
use super::log::rounded;
use super::mended::Watch;
use super::metrics_file;
use super::nightly_plan::NightlyPlan;
use super::plan::Plan;
use super::read::{Input, Timer, Verdict};

/// Name of the file in the site.
pub(super) const RUN: &str = "run.json";

/// What a run did.
pub(super) struct Done<'a> {
    pub(super) exit: Exit,
    pub(super) generation: u64,
    /// How many files were treated how.
    pub(super) files: &'a BTreeMap<&'static str, u64>,
    pub(super) read: Totals,
    pub(super) total: Totals,
    pub(super) tickets: u64,
    pub(super) months_written: usize,
    pub(super) reports: &'a [Window],
    /// What was found tonight.
    pub(super) warnings: Vec<String>,
    /// What was mended in the state.
    pub(super) mended: Vec<String>,
    /// What is to be said every night until somebody does something.
    pub(super) standing: Standing,
    pub(super) files_gone: u64,
    pub(super) files_skipped: u64,
    pub(super) files_unusable: u64,
    /// Files whose last record waits for the next run, with its bytes.
    pub(super) deferred: &'a [(String, u64)],
}

/// Every counter of what was read.
pub(super) fn counts(totals: &Totals) -> Value {
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

/// What is to be said as long as the state, the configuration and the day stay.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Standing {
    pub(super) warnings: Vec<String>,
    /// Newest instant at which anything happened, by organization, UTC milliseconds.
    pub(super) data_through: BTreeMap<String, i64>,
    /// Organizations of which nothing new came.
    pub(super) silent: BTreeSet<String>,
}

impl Standing {
    /// What a published `run.json` says; `None` if it is no such file.
    pub(super) fn of(run: &[u8]) -> Option<Self> {
        let run: Value = serde_json::from_slice(run).ok()?;
        let all = run.get("standing_warnings")?.as_array()?;
        let warnings = all.iter().map(|text| text.as_str().map(str::to_owned));
        let instant = |(name, at): (&String, &Value)| {
            let at = DateTime::parse_from_rfc3339(at.as_str()?).ok()?;
            Some((name.clone(), at.timestamp_millis()))
        };
        let through = run.get("data_through")?.as_object()?.iter().map(instant);
        Some(Self {
            warnings: warnings.collect::<Option<_>>()?,
            data_through: through.collect::<Option<_>>()?,
            silent: run
                .get("silent")?
                .as_array()?
                .iter()
                .map(|name| name.as_str().map(str::to_owned))
                .collect::<Option<_>>()?,
        })
    }
}

impl Done<'_> {
    /// Says what was found tonight.
    pub(super) fn tell(&mut self, plan: &Plan, fresh: &Input) {
        self.settle();
        let warnings = self.warnings.clone();
        fresh.say_warnings(plan, &Verdict { exit: self.exit, warnings });
    }

    /// Says what was found behind the rest.
    pub(super) fn warn(&mut self, plan: &Plan, warnings: Vec<String>) {
        for warning in &warnings {
            plan.log.warning(&crate::report::text::shown(warning, 400));
        }
        self.warnings.extend(warnings);
        self.settle();
    }

    /// Says what has to be said every night.
    pub(super) fn stand(&mut self, plan: &Plan, standing: Standing) {
        self.standing = standing;
        self.settle();
        for warning in &self.standing.warnings {
            plan.log.warning(&crate::report::text::shown(warning, 400));
        }
    }

    /// Says what was mended in the state so far.
    pub(super) fn mend(&mut self, watch: &mut Watch<'_>) {
        self.mended = watch.say();
        self.settle();
    }

    /// The exit code follows from what there is to say.
    fn settle(&mut self) {
        let is_well = self.all_warnings().next().is_none();
        self.exit = if is_well { Exit::Ok } else { Exit::LookAtInput };
    }

    fn all_warnings(&self) -> impl Iterator<Item = &String> {
        self.warnings.iter().chain(&self.mended).chain(&self.standing.warnings)
    }

    /// What `run.json` and the summary say under the same names.
    fn common(&self, night: &NightlyPlan) -> Map<String, Value> {
        let fields = [
            ("as_of", json!(rfc3339(night.plan.waits.as_of))),
            ("through", json!(night.through.to_string())),
            ("exit_code", json!(self.exit as u8)),
            ("generation", json!(self.generation)),
            ("files", json!(self.files)),
            ("read", counts(&self.read)),
            ("total", counts(&self.total)),
            ("data_through", json!(self.instants())),
            ("silent", json!(self.standing.silent)),
            ("files_gone", json!(self.files_gone)),
        ];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn instants(&self) -> BTreeMap<&str, String> {
        self.standing.data_through.iter().map(|(name, at)| (name.as_str(), rfc3339(*at))).collect()
    }

    /// `run.json`.
    pub(super) fn as_json(&self, night: &NightlyPlan, timer: &Timer) -> Vec<u8> {
        let reports: Vec<Value> = self
            .reports
            .iter()
            .map(|window| {
                json!({
                    "name": window.name,
                    "from": window.asked.0.map(|date| date.to_string()),
                    "to": window.asked.1.map(|date| date.to_string()),
                    "first_date": window.found.map(|found| found.0.to_string()),
                    "last_date": window.found.map(|found| found.1.to_string()),
                    "tickets": window.tickets,
                    "locations": window.locations,
                })
            })
            .collect();
        let stages: Vec<Value> =
            timer.stages.iter().map(|(name, seconds)| json!([name, seconds])).collect();
        let mut whole = self.common(night);
        whole.extend([
            ("version".to_owned(), json!(env!("CARGO_PKG_VERSION"))),
            ("tickets".to_owned(), json!(self.tickets)),
            ("months_written".to_owned(), json!(self.months_written)),
            ("reports".to_owned(), json!(reports)),
            ("deferred".to_owned(), json!(self.deferred)),
            ("warnings".to_owned(), json!(self.all_warnings().collect::<Vec<_>>())),
            ("standing_warnings".to_owned(), json!(self.standing.warnings)),
            ("seconds".to_owned(), json!(timer.begin.elapsed().as_secs_f64())),
            ("stages".to_owned(), json!(stages)),
        ]);
        let whole = Value::Object(whole);
        format!("{whole:#}\n").into_bytes()
    }

    /// The fields of the summary, under the names of `run.json`. Without a publication the tickets were not looked at.
    pub(super) fn as_fields(
        &self,
        night: &NightlyPlan,
        timer: &Timer,
        files: Option<usize>,
    ) -> Value {
        let mut fields = self.common(night);
        fields.extend([
            ("tickets".to_owned(), json!(files.map(|_| self.tickets))),
            ("published".to_owned(), json!(files.is_some())),
            ("published_reports".to_owned(), json!(self.reports.len())),
            ("published_files".to_owned(), json!(files.unwrap_or(0))),
            ("seconds".to_owned(), json!(rounded(timer.begin.elapsed().as_secs_f64()))),
        ]);
        Value::Object(fields)
    }

    /// Writes the counters, whole or not at all.
    pub(super) fn write_metrics(
        &self,
        night: &NightlyPlan,
        timer: &Timer,
        path: &Path,
    ) -> Result<(), Failure> {
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
        let seconds = format!("{:.3}", timer.begin.elapsed().as_secs_f64());
        gauge("duration_seconds", "Duration of the last run.", &seconds);
        gauge("exit_code", "0 all well, 3 look at the input.", &(self.exit as u8).to_string());
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
        metrics_file::write(path, &text)
    }

    /// The gauges that each organization has.
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
