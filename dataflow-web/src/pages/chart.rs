//! Small charts, drawn on the server: a line, and the same in words and as a table for those who don't see it.

use askama::{Template, filters::HtmlSafe};
use jiff::Timestamp;

use super::shown;

/// The most points of a line: as many as can be told apart.
const POINTS: usize = 120;

/// The most rows of the table.
const ROWS: usize = 12;

/// The drawing's width and height; the page stretches it.
const WIDTH: f64 = 240.0;
const HEIGHT: f64 = 60.0;

/// A figure over time.
#[derive(Debug, Clone, Template)]
#[template(path = "chart.html")]
pub(crate) struct Chart {
    id: &'static str,
    title: &'static str,
    last: String,
    least: String,
    most: String,
    line: String,
    area: String,
    from: Option<Timestamp>,
    rows: Vec<(Timestamp, String)>,
}

/// Its template has escaped all that is in it.
impl HtmlSafe for Chart {}

/// What a chart shows.
pub(crate) struct Figure {
    /// Names it within its page.
    pub(crate) id: &'static str,
    /// What it is.
    pub(crate) title: &'static str,
    /// As it is written.
    pub(crate) write: fn(f64) -> String,
    /// Whether the lowest line is zero; else it is the least that there was.
    pub(crate) from_zero: bool,
}

impl Figure {
    /// Draws it. What was not known at a time leaves a gap.
    pub(crate) fn draw(&self, points: &[(Timestamp, Option<f64>)]) -> Chart {
        let points = thinned(points);
        let known: Vec<(Timestamp, f64)> = points
            .iter()
            .filter_map(|(at, value)| Some((*at, (*value)?)))
            .collect();
        let values = || known.iter().map(|(_, value)| *value);
        let least = values().reduce(f64::min);
        let most = values().reduce(f64::max);
        let (from, to) = (points.first().map(|p| p.0), points.last().map(|p| p.0));
        let written = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), self.write);
        let (line, area) = match (from, to, least, most) {
            (Some(from), Some(to), Some(least), Some(most)) => {
                let floor = if self.from_zero { 0.0 } else { least };
                draw(&points, (from, to), (floor, most))
            }
            _ => (String::new(), String::new()),
        };
        let every = known.len().div_ceil(ROWS).max(1);
        let rows = known.iter().rev().step_by(every);
        Chart {
            id: self.id,
            title: self.title,
            last: written(known.last().map(|(_, value)| *value)),
            least: written(least),
            most: written(most),
            line,
            area,
            from,
            rows: rows
                .map(|(at, value)| (*at, (self.write)(*value)))
                .collect(),
        }
    }
}

/// The line, and the area below it, as paths.
fn draw(
    points: &[(Timestamp, Option<f64>)],
    (from, to): (Timestamp, Timestamp),
    (floor, most): (f64, f64),
) -> (String, String) {
    use std::fmt::Write;
    let time = to.duration_since(from).as_secs_f64().max(1.0);
    let span = if most > floor { most - floor } else { 1.0 };
    let (mut line, mut area) = (String::new(), String::new());
    let mut open: Option<f64> = None;
    let mut last_x = 0.0;
    for (at, value) in points {
        let x = at.duration_since(from).as_secs_f64() / time * WIDTH;
        match (value, open) {
            (Some(value), was) => {
                let y = HEIGHT - 2.0 - (value - floor) / span * (HEIGHT - 4.0);
                let _ = write!(
                    line,
                    "{}{x:.1} {y:.1}",
                    if was.is_some() { "L" } else { "M" }
                );
                if was.is_none() {
                    let _ = write!(area, "M{x:.1} {HEIGHT}");
                }
                let _ = write!(area, "L{x:.1} {y:.1}");
                open = Some(x);
                last_x = x;
            }
            (None, Some(_)) => {
                let _ = write!(area, "L{last_x:.1} {HEIGHT}Z");
                open = None;
            }
            (None, None) => {}
        }
    }
    if open.is_some() {
        let _ = write!(area, "L{last_x:.1} {HEIGHT}Z");
    }
    (line, area)
}

/// As many points as can be told apart, each the mean of those that it stands for.
fn thinned(points: &[(Timestamp, Option<f64>)]) -> Vec<(Timestamp, Option<f64>)> {
    let size = points.len().div_ceil(POINTS).max(1);
    let means = points.chunks(size).filter_map(|chunk| {
        let known: Vec<f64> = chunk.iter().filter_map(|(_, value)| *value).collect();
        #[allow(clippy::cast_precision_loss, reason = "a handful")]
        let mean = (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64);
        chunk.last().map(|(at, _)| (*at, mean))
    });
    means.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const FIGURE: Figure = Figure {
        id: "x",
        title: "Rows",
        write: |value| format!("{value}"),
        from_zero: true,
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn a_gap_in_what_is_known_is_a_gap_in_the_line() {
        let points = [
            (0, Some(1.0)),
            (10, Some(2.0)),
            (20, None),
            (30, Some(4.0)),
            (40, Some(0.0)),
        ];
        let points: Vec<_> = points.map(|(s, value)| (at(s), value)).into();
        let chart = FIGURE.draw(&points);
        assert_eq!(chart.line, "M0.0 44.0L60.0 30.0M180.0 2.0L240.0 58.0");
        assert_eq!(
            (
                chart.last.as_str(),
                chart.least.as_str(),
                chart.most.as_str()
            ),
            ("0", "0", "4")
        );
        assert_eq!(chart.rows.len(), 4);
    }

    #[test]
    fn however_many_points_there_are_a_chart_stays_small() {
        let points: Vec<_> = (0..960).map(|s| (at(s * 15), Some(s as f64))).collect();
        let chart = FIGURE.draw(&points);
        assert!(chart.line.matches(['M', 'L']).count() <= POINTS);
        assert!(chart.rows.len() <= ROWS);
        assert!(chart.to_string().len() < 8 * 1024);
    }

    #[test]
    fn of_nothing_nothing_is_drawn_and_that_is_said() {
        for points in [vec![], vec![(at(0), None)]] {
            let chart = FIGURE.draw(&points);
            assert_eq!((chart.line.as_str(), chart.last.as_str()), ("", "-"));
        }
        // One moment, and one value all the time: neither is divided by nothing.
        let chart = FIGURE.draw(&[(at(0), Some(0.0))]);
        assert!(!chart.line.contains("NaN"), "{}", chart.line);
    }
}
