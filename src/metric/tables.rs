//! The CSV tables of an organization: which columns each has, and which typed values stand in its rows.

use chrono::{Months, NaiveDate};

use crate::calendar::week_end;
use crate::dataframe::{LeadBand, lead_band};

use super::cell::{Cell, Kind};
use super::group::ratio;
use super::measure::{Figures, MEASURES};
use super::section::{LocationSection, Section};
use super::sections::Sections;
use super::table::{Sink, Table};

/// What is told of an hour, of one weekday or of all.
pub(super) const HOUR: [(&str, Kind); 8] = [
    ("hour", Kind::Count),
    ("tickets", Kind::Count),
    ("waits", Kind::Count),
    ("wait_p50_s", Kind::Seconds),
    ("wait_p90_s", Kind::Seconds),
    ("line_mean", Kind::Mean),
    ("line_max", Kind::Count),
    ("open_days", Kind::Count),
];

impl Sections {
    /// Every table that is made from tickets, in the order of the documentation.
    #[must_use]
    pub fn tables(&self) -> Vec<Table<'_>> {
        vec![
            self.whole(),
            self.daily(),
            self.weekly(),
            self.monthly(),
            self.segments(),
            self.hourly(),
            self.totals(),
            self.of_groups(),
            self.cancellations(),
            self.ratings(),
            self.ratings_by_wait(),
            self.wait_histogram(),
            self.ratings_by_wait_trend(),
            self.curves(),
            self.changes(),
            self.funnel(),
            self.control(),
            self.hours(),
        ]
    }

    /// A table of rows by location: `rows` hands over what follows the three columns that name the location.
    pub(super) fn by_location<'t>(
        &'t self,
        file: &'static str,
        columns: Vec<(&'static str, Kind)>,
        rows: impl Fn(&LocationSection, &mut Sink<'_>) + Send + Sync + 't,
    ) -> Table<'t> {
        let keys = ["organization", "location", "location_id"].map(|name| (name, Kind::Text));
        let columns = keys.into_iter().chain(columns).collect();
        Table::new(file, columns, move |sink| {
            for location in &self.locations {
                let keys = [&self.organization, &location.name, &location.id];
                let keys = keys.map(|text| Cell::Text(text));
                rows(location, &mut |rest| {
                    let mut row = Vec::with_capacity(keys.len() + rest.len());
                    row.extend(keys);
                    row.extend_from_slice(rest);
                    sink(&row);
                });
            }
        })
    }

    /// `locations.csv`: the whole window.
    fn whole(&self) -> Table<'_> {
        self.by_location("locations.csv", with_summary(&[], &[]), |location, sink| {
            summary_row(&[], &location.section.figures, &[], sink);
        })
    }

    /// `daily.csv`.
    fn daily(&self) -> Table<'_> {
        let columns = with_summary(&[("service_date", Kind::Date)], &[COMPLETE]);
        self.by_location("daily.csv", columns, move |location, sink| {
            for (date, figures) in &location.section.daily {
                let complete = self.complete(location.last_whole, date.map(|date| (date, date)));
                summary_row(&[Cell::date(*date)], figures, &[complete], sink);
            }
        })
    }

    /// `weekly.csv`. Weeks that do not begin on Monday have no ISO name, only their first day.
    fn weekly(&self) -> Table<'_> {
        let columns = with_summary(&[("iso_week", Kind::Text)], &[COMPLETE, FROM]);
        self.by_location("weekly.csv", columns, move |location, sink| {
            for (first, figures) in &location.section.weekly {
                let name = first.and_then(|first| self.week_starts_on.iso_name(first));
                let complete = self.complete(location.last_whole, first.and_then(week_of));
                let last = [complete, Cell::date(*first)];
                summary_row(&[Cell::text(name.as_deref())], figures, &last, sink);
            }
        })
    }

    /// `monthly.csv`.
    fn monthly(&self) -> Table<'_> {
        let columns = with_summary(&[("month", Kind::Text)], &[COMPLETE, FROM]);
        self.by_location("monthly.csv", columns, move |location, sink| {
            for (first, figures) in &location.section.monthly {
                let name = first.map(|first| first.format("%Y-%m").to_string());
                let complete = self.complete(location.last_whole, first.and_then(month_of));
                let last = [complete, Cell::date(*first)];
                summary_row(&[Cell::text(name.as_deref())], figures, &last, sink);
            }
        })
    }

    /// `segments.csv`.
    fn segments(&self) -> Table<'_> {
        let keys = [("dimension", Kind::Text), ("value", Kind::Text)];
        self.by_location("segments.csv", with_summary(&keys, &[]), |location, sink| {
            for segment in &location.section.segments {
                let keys = [Cell::Text(segment.dimension.name()), Cell::Text(&segment.value)];
                summary_row(&keys, &segment.figures, &[], sink);
            }
        })
    }

    /// `totals.csv`: all locations of the organization together. They stand in a file of their own, so that a sum over another
    /// file counts nobody twice.
    fn totals(&self) -> Table<'_> {
        let keys = [
            ("organization", Kind::Text),
            ("grain", Kind::Text),
            ("from", Kind::Date),
            ("to", Kind::Date),
        ];
        Table::new("totals.csv", with_summary(&keys, &[COMPLETE]), move |sink| {
            let mut row = |grain, span: Option<(NaiveDate, NaiveDate)>, figures: &Figures| {
                let (from, to) = (span.map(|span| span.0), span.map(|span| span.1));
                let keys = [Cell::Text(&self.organization), Cell::Text(grain)];
                let keys = [keys, [Cell::date(from), Cell::date(to)]].concat();
                summary_row(&keys, figures, &[self.complete(self.last_whole, span)], sink);
            };
            let Section { figures, daily, weekly, .. } = &self.all;
            for (date, figures) in daily {
                row("day", date.map(|date| (date, date)), figures);
            }
            for (first, figures) in weekly {
                row("week", first.and_then(week_of), figures);
            }
            row("window", self.span(), figures);
        })
    }

    /// `hourly.csv`.
    fn hourly(&self) -> Table<'_> {
        let columns = [&[("weekday", Kind::Count)], &HOUR[..]].concat();
        self.by_location("hourly.csv", columns, |location, sink| {
            for hour in &location.section.hourly {
                sink(&[
                    Cell::Count(hour.weekday.into()),
                    Cell::Count(hour.hour.into()),
                    Cell::Count(hour.tickets),
                    Cell::Count(hour.waits),
                    Cell::number(hour.wait_p50_s),
                    Cell::number(hour.wait_p90_s),
                    Cell::number(hour.line_mean),
                    Cell::Count(hour.line_max),
                    Cell::Count(hour.open_days),
                ]);
            }
        })
    }

    /// `cancellations.csv`: closed tickets that were not served.
    fn cancellations(&self) -> Table<'_> {
        let columns = vec![
            ("outcome", Kind::Text),
            ("ticket_type", Kind::Text),
            ("lead_band", Kind::Text),
            ("lead_unknown_because", Kind::Text),
            ("tickets", Kind::Count),
        ];
        self.by_location("cancellations.csv", columns, |location, sink| {
            for lost in &location.section.lost {
                let band: Option<&LeadBand> = lost.lead.and_then(lead_band);
                sink(&[
                    Cell::Text(lost.outcome),
                    Cell::Text(&lost.ticket_type),
                    Cell::text(band.map(|band| band.label)),
                    Cell::text(band.and_then(|band| band.unknown_because)),
                    Cell::Count(lost.tickets),
                ]);
            }
        })
    }

    /// `ratings.csv`: ratings by value, for whoever has at least one that is shown.
    fn ratings(&self) -> Table<'_> {
        let columns =
            vec![("value", Kind::Count), ("ratings", Kind::Count), ("share", Kind::Share)];
        self.by_location("ratings.csv", columns, |location, sink| {
            let values = &location.section.ratings;
            let all = values.iter().map(|(_, n)| n).sum();
            for (value, n) in values {
                sink(&[Cell::Count(*value), Cell::Count(*n), Cell::number(ratio(*n, all))]);
            }
        })
    }

    /// `wait_histogram.csv`: minutes without a wait have no row.
    fn wait_histogram(&self) -> Table<'_> {
        let columns = vec![("minute", Kind::Count), ("waits", Kind::Count)];
        self.by_location("wait_histogram.csv", columns, |location, sink| {
            for (minute, waits) in &location.section.histogram {
                sink(&[Cell::Count((*minute).into()), Cell::Count(*waits)]);
            }
        })
    }

    /// Whether days are over and in the window as a whole; missing for tickets whose day is not known.
    fn complete(
        &self,
        last_whole: Option<NaiveDate>,
        days: Option<(NaiveDate, NaiveDate)>,
    ) -> Cell<'static> {
        let Some((first, last)) = days else { return Cell::Missing };
        let (from, to) = self.window;
        let is_inside = from.is_none_or(|from| from <= first) && to.is_none_or(|to| last <= to);
        Cell::Truth(is_inside && last_whole.is_some_and(|whole| last <= whole))
    }

    /// First and last date of the window: as asked for, else those of the tickets.
    fn span(&self) -> Option<(NaiveDate, NaiveDate)> {
        let (from, to) = self.window;
        let (first, last) = (self.dates.map(|dates| dates.0), self.dates.map(|dates| dates.1));
        from.or(first).zip(to.or(last))
    }
}

/// Whether the days of a row are over.
const COMPLETE: (&str, Kind) = ("complete", Kind::Truth);
/// First day of a week or month.
const FROM: (&str, Kind) = ("from", Kind::Date);

/// The summary columns between others.
pub(super) fn with_summary(
    before: &[(&'static str, Kind)],
    after: &[(&'static str, Kind)],
) -> Vec<(&'static str, Kind)> {
    let summary = MEASURES.iter().map(|measure| (measure.name, measure.kind));
    before.iter().copied().chain(summary).chain(after.iter().copied()).collect()
}

/// Hands over the summary cells between others.
pub(super) fn summary_row(
    before: &[Cell<'_>],
    figures: &Figures,
    after: &[Cell<'_>],
    sink: &mut Sink<'_>,
) {
    let summary = MEASURES.iter().map(|measure| (measure.of)(figures));
    let row: Vec<Cell<'_>> =
        before.iter().copied().chain(summary).chain(after.iter().copied()).collect();
    sink(&row);
}

/// The week that begins on a day.
fn week_of(first: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    Some((first, week_end(first)?))
}

/// The month that begins on a day.
fn month_of(first: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    Some((first, first.checked_add_months(Months::new(1))?.pred_opt()?))
}
