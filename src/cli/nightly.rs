//! `queuestat nightly`: runs a night.

use crate::job::Night;

use super::answer::answer_whole;
use super::args::NightlyArgs;
use super::failure::{Exit, Failure};
use super::nightly_plan;
use super::stop::Ear;
use super::threads::with_threads;

/// Runs a night.
pub(super) fn run(args: NightlyArgs, ear: &Ear) -> Result<Exit, Failure> {
    let json = args.json;
    let (mut night, voice, threads) = nightly_plan::from_args(args)?;
    night.plan.stop = ear.stop();
    with_threads(threads, || {
        let run = Night::run(&night, &voice)?;
        if let Some(done) = voice.night_as_json().filter(|_| json) {
            answer_whole(&format!("{done:#}\n"))?;
        }
        Ok(if run.needs_a_look() { Exit::LookAtInput } else { Exit::Ok })
    })
}
