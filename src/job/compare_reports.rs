//! Two published reports side by side: each organization and each location, measure by measure.

use std::collections::BTreeMap;

use crate::metric::{Evidence, Measure};
use crate::report::csv_rows::rows;
use crate::report::dialect::Dialect;

use super::compare::Compared;

/// An organization or a location of two reports.
#[derive(Debug, Clone)]
pub struct ComparedPlace {
    /// Name of the organization, as the CSV files have it.
    pub organization: String,
    /// Name of the location; `None` for all of the organization.
    pub location: Option<String>,
    /// First and last date of the window in the first and in the second report; of organizations only.
    pub windows: [Option<(String, String)>; 2],
    /// The measures. A side that has no such place is missing.
    pub measures: Vec<Compared>,
}

/// The CSV files of a report, by path below its folder, and how each is written.
pub type Tables = BTreeMap<String, (String, Dialect)>;

/// A row with the summary columns.
type Row = BTreeMap<String, String>;

/// The rows of a report: by folder of the organization, and by id of the location; that of the organization has none.
type Rows = BTreeMap<(String, Option<String>), Row>;

/// Compares two reports, given by their CSV texts by path: the window as a whole, of each organization in `totals.csv`, of
/// each location in `locations.csv`. Ordered by folder, the organization before its locations.
#[must_use]
pub fn compare_reports(
    first: &Tables,
    second: &Tables,
    measures: &[&'static Measure],
) -> Vec<ComparedPlace> {
    let (mut first, mut second) = (of_report(first), of_report(second));
    let mut keys: Vec<_> = first.keys().chain(second.keys()).cloned().collect();
    keys.sort();
    keys.dedup();
    let compared = |key: (String, Option<String>)| {
        let sides = [first.remove(&key), second.remove(&key)];
        let cell = |column: &str| {
            let of = |side: &Option<Row>| side.as_ref()?.get(column).cloned();
            // The newer name, if a folder or an id has had two.
            of(&sides[1]).or_else(|| of(&sides[0])).unwrap_or_default()
        };
        let told = |side: &Option<Row>, measure| {
            side.as_ref().map_or((Evidence::Missing, None), |row| Evidence::of_row(measure, row))
        };
        let one = |measure: &&'static Measure| {
            Compared::of(measure, told(&sides[0], measure), told(&sides[1], measure))
        };
        ComparedPlace {
            organization: cell("organization"),
            location: key.1.is_some().then(|| cell("location")),
            windows: sides.each_ref().map(|side| window(side.as_ref()?)),
            measures: measures.iter().map(one).collect(),
        }
    };
    keys.into_iter().map(compared).collect()
}

/// First and last date of a row.
fn window(row: &Row) -> Option<(String, String)> {
    let date = |column: &str| row.get(column).filter(|date| !date.is_empty()).cloned();
    date("from").zip(date("to"))
}

fn of_report(tables: &Tables) -> Rows {
    let mut all = Rows::new();
    for (path, (text, dialect)) in tables {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        for row in rows((text, *dialect)) {
            let id = match name {
                "totals.csv" if row.get("grain").is_some_and(|grain| grain == "window") => None,
                "locations.csv" => row.get("location_id").cloned(),
                _ => continue,
            };
            all.insert((folder.to_owned(), id), row);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Verdict;
    use crate::metric::MEASURES;

    fn report(organization: &str, served: u64, places: &[(&str, u64)]) -> Tables {
        let row = |keys: &str, served| format!("{keys},100,{served},0\n");
        let totals = format!(
            "organization,grain,from,to,tickets,served,open\n{}{}",
            row(&format!("\"{organization}\",\"day\",\"2021-03-01\",\"2021-03-01\""), 1),
            row(&format!("\"{organization}\",\"window\",\"2021-03-01\",\"2021-03-31\""), served)
        );
        let of = |(place, served): &(&str, u64)| {
            row(&format!("\"{organization}\",\"{place}\",\"{}\"", place.to_lowercase()), *served)
        };
        let locations: String = places.iter().map(of).collect();
        let head = "organization,location,location_id,tickets,served,open\n";
        [
            ("slug/totals.csv".to_owned(), totals),
            ("slug/locations.csv".to_owned(), head.to_owned() + &locations),
            (
                "slug/daily.csv".to_owned(),
                "organization,location_id,tickets\n\"x\",\"y\",1\n".into(),
            ),
        ]
        .into_iter()
        .map(|(path, text)| (path, (text, Dialect::default())))
        .collect()
    }

    #[test]
    fn organizations_and_locations_are_compared() {
        let lost: Vec<&Measure> =
            MEASURES.iter().filter(|measure| measure.name == "lost_rate").collect();
        let first = report("Old", 90, &[("A", 90), ("B", 40)]);
        let second = report("New", 60, &[("A", 92), ("C", 50)]);
        let places = compare_reports(&first, &second, &lost);
        let told: Vec<_> = places
            .iter()
            .map(|place| {
                let verdict = place.measures[0].verdict;
                (place.organization.as_str(), place.location.as_deref(), verdict)
            })
            .collect();
        assert_eq!(
            told,
            [
                ("New", None, Verdict::Rose),
                ("New", Some("A"), Verdict::NoClearChange),
                ("Old", Some("B"), Verdict::TooFew),
                ("New", Some("C"), Verdict::TooFew),
            ]
        );
        let march = Some(("2021-03-01".to_owned(), "2021-03-31".to_owned()));
        assert_eq!(places[0].windows, [march.clone(), march]);
        let [before, after] = [places[0].measures[0].before, places[0].measures[0].after];
        assert_eq!((before.n, after.n), (Some(100), Some(100)));
        assert!((after.known.unwrap().value - 0.4).abs() < 1e-12);
        assert!(places[3].measures[0].before.known.is_none());
        assert!(compare_reports(&BTreeMap::new(), &BTreeMap::new(), &lost).is_empty());
    }
}
