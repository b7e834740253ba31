//! Lost visits by cause, week by week: one small panel each, all on one scale. Of a window without weeks to compare, bars.

use crate::report::model::{FEW, Figures};
use crate::report::text::{counted, grouped};

use super::bars::{Bar, Mark, drawing, share, whole_percents};
use super::canvas::ChartError;
use super::figure::{Cell, Figure, FigureTable, Words, percent};
use super::panel::{Panel, Worse};
use super::scope::Scope;
use super::week::{Unit, Week, shares};

const HEIGHT: f64 = 146.0;

/// Why a visit was lost.
struct Cause {
    id: &'static str,
    name: &'static str,
    /// What became of the visits: `12 visits …`.
    words: &'static str,
    of: fn(&Figures) -> u64,
    /// Whether it is common enough for limits.
    has_limits: bool,
}

const CAUSES: [Cause; 6] = [
    Cause {
        id: "lost-by-customer",
        name: "Cancelled by customer",
        words: "cancelled by the customer",
        of: |f| f.cancelled_by_customer,
        has_limits: true,
    },
    Cause {
        id: "lost-by-staff",
        name: "Cancelled by staff",
        words: "cancelled by staff",
        of: |f| f.cancelled_by_staff,
        has_limits: true,
    },
    Cause {
        id: "lost-no-show",
        name: "No-show",
        words: "called and not found",
        of: |f| f.no_show,
        has_limits: true,
    },
    Cause {
        id: "lost-removed",
        name: "Removed",
        words: "removed without a call",
        of: |f| f.removed,
        has_limits: false,
    },
    Cause {
        id: "lost-rejected",
        name: "Rejected",
        words: "rejected",
        of: |f| f.rejected,
        has_limits: false,
    },
    Cause {
        id: "lost-lapsed",
        name: "Lapsed",
        words: "never called, without an end",
        of: |f| f.lapsed,
        has_limits: false,
    },
];

/// A panel for each cause that occurs.
pub(super) fn figures(scope: &Scope<'_>) -> Result<Vec<Figure>, ChartError> {
    let occurs = |cause: &&Cause| (cause.of)(&scope.section.figures) > 0;
    let mut panels: Vec<(&Cause, Panel)> =
        CAUSES.iter().filter(occurs).map(|cause| (cause, panel(scope, cause))).collect();
    let top = panels.iter().flat_map(|(_, panel)| &panel.weeks).filter_map(highest);
    let top = top.fold(0.0, f64::max);
    panels.retain(|(_, panel)| panel.is_worth_drawing());
    if panels.is_empty() {
        return Ok(bars(scope)?.into_iter().collect());
    }
    let mut figures = Vec::new();
    for (cause, mut panel) in panels {
        panel.top = Some(top);
        let mut figure = panel.figure(scope)?;
        let (title, subtitle) = words(&scope.section.figures, cause);
        figure.words.title = title;
        figure.words.subtitle = subtitle;
        figures.push(figure);
    }
    Ok(figures)
}

fn panel(scope: &Scope<'_>, cause: &Cause) -> Panel {
    let mut weeks = shares(scope, |f| {
        let closed = f.closed();
        ((closed > 0).then(|| share((cause.of)(f), closed)), closed)
    });
    if !cause.has_limits {
        for week in &mut weeks {
            week.limits = None;
        }
    }
    Panel {
        id: cause.id,
        name: cause.name,
        what: "% of closed visits".to_owned(),
        sample: "closed visits",
        unit: Unit::Share,
        worse: Worse::Higher,
        weeks,
        target: None,
        change: None,
        source: scope.file("weekly.csv", "totals.csv"),
        from_zero: true,
        has_limits: cause.has_limits,
        height: HEIGHT,
        top: None,
    }
}

/// The causes of the whole window as bars, the most frequent first; nothing if nobody was lost.
fn bars(scope: &Scope<'_>) -> Result<Option<Figure>, ChartError> {
    let f = &scope.section.figures;
    let mut all: Vec<Bar> = CAUSES
        .iter()
        .map(|cause| Bar { label: cause.name.to_owned(), n: (cause.of)(f), mark: Mark::Solid })
        .filter(|bar| bar.n > 0)
        .collect();
    all.sort_by_key(|bar| std::cmp::Reverse(bar.n));
    let counts: Vec<u64> = all.iter().map(|bar| bar.n).collect();
    let lost: u64 = counts.iter().sum();
    let Some(most) = all.first() else { return Ok(None) };
    let percents = (lost >= FEW).then(|| whole_percents(&counts));
    let name = most.label.to_lowercase();
    let title = match (all.len(), all.get(1).is_some_and(|next| next.n == most.n)) {
        (1, _) => format!("{} lost: {name}", counted(lost, "visit")),
        (_, true) => format!("{} lost, for several reasons alike", counted(lost, "visit")),
        (_, false) => {
            format!("{} lost, most often: {name} ({})", counted(lost, "visit"), grouped(most.n))
        }
    };
    let words = Words {
        id: "lost-by-cause",
        title,
        subtitle: format!(
            "Lost visits by cause, in the whole window; n = {} of {}",
            grouped(lost),
            counted(f.closed(), "closed visit")
        ),
        kind: "Bar chart of lost visits by cause".to_owned(),
        caption: "Too few weeks for a line of each cause.".to_owned(),
        source: scope.file("locations.csv", "totals.csv"),
    };
    let row = |(at, bar): (usize, &Bar)| {
        let percent = percents.as_ref().and_then(|all| all.get(at));
        let percent = percent.map(|percent| format!("{percent} %"));
        vec![Cell::text(&bar.label), Cell::count(bar.n), Cell::of(percent)]
    };
    let table = FigureTable::new(
        ["cause", "lost visits", "share"],
        all.iter().enumerate().map(row).collect(),
    );
    Ok(Some(Figure { words, drawings: vec![drawing(&all, percents.as_deref())?], table }))
}

/// The highest value of a week that is drawn.
fn highest(week: &Week) -> Option<f64> {
    let limit = week.limits.map(|limits| limits.high);
    week.value.into_iter().chain(limit).reduce(f64::max)
}

fn words(f: &Figures, cause: &Cause) -> (String, String) {
    let (n, closed) = ((cause.of)(f), f.closed());
    let title = if closed < FEW {
        format!("{}: {} of {}", cause.name, grouped(n), counted(closed, "closed visit"))
    } else {
        format!("{}: {} of closed visits", cause.name, percent(share(n, closed)))
    };
    (title, format!("{} {}; % of closed visits by week", counted(n, "visit"), cause.words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::{figures as of_tickets, report};
    use crate::report::model::OrganizationReport;

    fn drawn(report: &OrganizationReport) -> Vec<Figure> {
        let figures = figures(&Scope::overview(report)).unwrap();
        figures.iter().for_each(super::super::tests::check);
        figures
    }

    #[test]
    fn only_causes_that_occur_and_each_by_its_share() {
        let mut report = report("o", &["A"], 180);
        let mut all = of_tickets(19_139);
        all.cancelled_by_customer = 1_512;
        (all.removed, all.rejected, all.lapsed) = (0, 0, 1);
        report.all.figures = all;
        let figures = drawn(&report);
        let ids: Vec<&str> = figures.iter().map(|figure| figure.words.id).collect();
        assert_eq!(ids, ["lost-by-customer", "lost-by-staff", "lost-no-show", "lost-lapsed"]);
        assert_eq!(figures[0].words.title, "Cancelled by customer: 7.9 % of closed visits");
        assert_eq!(
            figures[0].words.subtitle,
            "1,512 visits cancelled by the customer; % of closed visits by week"
        );
        assert!(figures[3].words.subtitle.starts_with("1 visit never called"));
        // Weekly values are counts of that week over its closed tickets.
        let (_, week) = &report.all.weekly[2];
        let cell = percent(share(week.no_show, week.tickets - week.open));
        let row = &figures[2].table.rows[2];
        assert!(row.iter().any(|have| *have == Cell::Number(cell.clone())));
    }

    #[test]
    fn all_panels_share_one_scale() {
        let mut report = report("o", &["A"], 180);
        for (_, week) in &mut report.all.weekly {
            (week.cancelled_by_customer, week.cancelled_by_staff) = (week.tickets / 2, 1);
        }
        // The labels of the axis: the texts before the units.
        let axis = |figure: &Figure| {
            let texts = figure.drawings[0].elements.split("text-anchor=\"end\"").skip(1);
            texts.map(|text| text.split(['>', '<']).nth(1).unwrap().to_owned()).collect::<Vec<_>>()
        };
        let figures = drawn(&report);
        assert!(figures.len() >= 3);
        assert!(figures.iter().all(|figure| axis(figure) == axis(&figures[0])));
        assert!(axis(&figures[0]).len() > 2);
    }

    #[test]
    fn few_visits_have_no_share() {
        let mut report = report("o", &["A"], 28);
        let few = Figures { tickets: 7, no_show: 3, ..Figures::default() };
        let (title, _) = words(&few, &CAUSES[2]);
        assert_eq!(title, "No-show: 3 of 7 closed visits");
        // Of a single week there is no line, and the causes are told all the same.
        report.all.weekly.truncate(1);
        report.last_whole = None;
        report.all.figures =
            Figures { tickets: 40, served: 26, no_show: 9, removed: 4, lapsed: 1, ..few };
        let figures = drawn(&report);
        assert_eq!(figures.len(), 1);
        assert_eq!(figures[0].words.title, "14 visits lost, most often: no-show (9)");
        assert_eq!(
            figures[0].words.subtitle,
            "Lost visits by cause, in the whole window; n = 14 of 40 closed visits"
        );
        let row = |cells: [&str; 3]| {
            let [name, n, share] = cells.map(str::to_owned);
            vec![Cell::Text(name), Cell::Number(n), Cell::Number(share)]
        };
        assert_eq!(
            figures[0].table.rows,
            [["No-show", "9", "64 %"], ["Removed", "4", "29 %"], ["Lapsed", "1", "7 %"]].map(row)
        );
        report.all.figures = Figures { tickets: 4, served: 1, no_show: 3, ..Figures::default() };
        let figures = drawn(&report);
        assert_eq!(figures[0].words.title, "3 visits lost: no-show");
        assert_eq!(figures[0].table.rows[0][2], Cell::Missing);
        report.all.figures = Figures { tickets: 4, served: 4, ..Figures::default() };
        assert!(drawn(&report).is_empty());
    }
}
