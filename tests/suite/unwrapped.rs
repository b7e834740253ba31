//! Reads the archives of `synth` back, each shape by a rule of its own: slow, simple, and without a look at the program.

use std::io::Read;
use std::path::Path;

use base64::Engine;
use queuestat::synth::{Envelope, Form, Recipe};
use serde_json::{Map, Value};

use crate::workspace::files;

/// A webhook and when it was received, in UTC milliseconds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hook {
    pub(crate) webhook: Value,
    pub(crate) received: Option<i64>,
}

/// Every webhook of an archive by the file in which it stands: folder and date, without suffixes and packs.
pub(crate) fn unwrapped(folder: &Path, recipe: &Recipe) -> Vec<(String, Vec<Hook>)> {
    let mut read = Vec::new();
    for (path, bytes) in files(folder) {
        if path == "queuestat.toml" {
            continue;
        }
        for (name, bytes) in unpacked(&path, bytes) {
            let mut hooks = Vec::new();
            for (beside, record) in records(recipe.form, &bytes) {
                for (webhook, received) in webhooks(recipe.envelope, &record) {
                    hooks.push(Hook { webhook: bare(webhook), received: received.or(beside) });
                }
            }
            read.push((name, hooks));
        }
    }
    read.sort_by(|a, b| a.0.cmp(&b.0));
    read
}

fn decompressed(mut reader: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    bytes
}

/// The files of a file.
fn unpacked(path: &str, bytes: Vec<u8>) -> Vec<(String, Vec<u8>)> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, suffix) = path.rsplit_once('.').unwrap();
    let member = |name: String| format!("{folder}/{}", name.split('.').next().unwrap());
    match suffix {
        "gz" => unpacked(stem, decompressed(flate2::read::GzDecoder::new(&*bytes))),
        "zst" => unpacked(stem, zstd::decode_all(&*bytes).unwrap()),
        "bz2" => unpacked(stem, decompressed(bzip2::read::BzDecoder::new(&*bytes))),
        "xz" => unpacked(stem, decompressed(lzma_rust2::XzReader::new(&*bytes, true))),
        "lz4" => unpacked(stem, decompressed(lz4_flex::frame::FrameDecoder::new(&*bytes))),
        "tar" => {
            let mut archive = tar::Archive::new(&*bytes);
            let entries = archive.entries().unwrap().map(|entry| {
                let entry = entry.unwrap();
                (member(entry.path().unwrap().to_string_lossy().into_owned()), decompressed(entry))
            });
            entries.collect()
        }
        "zip" => {
            let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
            (0..archive.len())
                .map(|at| {
                    let entry = archive.by_index(at).unwrap();
                    (member(entry.name().unwrap().into_owned()), decompressed(entry))
                })
                .collect()
        }
        _ => vec![(member(name.to_owned()), bytes)],
    }
}

/// The records of a file, each with the time that stands beside it.
fn records(form: Form, bytes: &[u8]) -> Vec<(Option<i64>, Value)> {
    let units = |of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| of([pair[0], pair[1]])).collect();
        String::from_utf16(&units).unwrap().strip_prefix('\u{feff}').unwrap().to_owned()
    };
    let text = if form == Form::Utf16Le {
        units(u16::from_le_bytes)
    } else if form == Form::Utf16Be {
        units(u16::from_be_bytes)
    } else {
        String::from_utf8(bytes.to_vec()).unwrap()
    };
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let values = |text: &str| -> Vec<Value> {
        serde_json::Deserializer::from_str(text).into_iter().map(Result::unwrap).collect()
    };
    let elements = |value: Value| value.as_array().unwrap().clone();
    let alone = |values: Vec<Value>| values.into_iter().map(|value| (None, value)).collect();
    let lines = || text.lines();
    match form {
        Form::Lines | Form::Utf16Le | Form::Utf16Be => alone(lines().map(json).collect()),
        Form::Crlf => {
            assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
            alone(lines().map(json).collect())
        }
        Form::CommaLines => {
            alone(lines().map(|line| json(line.strip_suffix(',').unwrap())).collect())
        }
        Form::Concatenated => {
            assert!(!text.contains('\n'));
            alone(values(&text))
        }
        Form::Several => {
            let counts: Vec<usize> = lines().map(|line| values(line).len()).collect();
            assert!(counts[..counts.len() - 1].iter().all(|n| (2..=5).contains(n)), "{counts:?}");
            alone(values(&text))
        }
        Form::Pretty => {
            assert!(lines().count() >= 4 * values(&text).len());
            alone(values(&text))
        }
        Form::Array => {
            let all = elements(json(&text));
            assert_eq!(lines().count(), all.len() + 2);
            alone(all)
        }
        Form::ArrayOneLine => {
            assert_eq!(lines().count(), 1);
            alone(elements(json(&text)))
        }
        Form::ArrayPretty => alone(elements(json(&text))),
        Form::Batches => {
            let batches: Vec<Vec<Value>> = lines().map(|line| elements(json(line))).collect();
            assert!(batches[..batches.len() - 1].iter().all(|batch| batch.len() == 10));
            alone(batches.concat())
        }
        Form::Sequence => alone(text.split('\u{1e}').skip(1).map(json).collect()),
        Form::Prefixed => lines()
            .map(|line| {
                let (time, rest) = line.split_once(' ').unwrap();
                (rfc3339(time), json(rest.strip_prefix("app[1]: ").unwrap()))
            })
            .collect(),
        Form::Csv => {
            let rows = csv(&text);
            assert_eq!(rows[0], ["id", "received_at", "payload"]);
            rows[1..].iter().map(|row| (rfc3339(&row[1]), json(&row[2]))).collect()
        }
        Form::Tsv => lines()
            .skip(1)
            .map(|line| {
                let cells: Vec<&str> = line.split('\t').collect();
                assert_eq!(cells.len(), 3);
                (rfc3339(cells[1]), json(cells[2]))
            })
            .collect(),
        // Without names of columns nothing says that the second is a receive time.
        Form::Copy => lines()
            .map(|line| {
                let cells: Vec<&str> = line.split('\t').collect();
                assert_eq!(cells.len(), 3);
                let time = cells[1].replace("+00", "+00:00");
                assert!(chrono::DateTime::parse_from_rfc3339(&time).is_ok(), "{time}");
                (None, json(&cells[2].replace("\\\\", "\\")))
            })
            .collect(),
        Form::NulPadded => {
            assert!(text.starts_with('\0') && text.ends_with('\0') && text.contains("\n\0"));
            alone(values(&text.replace('\0', " ")))
        }
    }
}

/// RFC 4180, character by character.
fn csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if quoted && rest.peek() == Some(&'"') => cell.extend(rest.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => assert_eq!(rest.peek(), Some(&'\n')),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(!quoted && row.is_empty() && cell.is_empty());
    rows
}

fn rfc3339(text: &str) -> Option<i64> {
    Some(chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis())
}

fn iso(value: &Value) -> Option<i64> {
    rfc3339(value.as_str().unwrap())
}

/// `2021-01-11 14:48:24` with what stands behind it, in UTC.
fn blank(value: &Value, behind: &str) -> Option<i64> {
    let text = value.as_str().unwrap().strip_suffix(behind).unwrap();
    let time = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").unwrap();
    Some(time.and_utc().timestamp_millis())
}

/// Milliseconds as a number or as text.
fn ms(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str().unwrap().parse().ok())
}

fn text(value: &Value) -> Value {
    serde_json::from_str(value.as_str().unwrap()).unwrap()
}

fn base64(value: &Value) -> Value {
    let bytes = base64::engine::general_purpose::STANDARD.decode(value.as_str().unwrap()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// The webhooks of a record.
fn webhooks(envelope: Envelope, record: &Value) -> Vec<(Value, Option<i64>)> {
    let r = record;
    let each = |list: &Value, of: &dyn Fn(&Value) -> (Value, Option<i64>)| {
        let list = list.as_array().unwrap();
        assert!((1..=4).contains(&list.len()));
        list.iter().map(of).collect::<Vec<_>>()
    };
    let one = match envelope {
        Envelope::None => (r.clone(), None),
        Envelope::Mixed => mixed(r),
        Envelope::ApigwV1 => (text(&r["body"]), ms(&r["requestContext"]["requestTimeEpoch"])),
        Envelope::ApigwV2 | Envelope::LambdaUrl => {
            (text(&r["body"]), ms(&r["requestContext"]["timeEpoch"]))
        }
        Envelope::ApigwBase64 => (base64(&r["body"]), ms(&r["requestContext"]["timeEpoch"])),
        Envelope::Sqs => (text(&r["Body"]), ms(&r["Attributes"]["SentTimestamp"])),
        Envelope::Sns => (text(&r["Message"]), iso(&r["Timestamp"])),
        Envelope::SnsInSqs => {
            let sns = text(&r["body"]);
            let received = iso(&sns["Timestamp"]);
            assert!(ms(&r["attributes"]["SentTimestamp"]) > received);
            (text(&sns["Message"]), received)
        }
        Envelope::EventBridge => (r["detail"].clone(), iso(&r["time"])),
        Envelope::CloudEvents => (r["data"].clone(), iso(&r["time"])),
        Envelope::PubsubPush => (base64(&r["message"]["data"]), iso(&r["message"]["publishTime"])),
        Envelope::CloudLogging => (r["jsonPayload"].clone(), iso(&r["timestamp"])),
        Envelope::CloudLoggingText => (text(&r["textPayload"]), iso(&r["timestamp"])),
        Envelope::KafkaConnect => (r["value"].clone(), ms(&r["timestamp"])),
        Envelope::KafkaRest => return each(r, &|record| (record["value"].clone(), None)),
        Envelope::Kcat => (text(&r["payload"]), ms(&r["ts"])),
        Envelope::FluentBit => {
            let seconds = r["date"].as_f64().unwrap();
            #[expect(clippy::cast_possible_truncation, reason = "a time of this century")]
            let millis = (seconds * 1_000.0).floor() as i64;
            (text(&r["log"]), Some(millis))
        }
        Envelope::Fluentd => (r.clone(), iso(&r["time"])),
        Envelope::Filebeat => (text(&r["message"]), iso(&r["@timestamp"])),
        Envelope::Vector => (text(&r["message"]), iso(&r["timestamp"])),
        Envelope::Docker => {
            assert!(r["log"].as_str().unwrap().ends_with("}\n"));
            (text(&r["log"]), iso(&r["time"]))
        }
        Envelope::Cloudwatch => {
            return each(&r["logEvents"], &|e| (text(&e["message"]), ms(&e["timestamp"])));
        }
        Envelope::AzureRecords => {
            return each(&r["records"], &|e| (e["properties"].clone(), iso(&e["time"])));
        }
        Envelope::EventHubs => (r["Body"].clone(), iso(&r["EnqueuedTimeUtc"])),
        Envelope::ElasticHit => (r["_source"].clone(), iso(&r["_source"]["@timestamp"])),
        Envelope::Logstash => (r.clone(), iso(&r["@timestamp"])),
        Envelope::Svix => (r["payload"].clone(), iso(&r["timestamp"])),
        Envelope::WebhookSite => (text(&r["content"]), blank(&r["created_at"], "")),
        Envelope::Requestbin => (r["event"]["body"].clone(), iso(&r["context"]["ts"])),
        Envelope::N8n => (r["body"].clone(), None),
        Envelope::Mongoexport => (r["body"].clone(), iso(&r["receivedAt"]["$date"])),
        Envelope::Dynamodb => (text(&r["Item"]["payload"]["S"]), None),
        Envelope::RowToJson => (r["payload"].clone(), iso(&r["received_at"])),
        Envelope::Bigquery => (text(&r["payload"]), blank(&r["received_at"], " UTC")),
        Envelope::Nginx => (text(&r["request_body"]), iso(&r["time_iso8601"])),
        Envelope::Firehose => {
            return each(&r["records"], &|e| {
                (base64(&e["data"]), ms(&e["approximateArrivalTimestamp"]))
            });
        }
        Envelope::Batch => return each(&r["records"], &|webhook| (webhook.clone(), None)),
        Envelope::Twice => {
            assert_eq!(text(&r["raw"]), r["request"]["body"]);
            (r["request"]["body"].clone(), iso(&r["received_at"]))
        }
        Envelope::StringInString => (text(&text(&r["body"])), iso(&r["receivedAt"])),
    };
    vec![one]
}

/// One of the simple envelopes, or none.
fn mixed(record: &Value) -> (Value, Option<i64>) {
    let inner =
        ["body", "payload", "event", "webhook", "detail"].iter().find_map(|k| record.get(k));
    let Some(inner) = inner else { return (record.clone(), None) };
    let time = record
        .get("receivedAt")
        .or_else(|| record.get("@timestamp"))
        .map(|time| iso(time).unwrap())
        .or_else(|| record.get("timestamp").map(|time| ms(time).unwrap()))
        .or_else(|| record.get("received_at").map(|time| ms(time).unwrap() * 1_000))
        .or_else(|| record.get("time").map(|time| ms(time).unwrap() * 1_000));
    (if inner.is_string() { text(inner) } else { inner.clone() }, time)
}

/// Without the keys that a recorder put among those of the webhook.
fn bare(webhook: Value) -> Value {
    let keys: Map<String, Value> = serde_json::from_value(webhook).unwrap();
    let own = ["message", "data", "type", "organization"];
    Value::Object(keys.into_iter().filter(|(key, _)| own.contains(&&**key)).collect())
}
