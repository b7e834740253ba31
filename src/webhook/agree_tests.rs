//! All decoders say the same of documented, invented and mutated records, whatever they have learned before.

use proptest::prelude::*;

use super::fixture::{referee, said, same, settings};
use super::{Decoder, Scale, Settings};

fn line(position: &str) -> String {
    format!(
        r#"{{"message":null,"data":{{"position":{{"id":"7",{position}}}}},"type":"positionCreated","organization":"o"}}"#
    )
}

/// Lines of every kind the scanner has to tell apart.
fn corpus() -> Vec<String> {
    let mut lines: Vec<String> =
        include_str!("../../data/documented.jsonl").lines().map(str::to_owned).collect();
    for inside in [
        r#""location":null,"label":"a\"b\\","n":-0.5,"m":[1,[2,{"x":{}}],[]],"booking":{"start":"2021-01-13 05:30","end":null}"#,
        r#""location":{"organizationTitle":"T","locationName":"S\u00e4les"},"customData":{"a":true,"b":false,"c":null}"#,
        r#""registrationData":[{"name":"c","type":"category","value":"Returns"}],"retryCount":2,"numberOfPeople":3.0"#,
        r#""feedback":{"message":"\u00","rating":4},"createdAt":"2021-01-11T14:48:24.479Z""#,
        r#""id":"8","queue":"q""#,
        r#""n":01,"m":1.,"k":-,"e":1e5"#,
        r#""status":"rejected","status":"rejected""#,
    ] {
        lines.push(line(inside));
        lines.push(line(inside).replace(':', " :\t ").replace(',', " , "));
    }
    lines.push(
        r#"{"type":null,"type":"x","data":{"position":{"id":"7"}},"organization":"o"}"#.to_owned(),
    );
    lines.push(
        r#"{"data":{"position":{"id":"7"},"position":{"id":"8"}},"type":"x","organization":"o"}"#
            .to_owned(),
    );
    lines.push(
        r#"{"data":{"position":{"id":"7"}},"data":null,"type":"x","organization":"o"}"#.to_owned(),
    );
    lines.push("{}".to_owned());
    lines.extend(envelopes_to_compare());
    lines
}

/// Envelopes of all forms, and lines that are nearly one.
fn envelopes_to_compare() -> Vec<String> {
    let payload = r#"{"data":{"position":{"id":"7","registrationData":{"category":{"value":"R"}}}},"type":"x","organization":"o"}"#;
    let written = serde_json::to_string(payload).unwrap();
    [
        r#"{"body":P}"#,
        r#"{"receivedAt":"2021-01-11T14:48:24Z","source":{"a":[1]},"detail": P , "n":1}"#,
        r#"{"payload":P,"@timestamp":1610376504}"#,
        r#"{"webhook":W,"time":"1610376504123","n":null}"#,
        r#"{"time":"soon","event":W}"#,
        r#"{"timestamp":null,"body":P}"#,
        r#"{"timestamp":{"seconds":1},"body":P}"#,
        r#"{"receivedAt":"soon","timestamp":1610376504,"body":P}"#,
        r#"{"event":"created","body":P}"#,
        r#"{"body":P,"body":P}"#,
        r#"{"type":"y","organization":"p","body":P}"#,
        r#"{"body":P,"organization":"p"}"#,
        r#"{"body":{"type":"x","data":{"position":{"id":"7"}}},"organization":"p"}"#,
        r#"{"body":{"position":{"id":"7"},"type":"x","organization":"o"},"data":{"position":{"id":"8"}}}"#,
        r#"{"receivedAt":"2021-01-11T14:48:24Z","data":{"position":{"id":"7"}},"type":"x","organization":"o"}"#,
        r#"{"body":{"body":P},"n":1}"#,
        r#"{"body":{"type":"x","organization":"o"}}"#,
        r#"{"body":[P]}"#,
        r#"{"body":"text"}"#,
    ]
    .map(|line| line.replace('P', payload).replace('W', &written))
    .to_vec()
}

#[test]
fn the_fast_path_agrees_with_the_referee() {
    for line in corpus() {
        same(line.as_bytes(), None);
        for cut in 0..line.len() {
            same(&line.as_bytes()[..cut], None);
        }
    }
}

/// Ratings as senders write them, and what is none.
const RATINGS: [&str; 17] = [
    "1", "5", "6", "9", "10", "11", "100", "101", "260", "9.0", "9.5", "0", "-1", "\"10\"",
    "\"7.0\"", "1e1", "null",
];

proptest! {
    #[test]
    fn the_fast_path_agrees_on_every_scale(
        top in 2_u8..=100,
        ratings in prop::collection::vec(prop::sample::select(&RATINGS[..]), 1..8),
    ) {
        let settings = Settings { scale: Scale::new(top, None).unwrap(), ..settings() };
        let mut decoder = Decoder::new(&settings);
        for rating in ratings {
            let record = line(&format!(r#""feedback":{{"rating":{rating},"message":"x"}}"#));
            let expected = referee(record.as_bytes(), &settings, None);
            prop_assert_eq!(&said(&mut decoder, record.as_bytes(), None), &expected);
            let plain = rating.trim_matches('"').parse::<f64>().ok();
            let text = rating.starts_with('"') && rating.contains('.');
            let right = plain.filter(|n| {
                !text && n.fract() == 0.0 && (1.0..=f64::from(top)).contains(n)
            });
            let found = expected[0].as_ref().unwrap().0.rating;
            prop_assert_eq!(found.map(|rating| f64::from(rating.stars())), right);
        }
    }

    #[test]
    fn the_fast_path_agrees_on_mutated_lines(
        which in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        cuts in prop::option::of((any::<prop::sample::Index>(), any::<prop::sample::Index>())),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 0..6),
    ) {
        let lines = corpus();
        let mut bytes = which.get(&lines).clone().into_bytes();
        if let Some((cut, from)) = cuts {
            // The begin of one line and the end of another: texts that were learned apart, together.
            let other = other.get(&lines).as_bytes();
            bytes.truncate(cut.index(bytes.len()));
            bytes.extend(&other[from.index(other.len())..]);
        }
        for (at, byte, kind) in edits {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => { bytes.remove(at); }
                // Characters that mean something are the dangerous ones.
                _ => bytes.insert(at, b"\"\\{}[]:,0-.eEtfn \x1f\xff"[usize::from(byte) % 19]),
            }
            if bytes.is_empty() {
                bytes.push(b'{');
            }
        }
        same(&bytes, None);
    }
}
