//! The runtime that requests run on, and the memory that all of them share.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::super::trouble::{Trouble, What};

/// Bytes that may be fetched before anybody asks for them, of all objects together.
const AHEAD: u64 = 64 << 20;
/// How often somebody who waits looks whether the run is asked to stop.
const LOOK: Duration = Duration::from_millis(100);
/// Threads for the network: decrypting takes some time of a processor.
const THREADS: usize = 4;

/// Runs requests.
pub(super) struct Engine {
    /// Only empty while it ends.
    runtime: Option<Runtime>,
    /// Bytes fetched ahead, or about to be.
    ahead: AtomicU64,
    /// True once the run is asked to stop.
    stop: Arc<AtomicBool>,
}

impl Engine {
    /// # Errors
    /// [`What::Settings`] if no thread can be started.
    pub(super) fn new(stop: Arc<AtomicBool>) -> Result<Self, Trouble> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let runtime = Builder::new_multi_thread()
            .worker_threads(cores.min(THREADS))
            .thread_name("queuestat-net")
            .enable_all()
            .build()
            .map_err(|error| Trouble { what: What::Settings, code: error.kind().to_string() })?;
        Ok(Self { runtime: Some(runtime), ahead: AtomicU64::new(0), stop })
    }

    /// Waits for something, or until the run is asked to stop.
    ///
    /// # Errors
    /// [`What::Stopped`]; [`What::Cut`] if the engine is ending.
    pub(super) fn wait<T>(
        &self,
        what: impl Future<Output = Result<T, Trouble>>,
    ) -> Result<T, Trouble> {
        match &self.runtime {
            Some(runtime) => runtime.block_on(async {
                match select(pin!(what), pin!(self.stopped())).await {
                    Either::Left((result, _)) => result,
                    Either::Right(_) => Err(What::Stopped.into()),
                }
            }),
            None => Err(What::Cut.into()),
        }
    }

    /// Ends when the run is asked to stop. A signal cannot wake anybody, so it is looked for.
    async fn stopped(&self) {
        while !self.stop.load(Ordering::Acquire) {
            sleep(LOOK).await;
        }
    }

    /// Starts something, and lets it go if the result is dropped.
    pub(super) fn start<T: Send + 'static>(
        &self,
        what: impl Future<Output = Result<T, Trouble>> + Send + 'static,
    ) -> Option<Started<T>> {
        Some(Started(self.runtime.as_ref()?.spawn(what)))
    }

    /// Room for bytes that nobody has asked for yet; `None` if there is none. It never waits, so nobody can wait for each
    /// other.
    pub(super) fn room(self: &Arc<Self>, bytes: u64) -> Option<Room> {
        let more = |taken: u64| taken.checked_add(bytes).filter(|taken| *taken <= AHEAD);
        self.ahead.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Room { engine: Arc::clone(self), bytes })
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // The last one to let go may be a request.
            runtime.shutdown_background();
        }
    }
}

/// Room that is given back when this is dropped.
pub(super) struct Room {
    engine: Arc<Engine>,
    bytes: u64,
}

impl Drop for Room {
    fn drop(&mut self) {
        self.engine.ahead.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Something that runs.
pub(super) struct Started<T>(JoinHandle<Result<T, Trouble>>);

impl<T> Started<T> {
    /// Its result.
    ///
    /// # Errors
    /// Its own; [`What::Cut`] if it was let go.
    pub(super) async fn result(mut self) -> Result<T, Trouble> {
        (&mut self.0).await.unwrap_or_else(|_| Err(What::Cut.into()))
    }
}

impl<T> Drop for Started<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_ahead_is_bounded_and_comes_back() {
        let engine = Arc::new(Engine::new(Arc::default()).unwrap());
        let most: Vec<Room> = (0..8).map_while(|_| engine.room(AHEAD / 8)).collect();
        assert_eq!(most.len(), 8);
        assert!(engine.room(1).is_none());
        drop(most);
        assert!(engine.room(AHEAD).is_some());
        assert!(engine.room(AHEAD + 1).is_none());
    }

    #[test]
    fn whoever_waits_stops_when_asked_to() {
        let stop = Arc::new(AtomicBool::new(false));
        let engine = Engine::new(Arc::clone(&stop)).unwrap();
        let asked = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(200));
            stop.store(true, Ordering::Release);
        });
        let endless = engine.start(std::future::pending::<Result<(), Trouble>>()).unwrap();
        assert_eq!(engine.wait(endless.result()), Err(What::Stopped.into()));
        asked.join().unwrap();
        // What is there already is still handed over.
        assert_eq!(engine.wait(async { Ok(5) }), Ok(5));
    }

    #[test]
    fn what_is_let_go_ends() {
        let engine = Engine::new(Arc::default()).unwrap();
        let endless = engine.start(std::future::pending::<Result<(), Trouble>>()).unwrap();
        drop(endless);
        let five = engine.start(async { Ok(5) }).unwrap();
        assert_eq!(engine.wait(five.result()), Ok(5));
    }
}
