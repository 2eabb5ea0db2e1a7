//! What is told while something is being done: one stream, from which a progress display, a machine-readable log and a
//! journal are all made.

use std::{fmt, sync::Arc, time::Duration};

use serde::Serialize;

use super::{journal::RunId, lock::Lease, summary::PlanSummary};

/// One thing worth telling.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The server was reached, and its Docker Engine answers.
    Connected {
        /// The server, as `user@host` or `local`.
        server: String,
        /// The engine's release.
        docker: String,
    },
    /// Something is not as it should be, though it does not stand in the way.
    Warning {
        /// What is wrong, and what to do about it.
        text: String,
    },
    /// The server is fit for it, or what is not as required is ignored.
    Preflight {
        /// How many things should be mended.
        warnings: usize,
        /// How many things could not be seen.
        unknown: usize,
        /// The checks whose errors are ignored.
        ignored: Vec<String>,
    },
    /// It is known what is going to be done. Told again where fetched images change it.
    Planned {
        /// What is going to be done.
        #[serde(flatten)]
        plan: PlanSummary,
    },
    /// Another operation has the lock of the server, and its end is waited for. Told once a second.
    WaitingForLock {
        /// Who has it, and what for.
        holder: Lease,
        /// Time since the waiting began.
        #[serde(rename = "elapsed_ms", serialize_with = "as_millis")]
        elapsed: Duration,
        /// How long it may take in all.
        #[serde(rename = "patience_ms", serialize_with = "as_millis")]
        patience: Duration,
    },
    /// The lock of the server is taken, and the journal begun.
    Begun {
        /// The run, as the journal names it.
        run: RunId,
    },
    /// Something that was done could not be written to the journal.
    NotRecorded {
        /// Where it was to be written.
        place: String,
        /// Why it could not.
        reason: String,
    },
    /// A step begins.
    StepStarted {
        /// Its place among the steps, from 1.
        number: usize,
        /// How many steps there are.
        of: usize,
        /// What it does.
        what: String,
        /// Why.
        why: String,
    },
    /// A step is not over yet. Told at least once a second.
    Waiting {
        /// Its place among the steps, from 1.
        number: usize,
        /// What is being waited for.
        for_what: String,
        /// Time since the step began.
        #[serde(rename = "elapsed_ms", serialize_with = "as_millis")]
        elapsed: Duration,
    },
    /// A step is over.
    StepDone {
        /// Its place among the steps, from 1.
        number: usize,
        /// What it did.
        what: String,
        /// How long it took.
        #[serde(rename = "elapsed_ms", serialize_with = "as_millis")]
        elapsed: Duration,
    },
    /// A step failed; nothing after it is done.
    StepFailed {
        /// Its place among the steps, from 1.
        number: usize,
        /// What it was to do.
        what: String,
        /// The failure.
        error: String,
    },
    /// After a failure, something is put back as it was.
    PuttingBack {
        /// What is done for it.
        what: String,
    },
    /// All is as wanted, and was looked at again.
    Finished {
        /// Whether anything had to be done.
        changed: bool,
        /// How long it took, from the server being reached.
        #[serde(rename = "elapsed_ms", serialize_with = "as_millis")]
        elapsed: Duration,
    },
}

fn as_millis<S: serde::Serializer>(elapsed: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
}

/// Where events go. Cheap to clone.
#[derive(Clone, Default)]
pub struct Events(Option<Arc<dyn Fn(Event) + Send + Sync>>);

impl Events {
    /// Events go to this function, which must not block.
    pub fn to(receiver: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(receiver)))
    }

    /// Nobody listens.
    pub fn none() -> Self {
        Self(None)
    }

    pub(super) fn tell(&self, event: Event) {
        if let Some(receiver) = &self.0 {
            receiver(event);
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Events(listened to)"
        } else {
            "Events(none)"
        })
    }
}
