//! Figure (e): tickets by weekday and hour.

use crate::calendar::{WeekStart, weekday_name};
use crate::report::model::HourCell;

use super::canvas::{Anchor, ChartError, Frame, HEAD, WIDTH, draw};
use super::figure::{Cell, Figure, FigureTable, counted, grouped};
use super::label::width_of;
use super::palette::{HEAT, INK, MUTED, ink_on};
use super::rows::Scope;

/// Tickets of a weekday (1 to 7) and hour.
fn tickets(cells: &[HourCell], weekday: u8, hour: u8) -> u64 {
    cells.iter().filter(|c| c.weekday == weekday && c.hour == hour).map(|c| c.tickets).sum()
}

/// The place of an hour in a day that begins with `first_hour`, 0 to 23.
fn hour_of_day(hour: u8, first_hour: u8) -> u8 {
    (hour + 24 - first_hour) % 24
}

/// The hours from the first to the last with a ticket, in the order of a day; none without a ticket.
fn hours(cells: &[HourCell], first_hour: u8) -> Vec<u8> {
    let hours = cells.iter().filter(|cell| cell.tickets > 0).map(|cell| cell.hour);
    let places = || hours.clone().map(|hour| hour_of_day(hour, first_hour));
    let (Some(first), Some(last)) = (places().min(), places().max()) else { return Vec::new() };
    (first..=last).map(|place| (place + first_hour) % 24).collect()
}

/// The figure.
pub(super) fn figure(scope: &Scope<'_>) -> Result<Figure, ChartError> {
    let cells = &scope.section.hourly;
    let total: u64 = cells.iter().map(|cell| cell.tickets).sum();
    // The first of equals in the order of the week, so that the title is deterministic.
    let week = scope.week_starts_on;
    let place = |weekday: u8| week.weekdays().iter().position(|day| *day == weekday);
    let moment = |cell: &HourCell| (place(cell.weekday), hour_of_day(cell.hour, scope.first_hour));
    let busiest = cells
        .iter()
        .filter(|c| c.tickets > 0)
        .max_by_key(|cell| (cell.tickets, std::cmp::Reverse(moment(cell))));
    let title = busiest.map_or_else(
        || "No tickets in this window".to_owned(),
        |cell| {
            format!(
                "Busiest: {} {:02}:00 to {:02}:00, {} in all",
                weekday_name(cell.weekday),
                cell.hour,
                cell.hour + 1,
                counted(cell.tickets, "ticket")
            )
        },
    );
    let subtitle = format!(
        "Tickets by local weekday and hour of arrival; {}{}",
        counted(total, "ticket"),
        scope.period
    );
    let description = format!("Heat map of tickets by weekday and hour. {title}.");
    let id = format!("{}-hours", scope.prefix);
    let row = 30.0;
    let frame = Frame {
        id: &id,
        title: &title,
        subtitle: &subtitle,
        description: &description,
        height: if total == 0 { HEAD + 60.0 } else { HEAD + 22.0 + 7.0 * row + 40.0 },
    };
    let most = busiest.map_or(1, |cell| cell.tickets);
    let hours = hours(cells, scope.first_hour);
    let svg = draw(&frame, |canvas| {
        if hours.is_empty() {
            return canvas.text((12.0, HEAD + 30.0), "no tickets", 12.5, MUTED, Anchor::Start);
        }
        let left = 100.0;
        let columns = || (0_u8..).zip(&hours);
        let width = f64::from(u8::try_from(hours.len()).unwrap_or(24));
        let column = ((WIDTH - left - 20.0) / width).min(76.0);
        let top = HEAD + 22.0;
        for (at, hour) in columns() {
            let x = left + column * (f64::from(at) + 0.5);
            canvas.text((x, HEAD + 8.0), &format!("{hour:02}"), 11.5, MUTED, Anchor::Middle)?;
        }
        for (at, weekday) in (0_u8..).zip(week.weekdays()) {
            let y = top + row * f64::from(at);
            let name = weekday_name(weekday);
            canvas.text((left - 10.0, y + row / 2.0), name, 12.5, INK, Anchor::End)?;
            for (at, hour) in columns() {
                let n = tickets(cells, weekday, *hour);
                let x = left + column * f64::from(at);
                let colour = shade(n, most);
                canvas.rect(x + 1.0, y + 1.0, column - 2.0, row - 2.0, colour)?;
                let label = grouped(n);
                if n > 0 && width_of(&label, 11.5) + 4.0 < column {
                    let middle = (x + column / 2.0, y + row / 2.0);
                    canvas.text(middle, &label, 11.5, ink_on(colour), Anchor::Middle)?;
                }
            }
        }
        let y = top + 7.0 * row + 16.0;
        canvas.text((left, y + 6.0), "0", 11.5, MUTED, Anchor::End)?;
        let mut x = left + 8.0;
        for colour in HEAT {
            canvas.rect(x, y, 30.0, 12.0, colour)?;
            x += 31.0;
        }
        let end = counted(most, "ticket");
        canvas.text((x + 8.0, y + 6.0), &end, 11.5, MUTED, Anchor::Start)
    })?;
    Ok(Figure {
        id: "hours".into(),
        svg,
        table: table(cells, week, &hours),
        note: None,
        source: "hourly.csv",
        title,
        description,
    })
}

/// The colour for a count: 0 has the lightest one, the largest count the darkest.
fn shade(n: u64, most: u64) -> plotters::style::RGBColor {
    let steps = u64::try_from(HEAT.len()).unwrap_or(1);
    let step = (n * (steps - 1)).div_ceil(most.max(1));
    let at = usize::try_from(step.min(steps - 1)).unwrap_or(0);
    HEAT.get(at).copied().unwrap_or(super::palette::WHITE)
}

fn table(cells: &[HourCell], week: WeekStart, hours: &[u8]) -> FigureTable {
    if hours.is_empty() {
        return FigureTable::default();
    }
    let mut header = vec!["".to_owned()];
    header.extend(hours.iter().map(|hour| format!("{hour:02}")));
    let rows = (week.weekdays().into_iter())
        .map(|weekday| {
            let mut row = vec![Cell::Text(weekday_name(weekday).to_owned())];
            row.extend(
                hours.iter().map(|hour| Cell::Number(grouped(tickets(cells, weekday, *hour)))),
            );
            row
        })
        .collect();
    FigureTable { header, rows }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(weekday: u8, hour: u8, tickets: u64) -> HourCell {
        HourCell {
            weekday,
            hour,
            tickets,
            waits: 0,
            wait_p50_s: None,
            wait_p90_s: None,
            line_mean: None,
            line_max: 0,
            open_days: 1,
        }
    }

    #[test]
    fn hours_follow_each_other_as_they_do_in_a_day_of_the_place() {
        let cell = |hour, tickets| cell(5, hour, tickets);
        let bar = [cell(1, 3), cell(4, 0), cell(22, 1), cell(23, 2)];
        assert_eq!(hours(&bar, 5), [22, 23, 0, 1]);
        assert_eq!(hours(&bar, 0), (1..=23).collect::<Vec<u8>>());
        assert_eq!(hours(&[cell(4, 0)], 5), [0_u8; 0]);
    }

    #[test]
    fn rows_stand_in_the_order_of_the_week() {
        let cell = |weekday, tickets| cell(weekday, 9, tickets);
        let table = table(&[cell(1, 5), cell(7, 3)], WeekStart::parse("Sunday").unwrap(), &[9]);
        let rows: Vec<String> = table.rows.iter().map(|row| format!("{row:?}")).collect();
        assert!(rows[0].contains("Sunday") && rows[0].contains("\"3\""), "{rows:?}");
        assert!(rows[1].contains("Monday") && rows[1].contains("\"5\""), "{rows:?}");
        assert!(rows[6].contains("Saturday"), "{rows:?}");
    }

    #[test]
    fn nothing_is_lightest_and_the_most_is_darkest() {
        for most in 1..40 {
            assert_eq!(Some(&shade(most, most)), HEAT.last(), "{most}");
            assert_eq!(Some(&shade(0, most)), HEAT.first(), "{most}");
            assert_ne!(Some(&shade(1, most)), HEAT.first(), "{most}");
        }
        for (n, step) in [(1, 1), (4, 1), (5, 2), (8, 2), (9, 3)] {
            assert_eq!(Some(&shade(n, 20)), HEAT.get(step), "{n}");
        }
    }
}
