//! Sums of parts against the sums of all rows.

use proptest::prelude::*;

use super::*;

const TEXTS: [&str; 3] = ["", "a", "b"];

fn row() -> impl Strategy<Value = Row> {
    let time = || prop::option::of(0_u32..4_000);
    let codes = (0_u32..3, 0_u32..3, 0_u32..3);
    let day = prop::option::of(18_700_i32..18_760);
    (day, 0_u8..24, (0_u8..7, 0_u8..=5), [time(), time(), time(), time()], codes, any::<bool>())
        .prop_map(
            |(day, hour, (outcome, rating), [wait, call_wait, service, left], codes, came)| {
                let (ticket_type, category, queue) = codes;
                Row {
                    day,
                    hour: day.map(|_| hour),
                    outcome,
                    rating,
                    wait,
                    call_wait,
                    service,
                    left,
                    ticket_type,
                    category,
                    queue,
                    came,
                    ..Row::default()
                }
            },
        )
}

proptest! {
    /// However rows are split, and in whatever order the parts come: summed or merged, they are the sums of all.
    #[test]
    fn parts_add_up_to_the_whole(rows in prop::collection::vec((row(), 0_usize..4), 1..60), turn in 0_usize..4) {
        let texts = TEXTS.map(str::to_owned);
        let texts = Texts { ticket_types: &texts, categories: &texts, queues: &texts };
        let of = |rows: &[Row]| LocationSums::of(rows, texts, &Hours::default(), Some((0, 1)));
        let whole = of(&rows.iter().map(|(row, _)| *row).collect::<Vec<Row>>());
        let part = |n: usize| -> Vec<Row> {
            rows.iter().filter(|(_, of)| *of == n).map(|(row, _)| *row).collect()
        };
        let mut parts: Vec<LocationSums> =
            (0..4).map(part).filter(|rows| !rows.is_empty()).map(|rows| of(&rows)).collect();
        let turn = turn % parts.len();
        parts.rotate_left(turn);
        let mut merged = LocationSums::default();
        for part in &parts {
            merged.merge(part);
        }
        prop_assert_eq!(&merged, &whole);
        prop_assert_eq!(&LocationSums::sum(parts), &whole);
    }
}
