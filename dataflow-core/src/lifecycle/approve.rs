//! Whether something may go on: asked of the one who started the operation.

use std::{fmt, pin::Pin, sync::Arc};

use super::summary::PlanSummary;

type Answer = Pin<Box<dyn Future<Output = bool> + Send>>;

/// Who says yes or no to something, such as a plan before its first step. Cheap to clone.
#[derive(Clone)]
pub struct Approve<T = PlanSummary>(Option<Arc<dyn Fn(T) -> Answer + Send + Sync>>);

impl<T> Default for Approve<T> {
    /// There is nobody to ask.
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Approve<T> {
    /// Asks this function. It must not block: a question at a terminal is to wait on a thread of its own.
    pub fn by<F>(ask: impl Fn(T) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        Self(Some(Arc::new(move |plan| Box::pin(ask(plan)))))
    }

    /// The answer; none where there is nobody to ask.
    pub(super) async fn answer(&self, what: T) -> Option<bool> {
        match &self.0 {
            Some(ask) => Some(ask(what).await),
            None => None,
        }
    }
}

impl Approve {
    /// Without anybody to ask, a plan is approved.
    pub(super) async fn approves(&self, plan: PlanSummary) -> bool {
        self.answer(plan).await.unwrap_or(true)
    }
}

impl<T> fmt::Debug for Approve<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Approve(asked)"
        } else {
            "Approve(nobody)"
        })
    }
}
