//! That the panel is to end: first it starts no operation any more and waits for those at work, then all that goes on for long ends.

use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Serving,
    Asked,
    Ending,
}

/// How far the panel is on its way to the end.
pub(crate) struct Ending(watch::Sender<Phase>);

impl Ending {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(Phase::Serving))
    }

    /// No operation is started any more.
    pub(crate) fn ask(&self) {
        self.0.send_replace(Phase::Asked);
    }

    /// Whether it was asked to end.
    pub(crate) fn is_asked(&self) -> bool {
        *self.0.borrow() >= Phase::Asked
    }

    /// All that goes on for long ends.
    pub(crate) fn raise(&self) {
        self.0.send_replace(Phase::Ending);
    }

    /// Waits for that.
    pub(crate) async fn wait(&self) {
        let mut seen = self.0.subscribe();
        // The sender lives as long as `self`, so waiting on it can't fail.
        let _raised = seen.wait_for(|phase| *phase == Phase::Ending).await;
    }
}
