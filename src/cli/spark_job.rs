//! `queuestat spark-job`: prints the program that makes a report in pieces on Spark.

use super::answer::answer;
use super::failure::{Exit, Failure};

/// The program, as `spark-submit` runs it.
const JOB: &str = include_str!("spark_job.py");

/// Prints the program.
pub(super) fn run() -> Result<Exit, Failure> {
    answer(JOB)?;
    Ok(Exit::Ok)
}
