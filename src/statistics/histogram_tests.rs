//! The histogram against a sorted list of its values.

use super::super::quantile::{P50, P90, P95, at_rank};
use super::*;
use proptest::prelude::*;

fn of(values: &[u32]) -> Histogram {
    Histogram::of(&mut values.to_vec())
}

fn values() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(prop_oneof![0_u32..40, 0_u32..90_000, any::<u32>()], 0..60)
}

#[test]
fn one_to_four() {
    let quantiles = |values: &[u32]| [P50, P90, P95].map(|q| of(values).quantile(q));
    assert_eq!(quantiles(&[4, 1, 3, 2]), [Some(50), Some(74), Some(77)]);
    assert_eq!(quantiles(&[7]), [Some(140); 3]);
    assert_eq!(quantiles(&[]), [None; 3]);
    let three = of(&[5, 9, 5]);
    assert_eq!(three.runs().collect::<Vec<_>>(), [(5, 2), (9, 1)]);
    let Spread { total, max, quantiles } = three.spread([P50, 20]).unwrap();
    assert_eq!((three.len(), total, max, quantiles), (3, 19, 9, [100, 180]));
}

/// The written form: what nights keep is read by later versions.
#[test]
fn the_written_form() {
    // 5 twice: 2 · 5 + 1, then 2 - 2. 9: 2 · 4. 300 three times: 2 · 291 + 1 = 583 = 4 · 128 + 71, then 3 - 2.
    assert_eq!(of(&[300, 5, 9, 5, 300, 300]).runs, [11, 0, 8, 71 | 0x80, 4, 1]);
    // The largest number of one byte, and the smallest of two.
    assert_eq!(of(&[63, 63]).runs, [127, 0]);
    assert_eq!(of(&[64]).runs, [0x80, 1]);
    assert!(of(&[]).is_empty() && !of(&[0]).is_empty());
}

/// As it is kept: its count and its bytes, which are read as one value.
#[test]
fn it_is_read_as_it_was_kept() {
    let three = of(&[5, 9, 5]);
    assert_eq!(serde_json::to_string(&three).unwrap(), r#"{"n":3,"runs":[11,0,8]}"#);
    let kept = r#"{"n":3,"runs":"\u000b\u0000\b"}"#;
    assert_eq!(serde_json::from_str::<Histogram>(kept).unwrap(), three);
    let wrong = serde_json::from_str::<Histogram>(r#"{"n":3,"runs":true}"#).unwrap_err();
    assert!(wrong.to_string().contains("the bytes of a histogram"), "{wrong}");
}

/// More than four billion of one value, as no archive has them: sums stay exact.
#[test]
fn counts_beyond_32_bits() {
    let many = |value: u32, count: u64| {
        let mut writer = Writer::default();
        writer.push(value, count);
        writer.finish()
    };
    for count in [COUNT - 1, COUNT, COUNT + 1, 3 * COUNT + 7] {
        let parts = [many(60, count), many(60, 2), many(70, COUNT), of(&[60, 70, 80])];
        let expected = [(60, count + 3), (70, COUNT + 1), (80, 1)];
        let mut merged = Histogram::default();
        for part in &parts {
            merged.merge(part);
        }
        for sum in
            [merged, Histogram::sum_few(parts.iter(), 0), Counters::default().sum(parts.iter(), 0)]
        {
            assert_eq!(sum.runs().collect::<Vec<_>>(), expected);
            assert_eq!(sum.len(), count + COUNT + 5);
        }
    }
}

#[test]
fn waits_of_a_busy_day_take_about_a_byte_and_a_half_each() {
    let waits: Vec<u32> = (0..1_000).map(|n: u32| n * 7_919 % 3_600).collect();
    assert!(of(&waits).runs.len() < 1_500);
}

proptest! {
    #[test]
    fn it_is_the_sorted_list(values in values()) {
        let mut sorted = values.clone();
        sorted.sort_unstable();
        let histogram = of(&values);
        let listed: Vec<u32> = histogram.runs()
            .flat_map(|(value, n)| std::iter::repeat_n(value, usize::try_from(n).unwrap())).collect();
        prop_assert_eq!(&listed, &sorted);
        let spread = histogram.spread([]);
        prop_assert_eq!(spread.map(|spread: Spread<0>| spread.max), sorted.last().copied());
        let total = sorted.iter().map(|v| u64::from(*v)).sum::<u64>();
        prop_assert_eq!(spread.map_or(0, |spread| spread.total), total);
        let mut one_by_one = Histogram::default();
        for value in &values {
            one_by_one.add(*value);
        }
        prop_assert_eq!(one_by_one, histogram);
    }

    #[test]
    fn quantiles_follow_the_textbook_formula(
        // Far apart, and many of the same.
        mut values in prop_oneof![prop::collection::vec(0_u32..90_000, 1..60), prop::collection::vec(0_u32..6, 1..60)],
        q in 0_u32..=20,
    ) {
        let histogram = of(&values);
        values.sort_unstable();
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "test oracle")]
        let expected = {
            let position = (values.len() - 1) as f64 * f64::from(q) / 20.0;
            let low = f64::from(values[position.floor() as usize]);
            let high = f64::from(values[position.ceil() as usize]);
            low + (high - low) * position.fract()
        };
        let got = super::super::quantile::to_seconds(histogram.quantile(q).unwrap());
        prop_assert!((got - expected).abs() < 1e-6);
    }

    #[test]
    fn values_stand_at_their_ranks(mut values in prop::collection::vec(0_u32..40, 1..60), ranks in [0_u64..70, 0..70, 0..70]) {
        let histogram = of(&values);
        values.sort_unstable();
        let p50 = position(histogram.len(), P50);
        let spread = histogram.spread_at([at_rank(ranks[0]), p50, at_rank(ranks[1]), at_rank(ranks[2])]).unwrap();
        prop_assert_eq!(Some(spread.quantiles[1]), histogram.quantile(P50));
        for (rank, found) in ranks.into_iter().zip([0, 2, 3].map(|at| spread.quantiles[at])) {
            let place = usize::try_from(rank).unwrap().checked_sub(1);
            let value = place.and_then(|at| values.get(at)).copied().unwrap_or(0);
            prop_assert_eq!(found, i64::from(value) * 20);
        }
    }

    #[test]
    fn merging_is_commutative_and_associative(a in values(), b in values(), c in values()) {
        let merged = |parts: [&[u32]; 3]| {
            let mut all = of(parts[0]);
            all.merge(&of(parts[1]));
            all.merge(&of(parts[2]));
            all
        };
        let expected = of(&[a.clone(), b.clone(), c.clone()].concat());
        prop_assert_eq!(&merged([&a, &b, &c]), &expected);
        prop_assert_eq!(&merged([&c, &a, &b]), &expected);
        let mut right = of(&b);
        right.merge(&of(&c));
        let mut left = of(&a);
        left.merge(&right);
        prop_assert_eq!(&left, &expected);
        prop_assert_eq!(&Histogram::sum([&of(&a), &of(&b), &of(&c)].into_iter()), &expected);
    }

    #[test]
    fn many_are_summed_as_few_are(parts in prop::collection::vec(values(), 1..6)) {
        let parts: Vec<Histogram> = parts.iter().map(|part| of(part)).collect();
        let few = Histogram::sum_few(parts.iter(), 0);
        // The counters are all 0 again after a sum.
        let mut counters = Counters::default();
        for _ in 0..2 {
            prop_assert_eq!(&counters.sum(parts.iter(), 0), &few);
        }
        prop_assert_eq!(&Histogram::sum(parts.iter()), &few);
    }

    #[test]
    fn any_bytes_are_read_without_a_fault(runs in prop::collection::vec(any::<u8>(), 0..40), n in any::<u64>()) {
        let histogram = Histogram { n, runs };
        let _spread = histogram.spread([P50, P90, P95]);
    }
}
