//! What a customer wrote with a rating: read only where somebody asks for it, and never printed by accident.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde_json::value::RawValue;

use super::payload::{Data, Outer, Shape, typed};
use super::scalar;

/// What a customer wrote.
#[derive(Clone, PartialEq, Eq)]
pub struct Message(Box<str>);

impl Message {
    /// The text as sent, without white space around it; never empty. It may hold anything, also names, numbers and addresses.
    #[must_use]
    pub fn unmasked(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message(…)")
    }
}

/// The message of a payload's feedback; `None` if there is none, or it is empty or no text.
pub(super) fn of(payload: &[u8]) -> Option<Message> {
    let outer: Outer<'_> = typed(payload).ok()?;
    let Shape::Object(Data { position: Shape::Object(position) }) = outer.data else { return None };
    let feedback = position.feedback?.get().as_bytes();
    // Half a character costs that character.
    let repaired = scalar::repair(feedback);
    let feedback = repaired.as_deref().unwrap_or(feedback);
    let members: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_slice(feedback).ok()?;
    let text: String = serde_json::from_str(members.get("message")?.get()).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| Message(text.into()))
}

#[cfg(test)]
mod tests {
    use super::super::{Decoded, Decoder, Reject, Scale, Settings};
    use super::*;

    /// All else is read as by any decoder; without being asked for, no message is read.
    #[test]
    fn messages_change_nothing_else() {
        let settings = Settings {
            as_of: 1_622_505_600_000,
            earliest: 0,
            payload: None,
            received_at: None,
            scale: Scale::FIVE,
        };
        let read = |decoder: &mut Decoder<'_>, line: &str| {
            let mut said = Vec::new();
            decoder.decode(line.as_bytes(), None, |found: &Result<Decoded<'_>, Reject>| {
                said.push(found.as_ref().map_err(|reason| *reason).map(|decoded| {
                    let Decoded { snapshot, payload_hash, message } = decoded;
                    (snapshot.clone().into_owned(), *payload_hash, message.clone())
                }));
            });
            said
        };
        let (mut plain, mut with) = (Decoder::new(&settings), Decoder::with_messages(&settings));
        let mut messages = 0;
        for line in include_str!("../../data/documented.jsonl").lines() {
            let (without, with) = (read(&mut plain, line), read(&mut with, line));
            assert_eq!(without.len(), with.len());
            for (without, with) in without.into_iter().zip(with) {
                match (without, with) {
                    (Ok(without), Ok(with)) => {
                        assert_eq!((without.0, without.1, without.2), (with.0, with.1, None));
                        messages += usize::from(with.2.is_some());
                    }
                    (without, with) => assert_eq!(without.err(), with.err()),
                }
            }
        }
        assert!(messages > 0);
    }

    #[test]
    fn only_a_text_of_the_feedback_is_a_message() {
        let read = |feedback: &str| {
            let payload = format!(
                r#"{{"message":"outer","data":{{"position":{{"id":"7","feedback":{feedback}}}}},"type":"feedbackReceived"}}"#
            );
            of(payload.as_bytes()).map(|message| message.unmasked().to_owned())
        };
        for (feedback, expected) in [
            (r#"{"rating":4,"message":"Very \"good\"\n"}"#, Some("Very \"good\"")),
            (r#"{"message":"Half \ud83d"}"#, Some("Half \u{fffd}")),
            (r#"{"message":"\ud83d\ude00"}"#, Some("\u{1f600}")),
            (r#"{"message":"first","message":"last"}"#, Some("last")),
            (r#"{"\u006dessage":"escaped"}"#, Some("escaped")),
            (r#"{"rating":4,"message":" \t\u00a0"}"#, None),
            (r#"{"rating":4,"message":null}"#, None),
            (r#"{"rating":4,"message":12}"#, None),
            (r#"{"rating":4}"#, None),
            (r#""text""#, None),
            ("null", None),
        ] {
            assert_eq!(read(feedback).as_deref(), expected, "{feedback}");
        }
        assert_eq!(of(b"{}"), None);
        assert_eq!(format!("{:?}", Message("secret".into())), "Message(…)");
    }
}
