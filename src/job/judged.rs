//! What was read of an archive, judged and located: what a report has to say besides its figures.

use crate::ticket::Census;

use super::banner::losses;
use super::clock::before_data;
use super::error::JobError;
use super::input::{Input, Quality, Verdict};
use super::join_gate;
use super::located::Located;
use super::notice::Notice;
use super::obeyed;
use super::observer::Observer;
use super::plan::Plan;
use super::read::refuse;
use super::renamed;
use super::shared_queues;

/// What was read of an archive, judged and located.
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    pub(crate) located: Located,
    /// What may be known, and is no warning.
    notes: Vec<Notice>,
}

impl Judged {
    /// Judges what was read. `census` counts its tickets if they are elsewhere.
    ///
    /// # Errors
    /// [`JobError`] if a gate refuses it, or if the instant of the run lies before everything in it.
    pub(crate) fn of(
        plan: &Plan,
        input: &mut Input,
        census: Option<Census>,
        (force, observer): (bool, &dyn Observer),
    ) -> Result<Self, JobError> {
        let mut verdict = input.verdict(plan);
        refuse(input, &verdict, force, observer)?;
        let located = Located::of(plan, std::mem::take(&mut input.ingested.fold), census);
        let Located { fold, gazetteer, known, .. } = &located;
        before_data(plan, &input.ingested.account, &gazetteer.findings.data_through)?;
        verdict.add(obeyed::notices(plan, known));
        let numbered = (0..).zip(&input.ingested.account.files);
        verdict.add(losses(plan, numbered, &gazetteer.findings));
        verdict.add(join_gate::warnings(plan, &gazetteer.findings));
        let renamed = fold.renamed(&plan.directory, &gazetteer.locations);
        let shared = fold.shared_queues(&plan.directory);
        let notes = obeyed::overruled(known).into_iter().chain(renamed::notes(&renamed));
        let notes = notes.chain(shared_queues::notes(&shared));
        let notes = notes.chain(join_gate::notes(plan, &gazetteer.findings)).collect();
        Ok(Self { verdict, located, notes })
    }

    /// Tells what was found.
    pub(crate) fn tell(&self, input: &Input, observer: &dyn Observer) {
        for notice in &self.verdict.notices {
            observer.notice(notice);
        }
        observer.account(input, self.verdict.quality == Quality::Good);
        for note in &self.notes {
            observer.notice(note);
        }
    }
}
