//! Parts that pages share.

use chrono::NaiveDate;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::dataframe::lead_band;
use crate::report::chart::{Cell, Figure, FigureTable, Screen, WEEK_OF, Words, duration, percent};
use crate::report::model::{FEW, OrganizationReport, Scale, Section, WaitBandRow};
use crate::report::text::{grouped, shown, through};
pub(super) use crate::report::unbroken::unbroken;

/// The stylesheet of every page.
pub(super) const STYLE: &str = include_str!("style.css");

/// Allows this stylesheet and nothing else: no scripts, no requests. A test keeps the hash up to date.
pub(super) const POLICY: &str = "default-src 'none'; style-src 'sha256-nTmXvCjDDYhsNO/xlWl74BZEQP8iNmNAzg7I3nOGCkg='; base-uri 'none'; form-action 'none'";

/// Longest name shown, in graphemes.
const NAME: usize = 80;

/// Marks our own text as markup. Nothing else does.
pub(super) fn ours(markup: &str) -> PreEscaped<&str> {
    PreEscaped(markup)
}

/// A whole page.
pub(super) fn document(title: &str, report: &OrganizationReport, body: &Markup) -> String {
    page(title, &report.version, body)
}

/// A whole page with a description for whoever finds it by its address.
pub(super) fn described(
    title: &str,
    description: &str,
    report: &OrganizationReport,
    (top, body): (&Markup, &Markup),
) -> String {
    let head = html! { meta name="description" content=(description); };
    whole(title, &report.version, &head, (top, body))
}

/// A whole page; `version` is that of queuestat.
pub(super) fn page(title: &str, version: &str, body: &Markup) -> String {
    page_with(title, version, &html! {}, body)
}

/// The same with more in its head.
pub(super) fn page_with(title: &str, version: &str, head: &Markup, body: &Markup) -> String {
    whole(title, version, head, (&html! {}, body))
}

fn whole(title: &str, version: &str, head: &Markup, (top, body): (&Markup, &Markup)) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex, nofollow";
                meta name="color-scheme" content="light dark";
                (head)
                title { (title) }
                style { (ours(STYLE)) }
            }
            body {
                a.vh.skip href="#main" { "To the content" }
                (top)
                main id="main" { (body) }
                footer {
                    p { "Made by queuestat " (version) " from archived webhooks. Every number is defined at the end of its report." }
                }
            }
        }
    }
    .into_string()
}

/// A name from the archive, isolated from the direction of the text around it.
pub(super) fn name(text: &str) -> Markup {
    html! { bdi dir="auto" { (shown(text, NAME)) } }
}

pub(super) fn date(date: Option<NaiveDate>) -> String {
    date.map_or_else(|| "–".to_owned(), |date| date.to_string())
}

pub(super) fn seconds(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), duration)
}

pub(super) fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), percent)
}

pub(super) fn mean(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"))
}

/// The first warning: that nothing new has arrived.
pub(super) fn silence(report: &OrganizationReport) -> Markup {
    html! {
        @if let (true, Some(since)) = (report.is_silent, report.data_through) {
            aside.warning role="note" {
                p { strong { "No data since " (through(since, report.data_through_zone.as_deref())) } ". What is shown below ends there." }
            }
        }
    }
}

/// The warnings shown before the figures.
pub(super) fn warnings(report: &OrganizationReport) -> Markup {
    html! {
        @if !report.warnings.is_empty() {
            aside.warning role="note" {
                p { strong { "Read with care." } " Part of the input could not be used:" }
                ul { @for text in report.warnings.iter().take(20) { li { (shown(text, 300)) } } }
                @if report.warnings.len() > 20 {
                    p { "and " (report.warnings.len() - 20) " more; see the data quality below." }
                }
            }
        }
    }
}

/// Whether a text is an id or a folder of ours, which can stand in an address as it is.
pub(super) fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// A link to the page of a location or the folder of an organization; just the name if `id` is not a plain ASCII id.
pub(super) fn link(before: &str, id: &str, after: &str, text: &str) -> Markup {
    html! {
        @if is_plain(id) {
            a href={ (before) (id) (after) } { (name(text)) }
        } @else {
            (name(text))
        }
    }
}

/// Marks a small sample size.
pub(super) fn few(n: u64) -> &'static str {
    if (1..FEW).contains(&n) { " (few)" } else { "" }
}

/// Figures with the tables behind them, as cells of a grid.
pub(super) fn figures(figures: &[Figure], root: &str) -> Markup {
    html! { @for figure in figures { (figure_of(figure, root)) } }
}

/// A figure: its finding, its drawings for wide and narrow screens, how to read it, its numbers.
fn figure_of(figure: &Figure, root: &str) -> Markup {
    let Words { title, subtitle, caption, source, .. } = &figure.words;
    let description = figure.description();
    html! {
        figure.full[figure.drawings.iter().any(|drawing| drawing.screen == Screen::Middle)] {
            div { h3 { (unbroken(title)) } p.sub { (unbroken(subtitle)) } }
            div {
                @for drawing in &figure.drawings {
                    svg class=[class_of(drawing.screen)] viewBox={ "0 0 " (drawing.width) " " (drawing.height) } role="img" aria-label=(description) {
                        (ours(&drawing.elements))
                    }
                }
            }
            figcaption {
                @if !caption.is_empty() { (unbroken(caption)) " " }
                "File: " a href={ (root) (source) } { (source) }
            }
            details class=[on_paper(&figure.table)] { summary { "Data" span.vh { ": " (title) } } (table(&figure.table)) }
        }
    }
}

/// Most rows of a table that is printed; the file beside a longer one has all of them.
pub(super) const PRINTED: usize = 26;

/// How a table is printed: not at all, in two columns without its limits, or as it is.
pub(super) fn on_paper(table: &FigureTable) -> Option<&'static str> {
    if table.rows.len() > PRINTED {
        Some("off")
    } else if table.header.first().is_some_and(|head| head == WEEK_OF) {
        Some("half k3")
    } else {
        None
    }
}

fn class_of(screen: Screen) -> Option<&'static str> {
    match screen {
        Screen::All => None,
        Screen::Wide => Some("w"),
        Screen::Middle => Some("m"),
        Screen::Narrow => Some("s"),
    }
}

fn table(table: &FigureTable) -> Markup {
    html! {
        div.wide tabindex="0" { table {
            thead { tr {
                @for (at, head) in table.header.iter().enumerate() {
                    @if at == 0 { th scope="col" { (head) } } @else { th.n scope="col" { (head) } }
                }
            } }
            tbody {
                @for row in &table.rows {
                    tr {
                        @for cell in row {
                            @match cell {
                                Cell::Text(text) => td { (name(text)) },
                                Cell::Number(number) => td.n { (number) },
                                Cell::Missing => td.n { "–" },
                            }
                        }
                    }
                }
            }
        } }
    }
}

/// The table of ratings by value, if the figure does not show each value.
pub(super) fn ratings_by_value(section: &Section, scale: Scale, root: &str) -> Markup {
    if scale.top() == Scale::FIVE.top() || section.ratings.is_empty() {
        return html! {};
    }
    let all: u64 = section.ratings.iter().map(|(_, n)| n).sum();
    #[expect(clippy::cast_precision_loss, reason = "counts of ratings")]
    let of_all = |n: u64| (all > 0).then(|| n as f64 / all as f64);
    html! {
        details {
            summary { "Ratings by value" }
            p.note { "From 1 to " (scale.top()) ". " a href={ (root) "ratings.csv" } { "ratings.csv" } }
            div.wide tabindex="0" { table {
                thead { tr { th.n scope="col" { "Rating" } th.n scope="col" { "Ratings" } th.n scope="col" { "Share" } } }
                tbody { @for (value, n) in section.ratings.iter().filter(|(_, n)| *n > 0 || scale.top() <= 10) {
                    tr { td.n { (value) } td.n { (grouped(*n)) } td.n { (share(of_all(*n))) } }
                } }
            } }
        }
    }
}

/// The table of ratings by wait.
pub(super) fn wait_tables(section: &Section, scale: Scale, root: &str) -> Markup {
    html! {
        details {
            summary { "Ratings by wait" }
            p.note {
                "Visits with both a rating and a wait. An association, not a cause: other things differ between the bands. "
                a href={ (root) "ratings_by_wait.csv" } { "ratings_by_wait.csv" }
            }
            @if section.ratings_by_wait.is_empty() { p { "No visit has both." } } @else {
                div.wide tabindex="0" { table {
                    thead { tr { th scope="col" { "Wait, minutes" } th.n scope="col" { "Ratings" } th.n scope="col" { "Mean" } th.n scope="col" { (scale.satisfied_head()) } th.n scope="col" { "95 % interval" } } }
                    tbody { @for band in &section.ratings_by_wait {
                        tr {
                            td { (wait_band(band)) }
                            td.n { @match band.ratings { Some(n) => { (grouped(n)) (few(n)) }, None => { "hidden" } } }
                            td.n { (mean(band.rating_mean)) }
                            td.n { (share(band.csat)) }
                            td.n { @match band.csat_low.zip(band.csat_high) {
                                Some((low, high)) => { (format!("{:.0} to {:.0} %", low * 100.0, high * 100.0)) },
                                None => { "–" },
                            } }
                        }
                    } }
                } }
            }
        }
    }
}

/// A type of ticket in the words of a manager; one that is not known stays as it was sent.
pub(super) fn ticket_type(sent: &str) -> &str {
    match sent {
        "anonymous" => "Walk-in",
        "booking" => "Booking",
        "manual" => "Issued by staff",
        other => other,
    }
}

/// A band of minutes: `5 to 10`, `60 and over`.
fn wait_band(band: &WaitBandRow) -> String {
    match band.to_min {
        Some(to) => format!("{} to {to}", band.from_min),
        None => format!("{} and over", band.from_min),
    }
}

/// The table of lost visits by outcome, type and lead time.
pub(super) fn lost_table(section: &Section, root: &str) -> Markup {
    html! {
        @if section.lost.is_empty() { p { "No visit was lost." } } @else {
            details class=[(section.lost.len() > 12).then_some("half")] { summary { "Lost visits by outcome, ticket type and lead time" }
                p.note {
                    "Lead time: from the cancellation to the start of the booked slot. File: "
                    a href={ (root) "cancellations.csv" } { "cancellations.csv" }
                }
                div.wide tabindex="0" { table {
                thead { tr { th scope="col" { "Outcome" } th scope="col" { "Ticket type" } th scope="col" { "Lead time" } th.n scope="col" { "Tickets" } } }
                tbody { @for row in &section.lost {
                    tr {
                        td { (row.outcome.replace('_', " ")) }
                        td { (name(if row.ticket_type.is_empty() { "–" } else { ticket_type(&row.ticket_type) })) }
                        td { (row.lead.and_then(lead_band).map_or("–", |band| band.words)) }
                        td.n { (grouped(row.tickets)) }
                    }
                } }
            } } }
        }
    }
}
