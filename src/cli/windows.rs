//! The windows of the nightly reports: from what `[[nightly.report]]` says to first and last days.

use std::collections::BTreeSet;

use crate::job::{NamedWindow, Wanted};
use crate::report::text::logged;

use super::config::ReportWindow;
use super::dates::{Limits, Today};
use super::failure::{Exit, Failure};

/// The windows of the configuration, or the usual ones.
pub(super) fn windows(asked: &[ReportWindow], today: Today) -> Result<Vec<NamedWindow>, Failure> {
    let usual;
    let asked = if asked.is_empty() {
        usual = usual_windows();
        &usual
    } else {
        asked
    };
    let mut names = BTreeSet::new();
    asked
        .iter()
        .map(|window| {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            let name = &window.name;
            if name.is_empty() || !name.chars().all(plain) || !names.insert(name) {
                return Err(bad(window, "has no name of its own")
                    .hint("its name is that of a folder: small letters, digits and `-`"));
            }
            let (from, to) = limits(window, today)?;
            Ok(NamedWindow { name: name.clone(), wanted: Wanted { from, to, only: None } })
        })
        .collect()
}

/// The windows of a configuration that names none.
fn usual_windows() -> Vec<ReportWindow> {
    let named = |name: &str| ReportWindow { name: name.to_owned(), ..ReportWindow::default() };
    vec![
        ReportWindow { days: Some(28), ..named("last-28-days") },
        ReportWindow { month_to_date: true, ..named("month-to-date") },
        ReportWindow { all: true, ..named("all") },
    ]
}

/// First and last day of a window.
fn limits(window: &ReportWindow, today: Today) -> Result<Limits, Failure> {
    let fixed = window.from.is_some() || window.to.is_some();
    let kinds = [
        window.days.is_some_and(|days| days > 0),
        window.week_to_date,
        window.last_week,
        window.month_to_date,
        window.last_month,
        window.all,
        fixed,
    ];
    if kinds.into_iter().filter(|is_asked| *is_asked).count() != 1 || window.days == Some(0) {
        return Err(bad(window, "has no window, or more than one").hint(
            "give it one of `days = 28`, `week_to_date = true`, `last_week = true`, `month_to_date = true`, `last_month = true`, `all = true`, or `from = \"2021-02-01\"` and `to = \"2021-02-28\"`, or one of the two",
        ));
    }
    if fixed {
        let [from, to] = [&window.from, &window.to].map(|day| day.as_ref().map(|day| day.text()));
        let name = logged(&window.name);
        let names = ["from", "to"].map(|key| format!("`{key}` of the nightly report `{name}`"));
        return today.window(from.as_deref(), to.as_deref(), (&names[0], &names[1]));
    }
    let span = match window.days {
        // More days than the calendar has before the run are all of them.
        Some(days) => return Ok((today.last_days(days).map(|span| span.0), Some(today.yesterday))),
        None if window.week_to_date => Some(today.week_to_date()),
        None if window.last_week => today.last_week(),
        None if window.month_to_date => today.month_to_date(),
        None if window.last_month => today.last_month(),
        None => return Ok((None, None)),
    };
    let (from, to) = span.ok_or_else(|| bad(window, "lies outside the calendar"))?;
    Ok((Some(from), Some(to)))
}

fn bad(window: &ReportWindow, what: &str) -> Failure {
    Failure::new(Exit::Usage, format!("the nightly report `{}` {what}", logged(&window.name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::WeekStart;
    use crate::cli::day::Day;

    /// The windows of a run on 1 April 2021, a Thursday, where weeks begin on Sunday.
    fn of(asked: &[ReportWindow]) -> Result<Vec<[String; 2]>, Failure> {
        let today =
            Today::new("2021-04-01".parse().unwrap(), WeekStart::parse("Sunday").unwrap()).unwrap();
        let dates = |window: NamedWindow| {
            let Wanted { from, to, .. } = window.wanted;
            [from, to].map(|date| date.map(|date| date.to_string()).unwrap_or_default())
        };
        Ok(windows(asked, today)?.into_iter().map(dates).collect())
    }

    fn named(name: &str) -> ReportWindow {
        ReportWindow { name: name.to_owned(), ..ReportWindow::default() }
    }

    fn text(text: &str) -> Option<Day> {
        Some(Day::Text(text.to_owned()))
    }

    #[test]
    fn windows_end_before_the_day_of_the_run() {
        let usual = of(&[]).unwrap();
        assert_eq!(usual[0], ["2021-03-04", "2021-03-31"]);
        assert_eq!(usual[1], ["2021-03-01", "2021-03-31"]);
        assert_eq!(usual[2], ["", ""]);
        let named = [
            ReportWindow { last_month: true, ..named("a") },
            ReportWindow { last_week: true, ..named("b") },
            ReportWindow { week_to_date: true, ..named("c") },
            ReportWindow { days: Some(u32::MAX), ..named("d") },
        ];
        let windows = of(&named).unwrap();
        assert_eq!(windows[0], ["2021-03-01", "2021-03-31"]);
        assert_eq!(windows[1], ["2021-03-21", "2021-03-27"]);
        assert_eq!(windows[2], ["2021-03-28", "2021-03-31"]);
        assert_eq!(windows[3], ["", "2021-03-31"]);
    }

    #[test]
    fn fixed_windows_may_be_open_on_one_side() {
        let date = |text: &str| Some(Day::Date(text.parse().unwrap()));
        let fixed = [
            ReportWindow { from: text("2021-02-01"), to: text("2021-02-28"), ..named("a") },
            ReportWindow { from: date("2021-02-01"), to: date("2021-02-28"), ..named("b") },
            ReportWindow { from: text("2021-02"), ..named("c") },
            ReportWindow { to: text("2021-02"), ..named("d") },
            ReportWindow { from: text("last-week"), to: text("yesterday"), ..named("e") },
            ReportWindow { from: text("2031-01-01"), ..named("f") },
        ];
        let expected = [
            ["2021-02-01", "2021-02-28"],
            ["2021-02-01", "2021-02-28"],
            ["2021-02-01", ""],
            ["", "2021-02-28"],
            ["2021-03-21", "2021-03-31"],
            ["2031-01-01", ""],
        ];
        assert_eq!(of(&fixed).unwrap(), expected);
        for (from, to) in
            [("2021-03-01", "2021-02-28"), ("2021-02-30", "2021-03-01"), ("soon", "2021-03-01")]
        {
            let failure =
                of(&[ReportWindow { from: text(from), to: text(to), ..named("one") }]).unwrap_err();
            assert_eq!(failure.exit, Exit::Usage);
            assert!(failure.text().contains("`one`"), "{}", failure.text());
        }
        let hour = ReportWindow { from: date("2021-02-01T00:00:00Z"), ..named("a") };
        assert_eq!(of(&[hour]).unwrap_err().exit, Exit::Usage);
    }

    #[test]
    fn a_window_is_one_of_its_kinds() {
        for bad in [
            named("a"),
            ReportWindow { days: Some(0), ..named("a") },
            ReportWindow { days: Some(0), all: true, ..named("a") },
            ReportWindow { days: Some(1), month_to_date: true, ..named("a") },
            ReportWindow { month_to_date: true, all: true, ..named("a") },
            ReportWindow { last_month: true, last_week: true, ..named("a") },
            ReportWindow { last_month: true, from: text("2021-02-01"), ..named("a") },
            ReportWindow { all: true, ..named("../a") },
            ReportWindow { all: true, ..named("") },
        ] {
            assert_eq!(of(&[bad]).unwrap_err().exit, Exit::Usage);
        }
        let twice = [
            ReportWindow { days: Some(1), ..named("a") },
            ReportWindow { days: Some(2), ..named("a") },
        ];
        assert!(of(&twice).unwrap_err().text().contains("`a` has no name of its own"));
    }
}
