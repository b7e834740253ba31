//! The gate for ratings of another scale than the configured one.

use std::collections::BTreeMap;

use crate::ingest::{FileAccount, Ratings as Counted};

use super::notice::{Notice, OffScale};
use super::plan::Plan;

/// The notices on ratings above the scale, for each organization where their share exceeds `gates.warn_share`. Numbers below
/// 1 often mean "no answer" and do not count.
pub(crate) fn notices<'a>(
    plan: &Plan,
    files: impl IntoIterator<Item = &'a FileAccount>,
) -> Vec<Notice> {
    let mut all: BTreeMap<&str, Counted> = BTreeMap::new();
    for (organization, ratings) in files.into_iter().flat_map(|file| &file.ratings) {
        all.entry(organization).or_default().merge(*ratings);
    }
    all.into_iter()
        .filter_map(|(name, ratings)| {
            let organization = Some(name.to_owned());
            Some(Notice::OffScale { organization, ratings: judge(plan, ratings)? })
        })
        .collect()
}

/// The same for the pages of one organization.
pub(crate) fn of_page<'a>(
    plan: &Plan,
    organization: &str,
    files: impl IntoIterator<Item = &'a FileAccount>,
) -> Option<Notice> {
    let mut all = Counted::default();
    for ratings in files.into_iter().filter_map(|file| file.ratings.get(organization)) {
        all.merge(*ratings);
    }
    Some(Notice::OffScale { organization: None, ratings: judge(plan, all)? })
}

#[expect(clippy::cast_precision_loss, reason = "a share for a threshold")]
fn judge(plan: &Plan, ratings: Counted) -> Option<OffScale> {
    let Counted { good, beyond, met, on_no_scale } = ratings;
    // A single one is a slip of the sender, not another scale.
    let (warn, refuse) = (plan.gates.warn_share, plan.gates.refuse_share);
    let allowed = if beyond == 1 { refuse.max(warn) } else { warn };
    if beyond as f64 <= (good + beyond) as f64 * allowed {
        return None;
    }
    let top = plan.ingest.webhook.scale.top();
    Some(OffScale { beyond, ratings: good + beyond, met, on_no_scale, top })
}
