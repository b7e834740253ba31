//! Which organizations count as one, and which are left out, as the configuration says.
//!
//! Tickets are kept under the organization that sent them. What the configuration joins or leaves out is applied when
//! figures are made, so that it works on tickets of long ago, and is undone by taking the setting away.

use std::collections::{BTreeMap, BTreeSet};

use super::names::normalise;

/// What the configuration says about an organization.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrganizationEntry {
    /// Name of the organization that it belongs to.
    pub name: Option<String>,
    /// Whether its tickets are left out.
    pub exclude: bool,
}

/// What becomes of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership<'a> {
    /// It counts, under this name.
    In(&'a str),
    /// It is left out, by the section of this name.
    Out(&'a str),
}

/// The organizations that the configuration joins or leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Organizations(BTreeMap<String, Resolved>);

/// What becomes of an organization in the end, several steps resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Resolved {
    name: String,
    excluded_by: Option<String>,
}

/// Organizations that belong to each other in a circle; the names in order, the first one again at the end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the organizations belong to each other in a circle: {}", .0.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" → "))]
pub struct Circle(pub Vec<String>);

impl Organizations {
    /// Resolves the sections of the configuration, by name; names are normalised like those of locations. Of several steps
    /// (a → b → c) the last one counts. An organization is left out if its own section says so, or that of any step.
    ///
    /// # Errors
    /// [`Circle`] if a step leads back.
    pub fn new(entries: &BTreeMap<String, OrganizationEntry>) -> Result<Self, Circle> {
        let said: BTreeMap<String, (Option<String>, bool)> = entries
            .iter()
            .map(|(key, entry)| {
                let name = entry.name.as_deref().map(normalise).filter(|name| !name.is_empty());
                (normalise(key), (name, entry.exclude))
            })
            .filter(|(_, (name, exclude))| name.is_some() || *exclude)
            .collect();
        let targets: BTreeSet<&String> = said.values().filter_map(|(n, _)| n.as_ref()).collect();
        let mut all = BTreeMap::new();
        for start in said.keys().chain(targets) {
            let mut steps = vec![start.clone()];
            let mut excluded_by = None;
            while let Some((name, exclude)) = steps.last().and_then(|last| said.get(last)) {
                if *exclude {
                    excluded_by = steps.last().cloned();
                    break;
                }
                let Some(next) = name else { break };
                if let Some(at) = steps.iter().position(|step| step == next) {
                    let mut circle = steps.split_off(at);
                    circle.push(next.clone());
                    return Err(Circle(circle));
                }
                steps.push(next.clone());
            }
            let name = steps.pop().unwrap_or_default();
            all.insert(start.clone(), Resolved { name, excluded_by });
        }
        Ok(Self(all))
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it joins any organizations.
    #[must_use]
    pub fn joins_any(&self) -> bool {
        self.0.iter().any(|(key, one)| one.excluded_by.is_none() && *key != one.name)
    }

    /// What becomes of an organization, by its name as sent.
    #[must_use]
    pub fn of<'a>(&'a self, sent: &'a str) -> Membership<'a> {
        if self.0.is_empty() {
            return Membership::In(sent);
        }
        match self.0.get(&normalise(sent)) {
            None => Membership::In(sent),
            Some(Resolved { excluded_by: Some(by), .. }) => Membership::Out(by),
            Some(Resolved { name, .. }) => Membership::In(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(entries: &[(&str, Option<&str>, bool)]) -> Result<Organizations, Circle> {
        let entry = |(key, name, exclude): &(&str, Option<&str>, bool)| {
            let name = name.map(str::to_owned);
            ((*key).to_owned(), OrganizationEntry { name, exclude: *exclude })
        };
        Organizations::new(&entries.iter().map(entry).collect())
    }

    #[test]
    fn several_steps_lead_to_the_last_and_names_are_normalised() {
        let all = of(&[
            ("a", Some(" b\u{200b}"), false),
            ("b", Some("Café"), false),
            ("test", None, true),
            ("old test", Some("test"), false),
            ("own", None, false),
        ])
        .unwrap();
        assert!(all.joins_any());
        for (sent, name) in [
            ("a", "Café"),
            (" a ", "Café"),
            ("b", "Café"),
            ("Cafe\u{301}", "Café"),
            ("own ", "own "),
            ("A", "A"),
        ] {
            assert_eq!(all.of(sent), Membership::In(name), "{sent}");
        }
        for sent in ["test", "old test", "test "] {
            assert_eq!(all.of(sent), Membership::Out("test"), "{sent}");
        }
        let only_excluded = of(&[("test", Some("x"), true)]).unwrap();
        assert!(!only_excluded.joins_any() && only_excluded.of("x") == Membership::In("x"));
        assert!(of(&[("a", None, false)]).unwrap().is_empty());
    }

    #[test]
    fn circles_are_refused() {
        for (entries, words) in [
            (vec![("a", Some("a "), false)], "`a` → `a`"),
            (vec![("a", Some("b"), false), ("b", Some("a"), false)], "`a` → `b` → `a`"),
            (
                vec![("a", Some("b"), false), ("b", Some("c"), false), ("c", Some("b"), false)],
                "`b` → `c` → `b`",
            ),
        ] {
            let circle = of(&entries).unwrap_err();
            assert!(circle.to_string().ends_with(words), "{circle}");
        }
    }
}
