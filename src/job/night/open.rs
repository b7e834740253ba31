//! The first stages of a night: open state and site, and recognise the files.

use crate::archive::{ArchiveError, Discovery, Skipped};
use crate::disk::Disk;
use crate::night::{
    About, Forgotten, Ledger, LedgerError, StateError, Tonight, read_ledger, recognise,
};
use crate::report::publish::site::Site;
use crate::store::{Generation, Store};

use super::running::Night;
use crate::job::clock::behind_state;
use crate::job::error::JobError;
use crate::job::known_files::{check_ledger, read_again};
use crate::job::mended::Watch;
use crate::job::metrics_file;

/// The open state and site of a night; they stay locked as long as it lives.
pub(super) struct Opened<'a> {
    // The first field, so that it is dropped before the store that it asks.
    pub(super) watch: Watch<'a>,
    pub(super) store: Store,
    pub(super) site: Site,
    /// The generation it continues; `None` if it begins anew.
    pub(super) base: Option<Generation>,
    /// What that generation knows of the files; [`Night::recognise`] takes it.
    pub(super) ledger: Ledger,
    /// What the state has forgotten that this night makes anew.
    pub(super) forgotten: Option<Forgotten>,
    /// Instant of the last run that was kept, UTC milliseconds.
    pub(super) kept_as_of: Option<i64>,
}

/// The files, compared with what earlier nights know of them.
pub(super) struct Recognised<'d> {
    pub(super) tonight: Tonight<'d>,
    /// Skipped files that no night has told yet.
    pub(super) new_skips: Vec<Skipped>,
}

/// What the state has forgotten that is made anew; of one that cannot be read, nobody knows.
fn forgotten_by(store: &Store) -> Result<Option<Forgotten>, JobError> {
    let old = match store.replaced() {
        Err(error) if error.is_damage() => None,
        old => old?,
    };
    Ok(old.and_then(|old| Forgotten::read(&old).ok()))
}

impl<'a> Night<'a> {
    /// Waits for the lock, and opens state and site.
    pub(super) fn open(&self) -> Result<Opened<'a>, JobError> {
        let (night, plan) = (self.plan, &self.plan.plan);
        let (disk, places) = (Disk::new().giving_up_when(plan.stop.flag()), &night.places);
        let open = if night.rebuild { Store::open_to_rebuild } else { Store::open_with };
        let store = open(&disk, &places.state, places.options);
        // Waiting for the lock also fails when the job is asked to end; that comes first.
        plan.stop.check()?;
        let store = store?;
        let watch = Watch::of(self.observer, &store);
        // Before anything is read, so that a bad folder is found at once.
        let site = Site::open(&disk, &places.out, places.options.keep);
        plan.stop.check()?;
        let site = site?;
        metrics_file::try_it(night.metrics_file.as_ref())?;
        let mut base = store.current();
        let ledger = match base.as_ref().map(read_ledger).transpose() {
            Err(StateError::Ledger { source: LedgerError::Older { files, .. }, .. }) => {
                read_again(night, &files, self.observer)?;
                base = None;
                None
            }
            other => other?,
        };
        if let Some(ledger) = &ledger {
            check_ledger(ledger, night)?;
        }
        if let Some(base) = &base {
            behind_state(plan, base)?;
        }
        let as_of = plan.waits.as_of;
        let kept_as_of = ledger.as_ref().map(|ledger| ledger.as_of);
        // A clock that was ahead in that run says nothing of the days that it judged; what had happened by then does.
        let newest = || base.as_ref().and_then(About::read).and_then(|about| about.newest());
        let kept_as_of = kept_as_of.filter(|kept| *kept <= as_of).or_else(newest);
        let forgotten = if base.is_none() { forgotten_by(&store)? } else { None };
        let ledger = ledger.unwrap_or_default();
        Ok(Opened { watch, store, site, base, ledger, forgotten, kept_as_of })
    }

    /// Tells known files from new ones.
    pub(super) fn recognise<'d>(
        &mut self,
        discovery: &'d Discovery,
        opened: &mut Opened<'_>,
    ) -> Result<Recognised<'d>, JobError> {
        let plan = &self.plan.plan;
        let ledger = std::mem::take(&mut opened.ledger);
        let (limits, as_of) = (plan.ingest.limits, plan.waits.as_of);
        let flow = |_| plan.stop.flow();
        let seen = recognise(&ledger, &discovery.files, limits, self.plan.verify, &flow)?;
        let mut tonight = Tonight::plan(ledger, seen, as_of, plan.ingest.settle_ms)
            .map_err(ArchiveError::TooManyFiles)?;
        tonight.enter_roots(&discovery.roots);
        let new_skips = tonight.ledger.remember(discovery, &plan.exclude.0, as_of);
        self.timer.stage("recognise files", discovery.files.len(), "files");
        Ok(Recognised { tonight, new_skips })
    }
}
