//! The stored form of sums.
//!
//! ```text
//! 00 03   then the sums as postcard
//! ```

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The mark: no parts, which stands before nothing else, and the number of the form.
const MARK: [u8; 2] = [0, 3];

/// Encodes the sums of a period, or a list of such.
///
/// # Errors
/// What postcard reports: an internal error.
pub(crate) fn encode<T: Serialize>(sums: &T) -> Result<Vec<u8>, postcard::Error> {
    postcard::to_extend(sums, MARK.to_vec())
}

/// Decodes what [`encode`] wrote.
///
/// # Errors
/// If the bytes are anything else.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, postcard::Error> {
    let sums = bytes.strip_prefix(&MARK).ok_or(postcard::Error::DeserializeBadEncoding)?;
    postcard::from_bytes(sums)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::calendar::{Clock, Zone};
    use crate::dataframe::{KeptRows, WaitEnd, WaitRules};
    use crate::metric::PeriodSums;
    use crate::ticket::{Directory, Fold, Moments};
    use crate::webhook::{self, Decoder, Scale};

    /// 2021-06-01, UTC.
    const NOW: i64 = 1_622_505_600_000;

    /// The sums of one served and one cancelled ticket at each of two places.
    fn sums() -> PeriodSums {
        let settings = webhook::Settings {
            as_of: NOW,
            earliest: 0,
            payload: None,
            received_at: None,
            scale: Scale::FIVE,
        };
        let (mut fold, mut decoder) = (Fold::default(), Decoder::new(&settings));
        let ends = [
            ("positionFulfilled", "fulfilledAt", "09:05:00"),
            ("positionCancelled", "rejectedAt", "09:20:00"),
        ];
        let places = ["A", "B"].into_iter().flat_map(|place| ends.map(|end| (place, end)));
        for (line, (place, (event, field, time))) in (1..).zip(places) {
            let hook = format!(
                "{{\"data\":{{\"position\":{{\"id\":\"{line}\",\"location\":\"{place}\",\
                 \"createdAt\":\"2021-03-10T09:00:00Z\",\"{field}\":\"2021-03-10T{time}Z\"}}}},\
                 \"type\":\"{event}\",\"organization\":\"o\"}}"
            );
            decoder.decode(hook.as_bytes(), None, |found| {
                let found = found.as_ref().unwrap();
                fold.push(&found.snapshot, found.payload_hash, 0, line);
            });
        }
        let utc: crate::calendar::Zones = Zone::UTC.into();
        let directory = Directory::new(BTreeMap::new(), BTreeMap::new(), Some(utc), 600_000);
        let set = fold.finish(&directory).0;
        let rules = WaitRules {
            ends_at: WaitEnd::CheckIn,
            max_ms: 86_400_000,
            as_of: NOW,
            leave_out_bursts: false,
        };
        let rows = KeptRows::build(&set, rules, &Moments::default()).unwrap();
        PeriodSums::of(&rows, |_, _| Some(Clock::from(Zone::UTC)), (NOW - 90 * 86_400_000, NOW))
            .unwrap()
    }

    #[test]
    fn what_is_written_is_read() {
        let sums = sums();
        assert_eq!(decode::<PeriodSums>(&encode(&sums).unwrap()).unwrap(), sums);
        let list = vec![sums.clone(), PeriodSums::default()];
        assert_eq!(decode::<Vec<PeriodSums>>(&encode(&list).unwrap()).unwrap(), list);
        // Another mark, or none.
        let bytes = postcard::to_stdvec(&sums).unwrap();
        assert!(decode::<PeriodSums>(&bytes).is_err());
        assert!(decode::<PeriodSums>(&[&[0, 2], &*bytes].concat()).is_err());
    }
}
