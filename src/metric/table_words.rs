//! What each table holds, in a sentence.

/// What a table holds, by the name of its file; `None` if there is no such table.
#[must_use]
pub fn about(file: &str) -> Option<&'static str> {
    ABOUT.iter().find(|(name, _)| *name == file).map(|(_, about)| *about)
}

const ABOUT: &[(&str, &str)] = &[
    ("locations.csv", "The summary figures of each location, over the whole window."),
    ("daily.csv", "The summary figures of each location by service date."),
    ("weekly.csv", "The summary figures of each location by week."),
    ("monthly.csv", "The summary figures of each location by month."),
    (
        "segments.csv",
        "The summary figures of each location by service chosen, by queue and by type of ticket.",
    ),
    ("groups.csv", "The summary figures of each group of locations, at every level of its name."),
    (
        "hours.csv",
        "Tickets, waits and the line by local hour of the day: of each location, and of all of them together.",
    ),
    ("hourly.csv", "Tickets, waits and the line of each location by local weekday and hour."),
    (
        "totals.csv",
        "The summary figures of all locations together: by day, by week, and over the whole window.",
    ),
    (
        "cancellations.csv",
        "Lost visits of each location by outcome, type and time before the slot.",
    ),
    ("ratings.csv", "Ratings of each location by value."),
    ("ratings_by_wait.csv", "Ratings of each location by the wait before them."),
    ("wait_histogram.csv", "Waits of each location by started minute."),
    ("ratings_by_wait_trend.csv", "Whether ratings change with the wait, all locations together."),
    ("curves.csv", "What became of those who entered the queue, minute by minute."),
    ("changes.csv", "What changed in the newest weeks, and what cannot be told."),
    ("funnel.csv", "Each location against all of them, with the limits of what chance explains."),
    ("control.csv", "The weeks of each location with the limits of what is usual for it."),
    ("data_quality.csv", "Every counter of what was odd about the records."),
    ("files.csv", "Every file, whether it was read, and the account of its records."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_told_once_in_a_sentence() {
        for (at, (file, about)) in ABOUT.iter().enumerate() {
            assert!(about.ends_with('.') && file.ends_with(".csv"), "{file}");
            assert!(ABOUT.iter().skip(at + 1).all(|(other, _)| other != file), "{file}");
        }
        assert_eq!(about("nothing.csv"), None);
    }
}
