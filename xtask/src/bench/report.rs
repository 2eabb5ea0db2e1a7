//! All that was measured, and whether it is as it should be.

use serde::Serialize;

use super::limits::Limit;
use super::samples::Samples;
use super::table::{Side, aligned};

/// What a figure counts.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Unit {
    Seconds,
    Milliseconds,
    Megabytes,
    Ratio,
    PerSecond,
    ExitCode,
    Count,
}

/// A figure of the incumbent, and what ours has to be.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Row {
    pub(super) what: &'static str,
    pub(super) unit: Unit,
    pub(super) incumbent: f64,
    pub(super) must: Must,
}

/// What our figure has to be.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Must {
    /// The median is less than the incumbent's figure.
    BeLess,
    /// The median is at most this, which is less than the incumbent's figure.
    BeAtMost(f64),
    /// Every sample is this.
    Be(f64),
}

/// Figures in the order in which they were first measured.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    limits: Vec<(Limit, Samples)>,
    rows: Vec<(Row, Samples)>,
}

impl Report {
    /// Adds a sample of a figure with a limit of its own.
    pub(super) fn limited(&mut self, limit: Limit, value: f64) {
        let known = |(found, _): &(Limit, Samples)| found.what == limit.what;
        let index = self.limits.iter().position(known).unwrap_or_else(|| {
            self.limits.push((limit, Samples::default()));
            self.limits.len() - 1
        });
        self.limits[index].1.add(value);
    }

    /// Adds a sample of a figure that the incumbent has too.
    pub(super) fn compared(&mut self, row: Row, value: f64) {
        let known = |(found, _): &(Row, Samples)| found.what == row.what;
        let index = self.rows.iter().position(known).unwrap_or_else(|| {
            self.rows.push((row, Samples::default()));
            self.rows.len() - 1
        });
        self.rows[index].1.add(value);
    }

    /// One sentence for each figure that is not as it should be.
    pub(super) fn missed(&self) -> Vec<String> {
        let over = self.limits.iter().filter_map(|(limit, samples)| {
            let most = limit.most.filter(|most| !kept(*most, samples))?;
            let figure = shown(limit.unit, samples.median());
            Some(format!("{} is {figure}, limit {most}", limit.what))
        });
        let worse = self.rows.iter().filter_map(|(row, samples)| {
            let wanted = match row.must {
                _ if row.must.holds(row.incumbent, samples) => return None,
                Must::BeLess => format!("the incumbent has {}", shown(row.unit, row.incumbent)),
                Must::BeAtMost(most) => format!("limit {most}"),
                Must::Be(value) => format!("has to be {}", shown(row.unit, value)),
            };
            let figure = shown(row.unit, samples.median());
            Some(format!("{} is {figure}, {wanted}", row.what))
        });
        over.chain(worse).collect()
    }

    /// Both tables for people.
    pub(super) fn text(&self) -> String {
        let limits = self.limits.iter().map(|(limit, samples)| {
            let kept = match limit.most {
                None => "",
                Some(most) if kept(most, samples) => "yes",
                Some(_) => "NO",
            };
            let most = limit
                .most
                .map_or_else(String::new, |most| format!("{most}"));
            vec![
                limit.what.to_owned(),
                limit.unit.name().to_owned(),
                shown(limit.unit, samples.median()),
                spread(limit.unit, samples),
                samples.count().to_string(),
                most,
                kept.to_owned(),
                limit.why.to_owned(),
            ]
        });
        let rows = self.rows.iter().map(|(row, samples)| {
            vec![
                row.what.to_owned(),
                row.unit.name().to_owned(),
                shown(row.unit, row.incumbent),
                shown(row.unit, samples.median()),
                spread(row.unit, samples),
                samples.count().to_string(),
                row.verdict(samples).to_owned(),
            ]
        });
        use Side::{Left, Right};
        let limits = aligned(
            &[
                ("limits", Left),
                ("unit", Left),
                ("median", Right),
                ("min..max", Right),
                ("n", Right),
                ("limit", Right),
                ("kept", Left),
                ("because", Left),
            ],
            limits,
        );
        let rows = aligned(
            &[
                ("beside the vendor's script", Left),
                ("unit", Left),
                ("script", Right),
                ("median", Right),
                ("min..max", Right),
                ("n", Right),
                ("better", Left),
            ],
            rows,
        );
        format!("{limits}\n{rows}")
    }
}

impl Row {
    fn verdict(&self, samples: &Samples) -> &'static str {
        if !self.must.holds(self.incumbent, samples) {
            "NO"
        } else if samples.all(|value| same(value, self.incumbent)) {
            "same"
        } else {
            "yes"
        }
    }
}

impl Must {
    fn holds(self, incumbent: f64, samples: &Samples) -> bool {
        match self {
            Self::BeLess => samples.median() < incumbent,
            Self::BeAtMost(most) => kept(most, samples),
            Self::Be(wanted) => samples.count() > 0 && samples.all(|value| same(value, wanted)),
        }
    }
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Seconds => "s",
            Self::Milliseconds => "ms",
            Self::Megabytes => "MB",
            Self::Ratio => "ratio",
            Self::PerSecond => "1/s",
            Self::ExitCode => "exit code",
            Self::Count => "count",
        }
    }
}

/// False also where nothing was measured.
fn kept(most: f64, samples: &Samples) -> bool {
    samples.median() <= most
}

fn same(left: f64, right: f64) -> bool {
    (left - right).abs() < f64::EPSILON
}

fn shown(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Seconds => format!("{value:.2}"),
        Unit::Ratio => format!("{value:.3}"),
        Unit::Megabytes | Unit::Milliseconds => format!("{value:.1}"),
        Unit::PerSecond => format!("{value:.0}"),
        Unit::ExitCode | Unit::Count => format!("{value}"),
    }
}

fn spread(unit: Unit, samples: &Samples) -> String {
    let (least, most) = (shown(unit, samples.least()), shown(unit, samples.most()));
    if least == most {
        String::new()
    } else {
        format!("{least}..{most}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::limits;

    fn row(unit: Unit, must: Must) -> Row {
        Row {
            what: "upgrade",
            unit,
            incumbent: 36.8,
            must,
        }
    }

    fn missed(row: Row, values: &[f64]) -> Vec<String> {
        let mut report = Report::default();
        for value in values {
            report.compared(row, *value);
        }
        report.missed()
    }

    #[test]
    fn given_a_median_below_the_incumbents_figure_then_nothing_is_missed() {
        let row = row(Unit::Seconds, Must::BeLess);
        assert!(missed(row, &[99.0, 3.0, 2.0]).is_empty());
    }

    #[test]
    fn given_a_median_that_is_no_better_then_it_is_named() {
        let row = row(Unit::Seconds, Must::BeLess);
        let expected = ["upgrade is 36.80, the incumbent has 36.80"];
        assert_eq!(missed(row, &[36.8]), expected);
    }

    #[test]
    fn given_a_limit_below_the_incumbents_figure_then_it_counts() {
        let row = row(Unit::Seconds, Must::BeAtMost(4.0));
        assert_eq!(missed(row, &[4.5]), ["upgrade is 4.50, limit 4"]);
    }

    #[test]
    fn given_an_exact_wish_then_one_other_sample_is_enough_to_miss_it() {
        let row = row(Unit::ExitCode, Must::Be(1.0));
        assert!(missed(row, &[1.0, 1.0]).is_empty());
        assert_eq!(missed(row, &[1.0, 0.0, 1.0]), ["upgrade is 1, has to be 1"]);
    }

    #[test]
    fn given_a_ratio_over_its_limit_then_it_is_named_and_marked() {
        let mut report = Report::default();
        report.limited(limits::STATUS, 0.61);
        assert_eq!(
            report.missed(),
            ["status / ssh HOST true is 0.610, limit 0.6"]
        );
        assert!(report.text().contains(" NO "));
    }
}
