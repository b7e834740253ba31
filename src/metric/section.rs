//! The figures of a location, or of all of them together, as typed values: what tables, charts and pages read.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::calendar::{Clock, iso_weekday};
use crate::dataframe::lead_band;
use crate::statistics::histogram::Histogram;
use crate::statistics::quantile::{P50, P90};
use crate::ticket::Outcome;

use super::changes::Finding;
use super::control_rows::ControlRow;
use super::curves::{self, CurveRow, LeftWaits};
use super::ends::Ends;
use super::error::MetricError;
use super::group::{Rules, quantile, ratio};
use super::hours::{Cell, Lengths};
use super::measure::Figures;
use super::ratings_by_wait::{self, RatingTrend, WaitBandRow};
use super::sums::{Dimension, LocationSums};
use super::tally::Tally;
use super::values::{NONE, OTHER, VALUES, by_tickets};

/// The last minute of the histogram stands for itself and everything above.
pub const LAST_MINUTE: u32 = 180;

/// One weekday and hour of local arrival (`hourly.csv`).
#[derive(Debug, Clone, PartialEq)]
pub struct HourCell {
    /// ISO weekday, 1 = Monday to 7 = Sunday.
    pub weekday: u8,
    /// Local hour of the day, 0 to 23.
    pub hour: u8,
    /// Tickets that arrived in it.
    pub tickets: u64,
    /// Number of waits used.
    pub waits: u64,
    /// Median wait, seconds.
    pub wait_p50_s: Option<f64>,
    /// 90th percentile of the wait, seconds.
    pub wait_p90_s: Option<f64>,
    /// Mean number of tickets in line in this hour of open days of this weekday.
    pub line_mean: Option<f64>,
    /// Largest number of tickets in line at one instant of it.
    pub line_max: u64,
    /// Days of this weekday on which at least one ticket came.
    pub open_days: u64,
}

/// One local hour of arrival, all weekdays together: computed from the tickets, as quantiles and maxima cannot be averaged.
#[derive(Debug, Clone, PartialEq)]
pub struct HourOfDay {
    /// Local hour of the day, 0 to 23.
    pub hour: u8,
    /// Tickets that arrived in it.
    pub tickets: u64,
    /// Number of waits used.
    pub waits: u64,
    /// Median wait, seconds.
    pub wait_p50_s: Option<f64>,
    /// 90th percentile of the wait, seconds.
    pub wait_p90_s: Option<f64>,
    /// Mean number of tickets in line in this hour of open days.
    pub line_mean: Option<f64>,
    /// Largest number of tickets in line at one instant of it.
    pub line_max: u64,
    /// Days on which at least one ticket came, of any weekday.
    pub open_days: u64,
}

/// One row of `cancellations.csv`: closed tickets that were not served.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LostRow {
    /// Name of the outcome: neither `served` nor `open`.
    pub outcome: &'static str,
    /// Type of the ticket as sent (`anonymous`, `booking`, `manual`, …).
    pub ticket_type: String,
    /// Band of the lead time of a cancelled booking, its place in [`LEAD_BANDS`](crate::dataframe::LEAD_BANDS); `None` for
    /// everything else.
    pub lead: Option<u8>,
    /// Number of tickets.
    pub tickets: u64,
}

/// The tickets of one value of a dimension (`segments.csv`).
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// What is told apart.
    pub dimension: Dimension,
    /// Its value; `(none)` for tickets without one, `(other)` for those of rare values together.
    pub value: String,
    /// Its figures.
    pub figures: Figures,
}

/// Everything known of one group of tickets: a location, or all locations of an organization.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Section {
    /// The group as a whole.
    pub figures: Figures,
    /// By service date, ascending; days without tickets have no entry, `None` = service date unknown.
    pub daily: Vec<(Option<NaiveDate>, Figures)>,
    /// By week, ascending, given by its first day; `None` = service date unknown.
    pub weekly: Vec<(Option<NaiveDate>, Figures)>,
    /// By month, ascending, given by its first day; `None` = service date unknown.
    pub monthly: Vec<(Option<NaiveDate>, Figures)>,
    /// By dimension and value, ascending; of a location only.
    pub segments: Vec<Segment>,
    /// By weekday and hour, ascending.
    pub hourly: Vec<HourCell>,
    /// By hour of the day, ascending.
    pub hours: Vec<HourOfDay>,
    /// Closed and not served, by outcome, type and lead time.
    pub lost: Vec<LostRow>,
    /// Number of ratings of each value of the scale, ascending; empty without a rating that is shown.
    pub ratings: Vec<(u64, u64)>,
    /// Ratings by band of the wait, ascending.
    pub ratings_by_wait: Vec<WaitBandRow>,
    /// Whether ratings fall with the wait: within the location, or of all together within each of them.
    pub rating_trend: RatingTrend,
    /// What became of those who entered the queue, by minute; empty if they are too few.
    pub curves: Vec<CurveRow>,
    /// How long those waited who left.
    pub left_waits: LeftWaits,
    /// Waits per started minute, ascending; 180 stands for 180 and over.
    pub histogram: Vec<(u32, u64)>,
    /// Tickets of which nothing but feedback is known.
    pub feedback_only: u64,
    /// Served within the target, and those who entered the queue and are closed.
    pub within: (u64, u64),
    /// Its weeks with the limits of what is usual.
    pub control: Vec<ControlRow>,
    /// What changed by the last whole week in the window, one of each measure that is judged.
    pub changes: Vec<Finding>,
}

/// A location and its figures.
#[derive(Debug, Clone, PartialEq)]
pub struct LocationSection {
    /// Display name; never trusted.
    pub name: String,
    /// Stable ASCII id.
    pub id: String,
    /// The last local day that is whole; `None` if none is.
    pub last_whole: Option<NaiveDate>,
    /// Its figures.
    pub section: Section,
}

impl Section {
    /// The figures of a location; `lengths` are those of the hours of its days.
    pub(super) fn of(sums: &LocationSums, rules: Rules, lengths: &Lengths) -> Self {
        let open = sums.open_days();
        let mut week = Week::default();
        week.add(sums, &open);
        let mut section = Self::of_days(&sums.days, &sums.ends, rules);
        section.segments = segments(sums, rules);
        (section.hourly, section.hours) = week.rows(&open, lengths);
        section.lost = lost_rows(&[sums]);
        section.ratings_by_wait = ratings_by_wait::rows(&[sums], rules);
        section.rating_trend = RatingTrend::of(&[sums], rules);
        section
    }

    /// The figures of all locations of an organization together.
    pub(super) fn of_all(all: &[&LocationSums], rules: Rules, lengths: &Lengths) -> Self {
        let mut by_day: BTreeMap<Option<i32>, Vec<&Tally>> = BTreeMap::new();
        for (day, tally) in all.iter().flat_map(|sums| &sums.days) {
            by_day.entry(*day).or_default().push(tally);
        }
        let by_day: Vec<(Option<i32>, Vec<&Tally>)> = by_day.into_iter().collect();
        let sum =
            |(day, tallies): (Option<i32>, Vec<&Tally>)| (day, Tally::sum(tallies.into_iter()));
        let days: BTreeMap<Option<i32>, Tally> = by_day.into_par_iter().map(sum).collect();
        let open: BTreeSet<i32> =
            days.iter().filter(|(_, tally)| tally.came > 0).filter_map(|(day, _)| *day).collect();
        let mut week = Week::default();
        for sums in all {
            week.add(sums, &open);
        }
        let ends = Ends::sum(all.iter().map(|sums| &sums.ends));
        let mut section = Self::of_days(&days, &ends, rules);
        (section.hourly, section.hours) = week.rows(&open, lengths);
        section.lost = lost_rows(all);
        section.ratings_by_wait = ratings_by_wait::rows(all, rules);
        section.rating_trend = RatingTrend::of(all, rules);
        section
    }

    /// What follows from the tallies of days, and from how the tickets ended.
    fn of_days(days: &BTreeMap<Option<i32>, Tally>, ends: &Ends, rules: Rules) -> Self {
        let date = |day: i32| NaiveDate::from_epoch_days(day);
        let by = |first_of: &dyn Fn(NaiveDate) -> Option<NaiveDate>| {
            let mut parts: BTreeMap<Option<NaiveDate>, Vec<&Tally>> = BTreeMap::new();
            for (day, tally) in days {
                parts.entry(day.and_then(date).and_then(first_of)).or_default().push(tally);
            }
            let sum = |tallies: Vec<&Tally>| Tally::sum(tallies.into_iter());
            parts.into_iter().map(|(first, part)| (first, sum(part))).collect::<Vec<_>>()
        };
        let figures = |tallies: &[(Option<NaiveDate>, Tally)]| {
            tallies.iter().map(|(first, tally)| (*first, Figures::of(tally, rules))).collect()
        };
        let weeks = by(&|day| Some(rules.week_starts_on.first_of(day)));
        let months = by(&|day| day.with_day(1));
        let whole = Tally::sum(months.iter().map(|(_, tally)| tally));
        let daily = days.iter().map(|(day, tally)| (day.and_then(date), Figures::of(tally, rules)));
        Self {
            figures: Figures::of(&whole, rules),
            daily: daily.collect(),
            weekly: figures(&weeks),
            monthly: figures(&months),
            ratings: rating_values(&whole, rules),
            histogram: minutes(&whole.waits),
            feedback_only: whole.feedback_only,
            within: (whole.within, whole.offered),
            curves: curves::rows(ends, &whole.waits),
            left_waits: LeftWaits::of(ends),
            ..Self::default()
        }
    }
}

/// The values of the scale, if there is a rating that is shown.
fn rating_values(tally: &Tally, rules: Rules) -> Vec<(u64, u64)> {
    if tally.rated() == 0 || rules.hide(tally.rated()) {
        return Vec::new();
    }
    let counts = tally.ratings.iter().copied().chain(std::iter::repeat(0));
    (1..=u64::from(rules.scale.top())).zip(counts).collect()
}

/// Waits by started minute.
fn minutes(waits: &Histogram) -> Vec<(u32, u64)> {
    let mut minutes: BTreeMap<u32, u64> = BTreeMap::new();
    for (seconds, n) in waits.runs() {
        *minutes.entry((seconds / 60).min(LAST_MINUTE)).or_default() += n;
    }
    minutes.into_iter().collect()
}

/// The values of each dimension that has at least two: the 40 with most tickets, and the rest together.
fn segments(sums: &LocationSums, rules: Rules) -> Vec<Segment> {
    let mut rows = Vec::new();
    for dimension in Dimension::ALL {
        let mine = sums.segments.iter().filter(|((of, _), _)| *of == dimension);
        let (none, mut named): (Vec<_>, Vec<_>) = mine
            .map(|((_, value), tally)| (value.as_str(), tally))
            .partition(|(v, _)| v.is_empty());
        if none.len() + named.len() < 2 {
            continue;
        }
        named.sort_by(|a, b| by_tickets((a.0, a.1.tickets), (b.0, b.1.tickets)));
        let rest = named.split_off(named.len().min(VALUES));
        let mut values: BTreeMap<&str, Vec<&Tally>> = BTreeMap::new();
        let labelled = none.iter().map(|(_, tally)| (NONE, *tally));
        let labelled = labelled.chain(rest.iter().map(|(_, tally)| (OTHER, *tally)));
        for (value, tally) in named.iter().copied().chain(labelled) {
            values.entry(value).or_default().push(tally);
        }
        rows.extend(values.into_iter().map(|(value, tallies)| Segment {
            dimension,
            value: value.to_owned(),
            figures: Figures::of(&Tally::sum(tallies.into_iter()), rules),
        }));
    }
    rows
}

/// Hours of the week while they fill.
#[derive(Default)]
struct Week<'s>(BTreeMap<Cell, Hour<'s>>);

#[derive(Default)]
struct Hour<'s> {
    tickets: u64,
    waits: Vec<&'s Histogram>,
    in_line_ms: u64,
    longest: u64,
}

impl<'s> Week<'s> {
    /// Adds a location; the days in `open` count. Nobody stands in the lines of two places, so the longest line is that of one
    /// of them.
    fn add(&mut self, sums: &'s LocationSums, open: &BTreeSet<i32>) {
        for (cell, (tickets, waits)) in &sums.hours {
            let hour = self.0.entry(*cell).or_default();
            hour.tickets += tickets;
            hour.waits.push(waits);
        }
        for (cell, (ms, longest)) in &sums.line.cells {
            let hour = self.0.entry(*cell).or_default();
            hour.in_line_ms += ms;
            hour.longest = hour.longest.max(*longest);
        }
        for (cell, ms) in sums.line.also_open(open) {
            self.0.entry(cell).or_default().in_line_ms += ms;
        }
    }

    /// By weekday and hour, and by hour alone.
    fn rows(self, open: &BTreeSet<i32>, lengths: &Lengths) -> (Vec<HourCell>, Vec<HourOfDay>) {
        let mut days: BTreeMap<u8, Vec<i32>> = BTreeMap::new();
        for day in open {
            let weekday = u8::try_from(iso_weekday(*day)).unwrap_or(0);
            days.entry(weekday).or_default().push(*day);
        }
        let mean = |ms: u64, hour: u8, days: &mut dyn Iterator<Item = &i32>| {
            let length: i64 = days.map(|day| lengths.get(*day, hour)).sum();
            ratio(ms, u64::try_from(length).unwrap_or(0))
        };
        let mut by_hour: BTreeMap<u8, Vec<(Hour<'_>, Cow<'_, Histogram>)>> = BTreeMap::new();
        let mut cells = Vec::with_capacity(self.0.len());
        for ((weekday, hour), sums) in self.0 {
            // Of one location there is one histogram, which need not be copied.
            let waits = match sums.waits.as_slice() {
                [one] => Cow::Borrowed(*one),
                many => Cow::Owned(Histogram::sum(many.iter().copied())),
            };
            let spread = waits.spread([P50, P90]);
            let mine = days.get(&weekday).map_or(&[][..], Vec::as_slice);
            cells.push(HourCell {
                weekday,
                hour,
                tickets: sums.tickets,
                waits: waits.len(),
                wait_p50_s: spread.map(|spread| quantile(spread, 0)),
                wait_p90_s: spread.map(|spread| quantile(spread, 1)),
                line_mean: mean(sums.in_line_ms, hour, &mut mine.iter()),
                line_max: sums.longest,
                open_days: mine.len() as u64,
            });
            by_hour.entry(hour).or_default().push((sums, waits));
        }
        let hour = |(hour, sums): (u8, Vec<(Hour<'_>, Cow<'_, Histogram>)>)| {
            let waits = Histogram::sum(sums.iter().map(|(_, waits)| waits.as_ref()));
            let spread = waits.spread([P50, P90]);
            let in_line_ms = sums.iter().map(|(sums, _)| sums.in_line_ms).sum();
            HourOfDay {
                hour,
                tickets: sums.iter().map(|(sums, _)| sums.tickets).sum(),
                waits: waits.len(),
                wait_p50_s: spread.map(|spread| quantile(spread, 0)),
                wait_p90_s: spread.map(|spread| quantile(spread, 1)),
                line_mean: mean(in_line_ms, hour, &mut open.iter()),
                line_max: sums.iter().map(|(sums, _)| sums.longest).max().unwrap_or(0),
                open_days: open.len() as u64,
            }
        };
        (cells, by_hour.into_iter().map(hour).collect())
    }
}

fn lost_rows(all: &[&LocationSums]) -> Vec<LostRow> {
    // In the order of what is printed.
    let mut sums: BTreeMap<(&'static str, &str, Option<(&'static str, _)>), u64> = BTreeMap::new();
    for ((outcome, ticket_type, lead), count) in all.iter().flat_map(|sums| &sums.lost) {
        let name = Outcome::ALL.get(usize::from(*outcome)).map_or("", |outcome| outcome.name());
        let band = lead.map(|lead| (lead_band(lead).map_or("", |band| band.label), lead));
        *sums.entry((name, ticket_type, band)).or_default() += count;
    }
    let row = |((outcome, ticket_type, band), tickets): ((_, &str, Option<(_, u8)>), _)| LostRow {
        outcome,
        ticket_type: ticket_type.to_owned(),
        lead: band.map(|(_, lead)| lead),
        tickets,
    };
    sums.into_iter().map(row).collect()
}

/// Lengths of the hours of the days of some locations with one clock.
pub(super) fn lengths_of<'s>(
    clock: Clock,
    sums: impl Iterator<Item = &'s LocationSums>,
) -> Result<Lengths, MetricError> {
    let span = sums.filter_map(LocationSums::day_span).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    span.map_or_else(|| Ok(Lengths::default()), |span| Lengths::of(clock, span))
}

#[cfg(test)]
#[path = "section_tests.rs"]
mod tests;
