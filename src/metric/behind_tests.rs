//! What is behind a figure, against plain recomputation and against the list of measures.

use proptest::prelude::*;

use super::*;
use crate::metric::measure::MEASURES;

fn row() -> impl Strategy<Value = Row> {
    let time = || prop::option::of(0_u32..40);
    let numbers = (0_u8..u8::try_from(Outcome::ALL.len()).unwrap(), 0_u8..=5, 1_u32..9);
    let day = prop::option::of(18_000_i32..18_005);
    (numbers, [time(), time(), time()], any::<[bool; 7]>(), day).prop_map(
        |((outcome, rating, people), [wait, call_wait, service], flags, day)| Row {
            day,
            outcome,
            rating,
            people,
            wait,
            call_wait,
            service,
            is_booking: flags[0],
            early: flags[1],
            offered: flags[2],
            within: flags[2] && flags[3],
            is_rescheduled: flags[4],
            is_recalled: flags[5],
            is_feedback_only: flags[6],
            ..Row::default()
        },
    )
}

/// The value that follows from the listed tickets alone, by plain arithmetic.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small numbers"
)]
fn plain(name: &str, tickets: &[Counted]) -> Option<f64> {
    let n = tickets.len() as f64;
    let values: Vec<f64> =
        tickets.iter().filter_map(|one| one.value).map(|value| value as f64).collect();
    let part = tickets.iter().filter(|one| one.mark == Mark::Part).count() as f64;
    let decides: Vec<&Counted> = tickets.iter().filter(|one| one.mark == Mark::Decides).collect();
    let quantile = |q: f64| {
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let at = sorted.len().checked_sub(1)? as f64 * q;
        let low = *sorted.get(at as usize)?;
        let high = sorted.get(at as usize + 1).copied().unwrap_or(low);
        // What is marked is what is between.
        assert_eq!(decides.first()?.value, Some(low as u32));
        let marked = decides.last()?.value;
        assert!(marked == Some(high as u32) || marked == Some(low as u32));
        Some(low + (high - low) * at.fract())
    };
    let sum: f64 = values.iter().sum();
    let has = n > 0.0;
    match name {
        "people" => Some(sum),
        "csat_low" | "csat_high" => has.then(|| {
            let (p, z) = (part / n, 1.959_964_f64);
            let centre = p + z * z / (2.0 * n);
            let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
            let end = if name == "csat_low" { centre - half } else { centre + half };
            (end / (1.0 + z * z / n)).clamp(0.0, 1.0)
        }),
        _ if name.ends_with("_low_s") || name.ends_with("_high_s") => {
            decides.first().and_then(|one| one.value).map(f64::from)
        }
        "wait_max_s" => values.iter().copied().reduce(f64::max),
        "rating_mean" | "wait_mean_s" => has.then(|| sum / n),
        _ if name.contains("_p50_s") => quantile(0.5),
        _ if name.contains("_p90_s") => quantile(0.9),
        _ if name.contains("_p95_s") => quantile(0.95),
        _ if name.ends_with("_rate") || name == "csat" => has.then(|| part / n),
        _ => Some(n),
    }
}

proptest! {
    /// Every measure of any tickets: the listed tickets give its value, and it is that of the list.
    #[test]
    fn the_tickets_behind_a_figure_give_its_value(rows in prop::collection::vec(row(), 0..60)) {
        let rules = Rules::default();
        let figures = Figures::of(&Tally::of(rows.iter()), rules);
        for measure in MEASURES {
            let behind = Behind::of_rows(measure, &rows, rules);
            prop_assert_eq!(behind.value, (measure.of)(&figures));
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let value = match behind.value {
                Cell::Count(count) => Some(count as f64),
                Cell::Number(number) => Some(number),
                Cell::Missing
                | Cell::Text(_)
                | Cell::Date(_)
                | Cell::Whole(_)
                | Cell::Seconds(_)
                | Cell::Truth(_) => None,
            };
            let is = plain(measure.name, &behind.tickets);
            let same = match (is, value) {
                (Some(is), Some(value)) => (is - value).abs() < 1e-9,
                (is, value) => is == value,
            };
            prop_assert!(same, "{}: {:?}, not {:?}", measure.name, is, value);
            prop_assert!(!behind.calculation.is_empty());
            prop_assert_eq!(behind.counts[0], ("tickets", rows.len() as u64));
        }
    }

    /// A tally has the number of every kind of ticket that a recipe names.
    #[test]
    fn a_tally_counts_what_a_recipe_counts(rows in prop::collection::vec(row(), 0..40)) {
        let (tally, rules) = (Tally::of(rows.iter()), Rules::default());
        for measure in MEASURES {
            let Recipe { counts, way, .. } = measure.recipe;
            let part = match way {
                Way::Share(part) | Way::Wilson(part, _) => Some(part),
                Way::Number
                | Way::Sum
                | Way::Mean
                | Way::Largest
                | Way::Quantile(_)
                | Way::Rank(..) => None,
            };
            for which in part.into_iter().chain([counts]) {
                let n = rows.iter().filter(|row| which.has(row, rules)).count() as u64;
                prop_assert_eq!(which.of_tally(&tally, rules), n, "{:?}", which);
            }
        }
    }

    /// The ends of intervals are the waits at the ranks of the binomial distribution.
    #[test]
    fn the_end_of_an_interval_is_the_wait_at_its_rank(mut waits in prop::collection::vec(0_u32..4_000, 0..90)) {
        let rows: Vec<Row> = waits.iter().map(|wait| Row { wait: Some(*wait), ..Row::default() }).collect();
        waits.sort_unstable();
        for (name, q, upper) in [
            ("wait_p50_low_s", 0.5, false), ("wait_p50_high_s", 0.5, true),
            ("wait_p90_low_s", 0.9, false), ("wait_p90_high_s", 0.9, true),
        ] {
            let measure = MEASURES.iter().find(|one| one.name == name).unwrap();
            let behind = Behind::of_rows(measure, &rows, Rules::default());
            let ranks = crate::statistics::interval::quantile_ranks_95(waits.len() as u64, q);
            let rank = ranks.map(|(low, high)| if upper { high } else { low });
            let at = rank.map(|rank| usize::try_from(rank).unwrap() - 1);
            let places: Vec<usize> =
                (0..waits.len()).filter(|at| behind.tickets[*at].mark == Mark::Decides).collect();
            prop_assert_eq!(&places, &at.into_iter().collect::<Vec<_>>());
            let value = at.map_or(Cell::Missing, |at| Cell::Number(waits[at].into()));
            prop_assert_eq!(behind.value, value);
        }
    }
}

fn measured(name: &str, rows: &[Row], rules: Rules) -> Behind {
    let measure = MEASURES.iter().find(|one| one.name == name).unwrap();
    Behind::of_rows(measure, rows, rules)
}

/// metrics by hand: four waits of 10, 20, 40 and 80 seconds.
#[test]
fn a_calculation_is_written_out() {
    let rows =
        [80, 10, 40, 20].map(|wait| Row { wait: Some(wait), offered: true, ..Row::default() });
    let of = |name| measured(name, &rows, Rules::default());
    let p90 = of("wait_p90_s");
    // Places 3 and 4 of the sorted waits: 40 + 0.7 · 40.
    assert_eq!(p90.value, Cell::Number(68.0));
    assert_eq!(p90.calculation, "place (4 − 1) · 0.90 + 1 = 3.70: 40 + 0.70 · (80 − 40)");
    assert_eq!(p90.tickets.iter().map(|one| one.at).collect::<Vec<_>>(), [1, 3, 2, 0]);
    assert_eq!(p90.tickets.iter().filter(|one| one.mark == Mark::Decides).count(), 2);
    assert_eq!(p90.counts, [("tickets", 4), ("waits", 4)]);
    assert_eq!(of("wait_mean_s").calculation, "150 / 4");
    assert_eq!(of("wait_max_s").calculation, "the largest of 4");
    assert_eq!(of("wait_max_s").tickets[0].at, 0);
    assert_eq!(of("within_target_rate").calculation, "0 / 4");
    let ends = of("wait_p50_low_s");
    assert_eq!(ends.calculation, "4 waits are too few for a 95 % interval of the median");
    assert_eq!(of("csat").calculation, "there is nothing to compute it from");
    let three = measured("wait_p50_s", &rows[..3], Rules::default());
    assert_eq!(three.calculation, "place (3 − 1) · 0.50 + 1 = 2: 40");
}

/// Where ratings are hidden, or have another scale, no ticket is named.
#[test]
fn hidden_ratings_name_no_ticket() {
    // Those who did not rate do not make two ratings three.
    let rows = [2, 5, 0, 0, 0].map(|rating| Row { rating, ..Row::default() });
    let hidden = Rules { hide_below: 3, ..Rules::default() };
    for measure in MEASURES {
        let of = measure.name;
        let is_hidden = ["rating", "csat", "response"].iter().any(|begin| of.starts_with(begin));
        let behind = measured(of, &rows, hidden);
        if is_hidden {
            assert!(behind.tickets.is_empty() && behind.value == Cell::Missing, "{of}");
            assert!(behind.calculation.contains("`ratings.hide_below`"), "{of}");
        }
    }
    let two = Rules { hide_below: 2, ..Rules::default() };
    assert_eq!(measured("csat", &rows, two).calculation, "1 / 2");
    let ten = Rules { scale: Scale::new(10, None).unwrap(), ..Rules::default() };
    let behind = measured("rating_5", &rows, ten);
    assert!(behind.tickets.is_empty() && behind.value == Cell::Missing);
    assert_eq!(behind.calculation, "the scale of ratings goes to 10, not to 5");
    assert_eq!(measured("csat", &rows, ten).calculation, "0 / 2");
}

/// Those above the line of a share come first, each kind by day and place; what is counted is told once.
#[test]
fn tickets_are_listed_in_an_order_that_says_what_they_are() {
    let days = [3, 1, 2, 1];
    let rows: Vec<Row> = std::iter::zip(days, [2, 5, 4, 1])
        .map(|(day, rating)| Row { day: Some(18_000 + day), rating, people: 2, ..Row::default() })
        .collect();
    let of = |name| measured(name, &rows, Rules::default());
    let order = |name| of(name).tickets.iter().map(|one| one.at).collect::<Vec<_>>();
    assert_eq!(order("csat"), [1, 2, 3, 0]);
    assert_eq!(order("people"), [1, 3, 2, 0]);
    assert_eq!(order("rating_mean"), [3, 0, 2, 1]);
    assert_eq!(of("csat").counts, [("tickets", 4), ("ratings", 4), ("satisfied", 2)]);
    assert_eq!(of("people").counts, [("tickets", 4)]);
    assert_eq!(of("tickets").counts, [("tickets", 4)]);
}
