//! Ratings, and the scale they are given on.

/// The highest rating of the longest supported scale.
const HIGHEST: u8 = 100;

/// A rating: a whole number of 1 to 100, inside the scale it was given on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rating(u8);

impl Rating {
    /// A rating from a whole number; `None` outside 1 to 100. A decoder checks [`Scale::holds`] first.
    #[must_use]
    pub fn new(stars: u8) -> Option<Self> {
        (1..=HIGHEST).contains(&stars).then_some(Self(stars))
    }

    /// The number, from 1 to the top of the scale.
    #[must_use]
    pub const fn stars(self) -> u8 {
        self.0
    }
}

/// The scale of ratings: from 1 to its top, and the lowest rating that counts as satisfied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    top: u8,
    satisfied_from: u8,
}

impl Default for Scale {
    fn default() -> Self {
        Self::FIVE
    }
}

impl Scale {
    /// The top of the longest supported scale.
    pub const LONGEST: u8 = HIGHEST;

    /// The documented scale: 1 to 5, satisfied from 4 on.
    pub const FIVE: Self = Self { top: 5, satisfied_from: 4 };

    /// A scale from 1 to `top` (2 to 100). `satisfied_from` must lie in 2 to `top`; without it, `top` - 1 is used, but at
    /// least 2. `None` if a number is out of bounds.
    #[must_use]
    pub fn new(top: u8, satisfied_from: Option<u8>) -> Option<Self> {
        if !(2..=HIGHEST).contains(&top) {
            return None;
        }
        let satisfied_from = satisfied_from.unwrap_or((top - 1).max(2));
        (2..=top).contains(&satisfied_from).then_some(Self { top, satisfied_from })
    }

    /// The best rating.
    #[must_use]
    pub const fn top(self) -> u8 {
        self.top
    }

    /// The lowest rating of a satisfied customer.
    #[must_use]
    pub const fn satisfied_from(self) -> u8 {
        self.satisfied_from
    }

    /// Whether a number is a rating on this scale.
    #[must_use]
    pub fn holds(self, number: u32) -> bool {
        (1..=u32::from(self.top)).contains(&number)
    }

    /// The ratings of satisfied customers, in words: `4 or 5`, `8 to 10`, `5`.
    #[must_use]
    pub fn satisfied_words(self) -> String {
        let Self { top, satisfied_from } = self;
        match top.saturating_sub(satisfied_from) {
            0 => top.to_string(),
            1 => format!("{satisfied_from} or {top}"),
            _ => format!("{satisfied_from} to {top}"),
        }
    }

    /// As [`Scale::satisfied_words`], for the heading of a column next to plain numbers: `only 5`.
    #[must_use]
    pub fn satisfied_head(self) -> String {
        let only = if self.top == self.satisfied_from { "only " } else { "" };
        format!("{only}{}", self.satisfied_words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales() {
        assert_eq!(Scale::new(5, None), Some(Scale::default()));
        for (top, from, words) in [
            (5, None, Some("4 or 5")),
            (10, None, Some("9 or 10")),
            (10, Some(8), Some("8 to 10")),
            (10, Some(10), Some("10")),
            (2, None, Some("2")),
            (100, Some(2), Some("2 to 100")),
            (1, None, None),
            (0, None, None),
            (101, None, None),
            (10, Some(1), None),
            (10, Some(11), None),
        ] {
            let found = Scale::new(top, from).map(Scale::satisfied_words);
            assert_eq!(found.as_deref(), words, "{top} {from:?}");
        }
        let heads = [4, 5].map(|from| Scale::new(5, Some(from)).unwrap().satisfied_head());
        assert_eq!(heads, ["4 or 5", "only 5"]);
        let ten = Scale::new(10, None).unwrap();
        assert!([1, 10].map(|n| ten.holds(n)) == [true; 2]);
        assert!([0, 11, 266].map(|n| ten.holds(n)) == [false; 3]);
    }
}
