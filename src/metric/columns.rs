//! What every column of every table means: the summary measures define theirs, the other columns stand here. The schema of the
//! CSV files, the Parquet files and `guide/numbers.md` are made from both.

use super::measure::MEASURES;

/// What a column means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its unit: `seconds`, `share`, `count` …; empty for a text or a date.
    pub unit: &'static str,
    /// What it means, in a sentence.
    pub meaning: &'static str,
}

/// The definition of a column of a file; `None` if there is no such column.
#[must_use]
pub fn definition(file: &str, column: &str) -> Option<Definition> {
    let table = file.strip_suffix(".csv").unwrap_or(file);
    let find = |of: &str| COLUMNS.iter().find(|(t, name, ..)| *t == of && *name == column);
    if let Some((_, _, unit, meaning)) = find(table) {
        return Some(Definition { unit, meaning });
    }
    if let Some(measure) = MEASURES.iter().find(|measure| measure.name == column) {
        return Some(Definition { unit: measure.unit(), meaning: measure.meaning });
    }
    let (_, _, unit, meaning) = find("")?;
    Some(Definition { unit, meaning })
}

/// Whether a column of a file says what a row is about. Each row of a file has other values in these.
#[must_use]
pub fn is_key(file: &str, column: &str) -> bool {
    // Elsewhere `value` is what is measured.
    let names_values = ["segments.csv", "ratings.csv"].contains(&file);
    KEYS.contains(&column) && (column != "value" || names_values)
}

/// The names of such columns.
const KEYS: [&str; 23] = [
    "organization",
    "group",
    "location",
    "location_id",
    "service_date",
    "iso_week",
    "month",
    "dimension",
    "value",
    "grain",
    "from",
    "to",
    "weekday",
    "hour",
    "outcome",
    "ticket_type",
    "lead_band",
    "lead_unknown_because",
    "wait_from_min",
    "minute",
    "measure",
    "detail",
    "path",
];

/// Table (empty for all that have the column), column, unit, meaning.
const COLUMNS: &[(&str, &str, &str, &str)] = &[
    ("", "organization", "", "Organization (tenant)."),
    ("", "location", "", "Name of the location; empty for the organization as a whole."),
    ("", "location_id", "", "Stable id of the location, also the name of its page."),
    ("", "service_date", "", "Local day of the visit; empty if it is not known."),
    ("", "iso_week", "", "ISO week, such as 2021-W03; empty if weeks do not begin on Monday."),
    ("", "month", "", "Month, such as 2021-03."),
    ("", "from", "", "First day of the period."),
    ("", "to", "", "Last day of the period."),
    ("", "complete", "", "Whether the period is over, and so whole."),
    ("", "measure", "", "What is measured."),
    ("", "value", "share or seconds", "Value of the measure."),
    ("", "n", "count", "Tickets, ratings or waits that the value rests on."),
    ("", "minute", "minutes", "Started minutes since the ticket entered the queue."),
    ("", "z", "standard errors", "Distance from what is expected, in standard errors."),
    ("totals", "grain", "", "What the row is about: the window, a week or a day."),
    ("groups", "group", "", "Group of locations in the configuration, levels separated by `/`."),
    ("groups", "level", "count", "Levels of its name; the groups of one level share no ticket."),
    ("groups", "locations", "count", "Locations of the group that have a ticket in the window."),
    (
        "segments",
        "dimension",
        "",
        "What tickets are told apart by: category, queue or ticket_type.",
    ),
    (
        "segments",
        "value",
        "",
        "The category, queue or type; (none) for tickets without one, (other) for rare ones together.",
    ),
    ("hourly", "weekday", "", "ISO weekday of the arrival, 1 = Monday."),
    ("hourly", "hour", "hours", "Local hour of the arrival, 0 to 23."),
    ("hourly", "tickets", "count", "Tickets that arrived in this hour of this weekday."),
    (
        "hourly",
        "line_mean",
        "count",
        "Mean number of tickets in line in this hour of open days of this weekday.",
    ),
    ("hourly", "line_max", "count", "Largest number of tickets in line at one instant of it."),
    ("hourly", "open_days", "count", "Days of this weekday on which at least one ticket came."),
    ("hours", "hour", "hours", "Local hour of the arrival, 0 to 23, of all weekdays together."),
    ("hours", "tickets", "count", "Tickets that arrived in this hour."),
    ("hours", "line_mean", "count", "Mean number of tickets in line in this hour of open days."),
    (
        "hours",
        "line_max",
        "count",
        "Largest number of tickets in line at one instant of it; of the organization as a whole, in the line of one location.",
    ),
    ("hours", "open_days", "count", "Days on which at least one ticket came."),
    ("cancellations", "outcome", "", "How the tickets ended that were not served."),
    ("cancellations", "ticket_type", "", "Type of the tickets as sent."),
    ("cancellations", "lead_band", "", "How long before its slot a booking was cancelled."),
    (
        "cancellations",
        "lead_unknown_because",
        "",
        "Why that is not known: no_closing_time or no_booking_start.",
    ),
    ("ratings", "value", "rating", "A value of the scale."),
    ("ratings", "share", "share", "Share of the ratings that have this value."),
    ("ratings_by_wait", "wait_from_min", "minutes", "Waits from this on, included."),
    (
        "ratings_by_wait",
        "wait_to_min",
        "minutes",
        "Waits up to this, not included; empty for all longer ones.",
    ),
    (
        "ratings_by_wait",
        "trend_z",
        "standard errors",
        "Whether satisfied ratings fall with the wait: z of the Cochran-Armitage trend.",
    ),
    ("ratings_by_wait", "trend_p", "probability", "p-value of that trend, two-sided."),
    (
        "ratings_by_wait_trend",
        "z",
        "standard errors",
        "z of the trend within each location, all locations together.",
    ),
    ("ratings_by_wait_trend", "strata", "count", "Locations that the trend rests on."),
    ("ratings_by_wait_trend", "p_value", "probability", "p-value of the trend, two-sided."),
    (
        "ratings_by_wait_trend",
        "direction",
        "",
        "Whether satisfied ratings fall or rise with the wait, if they do.",
    ),
    (
        "wait_histogram",
        "minute",
        "minutes",
        "Started minutes of the wait; 180 stands for 180 and over.",
    ),
    ("curves", "at_risk", "count", "Tickets still in the queue at that minute."),
    (
        "curves",
        "served",
        "share",
        "Share of those who entered the queue that was served by then (cumulative incidence).",
    ),
    ("curves", "served_low", "share", "Lower end of the 95 % interval of served."),
    ("curves", "served_high", "share", "Upper end of the 95 % interval of served."),
    ("curves", "left", "share", "Share that left by then: cancelled by the customer."),
    ("curves", "left_low", "share", "Lower end of the 95 % interval of left."),
    ("curves", "left_high", "share", "Upper end of the 95 % interval of left."),
    ("curves", "no_show", "share", "Share that was called and not found by then."),
    ("curves", "no_show_low", "share", "Lower end of the 95 % interval of no_show."),
    ("curves", "no_show_high", "share", "Upper end of the 95 % interval of no_show."),
    ("curves", "removed", "share", "Share that was removed by staff by then."),
    ("curves", "removed_low", "share", "Lower end of the 95 % interval of removed."),
    ("curves", "removed_high", "share", "Upper end of the 95 % interval of removed."),
    (
        "changes",
        "verdict",
        "",
        "What is said: worse, better, no clear change, or why nothing can be said.",
    ),
    ("changes", "state", "", "Whether the change is new, goes on, or has ended."),
    ("changes", "since", "", "First day of the week in which the change began."),
    ("changes", "before", "share or seconds", "What was usual before."),
    ("changes", "after", "share or seconds", "The value of the newest weeks."),
    (
        "changes",
        "change",
        "share or seconds",
        "The change, the common course of all locations taken out.",
    ),
    ("changes", "low", "share or seconds", "Lower end of the 95 % interval of the change."),
    ("changes", "high", "share or seconds", "Upper end of the 95 % interval of the change."),
    ("changes", "n_before", "count", "Ratings, closed tickets or waits before."),
    ("changes", "n_after", "count", "Ratings, closed tickets or waits in the newest weeks."),
    ("changes", "span_weeks", "weeks", "Weeks that are judged together."),
    ("changes", "spans_before", "count", "Spans of as many weeks before them."),
    (
        "changes",
        "smallest_visible",
        "share or seconds",
        "Smallest change that could have been told.",
    ),
    ("changes", "first_said", "", "First day of the week in which the change was first told."),
    ("changes", "why", "", "Why nothing can be said."),
    ("changes", "weeks", "weeks", "Whole weeks there are."),
    ("changes", "weeks_needed", "weeks", "Whole weeks that a verdict needs."),
    ("control", "centre", "share or seconds", "What is usual for the location."),
    ("control", "low", "share or seconds", "Lower limit of what is usual."),
    ("control", "high", "share or seconds", "Upper limit of what is usual."),
    (
        "control",
        "signal",
        "",
        "Whether the week lies beyond its limits, or the weeks as a whole are not stable.",
    ),
    ("funnel", "target", "share", "The share of all locations together."),
    (
        "funnel",
        "low_95",
        "share",
        "Lower 95 % limit of a location with so many tickets or ratings.",
    ),
    ("funnel", "high_95", "share", "Upper 95 % limit of it."),
    ("funnel", "low_998", "share", "Lower 99.8 % limit of it."),
    ("funnel", "high_998", "share", "Upper 99.8 % limit of it."),
    ("funnel", "p_adjusted", "probability", "p-value, adjusted for the number of locations."),
    (
        "funnel",
        "flag",
        "",
        "Whether the location is higher or lower than differences between locations explain.",
    ),
    ("data_quality", "measure", "", "Name of the counter."),
    ("data_quality", "detail", "", "What it counts apart, such as a field; empty for all."),
    ("data_quality", "count", "count", "Its value."),
    ("files", "path", "", "Name of the file."),
    ("files", "state", "", "Whether it was read: read, skipped, excluded, unusable or gone."),
    ("files", "note", "", "What is odd about it."),
    ("files", "form", "", "Form of its records."),
    ("files", "bytes", "bytes", "Its size as stored."),
    ("files", "records", "count", "Its records."),
    ("files", "blank", "count", "Empty ones."),
    ("files", "accepted", "count", "Those that were used."),
    ("files", "duplicate", "count", "Those that repeat an earlier one of the same file."),
    ("files", "rejected", "count", "Those that could not be used."),
    (
        "files",
        "other",
        "count",
        "Those that are no webhooks, in an archive that holds other records too.",
    ),
    ("files", "deferred", "count", "Unfinished last records that wait for a later run."),
    ("files", "first_service_date", "", "First local day of its visits."),
    ("files", "last_service_date", "", "Last local day of its visits."),
];
