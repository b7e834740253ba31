//! What the published site was made from, so that a night can tell whether it is up to date.

use serde_json::json;
use xxhash_rust::xxh3::xxh3_128;

use crate::store::Generation;

use super::night_plan::NightPlan;

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
        "configuration": format!("{:032x}", xxh3_128(night.config_text.as_bytes())),
        "through": night.through.to_string(),
        "as_of": night.plan.as_of_given,
        "reports": windows,
        "version": env!("CARGO_PKG_VERSION"),
    });
    format!("{whole:#}\n").into_bytes()
}
