//! Funnels: the share of each location against its size, with the limits that chance allows.

use crate::report::model::{Flag, FunnelRow};
use crate::report::text::grouped;
use crate::statistics::wilson;

use super::bars::rounded;
use super::canvas::{Anchor, At, Canvas, ChartError, Points};
use super::compared::{Compared, Kind, LEFT, RIGHT, Shared};
use super::figure::{Cell, Drawing, Figure, FigureTable, Screen, Words, percent};
use super::label::fitted;
use super::palette::{AXIS, BAND, BEFORE, GRID, INK, MAIN, OUTER_BAND, SOFT, WORSE};
use super::scale::{Scale, tick, ticks};
use super::scope::Scope;
use super::sizes::number;
use super::spots::Spots;

/// With more locations than this, only those outside are named.
const NAMED: usize = 12;
/// With more locations than this, the table of a location's page leaves most of them out.
const LISTED: usize = 40;

/// A funnel for each share that enough locations have.
pub(super) fn figures(scope: &Scope<'_>, shared: &Shared<'_>) -> Result<Vec<Figure>, ChartError> {
    let own = scope.location.map(|location| location.id.as_str());
    shared.funnels.iter().map(|compared| Funnel { compared, own }.figure(scope)).collect()
}

/// A share of some locations, on a page.
struct Funnel<'a> {
    compared: &'a Compared<'a>,
    /// The location of the page.
    own: Option<&'a str>,
}

impl Funnel<'_> {
    fn kind(&self) -> &'static Kind {
        self.compared.kind
    }

    /// The locations; never none.
    fn rows(&self) -> &[&FunnelRow] {
        &self.compared.rows
    }

    fn is_own(&self, row: &FunnelRow) -> bool {
        self.own == Some(row.id.as_str())
    }

    fn is_worse(&self, flag: Flag) -> bool {
        self.kind().worse == flag
    }

    fn figure(&self, scope: &Scope<'_>) -> Result<Figure, ChartError> {
        let Kind { id, sample, .. } = self.kind();
        let what = match self.kind().measure {
            "csat" => format!("rated {}", scope.scale.satisfied_words()),
            "within_target" => "served within target".to_owned(),
            "no_show" => "called and not found".to_owned(),
            _ => "cancelled".to_owned(),
        };
        let words = Words {
            id,
            title: self.title(),
            subtitle: format!(
                "% {what} by number of {sample}; {} locations; line: all together",
                grouped(self.rows().len() as u64)
            ),
            kind: format!("Funnel plot of the share {what}, by location"),
            caption: self.caption(),
            source: "funnel.csv",
        };
        let drawing = Drawing::of(Screen::All, (WIDTH, HEIGHT), |canvas| self.draw(canvas))?;
        Ok(Figure { words, drawings: vec![drawing], table: self.table() })
    }

    fn title(&self) -> String {
        let (name, all) = (self.kind().name, self.rows().len());
        if self.own.is_none() {
            let outside = self.rows().iter().filter(|row| row.flag.is_some()).count();
            // Where all differ, many lie outside the bands, and those that stand out are few or none.
            let is_far = |row: &&FunnelRow| {
                row.flag.is_none() && !(row.limits_998.0..=row.limits_998.1).contains(&row.value)
            };
            let all_differ = self.rows().iter().any(is_far);
            return match (outside, all_differ) {
                (0, false) => {
                    format!("{name}: none of {all} locations differs by more than chance")
                }
                (1, false) => format!("{name}: 1 of {all} locations differs by more than chance"),
                (n, false) => format!("{name}: {n} of {all} locations differ by more than chance"),
                (0, true) => format!("{name}: locations differ, but none of {all} stands out"),
                (1, true) => format!("{name}: locations differ, and 1 of {all} stands out"),
                (n, true) => format!("{name}: locations differ, and {n} of {all} stand out"),
            };
        }
        let Some(own) = self.rows().iter().find(|row| self.is_own(row)) else {
            return format!("{name}: too few {} here to be compared", self.kind().sample);
        };
        let [value, target] = pair(own);
        let within = own.limits_95.0 <= own.value && own.value <= own.limits_95.1;
        match own.flag {
            Some(Flag::Higher) => {
                format!("{name}: {value} %, above what chance allows around {target} %")
            }
            Some(Flag::Lower) => {
                format!("{name}: {value} %, below what chance allows around {target} %")
            }
            None if within => format!("{name}: {value} %, within chance of {target} %"),
            None => format!("{name}: {value} % against {target} %, no more than locations differ"),
        }
    }

    fn caption(&self) -> String {
        let mut text = "Bands: 95 % and 99.8 % of locations by chance, were they all alike. Triangles: \
                        outside even if their usual differences count; solid: worse. Below 10 no mark."
            .to_owned();
        if self.is_short() {
            text.push_str(" The table has this location and those outside.");
        }
        text
    }

    /// Whether the table has a few of the locations only: they would fill a page of each.
    fn is_short(&self) -> bool {
        self.own.is_some() && self.rows().len() > LISTED
    }

    fn table(&self) -> FigureTable {
        let listed = |row: &&&FunnelRow| !self.is_short() || self.is_own(row) || row.flag.is_some();
        let cells = |row: &&FunnelRow| {
            let verdict = match row.flag {
                Some(flag) if self.is_worse(flag) => "worse",
                Some(_) => "better",
                None => "no clear difference",
            };
            let number = |share: f64| Cell::Number(percent(share));
            vec![
                Cell::text(&row.location),
                Cell::count(row.n),
                number(row.value),
                number(row.limits_95.0),
                number(row.limits_95.1),
                number(row.limits_998.0),
                number(row.limits_998.1),
                Cell::text(verdict),
            ]
        };
        FigureTable::new(
            [
                "location",
                self.kind().sample,
                "share",
                "95 % from",
                "to",
                "99.8 % from",
                "to",
                "against all",
            ],
            self.rows().iter().filter(listed).map(cells).collect(),
        )
    }
}

/// A share and that of all, equally exact; with a decimal more where they would look the same.
fn pair(row: &FunnelRow) -> [String; 2] {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a share of a count of tickets"
    )]
    let hits = (row.value * row.n as f64).round() as u64;
    let ends = wilson::interval_95(hits, row.n).unwrap_or((0.0, 1.0));
    let both = |ends: (f64, f64)| [row.value, row.target].map(|share| rounded(share, ends));
    let [value, target] = both(ends);
    if value == target { both((0.0, 0.0)) } else { [value, target] }
}

const WIDTH: f64 = 340.0;
const HEIGHT: f64 = 236.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 190.0;

impl Funnel<'_> {
    fn draw(&self, canvas: &Canvas<'_>) -> Result<(), ChartError> {
        let Compared { sizes, curve, .. } = self.compared;
        let (y, marks) = self.shares();
        for (colour, of) in [(OUTER_BAND, 1), (BAND, 0)] {
            let ends =
                |point: &(f64, (f64, f64), (f64, f64))| if of == 1 { point.2 } else { point.1 };
            let upper = curve.iter().map(|point| (sizes.at(point.0), y.within(ends(point).1)));
            let lower =
                curve.iter().rev().map(|point| (sizes.at(point.0), y.within(ends(point).0)));
            canvas.polygon(&upper.chain(lower).collect::<Vec<_>>(), colour)?;
        }
        for mark in &marks {
            let line = y.at(*mark / 100.0);
            canvas.line(&[(LEFT, line), (RIGHT, line)], GRID, 1.0)?;
        }
        canvas.line(&[(LEFT, BOTTOM), (RIGHT, BOTTOM)], AXIS, 1.0)?;
        let line = y.within(self.compared.target);
        canvas.line(&[(LEFT, line), (RIGHT, line)], AXIS, 1.5)?;
        for mark in &marks {
            let text = tick(*mark, &marks);
            canvas.text((LEFT - 6.0, y.at(*mark / 100.0)), &text, SOFT, Anchor::End)?;
        }
        canvas.text((LEFT - 3.0, TOP - 9.0), "%", SOFT, Anchor::Start)?;
        for (n, name) in sizes.ticks() {
            canvas.line(&[(sizes.at(n), BOTTOM), (sizes.at(n), BOTTOM + 4.0)], AXIS, 1.0)?;
            canvas.text((sizes.at(n), BOTTOM + 13.0), &name, SOFT, Anchor::Middle)?;
        }
        let middle = f64::midpoint(LEFT, RIGHT);
        canvas.text((middle, BOTTOM + 31.0), self.kind().sample, SOFT, Anchor::Middle)?;
        let text = percent(self.compared.target).replace(".0 %", " %");
        canvas.bold((RIGHT + 3.0, line), &text, 12.0, INK, Anchor::Start)?;
        let at = |row: &FunnelRow| (sizes.at(number(row.n)), y.within(row.value));
        self.draw_marks(canvas, &at)?;
        self.draw_names(canvas, &at)
    }

    /// The axis of shares: all locations and the inner limits.
    fn shares(&self) -> (Scale, Vec<f64>) {
        let values =
            self.rows().iter().flat_map(|row| [row.value, row.limits_95.0, row.limits_95.1]);
        let (low, high) =
            values.fold((1.0, 0.0), |(a, b): (f64, f64), value| (a.min(value), b.max(value)));
        let mut marks = ticks(low * 100.0, high * 100.0, 5);
        marks.retain(|mark| (-1e-9..=100.0 + 1e-9).contains(mark));
        let ends = marks.first().zip(marks.last()).filter(|(from, to)| from < to);
        let (from, to) = ends.map_or((0.0, 1.0), |(from, to)| (from / 100.0, to / 100.0));
        // A round value below 100 % may be the last one while a location lies above it.
        let (from, to) = (from.min(low), to.max(high));
        (Scale { from: (from, BOTTOM), to: (to, TOP) }, marks)
    }

    fn draw_marks(
        &self,
        canvas: &Canvas<'_>,
        at: &impl Fn(&FunnelRow) -> At,
    ) -> Result<(), ChartError> {
        let others = || self.rows().iter().filter(|row| !self.is_own(row));
        for row in others().filter(|row| row.flag.is_none()) {
            canvas.dot(at(row), 3.0, BEFORE)?;
        }
        let own = self.rows().iter().filter(|row| self.is_own(row));
        for row in others().filter(|row| row.flag.is_some()).chain(own) {
            let radius = self.radius(row);
            match row.flag {
                Some(flag) => {
                    let way = if flag == Flag::Higher { Points::Up } else { Points::Down };
                    if self.is_worse(flag) {
                        canvas.triangle(at(row), radius, way, WORSE)?;
                    } else {
                        canvas.hollow_triangle(at(row), radius, way, MAIN)?;
                    }
                }
                None => canvas.dot(at(row), radius, MAIN)?,
            }
        }
        Ok(())
    }

    fn radius(&self, row: &FunnelRow) -> f64 {
        match (self.is_own(row), row.flag) {
            (true, Some(_)) => 7.0,
            (true, None) => 5.0,
            (false, Some(_)) => 5.4,
            (false, None) => 3.0,
        }
    }

    /// The rows that get a name, as far as there is room: the own one first, then those outside, the farthest first.
    fn named(&self) -> Vec<&FunnelRow> {
        let all_named = self.rows().len() <= NAMED;
        let named = |row: &&&FunnelRow| all_named || self.is_own(row) || row.flag.is_some();
        let mut rows: Vec<&FunnelRow> = self.rows().iter().filter(named).copied().collect();
        rows.sort_by(|a, b| {
            let first = |row: &FunnelRow| (!self.is_own(row), row.flag.is_none());
            first(a).cmp(&first(b)).then(b.z.abs().total_cmp(&a.z.abs()))
        });
        rows
    }

    fn draw_names(
        &self,
        canvas: &Canvas<'_>,
        at: &impl Fn(&FunnelRow) -> At,
    ) -> Result<(), ChartError> {
        let marks = self.rows().iter().map(|row| (at(row), self.radius(row)));
        let mut spots = Spots::new((LEFT + 2.0, TOP - 2.0, RIGHT + 1.0, BOTTOM - 1.0), marks);
        for row in self.named() {
            let name = fitted(&row.location, 12.0, 150.0);
            let Some((place, anchor)) = spots.place(at(row), self.radius(row), &name) else {
                continue;
            };
            if self.is_own(row) {
                canvas.bold(place, &name, 12.0, INK, anchor)?;
            } else {
                canvas.text(place, &name, if row.flag.is_some() { INK } else { SOFT }, anchor)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "funnel_tests.rs"]
mod tests;
