//! The columns of an export: name, unit and meaning of each, and its value of a ticket. The guide (`numbers.md`) prints this list.

use chrono::NaiveDate;

use crate::dataframe::{IdText, Instant, Single};

use super::row::Row;

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text as archived.
    Text,
    /// An id: hexadecimal digits and hyphens.
    Id,
    /// A local date.
    Date,
    /// An instant, UTC, to the millisecond.
    Instant,
    /// A whole number.
    Count,
    /// Whole seconds.
    Seconds,
    /// True or false.
    Truth,
}

impl Kind {
    /// In words, for a dictionary.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Id => "id",
            Self::Date => "local date",
            Self::Instant => "instant, UTC",
            Self::Count => "whole number",
            Self::Seconds => "whole seconds",
            Self::Truth => "true or false",
        }
    }
}

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// There is none.
    Missing,
    /// Of a text.
    Text(&'a str),
    /// Of an id.
    Id(IdText),
    /// Of a date.
    Date(NaiveDate),
    /// UTC milliseconds.
    Instant(i64),
    /// Of a number or of seconds.
    Count(u32),
    /// Of a truth.
    Truth(bool),
}

impl<'a> Value<'a> {
    /// A text, of which an empty one is missing.
    fn text(text: Option<&'a String>) -> Self {
        text.filter(|text| !text.is_empty()).map_or(Self::Missing, |text| Self::Text(text))
    }

    fn count(count: Option<u32>) -> Self {
        count.map_or(Self::Missing, Self::Count)
    }

    fn instant(at: Instant) -> Self {
        at.get().map_or(Self::Missing, Self::Instant)
    }
}

/// A column of an export.
#[derive(Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// What it means, in one sentence.
    pub meaning: &'static str,
    /// Its value of a ticket.
    pub of: for<'a> fn(Row<'a>) -> Value<'a>,
}

/// Makes the list of columns.
macro_rules! columns {
    ($($name:ident: $kind:ident, $meaning:literal, $of:expr;)*) => {
        &[$(Column { name: stringify!($name), kind: Kind::$kind, meaning: $meaning, of: $of }),*]
    };
}

/// The columns of an export of tickets, in their order.
pub static COLUMNS: &[Column] = columns! {
    organization: Text, "Organization, as the configuration joins them.", |row| Value::text(row.place().map(|one| &one.organization));
    ticket_id: Id, "Id of the ticket in its organization; of an id that is no UUID, a hash of its text in the same form.", |row| Value::Id(row.ticket.id_text());
    location: Text, "Location.", |row| Value::text(row.place().map(|one| &one.name));
    location_id: Text, "Stable id of the location, as in the tables.", |row| Value::text(row.place().map(|one| &one.id));
    group: Text, "Group of the location in the configuration, levels separated by `/`.", |row| row.group().map_or(Value::Missing, Value::Text);
    queue: Text, "Queue, as sent.", |row| Value::text(row.tickets.queues.get(row.ticket.queue as usize));
    category: Text, "Service chosen at registration.", |row| Value::text(row.tickets.categories.get(row.ticket.category as usize));
    ticket_type: Text, "Type, as sent.", |row| Value::text(row.tickets.ticket_types.get(row.ticket.ticket_type as usize));
    is_booking: Truth, "Booked for a slot.", |row| Value::Truth(row.ticket.is_booking);
    is_rescheduled: Truth, "Booked for a slot that was moved.", |row| Value::Truth(row.ticket.is_rescheduled);
    is_recalled: Truth, "Called more than once, or put back.", |row| Value::Truth(row.ticket.is_recalled);
    is_feedback_only: Truth, "Nothing but feedback is known of it.", |row| Value::Truth(row.ticket.is_feedback_only);
    people: Count, "Size of the party; 1 where none was sent.", |row| Value::Count(row.ticket.people);
    outcome: Text, "How it ended, at the instant of the run.", |row| Value::Text(row.ticket.outcome.name());
    lead_time_band: Text, "How long before its slot a booking was cancelled, as in cancellations.csv; of other tickets missing.", |row| row.ticket.lead_band().map_or(Value::Missing, |band| Value::Text(band.label));
    service_date: Date, "Local date of the visit: of the start of the slot for a booking, else of the creation.", |row| row.ticket.service_date().map_or(Value::Missing, Value::Date);
    weekday: Count, "ISO weekday of service_date, 1 = Monday.", |row| Value::count(row.ticket.weekday().and_then(|day| u32::try_from(day).ok()));
    hour: Count, "Local hour of the arrival, 0 to 23.", |row| Value::count(row.ticket.hour.and_then(|hour| u32::try_from(hour).ok()));
    created_at: Instant, "Its creation.", |row| Value::instant(row.ticket.created_at);
    activated_at: Instant, "Its activation.", |row| Value::instant(row.ticket.activated_at);
    booking_start: Instant, "Start of its slot.", |row| Value::instant(row.ticket.booking_start);
    booking_end: Instant, "End of its slot.", |row| Value::instant(row.ticket.booking_end);
    queue_entered_at: Instant, "When it entered the queue, from which its waits are counted.", |row| Value::instant(row.ticket.queue_entered_at);
    first_called_at: Instant, "Its first call.", |row| Value::instant(row.ticket.first_called_at);
    last_called_at: Instant, "Its last call.", |row| Value::instant(row.ticket.last_called_at);
    checked_in_at: Instant, "Its valid check-in.", |row| Value::instant(row.ticket.checked_in_at);
    completed_at: Instant, "Its check-out.", |row| Value::instant(row.ticket.completed_at);
    closed_at: Instant, "When it ended without being served.", |row| Value::instant(row.ticket.closed_at);
    retries: Count, "How often it was called and not found.", |row| Value::Count(row.ticket.retries);
    rating: Count, "Its rating, from 1 to the top of the scale.", |row| Value::count(Some(u32::from(row.ticket.rating)).filter(|rating| *rating > 0));
    wait_s: Seconds, "Headline wait.", |row| Value::count(row.ticket.wait_s);
    wait_left_out: Text, "Why there is no wait: negative, implausible, burst (ends at a check-in of a burst), or unknown (it was served, and an instant is not known).", |row| row.ticket.no_wait.map_or(Value::Missing, |why| Value::Text(why.name()));
    early: Truth, "A booking whose wait ended before it began; the wait counts as 0.", |row| Value::Truth(row.ticket.early);
    call_wait_s: Seconds, "Wait to the first call.", |row| Value::count(row.ticket.call_wait_s);
    service_s: Seconds, "Service time, from check-in to check-out.", |row| Value::count(row.ticket.service_s);
    left_s: Seconds, "How long a ticket that was not served stood in the queue until it ended, or until the run if it is open.", |row| Value::count(row.ticket.left_s);
    offered: Truth, "Closed, and had entered the queue: it counts below the line of within_target_rate.", |row| Value::Truth(row.ticket.offered);
    within_target: Truth, "Served within the target.", |row| Value::Truth(row.ticket.within);
    came: Truth, "The visitor came.", |row| Value::Truth(row.ticket.came);
};

/// The column that only an export of comments has.
static MESSAGE: Column = Column {
    name: "message",
    kind: Kind::Text,
    meaning: "What the customer wrote last, without long numbers and mail addresses.",
    of: |row| Value::text(row.message),
};

/// The columns of an export of comments, before the message.
const COMMENTS: [&str; 8] = [
    "organization",
    "ticket_id",
    "location",
    "location_id",
    "queue",
    "category",
    "service_date",
    "rating",
];

/// The columns of an export of waits.
const WAITS: [&str; 18] = [
    "organization",
    "ticket_id",
    "location",
    "location_id",
    "group",
    "queue",
    "category",
    "ticket_type",
    "is_booking",
    "outcome",
    "service_date",
    "weekday",
    "hour",
    "queue_entered_at",
    "wait_s",
    "early",
    "call_wait_s",
    "within_target",
];

/// The columns of an export of ratings.
const RATINGS: [&str; 15] = [
    "organization",
    "ticket_id",
    "location",
    "location_id",
    "group",
    "queue",
    "category",
    "ticket_type",
    "is_feedback_only",
    "outcome",
    "service_date",
    "weekday",
    "hour",
    "rating",
    "wait_s",
];

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A row for each ticket.
    Tickets,
    /// A row for each ticket with a rating.
    Ratings,
    /// A row for each ticket with a headline wait.
    Waits,
    /// A row for each ticket with a message, which are given with the tickets.
    Comments,
}

impl What {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tickets => "tickets",
            Self::Ratings => "ratings",
            Self::Waits => "waits",
            Self::Comments => "comments",
        }
    }

    /// Its columns, in their order.
    #[must_use]
    pub fn columns(self) -> Vec<&'static Column> {
        let chosen = |names: &[&str]| -> Vec<&'static Column> {
            COLUMNS.iter().filter(|column| names.contains(&column.name)).collect()
        };
        match self {
            Self::Tickets => COLUMNS.iter().collect(),
            Self::Ratings => chosen(&RATINGS),
            Self::Waits => chosen(&WAITS),
            Self::Comments => [chosen(&COMMENTS), vec![&MESSAGE]].concat(),
        }
    }

    /// Whether a ticket has a row.
    #[must_use]
    pub fn has(self, ticket: &Single) -> bool {
        match self {
            Self::Tickets | Self::Comments => true,
            Self::Ratings => ticket.rating > 0,
            Self::Waits => ticket.wait_s.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The guide's list is this one.
    #[test]
    fn the_guide_lists_every_column() {
        let row =
            |one: &Column| format!("| `{}` | {} | {} |", one.name, one.kind.words(), one.meaning);
        let expected: Vec<String> = COLUMNS.iter().map(row).collect();
        let guide = include_str!("../../cli/guide/numbers.md");
        assert!(guide.contains(&expected.join("\n")), "{}", expected.join("\n"));
    }

    #[test]
    fn every_chosen_column_is_there_once() {
        let mut names: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COLUMNS.len());
        assert_eq!(What::Waits.columns().len(), WAITS.len());
        assert_eq!(What::Ratings.columns().len(), RATINGS.len());
        assert_eq!(What::Comments.columns().len(), COMMENTS.len() + 1);
    }
}
