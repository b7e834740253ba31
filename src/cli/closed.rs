//! Days on which a place is closed, as the configuration names them: a gate that asks why nothing came must not ask then.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;

use crate::ticket::normalise;

use super::config::Config;
use super::failure::{Exit, Failure};

/// A day, a span of days or a weekday, as written: `2021-12-24`, `2021-12-24..2022-01-02` (both ends included), `Sunday`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Day {
    /// With quotes.
    Text(String),
    /// A date without quotes.
    Date(toml::value::Datetime),
}

/// Days on which something is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Closed {
    spans: Vec<(NaiveDate, NaiveDate)>,
    weekdays: Vec<Weekday>,
}

/// Who is closed when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ClosedDays {
    all: Closed,
    organizations: BTreeMap<String, Closed>,
    /// By name of the location, as configured and as shown.
    locations: BTreeMap<String, Closed>,
}

impl Closed {
    fn add(&mut self, days: &[Day], key: &str) -> Result<(), Failure> {
        for day in days {
            let text = match day {
                Day::Text(text) => text.clone(),
                Day::Date(date) => date.to_string(),
            };
            let (from, to) = text.split_once("..").unwrap_or((&text, &text));
            let date = |text: &str| text.trim().parse::<NaiveDate>().ok();
            match (date(from), date(to), text.trim().parse::<Weekday>()) {
                (Some(from), Some(to), _) if from <= to => self.spans.push((from, to)),
                (_, _, Ok(weekday)) => self.weekdays.push(weekday),
                _ => {
                    let text = crate::report::text::logged(&text);
                    return Err(Failure::new(
                        Exit::Usage,
                        format!("`{key}` names no day: `{text}`"),
                    )
                    .hint("use a day (2021-12-24), a span (2021-12-24..2022-01-02) or a weekday (Sunday)"));
                }
            }
        }
        Ok(())
    }

    fn holds(&self, date: NaiveDate) -> bool {
        self.weekdays.contains(&date.weekday())
            || self.spans.iter().any(|(from, to)| (*from..=*to).contains(&date))
    }
}

impl ClosedDays {
    /// Reads those of a configuration.
    pub(super) fn of(config: &Config) -> Result<Self, Failure> {
        let mut closed = Self::default();
        closed.all.add(&config.closed, "closed")?;
        closed.all.add(&config.gates.closed, "gates.closed")?;
        for (name, organization) in &config.organizations {
            let key = format!("organizations.{}.closed", crate::report::text::logged(name));
            closed
                .organizations
                .entry(name.clone())
                .or_default()
                .add(&organization.closed, &key)?;
        }
        for (name, place) in &config.locations {
            let key = format!("locations.{}.closed", crate::report::text::logged(name));
            for name in [Some(name), place.name.as_ref()].into_iter().flatten() {
                closed.locations.entry(normalise(name)).or_default().add(&place.closed, &key)?;
            }
        }
        // A queue has no name to find its tickets by until it is given one.
        for (id, place) in config.queues.iter().filter(|(_, place)| !place.closed.is_empty()) {
            let key = format!("queues.{}.closed", crate::report::text::logged(id));
            let Some(name) = &place.name else {
                return Err(Failure::new(Exit::Usage, format!("`{key}` needs a `name` beside it"))
                    .hint("closed days are those of a location"));
            };
            closed.locations.entry(normalise(name)).or_default().add(&place.closed, &key)?;
        }
        Ok(closed)
    }

    /// Whether all of an organization is closed.
    pub(super) fn organization(&self, name: &str, date: NaiveDate) -> bool {
        let own = self.organizations.get(name);
        self.all.holds(date) || own.is_some_and(|own| own.holds(date))
    }

    /// Whether a location of an organization is closed.
    pub(super) fn location(&self, organization: &str, name: &str, date: NaiveDate) -> bool {
        let own = self.locations.get(name);
        self.organization(organization, date) || own.is_some_and(|own| own.holds(date))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed(text: &str) -> Result<ClosedDays, Failure> {
        ClosedDays::of(&Config::parse(text, "x").unwrap())
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_spans_and_weekdays() {
        let days = closed(
            "closed = [2021-05-01, \"2021-12-24..2022-01-02\", \"Sunday\"]\n[gates]\nclosed = [\"2021-06-06\"]",
        )
        .unwrap();
        for (date, is_closed) in [
            ("2021-05-01", true),
            ("2021-05-02", true),
            ("2021-05-03", false),
            ("2021-12-23", false),
            ("2021-12-24", true),
            ("2022-01-02", true),
            ("2022-01-03", false),
            ("2021-06-06", true),
        ] {
            assert_eq!(days.organization("any", day(date)), is_closed, "{date}");
        }
        for bad in ["2021-12-24..2021-12-23", "someday", "2021-13-01", "..", "2021-12-24.."] {
            let failure = closed(&format!("closed = [\"{bad}\"]")).unwrap_err();
            assert!(failure.exit == Exit::Usage && failure.text().contains("Sunday"), "{bad}");
        }
    }

    #[test]
    fn a_place_is_closed_by_itself_and_with_its_organization() {
        let text = "[organizations.\"A\"]\nclosed = [\"2021-05-03\"]\n\
            [locations.\" Old  Pier\"]\nname = \"Pier\"\nclosed = [\"2021-05-04\"]\n\
            [queues.\"q\"]\nname = \"Dock\"\nclosed = [\"Tuesday\"]\n";
        let days = closed(text).unwrap();
        let (monday, tuesday) = (day("2021-05-03"), day("2021-05-04"));
        assert!(days.organization("A", monday) && !days.organization("B", monday));
        assert!(!days.organization("A", tuesday));
        for (place, is_closed) in [("Pier", true), ("Old Pier", true), ("Dock", true), ("C", false)]
        {
            assert_eq!(days.location("A", place, tuesday), is_closed, "{place}");
            assert!(days.location("A", place, monday));
        }
        assert!(closed("[queues.\"q\"]\nclosed = [\"Tuesday\"]\n").is_err());
    }
}
