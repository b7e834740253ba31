//! A closed day, as written in the configuration.

use chrono::{NaiveDate, Weekday};
use serde::Deserialize;

use crate::job::ClosedDay;
use crate::report::text::logged;

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

impl Day {
    /// The day as text, with or without quotes in the file.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Date(date) => date.to_string(),
        }
    }
}

/// The days listed under a key of the configuration.
pub(super) fn parse(days: &[Day], key: &str) -> Result<Vec<ClosedDay>, Failure> {
    days.iter().map(|day| one(day, key)).collect()
}

fn one(day: &Day, key: &str) -> Result<ClosedDay, Failure> {
    let text = day.text();
    let (from, to) = text.split_once("..").unwrap_or((&text, &text));
    let date = |text: &str| text.trim().parse::<NaiveDate>().ok();
    match (date(from), date(to), text.trim().parse::<Weekday>()) {
        (Some(from), Some(to), _) if from <= to => Ok(ClosedDay::Span(from, to)),
        (_, _, Ok(weekday)) => Ok(ClosedDay::Weekly(weekday)),
        _ => Err(Failure::new(Exit::Usage, format!("`{key}` names no day: `{}`", logged(&text)))
            .hint("use a day (2021-12-24), a span (2021-12-24..2022-01-02) or a weekday (Sunday)")),
    }
}
