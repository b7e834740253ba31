//! Bursts that cross the end of a period.
//!
//! A burst consists of check-ins or check-outs in one second, and its tickets may be kept in different periods: a place
//! in America that closes at 22:00 on the last day of a period does so in the next period of UTC. The second lies in one
//! period, its home. Check-ins and check-outs of tickets kept in other periods are strays; there are few, and the census
//! of each period lists its own.
//!
//! ```text
//! 22:00:00 local, 02:00:00 UTC on April 1st      tickets of March: 3 strays      of April, its home: 2
//! ```
//!
//! So the strays of all periods are known without loading tickets. The number of home tickets at such a second must be
//! counted once; the head of the home's rows keeps it. Rows depend on the seconds that are bursts only together with
//! other periods.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::ticket::{BURST, Census, Gazetteer, Moment, Moments};

use super::period::Period;

/// A moment in its stored form: organization, location, check-in or check-out, second; and its number of tickets.
pub(super) type Named = (String, String, String, i64, u64);

/// The moments that periods share.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    /// For each period, the moments of its tickets that are bursts only together with other periods, and the number of
    /// tickets of the others.
    pub(super) others: BTreeMap<Period, Moments>,
    /// For each period, the moments in it at which other periods have strays, and the number of its own tickets at each.
    pub(super) home: BTreeMap<Period, Moments>,
}

/// The period that a moment lies in.
fn home_of(moment: Moment) -> Period {
    Period::of(moment.second.checked_mul(1_000))
}

impl Shared {
    /// Finds the shared moments of all periods. `count` returns the number of a period's tickets at each wanted moment.
    ///
    /// # Errors
    /// Those of `count`.
    pub(super) fn of<E>(
        periods: &BTreeMap<Period, &Census>,
        gazetteer: &Gazetteer,
        mut count: impl FnMut(Period, &BTreeSet<Moment>) -> Result<Moments, E>,
    ) -> Result<Self, E> {
        let mut strays: BTreeMap<Period, Moments> = BTreeMap::new();
        let mut total = Moments::default();
        for (period, census) in periods {
            for ((kind, end, second), tickets) in &census.strays {
                let Some(location) = gazetteer.place(kind) else { continue };
                let moment = Moment { location, end: *end, second: *second };
                *strays.entry(*period).or_default().entry(moment).or_default() += tickets;
                *total.entry(moment).or_default() += tickets;
            }
        }
        let mut asked: BTreeMap<Period, BTreeSet<Moment>> = BTreeMap::new();
        for moment in total.keys() {
            let home = home_of(*moment);
            if periods.contains_key(&home) {
                asked.entry(home).or_default().insert(*moment);
            }
        }
        let mut shared = Self::default();
        for (home, asked) in asked {
            shared.home.insert(home, count(home, &asked)?);
        }
        let at = |moments: Option<&Moments>, moment: Moment| {
            moments.and_then(|moments| moments.get(&moment)).copied().unwrap_or(0)
        };
        let of_home = |moment: Moment| at(shared.home.get(&home_of(moment)), moment);
        for (moment, tickets) in &total {
            let home = home_of(*moment);
            let all = tickets + of_home(*moment);
            if all < BURST {
                continue;
            }
            let own = strays.iter().map(|(period, strays)| (*period, at(Some(strays), *moment)));
            for (period, mine) in own.chain([(home, of_home(*moment))]) {
                // A period with a burst of its own does not need the others.
                if mine > 0 && mine < BURST {
                    shared.others.entry(period).or_default().insert(*moment, all - mine);
                }
            }
        }
        Ok(shared)
    }
}

/// Moments with the names of their locations, sorted.
pub(super) fn named(moments: Option<&Moments>, gazetteer: &Gazetteer) -> Vec<Named> {
    let named = |(moment, tickets): (&Moment, &u64)| {
        let place = gazetteer.locations.get(moment.location)?;
        let end = moment.end.name().to_owned();
        Some((place.organization.clone(), place.name.clone(), end, moment.second, *tickets))
    };
    let mut all: Vec<Named> = moments.into_iter().flatten().filter_map(named).collect();
    all.sort_unstable();
    all
}

/// Looks up the wanted moments; `None` if one is missing.
pub(super) fn find(
    wanted: &BTreeSet<Moment>,
    named: &[Named],
    gazetteer: &Gazetteer,
) -> Option<Moments> {
    let known: HashMap<(&str, &str, &str, i64), u64> = named
        .iter()
        .map(|(organization, name, end, second, tickets)| {
            ((organization.as_str(), name.as_str(), end.as_str(), *second), *tickets)
        })
        .collect();
    let number = |moment: &Moment| {
        let place = gazetteer.locations.get(moment.location)?;
        let key = (&*place.organization, &*place.name, moment.end.name(), moment.second);
        Some((*moment, *known.get(&key)?))
    };
    wanted.iter().map(number).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ticket::{Directory, End, Fold, Kind};

    const PLACES: [&str; 2] = ["A", "B"];
    /// 2021-04-01, UTC.
    const APRIL: i64 = 1_617_235_200;

    fn kind(place: usize) -> Kind {
        Kind { organization: "o".into(), queue: None, own: Some(PLACES[place].into()) }
    }

    /// Tickets of the end of March, the begin of April and the period `unknown`, with the seconds of their check-ins.
    fn visits() -> impl Strategy<Value = Vec<(Period, usize, i64)>> {
        let periods = [Some(APRIL - 1), Some(APRIL), None];
        let period =
            prop::sample::select(periods.map(|at| Period::of(at.map(|at| at * 1_000))).to_vec());
        let second = prop_oneof![APRIL - 2..APRIL + 2, Just(APRIL + 60 * 86_400)];
        prop::collection::vec((period, 0_usize..2, second), 0..40)
    }

    proptest! {
            #![proptest_config(ProptestConfig::with_cases(2_000))]

            /// Each period finds the bursts of all tickets together.
            #[test]
            fn months_find_the_bursts_of_all(visits in visits()) {
                let mut censuses: BTreeMap<Period, Census> = BTreeMap::new();
                let mut own: BTreeMap<Period, BTreeMap<Moment, u64>> = BTreeMap::new();
                let mut all: BTreeMap<Moment, u64> = BTreeMap::new();
                let mut whole = Census::default();
                whole.kinds.extend((0..PLACES.len()).map(|at| (kind(at), 1)));
                let directory = Directory::new(BTreeMap::new(), BTreeMap::new(), None, 0);
                let gazetteer = Fold::default().gazetteer(&whole, &directory);
                for (period, place, second) in &visits {
                    let location = gazetteer.place(&kind(*place)).unwrap();
                    let moment = Moment { location, end: End::CheckIn, second: *second };
                    *own.entry(*period).or_default().entry(moment).or_default() += 1;
                    *all.entry(moment).or_default() += 1;
                    let census = censuses.entry(*period).or_default();
                    if home_of(moment) != *period {
                        *census.strays.entry((kind(*place), End::CheckIn, *second)).or_default() += 1;
                    }
                }
                let borrowed = censuses.iter().map(|(period, census)| (*period, census)).collect();
                let count = |period: Period, wanted: &BTreeSet<Moment>| -> Result<Moments, ()> {
                    let number = |m: &Moment| own[&period].get(m).copied().unwrap_or(0);
                    Ok(wanted.iter().map(|moment| (*moment, number(moment))).collect())
                };
                let shared = Shared::of(&borrowed, &gazetteer, count).unwrap();
                for (period, own) in &own {
                    let others = shared.others.get(period).cloned().unwrap_or_default();
                    for (moment, mine) in own {
                        let sum = mine + others.get(moment).copied().unwrap_or(0);
                        prop_assert_eq!(sum >= BURST, all[moment] >= BURST);
                    }
                    prop_assert!(others.keys().all(|moment| own.contains_key(moment)));
                    // What was stored is found again.
                    let home = shared.home.get(period);
                    let wanted = home.into_iter().flat_map(|home| home.keys().copied()).collect();
                    let kept = named(home, &gazetteer);
    prop_assert_eq!(find(&wanted, &kept, &gazetteer), Some(home.cloned().unwrap_or_default()));
                }
            }
        }
}
