//! Single tickets for other programs: of an archive that is read now, or of what nights keep, with the filters of questions.

use std::collections::BTreeSet;

use crate::dataframe::{Place, Singles};
use crate::ingest::{Traced, Watch};
use crate::night::Period;
use crate::store::Generation;
use crate::ticket::{Moments, TicketSet};

use super::asked::{Asked, Filter, There};
use super::error::JobError;
use super::kept::of_state;
use super::located::Located;
use super::obeyed;
use super::observer::Observer;
use super::opened::Opened;
use super::plan::Plan;
use super::question::Basis;
use super::read::Timer;
use super::shared_names::SharedNames;
use super::source::{Source, recalled};

/// What is exported.
#[derive(Debug)]
pub struct ExportPlan {
    /// How records are read and figures made.
    pub plan: Plan,
    /// Where the tickets come from.
    pub source: Source,
    /// Which tickets.
    pub asked: Asked,
}

/// Single tickets, by organization and id.
#[derive(Debug)]
pub struct Exported {
    /// The tickets.
    pub tickets: Singles,
    /// Group of each place, by its index; empty without one.
    pub groups: Vec<String>,
    /// What they come from.
    pub basis: Basis,
}

/// The single tickets that are asked for.
///
/// # Errors
/// [`JobError`] if the archive or the state cannot be read, or a name is not there.
pub fn export(asked: &mut ExportPlan, observer: &dyn Observer) -> Result<Exported, JobError> {
    let ExportPlan { plan, source, asked } = asked;
    let (mut tickets, basis) = match source {
        Source::Archive => {
            let (tickets, basis, _) = of_archive(plan, asked, Watch::Nothing, observer)?;
            (tickets, basis)
        }
        Source::State(folder, wait) => {
            of_state(folder, *wait, |state| of_generation(plan, asked, state))?
        }
    };
    tickets.sort();
    let groups = groups_of(plan, &tickets);
    Ok(Exported { tickets, groups, basis })
}

/// Group of each place, by its index; empty without one.
pub(crate) fn groups_of(plan: &Plan, tickets: &Singles) -> Vec<String> {
    let group = |place: &Place| plan.groups.get(&place.name).cloned().unwrap_or_default();
    tickets.places.iter().map(group).collect()
}

/// The tickets of an archive that are asked for, unsorted, and the records that are watched for, in the order of the archive.
///
/// # Errors
/// As [`export`].
pub(crate) fn of_archive(
    plan: &Plan,
    asked: &Asked,
    watch: Watch,
    observer: &dyn Observer,
) -> Result<(Singles, Basis, Vec<Traced>), JobError> {
    let mut timer = Timer::start(observer);
    let Opened { input, verdict, located, traced } = Opened::read(plan, watch, &mut timer)?;
    let Located { fold, gazetteer, known, .. } = located;
    let set = fold.finish_at(&gazetteer);
    let mut tickets = Singles::at(&set.locations);
    let texts = texts_of(&set);
    let filter = asked.filter(&There::at(&tickets.places, texts), plan, &known)?;
    add(plan, &filter, &set, &Moments::default(), &mut tickets);
    timer.stage("single tickets", tickets.len(), "tickets");
    let shared = SharedNames::of_singles(&filter.meant, &tickets);
    let basis = Basis {
        meant: filter.meant,
        input: Some((input, verdict.quality)),
        warnings: verdict.notices,
        lacks_forgotten: false,
        shared,
        unfinished: None,
    };
    Ok((tickets, basis, traced))
}

/// Queues, services and types of a set.
pub(crate) fn texts_of(set: &TicketSet) -> [BTreeSet<String>; 3] {
    [&set.queues, &set.categories, &set.types].map(|ids| {
        let texts = ids.iter().map(|id| set.names.get(*id).to_owned());
        texts.chain([String::new()]).collect()
    })
}

fn of_generation(
    plan: &mut Plan,
    asked: &Asked,
    state: Option<&Generation>,
) -> Result<(Singles, Basis), JobError> {
    let Some(state) = state else { return Err(JobError::EmptyState) };
    let (gazetteer, known, chronicle) = recalled(plan, state)?;
    let warnings = obeyed::notices(plan, &known);
    let touches = |period: Period| period.may_touch(asked.from, asked.to);
    let mut tickets = Singles::at(&gazetteer.locations);
    let texts = chronicle.names(state, touches)?;
    let filter = asked.filter(&There::at(&tickets.places, texts), plan, &known)?;
    // One period after the other: only what is asked for of it stays.
    chronicle.each_period(state, touches, |set, others| {
        plan.stop.check()?;
        add(plan, &filter, set, others, &mut tickets);
        Ok::<(), JobError>(())
    })?;
    let lacks_forgotten = chronicle.is_frozen(touches);
    let shared = SharedNames::of_singles(&filter.meant, &tickets);
    let basis = Basis {
        meant: filter.meant,
        input: None,
        warnings,
        lacks_forgotten,
        shared,
        unfinished: None,
    };
    Ok((tickets, basis))
}

/// Adds what is asked for of a set.
pub(crate) fn add(
    plan: &Plan,
    filter: &Filter<'_>,
    set: &TicketSet,
    others: &Moments,
    to: &mut Singles,
) {
    let settings = plan.frame(filter.meant.from, filter.meant.to);
    to.add(set, settings, others, |places, texts| {
        let places = places.iter();
        filter.keep(places.map(|one| (&*one.organization, &*one.name, &*one.id)), texts)
    });
}
