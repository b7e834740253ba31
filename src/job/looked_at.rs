//! Which days are looked at when it is asked what changed: whole weeks, also before the window.

use chrono::NaiveDate;

use crate::calendar::{WeekStart, week_end};
use crate::metric::{history_from, last_week, whole_everywhere};
use crate::ticket::Gazetteer;

/// First and last day that are looked at for each organization, if the window ends with `to`. An organization without a whole
/// week has none.
pub(crate) fn looked_at(
    gazetteer: &Gazetteer,
    to: Option<NaiveDate>,
    starts_on: WeekStart,
) -> impl Iterator<Item = (NaiveDate, NaiveDate)> {
    let Gazetteer { findings, locations, .. } = gazetteer;
    findings.data_through.iter().filter_map(move |(organization, through)| {
        let mine = locations.iter().filter(|one| one.organization == *organization);
        let whole = whole_everywhere(mine.map(|location| location.clock), Some(*through));
        let last = last_week((whole, findings.last_seen_in(organization)), to, starts_on)?;
        Some((history_from(last), week_end(last)?))
    })
}
