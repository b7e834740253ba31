//! `time_zone` and `day_starts_at`: what the clock of a place shows, and when its days begin.

use std::fmt;

use chrono::NaiveDate;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::calendar::{DatedZone, DayStart, Zone, Zones};
use crate::cli::failure::{Exit, Failure};
use crate::report::text::logged;

/// The keys of a zone of a list.
pub(super) const DATED: &[&str] = &["from", "until", "zone"];

/// A zone for all time, or several of a place that moved.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TimeZone {
    /// `"Europe/London"`.
    One(String),
    /// `[{ from = "2021-02-15", zone = "Europe/Athens" }, { zone = "Europe/London" }]`.
    Several(Vec<Dated>),
}

/// A zone of a list.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dated {
    /// The first date on which it holds.
    #[serde(default)]
    from: Option<Date>,
    /// The date of the move: the first on which it no longer holds.
    #[serde(default)]
    until: Option<Date>,
    zone: String,
}

/// A date, with or without quotes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
enum Date {
    Text(String),
    Plain(toml::value::Datetime),
}

impl<'de> Deserialize<'de> for TimeZone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = TimeZone;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a zone such as \"Europe/London\", or a list of zones with dates")
            }

            fn visit_str<E>(self, name: &str) -> Result<TimeZone, E> {
                Ok(TimeZone::One(name.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<TimeZone, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(TimeZone::Several)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl TimeZone {
    /// The zones that it names.
    pub(crate) fn zones(&self) -> Result<Zones, Failure> {
        let list = match self {
            Self::One(name) => return Ok(Zone::parse(name)?.into()),
            Self::Several(list) => list,
        };
        let dated = list.iter().map(Dated::read).collect::<Result<Vec<_>, Failure>>()?;
        Zones::of(&dated).map_err(|error| {
            Failure::new(Exit::Usage, format!("`time_zone`: {error}")).hint(
                "name a zone for every date: [{ from = \"2021-02-15\", zone = \"Europe/Athens\" }, \
                 { zone = \"Europe/London\" }] is London before that date and Athens from it on",
            )
        })
    }
}

impl Dated {
    fn read(&self) -> Result<DatedZone, Failure> {
        let date = |date: &Option<Date>| date.as_ref().map(Date::read).transpose();
        Ok(DatedZone {
            from: date(&self.from)?,
            until: date(&self.until)?,
            zone: Zone::parse(&self.zone)?,
        })
    }
}

impl Date {
    fn read(&self) -> Result<NaiveDate, Failure> {
        let text = match self {
            Self::Text(text) => text.clone(),
            Self::Plain(date) => date.to_string(),
        };
        text.trim().parse().map_err(|_| {
            let text = logged(&text);
            Failure::new(Exit::Usage, format!("`time_zone` has no date in `{text}`"))
                .hint("write the date of the move as in 2021-02-15")
        })
    }
}

/// The time at which days begin, as it is written under `day_starts_at`.
pub(crate) fn day_start(text: &str) -> Result<DayStart, Failure> {
    DayStart::parse(text).ok_or_else(|| {
        let text = logged(text);
        Failure::new(Exit::Usage, format!("`day_starts_at` is no time of a morning: `{text}`"))
            .hint("write hours and minutes of the local time, from \"00:00\" to \"12:00\", such as \"05:00\" for a place open past midnight")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::config::Config;

    fn zones(value: &str) -> String {
        let config = Config::parse(&format!("time_zone = {value}"), "q.toml");
        match config.and_then(|config| config.time_zone.unwrap().zones()) {
            Ok(zones) => zones.to_string(),
            Err(failure) => {
                assert_eq!(failure.exit, Exit::Usage);
                failure.text()
            }
        }
    }

    #[test]
    fn a_zone_or_zones_with_dates() {
        let moved = "Europe/London, from 2021-02-15 Europe/Athens";
        for (value, expected) in [
            ("\"Europe/London\"", "Europe/London"),
            (
                "[{ from = \"2021-02-15\", zone = \"Europe/Athens\" }, { zone = \"Europe/London\" }]",
                moved,
            ),
            (
                "[{ from = 2021-02-15, zone = \"Europe/Athens\" }, { zone = \"Europe/London\" }]",
                moved,
            ),
            (
                "[{ until = \"2021-02-15\", zone = \"Europe/London\" }, { zone = \"Europe/Athens\" }]",
                moved,
            ),
            ("[{ zone = \"Europe/London\" }]", "Europe/London"),
        ] {
            assert_eq!(zones(value), expected, "{value}");
        }
        for (value, said) in [
            ("\"Europe/Lodnon\"", "did you mean `Europe/London`?"),
            ("[{ zone = \"Europe/Lodnon\" }]", "did you mean `Europe/London`?"),
            ("[]", "the list of zones is empty"),
            ("[{ zone = \"UTC\" }, { zone = \"Asia/Tokyo\" }]", "does not say when `Asia/Tokyo`"),
            ("[{ from = \"15.2.2021\", zone = \"UTC\" }]", "no date in `15.2.2021`"),
            ("[{ from = 2021-02-15T10:00:00, zone = \"UTC\" }]", "no date in `2021-02-15T10"),
            ("[{ form = \"2021-02-15\", zone = \"UTC\" }]", "did you mean `from`?"),
            ("[{ from = \"2021-02-15\" }]", "missing field `zone`"),
            ("{ zone = \"UTC\" }", "or a list of zones with dates"),
            ("7", "q.toml:1: invalid type: integer `7`, expected a zone such as"),
        ] {
            assert!(zones(value).contains(said), "{value}: {}", zones(value));
        }
    }

    #[test]
    fn a_day_begins_in_the_morning() {
        assert_eq!(day_start("05:00").unwrap().to_string(), "05:00");
        let failure = day_start("22:00").unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.text().contains("no time of a morning: `22:00`"), "{}", failure.text());
    }
}
