//! The part of some rows that lies in a window.

use chrono::NaiveDate;
use polars::prelude::{BooleanChunked, DataFrame, NewChunkedArray};

use super::column;
use super::frame::{FrameError, Settings, TicketFrame};

impl TicketFrame {
    /// The frame of a window inside of this one; both days are included, `None` has no limit. It is the same as if it had been
    /// built with that window.
    ///
    /// # Errors
    /// [`FrameError::Polars`] if a column is missing.
    pub fn narrowed(
        self,
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
    ) -> Result<Self, FrameError> {
        let settings = Settings { from, to, ..self.settings };
        let rows = inside(&self.rows, settings)?;
        Ok(Self { dates: dates(&rows)?, rows, settings, ..self })
    }
}

/// First and last service date of some rows; `None` without a dated row.
pub(super) fn dates(rows: &DataFrame) -> Result<Option<(NaiveDate, NaiveDate)>, FrameError> {
    let days = rows.column(column::SERVICE_DAY)?.i32()?;
    let days = days.iter().flatten().fold(None, |span: Option<(i32, i32)>, day| {
        Some(span.map_or((day, day), |(first, last)| (first.min(day), last.max(day))))
    });
    let date = NaiveDate::from_epoch_days;
    Ok(days.and_then(|(first, last)| date(first).zip(date(last))))
}

/// The rows whose service date lies in the window.
pub(super) fn inside(rows: &DataFrame, settings: Settings) -> Result<DataFrame, FrameError> {
    let number = |date: NaiveDate| date.to_epoch_days();
    let (from, to) = (settings.from.map(number), settings.to.map(number));
    if from.is_none() && to.is_none() {
        return Ok(rows.clone());
    }
    let days = rows.column(column::SERVICE_DAY)?.i32()?.iter();
    let is_inside = |day: Option<i32>| {
        from.is_none_or(|from| day.is_some_and(|day| day >= from))
            && to.is_none_or(|to| day.is_some_and(|day| day <= to))
    };
    let mask: Vec<bool> = days.map(is_inside).collect();
    Ok(rows.filter(&BooleanChunked::from_slice("inside".into(), &mask))?)
}
