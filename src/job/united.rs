//! The account of files, by the organizations that count.

use std::collections::BTreeMap;

use crate::ingest::{Account, Oddities, Ratings};
use crate::ticket::{Directory, Membership};

/// Gives what an account counts by organization the organizations that count. Ratings of those that are left out are
/// dropped, since no gate is to judge them.
pub(crate) fn unite(account: &mut Account, directory: &Directory) {
    if directory.organizations().is_empty() {
        return;
    }
    for file in &mut account.files {
        let mut oddities = Oddities::new();
        for ((sent, measure, detail), count) in std::mem::take(&mut file.oddities) {
            if let Membership::In(name) = directory.organization(&sent) {
                *oddities.entry((name.to_owned(), measure, detail)).or_default() += count;
            }
        }
        file.oddities = oddities;
        let mut ratings: BTreeMap<String, Ratings> = BTreeMap::new();
        for (sent, counted) in std::mem::take(&mut file.ratings) {
            if let Membership::In(name) = directory.organization(&sent) {
                ratings.entry(name.to_owned()).or_default().merge(counted);
            }
        }
        file.ratings = ratings;
    }
}
