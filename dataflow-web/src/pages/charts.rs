//! The charts of a server: what its containers take of the machine, and what ClickHouse stores.

use jiff::Timestamp;

use super::{
    chart::{Chart, Figure},
    shown,
};
use crate::fleet::{Load, Sample, Series};

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "amounts, never negative"
)]
fn whole(value: f64) -> u64 {
    value.round() as u64
}

fn bytes(value: f64) -> String {
    shown::bytes(&whole(value))
}

fn processors(value: f64) -> String {
    format!("{value:.2} CPU")
}

fn figure(id: &'static str, title: &'static str, write: fn(f64) -> String) -> Figure {
    Figure {
        id,
        title,
        write,
        from_zero: true,
    }
}

/// All of them.
pub(super) fn of(series: &Series) -> Vec<Chart> {
    let samples: Vec<&Sample> = series.samples().collect();
    let of = |figure: Figure, value: &dyn Fn(&Sample) -> Option<f64>| {
        let points: Vec<_> = samples
            .iter()
            .map(|sample| (sample.at, value(sample)))
            .collect();
        figure.draw(&points)
    };
    #[allow(clippy::cast_precision_loss, reason = "three digits are shown")]
    let memory = |load: &Load| load.memory.map(|bytes| bytes as f64);
    let rows = Figure {
        from_zero: false,
        ..figure("rows", "Rows stored", |value| shown::grouped(&whole(value)))
    };
    vec![
        figure("rate", "New rows a second", |value| format!("{value:.1}")).draw(&rate(&samples)),
        #[allow(clippy::cast_precision_loss, reason = "the line is a few pixels high")]
        of(rows, &|sample| sample.rows.map(|rows| rows as f64)),
        of(
            figure("service-cpu", "Data Flow: processors", processors),
            &|sample| sample.service.processors,
        ),
        of(
            figure("service-memory", "Data Flow: memory", bytes),
            &|sample| memory(&sample.service),
        ),
        of(
            figure("clickhouse-cpu", "ClickHouse: processors", processors),
            &|sample| sample.clickhouse.processors,
        ),
        of(
            figure("clickhouse-memory", "ClickHouse: memory", bytes),
            &|sample| memory(&sample.clickhouse),
        ),
    ]
}

/// How many rows came in a second, between each look and the one before.
fn rate(samples: &[&Sample]) -> Vec<(Timestamp, Option<f64>)> {
    let pairs = samples.iter().zip(samples.iter().skip(1));
    let rates = pairs.map(|(before, after)| {
        let time = after.at.duration_since(before.at).as_secs_f64();
        // Fewer than before: old ones were deleted, and what came is not known.
        let came = after.rows.zip(before.rows);
        let came = came.and_then(|(after, before)| after.checked_sub(before));
        #[allow(clippy::cast_precision_loss, reason = "one digit is shown")]
        let rate = came.filter(|_| time > 0.0).map(|came| came as f64 / time);
        (after.at, rate)
    });
    rates.collect()
}
