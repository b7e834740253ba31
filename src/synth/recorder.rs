//! Fills in the patterns of `envelope.rs`.
//!
//! | name | what is put in its place |
//! |---|---|
//! | `object`, `members` | the webhook; the same without its braces |
//! | `text`, `text-line`, `text-twice` | the webhook as JSON text in a string; with a line end after it; escaped twice |
//! | `base64` | the webhook in base64 |
//! | `sns` | an SNS notification with the webhook, as text in a string |
//! | `millis`, `seconds`, `nanos`, … | the receive time as text |
//! | `ms`, `s` and `fraction` | the receive time as a number |
//! | `later-…` | a moment later: when the next station received it |
//! | `uuid`, `hex`, `hex24`, `number` | ids that differ from record to record |

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::envelope::{Envelope, SNS};
use super::rng::Rng;
use super::text::{FINER, TimeForm, civil, digits, escape, hex, push, time};
use crate::calendar::{DAY_MS, HOUR_MS, SECOND_MS};

/// How much later the next station on a webhook's way receives it, milliseconds.
const LATER_MS: i64 = 137;

/// A webhook that was received.
#[derive(Debug, Clone, Copy)]
pub(super) struct Received<'a> {
    pub(super) payload: &'a str,
    /// When it was received, UTC milliseconds.
    pub(super) at: i64,
    /// Its number among the webhooks of its file, from 1.
    pub(super) number: u64,
    /// An id that differs from webhook to webhook.
    pub(super) id: u64,
}

impl Envelope {
    /// How many webhooks the record holds that begins with the webhook of this id.
    pub(super) fn webhooks(self, id: u64) -> usize {
        usize::try_from(1 + id % self.pattern().most).unwrap_or(1)
    }

    /// Writes a record that holds these webhooks, on one line, without a line end.
    pub(super) fn record(self, out: &mut String, webhooks: &[Received<'_>]) {
        let pattern = self.pattern();
        let Some(first) = webhooks.first() else { return };
        fill(out, pattern.head, first);
        for (at, webhook) in webhooks.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            fill(out, pattern.each, webhook);
        }
        fill(out, pattern.tail, first);
    }
}

/// Writes a pattern with its names replaced.
fn fill(out: &mut String, pattern: &str, webhook: &Received<'_>) {
    for (at, piece) in pattern.split('«').enumerate() {
        let rest = if at == 0 {
            piece
        } else {
            let (name, rest) = piece.split_once('»').unwrap_or_default();
            put(out, name, webhook);
            rest
        };
        out.push_str(rest);
    }
}

/// Writes what replaces a name.
fn put(out: &mut String, name: &str, webhook: &Received<'_>) {
    let (name, at) = match name.strip_prefix("later-") {
        Some(name) => (name, webhook.at + LATER_MS),
        None => (name, webhook.at),
    };
    if let Some(form) = time_form(name) {
        return time(out, at, form);
    }
    let payload = webhook.payload;
    match name {
        "object" => out.push_str(payload),
        "members" => out.push_str(payload.get(1..payload.len() - 1).unwrap_or_default()),
        "text" => string(out, payload),
        "text-line" => {
            string(out, payload);
            out.pop();
            out.push_str("\\n\"");
        }
        "text-twice" => {
            let mut once = String::with_capacity(payload.len() * 5 / 4);
            string(&mut once, payload);
            string(out, &once);
        }
        "base64" => STANDARD.encode_string(payload, out),
        "sns" => {
            let mut inner = String::with_capacity(payload.len() * 3 / 2 + 500);
            fill(&mut inner, SNS, webhook);
            string(out, &inner);
        }
        "ms" => push(out, format_args!("{at}")),
        "s" => push(out, format_args!("{}", at.div_euclid(SECOND_MS))),
        "fraction" => {
            digits(out, at.rem_euclid(SECOND_MS), 3);
            out.push_str(FINER.get(..3).unwrap_or_default());
        }
        "clf" => clf(out, at),
        "number" => push(out, format_args!("{}", webhook.number)),
        "hex" => hex(out, webhook.id, 16),
        "hex24" => {
            hex(out, webhook.id, 16);
            hex(out, webhook.number, 8);
        }
        "uuid" => uuid(out, webhook.id),
        _ => debug_assert!(false, "a pattern with an unknown name: {name}"),
    }
}

fn time_form(name: &str) -> Option<TimeForm> {
    Some(match name {
        "millis" => TimeForm::Millis,
        "seconds" => TimeForm::Seconds,
        "nanos" => TimeForm::Nanos,
        "ticks" => TimeForm::Ticks,
        "micros-offset" => TimeForm::MicrosAndOffset,
        "seconds-offset" => TimeForm::SecondsAndOffset,
        "blank-seconds" => TimeForm::BlankSeconds,
        "bigquery" => TimeForm::BigQuery,
        _ => return None,
    })
}

/// JSON text as a string of JSON.
fn string(out: &mut String, text: &str) {
    out.push('"');
    escape(out, text);
    out.push('"');
}

/// `11/Jan/2021:14:48:24 +0000`, the form of web servers' logs.
fn clf(out: &mut String, at: i64) {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day) = civil(at.div_euclid(DAY_MS));
    let month = usize::try_from(month - 1).ok().and_then(|m| MONTHS.get(m)).unwrap_or(&"Jan");
    let in_day = at.rem_euclid(DAY_MS);
    let (hour, minute) = (in_day / HOUR_MS, in_day / (60 * SECOND_MS) % 60);
    let second = in_day / SECOND_MS % 60;
    push(out, format_args!("{day:02}/{month}/{year:04}:{hour:02}:{minute:02}:{second:02} +0000"));
}

/// A version 4 UUID.
fn uuid(out: &mut String, id: u64) {
    let mut rng = Rng::of(id, &[]);
    let (a, b) = (rng.below(u64::MAX), rng.below(u64::MAX));
    hex(out, a >> 32, 8);
    out.push('-');
    hex(out, a >> 16, 4);
    out.push_str("-4");
    hex(out, a, 3);
    out.push_str("-8");
    hex(out, b >> 52, 3);
    out.push('-');
    hex(out, b, 12);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const PAYLOAD: &str = r#"{"message":"a \"b\" é","data":{"position":{"id":"7"}}}"#;

    fn webhook(number: u64) -> Received<'static> {
        Received { payload: PAYLOAD, at: 1_610_376_504_479, number, id: 77 * number }
    }

    fn record(envelope: Envelope, webhooks: &[Received<'_>]) -> Value {
        let mut text = String::new();
        envelope.record(&mut text, webhooks);
        assert!(!text.contains(['«', '»', '\n']), "{text}");
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}: {text}", envelope.name()))
    }

    #[test]
    fn every_pattern_is_json_and_knows_its_names() {
        for envelope in Envelope::ALL {
            record(*envelope, &[webhook(1)]);
            if envelope.holds_several() {
                record(*envelope, &[webhook(1), webhook(2), webhook(3)]);
            }
        }
    }

    #[test]
    fn as_the_recorders_write_it() {
        let inner: Value = serde_json::from_str(PAYLOAD).unwrap();
        let one = |envelope| record(envelope, &[webhook(1)]);
        let apigw = one(Envelope::ApigwV1);
        assert_eq!(apigw["body"], PAYLOAD);
        assert_eq!(apigw["requestContext"]["requestTime"], "11/Jan/2021:14:48:24 +0000");
        assert_eq!(apigw["requestContext"]["requestTimeEpoch"], 1_610_376_504_479_i64);
        assert_eq!(one(Envelope::EventBridge)["time"], "2021-01-11T14:48:24Z");
        assert_eq!(one(Envelope::CloudEvents)["data"], inner);
        let sns: Value =
            serde_json::from_str(one(Envelope::SnsInSqs)["body"].as_str().unwrap()).unwrap();
        assert_eq!((&sns["Message"], &sns["Type"]), (&PAYLOAD.into(), &"Notification".into()));
        let twice: String =
            serde_json::from_str(one(Envelope::StringInString)["body"].as_str().unwrap()).unwrap();
        assert_eq!(twice, PAYLOAD);
        let docker = one(Envelope::Docker);
        assert_eq!(docker["log"], format!("{PAYLOAD}\n"));
        assert_eq!(docker["time"], "2021-01-11T14:48:24.479123456Z");
        assert_eq!(one(Envelope::FluentBit)["date"], 1_610_376_504.479_123);
        let logstash = one(Envelope::Logstash);
        assert_eq!((&logstash["data"], &logstash["@version"]), (&inner["data"], &"1".into()));
        let data = one(Envelope::PubsubPush)["message"]["data"].as_str().unwrap().to_owned();
        assert_eq!(STANDARD.decode(data).unwrap(), PAYLOAD.as_bytes());
        let events = record(Envelope::Cloudwatch, &[webhook(1), webhook(2)]);
        assert_eq!(events["logEvents"].as_array().map(Vec::len), Some(2));
        assert_eq!(events["logEvents"][1]["message"], PAYLOAD);
    }
}
