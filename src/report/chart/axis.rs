//! The time axis: maps dates to pixels and chooses the labelled dates.

use chrono::{Datelike, Days, NaiveDate};

use crate::calendar::WeekStart;

use super::canvas::WIDTH;

/// Left end of the plots, pixels.
pub(super) const LEFT: f64 = 78.0;
/// Right end of the plots.
pub(super) const RIGHT: f64 = WIDTH - 20.0;
/// Smallest distance between two tick labels, pixels.
const LABEL: f64 = 66.0;
/// Longest span whose ticks are days or first days of weeks, days.
const WEEKS_SHOWN: i64 = 70;

/// Maps dates to pixels.
pub(super) struct Axis {
    first: NaiveDate,
    days: i64,
    slot: f64,
    step: f64,
    week_starts_on: WeekStart,
    /// Width of a bar.
    pub(super) bar: f64,
}

impl Axis {
    /// From the first to the last date; a slot is a day or a week.
    pub(super) fn of(
        (first, last): (NaiveDate, NaiveDate),
        by_week: bool,
        week_starts_on: WeekStart,
    ) -> Self {
        let days = (last - first).num_days();
        let slot_days = if by_week { 7 } else { 1 };
        #[expect(clippy::cast_precision_loss, reason = "days of a report")]
        let slots = (days / slot_days + 1) as f64;
        let slot = (RIGHT - LEFT - 10.0) / slots;
        #[expect(clippy::cast_precision_loss, reason = "1 or 7")]
        let step = slot / slot_days as f64;
        Self { first, days, slot, step, week_starts_on, bar: (slot * 0.7).clamp(1.0, 40.0) }
    }

    /// Middle of a date's slot.
    pub(super) fn x(&self, date: NaiveDate) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "days of a report")]
        let days = (date - self.first).num_days() as f64;
        LEFT + 5.0 + days * self.step + self.slot / 2.0
    }

    /// Whether slots are wide enough for full markers.
    pub(super) fn is_wide(&self) -> bool {
        self.slot > 12.0
    }

    /// The ticks with their labels: days, first days of weeks or of months, never closer than a label is wide.
    pub(super) fn ticks(&self) -> Vec<(NaiveDate, String)> {
        let all = (0..=self.days)
            .filter_map(|n| self.first.checked_add_days(Days::new(u64::try_from(n).ok()?)));
        if self.days <= WEEKS_SHOWN {
            let name = |date: NaiveDate| (date, date.format("%-d %b").to_string());
            return if self.step >= LABEL {
                all.map(name).collect()
            } else {
                all.filter(|date| self.week_starts_on.begins_on(*date)).map(name).collect()
            };
        }
        let month = self.step * 30.4;
        let every = [1, 2, 3, 4, 6, 12, 24, 60, 120]
            .into_iter()
            .find(|n| f64::from(*n) * month >= LABEL)
            .unwrap_or(240);
        let months = |date: NaiveDate| date.year() * 12 + i32::try_from(date.month0()).unwrap_or(0);
        all.filter(|date| date.day() == 1 && months(*date) % every == 0)
            .filter(|date| self.x(*date) + LABEL / 2.0 <= WIDTH)
            .enumerate()
            .map(|(at, date)| {
                // The year, where it changes.
                let form = if at == 0 || date.month() == 1 { "%b %Y" } else { "%b" };
                (date, date.format(form).to_string())
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_regular_and_apart() {
        let first = NaiveDate::from_ymd_opt(2021, 3, 3).unwrap();
        for (days, by_week, expected) in [
            (0, false, "3 Mar"),
            (1, false, "3 Mar|4 Mar"),
            (27, false, "8 Mar|15 Mar|22 Mar|29 Mar"),
            (100, true, "Apr 2021|May|Jun"),
            (900, true, "Apr 2021|Jul|Oct|Jan 2022|Apr|Jul|Oct|Jan 2023|Apr|Jul"),
        ] {
            let last = first.checked_add_days(Days::new(days)).unwrap();
            let axis = Axis::of((first, last), by_week, WeekStart::default());
            let ticks = axis.ticks();
            let labels: Vec<&str> = ticks.iter().map(|(_, label)| label.as_str()).collect();
            assert_eq!(labels.join("|"), expected, "{days}");
        }
        let last = first.checked_add_days(Days::new(27)).unwrap();
        let axis = Axis::of((first, last), false, WeekStart::parse("Sunday").unwrap());
        let labels: Vec<String> = axis.ticks().into_iter().map(|(_, label)| label).collect();
        assert_eq!(labels, ["7 Mar", "14 Mar", "21 Mar", "28 Mar"]);
        for days in (0..62).chain((63..8_001).step_by(42)) {
            let last = first.checked_add_days(Days::new(days)).unwrap();
            let axis = Axis::of((first, last), days > 62, WeekStart::default());
            let xs: Vec<f64> = axis.ticks().iter().map(|(date, _)| axis.x(*date)).collect();
            assert!(xs.windows(2).all(|pair| pair[1] - pair[0] > 55.0), "{days}");
            assert!(axis.x(last) <= RIGHT && axis.x(first) >= LEFT, "{days}");
        }
    }
}
