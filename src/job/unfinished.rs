//! Days of an answer that are not over in the data: what stands for them, and for their weeks and months, is not final.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::dataframe::TicketFrame;
use crate::metric::whole_everywhere;

/// The first day of some frames that is not over, of the organization where that is earliest and of the one where it is latest.
/// `data_through` is the newest instant at which anything happened, by organization, UTC milliseconds.
pub(crate) fn unfinished(
    frames: &[TicketFrame],
    data_through: &BTreeMap<String, i64>,
) -> Option<(NaiveDate, NaiveDate)> {
    let first = |frame: &TicketFrame| {
        let through = data_through.get(&frame.organization).copied();
        let clocks = frame.locations.iter().map(|location| location.clock);
        let whole = whole_everywhere(clocks, through)?;
        // Of bookings alone, the last day may lie far ahead.
        frame.dates.filter(|(_, last)| *last > whole).and_then(|_| whole.succ_opt())
    };
    let days = || frames.iter().filter_map(first);
    days().min().zip(days().max())
}

/// Says of such days what they mean.
pub(crate) fn words((earliest, latest): (NaiveDate, NaiveDate)) -> String {
    let which = if earliest == latest {
        format!("the data end on {earliest}")
    } else {
        format!("the data of organizations end between {earliest} and {latest}")
    };
    format!(
        "{which}: figures of that day, of later ones, and of their week and month are not complete"
    )
}
