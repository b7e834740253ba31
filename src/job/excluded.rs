//! What the configuration leaves out, in words and as data.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::report::text::shown;
use crate::ticket::{Excluded, Section};

use super::words::{count, grouped};

/// Sections that are named one by one.
const NAMED: usize = 5;
/// Graphemes of a name that are printed.
const SHOWN: usize = 60;

/// Numbers of tickets that the configuration leaves out.
pub(crate) type LeftOut = BTreeMap<Excluded, u64>;

/// `left out by the configuration: 12 tickets (location `TEST desk`)`; `None` if nothing is left out.
#[must_use]
pub(crate) fn words(all: &LeftOut) -> Option<String> {
    let mut by_section: BTreeMap<(Section, &str), u64> = BTreeMap::new();
    for (one, tickets) in all {
        *by_section.entry((one.section, &one.name)).or_default() += tickets;
    }
    let mut ranked: Vec<(u64, (Section, &str))> =
        by_section.iter().map(|(section, tickets)| (u64::MAX - tickets, *section)).collect();
    ranked.sort_unstable();
    let named = |(rank, (section, name)): &(u64, (Section, &str))| {
        let section = format!("{} `{}`", section.noun(), shown(name, SHOWN));
        match ranked.len() {
            1 => section,
            _ => format!("{} of {section}", grouped(u64::MAX - rank)),
        }
    };
    let mut parts: Vec<String> = ranked.iter().take(NAMED).map(named).collect();
    if let Some(more) = ranked.len().checked_sub(NAMED).filter(|more| *more > 0) {
        parts.push(format!("and {}", count(more as u64, "more section")));
    }
    let tickets = by_section.values().sum();
    (tickets > 0).then(|| {
        format!(
            "left out by the configuration: {} ({})",
            count(tickets, "ticket"),
            parts.join(", ")
        )
    })
}

/// The same for `run.json` and the fields of a summary.
#[must_use]
pub(crate) fn as_json(all: &LeftOut) -> Value {
    let one = |(one, tickets): (&Excluded, &u64)| {
        json!({
            "organization": one.organization,
            "by": one.section.noun(),
            "name": one.name,
            "tickets": tickets,
        })
    };
    all.iter().map(one).collect()
}

/// Reads what [`as_json`] wrote; `None` if it is anything else.
#[must_use]
pub(crate) fn of_json(value: &Value) -> Option<LeftOut> {
    let text = |one: &Value, key: &str| Some(one.get(key)?.as_str()?.to_owned());
    let one = |one: &Value| {
        let by = text(one, "by")?;
        let sections = [Section::Location, Section::Queue, Section::Organization];
        let section = sections.into_iter().find(|section| section.noun() == by)?;
        let (organization, name) = (text(one, "organization")?, text(one, "name")?);
        Some((Excluded { organization, section, name }, one.get("tickets")?.as_u64()?))
    };
    value.as_array()?.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_out(all: &[(&str, Section, &str, u64)]) -> LeftOut {
        let one = |(organization, section, name, tickets): &(&str, Section, &str, u64)| {
            let (organization, name) = ((*organization).to_owned(), (*name).to_owned());
            (Excluded { organization, section: *section, name }, *tickets)
        };
        all.iter().map(one).collect()
    }

    #[test]
    fn what_is_left_out_is_named_with_its_number() {
        let desk = ("o", Section::Location, "TEST desk", 12);
        assert_eq!(words(&left_out(&[])), None);
        assert_eq!(
            words(&left_out(&[desk])).unwrap(),
            "left out by the configuration: 12 tickets (location `TEST desk`)"
        );
        let several = left_out(&[
            desk,
            ("p", Section::Location, "TEST desk", 1),
            ("t", Section::Organization, "t", 2_000),
            ("o", Section::Queue, "q", 1),
        ]);
        assert_eq!(
            words(&several).unwrap(),
            "left out by the configuration: 2,014 tickets (2,000 of organization `t`, 13 of location `TEST desk`, 1 of queue `q`)"
        );
        assert_eq!(of_json(&as_json(&several)), Some(several));
        let names: Vec<String> = (0..7).map(|n| format!("d{n}")).collect();
        let many: Vec<_> = names.iter().map(|n| ("o", Section::Location, n.as_str(), 1)).collect();
        assert!(words(&left_out(&many)).unwrap().ends_with(", and 2 more sections)"));
    }
}
