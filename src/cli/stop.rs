//! Signals: SIGTERM, SIGINT and SIGHUP end a run at the next point where nothing is half done.
//!
//! The run looks for one between two blocks of a file, between two stages, and while it waits for a lock. It finishes a
//! commit or a publication that has begun. A second signal kills at once; that harms nothing either, since the next run
//! removes what was left.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::job::Stop;

use super::failure::{Exit, Failure};

/// Signals this close together count as one: `timeout` signals its child and then the whole group.
const ONE: Duration = Duration::from_millis(300);

/// Passes signals on as a request to stop. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Ear {
    stop: Stop,
    signal: Arc<AtomicI32>,
}

impl Ear {
    /// The request, for the plan of a job.
    pub(super) fn stop(&self) -> Stop {
        self.stop.clone()
    }

    fn ask(&self, signal: i32) {
        self.signal.store(signal, Ordering::Relaxed);
        self.stop.ask();
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

/// Runs while listening for signals; the failure of a stopped run names the signal.
pub(super) fn listen(run: impl FnOnce(&Ear) -> Result<Exit, Failure>) -> Result<Exit, Failure> {
    let ear = Ear::default();
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])
        .map_err(|error| Failure::from_error(Exit::Internal, &error))?;
    let heard = ear.clone();
    // It ends with the process.
    let listener = move || {
        let mut first: Option<Instant> = None;
        for signal in signals.forever() {
            match first {
                None => {
                    heard.ask(signal);
                    first = Some(Instant::now());
                }
                Some(at) if at.elapsed() < ONE => {}
                Some(_) => {
                    // It kills this process. If it cannot, the run ends in good order.
                    let _never_seen = emulate_default_handler(signal);
                }
            }
        }
    };
    let started = thread::Builder::new().spawn(listener);
    started.map_err(|error| Failure::io("cannot start a thread", &error))?;
    run(&ear).map_err(|failure| failure.by(ear.who()))
}
