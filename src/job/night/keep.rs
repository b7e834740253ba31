//! The stages of a night that merge what is new with the state, and commit it.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::night::{About, Chronicle, Erase, Gone, History, Meaning, Merged, write as write_state};
use crate::store::Generation;
use crate::ticket::{Gazetteer, RenamedQueue};

use super::open::{Opened, Recognised};
use super::read::ReadTonight;
use super::running::Night;
use crate::job::banner::losses;
use crate::job::error::JobError;
use crate::job::notice::Notice;
use crate::job::rebuild_guard;
use crate::job::renamed;

/// The tickets of all nights, as far as tonight needs them.
pub(super) struct MergedTonight {
    pub(super) merged: Merged,
    pub(super) gazetteer: Gazetteer,
    pub(super) chronicle: Chronicle,
    /// Whether the rows that were kept before still hold.
    rows_hold: bool,
    /// Queues with a name that is new tonight.
    new_names: Vec<RenamedQueue>,
}

/// What somebody wants forgotten by hand.
#[derive(Debug, Default)]
pub(super) struct Wish {
    /// Single tickets.
    pub(super) erase: Erase,
    /// Single tickets before that date; sums stay.
    pub(super) sums: Option<NaiveDate>,
    /// Everything before that date.
    pub(super) nothing: Option<NaiveDate>,
    /// Numbers of files that are taken back.
    pub(super) files: BTreeSet<u32>,
}

/// The generation that the site is made from, and the rows of its months.
pub(super) struct Kept {
    pub(super) state: Generation,
    /// Its number if it was committed tonight.
    pub(super) committed: Option<u64>,
    pub(super) gazetteer: Gazetteer,
    pub(super) chronicle: Chronicle,
    /// Figures of earlier service dates are kept as they were made.
    pub(super) made_before: Option<NaiveDate>,
}

impl Night<'_> {
    /// Merges what is new with the months of the state that it touches.
    pub(super) fn merge(
        &mut self,
        opened: &Opened<'_>,
        recognised: &Recognised<'_>,
        read: &mut ReadTonight,
        wish: &Wish,
    ) -> Result<MergedTonight, JobError> {
        let (plan, tonight) = (&self.plan.plan, &recognised.tonight);
        plan.stop.check()?;
        let (news, whole) = (std::mem::take(&mut read.news), std::mem::take(&mut read.whole));
        // Without news, everything that was read was known before.
        let (news, whole) = if read.is_news { (news, whole) } else { Default::default() };
        let mut history = History::open(opened.base.clone(), |id| tonight.number(id), &whole)?;
        if let Some(forgotten) = &opened.forgotten {
            history.forgotten().clone_from(forgotten);
        }
        history.forget_files(&wish.files);
        let names_before = renamed::before(plan, &history);
        let mut merged = history.merge(news, &wish.erase, |id| tonight.number(id))?;
        self.timer.stage("merge with the state", merged.loaded, "tickets");
        plan.stop.check()?;
        let mut gazetteer = merged.names().gazetteer(&merged.census(), &plan.directory);
        let (sums, nothing) = (self.plan.keep_from.max(wish.sums), wish.nothing);
        merged.forget_before(sums, nothing, (&gazetteer, plan.waits), |id| tonight.number(id))?;
        self.tell_gone(&merged);
        if merged.gone.has_less() {
            gazetteer = merged.names().gazetteer(&merged.census(), &plan.directory);
        }
        let new_names = renamed::tonight(plan, &names_before, &merged, &gazetteer);
        let numbered = read.numbers.iter().copied().zip(&read.fresh.ingested.account.files);
        self.warn(losses(plan, numbered, &gazetteer.findings));
        let chronicle = merged.chronicle(&gazetteer, plan.waits)?;
        self.timer.stage("rows of months with news", chronicle.height(), "rows");
        plan.stop.check()?;
        rebuild_guard::judge(self.plan, &opened.store, &merged)?;
        let rows_hold = chronicle.is_kept() && !merged.gone.is_any();
        if merged.is_empty() && !self.plan.force && !merged.gone.is_any() {
            return Err(JobError::NoTicket { read: Box::new(read.fresh.counts()) });
        }
        Ok(MergedTonight { merged, gazetteer, chronicle, rows_hold, new_names })
    }

    /// Counts and tells what is forgotten tonight.
    fn tell_gone(&mut self, merged: &Merged) {
        let Gone { summed, forgotten, too_late, .. } = &merged.gone;
        let tickets = summed.values().sum();
        (self.run.forgotten, self.run.too_late, self.run.summed) = (*forgotten, *too_late, tickets);
        if let Some(before) = merged.forgotten.before().filter(|_| tickets > 0) {
            self.observer.notice(&Notice::Summed { tickets, before });
        }
        if forgotten + too_late > 0 {
            let (forgotten, too_late) = (*forgotten, *too_late);
            self.observer.notice(&Notice::LeftOutAgain { forgotten, too_late });
        }
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
        let MergedTonight { merged, gazetteer, mut chronicle, new_names, .. } = tickets;
        let made_before = merged.forgotten.before().filter(|_| merged.has_forgotten_days());
        chronicle.set_written();
        for note in renamed::notes(&new_names) {
            self.observer.notice(&note);
        }
        self.run.generation = state.number();
        self.run.tickets = merged.len();
        // The largest value of a night, and not needed any more.
        drop(merged);
        self.timer.stage("commit", self.run.months_written, "months");
        Ok(Kept { state, committed, gazetteer, chronicle, made_before })
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
