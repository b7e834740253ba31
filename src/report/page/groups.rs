//! Locations in the order of their groups, each group with its figures before its locations.

use maud::{Markup, html};

use crate::report::model::{LocationReport, OrganizationReport, PlaceGroup};

use super::parts::name;

/// Groups to jump to at most; of more, those of the highest level alone.
const JUMPS: usize = 24;

/// The groups in order, each within the one above it, with the locations that lie in it and in none below; those without a group
/// come last.
pub(super) fn in_order(
    report: &OrganizationReport,
) -> Vec<(Option<&PlaceGroup>, Vec<&LocationReport>)> {
    let mut groups: Vec<&PlaceGroup> = report.groups.iter().collect();
    // By the names of the levels: `North/City` follows `North`, and `North Side` both.
    groups.sort_by(|a, b| a.name.split('/').cmp(b.name.split('/')));
    let of = |group: Option<&str>| {
        report.locations.iter().filter(|place| place.group.as_deref() == group).collect::<Vec<_>>()
    };
    let mut all: Vec<_> =
        groups.into_iter().map(|group| (Some(group), of(Some(&group.name)))).collect();
    let rest = of(None);
    if !rest.is_empty() {
        all.push((None, rest));
    }
    all
}

/// The name of a group, with the number of its locations; `rest` is that of those without one.
pub(super) fn title(group: Option<&PlaceGroup>, rest: usize) -> Markup {
    let n = group.map_or(rest, |group| group.locations);
    html! {
        @match group {
            Some(group) => (name(&group.name.replace('/', " / "))),
            None => "Without a group",
        }
        small { " " (n) @if n == 1 { " location" } @else { " locations" } }
    }
}

/// The anchor of a group: its code points, because an id must be plain.
pub(super) fn anchor(group: &str) -> String {
    let codes: Vec<String> = group.chars().map(|c| format!("{:x}", u32::from(c))).collect();
    format!("g-{}", codes.join("-"))
}

/// Links to the groups.
pub(super) fn jump(report: &OrganizationReport) -> Markup {
    let all = in_order(report);
    let few = all.len() <= JUMPS;
    html! {
        nav.jump aria-label="Groups of locations" {
            @for group in all.iter().filter_map(|(group, _)| *group).filter(|group| few || group.level == 1) {
                a href={ "#" (anchor(&group.name)) } { (name(&group.name.replace('/', " / "))) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_location_stands_once_behind_its_group() {
        let group = |name: &str| PlaceGroup {
            name: name.to_owned(),
            level: name.split('/').count(),
            locations: 1,
            ..PlaceGroup::default()
        };
        let place = |name: &str, group: Option<&str>| LocationReport {
            name: name.to_owned(),
            group: group.map(str::to_owned),
            ..LocationReport::default()
        };
        let report = OrganizationReport {
            // As bytes order them.
            groups: ["North", "North Side", "North/City", "South"].map(group).to_vec(),
            locations: vec![
                place("a", Some("South")),
                place("b", None),
                place("c", Some("North/City")),
                place("d", Some("North")),
                place("e", Some("North/City")),
                place("f", Some("North Side")),
            ],
            ..OrganizationReport::default()
        };
        let told: Vec<(&str, Vec<&str>)> = in_order(&report)
            .into_iter()
            .map(|(group, places)| {
                let names = places.iter().map(|place| place.name.as_str()).collect();
                (group.map_or("", |group| group.name.as_str()), names)
            })
            .collect();
        assert_eq!(
            told,
            [
                ("North", vec!["d"]),
                ("North/City", vec!["c", "e"]),
                ("North Side", vec!["f"]),
                ("South", vec!["a"]),
                ("", vec!["b"]),
            ]
        );
        let links = jump(&report).into_string();
        assert_eq!(links.matches("<a ").count(), 4);
        assert!(links.contains("North / City") && links.contains(&anchor("North/City")));
        assert!(title(None, 1).into_string().contains("1 location<"));
    }
}
