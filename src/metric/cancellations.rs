//! `cancellations.csv`: closed tickets that were not served, by outcome, type and lead time.

use polars::prelude::{Column, IntoLazy, col, len, lit};

use crate::dataframe::TicketFrame;
use crate::dataframe::column::{self, Kind};
use crate::ticket::Outcome;

use super::table::{Group, MetricError, Table, sorted, unsigned};

/// Lost visits by outcome, ticket type and band of the lead time.
///
/// # Errors
/// [`MetricError`] if Polars refuses.
pub fn cancellations(tickets: &TicketFrame, group: Group) -> Result<Table, MetricError> {
    let keys = [group.column(), column::OUTCOME, column::TICKET_TYPE, column::LEAD_BAND];
    let outcome = || col(column::OUTCOME);
    let lost =
        outcome().neq(lit(Outcome::Served.name())).and(outcome().neq(lit(Outcome::Open.name())));
    let rows = tickets.rows.clone().lazy().filter(lost);
    let grouped = rows.group_by(keys.map(col)).agg([len().alias(column::TICKETS)]).collect()?;
    let grouped = sorted(grouped, &keys)?;
    let places = unsigned(&grouped, group.column())?;
    let text = |name: &'static str| -> Result<(&'static str, Kind, Column), MetricError> {
        Ok((name, Kind::Text, grouped.column(name)?.clone()))
    };
    let counts: Vec<i64> =
        unsigned(&grouped, column::TICKETS)?.into_iter().map(i64::from).collect();
    let columns = vec![
        text(column::OUTCOME)?,
        text(column::TICKET_TYPE)?,
        text(column::LEAD_BAND)?,
        (column::TICKETS, Kind::Count, Column::new(column::TICKETS.into(), counts)),
    ];
    Table::keyed(tickets, group, &places, columns)
}
