//! The part of the rows that a question is about: some places, some services, some hours.

use polars::prelude::{BooleanChunked, Column, DataFrame, NewChunkedArray};

use crate::calendar::iso_weekday;

use super::column;
use super::frame::{FrameError, TicketFrame};
use super::narrow::dates;

/// Which codes of a column are kept, by code; `None` keeps all, those without a value too.
pub type Choice = Option<Vec<bool>>;

/// What a row must be like to be kept. The parts hold together: a row must pass each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keep {
    /// By index in [`TicketFrame::locations`].
    pub places: Choice,
    /// By index in [`TicketFrame::queues`].
    pub queues: Choice,
    /// By index in [`TicketFrame::categories`].
    pub categories: Choice,
    /// By index in [`TicketFrame::ticket_types`].
    pub ticket_types: Choice,
    /// By index in `Outcome::ALL`.
    pub outcomes: Choice,
    /// By ISO weekday of the service date, 1 = Monday; the first one is unused.
    pub weekdays: Choice,
    /// By local hour of the arrival.
    pub hours: Choice,
}

/// What a row is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Judged {
    /// Codes of its place, queue, category, type and outcome.
    pub(super) place: u32,
    pub(super) queue: u32,
    pub(super) category: u32,
    pub(super) ticket_type: u32,
    pub(super) outcome: u32,
    /// Days since 1970 of its service date.
    pub(super) day: Option<i32>,
    /// Local hour of the arrival.
    pub(super) hour: Option<i32>,
}

impl Keep {
    /// Whether a single row is to be kept, by the same choices as those of a frame.
    pub(super) fn has(&self, row: Judged) -> bool {
        let Self { places, queues, categories, ticket_types, outcomes, weekdays, hours } = self;
        let passes = |choice: &Choice, code: Option<i64>| {
            choice.as_ref().is_none_or(|choice| has(choice, code))
        };
        let coded = [
            (places, row.place),
            (queues, row.queue),
            (categories, row.category),
            (ticket_types, row.ticket_type),
            (outcomes, row.outcome),
        ];
        coded.into_iter().all(|(choice, code)| passes(choice, Some(code.into())))
            && passes(weekdays, row.day.map(|day| iso_weekday(day).into()))
            && passes(hours, row.hour.map(i64::from))
    }
}

impl TicketFrame {
    /// The frame with only the rows that are to be kept, and, if places are chosen, only these locations; its texts, and so their
    /// codes, stay.
    ///
    /// # Errors
    /// [`FrameError::Polars`] if a column is missing.
    pub fn keep(self, keep: &Keep) -> Result<Self, FrameError> {
        let whole = self.keep_rows(keep)?;
        match &keep.places {
            Some(chosen) => whole.keep_locations(chosen),
            None => Ok(whole),
        }
    }

    /// The frame with only some locations, by index, of which all its rows are.
    fn keep_locations(mut self, chosen: &[bool]) -> Result<Self, FrameError> {
        let is_chosen = |at: usize| chosen.get(at).copied().unwrap_or(false);
        let mut next = 0_u32..;
        let number = |at: usize| if is_chosen(at) { next.next() } else { None };
        let new: Vec<Option<u32>> = (0..self.locations.len()).map(number).collect();
        let places = self.rows.column(column::PLACE)?.u32()?.iter();
        let places: Vec<Option<u32>> =
            places.map(|code| new.get(usize::try_from(code?).ok()?).copied().flatten()).collect();
        self.rows.with_column(Column::new(column::PLACE.into(), places))?;
        let mut at = 0..;
        self.locations.retain(|_| at.next().is_some_and(is_chosen));
        Ok(self)
    }

    fn keep_rows(self, keep: &Keep) -> Result<Self, FrameError> {
        let Keep { places, queues, categories, ticket_types, outcomes, weekdays, hours } = keep;
        let mut mask: Option<Vec<bool>> = None;
        for (name, choice) in [
            (column::PLACE, places),
            (column::QUEUE, queues),
            (column::CATEGORY, categories),
            (column::TICKET_TYPE, ticket_types),
            (column::OUTCOME, outcomes),
        ] {
            let Some(choice) = choice else { continue };
            let codes = self.rows.column(name)?.u32()?.iter();
            narrow(&mut mask, &self.rows, codes.map(|code| has(choice, code.map(i64::from))));
        }
        if let Some(choice) = weekdays {
            let days = self.rows.column(column::SERVICE_DAY)?.i32()?.iter();
            narrow(
                &mut mask,
                &self.rows,
                days.map(|day| has(choice, day.map(|day| i64::from(iso_weekday(day))))),
            );
        }
        if let Some(choice) = hours {
            let hours = self.rows.column(column::HOUR)?.i32()?.iter();
            narrow(&mut mask, &self.rows, hours.map(|hour| has(choice, hour.map(i64::from))));
        }
        let Some(mask) = mask else { return Ok(self) };
        let rows = self.rows.filter(&BooleanChunked::from_slice("kept".into(), &mask))?;
        Ok(Self { dates: dates(&rows)?, rows, ..self })
    }
}

fn has(choice: &[bool], code: Option<i64>) -> bool {
    let at = code.and_then(|code| usize::try_from(code).ok());
    at.and_then(|at| choice.get(at).copied()).unwrap_or(false)
}

/// Takes from a mask what does not pass.
fn narrow(mask: &mut Option<Vec<bool>>, rows: &DataFrame, passes: impl Iterator<Item = bool>) {
    let mask = mask.get_or_insert_with(|| vec![true; rows.height()]);
    for (kept, passes) in mask.iter_mut().zip(passes) {
        *kept &= passes;
    }
}
