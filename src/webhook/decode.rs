//! The fast decoder: one record in, its webhooks out, or the reason why there are none.

use std::borrow::Cow;

use super::assemble::assemble;
use super::decoded::Decoded;
use super::embedded::{Coding, from_base64};
use super::field::{Field, Fields};
use super::message;
use super::receive::{Picked, Received};
use super::reference;
use super::reject::Reject;
use super::routes::{Leg, Place, Routes};
use super::scalar;
use super::settings::Settings;
use super::shape::Shape;
use super::skeleton::{Around, Found, Walk};
use super::strings::Said;
use super::timestamp::{self, Range};
use super::value::Value;

/// Decodes the records of an archive; the more alike they are, the faster. The result for a record depends on that record
/// alone.
#[derive(Debug)]
pub struct Decoder<'s> {
    settings: &'s Settings,
    routes: Routes,
    /// Whether messages of customers are read too, which needs a search of each record.
    messages: bool,
    /// Room for texts in texts.
    room: Vec<Said>,
    #[cfg(test)]
    searches: u64,
}

impl<'s> Decoder<'s> {
    /// A decoder that has seen no records yet.
    #[must_use]
    pub fn new(settings: &'s Settings) -> Self {
        Self {
            settings,
            routes: Routes::new(),
            messages: false,
            room: Vec::new(),
            #[cfg(test)]
            searches: 0,
        }
    }

    /// A decoder that also reads what customers wrote. It is slower, and says the same of everything else.
    #[must_use]
    pub fn with_messages(settings: &'s Settings) -> Self {
        Self { messages: true, ..Self::new(settings) }
    }

    /// Decodes one record: the JSON text of one value, without a line end, not blank. Calls `found` with each webhook, or
    /// with the reason why there is none; each call counts as one record in the account.
    ///
    /// `received` is a receive time found outside the record, UTC milliseconds; it is used if the record itself has none.
    pub fn decode(
        &mut self,
        record: &[u8],
        received: Option<i64>,
        mut found: impl FnMut(&Result<Decoded<'_>, Reject>),
    ) {
        let free = self.settings.payload.is_none() && self.settings.received_at.is_none();
        let fast = free && !self.messages;
        if !fast || !self.fast(record, received, &mut found) {
            self.search(record, received, free, &mut found);
        }
    }

    /// Takes the shapes counted since the last call, each with its number of webhooks.
    pub fn take_shapes(&mut self) -> Vec<(Shape, u64)> {
        self.routes.take_shapes()
    }

    /// Number of records that needed a search.
    #[cfg(test)]
    pub(super) fn searches(&self) -> u64 {
        self.searches
    }

    /// Decodes a record along a route learned from earlier records; false if none fits.
    #[inline]
    fn fast(
        &mut self,
        record: &[u8],
        received: Option<i64>,
        found: &mut impl FnMut(&Result<Decoded<'_>, Reject>),
    ) -> bool {
        let recent = self.routes.recent;
        if recent == Routes::BARE && received.is_none() {
            // By far the most frequent case, so nothing is checked that is already known.
            let (mut fields, mut around) = (Fields::new(true), Around::default());
            if let Walk::Found { .. } = self.routes.bare.find(record, &mut fields, &mut around)
                && around.times.is_empty()
            {
                self.routes.untimed += 1;
                found(&assemble(&fields, record, Received::NONE, self.settings));
                return true;
            }
        }
        if self.follow(recent, 0, record, Picked::NOTHING, received, found) {
            return true;
        }
        for route in 0..self.routes.len() {
            if route != recent && self.follow(route, 0, record, Picked::NOTHING, received, found) {
                self.routes.recent = route;
                return true;
            }
        }
        // A bare webhook needs no search.
        let bare = self.routes.learn_bare(record)
            && self.follow(Routes::BARE, 0, record, Picked::NOTHING, received, found);
        if bare {
            self.routes.recent = Routes::BARE;
        }
        bare
    }

    /// Follows a route from one of its texts on, with the receive times of the texts around it; false if it does not fit.
    fn follow(
        &mut self,
        route: usize,
        leg: usize,
        text: &[u8],
        outer: Picked<Place>,
        received: Option<i64>,
        found: &mut impl FnMut(&Result<Decoded<'_>, Reject>),
    ) -> bool {
        let said = self.room.pop().unwrap_or_default();
        let mut around = Around { said, ..Around::default() };
        let fits = self.follow_with(&mut around, (route, leg), text, outer, received, found);
        self.room.push(around.said.cleared());
        fits
    }

    /// As [`Decoder::follow`], with nothing in `around` yet.
    #[inline]
    fn follow_with<'a>(
        &mut self,
        around: &mut Around<'a>,
        (route, leg): (usize, usize),
        text: &'a [u8],
        outer: Picked<Place>,
        received: Option<i64>,
        found: &mut impl FnMut(&Result<Decoded<'_>, Reject>),
    ) -> bool {
        let limits = Range::of(self.settings);
        let Some(Leg { skeleton, into, any_base64 }) = self.routes.leg(route, leg) else {
            return false;
        };
        let mut fields = Fields::new(true);
        let Some(skeleton) = self.routes.skeleton(skeleton) else { return false };
        let walk = skeleton.find(text, &mut fields, around);
        let is_beside = around.maybe_base64 && (!any_base64 || skeleton.has_lists());
        if !matches!(walk, Walk::Found { .. }) || is_beside {
            return false;
        }
        let times = &mut around.times;
        let picked = if times.is_empty() { outer } else { pick(times, leg, limits).or(outer) };
        let payload = fields.get(Field::Payload);
        let Some(coding) = into else {
            let payload = match payload {
                Value::Json(payload) => payload,
                Value::None | Value::Plain(_) => text,
            };
            self.routes.count(route, picked.name());
            found(&assemble(&fields, payload, picked.finish(received, limits), self.settings));
            return true;
        };
        let held = match (payload, around.said.get()) {
            // It was read while its end was looked for.
            (Value::Json(_), Some(said)) => Cow::Borrowed(said),
            _ => match scalar::text(payload) {
                Ok(Some(held)) => held,
                Ok(None) | Err(_) => return false,
            },
        };
        let held = match coding {
            Coding::Text => held,
            Coding::Base64 => match from_base64(&held) {
                Some(held) => Cow::Owned(held),
                None => return false,
            },
        };
        self.follow(route, leg + 1, &held, picked, received, found)
    }

    /// Decodes a record with a search.
    #[inline(never)]
    fn search(
        &mut self,
        record: &[u8],
        received: Option<i64>,
        free: bool,
        found: &mut impl FnMut(&Result<Decoded<'_>, Reject>),
    ) {
        #[cfg(test)]
        (self.searches += 1);
        let mut search = match reference::search(record, self.settings) {
            Ok(search) => search,
            Err(reason) => return found(&Err(reason)),
        };
        let limits = Range::of(self.settings);
        for hook in search.hooks() {
            let picked = reference::picked(record, &mut search, hook, self.settings);
            self.routes.count_searched(search.shape(hook, picked.name()));
            let received = picked.finish(received, limits);
            let payload = search.payload(hook).as_bytes();
            let mut fields = Fields::new(true);
            // Where the webhook was found does not matter for its fields.
            let is_known =
                search.broken(hook, record).is_none() && self.routes.bare(payload, &mut fields);
            let mut decoded = if is_known {
                assemble(&fields, payload, received, self.settings)
            } else {
                reference::decode(record, &search, hook, received, self.settings)
            };
            if self.messages
                && let Ok(decoded) = &mut decoded
            {
                decoded.message = message::of(payload);
            }
            found(&decoded);
        }
        for _ in 0..search.lost() {
            found(&Err(Reject::NotJson));
        }
        if let Some(hook) =
            search.single().filter(|hook| free && search.broken(*hook, record).is_none())
        {
            self.routes.learn(&search, hook);
        }
    }
}

/// The best receive time of a text.
fn pick(times: &mut [Found<'_>], leg: usize, limits: Range) -> Picked<Place> {
    // Stable: of equals, the first stays first.
    times.sort_by_key(|time| time.order);
    let mut picked = Picked::NOTHING;
    for time in times {
        picked.offer(timestamp::received(time.value, limits), (leg, time.path));
    }
    picked
}
