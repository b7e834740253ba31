//! Stores a census as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ticket::{Anomaly, Census, End, Kind};

/// Organization, queue, own name, tickets, and whether one of them had a check-in.
type KindRow = (String, Option<String>, Option<String>, u64, bool);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    kinds: Vec<KindRow>,
    /// Index of the kind, check-in or check-out, second, tickets.
    strays: Vec<(usize, String, i64, u64)>,
    /// Index of the kind, anomaly, tickets.
    odd: Vec<(usize, String, u64)>,
}

/// Encodes a census.
///
/// # Errors
/// None to be expected: an internal error.
pub(crate) fn encode(census: &Census) -> Result<Vec<u8>, serde_json::Error> {
    let kind = |(kind, tickets): (&Kind, &u64)| {
        let has_check_ins = census.with_check_ins.contains(kind);
        let Kind { organization, queue, own } = kind.clone();
        (organization, queue, own, *tickets, has_check_ins)
    };
    let places: BTreeMap<&Kind, usize> = census.kinds.keys().zip(0..).collect();
    let stray = |((kind, end, second), tickets): (&(Kind, End, i64), &u64)| {
        Some((*places.get(kind)?, end.name().to_owned(), *second, *tickets))
    };
    let odd = |((kind, anomaly), tickets): (&(Kind, Anomaly), &u64)| {
        Some((*places.get(kind)?, anomaly.name().to_owned(), *tickets))
    };
    serde_json::to_vec(&Kept {
        kinds: census.kinds.iter().map(kind).collect(),
        strays: census.strays.iter().filter_map(stray).collect(),
        odd: census.odd.iter().filter_map(odd).collect(),
    })
}

/// Decodes what [`encode`] wrote.
///
/// # Errors
/// If the bytes are anything else.
pub(crate) fn decode(bytes: &[u8]) -> Result<Census, serde_json::Error> {
    let kept: Kept = serde_json::from_slice(bytes)?;
    let mut census = Census::default();
    for (organization, queue, own, tickets, has_check_ins) in kept.kinds {
        let kind = Kind { organization, queue, own };
        if has_check_ins {
            census.with_check_ins.insert(kind.clone());
        }
        census.kinds.insert(kind, tickets);
    }
    let kinds: Vec<Kind> = census.kinds.keys().cloned().collect();
    let unknown = || serde::de::Error::custom("it counts tickets of an unknown kind");
    let kind = |place: usize| kinds.get(place).cloned().ok_or_else(unknown);
    for (place, name, second, tickets) in kept.strays {
        census.strays.insert((kind(place)?, end(&name)?, second), tickets);
    }
    for (place, name, tickets) in kept.odd {
        census.odd.insert((kind(place)?, anomaly(&name)?), tickets);
    }
    Ok(census)
}

/// The anomaly with a name.
///
/// # Errors
/// If there is none with that name.
pub(crate) fn anomaly(name: &str) -> Result<Anomaly, serde_json::Error> {
    let found = Anomaly::ALL
        .into_iter()
        .chain([Anomaly::ManyCreations])
        .find(|anomaly| anomaly.name() == name);
    found.ok_or_else(|| {
        serde::de::Error::custom("it names an anomaly that this version does not know")
    })
}

/// The end of a service with a name.
///
/// # Errors
/// If the name is not one of [`End::name`].
fn end(name: &str) -> Result<End, serde_json::Error> {
    let found = End::ALL.into_iter().find(|end| end.name() == name);
    found.ok_or_else(|| {
        serde::de::Error::custom("it names something other than a check-in or a check-out")
    })
}
