//! What was forgotten on purpose, so that lines that are read again do not bring it back.
//!
//! Single tickets are remembered as keyed hashes with a random secret, so that no id stands anywhere. Of whole times only
//! the dates are remembered.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::store::{Generation, Secret};
use crate::webhook::TicketId;

use super::blobs;
use super::error::StateError;
use super::frozen::date_of;

/// Name of the blob; a state that never forgot anything has none.
pub(super) const FORGOTTEN: &str = "forgotten.json";

/// What was forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forgotten {
    secret: Option<Secret>,
    /// Hashes of the tickets.
    tickets: BTreeSet<String>,
    /// Single tickets with an earlier service date are not kept; sums are.
    pub sums_before: Option<NaiveDate>,
    /// Of earlier service dates, nothing is kept.
    pub nothing_before: Option<NaiveDate>,
    /// Generations before this one, of state and site, hold what was forgotten.
    pub clean_from: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    secret: Option<String>,
    tickets: BTreeSet<String>,
    sums_before: Option<String>,
    nothing_before: Option<String>,
    clean_from: u64,
}

impl Forgotten {
    /// Reads what a generation has forgotten.
    ///
    /// # Errors
    /// [`StateError`] if it cannot be read or used.
    pub fn read(from: &Generation) -> Result<Self, StateError> {
        if from.size(FORGOTTEN).is_none() {
            return Ok(Self::default());
        }
        let kept: Kept = blobs::json(from, FORGOTTEN)?;
        let Kept { secret, tickets, sums_before, nothing_before, clean_from } = kept;
        let secret = secret.as_deref().and_then(Secret::of_hex);
        let date = |text: Option<String>| {
            let date = text.as_deref().map(date_of).transpose();
            date.map_err(blobs::not_json(from, FORGOTTEN))
        };
        let (sums_before, nothing_before) = (date(sums_before)?, date(nothing_before)?);
        Ok(Self { secret, tickets, sums_before, nothing_before, clean_from })
    }

    /// Whether nothing was ever forgotten.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The first service date of which single tickets are kept; `None` if there is no limit.
    #[must_use]
    pub fn before(&self) -> Option<NaiveDate> {
        self.sums_before.max(self.nothing_before)
    }

    /// Whether single tickets were forgotten.
    #[must_use]
    pub(super) fn has_tickets(&self) -> bool {
        !self.tickets.is_empty()
    }

    /// Adds a ticket: of one organization, or of all. Returns whether it is new.
    ///
    /// # Errors
    /// [`StateError`] if the system gives no random bytes for the secret.
    pub fn add(&mut self, organization: Option<&str>, id: TicketId) -> Result<bool, StateError> {
        let secret = match self.secret {
            Some(secret) => secret,
            None => *self.secret.insert(Secret::new()?),
        };
        Ok(self.tickets.insert(hash(secret, organization, id)))
    }

    /// Whether a ticket was forgotten.
    #[must_use]
    pub fn has(&self, organization: &str, id: TicketId) -> bool {
        self.secret.filter(|_| self.has_tickets()).is_some_and(|secret| {
            [None, Some(organization)]
                .into_iter()
                .any(|owner| self.tickets.contains(&hash(secret, owner, id)))
        })
    }

    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let kept = Kept {
            secret: self.secret.map(Secret::to_hex),
            tickets: self.tickets.clone(),
            sums_before: self.sums_before.map(|date| date.to_string()),
            nothing_before: self.nothing_before.map(|date| date.to_string()),
            clean_from: self.clean_from,
        };
        let mut bytes = serde_json::to_vec_pretty(&kept)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

fn hash(secret: Secret, organization: Option<&str>, id: TicketId) -> String {
    match organization {
        Some(name) => secret.hash(&[&id.0, name.as_bytes()]),
        None => secret.hash(&[&id.0]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_known_again_by_its_organization_or_by_its_id_alone() {
        let (mut some, mut all) = (Forgotten::default(), Forgotten::default());
        let (one, two) = (TicketId([1; 16]), TicketId([2; 16]));
        assert!(some.is_empty() && !some.has("a", one));
        assert!(some.add(Some("a"), one).unwrap() && !some.add(Some("a"), one).unwrap());
        assert!(all.add(None, one).unwrap());
        assert_eq!(
            [some.has("a", one), some.has("b", one), some.has("a", two)],
            [true, false, false]
        );
        assert_eq!([all.has("a", one), all.has("b", one), all.has("a", two)], [true, true, false]);
        let text = String::from_utf8(some.to_bytes().unwrap()).unwrap();
        assert!(!text.contains("010101"), "{text}");
    }
}
