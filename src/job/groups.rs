//! Groups of locations.

use std::collections::BTreeMap;

/// Group of each location that has one, by its name as the configuration maps it: levels separated by `/`.
pub type Groups = BTreeMap<String, String>;

/// A group and those that it lies in: of `North/City`, `North` and `North/City`.
pub(crate) fn levels(group: &str) -> impl Iterator<Item = &str> {
    let ends = group.match_indices('/').map(|(at, _)| at).chain([group.len()]);
    ends.filter_map(|end| group.get(..end))
}

/// Whether the location of a name lies in a wanted group. An empty one wants the locations without a group.
pub(crate) fn lies_in(name: &str, groups: &Groups, is_wanted: impl Fn(&str) -> bool) -> bool {
    groups.get(name).map_or_else(|| is_wanted(""), |group| levels(group).any(&is_wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_lies_in_those_above_it() {
        assert_eq!(
            levels("North/City/Old").collect::<Vec<_>>(),
            ["North", "North/City", "North/City/Old"]
        );
        assert_eq!(levels("North").collect::<Vec<_>>(), ["North"]);
    }

    #[test]
    fn a_location_lies_in_its_group_and_in_those_above() {
        let groups = Groups::from([("Pier".to_owned(), "North/City".to_owned())]);
        for (name, group, lies) in [
            ("Pier", "North", true),
            ("Pier", "North/City", true),
            ("Pier", "City", false),
            ("Pier", "", false),
            ("Dock", "North", false),
            ("Dock", "", true),
        ] {
            assert_eq!(lies_in(name, &groups, |one| one == group), lies, "{name} in {group}");
        }
    }
}
