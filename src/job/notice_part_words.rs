//! The words of the parts of a [`Notice`](super::notice::Notice).

use crate::report::text::{logged, moment, shown};
use crate::webhook::{Reject, Scale};

use super::notice::{Fall, FileTrouble, OffScale, Silent, SilentLocation, SilentRoot};
use super::toml_text::toml_text;
use super::words::{count, grouped};

/// Graphemes of a name that are printed.
const SHOWN: usize = 60;

impl FileTrouble {
    /// What is wrong.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::LeftOut(words) => words.clone(),
            Self::TrailingGarbage => {
                "bytes behind the compressed data belong to nothing; the records before were used"
                    .to_owned()
            }
            Self::OtherThings { records } => format!(
                "all {} hold something other than webhooks; leave the file out with `archive.exclude`",
                count(*records, "record")
            ),
            Self::MostlyRejected { rejected, records, line, reason } => format!(
                "{} of {} could not be used, the first on line {}: {}{}; repair it or leave it out with `archive.exclude`",
                grouped(*rejected),
                count(*records, "record"),
                grouped(*line),
                reason.words(),
                match reason {
                    Reject::NoWebhook => "; `queuestat check` shows the keys in it",
                    Reject::NotJson
                    | Reject::NoType
                    | Reject::NoTicketId
                    | Reject::NoOrganization
                    | Reject::DuplicateKey
                    | Reject::BadUtf8
                    | Reject::LineTooLong
                    | Reject::TruncatedTail => "",
                }
            ),
        }
    }
}

impl OffScale {
    pub(super) fn words(&self) -> String {
        let Self { beyond, ratings, met, on_no_scale, top } = *self;
        let (of, are) = (count(ratings, "rating"), if beyond == 1 { "lies" } else { "lie" });
        let used = if beyond == 1 { "was" } else { "were" };
        let longest = Scale::LONGEST;
        let mut values = match met {
            Some((low, high)) if low == high => format!("the value met is {low}"),
            Some((low, high)) => format!("values met: {low} to {high}"),
            None => format!("values met: above {longest}"),
        };
        if met.is_some() && on_no_scale > 0 {
            values.push_str(&format!(", and above {longest}"));
        }
        let n = grouped(beyond);
        // The values that a scale can hold tell which one it is.
        let hint = match met.and_then(|(_, high)| usual_scale(high)) {
            Some(scale) => format!(
                "; if the scale is another one, set `ratings.scale = {scale}` in the configuration"
            ),
            None => format!("; scales above {longest} are not read"),
        };
        format!("{n} of {of} {are} outside 1 to {top} and {used} not used ({values}){hint}")
    }
}

/// The shortest usual scale that holds a value; `None` if none does.
pub(crate) fn usual_scale(value: u32) -> Option<u32> {
    [5, 10, 20, 100].into_iter().find(|top| value <= *top)
}

impl Fall {
    /// What is wrong with the day.
    #[must_use]
    pub fn words(&self) -> String {
        let (date, now) = self.day;
        let [(last, a), (other, b)] = self.usual;
        let (name, tickets) = (logged(&self.organization), count(now, "ticket"));
        let (a, b) = (grouped(a), grouped(b));
        format!("`{name}`: {date} has {tickets}, {last} had {a} and {other} {b}")
    }
}

impl Silent {
    pub(super) fn words(&self) -> String {
        let (name, section) = (logged(&self.organization), toml_text(&self.organization));
        let at = self.zone.wall_clock(self.since).map(moment).unwrap_or_default();
        format!(
            "`{name}`: no data since {at}, for {}; check the program that stores its webhooks. If it was closed, name the days in \
             `closed`; if it is gone, set `silent_days = 0` under [organizations.{section}]",
            count(self.open_days, "open day")
        )
    }
}

impl SilentLocation {
    pub(super) fn words(&self) -> String {
        let (organization, name) = (logged(&self.organization), logged(&self.location));
        let section = toml_text(&self.location);
        format!(
            "`{organization}`: no tickets at `{name}` since {}, for {}; check what stores its webhooks. If it is closed, name the \
             days in `closed` under [locations.{section}], or set `silent_days = 0` there",
            self.last,
            count(self.open_days, "open day")
        )
    }
}

impl SilentRoot {
    /// What is wrong with it.
    pub(super) fn words(&self) -> String {
        let at = self.zone.wall_clock(self.since).map(moment).unwrap_or_default();
        format!(
            "`{}`: nothing new since {at}, for {}; check the program that stores webhooks there",
            shown(&self.root, SHOWN),
            count(self.open_days, "open day")
        )
    }
}
