//! Finds the webhooks of a record wherever they are: in objects, arrays, strings, strings in strings, and base64.
//!
//! A webhook is an object whose `data.position` is an object. The search is breadth first, so the outermost comes first. It
//! goes at most [`DEEPEST`] steps deep; each member, each element, and each text directly inside a text is a step. No byte
//! is looked at more often than there are steps, and nothing too short to be a webhook is looked at twice, so time and
//! memory are linear in the size of the record.

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};
use std::ops::Range;

use super::assemble::lasting_hash as hash;
use super::embedded::{self, Coding, SHORTEST};
use super::envelope::{self, Pointer};
use super::receive::{self, Candidate, Picked};
use super::scan::{self, is_data_with_position};
use super::timestamp::Range as Limits;

/// Most steps from a record to a webhook.
const DEEPEST: u8 = 8;

/// A text that is searched: the record, or what a string holds.
#[derive(Debug)]
pub(super) struct Text<'a> {
    pub(super) text: Cow<'a, str>,
    /// A hash of the original bytes, if they were not UTF-8 and the text is a repaired version.
    broken: Option<u64>,
}

/// A value that the search has reached.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// The value around it; `None` for the record.
    pub(super) parent: Option<usize>,
    /// Index of the text it is in.
    pub(super) text: usize,
    pub(super) place: Range<usize>,
    depth: u8,
    pub(super) step: Step,
}

/// How a value is reached from the one around it.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// It is the record.
    Record,
    /// Under a key, as written.
    Key(Range<usize>),
    Element,
    /// It is what a string holds.
    Held(Coding),
}

/// A search and what it found.
#[derive(Debug)]
pub(super) struct Search<'a> {
    pub(super) texts: Vec<Text<'a>>,
    pub(super) nodes: Vec<Node>,
    queue: VecDeque<usize>,
    /// Whether to look into strings that may be base64.
    base64: bool,
    /// Strings that may be base64 and were not looked into.
    unopened: Vec<usize>,
    /// The webhooks, outermost first, including copies.
    found: Vec<usize>,
    /// Strings that begin like JSON with a position in it but are not valid JSON.
    torn: Vec<usize>,
    /// Candidates for the receive time, by node; filled when they are first needed.
    pub(super) times: std::collections::HashMap<usize, Vec<Candidate>>,
}

/// A webhook that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hook(pub(super) usize);

/// Where a receive time is: the node of the object, and the index among its candidates.
pub(super) type Place = (usize, usize);

impl<'a> Search<'a> {
    /// Searches a record, or the value in it that a pointer leads to. The record must be JSON.
    ///
    /// A record that is not UTF-8 must be passed as repaired by [`String::from_utf8_lossy`].
    pub(super) fn new(record: Cow<'a, str>, from: Option<&Pointer>) -> Self {
        let broken = matches!(record, Cow::Owned(_)).then_some(0);
        let mut search = Self {
            texts: vec![Text { text: record, broken }],
            nodes: Vec::new(),
            queue: VecDeque::new(),
            base64: false,
            unopened: Vec::new(),
            found: Vec::new(),
            torn: Vec::new(),
            times: std::collections::HashMap::new(),
        };
        search.run(from);
        let mut unopened = std::mem::take(&mut search.unopened);
        if unopened.is_empty() {
            return search;
        }
        unopened.sort_unstable();
        search.base64 = true;
        if search.found.is_empty() {
            search.texts.truncate(1);
            search.nodes.clear();
            search.torn.clear();
            search.run(from);
        } else {
            // Each item of a batch may be coded in its own way.
            let good = search.good();
            let is_lost = |at: &usize| search.element(*at).is_some_and(|one| !good.contains(&one));
            search.queue = unopened.into_iter().filter(is_lost).collect();
            search.go_on();
        }
        search
    }

    /// Whether there is no webhook.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The webhooks, without copies.
    pub(super) fn hooks(&self) -> Vec<Hook> {
        let mut seen = HashSet::with_hasher(foldhash::fast::RandomState::default());
        self.found.iter().filter(|at| seen.insert(self.value(**at))).map(|at| Hook(*at)).collect()
    }

    /// The only webhook, if it has no copy.
    pub(super) fn single(&self) -> Option<Hook> {
        if let [only] = *self.found { Some(Hook(only)) } else { None }
    }

    /// Number of list elements in which no webhook was found because the text that held one is damaged, as in a batch with a
    /// truncated delivery. (A damaged copy next to a webhook that was found does not count.)
    pub(super) fn lost(&self) -> usize {
        let good = self.good();
        let elements = self.torn.iter().filter_map(|at| self.element(*at));
        elements.filter(|element| !good.contains(element)).collect::<HashSet<usize>>().len()
    }

    /// The list elements in which a webhook was found.
    fn good(&self) -> HashSet<usize> {
        let around = self.found.iter().flat_map(|at| self.around(*at));
        around.filter(|at| self.is_element(*at)).collect()
    }

    /// The innermost list element that a value is or lies in.
    fn element(&self, at: usize) -> Option<usize> {
        self.around(at).find(|at| self.is_element(*at))
    }

    /// A value and those around it, from the inside out.
    fn around(&self, at: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(at), |at| self.nodes.get(*at).and_then(|node| node.parent))
    }

    fn is_element(&self, at: usize) -> bool {
        self.nodes.get(at).is_some_and(|node| matches!(node.step, Step::Element))
    }

    /// The JSON text of a webhook.
    pub(super) fn payload(&self, hook: Hook) -> &str {
        std::str::from_utf8(self.value(hook.0)).unwrap_or_default()
    }

    /// For a webhook in a repaired text: a hash that is equal if the original bytes are equal. `None` for other webhooks.
    pub(super) fn broken(&self, hook: Hook, record: &[u8]) -> Option<u64> {
        let mut node = self.nodes.get(hook.0)?;
        let inner = self.texts.get(node.text)?.broken?;
        while node.text != 0 {
            node = self.nodes.get(node.parent?)?;
        }
        // Only this part of the record counts: what is around it differs from delivery to delivery.
        let written = match self.texts.first()?.broken {
            Some(_) => record.get(before_repair(record, &node.place)).unwrap_or(record),
            None => &[],
        };
        Some(inner ^ hash(written) ^ hash(self.value(hook.0)).rotate_left(1))
    }

    /// The receive time of a webhook, and where it is.
    pub(super) fn received(&mut self, hook: Hook, limits: Limits) -> Picked<Place> {
        let mut picked = Picked::NOTHING;
        let (mut at, mut inner) = (Some(hook.0), None);
        while let Some((here, node)) = at.and_then(|at| Some((at, self.nodes.get(at)?))) {
            at = node.parent;
            let begin = node.place.start;
            let text = self.texts.get(node.text).map_or(&[][..], |text| text.text.as_bytes());
            if text.get(begin) == Some(&b'{') {
                let times = self
                    .times
                    .entry(here)
                    .or_insert_with(|| receive::candidates(text, begin, inner.is_none(), limits));
                for (which, time) in times.iter().enumerate() {
                    if Some(time.member) != inner {
                        picked.offer(time.said, (here, which));
                    }
                }
            }
            inner = Some(begin);
        }
        picked
    }

    pub(super) fn text_of(&self, node: usize) -> &[u8] {
        let text = self.nodes.get(node).and_then(|node| self.texts.get(node.text));
        text.map_or(&[], |text| text.text.as_bytes())
    }

    fn value(&self, node: usize) -> &[u8] {
        let place = self.nodes.get(node).map(|node| node.place.clone());
        place.and_then(|place| self.text_of(node).get(place)).unwrap_or_default()
    }

    fn run(&mut self, from: Option<&Pointer>) {
        let Some(text) = self.texts.first() else { return };
        let text = text.text.as_bytes();
        let root = scan::solid(text, 0)..text.trim_ascii_end().len();
        let root = Node { parent: None, text: 0, place: root, depth: 0, step: Step::Record };
        self.nodes.push(root);
        let Some(begin) = from.map_or(Some(0), |pointer| self.follow(pointer)) else { return };
        self.queue.push_back(begin);
        self.go_on();
    }

    /// Looks into all that waits.
    fn go_on(&mut self) {
        while let Some(node) = self.queue.pop_front() {
            self.look_into(node);
        }
    }

    /// Follows a pointer to the node where the search begins.
    fn follow(&mut self, pointer: &Pointer) -> Option<usize> {
        pointer.parts().try_fold(0, |at, part| {
            let item = envelope::step(self.text_of(at), self.nodes.get(at)?.place.start, part)?;
            let step = item.key.map_or(Step::Element, Step::Key);
            self.add(at, self.nodes.get(at)?.text, item.value, 0, step)
        })
    }

    fn add(
        &mut self,
        parent: usize,
        text: usize,
        place: Range<usize>,
        depth: u8,
        step: Step,
    ) -> Option<usize> {
        self.nodes.push(Node { parent: Some(parent), text, place, depth, step });
        self.nodes.len().checked_sub(1)
    }

    fn look_into(&mut self, at: usize) {
        match self.value(at).first() {
            Some(b'{' | b'[') => self.look_around(at),
            Some(b'"') => {
                if let Some(held) = self.held(at) {
                    match self.nodes.get(held) {
                        Some(node) if self.value(held).first() == Some(&b'"') => {
                            if node.depth <= DEEPEST {
                                self.queue.push_back(held);
                            }
                        }
                        _ => self.look_around(held),
                    }
                }
            }
            _ => {}
        }
    }

    /// The value that a string holds, if it holds JSON text.
    fn held(&mut self, at: usize) -> Option<usize> {
        let node = self.nodes.get(at)?.clone();
        let written = self.value(at);
        let mut bytes = embedded::bytes_of(written)?;
        let coding = if embedded::begins_json(&bytes) {
            Coding::Text
        } else {
            // The inside of the string, quotes left out.
            let inside = written.get(1..).unwrap_or_default();
            if !embedded::may_be_base64(inside.split_last().map_or(inside, |(_, inside)| inside)) {
                return None;
            }
            if !self.base64 {
                self.unopened.push(at);
                return None;
            }
            let decoded =
                embedded::from_base64(&bytes).filter(|bytes| embedded::begins_json(bytes));
            let Some(decoded) = decoded else {
                // `{"` in base64; a token with dots is none.
                if bytes.starts_with(b"eyJ") && !bytes.contains(&b'.') {
                    self.torn.push(at);
                }
                return None;
            };
            bytes = decoded;
            Coding::Base64
        };
        let outer = self.texts.get(node.text)?.broken;
        let (text, broken) = match String::from_utf8(bytes) {
            Ok(text) => (text, outer),
            Err(error) => {
                let lossy = String::from_utf8_lossy(error.as_bytes()).into_owned();
                (lossy, Some(outer.unwrap_or(0) ^ hash(error.as_bytes())))
            }
        };
        if !embedded::is_json(text.as_bytes()) {
            if memchr::memmem::find(text.as_bytes(), b"position").is_some() {
                self.torn.push(at);
            }
            return None;
        }
        let place = scan::solid(text.as_bytes(), 0)..text.as_bytes().trim_ascii_end().len();
        let deeper = u8::from(text.as_bytes().get(place.start) == Some(&b'"'));
        self.texts.push(Text { text: Cow::Owned(text), broken });
        self.add(at, self.texts.len() - 1, place, node.depth + deeper, Step::Held(coding))
    }

    /// Notes a webhook; of anything else, queues what must be looked into.
    fn look_around(&mut self, at: usize) {
        let Some(Node { text: in_text, place, depth, .. }) = self.nodes.get(at).cloned() else {
            return;
        };
        let Some(text) = self.texts.get(in_text) else { return };
        let text = text.text.as_bytes();
        let mut further = Vec::new();
        for item in scan::items(text, place.start) {
            if is_data_with_position(text, &item) {
                self.found.push(at);
                return;
            }
            let value = text.get(item.value.clone()).unwrap_or_default();
            if value.len() < SHORTEST {
                continue;
            }
            match value.first() {
                Some(b'{' | b'[') => further.push((item, true)),
                Some(b'"') => {
                    let inside = value.get(1..value.len() - 1).unwrap_or_default();
                    let is_base64 = embedded::may_be_base64(inside);
                    let is_opened = embedded::may_be_text(inside) || (is_base64 && self.base64);
                    if is_opened || is_base64 {
                        further.push((item, is_opened));
                    }
                }
                _ => {}
            }
        }
        if depth >= DEEPEST {
            return;
        }
        for (item, is_opened) in further {
            let step = item.key.map_or(Step::Element, Step::Key);
            match self.add(at, in_text, item.value, depth + 1, step) {
                Some(added) if is_opened => self.queue.push_back(added),
                Some(added) => self.unopened.push(added),
                None => {}
            }
        }
    }
}

/// Maps a range of a text repaired by [`String::from_utf8_lossy`] back to the original bytes.
fn before_repair(written: &[u8], place: &Range<usize>) -> Range<usize> {
    let (mut from, mut to) = (0, 0);
    let (mut at, mut at_written) = (0, 0);
    for chunk in written.utf8_chunks() {
        for (end, found) in [(place.start, &mut from), (place.end, &mut to)] {
            if (at..=at + chunk.valid().len()).contains(&end) {
                *found = at_written + (end - at);
            }
        }
        let replaced = !chunk.invalid().is_empty();
        at += chunk.valid().len() + if replaced { '\u{fffd}'.len_utf8() } else { 0 };
        at_written += chunk.valid().len() + chunk.invalid().len();
    }
    from..to
}
