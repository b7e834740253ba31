//! The envelopes of the best-known archivers, one by one, and the rules of receive times.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::calendar::DEFAULT_EARLIEST_MS;

use super::assemble::hash;
use super::fixture::{Said, fresh, referee, said, same, settings};
use super::{Decoder, Measure, Pointer, Reject, Settings, Shape};

const PAYLOAD: &str = r#"{"message":null,"data":{"position":{"id":"7","location":{"locationName":"Oslo"},"type":"anonymous","createdAt":"2021-03-01T08:59:59.000Z","status":"pending","queue":"q"}},"type":"positionCreated","organization":"o"}"#;
/// 2021-03-01T09:00:00.500Z.
const AT: i64 = 1_614_589_200_500;

/// Writes a payload into an envelope: `P` as it is, `W` as text, `B` in base64, `U` in base64 for URLs.
fn fill(envelope: &str) -> String {
    let written = serde_json::to_string(PAYLOAD).unwrap();
    let twice = serde_json::to_string(&written).unwrap();
    [
        ("<P>", PAYLOAD),
        ("<WW>", &twice),
        ("<W>", &written),
        ("<B>", &format!("\"{}\"", STANDARD.encode(PAYLOAD))),
        ("<U>", &format!("\"{}\"", URL_SAFE_NO_PAD.encode(PAYLOAD))),
    ]
    .iter()
    .fold(envelope.to_owned(), |text, (mark, payload)| text.replace(mark, payload))
}

fn received(said: &Said) -> Option<i64> {
    said.as_ref().unwrap().0.received_at
}

/// Name, path of the webhook, path of the receive time, receive time as milliseconds behind 09:00:00, envelope.
const KNOWN: &str = r#"
API Gateway v1 | body» | requestContext.requestTimeEpoch | 500 | {"resource":"/hook","httpMethod":"POST","headers":{"Date":"Mon, 01 Mar 2021 09:00:00 GMT"},"requestContext":{"requestTime":"01/Mar/2021:09:00:00 +0000","requestTimeEpoch":1614589200500},"body":<W>,"isBase64Encoded":false}
API Gateway v2 | body» | requestContext.timeEpoch | 500 | {"version":"2.0","requestContext":{"timeEpoch":1614589200500,"time":"01/Mar/2021:09:00:00 +0000"},"body":<W>,"isBase64Encoded":false}
API Gateway, base64 | body»base64 | requestContext.timeEpoch | 500 | {"version":"2.0","requestContext":{"timeEpoch":1614589200500},"body":<B>,"isBase64Encoded":true}
SQS, CLI | Body» | Attributes.SentTimestamp | 500 | {"MessageId":"m","ReceiptHandle":"r","Body":<W>,"Attributes":{"SentTimestamp":"1614589200500"}}
SQS, Lambda | Records[].body» | Records[].attributes.SentTimestamp | 500 | {"Records":[{"messageId":"m","body":<W>,"attributes":{"ApproximateReceiveCount":"1","SentTimestamp":"1614589200500"},"eventSource":"aws:sqs"}]}
SNS | Message» | Timestamp | 500 | {"Type":"Notification","MessageId":"m","Message":<W>,"Timestamp":"2021-03-01T09:00:00.500Z"}
EventBridge | detail | time | 0 | {"version":"0","id":"x","detail-type":"ombori","time":"2021-03-01T09:00:00Z","resources":[],"detail":<P>}
CloudEvents | data | time | 500 | {"specversion":"1.0","type":"com.ombori","time":"2021-03-01T09:00:00.500Z","data":<P>}
CloudEvents, base64 | data_base64»base64 | time | 500 | {"specversion":"1.0","type":"com.ombori","time":"2021-03-01T09:00:00.500Z","data_base64":<B>}
Pub/Sub push | message.data»base64 | message.publishTime | 500 | {"message":{"attributes":{},"data":<B>,"messageId":"1","publishTime":"2021-03-01T09:00:00.500Z","publish_time":"2021-03-01T09:00:00.500Z"},"subscription":"s"}
Cloud Logging | jsonPayload | receiveTimestamp | 500 | {"insertId":"x","jsonPayload":<P>,"timestamp":"2021-03-01T09:00:00.400Z","receiveTimestamp":"2021-03-01T09:00:00.500Z"}
Kafka Connect | value | timestamp | 500 | {"key":null,"value":<P>,"timestamp":1614589200500,"offset":1}
Kafka Connect, schema | payload» | - | - | {"schema":{"type":"string"},"payload":<W>}
Kinesis, Lambda | Records[].kinesis.data»base64 | Records[].kinesis.approximateArrivalTimestamp | 500 | {"Records":[{"kinesis":{"data":<B>,"approximateArrivalTimestamp":1614589200.5},"eventName":"aws:kinesis:record"}]}
Fluent Bit | log» | date | 500 | {"date":1614589200.5,"log":<W>}
Filebeat | message» | @timestamp | 500 | {"@timestamp":"2021-03-01T09:00:00.500Z","message":<W>,"log":{"offset":0},"agent":{"type":"filebeat"}}
Vector | message» | timestamp | 500 | {"message":<W>,"path":"/hook","source_type":"http_server","timestamp":"2021-03-01T09:00:00.5Z"}
Docker | log» | time | 500 | {"log":<W>,"stream":"stdout","time":"2021-03-01T09:00:00.500000000Z"}
CloudWatch | logEvents[].message» | logEvents[].timestamp | 500 | {"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","timestamp":1614589200500,"message":<W>}]}
Azure Monitor | records[].properties | records[].time | 500 | {"records":[{"time":"2021-03-01T09:00:00.500Z","properties":<P>}]}
Stream Analytics | hook | EventEnqueuedUtcTime | 500 | {"hook":<P>,"EventProcessedUtcTime":"2021-03-01T09:00:01Z","EventEnqueuedUtcTime":"2021-03-01T09:00:00.5000000Z"}
Elastic hits | hits.hits[]._source.event | hits.hits[]._source.@timestamp | 500 | {"hits":{"total":1,"hits":[{"_index":"i","_source":{"@timestamp":"2021-03-01T09:00:00.500Z","event":<P>}}]}}
mongoexport | body | receivedAt | 500 | {"_id":{"$oid":"5"},"receivedAt":{"$date":"2021-03-01T09:00:00.500Z"},"body":<P>}
mongoexport, canonical | body | receivedAt | 500 | {"receivedAt":{"$date":{"$numberLong":"1614589200500"}},"body":<P>}
DynamoDB export | Item.body.S» | Item.received_at | 500 | {"Item":{"id":{"S":"x"},"received_at":{"N":"1614589200500"},"body":{"S":<W>}}}
webhook.site | content» | created_at | 0 | {"uuid":"u","method":"POST","content":<W>,"created_at":"2021-03-01 09:00:00","headers":{}}
n8n | body | - | - | {"headers":{},"params":{},"query":{},"body":<P>,"webhookUrl":"http://x"}
Svix | payload | timestamp | 500 | {"eventId":"e","eventType":"positionCreated","payload":<P>,"timestamp":"2021-03-01T09:00:00.500Z"}
row_to_json | payload | received_at | 500 | {"id":1,"received_at":"2021-03-01 09:00:00.500+00","payload":<P>}
BigQuery | payload» | received_at | 500 | {"received_at":"2021-03-01 09:00:00.500 UTC","payload":<W>}
nginx | request_body» | time_iso8601 | 0 | {"time_iso8601":"2021-03-01T09:00:00+00:00","msec":"1614589200.500","request_body":<W>,"status":"200"}
Caddy | body» | ts | 500 | {"level":"info","ts":1614589200.5,"body":<W>}
written twice | b»» | ts | 500 | {"ts":1614589200500,"b":<WW>}
a string | » | - | - | <W>
an array | [] | - | - | [<P>]
base64 for URLs | x»base64 | time | 500 | {"x":<U>,"time":1614589200500}
"#;

#[test]
fn well_known_envelopes() {
    let hash = hash(PAYLOAD.as_bytes());
    for row in KNOWN.trim().lines() {
        let mut cells = row.splitn(5, " | ").map(|cell| if cell == "-" { "" } else { cell });
        let [name, webhook, time, after, envelope] = std::array::from_fn(|_| cells.next().unwrap());
        let record = fill(envelope);
        let all = same(record.as_bytes(), None);
        assert_eq!(all.len(), 1, "{name}");
        assert_eq!(all[0].as_ref().unwrap().1, hash, "{name}");
        let at = after.parse::<i64>().ok().map(|after| AT - 500 + after);
        assert_eq!(received(&all[0]), at, "{name}");
        assert!(all[0].as_ref().unwrap().0.oddities.is_empty(), "{name}");
        // The same shape whether it was searched or known, and with a search only the first time.
        let settings = settings();
        let mut decoder = Decoder::new(&settings);
        for _ in 0..3 {
            said(&mut decoder, record.as_bytes(), None);
        }
        let received_at = Some(time.to_owned()).filter(|time| !time.is_empty());
        let shape = Shape { webhook: webhook.to_owned(), received_at };
        assert_eq!(decoder.take_shapes(), [(shape, 3)], "{name}");
        assert_eq!(decoder.searches(), 1, "{name}");
    }
}

#[test]
fn text_in_text_in_text() {
    let inner =
        fill(r#"{"Type":"Notification","Message":<W>,"Timestamp":"2021-03-01T09:00:00.500Z"}"#);
    let body = serde_json::to_string(&inner).unwrap();
    // SNS in SQS: the inner time is nearer.
    let sqs = format!(r#"{{"Body":{body},"Attributes":{{"SentTimestamp":"1614589299999"}}}}"#);
    assert_eq!(received(&same(sqs.as_bytes(), None)[0]), Some(AT));
    // A string does not stop the search.
    let inner = serde_json::to_string(&fill(r#"{"a":{"b":<W>}}"#)).unwrap();
    let outer = format!(r#"{{"x":[{inner}],"time":1614589200500}}"#);
    assert_eq!(received(&same(outer.as_bytes(), None)[0]), Some(AT));
}

#[test]
fn which_receive_time() {
    for (envelope, at, odd) in [
        // The order of the names, and the nearest object.
        (r#"{"date":1614589200000,"receivedAt":1614589200500,"body":<P>}"#, Some(500), None),
        (r#"{"receivedAt":1614589200000,"a":{"date":1614589200500,"body":<P>}}"#, Some(500), None),
        (r#"{"a":{"receivedAt":1614589200000},"date":1614589200500,"body":<P>}"#, Some(500), None),
        (
            r#"{"b":{"date":1614589200000},"a":{"RECEIVED-at":1614589200500},"body":<P>}"#,
            Some(500),
            None,
        ),
        (r#"{"ts":1614589200500,"ts":1614589200000,"body":<P>}"#, Some(500), None),
        // What cannot be used is passed over.
        (r#"{"receivedAt":"soon","time":1614589200500,"body":<P>}"#, Some(500), None),
        (
            r#"{"receivedAt":null,"time":[1],"ts":true,"date":1614589200500,"body":<P>}"#,
            Some(500),
            None,
        ),
        (r#"{"receivedAt":"soon","body":<P>}"#, None, Some(Measure::TimestampBad)),
        // A later run would believe it.
        (
            r#"{"receivedAt":"2021-07-01T00:00:00Z","date":1614589200500,"body":<P>}"#,
            Some(500),
            Some(Measure::TimestampOutOfRange),
        ),
        (
            r#"{"date":"2021-07-01T00:00:00Z","receivedAt":1614589200500,"body":<P>}"#,
            Some(500),
            None,
        ),
        (
            r#"{"receivedAt":"2021-07-01T00:00:00Z","body":<P>}"#,
            None,
            Some(Measure::TimestampOutOfRange),
        ),
        // Two steps away, or in an array, it means something else.
        (
            r#"{"a":{"b":{"time":1614589200000}},"c":[{"time":1614589200000}],"body":<P>}"#,
            None,
            None,
        ),
    ] {
        let record = fill(envelope);
        let all = same(record.as_bytes(), None);
        assert_eq!(received(&all[0]), at.map(|after| AT - 500 + after), "{envelope}");
        let found = all[0].as_ref().unwrap().0.oddities.first();
        assert_eq!(found.map(|odd| odd.measure), odd, "{envelope}");
        let ahead = odd == Some(Measure::TimestampOutOfRange);
        assert_eq!(found.is_some_and(|odd| odd.in_range_from.is_some()), ahead, "{envelope}");
        // Beside the record: only if it has none.
        let beside = same(record.as_bytes(), Some(AT + 1));
        assert_eq!(received(&beside[0]), at.map_or(Some(AT + 1), |after| Some(AT - 500 + after)));
    }
    // Keys of the webhook count, those in its data do not.
    let own = PAYLOAD.replacen('{', r#"{"@timestamp":"2021-03-01T09:00:00.500Z","#, 1);
    assert_eq!(received(&same(own.as_bytes(), None)[0]), Some(AT));
    let data = PAYLOAD.replace(r#""data":{"#, r#""data":{"time":1614589200500,"a":{"time":1},"#);
    assert_eq!(received(&same(data.as_bytes(), None)[0]), None);
}

#[test]
fn batches_copies_and_what_is_none() {
    let other = PAYLOAD.replace(r#""id":"7""#, r#""id":"8""#);
    let batch = fill(&format!(
        r#"{{"time":1614589200500,"a":[[<P>,{other}],<P>],"b":<W>,"c":{{"d":[]}}}}"#
    ));
    let all = same(batch.as_bytes(), None);
    // Copies count once, the outermost first.
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|one| received(one) == Some(AT)));
    for (record, reason) in [
        (r#"{"body":"{broken"}"#, Reject::NoWebhook),
        (r#"{"body":"text"}"#, Reject::NoWebhook),
        (r#"{"body":{"position":{}}}"#, Reject::NoWebhook),
        (r#"{"body":"eyJicm9rZW4iOiBhbmQgbG9uZyBlbm91Z2gh"}"#, Reject::NoWebhook),
        (r#"{"body":<P>"#, Reject::NotJson),
    ] {
        assert_eq!(same(fill(record).as_bytes(), None), [Err(reason)], "{record}");
    }
    // Base64 only if there is nothing else, and then all of it.
    let both = fill(&format!(r#"{{"a":<B>,"b":"{}"}}"#, STANDARD.encode(&other)));
    assert_eq!(same(both.as_bytes(), None).len(), 2);
    let plain = fill(&format!(r#"{{"a":"{}","b":<W>}}"#, STANDARD.encode(&other)));
    assert_eq!(same(plain.as_bytes(), None).len(), 1);
    // Eight steps, not nine.
    let deep = |steps| format!("{}{PAYLOAD}{}", r#"{"a":"#.repeat(steps), "}".repeat(steps));
    assert!(same(deep(8).as_bytes(), None)[0].is_ok());
    assert_eq!(same(deep(9).as_bytes(), None), [Err(Reject::NoWebhook)]);
    // In a webhook nothing is searched.
    let inside = PAYLOAD.replace(r#""message":null"#, &format!(r#""message":{other}"#));
    assert_eq!(same(inside.as_bytes(), None).len(), 1);
}

#[test]
fn pointers_override_the_search() {
    let record = fill(r#"{"a/b":[0,{"~":<P>}],"when":{"t":1614589200500},"body":<P>,"time":1}"#);
    let settings = Settings {
        payload: Some(Pointer::parse("/a~1b/1/~0").unwrap()),
        received_at: Some(Pointer::parse("/when/t").unwrap()),
        ..settings()
    };
    let read = |record: &str, settings: &Settings| {
        let said = fresh(record.as_bytes(), settings);
        assert_eq!(said, referee(record.as_bytes(), settings, None));
        said
    };
    assert_eq!(received(&read(&record, &settings)[0]), Some(AT));
    assert_eq!(read(PAYLOAD, &settings), [Err(Reject::NoWebhook)]);
    assert!(Pointer::parse("body").is_err());
    let whole = Settings { payload: Some(Pointer::parse("").unwrap()), ..settings.clone() };
    assert!(read(PAYLOAD, &whole)[0].is_ok());
    let text = Settings { payload: Some(Pointer::parse("/x").unwrap()), ..settings };
    assert!(read(&fill(r#"{"y":<P>,"x":<W>}"#), &text)[0].is_ok());
}

#[test]
fn broken_text_around_a_webhook_is_no_matter() {
    let mut record = fill(r#"{"note":"~","receivedAt":1614589200500,"body":<P>}"#).into_bytes();
    let at = record.iter().position(|c| *c == b'~').unwrap();
    record[at] = 0xff;
    let one = same(&record, None);
    assert_eq!(received(&one[0]), Some(AT));
    record[at] = 0xfe;
    // The same delivery, whatever stands around it.
    assert_eq!(one[0].as_ref().unwrap().1, same(&record, None)[0].as_ref().unwrap().1);
    let half = fill(r#"{"body":<W>}"#).replace("Oslo", r"\ud800");
    assert_eq!(same(half.as_bytes(), None), [Err(Reject::BadUtf8)]);
}

#[test]
fn hostile_records_take_no_time() {
    let megabyte = 1 << 20;
    let text = |times: usize, inner: &str| {
        (0..times).fold(inner.to_owned(), |text, _| serde_json::to_string(&text).unwrap())
    };
    let hook = r#"{"data":{"position":{}},"ts":"x"},"#;
    for record in [
        "[".repeat(megabyte),
        ["[".repeat(megabyte / 2), "]".repeat(megabyte / 2)].concat(),
        format!("[{}1]", "[[[[[[[[[[]]]]]]]]]],".repeat(megabyte / 22)),
        format!("[{}1]", r#""{ data position 0123456789","#.repeat(megabyte / 30)),
        format!("[{}1]", r#""eyJkYXRhIjp7InBvc2l0aW9uIjp7fX19eyJkYXRh","#.repeat(megabyte / 44)),
        format!("\"{}\"", "eyJ".repeat(megabyte / 3)),
        format!("[{}1]", hook.repeat(megabyte / hook.len())),
        format!(
            "{{{}\"z\":1}}",
            (0..25_000).map(|n| format!("\"{n}\":{hook}")).collect::<String>()
        ),
        format!("{{{}\"z\":1}}", r#""data":{"x":1},"#.repeat(megabyte / 15)),
        text(12, PAYLOAD),
        text(3, &"\"".repeat(megabyte / 20)),
    ] {
        assert!(!referee(record.as_bytes(), &settings(), None).is_empty());
        assert!(!fresh(record.as_bytes(), &settings()).is_empty());
    }
    assert_eq!(settings().earliest, DEFAULT_EARLIEST_MS);
}
