//! How often and after how long something is asked again.

use std::time::{Duration, SystemTime};

use jiff::{Timestamp, fmt::rfc2822};
use rand::RngExt as _;

/// How often something is asked in all.
const TIMES: u32 = 5;
/// How long it is waited before the first repetition, at most. In the product.
pub(super) const PACE: Duration = Duration::from_millis(500);

/// The repetitions of one request.
pub(super) struct Retries {
    pace: Duration,
    done: u32,
}

impl Retries {
    pub(super) fn new(pace: Duration) -> Self {
        Self { pace, done: 0 }
    }

    /// How long to wait before the next one: twice as long each time, or as long as the PBX asks for. Drawn from the longer half,
    /// so that several callers do not come back at the same moment. Nothing where it was tried often enough.
    pub(super) fn next(&mut self, asked: Option<Duration>) -> Option<Duration> {
        self.done += 1;
        if self.done >= TIMES {
            return None;
        }
        let longest = self.pace * 2_u32.pow(self.done - 1);
        let drawn = longest.mul_f64(rand::rng().random_range(0.5..=1.0));
        // Never sooner than asked for.
        Some(asked.map_or(drawn, |asked| asked + drawn / 4))
    }
}

/// `Retry-After`: seconds, or a date by the server's clock.
pub(super) fn retry_after(header: &str, now: SystemTime) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then: Timestamp = rfc2822::DateTimeParser::new()
        .parse_timestamp(header)
        .ok()?;
    let now = Timestamp::try_from(now).ok()?;
    // A date that is over asks for nothing.
    Some(
        then.duration_since(now)
            .try_into()
            .unwrap_or(Duration::ZERO),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_is_longer_and_there_is_an_end() {
        let mut retries = Retries::new(Duration::from_millis(100));
        for longest in [100, 200, 400, 800] {
            let wait = retries.next(None).unwrap();
            let longest = Duration::from_millis(longest);
            assert!(
                wait <= longest && wait >= longest / 2,
                "{wait:?} of {longest:?}"
            );
        }
        assert_eq!(retries.next(None), None);
    }

    #[test]
    fn what_the_pbx_asks_for_is_waited_and_hardly_more() {
        let wait = Retries::new(Duration::from_millis(100))
            .next(Some(Duration::from_secs(3)))
            .unwrap();
        assert!(
            wait >= Duration::from_secs(3) && wait <= Duration::from_millis(3025),
            "{wait:?}"
        );
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = Timestamp::from_second(1_445_412_480 - 60).unwrap().into();
        let read = |header| retry_after(header, now).map(|wait| wait.as_secs());
        assert_eq!(read(" 30 "), Some(30));
        assert_eq!(read("Wed, 21 Oct 2015 07:28:00 GMT"), Some(60));
        assert_eq!(read("Wed, 21 Oct 2015 07:20:00 GMT"), Some(0));
        for odd in ["", "-5", "soon", "1.5", "99999999999999999999999"] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
