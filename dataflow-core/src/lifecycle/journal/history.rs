//! Reads the journal of a run. What is torn or makes no sense is passed over: a run may have been cut off in mid-write.

use jiff::Timestamp;
use serde::Serialize;

use super::record::{Ending, Record, What};
use crate::{
    host::shown,
    lifecycle::{Change, Operator, remembered::DeployedSettings},
};

/// A run as the journal tells it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PastRun {
    /// Its name.
    pub run: String,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub began: Option<Timestamp>,
    /// What was asked for.
    pub verb: String,
    /// Who asked for it, and from where.
    #[serde(flatten)]
    pub operator: Operator,
    /// The server, as it was reached.
    pub server: String,
    /// The version of the program.
    pub program: String,
    /// What came of it.
    pub outcome: Outcome,
    /// How long it took, in milliseconds, where it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elapsed_ms: Option<u64>,
    /// The failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The settings it was to bring about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<DeployedSettings>,
    /// In what they differed from those of the deployment before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed_settings: Vec<Change>,
    /// The checks of the preflight whose errors were ignored.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<String>,
    /// Its steps.
    pub steps: Vec<PastStep>,
    /// What was put back after a failure.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub put_back: Vec<String>,
}

/// A step as the journal tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PastStep {
    /// Its place among the steps of its plan, from 1.
    pub number: usize,
    /// How many these were.
    pub of: usize,
    /// What it did.
    pub what: String,
    /// Why.
    pub why: String,
    /// What came of it.
    pub outcome: Outcome,
    /// How long it took, in milliseconds, where it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elapsed_ms: Option<u64>,
    /// The failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What came of a run or a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It failed.
    Failed,
    /// The operator had it end.
    Interrupted,
    /// It has the lock and goes on.
    AtWork,
    /// It was cut off: the program was killed, or lost the server.
    NotFinished,
}

impl Outcome {
    /// It in the operator's words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
            Self::AtWork => "at work",
            Self::NotFinished => "not finished",
        }
    }
}

impl From<Ending> for Outcome {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => Self::Done,
            Ending::Failed => Self::Failed,
            Ending::Interrupted => Self::Interrupted,
        }
    }
}

/// Reads the lines of one run. `at_work`: whether it has the lock now.
pub(in crate::lifecycle) fn parse(run: &str, text: &str, at_work: bool) -> PastRun {
    let open = if at_work {
        Outcome::AtWork
    } else {
        Outcome::NotFinished
    };
    let mut past = PastRun {
        run: run.to_owned(),
        began: None,
        verb: String::new(),
        operator: Operator::default(),
        server: String::new(),
        program: String::new(),
        outcome: open,
        elapsed_ms: None,
        error: None,
        settings: None,
        changed_settings: Vec::new(),
        ignored: Vec::new(),
        steps: Vec::new(),
        put_back: Vec::new(),
    };
    for line in text.lines() {
        if let Ok(record) = serde_json::from_str::<Record>(line) {
            past.add(record, open);
        }
    }
    past
}

impl PastRun {
    fn add(&mut self, record: Record, open: Outcome) {
        match record.what {
            What::Begun(begun) => {
                self.began = Some(record.at);
                self.verb = clean(&begun.verb);
                self.operator = begun.operator.shortened();
                self.server = clean(&begun.server);
                self.program = clean(&begun.program);
                self.settings = begun.settings.map(DeployedSettings::cleaned);
                self.ignored = begun.ignored.iter().map(|id| clean(id)).collect();
            }
            What::Planned { mut plan } => {
                let changed = plan["changed_settings"].take();
                let changed: Vec<Change> = serde_json::from_value(changed).unwrap_or_default();
                self.changed_settings = changed.into_iter().map(clean_change).collect();
            }
            What::StepStarted {
                number,
                of,
                what,
                why,
            } => self.steps.push(PastStep {
                number,
                of,
                what: clean(&what),
                why: clean(&why),
                outcome: open,
                elapsed_ms: None,
                error: None,
            }),
            What::StepDone { number, elapsed_ms } => {
                self.end_step(number, Outcome::Done, elapsed_ms, None);
            }
            What::StepFailed {
                number,
                error,
                elapsed_ms,
            } => self.end_step(number, Outcome::Failed, elapsed_ms, Some(clean(&error))),
            What::PutBack { what, error } => self.put_back.push(match error {
                Some(error) => format!("{}: failed: {}", clean(&what), clean(&error)),
                None => clean(&what),
            }),
            What::Ended {
                outcome,
                error,
                elapsed_ms,
            } => {
                self.outcome = outcome.into();
                self.elapsed_ms = Some(elapsed_ms);
                self.error = error.as_deref().map(clean);
            }
        }
    }

    fn end_step(
        &mut self,
        number: usize,
        outcome: Outcome,
        elapsed_ms: u64,
        error: Option<String>,
    ) {
        // The last one: a run that fetches images has two plans, whose steps are numbered each from 1.
        if let Some(step) = self.steps.last_mut().filter(|step| step.number == number) {
            step.outcome = outcome;
            step.elapsed_ms = Some(elapsed_ms);
            step.error = error;
        }
    }
}

fn clean_change(change: Change) -> Change {
    Change {
        setting: clean(&change.setting),
        now: change.now.as_deref().map(clean),
        wanted: change.wanted.as_deref().map(clean),
    }
}

fn clean(text: &str) -> String {
    shown(text.as_bytes())
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
