//! The laws of the order of files that the fuzz target `file_names` and the replay of its corpus hold, for any names.
//!
//! It is a total order, in which only a name and itself are equal. A compression changes no date. The last date of a path
//! counts, whatever stands before it.

use std::cmp::Ordering;

use chrono::NaiveDate;

use super::archive::order_key;

/// Orders the names that lines are, and holds the laws. The days in them.
///
/// # Panics
/// If a law is broken.
pub(crate) fn hold(bytes: &[u8]) -> Vec<NaiveDate> {
    let text = String::from_utf8_lossy(bytes);
    let names: Vec<&str> = text.split('\n').take(5).collect();
    let keys: Vec<_> = names.iter().map(|name| order_key(name)).collect();
    for (one, key) in names.iter().zip(&keys) {
        for (other, than) in names.iter().zip(&keys) {
            let order = key.cmp(than);
            assert_eq!(order, than.cmp(key).reverse(), "{one:?} {other:?}");
            assert_eq!(order == Ordering::Equal, one == other, "{one:?} {other:?}");
            for (third, last) in names.iter().zip(&keys) {
                let falls = order.is_lt() && than < last && key >= last;
                assert!(!falls, "{one:?} before {other:?} before {third:?}");
            }
        }
    }
    names.iter().zip(&keys).for_each(|(name, key)| dated(name, key.day()));
    keys.iter().filter_map(|key| key.day()).collect()
}

fn dated(name: &str, day: Option<NaiveDate>) {
    for more in [".gz", ".ZST", ".xz.lz4"] {
        assert_eq!(order_key(&format!("{name}{more}")).day(), day, "{name:?}{more}");
    }
    if let Some(day) = day {
        assert!((2000..2100).contains(&chrono::Datelike::year(&day)), "{name:?}: {day}");
    }
    let newest = NaiveDate::from_ymd_opt(2021, 3, 5);
    for end in ["/hooks-2021-03-05.jsonl", "/x 20210305.gz", "/hooks.2021_03_05_10.log"] {
        assert_eq!(order_key(&format!("{name}{end}")).day(), newest, "{name:?}{end}");
    }
}
