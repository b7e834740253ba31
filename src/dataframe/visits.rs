//! The number and the dates of each location's tickets.

use chrono::NaiveDate;

use super::column;
use super::frame::{FrameError, TicketFrame};

/// The tickets of a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Visits {
    /// Number of tickets, including those without a date.
    pub tickets: u64,
    /// First and last local service date; `None` if no ticket has one.
    pub dates: Option<(NaiveDate, NaiveDate)>,
}

impl TicketFrame {
    /// The visits of each location, in the order of [`TicketFrame::locations`].
    ///
    /// # Errors
    /// [`FrameError`] if a column is missing, or a row belongs to no location.
    pub fn visits(&self) -> Result<Vec<Visits>, FrameError> {
        let mut all = vec![(0_u64, None::<(i32, i32)>); self.locations.len()];
        let places = self.rows.column(column::PLACE)?.u32()?.iter();
        let days = self.rows.column(column::SERVICE_DAY)?.i32()?.iter();
        for (place, day) in places.zip(days) {
            let place = place.and_then(|place| usize::try_from(place).ok());
            let Some((tickets, span)) = place.and_then(|place| all.get_mut(place)) else {
                return Err(FrameError::Dangling);
            };
            *tickets += 1;
            if let Some(day) = day {
                *span = Some(span.map_or((day, day), |(a, b)| (a.min(day), b.max(day))));
            }
        }
        let date = NaiveDate::from_epoch_days;
        let visits = all.into_iter().map(|(tickets, span)| Visits {
            tickets,
            dates: span.and_then(|(first, last)| date(first).zip(date(last))),
        });
        Ok(visits.collect())
    }
}
