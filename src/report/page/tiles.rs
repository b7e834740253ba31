//! Key figures, each with the line of its full weeks.

use maud::{Markup, html};

use super::facts::Facts;
use super::marks::spark;
use super::parts::unbroken;

/// Key figures, each with its full weeks.
pub(super) fn tiles(facts: &Facts) -> Markup {
    html! {
        section id="figures" {
            h2 { "Key figures" }
            p.note { (unbroken(&facts.compared)) }
            div.tiles {
                @for tile in &facts.tiles {
                    div.tile {
                        h3 { (tile.name) }
                        p.value { (unbroken(&tile.value)) }
                        p.detail { (unbroken(&tile.detail)) }
                        (spark(&tile.weeks, &tile.newest))
                        @if let Some(change) = &tile.change { p { (unbroken(change)) } }
                    }
                }
            }
        }
    }
}
