//! Picks the tickets of a report, and composes its pages.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use crate::calendar::{Clock, HOUR_MS};
use crate::dataframe::LocationColumn;
use crate::metric::{FileRow, LocationSection, OrganizationSums, Sections, View};
use crate::report::model::{AbsentLocation, LocationReport, OrganizationReport};

use super::account::{Owners, files_of};
use super::banner;
use super::notice::Notice;
use super::numbers::Numbers;
use super::plan::Plan;
use super::shared_clock::shared_clock;
use super::whole::Whole;

/// The clock that all locations share, if they do.
fn clock_of(locations: &[LocationColumn]) -> Option<Clock> {
    shared_clock(locations.iter().map(|location| location.clock))
}

/// What the figures of an organization depend on besides its tickets.
pub(crate) fn view(plan: &Plan, whole: Whole<'_>, sums: &OrganizationSums) -> View {
    View {
        rules: plan.rules,
        data_through: whole.findings.data_through.get(&sums.organization).copied(),
        last_seen: whole.findings.last_seen_in(&sums.organization),
    }
}

/// Everything that charts and pages of an organization say.
pub(crate) fn organization_report(
    plan: &Plan,
    whole: Whole<'_>,
    numbers: Numbers,
) -> OrganizationReport {
    let Numbers { sections, locations: all, quality, mut files } = numbers;
    let Sections { organization, window, dates, .. } = sections;
    let absent = absent(&organization, &all, &sections.locations, whole);
    let places: HashMap<&str, &LocationColumn> =
        all.iter().map(|location| (location.id.as_str(), location)).collect();
    // A location without a ticket in the window has only a small page.
    let locations = sections.locations.into_iter().filter_map(|location| {
        let place = places.get(location.id.as_str())?;
        Some(LocationReport {
            group: plan.groups.get(&location.name).cloned(),
            name: location.name,
            id: location.id,
            zone: place.clock.zones().to_string(),
            day_start: place.clock.day_start(),
            target_minutes: minutes(place.target_ms),
            lacks_check_ins: !place.has_check_ins,
            last_whole: location.last_whole,
            section: location.section,
        })
    });
    let locations = locations.collect();
    files.retain(FileRow::counts);
    let lines = FileRow::sum(&files);
    let owners = Owners::of(whole.account, whole.findings);
    let mut mine = files_of(&organization, whole.account, whole.findings);
    // What was left out is listed, and judged by no gate.
    mine.retain(|(at, _)| !owners.is_left_out(*at));
    let shared = clock_of(&all);
    let clock = shared.unwrap_or_else(|| plan.default_clock());
    let default = plan.default_clock();
    let through = whole.findings.data_through.get(&organization);
    OrganizationReport {
        all: sections.all,
        locations,
        groups: sections.groups,
        absent,
        funnel: sections.funnel,
        last_whole: sections.last_whole,
        silent_locations: whole
            .silent
            .locations
            .iter()
            .filter(|one| one.organization == organization)
            .map(|one| (one.location.clone(), one.last))
            .collect(),
        quality,
        archived_tickets: whole.findings.tickets.get(&organization).copied().unwrap_or(0),
        files,
        lines,
        from: window.0,
        to: window.1,
        first_date: dates.map(|dates| dates.0),
        last_date: dates.map(|dates| dates.1),
        data_through: through.and_then(|at| clock.wall_clock(*at)),
        data_through_zone: through.map(|at| clock.zone_at(*at).name().to_owned()),
        is_silent: whole.silent.organizations.iter().any(|one| one.organization == organization),
        as_of: plan.as_of_given.clone(),
        scale: plan.ingest.webhook.scale,
        hide_below: plan.rules.hide_below,
        week_starts_on: plan.rules.week_starts_on,
        wait_ends_at: plan.waits.ends_at,
        max_wait_hours: minutes(plan.waits.max_ms) / 60.0,
        default_zone: default.zones().to_string(),
        default_day_start: default.day_start(),
        zone_is_default: all.iter().any(|location| !location.zone_is_chosen),
        warnings: banner::notices(plan, (&organization, window), &mine, whole.findings)
            .iter()
            .chain(&whole.as_made(window.0))
            .map(Notice::words)
            .collect(),
        not_read: banner::not_read(whole, &organization),
        filter: whole.filter.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        organization,
    }
}

/// The locations without a ticket in the window, those that were seen last first.
fn absent(
    organization: &str,
    all: &[LocationColumn],
    there: &[LocationSection],
    whole: Whole<'_>,
) -> Vec<AbsentLocation> {
    let there: BTreeSet<&str> = there.iter().map(|location| location.id.as_str()).collect();
    let of = |location: &LocationColumn| {
        let key = (organization.to_owned(), location.name.clone());
        let last_seen = whole.findings.last_seen.get(&key).copied();
        AbsentLocation { name: location.name.clone(), id: location.id.clone(), last_seen }
    };
    let gone = all.iter().filter(|location| !there.contains(location.id.as_str()));
    let mut absent: Vec<AbsentLocation> = gone.map(of).collect();
    // They come by name.
    absent.sort_by_key(|location| Reverse(location.last_seen));
    absent
}

#[expect(clippy::cast_precision_loss, reason = "at most a year in milliseconds")]
fn minutes(ms: i64) -> f64 {
    ms as f64 / (HOUR_MS as f64 / 60.0)
}
