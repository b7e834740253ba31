//! How the jobs begin that answer from the tickets of an archive.

use crate::ingest::{Traced, Watch};

use super::clock::before_data;
use super::error::JobError;
use super::input::{Input, Verdict};
use super::located::Located;
use super::obeyed;
use super::plan::Plan;
use super::read::{Timer, read_watching};

/// An archive that was read, and what has to be said of it. What the gates would refuse is told by the verdict.
pub(crate) struct Opened {
    pub(crate) input: Input,
    pub(crate) verdict: Verdict,
    pub(crate) located: Located,
    /// The records that are watched for, in the order of the archive.
    pub(crate) traced: Vec<Traced>,
}

impl Opened {
    /// Reads the archive of a plan.
    ///
    /// # Errors
    /// [`JobError`] if it cannot be read, or if the instant of the run lies before everything in it.
    pub(crate) fn read(plan: &Plan, watch: Watch, timer: &mut Timer<'_>) -> Result<Self, JobError> {
        let (mut input, traced) = read_watching(plan, watch, timer)?;
        let mut verdict = input.verdict(plan);
        let located = Located::take(plan, &mut input);
        before_data(plan, &input.ingested.account, &located.gazetteer.findings.data_through)?;
        verdict.add(obeyed::notices(plan, &located.known));
        Ok(Self { input, verdict, located, traced })
    }
}
