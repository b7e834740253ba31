//! The filters that reports, questions, comparisons and exports have in common.

use clap::Args as ClapArgs;
use serde::{Deserialize, Serialize};

use crate::calendar::WEEKDAYS;
use crate::job::Asked;
use crate::report::text::logged;
use crate::ticket::Outcome;

use super::dates::Today;
use super::failure::{Exit, Failure};
use super::known::find;

/// Which tickets.
#[derive(Debug, Clone, Default, PartialEq, Eq, ClapArgs, Serialize, Deserialize)]
pub(crate) struct SelectArgs {
    /// First service date (local day of the visit), inclusive: a day (2021-03-01), the first one of a month (2021-02) or an
    /// ISO week (2021-W09), or today, yesterday, last-week, last-month
    #[arg(long, value_name = "DAY", help_heading = "Tickets")]
    pub(super) from: Option<String>,

    /// Last service date, inclusive: in the same forms, of a month or week its last day
    #[arg(long, value_name = "DAY", help_heading = "Tickets")]
    pub(super) to: Option<String>,

    /// Only this organization (can be repeated). Here and below, names may be cut short, as long as only one name begins that way
    #[arg(long, value_name = "NAME", allow_negative_numbers = true, help_heading = "Tickets")]
    pub(super) organization: Vec<String>,

    /// Only this location, by name or location_id (can be repeated)
    #[arg(long, value_name = "NAME", allow_negative_numbers = true, help_heading = "Tickets")]
    pub(super) location: Vec<String>,

    /// Only locations of this group of the configuration, or of one below it, such as North/City (can be repeated)
    #[arg(long, value_name = "GROUP", allow_negative_numbers = true, help_heading = "Tickets")]
    pub(super) group: Vec<String>,

    /// Only this queue (can be repeated)
    #[arg(long, value_name = "QUEUE", allow_negative_numbers = true, help_heading = "Tickets")]
    pub(super) queue: Vec<String>,

    /// Only this service, as chosen at registration (can be repeated)
    #[arg(long, value_name = "NAME", allow_negative_numbers = true, help_heading = "Tickets")]
    pub(super) category: Vec<String>,

    /// Only this type of ticket, such as booking or anonymous (can be repeated)
    #[arg(
        long = "type",
        value_name = "TYPE",
        allow_negative_numbers = true,
        help_heading = "Tickets"
    )]
    pub(super) ticket_type: Vec<String>,

    /// Only tickets with this outcome, such as served or no-show (can be repeated)
    #[arg(long, value_name = "OUTCOME", value_delimiter = ',', help_heading = "Tickets")]
    pub(super) outcome: Vec<String>,

    /// Only visits on these weekdays: mon,tue or mon-fri
    #[arg(long, value_name = "DAYS", value_delimiter = ',', help_heading = "Tickets")]
    pub(super) weekday: Vec<String>,

    /// Only arrivals in these local hours: 9 or 9-12, which is 9:00 to 12:59
    #[arg(long, value_name = "HOURS", value_delimiter = ',', help_heading = "Tickets")]
    pub(super) hour: Vec<String>,
}

impl SelectArgs {
    /// What is asked for. Names are looked up when the tickets are there.
    pub(super) fn asked(self, today: Today) -> Result<Asked, Failure> {
        let (from, to) =
            today.window(self.from.as_deref(), self.to.as_deref(), ("--from", "--to"))?;
        let outcome = |name: &String| {
            let name = name.trim().to_ascii_lowercase().replace(['-', ' '], "_");
            let known = Outcome::ALL.map(Outcome::name);
            let listed = format!("use one of {}", known.join(", "));
            let name = find("outcome", &name, &known.into(), |word| word, &listed)?;
            Outcome::ALL.into_iter().find(|one| one.name() == name).ok_or_else(|| {
                Failure::new(Exit::Internal, format!("`{name}` is an outcome that is not there"))
            })
        };
        let weekdays = spans("--weekday", &self.weekday, (1, 7), weekday, || {
            "use English weekdays or their first three letters: mon,tue or mon-fri".to_owned()
        })?;
        let hours = spans(
            "--hour",
            &self.hour,
            (0, 23),
            |text| text.parse().ok(),
            || "use hours from 0 to 23: 9 or 9-12, which is 9:00 to 12:59".to_owned(),
        )?;
        Ok(Asked {
            from,
            to,
            organizations: self.organization,
            locations: self.location,
            groups: self.group,
            queues: self.queue,
            categories: self.category,
            ticket_types: self.ticket_type,
            outcomes: self.outcome.iter().map(outcome).collect::<Result<_, _>>()?,
            weekdays,
            hours,
        })
    }
}

/// The ISO number of a weekday, by its English name or the first three letters of it.
fn weekday(text: &str) -> Option<u8> {
    let text = text.to_ascii_lowercase();
    let is_meant = |name: &str| text.len() >= 3 && name.to_ascii_lowercase().starts_with(&text);
    let at = WEEKDAYS.iter().position(|name| is_meant(name))?;
    u8::try_from(at + 1).ok()
}

/// The numbers of spans such as `9-12`. A span may go over the end: `sat-mon`, `22-2`.
fn spans(
    option: &str,
    texts: &[String],
    (first, last): (u8, u8),
    number: impl Fn(&str) -> Option<u8>,
    hint: impl Fn() -> String,
) -> Result<Vec<u8>, Failure> {
    let mut all = Vec::new();
    for text in texts {
        let read = |part: &str| number(part.trim()).filter(|n| (first..=last).contains(n));
        let ends = match text.split_once('-') {
            None => read(text).map(|one| (one, one)),
            Some((from, to)) => read(from).zip(read(to)),
        };
        let Some((from, to)) = ends else {
            let message = format!("{option} cannot be understood: `{}`", logged(text));
            return Err(Failure::new(Exit::Usage, message).hint(hint()));
        };
        let mut at = from;
        all.push(at);
        while at != to {
            at = if at == last { first } else { at + 1 };
            all.push(at);
        }
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(set: impl Fn(&mut SelectArgs)) -> Result<Asked, Failure> {
        let mut args = SelectArgs::default();
        set(&mut args);
        let day = chrono::NaiveDate::from_ymd_opt(2021, 3, 17).unwrap();
        args.asked(Today::new(day, crate::calendar::WeekStart::default()).unwrap())
    }

    #[test]
    fn weekdays_and_hours_may_be_spans() {
        for (text, expected) in [
            ("mon,tue", &[1_u8, 2][..]),
            ("Mon-fri", &[1, 2, 3, 4, 5]),
            ("sat-mon", &[1, 6, 7]),
            ("Wednesday", &[3]),
            ("thu,thu", &[4]),
        ] {
            let found = asked(|args| args.weekday = text.split(',').map(str::to_owned).collect());
            assert_eq!(found.unwrap().weekdays, expected, "{text}");
        }
        for (text, expected) in
            [("9-12", &[9_u8, 10, 11, 12][..]), ("22-1", &[0, 1, 22, 23]), ("7", &[7])]
        {
            let found = asked(|args| args.hour = vec![text.to_owned()]);
            assert_eq!(found.unwrap().hours, expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_understood_is_refused_with_a_hint() {
        for bad in ["mo", "", "mon-", "frisday", "8"] {
            assert!(asked(|args| args.weekday = vec![bad.to_owned()]).is_err(), "{bad}");
        }
        for bad in ["24", "-1", "9-", "nine", "9:30"] {
            let failure = asked(|args| args.hour = vec![bad.to_owned()]).unwrap_err();
            assert!(failure.text().contains("use hours from 0 to 23"), "{bad}");
        }
        let failure = asked(|args| args.outcome = vec!["lost".to_owned()]).unwrap_err();
        assert!(failure.text().contains("served, cancelled_by_customer"));
        let fine = asked(|args| args.outcome = vec!["no-show".to_owned(), "Served".to_owned()]);
        assert_eq!(fine.unwrap().outcomes, [Outcome::NoShow, Outcome::Served]);
        let short =
            asked(|args| args.outcome = vec!["serv".to_owned(), "cancelled-by-s".to_owned()]);
        assert_eq!(short.unwrap().outcomes, [Outcome::Served, Outcome::CancelledByStaff]);
        let failure = asked(|args| args.outcome = vec!["cancelled".to_owned()]).unwrap_err();
        assert!(failure.text().contains("`cancelled` begins the names of 2 outcomes"));
        let failure = asked(|args| args.weekday = vec!["blursday".to_owned()]).unwrap_err();
        assert!(failure.text().contains("--weekday cannot be understood: `blursday`"));
    }
}
