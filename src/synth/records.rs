//! Turns events into the records of a file: the webhook, its envelope, its form.

use super::envelope::Envelope;
use super::event::Event;
use super::form::Form;
use super::recorder::Received;
use super::render::{Wrap, line, payload};

/// How the records of a file are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) form: Form,
    pub(super) envelope: Envelope,
    /// How [`Envelope::Mixed`] wraps them.
    pub(super) wrap: Wrap,
    pub(super) line_bytes: Option<usize>,
}

/// Records, one after another, in one text.
#[derive(Debug, Default)]
pub(super) struct Records {
    text: String,
    /// Where each record ends.
    ends: Vec<usize>,
}

impl Records {
    /// Writes the records of some events; the first event is number `number` of its file, from 1.
    pub(super) fn of(events: &[Event<'_>], number: u64, style: Style) -> Self {
        let bytes = style.line_bytes.unwrap_or(0).max(800);
        let mut records = Self {
            text: String::with_capacity(events.len() * (bytes + bytes / 4)),
            ends: Vec::with_capacity(events.len()),
        };
        let (mut webhooks, mut json) = (String::new(), String::new());
        let mut numbers = number..;
        let mut rest = events;
        while let Some(first) = rest.first() {
            let (some, after) = rest.split_at(style.webhooks(first).min(rest.len()));
            rest = after;
            let number = numbers.next().unwrap_or(number);
            json.clear();
            if matches!(style.envelope, Envelope::None | Envelope::Mixed) {
                line(&mut json, first, style.wrap, style.line_bytes);
            } else {
                webhooks.clear();
                let ends: Vec<usize> = some
                    .iter()
                    .map(|event| {
                        let end = style.line_bytes.map(|bytes| webhooks.len() + bytes);
                        payload(&mut webhooks, event, end);
                        webhooks.len()
                    })
                    .collect();
                let received: Vec<Received<'_>> = some
                    .iter()
                    .enumerate()
                    .map(|(at, event)| Received {
                        payload: piece(&webhooks, &ends, at),
                        at: event.received,
                        number: number + at as u64,
                        id: id(event),
                    })
                    .collect();
                style.envelope.record(&mut json, &received);
            }
            style.form.record(&mut records.text, &json, number, first.received);
            records.ends.push(records.text.len());
            // The other webhooks of the record have their own numbers.
            for _ in 1..some.len() {
                numbers.next();
            }
        }
        records
    }

    /// The records, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|at| piece(&self.text, &self.ends, at))
    }
}

impl Style {
    /// How many webhooks the record that begins with this one holds.
    fn webhooks(self, first: &Event<'_>) -> usize {
        self.envelope.webhooks(id(first))
    }
}

/// The part of a text between two ends.
fn piece<'a>(text: &'a str, ends: &[usize], at: usize) -> &'a str {
    let begin = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    ends.get(at).and_then(|end| text.get(begin..*end)).unwrap_or_default()
}

/// A number that tells an event from others.
fn id(event: &Event<'_>) -> u64 {
    let [a, b] = event.visit.id;
    (a ^ b.rotate_left(32) ^ event.received.unsigned_abs()).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 1
}
