//! A time axis: which dates are labelled, and how.

use chrono::{Datelike, Months, NaiveDate};

/// The labelled dates of an axis from one date to another, with a room of `pixels` per day: first days of months, never
/// closer than 34 pixels, the year where it begins; of a short span, days.
pub(super) fn ticks(
    (first, last): (NaiveDate, NaiveDate),
    pixels: f64,
) -> Vec<(NaiveDate, String)> {
    #[expect(clippy::cast_precision_loss, reason = "days of a report")]
    let room = (last - first).num_days() as f64 * pixels;
    if (last - first).num_days() < 62 {
        return days((first, last), pixels);
    }
    let every = [1, 2, 3, 6, 12, 24, 60, 120]
        .into_iter()
        .find(|n| f64::from(*n) * 30.4 * pixels >= 34.0)
        .unwrap_or(240);
    let mut ticks = Vec::new();
    let mut month = first.with_day(1);
    while let Some(date) = month.filter(|date| *date <= last) {
        let ordinal = u32::try_from(date.year()).unwrap_or(0) * 12 + date.month0();
        if date >= first && ordinal.is_multiple_of(every) {
            let text = if every >= 12 || date.month() == 1 {
                date.format("%Y")
            } else {
                date.format("%b")
            };
            ticks.push((date, text.to_string()));
        }
        month = date.checked_add_months(Months::new(1));
    }
    // A label has to end before the axis does.
    ticks.retain(|(date, _)| {
        #[expect(clippy::cast_precision_loss, reason = "days of a report")]
        let x = (*date - first).num_days() as f64 * pixels;
        x + 30.0 <= room.max(31.0)
    });
    ticks
}

fn days((first, last): (NaiveDate, NaiveDate), pixels: f64) -> Vec<(NaiveDate, String)> {
    let every =
        [1, 2, 7, 14, 28].into_iter().find(|n| f64::from(*n) * pixels >= 48.0).unwrap_or(56);
    let step = usize::try_from(every).unwrap_or(56);
    let all = first.iter_days().take_while(|date| *date <= last).step_by(step);
    all.map(|date| (date, date.format("%-d %b").to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Days;

    #[test]
    fn labels_are_apart_and_name_the_year_once() {
        let first = NaiveDate::from_ymd_opt(2020, 10, 12).unwrap();
        let last = NaiveDate::from_ymd_opt(2021, 3, 28).unwrap();
        let names: Vec<String> =
            ticks((first, last), 1.5).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["Nov", "Dec", "2021", "Feb", "Mar"]);
        for length in [0, 1, 6, 30, 61, 62, 100, 365, 1_100, 9_000] {
            let last = first.checked_add_days(Days::new(length)).unwrap();
            #[expect(clippy::cast_precision_loss, reason = "days of a test")]
            let pixels = 250.0 / (length + 1) as f64;
            let ticks = ticks((first, last), pixels);
            for pair in ticks.windows(2) {
                #[expect(clippy::cast_precision_loss, reason = "days of a test")]
                let apart = (pair[1].0 - pair[0].0).num_days() as f64 * pixels;
                assert!(apart >= 31.0, "{length}: {pair:?}");
            }
        }
    }
}
