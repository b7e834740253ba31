//! The search against a naive one over whole values, on envelopes put together at random.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::Decoder;
use super::assemble::{hash, lasting_hash};
use super::fixture::{said, same, settings};
use super::receive::NAMES;
use super::timestamp::{self, Range, Unusable};
use super::value::Value;

/// A JSON value with its members in order, those that stand twice too.
#[derive(Debug, Clone, PartialEq)]
enum Json {
    /// `null`, `true`, `false`, or a number.
    Word(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Without white space.
    fn text(&self) -> String {
        let quoted = |text: &str| serde_json::to_string(text).unwrap();
        match self {
            Self::Word(word) => word.clone(),
            Self::Text(text) => quoted(text),
            Self::List(items) => {
                format!("[{}]", items.iter().map(Self::text).collect::<Vec<_>>().join(","))
            }
            Self::Object(members) => {
                let members =
                    members.iter().map(|(key, v)| format!("{}:{}", quoted(key), v.text()));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }
        }
    }

    fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    fn objects_under(&self, name: &str) -> Vec<&Self> {
        let Self::Object(members) = self else { return Vec::new() };
        let under = members.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
        under.filter(|value| matches!(value, Self::Object(_))).collect()
    }

    fn is_webhook(&self) -> bool {
        self.objects_under("data").iter().any(|data| !data.objects_under("position").is_empty())
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Json;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("any value")
            }

            fn visit_unit<E>(self) -> Result<Json, E> {
                Ok(Json::Word("null".to_owned()))
            }

            fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
                Ok(Json::Word(value.to_string()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
                Ok(Json::Word(value.to_string()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
                Ok(Json::Word(value.to_string()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
                Ok(Json::Word(value.to_string()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Json, E> {
                Ok(Json::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Json::List(items))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Json::Object(members))
            }
        }
        from.deserialize_any(Any)
    }
}

/// A webhook, and the objects around it with the number of the member on the way, the outermost first.
type Way = Vec<(Vec<(String, Json)>, usize)>;

/// Every webhook of a record, copies left out.
fn naive(record: &Json, base64: bool) -> Vec<(Json, Way)> {
    let mut found: Vec<(Json, Way)> = Vec::new();
    let mut queue = vec![(record.clone(), 0, Way::new())];
    while !queue.is_empty() {
        let (mut value, depth, way) = queue.remove(0);
        if let Json::Text(text) = &value {
            let Some(held) = held(text, base64) else { continue };
            if matches!(held, Json::Text(_)) {
                if depth < 8 {
                    queue.push((held, depth + 1, way));
                }
                continue;
            }
            value = held;
        }
        if value.is_webhook() {
            if found.iter().all(|(other, _)| *other != value) {
                found.push((value, way));
            }
            continue;
        }
        match value {
            _ if depth == 8 => {}
            Json::Object(members) => {
                for (at, (_, member)) in members.iter().enumerate() {
                    let mut way = way.clone();
                    way.push((members.clone(), at));
                    queue.push((member.clone(), depth + 1, way));
                }
            }
            Json::List(items) => {
                queue.extend(items.into_iter().map(|item| (item, depth + 1, way.clone())));
            }
            Json::Word(_) | Json::Text(_) => {}
        }
    }
    if found.is_empty() && !base64 { naive(record, true) } else { found }
}

/// What a string holds.
fn held(text: &str, base64: bool) -> Option<Json> {
    let json =
        |text: &str| text.trim_start().starts_with(['{', '[', '"']).then(|| Json::parse(text));
    if let Some(held) = json(text) {
        return held;
    }
    let plain = text.replace('-', "+").replace('_', "/");
    let plain = plain.trim_end_matches('=');
    let padded = format!("{plain}{}", "=".repeat((4 - plain.len() % 4) % 4));
    let bytes = STANDARD.decode(padded).ok().filter(|_| base64)?;
    json(std::str::from_utf8(&bytes).ok()?).flatten()
}

/// The receive time of a webhook, and when a run would believe a better one.
fn naive_time((webhook, way): &(Json, Way)) -> (Option<i64>, Option<i64>) {
    let Json::Object(own) = webhook else { unreachable!() };
    let own: Vec<_> = own.iter().filter(|(key, _)| key != "data").cloned().collect();
    let around = way.iter().rev().map(|(members, at)| {
        let mut members = members.clone();
        members.remove(*at);
        members
    });
    let limits = Range::of(&settings());
    let mut ahead: Option<i64> = None;
    for members in std::iter::once(own).chain(around) {
        let below = members.iter().filter_map(|(_, value)| match value {
            Json::Object(members) => Some(members.clone()),
            Json::Word(_) | Json::Text(_) | Json::List(_) => None,
        });
        for members in [members.clone(), below.flatten().collect()] {
            for name in NAMES {
                let named = members
                    .iter()
                    .filter(|(key, _)| key.to_lowercase().replace(['_', '-', '@'], "") == name);
                for scalar in named.flat_map(|(_, value)| scalars(value, 2)) {
                    match timestamp::received(Value::Json(scalar.text().as_bytes()), limits) {
                        Ok(Some(at)) => return (Some(at), ahead),
                        Err(Unusable::OutOfRange { from: Some(from), .. }) => {
                            ahead = Some(ahead.map_or(from, |ahead| ahead.min(from)));
                        }
                        Ok(None) | Err(_) => {}
                    }
                }
            }
        }
    }
    (None, ahead)
}

fn scalars(value: &Json, wrappers: u8) -> Vec<Json> {
    match value {
        Json::Word(word) if !matches!(word.as_str(), "null" | "true" | "false") => {
            vec![value.clone()]
        }
        Json::Text(_) => vec![value.clone()],
        Json::Object(members) if wrappers > 0 => members
            .iter()
            .filter(|(key, _)| matches!(key.as_str(), "$date" | "$numberLong" | "S" | "N"))
            .flat_map(|(_, value)| scalars(value, wrappers - 1))
            .collect(),
        Json::Word(_) | Json::List(_) | Json::Object(_) => Vec::new(),
    }
}

fn payload() -> impl Strategy<Value = Json> {
    let documented: Vec<Json> = include_str!("../../data/documented.jsonl")
        .lines()
        .filter_map(Json::parse)
        .filter(Json::is_webhook)
        .collect();
    let small = r#"{"data":{"position":{"id":"7"}},"type":"t","organization":"o"}"#;
    let own = r#"{"@timestamp":"2021-03-01T09:00:00Z","data":{"time":1,"position":{"id":"8"}},"type":"t","x":{"ts":5},"organization":"o"}"#;
    let bad = r#"{"data":{"position":{"id":"7"}},"data":{},"type":"t"}"#;
    prop_oneof![
        2 => prop::sample::select(documented),
        2 => prop::sample::select([small, own, bad].map(|text| Json::parse(text).unwrap()).to_vec()),
    ]
}

fn key() -> impl Strategy<Value = String> {
    let keys = ["a", "b", "body", "data", "position", "S", "$date", "x y", "é", "message"];
    let times =
        ["receivedAt", "received_at", "Timestamp", "@timestamp", "time", "ts", "date", "createdAt"];
    prop_oneof![3 => prop::sample::select(keys.to_vec()), 2 => prop::sample::select(times.to_vec())]
        .prop_map(str::to_owned)
}

/// What stands beside a webhook, never one itself.
fn beside() -> impl Strategy<Value = Json> {
    let words = ["null", "true", "1614589200500", "1614589200", "0", "9999999999", "-1"];
    let texts = [
        "",
        "soon",
        "2021-03-01T09:00:00Z",
        "2021-03-01 09:00:00",
        "2021-07-01T00:00:00Z",
        "2099-01-01T00:00:00Z",
        "{\"broken",
        " [1,2,3,4,5,6,7,8,9,10,11,12,13]",
        "\"quoted and long enough to be one\"",
        "{\"data\":{\"x\":1},\"position\":{\"y\":2}}",
        "eyJhIjoxLCJiIjoyLCJjIjozLCJkIjo0LCJlIjo1fQ==",
        "\u{e9}\n\\",
    ];
    let leaf = prop_oneof![
        prop::sample::select(words.to_vec()).prop_map(|word| Json::Word(word.to_owned())),
        prop::sample::select(texts.to_vec()).prop_map(|text| Json::Text(text.to_owned())),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::List),
            prop::collection::vec((key(), inner), 0..3).prop_map(Json::Object),
        ]
    })
}

/// Something with webhooks in it, or none.
fn record() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![6 => payload(), 1 => beside()];
    leaf.prop_recursive(9, 24, 3, |inner| {
        let members = prop::collection::vec((key(), beside()), 0..4);
        prop_oneof![
            4 => (members, key(), inner.clone(), any::<prop::sample::Index>()).prop_map(
                |(mut members, key, value, at)| {
                    members.insert(at.index(members.len() + 1), (key, value));
                    Json::Object(members)
                }
            ),
            1 => prop::collection::vec((key(), inner.clone()), 1..3).prop_map(Json::Object),
            1 => prop::collection::vec(inner.clone(), 1..3).prop_map(Json::List),
            2 => inner.clone().prop_map(|inner| Json::Text(inner.text())),
            1 => inner.clone().prop_map(|inner| Json::Text(STANDARD.encode(inner.text()))),
            1 => inner.prop_map(|inner| {
                Json::Text(URL_SAFE.encode(inner.text()).trim_end_matches('=').to_owned())
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_search_finds_what_a_naive_one_finds(record in record()) {
        let text = record.text();
        let found = same(text.as_bytes(), None);
        let expected = naive(&record, false);
        if expected.is_empty() {
            prop_assert_eq!(&found, &[Err(super::Reject::NoWebhook)], "{}", text);
            return Ok(());
        }
        prop_assert_eq!(found.len(), expected.len(), "{}", text);
        for (said, expected) in found.iter().zip(&expected) {
            let Ok((snapshot, payload_hash)) = said else { continue };
            let payload = expected.0.text();
            // One with a rating is kept from night to night, by another hash.
            let hash = if snapshot.rating.is_some() { lasting_hash } else { hash };
            prop_assert_eq!(*payload_hash, hash(payload.as_bytes()), "{}", text);
            let (at, ahead) = naive_time(expected);
            prop_assert_eq!(snapshot.received_at, at, "{}", text);
            let odd = snapshot.oddities.iter().find(|odd| odd.detail == "received_at");
            prop_assert_eq!(odd.and_then(|odd| odd.in_range_from), ahead, "{}", text);
        }
    }

    #[test]
    fn a_damaged_element_of_a_batch_is_told(cut in 60_usize..90, copy in any::<bool>()) {
        let hook = r#"{"data":{"position":{"id":"7","createdAt":"2021-03-01T09:00:00Z"}},"type":"positionCreated","organization":"o"}"#;
        let text = |text: &str| serde_json::Value::from(text).to_string();
        let (whole, torn) = (text(hook), text(&hook[..cut]));
        let record = if copy {
            // A damaged copy beside the whole one loses nothing.
            format!(r#"{{"Records":[{{"body":{whole},"preview":{torn}}}]}}"#)
        } else {
            format!(r#"{{"Records":[{{"body":{whole}}},{{"body":{torn}}}]}}"#)
        };
        let found = same(record.as_bytes(), None);
        prop_assert!(found[0].is_ok());
        let behind: Vec<_> = found[1..].iter().map(|said| said.clone().unwrap_err()).collect();
        prop_assert_eq!(behind, if copy { vec![] } else { vec![super::Reject::NotJson] });
    }

    #[test]
    fn shapes_do_not_depend_on_what_was_learned(records in prop::collection::vec(record(), 1..4)) {
        let settings = settings();
        let mut alone = Vec::new();
        for record in &records {
            let mut decoder = Decoder::new(&settings);
            said(&mut decoder, record.text().as_bytes(), None);
            alone.extend(decoder.take_shapes());
        }
        let mut decoder = Decoder::new(&settings);
        let mut learned = Vec::new();
        for round in 0..3 {
            for record in &records {
                said(&mut decoder, record.text().as_bytes(), None);
                let shapes = decoder.take_shapes();
                if round == 2 {
                    learned.extend(shapes);
                }
            }
        }
        let mut words = String::new();
        for record in &records {
            writeln!(words, "{}", record.text()).unwrap();
        }
        prop_assert_eq!(learned, alone, "{}", words);
    }
}
