//! Finds room for names beside marks, so that nothing lies on anything else.

use super::canvas::{Anchor, At};
use super::label::width_of;

/// A rectangle: left, top, right, bottom, pixels.
pub(super) type Area = (f64, f64, f64, f64);

/// Size of the names, pixels.
const SIZE: f64 = 12.0;

/// What is taken already.
#[derive(Debug)]
pub(super) struct Spots {
    /// Where names may stand.
    bounds: Area,
    taken: Vec<Area>,
}

impl Spots {
    /// Room within bounds, less some marks, given with their radius.
    pub(super) fn new(bounds: Area, marks: impl Iterator<Item = (At, f64)>) -> Self {
        let taken = marks.map(|((x, y), r)| (x - r, y - r, x + r, y + r)).collect();
        Self { bounds, taken }
    }

    /// Where a text beside a mark may stand, and takes the room; `None` if it would lie on something in each of the ten
    /// places that are tried.
    pub(super) fn place(&mut self, (x, y): At, radius: f64, text: &str) -> Option<(At, Anchor)> {
        let (side, over, width) = (radius + 4.0, radius + 8.0, width_of(text, SIZE));
        let near = radius * 0.7 + 3.0;
        let places = [
            ((x + side, y), Anchor::Start),
            ((x - side, y), Anchor::End),
            ((x, y - over), Anchor::Middle),
            ((x, y + over), Anchor::Middle),
            ((x + near, y - over), Anchor::Start),
            ((x + near, y + over), Anchor::Start),
            ((x - near, y - over), Anchor::End),
            ((x - near, y + over), Anchor::End),
            ((x, y - over - 9.0), Anchor::Middle),
            ((x, y + over + 9.0), Anchor::Middle),
        ];
        let (place, anchor, area) = places.into_iter().find_map(|((x, y), anchor)| {
            let left = match anchor {
                Anchor::Start => x,
                Anchor::Middle => x - width / 2.0,
                Anchor::End => x - width,
            };
            let area = (left, y - SIZE / 2.0, left + width, y + SIZE / 2.0);
            self.is_free(area).then_some(((x, y), anchor, area))
        })?;
        self.taken.push(area);
        Some((place, anchor))
    }

    fn is_free(&self, (left, top, right, bottom): Area) -> bool {
        let bounds = self.bounds;
        let inside = left >= bounds.0 && top >= bounds.1 && right <= bounds.2 && bottom <= bounds.3;
        let over = |&(l, t, r, b): &Area| right.min(r) > left.max(l) && bottom.min(b) > top.max(t);
        inside && !self.taken.iter().any(over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_moves_aside_or_is_left_out() {
        let mut spots = Spots::new((0.0, 0.0, 200.0, 100.0), [((100.0, 50.0), 3.0)].into_iter());
        let beside = spots.place((100.0, 50.0), 3.0, "Name").unwrap();
        assert_eq!(beside, ((107.0, 50.0), Anchor::Start));
        assert_eq!(spots.place((100.0, 50.0), 3.0, "Name").unwrap().1, Anchor::End);
        // No room for a name longer than the bounds.
        assert_eq!(spots.place((100.0, 50.0), 3.0, &"n".repeat(50)), None);
    }

    proptest! {
        #[test]
        fn names_never_lie_on_each_other(
            marks in prop::collection::vec(((0.0..300.0_f64, 0.0..200.0_f64), 0_usize..20), 0..40),
        ) {
            let dots = marks.iter().map(|(at, _)| (*at, 3.0));
            let mut spots = Spots::new((0.0, 0.0, 300.0, 200.0), dots);
            for (at, length) in &marks {
                spots.place(*at, 3.0, &"n".repeat(*length));
            }
            let names = &spots.taken[marks.len()..];
            for (at, a) in names.iter().enumerate() {
                prop_assert!(a.0 >= 0.0 && a.1 >= 0.0 && a.2 <= 300.0 && a.3 <= 200.0);
                for b in spots.taken[..marks.len()].iter().chain(&names[at + 1..]) {
                    let over = a.2.min(b.2) - a.0.max(b.0) > 1e-9 && a.3.min(b.3) - a.1.max(b.1) > 1e-9;
                    prop_assert!(!over || a.2 - a.0 < 1e-9);
                }
            }
        }
    }
}
