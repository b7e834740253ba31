//! The table of groups with marks on common scales: all locations by name, or who waited at one of them. It reads with 3 rows
//! and with 300; on a phone each row is a card.

use maud::{Markup, html};

use crate::report::chart::{duration, percent};
use crate::report::model::{
    Change, Dimension, FEW, FEW_FOR_P90, Figures, Finding, LeftWaits, LocationReport,
    OrganizationReport, Scale, Segment, Verdict,
};
use crate::report::text::grouped;
use crate::report::weeks::FullWeeks;

use super::absent;
use super::groups;
use super::marks::{self, Scales};
use super::parts::{self, is_plain, link, name, ticket_type, unbroken};

/// From this many locations on there are letters to jump to.
const MANY: usize = 13;

/// The section of the overview.
pub(super) fn section(report: &OrganizationReport) -> Markup {
    let groups = report.locations.iter().map(|place| &place.section.figures);
    let scales = Scales::of(groups.chain([&report.all.figures]));
    let many = report.locations.len() >= MANY;
    let has_weeks = FullWeeks::of(report, None).is_some_and(|weeks| weeks.shown().len() > 2);
    html! {
        section id="locations" {
            @if report.groups.is_empty() {
                h2 { "Locations, by name" }
            } @else {
                h2 { "Locations, by group" }
            }
            p.note {
                "In order of name, because a ranking of small numbers is mostly chance. All columns are in "
                a href="locations.csv" { "locations.csv" }
                @if !report.groups.is_empty() { " and " a href="groups.csv" { "groups.csv" } }
                "."
            }
            @if !report.groups.is_empty() { (groups::jump(report)) } @else if many { (jump(report)) }
            @if !report.locations.is_empty() {
                (key(scales, report.scale))
                table.locs {
                    (head(scales, report.scale, &html! { "Location" }, has_weeks))
                    tbody {
                        // Of a single location it would be the same row twice.
                        @if report.locations.len() > 1 {
                            tr.all {
                                th.name scope="row" { "All " (report.locations.len()) " locations" }
                                (cells(&report.all.figures, report.all.left_waits, scales, (None, report.tells_served(None))))
                            }
                        }
                        @if report.groups.is_empty() {
                            @let letters = first_of_letters(report);
                            @for (place, letter) in report.locations.iter().zip(letters) {
                                (row(report, place, scales, letter.filter(|_| many).map(|letter| anchor(&letter))))
                            }
                        } @else {
                            @for (group, places) in groups::in_order(report) {
                                tr.all id=[group.map(|group| groups::anchor(&group.name))] {
                                    th.name scope="row" { (groups::title(group, places.len())) }
                                    @match group {
                                        Some(group) => (cells(&group.figures, group.left_waits, scales, (None, report.tells_served(None)))),
                                        None => { td colspan="5" {} }
                                    }
                                }
                                @for place in places { (row(report, place, scales, None)) }
                            }
                        }
                    }
                }
            }
            (absent::absent(report))
        }
    }
}

/// The row of a location.
fn row(
    report: &OrganizationReport,
    place: &LocationReport,
    scales: Scales,
    id: Option<String>,
) -> Markup {
    let section = &place.section;
    let of = (Some((report, place)), place.tells_served());
    html! {
        tr id=[id] {
            th.name scope="row" {
                (link("locations/", &place.id, ".html", &place.name))
                @for finding in &section.changes { (flag(place, finding)) }
            }
            (cells(&section.figures, section.left_waits, scales, of))
        }
    }
}

/// What a segment is called on a page.
fn words_of(segment: &Segment) -> &str {
    match segment.value.as_str() {
        "(none)" => "not given",
        "(other)" => "others together",
        value if segment.dimension == Dimension::TicketType => ticket_type(value),
        value => value,
    }
}

/// Who waited at a location: kinds of ticket, services, queues.
pub(super) fn segments(location: &LocationReport, scale: Scale) -> Markup {
    let all = &location.section.segments;
    let scales = Scales::of(all.iter().map(|segment| &segment.figures));
    html! {
        @if !all.is_empty() {
            section id="who" {
                h2 { "Who waited" }
                p.note {
                    "Walk-ins and bookings wait for different things, and so do services and queues. The same marks as in the table of locations. All columns are in "
                    a href="../segments.csv" { "segments.csv" } "."
                }
                (key(scales, scale))
                @for (dimension, title) in [(Dimension::TicketType, "Kind of ticket"), (Dimension::Category, "Service"), (Dimension::Queue, "Queue")] {
                    @let rows: Vec<_> = all.iter().filter(|segment| segment.dimension == dimension).collect();
                    @if !rows.is_empty() {
                        table.locs {
                            caption { (title) }
                            (head(scales, scale, &html! { span.vh { (title) } }, false))
                            tbody { @for segment in rows {
                                tr {
                                    th.name scope="row" { (name(words_of(segment))) }
                                    (cells(&segment.figures, LeftWaits::default(), scales, (None, location.tells_served())))
                                }
                            } }
                        }
                    }
                }
            }
        }
    }
}

fn head(scales: Scales, scale: Scale, first: &Markup, by_place: bool) -> Markup {
    html! {
        thead { tr {
            th scope="col" { (first) }
            th scope="col" { "Tickets" @if by_place { ", by week" } }
            th scope="col" { (unbroken(&format!("Wait, 0 to {} min", scales.wait))) }
            th.n scope="col" { "Within target" }
            th scope="col" { "Lost, 0 to " (unbroken(&percent(scales.lost).replace(".0", ""))) }
            th scope="col" { "Rated " (scale.satisfied_words()) ", " (percent(scales.rated_from).replace(".0 %", "")) " to 100\u{a0}%" }
        } }
    }
}

fn key(scales: Scales, scale: Scale) -> Markup {
    html! {
        p.key {
            span { svg width="46" height="14" viewBox="0 0 46 14" aria-hidden="true" { path fill="none" stroke="#0072B2" stroke-width="2.2" d="M8 7h32M40 2v10" {} circle fill="#0072B2" cx="8" cy="7" r="4.6" {} } "dot: median wait; end of the bar: nine in ten waited no longer" }
            span { svg width="46" height="14" viewBox="0 0 46 14" aria-hidden="true" { path fill="none" stroke="#7E8791" stroke-width="2.4" d="M4 7h38M4 3v8M42 3v8" {} circle fill="#0072B2" cx="22" cy="7" r="4.6" {} } "rated " (scale.satisfied_words()) " with its 95 % interval" }
            span { (unbroken(&format!("an arrow: beyond {} min", scales.wait))) }
        }
    }
}

/// The cells of a row behind its name.
fn cells(
    f: &Figures,
    left: LeftWaits,
    scales: Scales,
    (place, tells_served): (Option<(&OrganizationReport, &LocationReport)>, bool),
) -> Markup {
    let few = |n: u64| html! { @if (1..FEW).contains(&n) { span.few { "only " (n) } } };
    html! {
        td { div.c {
            span.lab { "Tickets" }
            span.num { (grouped(f.tickets)) }
            @if let Some((report, place)) = place { (marks::weeks(report, place)) }
        } }
        td { div.c {
            span.lab { "Wait" }
            (marks::wait(f, scales))
            span.num {
                @match f.wait_p50_s.filter(|_| f.waits >= FEW) {
                    Some(p50) => {
                        (unbroken(&duration(p50)))
                        @if let Some(p90) = f.wait_p90_s.filter(|_| f.waits >= FEW_FOR_P90) { small { "90 %: " (unbroken(&duration(p90))) } }
                    }
                    None if f.waits == 0 => "–",
                    None => (few(f.waits)),
                }
                @if let Some(p50) = left.p50_s.filter(|_| left.n >= FEW) { small { "left after " (unbroken(&duration(p50))) } }
            }
        } }
        td.n {
            span.lab { "Within target" }
            @if f.offered < FEW { (few(f.offered)) @if f.offered == 0 { "–" } }
            @else if f.waits == 0 { span.few { "not known" } }
            @else { (share(f.within_target_rate)) }
        }
        td { div.c {
            span.lab { "Lost" }
            @if tells_served { (marks::lost(f, scales)) }
            span.num {
                @if (1..FEW).contains(&f.closed()) { (few(f.closed())) }
                @else if !tells_served && f.closed() > 0 { span.few { "not known" } }
                @else { (share(f.lost_rate)) }
            }
        } }
        td { div.c {
            span.lab { "Rated" }
            (marks::rated(f, scales))
            span.num {
                @match f.ratings {
                    None => { span.few { "hidden, too few" } }
                    Some(0) => "–",
                    Some(n) if n < FEW => (few(n)),
                    Some(n) => { (share(f.csat)) small { "n = " (grouped(n)) } }
                }
            }
        } }
    }
}

fn share(value: Option<f64>) -> String {
    unbroken(&parts::share(value))
}

/// What changed at a location, under its name.
fn flag(place: &LocationReport, finding: &Finding) -> Markup {
    let Some(judged) = finding.change().filter(|_| is_plain(&place.id)) else { return html! {} };
    let worse = judged.verdict == Verdict::Worse;
    let what = match finding.measure {
        Change::Csat => "ratings",
        Change::Wait => "wait",
        Change::Cancellation => "cancellations",
        Change::NoShow => "no-shows",
    };
    html! {
        a.flag.good[!worse] href={ "locations/" (place.id) ".html#changed" } {
            (if worse { "▲ " } else { "△ " }) (what) (if worse { " worse" } else { " better" })
        }
    }
}

/// The first letter of a name, if it is the first location with it.
fn first_of_letters(report: &OrganizationReport) -> Vec<Option<String>> {
    let mut seen = std::collections::BTreeSet::new();
    let letter = |place: &LocationReport| {
        let first = place.name.chars().find(|c| c.is_alphanumeric())?;
        Some(first.to_uppercase().collect::<String>())
    };
    report
        .locations
        .iter()
        .map(|place| letter(place).filter(|one| seen.insert(one.clone())))
        .collect()
}

/// The anchor of a letter: its code points, because an id must be plain.
fn anchor(letter: &str) -> String {
    let codes: Vec<String> = letter.chars().map(|c| format!("{:x}", u32::from(c))).collect();
    format!("l-{}", codes.join("-"))
}

fn jump(report: &OrganizationReport) -> Markup {
    let letters: Vec<String> = first_of_letters(report).into_iter().flatten().collect();
    html! {
        nav.jump aria-label="Locations by letter" {
            @for letter in &letters { a href={ "#" (anchor(letter)) } { (letter) } }
        }
    }
}
