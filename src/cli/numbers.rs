//! Numbers and dates on the command line: what is wrong with one is said in words.

use std::str::FromStr;

use chrono::NaiveDate;

/// A whole number from 0 on.
///
/// # Errors
/// What may be written.
pub(super) fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    text.trim().parse().map_err(|_| "use a whole number from 0 on, such as 20".to_owned())
}

/// A number with decimals or without.
///
/// # Errors
/// What may be written.
pub(super) fn number(text: &str) -> Result<f64, String> {
    let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| "use a number, such as 10 or 0.5".to_owned())
}

/// A date.
///
/// # Errors
/// What may be written.
pub(super) fn date(text: &str) -> Result<NaiveDate, String> {
    text.trim().parse().map_err(|_| "use a date, such as 2021-03-01".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_in_words() {
        assert_eq!(whole::<u64>(" 20 "), Ok(20));
        for bad in ["", "x", "-1", "1.5", "99999999999999999999999"] {
            assert!(whole::<u64>(bad).unwrap_err().contains("a whole number"), "{bad}");
        }
        assert_eq!(number("0.5"), Ok(0.5));
        for bad in ["", "x", "1,5", "nan", "inf"] {
            assert!(number(bad).unwrap_err().contains("use a number"), "{bad}");
        }
        assert!(date("2021-03-01").is_ok());
        for bad in ["soon", "2021-02-30", "1/3/2021", ""] {
            assert!(date(bad).unwrap_err().contains("2021-03-01"), "{bad}");
        }
    }
}
