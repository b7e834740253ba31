//! The rating of a ticket: that of its newest payload with a rating, however often senders repeat payloads.
//!
//! A payload may be sent again days later and stand in another file. So each payload counts with the smallest key it
//! was seen with, and the payload with the largest of these keys wins:
//!
//! ```text
//! file   1     1     2         newest delivery   rating
//!        2     5     2 again         2              5
//! ```
//!
//! Payloads are told apart by a hash that is the same in every run. Nearly every ticket has at most one, which takes no
//! extra memory. Further ones are all kept, because the newest may later turn out to be a repeated old one.

use super::join::Joined;
use super::rated::Rated;
use super::values::{FIELDS, RATING};

impl Joined {
    /// Adds a payload with a rating.
    pub(super) fn rate(&mut self, rated: Rated) {
        let Some(mine) = self.rated() else { return self.set_rating(rated) };
        let largest = |rated: &Rated| (rated.key, rated.hash);
        if rated.hash == mine.hash {
            let rated = Rated { key: mine.key.first(rated.key), ..rated };
            if rated.key == mine.key {
                return;
            }
            self.set_rating(rated);
            let others = self.rare.as_ref().map(|rare| &rare.ratings);
            let best = others.and_then(|others| others.values().copied().max_by_key(largest));
            if let Some(best) = best.filter(|best| largest(best) > largest(&rated)) {
                self.elect(best, rated);
            }
            return;
        }
        let other = self.rare().ratings.entry(rated.hash).or_insert(rated);
        other.key = other.key.first(rated.key);
        let other = *other;
        if largest(&other) > largest(&mine) {
            self.elect(other, mine);
        }
    }

    /// Makes another payload the one whose rating counts.
    fn elect(&mut self, new: Rated, old: Rated) {
        let ratings = &mut self.rare().ratings;
        ratings.remove(&new.hash);
        ratings.insert(old.hash, old);
        self.set_rating(new);
    }

    fn set_rating(&mut self, rated: Rated) {
        self.values.rating = rated.stars;
        self.rating_hash = rated.hash;
        if rated.key == self.head {
            self.behind &= !RATING;
        } else {
            self.behind |= RATING;
            if let Some(key) = self.rare().keys.last_mut() {
                *key = rated.key;
            }
        }
    }

    /// The payload whose rating counts.
    pub(super) fn rated(&self) -> Option<Rated> {
        let key = self.key(FIELDS - 1)?;
        Some(Rated { hash: self.rating_hash, key, stars: self.values.rating })
    }

    /// Every payload with a rating; the one that counts comes first.
    pub(super) fn ratings(&self) -> impl Iterator<Item = Rated> {
        let others = self.rare.iter().flat_map(|rare| rare.ratings.values().copied());
        self.rated().into_iter().chain(others)
    }

    /// Whether only the order of files decided between two different ratings.
    pub(super) fn is_rating_decided_by_file_order(&self) -> bool {
        self.rated().is_some_and(|mine| {
            self.ratings().skip(1).any(|other| {
                other.key.moment() == mine.key.moment()
                    && other.key.file() != mine.key.file()
                    && other.stars != mine.stars
            })
        })
    }
}
