//! What the funnels of all pages of a report have in common: the locations, and the limits along the axis of their sizes.

use std::collections::BTreeSet;

use crate::report::model::{Flag, FunnelRow, LocationReport, OrganizationReport};

use super::sizes::{Curve, Sizes};

/// A share that is compared.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) id: &'static str,
    /// Its name in the rows.
    pub(super) measure: &'static str,
    pub(super) name: &'static str,
    /// What the share is of.
    pub(super) sample: &'static str,
    /// Which direction is for the worse.
    pub(super) worse: Flag,
}

const KINDS: [Kind; 4] = [
    Kind {
        id: "funnel-within",
        measure: "within_target",
        name: "Served within target",
        sample: "visits that entered the queue",
        worse: Flag::Lower,
    },
    Kind {
        id: "funnel-cancelled",
        measure: "cancellation",
        name: "Cancellations",
        sample: "closed visits",
        worse: Flag::Higher,
    },
    Kind {
        id: "funnel-csat",
        measure: "csat",
        name: "Satisfied",
        sample: "ratings",
        worse: Flag::Lower,
    },
    Kind {
        id: "funnel-no-show",
        measure: "no_show",
        name: "No-shows",
        sample: "closed visits",
        worse: Flag::Higher,
    },
];

/// Where the axis of sizes begins and ends, pixels.
pub(super) const LEFT: f64 = 47.0;
pub(super) const RIGHT: f64 = 290.0;

/// A share of some locations, and its limits.
#[derive(Debug)]
pub(super) struct Compared<'r> {
    pub(super) kind: &'static Kind,
    /// Never empty.
    pub(super) rows: Vec<&'r FunnelRow>,
    /// The share of all together.
    pub(super) target: f64,
    /// The axis of the sizes.
    pub(super) sizes: Sizes,
    pub(super) curve: Curve,
}

impl<'r> Compared<'r> {
    fn of(report: &'r OrganizationReport, kind: &'static Kind) -> Option<Self> {
        // Where no wait is archived, nobody knows who was served within the target.
        let lacks_waits = |place: &&LocationReport| place.section.figures.waits == 0;
        let unknown: BTreeSet<&str> = match kind.measure {
            "within_target" => {
                let places = report.locations.iter().filter(lacks_waits);
                places.map(|place| place.id.as_str()).collect()
            }
            _ => BTreeSet::new(),
        };
        let mine = report.funnel.iter().filter(|row| row.measure == kind.measure);
        let rows: Vec<&FunnelRow> = mine.filter(|row| !unknown.contains(row.id.as_str())).collect();
        let target = rows.first()?.target;
        let sizes = Sizes::of(&rows, (LEFT, RIGHT));
        let curve = sizes.curve(&rows);
        Some(Self { kind, rows, target, sizes, curve })
    }
}

/// What the figures of all pages of a report have in common. It is computed once a report: the limits of funnels alone would
/// otherwise take a tenth of the time of the charts of each location.
#[derive(Debug)]
pub struct Shared<'r> {
    /// A funnel for each share that enough locations have.
    pub(super) funnels: Vec<Compared<'r>>,
}

impl<'r> Shared<'r> {
    /// Computes it from a report.
    #[must_use]
    pub fn of(report: &'r OrganizationReport) -> Self {
        Self { funnels: KINDS.iter().filter_map(|kind| Compared::of(report, kind)).collect() }
    }
}
