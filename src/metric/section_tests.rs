//! Hours of the day against plain sorting and adding.

use super::*;
use proptest::prelude::*;

/// Type 7, seconds.
fn type_7(sorted: &[u32], share: f64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let at = share * (sorted.len().checked_sub(1)?) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank")]
    let low = at.floor() as usize;
    let high = (low + 1).min(sorted.len() - 1);
    let (a, b) = (f64::from(sorted[low]), f64::from(sorted[high]));
    Some(a + (b - a) * (at - at.floor()))
}

proptest! {
    /// Hours of the day are computed from the waits of all weekdays and locations, not from figures of weekdays.
    #[test]
    fn hours_of_the_day_are_those_of_all_their_tickets(
        tickets in prop::collection::vec((0_usize..3, 1_u8..8, 0_u8..24, 0_u32..5_000), 0..200),
        line in prop::collection::vec((0_usize..3, 1_u8..8, 0_u8..24, 0_u64..9_000_000, 0_u64..9), 0..30),
        open in prop::collection::btree_set(18_700_i32..18_760, 1..40),
    ) {
        let mut places = vec![LocationSums::default(); 3];
        for (place, weekday, hour, wait) in &tickets {
            let (n, waits) = places[*place].hours.entry((*weekday, *hour)).or_default();
            *n += 1;
            waits.add(*wait);
        }
        let mut in_line: BTreeMap<u8, (u64, u64)> = BTreeMap::new();
        for (place, weekday, hour, ms, most) in &line {
            places[*place].line.cells.entry((*weekday, *hour)).and_modify(|c| { c.0 += ms; c.1 = c.1.max(*most); }).or_insert((*ms, *most));
            let sum = in_line.entry(*hour).or_default();
            *sum = (sum.0 + ms, sum.1.max(*most));
        }
        let mut week = Week::default();
        for sums in &places {
            week.add(sums, &open);
        }
        let (cells, hours) = week.rows(&open, &Lengths::default());
        let used: BTreeSet<u8> = tickets.iter().map(|t| t.2).chain(line.iter().map(|l| l.2)).collect();
        prop_assert_eq!(hours.iter().map(|hour| hour.hour).collect::<BTreeSet<_>>(), used);
        for hour in &hours {
            let mut waits: Vec<u32> = tickets.iter().filter(|t| t.2 == hour.hour).map(|t| t.3).collect();
            waits.sort_unstable();
            prop_assert_eq!((hour.tickets, hour.waits), (waits.len() as u64, waits.len() as u64));
            for (got, share) in [(hour.wait_p50_s, 0.5), (hour.wait_p90_s, 0.9)] {
                let expected = type_7(&waits, share);
                prop_assert_eq!(got.is_some(), expected.is_some());
                prop_assert!((got.unwrap_or(0.0) - expected.unwrap_or(0.0)).abs() < 0.01);
            }
            let (ms, most) = in_line.get(&hour.hour).copied().unwrap_or_default();
            #[expect(clippy::cast_precision_loss, reason = "small counts")]
            let mean = ms as f64 / (open.len() as f64 * 3_600_000.0);
            prop_assert!((hour.line_mean.unwrap() - mean).abs() < 1e-9);
            prop_assert_eq!((hour.line_max, hour.open_days), (most, open.len() as u64));
            let of_week = cells.iter().filter(|cell| cell.hour == hour.hour);
            prop_assert_eq!(of_week.map(|cell| cell.tickets).sum::<u64>(), hour.tickets);
        }
    }
}
