//! How the columns are computed that no summary measure defines, in words.

use crate::metric::measure::MEASURES;

/// How a column of a table is computed; empty for a column that is not known.
pub(super) fn formula(file: &str, column: &str) -> &'static str {
    let own = FORMULAS.iter().find(|(table, name, _)| *table == file && *name == column);
    if let Some((.., formula)) = own {
        return formula;
    }
    MEASURES.iter().find(|one| one.name == column).map_or("", |one| one.formula)
}

const BAND: &str = "the share on the scale ln(−ln share), 1.96 standard errors to either side (Aalen-Johansen, variance by the delta \
                    method); the share itself where it is 0 or 1";
const INCIDENCE: &str = "sum, over every second until then at which any ended, of the share that still waited × tickets that ended so \
                         / tickets at risk (Aalen-Johansen)";
const OPEN_DAYS: &str = "number of different service dates of the tickets that came";
const LINE_MEAN: &str =
    "time that tickets stood in line in this hour of open days / length of this hour on open days";
const LINE_MAX: &str = "largest number of tickets in line at one instant of this hour, on any day";
const USUAL: &str = "shares: Laney's p′ chart, centre = hits of all weeks / n of all weeks; waits: individuals chart of \
                     ln(median + 60 s), centre = mean; from 20 whole weeks on";
const LIMIT: &str = "shares: centre ± 3 · scatter · √(centre · (1 − centre) / n), with scatter = mean moving range of the standardised \
                     weeks / 1.128, at least 1; waits: mean ± 3 / 1.128 · mean moving range of ln(median + 60 s)";
const FUNNEL: &str = "exact binomial limits around the target for n tickets or ratings, interpolated between whole numbers of hits";
const AMONG: &str = "(asin√value − asin√target) / √(dispersion of its own weeks / (4 n) + variance between locations)";
const TREND: &str = "z of the Cochran-Armitage trend of satisfied ratings over the bands, with the middle of each band as its score \
                     (2.5, 7.5, 15, 25, 45, 75 minutes); from 3 bands with 10 ratings on";
const POOLED: &str =
    "the same, summed over the locations, each with its own expectation and variance (Mantel)";
const BEFORE: &str = "mean of the spans before on the scale asin√((hits + 3/8) / (n + 3/4)), or of the mean ln(median + 60 s) of their \
                      weeks, and back; with ten locations or more to judge, without what all did together";
const CHANGE: &str = "the newest span less the mean of the spans before, on the scale of before, as a difference from before; with ten \
                      locations or more to judge, less what all did together";

const FORMULAS: &[(&str, &str, &str)] = &[
    ("groups.csv", "level", "number of parts of the name between `/`"),
    ("groups.csv", "locations", "number of its locations with a ticket in the window"),
    ("hourly.csv", "line_mean", LINE_MEAN),
    ("hourly.csv", "line_max", LINE_MAX),
    ("hourly.csv", "open_days", OPEN_DAYS),
    ("hours.csv", "line_mean", LINE_MEAN),
    ("hours.csv", "line_max", LINE_MAX),
    ("hours.csv", "open_days", OPEN_DAYS),
    ("ratings.csv", "ratings", "number of ratings of this value"),
    ("ratings.csv", "share", "ratings of this value / ratings"),
    (
        "ratings_by_wait.csv",
        "wait_to_min",
        "end of the band: bands begin at 0, 5, 10, 20, 30 and 60 minutes",
    ),
    ("ratings_by_wait.csv", "trend_z", TREND),
    ("ratings_by_wait.csv", "trend_p", "two-sided normal probability of trend_z"),
    (
        "ratings_by_wait_trend.csv",
        "strata",
        "number of locations with ratings in at least two bands",
    ),
    ("ratings_by_wait_trend.csv", "ratings", "their ratings of visits with a known wait"),
    ("ratings_by_wait_trend.csv", "z", POOLED),
    ("ratings_by_wait_trend.csv", "p_value", "two-sided normal probability of z"),
    (
        "ratings_by_wait_trend.csv",
        "direction",
        "`falls` or `rises` by the sign of z where p_value is below 0.05",
    ),
    ("wait_histogram.csv", "waits", "number of waits of so many started minutes"),
    ("curves.csv", "at_risk", "number of tickets that stood in the queue at least that long"),
    ("curves.csv", "served", INCIDENCE),
    ("curves.csv", "left", INCIDENCE),
    ("curves.csv", "no_show", INCIDENCE),
    ("curves.csv", "removed", INCIDENCE),
    ("curves.csv", "served_low", BAND),
    ("curves.csv", "served_high", BAND),
    ("curves.csv", "left_low", BAND),
    ("curves.csv", "left_high", BAND),
    ("curves.csv", "no_show_low", BAND),
    ("curves.csv", "no_show_high", BAND),
    ("curves.csv", "removed_low", BAND),
    ("curves.csv", "removed_high", BAND),
    (
        "changes.csv",
        "verdict",
        "by the change in standard deviations, against a limit that follows from a budget of false alarms",
    ),
    ("changes.csv", "state", "the same rule run for the weeks before"),
    ("changes.csv", "since", "the week from which on the weeks differ most from those before"),
    ("changes.csv", "before", BEFORE),
    ("changes.csv", "after", "before + change"),
    ("changes.csv", "change", CHANGE),
    (
        "changes.csv",
        "low",
        "the change less its standard deviation × the 97.5 % point of the normal distribution (judged alone: Student's)",
    ),
    (
        "changes.csv",
        "high",
        "the change plus its standard deviation × the 97.5 % point of the normal distribution (judged alone: Student's)",
    ),
    ("changes.csv", "n_before", "sum of n over the spans before that hold enough"),
    ("changes.csv", "n_after", "sum of n over the newest span"),
    (
        "changes.csv",
        "span_weeks",
        "four weeks, or two where only these show a change or can be judged",
    ),
    (
        "changes.csv",
        "spans_before",
        "number of spans of as many weeks before the newest that hold enough, at most 12",
    ),
    ("changes.csv", "smallest_visible", "limit of the verdict × standard deviation of the change"),
    ("changes.csv", "first_said", "the same rule run for the weeks before"),
    ("changes.csv", "why", "too few weeks, too little in the weeks, or hidden ratings"),
    ("changes.csv", "weeks", "number of whole weeks from the one on in which it opened"),
    ("changes.csv", "weeks_needed", "8 where at least ten locations are judged together, else 10"),
    (
        "funnel.csv",
        "value",
        "hits / n: cancelled or no-shows of closed, satisfied of ratings, served within the target of those offered",
    ),
    ("funnel.csv", "n", "number of closed tickets, ratings, or tickets offered"),
    ("funnel.csv", "target", "hits of all locations with at least ten / n of all of them"),
    ("funnel.csv", "low_95", FUNNEL),
    ("funnel.csv", "high_95", FUNNEL),
    ("funnel.csv", "low_998", FUNNEL),
    ("funnel.csv", "high_998", FUNNEL),
    ("funnel.csv", "z", AMONG),
    (
        "funnel.csv",
        "p_adjusted",
        "two-sided normal probability of z, adjusted for the number of locations (Benjamini-Hochberg)",
    ),
    ("funnel.csv", "flag", "`higher` or `lower` where p_adjusted is at most 0.05"),
    (
        "control.csv",
        "value",
        "cancelled or no-shows of closed, satisfied of ratings, or the median of the waits, type 7",
    ),
    ("control.csv", "n", "number of closed tickets, ratings or waits"),
    ("control.csv", "centre", USUAL),
    ("control.csv", "low", LIMIT),
    ("control.csv", "high", LIMIT),
    (
        "control.csv",
        "signal",
        "the value lies beyond low or high; or the runs about the median are longer, or fewer, than chance gives (Anhøj)",
    ),
    (
        "data_quality.csv",
        "count",
        "sum over the files, or number of tickets and records for which it holds",
    ),
    ("files.csv", "bytes", "size of the file as stored"),
    ("files.csv", "records", "blank + accepted + duplicate + rejected + other + deferred"),
    ("files.csv", "blank", "number of empty lines and empty batches"),
    ("files.csv", "accepted", "number of records that became a snapshot of a ticket"),
    (
        "files.csv",
        "duplicate",
        "number of records whose payload stands earlier in the same file, byte for byte",
    ),
    ("files.csv", "rejected", "number of records that could not be used, by any reason"),
    (
        "files.csv",
        "other",
        "number of records without a webhook, in an archive that holds other records too",
    ),
    ("files.csv", "deferred", "number of unfinished last records"),
];
