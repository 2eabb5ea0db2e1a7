//! One line of the journal.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::lifecycle::{Operator, remembered::DeployedSettings};

/// The version of the form that is written.
const VERSION: u32 = 1;

/// One thing that happened in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::lifecycle) struct Record {
    pub(in crate::lifecycle) v: u32,
    /// By the clock of the machine where the program runs.
    pub(in crate::lifecycle) at: Timestamp,
    #[serde(flatten)]
    pub(in crate::lifecycle) what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "kebab-case")]
pub(in crate::lifecycle) enum What {
    /// The run has the lock and begins.
    Begun(Box<Begun>),
    /// It is known what is going to be done: the plan's summary.
    Planned { plan: serde_json::Value },
    /// A step is about to be done.
    StepStarted {
        number: usize,
        of: usize,
        what: String,
        why: String,
    },
    /// It is done.
    StepDone { number: usize, elapsed_ms: u64 },
    /// It failed.
    StepFailed {
        number: usize,
        error: String,
        elapsed_ms: u64,
    },
    /// After a failure, something was put back as it was, or could not be.
    PutBack {
        what: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
    },
    /// The run is over.
    Ended {
        outcome: Ending,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        elapsed_ms: u64,
    },
}

/// How a run began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::lifecycle) struct Begun {
    pub(in crate::lifecycle) run: String,
    pub(in crate::lifecycle) verb: String,
    #[serde(flatten)]
    pub(in crate::lifecycle) operator: Operator,
    /// The server, as it was reached.
    pub(in crate::lifecycle) server: String,
    /// The version of this program.
    pub(in crate::lifecycle) program: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::lifecycle) settings: Option<DeployedSettings>,
    /// The checks of the preflight whose errors are ignored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::lifecycle) ignored: Vec<String>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// All was done.
    Done,
    /// Something failed.
    Failed,
    /// The operator had it end.
    Interrupted,
}

/// The time by this machine's clock, in milliseconds: more digits would only be noise.
pub(in crate::lifecycle) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

impl Record {
    pub(in crate::lifecycle) fn now(what: What) -> Self {
        Self {
            v: VERSION,
            at: now(),
            what,
        }
    }

    /// It as one line, without the line's end.
    pub(in crate::lifecycle) fn line(&self) -> String {
        // Texts and numbers: they can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}
