//! The groups that are asked for.

use std::collections::BTreeSet;

use crate::ticket::normalise;

use super::error::JobError;
use super::groups::{Groups, levels};
use super::obeyed::{Known, find_named};

/// Stands for what has none: tickets without a queue, a service or a type, locations without a group.
pub(crate) const NONE: &str = "(none)";

/// The groups that are meant, with whole names. An empty one stands for the locations without a group.
///
/// # Errors
/// [`JobError::Missing`] or [`JobError::Ambiguous`] for a name that is not there, or begins several.
pub(crate) fn wanted_groups(
    asked: &[String],
    groups: &Groups,
    known: &Known,
) -> Result<BTreeSet<String>, JobError> {
    let there: BTreeSet<&str> = groups.values().flat_map(|group| levels(group)).collect();
    let asked = asked.iter().map(|name| normalise(name));
    let (none, named): (Vec<String>, Vec<String>) =
        asked.partition(|name| name == NONE && !there.contains(NONE));
    let mut found = find_named("group", &named, (&there, &BTreeSet::new()), known)?;
    found.extend(none.first().map(|_| String::new()));
    Ok(found)
}
