//! What changed: a card for each change, with its weeks, or the honest empty state.

use maud::{Markup, html};

use crate::report::changed::{Changed, TOLD, changed, ended, findings};
use crate::report::chart::Charts;
use crate::report::model::{LocationReport, OrganizationReport, Verdict};
use crate::report::text::counted;

use super::change_words::{compared_weeks, noun, sentence, size_and_n, smallest, too_early, turn};
use super::parts::{is_plain, name, ours, unbroken};

/// The section of a page; `only` is the location that the page is of.
pub(super) fn section(
    report: &OrganizationReport,
    only: Option<&LocationReport>,
    charts: &Charts,
) -> Markup {
    if report.all.figures.tickets == 0 {
        return html! {};
    }
    let root = if only.is_some() { "../" } else { "" };
    let changed = changed(report, only);
    let ended = ended(report, only);
    let all = findings(report, only);
    let judged = all.iter().filter(|(_, finding)| finding.judged().is_some()).count();
    let whole = only.map_or(&report.all, |location| &location.section).changes.iter();
    let young = if judged == 0 { whole.clone().find_map(too_early) } else { None };
    let weeks = compared_weeks(all.iter().map(|(_, finding)| *finding));
    let visible: Vec<String> = whole.filter_map(smallest).collect();
    let place = if only.is_some() { "this location" } else { "the organization as a whole" };
    html! {
        section.findings id="changed" {
            h2 { "What changed: " (head(judged, &changed)) }
            @if !changed.is_empty() {
                @if let Some(weeks) = &weeks { p.note { "Compared: " (unbroken(weeks)) ", in every location and measure that has enough." } }
                div.finds {
                    @for (at, change) in changed.iter().take(TOLD).enumerate() {
                        (card(change, only, charts.changes.get(at).map(|drawing| drawing.elements.as_str())))
                    }
                }
            }
            @if changed.len() > TOLD {
                p.checked { "And " (changed.len() - TOLD) " more in " a href={ (root) "changes.csv" } { "changes.csv" } "." }
            }
            @if changed.is_empty() {
                div.none {
                    @match &young {
                        Some(text) => { p { (unbroken(text)) } }
                        None => {
                            p { strong { "Nothing beyond chance." } " Nothing stands out from the usual ups and downs. That does not mean that nothing changed." }
                            @if let Some(weeks) = &weeks { p { "Compared: " (unbroken(weeks)) "." } }
                        }
                    }
                }
            }
            @for (at, finding) in ended.iter().take(TOLD) {
                p.checked {
                    @if let (Some(at), None) = (at, only) { (name(&at.name)) ": " }
                    @else if only.is_none() { "All locations together: " }
                    (noun(finding.measure)) " is back within its usual range."
                }
            }
            @if judged > 0 {
                p.checked {
                    (counted(judged as u64, "comparison")) " made, " (counted(changed.len() as u64, "finding")) "; all in "
                    a href={ (root) "changes.csv" } { "changes.csv" } "."
                    @if !visible.is_empty() {
                        " The smallest change for the worse that could have been seen for " (place) ": " (unbroken(&visible.join(", "))) "."
                    }
                }
            }
        }
    }
}

/// The end of the heading: how many, and where if it is one place.
fn head(judged: usize, changed: &[Changed<'_>]) -> Markup {
    let one = |n: usize| match n {
        2 => "two findings".to_owned(),
        3 => "three findings".to_owned(),
        4 => "four findings".to_owned(),
        n => format!("{n} findings"),
    };
    html! {
        @match (judged, changed.len()) {
            (0, _) => "too early to say",
            (_, 0) => "nothing beyond chance",
            (_, 1) => "one finding beyond chance",
            (_, n) => { (one(n)) " beyond chance" }
        }
    }
}

fn card(change: &Changed<'_>, only: Option<&LocationReport>, drawing: Option<&str>) -> Markup {
    let Changed { place, finding, judged } = change;
    let worse = judged.verdict == Verdict::Worse;
    let turn = turn(finding.measure, judged);
    html! {
        article.find.better[!worse] {
            p.dir { (if worse { "▲ " } else { "△ " }) (turn) }
            h3 {
                @if only.is_none() {
                    @match place {
                        Some(place) if is_plain(&place.id) => { a href={ "locations/" (place.id) ".html#changed" } { (name(&place.name)) } ": " }
                        Some(place) => { (name(&place.name)) ": " }
                        None => "All locations together: ",
                    }
                }
                (unbroken(&sentence(finding, judged, only.is_some())))
            }
            @if let Some(elements) = drawing {
                svg viewBox={ "0 0 340 " (crate::report::chart::CARD_HEIGHT) } role="img" aria-label={ "Line chart by week: " (sentence(finding, judged, false)) "." } { (ours(elements)) }
            }
            p { (unbroken(&size_and_n(finding, judged))) }
        }
    }
}

#[cfg(test)]
#[path = "findings_tests.rs"]
mod tests;
