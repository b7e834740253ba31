//! The gate for joins that look wrong: one id for several visits, and tickets that were passed on.

use crate::ticket::{Anomaly, Findings};

use super::notice::Notice;
use super::plan::Plan;

/// The organizations in which ids seem to have been used again, or anonymised: a share of tickets above `gates.warn_share`
/// was created on several dates, or one ticket was created on so many that it stands for many visits.
pub(crate) fn warnings(plan: &Plan, findings: &Findings) -> Vec<Notice> {
    let named = |(name, tickets): (&String, &u64)| {
        let (several, many) = reused(plan, name, *tickets, findings)?;
        Some(Notice::UsedAgain {
            organization: Some(name.clone()),
            several,
            many,
            tickets: *tickets,
        })
    };
    findings.tickets.iter().filter_map(named).collect()
}

/// The same for the pages of one organization.
pub(crate) fn of_page(plan: &Plan, organization: &str, findings: &Findings) -> Option<Notice> {
    let tickets = findings.tickets.get(organization).copied()?;
    let (several, many) = reused(plan, organization, tickets, findings)?;
    Some(Notice::UsedAgain { organization: None, several, many, tickets })
}

/// The organizations with a share of tickets above `gates.warn_share` that were seen in two queues. Good to know.
pub(crate) fn notes(plan: &Plan, findings: &Findings) -> Vec<Notice> {
    let named = |(name, tickets): (&String, &u64)| {
        let two = counted(findings, name, Anomaly::SeenInTwoQueues);
        let is_usual = !is_more(two, *tickets, plan.gates.warn_share);
        (!is_usual).then(|| Notice::TwoQueues {
            organization: name.clone(),
            two,
            tickets: *tickets,
        })
    };
    findings.tickets.iter().filter_map(named).collect()
}

/// The tickets of several dates, and those of many, if they are more than is usual.
fn reused(plan: &Plan, name: &str, tickets: u64, findings: &Findings) -> Option<(u64, u64)> {
    let [several, many] = [Anomaly::SeveralCreations, Anomaly::ManyCreations]
        .map(|anomaly| counted(findings, name, anomaly));
    // A single one is a slip of the sender.
    let (warn, refuse) = (plan.gates.warn_share, plan.gates.refuse_share);
    let allowed = if several == 1 { refuse.max(warn) } else { warn };
    (many > 0 || is_more(several, tickets, allowed)).then_some((several, many))
}

fn counted(findings: &Findings, organization: &str, anomaly: Anomaly) -> u64 {
    let key = (organization.to_owned(), anomaly, String::new());
    findings.anomalies.get(&key).copied().unwrap_or(0)
}

#[expect(clippy::cast_precision_loss, reason = "a share for a threshold")]
fn is_more(part: u64, whole: u64, share: f64) -> bool {
    part as f64 > whole as f64 * share
}
