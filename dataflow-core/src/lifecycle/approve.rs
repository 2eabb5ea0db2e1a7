//! Whether a plan may be carried out: asked of the one who started the operation.

use std::{fmt, pin::Pin, sync::Arc};

use super::summary::PlanSummary;

type Answer = Pin<Box<dyn Future<Output = bool> + Send>>;

/// Who says yes or no to a plan before its first step. Cheap to clone; without anybody to ask, the answer is yes.
#[derive(Clone, Default)]
pub struct Approve(Option<Arc<dyn Fn(PlanSummary) -> Answer + Send + Sync>>);

impl Approve {
    /// Asks this function. It must not block: a question at a terminal is to wait on a thread of its own.
    pub fn by<F>(ask: impl Fn(PlanSummary) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        Self(Some(Arc::new(move |plan| Box::pin(ask(plan)))))
    }

    pub(super) async fn approves(&self, plan: PlanSummary) -> bool {
        match &self.0 {
            Some(ask) => ask(plan).await,
            None => true,
        }
    }
}

impl fmt::Debug for Approve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Approve(asked)"
        } else {
            "Approve(always)"
        })
    }
}
