//! The stored form of sums.
//!
//! ```text
//! 00 02   then the sums as postcard
//! ```
//!
//! An older version wrote no mark. What it wrote begins with the number of its parts, which is never 0 with more behind it. Such
//! sums are converted, because those of forgotten tickets cannot be made again.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::metric::{MonthSums, OlderMonthSums};

/// The mark: no parts, which stands before nothing else, and the number of the form.
const MARK: [u8; 2] = [0, 2];

/// Encodes the sums of a month, or a list of such.
///
/// # Errors
/// What postcard reports: an internal error.
pub(crate) fn encode<T: Serialize>(sums: &T) -> Result<Vec<u8>, postcard::Error> {
    postcard::to_extend(sums, MARK.to_vec())
}

/// Decodes the sums of a month.
///
/// # Errors
/// If the bytes are anything else.
pub(crate) fn decode(bytes: &[u8]) -> Result<MonthSums, postcard::Error> {
    match bytes.strip_prefix(&MARK) {
        Some(sums) => postcard::from_bytes(sums),
        None => postcard::from_bytes::<OlderMonthSums>(bytes).map(MonthSums::from),
    }
}

/// Decodes sums of a kind that no older version wrote.
///
/// # Errors
/// If the bytes are anything else.
pub(crate) fn decode_new<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, postcard::Error> {
    let sums = bytes.strip_prefix(&MARK).ok_or(postcard::Error::DeserializeBadEncoding)?;
    postcard::from_bytes(sums)
}

/// Decodes a list of sums.
///
/// # Errors
/// If the bytes are anything else.
pub(crate) fn decode_all(bytes: &[u8]) -> Result<Vec<MonthSums>, postcard::Error> {
    let Some(sums) = bytes.strip_prefix(&MARK) else {
        let older: Vec<OlderMonthSums> = postcard::from_bytes(bytes)?;
        return Ok(older.into_iter().map(MonthSums::from).collect());
    };
    postcard::from_bytes(sums)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::calendar::{Clock, Zone};
    use crate::dataframe::{KeptRows, WaitEnd, WaitRules};
    use crate::ticket::{Directory, Fold, Moments};
    use crate::webhook::{self, Decoder, Scale};

    /// 2021-06-01, UTC.
    const NOW: i64 = 1_622_505_600_000;

    /// The sums of one served and one cancelled ticket at each of two places.
    fn sums() -> MonthSums {
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
        MonthSums::of(&rows, |_, _| Some(Clock::from(Zone::UTC)), (NOW - 90 * 86_400_000, NOW))
            .unwrap()
    }

    #[test]
    fn what_an_older_version_kept_is_converted() {
        let sums = sums();
        assert_eq!(decode(&encode(&sums).unwrap()).unwrap(), sums);
        let list = vec![sums.clone(), MonthSums::default()];
        assert_eq!(decode_all(&encode(&list).unwrap()).unwrap(), list);
        let older = postcard::to_stdvec(&OlderMonthSums::from(&sums)).unwrap();
        let read = decode(&older).unwrap();
        assert!(read != sums, "the older version did not know how they ended");
        let days = |sums: &MonthSums| {
            sums.days()
                .map(|(place, day, tally)| (place.clone(), day, tally.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(days(&read).len(), 2);
        assert_eq!(days(&read), days(&sums));
        // Written anew, it is read as it is.
        assert_eq!(decode(&encode(&read).unwrap()).unwrap(), read);
        let older = postcard::to_stdvec(&vec![OlderMonthSums::from(&sums)]).unwrap();
        assert_eq!(decode_all(&older).unwrap(), vec![read]);
        let nothing = postcard::to_stdvec(&OlderMonthSums::from(&MonthSums::default())).unwrap();
        assert_eq!(decode(&nothing).unwrap(), MonthSums::default());
    }
}
