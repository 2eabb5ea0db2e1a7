//! How long pages take to come, asked for by somebody who uses the panel while others do something to it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::http::{self, Connection};
use crate::failure::{Failure, Result};

/// Time between two requests of one reader.
const PACE: Duration = Duration::from_millis(5);

/// Readers, each with a connection of their own.
const READERS: usize = 2;

/// Asks for pages until told to stop, in threads of its own, so that nothing else of the measurement delays it.
pub(super) struct Readers {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Result<Vec<Duration>>>>,
}

impl Readers {
    /// Begins to read these pages in turns, with this line for the session.
    pub(super) fn begin(address: SocketAddr, cookie: &str, paths: &[String]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let requests: Vec<_> = paths
            .iter()
            .map(|path| http::request("GET", path, &[cookie], ""))
            .collect();
        let threads = (0..READERS).map(|_| {
            let (stop, requests) = (Arc::clone(&stop), requests.clone());
            thread::spawn(move || read(address, &requests, &stop))
        });
        Self {
            threads: threads.collect(),
            stop,
        }
    }

    /// Reads until `during` is over; gives what that gives, and the 99th percentile in milliseconds.
    pub(super) fn meanwhile<T>(self, during: impl FnOnce() -> Result<T>) -> Result<(T, f64)> {
        let given = during();
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        for thread in self.threads {
            let read = thread.join();
            all.extend(read.map_err(|_| Failure::new("a reader of pages panicked"))??);
        }
        Ok((given?, percentile_99(all)?))
    }
}

fn read(address: SocketAddr, requests: &[Vec<u8>], stop: &AtomicBool) -> Result<Vec<Duration>> {
    let mut connection = Connection::open(address)?;
    let mut took = Vec::new();
    for request in requests.iter().cycle() {
        let began = Instant::now();
        let answer = connection.ask(request)?;
        let elapsed = began.elapsed();
        if answer.status != 200 {
            let line = String::from_utf8_lossy(request);
            let line = line.lines().next().unwrap_or_default().to_owned();
            return Err(Failure::new(format!("{line}: {}", answer.status)));
        }
        took.push(elapsed);
        if stop.load(Ordering::Relaxed) {
            break;
        }
        // A pace, not a wait: people do not ask as fast as they are answered.
        thread::sleep(PACE.saturating_sub(elapsed));
    }
    Ok(took)
}

/// In milliseconds. Fewer than a hundred have none.
fn percentile_99(mut all: Vec<Duration>) -> Result<f64> {
    all.sort_unstable();
    let index = all.len() * 99 / 100;
    match all.get(index) {
        Some(took) if all.len() >= 100 => Ok(took.as_secs_f64() * 1000.0),
        _ => Err(Failure::new(format!("only {} pages were read", all.len()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_a_hundred_is_slower_than_the_99th_percentile() {
        let mut all: Vec<_> = (1..=200).map(Duration::from_millis).collect();
        all.reverse();
        let percentile = percentile_99(all.clone()).map(|found| found as u64);
        assert_eq!(percentile.ok(), Some(199));
        assert!(percentile_99(all.split_off(150)).is_err());
    }
}
