//! What the published site was made from, so that a night can tell whether it is up to date.

use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_128;

use crate::store::{Generation, Store};

use super::night_plan::NightPlan;
use super::restated::Published;

/// Name of the file in the site.
pub(crate) const MADE_FROM: &str = "made-from.json";

/// Everything the reports depend on: the state, the configuration, the windows, the version, and the instant of the run if
/// it was given, else its day.
pub(crate) fn made_from(night: &NightPlan, state: &Generation) -> Vec<u8> {
    let windows: Vec<_> = night
        .windows
        .iter()
        .map(|window| {
            let dates = [window.wanted.from, window.wanted.to];
            json!([window.name, dates.map(|date| date.map(|date| date.to_string()))])
        })
        .collect();
    let whole = json!({
        "generation": state.number(),
        "state": state.checksum(),
        "configuration": configuration(night),
        "through": night.through.to_string(),
        "as_of": night.plan.as_of_given,
        "reports": windows,
        "version": env!("CARGO_PKG_VERSION"),
    });
    format!("{whole:#}\n").into_bytes()
}

/// A hash of the configuration as written.
fn configuration(night: &NightPlan) -> String {
    format!("{:032x}", xxh3_128(night.config_text.as_bytes()))
}

/// The generation that the published site was made from, if it is still kept and this version wrote it: only then can its
/// figures be compared.
pub(crate) fn published(made_from: &[u8], night: &NightPlan, store: &Store) -> Option<Published> {
    let made: Value = serde_json::from_slice(made_from).ok()?;
    let version = env!("CARGO_PKG_VERSION");
    let generation = store.generation(made.get("generation")?.as_u64()?)?;
    let is_it = made.get("state")?.as_str()? == generation.checksum();
    let is_ours = made.get("version")?.as_str()? == version && generation.written_by() == version;
    let other_configuration = made.get("configuration")?.as_str()? != configuration(night);
    (is_it && is_ours).then_some(Published { generation, other_configuration })
}
