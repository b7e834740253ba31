//! Which of the names that exist was meant by one that was asked for.

use std::collections::BTreeSet;

use super::nearest::folded;

/// What a name that was asked for means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meant<'a> {
    /// This one.
    One(&'a str),
    /// It begins several names, all of them in order.
    Several(Vec<&'a str>),
    /// There is no such name.
    Nothing,
}

/// The name that was meant: exactly that one, else the only one that is the same but for case, accents and spaces, else the
/// only one that begins like that.
pub(crate) fn meant<'a>(asked: &str, there: &BTreeSet<&'a str>) -> Meant<'a> {
    if let Some(exact) = there.get(asked) {
        return Meant::One(exact);
    }
    let wanted = folded(asked);
    if wanted.is_empty() {
        return Meant::Nothing;
    }
    let all = there.iter().copied().map(|name| (folded(name), name));
    let (same, longer): (Vec<_>, Vec<_>) =
        all.filter(|(name, _)| name.starts_with(&wanted)).partition(|(name, _)| *name == wanted);
    let found = if same.is_empty() { longer } else { same };
    let names: Vec<&str> = found.into_iter().map(|(_, name)| name).collect();
    match names.as_slice() {
        [] => Meant::Nothing,
        [one] => Meant::One(one),
        _ => Meant::Several(names),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn exactly_then_without_case_then_by_its_beginning() {
        let there = BTreeSet::from(["Malmö Nord", "Malmö Syd", "Malmö", "malmö syd", "Lund"]);
        for (asked, expected) in [
            ("Malmö", Meant::One("Malmö")),
            ("MALMO", Meant::One("Malmö")),
            ("lu", Meant::One("Lund")),
            ("malmo n", Meant::One("Malmö Nord")),
            ("malmo s", Meant::Several(vec!["Malmö Syd", "malmö syd"])),
            ("Malmö SYD", Meant::Several(vec!["Malmö Syd", "malmö syd"])),
            ("mal", Meant::Several(vec!["Malmö", "Malmö Nord", "Malmö Syd", "malmö syd"])),
            ("und", Meant::Nothing),
            ("", Meant::Nothing),
        ] {
            assert_eq!(meant(asked, &there), expected, "{asked}");
        }
    }

    proptest! {
        /// A name itself is always found, and what is found begins like what was asked for.
        #[test]
        fn a_name_means_itself(names in prop::collection::btree_set("[a-cA-Cö ]{1,6}", 1..8), at in any::<prop::sample::Index>(), cut in 0_usize..6) {
            let there: BTreeSet<&str> = names.iter().map(String::as_str).collect();
            let name = *there.iter().nth(at.index(there.len())).unwrap();
            prop_assert_eq!(meant(name, &there), Meant::One(name));
            let part: String = name.chars().take(cut).collect();
            match meant(&part, &there) {
                Meant::One(found) => prop_assert!(folded(found).starts_with(&folded(&part)) || found == part),
                Meant::Several(found) => {
                    let begins = |one: &&str| folded(one).starts_with(&folded(&part));
                    prop_assert!(found.len() > 1 && found.iter().all(begins));
                }
                Meant::Nothing => prop_assert!(folded(&part).is_empty()),
            }
        }
    }
}
