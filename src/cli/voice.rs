//! Prints what a job tells: notices, stages with `--verbose`, and a progress bar on a terminal.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use indicatif::ProgressBar;
use serde_json::Value;

use crate::job::{Input, NightEnd, Notice, Observer, Weight};
use crate::report::text::{logged, shown};

use super::fate;
use super::log::Log;
use super::night_summary;
use super::progress;
use super::words::{count, grouped, reasons};

/// Places of rejected records printed without `--verbose`.
const PLACES: usize = 3;
/// Graphemes of a warning that are printed.
const LONGEST: usize = 400;
/// The same for repairs of the state, which name whole paths.
const LONGEST_MENDED: usize = 600;

/// How much is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Volume {
    /// Nothing when all is well.
    Quiet,
    /// One paragraph.
    Normal,
    /// Times and places too.
    Verbose,
}

/// The output of a command on stderr.
#[derive(Debug)]
pub(crate) struct Voice {
    pub(crate) volume: Volume,
    pub(crate) log: Log,
    bar: Mutex<ProgressBar>,
    /// What a night did, for `--json`.
    night: Mutex<Option<Value>>,
}

impl Voice {
    pub(crate) fn new(volume: Volume, log: Log) -> Self {
        Self { volume, log, bar: Mutex::new(ProgressBar::hidden()), night: Mutex::default() }
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.volume == Volume::Quiet
    }

    /// What the night did, once it is done.
    pub(crate) fn night_as_json(&self) -> Option<Value> {
        self.night.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn bar(&self) -> ProgressBar {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Observer for Voice {
    fn stage(&self, name: &str, seconds: f64, amount: u64, unit: &str) {
        if self.volume == Volume::Verbose {
            self.log.stage(name, seconds, amount, unit);
        }
    }

    /// Shows how far it is. It is hidden if stderr is no terminal, with `--log-format json` and with `--quiet`.
    fn reading(&self, bytes: Option<u64>) {
        *self.bar.lock().unwrap_or_else(PoisonError::into_inner) =
            progress::line(bytes, !self.is_quiet() && self.log == Log::Text);
    }

    fn more_read(&self, bytes: u64) {
        self.bar().inc(bytes);
    }

    fn read(&self) {
        self.bar().finish_and_clear();
    }

    fn notice(&self, notice: &Notice) {
        let words = notice.words();
        match notice.weight() {
            Weight::Warning if matches!(notice, Notice::Mended(_)) => {
                self.log.warning(&shown(&words, LONGEST_MENDED));
            }
            Weight::Warning => self.log.warning(&shown(&words, LONGEST)),
            Weight::Event => self.log.note(&words),
            Weight::Note if self.is_quiet() => {}
            Weight::Note => self.log.note(&words),
        }
    }

    fn account(&self, input: &Input, is_well: bool) {
        let files = &input.ingested.account.files;
        if self.is_quiet() && is_well {
            return;
        }
        for file in files.iter().filter(|file| file.deferred > 0) {
            self.log.deferred(&logged(&file.name), file.deferred, file.deferred_bytes);
        }
        if input.totals.rejected == 0 {
            return;
        }
        let n = grouped(input.totals.rejected);
        let of = count(input.totals.records, "record");
        let message = format!("{n} of {of} rejected ({})", reasons(files));
        self.log.rejected(&message, input.totals.rejected, input.totals.records);
        let places =
            files.iter().flat_map(|file| file.rejects.iter().map(move |line| (file, line)));
        let shown = if self.volume == Volume::Verbose { usize::MAX } else { PLACES };
        for (file, line) in places.take(shown) {
            self.log.rejected_record(&logged(&file.name), line.line, line.reason.words());
        }
        if shown == PLACES && input.totals.rejected > 3 {
            self.log.more("`queuestat check --verbose` lists more");
        }
    }

    fn committed(&self, generation: u64, out: &Path) {
        fate::kept(generation, out);
    }

    fn published(&self) {
        fate::published();
    }

    fn night(&self, end: &NightEnd<'_>) {
        *self.night.lock().unwrap_or_else(PoisonError::into_inner) = Some(end.as_json());
        if !self.is_quiet() || end.run.needs_a_look() {
            night_summary::say(self.log, end);
        }
    }
}
