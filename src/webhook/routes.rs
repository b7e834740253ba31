//! The ways to webhooks that were found so far, so that the next record of the same shape costs no search.
//!
//! A route goes through one text or several: the record, what a string of it holds, and so on. Each text is followed by
//! the [`Skeleton`] of texts that hold the webhook, or the string with it, in the same place.

use std::collections::HashMap;

use super::embedded::Coding;
use super::field::Fields;
use super::learn::Target;
use super::scan::{is_webhook, solid};
use super::search::{Hook, Search};
use super::shape::Shape;
use super::skeleton::{Around, Skeleton, Walk};
use super::way::Stretch;

/// Routes that are remembered; records of more shapes are searched each time.
const MOST: usize = 16;
/// Attempts to learn without success after which only one of so many is made.
const PATIENCE: u64 = 64;
/// Longest text that is learned, in bytes.
const LONGEST: usize = 1 << 18;
/// Shapes that are counted apart; an archive of more has no shape to speak of.
const MOST_SHAPES: usize = 1_000;

/// Where the receive time of a route stands: the text of the route, and the path in it.
pub(super) type Place = (usize, u32);

/// A text of a route.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leg {
    /// `None` is that of bare webhooks.
    pub(super) skeleton: Option<usize>,
    /// What the string is in which the route goes on; `None` if the webhook is in this text.
    pub(super) into: Option<Coding>,
    /// Whether strings beside the route may be base64, because the route does not go into any.
    pub(super) any_base64: bool,
}

#[derive(Debug)]
struct Route {
    /// The texts, each with its path in the record.
    legs: Vec<(Leg, String)>,
    /// Path of the webhook.
    webhook: String,
    /// Webhooks that were found by this route, by the place of their receive time.
    counts: Vec<(Option<Place>, u64)>,
}

/// All routes; the first is that of bare webhooks.
#[derive(Debug)]
pub(super) struct Routes {
    routes: Vec<Route>,
    /// The skeleton of bare webhooks.
    pub(super) bare: Skeleton,
    /// Bare webhooks without a receive time of their own.
    pub(super) untimed: u64,
    /// All others, with the path from the begin of a text, and whether that leads to a string.
    skeletons: Vec<(String, bool, Skeleton)>,
    /// The route that was taken last.
    pub(super) recent: usize,
    /// Attempts to learn something that taught nothing, since the last one that did.
    vain: u64,
    /// Webhooks that were found by a search.
    searched: HashMap<Shape, u64>,
}

impl Routes {
    /// The route of bare webhooks.
    pub(super) const BARE: usize = 0;

    /// No record was seen yet.
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

    /// Learns a bare webhook; false if it is none, or nothing is left to learn.
    pub(super) fn learn_bare(&mut self, text: &[u8]) -> bool {
        let begin = solid(text, 0);
        // A look at it is cheaper than an attempt.
        if !is_webhook(text, begin) {
            return false;
        }
        let target = Target { path: Vec::new(), end: (begin, String::new()) };
        self.bare.learn(text, &target)
    }

    /// Finds the fields of a webhook as if it were a bare one; false if the referee must decide.
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
        // What was in vain so often is rarely worth another attempt.
        if self.vain > PATIENCE && !self.vain.is_multiple_of(PATIENCE) {
            self.vain += 1;
            return;
        }
        let texts = self.texts();
        self.learn_way(search, hook);
        self.vain = if self.texts() == texts { self.vain + 1 } else { 0 };
    }

    /// Texts that are known.
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

    /// Counts a webhook that was found by a route.
    #[inline]
    pub(super) fn count(&mut self, route: usize, time: Option<Place>) {
        let Some(Route { counts, .. }) = self.routes.get_mut(route) else { return };
        match counts.iter_mut().find(|(place, _)| *place == time) {
            Some((_, count)) => *count += 1,
            None => counts.push((time, 1)),
        }
    }

    /// Counts a webhook that was found by a search.
    pub(super) fn count_searched(&mut self, shape: Shape) {
        if self.searched.len() < MOST_SHAPES || self.searched.contains_key(&shape) {
            *self.searched.entry(shape).or_default() += 1;
        }
    }

    /// The shapes counted since the last time.
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
