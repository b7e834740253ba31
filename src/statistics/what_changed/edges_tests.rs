//! Edges of the rule: what a week and a span need, what cannot be, the smallest changes, and since which week.

use proptest::prelude::*;

use super::since::since;
use super::*;

fn share(hits: u64, n: u64) -> Option<Week> {
    Some(Week::Share { hits, n })
}

fn wait(median_s: f64, half_width: f64, n: u64) -> Option<Week> {
    Some(Week::Wait { median_s, half_width, n })
}

/// What the rule says of the same week, again and again.
fn of_weeks(measure: Measure, week: Option<Week>) -> Option<Judged> {
    match judge_alone(measure, &vec![week; 40]) {
        Told::Judged(of) => Some(of),
        Told::TooLittle(_) => None,
    }
}

/// Tables and those who read them know these names.
#[test]
fn names_in_tables() {
    assert_eq!(Measure::ALL.map(Measure::name), ["cancellation", "csat", "no_show", "wait"]);
    let verdicts = [Verdict::Worse, Verdict::Better, Verdict::NoClearChange];
    assert_eq!(verdicts.map(Verdict::name), ["worse", "better", "no_clear_change"]);
    let ended = State::Ended { was: Verdict::Worse, last_said: 1 };
    let states = [State::Quiet, State::New, State::Ongoing { first_said: 3 }, ended];
    assert_eq!(states.map(State::name), [None, Some("new"), Some("ongoing"), Some("ended")]);
}

/// statistics.md section 3: 20 ratings or 40 closed tickets in a span, 10 waits in a week and 40 in a span.
#[test]
fn what_a_span_needs() {
    let spans = |measure, week| of_weeks(measure, week).map(|of| of.span_weeks);
    assert_eq!(spans(Measure::Csat, share(4, 5)), Some(4));
    assert_eq!(spans(Measure::Csat, share(3, 4)), None);
    for measure in [Measure::Cancellation, Measure::NoShow] {
        assert_eq!(spans(measure, share(1, 10)), Some(4));
        assert_eq!(spans(measure, share(1, 9)), None);
    }
    assert_eq!(spans(Measure::Wait, wait(300.0, 0.3, 10)), Some(4));
    assert_eq!(spans(Measure::Wait, wait(300.0, 0.3, 9)), None);
}

/// A week that cannot be counts as none, whatever is wrong with it.
#[test]
fn weeks_that_cannot_be() {
    let (good, slow) = (share(40, 50), wait(300.0, 0.1, 50));
    // Before all others, where it would be counted, and among the last, where it would be weighed.
    let told = |measure, week, odd| {
        [vec![odd; 3], vec![week; 4], vec![odd; 2], vec![week; 20], vec![odd; 2], vec![week; 5]]
            .concat()
            .chunks(7)
            .scan(Vec::new(), |weeks, more| {
                weeks.extend_from_slice(more);
                Some(format!("{:?}", judge_alone(measure, weeks)))
            })
            .collect::<Vec<_>>()
    };
    for odd in [share(0, 0), share(51, 50), slow] {
        assert_eq!(told(Measure::Csat, good, odd), told(Measure::Csat, good, None), "{odd:?}");
    }
    for odd in [
        wait(300.0, 0.1, 9),
        wait(-1.0, 0.1, 50),
        wait(f64::NAN, 0.1, 50),
        wait(f64::INFINITY, 0.1, 50),
        wait(300.0, f64::INFINITY, 50),
        good,
    ] {
        assert_eq!(told(Measure::Wait, slow, odd), told(Measure::Wait, slow, None), "{odd:?}");
    }
    assert_ne!(told(Measure::Wait, slow, wait(0.0, 0.1, 10)), told(Measure::Wait, slow, None));
}

/// Nothing can be told where the scale ends: without no-shows there is no room below, with nothing else none above, and
/// below a median of five seconds none for a shorter wait.
#[test]
fn no_smallest_change_beyond_the_ends() {
    let room = |measure, week| {
        of_weeks(measure, week)
            .map(|of| (of.smallest_better.is_some(), of.smallest_worse.is_some()))
    };
    assert_eq!(room(Measure::NoShow, share(0, 100)), Some((false, true)));
    assert_eq!(room(Measure::NoShow, share(50, 100)), Some((true, true)));
    assert_eq!(room(Measure::NoShow, share(100, 100)), Some((true, false)));
    assert_eq!(room(Measure::Csat, share(100, 100)), Some((false, true)));
    assert_eq!(room(Measure::Wait, wait(5.0, 0.3, 50)), Some((false, true)));
    assert_eq!(room(Measure::Wait, wait(600.0, 0.1, 50)), Some((true, true)));
}

/// Where nothing ever scattered, no difference is none, and not "no number".
#[test]
fn without_any_scatter() {
    let of = of_weeks(Measure::Wait, wait(300.0, 0.0, 50)).unwrap();
    assert_eq!((of.basis.z, of.basis.sd, of.verdict), (0.0, 0.0, Verdict::NoClearChange));
    let jump = [vec![wait(300.0, 0.0, 50); 36], vec![wait(400.0, 0.0, 50); 4]].concat();
    assert!(matches!(
        judge_alone(Measure::Wait, &jump),
        Told::Judged(Judged { verdict: Verdict::Worse, .. })
    ));
}

/// By hand: (ln 210 - ln 120) / 2.
#[test]
fn half_the_width_of_waits() {
    assert!((half_width_of_waits(60.0, 150.0) - 0.279_807_893_967_711_3).abs() < 1e-12);
}

/// A verdict that has lasted for longer than weeks are kept is as old as they tell, and no older.
#[test]
fn the_start_is_within_the_history() {
    assert_eq!(since(&[share(40, 50); 30]), Some(1));
    assert_eq!(since(&[share(40, 50); 4]), None);
    assert_eq!(since(&[share(40, 50); 5]), Some(1));
    assert_eq!(since(&[]), None);
}

proptest! {
    /// By the squares that are left about two means instead of one: the least of them is the best start.
    #[test]
    fn since_leaves_the_least_squares(weeks in prop::collection::vec((0_u64..40, 0_u8..4), 0..24)) {
        let weeks: Vec<Option<Week>> =
            weeks.into_iter().map(|(hits, gap)| share(hits, 40).filter(|_| gap > 0)).collect();
        let y = |week: &Week| match week {
            Week::Share { hits, n } => ((*hits as f64 + 0.375) / (*n as f64 + 0.75)).sqrt().asin(),
            Week::Wait { .. } => f64::NAN,
        };
        let squares = |weeks: &[Option<Week>]| {
            let ys: Vec<f64> = weeks.iter().flatten().map(y).collect();
            let mean = ys.iter().sum::<f64>() / ys.len() as f64;
            ys.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>()
        };
        let last = &weeks[weeks.len().saturating_sub(16)..];
        let left = |start: usize| {
            let (before, after) = last.split_at(last.len().checked_sub(start)?);
            let enough = before.iter().flatten().count() >= 4 && after.iter().flatten().count() >= 1;
            enough.then(|| squares(before) + squares(after))
        };
        let least = (1..=8).filter_map(left).min_by(f64::total_cmp);
        match (since(&weeks), least) {
            (Some(start), Some(least)) => {
                prop_assert!((1..=8).contains(&start));
                prop_assert!(left(start).unwrap() <= least + 1e-9);
                // Of equal ones the shortest.
                prop_assert!((1..start).filter_map(left).all(|shorter| shorter > least + 1e-13));
            }
            (is, should) => prop_assert!(is.is_none() && should.is_none(), "{:?} {:?}", is, should),
        }
    }
}
