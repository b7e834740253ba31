//! Days as people write them: `2021-03-01`, `2021-02`, `2021-W09`, `last-month`. Every form names a span of days, so that
//! `--from` takes its first day and `--to` its last. Words are relative to the day of the run.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::calendar::{WeekStart, week_end};
use crate::job::Plan;
use crate::report::text::logged;

use super::failure::{Exit, Failure};

/// A first and a last day.
type Span = (NaiveDate, NaiveDate);

/// First and last day of a window; `None` has no limit.
pub(super) type Limits = (Option<NaiveDate>, Option<NaiveDate>);

/// The day of the run, in the zone of the configuration, and on which weekday weeks begin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Today {
    day: NaiveDate,
    /// The day before: the last one that is whole.
    pub(super) yesterday: NaiveDate,
    week_starts_on: WeekStart,
}

impl Today {
    /// The day of a run.
    pub(super) fn of(plan: &Plan) -> Result<Self, Failure> {
        let day = plan.default_clock().local(plan.waits.as_of).map(|local| local.date);
        day.and_then(|day| Self::new(day, plan.rules.week_starts_on)).ok_or_else(|| {
            Failure::new(Exit::Usage, "the instant of the run lies outside the calendar")
        })
    }

    /// This day; `None` if it is the first of the calendar.
    pub(super) fn new(day: NaiveDate, week_starts_on: WeekStart) -> Option<Self> {
        Some(Self { day, yesterday: day.pred_opt()?, week_starts_on })
    }

    /// The last whole month.
    pub(super) fn last_month(self) -> Option<Span> {
        month(self.day.with_day(1)?.pred_opt()?)
    }

    /// The last whole week.
    pub(super) fn last_week(self) -> Option<Span> {
        let first = self.week_starts_on.first_of(self.day).checked_sub_days(Days::new(7))?;
        Some((first, week_end(first)?))
    }

    /// The week of the day before the run, up to that day.
    pub(super) fn week_to_date(self) -> Span {
        (self.week_starts_on.first_of(self.yesterday), self.yesterday)
    }

    /// The month of the day before the run, up to that day.
    pub(super) fn month_to_date(self) -> Option<Span> {
        Some((self.yesterday.with_day(1)?, self.yesterday))
    }

    /// The last days before the run, so many; `None` if they reach out of the calendar.
    pub(super) fn last_days(self, days: u32) -> Option<Span> {
        let before = u64::from(days).checked_sub(1)?;
        Some((self.yesterday.checked_sub_days(Days::new(before))?, self.yesterday))
    }

    /// The window between two texts: from the first day of one to the last day of the other, both included. `names` are the
    /// options or keys they were given as.
    pub(super) fn window(
        self,
        from: Option<&str>,
        to: Option<&str>,
        names: (&str, &str),
    ) -> Result<Limits, Failure> {
        let from = from.map(|text| self.span(text, names.0)).transpose()?.map(|span| span.0);
        let to = to.map(|text| self.span(text, names.1)).transpose()?.map(|span| span.1);
        match (from, to) {
            (Some(first), Some(last)) if first > last => Err(Failure::new(
                Exit::Usage,
                format!("the window ends ({last}) before it begins ({first})"),
            )
            .hint(format!("give {} a date that is not after {}", names.0, names.1))),
            _ => Ok((from, to)),
        }
    }

    /// The days that a text names.
    fn span(self, text: &str, name: &str) -> Result<Span, Failure> {
        self.parse(&text.trim().to_ascii_lowercase()).ok_or_else(|| {
            Failure::new(Exit::Usage, format!("{name} names no day: `{}`", logged(text))).hint(
                "use a day (2021-03-01), a month (2021-02), an ISO week (2021-W09), or today, yesterday, last-week or last-month",
            )
        })
    }

    fn parse(self, text: &str) -> Option<Span> {
        match text.replace('_', "-").as_str() {
            "today" => return Some((self.day, self.day)),
            "yesterday" => return Some((self.yesterday, self.yesterday)),
            "last-week" => return self.last_week(),
            "last-month" => return self.last_month(),
            _ => {}
        }
        // A year has four digits: `21-03-01` is no day of the year 21, but a slip.
        let (year, rest) = text.split_once('-').filter(|(year, _)| year.len() == 4)?;
        let year: i32 = digits(year)?.try_into().ok()?;
        if let Some(week) = rest.strip_prefix('w') {
            let first = NaiveDate::from_isoywd_opt(year, digits(week)?, Weekday::Mon)?;
            return Some((first, week_end(first)?));
        }
        let Some((of_year, of_month)) = rest.split_once('-') else {
            return month(NaiveDate::from_ymd_opt(year, digits(rest)?, 1)?);
        };
        let day = NaiveDate::from_ymd_opt(year, digits(of_year)?, digits(of_month)?)?;
        Some((day, day))
    }
}

/// A number written with digits alone.
fn digits(text: &str) -> Option<u32> {
    text.bytes().all(|c| c.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The month of a day.
fn month(day: NaiveDate) -> Option<Span> {
    let first = day.with_day(1)?;
    Some((first, first.checked_add_months(chrono::Months::new(1))?.pred_opt()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// A run on this day.
    fn run(text: &str, weekday: &str) -> Today {
        Today::new(day(text), WeekStart::parse(weekday).unwrap()).unwrap()
    }

    /// What an error says is understood.
    const FORMS: [&str; 7] = [
        "(2021-03-01)",
        "(2021-02)",
        "(2021-W09)",
        "today",
        "yesterday",
        "last-week",
        "last-month",
    ];

    #[test]
    fn what_the_error_names_is_understood() {
        let today = run("2021-03-17", "Monday");
        for form in FORMS {
            assert!(today.span(form.trim_matches(['(', ')']), "--from").is_ok(), "{form}");
        }
    }

    #[test]
    fn every_form_is_a_span() {
        let today = run("2021-03-17", "Monday");
        for (text, from, to) in [
            ("2021-03-01", "2021-03-01", "2021-03-01"),
            (" 2021-3-1 ", "2021-03-01", "2021-03-01"),
            ("2021-02", "2021-02-01", "2021-02-28"),
            ("2020-02", "2020-02-01", "2020-02-29"),
            ("2021-12", "2021-12-01", "2021-12-31"),
            ("2021-W09", "2021-03-01", "2021-03-07"),
            ("2020-w53", "2020-12-28", "2021-01-03"),
            ("2021-W01", "2021-01-04", "2021-01-10"),
            ("today", "2021-03-17", "2021-03-17"),
            ("Yesterday", "2021-03-16", "2021-03-16"),
            ("last-week", "2021-03-08", "2021-03-14"),
            ("last_month", "2021-02-01", "2021-02-28"),
        ] {
            assert_eq!(today.span(text, "--from").unwrap(), (day(from), day(to)), "{text}");
        }
        for bad in [
            "",
            "-",
            "2021",
            "2021-",
            "2021-13",
            "2021-00",
            "2021-02-29",
            "2021-02-30",
            "2021-02-00",
            "21-03-01",
            "02021-03-01",
            "2021-W53",
            "2021-W60",
            "2021-W00",
            "2021-W",
            "2021-W9-1",
            "2021/03/01",
            "01.03.2021",
            "2021-03-01T00:00:00Z",
            "2021--1",
            "2021-+3",
            "2021-03-+1",
            "+2021-03-01",
            "tomorrow",
            "last-year",
            "next-week",
            "last month",
            "２０２１-03",
            "2021-99999999999",
        ] {
            let failure = today.span(bad, "--from").unwrap_err();
            assert_eq!(failure.exit, Exit::Usage, "{bad}");
            let text = failure.text();
            for form in FORMS.iter().chain(&["--from"]) {
                assert!(text.contains(form), "{form}: {text}");
            }
        }
    }

    #[test]
    fn words_name_whole_months_and_weeks_before_the_day_of_the_run() {
        let mut date = day("2019-12-01");
        while date < day("2021-03-05") {
            for start in WeekStart::all() {
                let today = Today::new(date, start).unwrap();
                let (from, to) = today.last_week().unwrap();
                assert!(start.begins_on(from) && (to - from).num_days() == 6, "{date}");
                // The next whole week is not over yet.
                assert!(to < date && (date - to).num_days() <= 7, "{date}");
                let (from, to) = today.week_to_date();
                assert!(
                    start.begins_on(from) && from <= to && to.succ_opt() == Some(date),
                    "{date}"
                );
                assert!((to - from).num_days() < 7, "{date}");
                let (from, to) = today.last_month().unwrap();
                assert_eq!(
                    (from.day(), to.succ_opt().map(|next| next.day())),
                    (1, Some(1)),
                    "{date}"
                );
                assert!(
                    (to - from).num_days() < 31 && to < date && (date - to).num_days() <= 31,
                    "{date}"
                );
                let (from, to) = today.month_to_date().unwrap();
                assert!(
                    from.day() == 1 && from.month() == to.month() && to.succ_opt() == Some(date)
                );
                assert_eq!(today.last_days(1), Some((to, to)));
            }
            date = date.succ_opt().unwrap();
        }
        assert_eq!(
            run("2021-03-14", "Sunday").last_week(),
            Some((day("2021-03-07"), day("2021-03-13")))
        );
        assert_eq!(
            run("2021-03-13", "Sunday").last_week(),
            Some((day("2021-02-28"), day("2021-03-06")))
        );
        assert_eq!(
            run("2021-03-01", "Monday").last_month(),
            Some((day("2021-02-01"), day("2021-02-28")))
        );
    }

    #[test]
    fn a_window_has_its_ends_in_order() {
        let today = run("2021-03-17", "Monday");
        let window = |from, to| today.window(from, to, ("--from", "--to"));
        assert_eq!(window(None, None).unwrap(), (None, None));
        assert_eq!(
            window(Some("2021-01"), Some("2021-02")).unwrap(),
            (Some(day("2021-01-01")), Some(day("2021-02-28")))
        );
        assert_eq!(window(None, Some("2021-W09")).unwrap(), (None, Some(day("2021-03-07"))));
        assert_eq!(
            window(Some("2021-03-01"), Some("2021-03-01")).unwrap(),
            (Some(day("2021-03-01")), Some(day("2021-03-01")))
        );
        let failure = window(Some("today"), Some("yesterday")).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.text().contains("ends (2021-03-16) before it begins (2021-03-17)"));
        // `--to` beyond the calendar is told, not taken for no limit.
        assert!(window(None, Some("9999-99-99")).is_err());
    }
}
