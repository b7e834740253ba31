//! Decodes records into batches. Each needs only its own records, so any thread can do it.

use std::sync::{Mutex, PoisonError};

use crate::archive::{Block, Kind, Piece, PlainLine, Sink, Spot, look_closer};
use crate::ticket::{Delivery, HeadingCache, Headings, Spans, shard_of};
use crate::webhook::{self, Decoded, Decoder, Reject, Shape, keys_on_the_way, outside, parts};

use super::account::RejectedRecord;
use super::batch::{Batch, Odd, Tail};
use super::file::Reading;
use super::settings::Settings;
use super::trace::{Traced, Watch};

/// Longest text that is put together from several records, bytes.
const MOST_HELD: usize = 1 << 20;

/// What a thread needs to decode records. It learns as it goes, so it is passed on from file to file.
pub(super) struct Tools<'s> {
    decoder: Decoder<'s>,
    headings: HeadingCache<'s>,
    pub(super) batch: Batch,
    pub(super) buffer: Block,
    /// What is watched for.
    watched: Watch,
}

impl Tools<'_> {
    /// The shapes of the records decoded since the last call.
    pub(super) fn take_shapes(&mut self) -> Vec<(Shape, u64)> {
        self.decoder.take_shapes()
    }
}

/// The tools that no thread is using at the moment.
pub(super) struct Bench<'s> {
    settings: &'s webhook::Settings,
    pub(super) headings: &'s Mutex<Headings>,
    free: Mutex<Vec<Tools<'s>>>,
    watched: Watch,
}

impl<'s> Bench<'s> {
    pub(super) fn new(
        settings: &'s webhook::Settings,
        headings: &'s Mutex<Headings>,
        watched: Watch,
    ) -> Self {
        Self { settings, headings, free: Mutex::new(Vec::new()), watched }
    }

    /// Takes tools, or makes new ones; return them with [`Bench::put_back`].
    pub(super) fn take(&self) -> Tools<'s> {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| Tools {
            decoder: match self.watched {
                Watch::Messages => Decoder::with_messages(self.settings),
                Watch::Nothing | Watch::Ticket(_) => Decoder::new(self.settings),
            },
            headings: HeadingCache::new(self.headings),
            batch: Batch::default(),
            buffer: Block::default(),
            watched: self.watched,
        })
    }

    pub(super) fn put_back(&self, tools: Tools<'s>) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(tools);
    }
}

/// Takes records into a batch; each is counted in exactly one place.
pub(super) struct Taking<'t, 's> {
    tools: &'t mut Tools<'s>,
    pub(super) reading: &'t Reading,
    spans: &'t mut Spans,
    settings: &'t Settings,
    /// A record that holds the start of a text, which the next record may complete.
    held: Option<(Spot, Vec<u8>)>,
}

impl<'t, 's> Taking<'t, 's> {
    pub(super) fn new(
        tools: &'t mut Tools<'s>,
        reading: &'t Reading,
        spans: &'t mut Spans,
        settings: &'t Settings,
    ) -> Self {
        Self { tools, reading, spans, settings, held: None }
    }

    /// The batch so far.
    pub(super) fn batch(&mut self) -> &mut Batch {
        &mut self.tools.batch
    }

    /// Whether a text has started that may continue in the next record.
    pub(super) fn goes_on(&self) -> bool {
        self.held.is_some()
    }

    /// No more records: a text that has started stays incomplete.
    pub(super) fn end(&mut self) {
        if let Some((spot, _)) = self.held.take() {
            self.tools.batch.reject(&spot, Reject::NoWebhook);
        }
    }

    /// Decodes a text and takes in what it holds. False if it is not JSON; then nothing was taken in.
    #[inline]
    fn decode(&mut self, text: &[u8], spot: &Spot, received: Option<i64>) -> bool {
        if self.held.is_some() && self.completes(text, received) {
            return true;
        }
        self.decode_alone(text, spot, received)
    }

    /// Takes in a text together with the start that is held, if it continues it.
    #[inline(never)]
    fn completes(&mut self, text: &[u8], received: Option<i64>) -> bool {
        let Some((spot, begin)) = self.held.take() else { return false };
        let whole = parts::joined(&begin, text).filter(|whole| whole.len() <= MOST_HELD);
        if let Some(whole) = whole {
            let before = self.tools.batch.records;
            let rejects = self.tools.batch.rejects.len();
            self.decode_alone(&whole, &spot, received);
            if self.held.is_some() || self.tools.batch.rejects.len() == rejects {
                return true;
            }
            // Together they are not a webhook either: each is judged alone.
            self.tools.batch.records = before;
            self.tools.batch.rejects.truncate(rejects);
        }
        self.tools.batch.reject(&spot, Reject::NoWebhook);
        false
    }

    fn decode_alone(&mut self, text: &[u8], spot: &Spot, received: Option<i64>) -> bool {
        let Tools { decoder, headings, batch, watched, .. } = &mut *self.tools;
        let (spans, ignore) = (&mut *self.spans, self.settings.ignore_others);
        let (mut json, mut records, mut part) = (true, 0, false);
        decoder.decode(text, received, |found| {
            // By reference, because a decoded webhook is large.
            match found {
                Ok(decoded) => {
                    batch.traced.extend(Traced::of(decoded, spot.line, *watched));
                    batch.deliver(decoded, headings, spans);
                }
                // After a webhook, this is a damaged element of the same record.
                Err(Reject::NotJson) if records == 0 => {
                    json = false;
                    return;
                }
                Err(reason) => {
                    if *reason == Reject::NoWebhook {
                        if parts::is_part(text) {
                            part = true;
                            return;
                        }
                        if batch.keys.is_empty() {
                            batch.keys = keys_on_the_way(text);
                        }
                    }
                    if *reason == Reject::NoWebhook && ignore {
                        batch.records += 1;
                        batch.other += 1;
                    } else {
                        batch.reject(spot, *reason);
                    }
                }
            }
            records += 1;
        });
        if let Some(count) = batch.forms.get_mut(spot.form as usize) {
            *count += records;
        }
        if part {
            self.held = Some((*spot, text.to_vec()));
        }
        json
    }

    /// Takes in a broken record, and what can be saved of it.
    fn broken(&mut self, bytes: &[u8], piece: &Piece, saved: Option<usize>) {
        let text = bytes.get(piece.at.clone()).unwrap_or_default();
        self.tools.batch.reject(&piece.spot(), Reject::NotJson);
        if let Some(text) = saved.and_then(|from| text.get(from..)) {
            self.saved(text, piece);
        }
    }

    /// Takes in a value from inside a broken record: it counts only if it holds a webhook.
    fn saved(&mut self, text: &[u8], piece: &Piece) {
        let Tools { decoder, headings, batch, watched, .. } = &mut *self.tools;
        let spans = &mut *self.spans;
        let mut records = 0;
        decoder.decode(text, None, |found| {
            if let Ok(decoded) = found {
                batch.traced.extend(Traced::of(decoded, piece.line, *watched));
                batch.deliver(decoded, headings, spans);
                records += 1;
            }
        });
        if let Some(count) = batch.forms.get_mut(piece.form as usize) {
            *count += records;
        }
    }

    /// Takes in a value.
    fn value(&mut self, bytes: &[u8], piece: &Piece) {
        let text = bytes.get(piece.at.clone()).unwrap_or_default();
        let webhook = &self.settings.webhook;
        let json = if let Some(layout) = &piece.table {
            let cells = layout.cells(text);
            let received =
                outside::time_of_cells(&layout.names, layout.style.is_by_tabs(), &cells, webhook);
            self.tools.batch.timed_beside += u64::from(received.is_some());
            match layout.json_cell(&cells) {
                Some(cell) => self.decode(cell, &piece.spot(), received),
                None => {
                    self.tools.batch.reject(&piece.spot(), Reject::NoWebhook);
                    true
                }
            }
        } else {
            let prefix = piece.prefix.clone().and_then(|at| bytes.get(at));
            let received = prefix.and_then(|prefix| outside::time_of_prefix(prefix, webhook));
            self.tools.batch.timed_beside += u64::from(received.is_some());
            self.decode(text, &piece.spot(), received)
        };
        if json {
            return;
        }
        if piece.table.is_some() || piece.prefix.is_some() {
            return self.tools.batch.reject(&piece.spot(), Reject::NotJson);
        }
        for part in look_closer(bytes, piece, self.settings.limits.line) {
            let text = bytes.get(part.at.clone()).unwrap_or_default();
            match part.kind {
                Kind::Broken { saved } => self.broken(bytes, &part, saved),
                Kind::Saved { .. } => self.saved(text, &part),
                Kind::Value | Kind::NoValue | Kind::TooLong | Kind::Unfinished => {
                    if !self.decode(text, &part.spot(), None) {
                        self.tools.batch.reject(&part.spot(), Reject::NotJson);
                    }
                }
                Kind::Blank => {}
            }
        }
    }
}

impl Sink for Taking<'_, '_> {
    fn plain(&mut self, bytes: &[u8], line: PlainLine) -> bool {
        let text = bytes.get(line.at.clone()).unwrap_or_default();
        // By reference: what was just written in parts must not be read as a whole, which waits for the memory.
        self.decode(text, &line.spot, None)
    }

    fn piece(&mut self, bytes: &[u8], piece: Piece) {
        self.tools.batch.byte_order_marks += u64::from(piece.bom);
        match piece.kind {
            Kind::Value => self.value(bytes, &piece),
            Kind::Blank => {
                self.tools.batch.records += 1;
                self.tools.batch.blank += 1;
            }
            Kind::NoValue => self.tools.batch.reject(&piece.spot(), Reject::NoWebhook),
            Kind::TooLong => self.tools.batch.reject(&piece.spot(), Reject::LineTooLong),
            Kind::Broken { saved } => self.broken(bytes, &piece, saved),
            Kind::Saved { unfinished } => {
                if !unfinished || self.reading.tail == Tail::Reject {
                    let text = bytes.get(piece.at.clone()).unwrap_or_default();
                    self.saved(text, &piece);
                }
            }
            Kind::Unfinished => match self.reading.tail {
                Tail::Defer => {
                    self.tools.batch.records += 1;
                    self.tools.batch.deferred += 1;
                    self.tools.batch.deferred_bytes += piece.length;
                }
                Tail::Reject => self.tools.batch.reject(&piece.spot(), Reject::TruncatedTail),
            },
        }
    }
}

impl Batch {
    fn deliver(
        &mut self,
        decoded: &Decoded<'_>,
        headings: &mut HeadingCache<'_>,
        spans: &mut Spans,
    ) {
        self.records += 1;
        let delivery = Delivery::of(decoded, self.records, headings);
        spans.offer(&delivery);
        let Some(part) = self.parts.get_mut(shard_of(&delivery)) else { return };
        for oddity in &decoded.snapshot.oddities {
            part.odd.push(Odd {
                at: part.deliveries.len(),
                organization: decoded.snapshot.organization.to_string(),
                oddity: oddity.clone(),
            });
        }
        part.deliveries.push(delivery);
    }

    fn reject(&mut self, spot: &Spot, reason: Reject) {
        self.records += 1;
        let Spot { line, offset, length, .. } = *spot;
        self.rejects.push(RejectedRecord { line, offset, length, reason });
    }
}
