//! Stacked rows of parts equal the frame of the whole.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::derive::WaitEnd;
use super::super::keep::Keep;
use super::super::single::Single;
use super::super::singles::Singles;
use super::*;
use crate::ticket::{Directory, Fold};
use crate::webhook::{self, Decoder};

/// 2021-06-01, UTC.
const NOW: i64 = 1_622_505_600_000;
const WAITS: WaitRules = WaitRules {
    ends_at: WaitEnd::CheckIn,
    max_ms: 86_400_000,
    as_of: NOW,
    leave_out_bursts: false,
};
const SETTINGS: Settings = Settings { waits: WAITS, scale: Scale::FIVE, from: None, to: None };

/// A webhook of a ticket of an organization.
fn hook(event: &str, organization: &str, id: usize, position: &str) -> String {
    format!(
        "{{\"data\":{{\"position\":{{\"id\":\"{id}\",{position}}}}},\"type\":\"{event}\",\
         \"organization\":\"{organization}\"}}"
    )
}

fn fold<'h>(hooks: impl IntoIterator<Item = &'h String>) -> Fold {
    let settings = webhook::Settings {
        as_of: NOW,
        earliest: 0,
        payload: None,
        received_at: None,
        scale: Scale::FIVE,
    };
    let (mut fold, mut decoder) = (Fold::default(), Decoder::new(&settings));
    for (line, hook) in (1..).zip(hooks) {
        decoder.decode(hook.as_bytes(), None, |found| {
            let found = found.as_ref().unwrap();
            fold.push(&found.snapshot, found.payload_hash, 0, line);
        });
    }
    fold
}

fn directory() -> Directory {
    let riyadh = crate::calendar::Zone::parse("Asia/Riyadh").ok().map(Into::into);
    Directory::new(BTreeMap::new(), BTreeMap::new(), riyadh, 600_000)
}

/// Each row as text: location, type, queue, category, moved, recalled, feedback alone.
fn said(frame: &TicketFrame) -> Vec<String> {
    let codes = |name: &str| -> Vec<u32> {
        frame.rows.column(name).unwrap().u32().unwrap().iter().flatten().collect()
    };
    let flags = |name: &str| -> Vec<bool> {
        frame.rows.column(name).unwrap().bool().unwrap().iter().flatten().collect()
    };
    let (places, types) = (codes(column::PLACE), codes(column::TICKET_TYPE));
    let (queues, categories) = (codes(column::QUEUE), codes(column::CATEGORY));
    let (moved, recalled) = (flags(column::IS_RESCHEDULED), flags(column::IS_RECALLED));
    let alone = flags(column::IS_FEEDBACK_ONLY);
    let row = |at: usize| {
        format!(
            "{} {} {} {} {} {} {}",
            frame.locations[places[at] as usize].name,
            frame.ticket_types[types[at] as usize],
            frame.queues[queues[at] as usize],
            frame.categories[categories[at] as usize],
            moved[at],
            recalled[at],
            alone[at],
        )
    };
    let mut rows: Vec<String> = (0..frame.rows.height()).map(row).collect();
    rows.sort();
    rows
}

/// Whether a ticket counts as moved, recalled, and known from feedback alone.
#[test]
fn moved_recalled_and_known_from_feedback_alone() {
    let booking = "\"location\":\"A\",\"type\":\"booking\",\"createdAt\":\"2021-03-01T09:00:00Z\"";
    let start = |start: &str| {
        hook("bookingUpdated", "o", 1, &format!("{booking},\"booking\":{{\"start\":\"{start}\"}}"))
    };
    let walk_in = "\"location\":\"A\",\"type\":\"x\",\"createdAt\":\"2021-03-01T09:00:00Z\"";
    let with = |event: &str, more: &str| hook(event, "o", 1, &format!("{walk_in}{more}"));
    let called = |at: &str| with("positionCalled", &format!(",\"calledAt\":\"2021-03-01T{at}Z\""));
    let chosen = ",\"queue\":\"q\",\"registrationData\":[{\"type\":\"category\",\"value\":\"c\"}]";
    let (utc, wall) = ("2021-03-02T07:00:00Z", "2021-03-02T10:00:00");
    for (hooks, expected) in [
        (vec![start(utc), start(utc)], "A booking   false false false"),
        // In Riyadh both are the same instant.
        (vec![start(utc), start(wall)], "A booking   false false false"),
        (
            vec![start(utc), start("2021-03-02T10:30:00"), start(utc)],
            "A booking   true false false",
        ),
        (vec![called("09:10:00"), called("09:10:00")], "A x   false false false"),
        (vec![called("09:10:00"), called("09:20:00")], "A x   false true false"),
        (vec![with("positionRetry", "")], "A x   false true false"),
        (vec![with("positionCalled", ",\"retryCount\":1")], "A x   false true false"),
        (vec![with("positionCreated", chosen)], "A x q c false false false"),
        (vec![with("feedbackReceived", "")], "A x   false false true"),
        (
            vec![with("feedbackReceived", ""), with("positionCreated", "")],
            "A x   false false false",
        ),
    ] {
        for hooks in [hooks.clone(), hooks.into_iter().rev().collect()] {
            let (set, _) = fold(&hooks).finish(&directory());
            let frames = TicketFrame::build(&set, SETTINGS).unwrap();
            assert_eq!(said(&frames[0]), [expected], "{hooks:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Stacked codes refer to the right texts, whichever texts each part has.
    #[test]
    fn stacked_parts_are_the_whole(
        tickets in prop::collection::vec((0_usize..2, 0_usize..3, 0_usize..3, 0_usize..4, 0_usize..3), 1..30),
        cut in any::<prop::sample::Index>(),
    ) {
        let word = |name: &str, n: usize| match n {
            0 => String::new(),
            n => format!(",\"{name}\":\"{name}{n}\""),
        };
        let hooks: Vec<String> = tickets.iter().enumerate().map(|(id, (organization, place, kind, queue, category))| {
            let category = match category {
                0 => String::new(),
                n => format!(",\"registrationData\":[{{\"type\":\"category\",\"value\":\"c{n}\"}}]"),
            };
            let position = format!(
                "\"location\":\"L{place}\",\"createdAt\":\"2021-03-01T09:00:00Z\"{}{}{category}",
                word("type", *kind),
                word("queue", *queue),
            );
            hook("positionCreated", ["o", "p"][*organization], id, &position)
        }).collect();
        let (set, _) = fold(&hooks).finish(&directory());
        let whole = TicketFrame::build(&set, SETTINGS).unwrap();
        let mut rest = set.clone();
        let drained = TicketFrame::build_draining(&mut rest, SETTINGS).unwrap();
        prop_assert!(rest.is_empty());
        prop_assert_eq!(drained.len(), whole.len());
        for (drained, whole) in drained.iter().zip(&whole) {
            prop_assert!(drained.rows.equals_missing(&whole.rows), "in another order");
        }
        let gazetteer = fold(&hooks).gazetteer(&fold(&hooks).census(), &directory());
        let (left, right) = hooks.split_at(cut.index(hooks.len()));
        let part = |hooks: &[String]| {
            KeptRows::build(&fold(hooks).finish_at(&gazetteer), WAITS, &Moments::default()).unwrap()
        };
        let parts = [part(left), part(right)];
        let parts: Vec<&KeptRows> = parts.iter().collect();
        let stacked = stack(&gazetteer.locations, &parts, &BTreeMap::new(), SETTINGS).unwrap();
        prop_assert_eq!(whole.len(), stacked.len());
        for (whole, stacked) in whole.iter().zip(&stacked) {
            prop_assert_eq!(said(whole), said(stacked));
            let texts = |frame: &TicketFrame| -> Vec<BTreeSet<String>> {
                let lists = [&frame.ticket_types, &frame.queues, &frame.categories];
                lists.map(|list| list.iter().cloned().collect()).to_vec()
            };
            prop_assert_eq!(texts(whole), texts(stacked));
            prop_assert!([&stacked.ticket_types, &stacked.queues, &stacked.categories].iter().all(|list| list[0].is_empty()));
        }
    }
}

/// Tickets of two sets, of two organizations, by numbers of their ids.
fn of(parts: &[&[(&str, usize)]]) -> Singles {
    let hooks = |part: &[(&str, usize)]| -> Vec<String> {
        let at = "\"location\":\"L\",\"createdAt\":\"2021-03-01T09:00:00Z\"";
        part.iter().map(|(who, id)| hook("positionCreated", who, *id, at)).collect()
    };
    let all = hooks(&parts.concat());
    let gazetteer = fold(&all).gazetteer(&fold(&all).census(), &directory());
    let mut singles = Singles::at(&gazetteer.locations);
    for part in parts {
        let set = fold(&hooks(part)).finish_at(&gazetteer);
        singles.add(&set, SETTINGS, &Moments::default(), |_, _| Keep::default());
    }
    singles
}

#[test]
fn tickets_come_by_organization_and_id_whichever_set_they_are_of() {
    let mut singles = of(&[&[("p", 3), ("o", 9), ("o", 1)], &[("o", 5), ("p", 2)]]);
    singles.sort();
    let said = |one: &Single| {
        let place = &singles.places[one.place as usize];
        (place.organization.clone(), u32::from_str_radix(&one.id_text().as_str()[..8], 16).ok())
    };
    let seen: Vec<_> = singles.iter().map(said).collect();
    let mut expected = seen.clone();
    expected.sort();
    assert_eq!((seen.len(), &seen), (5, &expected));
    let places: Vec<_> = (0..6).map(|at| singles.get(at).map(said)).collect();
    assert_eq!(places[..5].iter().flatten().cloned().collect::<Vec<_>>(), seen);
    assert_eq!(places[5], None);
    let some: Vec<_> = singles.range(3..9).map(said).collect();
    assert_eq!(some, seen[3..]);
    let last = *singles.get(4).unwrap();
    singles.retain(|one| one.id != last.id);
    assert_eq!(singles.len(), 4);
    singles.replace(vec![last]);
    assert_eq!(singles.iter().collect::<Vec<_>>(), [&last]);
}
