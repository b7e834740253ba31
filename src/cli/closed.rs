//! Reads the closed days of a configuration, and when its locations are silent.

use std::collections::BTreeMap;

use crate::job::ClosedDays;
use crate::report::text::logged;
use crate::ticket::normalise;

use super::config::Config;
use super::day::parse;
use super::failure::{Exit, Failure};

/// The closed days of a configuration.
pub(super) fn closed_days(config: &Config) -> Result<ClosedDays, Failure> {
    let mut closed = ClosedDays::default();
    closed.close_all(&parse(&config.closed, "closed")?);
    closed.close_all(&parse(&config.gates.closed, "gates.closed")?);
    for (name, organization) in &config.organizations {
        let key = format!("organizations.{}.closed", logged(name));
        closed.close_organization(name, &parse(&organization.closed, &key)?);
    }
    for (name, place) in &config.locations {
        let days = parse(&place.closed, &format!("locations.{}.closed", logged(name)))?;
        for name in [Some(name), place.name.as_ref()].into_iter().flatten() {
            closed.close_location(name, &days);
        }
    }
    // Tickets are found by the name of their location; a queue has none unless the configuration names it.
    for (id, place) in config.queues.iter().filter(|(_, place)| !place.closed.is_empty()) {
        let key = format!("queues.{}.closed", logged(id));
        let Some(name) = &place.name else {
            return Err(Failure::new(Exit::Usage, format!("`{key}` needs a `name` beside it"))
                .hint("closed days are those of a location"));
        };
        closed.close_location(name, &parse(&place.closed, &key)?);
    }
    Ok(closed)
}

/// Open days without a ticket after which locations are silent, by normalised name.
pub(super) fn silent_locations(config: &Config) -> Result<BTreeMap<String, u32>, Failure> {
    let mut all = BTreeMap::new();
    for (id, place) in &config.queues {
        let Some(days) = place.silent_days else { continue };
        let Some(name) = &place.name else {
            let key = format!("queues.{}.silent_days", logged(id));
            return Err(Failure::new(Exit::Usage, format!("`{key}` needs a `name` beside it"))
                .hint("a silence is that of a location"));
        };
        all.insert(normalise(name), days);
    }
    // The section of a location comes first.
    for (name, place) in &config.locations {
        if let Some(days) = place.silent_days {
            for name in [Some(name), place.name.as_ref()].into_iter().flatten() {
                all.insert(normalise(name), days);
            }
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn closed(text: &str) -> Result<ClosedDays, Failure> {
        closed_days(&Config::parse(text, "x").unwrap())
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
