use std::thread;
use std::time::{Duration, Instant};

/// Polls until `condition` holds.
///
/// # Panics
/// Where it does not hold within `deadline`; the message names `what` was waited for.
pub fn wait_until(what: &str, deadline: Duration, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(
            start.elapsed() < deadline,
            "waited {deadline:?} in vain for {what}"
        );
        thread::sleep(Duration::from_millis(50));
    }
}
