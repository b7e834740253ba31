//! The command that explains a part of a figure: the same archive, settings and filters, and another figure.

use crate::metric::PartWay;

/// The arguments that a command keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Again {
    /// `--from` and `--to`.
    pub(super) window: Vec<String>,
    /// `--organization` and `--location`.
    pub(super) places: Vec<String>,
    /// All others.
    pub(super) rest: Vec<String>,
    /// What is read, at the end.
    pub(super) inputs: Vec<String>,
}

impl Again {
    /// The arguments of the command; `None` for what no command explains.
    pub(super) fn command(&self, way: &PartWay) -> Option<Vec<String>> {
        let option = |name: &str, value: &str| format!("--{name}={value}");
        let mut command = vec!["queuestat".to_owned(), "explain".to_owned()];
        match way {
            PartWay::Cell { file, column, row } => {
                command.extend([option("table", file), option("column", column)]);
                command.extend(row.iter().map(|(name, value)| format!("--row={name}={value}")));
                command.extend(self.places.iter().chain(&self.window).cloned());
            }
            PartWay::Measure { measure, organization, location, days: (from, to) } => {
                command.push(option("measure", measure));
                // A filter by place of the report holds for a part of all its locations; a part of one names it.
                match location {
                    Some(location) => command.push(option("location", location)),
                    None if self.places.is_empty() => {
                        command
                            .extend(organization.iter().map(|name| option("organization", name)));
                    }
                    None => command.extend(self.places.iter().cloned()),
                }
                command.extend(
                    [("from", from), ("to", to)].map(|(name, day)| option(name, &day.to_string())),
                );
            }
            PartWay::Record { .. } | PartWay::End => return None,
        }
        command.extend(self.rest.iter().chain(&self.inputs).cloned());
        Some(command)
    }
}

/// A command as a shell takes it.
pub(super) fn shell(command: &[String]) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./=:,@%+".contains(c);
    let quoted = |word: &String| match word.as_str() {
        word if !word.is_empty() && word.chars().all(is_plain) => word.to_owned(),
        word => format!("'{}'", word.replace('\'', "'\\''")),
    };
    command.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        let words = ["a", "--row=x=1", "it's", "", "Malmö", "a b"].map(str::to_owned);
        assert_eq!(shell(&words), r"a --row=x=1 'it'\''s' '' 'Malmö' 'a b'");
    }

    #[test]
    fn a_part_of_a_place_replaces_filters_by_place_and_window() {
        let again = Again {
            window: vec!["--from=2021-03".to_owned()],
            places: vec!["--location=A".to_owned()],
            rest: vec!["--type=booking".to_owned()],
            inputs: vec!["archive".to_owned()],
        };
        let day = chrono::NaiveDate::from_ymd_opt(2021, 3, 1).unwrap();
        let way = |organization: Option<&str>, location: Option<&str>| PartWay::Measure {
            measure: "csat",
            organization: organization.map(str::to_owned),
            location: location.map(str::to_owned),
            days: (day, day),
        };
        let of = |again: &Again, way: &PartWay| shell(&again.command(way).unwrap());
        let days = "--from=2021-03-01 --to=2021-03-01 --type=booking archive";
        let begin = "queuestat explain --measure=csat";
        assert_eq!(of(&again, &way(None, Some("b-1"))), format!("{begin} --location=b-1 {days}"));
        assert_eq!(of(&again, &way(Some("O"), None)), format!("{begin} --location=A {days}"));
        let all = Again { places: Vec::new(), ..again.clone() };
        assert_eq!(of(&all, &way(Some("O"), None)), format!("{begin} --organization=O {days}"));
        let cell = PartWay::Cell {
            file: "funnel.csv",
            column: "n",
            row: vec![("measure", "csat".to_owned())],
        };
        assert_eq!(
            of(&again, &cell),
            "queuestat explain --table=funnel.csv --column=n --row=measure=csat --location=A --from=2021-03 --type=booking archive"
        );
        assert_eq!(again.command(&PartWay::End), None);
    }
}
