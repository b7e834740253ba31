//! The stages of a night that merge what is new with the state, and commit it.

use crate::night::{About, Chronicle, History, Meaning, Merged, write as write_state};
use crate::store::Generation;
use crate::ticket::{Gazetteer, RenamedQueue, SharedQueues};

use super::open::{Opened, Recognised};
use super::read::ReadTonight;
use super::running::Night;
use crate::job::banner::losses;
use crate::job::error::JobError;
use crate::job::excluded;
use crate::job::renamed;
use crate::job::shared_queues;

/// The tickets of all nights, as far as tonight needs them.
pub(super) struct MergedTonight {
    pub(super) merged: Merged,
    pub(super) gazetteer: Gazetteer,
    pub(super) chronicle: Chronicle,
    /// Whether the rows that were kept before still hold.
    rows_hold: bool,
    /// Queues with a name that is new tonight.
    new_names: Vec<RenamedQueue>,
    /// Queues that several organizations have since tonight.
    new_shared: Vec<SharedQueues>,
}

/// The generation that the site is made from, and the rows of its months.
pub(super) struct Kept {
    pub(super) state: Generation,
    /// Its number if it was committed tonight.
    pub(super) committed: Option<u64>,
    pub(super) gazetteer: Gazetteer,
    pub(super) chronicle: Chronicle,
}

impl Night<'_> {
    /// Merges what is new with the months of the state that it touches.
    pub(super) fn merge(
        &mut self,
        opened: &Opened<'_>,
        recognised: &Recognised<'_>,
        read: &mut ReadTonight,
    ) -> Result<MergedTonight, JobError> {
        let (plan, tonight) = (&self.plan.plan, &recognised.tonight);
        plan.stop.check()?;
        let (news, whole) = (std::mem::take(&mut read.news), std::mem::take(&mut read.whole));
        // Without news, everything that was read was known before.
        let (news, whole) = if read.is_news { (news, whole) } else { Default::default() };
        let history = History::open(opened.base.clone(), |id| tonight.number(id), &whole)?;
        let names_before = renamed::before(plan, &history);
        let shared_before = shared_queues::before(plan, &history);
        let mut merged = history.merge(news, |id| tonight.number(id))?;
        merged.join(&plan.directory, |id| tonight.number(id))?;
        self.timer.stage("merge with the state", merged.loaded, "tickets");
        plan.stop.check()?;
        let names = merged.united(&plan.directory);
        let gazetteer = names.gazetteer(&merged.census(), &plan.directory);
        let new_names = renamed::tonight(plan, &names_before, &names, &gazetteer);
        let new_shared = shared_queues::tonight(plan, &shared_before, &names);
        drop(names);
        let numbered = read.numbers.iter().copied().zip(&read.fresh.ingested.account.files);
        self.warn(losses(plan, numbered, &gazetteer.findings));
        let chronicle = merged.chronicle(&gazetteer, plan.waits)?;
        self.timer.stage("rows of months with news", chronicle.height(), "rows");
        plan.stop.check()?;
        let rows_hold = chronicle.is_kept();
        if gazetteer.locations.is_empty() && !self.plan.force {
            let left_out = excluded::words(&gazetteer.findings.excluded);
            return Err(JobError::NoTicket { read: Box::new(read.fresh.counts()), left_out });
        }
        Ok(MergedTonight { merged, gazetteer, chronicle, rows_hold, new_names, new_shared })
    }

    /// Commits what is new. Without news, the generation stays.
    pub(super) fn commit(
        &mut self,
        opened: &mut Opened<'_>,
        recognised: &Recognised<'_>,
        read: &ReadTonight,
        mut tickets: MergedTonight,
    ) -> Result<Kept, JobError> {
        let base = opened.base.take().filter(|_| !read.is_news && tickets.rows_hold);
        let (state, committed) = match base {
            Some(base) => (base, None),
            None => {
                let state = self.write(opened, recognised, &mut tickets)?;
                let number = state.number();
                self.observer.committed(number, &self.plan.places.out);
                (state, Some(number))
            }
        };
        let MergedTonight { merged, gazetteer, mut chronicle, new_names, new_shared, .. } = tickets;
        chronicle.set_written();
        for note in renamed::notes(&new_names).iter().chain(&shared_queues::notes(&new_shared)) {
            self.observer.notice(note);
        }
        self.run.generation = state.number();
        let left_out: u64 = gazetteer.findings.excluded.values().sum();
        self.run.tickets = merged.counted().saturating_sub(left_out);
        // The largest value of a night, and not needed any more.
        drop(merged);
        self.timer.stage("commit", self.run.months_written, "months");
        Ok(Kept { state, committed, gazetteer, chronicle })
    }

    /// Writes and commits a generation.
    fn write(
        &mut self,
        opened: &mut Opened<'_>,
        recognised: &Recognised<'_>,
        tickets: &mut MergedTonight,
    ) -> Result<Generation, JobError> {
        let (plan, tonight) = (&self.plan.plan, &recognised.tonight);
        let MergedTonight { merged, gazetteer, chronicle, .. } = tickets;
        let as_of = plan.waits.as_of;
        let mut ledger = tonight.ledger.clone();
        ledger.meaning = Meaning::of(&plan.ingest);
        ledger.as_of = ledger.as_of.max(as_of);
        let mut draft = opened.store.begin()?;
        let mut about = About::of_night(as_of, &tonight.tally, self.run.read.records, merged.len());
        about.data_through.clone_from(&gazetteer.findings.data_through);
        let id = |number| tonight.id(number);
        self.run.months_written = write_state(&mut draft, &ledger, merged, chronicle, &about, id)?;
        // The last chance to stop: a commit that has begun is finished.
        plan.stop.check()?;
        Ok(draft.commit()?)
    }
}
