//! Forgetting by hand: a night that reads nothing, leaves out what is to be forgotten, publishes anew, and removes every older
//! generation of state and site.
//!
//! ```text
//! open ─ look at the files ─ merge without it ─ commit ─ make ─ publish ─ remove what is older
//! ```
//!
//! It can be killed at any instant. Before the commit nothing was changed; after it, the next night or the same command again
//! publishes and removes what is left.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::archive::{ArchiveError, Candidate, Discovery};
use crate::disk::Disk;
use crate::night::{
    Erase, FileNumbers, Forgotten, Gone, History, Sighting, Tonight, Treatment, read_ledger,
    recognise,
};
use crate::store::Store;
use crate::ticket::{Directory, Fold};
use crate::webhook::TicketId;

use super::keep::Wish;
use super::open::{Opened, Recognised};
use super::read::{ReadTonight, account_of};
use super::running::Night;
use crate::ingest::Account;
use crate::job::error::{JobError, Missing};
use crate::job::known_files::find;
use crate::job::nearest::nearest;
use crate::job::night_plan::{NightPlan, Places};
use crate::job::observer::Observer;
use crate::job::read::Timer;
use crate::job::run_file::Run;

/// What to forget.
#[derive(Debug, Clone, Default)]
pub struct Forget {
    /// Tickets, by id.
    pub tickets: Vec<TicketId>,
    /// The only organizations in which they are meant; all if empty.
    pub organizations: Vec<String>,
    /// Single tickets with an earlier service date.
    pub before: Option<NaiveDate>,
    /// A file that is no longer in the archive: what only it brought. By name, or a path that ends with it.
    pub file: Option<String>,
    /// Whether the figures of these dates go too.
    pub with_figures: bool,
    /// Only says what would go.
    pub dry_run: bool,
}

/// What was forgotten, or would be.
#[derive(Debug)]
pub struct ForgetDone {
    /// The tickets.
    pub gone: Gone,
    /// How many of the ids were neither kept nor forgotten before: perhaps they were mistyped.
    pub unknown: usize,
    /// Tickets of the file that were read anew from other files.
    pub again: usize,
    /// Tickets of the file that stand in other files that are gone too, and were left as they are.
    pub left: usize,
    /// The generation that holds nothing of it; `None` if it was only tried.
    pub generation: Option<u64>,
    /// Number of files published.
    pub files: usize,
}

/// The instant of the last night of a state, UTC milliseconds; `None` if it has no generation.
///
/// # Errors
/// [`JobError`] if the state cannot be read.
pub fn last_night(places: &Places) -> Result<Option<i64>, JobError> {
    let store = Store::open_with(&Disk::new(), &places.state, places.options)?;
    let ledger = store.current().as_ref().map(read_ledger).transpose()?;
    Ok(ledger.map(|ledger| ledger.as_of))
}

impl<'a> Night<'a> {
    /// Forgets, as of the instant of the plan, which is that of the last night.
    ///
    /// # Errors
    /// [`JobError`]. [`Observer::committed`] has told whether a generation was committed; then the same call again goes on.
    pub fn forget(
        plan: &'a NightPlan,
        what: &Forget,
        observer: &'a dyn Observer,
    ) -> Result<ForgetDone, JobError> {
        let timer = Timer::start(observer);
        let mut night = Self { plan, observer, timer, run: Run::default() };
        let mut opened = night.open()?;
        if opened.base.is_none() {
            return Err(JobError::NothingKept);
        }
        let discovery = night.look(&opened)?;
        let (mut recognised, there) = night.known(&discovery, &mut opened)?;
        let mut wish = night.wish(&opened, what)?;
        let mut news = Fold::default();
        let (mut again, mut left) = (0, 0);
        if let Some(path) = &what.file {
            let file = night.file(path, &opened, &mut recognised.tonight, &there)?;
            (again, left) = (file.again, file.left);
            wish.erase.extend(file.erase);
            wish.files = file.files;
            news = file.news;
        }
        let mut read = nothing_read(&discovery, &recognised.tonight, &plan.plan.directory);
        (read.news, read.is_news) = (news, true);
        let mut tickets = night.merge(&opened, &recognised, &mut read, &wish)?;
        read.is_news = false;
        let gone = tickets.merged.gone.clone();
        let (mut is_new, mut unknown) = (false, 0);
        for id in &what.tickets {
            let owners = what.organizations.iter().map(|name| Some(name.as_str()));
            let everywhere = what.organizations.is_empty().then_some(None);
            let mut is_known = true;
            for owner in owners.chain(everywhere) {
                is_known &= !tickets.merged.forgotten.add(owner, *id)?;
            }
            is_new |= !is_known;
            unknown += usize::from(!is_known && !gone.found.contains(id));
        }
        if what.dry_run {
            return Ok(ForgetDone { gone, unknown, again, left, generation: None, files: 0 });
        }
        night.run.total = read.all.totals;
        night.run.files_gone = recognised.tonight.gone().len() as u64;
        let silent = night.judge_days(&opened, &mut recognised, &read, &mut tickets)?;
        tickets.merged.wipes = true;
        let before = opened.base.as_ref().map(Forgotten::read).transpose()?;
        let is_moved = before.is_none_or(|one| one.before() != tickets.merged.forgotten.before());
        read.is_news = is_new || is_moved || gone.is_any() || !wish.files.is_empty();
        let kept = night.commit(&mut opened, &recognised, &read, tickets)?;
        let generation = kept.state.number();
        let files = night.make(&mut opened, &recognised, &read, kept, &silent)?;
        let files = night.publish(&mut opened, &files)?;
        night.clean(&opened)?;
        Ok(ForgetDone { gone, unknown, again, left, generation: Some(generation), files })
    }

    /// Finds the files. An archive that cannot be reached forbids nothing: all its files count as gone.
    fn look(&self, opened: &Opened<'_>) -> Result<Discovery, JobError> {
        match find(self.plan, &opened.ledger) {
            Err(JobError::ArchiveGone { .. }) => Ok(Discovery::default()),
            other => other,
        }
    }

    /// Tells which known files are there; nothing is read, and what is new waits for the next night.
    fn known<'d>(
        &self,
        discovery: &'d Discovery,
        opened: &mut Opened<'_>,
    ) -> Result<(Recognised<'d>, There<'d>), JobError> {
        let plan = &self.plan.plan;
        let ledger = std::mem::take(&mut opened.ledger);
        let (limits, as_of) = (plan.ingest.limits, plan.waits.as_of);
        let flow = |_| plan.stop.flow();
        let seen = recognise(&ledger, &discovery.files, limits, false, &flow)?;
        let looked_at = ledger.looked_at.clone();
        let there = seen.iter().filter(|one| says_the_same(one.treatment));
        let there = there.filter_map(|one| Some((one.row?, one.file))).collect();
        let mut tonight = Tonight::plan(ledger, as_known(seen), as_of, plan.ingest.settle_ms)
            .map_err(ArchiveError::TooManyFiles)?;
        tonight.ledger.looked_at = looked_at;
        // Without any file nothing is known of the roots either.
        if !discovery.roots.is_empty() {
            tonight.enter_roots(&discovery.roots);
        }
        Ok((Recognised { tonight, new_skips: Vec::new() }, there))
    }

    /// The wish with the organizations that it may mean.
    fn wish(&self, opened: &Opened<'_>, what: &Forget) -> Result<Wish, JobError> {
        let history = History::open(opened.base.clone(), FileNumbers::default(), &BTreeSet::new())?;
        let all: BTreeSet<&str> =
            history.names().headings.iter().map(|heading| &*heading.organization).collect();
        for name in &what.organizations {
            if !all.contains(name.as_str()) {
                let near = nearest(name, all.iter().copied());
                let near = near.into_iter().map(str::to_owned).collect();
                return Err(JobError::Missing(Missing {
                    noun: "organization",
                    name: name.clone(),
                    near,
                    there: all.len(),
                }));
            }
        }
        let wanted = |name: &&&str| {
            what.organizations.is_empty() || what.organizations.iter().any(|one| one == **name)
        };
        let owners: Vec<&str> = all.iter().filter(wanted).copied().collect();
        let mut erase = Erase::default();
        for id in &what.tickets {
            for name in &owners {
                erase.add(name, *id);
            }
        }
        let (sums, nothing) = match what.with_figures {
            true => (None, what.before),
            false => (what.before, None),
        };
        Ok(Wish { erase, sums, nothing, files: BTreeSet::new() })
    }
}

/// The files that still say what they said when they were read, by id.
type There<'d> = BTreeMap<u32, &'d Candidate>;

/// What was read: nothing. The account is that of all nights.
fn nothing_read(
    discovery: &Discovery,
    tonight: &Tonight<'_>,
    directory: &Directory,
) -> ReadTonight {
    ReadTonight {
        news: Fold::default(),
        whole: BTreeSet::new(),
        numbers: Vec::new(),
        heard: BTreeMap::new(),
        fresh: account_of(Discovery::default(), Account::default(), directory),
        all: account_of(discovery.clone(), tonight.account(), directory),
        is_news: false,
    }
}

/// Known files count as unchanged, whatever came to them since; new ones do not count. A new name counts in the next night
/// only: it may change the order of files, and those of another order are to be read again.
fn as_known(mut seen: Vec<Sighting<'_>>) -> Vec<Sighting<'_>> {
    let is_same = |one: &Sighting<'_>| match one.treatment {
        Treatment::Unusable(_) | Treatment::Verified => true,
        Treatment::Unchanged
        | Treatment::Renamed
        | Treatment::Grown
        | Treatment::New
        | Treatment::Rewritten => false,
    };
    seen.retain(|one| is_same(one) || one.row.is_some());
    for one in seen.iter_mut().filter(|one| !is_same(one)) {
        one.treatment = Treatment::Unchanged;
    }
    seen
}

/// Whether a file still says everything that it said.
fn says_the_same(treatment: Treatment) -> bool {
    match treatment {
        Treatment::Unchanged | Treatment::Verified | Treatment::Renamed | Treatment::Grown => true,
        Treatment::New | Treatment::Rewritten | Treatment::Unusable(_) => false,
    }
}
