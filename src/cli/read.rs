//! What `report` and `check` have in common: find, read, account, judge.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::archive::{Discovery, Known, Rules, SkipState, Skipped, discover_by};
use crate::ingest::{FileState, Ingested, Totals, ingest};

use super::account::GARBAGE;
use super::days_gate;
use super::failure::{Exit, Failure};
use super::log::Log;
use super::plan::{Plan, Volume};
use super::progress::Progress;
use super::ratings_gate;
use super::shapes;
use super::words::{bytes, count, grouped, reasons};

/// Places of rejected lines printed without `--verbose`.
const PLACES: usize = 3;

/// Files that are named in a message; of more, the number is told.
const NAMED: usize = 5;

fn is_unusable(skipped: &&Skipped) -> bool {
    skipped.state == SkipState::Unusable
}

/// What was read, and what to say about it.
pub(super) struct Input {
    pub(super) discovery: Discovery,
    pub(super) ingested: Ingested,
    pub(super) totals: Totals,
}

impl Input {
    /// What was found, and what was read of it.
    pub(super) fn new(discovery: Discovery, ingested: Ingested) -> Self {
        let totals = ingested.account.totals();
        Self { discovery, ingested, totals }
    }
}

/// Finds and reads the archive.
pub(super) fn read(plan: &Plan, timer: &mut Timer) -> Result<Input, Failure> {
    let rules = Rules {
        exclude: &plan.exclude.1,
        limits: plan.ingest.limits,
        known: &|_| Known::No,
        flow: &|| plan.stop.flow(),
    };
    let discovery = discover_by(&plan.inputs, &rules)?;
    timer.stage("find files", discovery.files.len(), "files");
    let total = discovery.files.iter().map(|file| file.bytes).sum();
    let progress = Progress::start(total, plan);
    let ingested = ingest(&discovery.files, &plan.ingest, &|n| {
        progress.add(n);
        plan.stop.flow()
    });
    progress.finish();
    let ingested = ingested?;
    let input = Input::new(discovery, ingested);
    timer.stage(
        "read and join",
        usize::try_from(input.totals.records).unwrap_or(usize::MAX),
        "records",
    );
    Ok(input)
}

/// What the quality gates say.
pub(super) struct Verdict {
    pub(super) exit: Exit,
    /// What a reader must know, in sentences.
    pub(super) warnings: Vec<String>,
}

impl Input {
    /// Judges the input by the gates.
    pub(super) fn verdict(&self, plan: &Plan) -> Verdict {
        let totals = &self.totals;
        let mut warnings = Vec::new();
        let mut exit = Exit::Ok;
        let mut look = |warnings: &mut Vec<String>, text: String| {
            exit = exit.max(Exit::LookAtInput);
            warnings.push(text);
        };
        for file in &self.ingested.account.files {
            if let Some(words) = file.trouble() {
                look(&mut warnings, format!("`{}`: {words}", file.name));
            }
            if let Some(words) = shapes::trouble(file) {
                look(&mut warnings, format!("`{}`: {words}", file.name));
            }
            if file.trailing_garbage {
                look(&mut warnings, format!("`{}`: {GARBAGE}", file.name));
            }
        }
        let (unusable, skipped): (Vec<_>, Vec<_>) = self.loud().partition(is_unusable);
        for (list, what) in [(unusable, "could not be used"), (skipped, "skipped")] {
            for one in list.iter().take(NAMED) {
                look(&mut warnings, format!("`{}` {what}: {}", one.name, one.note()));
            }
            if let Some(more) = list.len().checked_sub(NAMED).filter(|more| *more > 0) {
                look(&mut warnings, format!("and {more} more {what}; `files.csv` names them"));
            }
        }
        let ratings = ratings_gate::warnings(plan, &self.ingested.account.files);
        for warning in
            days_gate::warnings(plan, &self.ingested.account.files).into_iter().chain(ratings)
        {
            look(&mut warnings, warning);
        }
        let share = self.reject_share();
        if share > plan.gates.warn_share {
            let n = grouped(totals.rejected);
            let of = count(totals.records, "record");
            look(&mut warnings, format!("{n} of {of} could not be used, more than is usual"));
        }
        let nothing = totals.accepted == 0 && (totals.rejected > 0 || totals.files_left_out > 0);
        if nothing || share > plan.gates.refuse_share {
            exit = Exit::Refused;
        }
        let unreadable = |state: FileState| matches!(state, FileState::Unreadable(_));
        let files = &self.ingested.account.files;
        if !files.is_empty() && files.iter().all(|file| unreadable(file.state)) {
            exit = Exit::Io;
        }
        Verdict { exit, warnings }
    }

    #[expect(clippy::cast_precision_loss, reason = "a share for a threshold")]
    pub(super) fn reject_share(&self) -> f64 {
        if self.totals.records == 0 {
            return 0.0;
        }
        self.totals.rejected as f64 / self.totals.records as f64
    }

    /// Where most records were rejected, and the first place there.
    fn worst(&self) -> String {
        let files = self.ingested.account.files.iter();
        let worst = files.max_by_key(|file| file.rejected_total());
        let first = worst.and_then(|file| Some((file, file.rejects.first()?)));
        first.map_or_else(String::new, |(file, first)| {
            format!(
                ", most of them in `{}`, the first on line {}: {}",
                crate::report::text::logged(&file.name),
                grouped(first.line),
                first.reason.words()
            )
        })
    }

    /// What is not read and has to be told.
    fn loud(&self) -> impl Iterator<Item = &Skipped> {
        self.discovery.skipped.iter().filter(|skipped| !skipped.quiet)
    }

    /// `; 3 files skipped: 2 Parquet, 1 PNG`, or nothing.
    pub(super) fn skipped_words(&self) -> String {
        let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
        for skipped in self.loud().filter(|skipped| !is_unusable(skipped)) {
            *kinds.entry(&skipped.kind).or_default() += 1;
        }
        let all: u64 = kinds.values().sum();
        if all == 0 {
            return String::new();
        }
        let mut kinds: Vec<(&str, u64)> = kinds.into_iter().collect();
        kinds.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let kinds: Vec<String> =
            kinds.iter().map(|(kind, n)| format!("{} {kind}", grouped(*n))).collect();
        format!("; {} skipped: {}", count(all, "file"), kinds.join(", "))
    }

    /// Prints warnings, and where lines were rejected.
    pub(super) fn say_warnings(&self, plan: &Plan, verdict: &Verdict) {
        for warning in &verdict.warnings {
            plan.log.warning(&crate::report::text::shown(warning, 400));
        }
        let quiet = plan.volume == Volume::Quiet && verdict.exit == Exit::Ok;
        if !quiet {
            for file in self.ingested.account.files.iter().filter(|file| file.deferred > 0) {
                let name = crate::report::text::logged(&file.name);
                plan.log.deferred(&name, file.deferred, file.deferred_bytes);
            }
        }
        if self.totals.rejected == 0 || quiet {
            return;
        }
        let files = &self.ingested.account.files;
        let n = grouped(self.totals.rejected);
        let of = count(self.totals.records, "record");
        let message = format!("{n} of {of} rejected ({})", reasons(files));
        plan.log.rejected(&message, self.totals.rejected, self.totals.records);
        let places =
            files.iter().flat_map(|file| file.rejects.iter().map(move |line| (file, line)));
        let shown = if plan.volume == Volume::Verbose { usize::MAX } else { PLACES };
        for (file, line) in places.take(shown) {
            let name = crate::report::text::logged(&file.name);
            plan.log.rejected_record(&name, line.line, line.reason.words());
        }
        if shown == PLACES && self.totals.rejected > 3 {
            plan.log.more("--verbose lists more");
        }
    }

    /// `6,412 lines from 58 files (1.9 MB): 6,390 accepted, 12 duplicates, …`.
    pub(super) fn account_words(&self) -> String {
        let t = &self.totals;
        let mut parts = vec![format!("{} accepted", grouped(t.accepted))];
        for (n, what) in [
            (t.duplicate, "repeated"),
            (t.rejected, "rejected"),
            (t.other, "of other things"),
            (t.deferred, "deferred (still being written)"),
            (t.blank, "blank"),
        ] {
            if n > 0 {
                parts.push(format!("{} {what}", grouped(n)));
            }
        }
        format!(
            "{} from {} ({}): {}{}",
            count(t.records, "record"),
            count(t.files, "file"),
            bytes(t.bytes),
            parts.join(", "),
            self.skipped_words()
        )
    }
}

/// Ends the run if the gates say so.
pub(super) fn refuse(
    plan: &Plan,
    input: &Input,
    verdict: &Verdict,
    force: bool,
) -> Result<(), Failure> {
    let refused = match verdict.exit {
        Exit::Io => Failure::new(Exit::Io, "no file of the archive could be read")
            .hint("check the permissions; nothing was published"),
        Exit::Refused if !force => {
            let rejected = grouped(input.totals.rejected);
            let records = count(input.totals.records, "record");
            let message = match input.totals.records {
                0 => format!(
                    "{} could not be used, and there is nothing else to read",
                    count(input.totals.files_left_out, "file")
                ),
                _ => format!("{rejected} of {records} could not be used{}", input.worst()),
            };
            Failure::new(Exit::Refused, message)
                .hint("`queuestat check --verbose` lists them; --force publishes all the same")
        }
        Exit::Ok
        | Exit::Internal
        | Exit::Usage
        | Exit::LookAtInput
        | Exit::Refused
        | Exit::Busy
        | Exit::Interrupted
        | Exit::Terminated => {
            return Ok(());
        }
    };
    for warning in verdict.warnings.iter().take(20) {
        plan.log.warning(&crate::report::text::shown(warning, 400));
    }
    Err(refused)
}

/// Prints the time of each stage with `--verbose`, and keeps it.
pub(super) struct Timer {
    since: Instant,
    pub(super) begin: Instant,
    verbose: bool,
    log: Log,
    /// Names and seconds of the stages that have ended.
    pub(super) stages: Vec<(String, f64)>,
}

impl Timer {
    pub(super) fn start(plan: &Plan) -> Self {
        let now = Instant::now();
        let verbose = plan.volume == Volume::Verbose;
        Self { since: now, begin: now, verbose, log: plan.log, stages: Vec::new() }
    }

    /// A stage has ended.
    pub(super) fn stage(&mut self, name: &str, rows: usize, unit: &str) {
        let seconds = self.since.elapsed().as_secs_f64();
        self.stages.push((name.to_owned(), seconds));
        if self.verbose {
            self.log.stage(name, seconds, u64::try_from(rows).unwrap_or(u64::MAX), unit);
        }
        self.since = Instant::now();
    }
}

/// Runs with the number of threads that was asked for.
pub(super) fn with_threads<T: Send>(
    threads: Option<usize>,
    work: impl FnOnce() -> Result<T, Failure> + Send,
) -> Result<T, Failure> {
    use std::error::Error;
    // Only what the system refuses has a source; that there are threads already is no fault.
    let refused = |error: &rayon::ThreadPoolBuildError| error.source().is_some();
    let builder = rayon::ThreadPoolBuilder::new();
    match threads {
        None => match builder.build_global() {
            Err(error) if refused(&error) => Err(Failure::of_system(&error)),
            Ok(()) | Err(_) => work(),
        },
        Some(threads) => match builder.num_threads(threads).build() {
            Err(error) if refused(&error) => Err(Failure::of_system(&error)),
            Err(error) => Err(Failure::from_error(Exit::Usage, &error)),
            Ok(pool) => pool.install(work),
        },
    }
}
