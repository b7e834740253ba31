//! `cancellations.csv`: closed tickets that were not served, by outcome, type and lead time.

use polars::prelude::Column;

use crate::dataframe::column::{self, Kind};
use crate::dataframe::{LEAD_BANDS, TicketFrame};
use crate::ticket::Outcome;

use super::groups::Groups;
use super::table::{Group, MetricError, Table, unsigned};

/// Lost visits by outcome, ticket type and band of the lead time.
///
/// # Errors
/// [`MetricError`] if Polars refuses.
pub fn cancellations(tickets: &TicketFrame, group: Group) -> Result<Table, MetricError> {
    let rows = &tickets.rows;
    let name = |code: u32| tickets.ticket_types.get(code as usize).map_or("", String::as_str);
    let band = |code: u32| LEAD_BANDS.get(code as usize).copied();
    let lost = group
        .places(tickets)?
        .zip(unsigned(rows, column::OUTCOME)?.known())
        .zip(unsigned(rows, column::TICKET_TYPE)?.known())
        .zip(unsigned(rows, column::LEAD_BAND)?.iter())
        .map(|(((place, outcome), ticket_type), lead)| {
            let outcome = Outcome::ALL.get(outcome as usize)?;
            let lost = !matches!(outcome, Outcome::Served | Outcome::Open);
            lost.then(|| (place, outcome.name(), name(ticket_type), lead.and_then(band)))
        });
    let groups = Groups::of(lost);
    let keys = &groups.keys;
    let places: Vec<u32> = keys.iter().map(|key| key.0).collect();
    let text = |name: &'static str, values: Vec<Option<&str>>| {
        (name, Kind::Text, Column::new(name.into(), values))
    };
    let columns = vec![
        text(column::OUTCOME, keys.iter().map(|key| Some(key.1)).collect()),
        text(column::TICKET_TYPE, keys.iter().map(|key| Some(key.2)).collect()),
        text(column::LEAD_BAND, keys.iter().map(|key| key.3).collect()),
        (column::TICKETS, Kind::Count, Column::new(column::TICKETS.into(), groups.sizes())),
    ];
    Table::keyed(tickets, group, &places, columns)
}
