//! The gate for ratings of another scale than the configured one.

use std::collections::BTreeMap;

use crate::ingest::{FileAccount, Ratings as Counted};
use crate::report::text::logged;
use crate::webhook::Scale;

use super::plan::Plan;
use super::words::{count, grouped};

/// What is to be said of ratings beyond the scale, for each organization of which they are more than `gates.warn_share`.
/// A number below 1 often means "no answer" and has no say.
pub(crate) fn warnings<'a>(
    plan: &Plan,
    files: impl IntoIterator<Item = &'a FileAccount>,
) -> Vec<String> {
    let mut all: BTreeMap<&str, Counted> = BTreeMap::new();
    for (organization, ratings) in files.into_iter().flat_map(|file| &file.ratings) {
        all.entry(organization).or_default().merge(*ratings);
    }
    all.into_iter()
        .filter_map(|(name, ratings)| {
            Some(format!("`{}`: {}", logged(name), words(plan, ratings)?))
        })
        .collect()
}

/// The same for the pages of one organization: nothing of the others.
pub(crate) fn sentence<'a>(
    plan: &Plan,
    organization: &str,
    files: impl IntoIterator<Item = &'a FileAccount>,
) -> Option<String> {
    let mut all = Counted::default();
    for ratings in files.into_iter().filter_map(|file| file.ratings.get(organization)) {
        all.merge(*ratings);
    }
    words(plan, all)
}

#[expect(clippy::cast_precision_loss, reason = "a share for a threshold")]
fn words(plan: &Plan, ratings: Counted) -> Option<String> {
    let Counted { good, beyond, met, on_no_scale } = ratings;
    // One alone is a slip of the sender, not another scale.
    let (warn, refuse) = (plan.gates.warn_share, plan.gates.refuse_share);
    let allowed = if beyond == 1 { refuse.max(warn) } else { warn };
    if beyond as f64 <= (good + beyond) as f64 * allowed {
        return None;
    }
    let top = plan.ingest.webhook.scale.top();
    let (of, are) = (count(good + beyond, "rating"), if beyond == 1 { "lies" } else { "lie" });
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
    // A few that no scale holds do not hide what the others are.
    let hint = match met.and_then(|(_, high)| usual_scale(high)) {
        Some(scale) => format!(
            "; if the scale is another one, set `ratings.scale = {scale}` in the configuration"
        ),
        None => format!("; scales above {longest} are not read"),
    };
    Some(format!("{n} of {of} {are} outside 1 to {top} and {used} not used ({values}){hint}"))
}

/// The shortest usual scale that holds a value.
fn usual_scale(value: u32) -> Option<u32> {
    [5, 10, 20, 100].into_iter().find(|top| value <= *top)
}
