//! What a rebuild would lose, in words.

use crate::night::Cost;

use super::words::{count, grouped};

/// Months that are named; the rest is counted.
const NAMED: usize = 12;

/// `--rebuild would lose 5 tickets that no file brings any more: 3 of 2020-12, 2 of 2021-01`.
pub(crate) fn words(cost: Option<&Cost>) -> String {
    let Some(cost) = cost else {
        return "nothing of the old state can be read, so nobody can tell what --rebuild would lose"
            .to_owned();
    };
    let mut words = "--rebuild would lose ".to_owned();
    if cost.total() > 0 {
        let months: Vec<String> = cost
            .tickets
            .iter()
            .take(NAMED)
            .map(|(month, n)| match month.is_known() {
                true => format!("{} of {month}", grouped(*n)),
                false => format!("{} without a date", grouped(*n)),
            })
            .collect();
        let more = cost.tickets.len() - months.len();
        words.push_str(&format!(
            "{} that no file of the archive brings any more: {}",
            count(cost.total(), "ticket"),
            months.join(", ")
        ));
        if more > 0 {
            words.push_str(&format!(" and {}", count(more as u64, "more month")));
        }
    }
    if !cost.unreadable.is_empty() {
        let months: Vec<String> = cost.unreadable.iter().map(ToString::to_string).collect();
        let and = if cost.total() > 0 { "; and " } else { "" };
        words.push_str(&format!(
            "{and}nobody can tell how many tickets of {}, which cannot be read",
            months.join(", ")
        ));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::night::Month;

    #[test]
    fn it_names_numbers_and_months() {
        let month = |text: &str| Month::of_date(format!("{text}-01").parse().ok());
        let mut cost = Cost::default();
        assert!(cost.is_nothing());
        cost.tickets = [("2020-12", 3), ("2021-01", 2_000)].map(|(m, n)| (month(m), n)).into();
        assert_eq!(
            words(Some(&cost)),
            "--rebuild would lose 2,003 tickets that no file of the archive brings any more: 3 of 2020-12, 2,000 of 2021-01"
        );
        cost.tickets.insert(month("unknown"), 1);
        cost.unreadable.insert(month("2021-02"));
        let said = words(Some(&cost));
        assert!(
            said.contains(": 1 without a date, ")
                && said.contains("; and nobody can tell how many tickets of 2021-02"),
            "{said}"
        );
        cost.tickets = (2_000..2_020).map(|year| (month(&format!("{year}-01")), 1)).collect();
        cost.unreadable.clear();
        assert!(
            words(Some(&cost)).ends_with("1 of 2011-01 and 8 more months"),
            "{}",
            words(Some(&cost))
        );
        assert!(words(None).contains("nobody can tell"));
    }
}
