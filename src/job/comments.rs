//! What customers wrote, for those who may read it: the newest message of each ticket, masked, low ratings first.
//!
//! The join never reads messages, and no state keeps them. So this is a pass of its own over an archive.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use crate::dataframe::{Single, Singles};
use crate::ingest::{Traced, Watch};
use crate::report::mask::masked;
use crate::ticket::{Membership, normalise};

use super::asked::Asked;
use super::error::JobError;
use super::export::{groups_of, of_archive};
use super::observer::Observer;
use super::plan::Plan;
use super::question::Basis;

/// Tickets with a message.
#[derive(Debug)]
pub struct Commented {
    /// The tickets: low ratings first, those without one last; then by organization, service date and id.
    pub tickets: Singles,
    /// The message of each, without long numbers and mail addresses.
    pub messages: Vec<String>,
    /// Group of each place, by its index; empty without one.
    pub groups: Vec<String>,
    /// What they come from.
    pub basis: Basis,
}

/// The newest message of each ticket of an archive that is asked for, if it has one.
///
/// # Errors
/// [`JobError`] if the archive cannot be read, or a name is not there.
pub fn comments(
    plan: &Plan,
    asked: &Asked,
    observer: &dyn Observer,
) -> Result<Commented, JobError> {
    let (mut tickets, basis, traced) = of_archive(plan, asked, Watch::Messages, observer)?;
    let newest = newest(plan, &traced);
    let places = &tickets.places;
    let of = |row: &Single| places.get(row.place as usize).map_or("", |place| &*place.organization);
    let said = |row: Single| {
        let record = newest.get(&(of(&row).to_owned(), row.id))?;
        Some((row, masked(record.message.as_ref()?.unmasked())))
    };
    let mut rows: Vec<(Single, String)> = tickets.iter().copied().filter_map(said).collect();
    rows.sort_by(|(a, _), (b, _)| {
        let key = |row: &Single| (row.rating == 0, row.rating);
        let then = |row: &Single| (row.service_day, row.id, row.place);
        key(a).cmp(&key(b)).then_with(|| of(a).cmp(of(b))).then_with(|| then(a).cmp(&then(b)))
    });
    let (rows, messages) = rows.into_iter().unzip();
    tickets.replace(rows);
    let groups = groups_of(plan, &tickets);
    Ok(Commented { tickets, messages, groups, basis })
}

/// Of each ticket, by organization and id, the record with its newest message. A payload that is repeated byte for byte stands
/// where it stood first, as for ratings. The records are in the order of the archive.
fn newest<'r>(plan: &Plan, records: &'r [Traced]) -> HashMap<Id, &'r Traced, RandomState> {
    let mut seen: HashSet<(Id, u32, u64), RandomState> = HashSet::default();
    let mut first: HashMap<(Id, u64), (Place, &Traced), RandomState> = HashMap::default();
    for (at, record) in records.iter().enumerate() {
        let Traced { file, snapshot, payload_hash, .. } = record;
        let sent = normalise(&snapshot.organization);
        let Membership::In(organization) = plan.directory.organization(&sent) else { continue };
        let id: Id = (organization.to_owned(), snapshot.ticket.0);
        // A repeat in its file changes nothing, not even by its time of receipt.
        if !seen.insert((id.clone(), *file, *payload_hash)) {
            continue;
        }
        let place = (snapshot.order_time(), snapshot.event.lifecycle_rank(), at);
        let earliest = first.entry((id, *payload_hash)).or_insert((place, record));
        if place < earliest.0 {
            *earliest = (place, record);
        }
    }
    let mut newest: HashMap<Id, (Place, &Traced), RandomState> = HashMap::default();
    for ((id, _), said) in first {
        let latest = newest.entry(id).or_insert(said);
        if said.0 > latest.0 {
            *latest = said;
        }
    }
    newest.into_iter().map(|(id, (_, record))| (id, record)).collect()
}

/// Organization, as the configuration joins them, and id of a ticket.
type Id = (String, [u8; 16]);

/// The order in which newer records win: time, rank of the event, place in the archive.
type Place = (i64, u8, usize);
