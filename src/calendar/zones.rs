//! The zones of a place in the order of time, and the time of day at which its days begin.

use std::fmt;

use chrono::NaiveDate;

use super::zone::Zone;
use super::{HOUR_MS, SECOND_MS};

/// A zone as it is configured: the dates between which it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatedZone {
    /// The first date on which it holds; `None` if nobody said so.
    pub from: Option<NaiveDate>,
    /// The first date on which it no longer holds; `None` if nobody said so.
    pub until: Option<NaiveDate>,
    /// The zone.
    pub zone: Zone,
}

/// The zones of a place: one that holds at first, and those that follow it, each from a date on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Zones {
    pub(super) first: Zone,
    /// By date; neighbours differ.
    pub(super) later: Vec<(NaiveDate, Zone)>,
}

/// A list of zones with dates that does not say which zone holds when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ZonesError {
    /// It has no zone.
    #[error("the list of zones is empty")]
    Empty,
    /// More than one zone without a date, or one among both words.
    #[error("the list of zones does not say when `{0}` holds")]
    NoDate(&'static str),
    /// Two zones begin on the same date, or a zone ends before it begins.
    #[error("two zones hold on {0}")]
    Twice(NaiveDate),
    /// A zone ends before the next one begins.
    #[error("no zone holds on {0}")]
    Gap(NaiveDate),
}

impl Zones {
    /// Puts zones in the order of time, whatever the order in which they are written. One without any date holds before all
    /// others if those have a `from`, and after them if they have an `until`. What is first holds from the beginning, what
    /// is last to the end.
    ///
    /// # Errors
    /// [`ZonesError`] if it is not clear which zone holds on each date.
    pub fn of(dated: &[DatedZone]) -> Result<Self, ZonesError> {
        let open = |one: &&DatedZone| one.from.is_none() && one.until.is_none();
        let mut undated = dated.iter().filter(open);
        let (alone, second) = (undated.next(), undated.next());
        let has_from = dated.iter().any(|one| one.from.is_some());
        let has_until = dated.iter().any(|one| one.until.is_some());
        if let (Some(_), Some(again)) = (alone, second) {
            return Err(ZonesError::NoDate(again.zone.name()));
        }
        if let (Some(alone), true, true) = (alone, has_from, has_until) {
            return Err(ZonesError::NoDate(alone.zone.name()));
        }
        let mut order: Vec<&DatedZone> = dated.iter().collect();
        // One that ends on a date stands before the one that begins on it.
        order.sort_by_key(|one| match (one.from, one.until) {
            (Some(from), _) => (from, true),
            (None, Some(until)) => (until, false),
            (None, None) if has_until => (NaiveDate::MAX, true),
            (None, None) => (NaiveDate::MIN, false),
        });
        let mut order = order.into_iter();
        let first = order.next().ok_or(ZonesError::Empty)?;
        let mut zones = Self { first: first.zone, later: Vec::new() };
        let (mut last, mut begun) = (first, first.from);
        for next in order {
            let begins = match (last.until, next.from) {
                (Some(until), Some(from)) if until > from => return Err(ZonesError::Twice(from)),
                (Some(until), Some(from)) if until < from => return Err(ZonesError::Gap(until)),
                // It ends after the one before has begun, and nobody said that this one is over by then.
                (None, None) => {
                    let name = next.zone.name();
                    return Err(last.from.map_or(ZonesError::NoDate(name), ZonesError::Twice));
                }
                (Some(begins), _) | (None, Some(begins)) => begins,
            };
            if begun.is_some_and(|begun| begins <= begun) {
                return Err(ZonesError::Twice(begins));
            }
            begun = Some(begins);
            if zones.last() != next.zone {
                zones.later.push((begins, next.zone));
            }
            last = next;
        }
        match (last.from, last.until) {
            (Some(from), Some(until)) if until <= from => Err(ZonesError::Twice(until)),
            _ => Ok(zones),
        }
    }

    fn last(&self) -> Zone {
        self.later.last().map_or(self.first, |(_, zone)| *zone)
    }
}

impl From<Zone> for Zones {
    fn from(zone: Zone) -> Self {
        Self { first: zone, later: Vec::new() }
    }
}

impl fmt::Display for Zones {
    /// `Europe/London, from 2021-02-15 Europe/Athens`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.first.name())?;
        for (date, zone) in &self.later {
            write!(f, ", from {date} {}", zone.name())?;
        }
        Ok(())
    }
}

/// The time of day at which the days of a place begin, from 00:00 to 12:00 on its wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct DayStart {
    minutes: u16,
}

impl DayStart {
    /// Midnight.
    pub const MIDNIGHT: Self = Self { minutes: 0 };
    /// The latest one, minutes after midnight. With a later one, a local date could differ from that in UTC by two days.
    const LATEST: u16 = 12 * 60;

    /// Reads hours and minutes, such as `05:00`; `None` for anything else, and for a time after 12:00.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
            let plain = digits.contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
            plain.then(|| text.parse::<u16>().ok())?
        };
        let (hours, minutes) = (number(hours, 1..=2)?, number(minutes, 2..=2)?);
        let all = hours * 60 + minutes;
        (minutes < 60 && all <= Self::LATEST).then_some(Self { minutes: all })
    }

    /// The hour that it lies in, 0 to 12.
    #[must_use]
    pub fn hour(self) -> u8 {
        u8::try_from(self.minutes / 60).unwrap_or(0)
    }

    /// Milliseconds after midnight.
    #[must_use]
    pub fn ms(self) -> i64 {
        i64::from(self.minutes) * 60 * SECOND_MS
    }
}

impl fmt::Display for DayStart {
    /// `05:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

const _: () = assert!(DayStart::LATEST as i64 * 60 * SECOND_MS == 12 * HOUR_MS);

#[cfg(test)]
mod tests {
    use super::*;

    fn dated(from: &str, until: &str, zone: &str) -> DatedZone {
        let date = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
        DatedZone { from: date(from), until: date(until), zone: Zone::parse(zone).unwrap() }
    }

    fn london() -> DatedZone {
        dated("", "", "Europe/London")
    }

    fn words(list: &[DatedZone]) -> String {
        Zones::of(list).map_or_else(|error| error.to_string(), |zones| zones.to_string())
    }

    #[test]
    fn the_same_move_in_every_way_to_write_it() {
        let expected = "Europe/London, from 2021-02-15 Europe/Athens";
        let (from, until) =
            (dated("2021-02-15", "", "Europe/Athens"), dated("", "2021-02-15", "Europe/London"));
        for list in [
            vec![from, london()],
            vec![london(), from],
            vec![dated("2019-01-01", "", "Europe/London"), from],
            vec![until, dated("", "", "Europe/Athens")],
            vec![from, until],
            vec![until, dated("2021-02-15", "2022-02-15", "Europe/Athens")],
        ] {
            assert_eq!(words(&list), expected, "{list:?}");
        }
        assert_eq!(words(&[london()]), "Europe/London");
        assert_eq!(words(&[london(), dated("2021-02-15", "", "Europe/London")]), "Europe/London");
        let third = dated("2023-01-01", "", "Asia/Tokyo");
        assert_eq!(words(&[third, from, until]), format!("{expected}, from 2023-01-01 Asia/Tokyo"));
        let middle = dated("", "2023-01-01", "Europe/Athens");
        let tokyo = dated("", "", "Asia/Tokyo");
        assert_eq!(
            words(&[tokyo, until, middle]),
            format!("{expected}, from 2023-01-01 Asia/Tokyo")
        );
    }

    #[test]
    fn a_list_must_say_which_zone_holds_when() {
        let athens = dated("2021-02-15", "", "Europe/Athens");
        for (list, expected) in [
            (vec![], "the list of zones is empty"),
            (vec![london(), london()], "the list of zones does not say when `Europe/London` holds"),
            (
                vec![london(), athens, dated("", "2020-01-01", "Asia/Tokyo")],
                "the list of zones does not say when `Europe/London` holds",
            ),
            (vec![athens, athens], "two zones hold on 2021-02-15"),
            (vec![dated("", "2021-02-16", "Asia/Tokyo"), athens], "two zones hold on 2021-02-15"),
            (vec![dated("", "2021-02-14", "Asia/Tokyo"), athens], "no zone holds on 2021-02-14"),
            (vec![dated("2021-02-15", "2021-02-15", "Asia/Tokyo")], "two zones hold on 2021-02-15"),
        ] {
            assert_eq!(words(&list), expected);
        }
    }

    #[test]
    fn days_begin_between_midnight_and_noon() {
        for (text, expected) in [
            ("05:00", Some(5 * HOUR_MS)),
            ("5:00", Some(5 * HOUR_MS)),
            ("00:00", Some(0)),
            ("04:30", Some(9 * HOUR_MS / 2)),
            ("12:00", Some(12 * HOUR_MS)),
            ("12:01", None),
            ("24:00", None),
            ("05:60", None),
            ("5", None),
            ("05:0", None),
            ("+5:00", None),
            ("05:00:00", None),
            ("5 am", None),
            ("", None),
        ] {
            assert_eq!(DayStart::parse(text).map(DayStart::ms), expected, "{text}");
        }
        assert_eq!(DayStart::parse("5:07").unwrap().to_string(), "05:07");
    }
}
