//! Signals: SIGTERM and SIGINT end a run at the next place where nothing is half done.
//!
//! The first one is noticed between two blocks of a file, between two stages, and while waiting for a lock. A commit or a
//! publication that has begun is finished. Another one, a moment later, kills at once; that harms nothing either, the next
//! run removes what was left.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::failure::{Exit, Failure};

/// Signals that come together are one: `timeout` signals its child and then the whole group.
const ONE: Duration = Duration::from_millis(300);

/// Whether somebody asked the run to end. Clones ask the same.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    asked: Arc<AtomicBool>,
    signal: Arc<AtomicI32>,
}

impl Stop {
    /// Nobody will ask.
    pub(crate) fn never() -> Self {
        Self { asked: Arc::default(), signal: Arc::default() }
    }

    /// Set as soon as somebody asked.
    pub(crate) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.asked)
    }

    /// For who reads: whether to go on.
    pub(crate) fn flow(&self) -> ControlFlow<()> {
        if self.asked.load(Ordering::Acquire) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Ends the run if somebody asked.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if self.flow().is_break() { Err(Failure::stopped()) } else { Ok(()) }
    }

    fn ask(&self, signal: i32) {
        self.signal.store(signal, Ordering::Relaxed);
        self.asked.store(true, Ordering::Release);
    }

    /// Name and exit code of the signal.
    fn who(&self) -> (&'static str, Exit) {
        match self.signal.load(Ordering::Relaxed) {
            SIGINT => ("SIGINT", Exit::Interrupted),
            SIGHUP => ("SIGHUP", Exit::Terminated),
            _ => ("SIGTERM", Exit::Terminated),
        }
    }
}

/// Runs with an ear for signals; the failure of a run that was stopped names the signal.
pub(super) fn listen(run: impl FnOnce(&Stop) -> Result<Exit, Failure>) -> Result<Exit, Failure> {
    let stop = Stop::never();
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])
        .map_err(|error| Failure::from_error(Exit::Internal, &error))?;
    let ear = stop.clone();
    // It ends with the process.
    let listener = move || {
        let mut first: Option<Instant> = None;
        for signal in signals.forever() {
            match first {
                None => {
                    ear.ask(signal);
                    first = Some(Instant::now());
                }
                Some(at) if at.elapsed() < ONE => {}
                Some(_) => {
                    // It kills this process; if that cannot be, the run ends in good order.
                    let _never_seen = emulate_default_handler(signal);
                }
            }
        }
    };
    let started = thread::Builder::new().spawn(listener);
    started.map_err(|error| Failure::io("cannot start a thread", &error))?;
    run(&stop).map_err(|failure| failure.by(stop.who()))
}
