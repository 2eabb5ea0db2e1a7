//! Watching the rows arrive while something is done to the server.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::clickhouse::{Answer, ClickHouse};
use super::server;
use crate::failure::Result;
use crate::wait;

/// Between two looks. Rows come one a second, so a gap is told to a twentieth of the shortest there is.
const EVERY: Duration = Duration::from_millis(50);

/// How long rows may take to come back before it is a failure of the program and not a figure.
const PATIENCE: Duration = Duration::from_secs(90);

struct Look {
    at: Instant,
    answer: Answer,
}

/// Looks all the time until it is dropped.
pub(super) struct Watch {
    looks: Arc<Mutex<Vec<Look>>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// What those who use the service noticed.
#[derive(Debug, PartialEq)]
pub(super) struct Noticed {
    /// The longest time between two rows, in seconds; one where nothing was noticed.
    pub(super) gap: f64,
    /// For how long ClickHouse did not answer, in seconds, all such times together.
    pub(super) down: f64,
}

impl Watch {
    /// Begins; returns `phase` after a row has been seen to arrive.
    pub(super) fn begin(phase: Duration) -> Result<Self> {
        let clickhouse = ClickHouse::new(&server::password()?)?;
        let looks = Arc::new(Mutex::new(Vec::new()));
        let over = Arc::new(AtomicBool::new(false));
        let thread = {
            let (looks, over) = (Arc::clone(&looks), Arc::clone(&over));
            thread::spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    let began = Instant::now();
                    let answer = clickhouse.ask();
                    let look = Look {
                        at: Instant::now(),
                        answer,
                    };
                    looks
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(look);
                    thread::sleep(EVERY.saturating_sub(began.elapsed()));
                }
            })
        };
        let watch = Self {
            looks,
            over,
            thread: Some(thread),
        };
        watch.await_growth_after(Instant::now())?;
        thread::sleep(phase);
        Ok(watch)
    }

    /// Waits for a row that has arrived from now on.
    pub(super) fn end(self) -> Result<Noticed> {
        self.await_growth_after(Instant::now())?;
        let looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(noticed(&looks))
    }

    fn await_growth_after(&self, moment: Instant) -> Result<()> {
        wait::until("rows to arrive", PATIENCE, || {
            let looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
            growths(&looks)
                .last()
                .filter(|last| **last > moment)
                .map(drop)
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // It can't have panicked in a way that matters any more.
            let _ = thread.join();
        }
    }
}

/// When more rows were seen than ever before. The first count says nothing about when its rows came.
fn growths(looks: &[Look]) -> Vec<Instant> {
    let mut most = None;
    let mut growths = Vec::new();
    for look in looks {
        let Some(rows) = look.answer.rows else {
            continue;
        };
        if most.is_some_and(|most| rows > most) {
            growths.push(look.at);
        }
        most = most.max(Some(rows));
    }
    growths
}

fn noticed(looks: &[Look]) -> Noticed {
    let growths = growths(looks);
    let gaps = growths.windows(2).map(|pair| pair[1] - pair[0]);
    // A look stands for the time until the next one.
    let down = looks
        .windows(2)
        .filter(|pair| !pair[0].answer.up)
        .map(|pair| pair[1].at - pair[0].at);
    Noticed {
        gap: gaps.max().unwrap_or_default().as_secs_f64(),
        down: down.sum::<Duration>().as_secs_f64(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(answers: &[(u64, Option<u64>)]) -> Vec<Look> {
        let start = Instant::now();
        let look = |(second, rows): &(u64, Option<u64>)| Look {
            at: start + Duration::from_secs(*second),
            answer: Answer {
                up: rows.is_some(),
                rows: *rows,
            },
        };
        answers.iter().map(look).collect()
    }

    #[test]
    fn given_rows_that_stop_for_a_while_then_the_gap_is_from_the_last_before_to_the_first_after() {
        let looks = looks(&[
            (0, Some(7)),
            (1, Some(8)),
            (2, Some(8)),
            (3, None),
            (5, Some(8)),
            (6, Some(9)),
            (7, Some(10)),
        ]);
        let expected = Noticed {
            gap: 5.0,
            down: 2.0,
        };
        assert_eq!(noticed(&looks), expected);
    }

    #[test]
    fn given_a_count_that_falls_back_then_it_is_no_growth_until_it_is_passed() {
        let looks = looks(&[
            (0, Some(7)),
            (1, Some(8)),
            (2, Some(1)),
            (3, Some(8)),
            (4, Some(9)),
        ]);
        assert_eq!(noticed(&looks).gap.to_string(), "3");
    }
}
