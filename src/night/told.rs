//! When a silence of a part was last told: it is told once a week, and the state remembers that.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::calendar::DAY_MS;

/// A silence is told again after so many days.
const AGAIN: i64 = 7;
/// And for so many days at most: what is gone for good must not nag.
const MOST: i64 = 28;
/// A run may begin a little earlier in the night than the one before.
const GRAIN_MS: i64 = DAY_MS / 2;

/// When silences were told, by what is silent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Told(BTreeMap<String, Telling>);

/// When one silence was told, UTC milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Telling {
    /// When anything came last: another silence has another.
    since: i64,
    first: i64,
    last: i64,
}

impl Told {
    /// Whether a silence of something since an instant is to be told by the run at `now` (UTC milliseconds); notes it then.
    pub fn is_due(&mut self, what: &str, since: i64, now: i64) -> bool {
        let known = self.0.get_mut(what).filter(|telling| telling.since == since);
        let Some(telling) = known else {
            self.0.insert(what.to_owned(), Telling { since, first: now, last: now });
            return true;
        };
        let is_due = now >= telling.last.saturating_add(AGAIN * DAY_MS - GRAIN_MS)
            && now < telling.first.saturating_add(MOST * DAY_MS - GRAIN_MS);
        if is_due {
            telling.last = now;
        }
        is_due
    }

    /// Forgets what is not silent any more.
    pub fn keep(&mut self, silent: &BTreeSet<String>) {
        self.0.retain(|what, _| silent.contains(what));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_a_week_for_four_weeks_and_again_when_it_came_back() {
        let mut told = Told::default();
        let days: Vec<i64> =
            (0..400).filter(|day| told.is_due("A", 5, day * DAY_MS + 1_000)).collect();
        assert_eq!(days, [0, 7, 14, 21]);
        assert!(told.is_due("B", 5, 0));
        assert!(told.is_due("A", 6, 400 * DAY_MS) && !told.is_due("A", 6, 401 * DAY_MS));
        told.keep(&BTreeSet::from(["B".to_owned()]));
        assert!(told.is_due("A", 6, 402 * DAY_MS), "forgotten");
        // Nights begin a little earlier or later, and some are left out.
        let mut told = Told::default();
        let nights = [0, 7 * DAY_MS - 60_000, 20 * DAY_MS, 29 * DAY_MS, 35 * DAY_MS];
        let due: Vec<bool> = nights.iter().map(|at| told.is_due("A", 5, *at)).collect();
        assert_eq!(due, [true, true, true, false, false]);
    }
}
