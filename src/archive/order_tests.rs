//! Dates, rotation numbers and names, and that the order is one.

use super::*;
use proptest::prelude::*;

/// The date of a name, or nothing.
fn dated(name: &str) -> Option<u64> {
    date(name.as_bytes())
}

#[test]
fn dates_in_names_and_folders() {
    let day = 20_210_301_000_000_000;
    for (name, time) in [
        ("2021-03-01.jsonl", 0),
        ("hooks-20210301.jsonl.gz", 0),
        ("hooks20210301.log", 0),
        ("hooks.log-20210301", 0),
        ("2021/03/01/hooks.jsonl", 0),
        ("2021_03_01.json", 0),
        ("dt=2021-03-01/part-0.jsonl", 0),
        ("year=2021/month=03/day=01/a.jsonl", 0),
        ("year=2021/month=3/day=1/hour=9/a.jsonl", 90_000_000),
        ("year=2021/month=03/day=01/hour=10/minute=30/a.jsonl", 103_000_000),
        ("2021/03/01/10/hooks.jsonl", 100_000_000),
        ("2021/03/01/10/hooks-2021-03-01.jsonl", 100_000_000),
        (
            "2021/03/01/10/hooks-1-2021-03-01-10-15-23-dd31dda9-5ec0-46c6-a75b-71cb1f66a48d",
            101_523_000,
        ),
        ("2021-03-01T10-00-00Z.jsonl", 100_000_000),
        ("2021-03-01T10:15:00.250Z.jsonl", 101_500_250),
        ("2021-03-01 10:15.jsonl", 101_500_000),
        ("20210301T101523Z.jsonl", 101_523_000),
        ("2021030110.jsonl", 100_000_000),
        ("202103011015.jsonl", 101_500_000),
        ("20210301101523.jsonl", 101_523_000),
        ("20210301101523004.jsonl", 101_523_004),
        ("20210301-101523.jsonl", 101_523_000),
        ("hooks_20210301_1015.jsonl", 101_500_000),
        ("20210301.101523.jsonl", 101_523_000),
        ("dt=2021-03-01/hour=07/a.jsonl", 70_000_000),
        ("2021-03-01-24.jsonl", 240_000_000),
        ("2021-03-01-12ab34.jsonl", 0),
        ("hooks-2021-03-01.log.12", 0),
        ("backup-20210401-020000.tar.gz!/hooks/2021-03-01.jsonl", 0),
        ("2021-02-01-2021-03-01.jsonl", 0),
        ("20210201-20210301.jsonl", 0),
    ] {
        assert_eq!(dated(name), Some(day + time), "{name}");
    }
}

#[test]
fn numbers_that_are_no_dates() {
    for name in [
        "hooks.log",
        "hooks.log.2021",
        "2021-03.jsonl",
        "99999999.jsonl",
        "20211301.jsonl",
        "20210332.jsonl",
        "20210300.jsonl",
        "2021-13-01.jsonl",
        "1614556800.jsonl",
        "1614556800123.jsonl",
        "120210301.jsonl",
        "202103010.jsonl",
        "2021030199.jsonl",
        "deadbeef20210301.jsonl",
        "20210301deadbeef.jsonl",
        "a20210301b.jsonl",
        "20210301-1234-4abc-8def-0123456789ab.jsonl",
        "dd31dda9-2021-0301-a75b-71cb1f66a48d.jsonl",
        "dd31dda9-5ec0-46c6-a75b-202103011015.jsonl",
        "2021-3-1.jsonl",
        "12021-03-01.jsonl",
        "2021-03-011.jsonl",
        "1900-01-01.jsonl",
    ] {
        assert_eq!(dated(name), None, "{name}");
    }
}

#[test]
fn files_stand_in_the_order_they_were_written() {
    let expected = [
        "new/2021-02-28.jsonl",
        "2021/03/01/hooks.jsonl.gz",
        "hooks.log-20210301",
        "20210301-090000.jsonl",
        "2021-03-01T10-00-00Z.jsonl",
        "old/hooks-2021-03-02.log.2",
        "old/hooks-2021-03-02.log.1.gz",
        "old/hooks-2021-03-02.log",
        "a.jsonl",
        "a.jsonl.gz",
        "a.jsonl.zst",
        "a/10.jsonl",
        "a/2.jsonl",
        "hooks.jsonl.00",
        "hooks.jsonl.01",
        "hooks.log.10.gz",
        "hooks.log.9.bz2",
        "hooks.log.2.gz.zst",
        "hooks.log.gz.1",
        "hooks.log.0",
        "hooks.log",
        "hooks.log.1614556800",
        "hooks.log.1614643200",
    ];
    let mut names = expected;
    names.reverse();
    names.sort_by_cached_key(|name| order_key(name));
    assert_eq!(names, expected);
}

/// Names of pieces that mean something.
fn name() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "2021", "03", "3", "01", "20210301", "10", "-", "/", ".", "=", "T", "Z", "a", "day", ".gz",
        ".ZST", ".log", "hooks", "é", "0",
    ]);
    prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn it_is_a_total_order(a in name(), b in name(), c in name()) {
        let [x, y, z] = [&a, &b, &c].map(|name| order_key(name));
        prop_assert_eq!(x.cmp(&y), y.cmp(&x).reverse());
        prop_assert_eq!(x.cmp(&y) == Ordering::Equal, a == b);
        prop_assert!(x > y || y > z || x <= z);
        prop_assert!(x < y || y < z || x >= z);
    }

    #[test]
    fn any_name_has_a_place(name in ".{0,40}") {
        let key = order_key(&name);
        prop_assert_eq!(key.cmp(&order_key(&name)), Ordering::Equal);
    }

    #[test]
    fn days_follow_each_other(day in 1_u32..28, month in 1_u32..12, hour in 0_u32..23, form in 0_usize..6) {
        let name = |month: u32, day: u32, hour: u32| match form {
            0 => format!("x/2021-{month:02}-{day:02}T{hour:02}.jsonl"),
            1 => format!("2021{month:02}{day:02}{hour:02}.log.gz"),
            2 => format!("2021/{month:02}/{day:02}/{hour:02}/hooks"),
            3 => format!("year=2021/month={month}/day={day}/hour={hour}/hooks"),
            4 => format!("2021{month:02}{day:02}-{hour:02}0000.jsonl"),
            _ => format!("hooks-2021-{month:02}-{day:02}-{hour:02}.jsonl"),
        };
        let now = order_key(&name(month, day, hour));
        prop_assert!(now < order_key(&name(month, day, hour + 1)));
        prop_assert!(order_key(&name(month, day, 23)) < order_key(&name(month, day + 1, 0)));
        prop_assert!(order_key(&name(month, 31, hour)) < order_key(&name(month + 1, 1, 0)));
        prop_assert!(now < order_key("0.jsonl"));
    }

    #[test]
    fn rotated_files_fall(n in 0_u32..99_999, gz in any::<bool>()) {
        let suffix = if gz { ".gz" } else { "" };
        let rotated = order_key(&format!("hooks.log.{n}{suffix}"));
        let older = order_key(&format!("hooks.log.{}", n + 1));
        prop_assert!(older < rotated);
        prop_assert!(rotated < order_key("hooks.log"));
    }
}
