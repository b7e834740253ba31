//! What is known of an archive as a whole, whatever the window.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::archive::Skipped;
use crate::ingest::Account;
use crate::ticket::Findings;

use super::notice::Notice;
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
    /// Figures of earlier service dates are kept as they were made: their single tickets are forgotten.
    pub(crate) made_before: Option<NaiveDate>,
    /// What the report is about besides dates, in words; empty for all tickets.
    pub(crate) filter: &'a str,
    /// Names of files that were read before and are gone.
    pub(crate) gone: &'a BTreeSet<String>,
}

impl Whole<'_> {
    /// Says that figures are kept as they were made, if a window from `from` on has any of them.
    pub(crate) fn as_made(&self, from: Option<NaiveDate>) -> Option<Notice> {
        let before = self.made_before.filter(|before| from.is_none_or(|from| from < *before))?;
        Some(Notice::AsMade { before })
    }
}
