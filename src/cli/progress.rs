//! A progress bar on a terminal, nothing anywhere else.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::log::Log;
use super::plan::{Plan, Volume};

/// Bytes read, rate and time left, on stderr.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar over the stored bytes of all files; invisible if stderr is no terminal, or is for machines, or nothing is to be
    /// printed.
    pub(crate) fn start(total: u64, plan: &Plan) -> Self {
        let target = if plan.volume != Volume::Quiet && plan.log == Log::Text {
            ProgressDrawTarget::stderr_with_hz(10)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let style = "{bar:30} {bytes} of {total_bytes}  {bytes_per_sec}  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// More bytes were read.
    pub(crate) fn add(&self, bytes: u64) {
        self.0.inc(bytes);
    }

    /// Removes the bar.
    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}
