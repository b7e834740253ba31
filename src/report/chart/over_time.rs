//! The measures over time that a page shows, and the weeks of what changed.

use crate::report::changed::{Changed, TOLD, changed};
use crate::report::model::Change;

use super::canvas::ChartError;
use super::figure::{Drawing, Figure, Screen};
use super::panel::{HEIGHT, Panel, Shift, WIDTH, Worse, shift};
use super::scope::Scope;
use super::week::{Unit, control, counts, shares};

/// The panels over time.
pub(super) fn figures(scope: &Scope<'_>) -> Result<Vec<Figure>, ChartError> {
    let rated = format!("% of ratings {}", scope.scale.satisfied_words());
    let panel = |id, name, what: String, sample, unit, worse, weeks, target, change| Panel {
        id,
        name,
        what,
        sample,
        unit,
        worse,
        weeks,
        target,
        change,
        source: match id {
            // Limits stand there.
            "week-wait" | "week-csat" => scope.file("control.csv", "totals.csv"),
            _ => scope.file("weekly.csv", "totals.csv"),
        },
        from_zero: false,
        has_limits: true,
        height: HEIGHT,
        top: None,
    };
    let control = |measure| (control(scope, scope.section, measure), shift(scope.section, measure));
    let (waits, wait_change) = control(Change::Wait);
    let (ratings, csat_change) = control(Change::Csat);
    // Where no wait is archived, nobody knows who was served within the target.
    let within = if scope.section.figures.waits > 0 {
        shares(scope, |f| (f.within_target_rate, f.offered))
    } else {
        Vec::new()
    };
    // Nor who was lost, where no check-in and no check-out is.
    let lost = if scope.tells_served() {
        shares(scope, |f| (f.lost_rate, f.closed()))
    } else {
        Vec::new()
    };
    // A line of zeros says nothing that the section of ratings does not.
    let figures = &scope.section.figures;
    let response = if figures.rated() > 0 || figures.hides_ratings() {
        shares(scope, |f| (f.response_rate, f.served_known))
    } else {
        Vec::new()
    };
    let panels = [
        panel(
            "week-wait",
            "Median wait",
            format!("Minutes {}", scope.wait_words),
            "waits",
            Unit::Wait,
            Worse::Higher,
            waits,
            scope.target_minutes.map(|minutes| minutes * 60.0),
            wait_change,
        ),
        panel(
            "week-within",
            "Served within target",
            "% of closed visits that entered the queue".to_owned(),
            "queued visits",
            Unit::Share,
            Worse::Lower,
            within,
            None,
            None,
        ),
        panel(
            "week-lost",
            "Lost visits",
            "% of closed visits not served".to_owned(),
            "closed visits",
            Unit::Share,
            Worse::Higher,
            lost,
            None,
            None,
        ),
        panel(
            "week-csat",
            "Satisfied ratings",
            rated,
            "ratings",
            Unit::Share,
            Worse::Lower,
            ratings,
            None,
            csat_change,
        ),
        panel(
            "week-response",
            "Response rate",
            "% of served visits that were rated".to_owned(),
            "served visits",
            Unit::Share,
            Worse::Open,
            response,
            None,
            None,
        ),
        panel(
            "week-tickets",
            "Tickets",
            "Number of tickets".to_owned(),
            "tickets",
            Unit::Count,
            Worse::Open,
            counts(scope),
            None,
            None,
        ),
    ];
    panels.into_iter().filter(Panel::is_worth_drawing).map(|panel| panel.figure(scope)).collect()
}

/// Height of the drawing in a card, pixels.
pub const CARD_HEIGHT: f64 = 132.0;

/// The weeks of what changed, one drawing for each change that is told.
pub(super) fn changes(scope: &Scope<'_>) -> Result<Vec<Drawing>, ChartError> {
    let drawing = |change: &Changed<'_>| {
        let section = change.place.map_or(&scope.report.all, |place| &place.section);
        let measure = change.finding.measure;
        let (unit, worse) = match measure {
            Change::Wait => (Unit::Wait, Worse::Higher),
            Change::Csat => (Unit::Share, Worse::Lower),
            Change::Cancellation | Change::NoShow => (Unit::Share, Worse::Higher),
        };
        let panel = Panel {
            id: "",
            name: "",
            what: String::new(),
            sample: "",
            unit,
            worse,
            weeks: control(scope, section, measure),
            target: None,
            change: Shift::of(change.finding),
            source: "",
            from_zero: false,
            has_limits: true,
            height: CARD_HEIGHT,
            top: None,
        };
        Drawing::of(Screen::All, (WIDTH, CARD_HEIGHT), |canvas| panel.draw(canvas, scope))
    };
    changed(scope.report, scope.location).iter().take(TOLD).map(drawing).collect()
}
