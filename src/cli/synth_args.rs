//! The arguments of `queuestat synth`. Their doc comments are the help text.

use std::path::PathBuf;
use std::str::FromStr;

use chrono::NaiveDate;
use clap::Args as ClapArgs;

use crate::synth::{Container, Envelope, Form, Measure};

use super::numbers::{date, number, whole};

/// The long help of `--change`.
const CHANGE: &str = "\
Plant a change (can be repeated): at LOCATION, by number (1 to --locations), name or location_id, MEASURE is multiplied by \
FACTOR from the service date DATE on, as in 2:wait:1.4:2021-03-22; several of one location and measure multiply

  wait          how long everybody waits to be called; ratings fall with it, as they do anyway
  csat          the share of ratings 4 or 5, of those who waited as long; at most 1
  cancellation  the share of tickets that the customer or staff cancels; at most 0.9
  no_show       the share of those not cancelled who do not come when called; at most 0.9, with those who give up";

#[derive(Debug, ClapArgs)]
pub(crate) struct SynthArgs {
    /// Folder to write; must not exist or be empty
    #[arg(long, short, value_name = "FOLDER")]
    pub(crate) out: PathBuf,

    /// Number of tickets; 220000 make about 1 GB with --line-bytes 1000
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = whole::<u64>)]
    pub(crate) tickets: u64,

    /// Number of locations
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = whole::<u32>)]
    pub(crate) locations: u32,

    /// Number of days
    #[arg(long, value_name = "N", default_value_t = 28, value_parser = whole::<u32>)]
    pub(crate) days: u32,

    /// First day
    #[arg(long, value_name = "DATE", default_value = "2021-03-08", value_parser = date)]
    pub(crate) first_day: NaiveDate,

    /// Seed: the same seed and numbers give the same bytes
    #[arg(long, value_name = "N", default_value_t = 2_021, value_parser = whole::<u64>)]
    pub(crate) seed: u64,

    /// How the records of a file follow each other
    #[arg(long, value_name = "FORM", default_value = "lines", value_parser = super::synth_names::forms())]
    pub(crate) form: Form,

    /// What stands around each webhook, as the usual recorders write it
    #[arg(long, value_name = "ENVELOPE", default_value = "mixed", value_parser = super::synth_names::envelopes())]
    pub(crate) envelope: Envelope,

    /// What the files are compressed with or packed into
    #[arg(long, alias = "compression", value_name = "CONTAINER", default_value = "mixed", value_parser = super::synth_names::containers())]
    pub(crate) container: Container,

    /// Pad each webhook to about this many bytes
    #[arg(long, value_name = "BYTES", value_parser = whole::<usize>)]
    pub(crate) line_bytes: Option<usize>,

    /// Write one file instead of one a day and organization
    #[arg(long)]
    pub(crate) one_file: bool,

    /// Leave out faulty lines (only --form lines has them) and odd values
    #[arg(long)]
    pub(crate) clean: bool,

    /// Write the newest payload version only, instead of all, one after the other: with the newest, the wait of bookings is
    /// counted from when they were activated, which is a change that nobody planted
    #[arg(long)]
    pub(crate) newest_version: bool,

    /// Plant a change at a location, from a day on (can be repeated)
    #[arg(long, value_name = "LOCATION:MEASURE:FACTOR:DATE", long_help = CHANGE)]
    pub(crate) change: Vec<ChangeArg>,

    /// How much days and weeks of a location scatter beyond chance, 0 to 10: at 1 the logit of the shares by 0.15 a day and
    /// 0.06 a week, each week remembering half of the one before, and the logarithm of the waits by 0.10 and 0.03
    #[arg(long, value_name = "S", default_value_t = 0.0, value_parser = number)]
    pub(crate) scatter: f64,
}

/// A change to plant, its location as typed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ChangeArg {
    pub(crate) location: String,
    pub(crate) measure: Measure,
    pub(crate) factor: f64,
    pub(crate) from: NaiveDate,
}

impl FromStr for ChangeArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // From the right: a name may have colons.
        let mut parts = text.rsplitn(4, ':');
        let (Some(from), Some(factor), Some(measure), Some(location)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err("it is LOCATION:MEASURE:FACTOR:DATE, as in 2:wait:1.4:2021-03-22".into());
        };
        let names: Vec<&str> = Measure::ALL.iter().map(|measure| measure.name()).collect();
        let measure = Measure::named(measure)
            .ok_or_else(|| format!("`{measure}` is no measure: {}", names.join(", ")))?;
        let factor = factor
            .parse()
            .ok()
            .filter(|factor: &f64| factor.is_finite() && *factor > 0.0)
            .ok_or_else(|| format!("`{factor}` is no number above 0"))?;
        let from = from.parse().map_err(|_| format!("`{from}` is no date, such as 2021-03-22"))?;
        Ok(Self { location: location.to_owned(), measure, factor, from })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_from_the_right() {
        let change: ChangeArg = "Store: 7:wait:1.4:2021-03-22".parse().unwrap();
        assert_eq!((change.location.as_str(), change.measure), ("Store: 7", Measure::Wait));
        assert_eq!(change.from.to_string(), "2021-03-22");
        for (bad, told) in [
            ("wait:1.4:2021-03-22", "LOCATION:MEASURE:FACTOR:DATE"),
            ("2:waits:1.4:2021-03-22", "csat, wait, cancellation, no_show"),
            ("2:wait:0:2021-03-22", "above 0"),
            ("2:wait:NaN:2021-03-22", "above 0"),
            ("2:wait:inf:2021-03-22", "above 0"),
            ("2:wait:1.4:22.3.2021", "no date"),
        ] {
            let error = bad.parse::<ChangeArg>().unwrap_err();
            assert!(error.contains(told), "{bad}: {error}");
        }
    }
}
