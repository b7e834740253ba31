//! Laws of the rule: relabelling changes nothing, padding changes nothing, shares mirror, more tickets are more certain.

use proptest::prelude::*;

use super::*;

fn shares(least: u64) -> impl Strategy<Value = Vec<Option<Week>>> {
    let week = (least..120, 0.0_f64..=1.0, 0_u8..12).prop_map(|(n, part, gap)| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "test input")]
        let hits = ((n as f64 * part.sqrt()).floor() as u64).min(n);
        (gap > 0).then_some(Week::Share { hits, n })
    });
    prop::collection::vec(week, 0..60)
}

fn refs(places: &[Vec<Option<Week>>]) -> Vec<&[Option<Week>]> {
    places.iter().map(Vec::as_slice).collect()
}

/// Bit for bit.
fn text(told: &[Told]) -> Vec<String> {
    told.iter().map(|told| format!("{told:?}")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn relabelling_and_padding_change_no_bit(
        places in prop::collection::vec(shares(0), 1..16),
        turn in 0_usize..16,
    ) {
        let told = text(&judge(Measure::Csat, &refs(&places)));
        let mut turned = places.clone();
        let by = turn % places.len();
        turned.rotate_left(by);
        turned.reverse();
        let mut back = text(&judge(Measure::Csat, &refs(&turned)));
        back.reverse();
        back.rotate_right(by);
        prop_assert_eq!(&back, &told);
        // Weeks beyond the history are not seen, whatever they hold.
        let whole = |older: Option<Week>| -> Vec<Vec<Option<Week>>> {
            let of = |of: &Vec<Option<Week>>| {
                let gap = vec![None; HISTORY.saturating_sub(of.len())];
                [vec![older; 13], gap, of.clone()].concat()
            };
            places.iter().map(of).collect()
        };
        let told = text(&judge(Measure::Csat, &refs(&whole(None))));
        let odd = Some(Week::Share { hits: 1, n: 90 });
        prop_assert_eq!(&text(&judge(Measure::Csat, &refs(&whole(odd)))), &told);
    }

    #[test]
    fn a_share_and_its_rest_mirror(weeks in shares(6)) {
        let rest: Vec<_> = weeks
            .iter()
            .map(|week| match week {
                Some(Week::Share { hits, n }) => Some(Week::Share { hits: n - hits, n: *n }),
                other => *other,
            })
            .collect();
        if let (Told::Judged(a), Told::Judged(b)) =
            (judge_alone(Measure::NoShow, &weeks), judge_alone(Measure::NoShow, &rest))
            && a.span_weeks == b.span_weeks
        {
            prop_assert!((a.basis.z + b.basis.z).abs() < 1e-6 * (1.0 + a.basis.z.abs()));
            prop_assert!((a.change + b.change).abs() < 1e-9);
            prop_assert!((a.low + b.high).abs() < 1e-9 && (a.high + b.low).abs() < 1e-9);
        }
    }

    #[test]
    fn more_ratings_narrow_the_interval(k in 40_u64..60, times in 2_u64..20) {
        // The same share every week: only chance is left, and it shrinks with n.
        let of = |times: u64| {
            let weeks = vec![Some(Week::Share { hits: k * times, n: 80 * times }); 40];
            match judge_alone(Measure::Csat, &weeks) {
                Told::Judged(of) => of,
                Told::TooLittle(of) => panic!("{of:?}"),
            }
        };
        let (few, many) = (of(1), of(times));
        prop_assert_eq!(few.verdict, Verdict::NoClearChange);
        prop_assert!(many.basis.sd < few.basis.sd);
        prop_assert!(many.high - many.low < few.high - few.low);
        prop_assert!(many.smallest_worse.unwrap() <= few.smallest_worse.unwrap());
    }
}

fn steady(hits: u64, weeks: usize) -> Vec<Option<Week>> {
    vec![Some(Week::Share { hits, n: 100 }); weeks]
}

fn judged(told: &Told) -> Judged {
    match told {
        Told::Judged(of) => *of,
        Told::TooLittle(of) => panic!("{of:?}"),
    }
}

#[test]
fn news_grow_old_and_end() {
    // A drop that lasts; a look every week after it.
    let states: Vec<_> = (0..16)
        .map(|after| {
            let weeks = [steady(85, 40), steady(60, after)].concat();
            let of = judged(&judge_alone(Measure::Csat, &weeks));
            (of.verdict, of.state)
        })
        .collect();
    assert_eq!(states[0], (Verdict::NoClearChange, State::Quiet));
    let news = states.iter().position(|(verdict, _)| *verdict == Verdict::Worse).unwrap();
    assert!(news <= 2);
    assert_eq!(states.iter().filter(|(_, state)| *state == State::New).count(), 1);
    let mut said = 0;
    for (_, state) in &states[news + 1..] {
        match state {
            State::Ongoing { first_said } => {
                said += 1;
                assert_eq!(*first_said, said);
            }
            State::Ended { was, last_said } => {
                assert_eq!(*was, Verdict::Worse);
                assert!((1..=2).contains(last_said));
            }
            State::Quiet => {}
            State::New => panic!("said twice"),
        }
    }
    assert!(states.iter().any(|(_, state)| matches!(state, State::Ended { last_said: 1, .. })));
    let of = judged(&judge_alone(Measure::Csat, &[steady(85, 40), steady(60, 3)].concat()));
    assert_eq!(of.since_weeks, Some(3));
}

#[test]
fn small_changes_are_never_told() {
    // 20,000 ratings a week: 4 points are beyond chance by far, and too small to tell; 6 are told.
    for (points, verdict) in [(4, Verdict::NoClearChange), (6, Verdict::Worse)] {
        let week = |hits: u64| Some(Week::Share { hits: hits * 200, n: 20_000 });
        let weeks = [vec![week(80); 48], vec![week(80 - points); 4]].concat();
        let of = judged(&judge_alone(Measure::Csat, &weeks));
        assert!(of.basis.z > of.basis.worse_at);
        assert_eq!(of.verdict, verdict, "{points}");
        assert!((of.smallest_worse.unwrap() - 0.05).abs() < 1e-12);
    }
    // Waits: 20 % of 60 s are 12 s, 8 % of 300 s are 24 s; both are too little.
    for (before, after, verdict) in [
        (60.0, 72.0, Verdict::NoClearChange),
        (300.0, 324.0, Verdict::NoClearChange),
        (300.0, 335.0, Verdict::Worse),
    ] {
        let week = |median_s| Some(Week::Wait { median_s, half_width: 0.001, n: 5000 });
        let weeks = [vec![week(before); 48], vec![week(after); 4]].concat();
        assert_eq!(
            judged(&judge_alone(Measure::Wait, &weeks)).verdict,
            verdict,
            "{before} {after}"
        );
    }
}

#[test]
fn too_little_says_what_is_missing() {
    let TooLittle { weeks, needed, plain } = match judge_alone(Measure::Csat, &steady(80, 9)) {
        Told::TooLittle(of) => of,
        Told::Judged(of) => panic!("{of:?}"),
    };
    let plain = plain.unwrap();
    assert_eq!(
        (weeks, needed, plain.weeks, plain.n_before, plain.n_after),
        (9, WEEKS_ALONE, 4, 400, 400)
    );
    assert!((plain.before - 0.8).abs() < 1e-12);
    assert!(matches!(judge_alone(Measure::Csat, &steady(80, WEEKS_ALONE)), Told::Judged(_)));
    // With peers eight weeks are enough, and not seven.
    let places = vec![steady(80, 8); 10];
    assert!(judge(Measure::Csat, &refs(&places)).iter().all(|of| matches!(of, Told::Judged(_))));
    let mut places = vec![steady(80, 8); 11];
    places[0] = steady(80, 7);
    let told = judge(Measure::Csat, &refs(&places));
    assert!(matches!(
        told[0],
        Told::TooLittle(TooLittle { weeks: 7, needed: WEEKS_WITH_PEERS, .. })
    ));
    // Nothing at all.
    let nothing = TooLittle { weeks: 2, needed: WEEKS_ALONE, plain: None };
    assert_eq!(judge_alone(Measure::Wait, &[None, None]), Told::TooLittle(nothing));
}

/// What a span holds counts, not which of its weeks: also where the first week of all has no value.
#[test]
fn the_oldest_span_may_begin_with_a_week_without_a_value() {
    for (measure, week) in [
        (Measure::Csat, Week::Share { hits: 15, n: 20 }),
        (Measure::Cancellation, Week::Share { hits: 2, n: 20 }),
        (Measure::Wait, Week::Wait { median_s: 300.0, half_width: 0.1, n: 20 }),
    ] {
        let mut weeks = vec![Some(week); 20];
        let spans = |weeks: &[Option<Week>]| match judge_alone(measure, weeks) {
            Told::Judged(of) => Some((of.span_weeks, of.spans_before)),
            Told::TooLittle(_) => None,
        };
        assert_eq!(spans(&weeks), Some((4, 4)));
        weeks[0] = None;
        assert_eq!(spans(&weeks), Some((4, 4)), "{measure:?}");
        // A place that began a week later has one span fewer, and shorter ones see more.
        assert_eq!(spans(&weeks[1..]), Some((2, 8)), "{measure:?}");
    }
}
