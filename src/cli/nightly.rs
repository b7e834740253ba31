//! `queuestat nightly`: read what is new, commit it, publish the reports.
//!
//! ```text
//! lock ─ recognise ─ read what is new ─ gates ─ merge with the state ─ commit ─ load rows ─ make the reports ─ publish
//! ```
//!
//! Before the commit nothing has happened; after it, a run that dies has published the old site, and the next one finds
//! that and publishes again.

use crate::archive::{ArchiveError, Discovery};
use crate::dataframe::{left_out_of, organizations, stack};
use crate::disk::Disk;
use crate::ingest::{Account, FileState, Ingested, Totals, ingest_chosen};
use crate::metric::{LocationSums, MonthSums, OrganizationSums};
use crate::night::{
    About, Chronicle, History, LedgerError, Meaning, Month, StateError, Tonight, read_ledger,
    recognise, write as write_state,
};
use crate::report::publish::site::Site;
use crate::report::render::{self, Tenant, Window};
use crate::store::{Generation, Store};
use crate::ticket::{Fold, Gazetteer};

use super::args::NightlyArgs;
use super::banner::{is_lost, losses};
use super::failure::{Exit, Failure};
use super::fall_gate;
use super::fate;
use super::known_files::{check_ledger, find, read_again};
use super::made_from::{MADE_FROM, made_from};
use super::make::{FileOut, Wanted, Whole, make};
use super::mended::Watch;
use super::metrics_file;
use super::nightly_plan::{NamedWindow, NightlyPlan};
use super::obeyed;
use super::plan::{Plan, Volume};
use super::progress::Progress;
use super::read::{Input, Timer, Verdict, refuse, with_threads};
use super::renamed;
use super::run_file::{Done, RUN, Standing};
use super::silence::{self, Silent, zone_of};
use super::stop::Stop;
use super::visits::Visits;
use super::words::{count, grouped};

/// Runs a night.
pub(super) fn run(args: NightlyArgs, stop: &Stop) -> Result<Exit, Failure> {
    let mut night = NightlyPlan::from_args(args)?;
    night.plan.stop = stop.clone();
    with_threads(night.plan.threads, || work(&night))
}

fn work(night: &NightlyPlan) -> Result<Exit, Failure> {
    let plan = &night.plan;
    let mut timer = Timer::start(plan);
    let (disk, places) = (Disk::new().giving_up_when(plan.stop.flag()), &night.places);
    let open = if night.rebuild { Store::open_to_rebuild } else { Store::open_with };
    let store = open(&disk, &places.state, places.options);
    // Who gave up waiting because of a signal was not turned away.
    plan.stop.check()?;
    let mut store = store?;
    let mut watch = Watch::of(plan, &store);
    // Before the first line is read, so that a bad folder costs nothing.
    let site = Site::open(&disk, &places.out, places.options.keep);
    plan.stop.check()?;
    let mut site = site?;
    metrics_file::try_it(night.metrics_file.as_ref())?;
    let mut base = store.current();
    let ledger = match base.as_ref().map(read_ledger).transpose() {
        Err(StateError::Ledger { source: LedgerError::Older { files, .. }, .. }) => {
            read_again(night, &files)?;
            base = None;
            None
        }
        other => other?,
    };
    if let Some(ledger) = &ledger {
        check_ledger(ledger, night)?;
    }
    let kept_as_of = ledger.as_ref().map(|ledger| ledger.as_of);
    let ledger = ledger.unwrap_or_default();
    let discovery = find(night, &ledger)?;
    let (limits, as_of) = (plan.ingest.limits, plan.waits.as_of);
    let seen = recognise(&ledger, &discovery.files, limits, night.verify, &|_| plan.stop.flow())?;
    let mut tonight = Tonight::plan(ledger, seen, as_of, plan.ingest.settle_ms)
        .map_err(ArchiveError::TooManyFiles)?;
    let new_skips = tonight.ledger.remember(&discovery, &plan.exclude.0, as_of);
    timer.stage("recognise files", discovery.files.len(), "files");

    let chosen = tonight.chosen();
    let numbers: Vec<u32> = chosen.iter().map(|chosen| chosen.number).collect();
    let total = chosen.iter().map(|chosen| chosen.file.bytes).sum();
    let progress = Progress::start(total, plan);
    let ingested = ingest_chosen(&chosen, &plan.ingest, &|n| {
        progress.add(n);
        plan.stop.flow()
    });
    progress.finish();
    let Ingested { fold: news, account } = ingested?;
    let whole = tonight.read(&account.files);
    timer.stage("read what is new", account.files.len(), "files");

    let files = account.files.into_iter().chain(tonight.unusable().cloned()).collect();
    let fresh = Ingested { fold: Fold::default(), account: Account { files } };
    let fresh = Input::new(Discovery { skipped: new_skips, ..Discovery::default() }, fresh);
    let all = Ingested { fold: Fold::default(), account: tonight.account() };
    let all = Input::new(discovery.clone(), all);
    let mut of_tonight = judge(night, &fresh, &all)?;
    of_tonight.warnings.append(&mut tonight.warnings);

    let is_news = tonight.is_news() || base.is_none();
    let published = site.read_published(MADE_FROM)?;
    let is_of_today =
        |state: &Generation| published.as_deref() == Some(made_from(night, state).as_slice());
    let unfinished = all.ingested.account.files.iter().filter(|file| file.deferred > 0);
    let deferred: Vec<(String, u64)> =
        unfinished.map(|file| (file.name.clone(), file.deferred_bytes)).collect();
    let mut done = Done {
        exit: Exit::Ok,
        generation: base.as_ref().map_or(0, Generation::number),
        files: &tonight.tally,
        read: fresh.totals,
        total: all.totals,
        tickets: 0,
        months_written: 0,
        reports: &[],
        warnings: of_tonight.warnings,
        mended: Vec::new(),
        standing: Standing::default(),
        files_gone: tonight.gone().len() as u64,
        files_skipped: discovery.skipped.iter().filter(|skipped| !skipped.quiet).count() as u64,
        files_unusable: unusable(&all.ingested.account),
        deferred: &deferred,
    };
    done.tell(plan, &fresh);
    // What was published today says what still has to be said.
    let told = site.read_published(RUN)?.and_then(|bytes| Standing::of(&bytes));
    if let (false, true, Some(told)) = (is_news, base.as_ref().is_some_and(is_of_today), told) {
        done.stand(plan, told);
        done.mend(&mut watch);
        let exit = done.exit;
        if plan.volume != Volume::Quiet || exit != Exit::Ok {
            let message = format!("nothing new in {}", files_words(&done));
            plan.log.summary(&message, done.as_fields(night, &timer, None));
        }
        finish(night, &timer, &done)?;
        return Ok(exit);
    }

    plan.stop.check()?;
    let heard = news.data_through();
    // Without news, everything that was read was known before.
    let (news, whole) = if is_news { (news, whole) } else { Default::default() };
    let history = History::open(base.clone(), |id| tonight.number(id), &whole)?;
    let names_before = renamed::before(plan, &history);
    let (number, id) = (|id| tonight.number(id), |number| tonight.id(number));
    let mut merged = history.merge(news, number)?;
    timer.stage("merge with the state", merged.loaded, "tickets");
    plan.stop.check()?;
    let gazetteer = merged.names().gazetteer(&merged.census(), &plan.directory);
    let new_names = renamed::tonight(plan, &names_before, &merged, &gazetteer);
    let numbered = numbers.iter().copied().zip(&fresh.ingested.account.files);
    done.warn(plan, losses(plan, numbered, &gazetteer.findings));
    let mut chronicle = merged.chronicle(&gazetteer, plan.waits, id)?;
    timer.stage("rows of months with news", chronicle.height(), "rows");
    plan.stop.check()?;
    let rows_hold = chronicle.is_kept();
    if merged.is_empty() && !night.force {
        return Err(nothing(&fresh));
    }
    let days = if is_news {
        fall_gate::Day::all(night, kept_as_of, &heard, &gazetteer.locations)
    } else {
        Vec::new()
    };
    let through = &gazetteer.findings.data_through;
    let spans: Vec<_> =
        days.iter().map(fall_gate::Day::span).chain(silence::spans(plan, through)).collect();
    let asks = |month: Month| spans.iter().any(|(a, b)| month.may_touch(Some(*a), Some(*b)));
    if let Some(base) = &base {
        chronicle.load_sums(base, asks)?;
    }
    let visits = Visits::of(chronicle.sums(asks));
    done.warn(plan, fall_gate::judge(night, &days, &visits)?);
    let silent = silence::judge(plan, through, &gazetteer.locations, &visits);
    let mut standing: Vec<String> = silent.iter().map(|one| one.words.clone()).collect();
    standing.extend(obeyed::tonight(night, &merged, &gazetteer));
    done.stand(
        plan,
        Standing {
            warnings: standing,
            data_through: through.clone(),
            silent: silent.iter().map(|one| one.organization.clone()).collect(),
        },
    );

    let mut committed = None;
    let state = match base {
        Some(base) if !is_news && rows_hold => base,
        _ => {
            let mut ledger = tonight.ledger.clone();
            ledger.meaning = Meaning::of(&plan.ingest);
            ledger.as_of = ledger.as_of.max(as_of);
            let mut draft = store.begin()?;
            let (records, tickets) = (done.read.records, merged.len());
            let mut about = About::of_night(as_of, &tonight.tally, records, tickets);
            about.data_through.clone_from(through);
            done.months_written =
                write_state(&mut draft, &ledger, &merged, &chronicle, &about, id)?;
            // The last moment: what has begun is finished.
            plan.stop.check()?;
            let state = draft.commit()?;
            committed = Some(state.number());
            fate::kept(state.number(), &places.out);
            state
        }
    };
    renamed::say(plan, &new_names);
    done.generation = state.number();
    done.tickets = merged.len();
    drop(merged);
    timer.stage("commit", done.months_written, "months");
    let after_commit = |failure: Failure| match committed {
        Some(generation) => failure.after_commit(generation),
        None => failure,
    };

    chronicle.is_written();
    let whole = Whole {
        account: &all.ingested.account,
        findings: &gazetteer.findings,
        silent: &silent,
        skipped: &discovery.skipped,
        gone: &tonight.gone(),
    };
    let (mut files, mut reports): (Vec<FileOut>, Vec<Window>) = (Vec::new(), Vec::new());
    for window in &night.windows {
        let sums = sums_of(plan, window, &gazetteer, &state, &mut chronicle)?;
        timer.stage("load", sums.len(), "organizations");
        let made = make(plan, window.wanted, whole, sums, &mut timer).map_err(after_commit)?;
        reports.push(Window {
            name: window.name.clone(),
            asked: (window.wanted.from, window.wanted.to),
            found: made.dates,
            tickets: made.tickets as u64,
            locations: made.locations as u64,
        });
        let in_folder = |(path, bytes)| (format!("{}/{path}", window.name), bytes);
        files.extend(made.files.into_iter().map(in_folder));
    }
    done.mend(&mut watch);
    let exit = done.exit;
    done.reports = &reports;
    let tenants = tenants(night, &gazetteer, &silent);
    let index = render::windows(&reports, &tenants, night.through);
    files.push(("index.html".to_owned(), index.into_bytes()));
    files.push((MADE_FROM.to_owned(), made_from(night, &state)));
    files.push((RUN.to_owned(), done.as_json(night, &timer)));
    plan.stop.check().map_err(after_commit)?;
    let published = site.publish(state.number(), &files)?;
    fate::published();
    timer.stage("publish", published.files, "files");
    if plan.volume != Volume::Quiet || exit != Exit::Ok {
        let message = format!(
            "{}; {}. {}, generation {}. Published {} ({}) to `{}` in {:.1} s.",
            files_words(&done),
            fresh.account_words(),
            count(done.tickets, "ticket"),
            done.generation,
            count(reports.len() as u64, "report"),
            count(published.files as u64, "file"),
            places.out.display(),
            timer.begin.elapsed().as_secs_f64(),
        );
        plan.log.summary(&message, done.as_fields(night, &timer, Some(published.files)));
    }
    finish(night, &timer, &done)?;
    Ok(exit)
}

/// What the tickets of a window add up to: of all time from the sums of the months, else from the rows of those months that
/// the window may touch.
fn sums_of(
    plan: &Plan,
    window: &NamedWindow,
    gazetteer: &Gazetteer,
    state: &Generation,
    chronicle: &mut Chronicle,
) -> Result<Vec<OrganizationSums>, Failure> {
    let Wanted { from, to, .. } = window.wanted;
    if from.is_none() && to.is_none() {
        chronicle.load_sums(state, |_| true)?;
        let organizations = organizations(&gazetteer.locations);
        let left_out = |organization: &str| left_out_of(&chronicle.left_out, organization);
        let months: Vec<&MonthSums> = chronicle.sums(|_| true).collect();
        let sums = MonthSums::join(&months, organizations, left_out);
        // Who stands in line far outside of the month of the visit is seen in the rows alone.
        if sums.iter().flat_map(|one| &one.sums).flatten().all(LocationSums::is_whole) {
            return Ok(sums);
        }
    }
    let touches = |month: Month| month.may_touch(from, to);
    chronicle.load_rows(state, touches)?;
    let rows = chronicle.rows(touches);
    let frames = stack(&gazetteer.locations, &rows, &chronicle.left_out, plan.frame(from, to))?;
    Ok(frames.iter().map(OrganizationSums::of).collect::<Result<_, _>>()?)
}

/// The gates. The share of rejected records is that of what was read tonight, so that a bad night does not hide behind
/// good years, and a bad night of long ago is no matter any more.
fn judge(night: &NightlyPlan, fresh: &Input, all: &Input) -> Result<Verdict, Failure> {
    let mut of_tonight = fresh.verdict(&night.plan);
    if fresh.reject_share() > night.plan.gates.refuse_share {
        of_tonight.exit = Exit::Refused;
        refuse(&night.plan, fresh, &of_tonight, night.force)?;
    }
    if all.totals.accepted == 0 {
        refuse(&night.plan, all, &all.verdict(&night.plan), night.force)?;
    }
    Ok(of_tonight)
}

/// A first night that found no ticket has nothing to publish.
fn nothing(fresh: &Input) -> Failure {
    let message = format!("the archive holds no ticket; {}", fresh.account_words());
    Failure::new(Exit::Refused, message).hint(
        "see what `queuestat check` says of the archive, or publish empty reports with --force",
    )
}

/// What the first page of the site says of each organization.
fn tenants(night: &NightlyPlan, gazetteer: &Gazetteer, silent: &[Silent]) -> Vec<Tenant> {
    let through = &gazetteer.findings.data_through;
    let tenant = |(name, at): (&String, &i64)| {
        let zone = zone_of(name, &gazetteer.locations, night.plan.default_zone);
        Tenant {
            name: name.clone(),
            data_through: zone.wall_clock(*at),
            is_silent: silent.iter().any(|one| one.organization == *name),
        }
    };
    through.iter().map(tenant).collect()
}

/// Number of files of which nothing can be used.
fn unusable(account: &Account) -> u64 {
    let files = account.files.iter();
    files.filter(|file| file.state != FileState::Complete || is_lost(file)).count() as u64
}

fn finish(night: &NightlyPlan, timer: &Timer, done: &Done<'_>) -> Result<(), Failure> {
    match &night.metrics_file {
        Some(path) => done.write_metrics(night, timer, path),
        None => Ok(()),
    }
}

/// `3 files new, 1 grown, 120 unchanged`.
fn files_words(done: &Done<'_>) -> String {
    let kinds = done.files.iter().filter(|(_, n)| **n > 0);
    let parts: Vec<String> = kinds.map(|(kind, n)| format!("{} {kind}", grouped(*n))).collect();
    let Totals { files, .. } = done.total;
    format!("{} ({})", count(files, "file"), parts.join(", "))
}
