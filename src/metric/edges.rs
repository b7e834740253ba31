//! The stored form of intervals in line: each begins so many milliseconds after the one before, and lasts so many. That takes
//! about half the bytes of two instants.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

/// Intervals by period: begin and end of each, UTC milliseconds.
type Edges = BTreeMap<(i64, i64), Vec<(i64, i64)>>;

/// Writes them; the intervals of a period stand in order.
pub(super) fn serialize<S: Serializer>(edges: &Edges, to: S) -> Result<S::Ok, S::Error> {
    let steps = |(period, all): (&(i64, i64), &Vec<(i64, i64)>)| {
        let mut last = period.0;
        let step = |(from, until): &(i64, i64)| {
            let step = (from.wrapping_sub(last), until.wrapping_sub(*from));
            last = *from;
            step
        };
        (*period, all.iter().map(step).collect())
    };
    edges.iter().map(steps).collect::<Edges>().serialize(to)
}

/// Reads them.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Edges, D::Error> {
    let mut edges = Edges::deserialize(from)?;
    for (period, all) in &mut edges {
        let mut last = period.0;
        for step in all {
            let begin = last.checked_add(step.0);
            let end = begin.and_then(|begin| begin.checked_add(step.1));
            let (Some(begin), Some(end)) = (begin, end) else {
                return Err(D::Error::custom("an instant is out of range"));
            };
            *step = (begin, end);
            last = begin;
        }
    }
    Ok(edges)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::{Deserialize, Serialize};

    use super::Edges;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Kept(#[serde(with = "super")] Edges);

    proptest! {
        #[test]
        fn what_is_written_is_read(edges: Edges) {
            let kept = Kept(edges.into_iter().map(|(period, mut all)| {
                // As far apart as any two instants of an archive are.
                for one in &mut all {
                    *one = (one.0 >> 2, one.1 >> 2);
                }
                all.sort_unstable();
                ((period.0 >> 2, period.1), all)
            }).collect());
            let bytes = postcard::to_stdvec(&kept).unwrap();
            prop_assert_eq!(postcard::from_bytes::<Kept>(&bytes).unwrap(), kept);
        }
    }

    /// Ten visitors an hour who stay some minutes.
    #[test]
    fn it_is_about_half_as_large() {
        let begin = 1_616_000_000_000;
        let one = |n: i64| (begin + n * 361_203, begin + n * 361_203 + 60_000 + n % 7 * 91_337);
        let edges = Edges::from([((begin, begin + 864_000_000), (0..500).map(one).collect())]);
        let plain = postcard::to_stdvec(&edges).unwrap().len();
        let packed = postcard::to_stdvec(&Kept(edges)).unwrap().len();
        assert!(packed * 100 < plain * 60, "{packed} of {plain} bytes");
    }

    #[test]
    fn an_instant_out_of_range_is_refused() {
        let bytes = postcard::to_stdvec(&Edges::from([((i64::MAX, 0), vec![(1, 0)])])).unwrap();
        assert!(postcard::from_bytes::<Kept>(&bytes).is_err());
    }
}
