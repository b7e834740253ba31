//! A look at an archive: read, judge, and compare with the configuration. Nothing is written.

use super::banner::losses;
use super::error::JobError;
use super::excluded;
use super::input::{Input, Quality};
use super::join_gate;
use super::located::Located;
use super::notice::Notice;
use super::obeyed;
use super::observer::Observer;
use super::plan::Plan;
use super::read::{Timer, read};
use super::renamed;
use super::shared_queues;

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
    /// What the configuration leaves out, in words; empty if that is nothing.
    pub left_out: String,
    /// Number of tickets, those that are left out too.
    pub tickets: usize,
}

/// Reads an archive and judges it. Notices are returned, not told.
///
/// # Errors
/// [`JobError`] if it cannot be found or read. What the gates would refuse is no error here.
pub fn check(plan: &Plan, observer: &dyn Observer) -> Result<Checked, JobError> {
    let mut input = read(plan, &mut Timer::start(observer))?;
    let mut verdict = input.verdict(plan);
    let Located { fold, gazetteer, known, .. } = Located::take(plan, &mut input);
    verdict.add(obeyed::notices(plan, &known));
    let numbered = (0..).zip(&input.ingested.account.files);
    verdict.add(losses(plan, numbered, &gazetteer.findings));
    verdict.add(join_gate::warnings(plan, &gazetteer.findings));
    let mut notes = obeyed::overruled(&known);
    notes.extend(join_gate::notes(plan, &gazetteer.findings));
    notes.extend(renamed::notes(&fold.renamed(&plan.directory, &gazetteer.locations)));
    notes.extend(shared_queues::notes(&fold.shared_queues(&plan.directory)));
    let tickets = fold.len();
    let left_out = excluded::words(&gazetteer.findings.excluded);
    let left_out = left_out.map(|words| format!("; {words}")).unwrap_or_default();
    Ok(Checked {
        left_out,
        quality: verdict.quality,
        warnings: verdict.notices,
        notes,
        tickets,
        input,
    })
}
