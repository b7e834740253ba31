//! Groups of locations.

use std::collections::BTreeMap;

/// Group of each location that has one, by its name as the configuration maps it: levels separated by `/`.
pub type Groups = BTreeMap<String, String>;

/// A group and those that it lies in: of `North/City`, `North` and `North/City`.
pub(crate) fn levels(group: &str) -> impl Iterator<Item = &str> {
    let ends = group.match_indices('/').map(|(at, _)| at).chain([group.len()]);
    ends.filter_map(|end| group.get(..end))
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
}
