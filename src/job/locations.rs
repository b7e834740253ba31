//! The locations of an archive or of a state, and what the configuration makes of them.
//!
//! A state is read and not changed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use chrono::NaiveDate;

use crate::dataframe::{TicketFrame, location_ids, stack};
use crate::night::read_ledger;
use crate::store::Generation;
use crate::ticket::{Census, Gazetteer, RenamedQueue, SharedQueues, queue_key};

use super::error::JobError;
use super::input::{Input, Quality};
use super::kept::of_state;
use super::located::Located;
use super::notice::Notice;
use super::obeyed::{self, Known};
use super::observer::Observer;
use super::plan::Plan;
use super::read::{Timer, read};
use super::renamed::Renames;
use super::source::at_night;

/// A location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedLocation {
    /// Its organization.
    pub organization: String,
    /// Its name, as the configuration maps it.
    pub name: String,
    /// Its id in reports.
    pub id: String,
    /// Ids of its queues, those with most tickets first.
    pub queues: Vec<String>,
    /// Name of its zone; of several, all of them with their dates.
    pub zone: String,
    /// The time at which its days begin: `00:00`.
    pub day_start: String,
    /// Who chose the zone.
    pub zone_from: ZoneFrom,
    /// Number of its tickets.
    pub tickets: u64,
    /// First and last service date, if there is any.
    pub dates: Option<(NaiveDate, NaiveDate)>,
    /// Older names of its queues.
    pub renamed_from: Vec<String>,
    /// Newer names of its queues.
    pub renamed_to: Vec<String>,
    /// The section of the configuration that leaves its tickets out, such as `location TEST desk`. Of these tickets only
    /// the number is known.
    pub excluded_by: Option<String>,
}

/// Who chose a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneFrom {
    /// The section of the location or of one of its queues.
    Section,
    /// `time_zone` of the configuration.
    Default,
    /// Nobody: it is UTC.
    Nobody,
}

/// The locations of an archive or of a state.
#[derive(Debug, Default)]
pub struct Locations {
    /// By organization and name.
    pub rows: Vec<ListedLocation>,
    /// Queues that were seen with several names.
    pub renamed: Vec<RenamedQueue>,
    /// Queues that several organizations have.
    pub shared: Vec<SharedQueues>,
    /// What somebody has to look at.
    pub warnings: Vec<Notice>,
    /// What is good to know; of an archive only.
    pub notes: Vec<Notice>,
}

/// The locations of an archive; what was read, and how good it is.
///
/// # Errors
/// [`JobError`] if it cannot be found or read. What the gates would refuse is no error here.
pub fn locations(
    plan: &Plan,
    observer: &dyn Observer,
) -> Result<(Locations, Input, Quality), JobError> {
    let mut input = read(plan, &mut Timer::start(observer))?;
    let mut verdict = input.verdict(plan);
    let Located { fold, census, gazetteer, known } = Located::take(plan, &mut input);
    verdict.add(obeyed::notices(plan, &known));
    let renamed = fold.renamed(&plan.directory, &gazetteer.locations);
    let shared = fold.shared_queues(&plan.directory);
    let frames = TicketFrame::build(&fold.finish_at(&gazetteer), plan.frame(None, None))?;
    let mut rows = rows(plan, &frames, &queues(&census, &gazetteer), &renamed)?;
    add_left_out(plan, &gazetteer, &mut rows);
    let (warnings, notes) = (verdict.notices, obeyed::overruled(&known));
    Ok((Locations { rows, renamed, shared, warnings, notes }, input, verdict.quality))
}

/// The locations of the current generation of a state; none if it has no generation yet. `wait` is how long to wait for
/// its lock. Without a given instant, the plan gets that of the last kept night.
///
/// # Errors
/// [`JobError::Store`] and [`JobError::State`] if the state cannot be read; [`JobError::NoCurrent`] if its current
/// generation is gone.
pub fn kept_locations(
    plan: &mut Plan,
    folder: &Path,
    wait: Duration,
) -> Result<Locations, JobError> {
    of_state(folder, wait, |state| list(plan, state))
}

/// The locations of a generation.
fn list(plan: &mut Plan, state: Option<&Generation>) -> Result<Locations, JobError> {
    let Some(state) = state else { return Ok(Locations::default()) };
    let ledger = read_ledger(state)?;
    at_night(plan, &ledger)?;
    let mut merged = obeyed::recall(state, &ledger)?;
    merged.join(&plan.directory)?;
    let census = merged.census();
    let names = merged.united(&plan.directory).into_owned();
    let gazetteer = names.gazetteer(&census, &plan.directory);
    let known = Known::of(plan, merged.names().seen_names(), &census, &gazetteer);
    let warnings = obeyed::notices(plan, &known);
    let renamed = names.renamed(&plan.directory, &gazetteer.locations);
    let shared = names.shared_queues(&plan.directory);
    let mut chronicle = merged.chronicle(&gazetteer, plan.waits)?;
    chronicle.load_rows(state, |_| true)?;
    let kept = chronicle.rows(|_| true);
    let settings = plan.frame(None, None);
    let frames = stack(&gazetteer.locations, &kept, &chronicle.left_out, settings)?;
    let mut rows = rows(plan, &frames, &queues(&census, &gazetteer), &renamed)?;
    add_left_out(plan, &gazetteer, &mut rows);
    Ok(Locations { rows, renamed, shared, warnings, notes: Vec::new() })
}

/// The queues of each location, by organization and name, with the tickets of each.
type Queues<'a> = BTreeMap<(&'a str, &'a str), BTreeMap<Cow<'a, str>, u64>>;

fn queues<'a>(census: &'a Census, gazetteer: &'a Gazetteer) -> Queues<'a> {
    let mut queues = Queues::new();
    for (kind, tickets) in &census.kinds {
        let place = gazetteer.place(kind).and_then(|at| gazetteer.locations.get(at));
        if let (Some(place), Some(queue)) = (place, &kind.queue) {
            let of_place = queues.entry((&place.organization, &place.name)).or_default();
            *of_place.entry(queue_key(queue)).or_default() += tickets;
        }
    }
    queues
}

/// Adds a row for every location with tickets that the configuration leaves out.
fn add_left_out(plan: &Plan, gazetteer: &Gazetteer, rows: &mut Vec<ListedLocation>) {
    for ((organization, name, by), tickets) in &gazetteer.left_out {
        let id = location_ids(std::iter::once((organization.as_str(), name.as_str())));
        let is_own = plan.directory.has_own_zone(name, std::iter::empty());
        let (clock, is_chosen) = plan.directory.clock(name, std::iter::empty());
        rows.push(ListedLocation {
            organization: organization.clone(),
            name: name.clone(),
            id: id.into_iter().next().unwrap_or_default(),
            queues: Vec::new(),
            zone: clock.zones().to_string(),
            day_start: clock.day_start().to_string(),
            zone_from: match (is_own, is_chosen) {
                (true, _) => ZoneFrom::Section,
                (false, true) => ZoneFrom::Default,
                (false, false) => ZoneFrom::Nobody,
            },
            tickets: *tickets,
            dates: None,
            renamed_from: Vec::new(),
            renamed_to: Vec::new(),
            excluded_by: Some(by.detail()),
        });
    }
    let key = |row: &ListedLocation| {
        (row.organization.clone(), row.name.clone(), row.excluded_by.clone())
    };
    rows.sort_by_cached_key(key);
}

/// The rows of frames without a window, by organization and name.
fn rows(
    plan: &Plan,
    frames: &[TicketFrame],
    queues: &Queues<'_>,
    renamed: &[RenamedQueue],
) -> Result<Vec<ListedLocation>, JobError> {
    let (renames, none) = (Renames::of(renamed), BTreeMap::new());
    let mut rows = Vec::new();
    for frame in frames {
        for (place, visits) in frame.locations.iter().zip(frame.visits()?) {
            let key = (frame.organization.as_str(), place.name.as_str());
            let mut by_size: Vec<(u64, &str)> = queues
                .get(&key)
                .unwrap_or(&none)
                .iter()
                .map(|(queue, n)| (u64::MAX - n, &**queue))
                .collect();
            by_size.sort_unstable();
            let ids = || by_size.iter().map(|(_, queue)| *queue);
            let zone_from = if plan.directory.has_own_zone(&place.name, ids()) {
                ZoneFrom::Section
            } else if place.zone_is_chosen {
                ZoneFrom::Default
            } else {
                ZoneFrom::Nobody
            };
            let names = |of: &BTreeMap<_, std::collections::BTreeSet<&str>>| -> Vec<String> {
                of.get(&key).into_iter().flatten().map(|name| (*name).to_owned()).collect()
            };
            rows.push(ListedLocation {
                organization: frame.organization.clone(),
                name: place.name.clone(),
                id: place.id.clone(),
                queues: ids().map(str::to_owned).collect(),
                zone: place.clock.zones().to_string(),
                day_start: place.clock.day_start().to_string(),
                zone_from,
                tickets: visits.tickets,
                dates: visits.dates,
                renamed_from: names(&renames.from),
                renamed_to: names(&renames.to),
                excluded_by: None,
            });
        }
    }
    Ok(rows)
}
