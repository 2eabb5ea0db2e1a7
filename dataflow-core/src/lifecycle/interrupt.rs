//! How the one who started an operation has it end early, in good order.

use tokio::sync::watch;

/// Raised to end an operation: the step at work is given up, and what can be put back is put back.
#[derive(Debug, Clone)]
pub struct Interrupt(watch::Sender<bool>);

impl Interrupt {
    /// One that is not raised yet. Clones are raised together.
    pub fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    /// Has the operation end.
    pub fn raise(&self) {
        self.0.send_replace(true);
    }

    pub(super) fn is_raised(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is raised, perhaps for ever.
    pub(super) async fn raised(&self) {
        let mut seen = self.0.subscribe();
        // The sender lives as long as `self`, so waiting on it can't fail.
        let _raised = seen.wait_for(|raised| *raised).await;
    }
}

impl Default for Interrupt {
    fn default() -> Self {
        Self::new()
    }
}
