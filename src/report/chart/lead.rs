//! Cancelled bookings by the time that was left until their start.

use crate::dataframe::LEAD_BANDS;
use crate::report::model::{FEW, Section};
use crate::report::text::{counted, grouped};

use super::bars::{Bar, Mark, drawing, share, whole_percents};
use super::canvas::ChartError;
use super::figure::{Cell, Figure, FigureTable, Words};
use super::scope::Scope;

/// Bands of which a slot cannot be offered again: after the start, under an hour, under a day.
const LATE: usize = 3;

/// The figure; none without a cancelled booking.
pub(super) fn figures(scope: &Scope<'_>) -> Result<Vec<Figure>, ChartError> {
    let bars = bars(scope.section);
    let all: u64 = bars.iter().map(|bar| bar.n).sum();
    if all == 0 {
        return Ok(Vec::new());
    }
    let counts: Vec<u64> = bars.iter().map(|bar| bar.n).collect();
    let percents = (all >= FEW).then(|| whole_percents(&counts));
    let words = Words {
        id: "lead-time",
        title: title(&bars),
        subtitle: format!(
            "Cancelled bookings by time left before the start; n = {}; solid: less than a day",
            grouped(all)
        ),
        kind: "Bar chart of cancelled bookings by time left before the start".to_owned(),
        caption: if bars.iter().any(|bar| bar.mark == Mark::Grey) {
            "Not known: without a time of the cancellation, or of the start of the slot.".to_owned()
        } else {
            String::new()
        },
        source: "cancellations.csv",
    };
    let row = |(at, bar): (usize, &Bar)| {
        let percent = percents.as_ref().and_then(|all| all.get(at));
        let percent = percent.map(|percent| format!("{percent} %"));
        vec![Cell::text(&bar.label), Cell::count(bar.n), Cell::of(percent)]
    };
    let table = FigureTable::new(
        ["time left", "cancelled bookings", "share"],
        bars.iter().enumerate().map(row).collect(),
    );
    Ok(vec![Figure { words, drawings: vec![drawing(&bars, percents.as_deref())?], table }])
}

/// The bands from late to early; what is not known comes last, and only if there is any.
fn bars(section: &Section) -> Vec<Bar> {
    let count = |is: &dyn Fn(usize) -> bool| {
        let rows = section.lost.iter().filter(|row| row.lead.is_some_and(|at| is(usize::from(at))));
        rows.map(|row| row.tickets).sum::<u64>()
    };
    let is_known = |at: usize| LEAD_BANDS.get(at).is_some_and(|b| b.unknown_because.is_none());
    let known = LEAD_BANDS.iter().enumerate().filter(|(_, band)| band.unknown_because.is_none());
    let mut bars: Vec<Bar> = known
        .map(|(at, band)| Bar {
            label: band.words.to_owned(),
            n: count(&|other| other == at),
            mark: if at < LATE { Mark::Solid } else { Mark::Outlined },
        })
        .collect();
    let unknown = count(&|at| !is_known(at));
    if unknown > 0 {
        bars.push(Bar { label: "not known".to_owned(), n: unknown, mark: Mark::Grey });
    }
    bars
}

fn title(bars: &[Bar]) -> String {
    let sum = |mark: Mark| bars.iter().filter(|bar| bar.mark == mark).map(|bar| bar.n).sum();
    let (late, early, unknown): (u64, u64, u64) =
        (sum(Mark::Solid), sum(Mark::Outlined), sum(Mark::Grey));
    let all = late + early + unknown;
    if all < FEW {
        return format!("Only {}: too few for shares", counted(all, "cancelled booking"));
    }
    if late + early == 0 {
        return format!("{}, at unknown times", counted(all, "cancelled booking"));
    }
    if late == 0 {
        return "No booking is known to have been cancelled less than a day ahead".to_owned();
    }
    let percent = format!("{:.0} %", share(late, all) * 100.0);
    // Some of the unknown ones may be late as well.
    let known = format!("{:.0} %", share(late, late + early) * 100.0);
    let least = if percent == known { "" } else { "At least " };
    format!(
        "{least}{percent} of cancelled bookings are cancelled less than a day ahead, too late to offer the slot again"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::report;
    use crate::report::model::LostRow;

    fn lost(tickets: [u64; 7]) -> Section {
        // Each band twice, by customer and by staff, and tickets that are no cancelled bookings.
        let rows = (0..).zip(tickets).flat_map(|(lead, tickets)| {
            let row = |outcome, lead, tickets| LostRow {
                outcome,
                ticket_type: "booking".into(),
                lead,
                tickets,
            };
            [
                row("cancelled_by_customer", Some(lead), tickets - tickets / 3),
                row("cancelled_by_staff", Some(lead), tickets / 3),
                row("no_show", None, 50),
            ]
        });
        Section { lost: rows.collect(), ..Section::default() }
    }

    fn of(tickets: [u64; 7]) -> Option<Figure> {
        let mut report = report("o", &["A"], 28);
        report.all = lost(tickets);
        figures(&Scope::overview(&report)).unwrap().pop()
    }

    #[test]
    fn bands_are_counted_whoever_cancels() {
        let figure = of([114, 29, 44, 36, 16, 5, 7]).unwrap();
        let cells: Vec<Vec<&str>> = figure
            .table
            .rows
            .iter()
            .map(|row| {
                let text = |cell| match cell {
                    &Cell::Text(ref text) | &Cell::Number(ref text) => text.as_str(),
                    Cell::Missing => "",
                };
                row.iter().map(text).collect()
            })
            .collect();
        assert_eq!(
            cells,
            [
                ["after the start", "114", "45 %"],
                ["under 1 h", "29", "12 %"],
                ["1 to 24 h", "44", "18 %"],
                ["1 to 7 days", "36", "14 %"],
                ["over 7 days", "16", "6 %"],
                ["not known", "12", "5 %"],
            ]
        );
        assert_eq!(
            figure.words.title,
            "At least 75 % of cancelled bookings are cancelled less than a day ahead, too late to offer the slot again"
        );
        super::super::tests::check(&figure);
    }

    #[test]
    fn titles_say_no_more_than_is_known() {
        let title = |tickets| of(tickets).map(|figure| figure.words.title);
        assert_eq!(title([0; 7]), None);
        assert_eq!(
            title([3, 2, 0, 0, 2, 0, 0]).as_deref(),
            Some("Only 7 cancelled bookings: too few for shares")
        );
        assert_eq!(
            title([0, 0, 0, 0, 0, 7, 5]).as_deref(),
            Some("12 cancelled bookings, at unknown times")
        );
        assert_eq!(
            title([0, 0, 0, 9, 3, 0, 1]).as_deref(),
            Some("No booking is known to have been cancelled less than a day ahead")
        );
        let known = title([30, 0, 0, 10, 0, 0, 0]).unwrap();
        assert!(known.starts_with("75 % of cancelled bookings"), "{known}");
        // Below ten no share is written.
        assert_eq!(of([3, 2, 0, 0, 2, 0, 0]).unwrap().table.rows[0][2], Cell::Missing);
    }
}
