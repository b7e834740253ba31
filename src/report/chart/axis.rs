//! A time axis: dates to pixels, and round dates as ticks.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::canvas::WIDTH;

/// Left end of the axis, pixels.
pub(super) const LEFT: f64 = 70.0;

/// Dates to pixels.
pub(super) struct Axis {
    first: NaiveDate,
    days: i64,
    /// Pixels a day.
    pub(super) step: f64,
    /// Width of a bar, pixels.
    pub(super) bar: f64,
}

impl Axis {
    pub(super) fn of(first: NaiveDate, last: NaiveDate, by_week: bool) -> Self {
        let days = (last - first).num_days();
        let slot_days = if by_week { 7 } else { 1 };
        #[expect(clippy::cast_precision_loss, reason = "days of a report")]
        let slots = (days / slot_days + 1) as f64;
        let slot = (WIDTH - LEFT - 30.0) / slots;
        #[expect(clippy::cast_precision_loss, reason = "1 or 7")]
        let step = slot / slot_days as f64;
        Self { first, days, step, bar: (slot * 0.7).clamp(1.0, 40.0) }
    }

    /// Middle of a date's slot.
    pub(super) fn x(&self, date: NaiveDate) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "days of a report")]
        let days = (date - self.first).num_days() as f64;
        let slots_start = LEFT + 10.0;
        slots_start + days * self.step + self.bar / 1.4
    }

    /// Mondays or first days of months, as many as fit.
    pub(super) fn ticks(&self) -> Vec<NaiveDate> {
        let all = (0..=self.days)
            .filter_map(|n| self.first.checked_add_days(Days::new(u64::try_from(n).ok()?)));
        let wanted: Vec<NaiveDate> = if self.days <= 9 {
            all.collect()
        } else if self.days <= 70 {
            all.filter(|d| d.weekday() == Weekday::Mon).collect()
        } else {
            let every = u32::try_from(self.days / 400 + 1).unwrap_or(1);
            all.filter(|d| d.day() == 1 && d.month0().is_multiple_of(every)).collect()
        };
        // Never closer than a label is wide.
        let mut ticks: Vec<NaiveDate> = Vec::new();
        for date in wanted {
            if ticks.last().is_none_or(|last| self.x(date) - self.x(*last) > 52.0) {
                ticks.push(date);
            }
        }
        ticks
    }
}
