//! The gates of a night: first on what was read, then on the days of its tickets.

use std::collections::BTreeSet;

use crate::archive::Root;
use crate::calendar::DAY_MS;
use crate::ingest::Account;
use crate::night::{Merged, Period, Tonight, root_name};
use crate::store::Generation;
use crate::ticket::{Directory, Gazetteer, Membership};

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
use crate::job::silence::{self, Silences};
use crate::job::silent_locations;
use crate::job::silent_roots::{self, RootNews};
use crate::job::unusable::is_lost;
use crate::job::visits::DailyVisits;

/// Silent locations that are named one by one.
const NAMED: usize = 20;

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
        // Every night while it lasts: somebody can mount it.
        let gone = |root: &Root| {
            let (input, trouble) = (root.input.clone(), root.trouble.clone()?);
            Some(Notice::Root { input, trouble, known: tonight.out_of_reach(root) })
        };
        verdict.notices.extend(all.discovery.roots.iter().filter_map(gone));
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

    /// Judges the days of tonight's tickets, and tells silent organizations, locations and roots, and settings that match
    /// nothing. Returns who and what is silent.
    pub(super) fn judge_days(
        &mut self,
        opened: &Opened<'_>,
        recognised: &mut Recognised<'_>,
        read: &ReadTonight,
        tickets: &mut MergedTonight,
    ) -> Result<Silences, JobError> {
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
        let roots =
            roots(&recognised.tonight, &read.all.discovery.roots, (merged, &plan.directory));
        let heard = through.iter().chain(roots.iter().flat_map(|root| &root.through));
        let silence = silence::spans(plan, heard).into_iter();
        let silence = silence.chain(silent_locations::spans(plan, locations));
        // Many locations ask for the same days.
        let spans: BTreeSet<_> = days.iter().map(fall_gate::Day::span).chain(silence).collect();
        let asks = |period: Period| spans.iter().any(|(a, b)| period.may_touch(Some(*a), Some(*b)));
        chronicle.load_sums(opened.base.as_ref(), asks)?;
        let visits = DailyVisits::of(chronicle.sums(asks));
        self.warn(fall_gate::judge(night, &days, &visits, observer)?);
        for note in join_gate::notes(plan, findings) {
            observer.notice(&note);
        }
        let organizations = silence::judge(plan, through, locations, &visits);
        let of_all = (locations.as_slice(), organizations.as_slice());
        let silent = Silences {
            locations: silent_locations::judge(plan, through, of_all, &visits),
            roots: silent_roots::judge(plan, &roots, of_all, &visits),
            organizations,
        };
        let standing = self.standing(&silent.organizations, merged, gazetteer);
        self.tell_parts(&silent, recognised, read.is_news);
        self.stand(standing);
        Ok(silent)
    }

    /// Tells silent locations and roots, each silence once a week.
    fn tell_parts(&mut self, silent: &Silences, recognised: &mut Recognised<'_>, is_news: bool) {
        let (told, now) = (&mut recognised.tonight.ledger.told, self.plan.plan.waits.as_of);
        let mut known = BTreeSet::new();
        let mut is_due = |what: String, since: i64| {
            let is_due = told.is_due(&what, since, now);
            known.insert(what);
            is_due
        };
        let mut due = Vec::new();
        for one in &silent.roots {
            if is_due(format!("root {:?}", one.root), one.since) {
                due.push(Notice::SilentRoot(one.clone()));
            }
        }
        let mut locations = Vec::new();
        for one in &silent.locations {
            let what = format!("location {:?} {:?}", one.organization, one.location);
            if is_due(what, i64::from(one.last.to_epoch_days()) * DAY_MS) {
                locations.push(Notice::SilentLocation(one.clone()));
            }
        }
        if let Some(more) = locations.len().checked_sub(NAMED).filter(|more| *more > 0) {
            locations.truncate(NAMED);
            locations.push(Notice::MoreSilentLocations { more: more as u64 });
        }
        due.extend(locations);
        // Without news nobody came back, and a generation for it would be one for nothing.
        if is_news {
            told.keep(&known);
        }
        self.run.silent_locations.clone_from(&silent.locations);
        self.run.silent_roots.clone_from(&silent.roots);
        self.warn(due);
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
            excluded: gazetteer.findings.excluded.clone(),
            silent: names.collect::<BTreeSet<String>>(),
        }
    }
}

/// What the files of each of several roots say; nothing of one that is not there.
fn roots(
    tonight: &Tonight<'_>,
    roots: &[Root],
    (merged, directory): (&Merged, &Directory),
) -> Vec<RootNews> {
    if roots.len() < 2 {
        return Vec::new();
    }
    let mut news = merged.united(directory).news_of_files();
    news.retain(|(_, sent), _| matches!(directory.organization(sent), Membership::In(_)));
    let there = roots.iter().filter(|root| !root.is_gone());
    there.map(|root| RootNews::of(&root_name(root), &tonight.numbers_of(root), &news)).collect()
}

/// Number of files of which nothing can be used.
fn unusable(account: &Account) -> u64 {
    let files = account.files.iter();
    files.filter(|file| file.state.words().is_some() || is_lost(file)).count() as u64
}
