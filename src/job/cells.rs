//! Cells of the tables of a report, each traced to its tickets and figures: of an archive that is read now, or of what nights
//! keep.

use std::collections::{BTreeMap, BTreeSet};

use crate::archive::Skipped;
use crate::dataframe::{LocationColumn, Singles};
use crate::ingest::{Account, FileAccount, Watch};
use crate::metric::{OrganizationSums, Rules};
use crate::night::{Period, read_ledger};
use crate::store::Generation;
use crate::ticket::{Findings, Moments};

use super::account::files_of;
use super::asked::{Asked, There};
use super::error::JobError;
use super::export::{ExportPlan, add, texts_of};
use super::groups::levels;
use super::kept::of_state;
use super::kept_account::account_of;
use super::kept_sums::frames_of;
use super::located::Located;
use super::numbers::Numbers;
use super::obeyed;
use super::observer::Observer;
use super::opened::Opened;
use super::picked::{Picked, looked_from};
use super::plan::Plan;
use super::question::Basis;
use super::read::Timer;
use super::shared_names::SharedNames;
use super::silence::Silences;
use super::source::{Source, recalled};
use super::whole::Whole;

/// The tables of a report, and what their cells are made of.
pub struct Cells {
    pub(super) of: Vec<OfOrganization>,
    /// Single tickets, also of the weeks before the window that are looked at.
    pub tickets: Singles,
    /// What they come from.
    pub basis: Basis,
    pub(super) rules: Rules,
}

/// The part of an organization.
pub(super) struct OfOrganization {
    pub(super) numbers: Numbers,
    /// Groups of each location, by its name.
    pub(super) groups: BTreeMap<String, Vec<String>>,
    /// The files that it may know of.
    pub(super) files: Vec<FileAccount>,
}

/// Makes the tables of a report.
///
/// # Errors
/// [`JobError`] if the archive or the state cannot be read, or a name is not there.
pub fn cells(asked: &mut ExportPlan, observer: &dyn Observer) -> Result<Cells, JobError> {
    let ExportPlan { plan, source, asked } = asked;
    match source {
        Source::Archive => of_archive(plan, asked, observer),
        Source::State(folder, wait) => {
            of_state(folder, *wait, |state| of_generation(plan, asked, state))
        }
    }
}

fn of_archive(plan: &Plan, asked: &Asked, observer: &dyn Observer) -> Result<Cells, JobError> {
    let mut timer = Timer::start(observer);
    let Opened { input, verdict, located, .. } = Opened::read(plan, Watch::Nothing, &mut timer)?;
    let Located { fold, gazetteer, known, .. } = located;
    let mut set = fold.finish_at(&gazetteer);
    let window = (asked.from, asked.to);
    let mut tickets = Singles::at(&set.locations);
    let wide = Asked { from: looked_from(plan, &gazetteer, window), ..asked.clone() };
    let there = There::at(&tickets.places, texts_of(&set));
    add(plan, &wide.filter(&there, plan, &known)?, &set, &Moments::default(), &mut tickets);
    let picked = Picked::of(plan, &mut set, asked, window, (&gazetteer, &known))?;
    drop(set);
    timer.stage("frames", picked.height(), "rows");
    let meant = picked.meant.clone();
    let account = &input.ingested.account;
    let skipped = &input.discovery.skipped;
    let nothing = (BTreeSet::new(), Silences::default());
    let whole = whole(account, &gazetteer.findings, skipped, (&nothing.0, &nothing.1));
    let of = numbers(plan, picked, whole)?;
    let basis = Basis {
        meant,
        input: Some((input, verdict.quality)),
        warnings: verdict.notices,
        lacks_forgotten: false,
        // A cell is of one location.
        shared: SharedNames::default(),
        unfinished: None,
    };
    tickets.sort();
    Ok(Cells { of, tickets, basis, rules: plan.rules })
}

fn of_generation(
    plan: &mut Plan,
    asked: &Asked,
    state: Option<&Generation>,
) -> Result<Cells, JobError> {
    let Some(state) = state else { return Err(JobError::EmptyState) };
    let (gazetteer, known, mut chronicle) = recalled(plan, state)?;
    let warnings = obeyed::notices(plan, &known);
    let window = (asked.from, asked.to);
    let from = looked_from(plan, &gazetteer, window);
    let touches = |period: Period| period.may_touch(from, asked.to);
    let mut tickets = Singles::at(&gazetteer.locations);
    let wide = Asked { from, ..asked.clone() };
    let texts = chronicle.names(state, touches)?;
    let filter = wide.filter(&There::at(&tickets.places, texts), plan, &known)?;
    chronicle.each_period(state, touches, |set, others| {
        plan.stop.check()?;
        add(plan, &filter, set, others, &mut tickets);
        Ok::<(), JobError>(())
    })?;
    let frames = frames_of(plan, (from, asked.to), (state, &gazetteer), &mut chronicle)?;
    let (frames, meant) = asked.of(frames, plan, &known)?;
    let picked = Picked::of_frames(plan, frames, meant, (from, window))?;
    let meant = picked.meant.clone();
    let ledger = read_ledger(state)?;
    let account = account_of(&ledger, &plan.directory);
    // Which files are gone, only a look at the archive tells.
    let nothing = (BTreeSet::new(), Silences::default());
    let whole = whole(&account, &gazetteer.findings, &[], (&nothing.0, &nothing.1));
    let of = numbers(plan, picked, whole)?;
    let lacks_forgotten = chronicle.is_frozen(touches);
    let basis = Basis {
        meant,
        input: None,
        warnings,
        lacks_forgotten,
        shared: SharedNames::default(),
        unfinished: None,
    };
    tickets.sort();
    Ok(Cells { of, tickets, basis, rules: plan.rules })
}

/// What is known of the archive as a whole.
fn whole<'a>(
    account: &'a Account,
    findings: &'a Findings,
    skipped: &'a [Skipped],
    (gone, silent): (&'a BTreeSet<String>, &'a Silences),
) -> Whole<'a> {
    Whole { account, findings, silent, skipped, made_before: None, filter: "", gone }
}

/// The numbers of each organization, with what its rows go back to.
fn numbers(plan: &Plan, picked: Picked, whole: Whole<'_>) -> Result<Vec<OfOrganization>, JobError> {
    let (sums, courses) = picked.sums()?;
    let of = |one: OrganizationSums| {
        plan.stop.check()?;
        let numbers = Numbers::of(plan, one, whole, &courses)?;
        let organization = &numbers.sections.organization;
        let mine = files_of(organization, whole.account, whole.findings);
        let files = mine.into_iter().map(|(_, file)| file.clone()).collect();
        let grouped = |location: &LocationColumn| {
            let group = plan.groups.get(&location.name)?;
            Some((location.name.clone(), levels(group).map(str::to_owned).collect()))
        };
        let groups = numbers.locations.iter().filter_map(grouped).collect();
        Ok(OfOrganization { numbers, groups, files })
    };
    sums.into_iter().map(of).collect()
}
