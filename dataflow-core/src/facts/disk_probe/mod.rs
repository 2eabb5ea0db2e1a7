//! How long a disk takes to have a small write. The one thing here that writes, so it is done only when asked for.

mod here;
mod on_host;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Fact;
pub use here::write_latency;
pub use on_host::write_latency_on;

/// The most writes, each of [`BLOCK`] bytes into the same place, and the longest that all of them may take.
const WRITES: usize = 500;
const BLOCK: usize = 4096;
const LONGEST: Duration = Duration::from_secs(3);

/// Fewer writes than this say nothing of one in a hundred.
const FEWEST: usize = 100;

/// How long small writes took until they were on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteLatency {
    /// The time within which 99 of 100 were, in microseconds.
    pub p99: Fact<u64>,
    /// The mean of all, in microseconds.
    pub mean: Fact<u64>,
    /// How many there were.
    pub writes: u64,
    /// How it was measured.
    pub how: String,
}

impl WriteLatency {
    /// What times in microseconds come to.
    fn of(mut took: Vec<u64>, how: &str) -> Self {
        took.sort_unstable();
        let writes = u64::try_from(took.len()).unwrap_or(u64::MAX);
        let all = took
            .iter()
            .fold(0, |sum: u64, one| sum.saturating_add(*one));
        let mean = all.checked_div(writes);
        let p99 = if took.len() < FEWEST {
            let mean = mean.map_or_else(String::new, |mean| {
                format!(", {} on average", milliseconds(mean))
            });
            Fact::unknown(format!(
                "{writes} writes were done in time{mean}, which is too few to tell of one in a hundred"
            ))
        } else {
            let at = took.len() * 99 / 100;
            Fact::or_unknown(took.get(at).copied(), "nothing was measured")
        };
        Self {
            p99,
            mean: Fact::or_unknown(mean, "nothing was measured"),
            writes,
            how: how.to_owned(),
        }
    }

    /// Nothing was measured, for this reason.
    fn unknown(reason: &str, how: &str) -> Self {
        Self {
            p99: Fact::unknown(reason),
            mean: Fact::unknown(reason),
            writes: 0,
            how: how.to_owned(),
        }
    }
}

/// Microseconds for people.
pub(crate) fn milliseconds(microseconds: u64) -> String {
    format!("{}.{:02} ms", microseconds / 1000, microseconds % 1000 / 10)
}

#[cfg(test)]
mod tests;
