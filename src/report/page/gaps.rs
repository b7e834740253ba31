//! What the archive lacks, in sentences at the top of a page.

use crate::report::model::{LocationReport, OrganizationReport, Section};
use crate::report::text::counted;

/// Sentences about what the archive lacks.
pub(super) fn gaps(
    report: &OrganizationReport,
    section: &Section,
    location: Option<&LocationReport>,
) -> Vec<String> {
    let mut gaps = Vec::new();
    let without = match location {
        Some(location) => u64::from(location.lacks_check_ins),
        None => report.locations.iter().filter(|one| !one.tells_served()).count() as u64,
    };
    match (location, without) {
        (_, 0) => {}
        (Some(_), _) if section.figures.served > 0 => {}
        (Some(location), _) if location.tells_served() => gaps.push(
            "No check-in or check-out of this location is archived. All its tickets of days that are over were closed without one and count as lost.".to_owned(),
        ),
        (Some(_), _) => gaps.push(
            "Check-ins and check-outs of this location are not archived: who was served is not known, and tickets without an end stay open.".to_owned(),
        ),
        (None, n) => gaps.push(format!(
            "Check-ins and check-outs are not archived at {}: who was served there is not known, and tickets without an end stay open.",
            counted(n, "location")
        )),
    }
    let is_lost = |one: &&LocationReport| {
        // Of those known from feedback alone, visits were served.
        one.lacks_check_ins && one.tells_served() && one.section.figures.served == 0
    };
    let all_lost = report.locations.iter().filter(is_lost);
    if location.is_none()
        && let n @ 1.. = all_lost.count() as u64
    {
        gaps.push(format!(
            "No check-in or check-out is archived at {}, where all tickets of days that are over were closed without one. They count as lost.",
            counted(n, "location")
        ));
    }
    match (section.feedback_only, section.figures.tickets) {
        (0, _) => {}
        (n, all) if n == all => gaps.push(
            "All tickets are known from feedback alone: visits that were not rated are missing, so counts, shares and response rates say little.".to_owned(),
        ),
        (n, _) => gaps.push(format!(
            "{} known from feedback alone and left out of the response rate.",
            if n == 1 { "1 ticket is".to_owned() } else { format!("{} are", counted(n, "ticket")) }
        )),
    }
    if section.figures.lapsed > 0 {
        gaps.push(format!(
            "{} lapsed: never called and without an end, because visitors left, or never came, without a word. They count as lost.",
            counted(section.figures.lapsed, "ticket")
        ));
    }
    gaps
}
