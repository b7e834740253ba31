//! The search against a naive one over whole values, on envelopes put together at random.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use proptest::prelude::*;

use super::Decoder;
use super::assemble::{hash, lasting_hash};
use super::fixture::{said, same, settings};
use super::search_naive::{Json, naive, naive_time};

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
        let expected = naive(&record);
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

    /// Whether a body is base64 is said of each item of a batch, whatever was learned from those before it.
    #[test]
    fn each_item_of_a_batch_may_be_coded_in_its_own_way(
        batches in prop::collection::vec(prop::collection::vec(0_u8..4, 1..4), 1..6),
    ) {
        let settings = settings();
        let mut decoder = Decoder::new(&settings);
        for (at, batch) in batches.iter().enumerate() {
            let item = |(n, coding): (usize, &u8)| {
                let hook = format!(
                    r#"{{"data":{{"position":{{"id":"{at}-{n}","createdAt":"2021-03-01T09:00:00Z"}}}},"type":"positionCreated","organization":"o"}}"#
                );
                let body = match coding {
                    0 => serde_json::Value::from(hook),
                    1 => STANDARD.encode(hook).into(),
                    2 => STANDARD.encode("{\"no\":\"webhook, but as long as one\"}").into(),
                    _ => "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl".into(),
                };
                format!(r#"{{"id":"{n}","body":{body}}}"#)
            };
            let items: Vec<String> = batch.iter().enumerate().map(item).collect();
            let record = format!(r#"{{"Records":[{}]}}"#, items.join(","));
            let found = said(&mut decoder, record.as_bytes(), None);
            let good = batch.iter().filter(|coding| **coding < 2).count();
            prop_assert_eq!(found.iter().filter(|one| one.is_ok()).count(), good, "{}", record);
            prop_assert_eq!(found.len(), good.max(1), "{}", record);
            prop_assert_eq!(&found, &same(record.as_bytes(), None));
        }
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
