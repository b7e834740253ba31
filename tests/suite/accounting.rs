//! `lines = blank + accepted + duplicate + rejected + deferred`, whatever the lines are.

use proptest::prelude::*;
use queuestat::archive::{Limits, discover, go_on};
use queuestat::ingest::{Settings, ingest};
use queuestat::webhook;

use crate::workspace::{Workspace, hook};

fn settings() -> Settings {
    Settings {
        webhook: webhook::Settings {
            as_of: 1_619_827_200_000,
            earliest: 0,
            payload: None,
            received_at: None,
            scale: webhook::Scale::FIVE,
        },
        limits: Limits::default(),
        settle_ms: 600_000,
        ignore_others: false,
    }
}

fn good(n: u32) -> String {
    hook(
        "o",
        "positionCreated",
        &format!("t{n}"),
        "\"location\":\"A\",\"createdAt\":\"2021-04-01T10:00:00Z\"",
    )
}

#[test]
fn each_kind_of_line_is_counted_once() {
    let space = Workspace::new();
    let mut text = String::from("\u{feff}");
    text.push_str(&good(1));
    text.push_str(" \t\r\n\n");
    text.push_str(&good(1)); // repeated
    text.push_str(&format!("  {}", good(1))); // repeated: white space around it is no difference
    text.push_str("not json\n[]\n");
    text.push_str(&good(2).replace('\n', "\r\n"));
    text.push_str(&format!("{}\n", "x".repeat((1 << 20) + 1)));
    text.push_str("{\"data\":");
    space.write("a.jsonl", &text);
    space.write("b.jsonl", good(1)); // in another file it is no duplicate
    let found = discover(&[space.path("a.jsonl"), space.path("b.jsonl")]).unwrap();
    let read = ingest(&found.files, &settings(), &go_on).unwrap();
    let a = &read.account.files[0];
    assert_eq!((a.records, a.blank, a.accepted, a.duplicate, a.deferred), (10, 3, 2, 2, 1));
    assert_eq!((a.rejected_total(), a.deferred_bytes), (2, 8));
    let reasons: Vec<_> = a.rejects.iter().map(|r| (r.line, r.reason.name())).collect();
    assert_eq!(reasons, [(6, "not_json"), (9, "line_too_long")]);
    assert_eq!(a.byte_order_marks, 1);
    assert!(a.adds_up());
    assert_eq!(read.account.files[1].accepted, 1);
    assert_eq!(read.fold.len(), 2);
}

#[test]
fn a_torn_tail_is_left_alone_while_it_may_grow_and_rejected_later() {
    let space = Workspace::new();
    let old = space.write("1.jsonl", format!("{}{}", good(1), &good(2)[..50]));
    space.write("2.jsonl", good(3).trim_end());
    let age = |path: &std::path::Path| {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_modified(std::time::UNIX_EPOCH).unwrap();
    };
    age(&old);
    let found = discover(&[space.path("1.jsonl"), space.path("2.jsonl")]).unwrap();
    let read = ingest(&found.files, &settings(), &go_on).unwrap();
    let counts: Vec<_> =
        read.account.files.iter().map(|f| (f.accepted, f.rejected_total(), f.deferred)).collect();
    // A complete last line needs no line end.
    assert_eq!(counts, [(1, 1, 0), (1, 0, 0)]);
    assert_eq!(read.account.files[0].rejects[0].reason.name(), "truncated_tail");
    // Age decides, not the place in the order: it is not left for later where it is the last file either.
    let alone = ingest(&found.files[..1], &settings(), &go_on).unwrap();
    assert_eq!(alone.account.files[0].deferred, 0);
    // One that was changed after the instant of the run may still grow, wherever it stands.
    let young = space.write("0.jsonl", format!("{}{}", good(1), &good(2)[..50]));
    let found = discover(&[young, space.path("2.jsonl")]).unwrap();
    let read = ingest(&found.files, &settings(), &go_on).unwrap();
    let file = &read.account.files[0];
    assert_eq!((file.accepted, file.rejected_total(), file.deferred), (1, 0, 1));
    assert_eq!(file.deferred_bytes, 50);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn mutated_lines_add_up(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..4), 0..60),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes: Vec<u8> = (0..12).flat_map(|n| good(n % 9).into_bytes()).collect();
        for (at, byte, kind) in edits {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => { bytes.remove(at); }
                _ => bytes.insert(at, b'\n'),
            }
        }
        let keep = cut.index(bytes.len()) + 1;
        bytes.truncate(keep.max(200).min(bytes.len()));
        // Compressed data are another test's business.
        if bytes.first().is_some_and(|c| *c != b'{') {
            bytes.insert(0, b'{');
        }
        let lines = bytes.split_inclusive(|c| *c == b'\n').count() as u64;
        let space = Workspace::new();
        space.write("x.jsonl", &bytes);
        let found = discover(&[space.path("x.jsonl")]).unwrap();
        let read = ingest(&found.files, &settings(), &go_on).unwrap();
        let file = &read.account.files[0];
        prop_assert!(file.adds_up());
        // A value may go on over a line end, and a line may hold two.
        prop_assert!(file.rejects.iter().all(|record| (1..=lines).contains(&record.line)));
        prop_assert!(file.records > 0 && file.accepted <= 12);
        prop_assert!(read.fold.len() as u64 <= file.accepted);
    }
}
