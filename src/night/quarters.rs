//! Sums of quarters of a year: of all their periods together, so that a report of all time need not add them up every night.
//!
//! ```text
//! quarters/2021-Q1.postcard   the sums of the periods of January to March
//! ```
//!
//! A generation holds the sums of a quarter only as long as they are those of the periods that it holds. A night that changes
//! one of these adds the quarter up again. The running quarter, and one that has just ended, change almost every night:
//! they are left to the report.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::calendar::DAY_MS;
use crate::metric::PeriodSums;
use crate::partial::sums;
use crate::store::{Draft, Generation};

use super::blobs::{self, SUMS, blob};
use super::error::StateError;
use super::loss::lost;
use super::period::Period;
use super::rebuild::carry_or_lose;

/// Sums of quarters, as blobs of a generation.
const QUARTERS: blobs::Kind = ("quarters/", ".postcard");

/// So many days after its end a quarter changes in few nights.
const SETTLED: Days = Days::new(10);

/// A quarter of a year, by its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Quarter(NaiveDate);

impl Quarter {
    /// The quarter of a period; `None` for that without days.
    fn of(period: Period) -> Option<Self> {
        let day = period.first()?;
        NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1).map(Self)
    }

    /// Whether it ended long enough before an instant in UTC milliseconds.
    fn is_settled(self, at: i64) -> bool {
        let end =
            self.0.checked_add_months(Months::new(3)).and_then(|end| end.checked_add_days(SETTLED));
        end.is_some_and(|end| i64::from(end.to_epoch_days()) * DAY_MS <= at)
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-Q{}", self.0.year(), self.0.month0() / 3 + 1)
    }
}

/// The periods of each quarter, in order.
fn by_quarter(periods: impl Iterator<Item = Period>) -> BTreeMap<Quarter, BTreeSet<Period>> {
    let mut quarters: BTreeMap<Quarter, BTreeSet<Period>> = BTreeMap::new();
    for period in periods {
        if let Some(quarter) = Quarter::of(period) {
            quarters.entry(quarter).or_default().insert(period);
        }
    }
    quarters
}

/// The sums of periods together; `read` gives those of each.
fn sum(
    periods: &BTreeSet<Period>,
    read: &(impl Fn(Period) -> Result<PeriodSums, StateError> + Sync),
) -> Result<PeriodSums, StateError> {
    let parts = periods.par_iter().map(|period| read(*period));
    Ok(PeriodSums::sum(parts.collect::<Result<Vec<_>, _>>()?))
}

fn encode(generation: u64, name: &str, sums: &PeriodSums) -> Result<Vec<u8>, StateError> {
    sums::encode(sums).map_err(|source| blobs::packed(generation, name, source))
}

/// Writes the sums of the quarters that are over, and carries those over of which no period is `changed` or gone. `read` gives
/// the sums of each of the `periods`.
///
/// # Errors
/// [`StateError`] if sums cannot be read, or the storage fails.
pub(super) fn write(
    draft: &mut Draft<'_>,
    base: Option<&Generation>,
    (periods, changed): (impl Iterator<Item = Period>, &BTreeSet<Period>),
    read: impl Fn(Period) -> Result<PeriodSums, StateError> + Sync,
    as_of: i64,
) -> Result<(), StateError> {
    let before = by_quarter(base.into_iter().flat_map(|base| blobs::periods_of(base, SUMS)));
    for (quarter, periods) in by_quarter(periods) {
        let name = blob(QUARTERS, quarter);
        let is_same = before.get(&quarter) == Some(&periods) && periods.is_disjoint(changed);
        let kept = base.filter(|base| is_same && base.size(&name).is_some());
        let is_carried = match kept {
            Some(base) => carry_or_lose(draft, base, &name)?.is_none(),
            None => false,
        };
        if !is_carried && quarter.is_settled(as_of) {
            let bytes = encode(draft.number(), &name, &sum(&periods, &read)?)?;
            draft.write(&name, &bytes)?;
        }
    }
    Ok(())
}

/// The sums of those quarters that a generation holds, if all their periods are among the wanted ones; and the wanted periods that
/// are in none of them. `read` gives the sums of each period, of which a quarter that is damaged is made anew.
///
/// # Errors
/// [`StateError`] if sums can be neither read nor made anew.
pub(super) fn read(
    from: &Generation,
    wanted: BTreeSet<Period>,
    read: impl Fn(Period) -> Result<PeriodSums, StateError> + Sync,
) -> Result<(Vec<PeriodSums>, BTreeSet<Period>), StateError> {
    let held = by_quarter(blobs::periods_of(from, SUMS).into_iter());
    let (mut rest, mut quarters) = (BTreeSet::new(), Vec::new());
    rest.extend(wanted.iter().filter(|period| Quarter::of(**period).is_none()));
    for (quarter, periods) in by_quarter(wanted.into_iter()) {
        let name = blob(QUARTERS, quarter);
        if from.size(&name).is_some() && held.get(&quarter) == Some(&periods) {
            quarters.push((name, periods));
        } else {
            rest.extend(periods);
        }
    }
    let of_quarter = |(name, periods): &(String, BTreeSet<Period>)| {
        let why = match blobs::read_packed(from, name) {
            Ok(sums) => return Ok(sums),
            Err(error) => lost(error)?,
        };
        let sums = sum(periods, &read)?;
        if let Some(why) = why {
            from.made_anew(name, &why, Some(&encode(from.number(), name, &sums)?));
        }
        Ok(sums)
    };
    let sums = quarters.par_iter().map(of_quarter).collect::<Result<_, StateError>>()?;
    Ok((sums, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_by_quarter() {
        let period = |name: &str| Period::parse(name).unwrap();
        let all = ["2021-01-01", "2021-03-21", "2021-04-01", "unknown", "2020-12-21"].map(period);
        let quarters = by_quarter(all.into_iter());
        let named: Vec<String> = quarters
            .iter()
            .map(|(quarter, periods)| {
                let periods: Vec<String> = periods.iter().map(Period::to_string).collect();
                format!("{quarter}: {}", periods.join(" "))
            })
            .collect();
        assert_eq!(
            named,
            ["2020-Q4: 2020-12-21", "2021-Q1: 2021-01-01 2021-03-21", "2021-Q2: 2021-04-01"]
        );
    }

    #[test]
    fn a_quarter_is_left_alone_for_ten_days() {
        let quarter = Quarter::of(Period::parse("2021-03-21").unwrap()).unwrap();
        let at =
            |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_millis();
        assert!(!quarter.is_settled(at("2021-04-10T23:59:59Z")));
        assert!(quarter.is_settled(at("2021-04-11T00:00:00Z")));
    }
}
