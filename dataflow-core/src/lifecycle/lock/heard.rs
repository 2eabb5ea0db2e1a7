//! When the keeper was heard of last.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

/// The time at which the keeper's last yes was asked for, by two clocks: the one that can't be set stands still while a machine
/// sleeps.
#[derive(Debug)]
pub(super) struct Heard(Mutex<Option<(Instant, SystemTime)>>);

impl Heard {
    pub(super) fn never() -> Self {
        Self(Mutex::new(None))
    }

    /// It said yes to what was asked at this time.
    pub(super) fn at(&self, asked: (Instant, SystemTime)) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(asked);
    }

    /// Whether that is less than `time` ago.
    pub(super) fn within(&self, time: Duration) -> bool {
        let asked = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.is_some_and(|(instant, clock)| {
            // A clock that was set back says nothing.
            let by_clock = clock.elapsed().unwrap_or_default();
            instant.elapsed().max(by_clock) < time
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_machine_that_slept_counts_the_time_by_its_clock() {
        let hour = Duration::from_secs(3600);
        let heard = Heard::never();
        assert!(!heard.within(hour));
        heard.at((Instant::now(), SystemTime::now()));
        assert!(heard.within(hour) && !heard.within(Duration::ZERO));
        heard.at((Instant::now(), SystemTime::now().checked_sub(hour).unwrap()));
        assert!(!heard.within(hour) && heard.within(2 * hour));
        heard.at((Instant::now(), SystemTime::now() + hour));
        assert!(heard.within(hour), "the clock was set back");
    }
}
