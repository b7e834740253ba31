//! When an archive received a webhook: which keys say so, and which of several is used.
//!
//! The search goes from the webhook outwards, nearest object first. In each object its own keys come first, in the order of
//! [`NAMES`], then the keys of the objects directly inside it. Keys are compared without case, `_`, `-` and `@`. A time
//! that cannot be read is skipped.

use std::ops::Range;

use super::scan::{self, Item};
use super::timestamp::{self, Range as Limits, Unusable};
use super::value::Value;

/// Keys that say when something was received, the best first: lower case, without `_`, `-` and `@`.
pub(super) const NAMES: [&str; 63] = [
    // It says so explicitly.
    "receivedat",
    "receivedtime",
    "receivedtimestamp",
    "received",
    "receivetime",
    "receivetimestamp",
    "receivedon",
    // What most archivers call it.
    "timestamp",
    "timeepoch",
    "requesttimeepoch",
    "timeiso8601",
    "time",
    "ts",
    "eventtime",
    "publishtime",
    "senttimestamp",
    "ingestiontime",
    "approximatearrivaltimestamp",
    "enqueuedtimeutc",
    "enqueuedtime",
    "eventenqueuedutctime",
    "arrivaltimestamp",
    "arrivedat",
    "arrivaltime",
    "requesttimestamp",
    "requesttime",
    "requestedat",
    "eventtimestamp",
    "messagetimestamp",
    "logtimestamp",
    "logtime",
    "loggedat",
    "msec",
    "realtimetimestamp",
    "sourcerealtimetimestamp",
    "timestampms",
    "timems",
    "tsms",
    "epochms",
    "epoch",
    "unixtime",
    // When it was stored.
    "insertedat",
    "ingestedat",
    "ingesttime",
    "ingestiontimestamp",
    "inserttime",
    "storedat",
    "archivedat",
    "capturedat",
    "recordedat",
    "loadedat",
    "createdat",
    "createdon",
    "creationtime",
    "createtime",
    "created",
    "date",
    "datetime",
    "eventprocessedutctime",
    "sentat",
    "deliveredat",
    "occurredat",
    "approximatefirstreceivetimestamp",
];

/// Keys that wrap a scalar in a database's own JSON: `{"$date": …}`, `{"$numberLong": …}`, `{"S": …}`, `{"N": …}`.
const WRAPPERS: [&[u8]; 4] = [b"$date", b"$numberLong", b"S", b"N"];
/// How many of them may be nested.
pub(super) const MOST_WRAPPERS: u8 = 2;

/// Most keys of one object that are considered; any more are ignored.
const MOST: usize = 64;
/// Added to the rank of a key in an object beside the path to the webhook.
pub(super) const BESIDE: u32 = 0x100;

/// The rank of a key, 0 for the best; `None` if it does not name a receive time.
pub(super) fn rank(key: &[u8]) -> Option<u32> {
    let mut name = [0_u8; 40];
    let mut length = 0;
    for c in key.iter().filter(|c| !matches!(c, b'_' | b'-' | b'@')) {
        *name.get_mut(length)? = c.to_ascii_lowercase();
        length += 1;
    }
    let name = name.get(..length)?;
    let at = NAMES.iter().position(|one| one.as_bytes() == name)?;
    u32::try_from(at).ok()
}

/// Whether a key wraps a scalar in a database's own JSON.
pub(super) fn is_wrapper(key: &[u8]) -> bool {
    WRAPPERS.contains(&key)
}

/// A value read as a receive time, UTC milliseconds.
pub(super) type Said = Result<Option<i64>, Unusable>;

/// The result of the keys looked at so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picked<N> {
    /// The first usable time, and where it is.
    at: Option<(i64, N)>,
    /// A better time that is too far in the future: the earliest run that would accept it, and the time; see [`Oddity`].
    ///
    /// [`Oddity`]: super::Oddity
    ahead: Option<(i64, i64)>,
    /// What is wrong with the first unusable one.
    trouble: Option<Unusable>,
}

impl<N: Copy> Picked<N> {
    /// No key yet.
    pub(super) const NOTHING: Self = Self { at: None, ahead: None, trouble: None };

    /// Whether further keys do not matter.
    fn is_settled(&self) -> bool {
        self.at.is_some()
    }

    /// Looks at the next best key.
    pub(super) fn offer(&mut self, said: Said, name: N) {
        if self.is_settled() {
            return;
        }
        match said {
            Ok(at) => self.at = at.map(|at| (at, name)),
            Err(unusable) => {
                if let Unusable::OutOfRange { at, from: Some(from) } = unusable {
                    self.ahead = self.ahead.into_iter().chain([(from, at)]).min();
                }
                self.trouble = self.trouble.or(Some(unusable));
            }
        }
    }

    /// Combines these keys with those further out.
    pub(super) fn or(mut self, outer: Self) -> Self {
        if self.is_settled() {
            return self;
        }
        self.at = outer.at;
        self.ahead = self.ahead.into_iter().chain(outer.ahead).min();
        self.trouble = self.trouble.or(outer.trouble);
        self
    }

    /// Where the time that is used is.
    pub(super) fn name(&self) -> Option<N> {
        self.at.map(|(_, name)| name)
    }

    /// The receive time; falls back to one found outside the record.
    pub(super) fn finish(mut self, beside: Option<i64>, limits: Limits) -> Received
    where
        N: Default,
    {
        if let Some(at) = beside {
            self.offer(limits.near(at), N::default());
        }
        let ahead = self.ahead.map(|(from, at)| Unusable::OutOfRange { at, from: Some(from) });
        let at = self.at.map(|(at, _)| at);
        Received { at, odd: ahead.or(self.trouble.filter(|_| at.is_none())) }
    }
}

/// The receive time of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Received {
    /// UTC milliseconds.
    pub(super) at: Option<i64>,
    /// What is odd about it: there is one but it cannot be used, or a better one is too far in the future.
    pub(super) odd: Option<Unusable>,
}

impl Received {
    /// No receive time is known.
    pub(super) const NONE: Self = Self { at: None, odd: None };
}

/// A value that may be the receive time.
#[derive(Debug)]
pub(super) struct Candidate {
    /// Its rank among those of one object, the best first.
    order: u32,
    /// Where the member of the object begins that it is in.
    pub(super) member: usize,
    pub(super) said: Said,
    /// The key of the inner object that it is in, if any: its range, as written.
    pub(super) beside: Option<Range<usize>>,
    /// The range of its own key, as written.
    pub(super) key: Range<usize>,
}

/// All values in an object, and in objects directly inside it, that may be the receive time, the best first. The `data` of
/// a webhook is left out.
pub(super) fn candidates(
    text: &[u8],
    object: usize,
    webhook: bool,
    limits: Limits,
) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut add = |order, member, beside: Option<&Range<usize>>, key: &Range<usize>, value| {
        scalars(text, value, MOST_WRAPPERS, &mut |json| {
            if found.len() < MOST {
                let said = timestamp::received(Value::Json(json), limits);
                let (beside, key) = (beside.cloned(), key.clone());
                found.push(Candidate { order, member, said, beside, key });
            }
        });
    };
    for Item { key, value } in scan::items(text, object) {
        let Some(outer) = key else { break };
        let member = value.start;
        if webhook && text.get(outer.clone()).is_some_and(|key| scan::is_key(key, "data")) {
            continue;
        }
        if let Some(order) = rank_written(text, &outer) {
            add(order, member, None, &outer, member);
        }
        if text.get(member) == Some(&b'{') {
            for Item { key, value } in scan::items(text, member) {
                if let Some(key) = key
                    && let Some(order) = rank_written(text, &key)
                {
                    add(order + BESIDE, member, Some(&outer), &key, value.start);
                }
            }
        }
    }
    found.sort_by_key(|one| one.order);
    found
}

/// The receive time in the value that begins at `at`.
pub(super) fn said(text: &[u8], at: usize, limits: Limits) -> Said {
    let mut first = None;
    scalars(text, at, MOST_WRAPPERS, &mut |json| {
        first = first.or(Some(timestamp::received(Value::Json(json), limits)));
    });
    first.unwrap_or(Ok(None))
}

fn rank_written(text: &[u8], key: &Range<usize>) -> Option<u32> {
    let written = text.get(key.clone())?;
    if written.contains(&b'\\') {
        return rank(scan::decoded_key(written)?.as_bytes());
    }
    rank(written)
}

/// Calls `found` with the strings and numbers of a value: the value itself, or what its wrappers hold.
fn scalars<'a>(text: &'a [u8], at: usize, wrappers: u8, found: &mut impl FnMut(&'a [u8])) {
    match text.get(at) {
        Some(b'"' | b'-' | b'0'..=b'9') => {
            if let Some(json) = scan::value(text, at) {
                found(json);
            }
        }
        Some(b'{') if wrappers > 0 => {
            for Item { key, value } in scan::items(text, at) {
                if key.and_then(|key| text.get(key)).is_some_and(is_wrapper) {
                    scalars(text, value.start, wrappers - 1, found);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_they_are_compared_and_stand_once() {
        let mut names = NAMES.to_vec();
        assert!(
            names
                .iter()
                .all(|name| name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
        );
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), NAMES.len());
        for key in ["receivedAt", "received_at", "RECEIVED-AT", "@receivedAt"] {
            assert_eq!(rank(key.as_bytes()), Some(0), "{key}");
        }
        assert!(rank(b"__REALTIME_TIMESTAMP").is_some());
        assert_eq!(rank(b"updatedAt"), None);
        assert_eq!(rank(&[b'a'; 100]), None);
    }
}
