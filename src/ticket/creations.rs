//! On how many dates a ticket was created: a ticket is made once, so an id with several dates was used again, or several
//! ids were anonymised to one.
//!
//! Nearly every ticket has one date, that of its earliest `createdAt`, and pays nothing. Only a ticket with several keeps a
//! bit for each date, by its number of days modulo 32. Dates are those of UTC, because zones are known only at the end.
//!
//! ```text
//! lines      1 March   1 March   2 March   3 March      dates   none until the third line, then 2, then 3
//! ```

use crate::calendar::DAY_MS;

use super::join::Joined;
use super::order::Earliest;

/// From so many dates on, a ticket is many visits. Different dates may share a bit, so this is a lower bound.
pub(super) const MANY: u32 = 10;

fn bit(at: i64) -> u32 {
    u32::try_from(at.div_euclid(DAY_MS).rem_euclid(32)).map_or(0, |day| 1 << day)
}

impl Joined {
    /// Notes whether a creation that is about to be added has another date; `theirs` are the bits of a ticket that has
    /// several already, else 0.
    ///
    /// This is a join too: as long as there are no bits, every date seen so far is that of the earliest creation, so the
    /// first one that differs is noticed, whatever the order.
    pub(super) fn compare_creations(&mut self, other: Earliest, theirs: u32) {
        let (mine, ours) = (self.created_at.get(), self.creations());
        let differ = match (mine, other.get()) {
            (Some(a), Some(b)) => a != b && a.div_euclid(DAY_MS) != b.div_euclid(DAY_MS),
            _ => false,
        };
        if ours | theirs != 0 || differ {
            let dates = [mine, other.get()].into_iter().flatten().map(bit);
            self.rare().creations = dates.fold(ours | theirs, |all, bit| all | bit);
        }
    }

    /// A bit for each date of creation, if there are several; else 0.
    pub(super) fn creations(&self) -> u32 {
        self.rare.as_ref().map_or(0, |rare| rare.creations)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::names::Names;
    use super::super::record::{joined, record};
    use super::*;
    use crate::webhook::TicketId;

    fn empty() -> Joined {
        Joined::new(Names::default().intern("o"), TicketId([0; 16]))
    }

    fn add(joined: &mut Joined, at: Option<i64>) {
        joined.compare_creations(Earliest::of(at), 0);
        joined.created_at.merge(Earliest::of(at));
    }

    fn join(times: &[Option<i64>]) -> Joined {
        let mut joined = empty();
        for at in times {
            add(&mut joined, *at);
        }
        joined
    }

    proptest! {
        /// Any order, repetition and split of the lines gives the bits of all dates, if there are several.
        #[test]
        fn every_date_is_counted_in_any_order(
            days in prop::collection::vec(prop::option::of((-40_i64..40, 0..DAY_MS)), 0..12),
            at in 0_usize..13,
        ) {
            let times: Vec<Option<i64>> =
                days.iter().map(|day| day.map(|(day, ms)| day * DAY_MS + ms)).collect();
            let dates: BTreeSet<i64> = days.iter().flatten().map(|(day, _)| *day).collect();
            let bits = dates.iter().fold(0, |all, day| all | bit(day * DAY_MS));
            let expected = if dates.len() > 1 { bits } else { 0 };
            prop_assert_eq!(join(&times).creations(), expected);
            prop_assert!(expected.count_ones() <= u32::try_from(dates.len()).unwrap());
            let back: Vec<_> = times.iter().rev().copied().collect();
            prop_assert_eq!(join(&back).creations(), expected);
            let (left, right) = times.split_at(at.min(times.len()));
            for (left, right) in [(left, right), (right, left)] {
                let mut both = join(left);
                let kept = record(&join(right), |_| "o".into());
                both.merge(&joined(&kept, |name| Names::default().intern(name)));
                prop_assert_eq!(both.creations(), expected);
            }
        }
    }
}
