//! Every shape of a line, and every reason to reject one.

use proptest::prelude::*;

use crate::calendar::DEFAULT_EARLIEST_MS;

use super::super::snapshot::BookingTime;
use super::super::snapshot::Measure;
use super::*;

const AS_OF: i64 = 1_622_505_600_000; // 2021-06-01T00:00:00Z

/// Decodes with a decoder that has seen no other line.
fn decode<'a>(line: &'a [u8], settings: &Settings) -> Result<Decoded<'a>, Reject> {
    Decoder::new(settings).decode(line)
}

fn settings() -> Settings {
    Settings { as_of: AS_OF, earliest: DEFAULT_EARLIEST_MS, payload: None, received_at: None }
}

fn line(kind: &str, position: &str) -> String {
    format!(
        r#"{{"message":null,"data":{{"position":{{"id":"7",{position}}}}},"type":"{kind}","organization":"o"}}"#
    )
}

fn read(line: &str) -> Result<Snapshot<'static>, Reject> {
    decode(line.as_bytes(), &settings()).map(|d| d.snapshot.into_owned())
}

fn position(json: &str) -> Snapshot<'static> {
    read(&line("positionCreated", json)).unwrap()
}

#[test]
fn three_forms_of_location() {
    for (json, name) in [
        (r#""location":"Sales""#, Some("Sales")),
        (r#""location":{"locationName":"Sales"}"#, Some("Sales")),
        (r#""location":{"locationName":"Sales","organizationTitle":"T"}"#, Some("Sales")),
        (r#""location":null"#, None),
        (r#""location":{}"#, None),
        (r#""location":"""#, None),
        (r#""location":{"locationName":null}"#, None),
        (r#""location":5"#, None),
        (r#""location":["Sales"]"#, None),
        (r#""location":"S\u00e4les""#, Some("Säles")),
        (r#""status":"pending""#, None),
    ] {
        assert_eq!(position(json).location.as_deref(), name, "{json}");
    }
}

#[test]
fn two_forms_of_registration_data() {
    for (json, category) in [
        (r#"{"phone":{"value":"+4600000000"},"category":{"value":"Returns"}}"#, Some("Returns")),
        (r#"{"topic":{"type":"category","value":"Returns"}}"#, Some("Returns")),
        (
            r#"[{"name":"n","type":"phone","value":"+46"},{"name":"c","type":"category","value":"Returns"}]"#,
            Some("Returns"),
        ),
        (r#"[{"type":"category","value":""}]"#, None),
        (r#"{"phone":{"value":"+4600000000"}}"#, None),
        ("{}", None),
        ("[]", None),
        ("null", None),
        ("7", None),
        (r#"[[],3,"x",null]"#, None),
    ] {
        let snapshot = position(&format!(r#""registrationData":{json}"#));
        assert_eq!(snapshot.category.as_deref(), category, "{json}");
    }
}

#[test]
fn check_in_only_where_it_is_one() {
    let at = r#""fulfilledAt":"2021-01-13T05:30:00Z""#;
    let check_in = |kind: &str, status: &str| {
        read(&line(kind, &format!(r#""status":"{status}",{at}"#))).unwrap().check_in().is_some()
    };
    assert!(!check_in("bookingActivated", "pending"));
    assert!(!check_in("positionCalled", "notified"));
    assert!(check_in("positionFulfilled", "pending"));
    assert!(check_in("feedbackReceived", "odd"));
    assert!(check_in("positionCalled", "completed"));
}

#[test]
fn envelopes() {
    let payload = line("positionCreated", r#""createdAt":"2021-01-11T14:48:24Z""#);
    let text = serde_json::to_string(&payload).unwrap();
    let at = 1_610_376_504_000;
    for key in ["body", "payload", "event", "webhook", "detail"] {
        for (time_key, time) in [
            ("receivedAt", "\"2021-01-11T14:48:24Z\""),
            ("received_at", "1610376504"),
            ("timestamp", "1610376504000"),
            ("time", "\"1610376504\""),
            ("@timestamp", "\"2021-01-11T15:48:24.000000+01:00\""),
        ] {
            for inner in [&payload, &text] {
                let line =
                    format!(r#"{{"{time_key}":{time},"headers":{{"x":"y"}},"{key}":{inner}}}"#);
                let decoded = decode(line.as_bytes(), &settings()).unwrap();
                assert_eq!(decoded.snapshot.received_at, Some(at), "{line}");
                assert_eq!(decoded.payload_hash, hash(payload.as_bytes()), "{line}");
            }
        }
    }
    let late = format!(r#"{{"receivedAt":"soon","body":{payload}}}"#);
    assert_eq!(read(&late).unwrap().oddities[0].measure, Measure::TimestampBad);
    assert_eq!(read(r#"{"body":"{broken"}"#), Err(Reject::NotJson));
    assert_eq!(read(r#"{"body":"text"}"#), Err(Reject::NoPosition));
    assert_eq!(read(r#"{"body":{"a":1}}"#), Err(Reject::NoPosition));
}

#[test]
fn pointers_override_the_usual_places() {
    let payload = line("positionCreated", r#""createdAt":"2021-01-11T14:48:24Z""#);
    let line = format!(r#"{{"a/b":[0,{{"~":{payload}}}],"when":{{"t":1610376504}},"body":{{}}}}"#);
    let settings = Settings {
        earliest: DEFAULT_EARLIEST_MS,
        as_of: AS_OF,
        payload: Some(Pointer::parse("/a~1b/1/~0").unwrap()),
        received_at: Some(Pointer::parse("/when/t").unwrap()),
    };
    let snapshot = decode(line.as_bytes(), &settings).unwrap().snapshot;
    assert_eq!(snapshot.received_at, Some(1_610_376_504_000));
    assert_eq!(decode(payload.as_bytes(), &settings).unwrap_err(), Reject::NoPosition);
    assert!(Pointer::parse("body").is_err());
    let whole = Settings { payload: Some(Pointer::parse("").unwrap()), ..settings };
    assert!(decode(payload.as_bytes(), &whole).is_ok());
}

#[test]
fn every_rejection() {
    for (line, reason) in [
        ("x", Reject::NotJson),
        ("{", Reject::NotJson),
        (r#"{"a":1}}"#, Reject::NotJson),
        ("[]", Reject::NotAnObject),
        ("3", Reject::NotAnObject),
        ("null", Reject::NotAnObject),
        ("{}", Reject::NoPosition),
        (r#"{"data":{"position":[]},"type":"t","organization":"o"}"#, Reject::NoPosition),
        (r#"{"data":7,"type":"t","organization":"o"}"#, Reject::NoPosition),
        (r#"{"position":{"id":"7"},"type":"t","organization":"o"}"#, Reject::NoPosition),
        (r#"{"data":{"position":{"id":"7"}},"organization":"o"}"#, Reject::NoType),
        (r#"{"data":{"position":{"id":"7"}},"type":"","organization":"o"}"#, Reject::NoType),
        (r#"{"data":{"position":{}},"type":"t","organization":"o"}"#, Reject::NoTicketId),
        (r#"{"data":{"position":{"id":7}},"type":"t","organization":"o"}"#, Reject::NoTicketId),
        (
            r#"{"data":{"position":{"id":"a\u0000"}},"type":"t","organization":"o"}"#,
            Reject::NoTicketId,
        ),
        (r#"{"data":{"position":{"id":"7"}},"type":"t"}"#, Reject::NoOrganization),
        (
            r#"{"data":{"position":{"id":"7"}},"type":"t","organization":null}"#,
            Reject::NoOrganization,
        ),
        (
            r#"{"data":{"position":{"id":"7","id":"7"}},"type":"t","organization":"o"}"#,
            Reject::DuplicateKey,
        ),
        (
            r#"{"type":"t","data":{"position":{"id":"7"}},"type":"t","organization":"o"}"#,
            Reject::DuplicateKey,
        ),
        (r#"{"data":{"position":{"id":"\ud800"}},"type":"t","organization":"o"}"#, Reject::BadUtf8),
        (
            r#"{"data":{"position":{"id":"7","queue":"\udc00"}},"type":"t","organization":"o"}"#,
            Reject::BadUtf8,
        ),
    ] {
        assert_eq!(read(line).map(|_| ()), Err(reason), "{line}");
    }
}

#[test]
fn invalid_utf8_matters_only_where_text_is_needed() {
    let with = |json: &[u8]| {
        let mut line = br#"{"data":{"position":{"id":"7","#.to_vec();
        line.extend_from_slice(json);
        line.extend_from_slice(br#"}},"type":"positionCreated","organization":"o"}"#);
        decode(&line, &settings()).map(|d| d.snapshot.into_owned().people)
    };
    assert_eq!(with(b"\"label\":\"\xff\",\"numberOfPeople\":3"), Ok(Some(3)));
    assert_eq!(
        with(b"\"registrationData\":{\"name\":{\"value\":\"\xff\"}},\"numberOfPeople\":3"),
        Ok(Some(3))
    );
    assert_eq!(with(b"\"feedback\":{\"rating\":4,\"message\":\"\xff\"}"), Ok(None));
    assert_eq!(with(b"\"location\":\"\xff\""), Err(Reject::BadUtf8));
    assert_eq!(with(b"\"queue\":\"\xc3\""), Err(Reject::BadUtf8));
}

#[test]
fn depth_and_size_do_not_matter_in_ignored_fields() {
    let deep = format!(r#""customData":{}1{}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert!(read(&line("positionCreated", &deep)).is_ok());
    assert_eq!(read(&"[".repeat(100_000)), Err(Reject::NotJson));
    assert!(
        read(&line(
            "positionCreated",
            r#""priority":1e999,"numberOfPeople":123456789012345678901234567890"#
        ))
        .is_ok()
    );
}

#[test]
fn odd_values_are_counted_and_the_line_is_kept() {
    let snapshot = read(&line(
        "positionTeleported",
        r#""status":"floating","createdAt":"yesterday","calledAt":"2031-01-01T00:00:00Z","completedAt":5,
           "booking":{"start":"2021-01-13 05:30","end":"2023-01-01T00:00:00Z"},"feedback":{"rating":"4"},"rejectedAt":null"#,
    ))
    .unwrap();
    let odd: Vec<_> = snapshot.oddities.iter().map(|o| (o.measure, o.detail.as_ref())).collect();
    assert_eq!(
        odd,
        [
            (Measure::UnknownType, "positionTeleported"),
            (Measure::UnknownStatus, "floating"),
            (Measure::RatingCoerced, ""),
            (Measure::TimestampBad, "createdAt"),
            (Measure::TimestampOutOfRange, "calledAt"),
            (Measure::TimestampBad, "completedAt"),
            (Measure::TimestampOutOfRange, "booking.end"),
        ]
    );
    assert!(matches!(snapshot.booking_start, Some(BookingTime::WallClock(_))));
    assert_eq!(snapshot.rating.map(super::super::Rating::stars), Some(4));
    let secret = read(&line("call +46 70 123", r#""status":"a b""#)).unwrap();
    assert!(secret.oddities.iter().all(|o| o.detail == "(other)"));
}

proptest! {
    #[test]
    fn any_bytes_end_in_one_reason_or_one_snapshot(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _outcome = decode(&bytes, &settings()).is_ok();
    }

    #[test]
    fn a_mutated_line_never_panics_and_quotes_nothing(at in 0_usize..400, byte in any::<u8>(), cut in 0_usize..400) {
        let mut line = line("feedbackReceived", r#""location":{"locationName":"S"},"booking":{"start":"2021-01-13T05:30:00Z"},"registrationData":[{"type":"category","value":"x"}],"feedback":{"rating":4,"message":"secret"},"createdAt":"2021-01-11T14:48:24.479Z""#).into_bytes();
        let at = at % line.len();
        line[at] = byte;
        line.truncate(line.len() - cut % 40);
        if let Err(reason) = decode(&line, &settings()) {
            prop_assert!(!reason.words().contains("secret"));
        }
    }
}

/// What a decoder makes of a line, to compare.
fn words(result: Result<Decoded<'_>, Reject>) -> Result<(Snapshot<'static>, u64), Reject> {
    result.map(|d| (d.snapshot.into_owned(), d.payload_hash))
}

thread_local! {
    /// A decoder that has learned everything that was ever shown to it, broken lines too.
    static LEARNED: std::cell::RefCell<Decoder<'static>> = std::cell::RefCell::new({
        let mut decoder = Decoder::new(Box::leak(Box::new(settings())));
        for line in corpus() {
            let _learned = decoder.decode(line.as_bytes());
        }
        decoder
    });
}

fn same(line: &[u8]) {
    let expected = words(decode_by_reference(line, &settings()));
    let text = String::from_utf8_lossy(line);
    assert_eq!(words(decode(line, &settings())), expected, "{text}");
    LEARNED.with_borrow_mut(|decoder| {
        assert_eq!(words(decoder.decode(line)), expected, "learned: {text}");
    });
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
        lines.push(line("positionCreated", inside));
        lines.push(line("positionCreated", inside).replace(':', " :\t ").replace(',', " , "));
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
fn envelopes_need_no_referee() {
    for line in envelopes_to_compare().into_iter().take(5) {
        let mut fields = Fields::new(true);
        assert!(Skeleton::new().find(line.as_bytes(), &mut fields), "{line}");
        assert_ne!(fields.get(Field::Payload), Value::None, "{line}");
    }
}

#[test]
fn the_fast_path_agrees_with_the_referee() {
    let mut fast = 0;
    for line in corpus() {
        same(line.as_bytes());
        fast += usize::from(Skeleton::new().find(line.as_bytes(), &mut Fields::new(true)));
        for cut in 0..line.len() {
            same(&line.as_bytes()[..cut]);
        }
    }
    assert!(fast > 10, "{fast}");
}

proptest! {

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
        same(&bytes);
    }
}
