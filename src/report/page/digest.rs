//! The morning in short, for mail: data through, what changed, key figures, what is wrong with the data. As HTML without
//! images, style sheets or links, and as plain text; both say the same.

use maud::{DOCTYPE, Markup, html};

use crate::report::changed::{TOLD, changed, findings};
use crate::report::model::OrganizationReport;
use crate::report::text::{counted, day, days, shown, through};

use super::change_words::{compared_weeks, sentence, size_and_n, too_early, turn};
use super::facts::{Facts, only};
use super::key_figures::Tile;
use super::parts::unbroken;

/// Most warnings that are told.
const WARNINGS: usize = 8;
/// Longest name or warning, graphemes.
const LONGEST: usize = 200;

/// What both forms say.
struct Digest {
    title: String,
    when: String,
    /// What is wrong with the data.
    wrong: Vec<String>,
    /// The end of the heading, and of each finding its head, its sentence and its size.
    changed: String,
    findings: Vec<[String; 3]>,
    more: String,
    tiles: Vec<Tile>,
    lead: String,
}

impl Digest {
    fn of(report: &OrganizationReport) -> Self {
        let facts = Facts::of(report, &report.all, None);
        let all = changed(report, None);
        let judged =
            findings(report, None).iter().filter(|(_, one)| one.judged().is_some()).count();
        let young = report.all.changes.iter().find_map(too_early).filter(|_| judged == 0);
        let weeks = compared_weeks(findings(report, None).into_iter().map(|(_, finding)| finding))
            .map_or_else(String::new, |weeks| format!(" Compared: {weeks}."));
        let head = match (judged, all.len()) {
            (0, _) => young.unwrap_or_else(|| "Too early to say.".to_owned()),
            (_, 0) => format!("Nothing beyond chance.{weeks}"),
            (_, 1) => "One finding beyond chance.".to_owned(),
            (_, n) => format!("{n} findings beyond chance."),
        };
        let finding = |one: &crate::report::changed::Changed<'_>| {
            let place = one.place.map_or_else(
                || "All locations together".to_owned(),
                |place| shown(&place.name, LONGEST),
            );
            [
                turn(one.finding.measure, one.judged).to_owned(),
                format!("{place}: {}", sentence(one.finding, one.judged, false)),
                size_and_n(one.finding, one.judged),
            ]
        };
        let name = if report.organization.is_empty() { "(no data)" } else { &report.organization };
        Self {
            title: format!("Queues: {}", shown(name, LONGEST)),
            when: when(report),
            wrong: wrong(report, &facts),
            changed: head,
            findings: all.iter().take(TOLD).map(finding).collect(),
            more: match all.len().saturating_sub(TOLD) {
                0 => String::new(),
                n => format!("And {n} more in changes.csv."),
            },
            tiles: facts.tiles,
            lead: facts.headline,
        }
    }

    fn html(&self) -> Markup {
        let soft = "color:#585f69;font-size:14px";
        let head = "font-size:18px;margin:22px 0 6px";
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) }
                }
                body style="margin:0;padding:16px;background:#ffffff;color:#1d2129;overflow-wrap:anywhere;font:16px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif" {
                    div style="max-width:600px;margin:0 auto" {
                        h1 style="font-size:24px;line-height:1.2;margin:0 0 4px" { bdi dir="auto" { (self.title) } }
                        p style={ "margin:0;" (soft) } { (unbroken(&self.when)) }
                        @for text in &self.wrong {
                            p style="margin:8px 0 0;padding:8px 12px;background:#fff4e5;border-left:4px solid #c24e00;font-size:15px" { bdi dir="auto" { (text) } }
                        }
                        p style="margin:12px 0 0" { (unbroken(&self.lead)) }
                        h2 style=(head) { "What changed" }
                        p style="margin:0" { (unbroken(&self.changed)) }
                        @for [head, sentence, size] in &self.findings {
                            @let worse = head.ends_with("worse");
                            div style={ "margin:10px 0;padding:8px 14px;background:#f5f7f9;border-left:5px " (if worse { "solid #c24e00" } else { "double #0072b2" }) } {
                                p style={ "margin:0;font-size:14px;font-weight:bold;color:" (if worse { "#a34100" } else { "#005a8f" }) } { (if worse { "▲ " } else { "△ " }) (head) }
                                p style="margin:2px 0;font-weight:bold" { bdi dir="auto" { (unbroken(sentence)) } }
                                p style="margin:0;font-size:14px" { (unbroken(size)) }
                            }
                        }
                        @if !self.more.is_empty() { p style={ "margin:0;" (soft) } { (self.more) } }
                        h2 style=(head) { "Key figures" }
                        table cellpadding="0" cellspacing="0" style="border-collapse:collapse;width:100%;font-size:15px" {
                            @for tile in &self.tiles {
                                tr {
                                    th scope="row" style="text-align:left;vertical-align:top;font-weight:normal;padding:6px 12px 6px 0;border-bottom:1px solid #dde2e7" { (tile.name) }
                                    td style="vertical-align:top;padding:6px 12px 6px 0;border-bottom:1px solid #dde2e7;font-weight:bold;white-space:nowrap" { (unbroken(&tile.value)) }
                                    td style={ "vertical-align:top;padding:6px 0;border-bottom:1px solid #dde2e7;" (soft) } {
                                        (unbroken(&tile.detail))
                                        @if let Some(change) = &tile.change { br; (unbroken(change)) }
                                    }
                                }
                            }
                        }
                        p style={ "margin:18px 0 0;" (soft) } { "Charts, locations and definitions are in the report. Made by queuestat " (env!("CARGO_PKG_VERSION")) "." }
                    }
                }
            }
        }
    }

    fn text(&self) -> String {
        let mut lines = vec![self.title.clone(), self.when.clone(), String::new()];
        if !self.wrong.is_empty() {
            lines.push("LOOK AT THE DATA".to_owned());
            lines.extend(self.wrong.iter().map(|text| format!("! {text}")));
            lines.push(String::new());
        }
        lines.extend([self.lead.clone(), String::new(), format!("WHAT CHANGED. {}", self.changed)]);
        for [head, sentence, size] in &self.findings {
            lines.extend([
                String::new(),
                format!("* {head}"),
                format!("  {sentence}"),
                format!("  {size}"),
            ]);
        }
        if !self.more.is_empty() {
            lines.extend([String::new(), self.more.clone()]);
        }
        lines.extend([String::new(), "KEY FIGURES".to_owned()]);
        for Tile { name, value, detail, change, .. } in &self.tiles {
            lines.push(format!("{name}: {value}"));
            lines.push(format!("  {detail}"));
            lines.extend(change.iter().map(|change| format!("  {change}")));
        }
        lines.push(String::new());
        lines.join("\n")
    }
}

/// The window, and how far the data reach.
fn when(report: &OrganizationReport) -> String {
    let window = match (report.from.or(report.first_date), report.to.or(report.last_date)) {
        (Some(from), Some(to)) => format!("{}. ", days(from, to)),
        _ => String::new(),
    };
    let through = report.data_through.map_or_else(
        || "No data.".to_owned(),
        |at| format!("Data through {}.", through(at, report.data_through_zone.as_deref())),
    );
    let only = only(report).map_or_else(String::new, |only| only + " ");
    format!("{only}{window}{through}")
}

fn wrong(report: &OrganizationReport, facts: &Facts) -> Vec<String> {
    let mut wrong = Vec::new();
    if let (true, Some(since)) = (report.is_silent, report.data_through) {
        let since = through(since, report.data_through_zone.as_deref());
        wrong.push(format!("No data since {since}."));
    }
    for (place, last) in report.silent_locations.iter().take(WARNINGS) {
        wrong.push(format!("No tickets at {} since {}.", shown(place, 80), day(*last)));
    }
    let more = report.silent_locations.len().saturating_sub(WARNINGS);
    if more > 0 {
        wrong.push(format!("And none at {} more.", counted(more as u64, "location")));
    }
    wrong.extend(report.warnings.iter().take(WARNINGS).map(|text| shown(text, LONGEST)));
    let more = report.warnings.len().saturating_sub(WARNINGS);
    if more > 0 {
        wrong.push(format!("And {} more on the page.", counted(more as u64, "warning")));
    }
    if report.lines.rejected > 0 {
        wrong.push(facts.lines.clone());
    }
    wrong
}

/// The digest as HTML and as text.
#[must_use]
pub fn digest(report: &OrganizationReport) -> (String, String) {
    let digest = Digest::of(report);
    (digest.html().into_string(), digest.text())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{HOSTILE, report};

    #[test]
    fn both_forms_say_the_same_and_are_small() {
        let mut report = report("o & p", &HOSTILE, 300);
        report.warnings = vec!["x".repeat(5_000); 500];
        report.is_silent = true;
        report.silent_locations = vec![("<script>".to_owned(), "2021-03-01".parse().unwrap()); 300];
        report.lines.rejected = 3;
        report.lines.records = 100;
        let (html, text) = digest(&report);
        assert!(html.len() < 60_000, "{}", html.len());
        assert!(!html.contains("<script") && !html.contains("href") && !html.contains("src="));
        assert!(
            html.contains("o &amp; p")
                && text.starts_with("Queues: o & p\n8 March 2021 to 4 April 2021. Data through")
        );
        for words in [
            "No data since Sunday 4 April 2021, 18:40.",
            "No tickets at",
            "3 could not be used",
            "Median wait",
            "1,500",
        ] {
            assert!(html.contains(words) && text.contains(words), "{words}");
        }
        assert!(
            text.contains("And none at 292 locations more.")
                && text.contains("And 492 warnings more on the page."),
            "{text}"
        );
    }

    #[test]
    fn an_empty_report_has_one() {
        let (html, text) = digest(&OrganizationReport::default());
        assert!(html.contains("No data.") && text.contains("There is no ticket in this window."));
    }
}
