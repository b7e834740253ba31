//! Every form of a time, and what is none.

use proptest::prelude::*;

use crate::calendar::DEFAULT_EARLIEST_MS;

use super::*;

const AS_OF: i64 = 1_622_505_600_000; // 2021-06-01T00:00:00Z

fn ms(text: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
}

#[test]
fn every_documented_form() {
    let base = ms("2021-01-11T14:48:24Z");
    for (text, millis) in [
        ("2021-01-11T14:48:24Z", 0),
        ("2021-01-11T14:48:24.4Z", 400),
        ("2021-01-11T14:48:24.479Z", 479),
        ("2021-01-11T14:48:24.479999999Z", 479),
        ("2021-01-11T15:48:24.47+01:00", 470),
        ("2021-01-11T10:18:24-0430", 0),
        ("2021-01-11T16:48:24+02", 0),
        ("2021-01-11t14:48:24z", 0),
        ("2021-01-11 14:48:24Z", 0),
        ("2021-01-11 14:48:24+00", 0),
        ("2021-01-11T14:48:24+0000", 0),
        ("2021-01-11T14:48:24-00:00", 0),
        ("2021-01-11 14:48:24 +00:00", 0),
        ("2021-01-11 15:48:24 +0100", 0),
        ("2021-01-11 14:48:24 UTC", 0),
        ("2021-01-11 14:48:24.479123 utc", 479),
        ("2021-01-11T14:48:24UTC", 0),
        ("2021-01-11 14:48:24 GMT", 0),
        ("2021-01-11 14:48:24 Z", 0),
        ("2021-01-11 14:48:24.479123456 +0000 UTC", 479),
        ("2021-01-11T14:48:24,479Z", 479),
        ("2021-01-11T14:48:24.47900000000000000000001Z", 479),
        ("2021-01-11T14:48:24Z[UTC]", 0),
        ("2021-01-11T15:48:24+01:00[Europe/Berlin][u-ca=iso8601]", 0),
        ("20210111T144824Z", 0),
        ("20210111T144824.479Z", 479),
        ("20210111T154824+0100", 0),
    ] {
        assert_eq!(parse(text.as_bytes()), Some(Stamp::Instant(base + millis)), "{text}");
    }
    assert_eq!(parse(b"2021-01-11 14:48"), Some(Stamp::WallClock(ms("2021-01-11T14:48:00Z"))));
    assert_eq!(parse(b"0001-01-01T00:00:00Z"), Some(Stamp::Sentinel));
    assert_eq!(parse(b"1900-01-01T00:00:00Z"), Some(Stamp::Sentinel));
}

#[test]
fn what_is_no_timestamp() {
    for text in [
        "",
        "soon",
        "2021-01-11",
        "2021-02-30T00:00:00Z",
        "2021-01-11T25:00:00Z",
        "2021-01-11T14:48:24.Z",
        "2021-01-11T14:48:24 CET",
        "2021-01-11T14:48:24 +0100 UTC",
        "2021-01-11T14:48:24 +0000 CET",
        "2021-01-11T14:48:24  UTC",
        "2021-01-11T14:48:24[Europe/Berlin]",
        "2021-01-11T14:48:24Z]",
        "2021-0111T14:48:24Z",
        "20210111 144824Z",
        "20210111T14:48:24Z",
        "20210111144824",
        "2021/01/11 14:48:24Z",
        "11/01/2021 14:48:24",
        "1/2/2021",
        "2021-1-11T14:48:24Z",
        "2021-01-11T14:48:24+15:00",
        "2021-01-11T14:48:24+01:",
        "2021-01-11T14:48:24Zjunk",
        "1610376504",
        "2021-01-11T14:48:24+14:01",
    ] {
        assert_eq!(parse(text.as_bytes()), None, "{text}");
    }
}

fn range(as_of: i64) -> Range {
    Range { earliest: DEFAULT_EARLIEST_MS, as_of }
}

fn at(text: &str) -> Result<Option<i64>, Unusable> {
    instant(Value::Plain(text.as_bytes()), range(AS_OF))
}

fn slot(text: &str) -> Result<Option<BookingTime>, Unusable> {
    booking(Value::Plain(text.as_bytes()), range(AS_OF))
}

#[test]
fn ranges_and_zones() {
    let before = |text: &str| Unusable::OutOfRange { at: ms(text), from: None };
    assert_eq!(at("2009-12-31T23:59:59.999Z"), Err(before("2009-12-31T23:59:59.999Z")));
    assert_eq!(at("2010-01-01T00:00:00Z"), Ok(Some(DEFAULT_EARLIEST_MS)));
    assert_eq!(at("2021-06-02T00:00:00Z"), Ok(Some(AS_OF + DAY_MS)));
    assert_eq!(
        at("2021-06-02T00:00:00.001Z"),
        Err(Unusable::OutOfRange { at: AS_OF + DAY_MS + 1, from: Some(AS_OF + 1) })
    );
    let late = Range { earliest: ms("2021-01-01T00:00:00Z"), as_of: AS_OF };
    let text = Value::Plain(b"2020-12-31T23:59:59Z");
    assert_eq!(instant(text, late), Err(before("2020-12-31T23:59:59Z")));
    assert_eq!(booking(text, late), Err(before("2020-12-31T23:59:59Z")));
    assert_eq!(received(text, late), Err(before("2020-12-31T23:59:59Z")));
    assert_eq!(at("2021-05-01T10:00:00"), Err(Unusable::Bad));
    assert_eq!(at("0001-01-01T00:00:00"), Ok(None));
    assert!(matches!(slot("2021-05-01 10:00"), Ok(Some(BookingTime::WallClock(_)))));
    assert!(matches!(slot("2022-07-06T00:00:00Z"), Ok(Some(BookingTime::Instant(_)))));
    assert!(matches!(
        slot("2022-07-06T00:00:01Z"),
        Err(Unusable::OutOfRange { from, .. }) if from == Some(AS_OF + 1_000)
    ));
    // From the instant that is named on, and not a millisecond before.
    for text in ["2031-06-02T00:00:00.001Z", "2031-07-06T01:00:00.000Z"] {
        let (
            Err(Unusable::OutOfRange { from: Some(of_time), .. }),
            Err(Unusable::OutOfRange { from: Some(of_slot), .. }),
        ) = (at(text), slot(text))
        else {
            panic!()
        };
        let text = Value::Plain(text.as_bytes());
        assert!(
            instant(text, range(of_time)).is_ok() && instant(text, range(of_time - 1)).is_err()
        );
        assert!(
            booking(text, range(of_slot)).is_ok() && booking(text, range(of_slot - 1)).is_err()
        );
    }
}

#[test]
fn values_of_any_type() {
    let base = ms("2021-01-11T14:48:24Z");
    for (json, expected) in [
        (r#""2021-01-11T14:48:24Z""#, Ok(Some(0))),
        (r#"" 2021-01-11T14:48:24.5Z\n""#, Ok(Some(500))),
        (r#""2021-01-11T14:48:24\u005a""#, Ok(Some(0))),
        ("1610376504", Ok(Some(0))),
        ("1610376504.25", Ok(Some(250))),
        ("1.610376504e9", Ok(Some(0))),
        ("1610376504479", Ok(Some(479))),
        ("1610376504479123", Ok(Some(479))),
        ("1610376504479123456", Ok(Some(479))),
        (r#""1610376504""#, Ok(Some(0))),
        (r#""1610376504.479""#, Ok(Some(479))),
        (r#""1610376504479123456""#, Ok(Some(479))),
        (r#"{"$date":"2021-01-11T14:48:24.479Z"}"#, Ok(Some(479))),
        (r#"{"$date":1610376504479}"#, Ok(Some(479))),
        (r#"{ "$date" : { "$numberLong" : "1610376504479" } }"#, Ok(Some(479))),
        (r#"{"$numberLong":"1610376504479"}"#, Ok(Some(479))),
        (r#""Mon, 11 Jan 2021 14:48:24 GMT""#, Ok(Some(0))),
        (r#""11 Jan 2021 15:48:24 +0100""#, Ok(Some(0))),
        (r#""Tue, 11 Jan 2021 14:48:24 GMT""#, Err(())),
        (r#""11 Jan 2021 14:48:24""#, Err(())),
        (r#""Mon, 01 Jan 1900 00:00:00 GMT""#, Ok(None)),
        ("-62135596800", Ok(None)),
        ("-2208988800000", Ok(None)),
        (r#"{"$date":{"$numberLong":"-62135596800000"}}"#, Ok(None)),
        (r#"{"$date":null}"#, Err(())),
        (r#"{"$date":{}}"#, Err(())),
        (r#"{"$date":[]}"#, Err(())),
        (r#"{"$date":{"$date":1610376504479}}"#, Err(())),
        (r#"{"$date":{"$numberLong":{"$numberLong":"1610376504479"}}}"#, Err(())),
        (r#"{"$date":1610376504479,"$date":1610376504479}"#, Err(())),
        (r#"{"$date":1610376504479,"more":1}"#, Err(())),
        (r#"{"seconds":1610376504}"#, Err(())),
        ("{}", Err(())),
        ("[1610376504]", Err(())),
        ("true", Err(())),
        ("5", Err(())),
        ("20210111", Err(())),
        (r#""""#, Err(())),
        (r#""11/01/2021 14:48""#, Err(())),
        (r#""11.01.2021 14:48:24""#, Err(())),
        (r#""01/11/2021""#, Err(())),
        (r#""\ud800""#, Err(())),
    ] {
        let value = Value::Json(json.as_bytes());
        let expected = expected.map(|more| more.map(|more| base + more));
        assert_eq!(instant(value, range(AS_OF)).map_err(drop), expected, "{json}");
        assert_eq!(received(value, range(AS_OF)).map_err(drop), expected, "{json}");
        let slot = booking(value, range(AS_OF)).map_err(drop);
        assert_eq!(slot, expected.map(|at| at.map(BookingTime::Instant)), "{json}");
    }
}

#[test]
fn a_time_without_a_zone_is_local_of_a_slot_and_utc_of_an_archive() {
    let wall = ms("2021-01-11T14:48:24.5Z");
    for json in [
        r#""2021-01-11T14:48:24.5""#,
        r#""2021-01-11 14:48:24.500000""#,
        r#""20210111T144824.5""#,
        r#"{"$date":"2021-01-11 14:48:24.5"}"#,
    ] {
        let value = Value::Json(json.as_bytes());
        assert_eq!(instant(value, range(AS_OF)), Err(Unusable::Bad), "{json}");
        assert_eq!(booking(value, range(AS_OF)), Ok(Some(BookingTime::WallClock(wall))), "{json}");
        assert_eq!(received(value, range(AS_OF)), Ok(Some(wall)), "{json}");
    }
    assert_eq!(received(Value::None, range(AS_OF)), Ok(None));
    assert_eq!(received(Value::Json(b"null"), range(AS_OF)), Ok(None));
}

proptest! {
    #[test]
    fn agrees_with_chrono(at in 0_i64..1_900_000_000_000_i64, minutes in -840_i32..=840) {
        let zone = chrono::FixedOffset::east_opt(minutes * 60).unwrap();
        let text = chrono::DateTime::from_timestamp_millis(at).unwrap().with_timezone(&zone).to_rfc3339();
        prop_assert_eq!(parse(text.as_bytes()), Some(Stamp::Instant(at)));
    }

    #[test]
    fn the_usual_form_is_read_like_any_other(
        at in -99_999_999_999_999_i64..9_999_999_999_999,
        millis in any::<bool>(),
        edit in prop::option::of((0_usize..24, prop::sample::select(b"0123456789-:.TZ x\xff".to_vec()))),
    ) {
        let form = if millis { chrono::SecondsFormat::Millis } else { chrono::SecondsFormat::Secs };
        let text = chrono::DateTime::from_timestamp_millis(at).unwrap().to_rfc3339_opts(form, true);
        let mut text = text.into_bytes();
        if let Some((at, byte)) = edit {
            let at = at % text.len();
            text[at] = byte;
        }
        prop_assert_eq!(parse(&text), parse_any(&text));
    }

    #[test]
    fn all_forms_of_an_instant_are_that_instant(
        nanos in 1_262_304_000_000_000_000_i64..1_622_505_600_000_000_000,
        minutes in -840_i32..=840,
        digits in 3_usize..=9,
    ) {
        let expected = Ok(Some(nanos.div_euclid(1_000_000)));
        let utc = chrono::DateTime::from_timestamp_nanos(nanos);
        let (date, time) = (utc.format("%Y-%m-%d"), utc.format("%H:%M:%S%.9f").to_string());
        let time = &time[..9 + digits];
        let there = utc.with_timezone(&chrono::FixedOffset::east_opt(minutes * 60).unwrap());
        let mut texts = vec![
            utc.format("%Y%m%dT%H%M%S%.9fZ").to_string(),
            there.format("%Y-%m-%dT%H:%M:%S%.9f%:z").to_string(),
            there.format("%Y-%m-%d %H:%M:%S%.6f %z").to_string(),
            format!("{nanos}"),
            format!("{}", nanos / 1_000),
            format!("{}", nanos / 1_000_000),
            format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000),
        ];
        for blank in ["T", "t", " "] {
            for zone in ["Z", "z", "+00:00", "+0000", "+00", " +00:00", " UTC", " +0000 UTC"] {
                texts.push(format!("{date}{blank}{time}{zone}"));
            }
        }
        for text in texts {
            let mut values = vec![format!("\"{text}\""), format!("{{\"$date\":\"{text}\"}}")];
            if text.parse::<f64>().is_ok() {
                values.push(format!("{{\"$date\":{{\"$numberLong\":\"{text}\"}}}}"));
                values.push(text);
            }
            for json in values {
                let value = Value::Json(json.as_bytes());
                prop_assert_eq!(instant(value, range(AS_OF)), expected, "{}", json);
                prop_assert_eq!(received(value, range(AS_OF)), expected, "{}", json);
            }
        }
    }

    #[test]
    fn never_panics(text in prop::collection::vec(any::<u8>(), 0..40)) {
        let _unused = parse(&text);
        let _unused = instant(Value::Json(&text), range(AS_OF));
        let _unused = received(Value::Plain(&text), range(AS_OF));
    }
}
