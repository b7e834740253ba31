//! Remembers the ways to webhooks found so far, so that the next record of the same shape needs no search.
//!
//! A route goes through one text or several: the record, the text that a string in it holds, and so on. Each text is
//! matched by the [`Skeleton`] for texts with the webhook, or the string that holds it, in the same place.

use std::collections::HashMap;

use super::embedded::Coding;
use super::field::Fields;
use super::learn::Target;
use super::scan::{is_webhook, solid};
use super::search::{Hook, Search};
use super::shape::Shape;
use super::skeleton::{Around, Skeleton, Walk};
use super::way::Stretch;

/// Most routes that are remembered; records of further shapes are searched each time.
const MOST: usize = 16;
/// After this many failed attempts to learn in a row, only one in as many is made.
const PATIENCE: u64 = 64;
/// Longest text that is learned, bytes.
const LONGEST: usize = 1 << 18;
/// Most shapes that are counted separately; an archive with more has no shape to speak of.
const MOST_SHAPES: usize = 1_000;

/// Where the receive time of a route is: index of the text in the route, and number of the path in it.
pub(super) type Place = (usize, u32);

/// A text of a route.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leg {
    /// Index of its skeleton; `None` is that of bare webhooks.
    pub(super) skeleton: Option<usize>,
    /// How the string is coded through which the route goes on; `None` if the webhook is in this text.
    pub(super) into: Option<Coding>,
    /// Whether strings outside the route may be base64, which is fine if the route itself does not use base64; except of
    /// other items of a list.
    pub(super) any_base64: bool,
}

#[derive(Debug)]
struct Route {
    /// The texts, each with its path in the record.
    legs: Vec<(Leg, String)>,
    /// Path of the webhook.
    webhook: String,
    /// Number of webhooks found by this route, by the place of their receive time.
    counts: Vec<(Option<Place>, u64)>,
}

/// All routes; the first is that of bare webhooks.
#[derive(Debug)]
pub(super) struct Routes {
    routes: Vec<Route>,
    /// The skeleton of bare webhooks.
    pub(super) bare: Skeleton,
    /// Number of bare webhooks without a receive time of their own.
    pub(super) untimed: u64,
    /// All other skeletons, each with the path to its target and whether that is a string.
    skeletons: Vec<(String, bool, Skeleton)>,
    /// Index of the route that was taken last.
    pub(super) recent: usize,
    /// Attempts to learn that taught nothing, since the last one that did.
    vain: u64,
    /// Number of webhooks found by a search, by shape.
    searched: HashMap<Shape, u64>,
}

impl Routes {
    /// Index of the route of bare webhooks.
    pub(super) const BARE: usize = 0;

    /// No routes yet, except that of bare webhooks.
    pub(super) fn new() -> Self {
        let leg = Leg { skeleton: None, into: None, any_base64: true };
        let bare =
            Route { legs: vec![(leg, String::new())], webhook: String::new(), counts: Vec::new() };
        Self {
            routes: vec![bare],
            bare: Skeleton::new(),
            untimed: 0,
            skeletons: Vec::new(),
            recent: Self::BARE,
            vain: 0,
            searched: HashMap::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.routes.len()
    }

    /// A text of a route.
    #[inline]
    pub(super) fn leg(&self, route: usize, leg: usize) -> Option<Leg> {
        self.routes.get(route)?.legs.get(leg).map(|(leg, _)| *leg)
    }

    /// The skeleton of a text; `None` is that of bare webhooks.
    pub(super) fn skeleton(&mut self, at: Option<usize>) -> Option<&mut Skeleton> {
        match at {
            None => Some(&mut self.bare),
            Some(at) => self.skeletons.get_mut(at).map(|(_, _, skeleton)| skeleton),
        }
    }

    /// Learns a bare webhook; false if it is not one, or there is nothing left to learn.
    pub(super) fn learn_bare(&mut self, text: &[u8]) -> bool {
        let begin = solid(text, 0);
        // A quick look is cheaper than an attempt.
        if !is_webhook(text, begin) {
            return false;
        }
        let target = Target { path: Vec::new(), end: (begin, String::new()) };
        self.bare.learn(text, &target)
    }

    /// Finds the fields of a webhook as if it were a bare one; false if the reference decoder must decide.
    pub(super) fn bare<'a>(&mut self, payload: &'a [u8], fields: &mut Fields<'a>) -> bool {
        let find = |routes: &mut Self, fields: &mut Fields<'a>| {
            let walk = routes.bare.find(payload, fields, &mut Around::default());
            matches!(walk, Walk::Found { .. })
        };
        if find(self, fields) {
            return true;
        }
        *fields = Fields::new(true);
        self.learn_bare(payload) && find(self, fields)
    }

    /// Learns the way to the only webhook of a record.
    pub(super) fn learn(&mut self, search: &Search<'_>, hook: Hook) {
        // After so many failures, another attempt is rarely worth it.
        if self.vain > PATIENCE && !self.vain.is_multiple_of(PATIENCE) {
            self.vain += 1;
            return;
        }
        let texts = self.texts();
        self.learn_way(search, hook);
        self.vain = if self.texts() == texts { self.vain + 1 } else { 0 };
    }

    /// Number of known texts.
    fn texts(&self) -> usize {
        let others = self.skeletons.iter().map(|(_, _, skeleton)| skeleton.texts());
        self.bare.texts() + others.sum::<usize>()
    }

    fn learn_way(&mut self, search: &Search<'_>, hook: Hook) {
        let way = search.way(hook);
        if way.iter().any(|stretch| stretch.text.len() > LONGEST) {
            return;
        }
        let any_base64 = way.iter().all(|stretch| stretch.into != Some(Coding::Base64));
        let mut legs = Vec::new();
        for Stretch { text, target, before, into } in &way {
            let key = (target.end.1.as_str(), into.is_some());
            let same =
                |(path, string, _): &(String, bool, Skeleton)| (path.as_str(), *string) == key;
            let known = self.skeletons.iter().position(same);
            let at = match known {
                _ if key == ("", false) => None,
                Some(_) => known,
                None if self.skeletons.len() >= MOST => return,
                None => {
                    self.skeletons.push((key.0.to_owned(), key.1, Skeleton::new()));
                    Some(self.skeletons.len() - 1)
                }
            };
            if let Some(skeleton) = self.skeleton(at) {
                skeleton.learn(text.as_bytes(), target);
            }
            legs.push((Leg { skeleton: at, into: *into, any_base64 }, before.clone()));
        }
        let webhook = search.shape(hook, None).webhook;
        let known = self.routes.iter().position(|route| route.webhook == webhook);
        if known.is_none() && self.routes.len() < MOST {
            self.routes.push(Route { legs, webhook, counts: Vec::new() });
        }
    }

    /// Counts a webhook found by a route.
    #[inline]
    pub(super) fn count(&mut self, route: usize, time: Option<Place>) {
        let Some(Route { counts, .. }) = self.routes.get_mut(route) else { return };
        match counts.iter_mut().find(|(place, _)| *place == time) {
            Some((_, count)) => *count += 1,
            None => counts.push((time, 1)),
        }
    }

    /// Counts a webhook found by a search.
    pub(super) fn count_searched(&mut self, shape: Shape) {
        if self.searched.len() < MOST_SHAPES || self.searched.contains_key(&shape) {
            *self.searched.entry(shape).or_default() += 1;
        }
    }

    /// Takes the shapes counted since the last call.
    pub(super) fn take_shapes(&mut self) -> Vec<(Shape, u64)> {
        let mut shapes = std::mem::take(&mut self.searched);
        let mut add = |webhook: &str, received_at, count| {
            let shape = Shape { webhook: webhook.to_owned(), received_at };
            *shapes.entry(shape).or_default() += count;
        };
        if self.untimed > 0 {
            add("", None, std::mem::take(&mut self.untimed));
        }
        for route in &mut self.routes {
            for (time, count) in std::mem::take(&mut route.counts) {
                let received_at = time.and_then(|(leg, path)| {
                    let (leg, before) = route.legs.get(leg)?;
                    let skeleton = match leg.skeleton {
                        None => &self.bare,
                        Some(at) => self.skeletons.get(at).map(|(_, _, skeleton)| skeleton)?,
                    };
                    let path = skeleton.path(path);
                    let dot = if before.is_empty() || path.starts_with('[') { "" } else { "." };
                    Some(format!("{before}{dot}{path}"))
                });
                add(&route.webhook, received_at, count);
            }
        }
        let mut shapes: Vec<_> = shapes.into_iter().collect();
        shapes.sort_unstable();
        shapes
    }
}
