//! Rows that belong together: keys in order, and what is counted, added up or listed under each.
//!
//! Polars' own grouping took about two and a half times as long as these loops for 220,000 tickets: it looks at every
//! aggregate apart, and sorts lists of boxed series.

use std::collections::HashMap;
use std::hash::Hash;

use foldhash::fast::RandomState;

/// Rows by key.
pub(super) struct Groups<K> {
    /// The keys, ascending.
    pub(super) keys: Vec<K>,
    /// Place of each row's key, or [`NOWHERE`].
    of_row: Vec<u32>,
}

/// The place of a row that belongs to no key; there are never so many keys.
const NOWHERE: u32 = u32::MAX;

impl<K: Copy + Ord + Hash> Groups<K> {
    /// Groups rows, given by their keys.
    pub(super) fn of(rows: impl Iterator<Item = Option<K>>) -> Self {
        let mut numbers: HashMap<K, u32, RandomState> = HashMap::default();
        let mut of_row: Vec<u32> = rows
            .map(|key| {
                // There are fewer keys than rows, and a frame has fewer than 2^32 rows.
                let next = u32::try_from(numbers.len()).unwrap_or(NOWHERE);
                key.map_or(NOWHERE, |key| *numbers.entry(key).or_insert(next))
            })
            .collect();
        let mut sorted: Vec<(K, u32)> = numbers.into_iter().collect();
        sorted.sort_unstable();
        let mut places = vec![0; sorted.len()];
        for (place, (_, number)) in (0_u32..).zip(&sorted) {
            if let Some(slot) = places.get_mut(*number as usize) {
                *slot = place;
            }
        }
        for number in &mut of_row {
            *number = places.get(*number as usize).copied().unwrap_or(NOWHERE);
        }
        Self { keys: sorted.into_iter().map(|(key, _)| key).collect(), of_row }
    }

    /// Calls with the group and the value of each row. The values are driven, not asked for one by one: columns in many
    /// pieces are faster so.
    fn each<V>(&self, values: impl Iterator<Item = V>, mut call: impl FnMut(usize, V)) {
        let mut groups = self.of_row.iter();
        values.take(self.of_row.len()).for_each(|value| {
            if let Some(group) = groups.next() {
                call(*group as usize, value);
            }
        });
    }

    /// Adds up a value of each row by group.
    pub(super) fn sum(&self, values: impl Iterator<Item = i64>) -> Vec<i64> {
        let mut sums = vec![0; self.keys.len()];
        self.each(values, |group, value| {
            if let Some(sum) = sums.get_mut(group) {
                *sum += value;
            }
        });
        sums
    }

    /// Counts the rows of each group for which something holds.
    pub(super) fn count(&self, holds: impl Iterator<Item = bool>) -> Vec<i64> {
        self.sum(holds.map(i64::from))
    }

    /// Counts the rows of each group by a code below `codes`, a list of counts for each code; rows without one count
    /// nowhere.
    pub(super) fn tally(
        &self,
        values: impl Iterator<Item = Option<usize>>,
        codes: usize,
    ) -> Vec<Vec<i64>> {
        let mut counts = vec![vec![0; self.keys.len()]; codes];
        self.each(values, |group, code| {
            let counts = code.and_then(|code| counts.get_mut(code));
            if let Some(count) = counts.and_then(|counts| counts.get_mut(group)) {
                *count += 1;
            }
        });
        counts
    }

    /// Number of rows of each group.
    pub(super) fn sizes(&self) -> Vec<i64> {
        self.sum(std::iter::repeat(1))
    }

    /// The known values of each group, ascending; the rows are asked for their values twice.
    pub(super) fn lists<I: Iterator<Item = Option<i32>>>(&self, values: impl Fn() -> I) -> Lists {
        let (begins, total) = begins(self.count(values().map(|value| value.is_some())));
        let mut next = begins.clone();
        let mut sorted = vec![0; total];
        self.each(values(), |group, value| {
            if let (Some(place), Some(value)) = (next.get_mut(group), value) {
                if let Some(slot) = sorted.get_mut(*place) {
                    *slot = value;
                }
                *place += 1;
            }
        });
        Lists::sorted(sorted, begins)
    }

    /// The lists of each group together, where a row is a list; ascending.
    pub(super) fn join(&self, lists: &Lists) -> Lists {
        let length = |list: &[i32]| i64::try_from(list.len()).unwrap_or(i64::MAX);
        let (begins, total) = begins(self.sum(lists.iter().map(length)));
        let mut next = begins.clone();
        let mut joined = vec![0; total];
        for (group, list) in self.of_row.iter().zip(lists.iter()) {
            let Some(place) = next.get_mut(*group as usize) else { continue };
            if let Some(room) = joined.get_mut(*place..*place + list.len()) {
                room.copy_from_slice(list);
            }
            *place += list.len();
        }
        Lists::sorted(joined, begins)
    }
}

/// Where lists of these lengths begin in one list of all, and its length.
fn begins(lengths: Vec<i64>) -> (Vec<usize>, usize) {
    let mut total = 0;
    let begin = |length: i64| {
        let begin = total;
        total += usize::try_from(length).unwrap_or(0);
        begin
    };
    let begins = lengths.into_iter().map(begin).collect();
    (begins, total)
}

/// Ascending values of each group.
#[derive(Debug)]
pub(super) struct Lists {
    values: Vec<i32>,
    /// Where each list begins, and the end of the last.
    begins: Vec<usize>,
}

impl Lists {
    /// Sorts each list.
    fn sorted(values: Vec<i32>, mut begins: Vec<usize>) -> Self {
        begins.push(values.len());
        let mut lists = Self { values, begins };
        for group in 0..lists.len() {
            if let Some(list) = lists.get_mut(group) {
                list.sort_unstable();
            }
        }
        lists
    }

    pub(super) fn len(&self) -> usize {
        self.begins.len().saturating_sub(1)
    }

    pub(super) fn get(&self, group: usize) -> &[i32] {
        let range = self.begins.get(group).zip(self.begins.get(group + 1));
        range.and_then(|(begin, end)| self.values.get(*begin..*end)).unwrap_or_default()
    }

    fn get_mut(&mut self, group: usize) -> Option<&mut [i32]> {
        let (begin, end) = (*self.begins.get(group)?, *self.begins.get(group + 1)?);
        self.values.get_mut(begin..end)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[i32]> {
        (0..self.len()).map(|group| self.get(group))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn groups_are_what_a_sorted_map_would_give(
            rows in prop::collection::vec((prop::option::of(0_u8..5), prop::option::of(-9_i32..9)), 0..60),
        ) {
            let mut expected: std::collections::BTreeMap<u8, (i64, i64, Vec<i32>)> = Default::default();
            for (key, value) in rows.iter().filter_map(|(key, value)| Some(((*key)?, *value))) {
                let entry = expected.entry(key).or_default();
                entry.0 += 1;
                entry.1 += i64::from(value.unwrap_or(0));
                entry.2.extend(value);
                entry.2.sort_unstable();
            }
            let groups = Groups::of(rows.iter().map(|(key, _)| *key));
            let values: Vec<Option<i32>> = rows.iter().map(|(_, value)| *value).collect();
            let sums = groups.sum(values.iter().map(|v| i64::from(v.unwrap_or(0))));
            let lists = groups.lists(|| values.iter().copied());
            let got: Vec<_> = groups.keys.iter().copied().zip(
                groups.sizes().into_iter().zip(sums).zip(lists.iter()).map(|((n, sum), list)| (n, sum, list.to_vec()))
            ).collect();
            prop_assert_eq!(got, expected.into_iter().collect::<Vec<_>>());
        }
    }
}
