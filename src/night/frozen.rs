//! Periods of which single tickets were forgotten: what they add up to is kept, as it was made then.
//!
//! ```text
//! frozen/2021-03-11.json       counts of the forgotten tickets: kinds, oddities, what was left out; their first date to come
//! frozen/2021-03-11.postcard   their sums by location and day; one part for each time that some were forgotten
//! ```
//!
//! A period can have both: forgotten tickets, and later ones that are still kept one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::calendar::DAY_MS;
use crate::dataframe::LeftOutOfAll;
use crate::metric::PeriodSums;
use crate::partial::{census, left_out_of_rows, left_out_rows, sums};
use crate::store::{Draft, Generation};
use crate::ticket::{Census, Gazetteer, Kind};

use super::blobs::{self, Kind as BlobKind, blob, not_json};
use super::error::StateError;
use super::period::Period;

pub(super) const FROZEN: BlobKind = ("frozen/", ".json");
pub(super) const FROZEN_SUMS: BlobKind = ("frozen/", ".postcard");

/// The forgotten tickets of a period, without their sums.
#[derive(Debug, Clone)]
pub(super) struct Frozen {
    /// Tickets with an earlier service date are forgotten.
    pub(super) until: NaiveDate,
    pub(super) census: Census,
    pub(super) left_out: LeftOutOfAll,
    /// The kinds of ticket behind each place, as organization and name were then.
    places: BTreeMap<(String, String), BTreeSet<Kind>>,
    /// Sums that are not written yet.
    pub(super) added: Vec<PeriodSums>,
}

/// Tickets that are about to be forgotten.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) until: NaiveDate,
    pub(super) census: Census,
    pub(super) left_out: LeftOutOfAll,
    pub(super) sums: PeriodSums,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    until: String,
    census: serde_json::Value,
    left_out: Vec<(String, String, String, u64)>,
    /// Organization, name, and the kinds.
    places: Vec<(String, String, Vec<KeptKind>)>,
}

/// Organization, queue, own name.
type KeptKind = (String, Option<String>, Option<String>);

/// Midnight (UTC) of a date within a period, milliseconds; the nearer end for a date outside.
pub(super) fn instant_of(date: NaiveDate, (begin, end): (i64, i64)) -> i64 {
    (i64::from(date.to_epoch_days()) * DAY_MS).clamp(begin, end)
}

impl Frozen {
    /// The forgotten tickets of a period that had none.
    pub(super) fn new(part: Part, gazetteer: &Gazetteer) -> Self {
        let mut frozen = Self {
            until: part.until,
            census: Census::default(),
            left_out: LeftOutOfAll::new(),
            places: BTreeMap::new(),
            added: Vec::new(),
        };
        frozen.add(part, gazetteer);
        frozen
    }

    /// Adds tickets that are forgotten now.
    pub(super) fn add(&mut self, part: Part, gazetteer: &Gazetteer) {
        self.until = self.until.max(part.until);
        for kind in part.census.kinds.keys() {
            let Some(place) = gazetteer.place(kind).and_then(|at| gazetteer.locations.get(at))
            else {
                continue;
            };
            let key = (place.organization.clone(), place.name.clone());
            self.places.entry(key).or_default().insert(kind.clone());
        }
        self.census.add(&part.census);
        // They name single seconds.
        self.census.strays.clear();
        for (key, n) in part.left_out {
            *self.left_out.entry(key).or_default() += n;
        }
        self.added.push(part.sums);
    }

    /// Where a place is now: where most tickets of its kinds belong today. A name that changed since moves the sums; a zone
    /// or a target that changed does not change them.
    fn place_now(
        &self,
        place: &(String, String),
        gazetteer: &Gazetteer,
    ) -> Option<(String, String)> {
        let mut tickets: BTreeMap<usize, u64> = BTreeMap::new();
        for kind in self.places.get(place)? {
            let n = self.census.kinds.get(kind).copied().unwrap_or(0);
            *tickets.entry(gazetteer.place(kind)?).or_default() += n;
        }
        let most = tickets.into_iter().max_by_key(|(at, n)| (*n, std::cmp::Reverse(*at)))?;
        let location = gazetteer.locations.get(most.0)?;
        Some((location.organization.clone(), location.name.clone()))
    }

    /// The sums, as far as a generation holds them and those that are not written yet, at the places of today. Without a
    /// generation all of them were made anew.
    pub(super) fn read_sums(
        &self,
        from: Option<&Generation>,
        period: Period,
        gazetteer: &Gazetteer,
    ) -> Result<Vec<PeriodSums>, StateError> {
        let mut all = from.map(|from| read_sums(from, period)).transpose()?.unwrap_or_default();
        all.extend(self.added.iter().cloned());
        Ok(all
            .into_iter()
            .map(|sums| sums.moved(|place| self.place_now(place, gazetteer)))
            .collect())
    }

    /// Writes it, or carries it over if nothing was added.
    pub(super) fn write(
        &self,
        draft: &mut Draft<'_>,
        base: Option<&Generation>,
        period: Period,
    ) -> Result<(), StateError> {
        let (name, of_sums) = (blob(FROZEN, period), blob(FROZEN_SUMS, period));
        if self.added.is_empty() {
            draft.carry(&name)?;
            draft.carry(&of_sums)?;
            return Ok(());
        }
        let mut sums = base.map(|base| read_sums(base, period)).transpose()?.unwrap_or_default();
        sums.extend(self.added.iter().cloned());
        let generation = draft.number();
        let bytes = sums::encode(&sums).map_err(|source| StateError::Packed {
            generation,
            name: of_sums.clone(),
            source,
        })?;
        let json = self.to_bytes().map_err(|source| StateError::Json {
            generation,
            name: name.clone(),
            source,
        })?;
        draft.write(&name, &json)?;
        draft.write(&of_sums, &bytes)?;
        Ok(())
    }

    fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let place = |((organization, name), kinds): (&(String, String), &BTreeSet<Kind>)| {
            let kind = |kind: &Kind| {
                let Kind { organization, queue, own } = kind.clone();
                (organization, queue, own)
            };
            (organization.clone(), name.clone(), kinds.iter().map(kind).collect())
        };
        serde_json::to_vec(&Kept {
            until: self.until.to_string(),
            census: serde_json::from_slice(&census::encode(&self.census)?)?,
            left_out: left_out_rows(&self.left_out),
            places: self.places.iter().map(place).collect(),
        })
    }

    fn of_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let kept: Kept = serde_json::from_slice(bytes)?;
        let census = census::decode(&serde_json::to_vec(&kept.census)?)?;
        let place = |(organization, name, kinds): (String, String, Vec<KeptKind>)| {
            let kind = |(organization, queue, own)| Kind { organization, queue, own };
            ((organization, name), kinds.into_iter().map(kind).collect())
        };
        Ok(Self {
            until: date_of(&kept.until)?,
            census,
            left_out: left_out_of_rows(&kept.left_out)?,
            places: kept.places.into_iter().map(place).collect(),
            added: Vec::new(),
        })
    }
}

/// A date in its stored form.
///
/// # Errors
/// If it is no date.
pub(super) fn date_of(text: &str) -> Result<NaiveDate, serde_json::Error> {
    text.parse().map_err(|_| serde::de::Error::custom("it holds a date that is none"))
}

/// The forgotten tickets of a generation by period, without their sums.
pub(super) fn read(from: &Generation) -> Result<BTreeMap<Period, Frozen>, StateError> {
    let periods = blobs::periods_of(from, FROZEN).into_iter();
    periods.map(|period| Ok((period, read_part(from, period)?))).collect()
}

/// The forgotten tickets of one period, or of a part that an older version named, without their sums.
pub(super) fn read_part(
    from: &Generation,
    period: impl fmt::Display,
) -> Result<Frozen, StateError> {
    let name = blob(FROZEN, period);
    Frozen::of_bytes(&from.read(&name)?).map_err(not_json(from, &name))
}

/// The sums of the forgotten tickets of a period, as they were made.
pub(super) fn read_sums(from: &Generation, period: Period) -> Result<Vec<PeriodSums>, StateError> {
    let name = blob(FROZEN_SUMS, period);
    if from.size(&name).is_none() {
        return Ok(Vec::new());
    }
    sums::decode(&from.read(&name)?).map_err(|source| StateError::Packed {
        generation: from.number(),
        name: blob(FROZEN_SUMS, period),
        source,
    })
}
