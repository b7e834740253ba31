//! A look at an archive: read, judge, and compare with the configuration. Nothing is written.

use super::banner::losses;
use super::error::JobError;
use super::input::{Input, Quality};
use super::join_gate;
use super::notice::Notice;
use super::obeyed::{self, Known};
use super::observer::Observer;
use super::plan::Plan;
use super::read::{Timer, read};
use super::renamed;

/// An archive that was looked at.
#[derive(Debug)]
pub struct Checked {
    /// What was read.
    pub input: Input,
    /// How good it is.
    pub quality: Quality,
    /// What somebody has to look at.
    pub warnings: Vec<Notice>,
    /// What is good to know: settings that are overruled, and renamed queues.
    pub notes: Vec<Notice>,
    /// Number of tickets.
    pub tickets: usize,
}

/// Reads an archive and judges it. Notices are returned, not told.
///
/// # Errors
/// [`JobError`] if it cannot be found or read. What the gates would refuse is no error here.
pub fn check(plan: &Plan, observer: &dyn Observer) -> Result<Checked, JobError> {
    let input = read(plan, &mut Timer::start(observer))?;
    let mut verdict = input.verdict(plan);
    let fold = &input.ingested.fold;
    let census = fold.census();
    let gazetteer = fold.gazetteer(&census, &plan.directory);
    let known = Known::of(plan, fold, &census, &gazetteer);
    verdict.add(obeyed::notices(plan, &known));
    let numbered = (0..).zip(&input.ingested.account.files);
    verdict.add(losses(plan, numbered, &gazetteer.findings));
    verdict.add(join_gate::warnings(plan, &gazetteer.findings));
    let mut notes = obeyed::overruled(&known);
    notes.extend(join_gate::notes(plan, &gazetteer.findings));
    notes.extend(renamed::notes(&fold.renamed(&plan.directory, &gazetteer.locations)));
    let tickets = fold.len();
    Ok(Checked { quality: verdict.quality, warnings: verdict.notices, notes, tickets, input })
}
