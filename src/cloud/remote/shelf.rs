//! Small objects, whole: those that will be read next are fetched before they are asked for, and what was read once is kept
//! for a second look.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::super::trouble::{Trouble, What};
use super::client::{Bytes, Client, Wanted};
use super::engine::{Engine, Room, Started};

/// An object of at most so many bytes is small.
pub(super) const SMALL: u64 = 1 << 20;
/// Objects that are fetched ahead of each reader.
const AHEAD: usize = 16;
/// Bytes of objects that are kept after they were read: what they are is looked at before they are read.
const KEEP: u64 = 64 << 20;

/// The small objects of a bucket.
pub(super) struct Shelf {
    engine: Arc<Engine>,
    client: Client,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What will be read, in this order.
    plan: Vec<Wanted>,
    /// Places in the plan, by key.
    places: HashMap<String, usize>,
    running: HashMap<usize, (Started<Bytes>, Room)>,
    /// Which of the plan were taken.
    taken: Vec<bool>,
    kept: HashMap<String, (Wanted, Bytes)>,
    kept_bytes: u64,
}

impl Shelf {
    pub(super) fn new(engine: Arc<Engine>, client: Client) -> Self {
        Self { engine, client, state: Mutex::default() }
    }

    /// What will be read next, in this order. What was planned before is let go.
    pub(super) fn plan(&self, plan: Vec<Wanted>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.running.clear();
        state.places =
            plan.iter().enumerate().map(|(at, one)| (one.key().to_owned(), at)).collect();
        state.taken = vec![false; plan.len()];
        state.plan = plan;
    }

    /// The bytes of a small object.
    pub(super) fn take(&self, wanted: &Wanted) -> Result<Bytes, Trouble> {
        let (kept, mine) = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = state.kept.get(wanted.key()).filter(|(known, _)| known == wanted);
            let kept = kept.map(|(_, bytes)| bytes.clone());
            let mut mine = None;
            if let Some(place) = state.places.get(wanted.key()).copied() {
                mine = state.running.remove(&place);
                if let Some(taken) = state.taken.get_mut(place) {
                    *taken = true;
                }
                self.go_ahead(&mut state, place);
            }
            (kept, mine)
        };
        if let Some(bytes) = kept {
            return Ok(bytes);
        }
        let (part, room) = match mine {
            Some((part, room)) => (Some(part), Some(room)),
            None => (self.engine.start(self.client.clone().fetch(wanted.clone(), None)), None),
        };
        let bytes = self.engine.wait(part.ok_or(What::Cut)?.result())?;
        drop(room);
        self.keep(wanted, &bytes);
        Ok(bytes)
    }

    fn go_ahead(&self, state: &mut State, place: usize) {
        let next = (place + 1..state.plan.len()).take(AHEAD);
        for at in next {
            let Some(wanted) = state.plan.get(at) else { return };
            let is_there = state.taken.get(at).is_none_or(|taken| *taken)
                || state.running.contains_key(&at)
                || state.kept.get(wanted.key()).is_some_and(|(known, _)| known == wanted);
            if is_there {
                continue;
            }
            let Some(room) = self.engine.room(wanted.bytes) else { return };
            let fetch = self.client.clone().fetch(wanted.clone(), None);
            let Some(part) = self.engine.start(fetch) else { return };
            state.running.insert(at, (part, room));
        }
    }

    fn keep(&self, wanted: &Wanted, bytes: &Bytes) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let more = state.kept_bytes.saturating_add(wanted.bytes);
        if more <= KEEP && !state.kept.contains_key(wanted.key()) {
            state.kept_bytes = more;
            state.kept.insert(wanted.key().to_owned(), (wanted.clone(), bytes.clone()));
        }
    }
}
