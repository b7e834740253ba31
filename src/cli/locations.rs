//! `queuestat locations`: which locations an archive or a state has, and what the configuration makes of them.
//!
//! It reads the current generation of a state and changes nothing. As in `state list`, the lock is held only while the
//! list of generations is read, and released before anything large is.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::dataframe::{TicketFrame, stack};
use crate::disk::Disk;
use crate::job::obeyed::{self, Known};
use crate::job::read::{Timer, read};
use crate::job::{Notice, Observer, Plan};
use crate::night::read_ledger;
use crate::store::{self, Generation, Options};
use crate::ticket::{Census, Gazetteer, RenamedQueue, queue_key};

use super::answer::{answer, answer_whole};
use super::args::InputArgs;
use super::failure::{Exit, Failure};
use super::locations_args::LocationsArgs;
use super::locations_list::{Queues, Row, as_csv, as_json, as_table, rows};
use super::plan::Request;
use super::threads::with_threads;
use super::verdict::{exit_of, say_input};
use super::voice::Voice;
use super::words::count;

/// Attempts to read a state that nights change meanwhile.
const ATTEMPTS: usize = 3;

/// How the locations are printed.
#[derive(Debug, Clone, Copy)]
enum Form {
    Table,
    Csv,
    Json,
}

/// What there is to print.
struct List {
    rows: Vec<Row>,
    renamed: Vec<RenamedQueue>,
}

/// Prints the locations.
pub(super) fn run(args: LocationsArgs) -> Result<Exit, Failure> {
    let form = match (args.csv, args.json) {
        (true, _) => Form::Csv,
        (_, true) => Form::Json,
        (false, false) => Form::Table,
    };
    let input = InputArgs {
        inputs: args.inputs,
        config: args.config,
        payload_pointer: None,
        received_at_pointer: None,
        as_of: args.as_of,
        threads: args.threads,
        quiet: args.quiet,
        verbose: false,
        log_format: args.log_format,
        time_zone: None,
        target_minutes: None,
        wait_ends_at: None,
    };
    let Request { plan, voice, threads } = Request::from_args(input)?;
    with_threads(threads, || match &args.state {
        Some(folder) => of_state(plan, &voice, folder, Duration::from_secs(args.lock_wait), form),
        None => of_archive(&plan, &voice, form),
    })
}

fn of_archive(plan: &Plan, voice: &Voice, form: Form) -> Result<Exit, Failure> {
    let mut timer = Timer::start(voice);
    let mut input = read(plan, &mut timer)?;
    let mut verdict = input.verdict(plan);
    let fold = std::mem::take(&mut input.ingested.fold);
    let census = fold.census();
    let gazetteer = fold.gazetteer(&census, &plan.directory);
    let known = Known::of(plan, &fold, &census, &gazetteer);
    verdict.add(obeyed::notices(plan, &known));
    let renamed = fold.renamed(&plan.directory, &gazetteer.locations);
    let frames = TicketFrame::build(&fold.finish_at(&gazetteer), plan.frame(None, None))?;
    let rows = rows(plan, &frames, &queues(&census, &gazetteer), &renamed)?;
    say_input(voice, &input, verdict.quality, &verdict.notices);
    for note in obeyed::overruled(&known) {
        voice.notice(&note);
    }
    let exit = exit_of(verdict.quality);
    print(voice, &List { rows, renamed }, form, exit)?;
    Ok(exit)
}

fn of_state(
    mut plan: Plan,
    voice: &Voice,
    folder: &Path,
    wait: Duration,
    form: Form,
) -> Result<Exit, Failure> {
    let options = Options { wait, ..Options::default() };
    let mut state = current(folder, options)?;
    for _ in 1..ATTEMPTS {
        match list(&mut plan, state.as_ref()) {
            Ok((list, warnings)) => return say(voice, &list, &warnings, form),
            Err(failure) => {
                // A night may have removed the generation meanwhile.
                let newer = current(folder, options)?;
                let number = |state: &Option<Generation>| state.as_ref().map(Generation::number);
                if number(&newer) == number(&state) {
                    return Err(failure);
                }
                state = newer;
            }
        }
    }
    let (list, warnings) = list(&mut plan, state.as_ref())?;
    say(voice, &list, &warnings, form)
}

fn say(voice: &Voice, list: &List, warnings: &[Notice], form: Form) -> Result<Exit, Failure> {
    for warning in warnings {
        voice.notice(warning);
    }
    let exit = if warnings.is_empty() { Exit::Ok } else { Exit::LookAtInput };
    print(voice, list, form, exit)?;
    Ok(exit)
}

/// The generation that is current.
fn current(folder: &Path, options: Options) -> Result<Option<Generation>, Failure> {
    let health = store::list(&Disk::new(), folder, options)?;
    if let Some(trouble) = health.trouble {
        return Err(trouble.into());
    }
    let Some(current) = health.current else { return Ok(None) };
    match health.generations.into_iter().find(|(number, _)| *number == current) {
        Some((_, generation)) => Ok(Some(generation?)),
        None => {
            let message =
                format!("generation {current}, the current one of the state, is not there");
            Err(Failure::new(Exit::Refused, message).hint(
                "nothing was changed; go back with `queuestat state rollback`, or read all archives again with --rebuild",
            ))
        }
    }
}

/// The locations of a generation, and the warnings.
fn list(plan: &mut Plan, state: Option<&Generation>) -> Result<(List, Vec<Notice>), Failure> {
    let Some(state) = state else {
        return Ok((List { rows: Vec::new(), renamed: Vec::new() }, Vec::new()));
    };
    // Read even if its instant is not needed: this refuses a state of another version.
    let ledger = read_ledger(state)?;
    if plan.as_of_given.is_none() {
        plan.waits.as_of = ledger.as_of;
    }
    let mut merged = obeyed::recall(state)?;
    let census = merged.census();
    let gazetteer = merged.names().gazetteer(&census, &plan.directory);
    let known = Known::of(plan, merged.names(), &census, &gazetteer);
    let warnings = obeyed::notices(plan, &known);
    let renamed = merged.names().renamed(&plan.directory, &gazetteer.locations);
    let mut chronicle = merged.rows(&gazetteer, plan.waits)?;
    chronicle.load(state, |_| true)?;
    let kept = chronicle.rows(|_| true);
    let settings = plan.frame(None, None);
    let frames = stack(&gazetteer.locations, &kept, &chronicle.left_out, settings)?;
    let rows = rows(plan, &frames, &queues(&census, &gazetteer), &renamed)?;
    Ok((List { rows, renamed }, warnings))
}

fn queues<'a>(census: &'a Census, gazetteer: &'a Gazetteer) -> Queues<'a> {
    let mut queues = Queues::new();
    for (kind, tickets) in &census.kinds {
        let place = gazetteer.place(kind).and_then(|at| gazetteer.locations.get(at));
        if let (Some(place), Some(queue)) = (place, &kind.queue) {
            let of_place = queues.entry((&place.organization, &place.name)).or_default();
            *of_place.entry(queue_key(queue)).or_default() += tickets;
        }
    }
    queues
}

fn print(voice: &Voice, list: &List, form: Form, exit: Exit) -> Result<(), Failure> {
    match form {
        Form::Table => answer(&as_table(&list.rows, &list.renamed))?,
        Form::Csv => answer(&as_csv(&list.rows))?,
        // A program needs all of it.
        Form::Json => answer_whole(&as_json(&list.rows))?,
    }
    if !voice.is_quiet() {
        let organizations: BTreeSet<&str> =
            list.rows.iter().map(|row| row.organization.as_str()).collect();
        let tickets = list.rows.iter().map(|row| row.visits.tickets).sum();
        let message = format!(
            "{} of {}, {}; nothing was written",
            count(list.rows.len() as u64, "location"),
            count(organizations.len() as u64, "organization"),
            count(tickets, "ticket"),
        );
        let fields = json!({
            "exit_code": exit as u8,
            "locations": list.rows.len(),
            "organizations": organizations.len(),
            "tickets": tickets,
        });
        voice.log.summary(&message, fields);
    }
    Ok(())
}
