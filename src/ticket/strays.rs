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

#[cfg(test)]
pub(super) mod tests {
    use super::super::heading::Heading;
    use super::super::join::Joined;
    use super::super::order::Earliest;
    use super::super::shard::shard_of_ticket;
    use super::*;
    use crate::webhook::TicketId;

    /// A fold of tickets that were checked in at these instants (UTC milliseconds).
    pub(in super::super) fn checked_in(instants: &[i64]) -> Fold {
        let mut fold = Fold::default();
        let organization = fold.headings.names.intern("o");
        fold.headings.number(Heading {
            organization,
            queue: None,
            location: None,
            ticket_type: None,
            category: None,
        });
        for (id, at) in (0_u8..).zip(instants) {
            let mut joined = Joined::new(organization, TicketId([id; 16]));
            joined.checked_in_at.merge(Earliest::of(Some(*at)));
            let shard = shard_of_ticket(joined.id);
            fold.shards[shard].adopt(&joined);
        }
        fold
    }

    #[test]
    fn strays_lie_before_the_begin_of_a_span_or_not_before_its_end() {
        let fold = checked_in(&[8_000, 9_999, 10_000, 15_000, 19_999, 20_000, 25_000]);
        let seconds = |home| -> Vec<(i64, u64)> {
            fold.strays(home).into_iter().map(|((_, _, second), n)| (second, n)).collect()
        };
        assert_eq!(seconds(Some((10_000, 20_000))), [(8, 1), (9, 1), (20, 1), (25, 1)]);
        assert_eq!(seconds(None), [(8, 1), (9, 1), (10, 1), (15, 1), (19, 1), (20, 1), (25, 1)]);
    }
}
