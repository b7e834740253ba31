//! Strays: check-ins and check-outs of a period's tickets that fall into other periods.
//!
//! Tickets are kept by the period of their visit, and closing a queue at midnight can end tickets of two periods at once.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::calendar::SECOND_MS;

use super::bursts::End;
use super::fold::Fold;
use super::kind::{Key, Kind, key_of};
use super::names::NameId;
use super::shard::Shard;

/// Number of tickets by kind, check-in or check-out, and its second (since 1970, UTC).
pub type Strays = BTreeMap<(Kind, End, i64), u64>;

impl Fold {
    /// The check-ins and check-outs outside a span, given by its first instant and its excluded end in UTC
    /// milliseconds; all of them if there is no span.
    #[must_use]
    pub fn strays(&self, home: Option<(i64, i64)>) -> Strays {
        let is_stray = |at: i64| home.is_none_or(|(from, to)| at < from || at >= to);
        let of_shard = |shard: &Shard| {
            let mut found: HashMap<(Key, End, i64), u64, RandomState> = HashMap::default();
            for joined in &shard.tickets {
                for end in End::ALL {
                    if let Some(at) = end.of(joined).filter(|at| is_stray(*at)) {
                        let second = at.div_euclid(SECOND_MS);
                        *found.entry((key_of(joined), end, second)).or_default() += 1;
                    }
                }
            }
            found
        };
        let parts: Vec<_> = self.shards.par_iter().map(of_shard).collect();
        let text = |id: NameId| self.headings.names.get(id).to_owned();
        let mut strays = Strays::new();
        for (((organization, queue, own), end, second), tickets) in parts.into_iter().flatten() {
            let kind = Kind {
                organization: text(organization),
                queue: queue.map(text),
                own: own.map(text),
            };
            *strays.entry((kind, end, second)).or_default() += tickets;
        }
        strays
    }
}
