//! The columns that follow from tickets alone: which recipe each has.

use crate::metric::measure::MEASURES;
use crate::metric::recipe::{Recipe, Way, What, Which, closed, number, of, share, stars};
use crate::metric::record::Record;
use crate::statistics::quantile::P50;
use crate::ticket::Outcome;

/// The recipe of a column in a row; `None` for one that is made of other figures.
pub(super) fn recipe(record: &Record, column: &str) -> Option<Recipe> {
    let of_measure = || MEASURES.iter().find(|one| one.name == column).map(|one| one.recipe);
    match record.file {
        "ratings.csv" => {
            let value = u8::try_from(record.count("value")?).ok()?;
            match column {
                "ratings" => Some(stars(value)),
                "share" => Some(of(What::Rating, Way::Share(Which::Stars(value)))),
                _ => None,
            }
        }
        "funnel.csv" | "control.csv" => {
            let (value, n) = of_share(record.text("measure")?)?;
            match column {
                "value" => Some(value),
                "n" => Some(n),
                _ => None,
            }
        }
        "curves.csv"
        | "changes.csv"
        | "ratings_by_wait_trend.csv"
        | "data_quality.csv"
        | "files.csv" => None,
        _ => of_measure(),
    }
}

/// The value and the number of what `funnel.csv` and `control.csv` call a measure.
fn of_share(measure: &str) -> Option<(Recipe, Recipe)> {
    Some(match measure {
        "cancellation" => (closed(Which::Cancelled), number(Which::Closed)),
        "csat" => (of(What::Rating, Way::Share(Which::Satisfied)), of(What::Rating, Way::Number)),
        "no_show" => (closed(Which::Ended(Outcome::NoShow)), number(Which::Closed)),
        "within_target" => {
            (share(Which::Within, Which::Offered).with(What::Wait), number(Which::Offered))
        }
        "wait" => (of(What::Wait, Way::Quantile(P50)), of(What::Wait, Way::Number)),
        _ => return None,
    })
}
