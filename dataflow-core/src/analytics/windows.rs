//! Stretches of time, in any zone: local days, and buckets of hours and days in them.
//!
//! A local day is from the first instant of its date to the first of the next: 23 to 25 hours, 24.5 or 23.5 where clocks go by half an
//! hour. Buckets begin where the local clock shows their hour:
//!
//! - Where the clock goes back over a full hour, a bucket of one hour comes twice, told apart by their offsets; longer buckets take the
//!   repeated time into the one they had begun, so that each is the sum of buckets of one hour.
//! - Where it goes forward over a bucket's begin, the bucket begins with the change; one that is skipped whole is not there.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan, Zoned};
use serde::{Deserialize, Serialize};

use super::model::Moment;

/// A window may be this many days long: as long as the vendor's queries may.
const DAYS: u32 = 5 * 366;
/// Buckets in one answer.
const BUCKETS: usize = 10_000;

/// From `start` to `end`, which is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// The first second.
    pub start: Moment,
    /// The second after the last.
    pub end: Moment,
}

/// Why there is no such window.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// The text is no time with an offset.
    #[error("{key} is no time such as 2025-09-28T00:00:00-04:00")]
    NotATime {
        /// Which text.
        key: &'static str,
    },
    /// It ends before it begins, or has no length.
    #[error("the end is not after the start")]
    Backwards,
    /// It is too long.
    #[error("the window is longer than {limit}")]
    TooLong {
        /// The longest.
        limit: &'static str,
    },
    /// There is no such time zone.
    #[error("no time zone has the name {name:?}")]
    NoZone {
        /// The name that was given, cut.
        name: String,
    },
    /// There is no such interval.
    #[error("an interval is one of 1h, 2h, 3h, 4h, 6h, 8h, 1d")]
    NoInterval,
}

/// How long buckets are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interval {
    /// So many hours; a day is a whole number of them.
    Hours(u8),
    /// A local day.
    Day,
}

impl std::str::FromStr for Interval {
    type Err = WindowError;

    fn from_str(text: &str) -> Result<Self, WindowError> {
        Ok(match text {
            "1h" => Self::Hours(1),
            "2h" => Self::Hours(2),
            "3h" => Self::Hours(3),
            "4h" => Self::Hours(4),
            "6h" => Self::Hours(6),
            "8h" => Self::Hours(8),
            "1d" => Self::Day,
            _ => return Err(WindowError::NoInterval),
        })
    }
}

/// The zone of a name such as `Europe/Berlin`.
pub fn zone(name: &str) -> Result<TimeZone, WindowError> {
    TimeZone::get(name).map_err(|_| WindowError::NoZone {
        name: name.chars().take(60).collect(),
    })
}

impl Window {
    /// From one time to another.
    pub fn new(start: Moment, end: Moment) -> Result<Self, WindowError> {
        if start >= end {
            return Err(WindowError::Backwards);
        }
        if end.since(start) > DAYS * 86_400 {
            return Err(WindowError::TooLong { limit: "5 years" });
        }
        Ok(Self { start, end })
    }

    /// Reads two times with offsets, as the API has them.
    pub fn read(start: &str, end: &str) -> Result<Self, WindowError> {
        let time = |key, text: &str| {
            let timestamp: Timestamp = text.parse().map_err(|_| WindowError::NotATime { key })?;
            Moment::try_from(timestamp).map_err(|_| WindowError::NotATime { key })
        };
        Self::new(time("start_time", start)?, time("end_time", end)?)
    }

    /// The local day that this moment is in.
    pub fn day(zone: &TimeZone, at: Moment) -> Self {
        let date = zone.to_datetime(at.timestamp()).date();
        let end = date
            .tomorrow()
            .map_or(Moment::LAST, |next| midnight(zone, next));
        Self {
            start: midnight(zone, date).min(at),
            end: end.max(at.plus(1)),
        }
    }

    /// Whether it is no longer than a local day from its start, which has up to 25 hours.
    pub fn within_a_day(&self, zone: &TimeZone) -> bool {
        let start = Zoned::new(self.start.timestamp(), zone.clone());
        let next = start.checked_add(1.day());
        next.is_ok_and(|next| self.end.timestamp() <= next.timestamp())
            || self.end.since(self.start) <= 86_400
    }

    /// Whether a moment is in it.
    pub fn has(&self, at: Moment) -> bool {
        self.start <= at && at < self.end
    }

    /// Seconds of `from..to` that are in it.
    pub fn overlap(&self, from: Moment, to: Moment) -> u32 {
        to.min(self.end).since(from.max(self.start))
    }

    /// Cuts it into buckets. The first begins with the window and the last ends with it, whatever the clock shows there.
    pub fn buckets(&self, zone: &TimeZone, interval: Interval) -> Result<Vec<Self>, WindowError> {
        let hours: i8 = match interval {
            Interval::Hours(hours @ (1 | 2 | 3 | 4 | 6 | 8)) => hours.cast_signed(),
            Interval::Hours(_) => return Err(WindowError::NoInterval),
            Interval::Day => 24,
        };
        let too_long = WindowError::TooLong {
            limit: "10,000 buckets",
        };
        let mut edges = vec![self.start];
        let mut date = Some(zone.to_datetime(self.start.timestamp()).date());
        while let Some(day) = date.filter(|day| midnight(zone, *day) < self.end) {
            for hour in (0..24).step_by(hours.unsigned_abs().into()) {
                let (first, again) = shown(zone, day.at(hour, 0, 0, 0));
                let again = again.filter(|_| hours == 1);
                let inside = [Some(first), again]
                    .into_iter()
                    .flatten()
                    .filter(|edge| self.has(*edge));
                edges.extend(inside);
            }
            if edges.len() > BUCKETS {
                return Err(too_long);
            }
            date = day.tomorrow().ok();
        }
        // Where an hour comes twice, its second time is later than the hours after its first.
        edges.sort_unstable();
        edges.dedup();
        let ends = edges.iter().skip(1).copied().chain([self.end]);
        Ok(edges
            .iter()
            .zip(ends)
            .map(|(start, end)| Self { start: *start, end })
            .collect())
    }
}

/// A moment as the zone's clock shows it, with its offset.
pub fn local(zone: &TimeZone, at: Moment) -> String {
    let zoned = Zoned::new(at.timestamp(), zone.clone());
    zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn midnight(zone: &TimeZone, date: Date) -> Moment {
    shown(zone, date.at(0, 0, 0, 0)).0
}

/// The first moment at which the zone's clock shows that time or, where it skips it, a later one; and the second, where there is one.
fn shown(zone: &TimeZone, time: DateTime) -> (Moment, Option<Moment>) {
    let moment = |timestamp: Result<Timestamp, jiff::Error>| {
        timestamp.ok().and_then(|at| Moment::try_from(at).ok())
    };
    let (first, again) = match zone.to_ambiguous_timestamp(time).offset() {
        AmbiguousOffset::Unambiguous { offset } => (moment(offset.to_timestamp(time)), None),
        AmbiguousOffset::Fold { before, after } => (
            moment(before.to_timestamp(time)),
            moment(after.to_timestamp(time)),
        ),
        // By the clock of before it is at or after the change.
        AmbiguousOffset::Gap { before, .. } => {
            let past = before
                .to_timestamp(time)
                .and_then(|at| at.checked_add(1.second()));
            let change = past.map(|past| {
                zone.preceding(past)
                    .next()
                    .map_or(past, |change| change.timestamp())
            });
            (moment(change), None)
        }
    };
    // Out of range is before 2000 or after 2106.
    let edge = if time.year() < 2050 {
        Moment::FIRST
    } else {
        Moment::LAST
    };
    (first.unwrap_or(edge), again)
}

#[cfg(test)]
mod tests;
