//! `queuestat state forget`: erases tickets from what nightly runs keep and publish.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use chrono::{DateTime, Days, NaiveDate};
use serde_json::{Value, json};

use crate::calendar::rfc3339;
use crate::job::{Forget, ForgetDone, Night, Places, last_night};
use crate::night::Month;
use crate::webhook::TicketId;

use super::answer::{answer, answer_whole};
use super::args::NightlyArgs;
use super::failure::{Exit, Failure};
use super::forget_args::ForgetArgs;
use super::nightly_plan;
use super::stop::Ear;
use super::words::{count, grouped, without_figures_words};

/// Months that are named; the rest is counted.
const NAMED: usize = 24;

/// Forgets.
pub(super) fn run(
    config: &Path,
    places: &Places,
    lock_wait: u64,
    args: &ForgetArgs,
    ear: &Ear,
) -> Result<Exit, Failure> {
    let what = Forget {
        tickets: ids(&args.ticket)?,
        organizations: args.organization.clone(),
        before: args.before,
        file: args.file.clone(),
        with_figures: args.with_figures,
        dry_run: args.dry_run,
    };
    let last_night = last_night(places)?;
    check_before(args.before, last_night)?;
    let as_of = last_night.map(rfc3339);
    let night = NightlyArgs {
        json: false,
        config: config.to_owned(),
        as_of,
        rebuild: false,
        verify: false,
        force: false,
        metrics_file: None,
        quiet: true,
        verbose: false,
        log_format: None,
        lock_wait,
        threads: None,
    };
    let (mut plan, voice, _) = nightly_plan::from_args(night)?;
    plan.plan.stop = ear.stop();
    let done = Night::forget(&plan, &what, &voice)?;
    if args.json {
        answer_whole(&format!("{:#}\n", as_json(&what, &done)))?;
    } else {
        answer(&words(&what, &done))?;
    }
    Ok(if done.unknown > 0 || done.left > 0 { Exit::LookAtInput } else { Exit::Ok })
}

/// Refuses a date after the last night: the tickets of days to come would be taken for ones that came too late.
fn check_before(before: Option<NaiveDate>, last_night: Option<i64>) -> Result<(), Failure> {
    let night = last_night.and_then(DateTime::from_timestamp_millis).map(|at| at.date_naive());
    // The local date may be the next one.
    let most = night.and_then(|night| night.checked_add_days(Days::new(2)));
    let (Some(before), Some(night), Some(most)) = (before, night, most) else { return Ok(()) };
    if before <= most {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Usage,
        format!("`--before {before}` lies after the last night ({night}): tickets of days to come would be left out of every figure"),
    )
    .hint(format!("give a date up to {most}")))
}

/// The ids, of standard input too.
fn ids(given: &[String]) -> Result<Vec<TicketId>, Failure> {
    let mut all: Vec<String> = Vec::new();
    for text in given {
        if text != "-" {
            all.push(text.clone());
            continue;
        }
        for line in io::stdin().lines() {
            all.push(line.map_err(|error| Failure::io("cannot read standard input", &error))?);
        }
    }
    let ids: Vec<TicketId> = all
        .iter()
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
        .map(|text| TicketId::from_text(text.as_bytes()))
        .collect();
    if ids.is_empty() && !given.is_empty() {
        return Err(Failure::new(Exit::Usage, "no ticket id was given"));
    }
    Ok(ids)
}

/// What went, for programs; without any id.
fn as_json(what: &Forget, done: &ForgetDone) -> Value {
    let of_months = |months: &BTreeMap<Month, u64>| -> Value {
        let months = months.iter().map(|(month, n)| (month.to_string(), json!(n)));
        Value::Object(months.collect())
    };
    let gone = &done.gone;
    json!({
        "dry_run": what.dry_run,
        "tickets_by_month": of_months(&gone.erased),
        "tickets_before_by_month": of_months(&gone.dropped_or_summed()),
        "tickets_without_figures": gone.without_figures,
        "figures_go": what.with_figures,
        "figures_that_stay": gone.undivided.iter().map(|one| one.words()).collect::<Vec<_>>(),
        "read_anew": done.again,
        "left": done.left,
        "unknown_ids": done.unknown,
        "generation": done.generation,
        "published_files": done.files,
    })
}

/// What went, without any id.
fn words(what: &Forget, done: &ForgetDone) -> String {
    let mut lines = Vec::new();
    let would = if what.dry_run { "would forget" } else { "forgot" };
    let gone = &done.gone;
    if !what.tickets.is_empty() && what.file.is_none() {
        lines.push(format!("{would} {}", of_months(&gone.erased)));
    }
    if what.file.is_some() {
        lines.push(format!(
            "{would} {}; {} of them stand in other files too and are read anew from these",
            of_months(&gone.erased),
            grouped(done.again as u64)
        ));
    }
    if done.left > 0 {
        lines.push(format!(
            "{} of the file stay as they are: they also stand in files that are gone",
            count(done.left as u64, "ticket")
        ));
    }
    if done.unknown > 0 {
        lines.push(format!(
            "{} {} not among the kept tickets; {} left out if a line ever brings {}",
            count(done.unknown as u64, "id"),
            if done.unknown == 1 { "is" } else { "are" },
            if done.unknown == 1 { "it is" } else { "they are" },
            if done.unknown == 1 { "it" } else { "them" }
        ));
    }
    if let Some(before) = what.before {
        lines.push(format!("{would} before {before}: {}", of_months(&gone.dropped_or_summed())));
        lines.push(match what.with_figures {
            true => "their figures go too".to_owned(),
            false => format!(
                "their figures stay as they are in the reports of all time{}",
                without_figures_words(gone.without_figures)
            ),
        });
    }
    for period in &gone.undivided {
        lines.push(format!(
            "the figures of {} stay: the single tickets of these days were forgotten before, and their sums cannot be divided; \
             name the day after them",
            period.words()
        ));
    }
    match done.generation {
        Some(generation) => lines.push(format!(
            "generation {generation} and the site ({}) hold nothing of it; all older generations are removed",
            count(done.files as u64, "file")
        )),
        None => lines.push("nothing was changed".to_owned()),
    }
    lines.join("\n") + "\n"
}

/// `3 tickets (2 of 2021-01, 1 of 2021-02)`.
fn of_months(months: &BTreeMap<Month, u64>) -> String {
    let total = count(months.values().sum(), "ticket");
    if months.is_empty() {
        return total;
    }
    let mut parts: Vec<String> =
        months.iter().take(NAMED).map(|(month, n)| format!("{} of {month}", grouped(*n))).collect();
    if let Some(more) = months.len().checked_sub(NAMED).filter(|more| *more > 0) {
        parts.push(format!("and {}", count(more as u64, "more month")));
    }
    format!("{total} ({})", parts.join(", "))
}
