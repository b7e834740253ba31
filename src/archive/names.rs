//! Numbers equal names, however many there are.

use std::collections::HashMap;

/// Names given out so far.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// For each name, the last number appended to it, so that a million equal names do not take a million tries each.
    taken: HashMap<String, u64>,
}

impl Names {
    /// Returns the name, or, if it was given out before, the name with the next free number: `a`, `a (2)`, `a (3)`.
    pub(super) fn unique(&mut self, name: String) -> String {
        let Some(mut number) = self.taken.get(&name).copied() else {
            self.taken.insert(name.clone(), 1);
            return name;
        };
        let numbered = loop {
            number += 1;
            let numbered = format!("{name} ({number})");
            if !self.taken.contains_key(&numbered) {
                break numbered;
            }
        };
        self.taken.insert(name, number);
        self.taken.insert(numbered.clone(), 1);
        numbered
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// As it was done before: every number is tried.
    fn slowly(names: &[&str]) -> Vec<String> {
        let mut taken = BTreeSet::new();
        let unique = |name: &&str| {
            let (mut unique, mut number) = ((*name).to_owned(), 1);
            while !taken.insert(unique.clone()) {
                number += 1;
                unique = format!("{name} ({number})");
            }
            unique
        };
        names.iter().map(unique).collect()
    }

    #[test]
    fn equal_names_get_the_next_free_number() {
        for names in [
            &["a", "b", "a", "a", "b"][..],
            &["a (2)", "a", "a", "a", "a (2)", "a (2)", "a (3)", "a"],
            &["a", "a", "a (2)", "a (2) (2)", "a (2)", "a"],
            &["", "", " (2)", ""],
        ] {
            let mut found = Names::default();
            let found: Vec<String> =
                names.iter().map(|name| found.unique((*name).to_owned())).collect();
            assert_eq!(found, slowly(names));
        }
    }

    #[test]
    fn many_equal_names_cost_no_more_than_others() {
        let mut names = Names::default();
        let last = (0..200_000).map(|_| names.unique("a".to_owned())).last();
        assert_eq!(last.as_deref(), Some("a (200000)"));
    }
}
