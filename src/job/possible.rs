//! Finds reports that can never have data, because their window ends before the earliest time that counts.
//!
//! No other setting leaves a window empty for ever without being seen: `days = 0` and a report without a window are refused
//! when the configuration is read, and a week, a month or a fixed window that lies ahead fills up.

use chrono::NaiveDate;

use super::night_plan::{NamedWindow, NightPlan};
use super::notice::Notice;
use super::wanted::Wanted;

/// The notices on windows that can have no ticket.
pub(crate) fn notices(night: &NightPlan) -> Vec<Notice> {
    let plan = &night.plan;
    let earliest = plan.default_clock().local(plan.ingest.webhook.earliest).map(|local| local.date);
    let Some(earliest) = earliest else { return Vec::new() };
    night.windows.iter().filter_map(|window| impossible(window, earliest)).collect()
}

/// The notices on windows that begin before the first date of which single tickets are kept.
pub(crate) fn forgotten(night: &NightPlan, before: Option<NaiveDate>) -> Vec<Notice> {
    let Some(before) = before else { return Vec::new() };
    let is_short = |window: &&NamedWindow| {
        let Wanted { from, to, .. } = window.wanted;
        (from.is_some() || to.is_some()) && from.is_none_or(|from| from < before)
    };
    let short = night.windows.iter().filter(is_short);
    short.map(|one| Notice::WindowForgotten { window: one.name.clone(), before }).collect()
}

fn impossible(window: &NamedWindow, earliest: NaiveDate) -> Option<Notice> {
    let to = window.wanted.to.filter(|to| *to < earliest)?;
    Some(Notice::EmptyWindow { window: window.name.clone(), to, earliest })
}

#[cfg(test)]
mod tests {
    use super::super::wanted::Wanted;
    use super::*;

    #[test]
    fn a_window_before_the_earliest_time_is_told() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        let window = |to: Option<&str>| NamedWindow {
            name: "week".into(),
            wanted: Wanted { from: None, to: to.map(date), only: None },
        };
        for (to, is_told) in
            [(Some("2021-03-31"), true), (Some("2021-04-01"), false), (None, false)]
        {
            let told = impossible(&window(to), date("2021-04-01"));
            assert_eq!(told.is_some(), is_told, "{to:?}");
        }
    }
}
