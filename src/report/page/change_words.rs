//! What changed, in words: sentences, and a few words for key figures.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use crate::calendar::week_end;
use crate::report::chart::{duration, percent};
use crate::report::model::{Change, FEW, Finding, Judged, State, Told, TooLittle, Verdict};
use crate::report::text::{counted, day, days, grouped};

pub(super) fn noun(measure: Change) -> &'static str {
    match measure {
        Change::Csat => "share of satisfied ratings",
        Change::Wait => "median wait",
        Change::Cancellation => "cancellation rate",
        Change::NoShow => "no-show rate",
    }
}

fn of_what(measure: Change) -> &'static str {
    match measure {
        Change::Csat => "ratings",
        Change::Wait => "waits",
        Change::Cancellation | Change::NoShow => "closed tickets",
    }
}

fn value(measure: Change, value: f64) -> String {
    if measure == Change::Wait { duration(value) } else { percent(value) }
}

/// A difference with its sign.
fn signed(measure: Change, change: f64) -> String {
    let size = size(measure, change.abs());
    match (size.as_str(), change < 0.0) {
        // What is printed as nothing has no sign.
        ("0 s" | "0.0 points", _) => size,
        (_, true) => format!("−{size}"),
        (_, false) => format!("+{size}"),
    }
}

/// The size of a difference, without a sign.
fn size(measure: Change, change: f64) -> String {
    match measure {
        Change::Wait => duration(change),
        Change::Csat | Change::Cancellation | Change::NoShow => {
            format!("{:.1} points", change * 100.0)
        }
    }
}

/// What a card is headed with: `Longer wait, worse`.
pub(super) fn turn(measure: Change, judged: &Judged) -> &'static str {
    let worse = judged.verdict == Verdict::Worse;
    match (measure, worse) {
        (Change::Csat, true) => "Fewer satisfied ratings, worse",
        (Change::Csat, false) => "More satisfied ratings, better",
        (Change::Wait, true) => "Longer wait, worse",
        (Change::Wait, false) => "Shorter wait, better",
        (Change::Cancellation, true) => "More cancellations, worse",
        (Change::Cancellation, false) => "Fewer cancellations, better",
        (Change::NoShow, true) => "More no-shows, worse",
        (Change::NoShow, false) => "Fewer no-shows, better",
    }
}

/// What somebody reads first: `median wait rose from about 6 min 38 s to 9 min 49 s`. It never names a cause. `begins` if it
/// begins a sentence.
pub(super) fn sentence(finding: &Finding, judged: &Judged, begins: bool) -> String {
    let measure = finding.measure;
    let verb = if judged.change > 0.0 { "rose" } else { "fell" };
    let text = format!(
        "{} {verb} from about {} to {}",
        noun(measure),
        value(measure, judged.before),
        value(measure, judged.before + judged.change),
    );
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if begins => first.to_uppercase().chain(letters).collect(),
        _ => text,
    }
}

/// How large the change is, how sure that is, since when, and of how many.
pub(super) fn size_and_n(finding: &Finding, judged: &Judged) -> String {
    let measure = finding.measure;
    let since = finding
        .since()
        .map_or_else(String::new, |week| format!(" since about the week of {}", day(week)));
    let state = match (judged.state, finding.first_said()) {
        (State::Ongoing { .. }, Some(week)) => {
            format!(" First said after the week of {}.", day(week))
        }
        (State::New, _) => " New.".to_owned(),
        _ => String::new(),
    };
    let beyond = if judged.peers { ", beyond what all locations did" } else { "" };
    format!(
        "{} (95 % interval {} to {}){since}{beyond}. n = {} {of} before, {} after.{state}",
        signed(measure, judged.change),
        signed(measure, judged.low),
        signed(measure, judged.high),
        grouped(judged.n_before),
        grouped(judged.n_after),
        of = of_what(measure),
    )
}

/// A few words under a key figure; `None` without whole weeks to compare.
pub(super) fn words(finding: &Finding) -> Option<String> {
    let measure = finding.measure;
    match &finding.told {
        Some(Told::Judged(judged)) => {
            let verdict = match judged.verdict {
                Verdict::Worse => "worse",
                Verdict::Better => "better",
                Verdict::NoClearChange => "no clear change",
            };
            Some(format!(
                "last {} weeks, {verdict}: {} (95 % interval {} to {})",
                judged.span_weeks,
                signed(measure, judged.change),
                signed(measure, judged.low),
                signed(measure, judged.high),
            ))
        }
        // Of fewer than ten, a share or a median would say more than there is.
        Some(Told::TooLittle(TooLittle { plain: Some(plain), .. }))
            if plain.n_before.min(plain.n_after) < FEW =>
        {
            Some(format!(
                "too few to compare; last {}: {} {} before, {} after",
                counted(plain.weeks as u64, "week"),
                grouped(plain.n_before),
                if plain.n_before == 1 {
                    of_what(measure).trim_end_matches('s')
                } else {
                    of_what(measure)
                },
                grouped(plain.n_after),
            ))
        }
        Some(Told::TooLittle(TooLittle { plain: Some(plain), .. })) => Some(format!(
            "too early to compare; last {}: {} before, {} after",
            counted(plain.weeks as u64, "week"),
            value(measure, plain.before),
            value(measure, plain.after),
        )),
        Some(Told::TooLittle(_)) => Some("too little to compare".to_owned()),
        None => None,
    }
}

/// Which weeks were compared with which: `the last 4 whole weeks, 1 March 2021 to 28 March 2021, with the weeks before them back to
/// 5 October 2020`; `None` if nothing was judged.
pub(super) fn compared_weeks<'f>(all: impl Iterator<Item = &'f Finding>) -> Option<String> {
    let mut spans: BTreeMap<(NaiveDate, usize), NaiveDate> = BTreeMap::new();
    for finding in all {
        let Some((judged, last)) = finding.judged().zip(finding.week) else { continue };
        let begin = |weeks: usize| {
            let days = u64::try_from(weeks.saturating_sub(1)).ok()?.checked_mul(7)?;
            last.checked_sub_days(Days::new(days))
        };
        let Some(oldest) = begin(judged.span_weeks * (judged.spans_before + 1)) else { continue };
        let span = spans.entry((last, judged.span_weeks)).or_insert(oldest);
        *span = oldest.min(*span);
    }
    let oldest = spans.values().min().copied()?;
    let (last, _) = spans.keys().next_back().copied()?;
    let end = week_end(last)?;
    let sizes: BTreeSet<usize> = spans.keys().map(|(_, weeks)| *weeks).collect();
    let most = sizes.last().copied()?;
    let days_back = u64::try_from(most.saturating_sub(1)).ok()?.checked_mul(7)?;
    let begin = last.checked_sub_days(Days::new(days_back))?;
    let names: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    let weeks = if most == 1 { "week" } else { "weeks" };
    Some(format!(
        "the last {} whole {weeks}, {}, with the weeks before them back to {}",
        names.join(" or "),
        days(begin, end),
        day(oldest)
    ))
}

/// Why nothing could be judged.
pub(super) fn too_early(finding: &Finding) -> Option<String> {
    let Some(Told::TooLittle(TooLittle { weeks, needed, .. })) = finding.told else { return None };
    let there = counted(weeks as u64, "whole week");
    Some(if weeks == 0 {
        format!(
            "Changes are shown once there are {needed} whole weeks of data. So far there is none."
        )
    } else if weeks < needed {
        format!(
            "Changes are shown once there are {needed} whole weeks of data. So far there {} {there}.",
            if weeks == 1 { "is" } else { "are" }
        )
    } else {
        format!("There are {there}, but too little in them to compare.")
    })
}

/// The smallest change for the worse that the window could have shown.
pub(super) fn smallest(finding: &Finding) -> Option<String> {
    let visible = finding.judged()?.smallest_worse?;
    Some(format!("{} {}", noun(finding.measure), size(finding.measure, visible)))
}
