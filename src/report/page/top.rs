//! The way around a page: its sections, and the locations before and after it.

use maud::{Markup, html};

use crate::report::model::{LocationReport, OrganizationReport};

use super::parts::{link, name};

/// The row of anchors under the header.
pub(super) fn anchors(sections: &[(&str, &str)]) -> Markup {
    html! {
        nav.toc aria-label="On this page" {
            ul { @for (id, title) in sections { li { a href={ "#" (id) } { (title) } } } }
        }
    }
}

/// The way back to all locations, and to those before and after this one by name.
pub(super) fn crumbs(report: &OrganizationReport, location: &LocationReport) -> Markup {
    let at = report.locations.iter().position(|one| one.id == location.id);
    let neighbour = |at: Option<usize>| at.and_then(|at| report.locations.get(at));
    let before = neighbour(at.and_then(|at| at.checked_sub(1)));
    let after = neighbour(at.and_then(|at| at.checked_add(1)));
    html! {
        nav.crumb aria-label="Locations" {
            a href="../index.html" { (name(&report.organization)) ", all locations" }
            @if let Some(one) = before { span { "Previous: " (link("", &one.id, ".html", &one.name)) } }
            @if let Some(one) = after { span { "Next: " (link("", &one.id, ".html", &one.name)) } }
        }
    }
}
