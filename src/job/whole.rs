//! What is known of an archive as a whole, whatever the window.

use std::collections::BTreeSet;

use crate::archive::Skipped;
use crate::ingest::Account;
use crate::ticket::Findings;

use super::silence::Silences;

/// What is known of an archive as a whole, whatever the window.
#[derive(Clone, Copy)]
pub(crate) struct Whole<'a> {
    pub(crate) account: &'a Account,
    pub(crate) findings: &'a Findings,
    /// Who and what is silent.
    pub(crate) silent: &'a Silences,
    /// What was not read.
    pub(crate) skipped: &'a [Skipped],
    /// Names of files that were read before and are gone.
    pub(crate) gone: &'a BTreeSet<String>,
}
