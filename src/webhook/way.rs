//! The way to a webhook that was found: as a path for people, and as positions from which a route is learned.

use super::embedded::Coding;
use super::learn::Target;
use super::scan;
use super::search::{Hook, Place, Search, Step};
use super::shape::{self, Shape};

/// The part of the way to a webhook that lies in one text.
#[derive(Debug)]
pub(super) struct Stretch<'s> {
    pub(super) text: &'s str,
    /// Where in the text the way goes on, with paths from the start of the text.
    pub(super) target: Target,
    /// Path of the text in the record.
    pub(super) before: String,
    /// How the string at its end is coded; `None` if the webhook itself is at its end.
    pub(super) into: Option<Coding>,
}

impl Search<'_> {
    /// Where a webhook and its receive time are.
    pub(super) fn shape(&self, hook: Hook, time: Option<Place>) -> Shape {
        let received_at = time.and_then(|(object, which)| {
            let time = self.times.get(&object)?.get(which)?;
            let text = self.text_of(object);
            let keys = time.beside.iter().chain([&time.key]);
            Some(keys.fold(self.path(object), |path, key| {
                shape::with_key(&path, &scan::written_key(text, key))
            }))
        });
        Shape { webhook: self.path(hook.0), received_at }
    }

    /// The texts from the record to a webhook, and where in each of them the way goes on.
    pub(super) fn way(&self, hook: Hook) -> Vec<Stretch<'_>> {
        let mut way: Vec<Stretch<'_>> = Vec::new();
        let (mut at, mut held_in) = (Some(hook.0), None);
        let mut ends = true;
        while let Some((here, node)) = at.and_then(|at| Some((at, self.nodes.get(at)?))) {
            let place = (node.place.start, self.path(here));
            if ends {
                let text = self.texts.get(node.text).map_or("", |text| &text.text);
                let target = Target { path: Vec::new(), end: place };
                way.push(Stretch { text, target, before: String::new(), into: held_in });
                ends = false;
            } else if let Some(stretch) = way.last_mut() {
                stretch.target.path.insert(0, place);
            }
            if let (Step::Held(coding), Some(stretch)) = (&node.step, way.last_mut()) {
                stretch.before = self.path(here);
                (held_in, ends) = (Some(*coding), true);
            }
            at = node.parent;
        }
        for Stretch { target, before, .. } in &mut way {
            for (_, path) in target.path.iter_mut().chain([&mut target.end]) {
                *path = path
                    .strip_prefix(before.as_str())
                    .unwrap_or_default()
                    .trim_start_matches('.')
                    .to_owned();
            }
        }
        way.reverse();
        way
    }

    /// The path of a value, as [`Shape`] writes it.
    fn path(&self, node: usize) -> String {
        let mut way = Vec::new();
        let mut at = Some(node);
        while let Some(node) = at.and_then(|at| self.nodes.get(at)) {
            way.push(node);
            at = node.parent;
        }
        way.into_iter().rev().fold(String::new(), |path, node| match &node.step {
            Step::Record => path,
            Step::Element => path + "[]",
            Step::Held(coding) => path + coding.sign(),
            Step::Key(key) => {
                let text = self.texts.get(node.text).map_or(&[][..], |text| text.text.as_bytes());
                shape::with_key(&path, &scan::written_key(text, key))
            }
        })
    }
}
