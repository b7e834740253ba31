//! What the workbook of an organization says of itself.

use std::collections::BTreeMap;

use crate::calendar::HOUR_MS;
use crate::dataframe::LocationColumn;
use crate::metric::FileRow;
use crate::report::workbook::About;

use super::numbers::Numbers;
use super::plan::Plan;
use super::shared_clock::shared_clock;
use super::whole::Whole;

/// What the workbook of some numbers says of itself.
pub(crate) fn about(plan: &Plan, whole: Whole<'_>, numbers: &Numbers) -> About {
    let Numbers { sections, locations, files, .. } = numbers;
    let shared = shared_clock(locations.iter().map(|location| location.clock));
    let clock = shared.unwrap_or_else(|| plan.default_clock());
    let through = whole.findings.data_through.get(&sections.organization);
    let files: Vec<FileRow> = files.iter().filter(|file| file.counts()).cloned().collect();
    About {
        organization: sections.organization.clone(),
        window: sections.window,
        dates: sections.dates,
        as_of: plan.as_of_given.clone(),
        data_through: through
            .and_then(|at| Some((clock.wall_clock(*at)?, clock.zone_at(*at).name().to_owned()))),
        filter: whole.filter.to_owned(),
        zones: counted(locations, |location| location.clock.zones().to_string()),
        zone_is_default: locations.iter().any(|location| !location.zone_is_chosen),
        day_starts: counted(locations, |location| location.clock.day_start().to_string()),
        targets: counted(locations, |location| location.target_ms)
            .into_iter()
            .map(|(ms, n)| (hours(ms) * 60.0, n))
            .collect(),
        week_starts_on: plan.rules.week_starts_on,
        wait_ends_at: plan.waits.ends_at,
        max_wait_hours: hours(plan.waits.max_ms),
        leave_out_bursts: plan.waits.leave_out_bursts,
        scale: plan.ingest.webhook.scale,
        hide_below: plan.rules.hide_below,
        made_before: whole
            .made_before
            .filter(|before| sections.window.0.is_none_or(|from| from < *before)),
        files: files.len() as u64,
        account: FileRow::sum(&files),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// The values that locations have, each with the number of those that have it.
fn counted<T: Ord>(
    locations: &[LocationColumn],
    of: impl Fn(&LocationColumn) -> T,
) -> Vec<(T, u64)> {
    let mut counts = BTreeMap::new();
    for location in locations {
        *counts.entry(of(location)).or_default() += 1;
    }
    counts.into_iter().collect()
}

#[expect(clippy::cast_precision_loss, reason = "at most a year in milliseconds")]
fn hours(ms: i64) -> f64 {
    ms as f64 / HOUR_MS as f64
}
