//! Waiting for something to become true: polled, with a deadline, never a fixed sleep.

use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};

const EVERY: Duration = Duration::from_millis(50);

/// Polls until `probe` gives a value; after `deadline` fails, saying `what` was waited for.
pub(crate) fn until<T>(
    what: &str,
    deadline: Duration,
    mut probe: impl FnMut() -> Option<T>,
) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(value) = probe() {
            return Ok(value);
        }
        if start.elapsed() >= deadline {
            return Err(Failure::new(format!(
                "waited {} s in vain for {what}",
                deadline.as_secs()
            )));
        }
        thread::sleep(EVERY);
    }
}
