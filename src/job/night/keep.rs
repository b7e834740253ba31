//! The stages of a night that merge what is new with the state, and commit it.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::night::{About, Chronicle, Erase, Gone, History, Meaning, Merged, write as write_state};
use crate::store::Generation;
use crate::ticket::{Directory, Gazetteer, RenamedQueue, SharedQueues};

use super::open::{Opened, Recognised};
use super::read::ReadTonight;
use super::running::Night;
use crate::job::banner::losses;
use crate::job::error::JobError;
use crate::job::excluded;
use crate::job::made_from::{MADE_FROM, published};
use crate::job::notice::Notice;
use crate::job::rebuild_guard;
use crate::job::renamed;
use crate::job::restated::restated;
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

/// The generation that the site is made from, and the rows of its periods.
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
    /// Merges what is new with the periods of the state that it touches.
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
        let mut history = History::open(opened.base.clone(), tonight.file_numbers(), &whole)?;
        if let Some(forgotten) = &opened.forgotten {
            history.forgotten().clone_from(forgotten);
        }
        history.forget_files(&wish.files);
        let names_before = renamed::before(plan, &history);
        let shared_before = shared_queues::before(plan, &history);
        let mut merged = history.merge(news, &wish.erase)?;
        self.timer.stage("merge with the state", merged.loaded, "tickets");
        plan.stop.check()?;
        let mut gazetteer = gazetteer_of(&merged, &plan.directory);
        let keep_from = no_further(self.plan.keep_from, &gazetteer);
        let (sums, nothing) = (keep_from.max(wish.sums), wish.nothing);
        if merged.forgets_before(sums, nothing) && merged.join(&plan.directory)? {
            gazetteer = gazetteer_of(&merged, &plan.directory);
        }
        merged.forget_before(sums, nothing, (&gazetteer, plan.waits), &plan.directory)?;
        self.tell_gone(&merged);
        let has_joints = merged.join(&plan.directory)?;
        if has_joints || merged.gone.has_less() {
            gazetteer = gazetteer_of(&merged, &plan.directory);
        }
        let names = merged.united(&plan.directory);
        let new_names = renamed::tonight(plan, &names_before, &names, &gazetteer);
        let new_shared = shared_queues::tonight(plan, &shared_before, &names);
        drop(names);
        let numbered = read.numbers.iter().copied().zip(&read.fresh.ingested.account.files);
        self.warn(losses(plan, numbered, &gazetteer.findings));
        let chronicle = merged.chronicle(&gazetteer, plan.waits)?;
        self.timer.stage("rows of periods with news", chronicle.height(), "rows");
        plan.stop.check()?;
        rebuild_guard::judge(self.plan, &opened.store, &merged)?;
        let rows_hold = chronicle.is_kept() && !merged.gone.is_any();
        if gazetteer.locations.is_empty() && !self.plan.force && !merged.gone.is_any() {
            let left_out = excluded::words(&gazetteer.findings.excluded);
            return Err(JobError::NoTicket { read: Box::new(read.fresh.counts()), left_out });
        }
        Ok(MergedTonight { merged, gazetteer, chronicle, rows_hold, new_names, new_shared })
    }

    /// Counts and tells what is forgotten tonight.
    fn tell_gone(&mut self, merged: &Merged) {
        let Gone { summed, without_figures, forgotten, too_late, .. } = &merged.gone;
        let tickets = summed.values().sum();
        (self.run.forgotten, self.run.too_late, self.run.summed) = (*forgotten, *too_late, tickets);
        if let Some(before) = merged.forgotten.before().filter(|_| tickets > 0) {
            self.observer.notice(&Notice::Summed {
                tickets,
                without_figures: *without_figures,
                before,
            });
        }
        if forgotten + too_late > 0 {
            let (forgotten, too_late) = (*forgotten, *too_late);
            self.observer.notice(&Notice::LeftOutAgain { forgotten, too_late });
        }
    }

    /// Tells which weeks of the published site change tonight.
    pub(super) fn restate(
        &mut self,
        opened: &Opened<'_>,
        tickets: &mut MergedTonight,
    ) -> Result<(), JobError> {
        let night = self.plan;
        let made_from = opened.site.read_published(MADE_FROM)?;
        let published = made_from.and_then(|bytes| published(&bytes, night, &opened.store));
        let Some(published) = published else { return Ok(()) };
        let MergedTonight { merged, chronicle, .. } = tickets;
        let both = (&published, opened.base.as_ref());
        let restated = restated(both, (merged, chronicle), night.through, night.plan.rules)?;
        if !restated.weeks.is_empty() {
            self.observer.notice(&Notice::Restated(restated.clone()));
        }
        self.run.restated = restated;
        Ok(())
    }

    /// Commits what is new. Without news, the generation stays.
    pub(super) fn commit(
        &mut self,
        opened: &mut Opened<'_>,
        recognised: &Recognised<'_>,
        read: &ReadTonight,
        mut tickets: MergedTonight,
    ) -> Result<Kept, JobError> {
        // A silence that was told is news too: the state remembers it.
        let is_news = read.is_news || recognised.tonight.is_news();
        let base = opened.base.take().filter(|_| !is_news && tickets.rows_hold);
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
        let made_before = merged.forgotten.before().filter(|_| merged.has_forgotten_days());
        chronicle.set_written();
        for note in renamed::notes(&new_names).iter().chain(&shared_queues::notes(&new_shared)) {
            self.observer.notice(note);
        }
        self.run.generation = state.number();
        let left_out: u64 = gazetteer.findings.excluded.values().sum();
        self.run.tickets = merged.counted().saturating_sub(left_out);
        // The largest value of a night, and not needed any more.
        drop(merged);
        self.timer.stage("commit", self.run.periods_written, "periods");
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
        let mut draft = opened.store.begin()?;
        let mut about = About::of_night(as_of, &tonight.tally, self.run.read.records, merged.len());
        about.data_through.clone_from(&gazetteer.findings.data_through);
        // What happened up to the newest instant is joined with the rest, though the clock was put back since.
        ledger.as_of = about.newest().map_or(as_of, |newest| as_of.max(newest.min(ledger.as_of)));
        let id = |number| tonight.id(number);
        self.run.periods_written = write_state(&mut draft, &ledger, merged, chronicle, &about, id)?;
        // The last chance to stop: a commit that has begun is finished.
        plan.stop.check()?;
        Ok(draft.commit()?)
    }
}

/// The first date of which single tickets are kept, no later than the day after the last one on which anything happened: a
/// clock that is ahead for one night must not have all later tickets taken for ones that came too late.
fn no_further(keep_from: Option<NaiveDate>, gazetteer: &Gazetteer) -> Option<NaiveDate> {
    let last = gazetteer.locations.iter().filter_map(|location| {
        let through = gazetteer.findings.data_through.get(&location.organization)?;
        Some(location.clock.local(*through)?.date)
    });
    let end = last.max().and_then(|last| last.succ_opt());
    keep_from.map(|from| end.map_or(from, |end| from.min(end)))
}

/// The locations of all tickets, as figures count them.
fn gazetteer_of(merged: &Merged, directory: &Directory) -> Gazetteer {
    merged.united(directory).gazetteer(&merged.census(), directory)
}
