//! A request to end: a job notices it at the next place where nothing is half done.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::JobError;

/// Whether somebody asked a job to end. Clones share one request; a new one has none.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks the job to end; it cannot be taken back.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// The request as a flag, for waits that watch one.
    #[must_use]
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }

    /// Whether to go on.
    #[must_use]
    pub fn flow(&self) -> ControlFlow<()> {
        if self.0.load(Ordering::Acquire) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Ends the job if somebody asked.
    ///
    /// # Errors
    /// [`JobError::Stopped`].
    pub fn check(&self) -> Result<(), JobError> {
        if self.flow().is_break() { Err(JobError::Stopped { kept: None }) } else { Ok(()) }
    }
}
