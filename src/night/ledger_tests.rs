//! Encodes and decodes the ledger, and refuses older and newer ones.

use crate::archive::Limits;
use crate::webhook;

use super::*;

#[test]
fn the_days_of_a_file_are_kept_and_may_be_missing() {
    let days = Days { tickets: 3, without: 2, too_late: [2031].into(), ..Days::default() };
    let account = FileAccount { days: days.clone(), ..FileAccount::default() };
    let content = Content { hash: String::new(), length: 0 };
    let tag = Some("\"0f-2\"".to_owned());
    let row =
        Row { id: 7, size: 0, modified_ms: None, tag, unsure: false, as_of: 0, content, account };
    let ledger = Ledger { files: [(7, row)].into(), ..Ledger::default() };
    let bytes = ledger.to_bytes().unwrap();
    assert_eq!(Ledger::of_bytes(&bytes).unwrap(), ledger);
    let mut json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert!(json["files"][0].as_object_mut().unwrap().remove("days").is_some());
    let older = Ledger::of_bytes(json.to_string().as_bytes()).unwrap();
    assert_eq!(older.files[&7].account.days, Days::default());
}

#[test]
fn another_earliest_time_is_another_meaning() {
    let of = |as_of, earliest| Settings {
        webhook: webhook::Settings {
            as_of,
            earliest,
            payload: None,
            received_at: None,
            scale: webhook::Scale::FIVE,
        },
        limits: Limits::default(),
        settle_ms: 0,
        ignore_others: false,
    };
    let (settings, later) = (of(1, 0), of(1, 1));
    assert_ne!(Meaning::of(&settings), Meaning::of(&later));
    let tomorrow = of(2, 0);
    assert_eq!(Meaning::of(&settings), Meaning::of(&tomorrow));
}

#[test]
fn an_older_ledger_is_named_and_not_read() {
    let older = br#"{"format":2,"meaning":{},"files":[{"id":1,"path":"a.jsonl"}]}"#;
    let error = Ledger::of_bytes(older).unwrap_err();
    assert_eq!(error.to_string(), "it has format 2; this version of queuestat writes format 7");
    assert!(matches!(error, LedgerError::Older { files, .. } if files == ["a.jsonl"]));
    let newer = Ledger::of_bytes(br#"{"format":9}"#).unwrap_err();
    assert_eq!(newer.to_string(), "it has format 9; this version of queuestat reads format 7");
}
