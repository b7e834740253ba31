//! The gates of a night: first on what was read, then on the days of its tickets.

use std::collections::BTreeSet;

use crate::ingest::{Account, FileState};
use crate::night::{Merged, Month};
use crate::store::Generation;
use crate::ticket::Gazetteer;

use super::keep::MergedTonight;
use super::open::{Opened, Recognised};
use super::read::ReadTonight;
use super::running::Night;
use crate::job::clock::before_data;
use crate::job::error::JobError;
use crate::job::fall_gate;
use crate::job::input::Quality;
use crate::job::join_gate;
use crate::job::made_from::{MADE_FROM, made_from};
use crate::job::notice::{Notice, Silent};
use crate::job::obeyed;
use crate::job::read::refuse;
use crate::job::run_file::{RUN, Run, Standing};
use crate::job::silence;
use crate::job::unusable::is_lost;
use crate::job::visits::DailyVisits;

impl Night<'_> {
    /// Judges what was read. The share of rejected records is that of tonight: good years must not hide a bad night, and a
    /// bad night of long ago must not count for ever.
    pub(super) fn judge(
        &mut self,
        opened: &Opened<'_>,
        recognised: &mut Recognised<'_>,
        read: &mut ReadTonight,
    ) -> Result<(), JobError> {
        let (plan, force, observer) = (&self.plan.plan, self.plan.force, self.observer);
        let ReadTonight { fresh, all, .. } = &*read;
        let mut verdict = fresh.verdict(plan);
        if fresh.reject_share() > plan.gates.refuse_share {
            verdict.quality = Quality::Refused;
            refuse(fresh, &verdict, force, observer)?;
        }
        if all.totals.accepted == 0 {
            refuse(all, &all.verdict(plan), force, observer)?;
        }
        let tonight = &mut recognised.tonight;
        let of_files = std::mem::take(&mut tonight.warnings);
        verdict.notices.extend(of_files.into_iter().map(Notice::Night));
        let account = &all.ingested.account;
        let unfinished = account.files.iter().filter(|file| file.deferred > 0);
        self.run = Run {
            generation: opened.base.as_ref().map_or(0, Generation::number),
            files: tonight.tally.clone(),
            read: fresh.totals,
            total: all.totals,
            files_gone: tonight.gone().len() as u64,
            files_skipped: all.discovery.skipped.iter().filter(|one| !one.quiet).count() as u64,
            files_unusable: unusable(account),
            deferred: unfinished.map(|file| (file.name.clone(), file.deferred_bytes)).collect(),
            ..Run::default()
        };
        self.warn(verdict.notices);
        observer.account(fresh, !self.run.needs_a_look());
        read.is_news |= opened.base.is_none();
        Ok(())
    }

    /// Whether nothing is new and the published site is up to date. If so, tells again what it told as standing.
    pub(super) fn is_still_told(
        &mut self,
        opened: &Opened<'_>,
        read: &ReadTonight,
    ) -> Result<bool, JobError> {
        let site = &opened.site;
        let published = site.read_published(MADE_FROM)?;
        let told = site.read_published(RUN)?.and_then(|bytes| Standing::of(&bytes));
        let is_of_today = |state: &Generation| {
            published.as_deref() == Some(made_from(self.plan, state).as_slice())
        };
        match (read.is_news, opened.base.as_ref().is_some_and(is_of_today), told) {
            (false, true, Some(told)) => {
                self.stand(told);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Judges the days of tonight's tickets, and tells silent organizations and settings that match nothing. Returns the
    /// silent ones.
    pub(super) fn judge_days(
        &mut self,
        opened: &Opened<'_>,
        read: &ReadTonight,
        tickets: &mut MergedTonight,
    ) -> Result<Vec<Silent>, JobError> {
        let (night, plan, observer) = (self.plan, &self.plan.plan, self.observer);
        let MergedTonight { merged, gazetteer, chronicle, .. } = tickets;
        let locations = &gazetteer.locations;
        before_data(plan, &read.all.ingested.account, &gazetteer.findings.data_through)?;
        let days = if read.is_news {
            fall_gate::Day::all(night, opened.kept_as_of, &read.heard, locations)
        } else {
            Vec::new()
        };
        let findings = &gazetteer.findings;
        let through = &findings.data_through;
        let spans: Vec<_> =
            days.iter().map(fall_gate::Day::span).chain(silence::spans(plan, through)).collect();
        let asks = |month: Month| spans.iter().any(|(a, b)| month.may_touch(Some(*a), Some(*b)));
        if let Some(base) = &opened.base {
            chronicle.load_sums(base, asks)?;
        }
        let visits = DailyVisits::of(chronicle.sums(asks));
        self.warn(fall_gate::judge(night, &days, &visits, observer)?);
        let silent = silence::judge(plan, through, locations, &visits);
        for note in join_gate::notes(plan, findings) {
            observer.notice(&note);
        }
        let standing = self.standing(&silent, merged, gazetteer);
        self.stand(standing);
        Ok(silent)
    }

    /// What has to be told every night until somebody does something.
    fn standing(&self, silent: &[Silent], merged: &Merged, gazetteer: &Gazetteer) -> Standing {
        let mut warnings: Vec<Notice> = silent.iter().cloned().map(Notice::Silent).collect();
        warnings.extend(obeyed::tonight(self.plan, merged, gazetteer));
        warnings.extend(join_gate::warnings(&self.plan.plan, &gazetteer.findings));
        let names = silent.iter().map(|one| one.organization.clone());
        Standing {
            warnings,
            data_through: gazetteer.findings.data_through.clone(),
            silent: names.collect::<BTreeSet<String>>(),
        }
    }
}

/// Number of files of which nothing can be used.
fn unusable(account: &Account) -> u64 {
    let files = account.files.iter();
    files.filter(|file| file.state != FileState::Complete || is_lost(file)).count() as u64
}
