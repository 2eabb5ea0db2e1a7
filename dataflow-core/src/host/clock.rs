//! How far a machine's clock is from ours.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// How far a clock may be off before it is worth a word.
const TOLERATED: u64 = 30;

/// By how much a machine's clock is ahead of this machine's, in seconds; below zero where it is behind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClockSkew(i64);

impl ClockSkew {
    /// Of a clock that showed `seconds` (since 1970) at some moment between `asked` and now.
    #[must_use]
    pub fn of(seconds: i64, asked: SystemTime) -> Self {
        Self::between(seconds, since_1970(asked), since_1970(SystemTime::now()))
    }

    fn between(seconds: i64, earliest: i64, latest: i64) -> Self {
        Self(if seconds < earliest {
            seconds.saturating_sub(earliest)
        } else {
            seconds.saturating_sub(latest).max(0)
        })
    }

    /// Whether it is more than half a minute: enough to make certificates and the times of calls wrong.
    #[must_use]
    pub fn is_off(self) -> bool {
        self.0.unsigned_abs() > TOLERATED
    }
}

fn since_1970(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

impl fmt::Display for ClockSkew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.unsigned_abs();
        let (count, unit) = match seconds {
            0..120 => (seconds, "second"),
            120..7_200 => ((seconds + 30) / 60, "minute"),
            7_200..172_800 => ((seconds + 1_800) / 3_600, "hour"),
            _ => (seconds.saturating_add(43_200) / 86_400, "day"),
        };
        let plural = if count == 1 { "" } else { "s" };
        let direction = if self.0 < 0 { "behind" } else { "ahead" };
        write!(f, "{count} {unit}{plural} {direction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_off_only_by_what_asking_does_not_explain() {
        // What it showed, when it was asked, when the answer came; whether that is off, and how it is told.
        let cases = [
            (1_000, 1_000, 1_001, false, "0 seconds ahead"),
            (1_000, 990, 1_005, false, "0 seconds ahead"),
            (1_031, 990, 1_000, true, "31 seconds ahead"),
            (969, 1_000, 1_020, true, "31 seconds behind"),
            (970, 1_000, 1_020, false, "30 seconds behind"),
            (8_200, 1_000, 1_000, true, "2 hours ahead"),
            (0, 259_200, 259_201, true, "3 days behind"),
            (i64::MIN, 1_000, 1_000, true, "106751991167301 days behind"),
        ];
        for (showed, asked, answered, off, told) in cases {
            let skew = ClockSkew::between(showed, asked, answered);
            assert_eq!((skew.is_off(), skew.to_string().as_str()), (off, told));
        }
    }
}
