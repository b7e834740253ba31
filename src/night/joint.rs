//! How the tickets of a period differ, for figures, from those that are kept ([`super::joined`] makes it).

use std::collections::BTreeMap;

use xxhash_rust::xxh3::Xxh3;

use crate::ticket::{Census, Fold, Record};

use super::ids::Ids;
use super::period::Period;

/// Records that are hashed at a time.
const GROUP: usize = 1 << 16;

/// How the tickets of a period differ, for figures, from those that are kept.
#[derive(Debug, Clone)]
pub(super) struct Joint {
    /// Kept tickets that are part of others.
    out: Ids,
    /// Tickets that are joined from several.
    together: Fold,
    /// Counts of the period, for figures.
    pub(super) census: Census,
    /// A hash of the difference, as far as rows depend on it.
    pub(super) digest: String,
}

/// The periods of figures that differ from those that are kept.
pub(super) type Joints = BTreeMap<Period, Joint>;

impl Joint {
    /// One of which nothing is counted yet.
    pub(super) fn new(out: Ids, together: Fold) -> Self {
        let digest = digest(&out, &together);
        Self { out, together, census: Census::default(), digest }
    }

    /// The tickets for figures, of those that are kept.
    pub(super) fn of(&self, mut kept: Fold) -> Fold {
        let _parts = kept.take_chosen(|organization, id| self.out.has(organization, id));
        kept.merge(self.together.clone());
        kept
    }
}

/// A hash of which tickets are part of others, and of what these say. Which file said it does not matter to rows.
fn digest(out: &Ids, together: &Fold) -> String {
    let mut hash = Xxh3::new();
    hash.update(&out.to_bytes());
    for record in together.records(GROUP).flatten() {
        let plain = Record {
            keys: Default::default(),
            rating_hash: 0,
            ratings: Vec::new(),
            also: None,
            claims: Vec::new(),
            ..record
        };
        hash.update(format!("{plain:?}").as_bytes());
    }
    format!("{:032x}", hash.digest128())
}
