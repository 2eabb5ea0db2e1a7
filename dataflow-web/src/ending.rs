//! That the panel is to end: what runs on for long listens to it.

use tokio::sync::watch;

/// Raised once, when the panel is to end.
pub(crate) struct Ending(watch::Sender<bool>);

impl Ending {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    /// The panel is to end.
    pub(crate) fn raise(&self) {
        self.0.send_replace(true);
    }

    /// Whether it is.
    pub(crate) fn is_raised(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for it.
    pub(crate) async fn wait(&self) {
        // The sender lives as long as `self`, so waiting on it can't fail.
        let mut seen = self.0.subscribe();
        let _raised = seen.wait_for(|raised| *raised).await;
    }
}
