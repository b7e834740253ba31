//! Tickets a day: those that came, the day that is not over, and what is booked ahead.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use crate::calendar::{WeekStart, week_end};
use crate::report::text::{counted, date, grouped};

use super::axis;
use super::canvas::{Anchor, Canvas, ChartError};
use super::figure::{Cell, Drawing, Figure, FigureTable, Screen, Words};
use super::label::width_of;
use super::palette::{AXIS, BAND, GRID, INK, MAIN, PAGE, SOFT};
use super::scale::{Scale, tick, ticks};
use super::scope::Scope;

/// More days than this are drawn by week.
const DAYS: i64 = 400;
/// Days of the narrow drawing.
const NARROW_DAYS: u64 = 31;
/// Days shown of what is booked ahead, and those of the narrow drawing.
const AHEAD: (u64, u64) = (28, 10);

/// What is known of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Over,
    /// Not over, or a week that is only in part in the window.
    Partial,
    /// Booked, and not yet begun.
    Ahead,
}

/// The tickets of a day or week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bar {
    first: NaiveDate,
    last: NaiveDate,
    /// Tickets; of days ahead, those still booked.
    tickets: u64,
    /// Tickets of the same week below it.
    base: u64,
    state: State,
}

/// The figure; none without a ticket of a known day.
pub(super) fn figures(scope: &Scope<'_>) -> Result<Vec<Figure>, ChartError> {
    let all = days(scope);
    let horizon = |days: u64| {
        scope.data_end().and_then(|end| end.checked_add_days(Days::new(days))).unwrap_or_default()
    };
    let until = |days: u64| {
        let end = horizon(days);
        move |bar: &&Bar| bar.state != State::Ahead || bar.last <= end
    };
    let shown: Vec<Bar> = all.iter().filter(until(AHEAD.0)).copied().collect();
    let Some(((first, last), title)) = span(&shown).zip(title(&shown)) else {
        return Ok(Vec::new());
    };
    let by_week = (last - first).num_days() >= DAYS;
    let bars = if by_week { weeks(&shown, scope) } else { shown.clone() };
    let near: Vec<Bar> = shown.iter().filter(until(AHEAD.1)).copied().collect();
    let narrow = newest(&near);
    let mut drawings = Vec::new();
    for (screen, width, bars) in [
        (Screen::Wide, 1_080.0, &bars),
        (Screen::Middle, 680.0, &bars),
        (Screen::Narrow, 340.0, &narrow),
    ] {
        let size = (width, HEIGHT);
        drawings.push(Drawing::of(screen, size, |canvas| draw(canvas, width, bars, scope))?);
    }
    let later: u64 = all.iter().map(|bar| bar.tickets).sum::<u64>()
        - shown.iter().map(|bar| bar.tickets).sum::<u64>();
    let words = Words {
        id: "tickets-by-day",
        title,
        subtitle: subtitle(&bars, by_week),
        kind: format!("Bar chart of tickets by {}", if by_week { "week" } else { "day" }),
        caption: caption(&shown, later, by_week),
        source: scope.file("daily.csv", "totals.csv"),
    };
    // By week, the days of the narrow drawing follow.
    let rows = bars.iter().chain(narrow.iter().filter(|_| by_week));
    let table = FigureTable::new(["date", "tickets", "state"], rows.map(row).collect());
    Ok(vec![Figure { words, drawings, table }])
}

/// The days with a ticket, oldest first.
fn days(scope: &Scope<'_>) -> Vec<Bar> {
    let (end, whole) = (scope.data_end(), scope.last_whole());
    let dated = scope.section.daily.iter().filter_map(|(day, f)| Some(((*day)?, f)));
    let bar = dated.map(|(day, f)| {
        let state = match day {
            day if end.is_some_and(|end| day > end) => State::Ahead,
            day if whole.is_some_and(|whole| day <= whole) => State::Over,
            _ => State::Partial,
        };
        // What was cancelled in advance is not booked.
        let tickets = if state == State::Ahead { f.open } else { f.tickets };
        Bar { first: day, last: day, tickets, base: 0, state }
    });
    bar.filter(|bar| bar.tickets > 0).collect()
}

/// The weeks of some days. Of the week in which the data end, what came and what is booked are two.
fn weeks(days: &[Bar], scope: &Scope<'_>) -> Vec<Bar> {
    let mut sums: BTreeMap<(NaiveDate, bool), (u64, bool)> = BTreeMap::new();
    for day in days {
        let key = (scope.week_starts_on.first_of(day.first), day.state == State::Ahead);
        let sum = sums.entry(key).or_default();
        sum.0 += day.tickets;
        sum.1 |= day.state == State::Partial;
    }
    let is_cut = |first: NaiveDate, last: NaiveDate| {
        scope.report.from.is_some_and(|from| first < from)
            || scope.report.to.is_some_and(|to| last > to)
            || scope.last_whole().is_none_or(|whole| last > whole)
    };
    let bar = |(&(first, is_ahead), &(tickets, is_partial)): (&(NaiveDate, bool), &(u64, bool))| {
        let last = week_end(first).unwrap_or(first);
        let below = sums.get(&(first, false)).filter(|_| is_ahead);
        let state = match is_ahead {
            true => State::Ahead,
            false if is_partial || is_cut(first, last) => State::Partial,
            false => State::Over,
        };
        Bar { first, last, tickets, base: below.map_or(0, |(tickets, _)| *tickets), state }
    };
    sums.iter().map(bar).collect()
}

/// The days of the narrow drawing.
fn newest(days: &[Bar]) -> Vec<Bar> {
    let from = days.last().and_then(|day| day.last.checked_sub_days(Days::new(NARROW_DAYS - 1)));
    days.iter().filter(|day| from.is_none_or(|from| day.first >= from)).copied().collect()
}

fn span(bars: &[Bar]) -> Option<(NaiveDate, NaiveDate)> {
    Some((bars.first()?.first, bars.last()?.last))
}

fn title(days: &[Bar]) -> Option<String> {
    let (first, last) = span(days)?;
    let name = |bar: &Bar| {
        let year = if (last - first).num_days() >= 365 { " %Y" } else { "" };
        bar.first.format(&format!("%A %-d %b{year}")).to_string()
    };
    let came: Vec<&Bar> = days.iter().filter(|bar| bar.state != State::Ahead).collect();
    let most = came.iter().map(|bar| bar.tickets).max().unwrap_or(0);
    let busiest: Vec<&Bar> = came.iter().filter(|bar| bar.tickets == most).copied().collect();
    let tickets = counted(most, "ticket");
    let came = match busiest.as_slice() {
        [] => String::new(),
        [only] if came.len() == 1 => format!("{}: {tickets}", name(only)),
        [only] => format!("Busiest day: {}, with {tickets}", name(only)),
        [one, rest @ ..] => {
            let others = counted(rest.len() as u64, "other");
            format!("Busiest days: {} and {others}, with {tickets} each", name(one))
        }
    };
    let ahead: Vec<Bar> = days.iter().filter(|bar| bar.state == State::Ahead).copied().collect();
    let booked = span(&ahead).map(|ends| {
        let n = ahead.iter().map(|bar| bar.tickets).sum();
        (n, format!("booked for {}", range(ends)))
    });
    Some(match (came.is_empty(), booked) {
        (_, None) => came,
        (true, Some((n, booked))) => format!("{} {booked}", counted(n, "ticket")),
        (false, Some((n, booked))) => {
            format!("{came}; {} {} {booked}", grouped(n), if n == 1 { "is" } else { "are" })
        }
    })
}

/// `2 to 11 Apr`, `28 Mar to 4 Apr`, `2 Apr`.
fn range((first, last): (NaiveDate, NaiveDate)) -> String {
    let month = |date: NaiveDate| date.format("%Y-%m").to_string();
    match (first, last) {
        _ if first == last => date(first),
        _ if month(first) == month(last) => format!("{} to {}", first.format("%-d"), date(last)),
        _ => format!("{} to {}", date(first), date(last)),
    }
}

fn subtitle(bars: &[Bar], by_week: bool) -> String {
    let has = |state: State| bars.iter().any(|bar| bar.state == state);
    let mut text = format!(
        "Tickets by service {}",
        if by_week { "week (on narrow screens, by day)" } else { "day" }
    );
    if has(State::Partial) {
        text.push_str(if by_week {
            "; pale: not over, or only in part in the window"
        } else {
            "; pale: not over"
        });
    }
    if has(State::Ahead) {
        text.push_str("; outlined: booked ahead, in no rate");
    }
    text
}

fn caption(shown: &[Bar], later: u64, by_week: bool) -> String {
    let mut text = String::new();
    let came: Vec<Bar> = shown.iter().filter(|bar| bar.state != State::Ahead).copied().collect();
    if let (false, Some((first, last))) = (by_week, span(&came)) {
        let days = u64::try_from((last - first).num_days() + 1).unwrap_or(0);
        let gaps = days.saturating_sub(came.len() as u64);
        if gaps > 0 {
            text.push_str(&format!("Gaps: {} without a ticket. ", counted(gaps, "day")));
        }
    }
    if later > 0 {
        let are = if later == 1 { "is" } else { "are" };
        text.push_str(&format!("{} more {are} booked for later. ", grouped(later)));
    }
    if span(shown).is_some_and(|(first, last)| (last - first).num_days() > 30) {
        text.push_str(&format!("Narrow screens show {NARROW_DAYS} days."));
    }
    text.trim_end().to_owned()
}

fn row(bar: &Bar) -> Vec<Cell> {
    let date = if bar.first == bar.last {
        bar.first.to_string()
    } else {
        format!("{} to {}", bar.first, bar.last)
    };
    let state = match bar.state {
        State::Over => "over",
        State::Partial => "not over, or in part",
        State::Ahead => "booked ahead",
    };
    vec![Cell::Text(date), Cell::count(bar.tickets), Cell::text(state)]
}

const HEIGHT: f64 = 190.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = HEIGHT - 26.0;
/// The widest day, pixels.
const WIDEST: f64 = 36.0;

fn draw(
    canvas: &Canvas<'_>,
    width: f64,
    bars: &[Bar],
    scope: &Scope<'_>,
) -> Result<(), ChartError> {
    let Some((first, last)) = span(bars) else { return Ok(()) };
    let highest = bars.iter().map(|bar| bar.base + bar.tickets).max().unwrap_or(0);
    let marks = ticks(0.0, number(highest).max(4.0), 4);
    let names: Vec<String> = marks.iter().map(|mark| tick(*mark, &marks)).collect();
    let left = names.iter().map(|name| width_of(name, 12.0)).fold(0.0, f64::max) + 8.0;
    let is_ahead = bars.iter().any(|bar| bar.state == State::Ahead);
    let top = if is_ahead { TOP } else { 10.0 };
    let y = Scale { from: (0.0, BOTTOM), to: (marks.last().copied().unwrap_or(4.0), top) };
    let right = width - 2.0;
    let days = number((last - first).num_days().unsigned_abs() + 1);
    let step = ((right - left - 2.0) / days).min(WIDEST);
    let x = |date: NaiveDate| {
        let days = number((date - first).num_days().unsigned_abs());
        left + 2.0 + days * step * if date < first { -1.0 } else { 1.0 }
    };
    for (mark, name) in marks.iter().zip(&names) {
        let colour = if *mark == 0.0 { AXIS } else { GRID };
        canvas.line(&[(left, y.at(*mark)), (right, y.at(*mark))], colour, 1.0)?;
        canvas.text((left - 5.0, y.at(*mark)), name, SOFT, Anchor::End)?;
    }
    draw_bars(canvas, bars, &x, &y, step)?;
    for (day, name) in dates((first, last), step, scope.week_starts_on) {
        let at = x(day);
        if at + 2.0 + width_of(&name, 12.0) <= width {
            canvas.line(&[(at, BOTTOM), (at, BOTTOM + 4.0)], AXIS, 1.0)?;
            canvas.text((at + 2.0, BOTTOM + 13.0), &name, SOFT, Anchor::Start)?;
        }
    }
    let through = scope.report.data_through.filter(|_| is_ahead);
    let Some((through, next)) = through.zip(scope.data_end().and_then(|end| end.succ_opt())) else {
        return Ok(());
    };
    if next < first {
        return Ok(());
    }
    let at = x(next);
    canvas.dashed((at, 4.0), (at, BOTTOM), INK, 1.0)?;
    let text = format!("data through {}", through.format("%-d %b, %H:%M"));
    if at - 6.0 - width_of(&text, 12.0) >= 0.0 {
        canvas.text((at - 6.0, 11.0), &text, SOFT, Anchor::End)?;
    }
    if at + 6.0 + width_of("booked ahead", 12.0) <= width {
        canvas.text((at + 6.0, 11.0), "booked ahead", INK, Anchor::Start)?;
    }
    Ok(())
}

fn draw_bars(
    canvas: &Canvas<'_>,
    bars: &[Bar],
    x: &impl Fn(NaiveDate) -> f64,
    y: &Scale,
    step: f64,
) -> Result<(), ChartError> {
    let place = |bar: &Bar| {
        let room = number((bar.last - bar.first).num_days().unsigned_abs() + 1) * step;
        let (bottom, top) = (y.at(number(bar.base)), y.at(number(bar.base + bar.tickets)));
        (x(bar.first) + room * 0.14, top, room * 0.72, bottom - top)
    };
    let some = |state: State| bars.iter().filter(move |bar| bar.state == state).map(place);
    for (x, y, w, h) in some(State::Over) {
        canvas.rect(x, y, w, h, MAIN)?;
    }
    for (state, fill) in [(State::Partial, BAND), (State::Ahead, PAGE)] {
        for (x, y, w, h) in some(state) {
            canvas.rect(x, y, w, h, fill)?;
        }
    }
    // The outlines of both are one path.
    for (x, y, w, h) in some(State::Partial).chain(some(State::Ahead)) {
        let (l, t, r, b) = (x + 0.5, y + 0.5, x + w - 0.5, y + h);
        canvas.line(&[(l, b), (l, t), (r, t), (r, b)], MAIN, 1.2)?;
    }
    Ok(())
}

/// The labelled dates: first days of weeks where there is room, else those of months.
fn dates(
    (first, last): (NaiveDate, NaiveDate),
    step: f64,
    starts_on: WeekStart,
) -> Vec<(NaiveDate, String)> {
    let weeks = [1_u32, 2].into_iter().find(|weeks| f64::from(7 * weeks) * step >= 52.0);
    let Some(weeks) = weeks.filter(|_| (last - first).num_days() > 20) else {
        return axis::ticks((first, last), step);
    };
    let days = first.iter_days().take_while(|day| *day <= last);
    let starts = days.filter(|day| starts_on.begins_on(*day));
    starts.step_by(if weeks == 1 { 1 } else { 2 }).map(|day| (day, date(day))).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of tickets and days")]
fn number(n: u64) -> f64 {
    n as f64
}

#[cfg(test)]
#[path = "days_tests.rs"]
mod tests;
