//! The gate for a sudden fall: a whole day with far fewer tickets than the same weekday before.
//!
//! A feed that half died looks like a quiet day, and readers would believe the report. For each organization, these rules
//! keep false alarms rare and make sure that one that was overruled does not come back:
//!
//! - the last day that is over at all its locations is judged, until a run is kept: a refused night is refused again until
//!   somebody says `--force`, and that day is never judged again. Earlier days that no kept run has judged, because it was
//!   refused or did not run, cause a warning and are published: they are late enough;
//! - a day is judged only if tonight's files tell of something that *happened* on it or later. A late feed has only
//!   bookings for the day; that is no fall, and after some days it is a silence;
//! - only tickets whose customers came count, and only at locations that the configuration does not close on that day;
//! - the day is compared with the smaller of the last two open days of the same weekday, so that neither a holiday nor a
//!   rush is the measure, and only if that one has [`ENOUGH`] tickets. So an organization that closed for good is refused
//!   for a week at most.
//!
//! A first run and one with `--rebuild` have nothing to compare with, and pass.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::calendar::Clock;
use crate::ticket::Location;

use super::closed::ClosedDays;
use super::error::JobError;
use super::night_plan::NightPlan;
use super::notice::{Fall, Notice};
use super::observer::Observer;
use super::visits::{DailyVisits, before};

/// Days that are named one by one.
const NAMED: usize = 5;
/// A weekday with fewer tickets is no measure.
const ENOUGH: u64 = 50;
/// Days before the last one that are judged if no kept run has done so.
const MOST_DAYS: u64 = 13;
/// Weeks to look back for two open days.
const WEEKS: u64 = 5;

/// A day of an organization that has to be judged tonight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Day {
    organization: String,
    date: NaiveDate,
    /// Whether it is the last whole day.
    is_last: bool,
}

impl Day {
    /// The whole days of each organization that were not judged yet and that tonight's files tell of. `kept_as_of` is the
    /// instant of the last kept run, `news` the newest instant of each organization in tonight's files, both in UTC
    /// milliseconds.
    pub(crate) fn all(
        night: &NightPlan,
        kept_as_of: Option<i64>,
        news: &BTreeMap<String, i64>,
        locations: &[Location],
    ) -> Vec<Self> {
        let Some(kept_as_of) = kept_as_of else { return Vec::new() };
        let of_one = |(organization, newest): (&String, &i64)| -> Option<Vec<Self>> {
            let mine = locations.iter().filter(|l| l.organization == *organization);
            let clocks: Vec<Clock> = mine.map(|location| location.clock).collect();
            let whole = |at: i64| {
                let dates = clocks.iter().filter_map(|clock| clock.local(at)?.date.pred_opt());
                dates.min()
            };
            let (last, judged) = (whole(night.plan.waits.as_of)?, whole(kept_as_of)?);
            let begins =
                |date: NaiveDate| clocks.iter().filter_map(|clock| clock.start_of(date)).min();
            let is_asked = |date: &NaiveDate| {
                begins(*date).is_some_and(|begins| *newest >= begins)
                    && !night.plan.closed.organization(organization, *date)
            };
            let first = judged.succ_opt()?.max(before(last, MOST_DAYS));
            let days = first.iter_days().take_while(|date| *date <= last).filter(is_asked);
            let day =
                |date| Self { organization: organization.clone(), date, is_last: date == last };
            Some(days.map(day).collect())
        };
        news.iter().filter_map(of_one).flatten().collect()
    }

    /// The span of days whose visits it is judged by, both ends included.
    pub(crate) fn span(&self) -> (NaiveDate, NaiveDate) {
        (before(self.date, 7 * WEEKS), self.date)
    }
}

/// Refuses the night if the last day has far fewer tickets than the same weekday before; a forced night only tells it.
/// Returns the notices on earlier days.
///
/// # Errors
/// [`JobError::Fallen`].
pub(crate) fn judge(
    night: &NightPlan,
    days: &[Day],
    visits: &DailyVisits,
    observer: &dyn Observer,
) -> Result<Vec<Notice>, JobError> {
    let limit = night.plan.gates.refuse_fall;
    let found = |last: bool| -> Vec<Fall> {
        let asked = days.iter().filter(|day| day.is_last == last);
        asked.filter_map(|day| fallen(day, visits, &night.plan.closed, limit)).collect()
    };
    let (fallen, mut earlier) = (found(true), found(false));
    let more = earlier.len().saturating_sub(NAMED);
    earlier.truncate(NAMED);
    let mut notices: Vec<Notice> =
        earlier.into_iter().map(|fall| Notice::Fallen { fall, is_late: true }).collect();
    if more > 0 {
        notices.push(Notice::MoreFallen { more: more as u64 });
    }
    if fallen.is_empty() {
        return Ok(notices);
    }
    if night.force {
        for fall in fallen {
            observer.notice(&Notice::Fallen { fall, is_late: false });
        }
        return Ok(notices);
    }
    Err(JobError::Fallen(fallen))
}

/// The fall of a day, if it has fewer tickets than the smaller of two same weekdays before, by more than the share
/// `limit`.
fn fallen(day: &Day, visits: &DailyVisits, closed: &ClosedDays, limit: f64) -> Option<Fall> {
    let Day { organization, date, .. } = day;
    let is_open = |location: &str, at: NaiveDate| !closed.location(organization, location, at);
    let number = |at: NaiveDate| -> u64 {
        let open = visits
            .of_organization(organization)
            .filter(|(location, _)| is_open(location, *date) && is_open(location, at));
        open.filter_map(|(_, days)| days.get(&at)).sum()
    };
    let weeks = (1..=WEEKS).map(|week| before(*date, 7 * week));
    let mut usual = weeks.filter(|at| !closed.organization(organization, *at));
    let (last, other) = (usual.next()?, usual.next()?);
    let (now, a, b) = (number(*date), number(last), number(other));
    if a.min(b) < ENOUGH || fall(a.min(b), now) <= limit {
        return None;
    }
    let (day, usual) = ((*date, now), [(last, a), (other, b)]);
    Some(Fall { organization: organization.clone(), day, usual })
}

/// By what share a number is smaller than another one.
#[expect(clippy::cast_precision_loss, reason = "a share for a threshold")]
fn fall(usual: u64, now: u64) -> f64 {
    usual.saturating_sub(now) as f64 / usual.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::closed::ClosedDay;

    /// Closed from one day of March 2021 to another, both included.
    fn span(from: u32, to: u32) -> ClosedDay {
        let date = |day| NaiveDate::from_ymd_opt(2021, 3, day).unwrap();
        ClosedDay::Span(date(from), date(to))
    }

    fn day() -> Day {
        let date = NaiveDate::from_ymd_opt(2021, 3, 31).unwrap();
        Day { organization: "org".into(), date, is_last: true }
    }

    /// What is said of a day with these visits: its own, a week before, two weeks before, and so on.
    fn message(counts: &[u64], limit: f64, closed: &ClosedDays) -> Option<Fall> {
        let mut visits = DailyVisits::default();
        for (weeks, n) in (0..).zip(counts) {
            visits.add("org", "A", before(day().date, 7 * weeks), *n);
            visits.add("other", "A", before(day().date, 7 * weeks), 1_000);
        }
        fallen(&day(), &visits, closed, limit)
    }

    #[test]
    fn a_day_is_compared_with_the_smaller_of_two_weekdays() {
        let open = ClosedDays::default();
        for (counts, limit, is_fallen) in [
            ([20, 100, 100], 0.8, false),
            ([19, 100, 100], 0.8, true),
            ([0, 100, 100], 0.8, true),
            // A holiday, or a rush, was among them.
            ([9, 100, 5], 0.8, false),
            ([100, 100, 5_000], 0.8, false),
            // Too few to say anything.
            ([0, 49, 100], 0.8, false),
            ([0, 50, 50], 0.8, true),
            ([0, 100, 0], 0.8, false),
            // Another limit, and none.
            ([49, 100, 100], 0.5, true),
            ([0, 100, 100], 1.0, false),
            ([500, 100, 100], 0.0, false),
        ] {
            assert_eq!(message(&counts, limit, &open).is_some(), is_fallen, "{counts:?} {limit}");
        }
        let text = message(&[1, 1_000, 2_000], 0.8, &open).unwrap().words();
        assert_eq!(
            text,
            "`org`: 2021-03-31 has 1 ticket, 2021-03-24 had 1,000 and 2021-03-17 2,000"
        );
    }

    #[test]
    fn closed_days_are_not_compared() {
        let mut holidays = ClosedDays::default();
        holidays.close_all(&[span(17, 24)]);
        // Two weeks of holidays: the weeks before them count.
        assert!(message(&[10, 0, 0, 100, 100], 0.8, &holidays).is_some());
        assert!(message(&[10, 0, 0, 100], 0.8, &holidays).is_none());
        assert!(message(&[30, 100, 100, 100, 100], 0.8, &holidays).is_none());
        // One location of two is closed today: only the other one is compared.
        let mut one = ClosedDays::default();
        one.close_location("B", &[span(31, 31)]);
        let mut visits = DailyVisits::default();
        for weeks in 0..3_u64 {
            visits.add("org", "A", before(day().date, 7 * weeks), 20 + 40 * weeks.min(1));
            visits.add("org", "B", before(day().date, 7 * weeks), 900 * weeks.min(1));
        }
        assert_eq!(fallen(&day(), &visits, &one, 0.8), None);
        assert!(fallen(&day(), &visits, &ClosedDays::default(), 0.8).is_some());
    }
}
