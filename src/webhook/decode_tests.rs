//! Every shape of a line, and every reason to reject one.

use proptest::prelude::*;

use super::fixture::{Said, fresh, settings};
use super::{BookingTime, Measure, Rating, Reject, Settings, Snapshot};

/// What a decoder that has seen no other record says of one with one webhook.
fn decode(record: &[u8], settings: &Settings) -> Said {
    let mut said = fresh(record, settings);
    assert_eq!(said.len(), 1);
    said.remove(0)
}

fn line(kind: &str, position: &str) -> String {
    format!(
        r#"{{"message":null,"data":{{"position":{{"id":"7",{position}}}}},"type":"{kind}","organization":"o"}}"#
    )
}

fn read(line: &str) -> Result<Snapshot<'static>, Reject> {
    decode(line.as_bytes(), &settings()).map(|(snapshot, _)| snapshot)
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
fn every_rejection() {
    for (line, reason) in [
        ("x", Reject::NotJson),
        ("{", Reject::NotJson),
        (r#"{"a":1}}"#, Reject::NotJson),
        ("[]", Reject::NoWebhook),
        ("3", Reject::NoWebhook),
        ("null", Reject::NoWebhook),
        ("{}", Reject::NoWebhook),
        (r#"{"data":{"position":[]},"type":"t","organization":"o"}"#, Reject::NoWebhook),
        (r#"{"data":7,"type":"t","organization":"o"}"#, Reject::NoWebhook),
        (r#"{"position":{"id":"7"},"type":"t","organization":"o"}"#, Reject::NoWebhook),
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
        decode(&line, &settings()).map(|(snapshot, _)| snapshot.people)
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
    assert_eq!(snapshot.rating.map(Rating::stars), Some(4));
    let secret = read(&line("call +46 70 123", r#""status":"a b""#)).unwrap();
    assert!(secret.oddities.iter().all(|o| o.detail == "(other)"));
}

proptest! {
    #[test]
    fn any_bytes_end_in_one_reason_or_one_snapshot(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _outcome = fresh(&bytes, &settings()).len();
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
