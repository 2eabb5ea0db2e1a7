//! A deadline that does not run while the operator is asked.

use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::timeout;

/// How often it is looked whether the operator has answered, once time is up.
const LOOK: Duration = Duration::from_millis(200);

/// Time spent on questions, and since when one is open.
#[derive(Default)]
struct Asking {
    spent: Duration,
    since: Option<Instant>,
}

/// The time for something, without what the operator takes to answer.
#[derive(Default)]
pub(super) struct Patience(Mutex<Asking>);

impl Patience {
    /// Waits for something; `None` when it was not done in time.
    pub(super) async fn wait<T>(&self, time: Duration, work: impl Future<Output = T>) -> Option<T> {
        let begin = Instant::now();
        let mut work = pin!(work);
        loop {
            let (spent, asking) = self.look();
            let left = (time + spent).saturating_sub(begin.elapsed());
            let share = match (left.is_zero(), asking) {
                (true, false) => return None,
                (true, true) => LOOK,
                (false, _) => left,
            };
            if let Ok(done) = timeout(share, &mut work).await {
                return Some(done);
            }
        }
    }

    /// Waits for the operator.
    pub(super) async fn asking<T>(&self, answer: impl Future<Output = T>) -> T {
        self.set(|asking| asking.since = Some(Instant::now()));
        let answer = answer.await;
        self.set(|asking| {
            asking.spent += asking
                .since
                .take()
                .map_or(Duration::ZERO, |since| since.elapsed());
        });
        answer
    }

    fn look(&self) -> (Duration, bool) {
        let asking = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = asking.since.map_or(Duration::ZERO, |since| since.elapsed());
        (asking.spent + open, asking.since.is_some())
    }

    fn set(&self, change: impl FnOnce(&mut Asking)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::sleep;

    const SHORT: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn what_takes_longer_is_given_up() {
        let patience = Patience::default();
        assert_eq!(
            patience.wait(SHORT, std::future::pending::<()>()).await,
            None
        );
        assert_eq!(patience.wait(SHORT, async { 1 }).await, Some(1));
    }

    #[tokio::test]
    async fn the_operators_time_does_not_count_and_the_rest_does() {
        let patience = Patience::default();
        let answered = async {
            patience.asking(sleep(SHORT * 4)).await;
            1
        };
        assert_eq!(patience.wait(SHORT, answered).await, Some(1));
        let slow_afterwards = async {
            patience.asking(sleep(SHORT * 4)).await;
            std::future::pending::<()>().await;
        };
        let begin = Instant::now();
        assert_eq!(patience.wait(SHORT, slow_afterwards).await, None);
        assert!(begin.elapsed() < SHORT * 40);
    }
}
