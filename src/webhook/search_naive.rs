//! A naive search over whole values, beside which the real one is held.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::fixture::settings;
use super::receive::NAMES;
use super::timestamp::{self, Range, Unusable};
use super::value::Value;

/// A JSON value with its members in order, those that stand twice too.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    /// `null`, `true`, `false`, or a number.
    Word(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Without white space.
    pub(super) fn text(&self) -> String {
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

    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    fn objects_under(&self, name: &str) -> Vec<&Self> {
        let Self::Object(members) = self else { return Vec::new() };
        let under = members.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
        under.filter(|value| matches!(value, Self::Object(_))).collect()
    }

    pub(super) fn is_webhook(&self) -> bool {
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
pub(super) type Way = Vec<(Vec<(String, Json)>, usize)>;

/// A value to be looked at: how deep it lies, the way to it, and the list elements around it, by number, the innermost last.
type Waiting = (Json, u8, Way, Vec<usize>);

/// Every webhook of a record, copies left out. Base64 is looked into where nothing was found without: in the record, or in an
/// item of a list.
pub(super) fn naive(record: &Json) -> Vec<(Json, Way)> {
    let mut elements = 0;
    let begin = || vec![(record.clone(), 0, Way::new(), Vec::new())];
    let (mut found, good, closed) = look(begin(), false, &mut elements);
    if found.is_empty() {
        return look(begin(), true, &mut elements).0;
    }
    let is_lost = |(_, _, _, around): &Waiting| around.last().is_some_and(|at| !good.contains(at));
    for (webhook, way) in look(closed.into_iter().filter(is_lost).collect(), true, &mut elements).0
    {
        if found.iter().all(|(other, _)| *other != webhook) {
            found.push((webhook, way));
        }
    }
    found
}

/// The webhooks, the list elements around them, and the strings that were not looked into.
fn look(
    mut queue: Vec<Waiting>,
    base64: bool,
    elements: &mut usize,
) -> (Vec<(Json, Way)>, Vec<usize>, Vec<Waiting>) {
    let mut found: Vec<(Json, Way)> = Vec::new();
    let (mut good, mut closed) = (Vec::new(), Vec::new());
    while !queue.is_empty() {
        let (mut value, depth, way, around) = queue.remove(0);
        if let Json::Text(text) = &value {
            let Some(held) = held(text, base64) else {
                closed.push((value, depth, way, around));
                continue;
            };
            if matches!(held, Json::Text(_)) {
                if depth < 8 {
                    queue.push((held, depth + 1, way, around));
                }
                continue;
            }
            value = held;
        }
        if value.is_webhook() {
            good.extend(around);
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
                    queue.push((member.clone(), depth + 1, way, around.clone()));
                }
            }
            Json::List(items) => {
                for item in items {
                    *elements += 1;
                    let around = around.iter().copied().chain([*elements]).collect();
                    queue.push((item, depth + 1, way.clone(), around));
                }
            }
            Json::Word(_) | Json::Text(_) => {}
        }
    }
    (found, good, closed)
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
pub(super) fn naive_time((webhook, way): &(Json, Way)) -> (Option<i64>, Option<i64>) {
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
