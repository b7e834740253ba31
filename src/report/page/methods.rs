//! The section of a page that defines its numbers.

use maud::{Markup, html};

use crate::calendar::DayStart;
use crate::report::model::{LocationReport, MEASURES, OrganizationReport, WaitEnd};

/// The definitions, with the settings in force.
pub(super) fn methods(report: &OrganizationReport, location: Option<&LocationReport>) -> Markup {
    let wait_end = match report.wait_ends_at {
        WaitEnd::CheckIn => "its valid check-in",
        WaitEnd::Call => "its first call",
    };
    let zone = location.map_or(report.default_zone.as_str(), |location| location.zone.as_str());
    let start = location.map_or(report.default_day_start, |location| location.day_start);
    let begins = if start == DayStart::MIDNIGHT {
        String::new()
    } else {
        format!(
            " A day begins at {start} on the wall clock{}: what comes before belongs to the evening before, under its weekday too.",
            if location.is_some() { "" } else { ", unless a location has another start" }
        )
    };
    let target = location.map(|location| location.target_minutes);
    let definitions: Vec<(&str, String)> = vec![
        ("Ticket", "One visit: all archived webhooks with the same organization and position id, joined. Webhooks that arrive repeatedly, late or out of order do not change the result.".into()),
        ("Service date", format!("The local day of the booked slot, else of the ticket's creation. Everything about a ticket, including its rating and cancellation, counts on its service date. {} here: {zone}.{begins}", if location.is_some() { "Time zone" } else { "Default time zone" })),
        ("Outcome", "The first that applies: served (checked in or completed), cancelled by the customer, cancelled by staff, no-show (removed after a call), removed (never called), rejected (without an event that says why), lapsed (never called and without an end a day after the service date: the visitor left, or never came, without a word), open. Closed means not open.".into()),
        ("Wait", format!("From entering the queue to {wait_end}, whole seconds. A walk-in enters when its ticket is created; a booking when it is activated, else at the start of its slot, but never before it was created. A booking that is early waits 0 s. Negative waits of walk-ins (beyond 2 s) and waits above {} h are left out and counted under data quality.", report.max_wait_hours)),
        ("Median, percentiles", "Exact, from every single wait, with linear interpolation (type 7), as in spreadsheets. Never averages of averages.".into()),
        ("Within target", format!("Served after a wait of at most {}, divided by all closed tickets that entered the queue, including those that left, lapsed or were removed. Where no wait at all is archived, it is not known.", target.map_or_else(|| "the target of the location".to_owned(), |t| format!("{t} min")))),
        ("Service time", "From check-in to check-out; the same exclusions as for waits.".into()),
        ("Lost visits", "Closed tickets that were not served, divided by closed tickets. The cancellation rate counts those cancelled by the customer or by staff.".into()),
        ("Ratings", format!("1 to {}, the newest of each visit. “{}” is the share of such ratings (CSAT), with its 95 % Wilson interval: the range in which the true share plausibly lies, given how few or many answered. It is not a net promoter score.", report.scale.top(), report.scale.satisfied_words())),
        ("Response rate", "Served tickets with a rating, divided by served tickets; tickets known from feedback alone are left out of both. Those who answer may differ from those who do not.".into()),
        ("What changed", format!("Cancellations, no-shows, satisfied ratings and the median wait of the last four whole weeks ({}), and of the last two, are held against up to twelve such spans before, also before the window. What all locations did together is taken out where ten or more are judged, and a location that always scatters must change more to be named. Formula: z = (newest span − mean of the spans before) / √(v + t² + (v̄ + t²)/m), on arcsin √share or ln(median + 60 s), with limits that all locations of a measure share; a change below 5 points of satisfied ratings, 2 points of the other shares, or 10 % and 15 s of the median is never named. In simulations of 50 locations it named about one false change in 20 nightly reports; of 40 planted changes each, it found 33 drops of satisfaction by 15 points within four weeks, 33 waits 1.3 times as long within two, and 39 doubled cancellation rates within two. When it is first named, a change tends to look larger than it is; later weeks correct it. “No clear change” does not mean that nothing changed: see the smallest change that could have been seen. Tables: changes.csv.", report.week_starts_on.words())),
        ("Intervals", "A 95 % interval is the range in which the true value plausibly lies, given how many visits there were; a wide one says that they were few. Shares of ratings: Wilson. Median and 90th percentile: the two waits between which the percentile of all such visits lies, by their ranks (binomial distribution); none below 6 waits, or 36 for the 90th percentile.".into()),
        ("Those who left", "Tickets that the customer cancelled after entering the queue, and no-shows up to their first call: how long people waited before they gave up. Someone who would have left later and was served earlier is not among them, so this is not how long people are willing to wait; curves.csv takes that into account. Formula: Aalen-Johansen, F(t) = Σ S(t−)·d/n.".into()),
        ("Ratings by wait", "Whether satisfaction falls with the wait, each location compared with itself only, so that busy places with other visitors cannot feign it. Associated, not caused: those who answer are not everybody. Formula: Cochran-Armitage trend, stratified by location; at least three bands with ten ratings (ratings_by_wait_trend.csv).".into()),
        ("Unusual locations, unusual weeks", "funnel.csv names locations that are unusual even among locations that differ; in simulations of 50 locations that are alike it named 0.6 % of them. control.csv draws what is usual for the weeks of a location; even stable weeks give a signal now and then (published simulations: 9 % of all series of 24), so it is for looking, and what changed is judged above. Formulas: z = (arcsin √p − arcsin √p̄)/√(φ/4n + τ²), Benjamini-Hochberg at 5 %; p̄ ± 3σσ_z (Laney).".into()),
        ("Line", "Tickets that entered the queue and were not yet called, checked in or closed; mean over that hour of all open days of that weekday (days on which at least one ticket came), and the largest number at one instant (hourly.csv; of all weekdays together hours.csv). A ticket that left at an unknown time is in no line, unless its service date is today.".into()),
        ("–", "Not known, because there is nothing to count. Never the same as 0. Of fewer than 10 visits, waits or ratings a key figure says how many there are, and no share or median; “few” marks them in tables.".into()),
    ];
    html! {
        div {
            @if report.zone_is_default {
                p.note { "Times in UTC: no time zone is configured for at least one location. Set " code { "time_zone" } " in " code { "queuestat.toml" } " or pass " code { "--time-zone" } "." }
            }
            dl { @for (term, text) in &definitions { dt { (term) } dd { (text) } } }
            @if location.is_none() { (dictionary()) }
        }
    }
}

/// Every summary column of the CSV files.
fn dictionary() -> Markup {
    html! {
        details {
            summary { "Table: every summary column of the CSV files" }
            div.wide tabindex="0" { table {
                thead { tr { th scope="col" { "Column" } th scope="col" { "Unit" } th scope="col" { "Meaning" } th scope="col" { "Formula" } th scope="col" { "Few below" } } }
                tbody { @for measure in MEASURES {
                    tr {
                        td { code { (measure.name) } }
                        td { (measure.unit()) }
                        td { (measure.meaning) }
                        td { (measure.formula) }
                        td { (measure.least()) }
                    }
                } }
            } }
        }
    }
}
